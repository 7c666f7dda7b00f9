"""Open a form that comes back, trusting nothing: what it holds is told, and nothing is judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipeline.outreach.packet_columns import FIRST_SHEET, HEADINGS, IDENTITY_SHEET, LINE_MARK, SHEET
from pipeline.workbook.returned import Cell, FormWords, ReturnedBook, SheetRow, open_returned
from schemas.errors import InputError
from schemas.packets import LAYOUT

_WORDS = FormWords(
    noun="form",
    again="Ask for the file that `resdir packet` wrote, or write a new form and copy the answers over by hand.",
)
_AUDIT_LAYOUT = "audit-worksheet/"
#: Rows of the first sheet that are looked at.
_FIRST_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class FormContent:
    """A form as it came back.

    Attributes:
        file: Name of the file.
        identity: The hidden sheet without its lines: `layout`, `packet_id`, `center_id` and so on.
        checks: Hash of every line by its id, as the hidden sheet has them.
        person: Cells beside the labels of the first sheet, by label; with the row of each.
        saved_by: Who saved it last, as the spreadsheet program says; empty when it does not.
        rows: All rows below the headings that hold anything.
        other_sheets: Names of sheets that a form does not have.
    """

    file: str
    identity: dict[str, str]
    checks: dict[str, str]
    person: dict[str, tuple[int, Cell]]
    saved_by: str
    rows: tuple[SheetRow, ...]
    other_sheets: tuple[str, ...]


def open_form(path: Path) -> FormContent:
    """Return what a form holds.

    Args:
        path: The .xlsx file.

    Raises:
        InputError: It is missing, damaged, of another kind or layout, or lacks a sheet or a column. Nothing was read.
    """
    if path.suffix.lower() in (".html", ".htm", ".pdf"):
        raise InputError(
            f"{path.name} is a form to print, not one that can be read back.",
            advice="Copy its answers into the .xlsx file that was written beside it, and read that one.",
        )
    if path.suffix.lower() != ".xlsx" and not path.is_dir():
        raise InputError(f"{path.name} is no .xlsx file.", advice="Save the form as Excel workbook (.xlsx).")
    if path.is_dir():
        raise InputError(f"{path} is a folder.", advice="Name the forms in it.")
    with open_returned(path, _WORDS) as book:
        return _content(book)


def _content(book: ReturnedBook) -> FormContent:
    if IDENTITY_SHEET not in book.sheets:
        raise InputError(
            f"{book.file} is no update form: it lacks the hidden sheet {IDENTITY_SHEET} (it has {', '.join(book.sheets)}).",
            advice=_WORDS.again,
        )
    identity = book.pairs(IDENTITY_SHEET)
    layout = identity.get("layout", "")
    if layout.startswith(_AUDIT_LAYOUT):
        raise InputError(
            f"{book.file} is an audit worksheet, not an update form.", advice="Read it with `resdir audit record`."
        )
    if layout != LAYOUT:
        raise InputError(
            f"{book.file} has the layout {layout or '(none)'}; this release reads {LAYOUT}.", advice=_WORDS.again
        )
    if not identity.get("packet_id"):
        raise InputError(f"{book.file} does not say which form it is.", advice=_WORDS.again)
    book.require_sheets((FIRST_SHEET, ""), (SHEET, ""))
    lines = int(identity["lines"]) if identity.get("lines", "").isdigit() else 0
    person: dict[str, tuple[int, Cell]] = {}
    for number, cells in enumerate(islice(book.lines(FIRST_SHEET, width=2), _FIRST_ROWS), start=1):
        person.setdefault(cells[0].text.strip(), (number, cells[1]))
    return FormContent(
        file=book.file,
        identity={name: text for name, text in identity.items() if not name.startswith(LINE_MARK)},
        checks={name.removeprefix(LINE_MARK): text for name, text in identity.items() if name.startswith(LINE_MARK)},
        person=person,
        saved_by=book.saved_by,
        # Each record has a heading besides its lines.
        rows=tuple(book.rows(SHEET, HEADINGS, expected=2 * lines)),
        other_sheets=tuple(sheet for sheet in book.sheets if sheet not in (IDENTITY_SHEET, SHEET, FIRST_SHEET)),
    )
