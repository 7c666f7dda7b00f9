"""Which county a written name means: compared with the state's own list, with slips of the spelling told and not hidden.

A name is compared in small letters, without accents, blanks and signs, without `County`, and with `St.` read as `Saint`; so that De Witt
and DeWitt, La Salle and LaSalle, Du Page and DuPage, De Kalb and DeKalb are one. A name that still differs, but comes near to one county
alone, is read as that county and reported. Anything else is unknown and reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.network import County, SpellingRemark, State

#: Letters that a near name may differ in, for names of fewer letters than `_LONG` and for longer ones (project choice).
_NEAR_SHORT, _NEAR_LONG, _LONG = 1, 2, 8


@dataclass(frozen=True, kw_only=True)
class ReadCounties:
    """What a list of county names means.

    Attributes:
        fips: Codes of the counties, ascending, each once.
        remarks: Names that were not the state's own.
    """

    fips: tuple[str, ...]
    remarks: tuple[SpellingRemark, ...]


def fold_county(name: str) -> str:
    """Return the comparison form of a county name.

    >>> fold_county("De Witt County"), fold_county("DuPage"), fold_county("Saint Clair"), fold_county("St. Clair Co.")
    ('dewitt', 'dupage', 'stclair', 'stclair')
    """
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(sign)
    ).strip()
    plain = re.sub(r"\s+", " ", plain)
    plain = re.sub(r"^county of ", "", plain)
    plain = re.sub(r"(?<=.)(?: county| cnty\.?| co\.?)+$", "", plain)
    plain = re.sub(r"^saint\b", "st", plain)
    return "".join(sign for sign in plain if sign.isalnum())


def read_county_names(names: Iterable[str], *, state: State, center_id: str, center_name: str) -> ReadCounties:
    """Return the counties that names mean.

    Args:
        names: As somebody wrote them; blank ones are passed over.
        state: The state's own list.
        center_id: Whose names they are, for the remarks.
        center_name: The same, for people.
    """
    own = {fold_county(county.name): county for county in state.counties}
    fips: set[str] = set()
    remarks = []
    for written in names:
        folded = fold_county(written)
        if not folded:
            continue
        county = own.get(folded)
        if county is None:
            county = near_county(folded, own=own)
            remarks.append(
                SpellingRemark(
                    center_id=center_id,
                    center_name=center_name,
                    written=written.strip(),
                    read_as=None if county is None else county.name,
                )
            )
        if county is not None:
            fips.add(county.fips)
    return ReadCounties(fips=tuple(sorted(fips)), remarks=tuple(dict.fromkeys(remarks)))


def near_county(folded: str, *, own: dict[str, County]) -> County | None:
    """Return the one county whose name comes near; None when none does, or when two come equally near.

    Args:
        folded: A name as `fold_county` gives it.
        own: Counties by their folded names.
    """
    limit = _NEAR_LONG if len(folded) >= _LONG else _NEAR_SHORT
    steps = {name: _steps_between(folded, name, most=limit) for name in own if abs(len(name) - len(folded)) <= limit}
    least = min(steps.values(), default=limit + 1)
    nearest = [name for name, count in steps.items() if count == least]
    return own[nearest[0]] if least <= limit and len(nearest) == 1 else None


def _steps_between(one: str, other: str, *, most: int) -> int:
    """Return how many letters must be put in, taken out, changed or swapped with their neighbor; `most + 1` when there are more."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        row = [place]
        for at, facing in enumerate(other, start=1):
            cost = min(last[at] + 1, row[at - 1] + 1, last[at - 1] + (letter != facing))
            if place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == facing:
                cost = min(cost, before[at - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)
