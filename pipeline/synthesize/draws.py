"""Numbers drawn by hash: the same key gives the same numbers on every machine and with every library version."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

#: Below this much left of a 256-bit digest the next digest is taken, so that the remainder bias of a draw stays under 2**-32.
_REFILL = 1 << 64


class Draws:
    """A sequence of draws that depends on its key alone.

    Each draw takes a remainder off one SHA-256 digest of key and counter; a new digest is made when it runs low.

    >>> Draws("seed", "agency", 7).below(100) == Draws("seed", "agency", 7).below(100)
    True
    """

    __slots__ = ("_counter", "_key", "_pool")

    def __init__(self, *key: object) -> None:
        self._key = "|".join(map(str, key)).encode()
        self._counter = 0
        self._pool = 0

    def below(self, limit: int) -> int:
        """Return a whole number from 0 up to, and without, `limit`."""
        if self._pool < _REFILL:
            self._pool = int.from_bytes(hashlib.sha256(b"%s#%d" % (self._key, self._counter)).digest(), "big")
            self._counter += 1
        self._pool, number = divmod(self._pool, limit)
        return number

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items, each as likely as the others."""
        return items[self.below(len(items))]

    def chance(self, percent: int) -> bool:
        """Return True in `percent` of a hundred cases."""
        return self.below(100) < percent

    def weighted(self, weights: Sequence[int]) -> int:
        """Return a position of the list, as likely as its weight says."""
        rest = self.below(sum(weights))
        for position, weight in enumerate(weights):
            rest -= weight
            if rest < 0:
                return position
        return len(weights) - 1

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return the items in an order of their own."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]
