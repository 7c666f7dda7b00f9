from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from pipeline.audit.answers import AnswerEntry, carry_answers, fold_answers, standing_answers
from pipeline.audit.scores import band_of, criterion_weights, item_points, score_records
from schemas.auditing import AutomaticScore, DrawItem
from schemas.contract import conform, empty_table, schema_of
from schemas.parameters import AuditParameters
from schemas.scorecard import QUESTIONS, REMARK_ID

PARAMETERS = AuditParameters()
ALL_YES = dict.fromkeys((question.item_id for question in QUESTIONS), "yes")
NO_GRAMMAR = {item_id: "not applicable" for item_id in ALL_YES if item_id.startswith("grammar.")}
#: Every part right: completeness 1 and four points of indexing.
FULL = {
    "completeness.mandatory": (13, 13),
    "completeness.recommended": (10, 10),
    "indexing.valid": (3, 3),
    "indexing.service_term": (3, 3),
    "indexing.level": (3, 3),
    "indexing.targets": (3, 3),
}


def entry(
    sequence: int,
    answers: Mapping[str, str | None],
    *,
    auditor: str = "Ann",
    role: str = "first",
    record: str = "r1",
    batch: str = "b1",
) -> AnswerEntry:
    """Return the log entry of a worksheet with the answers of one record."""
    rows = [
        {"center_id": "c1", "record_uid": record, "item_id": item_id, "answer": answer, "comment": f"e{sequence}"}
        for item_id, answer in answers.items()
    ]
    return AnswerEntry(
        sequence=sequence,
        handed_in_on=date(2026, 11, sequence),
        batch_id=batch,
        payload={"auditor": auditor, "role": role, "rows": rows},
    )


def automatic(items: Mapping[str, tuple[int, int]], *, record: str = "r1", batch: str = "b1") -> pl.DataFrame:
    """Return what the rules say of one record: points and possible by item."""
    rows = [
        {
            "batch_id": batch,
            "center_id": "c1",
            "record_uid": record,
            "item_id": item_id,
            "points": got,
            "possible": most,
        }
        for item_id, (got, most) in items.items()
    ]
    return pl.DataFrame(rows, schema=schema_of(AutomaticScore))


def score(
    answers: Mapping[str, str | None],
    items: Mapping[str, tuple[int, int]] = FULL,
    parameters: AuditParameters = PARAMETERS,
) -> dict[str, object]:
    """Return the one score of a record of which everything is right except what is given."""
    made = score_records(
        fold_answers([entry(1, ALL_YES | dict(answers))]), automatic=automatic(items), parameters=parameters
    )
    return made.row(0, named=True)


def test_worked_score() -> None:
    made = score(
        {"accuracy.fees": "no", "readability.kind": "no", **NO_GRAMMAR},
        FULL | {"completeness.mandatory": (12, 13), "completeness.recommended": (6, 10), "indexing.level": (2, 3)},
    )
    assert made["accuracy"] == 7 / 8
    assert made["completeness"] == pytest.approx(0.858462, abs=1e-6)
    assert made["indexing"] == pytest.approx(5 / 6)
    assert made["readability"] == 3 / 4
    assert made["grammar"] is None
    assert made["score"] == pytest.approx(84.7258, abs=5e-5)
    assert made["band"] == "coaching"
    assert (made["faults"], made["critical_errors"], made["unanswered"]) == (2, 0, 0)


def test_everything_right_is_100() -> None:
    made = score({})
    assert made["score"] == pytest.approx(100)
    assert made["band"] == "meets"


def test_weights_by_hand() -> None:
    assert criterion_weights(PARAMETERS) == {
        "accuracy": 35,
        "completeness": 25,
        "indexing": 20,
        "readability": 10,
        "grammar": 10,
    }
    other = AuditParameters(weight_accuracy=50, weight_completeness=0, weight_indexing=50)
    made = score({"accuracy.name": "no"}, FULL | {"completeness.mandatory": (0, 13)}, other)
    assert made["score"] == pytest.approx(100 * (50 * 7 / 8 + 50 + 20) / 120)


def test_one_wrong_service_costs_the_whole_point_of_an_index_item() -> None:
    shares = item_points(automatic({"indexing.valid": (9, 10), "completeness.mandatory": (9, 10)}))
    assert dict(shares.select("item_id", "share").iter_rows()) == {"indexing.valid": 0, "completeness.mandatory": 0.9}
    assert score({}, FULL | {"indexing.valid": (9, 10)})["indexing"] == pytest.approx(5 / 6)


