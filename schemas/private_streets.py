"""Streets of private addresses: the spellings under which they are searched in texts, and whether an address is at the same place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from schemas.searched_texts import listed, plain_text, word_text
from schemas.street_words import ANY_DIRECTION, DIRECTIONS, KINDS, street_text

_UNITS = frozenset(
    listed(
        "suite ste apt apartment unit floor fl room rm bldg building lot dept department mailstop pmb rear basement bsmt upper lower "
        "front entrance door side attn"
    )
)
#: Words before a number that make it anything but a house number.
_NO_HOUSE = _UNITS | frozenset(
    listed("box hwy rt i us sr cr co route exit mile no number district ward post phase level")
)
#: Parts of a line that are lines of their own: behind a comma or bracket, and behind a dash with blanks around it.
_PARTS = re.compile(r"[,;()\[\]|\n#]| [-–—] |\bc/o\b")
#: A direction behind a comma belongs to the street before it: `441 4th Street, NW`.
_DIRECTION_BEHIND = re.compile(
    r",\s*(n\.?\s?[ew]?\.?|s\.?\s?[ew]?\.?|[ew]\.?|north(?:east|west)?|south(?:east|west)?|east|west)(?=\s*(?:[,;()\[\]|\n#]|$))",
    re.IGNORECASE,
)
_HOUSE_NUMBER = re.compile(r"[0-9]+[a-z]?|[nsew][0-9]+(?:[nsew][0-9]+)?")
_FLOOR = re.compile(r"[0-9]+(?:st|nd|rd|th)|ground|main|top|first|second|third")
_NUMBERS = re.compile(r"(?<![0-9-])([0-9]{2,})(?: ?[-–—/&] ?| and | to )([0-9]{2,})(?![0-9-])")

_NO_TOWN = re.compile(r"[0-9@/:]")
_ZIP = re.compile(r"[0-9]{5}(?![0-9])|[A-Za-z][0-9][A-Za-z]")

#: Letters and digits that number and street name must have together to be searched without the kind of street.
_SHORTEST_STREET = 6

Words = tuple[str, ...]


@lru_cache(maxsize=65_536)
def streets_in(line: str) -> frozenset[Words]:
    """Return the streets of an address line, each as words in their one spelling, beginning with the house number.

    A line may hold the name of a house, a suite, a range of numbers, or a box beside the street. A line without house number and name,
    such as `Undisclosed`, holds none; one with a number elsewhere, such as `Highway 45`, is taken whole.

    >>> sorted(" ".join(street) for street in streets_in("Willow House, 1407-1409 North Thistle Avenue, 2nd Floor"))
    ['1407 n thistle ave', '1409 n thistle ave']
    >>> sorted(" ".join(street) for street in streets_in("441 4th Street, NW, Suite 900"))
    ['441 4th st nw']
    """
    plain = _DIRECTION_BEHIND.sub(r" \1", plain_text(line))
    found: set[Words] = set()
    for one in {_NUMBERS.sub(r"\1", plain), _NUMBERS.sub(r"\2", plain)}:
        for part in _PARTS.split(one):
            words = tuple(street_text(word_text(part)).split("|")[0].split())
            street = _street_of(words)
            if street is not None:
                found.add(street)
    return frozenset(found)


def street_patterns(street: str) -> frozenset[str]:
    """Return the spellings under which a street line is searched; empty when it has no number to know it by.

    Texts are searched in the form of `schemas.street_words.street_text`: `*` stands for any direction.

    >>> sorted(street_patterns("100 N. Main Street, Suite 5")), sorted(street_patterns("1407 Thistle Ave"))
    ([' 100 main ', ' 100 n main '], [' 1407 * thistle ', ' 1407 thistle '])
    """
    return frozenset(
        f" {spelling} " for words in streets_in(street) for form in _with_shorter(words) for spelling in _spell(form)
    )


def place_keys(street: str | None, city: str | None, postal_code: str | None) -> frozenset[str]:
    """Return the forms under which an address is compared with others: street and city, street and ZIP.

    >>> sorted(place_keys("100 N. Main Street, Suite 5", "Springfield", "62701-1234"))
    ['100 n main st|62701', '100 n main st|springfield']
    """
    regions = _regions(city, postal_code)
    return frozenset(
        f"{' '.join(words)}|{region}" for words in (streets_in(street) if street else ()) for region in regions
    )


def private_place_keys(street: str | None, city: str | None, postal_code: str | None) -> frozenset[str]:
    """Return the keys of a private address: as `place_keys`, and without any place when it names neither city nor ZIP."""
    regions = _regions(city, postal_code) or {""}
    return frozenset(
        f"{' '.join(form)}|{region}"
        for words in (streets_in(street) if street else ())
        for form in _with_shorter(words)
        for region in regions
    )


def index_places(keys: Iterable[str]) -> Mapping[str, frozenset[tuple[str, str, str]]]:
    """Return private places by house number and street name: direction, kind of street, and city or ZIP of each."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for key in keys:
        street, _, region = key.partition("|")
        core, direction, kind = _taken_apart(tuple(street.split()))
        found.setdefault(core, set()).add((direction, kind, region))
    return {core: frozenset(places) for core, places in found.items()}


