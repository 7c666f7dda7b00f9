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

#: Names closer than this count as the nearest name in a message (0-1, difflib ratio; project choice).
_NEAR = 0.6


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


def fold_name(name: str) -> str:
    """Return the form in which names are compared.

    >>> fold_name(" First_Name "), fold_name("Checked On")
    ('firstname', 'checked on')
    """
    return name.replace("\ufeff", "").strip().casefold().replace("_", "")


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


def require_columns(header: Header, *, columns: Sequence[str], known: Iterable[str], name: str, title: str) -> None:
    """Stop when a required column is missing.

    Args:
        header: Columns of the file.
        columns: Columns that must be there.
        known: All columns of the layout; a header name among them is not offered as the nearest.
        name: File name for the message.
        title: Name of the layout for the message.

    Raises:
        InputError: Names each missing column and the header name most like it.
    """
    missing = [column for column in columns if header.find(column) is None]
    if not missing:
        return
    folded = {fold_name(column) for column in known}
    free = [other for other in header.names if fold_name(other) not in folded]
    described = []
    for column in missing:
        near = nearest(column, free)
        if near:
            described.append(f"{column} (nearest name in the header: {near!r})")
        else:
            other = nearest(column, header.names, cutoff=0.0)
            described.append(
                f"{column} (nearest name in the header: {other!r}, a column of its own)" if other else column
            )
    raise InputError(
        f"{name}, line 1: the header lacks {_count(missing)} that {title} needs: {', '.join(described)}.",
        advice="Ask for an export with the usual columns; if a column was renamed on purpose, describe it in a mapping file.",
    )


def _count(missing: Sequence[str]) -> str:
    return "a column" if len(missing) == 1 else f"{len(missing)} columns"
