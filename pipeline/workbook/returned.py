"""Open a workbook that comes back, trusting nothing: what the cells hold is told, and nothing is judged yet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from schemas.errors import InputError, UsageError

#: Largest workbook that is opened, and what it may unpack to (an audit worksheet of 3,000 records has 6 MB and unpacks to 60 MB).
_LARGEST_BYTES, _LARGEST_UNPACKED = 50_000_000, 500_000_000
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
_ODS = b"application/vnd.oasis"
#: Rows below the last one expected that are still looked at: added rows stand there.
_BEYOND = 2_000
#: Letters of a cell that a message quotes.
_SHORT = 40


@dataclass(frozen=True, kw_only=True)
class FormWords:
    """How messages speak of a kind of form.

    Attributes:
        noun: What it is called, such as `worksheet`.
        again: What to do when the file cannot be used, a sentence.
    """

    noun: str
    again: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one cell holds.

    Attributes:
        text: Text, or a number as text; empty for an empty cell.
        fault: Why it is no text a person typed (a formula, an error value), a sentence; None when it is.
    """

    text: str = ""
    fault: str | None = None


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row of a sheet below its headings.

    Attributes:
        number: Row number as the spreadsheet shows it.
        cells: By heading.
    """

    number: int
    cells: dict[str, Cell]

    def text(self, heading: str) -> str:
        """Return the text of a cell without blanks around it."""
        return self.cells[heading].text.strip()


@dataclass(frozen=True, kw_only=True)
class ReturnedBook:
    """A workbook that is open for reading. Make it with `open_returned`.

    Attributes:
        file: Name of the file.
        sheets: Names of its sheets, hidden ones too.
        words: How messages speak of it.
    """

    file: str
    sheets: tuple[str, ...]
    words: FormWords
    _book: Any

    @property
    def saved_by(self) -> str:
        """Who saved it last, as the spreadsheet program says; empty when it does not."""
        return str(getattr(self._book.properties, "lastModifiedBy", None) or "").strip()

    def require_sheets(self, *named: tuple[str, str]) -> None:
        """Stop when a sheet is missing.

        Args:
            named: Name of a sheet, and `hidden` or empty.

        Raises:
            InputError: Names the sheet and those that are there.
        """
        for name, look in named:
            if name not in self.sheets:
                raise InputError(
                    f"{self.file} lacks the {f'{look} ' if look else ''}sheet {name} (it has {', '.join(self.sheets)}).",
                    advice="Give the sheet its name back." if not look and len(self.sheets) > 1 else self.words.again,
                )

    def pairs(self, sheet: str) -> dict[str, str]:
        """Return the first two columns of a sheet as names and texts."""
        return {cells[0].text: cells[1].text for cells in self.lines(sheet, width=2) if cells[0].text}

    def beside(self, sheet: str, label: str) -> Cell | None:
        """Return the cell at the right of the first cell of column A that holds a label; None without sheet or label."""
        if sheet not in self.sheets:
            return None
        return next((cells[1] for cells in self.lines(sheet, width=2) if cells[0].text.strip() == label), None)

    def lines(self, sheet: str, *, width: int) -> Iterator[list[Cell]]:
        """Return the rows of a sheet, each with as many cells as asked for."""
        page = self._book[sheet]
        # Some programs write a wrong size of the sheet; rows beyond it would be missed.
        page.reset_dimensions()
        for line in page.iter_rows(max_col=width):
            cells = [_read(cell) for cell in line]
            yield [*cells, *([Cell()] * (width - len(cells)))]

    def rows(self, sheet: str, headings: Sequence[str], *, expected: int) -> list[SheetRow]:
        """Return the rows below the headings that hold anything.

        Args:
            sheet: Name of the sheet.
            headings: What must stand in row 1, from column A on.
            expected: Rows that the form had; far below them nothing is looked at any more.

        Raises:
            InputError: A heading is missing or stands elsewhere.
        """
        lines = enumerate(self.lines(sheet, width=len(headings)), start=1)
        _, head = next(lines, (1, []))
        for place, heading in enumerate(headings):
            found = head[place].text.strip() if place < len(head) else ""
            if found != heading:
                raise InputError(
                    f"{self.file}, sheet {sheet}, row 1: column {column_letter(place)} is headed {found[:_SHORT] or '(nothing)'}, "
                    f"not {heading}: columns were moved, added or deleted, or the row of the headings.",
                    advice=self.words.again,
                )
        rows = []
        for number, cells in lines:
            if any(cell.text.strip() or cell.fault for cell in cells):
                rows.append(SheetRow(number=number, cells=dict(zip(headings, cells, strict=True))))
            if number > expected + _BEYOND:
                break
        return rows


@contextmanager
def open_returned(path: Path, words: FormWords) -> Iterator[ReturnedBook]:
    """Open a workbook for reading.

    Args:
        path: The .xlsx file.
        words: How messages speak of it.

    Raises:
        UsageError: It is no .xlsx file by its name.
        InputError: It is missing, damaged or of another kind. What is read of it inside may raise the same.
    """
    _require_workbook(path, words)
    import openpyxl

    try:
        # Formulas are wanted as such, not as the value that some program left behind.
        # From memory: of a file, a reader that stops half-way would leave a handle open, which Windows locks.
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=False, read_only=True)
    except Exception as fault:
        # A damaged file fails anywhere inside: in the archive, its compression, the XML, or what the library makes of it.
        raise InputError(f"{path.name} is damaged and cannot be opened.", advice=words.again) from fault
    try:
        yield ReturnedBook(file=path.name, sheets=tuple(book.sheetnames), words=words, _book=book)
    except InputError:
        raise
    except Exception as fault:
        raise InputError(f"{path.name} is damaged: its cells cannot be read.", advice=words.again) from fault
    finally:
        book.close()


def _require_workbook(path: Path, words: FormWords) -> None:
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path.name} is no .xlsx file.", advice=f"Save the {words.noun} as Excel workbook (.xlsx).")
    if path.is_dir():
        raise InputError(f"{path} is a folder.", advice=f"Name the {words.noun} in it.")
    if not path.is_file():
        raise InputError(f"There is no file {path}.", advice="Check the path.")
    try:
        with path.open("rb") as file:
            start = file.read(200)
        size = path.stat().st_size
    except OSError as fault:
        raise InputError(f"{path} cannot be read: {fault.strerror}.", advice="Check the rights on the file.") from fault
    if not size:
        raise InputError(f"{path.name} is empty.", advice=words.again)
    if start.startswith(_OLE):
        raise InputError(
            f"{path.name} has a password, or is in the old .xls form.",
            advice="Remove the password and save it as Excel workbook (.xlsx).",
        )
    if not start.startswith(_ZIP):
        raise InputError(f"{path.name} is no Excel workbook, whatever its name says.", advice=words.again)
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
        raise InputError(f"{path.name} is far larger than a {words.noun} can be.", advice=words.again)


def _read(cell: Any) -> Cell:  # noqa: ANN401 - openpyxl ships no types
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
    """Return the letter of a column of a sheet, from place 0."""
    return chr(ord("A") + place)
