"""Names, sheets and columns of an audit worksheet: what whoever writes it and whoever reads it back must agree on.

Columns of the sheet `Worksheet`, stable within `schemas.scorecard.LAYOUT`:

    A No.   B Record number   C Criterion   D Question   E In the directory now   F Answer   G Comment
    H Checked where and when   I record_uid   J center_id   K item_id   L values   M check          (I to M hidden)

Only F, G and H can be filled in. A row without `item_id` is the heading of a block; rows of automatic items are there to be read.
"""

from __future__ import annotations

#: Columns of the sheet `Worksheet`: heading and width in characters. The last five are hidden.
COLUMNS: tuple[tuple[str, int], ...] = (
    ("No.", 5),
    ("Record number", 13),
    ("Criterion", 20),
    ("Question", 30),
    ("In the directory now", 56),
    ("Answer", 14),
    ("Comment", 30),
    ("Checked where and when", 20),
    ("record_uid", 38),
    ("center_id", 12),
    ("item_id", 24),
    ("values", 18),
    ("check", 18),
)

#: Names of the sheets.
SHEET, FIRST_SHEET, IDENTITY_SHEET = "Worksheet", "Instructions", "resdir"
#: Words before the cell in which an auditor without an assignment writes the own name.
NAME_LABEL = "Your name"

#: What stands in place of an answer where none is asked for.
WORKED_OUT = "worked out"

#: Place of the columns that can be filled in, from 0.
ANSWER_COLUMN, COMMENT_COLUMN, SOURCE_COLUMN = 5, 6, 7

#: Place of the first hidden column, from 0.
HIDDEN_FROM = 8
