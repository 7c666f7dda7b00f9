"""Header names: made unique, found again however they are spelled, and checked for what a layout cannot do without.

Names are compared without outer blanks, byte order mark, case and underscores, because databases turn `FirstName` into
`first_name` on the way. Blanks inside a name are not folded: `Checked On` may be another column than `CheckedOn`, and the
date on which a record was verified is nothing to guess about.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.errors import InputError
from schemas.header_names import fold_name

#: Names closer than this count as the nearest name in a message (0-1, difflib ratio; project choice).
_NEAR = 0.6
#: Characters that may stand between cells, with their names; those that are recognized come first.
_BETWEEN_CELLS = {
    ",": "a comma",
    ";": "a semicolon",
    "\t": "a tab",
    "|": "a bar (|)",
    "^": "^",
    "~": "~",
    ":": "a colon",
}
#: A single column name with this many of them is a header that was not cut (project choice).
_SEVERAL = 2
#: Missing columns named in one message, and characters of an uncut header shown (project choice).
_SHOWN = 12
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, kw_only=True)
class Header:
    """Columns of one file.

    Attributes:
        written: Names exactly as in the file.
        names: Our names: trimmed, none twice, none empty.
        positions: Folded name to place from 0; of two names that fold alike, the first.
    """

    written: tuple[str, ...]
    names: tuple[str, ...]
    positions: dict[str, int]

    def find(self, column: str) -> int | None:
        """Return the place of a column from 0, or None when the file does not have it."""
        return self.positions.get(fold_name(column))

    def holds(self, columns: Iterable[str]) -> bool:
        """Tell whether the file has all of the columns."""
        return all(self.find(column) is not None for column in columns)


def name_columns(written: Sequence[str]) -> Header:
    """Return the header with unique names: repeated ones get `#2`, nameless ones `column_17` after their place.

    >>> name_columns(["id", " id", ""]).names
    ('id', 'id#2', 'column_3')
    """
    names: list[str] = []
    for place, text in enumerate(written, start=1):
        name = text.replace("\ufeff", "").strip() or f"column_{place}"
        count, unique = 1, name
        while unique in names:
            count += 1
            unique = f"{name}#{count}"
        names.append(unique)
    positions: dict[str, int] = {}
    for place, name in enumerate(names):
        positions.setdefault(fold_name(name), place)
    return Header(written=tuple(written), names=tuple(names), positions=positions)


def nearest(name: str, among: Iterable[str], *, cutoff: float = _NEAR) -> str:
    """Return the name most like another, or an empty text when none is like it. Blanks do not count here.

    >>> nearest("CheckedOn", ["Checked On", "Name"])
    'Checked On'
    """
    folded = {fold_name(other).replace(" ", ""): other for other in among}
    close = difflib.get_close_matches(fold_name(name).replace(" ", ""), list(folded), n=1, cutoff=cutoff)
    return folded[close[0]] if close else ""


def describe_uncut(header: Header) -> str:
    """Return what a header of one column looks like, when its name holds what stands between cells; else an empty text.

    >>> describe_uncut(name_columns(["id^name^city"]))
    "the header is a single column, 'id^name^city'; it looks as if ^ stands between the cells"
    >>> describe_uncut(name_columns(["id", "name"]))
    ''
    """
    if len(header.names) != 1:
        return ""
    text = header.names[0]
    mark = max(_BETWEEN_CELLS, key=text.count)
    if text.count(mark) < _SEVERAL:
        return ""
    shown = f"{text[:_SHOWN_CHARACTERS]}…" if len(text) > _SHOWN_CHARACTERS else text
    return f"the header is a single column, {shown!r}; it looks as if {_BETWEEN_CELLS[mark]} stands between the cells"


#: What to do about a header that was not cut.
UNCUT_ADVICE = "Commas, tabs, semicolons and bars (|) are recognized when the first line is not in quotes as a whole; export it again so."


def require_columns(
    header: Header, *, columns: Sequence[str], known: Iterable[str], name: str, title: str, is_own: bool = False
) -> None:
    """Stop when a required column is missing.

    Args:
        header: Columns of the file.
        columns: Columns that must be there.
        known: All columns of the layout; a header name among them is not offered as the nearest.
        name: File name for the message.
        title: Name of the layout for the message.
        is_own: Whether the layout is a mapping file that the center wrote.

    Raises:
        InputError: Names the missing columns, each with the header name most like it where one is.
    """
    missing = [column for column in columns if header.find(column) is None]
    if not missing:
        return
    uncut = describe_uncut(header)
    if uncut:
        raise InputError(f"{name}, line 1: {uncut}.", advice=UNCUT_ADVICE)
    folded = {fold_name(column) for column in known}
    free = [other for other in header.names if fold_name(other) not in folded]
    described = []
    for column in missing[:_SHOWN]:
        near = nearest(column, free)
        described.append(f"{column} (nearest name in the header: {near!r})" if near else column)
    more = len(missing) - _SHOWN
    raise InputError(
        f"{name}, line 1: the header lacks {_count(missing)} that {title} needs: {', '.join(described)}"
        f"{f' and {more:,} more' if more > 0 else ''}.",
        advice="Write the columns in your mapping file as the header of the export writes them (docs/mapping.md)."
        if is_own
        else "Ask for an export with the usual columns; if a column was renamed on purpose, describe it in a mapping file.",
    )


def _count(missing: Sequence[str]) -> str:
    return "a column" if len(missing) == 1 else f"{len(missing)} columns"
