"""Draws with unequal chances: that the chances that are told are the chances that are had."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.audit.chances import draw_order, floor_weights, inclusion_probabilities
from pipeline.audit.estimate import DrawnStratum, estimate_share, settle_design


def test_realised_chances_are_the_stated_ones_and_hajek_is_right_where_the_plain_share_is_wrong() -> None:
    """3,200 records, 465 of them with fourfold weight, 138 drawn: stated .0300 and .1201."""
    rng = np.random.default_rng(20261128)
    weights = np.where(np.arange(3_200) < 465, 4.0, 1.0)
    failing = rng.random(3_200) < np.where(weights > 1, 0.2, 0.06)
    chances = inclusion_probabilities(weights, size=138)
    assert (chances[-1], chances[0]) == (pytest.approx(0.0300, abs=5e-5), pytest.approx(0.1201, abs=5e-5))
    ids = [f"{place:04d}" for place in range(3_200)]
    strata = [DrawnStratum(name="all", frame_size=3_200, size=138, is_poisson=True)]
    heavy, light, weighed, plain = [], [], [], []
    for audit in range(2_000):
        numbers = rng.random(3_200)
        places = np.argpartition(numbers / weights, 138)[:138]
        if not audit:
            assert set(places) == set(draw_order(weights, numbers, size=138, ids=ids))
        heavy.append((places < 465).sum() / 465)
        light.append((places >= 465).sum() / (3_200 - 465))
        design = settle_design(strata, ["all"] * 138, chances[places].tolist())
        weighed.append(estimate_share(failing[places].astype(float), design).value)
        plain.append(failing[places].mean())

    def error(values: list[float]) -> float:
        return float(np.std(values) / np.sqrt(len(values)))

    assert np.mean(heavy) == pytest.approx(0.1201, abs=4 * error(heavy))
    assert np.mean(light) == pytest.approx(0.0300, abs=4 * error(light))
    truth = failing.mean()
    assert np.mean(weighed) == pytest.approx(truth, abs=4 * error(weighed))
    assert np.mean(plain) > truth + 20 * error(plain)


def test_chances_are_capped_and_the_rest_shared_anew() -> None:
    assert inclusion_probabilities(np.array([1.0, 1, 1, 10, 10]), size=3) == pytest.approx([1 / 3] * 3 + [1, 1])
    assert inclusion_probabilities(np.array([2.0, 3, 4]), size=3) == pytest.approx([1, 1, 1])


def test_records_that_are_certain_go_first_and_nobody_is_taken_back() -> None:
    """Two records reach chance 1 at one size: the second takes the next place."""
    weights = np.array([1.0] * 100 + [10.0] * 3)
    numbers = np.array([0.01 * place for place in range(100)] + [0.99, 0.98, 0.97])
    ids = [f"{place:03d}" for place in range(103)]
    before: set[int] = set()
    for size in range(1, 104):
        drawn = draw_order(weights, numbers, size=size, ids=ids)
        assert len(set(drawn)) == size
        assert before <= set(drawn)
        before = set(drawn)
    # 13 x 10 / 130 = 1: from there on the three are certain, and at 15 all of them are in.
    assert {100, 101, 102} <= set(draw_order(weights, numbers, size=15, ids=ids))


@pytest.mark.parametrize("floor", [0.1, 0.25, 0.5, 1.0])
def test_no_weight_is_below_its_share_of_the_mean(floor: float) -> None:
    rng = np.random.default_rng(1)
    for risks in (rng.random(50) ** 4, np.array([0.0, 0, 0, 5.0]), np.zeros(4), np.array([0.3])):
        weights = floor_weights(risks, floor=floor)
        assert (weights > 0).all()
        assert weights.min() >= floor * weights.mean() * (1 - 1e-9)
        raised = weights > risks
        # Only those below were raised, all to the same.
        assert np.unique(np.round(weights[raised], 12)).size <= 1
