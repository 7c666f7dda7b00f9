from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, sqrt

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import t

from pipeline.audit.estimate import (
    Design,
    DrawnStratum,
    Estimate,
    design_effect,
    effective_number,
    estimate_mean,
    estimate_share,
    horvitz_thompson,
    settle_design,
    spread_of,
)
from pipeline.audit.intervals import clopper_pearson, effective_share_interval, share_interval, wilson

Floats = npt.NDArray[np.float64]

H1 = {"a": (1600, (96, 92, 88, 100)), "b": (1000, (90, 84, 78, 92)), "c": (400, (70, 85, 60, 81))}
H2_CHANCES = np.array([0.02, 0.02, 0.04, 0.05, 0.10, 0.10])
H2_FAILS = np.array([0.0, 0, 1, 0, 1, 1])


def simple(n: int, frame_size: int, *, drawn: int | None = None) -> Design:
    """Return the design of one simple draw of which n records were audited."""
    one = DrawnStratum(name="all", frame_size=frame_size, size=n if drawn is None else drawn)
    return settle_design([one], ["all"] * n, [one.size / frame_size if one.size else 1.0] * n)


def stratified(*strata: tuple[int, int]) -> Design:
    """Return the design of strata, each with its frame size and its number of audits."""
    made = [DrawnStratum(name=f"s{place}", frame_size=size, size=n) for place, (size, n) in enumerate(strata)]
    names = [f"s{place}" for place, (_, n) in enumerate(strata) for _ in range(n)]
    return settle_design(made, names, [n / size for size, n in strata for _ in range(n)])


def by_risk(chances: Floats, frame_size: int, *, drawn: int | None = None) -> Design:
    """Return the design of a risk-weighted draw."""
    size = chances.size if drawn is None else drawn
    one = DrawnStratum(name="all", frame_size=frame_size, size=size, is_poisson=True)
    return settle_design([one], ["all"] * chances.size, chances.tolist())


def scores(*values: float) -> Floats:
    """Return an array of numbers."""
    return np.array(values, dtype=np.float64)


def seen(has: int, n: int) -> Floats:
    """Return n records of which so many have it."""
    return np.array([1.0] * has + [0.0] * (n - has))


def test_h1_stratified_scores() -> None:
    design = stratified(*((size, len(values)) for size, values in H1.values()))
    values = scores(*(one for _, own in H1.values() for one in own))
    assert [np.mean(own) for _, own in H1.values()] == [94, 86, 74]
    assert float((design.weights() * values).sum()) == pytest.approx(266_000, abs=1e-6)
    assert values.mean() == pytest.approx(84.6667, abs=5e-5)
    made = estimate_mean(values, design)
    assert (made.n, made.count) == (12, None)
    assert made.value == pytest.approx(88.6667, abs=5e-5)
    assert made.standard_error == pytest.approx(1.886396, abs=1e-6)
    assert made.interval == pytest.approx((84.3993, 92.9339), abs=1e-4)
    assert made.method == "weighed by stratum, t with 9 df"


def test_h2_horvitz_thompson_and_hajek() -> None:
    made = horvitz_thompson(H2_FAILS, H2_CHANCES, frame_size=200)
    assert (1 / H2_CHANCES).sum() == pytest.approx(165)
    assert made == {
        "total": pytest.approx(45, abs=1e-9),
        "mean": pytest.approx(0.225, abs=1e-9),
        "hajek": pytest.approx(0.272727, abs=1e-6),
        "total_se": pytest.approx(27.9285, abs=5e-5),
        "mean_se": pytest.approx(0.139642, abs=1e-6),
        "hajek_se": pytest.approx(0.171986, abs=1e-6),
    }
    assert H2_FAILS.mean() == 0.5


def test_h2_share_of_a_risk_weighted_draw_is_weighed() -> None:
    made = estimate_share(H2_FAILS, by_risk(H2_CHANCES, 200))
    assert made.value == pytest.approx(0.272727, abs=1e-6)
    assert made.standard_error == pytest.approx(0.171986, abs=1e-6)
    assert (made.n, made.count) == (6, 3)
    # Three failures are few: the effective number is held at what the weights allow.
    held = effective_number(1 / H2_CHANCES) / (1 - 6 / 200)
    # And of so few records t takes the place of z.
    assert made.interval == pytest.approx(effective_share_interval(45 / 165, held, df=5), abs=1e-9)
    assert made.method == "weighed by chance (Hajek), wilson on effective n 4.5"


