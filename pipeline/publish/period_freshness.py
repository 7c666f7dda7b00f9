"""The section on freshness: the share updated in its readings, where records stand, how it moved and where it goes."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.publish.freshness_words import SUSPICIONS
from pipeline.publish.period_words import (
    MOST_PARTS,
    NO_RANKING,
    before_words,
    compared,
    count_column,
    day_column,
    figure_words,
    number_column,
    share_change,
    share_column,
    since,
    text_column,
    top_table,
    without_empty_notes,
)
from pipeline.publish.wording import BANDS, count_of, day, kind_words, number, per_cent, share_text
from schemas.night import ForecastFigures
from schemas.period_facts import FreshnessFacts, PeriodFacts, SharePart
from schemas.report_document import (
    BarChart,
    Cell,
    Chart,
    Column,
    LineChart,
    LineSeries,
    ReportTable,
    Section,
)

READINGS = {
    "complete_agency_update": "Agencies completely updated (headline)",
    "verified_record": "Records verified",
    "edited_record": "Records edited (shows work; never called updated)",
}
_NOUNS = {"complete_agency_update": "agency", "verified_record": "record", "edited_record": "record"}
_WINDOWS = {"fiscal_year": "since the fiscal year began", "calendar_year": "since the calendar year began"}
#: An edit is no update: the column in which edits stand too must not say so.
_MET = ("number", "Number")
_KIND_ORDER = ("agency", "site", "service", "service_at_site", "all")


def freshness_section(facts: PeriodFacts) -> Section:
    """Return the section on freshness."""
    fresh = facts.freshness
    tables: list[ReportTable] = [_readings(facts)]
    charts: list[Chart] = []
    if fresh.trend:
        tables.append(_trend(fresh))
        if len(fresh.trend) > 1 or fresh.forecast is not None:
            charts.append(_trend_chart(facts))
    if fresh.forecast is not None and fresh.forecast.central is not None:
        tables.append(_forecast(fresh))
    if fresh.bands:
        tables.append(_bands(fresh))
        charts.append(_band_chart(fresh))
    for name, heading, parts, option in (
        ("center", "Center", fresh.by_center, "center"),
        ("county", "County", fresh.by_county, "county"),
        ("curator", "Curator", fresh.by_curator, "curator"),
    ):
        if len(parts) > (1 if name == "center" else 0):
            tables.append(_parts(facts, name=name, heading=heading, parts=parts, option=option))
    if any(fresh.suspicious.get(reason) for reason in SUSPICIONS):
        tables.append(_suspicious(fresh))
    return Section(
        section_id="freshness",
        heading="Share updated in the last year",
        paragraphs=tuple(_paragraphs(facts)),
        charts=tuple(charts),
        tables=tuple(tables),
        notes=(definition(facts), *fresh.notes),
    )


def definition(facts: PeriodFacts) -> str:
    """Return what the headline is, with its window."""
    fresh = facts.freshness
    return (
        f"An agency is completely updated when its own verification and that of each of its counted sites and services fall between "
        f"{day(fresh.cutoff)} and {day(facts.as_of)} ({fresh.window_months} calendar months, both days counted). Out of all "
        "counted agencies; "
        "one without a date is not updated and stays in the count. An edit is no verification."
    )


def forecast_sentence(forecast: ForecastFigures) -> str:
    """Return where the share goes, with its range and what it takes to reach the share that is wanted, in plain words."""
    if forecast.central is None or forecast.low is None or forecast.high is None:
        return f"Where the share will be on {day(forecast.target_on)} is not known. {forecast.reason or ''}".strip()
    told = (
        f"If the work goes on as of late, the share will be about {per_cent(forecast.central)} on {day(forecast.target_on)} "
        f"(in {forecast.confidence * 100:.0f} of 100 simulated futures between {per_cent(forecast.low)} and {per_cent(forecast.high)})."
    )
    target = per_cent(forecast.target_share)
    if forecast.needed_per_week is None:
        return f"{told} The {target} that are wanted can no longer be reached by then."
    if forecast.needed_per_week == 0:
        return f"{told} The {target} that are wanted are reached without further work."
    pace = "" if forecast.pace_per_week is None else f"; of late it was {forecast.pace_per_week:.1f}"
    return f"{told} To reach the {target} that are wanted takes {forecast.needed_per_week:.1f} agencies a week{pace}."


def _paragraphs(facts: PeriodFacts) -> list[str]:
    fresh = facts.freshness
    head = fresh.headline()
    change = since(share_change(head.figure, head.before), facts)
    told = [
        f"Completely updated: {figure_words(head.figure, 'agency')}{'' if change is None else f'; {change}'}."
        if head.figure.share is not None
        else f"The share of agencies completely updated is not known. {head.figure.reason or ''}".strip()
    ]
    if fresh.forecast is not None:
        told.append(forecast_sentence(fresh.forecast))
    elif facts.scope.curator is None:
        told.append("Where the share goes is not known: the night told no forecast.")
    records = fresh.suspicious.get("any", 0)
    if records and fresh.without_suspicious is not None and fresh.without_suspicious.share is not None:
        told.append(
            f"{count_of(records, 'record')} {'was' if records == 1 else 'were'} verified in a way that deserves a question; without them "
            f"{share_text(fresh.without_suspicious)} of the agencies are completely updated. Nobody is accused: dates alone prove nothing."
        )
    return told


def _readings(facts: PeriodFacts) -> ReportTable:
    fresh = facts.freshness
    rows = [(READINGS[part.value], *_share_cells(part)) for part in fresh.readings]
    rows += [(f"Agencies completely updated {_WINDOWS[part.value]}", *_share_cells(part)) for part in fresh.windows]
    columns, told = compared(
        facts, *without_empty_notes(_share_columns(facts, first=text_column("reading", "Reading"), met=_MET), rows)
    )
    return ReportTable(
        table_id="freshness-readings",
        title="The share updated, in its readings",
        columns=columns,
        rows=told,
        notes=(
            (
                "A year that has just begun is low by its nature; only the readings over the last twelve months can be compared from one "
                "report to the next."
            ),
        )
        if fresh.windows
        else (),
    )


def _share_columns(
    facts: PeriodFacts, *, first: Column, met: tuple[str, str] = ("updated", "Updated")
) -> tuple[Column, ...]:
    return (
        first,
        count_column(*met),
        count_column("counted", "Of counted"),
        count_column("unknown", "Without a date"),
        share_column("share", "Share"),
        share_column("before", f"Before ({before_words(facts)})"),
        text_column("change", "Change, points", missing="not known"),
        text_column("note", "Note"),
    )


def _share_cells(part: SharePart, *, small: int = 0) -> tuple[Cell, ...]:
    figure = part.figure
    note = figure.reason if figure.share is None else None
    if note is None and figure.denominator is not None and figure.denominator < small:
        note = f"fewer than {small}"
    return (
        figure.numerator,
        figure.denominator,
        figure.unknown,
        figure.share,
        None if part.before is None else part.before.share,
        _points(share_change(figure, part.before)),
        note,
    )


def _points(change: str | None) -> str | None:
    """Return a change without its unit, which the heading says."""
    return None if change is None else change.removesuffix(" points").removesuffix(" point")


def _parts(facts: PeriodFacts, *, name: str, heading: str, parts: Sequence[SharePart], option: str) -> ReportTable:
    small = facts.freshness.small_units
    names = facts.center_names if name == "center" else {"(unknown)": f"(no {name} named)"}
    columns, rows = compared(
        facts,
        *without_empty_notes(
            _share_columns(facts, first=text_column(name, heading)),
            [(names.get(part.value, part.value), *_share_cells(part, small=small)) for part in parts],
        ),
    )
    notes = {
        "center": ("Sorted by name, which is no order of merit: centers count and verify in different ways.",),
        "county": ("County of the agency's own address. What an agency serves may lie elsewhere.",),
        "curator": (NO_RANKING,),
    }
    return top_table(
        f"freshness-by-{name}",
        f"Agencies completely updated, by {name}",
        columns,
        rows,
        most=MOST_PARTS,
        where_all=f"resdir freshness --by {option} --output FILE.xlsx",
        notes=(*notes[name], *_small_note(parts, small=small)),
        is_folded=name != "center",
    )


def _small_note(parts: Sequence[SharePart], *, small: int) -> tuple[str, ...]:
    if all(part.figure.denominator is None or part.figure.denominator >= small for part in parts):
        return ()
    return (f"Where there are fewer than {small} agencies, one of them moves the share by much.",)


def _bands(fresh: FreshnessFacts) -> ReportTable:
    due, window, stale = fresh.band_months
    return ReportTable(
        table_id="freshness-bands",
        title="Counted records by age of their last verification",
        columns=(
            text_column("kind", "Kind"),
            *(count_column(band, words.capitalize()) for band, words in BANDS.items()),
            count_column("all", "All"),
        ),
        rows=tuple(
            (
                "all records" if kind == "all" else kind_words(kind),
                *(fresh.bands[kind].get(band, 0) for band in BANDS),
                sum(fresh.bands[kind].values()),
            )
            for kind in _KIND_ORDER
            if kind in fresh.bands
        ),
        notes=(
            (
                f"Current: verified within {due} months; due soon: {due} to {window}; overdue: {window} to "
                f"{stale}; stale: longer ago; never "
                "verified: no day that counts. A kind of which the export has no date at all is left out."
            ),
        ),
        is_folded=True,
    )


def _band_chart(fresh: FreshnessFacts) -> BarChart:
    kinds = [kind for kind in _KIND_ORDER if kind in fresh.bands]
    whole = fresh.bands.get("all") or fresh.bands[kinds[0]]
    total = sum(whole.values()) or 1
    parts = ", ".join(f"{per_cent(whole.get(band, 0) / total)} {words}" for band, words in BANDS.items())
    return BarChart(
        chart_id="freshness-bands",
        title="Counted records by age of their last verification",
        told=f"Of {'all records' if 'all' in fresh.bands else kind_words(kinds[0])}: {parts}.",
        table_id="freshness-bands",
        parts=tuple(BANDS.items()),
        rows=tuple(
            (
                "all records" if kind == "all" else kind_words(kind),
                {band: float(fresh.bands[kind].get(band, 0)) for band in BANDS},
            )
            for kind in kinds
        ),
        as_whole=True,
        palette="bands",
    )


def _trend(fresh: FreshnessFacts) -> ReportTable:
    return ReportTable(
        table_id="freshness-trend",
        title="Agencies completely updated over the nights",
        columns=(
            day_column("day", "Day"),
            share_column("share", "Share", missing="a range"),
            share_column("low", "At least"),
            share_column("high", "At most"),
            text_column("from", "From"),
        ),
        rows=tuple(
            (
                point.day,
                point.share,
                point.low,
                point.high,
                "worked out later" if point.is_reconstructed else "the night itself",
            )
            for point in fresh.trend
        ),
        notes=(
            (
                "Days before the first night are worked out from the dates that were left: at least what was "
                "certain, at most as if every date "
                "that was overwritten since had counted."
            ),
        )
        if any(point.is_reconstructed for point in fresh.trend)
        else (),
        is_folded=True,
    )


def _trend_chart(facts: PeriodFacts) -> LineChart:
    fresh = facts.freshness
    nights = [point for point in fresh.trend if not point.is_reconstructed]
    earlier = [point for point in fresh.trend if point.is_reconstructed]
    series = []
    if earlier:
        # A line in the middle of a range would look like a measurement: only its ends are drawn.
        series.append(
            LineSeries(
                name="range before the first night",
                days=tuple(point.day for point in earlier),
                values=tuple(point.share for point in earlier),
                low=tuple(0.0 if point.low is None else point.low for point in earlier),
                high=tuple(1.0 if point.high is None else point.high for point in earlier),
            )
        )
    if nights:
        series.append(
            LineSeries(
                name="as the nights told it",
                days=tuple(point.day for point in nights),
                values=tuple(point.share for point in nights),
            )
        )
    target = None
    forecast = fresh.forecast
    now = fresh.headline().figure.share
    if forecast is not None and forecast.central is not None and now is not None:
        low, high = forecast.low, forecast.high
        assert low is not None
        assert high is not None
        series.append(
            LineSeries(
                name="forecast",
                days=(facts.as_of, forecast.target_on),
                values=(now, forecast.central),
                low=(now, low),
                high=(now, high),
                is_expected=True,
            )
        )
        target = ("wanted", forecast.target_share)
    return LineChart(
        chart_id="freshness-trend",
        title="Agencies completely updated",
        told=_trend_told(facts),
        table_id="freshness-trend",
        series=tuple(series),
        target=target,
    )


def _trend_told(facts: PeriodFacts) -> str:
    known = [point for point in facts.freshness.trend if not point.is_reconstructed and point.share is not None]
    told = []
    if known:
        first, last = known[0], known[-1]
        assert first.share is not None
        assert last.share is not None
        told.append(
            f"{per_cent(last.share)} on {day(last.day)}"
            + (f", {per_cent(first.share)} on {day(first.day)}." if first is not last else ", the only night so far.")
        )
    forecast = facts.freshness.forecast
    if forecast is not None and forecast.central is not None:
        told.append(f"Expected on {day(forecast.target_on)}: {per_cent(forecast.central)}.")
    return " ".join(told) or "No night knows the share."


def _forecast(fresh: FreshnessFacts) -> ReportTable:
    forecast = fresh.forecast
    assert forecast is not None
    return ReportTable(
        table_id="freshness-forecast",
        title="Forecast and target",
        columns=(
            day_column("day", "Day"),
            share_column("low", "Low"),
            share_column("central", "Central"),
            share_column("high", "High"),
            share_column("without_work", "If nobody verified"),
            share_column("target", "Wanted"),
            number_column("needed", "Agencies a week that it takes", missing="not within reach"),
            number_column("pace", "Agencies a week of late"),
        ),
        rows=(
            (
                forecast.target_on,
                forecast.low,
                forecast.central,
                forecast.high,
                forecast.without_work,
                forecast.target_share,
                forecast.needed_per_week,
                forecast.pace_per_week,
            ),
        ),
        notes=(
            (
                f"When a verification stops counting is certain; how many come is not. In {forecast.confidence * 100:.0f} of 100 "
                "simulated futures "
                "the share lies between low and high. What it rests on: resdir forecast."
            ),
        ),
    )


def _suspicious(fresh: FreshnessFacts) -> ReportTable:
    return ReportTable(
        table_id="freshness-suspicious",
        title="Verifications that deserve a question",
        columns=(text_column("why", "Verified, but"), count_column("records", "Records")),
        rows=tuple(
            (words, fresh.suspicious[reason]) for reason, words in SUSPICIONS.items() if fresh.suspicious.get(reason)
        ),
        notes=(
            (
                f"A record can stand under several reasons; {number(fresh.suspicious.get('any', 0))} in all. "
                "The list: resdir freshness suspicious."
            ),
        ),
        is_folded=True,
    )
