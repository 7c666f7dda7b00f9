"""Match quality on labelled lists."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.match.evaluate import evaluate_matching
from schemas.errors import InputError
from schemas.match_parameters import MatchParameters

PARAMETERS = MatchParameters()

#: Two records of one agency, one of its exact copies, and two others.
RECORDS = pl.DataFrame(
    {
        "id": ["1", "2", "3", "4", "5"],
        "name": [
            "Harbor Light Mission",
            "Harbor Light Mission, Inc.",
            "HARBOR LIGHT MISSION",
            "Prairie Legal",
            "Elm Guild",
        ],
        "phone": ["(217) 555-0101", "217.555.0101", "(217) 555-0101", "217-555-0102", "217-555-0103"],
    }
)


def test_figures_worked_by_hand() -> None:
    """Otherwise the quality that is published is not the quality there is."""
    result = evaluate_matching(RECORDS, truth_labels=pl.Series(["h", "h", "h", "p", "p"]), parameters=PARAMETERS)
    answer = result.to_json()
    # True pairs: 1-2, 1-3, 2-3, 4-5. Found: the first three.
    assert answer["records"] == 5
    assert answer["true_pairs"] == 4
    assert answer["predicted_pairs"] == 3
    assert (answer["precision"], answer["recall"]) == (1.0, 0.75)
    assert answer["f1"] == pytest.approx(6 / 7)
    assert answer["threshold"] == PARAMETERS.agency.duplicate_score
    distinct = answer["distinct"]
    assert isinstance(distinct, dict)
    # 3 is an exact copy of 1: true pairs 1-2 and 4-5 are left.
    assert (distinct["records"], distinct["true_pairs"], distinct["predicted_pairs"]) == (4, 2, 1)


def test_blank_labels_are_records_of_their_own() -> None:
    """Otherwise all unlabelled rows count as one big duplicate."""
    result = evaluate_matching(RECORDS, truth_labels=pl.Series(["h", "h", None, "", " "]), parameters=PARAMETERS)
    assert result.full.true_pairs == 1


def test_labelled_pairs_only_are_judged() -> None:
    """Otherwise pairs that nobody labelled count as mistakes, or unsure ones as hits."""
    pairs = pl.DataFrame(
        {
            "id_a": ["2", "1", "4", "2"],
            "id_b": ["1", "3", "5", "3"],
            "label": ["duplicate", "related", "distinct", "unsure"],
        }
    )
    result = evaluate_matching(RECORDS, truth_pairs=pairs, parameters=PARAMETERS)
    answer = result.to_json()
    # Predicted: 1-2 (right), 1-3 (labelled related: wrong), 2-3 (unsure: left out).
    assert (answer["true_pairs"], answer["predicted_pairs"], answer["unlabelled_predicted"]) == (1, 2, 0)
    assert (answer["precision"], answer["recall"]) == (0.5, 1.0)
    one = evaluate_matching(RECORDS, truth_pairs=pairs.head(1), parameters=PARAMETERS).to_json()
    assert (one["predicted_pairs"], one["unlabelled_predicted"]) == (1, 2)
    assert "distinct" not in one


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ({"id_a": ["1"], "id_b": ["2"]}, "no column label"),
        ({"id_a": ["1"], "id_b": ["2"], "label": ["same"]}, "'same'"),
        ({"id_a": ["1"], "id_b": ["77"], "label": ["duplicate"]}, "'77'"),
        ({"id_a": ["1", "2"], "id_b": ["2", "1"], "label": ["duplicate", "distinct"]}, "two ways"),
    ],
)
def test_truth_that_does_not_fit_is_refused(pairs: dict[str, list[str]], words: str) -> None:
    """Otherwise a slip in the truth file silently changes the quality."""
    with pytest.raises(InputError, match=words):
        evaluate_matching(RECORDS, truth_pairs=pl.DataFrame(pairs), parameters=PARAMETERS)


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (RECORDS.drop("name"), "no column for name"),
        (RECORDS.with_columns(id=pl.lit("1")), "more than one record"),
        (RECORDS.with_columns(id=pl.Series(["1", "", "3", "4", "5"])), "Record 2"),
    ],
)
def test_lists_that_cannot_be_compared_are_refused(records: pl.DataFrame, words: str) -> None:
    """Otherwise records with one id are mixed up without a word."""
    with pytest.raises(InputError, match=words):
        evaluate_matching(records, truth_labels=pl.Series(["x"] * 5), parameters=PARAMETERS)


def test_one_kind_of_truth_is_needed() -> None:
    """Otherwise nobody knows which truth the figures are held against."""
    with pytest.raises(InputError, match="one kind of truth"):
        evaluate_matching(RECORDS, parameters=PARAMETERS)


@pytest.mark.real_data
def test_quality_on_early_childhood_sites(shared: Path) -> None:
    """Otherwise a change of weights may halve the quality on real, dirty text without anybody noticing."""
    rows = pl.read_csv(shared / "data/chicago_early_childhood/chicago_dev.csv", infer_schema=False)
    records = rows.select(id="Id", name="Site name", address="Address", postal_code="Zip", phone="Phone")
    result = evaluate_matching(records, truth_labels=rows["True Id"], entity="site", parameters=PARAMETERS)
    assert (result.full.records, result.full.true_pairs) == (1658, 3359)
    assert result.distinct is not None
    assert (result.distinct.records, result.distinct.true_pairs) == (1268, 1362)
    assert result.distinct.duplicate.f1 is not None
    assert result.distinct.duplicate.f1 > 0.93
    assert result.distinct.blocking_recall is not None
    assert result.distinct.blocking_recall > 0.98


@pytest.mark.real_data
def test_quality_on_restaurants(shared: Path) -> None:
    """Otherwise settings that fit one list only pass for good ones."""
    rows = pl.read_csv(shared / "data/restaurants/restaurants.csv", infer_schema=False)
    records = rows.select("id", "name", "address", "city")
    result = evaluate_matching(records, truth_labels=rows["unique_id"], entity="site", parameters=PARAMETERS)
    assert result.full.true_pairs == 112
    assert result.full.duplicate.f1 is not None
    assert result.full.duplicate.f1 > 0.88