def test_h3_overlap_stratum() -> None:
    values = np.concatenate([seen(79, 88), seen(10, 10)])
    made = estimate_share(values, stratified((2816, 88), (384, 10)))
    assert made.value == pytest.approx(0.91, abs=1e-12)
    assert made.standard_error == pytest.approx(0.028137, abs=1e-6)
    assert made.interval == pytest.approx((0.839, 0.951), abs=5e-4)
    assert made.method.endswith("effective n 103.4")
    assert (made.n, made.count) == (98, 89)


def test_h2_effective_number_of_kish() -> None:
    assert effective_number(1 / H2_CHANCES) == pytest.approx(4.373, abs=5e-4)
    assert effective_number(np.full(7, 3.5)) == pytest.approx(7)


def test_design_effect_of_services() -> None:
    assert design_effect(5, 0.3) == pytest.approx(2.2)
    assert round(690 / design_effect(5, 0.3)) == 314
    assert design_effect(1, 0.9) == design_effect(8, 0) == 1


def test_equal_chances_make_all_three_means_the_plain_one() -> None:
    values = scores(80, 92, 75, 100, 61)
    plain = values.mean()
    made = horvitz_thompson(values, np.full(5, 0.05), frame_size=100)
    assert made["mean"] == pytest.approx(plain)
    assert made["hajek"] == pytest.approx(plain)
    for design in (by_risk(np.full(5, 0.05), 100), simple(5, 100), stratified((40, 2), (60, 3))):
        assert estimate_mean(values, design).value == pytest.approx(plain)


def test_chance_1_for_all_has_no_variance() -> None:
    values, ones = scores(80, 92, 75), np.ones(3)
    made = horvitz_thompson(values, ones, frame_size=3)
    assert (made["total_se"], made["mean_se"], made["hajek_se"]) == (0, 0, 0)
    assert by_risk(ones, 3).variance(values) == 0
    assert simple(3, 3).variance(values) == 0
    assert stratified((1, 1), (2, 2)).variance(values) == 0


def test_a_constant_shifts_hajek_by_itself() -> None:
    before = horvitz_thompson(H2_FAILS, H2_CHANCES, frame_size=200)
    after = horvitz_thompson(H2_FAILS + 7, H2_CHANCES, frame_size=200)
    assert after["hajek"] == pytest.approx(before["hajek"] + 7)
    assert after["hajek_se"] == pytest.approx(before["hajek_se"])
    assert after["mean"] != pytest.approx(before["mean"] + 7)
    for design in (by_risk(H2_CHANCES, 200), simple(6, 200), stratified((150, 4), (50, 2))):
        low, high = estimate_mean(H2_FAILS, design), estimate_mean(H2_FAILS + 7, design)
        assert low.value is not None
        assert high.value == pytest.approx(low.value + 7)
        assert high.standard_error == pytest.approx(low.standard_error)


def test_share_of_a_simple_draw_has_the_plain_interval() -> None:
    made = estimate_share(seen(93, 100), simple(100, 500))
    assert (made.n, made.count) == (100, 93)
    assert made.value == pytest.approx(0.93)
    assert made.interval == share_interval(93, 100, frame_size=500)
    assert made.interval == pytest.approx((0.871222, 0.963087), abs=1e-6)
    exact = estimate_share(seen(93, 100), simple(100, 10**6), kind="clopper-pearson", confidence=0.9)
    assert exact.interval == clopper_pearson(93, 100, confidence=0.9)
    assert exact.method == "clopper-pearson"


def test_mean_of_a_simple_draw_by_hand() -> None:
    values = scores(80, 92, 75, 100, 61)
    made = estimate_mean(values, simple(5, 50))
    error = sqrt((1 - 5 / 50) * values.var(ddof=1) / 5)
    half = t.ppf(0.975, 4) * error
    assert made.standard_error == pytest.approx(error)
    assert made.interval == pytest.approx((values.mean() - half, values.mean() + half))


def test_interval_of_a_score_ends_at_the_scale() -> None:
    made = estimate_mean(scores(100, 100, 60), simple(3, 300), bounds=(0, 100))
    assert made.interval is not None
    assert made.value is not None
    assert 0 <= made.interval[0] < made.value < made.interval[1] <= 100
    # Towards the middle of the scale there is more room than towards its end.
    assert made.value - made.interval[0] > made.interval[1] - made.value


def test_interval_of_a_mean_far_from_the_ends_is_students() -> None:
    values = scores(48, 52, 50, 49, 51, 50)
    inside, free = estimate_mean(values, simple(6, 600), bounds=(0, 100)), estimate_mean(values, simple(6, 600))
    assert inside.interval == pytest.approx(free.interval, abs=0.01)


