"""Phone numbers and e-mail addresses of a center that no finding may show.

A cell may hold several numbers or addresses: each of them is private where the cell is. What the center shows itself in a public cell
is no secret; but of a public cell with several numbers, of which none was read, nobody says which one is meant.
"""

from __future__ import annotations

import polars as pl

from schemas.private_emails import emails_in
from schemas.private_numbers import phone_digits, phones_in, vanity_number
from schemas.private_values import PrivateValues, suspected_texts


def private_phones(rows: pl.DataFrame) -> tuple[frozenset[str], frozenset[str]]:
    """Return the private numbers by their digits, and those written with letters.

    Args:
        rows: One row per cell: `e164` (null: not read), `written`, and whether it is `hidden` and whether it is `public`; a cell may be
            neither.
    """
    hidden, public = (rows.filter(name).select("e164", "written").unique() for name in ("hidden", "public"))
    digits, letters = _hidden_digits(hidden), _letters(hidden)
    # Most public numbers have nothing to do with private ones, and are not looked at one by one.
    asked = PrivateValues(phones=digits, vanity=letters)
    is_alike = suspected_texts(public["e164"], asked) | suspected_texts(public["written"], asked)
    alike = public.filter(is_alike)
    return digits - _shown_digits(alike), letters - _letters(alike)


def private_emails(hidden: pl.Series, *, public: pl.Series) -> frozenset[str]:
    """Return the addresses that stand in hidden cells and in no public one, in small letters.

    Args:
        hidden: Cells that must not be shown.
        public: Cells that are shown.
    """
    found = _addresses(hidden)
    return found - _addresses(public.filter(suspected_texts(public, PrivateValues(emails=found))))


def _hidden_digits(cells: pl.DataFrame) -> frozenset[str]:
    found: set[str] = set()
    for e164, written in cells.iter_rows():
        own = phone_digits(e164) if e164 else None
        found |= (phones_in(written) if written else frozenset()) | ({own} if own else frozenset())
    return frozenset(found)


def _shown_digits(cells: pl.DataFrame) -> frozenset[str]:
    found: set[str] = set()
    for e164, written in cells.iter_rows():
        own = phone_digits(e164) if e164 else None
        text = e164 or written
        read = phones_in(text) if text else frozenset()
        found |= ({own} if own else frozenset()) | (read if len(read) == 1 else frozenset())
    return frozenset(found)


def _letters(cells: pl.DataFrame) -> frozenset[str]:
    written = cells["written"].drop_nulls().unique()
    lettered = written.filter(written.str.contains(r"\p{L}"))
    return frozenset(found for text in lettered.to_list() if (found := vanity_number(text)))


def _addresses(cells: pl.Series) -> frozenset[str]:
    written = cells.drop_nulls().unique()
    return frozenset(
        address for text in written.filter(written.str.contains("@", literal=True)) for address in emails_in(text)
    )
