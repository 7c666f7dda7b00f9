"""How far auditors agree who scored the same records without knowing of each other.

Percent agreement, Cohen's kappa (Cohen, 1960; weighted, 1968) and Krippendorff's alpha (Krippendorff, 2004, chapter 11). When nearly
everything passes, kappa and alpha fall although auditors agree: the percentage stands beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from schemas.errors import ContractError

Level = Literal["nominal", "ordinal"]
Weighting = Literal["none", "linear", "quadratic"]


def percent_agreement(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Return the share of pairs that are equal; None without a pair.

    Raises:
        ContractError: The lengths differ.
    """
    _require_pairs(first, second)
    return sum(a == b for a, b in zip(first, second, strict=True)) / len(first) if first else None


def cohen_kappa(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    *,
    categories: Sequence[Hashable] | None = None,
    weighting: Weighting = "none",
) -> float | None:
    """Return Cohen's kappa of two raters over the same units.

    Args:
        first: Categories given by one rater.
        second: Categories given by the other, in the same order.
        categories: All categories in order, for the weights; by default those that occur, sorted.
        weighting: How much near misses count.

    Returns:
        None when there are no pairs, or when agreement by chance is certain (all alike): it is not defined then.

    Raises:
        ContractError: The lengths differ, or a rating is no category.
    """
    _require_pairs(first, second)
    if not first:
        return None
    order = list(categories) if categories is not None else _in_order({*first, *second})
    place = {category: number for number, category in enumerate(order)}
    if not set(first) | set(second) <= place.keys():
        raise ContractError("A rating is none of the categories.")
    table = np.zeros((len(order), len(order)))
    for a, b in zip(first, second, strict=True):
        table[place[a], place[b]] += 1
    table /= table.sum()
    distance = _kappa_distances(len(order), weighting)
    expected = float((distance * np.outer(table.sum(axis=1), table.sum(axis=0))).sum())
    if expected == 0:
        return None
    return 1 - float((distance * table).sum()) / expected


def krippendorff_alpha(
    ratings: Sequence[Sequence[Hashable | None]],
    *,
    level: Level = "nominal",
    categories: Sequence[Hashable] | None = None,
) -> float | None:
    """Return Krippendorff's alpha.

    Args:
        ratings: One row per rater, one place per unit; None where a rater did not score a unit. Units scored once say nothing.
        level: `nominal` (equal or not) or `ordinal` (bands).
        categories: All categories in order, for ordinal ratings; by default those that occur, sorted.

    Returns:
        None when no unit was scored twice, or all ratings are alike: it is not defined then.

    Raises:
        ContractError: The rows differ in length, or a rating is no category.
    """
    if len({len(row) for row in ratings}) > 1:
        raise ContractError("The raters have different numbers of units.")
    given = {value for row in ratings for value in row if value is not None}
    order = list(categories) if categories is not None else _in_order(given)
    if not given <= set(order):
        raise ContractError("A rating is none of the categories.")
    place = {category: number for number, category in enumerate(order)}
    coincidences = np.zeros((len(order), len(order)))
    for unit in zip(*ratings, strict=True):
        counts = Counter(place[value] for value in unit if value is not None)
        raters = sum(counts.values())
        if raters < 2:
            continue
        for a, many in counts.items():
            for b, others in counts.items():
                coincidences[a, b] += many * (others - (a == b)) / (raters - 1)
    totals = coincidences.sum(axis=1)
    n = float(totals.sum())
    distance = _alpha_distances(totals, level)
    expected = float((distance * np.outer(totals, totals)).sum())
    if expected == 0:
        return None
    return 1 - (n - 1) * float((distance * coincidences).sum()) / expected


def _in_order(categories: set[Any]) -> list[Any]:
    """Return the categories in their own order, or in that of their texts where they have none."""
    try:
        return sorted(categories)
    except TypeError:
        return sorted(categories, key=str)


def _require_pairs(first: Sequence[Hashable], second: Sequence[Hashable]) -> None:
    if len(first) != len(second):
        raise ContractError("The two raters have different numbers of units.")


def _kappa_distances(count: int, weighting: Weighting) -> npt.NDArray[np.float64]:
    gap = np.abs(np.subtract.outer(np.arange(count), np.arange(count))).astype(np.float64)
    if weighting == "none":
        return (gap > 0).astype(np.float64)
    return gap if weighting == "linear" else gap**2


def _alpha_distances(totals: npt.NDArray[np.float64], level: Level) -> npt.NDArray[np.float64]:
    count = totals.size
    if level == "nominal":
        return 1.0 - np.eye(count)
    upto = np.concatenate([[0.0], np.cumsum(totals)])
    distance = np.zeros((count, count))
    for low in range(count):
        for high in range(low + 1, count):
            between = upto[high + 1] - upto[low] - (totals[low] + totals[high]) / 2
            distance[low, high] = distance[high, low] = between**2
    return distance
