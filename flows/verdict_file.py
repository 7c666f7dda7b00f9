"""Reads a table of verdicts from a .csv or .xlsx file, trusting nothing: formulas and dates in cells are told, not taken."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pipeline.curate.verdict_rows import NEEDED, TableRow
from pipeline.ingest.columns import nearest
from pipeline.ingest.tables import read_table
from schemas.errors import InputError, UsageError
from schemas.parameters import IngestParameters

#: Sheet that is read; another one when the workbook has only one.
SHEET = "Verdicts"
#: The apostrophe that `export` puts before a text that a spreadsheet would run; any other one belongs to the text.
_ESCAPED = re.compile(r"^'(?=[=+\-@＝＋－＠\t\r\n])")


def read_verdict_file(path: Path) -> list[TableRow]:
    """Return the rows of a table of verdicts.

    Args:
        path: A .csv file in any of the encodings and separators that exports come in, or a .xlsx workbook.

    Raises:
        UsageError: The ending is neither.
        InputError: The file is missing, damaged, empty, or has no column for pairs or verdicts.
    """
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise UsageError(f"{path.name} ends in neither .csv nor .xlsx.", advice="Save it as one of the two.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.", advice="Check the path.")
    return _read_csv(path) if path.suffix.lower() == ".csv" else _read_workbook(path)


def _read_csv(path: Path) -> list[TableRow]:
    table = read_table(path.read_bytes(), name=path.name, center_id="verdicts", parameters=IngestParameters())
    header = [name.strip().casefold() for name in table.parsed.header]
    _require_columns(header, path=path)
    lines = table.parsed.rows["source_line"].to_list()
    rows = []
    for line, cells in zip(lines, table.parsed.cells.iter_rows(), strict=True):
        texts = {name: _ESCAPED.sub("", text or "") for name, text in zip(header, cells, strict=True)}
        faults = {name: f"The cell holds a formula: {text}" for name, text in texts.items() if text.startswith("=")}
        rows.append(TableRow(row=line, cells=texts, faults=faults))
    for line, reason in table.parsed.rejects.select("source_line", "reason").iter_rows():
        rows.append(TableRow(row=line, cells={}, faults={"verdict": f"The row cannot be read: {reason}"}))
    return sorted(rows, key=lambda row: row.row)


def _read_workbook(path: Path) -> list[TableRow]:
    import openpyxl

    try:
        # Formulas are wanted as such, not as the value that some program left behind.
        book = openpyxl.load_workbook(path, data_only=False)
    except Exception as fault:
        # A damaged file fails anywhere inside: in the archive, its compression, the XML, or what the library makes of it.
        raise InputError(
            f"{path.name} is no readable workbook.", advice="Save it again as .xlsx, or as CSV."
        ) from fault
    tables = {sheet.title: sheet for sheet in book.worksheets}
    if SHEET not in tables and len(tables) != 1:
        raise InputError(
            f"{path.name} has no sheet {SHEET} (it has {', '.join(book.sheetnames)}).",
            advice="Hand back the sheet that `resdir duplicates export` wrote.",
        )
    sheet = tables.get(SHEET) or next(iter(tables.values()))
    lines = sheet.iter_rows()
    head = next(lines, ())
    header = [str(cell.value or "").strip().casefold() for cell in head]
    _require_columns(header, path=path)
    rows = []
    for number, line in enumerate(lines, start=2):
        cells, faults, dates = {}, {}, {}
        for name, cell in zip(header, line, strict=False):
            value = cell.value
            if isinstance(value, datetime | date | time):
                cells[name], dates[name] = str(value), f"The cell holds a date ({value}), not a text."
                continue
            cells[name], told = _text_of(value)
            if told:
                faults[name] = told
        if any(cells.values()) or faults:
            rows.append(TableRow(row=number, cells=cells, faults=faults, dates=dates))
    return rows


def _text_of(value: Any) -> tuple[str, str | None]:  # noqa: ANN401 - whatever a cell holds
    if value is None:
        return "", None
    if isinstance(value, str):
        return value, f"The cell holds a formula: {value}" if value.startswith("=") else None
    if isinstance(value, float) and value.is_integer():
        return str(int(value)), None
    if isinstance(value, bool | int | float):
        return str(value), None
    return "", "The cell holds something that is no text (a formula over several cells)."


def _require_columns(header: list[str], *, path: Path) -> None:
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        raise InputError(
            f"{path.name} has the column {doubled[0]} more than once.",
            advice="Keep the one that is meant, and its cells.",
        )
    for name in NEEDED:
        if name not in header:
            near = nearest(name, header)
            raise InputError(
                f"{path.name} has no column {name}{f' (nearest: {near})' if near else ''}.",
                advice="Keep the heading that `resdir duplicates export` wrote.",
            )