def is_same_place(
    lines: Iterable[str | None],
    city: str | None,
    postal_code: str | None,
    *,
    places: Mapping[str, frozenset[tuple[str, str, str]]],
) -> bool:
    """Tell whether an address is one of the private places.

    It is when house number and name are the same, city or ZIP too, and direction and kind of street do not speak against it: what one of
    both does not tell counts as the same.

    Args:
        lines: First and second line of the address.
        city: Its city.
        postal_code: Its ZIP.
        places: Private places, as `index_places` returns them.
    """
    regions = _regions(city, postal_code)
    streets = {street for line in lines if line for street in streets_in(line)}
    for form in {form for street in streets for form in _with_shorter(street)}:
        core, direction, kind = _taken_apart(form)
        for other_direction, other_kind, region in places.get(core, ()):
            is_there = not region or not regions or region in regions
            if is_there and _agree(direction, other_direction) and _agree(kind, other_kind):
                return True
    return False


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _regions(city: str | None, postal_code: str | None) -> set[str]:
    # What else people write into these cells names no town, and must not make a place another one.
    town = word_text(plain_text(city)).strip() if city and not _NO_TOWN.search(city) else ""
    found = _ZIP.match((postal_code or "").strip())
    return {town, found.group() if found else ""} - {""}


def _street_of(words: Words) -> Words | None:
    """Return house number and what follows of the words of a line; None when there is nothing to know a street by."""
    if "box" in words:
        place = words.index("box")
        return ("box", *words[place + 1 :]) if words[place + 1 :] else None
    has_number = any(character.isdigit() for word in words for character in word)
    if not has_number or not any(word.isalpha() for word in words):
        return None
    start = next(
        (
            place
            for place, word in enumerate(words[:-1])
            if _HOUSE_NUMBER.fullmatch(word)
            and (place == 0 or words[place - 1] not in _NO_HOUSE)
            and words[place + 1] not in _UNITS
            and any(character.isalpha() for character in "".join(words[place + 1 :]))
        ),
        None,
    )
    if start is None:
        return None if words[0] in _UNITS or _FLOOR.fullmatch(words[0]) else _without_unit(words)
    return _without_unit(words[start:])


def _without_unit(words: Words) -> Words | None:
    for place, word in enumerate(words):
        # A street may be called Upper or Front: what stands right behind the number is its name.
        if word in _UNITS and place > 1:
            end = place - 1 if place > 2 and _FLOOR.fullmatch(words[place - 1]) else place
            return words[:end]
    return words if len(words) > 1 else None


def _with_shorter(words: Words) -> tuple[Words, ...]:
    """Return a street, and the same up to the kind of street: people write the town behind it without a comma."""
    kind = next((place for place, word in enumerate(words) if place > 1 and word in KINDS), None)
    return (words,) if kind is None or kind == len(words) - 1 else (words, words[: kind + 1])


def _taken_apart(words: Words) -> tuple[str, str, str]:
    """Return number and name, direction, and kind of street; a direction or kind that is not told is empty."""
    core = list(words)
    behind = kind = ""
    while len(core) > 2 and core[-1] in DIRECTIONS:
        behind = core.pop()
    if len(core) > 2 and core[-1] in KINDS:
        kind = core.pop()
    before = core.pop(1) if len(core) > 2 and core[1] in DIRECTIONS else ""
    return " ".join(core), before or behind, kind


def _spell(words: Words) -> frozenset[str]:
    if not _HOUSE_NUMBER.fullmatch(words[0]):
        return frozenset({_taken_apart(words)[0]})
    core, direction, kind = _taken_apart(words)
    number, _, name = core.partition(" ")
    ending = f" {kind}" if kind and len(core.replace(" ", "")) < _SHORTEST_STREET else ""
    directions = {direction, ""} if direction else {"", ANY_DIRECTION}
    return frozenset(" ".join(part for part in (number, way, f"{name}{ending}") if part) for way in directions)