def test_index_items_that_do_not_apply_are_left_out() -> None:
    some = {item_id: FULL[item_id] for item_id in FULL if item_id not in ("indexing.targets", "indexing.level")}
    assert score({"indexing.terms": "no"}, some)["indexing"] == pytest.approx(3 / 4)
    assert score({"indexing.terms": "no"}, {})["indexing"] == pytest.approx(1 / 2)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"mandatory": (12, 13), "recommended": (6, 10)}, 0.8 * 12 / 13 + 0.2 * 0.6),
        ({"mandatory": (12, 13)}, 12 / 13),
        ({"recommended": (6, 10)}, 0.6),
        ({}, None),
    ],
)
def test_completeness_without_one_kind_of_element(parts: dict[str, tuple[int, int]], expected: float | None) -> None:
    items = {f"completeness.{kind}": points for kind, points in parts.items()}
    assert score({}, items)["completeness"] == (None if expected is None else pytest.approx(expected))


def test_criterion_that_does_not_apply_gives_its_weight_to_the_others() -> None:
    made = score({"accuracy.name": "no", **NO_GRAMMAR}, {})
    assert (made["completeness"], made["grammar"]) == (None, None)
    assert made["score"] == pytest.approx(100 * (35 * 7 / 8 + 20 + 10) / 65)


def test_nothing_that_applies_is_no_score() -> None:
    made = score(dict.fromkeys(ALL_YES, "not applicable"), {})
    assert (made["score"], made["band"], made["unanswered"]) == (None, None, 0)


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (100.0, "meets"),
        (90.0, "meets"),
        (89.9999999, "coaching"),
        (89.995, "coaching"),
        (80.0, "coaching"),
        (79.9999999, "fail"),
        (79.995, "fail"),
        (0.0, "fail"),
        (None, None),
    ],
)
def test_bands_are_compared_before_rounding(value: float | None, band: str | None) -> None:
    frame = pl.DataFrame(
        {"score": [value], "critical_errors": [0]}, schema={"score": pl.Float64, "critical_errors": pl.Int64}
    )
    assert frame.select(band_of(PARAMETERS)).item() == band


@pytest.mark.parametrize(("accuracy", "band"), [("90", "meets"), ("80", "coaching")])
def test_score_exactly_on_the_line_of_a_band(accuracy: str, band: str) -> None:
    """Of one criterion alone, nine or eight of ten elements are there."""
    only = AuditParameters(
        weight_accuracy=0, weight_completeness=1, weight_indexing=0, weight_readability=0, weight_grammar=0
    )
    made = score({}, {"completeness.mandatory": (int(accuracy), 100)}, only)
    assert made["score"] == pytest.approx(float(accuracy))
    assert made["band"] == band


def test_nine_of_ten_and_nine_of_ten_meet_the_standard() -> None:
    only = AuditParameters(
        weight_accuracy=0, weight_completeness=1, weight_indexing=0, weight_readability=0, weight_grammar=0
    )
    for tenth in range(1, 40):
        parts = {f"completeness.{kind}": (9 * tenth, 10 * tenth) for kind in ("mandatory", "recommended")}
        assert score({}, parts, only)["band"] == "meets"


@pytest.mark.parametrize("item_id", [question.item_id for question in QUESTIONS if question.is_critical])
def test_critical_error_fails_whatever_the_score(item_id: str) -> None:
    made = score({item_id: "no"})
    assert made["score"] == pytest.approx(100)
    assert (made["band"], made["critical_errors"], made["faults"]) == ("fail", 1, 1)


def test_open_questions_are_counted() -> None:
    some = {"accuracy.name": "yes", "accuracy.fees": "no", REMARK_ID: None}
    made = score_records(fold_answers([entry(1, some)]), automatic=automatic({}), parameters=PARAMETERS)
    row = made.row(0, named=True)
    assert row["unanswered"] == len(QUESTIONS) - 2
    assert (row["accuracy"], row["score"]) == (0.5, 50)


def test_latest_answer_stands_and_the_history_is_kept() -> None:
    answers = fold_answers([entry(3, {"accuracy.fees": "yes"}), entry(1, ALL_YES | {"accuracy.fees": "no"})])
    fees = answers.filter(pl.col("item_id") == "accuracy.fees")
    assert fees.select("entry", "answer", "is_standing", "checked_on").rows() == [
        (1, "no", False, date(2026, 11, 1)),
        (3, "yes", True, date(2026, 11, 3)),
    ]
    assert answers.height == len(QUESTIONS) + 1
    assert standing_answers(answers).height == len(QUESTIONS)
    made = score_records(answers, automatic=automatic(FULL), parameters=PARAMETERS)
    assert made.select("faults", "unanswered").rows() == [(0, 0)]


