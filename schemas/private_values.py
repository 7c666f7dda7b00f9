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
from functools import cached_property

import polars as pl

_WORDS = r"[^\p{L}\p{N}]+"
_WORDS_PYTHON = re.compile(r"[\W_]+")
_CONDENSED_PYTHON = re.compile(r"[\W_]+")
#: A number without area code, wherever one may begin.
_LOCAL = re.compile(r"(?<!\d)(?=(\d{3})[\s.\-‐-―]*(\d{4})(?!\d))")
_AREA_CODE_BEFORE = re.compile(r"(?<!\d)1?\d{3}[)\s.\-‐-―/]*$")
#: What a text must hold to hold a number of digits, and one with letters.
_SEVEN_DIGITS = r"(?:[0-9][^\p{L}\p{N}]*){7}"
_SOME_DIGITS = r"(?:[0-9][^\p{L}\p{N}]*){3}"
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

    @cached_property
    def numbers(self) -> pl.Series:
        """Whole numbers, numbers without area code, and those with letters: what condensed text is searched for."""
        return _sorted(self.phones | self.vanity | {digits[-_LOCAL_DIGITS:] for digits in self.phones})

    @cached_property
    def addresses(self) -> pl.Series:
        """E-mail addresses: what text in lower case is searched for."""
        return _sorted(self.emails)

    @cached_property
    def phrases(self) -> pl.Series:
        """Streets and names: what text as words is searched for."""
        return _sorted(self.streets | self.names)

    @cached_property
    def telling_words(self) -> pl.Series:
        """The longest word of every street and name: a text without any of them holds none of these."""
        return _sorted({max(phrase.split(), key=len) for phrase in (*self.streets, *self.names)})

    @cached_property
    def by_local(self) -> dict[str, frozenset[str]]:
        """Numbers by their digits without area code."""
        found: dict[str, set[str]] = {}
        for digits in self.phones:
            found.setdefault(digits[-_LOCAL_DIGITS:], set()).add(digits)
        return {local: frozenset(numbers) for local, numbers in found.items()}

    def without_streets(self) -> PrivateValues:
        """Return the values without streets and places, for what is compared as an address."""
        return PrivateValues(phones=self.phones, vanity=self.vanity, emails=self.emails, names=self.names)

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
    hit = pl.lit(value=False)
    for searched, patterns in (
        (condensed, values.numbers),
        (lower, values.addresses),
        (words, values.phrases),
    ):
        if not patterns.is_empty():
            hit = hit | searched.str.contains_any(pl.lit(patterns).implode())
    return hit.fill_null(value=False)


def suspected_texts(texts: pl.Series, values: PrivateValues) -> pl.Series:
    """Return which texts may hold a private value (Boolean, never null): `suspect_cells` for large columns.

    Each kind of value is looked for only in texts that can hold one at all - enough digits, an @, a word of a name - because
    taking a text apart costs more than everything else.
    """
    hits = pl.repeat(value=False, n=len(texts), dtype=pl.Boolean, eager=True)
    for places in (
        _number_places(texts, values),
        _email_places(texts, values),
        _phrase_places(texts, values),
    ):
        if places is not None and len(places):
            hits = hits.scatter(places, values=True)
    return hits


def _number_places(texts: pl.Series, values: PrivateValues) -> pl.Series | None:
    if values.numbers.is_empty():
        return None
    candidates = texts.str.contains(_SOME_DIGITS if values.vanity else _SEVEN_DIGITS).arg_true()
    condensed = texts.gather(candidates).str.to_lowercase().str.replace_all(_WORDS, "")
    return candidates.filter(_holds(condensed, values.numbers))


def _email_places(texts: pl.Series, values: PrivateValues) -> pl.Series | None:
    if values.addresses.is_empty():
        return None
    candidates = texts.str.contains("@", literal=True).arg_true()
    return candidates.filter(_holds(texts.gather(candidates).str.to_lowercase(), values.addresses))


