from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import sqrt
from typing import Any

import polars as pl
import pytest

from pipeline.audit.answers import AnswerEntry, fold_answers
from pipeline.audit.draw import AuditDraw, DrawPlan, draw_sample
from pipeline.audit.intervals import clopper_pearson, share_interval
from pipeline.audit.results import (
    GROUP_MEASURES,
    RATES,
    BatchResult,
    estimate_batch,
    find_training_needs,
    trend_of,
)
from pipeline.audit.scores import score_records
from schemas.auditing import AutomaticScore, Draw, Result
from schemas.contract import conform, schema_of
from schemas.parameters import AuditParameters
from schemas.scorecard import AUTOMATIC_ITEMS, QUESTIONS, SCORED_CRITERIA

PARAMETERS = AuditParameters()
ALL_YES = dict.fromkeys((question.item_id for question in QUESTIONS), "yes")
#: Nothing is marked as too small.
EVERY_CELL = AuditParameters(smallest_cell=1)

Answers = Mapping[str, str | None]


def batch_of(
    size: int,
    frame_size: int = 100,
    *,
    automatic: Mapping[int, Mapping[str, tuple[int, int]]] | None = None,
    **plan: Any,
) -> AuditDraw:
    """Return a draw; every third record is curated by nobody, the others by turns by Ann and Ben."""
    frame = pl.DataFrame(
        {
            "center_id": "c1",
            "record_uid": [f"r{place:03}" for place in range(frame_size)],
            "native_id": None,
            "name": None,
            "curator": [("Ann", "Ben", None)[place % 3] for place in range(frame_size)],
            "county": "Cook",
            "tier": [("T1", "T2")[place % 4 == 0] for place in range(frame_size)],
            "is_recent": [place < plan.get("cooldown_months", 0) for place in range(frame_size)],
            "risk": [0.2 + (place % 5) / 5 for place in range(frame_size)],
        },
        schema_overrides={"native_id": pl.String, "name": pl.String},
    )
    batch = draw_sample(frame, replace(DrawPlan(size=size, seed="2026Q4", as_of=date(2026, 11, 20)), **plan))
    rows = [
        {"batch_id": batch.batch_id, "center_id": "c1", "record_uid": uid_of(batch, place), "item_id": item_id}
        | {"points": points, "possible": possible}
        for place, items in (automatic or {}).items()
        for item_id, (points, possible) in items.items()
    ]
    return replace(batch, automatic=pl.DataFrame(rows, schema=schema_of(AutomaticScore)))


def uid_of(batch: AuditDraw, place: int) -> str:
    """Return the record at a place of the draw."""
    return str(batch.items.get_column("record_uid")[place])


def answers_of(
    batch: AuditDraw, *opinions: tuple[int, Answers] | tuple[int, Answers, str], left_open: Sequence[int] = ()
) -> pl.DataFrame:
    """Return answers: everything right in all records, except the opinions given and the records left open."""
    said = [(place, ALL_YES, "first") for place in range(batch.items.height) if place not in left_open]
    given: dict[tuple[int, str], Answers] = {(place, role): answers for place, answers, role in said}
    for place, answers, *role in opinions:
        given[(place, role[0] if role else "first")] = answers
    return fold_answers(
        AnswerEntry(
            sequence=sequence,
            handed_in_on=date(2026, 11, 20),
            batch_id=batch.batch_id,
            payload={
                "auditor": role.title(),
                "role": role,
                "rows": [
                    {"center_id": "c1", "record_uid": uid_of(batch, place), "item_id": item_id, "answer": answer}
                    for item_id, answer in answers.items()
                ],
            },
        )
        for sequence, ((place, role), answers) in enumerate(given.items(), start=1)
    )


def estimated(batch: AuditDraw, answers: pl.DataFrame, parameters: AuditParameters = PARAMETERS) -> BatchResult:
    """Score and estimate."""
    scores = score_records(answers, automatic=batch.automatic, parameters=parameters)
    return estimate_batch(batch, answers=answers, scores=scores, parameters=parameters)


def overall(result: BatchResult, measure: str) -> dict[str, Any]:
    """Return the estimate of a measure for the whole frame."""
    return result.results.filter((pl.col("dimension") == "all") & (pl.col("measure") == measure)).row(0, named=True)


