"""The places of one invented center: real ones, and invented towns when the center is too large for them."""

from __future__ import annotations

import heapq
import math

from pipeline.synthesize.draws import Draws
from pipeline.synthesize.vocabulary import Place, Vocabulary

#: Agencies for which one place is enough (project choice: about what the real places hold in a center of 2,000). With many more to a ZIP
#: code the duplicate search is measured on a density that no center has.
AGENCIES_PER_PLACE = 75
#: ZIP codes of Illinois run from 600 to 629.
_POSTAL_CODES = range(60_000, 63_000)
#: Largest distance of an invented town from its real neighbour, in ten-thousandths of a degree.
_SPREAD = 4_500
#: Neighbours kept for each place; sites and areas served are drawn from no more (project choice).
_NEIGHBOURS = 4
#: Localities of an invented town, as many as a listed place has.
_LOCALITIES = 3


class Geography:
    """Places with their ranks, localities and nearest neighbours.

    Args:
        places: The places; no two are equal.
        localities: Invented localities of each place, from which its agencies are named.
    """

    def __init__(self, places: tuple[Place, ...], localities: tuple[tuple[str, ...], ...]) -> None:
        self.places = places
        self._localities = localities
        self._ranks = {place: rank for rank, place in enumerate(places)}
        self._near: dict[Place, tuple[Place, ...]] = {}

    def rank(self, place: Place) -> int:
        """Return the position of the place among all, from 0."""
        return self._ranks[place]

    def localities(self, place: Place) -> tuple[str, ...]:
        """Return the invented localities of the place."""
        return self._localities[self.rank(place)]

    def near(self, place: Place) -> tuple[Place, ...]:
        """Return the four other places next to it, nearest first; fewer where there are no more."""
        if place not in self._near:
            others = (other for other in self.places if other is not place)
            self._near[place] = tuple(
                heapq.nsmallest(_NEIGHBOURS, others, key=lambda other: (_distance(place, other), other.city))
            )
        return self._near[place]


def lay_places(*, region: str, agencies: int, seed: str, vocabulary: Vocabulary) -> Geography:
    """Return the real places of the region, and as many invented towns as keep `AGENCIES_PER_PLACE` agencies to a place.

    An invented town lies near one of the real places, has its county and area code, and three localities of its own. Its ZIP code is of
    Illinois and of none of the places listed. There are never more towns than names or ZIP codes for them (about 2,900): behind that,
    places get denser.

    Args:
        region: Key of `places.toml`.
        agencies: Agencies of the center.
        seed: Seed of all draws.
        vocabulary: Words and places.
    """
    real, words = vocabulary.regions[region], vocabulary.words
    listed = tuple(words["localities"][rank :: len(real)] for rank in range(len(real)))
    wanted = agencies // AGENCIES_PER_PLACE - len(real)
    if wanted <= 0:
        return Geography(real, listed)
    taken = {place.postal_code for places in vocabulary.regions.values() for place in places}
    codes = [str(code) for code in _POSTAL_CODES if str(code) not in taken]
    names = [start + end for end in words["town_ends"] for start in words["town_starts"]]
    wanted = min(wanted, len(codes), len(names))
    draws = Draws(seed, region, "towns")
    towns = []
    # No ends of family names among them, and only ends of one word, so that a locality reads like one.
    ends = [end for end in words["town_ends"] if not end.startswith(" ")]
    settled = [start + end for end in ends for start in words["name_starts"]]
    own = [
        tuple(settled[(rank * _LOCALITIES + step) % len(settled)] for step in range(_LOCALITIES))
        for rank in range(wanted)
    ]
    for rank in range(wanted):
        near = real[rank % len(real)]
        towns.append(
            Place(
                city=names[rank],
                county=near.county,
                postal_code=codes[rank * len(codes) // wanted],
                latitude=near.latitude + draws.between(-_SPREAD, _SPREAD) / 10_000,
                longitude=near.longitude + draws.between(-_SPREAD, _SPREAD) / 10_000,
                area_code=near.area_code,
            )
        )
    return Geography((*real, *towns), (*listed, *own))


def _distance(place: Place, other: Place) -> float:
    # A degree of longitude is about 0.77 of a degree of latitude at this height of the map.
    return math.hypot(other.latitude - place.latitude, (other.longitude - place.longitude) * 0.77)
