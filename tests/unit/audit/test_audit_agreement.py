from __future__ import annotations

from collections.abc import Sequence

import krippendorff
import numpy as np
import numpy.typing as npt
import pytest
from sklearn.metrics import cohen_kappa_score

from pipeline.audit.agreement import Level, Weighting, cohen_kappa, krippendorff_alpha, percent_agreement
from schemas.errors import ContractError

NEAR = 1e-6
TABLES = 250
K1 = [[24, 2], [1, 3]]
K2 = [[28, 1], [1, 0]]
K3 = [[12, 2, 0], [3, 6, 1], [0, 1, 5]]


def ratings_of(table: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Return the ratings of two raters whose table this is."""
    pairs = [
        (first, second)
        for first, row in enumerate(table)
        for second, count in enumerate(row)
        for _ in range(int(count))
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def raters_of(text: str) -> list[list[int | None]]:
    """Return the ratings written as digits, raters apart by a slash; a dot where there is none."""
    return [[None if sign == "·" else int(sign) for sign in row.strip()] for row in text.split("/")]


def pairs_alike(ratings: Sequence[Sequence[int | None]]) -> float:
    """Return the share of all pairs of ratings of a unit that are equal."""
    alike = pairs = 0
    for unit in zip(*ratings, strict=True):
        given = [one for one in unit if one is not None]
        for place, one in enumerate(given):
            alike += sum(one == other for other in given[place + 1 :])
            pairs += len(given) - place - 1
    return alike / pairs


@pytest.mark.parametrize(
    ("table", "agree", "by_chance", "kappa", "nominal", "ordinal"),
    [
        (K1, 0.9, 0.744444, 0.608696, 0.614379, 0.614379),
        (K2, 0.933333, 0.935556, -0.034483, -0.017241, -0.017241),
        (K3, 0.766667, 0.373333, 0.627660, 0.633540, 0.783340),
    ],
)
def test_vectors_of_two_raters(
    table: list[list[int]], agree: float, by_chance: float, kappa: float, nominal: float, ordinal: float
) -> None:
    first, second = ratings_of(table)
    made = cohen_kappa(first, second)
    assert percent_agreement(first, second) == pytest.approx(agree, abs=NEAR)
    assert made == pytest.approx(kappa, abs=NEAR)
    assert made == pytest.approx((agree - by_chance) / (1 - by_chance), abs=2e-5)
    assert krippendorff_alpha([first, second]) == pytest.approx(nominal, abs=NEAR)
    assert krippendorff_alpha([first, second], level="ordinal") == pytest.approx(ordinal, abs=NEAR)


def test_weighted_kappa_of_three_bands() -> None:
    first, second = ratings_of(K3)
    assert cohen_kappa(first, second, weighting="linear") == pytest.approx(0.715447, abs=NEAR)
    assert cohen_kappa(first, second, weighting="quadratic") == pytest.approx(0.806630, abs=NEAR)


@pytest.mark.parametrize(
    ("text", "agree", "nominal", "ordinal"),
    [
        ("1111010111 / 1110010111", 0.9, 0.746667, 0.746667),
        ("3323123312 / 3223123322 / 332·133·12", 0.7692, 0.669388, 0.800776),
        ("31233213 / 31323213 / ·2333113 / 2123·223", 0.5714, 0.360046, 0.683365),
    ],
)
def test_vectors_of_alpha(text: str, agree: float, nominal: float, ordinal: float) -> None:
    ratings = raters_of(text)
    assert pairs_alike(ratings) == pytest.approx(agree, abs=5e-5)
    assert krippendorff_alpha(ratings) == pytest.approx(nominal, abs=NEAR)
    assert krippendorff_alpha(ratings, level="ordinal") == pytest.approx(ordinal, abs=NEAR)


def test_coincidences_of_r2_by_hand() -> None:
    """Disagreement 6 against 18.1481 expected, over 28 values."""
    totals = np.array([5.0, 10.0, 13.0])
    expected = (totals.sum() ** 2 - (totals**2).sum()) / (totals.sum() - 1)
    assert expected == pytest.approx(18.1481, abs=5e-5)
    ratings = raters_of("3323123312 / 3223123322 / 332·133·12")
    assert krippendorff_alpha(ratings) == pytest.approx(1 - 6 / expected, abs=1e-12)


@pytest.mark.parametrize(("weighting", "wt"), [("none", None), ("linear", "linear"), ("quadratic", "quadratic")])
def test_kappa_is_that_of_scikit_learn(weighting: Weighting, wt: str | None) -> None:
    rng = np.random.default_rng(60)
    compared = 0
    while compared < TABLES:
        count = int(rng.integers(2, 6))
        table = rng.poisson(rng.uniform(0.3, 6), size=(count, count))
        if np.count_nonzero(table.sum(axis=0)) < 2 or np.count_nonzero(table.sum(axis=1)) < 2:
            continue
        first, second = ratings_of(table.tolist())
        made = cohen_kappa(first, second, categories=range(count), weighting=weighting)
        expected = cohen_kappa_score(first, second, labels=list(range(count)), weights=wt)
        assert made == pytest.approx(expected, abs=1e-12)
        compared += 1


def random_ratings(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return ratings of a few raters that agree more often than not, a part of them missing, from 1 up to at most 5."""
    count, raters, units = int(rng.integers(2, 6)), int(rng.integers(2, 6)), int(rng.integers(4, 30))
    truth = rng.integers(1, count + 1, size=units)
    own = rng.integers(1, count + 1, size=(raters, units))
    ratings = np.where(rng.random((raters, units)) < rng.uniform(0.2, 0.9), truth, own).astype(np.float64)
    ratings[rng.random((raters, units)) < rng.choice([0.0, 0.1, 0.4])] = np.nan
    return ratings


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_alpha_is_that_of_krippendorff(level: Level) -> None:
    rng = np.random.default_rng(2004)
    compared = 0
    while compared < TABLES:
        ratings = random_ratings(rng)
        twice = ratings[:, (~np.isnan(ratings)).sum(axis=0) > 1]
        if np.unique(twice[~np.isnan(twice)]).size < 2:
            continue
        rows = [[None if np.isnan(one) else int(one) for one in row] for row in ratings]
        expected = krippendorff.alpha(reliability_data=ratings, level_of_measurement=level)
        assert krippendorff_alpha(rows, level=level) == pytest.approx(expected, abs=1e-12)
        compared += 1


def test_nothing_to_compare_is_not_defined() -> None:
    assert percent_agreement([], []) is None
    assert cohen_kappa([], []) is None
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([[], []]) is None
    assert krippendorff_alpha([[1, None], [None, 2]]) is None


@pytest.mark.parametrize("weighting", ["none", "linear", "quadratic"])
def test_all_alike_is_not_defined(weighting: Weighting) -> None:
    bands = ("fail", "coaching", "meets")
    for count in (1, 3, 7, 49):
        alike = ["meets"] * count
        assert percent_agreement(alike, alike) == 1
        assert cohen_kappa(alike, alike, weighting=weighting) is None
        assert cohen_kappa(alike, alike, categories=bands, weighting=weighting) is None
        assert krippendorff_alpha([alike, alike]) is None
        assert krippendorff_alpha([alike, alike], level="ordinal", categories=bands) is None


def test_units_scored_once_say_nothing() -> None:
    assert krippendorff_alpha([["a", "b", "a", None], ["a", "b", "b", "c"]]) == krippendorff_alpha(
        [["a", "b", "a"], ["a", "b", "b"]]
    )
    assert krippendorff_alpha([["a", "a", "b"], ["a", "a", None]]) is None


def test_one_rater_always_differs_from_the_other() -> None:
    assert cohen_kappa(["yes"] * 5, ["no"] * 5) == 0
    assert percent_agreement(["yes"] * 5, ["no"] * 5) == 0


def test_order_of_bands_counts_only_when_it_is_given() -> None:
    first, second = ["fail", "meets", "coaching", "fail"], ["coaching", "meets", "meets", "meets"]
    given = cohen_kappa(first, second, categories=("fail", "coaching", "meets"), weighting="linear")
    turned = cohen_kappa(first, second, categories=("meets", "coaching", "fail"), weighting="linear")
    alphabet = cohen_kappa(first, second, weighting="linear")
    assert given == pytest.approx(turned, abs=1e-12)
    assert given != pytest.approx(alphabet, abs=1e-6)


def test_numbers_are_ordered_as_numbers() -> None:
    first, second = [1, 2, 9, 10, 11, 2, 3], [2, 2, 10, 10, 9, 1, 11]
    categories = sorted({*first, *second})
    in_order = krippendorff_alpha([first, second], level="ordinal", categories=categories)
    assert in_order == pytest.approx(
        krippendorff.alpha(reliability_data=np.array([first, second], dtype=float), level_of_measurement="ordinal"),
        abs=1e-12,
    )
    assert krippendorff_alpha([first, second], level="ordinal") == pytest.approx(in_order, abs=1e-12)
    assert cohen_kappa(first, second, weighting="linear") == pytest.approx(
        cohen_kappa(first, second, categories=categories, weighting="linear"), abs=1e-12
    )


def test_wrong_input_is_our_bug() -> None:
    with pytest.raises(ContractError, match="different numbers"):
        cohen_kappa(["a"], [])
    with pytest.raises(ContractError, match="different numbers"):
        percent_agreement(["a"], [])
    with pytest.raises(ContractError, match="different numbers"):
        krippendorff_alpha([["a"], []])
    with pytest.raises(ContractError, match="none of the categories"):
        cohen_kappa(["a"], ["b"], categories=["a"])
    with pytest.raises(ContractError, match="none of the categories"):
        krippendorff_alpha([["a"], ["b"]], categories=["a"])
