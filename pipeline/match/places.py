"""Street addresses in comparison form: house number and street, without unit, direction words spelled alike."""

from __future__ import annotations

import polars as pl

from pipeline.match.names import fold_text

#: Street words and directions with the form they are compared in (USPS Publication 28, appendix C, the frequent ones).
_STREET_WORDS: dict[str, str] = {
    "street": "st",
    "str": "st",
    "avenue": "ave",
    "av": "ave",
    "aven": "ave",
    "boulevard": "blvd",
    "blv": "blvd",
    "boul": "blvd",
    "road": "rd",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "plaza": "plz",
    "square": "sq",
    "terrace": "ter",
    "parkway": "pkwy",
    "pky": "pkwy",
    "highway": "hwy",
    "circle": "cir",
    "trail": "trl",
    "alley": "aly",
    "saint": "st",
    "mount": "mt",
    "fort": "ft",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
    **dict(
        zip(
            ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
            ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th"),
            strict=True,
        )
    ),
}
#: Words that are compared apart from the street's own name.
_TYPES: tuple[str, ...] = (
    *("st", "ave", "blvd", "rd", "dr", "ln", "ct", "pl", "plz", "sq", "ter", "pkwy", "hwy", "cir", "trl", "aly", "way"),
)
_DIRECTIONS: tuple[str, ...] = ("n", "s", "e", "w", "ne", "nw", "se", "sw")
_DIRECTION = r"\b(?:ne|nw|se|sw|n|s|e|w)\b"
_UNIT = r"\b(?:suite|ste|apartment|apt|unit|room|rm|floor|fl|bldg|building|lower level|no)\b.*$"


def house_number_of(line: pl.Expr) -> pl.Expr:
    """Return the house number that a street line starts with, without leading zeros; a box number for a post office box.

    >>> pl.select(house_number_of(pl.lit("0123-25 N. Main St."))).item()
    '123'
    >>> pl.select(house_number_of(pl.lit("P.O. Box 77"))).item()
    '77'
    """
    return pl.coalesce(
        line.str.extract(r"^\W*0*(\d+)(?:[a-zA-Z]\b|\b)", 1), line.str.extract(r"(?i)\bbox\W*0*(\d+)", 1)
    )


def street_of(line: pl.Expr) -> pl.Expr:
    """Return a street line in comparison form, without house number and unit.

    >>> pl.select(street_of(pl.lit("123 North Saint Mary's Avenue, Suite 5"))).item()
    'n st marys ave'
    >>> pl.select(street_of(pl.lit("12 W 31St. St."))).item()
    'w 31st st'
    """
    text = line.str.to_lowercase().str.replace(r"#.*$", "")
    text = fold_text(text).str.replace(r"^\d+[a-z]?(?:\s+\d+(?:\s+1 2)?)?(?:\s+|$)", "")
    text = text.str.replace(r"\bp\s?o box\b.*$|\bbox \d.*$", "po box").str.replace(_UNIT, "").str.strip_chars()
    spelled = text.str.split(" ").list.eval(pl.element().replace(_STREET_WORDS)).list.join(" ")
    # Written with `when`, the whole form would be made twice.
    return spelled.replace("", None)


def street_core(street: pl.Expr) -> pl.Expr:
    """Return the street's own name: without directions at the start and without type and direction words behind it.

    >>> pl.select(street_core(pl.lit("n st marys ave"))).item()
    'st marys'
    >>> pl.select(street_core(pl.lit("w 31st st"))).item()
    '31st'
    >>> pl.select(street_core(pl.lit("w n ave"))).item()
    'north'
    """
    types = "|".join((*_TYPES, *_DIRECTIONS))
    core = street.str.replace(r"^(?:ne|nw|se|sw|n|s|e|w) ", "").str.replace(rf"(?: (?:{types}))+$", "")
    # "North Avenue" is named after its direction.
    return pl.coalesce(core.replace("", None), street).replace({"n": "north", "s": "south", "e": "east", "w": "west"})


def street_directions(street: pl.Expr) -> pl.Expr:
    """Return the direction words of a street in comparison form, sorted and joined; empty when it has none."""
    return street.str.extract_all(_DIRECTION).list.unique().list.sort().list.join(" ")


def city_of(text: pl.Expr) -> pl.Expr:
    """Return a city in comparison form, null when nothing is left."""
    folded = fold_text(text).str.replace_all(r"\bsaint\b", "st").str.replace_all(r"\bmount\b", "mt")
    # "New York" and "New York City", "Washington" and "Washington DC" are one.
    folded = folded.str.replace(r"^(.+?) (?:city|dc|d c)$", "${1}")
    for direction, letter in (("north", "n"), ("south", "s"), ("east", "e"), ("west", "w")):
        folded = folded.str.replace(rf"^{direction} ", f"{letter} ")
    return folded.replace("", None)


def postal_code_of(text: pl.Expr) -> pl.Expr:
    """Return the first five digits of a ZIP in a usual form; null for anything else, never repaired.

    >>> pl.select(postal_code_of(pl.Series(["60601-1234", "7930", "60601"]))).to_series().to_list()
    ['60601', None, '60601']
    """
    return text.str.strip_chars().str.extract(r"^(\d{5})(?:[- ]?\d{4})?$", 1)
