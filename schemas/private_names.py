"""Names of persons: the spellings under which a private one is searched."""

from __future__ import annotations

import re
from functools import lru_cache

from schemas.searched_texts import listed, plain_text, word_text

_TITLES = frozenset(
    listed(
        "mr mrs ms miss mx dr prof professor rev reverend fr father sister sr brother br pastor rabbi imam deacon bishop chaplain hon "
        "judge sheriff chief capt captain lt sgt col"
    )
)
_ENDINGS = frozenset(
    listed(
        "jr sr ii iii iv phd md edd psyd do dds rn lpn np bsn msn ma ms mba mpa mph msw bsw lsw lcsw lcpc lpc lmft lmhc cadc bcba esq cpa "
        "jd mdiv med cfre cirs ret"
    )
)
#: Words of offices, placeholders and other texts that stand in cells for names. A text of nothing else names nobody.
_NO_NAME = frozenset(
    listed(
        "a acting admin administration administrative administrator admissions adult after agency aging all an and annual answering area "
        "assistant associate at available be board business call caller care case center central chair chairman chairperson chairwoman "
        "chief child children city clerk client clinic clinical community confidential contact coordinator counselor counseling county "
        "crisis customer day department deputy desk development director district duty education email emergency employee engagement "
        "executive family finance financial fire food for front general group health help helpline hired hotline hours house housing "
        "human in information intake interim is it lead legal library line mail main manager manual marketing media medical member mental "
        "message n name navigator night no none not of office officer on online open operations operator or outreach pantry parent parks "
        "person personnel phone police position president prevention principal program programs project public receptionist records "
        "referral referrals regional registrar registration relations representative resident resource resources sales school secretary "
        "see senior service services shelter site social specialist staff state superintendent supervisor support survey system tba tbd "
        "team technician the this to town township treasurer trustee unit unknown us vacant vice village volunteer volunteers web "
        "website with worker youth"
    )
)
_BETWEEN = re.compile(r"\s*[/;&+]\s*|\s+(?:and|or)\s+")
_ASIDE = re.compile(r"\([^)]*\)|\"[^\"]*\"|“[^”]*”|\bc/o\b|\battn\b[:.]?")
_LEAST_LETTERS = 4


def name_patterns(name: str) -> frozenset[str]:
    """Return the spellings under which persons in a cell of names are searched: first and last name in either order.

    Titles, degrees and initials are left out, for people leave them out; texts are searched without initials too. Empty for a single
    word, for `Front Desk` and for `To be hired`.

    >>> sorted(name_patterns("Doe, Jane")), sorted(name_patterns("Dr. Jane Q. Doe, MSW"))
    ([' doe jane ', ' jane doe '], [' doe jane ', ' doe jane q ', ' jane doe ', ' jane q doe '])
    """
    persons = [
        units for person in _BETWEEN.split(_ASIDE.sub(" ", plain_text(name))) for units in _orders(person) if units
    ]
    # `Jane and John Doe`: the surname stands once.
    surname = persons[-1][-1:] if len(persons) > 1 else []
    return frozenset(
        pattern
        for units in persons
        for pattern in _spell([*units, *surname] if len(units) == 1 and units != surname else units)
    )


def _orders(person: str) -> list[list[str]]:
    """Return the ways to read a name, each as its parts from first to last, without titles and degrees."""
    before, _, behind = person.partition(",")
    last = _words(before)
    given = [word for word in _words(behind) if len(last) == 1 or word not in _ENDINGS | _NO_NAME]
    if not given:
        return [_plain(last)]
    if len(last) == 1:
        return [_plain([*given, *last])]
    # `Van Dyke, Jane` or `Jane Doe, John Roe`.
    return [_plain(last), _plain([*given, *last] if len(given) == 1 else given)]


def _plain(units: list[str]) -> list[str]:
    while len(units) > 2 and units[0] in _TITLES:
        units = units[1:]
    while len(units) > 2 and units[-1] in _ENDINGS:
        units = units[:-1]
    return units


def _words(text: str) -> list[str]:
    # What a hyphen joins stays together: Mary-Jane Smith-Jones is not Mary Jones.
    units = [unit for unit in map(_unit, text.split()) if unit]
    letters = [unit for unit in units if not _has_digit(unit)]
    # A number may stand behind a name; some centers name people by numbers.
    return letters if len(letters) > 1 else units


@lru_cache(maxsize=65_536)
def _unit(part: str) -> str:
    # The same first and last names come again and again.
    return word_text(part).strip()


@lru_cache(maxsize=65_536)
def _has_digit(unit: str) -> bool:
    return any(sign.isdigit() for sign in unit)


def _spell(units: list[str]) -> set[str]:
    full = [unit for unit in units if len(unit) > 1]
    if len(full) < 2 or len("".join(full)) < _LEAST_LETTERS:
        return set()
    if all(word in _NO_NAME for unit in units for word in unit.split()):
        return set()
    first, last = full[0], full[-1]
    spellings = {f"{first} {last}", f"{last} {first}", " ".join(units), f"{last} {' '.join(units[:-1])}"}
    return {f" {spelling} " for spelling in spellings}
