"""Findings as a file for people: CSV, XLSX or JSON.

A cell that begins like a formula (`= + - @`, their full-width forms, tab or line break) is text to us and a program to a
spreadsheet. In CSV such a cell gets a leading apostrophe, which spreadsheets show or hide but never run; phone numbers written
`+1 …` are among them, a lone dash is not. In XLSX every cell is stored as text, so nothing is changed there, and a second sheet
counts the findings. JSON is for programs and holds values as they are.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from schemas.errors import StorageError, UsageError

#: Columns of the file: name in the frame -> heading and width in characters. Columns the frame lacks are left out.
_COLUMNS: dict[str, tuple[str, int]] = {
    "severity": ("Severity", 9),
    "rule_id": ("Rule", 15),
    "center_id": ("Center", 10),
    "kind": ("Kind", 11),
    "native_id": ("Record", 12),
    "record_name": ("Name", 38),
    "curator": ("Curator", 18),
    "field": ("Field", 18),
    "value": ("Found", 34),
    "expected": ("Should be", 34),
    "message": ("What is wrong", 46),
    "how_to_fix": ("How to fix", 46),
    "is_held_back": ("Held back", 10),
    "status": ("Status", 9),
    "first_seen_on": ("First seen", 11),
    "age_days": ("Age (days)", 10),
    "closed_on": ("Closed", 11),
    "times_reappeared": ("Came back", 10),
    "accepted_until": ("Accepted until", 14),
    "accepted_by": ("Accepted by", 16),
    "accepted_reason": ("Why accepted", 30),
    "finding_id": ("Finding", 18),
    "record_uid": ("Record id", 38),
}
#: What the second sheet counts by.
_COUNTED_BY = {"rule_id": "rule", "center_id": "center", "curator": "curator", "kind": "kind", "status": "status"}
_SUMMARY: dict[str, tuple[str, int]] = {
    "by": ("By", 10),
    "value": ("Which", 34),
    "error": ("Errors", 10),
    "warning": ("Warnings", 10),
    "info": ("Info", 10),
    "findings": ("Findings", 10),
    "records": ("Records", 10),
}
#: Shown where a record has no curator.
UNKNOWN = "(unknown)"
#: A sign that starts a formula, with something after it that could be run.
_FORMULA = r"(?s)^[=+\-@＝＋－＠\t\r\n].*\w"
#: Worst first, then oldest.
_ORDER = ("severity_rank", "first_seen_on", "rule_id", "center_id", "record_name", "native_id", "field", "finding_id")
#: Rows of a sheet in XLSX, the heading included (ECMA-376, as all spreadsheets keep it).
_SHEET_ROWS = 1_048_576
#: Characters of a cell in XLSX.
_CELL_LENGTH = 32_767
_RANKS = {"error": 0, "warning": 1, "info": 2}


def write_findings(findings: pl.DataFrame, path: Path, *, as_of: date | None = None) -> int:
    """Write findings to a .csv, .xlsx or .json file, worst first.

    Args:
        findings: Finding or TrackedFinding frame. Values are written as they stand; private ones already say `withheld`.
        path: The file; its ending chooses the form. An existing file is replaced.
        as_of: Day from which the age is counted; without it, or without `first_seen_on`, no age is written.

    Returns:
        Number of findings written.

    Raises:
        UsageError: The ending is none of the three, or there are more findings than a sheet has rows.
        StorageError: The file cannot be written.
    """
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx, ".json": _write_json}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError(
            f"{path.name} ends in none of .csv, .xlsx and .json.", advice="Choose one of these endings for the file."
        )
    rows = _in_order(findings, as_of=as_of)
    if path.suffix.lower() == ".xlsx" and rows.height >= _SHEET_ROWS:
        raise UsageError(
            f"{rows.height:,} findings are more than a sheet has rows ({_SHEET_ROWS:,}).",
            advice="Write a .csv file, or name a center, a severity or a rule.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(rows, path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise StorageError(
            f"{path} could not be written: {fault}.", advice="Close the file if it is open elsewhere, and try again."
        ) from fault
    return rows.height


def _in_order(findings: pl.DataFrame, *, as_of: date | None) -> pl.DataFrame:
    rows = findings.with_columns(
        pl.col("severity").replace_strict(_RANKS, default=len(_RANKS), return_dtype=pl.Int64).alias("severity_rank")
    )
    if as_of is not None and "first_seen_on" in rows.columns:
        rows = rows.with_columns((pl.lit(as_of) - pl.col("first_seen_on")).dt.total_days().alias("age_days"))
    order = [name for name in _ORDER if name in rows.columns]
    return rows.sort(order, nulls_last=True).select(name for name in _COLUMNS if name in rows.columns)


def _write_csv(rows: pl.DataFrame, path: Path) -> None:
    safe = rows.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA)).then("'" + pl.col(name)).otherwise(name).alias(name)
        for name, dtype in rows.schema.items()
        if dtype == pl.String
    )
    # The byte order mark makes spreadsheets read the file as UTF-8.
    path.write_bytes(b"\xef\xbb\xbf" + _headed(safe).write_csv(line_terminator="\r\n").encode("utf-8"))


def _write_json(rows: pl.DataFrame, path: Path) -> None:
    listed = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in rows.iter_rows(named=True)
    ]
    path.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_xlsx(rows: pl.DataFrame, path: Path) -> None:
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8ECEF", "text_wrap": True, "valign": "top"})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        counted = _counted(rows)
        for title, frame, columns in (("Findings", rows, _COLUMNS), ("Summary", counted, _SUMMARY)):
            sheet = book.add_worksheet(title)
            for place, name in enumerate(frame.columns):
                heading, width = columns[name]
                sheet.set_column(place, place, width, cell)
                sheet.write_string(0, place, heading, head)
            for line, row in enumerate(frame.iter_rows(), start=1):
                for place, value in enumerate(row):
                    _write_cell(sheet, line, place, value, cell=cell, day=day)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(frame.height, 1), frame.width - 1)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)


def _write_cell(sheet: Worksheet, line: int, place: int, value: object, *, cell: Format, day: Format) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(line, place, "yes" if value else "no", cell)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, day)
    elif isinstance(value, int):
        sheet.write_number(line, place, value, cell)
    else:
        sheet.write_string(line, place, str(value)[:_CELL_LENGTH], cell)


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return how many findings there are by rule, center, curator, kind and status."""
    severity = pl.col("severity")
    parts = [
        rows.group_by(pl.col(name).fill_null(UNKNOWN).alias("value"))
        .agg(
            *((severity == one).sum().cast(pl.Int64).alias(one) for one in _RANKS),
            findings=pl.len().cast(pl.Int64),
            records=pl.struct("center_id", "record_uid").n_unique().cast(pl.Int64),
        )
        .sort("findings", "value", descending=[True, False])
        .select(pl.lit(words).alias("by"), "value", *_RANKS, "findings", "records")
        for name, words in _COUNTED_BY.items()
        if name in rows.columns
    ]
    return pl.concat(parts)


def _headed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.rename({name: _COLUMNS[name][0] for name in rows.columns})