@pytest.mark.parametrize(("value", "bounds"), [(100.0, (0, 100)), (0.0, (0, 100)), (1.0, (0, 1))])
def test_all_alike_at_the_end_of_the_scale_still_has_an_interval(value: float, bounds: tuple[float, float]) -> None:
    made = estimate_mean(np.full(10, value), simple(10, 1000), bounds=bounds)
    low, high = wilson(10 * value / bounds[1], 10)
    assert (made.value, made.standard_error) == (value, 0)
    assert made.interval == pytest.approx((bounds[1] * low, bounds[1] * high))


def test_share_of_all_or_nothing_takes_the_number_of_kish() -> None:
    design = stratified((900, 5), (100, 5))
    kish = effective_number(design.weights())
    for has, share in ((10, 1.0), (0, 0.0)):
        made = estimate_share(seen(has, 10), design)
        assert (made.value, made.standard_error) == (share, 0)
        assert made.interval == pytest.approx(effective_share_interval(share, kish, df=8))


@pytest.mark.parametrize("estimate", [estimate_mean, estimate_share])
def test_census_is_a_plain_figure_without_interval(estimate: Callable[..., Estimate]) -> None:
    for design in (simple(4, 4), stratified((2, 2), (2, 2)), by_risk(np.ones(4), 4)):
        made = estimate(scores(1, 0, 1, 1), design)
        assert design.is_census
        assert (made.value, made.standard_error, made.interval) == (0.75, 0, None)
        assert made.method.startswith("all audited")


@pytest.mark.parametrize("estimate", [estimate_mean, estimate_share])
def test_nothing_audited_is_no_estimate(estimate: Callable[..., Estimate]) -> None:
    made = estimate(scores(), simple(0, 30, drawn=5))
    assert (made.n, made.value, made.interval) == (0, None, None)
    outside = estimate(np.zeros(4), simple(4, 30), of=np.zeros(4))
    assert (outside.n, outside.value, outside.interval) == (0, None, None)


def test_one_audited_record_has_no_interval() -> None:
    made = estimate_mean(scores(88), simple(1, 40))
    assert (made.n, made.value, made.standard_error, made.interval) == (1, 88, None, None)


def test_group_of_a_simple_draw_is_a_ratio() -> None:
    values, group = scores(80, 92, 75, 100, 61, 70), scores(1, 1, 1, 1, 0, 0)
    made = estimate_mean(values * group, simple(6, 60), of=group)
    mean = 347 / 4
    residuals = (values - mean) * group
    error = sqrt((1 - 0.1) * residuals.var(ddof=1) / 6) / (4 / 6)
    assert made.n == 4
    assert made.value == pytest.approx(mean)
    assert made.standard_error == pytest.approx(error)
    half = t.ppf(0.975, 3) * error
    assert made.interval == pytest.approx((mean - half, mean + half))


def test_share_in_a_group_counts_the_group_alone() -> None:
    group = np.concatenate([np.ones(40), np.zeros(60)])
    values = np.concatenate([seen(30, 40), np.zeros(60)])
    made = estimate_share(values, simple(100, 10_000), of=group)
    assert (made.n, made.count) == (40, 30)
    assert made.value == pytest.approx(0.75)
    # Nearly the interval of 30 of 40, had they been drawn alone.
    assert made.interval == pytest.approx(wilson(30, 40), abs=0.005)


def test_group_over_strata_is_weighed() -> None:
    group = scores(1, 0, 1, 1)
    made = estimate_mean(scores(90, 0, 60, 70), stratified((80, 2), (20, 2)), of=group)
    assert made.value == pytest.approx((40 * 90 + 10 * 60 + 10 * 70) / 60)


def test_group_in_a_risk_weighted_draw_is_weighed() -> None:
    group = scores(1, 1, 1, 0, 0, 1)
    made = estimate_share(H2_FAILS * group, by_risk(H2_CHANCES, 200), of=group)
    assert made.value == pytest.approx((25 + 10) / (50 + 50 + 25 + 10))
    assert (made.n, made.count) == (4, 2)


def test_services_of_agencies_by_the_formula_of_a_ratio() -> None:
    rng = np.random.default_rng(138)
    services = rng.integers(1, 10, size=40).astype(np.float64)
    right = rng.binomial(services.astype(int), rng.beta(4, 1, size=40)).astype(np.float64)
    made = estimate_mean(right, simple(40, 900), of=services, bounds=(0, 1))
    ratio = right.sum() / services.sum()
    residuals = right - ratio * services
    variance = (1 - 40 / 900) / 40 * float((residuals**2).sum()) / 39 / float(services.mean()) ** 2
    assert made.value == pytest.approx(ratio)
    assert made.standard_error == pytest.approx(sqrt(variance), rel=1e-12)
    assert made.n == 40
    # As if every service had been drawn by itself it would look surer.
    assert variance > ratio * (1 - ratio) / services.sum()


