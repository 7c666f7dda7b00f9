"""Names, people and numbers that are handed out once, so that nothing is shared by accident.

Shared names and numbers are evidence for the duplicate search; an invented directory must therefore share them on purpose only.
"""

from __future__ import annotations

import re
from itertools import product

from pipeline.synthesize.draws import Draws
from pipeline.synthesize.vocabulary import Vocabulary

_ILLINOIS_AREA_CODES = ("217", "309", "618", "815")
#: Area codes taken when the 10,000 numbers behind 555 of an Illinois code are used up: every other code that the numbering plan
#: could assign, without service codes (N11), toll-free codes and the codes above.
_OVERFLOW_AREA_CODES = tuple(
    code
    for code in ("".join(digits) for digits in product("23456789", "012345678", "0123456789"))
    if not code.endswith("11")
    and code not in _ILLINOIS_AREA_CODES
    and code not in {"800", "822", "833", "844", "855", "866", "877", "888"}
)
_LAST_FOUR_STEP = 7919  # a prime, so that steps through 10,000 numbers visit each once
_EIN_STEP = 7_919_003  # shares no factor with ten million, for the same reason


#: Single family names that are tried before double ones.
_SINGLE_TRIES = 20


class Registry:
    """What has been handed out in one directory.

    Args:
        rank: Place of the center among the centers invented together, from 0.
        centers: How many centers are invented together; each takes every `centers`-th phone number.
        beside: What was handed out in the center before; its names and hosts are not given again.
    """

    def __init__(self, *, rank: int = 0, centers: int = 1, beside: Registry | None = None) -> None:
        self._rank = rank
        self._centers = centers
        self._phones: dict[str, int] = {}
        self._names: set[str] = beside._names if beside else set()
        self._domains: set[str] = beside._domains if beside else set()
        self._next_host: dict[str, int] = {}
        self._eins = 0

    def phone(self, area_code: str) -> str:
        """Return an unused number such as `217-555-0142`. Exchange 555 belongs to nobody."""
        serial = self._phones.get(area_code, 0)
        self._phones[area_code] = serial + 1
        block, place = divmod(serial * self._centers + self._rank, 10_000)
        if block and area_code in _ILLINOIS_AREA_CODES:
            own = _OVERFLOW_AREA_CODES[_ILLINOIS_AREA_CODES.index(area_code) :: len(_ILLINOIS_AREA_CODES)]
            area_code = own[(block - 1) % len(own)]
        return f"{area_code}-555-{(place * _LAST_FOUR_STEP + int(area_code) * 17) % 10_000:04}"

    def ein(self) -> str:
        """Return an unused employer number. The prefix 79 is not given out, so none belongs to a real employer."""
        serial = self._eins * self._centers + self._rank
        self._eins += 1
        return f"79-{(serial * _EIN_STEP + 1_203_451) % 10_000_000:07}"

    def claim_name(self, name: str) -> bool:
        """Take the name; False when another agency has it."""
        key = name.casefold()
        if key in self._names:
            return False
        self._names.add(key)
        return True

    def domain(self, name: str) -> str:
        """Return an unused host under the reserved top-level domain `example`."""
        words = re.findall(r"[a-z0-9]+", name.casefold())
        stem = "".join(words)[:24] if len("".join(words)) <= 24 else "".join(words[:2])[:24]
        domain, number = f"{stem}.example", self._next_host.get(stem, 2)
        while domain in self._domains:
            domain, number = f"{stem}{number}.example", number + 1
        # Where the search goes on next time: many agencies begin with the same two words.
        self._next_host[stem] = number
        self._domains.add(domain)
        return domain


def invent_person(draws: Draws, vocabulary: Vocabulary) -> str:
    """Return the full name of an invented person."""
    words = vocabulary.words
    return f"{draws.pick(words['first_names'])} {invent_surname(draws, vocabulary)}"


def invent_surname(draws: Draws, vocabulary: Vocabulary) -> str:
    """Return an invented family name."""
    return draws.pick(vocabulary.words["name_starts"]) + draws.pick(vocabulary.words["name_ends"])


def claim_surname(draws: Draws, *, vocabulary: Vocabulary, used: Registry) -> str:
    """Return a family name that no agency of the directory carries yet: a double one when single ones get rare, then a numbered one.

    Double names are about a million; behind them a number always finds a free one, so that a directory may have any size.
    """
    for attempt in range(60):
        name = invent_surname(draws, vocabulary)
        if attempt >= _SINGLE_TRIES:
            name = f"{name}-{invent_surname(draws, vocabulary)}"
        if used.claim_name(name):
            return name
    number = 2
    while not used.claim_name(f"{name} {number}"):
        number += 1
    return f"{name} {number}"


def invent_name(
    draws: Draws, patterns: tuple[str, ...], *, locality: str, vocabulary: Vocabulary, used: Registry
) -> str:
    """Return a name that no other agency of the directory has."""
    for attempt in range(40):
        words = vocabulary.words["words"]
        first = draws.below(len(words))
        second = (first + 1 + draws.below(len(words) - 1)) % len(words)
        name = draws.pick(patterns).format(
            place=locality,
            word=words[first],
            word2=words[second],
            surname=invent_surname(draws, vocabulary),
        )
        if attempt > 3:
            name = f"{name} of {words[second]} {draws.pick(vocabulary.words['streets'])}"
        if used.claim_name(name):
            return name
    # Beyond any size we were asked for; a surname pair keeps the promise all the same.
    while not used.claim_name(name := f"{name} {invent_surname(draws, vocabulary)}"):
        pass
    return name