def in_group(result: BatchResult, measure: str, dimension: str) -> dict[str, dict[str, Any]]:
    """Return the estimates of a measure by group."""
    own = result.results.filter((pl.col("dimension") == dimension) & (pl.col("measure") == measure))
    return {row["value"]: row for row in own.iter_rows(named=True)}


def with_no(*item_ids: str) -> dict[str, str]:
    """Return answers of which these are no."""
    return ALL_YES | dict.fromkeys(item_ids, "no")


def test_rates_count_records_with_faults_of_the_auditor() -> None:
    batch = batch_of(20, 1000)
    answers = answers_of(
        batch,
        (0, with_no("accuracy.fees", "accuracy.area")),
        (1, with_no("grammar.spelling")),
        (2, with_no("critical.phone")),
    )
    result = estimated(batch, answers)
    rows = {measure: overall(result, measure) for measure in RATES}
    assert {measure: (row["n"], row["count"]) for measure, row in rows.items()} == {
        "record_error_rate": (20, 3),
        "critical_error_rate": (20, 1),
        "fail_rate": (20, 1),
        "meets_rate": (20, 18),  # two faults of accuracy make 88.3: coaching
    }
    row = rows["record_error_rate"]
    assert row["estimate"] == pytest.approx(0.15)
    assert (row["low"], row["high"]) == share_interval(3, 20, frame_size=1000)
    assert row["method"] == "wilson"


def test_clopper_pearson_by_setting() -> None:
    batch = batch_of(20, 1000)
    made = estimated(
        batch,
        answers_of(batch, (0, with_no("critical.open"))),
        AuditParameters(interval="clopper-pearson", confidence=0.9),
    )
    row = overall(made, "critical_error_rate")
    assert (row["low"], row["high"]) == clopper_pearson(1, 20, confidence=0.9)


def test_score_is_the_mean_of_the_records() -> None:
    batch = batch_of(4, 100)
    result = estimated(batch, answers_of(batch, (0, with_no("accuracy.fees")), (1, with_no("accuracy.fees"))))
    row = overall(result, "score")
    low = 100 * (35 * 7 / 8 + 40) / 75  # no rules were asked: no completeness
    assert row["estimate"] == pytest.approx((2 * low + 200) / 4)
    spread = (100 - low) ** 2 / 3  # two at each end
    assert row["standard_error"] == pytest.approx(sqrt(0.96 * spread / 4))
    assert row["low"] < row["estimate"] < row["high"] <= 100
    assert overall(result, "accuracy")["estimate"] == pytest.approx((7 / 8 + 7 / 8 + 2) / 4)
    completeness = overall(result, "completeness")
    assert (completeness["n"], completeness["estimate"], completeness["low"]) == (0, None, None)


def test_share_of_an_item_is_among_the_records_of_which_it_could_be_asked() -> None:
    batch = batch_of(10, 1000)
    not_asked = ALL_YES | {"accuracy.fees": "not applicable"}
    result = estimated(batch, answers_of(batch, (0, not_asked), (1, not_asked), (2, with_no("accuracy.fees"))))
    row = overall(result, "accuracy.fees")
    assert (row["n"], row["count"], row["estimate"]) == (8, 7, pytest.approx(7 / 8))
    assert overall(result, "accuracy.name")["n"] == 10


def test_parts_of_records_are_a_ratio_and_records_without_them_say_nothing() -> None:
    batch = batch_of(
        5,
        100,
        automatic={0: {"indexing.valid": (3, 4)}, 1: {"indexing.valid": (1, 1)}, 2: {"indexing.valid": (2, 5)}},
    )
    row = overall(estimated(batch, answers_of(batch)), "indexing.valid")
    assert (row["n"], row["estimate"]) == (3, pytest.approx(6 / 10))
    mean, z = 2.0, [3 - 0.6 * 4, 1 - 0.6, 2 - 0.6 * 5, 0, 0]
    variance = sum(one * one for one in z) / 4
    assert row["standard_error"] == pytest.approx(sqrt(0.95 * variance / 5) / mean)


