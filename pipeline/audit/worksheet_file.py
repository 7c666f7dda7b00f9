"""Open a worksheet that comes back, trusting nothing: what the cells hold is told, and nothing is judged yet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pipeline.audit.worksheet_columns import COLUMNS, FIRST_SHEET, IDENTITY_SHEET, NAME_LABEL, SHEET
from schemas.errors import InputError, UsageError
from schemas.scorecard import LAYOUT

#: Largest worksheet that is opened, and what it may unpack to (a worksheet of 3,000 records has 6 MB and unpacks to 60 MB).
_LARGEST_BYTES, _LARGEST_UNPACKED = 50_000_000, 500_000_000
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
_ODS = b"application/vnd.oasis"
_AGAIN = "Hand back the file that `resdir audit worksheet` wrote, or write it again and copy the answers over."
#: Rows below the last one expected that are still looked at: added rows stand there.
_BEYOND = 2_000
#: Letters of a cell that a message quotes.
_SHORT = 40


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one cell holds.

    Attributes:
        text: Text, or a number as text; empty for an empty cell.
        fault: Why it is no text a person typed (a formula, a date), a sentence; None when it is.
    """

    text: str = ""
    fault: str | None = None


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row of the sheet `Worksheet`.

    Attributes:
        number: Row number as the spreadsheet shows it.
        cells: By heading of `worksheet.COLUMNS`.
    """

    number: int
    cells: dict[str, Cell]

    def text(self, heading: str) -> str:
        """Return the text of a cell without blanks around it."""
        return self.cells[heading].text.strip()


@dataclass(frozen=True, kw_only=True)
class SheetContent:
    """A worksheet as it came back.

    Attributes:
        file: Name of the file.
        identity: The hidden sheet: `layout`, `batch_id`, `auditor`, `purpose` and so on.
        name: What stands in the cell for the auditor's name.
        saved_by: Who saved it last, as the spreadsheet program says; empty when it does not.
        rows: All rows below the heading that hold anything.
        other_sheets: Names of sheets that a worksheet does not have.
    """

    file: str
    identity: dict[str, str]
    name: str
    saved_by: str
    rows: tuple[SheetRow, ...]
    other_sheets: tuple[str, ...] = ()


def open_worksheet(path: Path) -> SheetContent:
    """Return what a worksheet holds.

    Args:
        path: The .xlsx file.

    Raises:
        UsageError: It is no .xlsx file by its name.
        InputError: It is missing, damaged, of another kind or layout, or lacks a sheet or a column. Nothing was read.
    """
    _require_workbook(path)
    import openpyxl

    try:
        # Formulas are wanted as such, not as the value that some program left behind.
        # From memory: of a file, a reader that stops half-way would leave a handle open, which Windows locks.
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=False, read_only=True)
    except Exception as fault:
        # A damaged file fails anywhere inside: in the archive, its compression, the XML, or what the library makes of it.
        raise InputError(f"{path.name} is damaged and cannot be opened.", advice=_AGAIN) from fault
    try:
        return _content(book, path)
    except InputError:
        raise
    except Exception as fault:
        raise InputError(f"{path.name} is damaged: its cells cannot be read.", advice=_AGAIN) from fault
    finally:
        book.close()


def _require_workbook(path: Path) -> None:
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path.name} is no .xlsx file.", advice="Save the worksheet as Excel workbook (.xlsx).")
    if path.is_dir():
        raise InputError(f"{path} is a folder.", advice="Name the worksheet in it.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.", advice="Check the path.")
    try:
        with path.open("rb") as file:
            start = file.read(200)
        size = path.stat().st_size
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror}.", advice="Check the rights on the file.") from fault
    if not size:
        raise InputError(f"{path.name} is empty.", advice=_AGAIN)
    if start.startswith(_OLE):
        raise InputError(
            f"{path.name} has a password, or is in the old .xls form.",
            advice="Remove the password and save it as Excel workbook (.xlsx).",
        )
    if not start.startswith(_ZIP):
        raise InputError(f"{path.name} is no Excel workbook, whatever its name says.", advice=_AGAIN)
    if _ODS in start:
        raise InputError(f"{path.name} is an OpenDocument file.", advice="Save it as Excel workbook (.xlsx).")
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as fault:
        raise InputError(
            f"{path.name} is not whole: it was cut off, perhaps while it was copied.", advice="Copy it again."
        ) from fault
    if size > _LARGEST_BYTES or unpacked > _LARGEST_UNPACKED:
        raise InputError(f"{path.name} is far larger than a worksheet can be.", advice=_AGAIN)


def _content(book: Any, path: Path) -> SheetContent:  # noqa: ANN401 - openpyxl ships no types
    names = list(book.sheetnames)
    for name, words in ((IDENTITY_SHEET, "the hidden sheet"), (SHEET, "the sheet")):
        if name not in names:
            raise InputError(
                f"{path.name} lacks {words} {name} (it has {', '.join(names)}).",
                advice="Give the sheet its name back." if name == SHEET and len(names) > 1 else _AGAIN,
            )
    identity = {cells[0].text: cells[1].text for cells in _rows(book[IDENTITY_SHEET], width=2) if cells[0].text}
    if identity.get("layout") != LAYOUT:
        raise InputError(
            f"{path.name} has the layout {identity.get('layout') or '(none)'}; this release reads {LAYOUT}.",
            advice=_AGAIN,
        )
    if not identity.get("batch_id"):
        raise InputError(f"{path.name} does not say which batch it belongs to.", advice=_AGAIN)
    rows = _question_rows(book[SHEET], path, expected=_expected_rows(identity))
    return SheetContent(
        file=path.name,
        identity=identity,
        name=_name_on(book, names),
        saved_by=str(getattr(book.properties, "lastModifiedBy", None) or "").strip(),
        rows=tuple(rows),
        other_sheets=tuple(name for name in names if name not in (IDENTITY_SHEET, SHEET, FIRST_SHEET)),
    )


def _expected_rows(identity: dict[str, str]) -> int:
    numbers = [int(identity[name]) if identity.get(name, "").isdigit() else 0 for name in ("records", "questions")]
    # Headings, automatic items and the remark come on top of the questions.
    return numbers[0] * (numbers[1] + 20)


def _question_rows(sheet: Any, path: Path, *, expected: int) -> list[SheetRow]:  # noqa: ANN401
    lines = enumerate(_rows(sheet, width=len(COLUMNS)), start=1)
    _, head = next(lines, (1, []))
    headings = [cell.text.strip() for cell in head]
    for place, (heading, _) in enumerate(COLUMNS):
        found = headings[place] if place < len(headings) else ""
        if found != heading:
            raise InputError(
                f"{path.name}, sheet {SHEET}, row 1: column {column_letter(place)} is headed {found[:_SHORT] or '(nothing)'}, not "
                f"{heading}: columns were moved, added or deleted, or the row of the headings.",
                advice=_AGAIN,
            )
    rows = []
    for number, cells in lines:
        if any(cell.text.strip() or cell.fault for cell in cells):
            rows.append(SheetRow(number=number, cells={name: cells[place] for place, (name, _) in enumerate(COLUMNS)}))
        if number > expected + _BEYOND:
            break
    return rows


def _name_on(book: Any, names: list[str]) -> str:  # noqa: ANN401
    if FIRST_SHEET not in names:
        return ""
    for cells in _rows(book[FIRST_SHEET], width=2):
        if cells[0].text.strip() == NAME_LABEL:
            return "" if cells[1].fault else cells[1].text.strip()
    return ""


def _rows(sheet: Any, *, width: int) -> Iterator[list[Cell]]:  # noqa: ANN401
    # Some programs write a wrong size of the sheet; rows beyond it would be missed.
    sheet.reset_dimensions()
    for line in sheet.iter_rows(max_col=width):
        cells = [_read(cell) for cell in line]
        yield [*cells, *([Cell()] * (width - len(cells)))]


def _read(cell: Any) -> Cell:  # noqa: ANN401
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "n")
    if value is None:
        return Cell()
    if kind == "f" or not isinstance(value, str | bool | int | float | date | time | timedelta):
        return Cell(fault="The cell holds a formula; type the text itself.")
    if kind == "e":
        return Cell(fault=f"The cell holds the error value {value}; type the text itself.")
    if isinstance(value, str):
        return Cell(text=value)
    if isinstance(value, bool):
        return Cell(text=str(value).upper())
    if isinstance(value, datetime | date | time | timedelta):
        return Cell(text=_moment(value))
    return Cell(text=str(int(value)) if float(value).is_integer() else str(value))


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)


def column_letter(place: int) -> str:
    """Return the letter of a column of a worksheet, from place 0."""
    return chr(ord("A") + place)
