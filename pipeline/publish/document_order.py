"""In which order the charts and tables of a section are shown: each table with its charts above it."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.report_document import Chart, ReportDocument, ReportTable, Section


@dataclass(frozen=True, kw_only=True)
class Block:
    """A table, the charts that are drawn of it, and the table's number in the report, from 1."""

    number: int
    table: ReportTable
    charts: tuple[Chart, ...]


def blocks_of(document: ReportDocument) -> tuple[tuple[Section, tuple[Block, ...]], ...]:
    """Return every section with its blocks, in the order of its tables."""
    numbers = {table.table_id: number for number, table in enumerate(document.tables(), start=1)}
    return tuple(
        (
            section,
            tuple(
                Block(
                    number=numbers[table.table_id],
                    table=table,
                    charts=tuple(chart for chart in section.charts if chart.table_id == table.table_id),
                )
                for table in section.tables
            ),
        )
        for section in document.sections
    )
