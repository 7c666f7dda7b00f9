"""The section on records: how many count, which are left out, what changed."""

from __future__ import annotations

from pipeline.publish.period_words import (
    MOST_PARTS,
    before_words,
    compared,
    count_change,
    count_column,
    counted_words,
    day_column,
    text_column,
    top_table,
    were,
)
from pipeline.publish.wording import count_of, day, kind_words, number, reason_words
from schemas.period_facts import PeriodFacts
from schemas.report_document import ColumnKind, LineChart, LineSeries, ReportTable, Section

_SORTS = (("added", "Added"), ("changed", "Changed"), ("removed", "Removed"), ("rekeyed", "Under a new number"))

#: Fields whose names say little to somebody who does not keep the database.
_FIELDS = {
    "edited_on": "day of the last edit",
    "verified_on": "day of the last verification",
    "verified_by": "who verified it",
    "taxonomy_link": "taxonomy terms",
    "created_on": "day of creation",
    "inactive_on": "day on which it became inactive",
    "ein": "employer identification number",
}


def records_section(facts: PeriodFacts) -> Section:
    """Return the section on records."""
    records = facts.records
    tables = [_counted(facts)]
    charts = []
    kinds = [count.name for count in records.counted]
    if len(records.trend) > 1:
        tables.append(_trend(facts))
        charts.append(
            LineChart(
                chart_id="records-trend",
                title="Counted records over the nights",
                told=_trend_told(facts),
                table_id="records-trend",
                series=tuple(
                    LineSeries(
                        name=kind_words(kind) if kind != "record" else "records",
                        days=tuple(point.day for point in records.trend),
                        values=tuple(point.counts.get(kind) for point in records.trend),
                    )
                    for kind in kinds
                ),
                unit=ColumnKind.COUNT,
            )
        )
    if len(records.by_center) > 1:
        tables.append(_by_center(facts))
    if facts.scope.curator is None:
        tables.append(_left_out(facts))
    tables += _changes(facts)
    return Section(
        section_id="records",
        heading="Records",
        paragraphs=tuple(_paragraphs(facts)),
        charts=tuple(charts),
        tables=tuple(tables),
        notes=_notes(facts),
    )


def _paragraphs(facts: PeriodFacts) -> list[str]:
    records = facts.records
    told = [f"{counted_words(facts)}, as of {day(facts.as_of)}."]
    if records.changes is None:
        told.append("What changed in the period is not known: there are no two nights to compare.")
    else:
        sums = {name: sum(getattr(row, name) for row in records.changes) for name, _ in _SORTS}
        told.append(
            f"In the period {count_of(sums['added'], 'record')} of all kinds {were(sums['added'])} added, "
            f"{number(sums['changed'])} changed, "
            f"{number(sums['removed'])} removed, and {number(sums['rekeyed'])} came back under a new number."
        )
    if records.joined:
        joined = ", ".join(facts.center_names.get(center, center) for center in records.joined)
        told.append(
            f"First read in the period: {joined}. Records that a center's first night brought are not told as added."
        )
    return told


def _notes(facts: PeriodFacts) -> tuple[str, ...]:
    told = [
        (
            "Counted are active records of the center itself, those not to be referred to and those temporarily closed among them. "
            "A service that "
            "is only linked to a site, without anything of its own, is no record."
        ),
    ]
    if facts.scope.curator is None:
        told.append(
            "Changes are counted over all delivered records, counted or not, each record once per sort of change; so what was added less "
            "what was removed is not the change of the counted records."
        )
    return tuple(told)


def _counted(facts: PeriodFacts) -> ReportTable:
    columns, rows = compared(
        facts,
        (
            text_column("kind", "Kind"),
            count_column("now", f"On {day(facts.as_of)}"),
            count_column("before", f"Before the period ({before_words(facts)})"),
            text_column("change", "Change", missing="not known"),
        ),
        [
            (
                "records of all kinds" if count.name == "record" else kind_words(count.name),
                count.now,
                count.before,
                count_change(count.now, count.before),
            )
            for count in facts.records.counted
        ],
    )
    return ReportTable(table_id="records-counted", title="Counted records", columns=columns, rows=rows)


