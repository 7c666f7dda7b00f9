"""Areas served: one element of places becomes units such as `IL - Sangamon County`, as iCarol writes them too.

A state beside smaller places says where they are and is no area of its own. With several states nobody can tell which place
lies in which; the places then stand alone.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.ingest.airs_elements import Element, texts
from schemas.states import state_boxes

#: What a county is called in its name; where none of these stands, the element says that it is one.
_COUNTY_WORD = re.compile(r"\b(?:county|counties|parish|borough|municipio|municipality|census area)\b", re.IGNORECASE)
_LIST = re.compile(r"\s*[;,]\s*")


def units_of(area: Element) -> list[str]:
    """Return the areas that one `GeographicAreaServed` (4.0: `ServiceArea`) names, each once."""
    zips, tracts, cities, counties, states, countries = (
        _places(area, *names)
        for names in (
            ("ZipCode", "PostalCode"),
            ("CensusTrack", "CensusTract"),
            ("City",),
            ("County",),
            ("State",),
            ("Country",),
        )
    )
    states = list(dict.fromkeys(_code_of(state) for state in states))
    one_state = states[0] if len(states) == 1 else ""
    named = [_as_county(county, state=one_state) for county in counties]
    before = f"{one_state} - " if one_state else ""
    if len(named) == len(cities) == 1:
        # A town and its county in one element are one place.
        smaller = [f"{before}{named[0]} - {cities[0]}"] if before else [*named, *cities]
    else:
        smaller = [f"{before}{place}" for place in (*named, *cities)]
    smaller += [*zips, *(f"Census tract {tract}" for tract in tracts)]
    return list(dict.fromkeys(smaller or states or countries))


def _places(area: Element, *names: str) -> list[str]:
    return [part for name in names for text in texts(area, name) for part in _LIST.split(text) if part]


def _as_county(name: str, *, state: str) -> str:
    if _COUNTY_WORD.search(name) or (state and state not in _codes().values()):
        return name
    return f"{name} County"


def _code_of(state: str) -> str:
    return _codes().get(state.lower(), state)


@cache
def _codes() -> dict[str, str]:
    """Return the codes of the USPS by code and by name, in lower case."""
    boxes = state_boxes()
    return {name.lower(): code for code, name in boxes.select("state", "name").iter_rows()} | {
        code.lower(): code for code in boxes["state"]
    }
