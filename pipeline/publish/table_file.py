"""Tables as files for people: CSV, XLSX or JSON.

A cell that begins like a formula (`= + - @`, their full-width forms, tab or line break) is text to us and a program to a
spreadsheet. In CSV such a cell gets a leading apostrophe, which spreadsheets show or hide but never run; phone numbers written
`+1 …` are among them, a lone dash is not. In XLSX every cell is stored as text, so nothing is changed there. JSON is for programs
and holds values as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from schemas.errors import StorageError, UsageError

#: A sign that starts a formula, with something after it that could be run.
_FORMULA = r"(?s)^[=+\-@＝＋－＠\t\r\n].*\w"
#: Rows of a sheet in XLSX, the heading included (ECMA-376, as all spreadsheets keep it).
_SHEET_ROWS = 1_048_576
#: Points of one line, and lines of the tallest row (Excel ends at 409 points).
_LINE_HEIGHT, _MOST_LINES = 15, 27
#: Characters of a cell in XLSX.
_CELL_LENGTH = 32_767


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a file.

    Attributes:
        title: Name of the sheet.
        rows: What stands on it.
        columns: Heading and width in characters by column of `rows`; columns that `rows` lacks are left out.
        fill_in: Columns that people fill in, with the words that they choose from (none: any text). In XLSX all other cells are
            locked then, without a password.
    """

    title: str
    rows: pl.DataFrame
    columns: Mapping[str, tuple[str, int]]
    fill_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def shown(self) -> pl.DataFrame:
        """Return the rows with the columns that have a heading, in the order of the headings."""
        return self.rows.select(name for name in self.columns if name in self.rows.columns)


def write_table(sheets: Sequence[Sheet], path: Path) -> int:
    """Write a table to a .csv, .xlsx or .json file; further sheets are written in XLSX only.

    Args:
        sheets: The table first. Values are written as they stand; private ones already say `withheld`.
        path: The file; its ending chooses the form. An existing file is replaced.

    Returns:
        Number of rows of the table.

    Raises:
        UsageError: The ending is none of the three, or there are more rows than a sheet holds.
        StorageError: The file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in (".csv", ".xlsx", ".json"):
        raise UsageError(
            f"{path.name} ends in none of .csv, .xlsx and .json.", advice="Choose one of these endings for the file."
        )
    height = sheets[0].rows.height
    if ending == ".xlsx" and height >= _SHEET_ROWS:
        raise UsageError(
            f"{height:,} {sheets[0].title.lower()} are more than a sheet has rows ({_SHEET_ROWS:,}).",
            advice="Write a .csv file, or ask for fewer: one center, one kind.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if ending == ".csv":
            _write_csv(sheets[0], path)
        elif ending == ".xlsx":
            _write_xlsx(sheets, path)
        else:
            _write_json(sheets[0], path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise StorageError(
            f"{path} could not be written: {fault}.", advice="Close the file if it is open elsewhere, and try again."
        ) from fault
    return height


def _write_csv(sheet: Sheet, path: Path) -> None:
    rows = sheet.shown()
    safe = rows.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA)).then("'" + pl.col(name)).otherwise(name).alias(name)
        for name, dtype in rows.schema.items()
        if dtype == pl.String
    ).with_columns(
        # As in XLSX.
        pl.when(name).then(pl.lit("yes")).when(pl.col(name).not_()).then(pl.lit("no")).alias(name)
        for name, dtype in rows.schema.items()
        if dtype == pl.Boolean
    )
    headed = safe.rename({name: sheet.columns[name][0] for name in safe.columns})
    # The byte order mark makes spreadsheets read the file as UTF-8.
    path.write_bytes(b"\xef\xbb\xbf" + headed.write_csv(line_terminator="\r\n").encode("utf-8"))


def _write_json(sheet: Sheet, path: Path) -> None:
    listed = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in sheet.shown().iter_rows(named=True)
    ]
    path.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_xlsx(sheets: Sequence[Sheet], path: Path) -> None:
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8ECEF", "text_wrap": True, "valign": "top"})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        # Text, so that nothing that is typed turns into a date or a number.
        blank = book.add_format(
            {"text_wrap": True, "valign": "top", "locked": False, "bg_color": "#FFFBE6", "border": 1, "num_format": "@"}
        )
        for one in sheets:
            frame = one.shown()
            sheet = book.add_worksheet(one.title)
            for place, name in enumerate(frame.columns):
                heading, width = one.columns[name]
                sheet.set_column(place, place, width, cell)
                sheet.write_string(0, place, heading, head)
            widths = [one.columns[name][1] for name in frame.columns]
            for line, row in enumerate(frame.iter_rows(), start=1):
                lines = 1
                for place, value in enumerate(row):
                    _write_cell(sheet, line, place, value, cell=cell, day=day)
                    if isinstance(value, str):
                        lines = max(lines, _lines(value, width=widths[place]))
                if lines > 1:
                    # Not every program fits the height to wrapped text by itself, and then the texts of rows lie over each other.
                    sheet.set_row(line, min(lines, _MOST_LINES) * _LINE_HEIGHT)
            if one.fill_in:
                _open_cells(sheet, one, frame, blank=blank)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(frame.height, 1), frame.width - 1)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)


def _lines(text: str, *, width: int) -> int:
    """Return how many lines a wrapped text takes in a column of a width in characters."""
    if len(text) < width and "\n" not in text:
        return 1
    return sum(max(1, -(-len(part) // max(width - 1, 1))) for part in text.split("\n"))


def _open_cells(sheet: Worksheet, one: Sheet, frame: pl.DataFrame, *, blank: Format) -> None:
    """Lock the sheet but for the cells that people fill in, and offer the words they choose from."""
    for name, words in one.fill_in.items():
        place = frame.columns.index(name)
        for line, value in enumerate(frame[name].to_list(), start=1):
            sheet.write_string(line, place, value or "", blank)
        if words and frame.height:
            sheet.data_validation(
                1,
                place,
                frame.height,
                place,
                {
                    "validate": "list",
                    "source": list(words),
                    "error_title": "Not one of the answers",
                    "error_message": f"Choose {', '.join(words)}, or leave the cell blank.",
                },
            )
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


def _write_cell(sheet: Worksheet, line: int, place: int, value: object, *, cell: Format, day: Format) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(line, place, "yes" if value else "no", cell)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, day)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, cell)
    else:
        sheet.write_string(line, place, str(value)[:_CELL_LENGTH], cell)
