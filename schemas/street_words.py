"""Words of streets in one spelling, so that `1407 North Thistle Avenue` and `1407-A N. Thistle` are seen to be one house.

Directions, kinds of street, ordinals, small numbers and names of highways have one form each; the letter of an entrance and the second
half of a range of house numbers are left out. Used in comparison only, never shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from schemas.searched_texts import listed

DIRECTIONS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
_DIRECTION_WORDS = {
    "north": "n", "south": "s", "east": "e", "west": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
}  # fmt: skip
_KIND_WORDS = {
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "aven": "ave", "road": "rd", "boulevard": "blvd", "boul": "blvd",
    "drive": "dr", "drv": "dr", "lane": "ln", "court": "ct", "crt": "ct", "place": "pl", "parkway": "pkwy", "pky": "pkwy",
    "highway": "hwy", "terrace": "ter", "terr": "ter", "circle": "cir", "circ": "cir", "square": "sq", "trail": "trl", "alley": "aly",
    "plaza": "plz", "expressway": "expy", "crescent": "cres", "cove": "cv", "crossing": "xing", "point": "pt", "ridge": "rdg",
    "trace": "trce",
}  # fmt: skip
#: Words for kinds of street that have no shorter form.
_SAME_KINDS = ("way", "loop", "pike", "path", "row", "run", "walk")
KINDS = frozenset({*_KIND_WORDS.values(), *_SAME_KINDS})
_NAME_WORDS = {"saint": "st", "mount": "mt", "fort": "ft", "route": "rt", "rte": "rt", "interstate": "i"}
_NUMBER_WORDS = {
    word: str(place)
    for place, word in enumerate(
        listed(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
            "nineteen twenty"
        ),
        start=1,
    )
}
_ORDINAL_WORDS = {
    word: f"{place}{'st' if place in (1, 21) else 'nd' if place in (2, 22) else 'rd' if place in (3, 23) else 'th'}"
    for place, word in enumerate(
        listed(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
            "sixteenth seventeenth eighteenth nineteenth twentieth"
        ),
        start=1,
    )
}
_ONE_WORD: Mapping[str, str] = {
    **_DIRECTION_WORDS, **_KIND_WORDS, **_NAME_WORDS, **_NUMBER_WORDS, **_ORDINAL_WORDS, "county": "co", "pobox": "po box",
    "pob": "po box",
}  # fmt: skip
#: Words that belong together, after each has its one form. Applied in this order.
_SEVERAL_WORDS: Mapping[str, str] = {
    "n e": "ne", "n w": "nw", "s e": "se", "s w": "sw", "p o box": "po box", "post office box": "po box", "u s": "us",
    "co rd": "cr", "co hwy": "cr", "state rt": "sr", "state hwy": "sr", "state rd": "sr", "st rt": "sr", "us hwy": "us", "us rt": "us",
    "martin luther king jr": "mlk", "martin luther king": "mlk", "dr mlk": "mlk", "m l k": "mlk",
}  # fmt: skip

#: A house number with the letter of an entrance, a half number, and a range of numbers.
_ENTRANCE = r" ([0-9]+)[a-z] "
_HALF = r" ([0-9]+) 1 2 "
_RANGE = r" ([0-9]{2,}) [0-9]{2,} "
#: The letter of an entrance as a word of its own, before a direction or a name; `1 A St` is another street.
_ENTRANCE_APART = r" ([0-9]+) [abcdf-mo-rt-vx-z] ((?:ne|nw|se|sw|[nsew]|[0-9]+(?:st|nd|rd|th)|[a-z]{3,})) "
#: A direction between house number and street name.
_DIRECTION_AFTER_NUMBER = rf" ([0-9]+) (?:{'|'.join(sorted(DIRECTIONS, key=len, reverse=True))}) "
ANY_DIRECTION = "*"
_NEXT_FORM = "|"

_SEVERAL_PYTHON = [(f" {words} ", f" {form} ") for words, form in _SEVERAL_WORDS.items()]
_ENTRANCE_PYTHON, _HALF_PYTHON, _RANGE_PYTHON = re.compile(_ENTRANCE), re.compile(_HALF), re.compile(_RANGE)
_ENTRANCE_APART_PYTHON = re.compile(_ENTRANCE_APART)
_DIRECTION_PYTHON = re.compile(_DIRECTION_AFTER_NUMBER)


def spellings_of(word: str) -> tuple[str, ...]:
    """Return the words that may stand in a text for a word in its one spelling.

    >>> spellings_of("ave")
    ('ave', 'av', 'aven', 'avenue')
    """
    return _SPELLINGS.get(word, (word,))


def street_text(words: str) -> str:
    """Return a text of words in which streets are searched.

    Behind the words in their one spelling stand further forms: ranges of house numbers by their first number and without the letter of
    an entrance, and directions behind a house number replaced by `*`, for streets of which no direction is known.

    >>> street_text(" at 1407 north thistle avenue ")
    ' at 1407 n thistle ave | at 1407 * thistle ave '
    """
    one = f" {' '.join(_ONE_WORD.get(word, word) for word in words.split())} "
    for words_before, form in _SEVERAL_PYTHON:
        if words_before in one:
            one = one.replace(words_before, form)
    one = _HALF_PYTHON.sub(r" \1 ", _ENTRANCE_PYTHON.sub(r" \1 ", one))
    single = _ENTRANCE_APART_PYTHON.sub(r" \1 \2 ", _RANGE_PYTHON.sub(r" \1 ", one))
    text = one if single == one else one + _NEXT_FORM + single
    undirected = _DIRECTION_PYTHON.sub(rf" \1 {ANY_DIRECTION} ", text)
    return text if undirected == text else text + _NEXT_FORM + undirected


def street_texts(words: pl.Series) -> pl.Series:
    """Return texts of words in which streets are searched; see `street_text`."""
    # Two blanks between words, so that neighbours can both be replaced.
    text = pl.col("text")
    found = words.to_frame("text").with_columns(text.str.replace_all(" ", "  ", literal=True))
    found = found.with_columns(
        text.str.replace_many(
            [f" {word} " for word in _ONE_WORD], [f" {form} " for form in _ONE_WORD.values()]
        ).str.replace_all("  ", " ", literal=True)
    )
    found = found.with_columns(_together(found["text"]))
    found = found.with_columns(text.str.replace_all(_ENTRANCE, " ${1} ").str.replace_all(_HALF, " ${1} "))
    single = text.str.replace_all(_RANGE, " ${1} ").str.replace_all(_ENTRANCE_APART, " ${1} ${2} ")
    for other in (single, text.str.replace_all(_DIRECTION_AFTER_NUMBER, f" ${{1}} {ANY_DIRECTION} ")):
        found = found.with_columns(
            pl.when(other == text).then(text).otherwise(pl.concat_str(text, pl.lit(_NEXT_FORM), other)).alias("text")
        )
    return found.to_series()


def _together(texts: pl.Series) -> pl.Series:
    """Give words that belong together their one form; few texts hold any."""
    known = pl.lit(pl.Series([words for words, _ in _SEVERAL_PYTHON])).implode()
    places = texts.to_frame("text").select(pl.col("text").str.contains_any(known)).to_series().arg_true()
    changed = texts.gather(places)
    for words, form in _SEVERAL_PYTHON:
        changed = changed.str.replace_all(words, form, literal=True)
    return texts.clone().scatter(places, changed) if len(places) else texts


def _collect_spellings() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for word, form in _ONE_WORD.items():
        for part in form.split():
            found.setdefault(part, {part}).add(word)
    for words, form in _SEVERAL_WORDS.items():
        # One of the words is enough to see that the text deserves a closer look.
        found.setdefault(form.split()[0], set(form.split()[:1])).add(max(words.split(), key=len))
    return {form: (form, *sorted(words - {form})) for form, words in found.items()}


_SPELLINGS = _collect_spellings()