def test_services_of_agencies_in_strata_by_the_formula_of_a_combined_ratio() -> None:
    services, right = scores(2, 5, 3, 4, 6, 1), scores(2, 3, 3, 1, 5, 0)
    made = estimate_mean(right, stratified((30, 3), (90, 3)), of=services)
    weights = scores(10, 10, 10, 30, 30, 30)
    ratio = (weights * right).sum() / (weights * services).sum()
    z = right - ratio * services
    variance = 30**2 * 0.9 * z[:3].var(ddof=1) / 3 + 90**2 * (1 - 3 / 90) * z[3:].var(ddof=1) / 3
    assert made.value == pytest.approx(ratio)
    assert made.standard_error == pytest.approx(sqrt(variance) / (weights * services).sum())


def test_records_without_services_say_nothing_about_services() -> None:
    made = estimate_mean(scores(2, 0, 3), simple(3, 90), of=scores(2, 0, 4))
    assert made.n == 2
    assert made.value == pytest.approx(5 / 6)


def test_records_not_done_are_weighed_out_in_their_stratum() -> None:
    strata = [
        DrawnStratum(name="a", frame_size=80, size=4),
        DrawnStratum(name="b", frame_size=20, size=4),
    ]
    design = settle_design(strata, ["a", "a", "b", "b", "b", "b"], [0.05] * 2 + [0.2] * 4)
    assert design.weights().tolist() == [40, 40, 5, 5, 5, 5]
    values = scores(100, 80, 60, 70, 60, 70)
    made = estimate_mean(values, design)
    assert made.value == pytest.approx(0.8 * 90 + 0.2 * 65)
    variance = 0.8**2 * (1 - 2 / 80) * 200 / 2 + 0.2**2 * (1 - 4 / 20) * values[2:].var(ddof=1) / 4
    assert made.standard_error == pytest.approx(sqrt(variance))


def test_records_not_done_in_a_risk_weighted_draw_shrink_all_chances() -> None:
    done, whole = by_risk(H2_CHANCES, 200, drawn=12), by_risk(H2_CHANCES, 200)
    values = H2_FAILS - 0.272727
    assert done.weights() == pytest.approx(whole.weights())
    assert whole.weights().sum() == done.weights().sum() == pytest.approx(200)
    assert done.variance(values) > whole.variance(values)
    half = horvitz_thompson(H2_FAILS, H2_CHANCES / 2, frame_size=200)
    assert estimate_share(H2_FAILS, done).standard_error == pytest.approx(half["hajek_se"])


def test_stratum_with_one_audit_is_taken_together_with_the_smallest() -> None:
    strata = [
        DrawnStratum(name="a", frame_size=100, size=5),
        DrawnStratum(name="b", frame_size=50, size=3),
        DrawnStratum(name="c", frame_size=70, size=3),
    ]
    names = ["a"] * 5 + ["b"] + ["c"] * 3
    design = settle_design(strata, names, [0.05] * 9)
    assert [(one.name, one.frame_size, one.size) for one in design.strata] == [("a", 100, 5), ("c", 120, 6)]
    assert design.stratum.tolist() == [0] * 5 + [1] * 4
    assert design.frame_size == 220
    assert design.weights().tolist() == [20] * 5 + [30] * 4
    assert design.notices == ("The stratum b has 1 audited records; it is taken together with c.",)
    assert design.degrees_of_freedom() == 7


def test_strata_without_any_audit_are_spoken_for_by_others() -> None:
    strata = [DrawnStratum(name=name, frame_size=size, size=2) for name, size in (("a", 9), ("b", 30), ("c", 5))]
    design = settle_design(strata, ["b", "b"], [0.1, 0.1])
    assert [(one.name, one.frame_size) for one in design.strata] == [("b", 44)]
    assert len(design.notices) == 2
    assert estimate_mean(scores(70, 90), design).value == 80


def test_stratum_of_one_record_that_was_audited_stands_alone() -> None:
    design = stratified((1, 1), (99, 3))
    assert design.notices == ()
    made = estimate_mean(scores(0, 90, 80, 70), design)
    assert made.value == pytest.approx(0.99 * 80)
    assert made.standard_error == pytest.approx(sqrt(0.99**2 * (1 - 3 / 99) * 100 / 3))
    assert design.degrees_of_freedom() == 2


