"""Open a worksheet that comes back, trusting nothing: what the cells hold is told, and nothing is judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.audit.worksheet_columns import COLUMNS, FIRST_SHEET, IDENTITY_SHEET, NAME_LABEL, SHEET
from pipeline.workbook.returned import FormWords, ReturnedBook, SheetRow, open_returned
from schemas.errors import InputError
from schemas.scorecard import LAYOUT

_WORDS = FormWords(
    noun="worksheet",
    again="Hand back the file that `resdir audit worksheet` wrote, or write it again and copy the answers over.",
)


@dataclass(frozen=True, kw_only=True)
class SheetContent:
    """A worksheet as it came back.

    Attributes:
        file: Name of the file.
        identity: The hidden sheet: `layout`, `batch_id`, `auditor`, `purpose` and so on.
        name: What stands in the cell for the auditor's name.
        saved_by: Who saved it last, as the spreadsheet program says; empty when it does not.
        rows: All rows below the heading that hold anything, by heading of `worksheet_columns.COLUMNS`.
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
    with open_returned(path, _WORDS) as book:
        return _content(book)


def _content(book: ReturnedBook) -> SheetContent:
    book.require_sheets((IDENTITY_SHEET, "hidden"), (SHEET, ""))
    identity = book.pairs(IDENTITY_SHEET)
    if identity.get("layout") != LAYOUT:
        raise InputError(
            f"{book.file} has the layout {identity.get('layout') or '(none)'}; this release reads {LAYOUT}.",
            advice=_WORDS.again,
        )
    if not identity.get("batch_id"):
        raise InputError(f"{book.file} does not say which batch it belongs to.", advice=_WORDS.again)
    rows = book.rows(SHEET, [heading for heading, _ in COLUMNS], expected=_expected_rows(identity))
    name = book.beside(FIRST_SHEET, NAME_LABEL)
    return SheetContent(
        file=book.file,
        identity=identity,
        name="" if name is None or name.fault else name.text.strip(),
        saved_by=book.saved_by,
        rows=tuple(rows),
        other_sheets=tuple(sheet for sheet in book.sheets if sheet not in (IDENTITY_SHEET, SHEET, FIRST_SHEET)),
    )


def _expected_rows(identity: dict[str, str]) -> int:
    numbers = [int(identity[name]) if identity.get(name, "").isdigit() else 0 for name in ("records", "questions")]
    # Headings, automatic items and the remark come on top of the questions.
    return numbers[0] * (numbers[1] + 20)