def test_every_measure_is_there_once_for_the_whole_and_for_every_group() -> None:
    batch = batch_of(30, 300)
    results = estimated(batch, answers_of(batch)).results
    expected = [
        "score",
        *map(str, SCORED_CRITERIA),
        *RATES,
        *ALL_YES,
        *(item.item_id for item in AUTOMATIC_ITEMS),
    ]
    assert results.filter(pl.col("dimension") == "all").get_column("measure").to_list() == expected
    groups = results.filter(pl.col("dimension") == "curator").group_by("value", maintain_order=True).agg("measure")
    assert groups.get_column("value").to_list() == ["(none)", "Ann", "Ben"]
    assert groups.get_column("measure").to_list() == [list(GROUP_MEASURES)] * 3
    assert results.get_column("dimension").unique().sort().to_list() == [
        "all",
        "center",
        "county",
        "curator",
        "stratum",
        "tier",
    ]
    assert not results.select("measure", "dimension", "value").is_duplicated().any()


def test_group_below_five_prints_counts_and_no_share() -> None:
    batch = batch_of(14, 1400)
    curators = batch.items.get_column("curator").fill_null("(none)").to_list()
    result = estimated(batch, answers_of(batch, *((place, with_no("accuracy.fees")) for place in range(14))))
    rows = in_group(result, "record_error_rate", "curator")
    sizes = {name: curators.count(name) for name in rows}
    assert {size < 5 for size in sizes.values()} == {True, False}
    for name, row in rows.items():
        assert (row["n"], row["count"]) == (sizes[name], sizes[name])
        if sizes[name] < 5:
            assert (row["estimate"], row["low"], row["high"], row["standard_error"]) == (None, None, None, None)
            assert row["method"] == "too few for a figure"
        else:
            assert row["estimate"] == 1
            assert row["low"] < row["high"] == 1
    shown = in_group(estimated(batch, answers_of(batch), EVERY_CELL), "record_error_rate", "curator")
    assert all(row["estimate"] == 0 for row in shown.values())


def test_smallest_group_that_is_shown_has_five() -> None:
    batch = batch_of(40, 400)
    curators = batch.items.get_column("curator").fill_null("(none)").to_list()
    for keep, is_shown in ((4, False), (5, True)):
        of_ann = [place for place, name in enumerate(curators) if name == "Ann"]
        result = estimated(batch, answers_of(batch, left_open=of_ann[keep:]))
        row = in_group(result, "score", "curator")["Ann"]
        assert row["n"] == keep
        assert (row["estimate"] is not None) == is_shown


def test_whole_draw_is_shown_however_small() -> None:
    batch = batch_of(3, 30)
    assert overall(estimated(batch, answers_of(batch)), "record_error_rate")["estimate"] == 0


def test_records_not_done_are_neither_passed_nor_failed() -> None:
    batch = batch_of(20, 1000)
    begun = {"accuracy.name": "no", "critical.phone": "no"}
    answers = answers_of(batch, (5, begun), (0, with_no("accuracy.fees")), left_open=[5, 6, 7])
    result = estimated(batch, answers)
    assert (result.drawn, result.done, result.begun) == (20, 17, 1)
    for measure, count in (("record_error_rate", 1), ("critical_error_rate", 0), ("fail_rate", 0), ("meets_rate", 17)):
        row = overall(result, measure)
        assert (row["n"], row["count"], row["estimate"]) == (17, count, pytest.approx(count / 17))
    assert result.notices == (
        "3 of 20 drawn records are not done (1 of them begun): they count neither as passed nor as failed.",
    )


def test_nothing_done_has_no_results() -> None:
    batch = batch_of(20, 1000)
    result = estimated(batch, answers_of(batch, (0, {"accuracy.name": "yes"}), left_open=range(20)))
    assert (result.drawn, result.done, result.begun, result.speaks_for) == (20, 0, 1, 1000)
    assert result.results.is_empty()
    assert result.training.is_empty()
    assert result.results.schema == schema_of(Result)


def test_all_audited_is_a_plain_count_without_interval() -> None:
    batch = batch_of(10, 10)
    row = overall(estimated(batch, answers_of(batch, (0, with_no("accuracy.fees")))), "record_error_rate")
    assert (row["estimate"], row["low"], row["high"]) == (0.1, None, None)
    assert row["method"] == "all audited: a plain count"