def test_strata_audited_whole_leave_the_degrees_of_freedom_to_the_others() -> None:
    assert stratified((6, 6), (90, 4)).degrees_of_freedom() == 3
    assert stratified((6, 6), (4, 4)).degrees_of_freedom() == inf


def test_empty_strata_are_left_out() -> None:
    strata = [DrawnStratum(name="a", frame_size=0, size=0), DrawnStratum(name="b", frame_size=9, size=2)]
    design = settle_design(strata, ["b", "b"], [2 / 9] * 2)
    assert [one.name for one in design.strata] == ["b"]
    assert design.is_plain


def test_rare_errors_in_small_strata_do_not_look_too_sure() -> None:
    design = stratified((1000, 30), (40, 4))
    values = np.concatenate([np.zeros(30), seen(1, 4)])
    made = estimate_share(values, design)
    assert made.interval is not None
    assert made.value is not None
    most = effective_number(design.weights()) / (1 - 34 / 1040)
    assert made.interval == pytest.approx(effective_share_interval(made.value, most, df=32))


def draws_of(values: Sequence[float], chances: Floats, rng: np.random.Generator) -> Floats:
    """Return Hajek's mean of many draws in which each record comes by its own chance."""
    every = rng.random((4000, len(values))) < chances
    weights = every / chances
    return np.asarray((weights * values).sum(axis=1)[every.any(axis=1)] / weights.sum(axis=1)[every.any(axis=1)])


def test_stated_error_is_the_spread_of_many_draws() -> None:
    rng = np.random.default_rng(3200)
    values, chances = rng.normal(85, 8, size=300), rng.uniform(0.1, 0.6, size=300)
    means = draws_of(values.tolist(), chances, rng)
    errors = []
    for _ in range(50):
        drawn = rng.random(300) < chances
        errors.append(horvitz_thompson(values[drawn], chances[drawn], frame_size=300)["hajek_se"])
    assert means.mean() == pytest.approx(values.mean(), abs=0.1)
    assert np.mean(errors) == pytest.approx(means.std(ddof=1), rel=0.06)


def test_spread_of_earlier_scores() -> None:
    assert spread_of({"a": [80, 90, 100], "b": [70], "c": [], "d": [5, 5]}) == {"a": 10, "d": 0}


def test_rare_errors_under_weights_far_apart_do_not_look_too_sure() -> None:
    """No stratum is small, but Neyman's allocation made the weights differ by twenty."""
    design = stratified((2000, 20), (200, 40))
    values = np.concatenate([seen(0, 20), seen(3, 40)])
    made = estimate_share(values, design)
    assert made.interval is not None
    assert made.value is not None
    most = effective_number(design.weights()) / (1 - 60 / 2200)
    assert made.value * (1 - made.value) / (made.standard_error or 1) ** 2 > most
    assert made.interval == pytest.approx(effective_share_interval(made.value, most, df=58))


def test_heavy_tails_leave_few_degrees_of_freedom() -> None:
    """A variance that rests on one record is a guess, however many were audited."""
    design = simple(200, 20_000)
    rng = np.random.default_rng(5)
    assert design.tail_degrees(np.array([1.0, -1.0] * 100)) == inf
    assert design.tail_degrees(rng.normal(size=200)) == pytest.approx(200, rel=0.35)
    one = np.zeros(200)
    one[0] = 100.0
    assert design.tail_degrees(one) == pytest.approx(2, rel=0.05)
    # The scale does not matter, and nothing at all says nothing.
    some = rng.exponential(size=200)
    assert design.tail_degrees(some) == pytest.approx(design.tail_degrees(10 * some))
    assert design.tail_degrees(np.zeros(200)) == inf


def test_scores_with_a_few_very_bad_ones_have_a_wider_interval() -> None:
    even = np.array([90.0, 94.0] * 50)
    uneven = np.full(100, 92.0 + 2 / 99)
    uneven[0] = 90.0
    uneven = 92 + (uneven - uneven.mean()) * (even.std() / uneven.std())
    calm, wild = (estimate_mean(values, simple(100, 10_000), bounds=(0, 100)) for values in (even, uneven))
    assert calm.interval is not None
    assert wild.interval is not None
    assert calm.standard_error == pytest.approx(wild.standard_error)
    assert wild.interval[1] - wild.interval[0] > 1.5 * (calm.interval[1] - calm.interval[0])
