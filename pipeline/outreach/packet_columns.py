"""Names, sheets and columns of a form to fill in: what whoever writes it and whoever reads it back must agree on.

Columns of the sheet `Your listing`, stable within `schemas.packets.LAYOUT`:

    A Part   B What   C In the directory now   D Still right?   E Correct value   F Remark   G line (hidden)

Only D, E and F can be filled in. A row without `line` is the heading of a record.
"""

from __future__ import annotations

from typing import Final

#: Columns of the sheet: heading and width in characters. The last one is hidden.
COLUMNS: Final[tuple[tuple[str, int], ...]] = (
    ("Part", 26),
    ("What", 22),
    ("In the directory now", 50),
    ("Still right?", 13),
    ("Correct value", 42),
    ("Remark", 28),
    ("line", 8),
)
HEADINGS: Final[tuple[str, ...]] = tuple(heading for heading, _ in COLUMNS)
PART, WHAT, SHOWN, ANSWER, PROPOSED, REMARK, LINE = HEADINGS

#: Place of the columns that can be filled in, from 0.
OPEN_COLUMNS: Final = (3, 4, 5)
#: Place of the first hidden column, from 0.
HIDDEN_FROM: Final = 6

#: Names of the sheets.
SHEET: Final = "Your listing"
FIRST_SHEET: Final = "Start here"
IDENTITY_SHEET: Final = "resdir"

#: Words beside which the person fills in.
NAME_LABEL: Final = "Your name"
TITLE_LABEL: Final = "Your title or role"
CONTACT_LABEL: Final = "Your e-mail or phone"
DATE_LABEL: Final = "Today's date"
REPRESENTS_LABEL: Final = "I represent"
ALL_RIGHT_LABEL: Final = "Are all lines that I left blank right?"

#: What the hidden sheet calls a line, before its id.
LINE_MARK: Final = "line "
