"""Laws of random audits that hold for every frame and seed."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.audit.agreement import Level, Weighting, cohen_kappa, krippendorff_alpha, percent_agreement
from pipeline.audit.allocation import PART_SIGN, allocate, merge_strata
from pipeline.audit.chances import draw_order, floor_weights, inclusion_probabilities
from pipeline.audit.draw import AuditDraw, DrawPlan, Method, draw_sample
from pipeline.audit.estimate import horvitz_thompson
from pipeline.audit.intervals import clopper_pearson, share_interval, wilson
from pipeline.audit.sample_size import sample_size

AS_OF = date(2026, 11, 20)
FEW = settings(max_examples=30, deadline=None)
SOME = settings(max_examples=60, deadline=None)
METHODS: tuple[Method, ...] = ("simple", "stratified", "risk")
BANDS = ("fail", "coaching", "meets")

_IDS = st.lists(st.uuids().map(str), unique=True, max_size=30)
_SEEDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="|"), min_size=1).filter(str.strip)
_METHODS = st.sampled_from(METHODS)
_OVERLAPS = st.sampled_from([0.0, 0.1, 0.5])
_SIZES = st.dictionaries(
    st.tuples(st.sampled_from(["T1", "T2", "T3"]), st.sampled_from(["ann", "ben", "cy", "others"])).map(PART_SIGN.join),
    st.integers(1, 60),
    min_size=1,
)
_SPREADS = st.lists(st.floats(0, 30), min_size=12, max_size=12)
_WEIGHTS = st.lists(st.floats(0.01, 100), min_size=1, max_size=40).map(np.array)
_PAIRS = st.lists(st.tuples(st.sampled_from(BANDS), st.sampled_from(BANDS)), max_size=30)


def frame_of(ids: list[str], tiers: int = 5) -> pl.DataFrame:
    """Return a frame; tier, risk and whether it was audited lately follow from the id."""
    numbers = [int(uid[-6:], 16) for uid in ids]
    number = pl.col("number")
    frame = pl.DataFrame({"record_uid": ids, "number": numbers}, schema={"record_uid": pl.String, "number": pl.Int64})
    return frame.with_columns(
        center_id=pl.lit("c1"),
        native_id=pl.lit(None, dtype=pl.String),
        name=pl.col("record_uid"),
        tier=pl.format("T{}", number % tiers),
        risk=(number % 101).cast(pl.Float64) / 100,
        is_recent=number % 7 == 0,
    )


def drawn(frame: pl.DataFrame, size: int, seed: str, **options: Any) -> AuditDraw:
    return draw_sample(frame, DrawPlan(size=size, seed=seed, as_of=AS_OF, strata=("tier",), **options))


def uids(draw: AuditDraw) -> list[str]:
    return draw.items.get_column("record_uid").to_list()


@FEW
@given(_IDS, _SEEDS, st.integers(0, 40), _METHODS, _OVERLAPS, st.randoms(use_true_random=False))
def test_sample_is_exact_and_the_same_in_any_order(
    ids: list[str], seed: str, size: int, method: Method, overlap: float, shuffler: st.DataObject
) -> None:
    """The sample could not be drawn again."""
    frame = frame_of(ids)
    draw = drawn(frame, size, seed, method=method, overlap=overlap)
    can_be = ids if overlap else frame.filter(~pl.col("is_recent")).get_column("record_uid").to_list()
    sample = uids(draw)
    assert len(sample) == len(set(sample)) == min(size, len(can_be))
    assert set(sample) <= set(can_be)
    assert draw.strata.get_column("size").sum() == len(sample)
    assert draw.strata.get_column("frame_size").sum() == len(can_be)
    turned = list(ids)
    shuffler.shuffle(turned)  # type: ignore[attr-defined]
    again = drawn(frame_of(turned), size, seed, method=method, overlap=overlap)
    assert again.items.equals(draw.items)
    assert again.batch_id == draw.batch_id


@FEW
@given(_IDS, _SEEDS, st.integers(0, 30), st.integers(0, 30), st.sampled_from(["simple", "risk"]), _OVERLAPS)
def test_larger_sample_contains_the_smaller(
    ids: list[str], seed: str, size: int, more: int, method: Method, overlap: float
) -> None:
    """An extended round would throw away audits already made."""
    small, large = (uids(drawn(frame_of(ids), n, seed, method=method, overlap=overlap)) for n in (size, size + more))
    assert set(small) <= set(large)


@FEW
@given(st.lists(st.uuids().map(str), unique=True, min_size=20, max_size=40), _SEEDS, st.integers(0, 30), _SPREADS)
def test_larger_stratified_sample_contains_the_smaller(
    ids: list[str], seed: str, more: int, spreads: list[float]
) -> None:
    """An extended round would throw away audits already made."""
    frame = frame_of(ids, tiers=3).with_columns(is_recent=pl.lit(value=False))
    tiers = frame.get_column("tier").to_list()
    assume(all(tiers.count(tier) >= 2 for tier in set(tiers)))
    said = {f"T{place}": spread for place, spread in enumerate(spreads)}
    small, large = (uids(drawn(frame, n, seed, method="stratified", spreads=said)) for n in (6, 6 + more))
    assert set(small) <= set(large)


@FEW
@given(_IDS, _SEEDS, st.integers(1, 40))
def test_probabilities_add_up_to_the_size(ids: list[str], seed: str, size: int) -> None:
    """Weighted totals would not come out at the size of the frame."""
    items = drawn(frame_of(ids), size, seed, overlap=0.1).items
    weights = float((1 / items.get_column("inclusion_probability").to_numpy()).sum())
    strata = drawn(frame_of(ids), size, seed, overlap=0.1).strata.filter(pl.col("size") > 0)
    assert abs(weights - sum(strata.get_column("frame_size"))) < 1e-9 * (1 + len(ids))
    assert items.get_column("u").is_between(0, 1, closed="left").all()
    assert items.get_column("inclusion_probability").is_between(0, 1, closed="right").all()


@SOME
@given(_SIZES, st.integers(0, 300), _SPREADS, st.booleans(), st.integers(0, 4))
def test_allocation_adds_up_and_fits(
    sizes: dict[str, int], size: int, spreads: list[float], is_neyman: bool, minimum: int
) -> None:
    """A stratum would be asked for records that it does not hold."""
    said = dict(zip(sizes, spreads, strict=False)) if is_neyman else None
    given_out = allocate(sizes, size=size, spreads=said, minimum=minimum)
    least = {name: min(minimum, count) for name, count in sizes.items()}
    assert list(given_out) == list(sizes)
    assert sum(given_out.values()) == max(sum(least.values()), min(size, sum(sizes.values())))
    assert all(least[name] <= given_out[name] <= count for name, count in sizes.items())
    more = allocate(sizes, size=size + 1, spreads=said, minimum=minimum)
    assert all(more[name] >= count for name, count in given_out.items())


@SOME
@given(_SIZES, st.integers(0, 60), st.integers(2, 4))
def test_merged_strata_hold_and_can_give_the_minimum(sizes: dict[str, int], size: int, minimum: int) -> None:
    """A stratum would be lost, or no variance could be had from it."""
    merged = merge_strata(sizes, size=size, minimum=minimum)
    assert merged.keys() == sizes.keys()
    counts: dict[str, int] = {}
    for old, new in merged.items():
        counts[new] = counts.get(new, 0) + sizes[old]
    assert sum(counts.values()) == sum(sizes.values())
    assert len(counts) == 1 or (min(counts.values()) >= minimum and len(counts) * minimum <= size)
    turned = dict(reversed(sizes.items()))
    assert merge_strata(turned, size=size, minimum=minimum) == merged


@SOME
@given(_WEIGHTS, st.integers(1, 40))
def test_chances_are_chances_and_add_up_to_the_size(weights: Any, size: int) -> None:
    """A weighted total would be wrong."""
    wanted = min(size, weights.size)
    chances = inclusion_probabilities(weights, size=wanted)
    assert ((chances > 0) & (chances <= 1)).all()
    assert chances.sum() == pytest.approx(wanted, rel=1e-9)
    order = np.argsort(weights, kind="stable")
    assert (np.diff(chances[order]) >= -1e-12).all()
    below = chances < 1
    if below.any():
        assert np.ptp(chances[below] / weights[below]) <= 1e-9 * (chances[below] / weights[below]).max()


@SOME
@given(st.lists(st.floats(0, 100), min_size=1, max_size=40).map(np.array), st.floats(0.05, 0.95))
def test_no_weight_is_below_its_share_of_the_mean(risks: Any, floor: float) -> None:
    """A record could hardly ever be drawn, and would weigh so much that the estimate is worthless."""
    weights = floor_weights(risks, floor=floor)
    assert (weights > 0).all()
    assert weights.min() >= floor * weights.mean() * (1 - 1e-9)
    if risks.max() > 0:
        raised = weights > risks
        assert (weights[~raised] == risks[~raised]).all()
        assert np.unique(weights[raised]).size <= 1
        assert not raised.any() or weights[raised][0] == pytest.approx(floor * weights.mean())


@SOME
@given(_WEIGHTS, st.integers(0, 2**32))
def test_order_by_risk_is_that_of_every_size(weights: Any, seed: int) -> None:
    """An extended round would throw away audits already made."""
    numbers = np.random.default_rng(seed).random(weights.size)
    ids = [f"r{place:02}" for place in range(weights.size)]
    whole = draw_order(weights, numbers, size=weights.size, ids=ids)
    assert sorted(whole) == list(range(weights.size))
    for size in range(weights.size):
        assert draw_order(weights, numbers, size=size, ids=ids) == whole[:size]


@SOME
@given(st.integers(1, 500), st.data(), st.floats(0.5, 0.999))
def test_intervals_lie_within_0_and_1_and_hold_the_share(n: int, data: st.DataObject, confidence: float) -> None:
    """A report would print a share outside of its own interval, or more than 100 %."""
    count = data.draw(st.integers(0, n))
    for made in (wilson, clopper_pearson):
        low, high = made(count, n, confidence=confidence)
        assert 0 <= low <= count / n + 1e-12
        assert count / n - 1e-12 <= high <= 1
        turned = made(n - count, n, confidence=confidence)
        assert turned == pytest.approx((1 - high, 1 - low), abs=1e-9)


@SOME
@given(st.integers(1, 400), st.data())
def test_narrowed_interval_is_no_wider(n: int, data: st.DataObject) -> None:
    """Auditing half of a small center would seem to tell no more than the same number in a large one."""
    count = data.draw(st.integers(0, n))
    frame = data.draw(st.integers(n + 1, 100 * n))
    interval = share_interval(count, n, frame_size=frame)
    wide = wilson(count, n)
    assert interval is not None
    assert 0 <= interval[0] <= count / n + 1e-12
    assert count / n - 1e-12 <= interval[1] <= 1
    assert interval[1] - interval[0] <= wide[1] - wide[0] + 1e-12


@SOME
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.01, 1)), min_size=1, max_size=40), st.floats(-100, 100))
def test_constant_shifts_the_mean_of_hajek(records: list[tuple[float, float]], constant: float) -> None:
    """Two ways to write the same scores would give two results."""
    values, chances = (np.array(column) for column in zip(*records, strict=True))
    before, after = (horvitz_thompson(one, chances, frame_size=100) for one in (values, values + constant))
    assert after["hajek"] == pytest.approx(before["hajek"] + constant, abs=1e-8)
    assert after["hajek_se"] == pytest.approx(before["hajek_se"], abs=1e-7)
    assert values.min() - 1e-9 <= before["hajek"] <= values.max() + 1e-9


def close(one: float | None, other: float | None) -> bool:
    """Tell whether two measures are the same, or both not defined."""
    return one == other if one is None or other is None else one == pytest.approx(other, abs=1e-12)


@SOME
@given(_PAIRS, st.sampled_from(["none", "linear", "quadratic"]), st.sampled_from(["nominal", "ordinal"]))
def test_agreement_is_the_same_whoever_is_named_first(
    pairs: list[tuple[str, str]], weighting: Weighting, level: Level
) -> None:
    """Agreement would depend on who happened to be the first auditor."""
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    kappas = [cohen_kappa(*both, categories=BANDS, weighting=weighting) for both in ((first, second), (second, first))]
    alphas = [krippendorff_alpha(both, level=level, categories=BANDS) for both in ([first, second], [second, first])]
    assert close(*kappas)
    assert close(*alphas)
    for one in (*kappas, *alphas):
        assert one is None or -1 - 1e-12 <= one <= 1 + 1e-12
    assert percent_agreement(first, second) == percent_agreement(second, first)
    if set(first) | set(second) > {*first[:1]} and first == second:
        assert close(kappas[0], 1.0)
        assert close(alphas[0], 1.0)


@SOME
@given(
    st.lists(st.tuples(*[st.sampled_from([*BANDS, None])] * 3), max_size=20),
    st.permutations(range(3)),
    st.sampled_from(["nominal", "ordinal"]),
    st.randoms(use_true_random=False),
)
def test_alpha_does_not_depend_on_the_order_of_raters_or_units(
    units: list[tuple[str | None, ...]], turn: list[int], level: Level, shuffler: st.DataObject
) -> None:
    """The figure could not be worked out again."""
    mixed = list(units)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    one = krippendorff_alpha([[unit[rater] for unit in units] for rater in range(3)], level=level, categories=BANDS)
    other = krippendorff_alpha([[unit[rater] for unit in mixed] for rater in turn], level=level, categories=BANDS)
    assert close(one, other)


@SOME
@given(
    st.integers(1, 10**6),
    st.floats(0.01, 0.4),
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.1),
)
def test_size_fits_the_frame_and_falls_with_the_margin(frame: int, margin: float, share: float, more: float) -> None:
    """A looser statement would need more audits, or an audit more records than there are."""
    size = sample_size(frame_size=frame, margin=margin, expected_share=share)
    assert 1 <= size <= frame
    assert sample_size(frame_size=frame, margin=margin + more, expected_share=share) <= size
    assert size <= sample_size(frame_size=None, margin=margin, expected_share=share) + 1
