"""A second header line: some systems write descriptions of the columns under their names."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

from pipeline.ingest.tables import Table

#: What such a line says of a column, in part of its cell or in all of it (VisionLink exports).
_DESCRIPTION = re.compile(
    r"\*required\*|unchangeable|yyyy[/-]mm[/-]dd|mm/dd/yyyy|^text$|^number$|^date$", re.IGNORECASE
)
#: From this share of filled cells on the line is one of descriptions ("most cells").
_MOST = 0.5
#: A line with fewer filled cells proves nothing (project choice).
_FEWEST_CELLS = 3


def drop_description_row(table: Table) -> tuple[Table, tuple[str, ...]]:
    """Return the table without a second header line, and the notice about it.

    Only the first row can be one. It is counted with the blank rows: it holds no record.
    """
    if not table.parsed.rows.height:
        return table, ()
    first = table.parsed.rows.head(1)
    text = io.StringIO(first["text"].item(), newline="")
    cells = next(csv.reader(text, delimiter=table.parsed.separator), [])
    filled = [cell.strip() for cell in cells if cell.strip()]
    described = sum(bool(_DESCRIPTION.search(text)) for text in filled)
    if len(filled) < _FEWEST_CELLS or described <= _MOST * len(filled):
        return table, ()
    line = first["source_line"].item()
    parsed = replace(
        table.parsed,
        rows=table.parsed.rows.slice(1),
        cells=table.parsed.cells.slice(1),
        blank_count=table.parsed.blank_count + 1,
    )
    notice = f"{table.name}: line {line:,} describes the columns and holds no record; it was passed over."
    return replace(table, parsed=parsed), (notice,)
