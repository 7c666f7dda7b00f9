"""Coordinates of places that must not be located, as people paste them into texts and links to maps."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Decimals by which two coordinates are the same place: about 100 m (project choice).
_DECIMALS = 3
#: Two numbers with a point, side by side, in either order.
SPOT = r"[0-9]{1,3}\.[0-9]{3,}[^0-9]{1,12}[0-9]{1,3}\.[0-9]{3,}"
_SPOT = re.compile(SPOT)


def spot_keys(latitude: float, longitude: float) -> frozenset[str]:
    """Return the forms of a place in which it is searched: cut off and rounded, in both orders; none when it names a town only.

    >>> sorted(spot_keys(39.71234, -89.5))
    ['39.712 89.500', '89.500 39.712']
    >>> spot_keys(39.7, -89.5)
    frozenset()
    """
    if all(round(value, 2) == value for value in (latitude, longitude)):
        return frozenset()
    found = set()
    for one in _forms(latitude):
        for other in _forms(longitude):
            found |= {f"{one} {other}", f"{other} {one}"}
    return frozenset(found)


def spots_in(plain: str) -> frozenset[str]:
    """Return the pairs of coordinates in a text, in the form of `spot_keys`."""
    return frozenset(spot_key(found) for found in _SPOT.findall(plain))


def spot_key(pair: str) -> str:
    """Return the form in which two coordinates side by side are compared."""
    numbers = re.findall(rf"[0-9]{{1,3}}\.[0-9]{{{_DECIMALS}}}", pair)
    return " ".join((numbers[0], numbers[-1]))


def holds_spot(plain: str, spots: Iterable[str]) -> bool:
    """Tell whether a plain text holds one of the places."""
    return not spots_in(plain).isdisjoint(spots)


def _forms(value: float) -> set[str]:
    size = abs(value)
    cut = int(size * 10**_DECIMALS) / 10**_DECIMALS
    return {f"{cut:.{_DECIMALS}f}", f"{size:.{_DECIMALS}f}"}