def test_second_opinion_counts_only_where_there_is_no_first() -> None:
    batch = batch_of(4, 400)
    half = {"accuracy.name": "yes"}
    answers = answers_of(
        batch,
        (0, with_no("accuracy.fees"), "second"),
        (1, half),
        (1, with_no("accuracy.fees", "critical.phone"), "second"),
        (2, with_no("accuracy.area"), "second"),
        left_open=[1, 2],
    )
    result = estimated(batch, answers)
    assert (result.done, result.begun) == (4, 0)
    assert overall(result, "record_error_rate")["count"] == 2
    assert overall(result, "critical_error_rate")["count"] == 1
    fees, area = overall(result, "accuracy.fees"), overall(result, "accuracy.area")
    assert (fees["n"], fees["count"]) == (4, 3)
    assert (area["n"], area["count"]) == (4, 3)


def test_third_opinion_does_not_count() -> None:
    batch = batch_of(4, 400)
    result = estimated(batch, answers_of(batch, (0, {"accuracy.fees": "no"}, "third")))
    assert overall(result, "record_error_rate")["count"] == 0
    assert overall(result, "accuracy.fees")["count"] == 4


def test_strata_weigh_by_their_size_in_the_frame() -> None:
    spreads = {"T1": 1.0, "T2": 9.0}
    batch = batch_of(20, 400, method="stratified", strata=("tier",), spreads=spreads)
    tiers = batch.items.get_column("tier").to_list()
    assert tiers.count("T1") != 15  # not in proportion: the plain share would be wrong
    answers = answers_of(
        batch, *((place, with_no("accuracy.fees")) for place, tier in enumerate(tiers) if tier == "T1")
    )
    row = overall(estimated(batch, answers), "record_error_rate")
    assert row["estimate"] == pytest.approx(300 / 400)
    assert row["method"].startswith("weighed by stratum")
    groups = in_group(estimated(batch, answers, EVERY_CELL), "record_error_rate", "stratum")
    assert {name: group["estimate"] for name, group in groups.items()} == {"T1": 1, "T2": 0}


def test_risk_weighted_draw_is_weighed_by_chance() -> None:
    batch = batch_of(40, 400, method="risk")
    risks = batch.items.select("risk", "inclusion_probability").rows()
    answers = answers_of(
        batch, *((place, with_no("accuracy.fees")) for place, (risk, _) in enumerate(risks) if risk > 0.7)
    )
    row = overall(estimated(batch, answers), "record_error_rate")
    weight = sum(1 / chance for _, chance in risks)
    expected = sum(1 / chance for risk, chance in risks if risk > 0.7) / weight
    assert row["estimate"] == pytest.approx(expected)
    assert row["estimate"] < row["count"] / row["n"]


def test_stratum_with_too_few_audits_is_told() -> None:
    batch = batch_of(20, 400, method="stratified", strata=("tier",))
    of_t2 = [place for place, tier in enumerate(batch.items.get_column("tier")) if tier == "T2"]
    result = estimated(batch, answers_of(batch, left_open=of_t2[1:]))
    assert result.notices[-1] == "The stratum T2 has 1 audited records; it is taken together with T1."
    assert result.speaks_for == 400


def test_draw_that_leaves_out_recent_records_speaks_for_the_others() -> None:
    batch = batch_of(20, 400, cooldown_months=12)
    result = estimated(batch, answers_of(batch))
    assert result.speaks_for == 388
    assert result.notices == (
        "Speaks for the 388 records that were not audited in the 12 months before, not for all 400.",
    )
    overlapping = batch_of(20, 400, cooldown_months=12, overlap=0.1)
    with_overlap = estimated(overlapping, answers_of(overlapping))
    assert (with_overlap.speaks_for, with_overlap.notices) == (400, ())


def test_other_batches_do_not_count() -> None:
    batch, other = batch_of(5, 400), batch_of(6, 400)
    answers = pl.concat(
        [answers_of(batch), answers_of(other, *((place, with_no("accuracy.fees")) for place in range(6)))]
    )
    scores = score_records(answers, automatic=batch.automatic, parameters=PARAMETERS)
    result = estimate_batch(batch, answers=answers, scores=scores, parameters=PARAMETERS)
    assert (result.done, overall(result, "record_error_rate")["count"]) == (5, 0)
    assert overall(result, "accuracy.fees")["count"] == 5