def _phrase_places(texts: pl.Series, values: PrivateValues) -> pl.Series | None:
    if values.phrases.is_empty():
        return None
    candidates = _holds(texts.str.to_lowercase(), values.telling_words).arg_true()
    words = " " + texts.gather(candidates).str.to_lowercase().str.replace_all(_WORDS, " ") + " "
    return candidates.filter(_holds(words, values.phrases))


def _holds(texts: pl.Series, patterns: pl.Series) -> pl.Series:
    return (
        texts.to_frame("text")
        .select(pl.col("text").str.contains_any(pl.lit(patterns).implode()).fill_null(value=False))
        .to_series()
    )


def narrow_values(texts: pl.Series, values: PrivateValues) -> list[PrivateValues]:
    """Return for each text the few values that may stand in it, so that only those are looked at one by one.

    A large directory has tens of thousands of private values; all of them are searched for at once here, in one pass over a text.

    Args:
        texts: Texts; null holds nothing.
        values: What is looked for.
    """
    lower = pl.col("text").str.to_lowercase()
    words = pl.concat_str(pl.lit(" "), lower.str.replace_all(_WORDS, " "), pl.lit(" "))
    found = texts.to_frame("text").select(
        # First a real column: where nothing of a kind is looked for, the others are constants.
        "text",
        _hits(lower.str.replace_all(_WORDS, ""), values.numbers).alias("numbers"),
        _hits(lower, values.addresses).alias("emails"),
        _hits(words, values.phrases).alias("words"),
    )
    narrowed = []
    for _, number_hits, email_hits, word_hits in found.iter_rows():
        numbers, phrases = set(number_hits or ()), set(word_hits or ())
        of_local = {digits for local in numbers for digits in values.by_local.get(local, ())}
        narrowed.append(
            PrivateValues(
                phones=(values.phones & numbers) | of_local,
                vanity=values.vanity & numbers,
                emails=frozenset(email_hits or ()),
                streets=values.streets & phrases,
                names=values.names & phrases,
            )
        )
    return narrowed


def _hits(text: pl.Expr, patterns: pl.Series) -> pl.Expr:
    """Return which patterns stand in a text, those inside others too."""
    if patterns.is_empty():
        return pl.lit(None, dtype=pl.List(pl.String))
    return text.str.extract_many(pl.lit(patterns).implode(), overlapping=True).list.unique()


def find_kinds(texts: pl.Series, values: PrivateValues) -> dict[str, frozenset[str]]:
    """Return the texts in which a private value stands, each with the kinds that `kinds_in` tells.

    Args:
        texts: Texts; repetitions and nulls do not matter.
        values: What is looked for.
    """
    suspects = texts.filter(suspected_texts(texts, values)).unique().sort()
    return {
        text: kinds
        for text, few in zip(suspects.to_list(), narrow_values(suspects, values), strict=True)
        if (kinds := kinds_in(text, few))
    }


def clean_prose(texts: Iterable[str], values: PrivateValues) -> dict[str, str | None]:
    """Return for each text what is left of it without private values, as `without_private` does."""
    known = sorted(set(texts))
    few = narrow_values(pl.Series(known, dtype=pl.String), values)
    return {text: without_private(text, narrowed) for text, narrowed in zip(known, few, strict=True)}


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
    locals_ = {local for digits in phones if (local := digits[-_LOCAL_DIGITS:]) in condensed}
    if not locals_:
        return False
    for found in _LOCAL.finditer(text):
        if f"{found[1]}{found[2]}" not in locals_:
            continue
        # An area code has three digits: a year, a ZIP code or the end of another number before it is none.
        if _AREA_CODE_BEFORE.search(text[: found.start()]) is None:
            return True
    return False


def _sorted(patterns: Iterable[str]) -> pl.Series:
    return pl.Series("patterns", sorted(patterns), dtype=pl.String)
