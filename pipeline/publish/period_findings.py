"""The section on findings: what was found and mended in the period, and what is open at its end."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.publish.period_words import (
    MOST_PARTS,
    NO_RANKING,
    count_change,
    count_column,
    number_column,
    share_column,
    since,
    text_column,
    top_table,
    were,
)
from pipeline.publish.wording import FAMILIES, SEVERITIES, count_of, day, number
from schemas.period_facts import AGE_BANDS, FindingFacts, MovedCounts, PeriodFacts
from schemas.report_document import BarChart, Chart, Column, ReportTable, Section

_MOVES = (
    ("first_found", "Found by a first night"),
    ("opened", "Opened"),
    ("reappeared", "Came back"),
    ("fixed", "Fixed"),
    ("other_ended", "Ended otherwise"),
)
_ONE = {"error": "error", "warning": "warning", "info": "note"}


def findings_section(facts: PeriodFacts) -> Section:
    """Return the section on findings."""
    findings = facts.findings
    tables = [
        _moved(
            "findings-by-severity", "Findings in the period, by severity", "Severity", _severities(findings), findings
        ),
    ]
    if findings.total.open_before is not None:
        tables.append(_account(facts))
    charts: list[Chart] = []
    if findings.total.open_now is not None:
        charts.append(_chart(facts))
    if findings.rules:
        tables.append(_rules(facts))
    if findings.ages is not None:
        tables.append(_ages(findings))
        charts.append(_age_chart(findings))
    tables.append(
        _moved(
            "findings-by-family", "Findings in the period, by family of rules", "Family", _families(findings), findings
        )
    )
    if len(findings.by_center) > 1:
        centers = [(facts.center_names.get(row.value, row.value), row) for row in findings.by_center]
        tables.append(_moved("findings-by-center", "Findings in the period, by center", "Center", centers, findings))
    if findings.fix_rates:
        tables.append(_fix_rates(facts))
    return Section(
        section_id="findings",
        heading="Findings",
        paragraphs=tuple(_paragraphs(facts)),
        charts=tuple(charts),
        tables=tuple(tables),
        notes=(
            (
                "A finding is one rule broken by one field of one record. Fixed: the record is still there and no longer shows it. "
                "Ended otherwise: "
                "the record left the directory, or the rule is no longer asked. An exception that a person took "
                "is not open while it stands."
            ),
        ),
    )


def severity_counts(findings: FindingFacts) -> str:
    """Return the open findings by severity as a list in a sentence."""
    told = []
    for row in findings.by_severity:
        count = row.open_now
        if count is not None:
            told.append(f"{number(count)} {_ONE[row.value] if count == 1 else SEVERITIES[row.value]}")
    return ", ".join(told) or "not known"


def _paragraphs(facts: PeriodFacts) -> list[str]:
    total = facts.findings.total
    told = []
    if total.first_found:
        told.append(
            f"A first night found {number(total.first_found)} that were there before; they are not counted as opened."
        )
    told.append(
        f"In the period {count_of(total.opened, 'finding')} {were(total.opened)} opened and {number(total.reappeared)} came back; "
        f"{number(total.fixed)} {were(total.fixed)} fixed and {number(total.other_ended)} ended otherwise."
    )
    if total.open_now is None:
        told.append("How many are open at the end is not known by curator: the night is no longer kept.")
    else:
        change = since(count_change(total.open_now, total.open_before), facts) if facts.before_on else None
        told.append(
            f"Open at the end: {number(total.open_now)} ({severity_counts(facts.findings)}){'' if change is None else f'; {change}'}."
        )
    return told


def _severities(findings: FindingFacts) -> list[tuple[str, MovedCounts]]:
    return [(SEVERITIES[row.value], row) for row in findings.by_severity]


def _families(findings: FindingFacts) -> list[tuple[str, MovedCounts]]:
    return [(FAMILIES.get(row.value, row.value), row) for row in findings.by_family]


def _moved(
    table_id: str, title: str, heading: str, rows: Sequence[tuple[str, MovedCounts]], findings: FindingFacts
) -> ReportTable:
    moves = [(key, words) for key, words in _MOVES if key != "first_found" or findings.total.first_found]
    columns: list[Column] = [text_column("of", heading)]
    has_before = findings.total.open_before is not None
    if has_before:
        columns.append(count_column("open_before", "Open before"))
    columns += [count_column(key, words) for key, words in moves]
    columns.append(count_column("open_now", "Open at the end"))
    is_severity = table_id == "findings-by-severity"
    cells = [
        (
            name,
            *((row.open_before,) if has_before else ()),
            *(getattr(row, key) for key, _ in moves),
            row.open_now,
        )
        for name, row in (*rows, *((("all", findings.total),) if is_severity else ()))
    ]
    return top_table(
        table_id,
        title,
        columns,
        cells,
        most=MOST_PARTS,
        where_all="resdir findings --output FILE.xlsx",
        is_folded=not is_severity,
    )


def _account(facts: PeriodFacts) -> ReportTable:
    findings, total = facts.findings, facts.findings.total
    rows: list[tuple[str, int | None]] = [
        ("open before the period", total.open_before),
        ("under an exception before the period", findings.under_exception_before),
        ("+ found by the first night of a center", total.first_found),
        ("+ opened", total.opened),
        ("+ came back after they had been fixed", total.reappeared),
        ("- fixed", total.fixed),
        ("- ended otherwise", total.other_ended),
        ("= open at the end", total.open_now),
        ("= under an exception at the end", findings.under_exception),
    ]
    return ReportTable(
        table_id="findings-account",
        title="The account of the period",
        columns=(text_column("entry", "Findings"), count_column("findings", "Number")),
        rows=tuple(rows),
        notes=(
            (
                f"In the period {number(total.accepted)} were accepted as exceptions, and {number(total.exception_over)} exceptions ended. "
                "What was there and what came, less what went, is what is open or under an exception at the end."
            ),
        ),
        is_folded=True,
    )


def _chart(facts: PeriodFacts) -> BarChart:
    findings = facts.findings
    rows = []
    if facts.before_on is not None and findings.total.open_before is not None:
        rows.append((day(facts.before_on), {row.value: float(row.open_before or 0) for row in findings.by_severity}))
    rows.append((day(facts.as_of), {row.value: float(row.open_now or 0) for row in findings.by_severity}))
    return BarChart(
        chart_id="findings-open",
        title="Open findings by severity",
        told=f"Open on {day(facts.as_of)}: {severity_counts(findings)}.",
        table_id="findings-by-severity",
        parts=tuple((row.value, SEVERITIES[row.value]) for row in findings.by_severity),
        rows=tuple(rows),
        palette="severity",
    )


def _rules(facts: PeriodFacts) -> ReportTable:
    findings = facts.findings
    return top_table(
        "findings-rules",
        "Rules with most open findings, of each severity",
        (
            text_column("rule", "Rule"),
            text_column("severity", "Severity"),
            text_column("wrong", "What is wrong"),
            text_column("fix", "How to fix it"),
            count_column("open", "Open at the end"),
            count_column("opened", "Opened"),
            count_column("fixed", "Fixed"),
        ),
        [
            (
                row.rule_id,
                _ONE.get(row.severity, row.severity),
                row.message,
                row.how_to_fix,
                row.open_now,
                row.opened,
                row.fixed,
            )
            for row in findings.rules
        ],
        most=facts.top_rows,
        of_rows=findings.rule_count,
        where_all="resdir findings rates --by rule",
    )


def _ages(findings: FindingFacts) -> ReportTable:
    ages = findings.ages or {}
    return ReportTable(
        table_id="findings-ages",
        title="Open findings by age",
        columns=(
            text_column("severity", "Severity"),
            *(count_column(key, words) for key, _, _, words in AGE_BANDS),
            count_column("all", "All"),
        ),
        rows=tuple(
            (
                SEVERITIES[row.value],
                *(ages[row.value].get(key, 0) for key, *_ in AGE_BANDS),
                sum(ages[row.value].values()),
            )
            for row in findings.by_severity
            if row.value in ages
        ),
        notes=("Days since the first night that showed it; what was wrong before the first night is as old as that.",),
        is_folded=True,
    )


def _age_chart(findings: FindingFacts) -> BarChart:
    ages = findings.ages or {}
    old = sum(counts.get(key, 0) for counts in ages.values() for key, first, *_ in AGE_BANDS if first > 90)
    return BarChart(
        chart_id="findings-ages",
        title="Open findings by age",
        told=f"Open for more than 90 days: {number(old)}.",
        table_id="findings-ages",
        parts=tuple((key, words) for key, _, _, words in AGE_BANDS),
        rows=tuple(
            (SEVERITIES[row.value], {key: float(ages[row.value].get(key, 0)) for key, *_ in AGE_BANDS})
            for row in findings.by_severity
            if row.value in ages
        ),
    )


def _fix_rates(facts: PeriodFacts) -> ReportTable:
    findings = facts.findings
    rows = [
        (
            "(no curator named)" if row.value == "(unknown)" else row.value,
            row.fixed,
            row.still_open,
            row.fix_rate,
            row.in_time_share,
            row.median_days_to_fix,
            f"fewer than {findings.smallest_cell} findings: too few to say much" if row.is_small else None,
        )
        for row in findings.fix_rates
    ]
    return top_table(
        "findings-fix-rates",
        "Fix rate by curator of the record",
        (
            text_column("curator", "Curator"),
            count_column("fixed", "Fixed in the period"),
            count_column("still_open", "Still open"),
            share_column("fix_rate", "Fixed, of what could be", missing="nothing to mend"),
            share_column("in_time", f"Of that within {findings.within_days} days", missing="nothing due"),
            number_column("days", "Days to fix (median)", decimals=0, missing="none fixed"),
            text_column("note", "Note"),
        ),
        rows,
        most=MOST_PARTS,
        where_all="resdir findings rates --by curator",
        notes=(
            NO_RANKING,
            (
                "Fix rate: fixed / (fixed + still open). What ended because a rule was switched off or a record left is in neither. Within "
                f"{findings.within_days} days: of what was fixed or has been open for longer."
            ),
        ),
        is_folded=facts.scope.curator is None,
    )
