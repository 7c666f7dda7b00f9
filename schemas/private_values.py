"""The values of a load that must not be seen in anything that leaves, and how to find them in free text.

A value is private when its own row is flagged, or when it belongs to a record that is withheld for privacy. The same value
delivered as public by a record that leaves is not searched for - its center publishes it itself - with one exception: the street
of a confidential place is private wherever it stands.

A phone number is found in any spelling (all but letters and digits is ignored), a street by number and street name (long or short
words for direction, with or without the kind of street), a person by first and last name in either order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

_WORDS = r"[^\p{L}\p{N}]+"
_WORDS_PYTHON = re.compile(r"[\W_]+")
_CONDENSED_PYTHON = re.compile(r"[\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s*\n+\s*")

_DIRECTIONS = {
    "n": "north", "s": "south", "e": "east", "w": "west",
    "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest",
}  # fmt: skip
_STREETS = {
    "st": "street", "ave": "avenue", "av": "avenue", "rd": "road", "blvd": "boulevard", "dr": "drive", "ln": "lane",
    "ct": "court", "pl": "place", "pkwy": "parkway", "hwy": "highway", "ter": "terrace", "cir": "circle", "sq": "square",
    "trl": "trail", "aly": "alley", "plz": "plaza", "expy": "expressway", "way": "way", "cres": "crescent", "cv": "cove",
    "xing": "crossing", "pt": "point", "rdg": "ridge", "trce": "trace", "loop": "loop", "pike": "pike", "path": "path",
    "row": "row", "run": "run", "walk": "walk", "terr": "terrace",
}  # fmt: skip
_SHORT_DIRECTIONS = {long: short for short, long in _DIRECTIONS.items()}
_SHORT_STREETS = {**{long: short for short, long in _STREETS.items()}, "avenue": "ave", "av": "ave"}
_UNITS = frozenset({"suite", "ste", "apt", "apartment", "unit", "floor", "fl", "room", "rm", "bldg", "building", "lot"})

#: Letters and digits that number and street name must have together to be searched without the kind of street.
_SHORTEST_STREET = 6
#: Digits of a number within one area code, of a full North American number, and of the longest in the world.
_LOCAL_DIGITS, _FULL_DIGITS, _LONGEST_DIGITS = 7, 10, 15


@dataclass(frozen=True, kw_only=True)
class PrivateValues:
    """What must not be seen, in search form. Never shown: not part of the text form of anything.

    Args:
        phones: Digits of numbers, without the country code of North America.
        vanity: Numbers written with letters, lower case, nothing but letters and digits.
        emails: Addresses in lower case.
        streets: House number and street name as words, blank at both ends.
        places: Street with city, and street with ZIP: what an address row is compared with.
        names: Names of persons as words, blank at both ends.
    """

    phones: frozenset[str] = frozenset()
    vanity: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return "PrivateValues(…)"

    def __or__(self, other: PrivateValues) -> PrivateValues:
        return PrivateValues(
            phones=self.phones | other.phones,
            vanity=self.vanity | other.vanity,
            emails=self.emails | other.emails,
            streets=self.streets | other.streets,
            places=self.places | other.places,
            names=self.names | other.names,
        )


def suspect_cells(column: str, values: PrivateValues, *, text: pl.Expr | None = None) -> pl.Expr:
    """Return whether a text cell may hold a private value; `kinds_in` then tells for certain.

    Args:
        column: Column of text.
        values: What is looked for.
        text: The text to look at, where it is not the column itself.
    """
    lower = (pl.col(column) if text is None else text).str.to_lowercase()
    condensed = lower.str.replace_all(_WORDS, "")
    words = pl.concat_str(pl.lit(" "), lower.str.replace_all(_WORDS, " "), pl.lit(" "))
    numbers = values.phones | values.vanity | {digits[-_LOCAL_DIGITS:] for digits in values.phones}
    hit = pl.lit(value=False)
    for searched, patterns in (
        (condensed, numbers),
        (lower, values.emails),
        (words, values.streets | values.names),
    ):
        if patterns:
            hit = hit | searched.str.contains_any(sorted(patterns))
    return hit.fill_null(value=False)


def kinds_in(text: str, values: PrivateValues) -> frozenset[str]:
    """Return which kinds of private values a text holds: `phone`, `email`, `address`, `name`."""
    lower = text.lower()
    words = f" {_WORDS_PYTHON.sub(' ', lower)} "
    condensed = _CONDENSED_PYTHON.sub("", lower)
    kinds = set()
    if _holds_any(condensed, values.phones | values.vanity) or _holds_local(lower, condensed, values.phones):
        kinds.add("phone")
    if _holds_any(lower, values.emails):
        kinds.add("email")
    if _holds_any(words, values.streets):
        kinds.add("address")
    if _holds_any(words, values.names):
        kinds.add("name")
    return frozenset(kinds)


def without_private(text: str, values: PrivateValues) -> str | None:
    """Return the text without the sentences that hold a private value; None when nothing is left.

    A value that runs over the end of a sentence takes the whole text with it.
    """
    kept = [part for part in _SENTENCE.split(text) if part and not kinds_in(part, values)]
    # The parts are joined by a blank; line breaks inside a text that lost a sentence are given up.
    left = " ".join(kept).strip()
    return left if left and not kinds_in(left, values) else None


def phone_digits(number: str) -> str | None:
    """Return the digits by which a number is searched; None when there are too few or too many.

    >>> phone_digits("+1 (217) 555-0101"), phone_digits("911")
    ('2175550101', None)
    """
    digits = "".join(character for character in number if character.isascii() and character.isdigit())
    if len(digits) == _FULL_DIGITS + 1 and digits.startswith("1"):
        digits = digits[1:]
    return digits if _LOCAL_DIGITS <= len(digits) <= _LONGEST_DIGITS else None


def vanity_number(number: str) -> str | None:
    """Return a number written with letters in search form; None when it has none.

    >>> vanity_number("1-800-273-TALK")
    '800273talk'
    """
    condensed = _CONDENSED_PYTHON.sub("", number.lower())
    found = re.search(r"[2-9]\d{2}[a-z0-9]{7}", condensed)
    return found.group() if found and not found.group().isdigit() else None


def street_patterns(street: str) -> frozenset[str]:
    """Return the spellings under which a street line is searched; empty when it has no number to know it by.

    >>> sorted(street_patterns("100 N. Main Street, Suite 5"))
    [' 100 main ', ' 100 n main ', ' 100 north main ']
    """
    words = _street_words(street)
    if not any(character.isdigit() for word in words for character in word) or len(words) < 2:
        return frozenset()
    if "box" in words:
        number = words[words.index("box") + 1 :]
        return frozenset(f" {start} {' '.join(number)} " for start in ("po box", "p o box", "pobox", "box") if number)
    core = _without_ending(words)
    endings = [""]
    if len("".join(core)) < _SHORTEST_STREET:
        ending = _STREETS.get(words[len(core)], words[len(core)]) if len(words) > len(core) else ""
        endings = sorted({ending, *(short for short, long in _STREETS.items() if long == ending)})
    spellings = {tuple(core)}
    if len(core) > 2 and (core[1] in _DIRECTIONS or core[1] in _SHORT_DIRECTIONS):
        short = _SHORT_DIRECTIONS.get(core[1], core[1])
        spellings = {(core[0], middle, *core[2:]) for middle in (short, _DIRECTIONS[short])} | {(core[0], *core[2:])}
    return frozenset(
        " " + " ".join(part for part in (*spelling, ending) if part) + " "
        for spelling in spellings
        for ending in endings
    )


def place_keys(street: str | None, city: str | None, postal_code: str | None) -> frozenset[str]:
    """Return the forms under which an address is compared with others: street and city, street and ZIP.

    >>> sorted(place_keys("100 N. Main Street, Suite 5", "Springfield", "62701-1234"))
    ['100 n main st|62701', '100 n main st|springfield']
    """
    if not street:
        return frozenset()
    words = [
        _SHORT_STREETS.get(_SHORT_DIRECTIONS.get(word, word), _SHORT_DIRECTIONS.get(word, word))
        for word in _street_words(street)
    ]
    if not words:
        return frozenset()
    places = {_WORDS_PYTHON.sub(" ", (city or "").lower()).strip(), (postal_code or "").strip()[:5]} - {""}
    return frozenset(f"{' '.join(words)}|{place}" for place in places)


def name_patterns(name: str) -> frozenset[str]:
    """Return the spellings under which a person's name is searched; empty for a single word.

    >>> sorted(name_patterns("Doe, Jane"))
    [' doe jane ', ' jane doe ']
    """
    words = _WORDS_PYTHON.sub(" ", name.lower()).split()
    if len(words) < 2 or len("".join(words)) < 5:
        return frozenset()
    return frozenset(
        {f" {' '.join(words)} ", f" {words[-1]} {' '.join(words[:-1])} ", f" {' '.join(words[1:])} {words[0]} "}
    )


def _street_words(street: str) -> list[str]:
    words = _WORDS_PYTHON.sub(" ", street.lower()).split()
    for place, word in enumerate(words):
        if word in _UNITS and place > 1:
            return words[:place]
    return words


def _without_ending(words: list[str]) -> list[str]:
    """Return number and name of a street without the kind of street and the quarter of town behind it."""
    core = list(words)
    while len(core) > 2 and (core[-1] in _DIRECTIONS or core[-1] in _SHORT_DIRECTIONS):
        core.pop()
    if len(core) > 2 and (core[-1] in _STREETS or core[-1] in _SHORT_STREETS):
        core.pop()
    return core


def _holds_any(text: str, patterns: Iterable[str]) -> bool:
    return any(pattern in text for pattern in patterns)


def _holds_local(text: str, condensed: str, phones: frozenset[str]) -> bool:
    """Tell whether the text holds a private number without its area code."""
    for digits in phones:
        local = digits[-_LOCAL_DIGITS:]
        if local not in condensed:
            continue
        spelled = rf"(?<!\d){local[:3]}[\s.\-‐-―]*{local[3:]}(?!\d)"
        for found in re.finditer(spelled, text):
            # An area code has three digits: a year, a ZIP code or the end of another number before it is none.
            before = re.search(r"(?<!\d)1?\d{3}[)\s.\-‐-―/]*$", text[: found.start()])
            if before is None:
                return True
    return False