def test_training_needs_are_the_worst_three_of_each_curator() -> None:
    rows = [
        # item, curator, faults, asked
        ("accuracy.name", "Ann", 1, 4),
        ("accuracy.phones", "Ann", 3, 4),
        ("accuracy.fees", "Ann", 2, 2),
        ("grammar.spelling", "Ann", 2, 4),
        ("grammar.spacing", "Ann", 0, 4),
        ("accuracy.name", "Ben", 1, 4),
        ("indexing.terms", "Ben", 2, 8),
    ]
    answers = []
    for item_id, curator, faults, asked in rows:
        for place in range(8):
            answer = "no" if place < faults else "yes" if place < asked else "not applicable"
            answers.append((f"{curator}{place}", item_id, answer))
    frame = fold_answers(
        AnswerEntry(
            sequence=sequence,
            handed_in_on=date(2026, 11, 20),
            batch_id="b1",
            payload={
                "auditor": "Cy",
                "role": "first",
                "rows": [{"center_id": "c1", "record_uid": record, "item_id": item_id, "answer": answer}],
            },
        )
        for sequence, (record, item_id, answer) in enumerate(answers)
    )
    audited = frame.select("batch_id", "center_id", "record_uid", auditor_scored="auditor").unique()
    audited = audited.with_columns(curator=pl.col("record_uid").str.head(3))
    assert find_training_needs(audited, answers=frame).rows() == [
        ("Ann", 1, "accuracy.fees", 2, 2),
        ("Ann", 2, "accuracy.phones", 3, 4),
        ("Ann", 3, "grammar.spelling", 2, 4),
        ("Ben", 1, "indexing.terms", 2, 8),
        ("Ben", 2, "accuracy.name", 1, 4),
    ]


def test_training_needs_leave_out_what_is_always_right() -> None:
    batch = batch_of(12, 120)
    assert estimated(batch, answers_of(batch)).training.is_empty()
    needs = estimated(batch, answers_of(batch, (0, with_no("accuracy.area")))).training
    assert needs.select("place", "item_id", "faults").rows() == [(1, "accuracy.area", 1)]


def test_trend_is_in_the_order_of_days() -> None:
    days = {"b9": date(2026, 1, 5), "b1": date(2026, 3, 5), "b5": date(2026, 2, 5), "b4": date(2026, 2, 5)}
    draws = conform(
        pl.DataFrame(
            [
                {
                    "batch_id": name,
                    "method": "simple",
                    "unit": "agency",
                    "seed": name,
                    "algorithm": "a",
                    "as_of": day,
                    "frame_size": 9,
                    "frame_sha256": "x",
                    "size": 3,
                    "recent_size": 0,
                    "covers_recent": True,
                    "cooldown_months": 12,
                    "parameters": "{}",
                }
                for name, day in days.items()
            ]
        ),
        Draw,
    )
    results = conform(
        pl.DataFrame(
            [
                {
                    "batch_id": name,
                    "measure": measure,
                    "dimension": dimension,
                    "value": "all",
                    "n": 3,
                    "estimate": 0.5,
                    "method": "wilson",
                }
                for name in days
                for measure in ("meets_rate", "score", "accuracy", "accuracy.fees", "record_error_rate")
                for dimension in ("all", "curator")
            ]
        ),
        Result,
    )
    trend = trend_of(results, draws=draws)
    assert trend.get_column("batch_id").unique(maintain_order=True).to_list() == ["b9", "b4", "b5", "b1"]
    assert trend.get_column("as_of").is_sorted()
    assert trend.get_column("measure").to_list() == ["score", "record_error_rate", "meets_rate"] * 4
    assert trend.get_column("method").unique().to_list() == ["simple"]
    only = trend_of(results, draws=draws, measures=["accuracy.fees"])
    assert only.get_column("batch_id").to_list() == ["b9", "b4", "b5", "b1"]


def test_small_round_has_results_by_center_and_county() -> None:
    batch = batch_of(6, 60)
    result = estimated(batch, answers_of(batch))
    assert in_group(result, "score", "center")["c1"]["estimate"] == 100
    assert in_group(result, "score", "county")["Cook"]["n"] == 6
