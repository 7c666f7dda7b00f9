"""The section on curators needed and at work in the report of a period."""

from __future__ import annotations

from pipeline.publish.period_words import (
    MOST_PARTS,
    band_words,
    day_column,
    number_column,
    share_column,
    text_column,
    top_table,
)
from pipeline.publish.wording import day, number, per_cent
from schemas.period_facts import PeriodFacts, StaffingFacts
from schemas.report_document import BarChart, Chart, ColumnKind, LineChart, LineSeries, ReportTable, Section


def staffing_section(facts: PeriodFacts) -> Section:
    """Return the section on staffing."""
    staffing = facts.staffing
    if staffing is None:
        return Section(
            section_id="staffing",
            heading="Curators needed",
            paragraphs=("The night did not tell how many curators the yearly upkeep takes.",),
        )
    tables: list[ReportTable] = [_staffing_centers(facts, staffing), _staffing_workings(staffing)]
    charts: list[Chart] = []
    if staffing.by_center:
        charts.append(_staffing_chart(facts, staffing))
    if len(staffing.trend) > 1:
        tables.append(
            ReportTable(
                table_id="staffing-trend",
                title="Curators needed over the nights",
                columns=(
                    day_column("day", "Night"),
                    *(
                        number_column(name, f"{name.capitalize()}, FTE", decimals=2)
                        for name in ("low", "central", "high")
                    ),
                ),
                rows=staffing.trend,
                is_folded=True,
            )
        )
        charts.append(
            LineChart(
                chart_id="staffing-trend",
                title="Curators needed, FTE",
                told=f"Central figure: {staffing.trend[0][2]:.1f} on {day(staffing.trend[0][0])}, {staffing.trend[-1][2]:.1f} on "
                f"{day(staffing.trend[-1][0])}.",
                table_id="staffing-trend",
                series=(
                    LineSeries(
                        name="needed",
                        days=tuple(point[0] for point in staffing.trend),
                        values=tuple(point[2] for point in staffing.trend),
                        low=tuple(point[1] for point in staffing.trend),
                        high=tuple(point[3] for point in staffing.trend),
                    ),
                ),
                unit=ColumnKind.NUMBER,
            )
        )
    return Section(
        section_id="staffing",
        heading="Curators needed",
        paragraphs=(staffing_sentence(facts), *_calibrated(staffing)),
        charts=tuple(charts),
        tables=tuple(tables),
        notes=staffing.caveats,
    )


def staffing_sentence(facts: PeriodFacts) -> str:
    """Return the curators needed and at work, in a sentence."""
    staffing = facts.staffing
    if staffing is None:
        return "How many curators the upkeep takes is not known."
    at_work = "how many are at work is not given" if staffing.actual is None else f"{staffing.actual:g} at work"
    return f"To keep it up for a year takes an estimated {band_words(staffing.fte)}; {at_work}."


def _calibrated(staffing: StaffingFacts) -> tuple[str, ...]:
    if staffing.calibrated is None:
        return ()
    return (f"Calibrated with the center's own figures: {band_words(staffing.calibrated)}.",)


def _staffing_centers(facts: PeriodFacts, staffing: StaffingFacts) -> ReportTable:
    rows = [
        (
            facts.center_names.get(row.center_id, row.center_id),
            row.low,
            row.central,
            row.high,
            row.actual,
            row.certified_share,
        )
        for row in staffing.by_center
    ]
    if len(rows) != 1:
        rows.append(("all together", *staffing.fte, staffing.actual, None))
    return top_table(
        "staffing-centers",
        "Curators needed and at work, full-time equivalents",
        (
            text_column("center", "Center"),
            number_column("low", "Low", decimals=2),
            number_column("central", "Central", decimals=2),
            number_column("high", "High", decimals=2),
            number_column("actual", "At work", decimals=2, missing="not given"),
            share_column("certified", "Certified", missing="not given"),
        ),
        rows,
        most=MOST_PARTS,
        where_all="resdir staffing",
        notes=(
            (
                "At work and certified: as the settings say. Hours for new agencies, audits and merges belong to the whole, so that "
                "centers do not "
                "quite add up to it."
            ),
        ),
    )


def _staffing_workings(staffing: StaffingFacts) -> ReportTable:
    hours = staffing.hours
    if staffing.workings:
        return ReportTable(
            table_id="staffing-workings",
            title="How the figure is reckoned, hours a year",
            columns=(
                text_column("part", "Part"),
                number_column("amount", "Amount", decimals=0, missing=""),
                text_column("unit", "Of"),
                *(number_column(name, name.capitalize()) for name in ("low", "central", "high")),
            ),
            rows=staffing.workings,
            is_folded=True,
        )
    direct = None if hours is None or not staffing.fte[1] else hours[1] / staffing.fte[1]
    rows = (
        ("hours of work a year", *(hours or (None, None, None))),
        ("hours a year that one full-time curator spends on records", direct, direct, direct),
        ("curators: hours of work / hours of one curator", *staffing.fte),
    )
    notes = ["The hours part by part: resdir staffing."]
    if staffing.productive_hours is not None and staffing.direct_share is not None:
        notes.insert(
            0,
            f"One full-time curator: {number(staffing.productive_hours)} productive hours a year, "
            f"{per_cent(staffing.direct_share)} of them on "
            "records.",
        )
    return ReportTable(
        table_id="staffing-workings",
        title="How the figure is reckoned",
        columns=(
            text_column("step", "Step"),
            *(number_column(name, name.capitalize()) for name in ("low", "central", "high")),
        ),
        rows=rows,
        notes=tuple(notes),
        is_folded=True,
    )


def _staffing_chart(facts: PeriodFacts, staffing: StaffingFacts) -> BarChart:
    rows, ranges = [], {}
    for center in staffing.by_center[:MOST_PARTS]:
        name = facts.center_names.get(center.center_id, center.center_id)
        rows.append((f"{name}: needed", {"fte": center.central}))
        ranges[f"{name}: needed"] = (center.low, center.high)
        if center.actual is not None:
            rows.append((f"{name}: at work", {"fte": center.actual}))
    return BarChart(
        chart_id="staffing-centers",
        title="Curators needed and at work, FTE",
        told=staffing_sentence(facts),
        table_id="staffing-centers",
        parts=(("fte", "FTE, central"),),
        rows=tuple(rows),
        unit=ColumnKind.NUMBER,
        decimals=2,
        ranges=ranges,
    )
