"""Draws with unequal chances: the more a record is at risk, the likelier it is drawn, and every chance is known."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def floor_weights(risks: Floats, *, floor: float) -> Floats:
    """Return the weights of a risk-weighted draw: the risks, none below a share of their mean, so that every record can be drawn.

    Args:
        risks: Risk scores, 0 or more.
        floor: Share of the mean weight that no weight is below, between 0 and 1.

    Returns:
        Weights above 0; all 1 when every risk is 0 or the floor leaves no difference.
    """
    if not risks.size:
        return risks
    weights = np.asarray(risks, dtype=np.float64)
    total = float(weights.sum())
    if total <= 0:
        return np.ones_like(weights)
    # Raising the low ones raises the mean: with k of them at the floor f m, the mean is m = (sum of the others) / (N - k f).
    ordered = np.sort(weights)
    below = np.arange(ordered.size)
    rest = total - np.concatenate([[0.0], np.cumsum(ordered)[:-1]])
    least = floor * rest / (ordered.size - below * floor)
    reaches = ordered >= least * (1 - 1e-12)
    settled = int(np.argmax(reaches)) if bool(reaches.any()) else ordered.size - 1
    raised: Floats = np.maximum(weights, least[settled])
    return raised


def inclusion_probabilities(weights: Floats, *, size: int) -> Floats:
    """Return the chance of every record: min(1, c w), c such that they sum to the size.

    Args:
        weights: Above 0.
        size: Records to draw, at most as many as there are.

    Returns:
        Chances in (0, 1], summing to `size`.
    """
    chances = np.ones_like(weights)
    open_ones = np.ones(weights.size, dtype=bool)
    while open_ones.any():
        left = size - float((~open_ones).sum())
        share = left * weights / float(weights[open_ones].sum())
        capped = open_ones & (share >= 1.0)
        if not capped.any():
            chances[open_ones] = share[open_ones]
            break
        open_ones &= ~capped
    return chances


def draw_order(weights: Floats, numbers: Floats, *, size: int, ids: Sequence[str]) -> list[int]:
    """Return the places of the drawn records, in draw order, so that a larger sample contains every smaller one.

    Sequential Poisson sampling with permanent numbers (Ohlsson, 1998): the records with the smallest number / weight. A record
    whose chance has reached 1 at some size goes first from then on; where two reach it at once, the second takes the next place.

    Args:
        weights: Above 0.
        numbers: Draw numbers in [0, 1).
        size: Records to draw.
        ids: Record ids, which settle ties.
    """
    ratio = numbers / weights
    order = sorted(range(weights.size), key=lambda place: (ratio[place], ids[place]))
    heaviest = sorted(range(weights.size), key=lambda place: (-weights[place], ratio[place], ids[place]))
    rest = float(weights.sum())
    drawn: list[int] = []
    taken: set[int] = set()
    certain: list[tuple[float, str, int]] = []
    next_light = next_heavy = 0
    for step in range(1, min(size, weights.size) + 1):
        # Chances reach 1 in the order of weight: the heaviest of the others does when (step - those at 1) w >= their sum.
        while next_heavy < weights.size:
            place = heaviest[next_heavy]
            if (step - next_heavy) * weights[place] < rest * (1 - 1e-12):
                break
            rest -= float(weights[place])
            next_heavy += 1
            if place not in taken:
                heapq.heappush(certain, (float(ratio[place]), ids[place], place))
        while certain and certain[0][2] in taken:
            heapq.heappop(certain)
        if certain:
            chosen = heapq.heappop(certain)[2]
        else:
            while order[next_light] in taken:
                next_light += 1
            chosen = order[next_light]
        taken.add(chosen)
        drawn.append(chosen)
    return drawn
