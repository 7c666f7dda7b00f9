from __future__ import annotations

from math import sqrt

import pytest

from pipeline.audit.allocation import OTHERS, allocate, merge_strata

TIERS = {"T1": 1600, "T2": 1000, "T3": 480, "T4": 120}
TIER_SPREADS = {"T1": 4.0, "T2": 8.0, "T3": 12.0, "T4": 20.0}


def standard_error(given: dict[str, int]) -> float:
    """Return the standard error of the mean score of the tiers."""
    frame = sum(TIERS.values())
    return sqrt(
        sum(
            (count / frame) ** 2 * (1 - given[name] / count) * TIER_SPREADS[name] ** 2 / given[name]
            for name, count in TIERS.items()
        )
    )


def test_n1_neyman() -> None:
    given = allocate(TIERS, size=138, spreads=TIER_SPREADS)
    assert list(given.items()) == [("T1", 39), ("T2", 49), ("T3", 35), ("T4", 15)]
    assert standard_error(given) == pytest.approx(0.583, abs=5e-4)


def test_n1_proportional() -> None:
    given = allocate(TIERS, size=138)
    assert list(given.values()) == [69, 43, 21, 5]
    assert standard_error(given) == pytest.approx(0.671, abs=5e-4)


def test_n2_no_stratum_gives_more_than_it_holds() -> None:
    sizes = {"a": 900, "b": 80, "c": 20}
    assert list(allocate(sizes, size=120, spreads={"a": 2, "b": 10, "c": 30}).values()) == [69, 31, 20]


def test_n3_stratum_without_spread_gives_the_minimum() -> None:
    sizes = {"a": 2000, "b": 300, "c": 40}
    assert list(allocate(sizes, size=50, spreads={"a": 0, "b": 6, "c": 9}).values()) == [2, 40, 8]


def test_stratum_without_spread_is_filled_when_all_others_are_full() -> None:
    assert allocate({"a": 50, "b": 3}, size=10, spreads={"a": 0, "b": 5}) == {"a": 7, "b": 3}


def test_one_more_takes_nothing_back_where_largest_remainder_would() -> None:
    sizes = {"a": 1500, "b": 1500, "c": 500, "d": 300, "e": 200}
    frame = sum(sizes.values())

    def largest_remainder(size: int) -> list[int]:
        exact = [size * count / frame for count in sizes.values()]
        whole = [int(one) for one in exact]
        for place in sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])[: size - sum(whole)]:
            whole[place] += 1
        return whole

    assert (largest_remainder(9), largest_remainder(10)) == ([3, 3, 1, 1, 1], [4, 4, 1, 1, 0])
    nine, ten = (list(allocate(sizes, size=size, minimum=0).values()) for size in (9, 10))
    assert (sum(nine), sum(ten)) == (9, 10)
    assert all(more >= fewer for fewer, more in zip(nine, ten, strict=True))


def test_whole_numbers_are_the_exact_optimum() -> None:
    """Compared with every way to share out twelve records."""
    sizes, spreads = {"a": 40, "b": 25, "c": 9}, {"a": 3.0, "b": 7.0, "c": 11.0}

    def variance(given: tuple[int, int, int]) -> float:
        return sum((count * spreads[name]) ** 2 / got for (name, count), got in zip(sizes.items(), given, strict=True))

    ways = [(a, b, 12 - a - b) for a in range(2, 9) for b in range(2, 11 - a)]
    best = min(ways, key=variance)
    assert tuple(allocate(sizes, size=12, spreads=spreads).values()) == best


def test_ties_go_by_name_in_whatever_order_the_strata_come() -> None:
    assert allocate({"a": 10, "b": 10}, size=5) == {"a": 3, "b": 2}
    assert allocate({"b": 10, "a": 10}, size=5) == {"b": 2, "a": 3}


def test_minimum_comes_first_and_stops_at_what_a_stratum_holds() -> None:
    assert allocate({"a": 100, "b": 1}, size=3) == {"a": 2, "b": 1}
    assert allocate({"a": 100, "b": 50}, size=1) == {"a": 2, "b": 2}


def test_more_than_the_frame_gives_the_frame() -> None:
    assert allocate({"a": 3, "b": 7}, size=99) == {"a": 3, "b": 7}
    assert allocate({}, size=5) == {}


def test_large_enough_strata_stay() -> None:
    sizes = {"T1 · ann": 5, "T1 · ben": 2, "T2 · ann": 9}
    assert merge_strata(sizes, size=6) == {name: name for name in sizes}


def test_small_stratum_goes_to_the_smallest_of_its_tier() -> None:
    sizes = {"T1 · ann": 1, "T1 · ben": 9, "T1 · cy": 4, "T2 · ann": 2}
    merged = merge_strata(sizes, size=50)
    assert merged["T1 · ann"] == merged["T1 · cy"] == f"T1 · {OTHERS}"
    assert merged["T1 · ben"] == "T1 · ben"
    assert merged["T2 · ann"] == "T2 · ann"


def test_small_stratum_alone_in_its_tier_goes_to_any() -> None:
    merged = merge_strata({"T1 · ann": 1, "T2 · ann": 3, "T2 · ben": 8}, size=50)
    assert merged == {"T1 · ann": OTHERS, "T2 · ann": OTHERS, "T2 · ben": "T2 · ben"}


def test_strata_are_merged_until_the_minima_fit() -> None:
    sizes = {"T1": 10, "T2": 20, "T3": 30, "T4": 40}
    merged = merge_strata(sizes, size=7)
    assert merged == {"T1": OTHERS, "T2": OTHERS, "T3": "T3", "T4": "T4"}
    assert set(merge_strata(sizes, size=1).values()) == {OTHERS}


@pytest.mark.parametrize(
    "sizes",
    [
        {"T1 · a": 1, "T1 · b": 1, "T1 · c": 1, "T1 · d": 1},
        {"T1": 1, "T2": 1, "T3": 1, "T4": 1, "T5": 30},
        {"T1 · others": 5, "T1 · a": 1, "T1 · b": 1},
    ],
)
def test_two_mergers_of_one_tier_lose_no_stratum(sizes: dict[str, int]) -> None:
    merged = merge_strata(sizes, size=10)
    assert merged.keys() == sizes.keys()
    counts: dict[str, int] = {}
    for old, new in merged.items():
        counts[new] = counts.get(new, 0) + sizes[old]
    assert min(counts.values()) >= 2


def test_only_stratum_stays_whatever_its_size() -> None:
    assert merge_strata({"a": 1}, size=0) == {"a": "a"}
    assert merge_strata({}, size=3) == {}
