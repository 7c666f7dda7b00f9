"""How the values of a report's tables and charts are written as text: the same words in every form of it."""

from __future__ import annotations

import math
import re
from datetime import date

from pipeline.publish import wording
from schemas.report_document import Cell, Column, ColumnKind

#: Not allowed in HTML or XML: control characters but for tab and line break, halves of pairs, and what is no character at all.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

#: Invisible signs that turn the direction of all that follows them; telephones and address books leave them behind.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Kinds of columns whose values are numbers.
NUMERIC = frozenset({ColumnKind.COUNT, ColumnKind.NUMBER, ColumnKind.SHARE})


def cell_text(value: Cell, column: Column) -> str:
    """Return a value as a report writes it.

    Args:
        value: The value; a number that is none (NaN, infinity) counts as null.
        column: Its column, which says how: counts with thousands separated, shares in per cent, days in words.

    >>> share = Column(key="share", heading="Share", kind=ColumnKind.SHARE, missing="no date")
    >>> cell_text(0.925, share), cell_text(1, share), cell_text(None, share)
    ('92.5 %', '100 %', 'no date')
    >>> cell_text(date(2026, 3, 1), Column(key="day", heading="Day", kind=ColumnKind.DAY))
    '1 March 2026'
    """
    if is_missing(value):
        return clean_text(column.missing)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, int | float):
        return amount_text(value, column.kind, decimals=column.decimals)
    return clean_text(str(value))


def is_missing(value: Cell) -> bool:
    """Return whether a value is null, or a number that is none."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def amount_text(value: float, kind: ColumnKind, *, decimals: int) -> str:
    """Return a number as its kind is written; a share is never rounded to 0 % or 100 % that it is not.

    >>> amount_text(12345, ColumnKind.COUNT, decimals=0), amount_text(2.25, ColumnKind.NUMBER, decimals=1)
    ('12,345', '2.2')
    >>> amount_text(0.9999, ColumnKind.SHARE, decimals=0), amount_text(0.0004, ColumnKind.SHARE, decimals=2)
    ('over 99 %', '0.04 %')
    """
    if kind is ColumnKind.SHARE:
        return _share_text(value, decimals=decimals)
    if kind is ColumnKind.TEXT:
        return f"{value}"
    return _plain(f"{value:,.{0 if kind is ColumnKind.COUNT else decimals}f}")


def clean_text(text: str) -> str:
    r"""Return a text without what no form can hold; a sign that it was there stands in its place.

    Signs that turn the direction of writing by force are left out: with them a name could rewrite the words round it.

    >>> clean_text("two\r\nlines\x00")
    'two\nlines�'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", _TURNS.sub("", lines))


def _share_text(share: float, *, decimals: int) -> str:
    written = f"{share * 100:,.{decimals}f}"
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    step = 10.0**-decimals
    if 0 < share < 1 and written == f"{100:.{decimals}f}":
        return f"over {100 - step:.{decimals}f} %"
    if 0 < share < 1 and written == f"{0:.{decimals}f}":
        return f"under {step:.{decimals}f} %"
    return f"{_plain(written)} %"


def _plain(written: str) -> str:
    """Return a written number without the minus of a zero."""
    return written[1:] if written.startswith("-") and not written.strip("-0.,") else written
