"""Filling in update forms as a person in a spreadsheet program does that knows no protection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

PERSON = {
    "Your name": "Rae Invented",
    "Your title or role": "Director",
    "Your e-mail or phone": "rae@agency.example",
    "Today's date": "Nov 27, 2026",
    "I represent": "the agency",
}
_ANSWER, _PROPOSED, _REMARK, _LINE = 4, 5, 6, 7


class Form:
    """A form that is open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book: Any = openpyxl.load_workbook(path)

    @property
    def page(self) -> Any:
        return self.book["Your listing"]

    def sign(self, **other: Any) -> Form:
        """Fill in the first sheet; other labels by their first word, such as `name` or `date`."""
        said = dict(PERSON)
        words = {
            "name": "Your name", "title": "Your title or role", "contact": "Your e-mail or phone", "date": "Today's date",
            "represents": "I represent", "all_right": "Are all lines that I left blank right?",
        }  # fmt: skip
        said |= {words[name]: value for name, value in other.items()}
        for cells in self.book["Start here"].iter_rows():
            if cells[0].value in said:
                cells[1].value = said[cells[0].value]
        return self

    def row(self, what: str, part: str = "Agency") -> int:
        """Return the row of a line by its words and the beginning of its part."""
        return next(
            row
            for row in range(2, self.page.max_row + 1)
            if self.page.cell(row, 2).value == what and str(self.page.cell(row, 1).value).startswith(part)
        )

    def say(self, what: str, answer: str, proposed: Any = None, remark: Any = None, part: str = "Agency") -> int:
        """Answer one line; return its row."""
        row = self.row(what, part)
        for column, value in ((_ANSWER, answer), (_PROPOSED, proposed), (_REMARK, remark)):
            self.page.cell(row, column).value = value
        return row

    def lines(self) -> list[int]:
        """Return the rows of all lines about records."""
        return [
            row
            for row in range(2, self.page.max_row + 1)
            if str(self.page.cell(row, _LINE).value or "").startswith("r")
        ]

    def say_right(self) -> Form:
        """Answer every line that has no answer with right."""
        for row in self.lines():
            if not self.page.cell(row, _ANSWER).value:
                self.page.cell(row, _ANSWER).value = "right"
        return self

    def identify(self, name: str, value: str) -> None:
        """Change a line of the hidden sheet."""
        for cells in self.book["resdir"].iter_rows():
            if cells[0].value == name:
                cells[1].value = value

    def save(self, path: Path | None = None) -> Path:
        self.book.save(path or self.path)
        return path or self.path
