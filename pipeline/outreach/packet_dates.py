"""The day that a person wrote on a form, read in the usual ways of writing one; what could be two days is not guessed."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sep", "sept"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[.,]*\s+", re.IGNORECASE)
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(?::00)?$")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?([a-z]+)\.?,?[\s-]+(\d{4}|\d{2})")


def read_day(text: str) -> date | None:
    """Return the day that a text names; None when it names none, or could mean two.

    Read are 2026-11-25, 11/25/2026 and 11-25-26 (month first, as in the United States), 25/11/2026 where only the day can be over 12,
    `Nov 25, 2026`, `25 November 2026`, each with or without the day of the week. With dots (3.4.2026) the order is not known unless one of
    the two is over 12. Two digits of a year are of this century.

    >>> read_day("Wed, Nov. 25th, 2026"), read_day("3.4.2026")
    (datetime.date(2026, 11, 25), None)
    """
    plain = _MIDNIGHT.sub("", _WEEKDAY.sub("", " ".join(text.split()))).lower().strip(" .,")
    if found := _ISO.fullmatch(plain):
        return _day(found[1], int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(plain):
        return _from_numbers(int(found[1]), int(found[3]), found[4], is_american=found[2] != ".")
    if found := _MONTH_FIRST.fullmatch(plain):
        return _day(found[3], _MONTHS.get(found[1], 0), int(found[2]))
    if found := _DAY_FIRST.fullmatch(plain):
        return _day(found[3], _MONTHS.get(found[2], 0), int(found[1]))
    return None


def _from_numbers(first: int, second: int, year: str, *, is_american: bool) -> date | None:
    if first > 12 >= second:
        return _day(year, second, first)
    if second > 12 or is_american or first == second:
        return _day(year, first, second)
    return None


def _day(year: str, month: int, day: int) -> date | None:
    try:
        return date(int(year) if len(year) > 2 else 2000 + int(year), month, day)
    except ValueError:
        return None
