"""A report of a period as one JSON document. Scripts rely on its keys; they are promised in docs/reports.md."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from schemas.period_facts import PeriodFacts
from schemas.report_document import Cell, ReportDocument, ReportTable


def period_json(facts: PeriodFacts, document: ReportDocument) -> dict[str, Any]:
    """Return the report as JSON values: days as YYYY-MM-DD, shares as 0-1, null for what is not known."""
    return {
        "period": facts.period.name,
        "from": facts.period.first_on.isoformat(),
        "to": facts.until.isoformat(),
        "is_running": facts.is_running,
        "as_of": facts.as_of.isoformat(),
        "run_id": facts.run_id,
        "compared_with": None if facts.before_on is None else facts.before_on.isoformat(),
        "center": facts.scope.center_id,
        "curator": facts.scope.curator,
        "summary": list(document.summary),
        "headlines": [asdict(one) for one in document.headlines],
        "sections": [
            {
                "id": section.section_id,
                "heading": section.heading,
                "paragraphs": list(section.paragraphs),
                "tables": [_table(table) for table in section.tables],
                "notes": list(section.notes),
            }
            for section in document.sections
        ],
        "warnings": list(document.warnings),
    }


def _table(table: ReportTable) -> dict[str, Any]:
    return {
        "id": table.table_id,
        "title": table.title,
        "columns": [column.key for column in table.columns],
        "rows": [[_value(cell) for cell in row] for row in table.rows],
        "notes": list(table.notes),
        "of_rows": len(table.rows) if table.of_rows is None else table.of_rows,
    }


def _value(cell: Cell) -> str | int | float | bool | None:
    return cell.isoformat() if isinstance(cell, date) else cell
