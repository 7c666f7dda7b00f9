"""How many records each stratum gives to a sample."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from math import sqrt

#: Sign between the parts of a stratum's name, such as tier and curator.
PART_SIGN = " · "

#: Last part of the name of strata that were merged.
OTHERS = "others"


def allocate(
    frame_sizes: Mapping[str, int],
    *,
    size: int,
    spreads: Mapping[str, float] | None = None,
    minimum: int = 2,
) -> dict[str, int]:
    """Return the records to draw from each stratum.

    Every stratum gets its minimum; then one record at a time goes to the stratum that is not yet full and has the largest
    N_h S_h / sqrt(a (a + 1)), a being what it has. That is the exact optimum in whole numbers, and a larger sample never takes a
    record back from a stratum (Wright, 2012, *The Equivalence of Neyman Optimum Allocation for Sampling and Equal Proportions for
    Apportioning the U.S. House of Representatives*).

    >>> allocate({"T1": 1600, "T2": 1000, "T3": 480, "T4": 120}, size=138, spreads={"T1": 4, "T2": 8, "T3": 12, "T4": 20})
    {'T1': 39, 'T2': 49, 'T3': 35, 'T4': 15}

    Args:
        frame_sizes: Records of the frame by stratum.
        size: Records to draw; the minima come first even when they are more than that.
        spreads: Standard deviation by stratum (Neyman); None takes all as alike (proportional). A stratum of spread 0 gets its
            minimum, and more only when all others are full.
        minimum: Fewest records of a stratum; fewer only where it holds fewer.

    Returns:
        Records by stratum, in the order of `frame_sizes`.
    """
    given = {name: min(minimum, count) for name, count in frame_sizes.items()}
    left = min(size, sum(frame_sizes.values())) - sum(given.values())
    weights = {name: count * (1.0 if spreads is None else spreads[name]) for name, count in frame_sizes.items()}
    waiting = [
        (-_priority(weights[name], given[name]), name) for name, count in frame_sizes.items() if given[name] < count
    ]
    heapq.heapify(waiting)
    while left > 0 and waiting:
        _, name = heapq.heappop(waiting)
        given[name] += 1
        left -= 1
        if given[name] < frame_sizes[name]:
            heapq.heappush(waiting, (-_priority(weights[name], given[name]), name))
    return given


def _priority(weight: float, given: int) -> float:
    return float("inf") if given == 0 and weight > 0 else weight / sqrt(max(given, 1) * (given + 1))


def merge_strata(frame_sizes: Mapping[str, int], *, size: int, minimum: int = 2) -> dict[str, str]:
    """Return into which stratum each one goes, so that every stratum can be drawn from twice.

    Strata of fewer than `minimum` records are merged, and as many of the smallest as are needed for the minima to fit into the
    sample: first with others of the same first part of the name (the tier), then with any.

    Args:
        frame_sizes: Records of the frame by stratum; names are parts joined by `PART_SIGN`.
        size: Records to draw.
        minimum: Fewest records of a stratum.

    Returns:
        New name by old name; strata that stay keep their name.
    """
    groups: dict[str, list[str]] = {name: [name] for name in sorted(frame_sizes)}
    sizes = dict(frame_sizes)

    def is_too_many() -> bool:
        return sum(min(minimum, count) for count in sizes.values()) > size

    while len(groups) > 1 and (min(sizes.values()) < minimum or is_too_many()):
        smallest = min(groups, key=lambda name: (sizes[name], name))
        merged = {smallest, _partner(smallest, sizes)}
        name = _merged_name([member for one in merged for member in groups[one]])
        # A group of that name takes them in.
        merged |= {name} & groups.keys()
        groups[name] = sorted(member for one in merged for member in groups.pop(one))
        sizes[name] = sum(sizes.pop(one) for one in merged)
    return {old: new for new, members in groups.items() for old in members}


def _partner(name: str, sizes: Mapping[str, int]) -> str:
    first = name.split(PART_SIGN)[0]
    others = [one for one in sizes if one != name]
    alike = [one for one in others if one.split(PART_SIGN)[0] == first]
    # Small strata gather in one group instead of in many.
    return min(alike or others, key=lambda one: (one.split(PART_SIGN)[-1] != OTHERS, sizes[one], one))


def _merged_name(members: Sequence[str]) -> str:
    first = {name.split(PART_SIGN)[0] for name in members}
    return f"{first.pop()}{PART_SIGN}{OTHERS}" if len(first) == 1 and PART_SIGN in members[0] else OTHERS
