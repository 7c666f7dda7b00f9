from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binomtest, norm, t

from pipeline.audit.intervals import (
    Interval,
    clopper_pearson,
    effective_share_interval,
    mean_interval,
    narrowed,
    normal_quantile,
    share_interval,
    student_quantile,
    wilson,
)

#: x, n, ends of Wilson's and of Clopper and Pearson's interval.
VECTORS = [
    (93, 100, (0.862505, 0.965681), (0.861080, 0.971395)),
    (98, 100, (0.929988, 0.994498), (0.929616, 0.997569)),
    (28, 30, (0.786765, 0.981523), (0.779265, 0.991822)),
    (30, 30, (0.886487, 1), (0.884297, 1)),
    (125, 138, (0.845495, 0.944119), (0.844298, 0.948882)),
    (0, 30, (0, 0.113513), (0, 0.115703)),
    (1, 20, (0.008881, 0.236131), (0.001265, 0.248733)),
]


@pytest.mark.parametrize(("count", "n", "ends", "exact_ends"), VECTORS)
def test_published_vectors(count: int, n: int, ends: tuple[float, float], exact_ends: tuple[float, float]) -> None:
    assert wilson(count, n) == pytest.approx(ends, abs=1e-6)
    assert clopper_pearson(count, n) == pytest.approx(exact_ends, abs=1e-6)


@pytest.mark.parametrize(("made", "method"), [(wilson, "wilson"), (clopper_pearson, "exact")])
def test_same_as_scipy(made: Callable[..., Interval], method: str) -> None:
    rng = np.random.default_rng(211)
    for _ in range(300):
        n = int(rng.integers(1, 600))
        count, confidence = int(rng.integers(0, n + 1)), float(rng.choice([0.8, 0.9, 0.95, 0.99]))
        expected = binomtest(count, n).proportion_ci(confidence_level=confidence, method=method)
        assert made(count, n, confidence=confidence) == pytest.approx((expected.low, expected.high), abs=1e-10)


def test_ends_that_are_0_or_1_by_nature_are_exact() -> None:
    for n in (1, 3, 7, 30, 999):
        assert wilson(0, n)[0] == clopper_pearson(0, n)[0] == 0.0
        assert wilson(n, n)[1] == clopper_pearson(n, n)[1] == 1.0


def test_quantiles() -> None:
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert normal_quantile(0.9) == pytest.approx(norm.ppf(0.95), abs=1e-12)
    assert student_quantile(0.95, 9) == pytest.approx(t.ppf(0.975, 9), abs=1e-10)
    assert student_quantile(0.95, float("inf")) == normal_quantile(0.95)


def test_narrowed_example() -> None:
    count, n = narrowed(93, 100, frame_size=500)
    assert (count, n) == pytest.approx((0.93 * 124.75, 124.75), abs=1e-12)
    assert share_interval(93, 100, frame_size=500) == pytest.approx((0.871222, 0.963087), abs=1e-6)


def test_narrowed_only_above_a_twentieth_of_the_frame() -> None:
    assert share_interval(93, 100, frame_size=2000) == wilson(93, 100)
    narrow = share_interval(93, 100, frame_size=1999)
    assert narrow is not None
    assert narrow[1] - narrow[0] < np.subtract(*wilson(93, 100)[::-1])


def test_clopper_pearson_on_request() -> None:
    assert share_interval(93, 100, frame_size=10**6, kind="clopper-pearson") == clopper_pearson(93, 100)
    wide, narrow = clopper_pearson(93, 100), share_interval(93, 100, frame_size=500, kind="clopper-pearson")
    assert narrow is not None
    assert narrow == pytest.approx(clopper_pearson(0.93 * 124.75, 124.75), abs=1e-12)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(("count", "n"), [(0, 0), (7, 10), (10, 10), (0, 10)])
@pytest.mark.parametrize("kind", ["wilson", "clopper-pearson"])
def test_nothing_or_the_whole_frame_audited_has_no_interval(count: int, n: int, kind: str) -> None:
    assert share_interval(count, n, frame_size=10, kind=kind) is None


def test_all_but_one_audited_has_an_interval() -> None:
    interval = share_interval(9, 9, frame_size=10)
    assert interval is not None
    assert 0.9 < interval[0] < interval[1] == 1


def test_effective_numbers_need_not_be_whole() -> None:
    low, high = effective_share_interval(0.91, 103.4)
    assert (low, high) == pytest.approx((0.839, 0.951), abs=5e-4)
    assert effective_share_interval(0.5, 100) == wilson(50, 100)


def test_mean_is_in_the_middle_of_its_interval() -> None:
    assert mean_interval(266 / 3, 1.886396, df=9) == pytest.approx((84.3993, 92.9339), abs=1e-4)
    assert mean_interval(5, 0, df=3) == (5, 5)
