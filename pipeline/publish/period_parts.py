"""The sections on audits, duplicates, staffing, visitors, and how the directory is gathered."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.publish.period_words import (
    MOST_PARTS,
    band_words,
    compared,
    count_change,
    count_column,
    day_column,
    interval_words,
    listed,
    number_column,
    share_column,
    since,
    text_column,
    top_table,
    without_empty_notes,
)
from pipeline.publish.wording import count_of, day, number, per_cent
from schemas.period_facts import AuditRound, PeriodFacts, StaffingFacts
from schemas.report_document import BarChart, Chart, ColumnKind, LineChart, LineSeries, ReportTable, Section

#: Audited records below which an estimate is told to rest on few (project choice: the smallest round of an audit).
FEW_AUDITED = 30

_COUNTS = {
    "duplicate": "likely one agency",
    "possible": "possibly one agency",
    "asked": "waiting for a person",
}
_VERDICTS = {"same": "one and the same", "different": "different", "unsure": "could not be told"}
_PLANS = {
    "ready": "ready to be done",
    "needs_choice": "a person has to choose between values",
    "refused": "cannot be done as things are",
    "half_done": "begun in the directory software",
    "done": "done: the export shows one record",
}


def audits_section(facts: PeriodFacts) -> Section:
    """Return the section on audits."""
    rounds = facts.audits or ()
    if not rounds:
        return Section(
            section_id="audits",
            heading="Audits",
            paragraphs=(
                "No audit was drawn or worked on in the period. How many records one takes: resdir audit plan.",
            ),
        )
    done = [one for one in rounds if one.record_error_rate[0] is not None]
    columns, rows = without_empty_notes(
        (
            text_column("batch", "Audit"),
            day_column("drawn_on", "Drawn on"),
            count_column("done", "Audited"),
            count_column("drawn", "Of drawn"),
            count_column("speaks_for", "Speaks for"),
            text_column("fault", "Records with a fault"),
            text_column("critical", "With a critical error"),
            text_column("score", "Mean score, of 100"),
            text_column("note", "Note"),
        ),
        [
            (
                one.batch_id,
                one.drawn_on,
                one.done,
                one.drawn,
                one.speaks_for,
                interval_words(one.record_error_rate, is_share=True),
                interval_words(one.critical_error_rate, is_share=True),
                interval_words(one.score, is_share=False),
                _audit_note(one),
            )
            for one in rounds
        ],
    )
    tables = [
        ReportTable(
            table_id="audits-rounds",
            title="Audits drawn or worked on in the period",
            columns=tuple(columns),
            rows=tuple(rows),
            notes=(
                "In brackets: the 95 % interval. The sample is drawn at random; the interval says how far the whole may lie from it.",
                "The results are told as they stand now, also of audits that were finished after the period.",
                *_agreement(rounds),
            ),
        )
    ]
    if done and done[-1].criteria:
        newest = done[-1]
        tables.append(
            ReportTable(
                table_id="audits-criteria",
                title=f"By criterion, audit {newest.batch_id}",
                columns=(
                    text_column("criterion", "Criterion"),
                    share_column("estimate", "Estimate"),
                    share_column("low", "Low", missing="no interval"),
                    share_column("high", "High", missing="no interval"),
                ),
                rows=tuple((name, *value) for name, value in newest.criteria),
                is_folded=True,
            )
        )
    return Section(
        section_id="audits",
        heading="Audits",
        paragraphs=(audit_sentence(facts),),
        tables=tuple(tables),
        notes=(
            (
                "Records picked because of a complaint or many findings have no known chance of being drawn and are in no rate. No "
                "published pass "
                "mark for records is known."
            ),
        ),
    )


def newest_result(facts: PeriodFacts) -> AuditRound | None:
    """Return the newest audit of the period with an estimate; None when there is none."""
    known = [one for one in facts.audits or () if one.record_error_rate[0] is not None]
    return known[-1] if known else None


def audit_sentence(facts: PeriodFacts) -> str:
    """Return what the audits say, in a sentence or two."""
    newest = newest_result(facts)
    running = [one for one in facts.audits or () if not one.is_finished]
    if newest is None:
        if not facts.audits:
            return "No audit was drawn or worked on in the period."
        return f"{count_of(len(facts.audits), 'audit')} drawn, none with a finished record yet: the error rate is not known."
    told = (
        f"By audit, {interval_words(newest.record_error_rate, is_share=True)} of the records have a fault, from "
        f"{count_of(newest.done, newest.unit)} audited."
    )
    return f"{told} {count_of(len(running), 'audit')} still running." if running else told


def _agreement(rounds: Sequence[AuditRound]) -> tuple[str, ...]:
    """Say of each audit how often two auditors agreed on a record that both scored."""
    return tuple(
        f"{one.batch_id}: two auditors gave the same answer to {per_cent(one.agreement)} of {number(one.agreement_pairs)} "
        "questions that both "
        "were asked."
        if one.agreement is not None and one.agreement_pairs
        else f"{one.batch_id}: nothing was scored by two auditors yet, so their agreement is not known."
        for one in rounds
    )


def _audit_note(one: AuditRound) -> str | None:
    if not one.done:
        return "no record is finished yet"
    if not one.is_own:
        return "too few of this center's records to estimate"
    if one.done < FEW_AUDITED:
        return f"rests on {count_of(one.done, one.unit)}: the interval is wide"
    return None if one.is_finished else "still running"


def duplicates_section(facts: PeriodFacts) -> Section:
    """Return the section on duplicates."""
    duplicates = facts.duplicates
    assert duplicates is not None
    decided = sum(duplicates.verdicts.values())
    waiting = next(count for count in duplicates.counts if count.name == "asked")
    told = (
        "How many pairs wait for a person is not known."
        if waiting.now is None
        else f"{count_of(waiting.now, 'pair')} of agencies that may be one {'waits' if waiting.now == 1 else 'wait'} for a person"
        + (f" ({change})." if (change := since(count_change(waiting.now, waiting.before), facts)) else ".")
    )
    columns, rows = compared(
        facts,
        (
            text_column("pairs", "Pairs"),
            count_column("now", f"On {day(facts.as_of)}"),
            count_column("before", "Before the period"),
            text_column("change", "Change", missing="not known"),
        ),
        [
            (_COUNTS[count.name], count.now, count.before, count_change(count.now, count.before))
            for count in duplicates.counts
        ],
    )
    tables = [
        ReportTable(
            table_id="duplicates-pairs",
            title="Pairs of agencies",
            columns=columns,
            rows=rows,
            notes=(
                "Pairs that are decided stay among the likely and possible ones; only those that wait ask for work.",
            ),
        ),
    ]
    if decided:
        tables.append(
            ReportTable(
                table_id="duplicates-verdicts",
                title="Decided in the period",
                columns=(text_column("verdict", "Verdict"), count_column("pairs", "Verdicts")),
                rows=tuple((_VERDICTS.get(name, name), count) for name, count in duplicates.verdicts.items()),
                notes=("Verdicts that were withdrawn later are not counted.",),
            )
        )
    if duplicates.plans:
        tables.append(
            ReportTable(
                table_id="duplicates-plans",
                title="Merge plans at the end",
                columns=(text_column("state", "State"), count_column("plans", "Plans")),
                rows=tuple((_PLANS.get(state, state), count) for state, count in duplicates.plans.items()),
                notes=("The program merges nothing: a plan is a work list for the directory software.",),
            )
        )
    return Section(
        section_id="duplicates",
        heading="Duplicates",
        paragraphs=(told, _decided_words(decided)),
        tables=tuple(tables),
        notes=("A score is no decision: a pair counts as one agency only when a person says so.",),
    )


def _decided_words(count: int) -> str:
    if not count:
        return "No pair was decided in the period."
    return f"In the period {count_of(count, 'verdict')} {'was' if count == 1 else 'were'} given."


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


def visitors_section(facts: PeriodFacts) -> Section:
    """Return the section on visitors of the online directory and other numbers that the center supplies."""
    visitors = facts.visitors
    assert visitors is not None
    rows = tuple((day(month).split(" ", 1)[1], count) for month, count in visitors.months)
    known = [count for _, count in visitors.months if count is not None]
    tables = [
        ReportTable(
            table_id="visitors-months",
            title="Visitors of the online directory",
            columns=(text_column("month", "Month"), count_column("visitors", "Visitors", missing="not given")),
            rows=(*rows, ("all together", visitors.total)),
            notes=()
            if visitors.source is None
            else (f"As the center gives them ({visitors.source}); the program cannot count them.",),
        )
    ]
    charts: list[Chart] = []
    if known and len(rows) > 1:
        charts.append(
            BarChart(
                chart_id="visitors-months",
                title="Visitors of the online directory",
                told=visitors_sentence(facts),
                table_id="visitors-months",
                parts=(("visitors", "Visitors"),),
                rows=tuple((month, {"visitors": None if count is None else float(count)}) for month, count in rows),
            )
        )
    if visitors.given:
        tables.append(
            ReportTable(
                table_id="visitors-given",
                title="Other numbers, as given by the center",
                columns=(text_column("name", "Name"), text_column("value", "As given")),
                rows=visitors.given,
            )
        )
    return Section(
        section_id="visitors",
        heading="Visitors and other numbers given by the center",
        paragraphs=(visitors_sentence(facts),),
        charts=tuple(charts),
        tables=tuple(tables),
        notes=()
        if visitors.source is not None
        else (
            "To fill this line: a file of month and visitors, named in the settings as [report] visitors (docs/reports.md).",
        ),
    )


def visitors_sentence(facts: PeriodFacts) -> str:
    """Return the visitors of the period, or that they are not given."""
    visitors = facts.visitors
    if visitors is None or visitors.total is None:
        return "Visitors of the online directory: not given."
    given = sum(1 for _, count in visitors.months if count is not None)
    part = (
        ""
        if given == len(visitors.months)
        else f" in {given} of {len(visitors.months)} months; the others are not given"
    )
    change = count_change(visitors.total, visitors.before) if not part and not facts.is_running else None
    moved = {None: "", "unchanged": ", as many as in the period before"}.get(
        change, f", {change} than in the period before"
    )
    return f"Visitors of the online directory: {number(visitors.total)}{part}{moved}."


def gathering_section(facts: PeriodFacts) -> Section:
    """Return the section on how the directory is gathered and checked."""
    gathering = facts.gathering
    assert gathering is not None
    tables = []
    if gathering.methods is None:
        told = "How the records were verified is not known: the night is no longer kept."
    elif not gathering.methods:
        told = "The export tells of no record how it was verified."
    else:
        told = (
            f"How they were verified is told of {number(sum(count for _, count in gathering.methods))} counted records; of "
            f"{number(gathering.without_method)} verified ones it is not."
        )
        tables.append(
            top_table(
                "gathering-methods",
                "How records were verified",
                (text_column("method", "Method, as written"), count_column("records", "Counted records")),
                [("other wordings" if name == "(other)" else name, count) for name, count in gathering.methods],
                most=facts.top_rows,
                where_all="resdir freshness --help",
                notes=("Wordings of few records, long ones and those with numbers come together as other wordings.",),
                is_folded=True,
            )
        )
    tables.append(
        ReportTable(
            table_id="gathering-reviews",
            title="Policies of the directory and their last review",
            columns=(text_column("policy", "Policy"), day_column("reviewed_on", "Last reviewed on")),
            rows=gathering.reviews,
        )
        if gathering.reviews
        else ReportTable(
            table_id="gathering-reviews",
            title="Policies of the directory and their last review",
            columns=(
                text_column("policy", "Policy"),
                text_column("reviewed_on", "Last reviewed on", missing="not given"),
            ),
            rows=(("inclusion policy and others", None),),
            notes=("Given in the settings as [report.policy_reviewed_on].",),
        )
    )
    if gathering.not_asked:
        tables.append(
            top_table(
                "gathering-rules-not-asked",
                "Rules that could not be asked",
                (
                    text_column("rule", "Rule"),
                    text_column("checks", "What it checks"),
                    text_column("why", "Why it could not be asked"),
                    text_column("centers", "Centers"),
                ),
                [
                    (
                        row.rule_id,
                        row.title,
                        row.reason,
                        listed([facts.center_names.get(center, center) for center in row.centers])
                        if len(row.centers) <= 3
                        else f"{number(len(row.centers))} centers",
                    )
                    for row in gathering.not_asked
                ],
                most=facts.top_rows,
                where_all="resdir nightly --json, not_applicable",
                is_folded=True,
            )
        )
    asked = {row.rule_id for row in gathering.not_asked}
    return Section(
        section_id="gathering",
        heading="How the directory is gathered and checked",
        paragraphs=(
            told,
            (
                f"The catalogue of rules that are asked every night has {number(gathering.rules)}; {number(len(asked))} of them "
                "could not be asked "
                "of every center, mostly because its export does not carry what they ask about. Nothing is said about those."
            ),
        ),
        tables=tuple(tables),
    )