def _trend(facts: PeriodFacts) -> ReportTable:
    kinds = [count.name for count in facts.records.counted]
    return ReportTable(
        table_id="records-trend",
        title="Counted records over the nights",
        columns=(
            day_column("day", "Night"),
            *(count_column(kind, "Records" if kind == "record" else kind_words(kind).capitalize()) for kind in kinds),
        ),
        rows=tuple((point.day, *(point.counts.get(kind) for kind in kinds)) for point in facts.records.trend),
        is_folded=True,
    )


def _trend_told(facts: PeriodFacts) -> str:
    first, last = facts.records.trend[0], facts.records.trend[-1]
    moved = [
        f"{'records' if count.name == 'record' else kind_words(count.name)} from {number(first.counts.get(count.name, 0))} to "
        f"{number(last.counts.get(count.name, 0))}"
        for count in facts.records.counted
    ]
    return f"From {day(first.day)} to {day(last.day)}: {'; '.join(moved)}."


def _by_center(facts: PeriodFacts) -> ReportTable:
    kinds = [count.name for count in facts.records.counted]
    rows = []
    for center in facts.records.by_center:
        before = None if center.before is None else sum(center.before.values())
        rows.append(
            (
                facts.center_names.get(center.center_id, center.center_id),
                *(center.now.get(kind, 0) for kind in kinds),
                count_change(sum(center.now.values()), before),
            )
        )
    return top_table(
        "records-by-center",
        "Counted records by center",
        (
            text_column("center", "Center"),
            *(count_column(kind, kind_words(kind).capitalize()) for kind in kinds),
            text_column("change", "Change of all kinds together", missing="new in the period, or not known"),
        ),
        rows,
        most=MOST_PARTS,
        where_all="resdir report --center ID",
    )


def _left_out(facts: PeriodFacts) -> ReportTable:
    is_one = facts.scope.center_id is not None or len(facts.center_names) == 1
    rows = [
        (
            *(() if is_one else (facts.center_names.get(row.center_id, row.center_id),)),
            reason_words(row.reason),
            "all kinds" if row.kind is None else kind_words(row.kind),
            row.rows,
        )
        for row in facts.records.left_out
    ]
    return top_table(
        "records-left-out",
        "Rows that do not count, and why",
        (
            *(() if is_one else (text_column("center", "Center"),)),
            text_column("reason", "Reason"),
            text_column("kind", "Kind"),
            count_column("rows", "Rows"),
        ),
        rows,
        most=MOST_PARTS,
        where_all="resdir freshness --output FILE.xlsx, sheet Left out",
        notes=(
            f"In all {number(sum(row.rows for row in facts.records.left_out))} rows. They are in no share and no total above.",
        ),
        is_folded=True,
    )


def _changes(facts: PeriodFacts) -> list[ReportTable]:
    records = facts.records
    if records.changes is None:
        return []
    kinds = ReportTable(
        table_id="records-changes",
        title="Changes of the directory in the period",
        columns=(text_column("kind", "Kind"), *(count_column(name, heading) for name, heading in _SORTS)),
        rows=tuple((kind_words(row.kind), *(getattr(row, name) for name, _ in _SORTS)) for row in records.changes),
    )
    fields = top_table(
        "records-fields",
        "Fields that changed most",
        (text_column("field", "Field"), count_column("records", "Records"), count_column("changes", "Changes")),
        [(_field_words(row.field), row.records, row.changes) for row in records.fields],
        most=facts.top_rows,
        of_rows=records.field_count,
        where_all="resdir changes --output FILE.xlsx",
        notes=("A record whose field changed several times counts once under records, and each time under changes.",),
        is_folded=True,
    )
    return [kinds, fields]


def _field_words(name: str) -> str:
    plain, _, rest = name.partition(" (")
    words = _FIELDS.get(plain, plain.replace("_", " ").replace(".", ": "))
    return f"{words} ({rest}" if rest else words