def test_answer_taken_back_is_open_again() -> None:
    answers = fold_answers([entry(1, ALL_YES), entry(2, {"accuracy.fees": None})])
    assert "accuracy.fees" not in standing_answers(answers).get_column("item_id").to_list()
    made = score_records(answers, automatic=automatic(FULL), parameters=PARAMETERS)
    assert made.get_column("unanswered").to_list() == [1]


def test_correction_of_one_auditor_leaves_the_other_alone() -> None:
    answers = fold_answers(
        [
            entry(1, ALL_YES | {"accuracy.fees": "no"}),
            entry(2, ALL_YES, auditor="Ben", role="second"),
            entry(3, {"accuracy.fees": "yes"}),
        ]
    )
    made = score_records(answers, automatic=automatic(FULL), parameters=PARAMETERS)
    assert made.select("role", "auditor", "faults").rows() == [("first", "Ann", 0), ("second", "Ben", 0)]


def test_third_opinions_are_not_scored() -> None:
    answers = fold_answers(
        [
            entry(1, ALL_YES),
            entry(2, ALL_YES | {"accuracy.fees": "no"}, auditor="Ben", role="second"),
            entry(3, {"accuracy.fees": "no"}, auditor="Cy", role="third"),
        ]
    )
    made = score_records(answers, automatic=automatic(FULL), parameters=PARAMETERS)
    assert made.select("role", "faults").rows() == [("first", 0), ("second", 1)]


def test_records_are_scored_one_by_one() -> None:
    answers = fold_answers([entry(1, ALL_YES, record="r2"), entry(2, ALL_YES, record="r1")])
    both = pl.concat([automatic(FULL), automatic(FULL | {"completeness.mandatory": (0, 13)}, record="r2")])
    made = score_records(answers, automatic=both, parameters=PARAMETERS)
    assert made.get_column("record_uid").to_list() == ["r1", "r2"]
    assert made.get_column("completeness").to_list() == pytest.approx([1, 0.2])


def test_no_answers_are_no_scores() -> None:
    none = fold_answers([])
    assert none.is_empty()
    assert score_records(none, automatic=empty_table(AutomaticScore), parameters=PARAMETERS).is_empty()


def drawn_again(*records: str, carried_from: str | None = "b1", batch: str = "b2") -> pl.DataFrame:
    """Return the records of a larger batch that were drawn in the smaller one."""
    rows = [
        {
            "batch_id": batch,
            "rank": place,
            "center_id": "c1",
            "record_uid": record,
            "stratum": "all",
            "u": 0.1,
            "inclusion_probability": 0.1,
            "carried_from": carried_from,
        }
        for place, record in enumerate(records, start=1)
    ]
    schema = {name: dtype for name, dtype in schema_of(DrawItem).items() if name in rows[0]}
    return conform(pl.DataFrame(rows, schema=schema), DrawItem)


def test_answers_of_a_smaller_batch_count_in_the_larger_one() -> None:
    answers = fold_answers([entry(1, ALL_YES), entry(2, ALL_YES, record="r9")])
    carried = carry_answers(answers, items=drawn_again("r1"))
    assert carried.filter(pl.col("batch_id") == "b1").equals(answers)
    own = carried.filter(pl.col("batch_id") == "b2")
    assert own.get_column("record_uid").unique().to_list() == ["r1"]
    assert own.drop("batch_id").equals(answers.filter(pl.col("record_uid") == "r1").drop("batch_id"))
    made = score_records(carried, automatic=automatic(FULL, batch="b2"), parameters=PARAMETERS)
    assert made.select("batch_id", "record_uid", "unanswered").rows() == [
        ("b1", "r1", 0),
        ("b1", "r9", 0),
        ("b2", "r1", 0),
    ]


def test_answer_given_anew_in_the_larger_batch_stands_there() -> None:
    answers = fold_answers([entry(1, {"accuracy.fees": "no"}), entry(2, {"accuracy.fees": "yes"}, batch="b2")])
    standing = standing_answers(carry_answers(answers, items=drawn_again("r1")))
    assert standing.select("batch_id", "answer").rows() == [("b1", "no"), ("b2", "yes")]


def test_correction_in_the_smaller_batch_counts_in_the_larger_one() -> None:
    answers = fold_answers([entry(1, {"accuracy.fees": "no"}), entry(2, {"accuracy.fees": "yes"})])
    carried = carry_answers(answers, items=drawn_again("r1"))
    assert carried.height == 4
    assert standing_answers(carried).select("batch_id", "answer").rows() == [("b1", "yes"), ("b2", "yes")]


def test_records_drawn_for_the_first_time_carry_nothing() -> None:
    answers = fold_answers([entry(1, ALL_YES)])
    assert carry_answers(answers, items=drawn_again("r1", carried_from=None)).equals(answers)
