"""The sections on duplicates, visitors, and how the directory is gathered."""

from __future__ import annotations

from pipeline.publish.period_words import (
    compared,
    count_change,
    count_column,
    day_column,
    listed,
    since,
    text_column,
    top_table,
)
from pipeline.publish.wording import count_of, day, number
from schemas.period_facts import PeriodFacts
from schemas.report_document import BarChart, Chart, ReportTable, Section

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
