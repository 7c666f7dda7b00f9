"""What an audit says about the whole directory: estimates with intervals, by group, with the cells that are too small marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.audit.answers import standing_answers
from pipeline.audit.draw import POISSON, AuditDraw
from pipeline.audit.estimate import (
    Design,
    DrawnStratum,
    Estimate,
    estimate_mean,
    estimate_share,
    settle_design,
)
from schemas.auditing import Result
from schemas.contract import conform, empty_table
from schemas.parameters import AuditParameters
from schemas.scorecard import AUTOMATIC_ITEMS, QUESTIONS, SCORED_CRITERIA, AuditAnswer, Band

Floats = npt.NDArray[np.float64]

#: Measures that are shares of records, with what they mean.
RATES: dict[str, str] = {
    "record_error_rate": "records in which the auditor found at least one fault",
    "critical_error_rate": "records with at least one critical error",
    "fail_rate": "records that fail: a critical error, or a score below the line",
    "meets_rate": "records that meet the standard",
}

#: Measures that are shown for every group.
GROUP_MEASURES: tuple[str, ...] = ("score", *map(str, SCORED_CRITERIA), "record_error_rate", "critical_error_rate")

#: Groups for which results are shown, and the column of the drawn records that makes them.
DIMENSIONS: dict[str, str] = {
    "stratum": "stratum",
    "curator": "curator",
    "county": "county",
    "tier": "tier",
    "center": "center_id",
}

#: Value of a group for records without one.
NOT_KNOWN = "(none)"

_TOO_SMALL = "too few for a figure"
_RECORD = ("batch_id", "center_id", "record_uid")
_WEAKEST = 3


@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """What one batch says.

    Attributes:
        batch_id: Batch.
        drawn: Records drawn.
        done: Records with every question answered.
        begun: Records with some questions answered.
        speaks_for: Records of the frame that the estimates are about.
        results: `schemas.auditing.Result`.
        training: See `find_training_needs`.
        notices: What a reader must be told, one sentence each.
    """

    batch_id: str
    drawn: int
    done: int
    begun: int
    speaks_for: int
    results: pl.DataFrame
    training: pl.DataFrame
    notices: tuple[str, ...]


def estimate_batch(
    batch: AuditDraw, *, answers: pl.DataFrame, scores: pl.DataFrame, parameters: AuditParameters
) -> BatchResult:
    """Estimate everything that one batch can say.

    A record counts when all questions are answered; the first opinion counts, the second only where there is no first.
    Records that were not done in time are told apart, never as passed or failed: the others of their stratum stand for them.

    Args:
        batch: The batch.
        answers: `schemas.auditing.Answer`, see `pipeline.audit.answers.carry_answers`.
        scores: `schemas.auditing.Score` of them.
        parameters: Confidence, kind of interval, smallest cell.
    """
    draw = batch.draw.row(0, named=True)
    own = scores.filter(pl.col("batch_id") == draw["batch_id"])
    counting = _counting(own.filter(pl.col("unanswered") == 0))
    audited = batch.items.join(
        counting, on=list(_RECORD), how="inner", maintain_order="left", suffix="_scored"
    ).with_columns(pl.col(list(set(DIMENSIONS.values()))).fill_null(NOT_KNOWN))
    begun = own.select(_RECORD).unique().height
    strata = [
        DrawnStratum(
            name=row["stratum"], frame_size=row["frame_size"], size=row["size"], is_poisson=row["drawn_as"] == POISSON
        )
        for row in batch.strata.to_dicts()
    ] or [DrawnStratum(name="all", frame_size=draw["frame_size"], size=draw["size"])]
    speaks_for = sum(one.frame_size for one in strata)
    notices = _notices(batch, audited=audited.height, begun=begun)
    if audited.is_empty():
        return BatchResult(
            batch_id=draw["batch_id"], drawn=batch.items.height, done=0, begun=begun, speaks_for=speaks_for,
            results=empty_table(Result), training=_no_training(), notices=notices,
        )  # fmt: skip
    design = settle_design(strata, audited["stratum"].to_list(), audited["inclusion_probability"].to_list())
    rows = _overall(audited, batch, answers=answers, design=design, parameters=parameters)
    for dimension, column in DIMENSIONS.items():
        rows += _by_group(audited, design, dimension=dimension, column=column, parameters=parameters)
    frame = pl.DataFrame([{"batch_id": draw["batch_id"], **row} for row in rows], infer_schema_length=None)
    return BatchResult(
        batch_id=draw["batch_id"],
        drawn=batch.items.height,
        done=audited.height,
        begun=begun - audited.height,
        speaks_for=speaks_for,
        results=conform(frame, Result),
        training=find_training_needs(audited, answers=answers),
        notices=(*notices, *design.notices),
    )


def find_training_needs(audited: pl.DataFrame, *, answers: pl.DataFrame) -> pl.DataFrame:
    """Return the three items with the largest share of faults for each curator.

    Args:
        audited: Audited records with `curator`, `auditor_scored`.
        answers: `schemas.auditing.Answer`.

    Returns:
        `curator`, `place` (1 to 3), `item_id`, `faults`, `n` (records of which it could be asked), ordered; items without a
        fault are left out. Counts, because they are about a person and mostly few.
    """
    who = audited.select(*_RECORD, "curator", auditor="auditor_scored")
    said = standing_answers(answers).join(who, on=[*_RECORD, "auditor"], how="inner")
    is_asked = pl.col("answer") != AuditAnswer.NOT_APPLICABLE
    order = {question.item_id: place for place, question in enumerate(QUESTIONS)}
    return (
        said.filter(is_asked)
        .group_by("curator", "item_id")
        .agg(faults=(pl.col("answer") == AuditAnswer.NO).sum().cast(pl.Int64), n=pl.len().cast(pl.Int64))
        .filter(pl.col("faults") > 0)
        .with_columns(
            share=pl.col("faults") / pl.col("n"), order=pl.col("item_id").replace_strict(order, return_dtype=pl.Int64)
        )
        .sort("curator", "share", "faults", "order", descending=[False, True, True, False])
        .with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("curator"))
        .filter(pl.col("place") <= _WEAKEST)
        .select("curator", "place", "item_id", "faults", "n")
    )


def _no_training() -> pl.DataFrame:
    schema = {"curator": pl.String, "place": pl.Int64, "item_id": pl.String, "faults": pl.Int64, "n": pl.Int64}
    return pl.DataFrame(schema=schema)


def _counting(done: pl.DataFrame) -> pl.DataFrame:
    """Return one score per record: that of the first opinion, or of the second where there is no first."""
    return done.sort("role", "auditor").unique(_RECORD, keep="first", maintain_order=True)


def _overall(
    audited: pl.DataFrame, batch: AuditDraw, *, answers: pl.DataFrame, design: Design, parameters: AuditParameters
) -> list[dict[str, Any]]:
    everybody = np.ones(audited.height)
    rows = [
        _row(measure, "all", "all", _estimate(audited, measure, design, group=everybody, parameters=parameters))
        for measure in ("score", *map(str, SCORED_CRITERIA), *RATES)
    ]
    rows += _items(audited, answers=answers, design=design, parameters=parameters)
    rows += _parts(audited, batch, design=design, parameters=parameters)
    return rows


def _by_group(
    audited: pl.DataFrame, design: Design, *, dimension: str, column: str, parameters: AuditParameters
) -> list[dict[str, Any]]:
    rows = []
    for value in audited[column].unique().sort():
        group = (audited[column] == value).to_numpy().astype(np.float64)
        for measure in GROUP_MEASURES:
            made = _estimate(audited, measure, design, group=group, parameters=parameters)
            rows.append(_row(measure, dimension, str(value), made, smallest=parameters.smallest_cell))
    return rows


def _estimate(
    audited: pl.DataFrame, measure: str, design: Design, *, group: Floats, parameters: AuditParameters
) -> Estimate:
    """Estimate one measure for the records of a group (1 inside, 0 outside)."""
    of = None if bool(group.all()) else group
    if measure in RATES:
        has_it = audited.select(_has(measure)).to_series().to_numpy().astype(np.float64) * group
        return estimate_share(has_it, design, of=of, confidence=parameters.confidence, kind=parameters.interval)
    values = audited[measure].to_numpy().astype(np.float64)
    known = ~np.isnan(values)
    against = group * known
    top = 100.0 if measure == "score" else 1.0
    return estimate_mean(
        np.where(against > 0, values, 0.0),
        design,
        of=None if bool(against.all()) else against,
        confidence=parameters.confidence,
        bounds=(0.0, top),
    )


def _has(measure: str) -> pl.Expr:
    return {
        "record_error_rate": pl.col("faults") > 0,
        "critical_error_rate": pl.col("critical_errors") > 0,
        "fail_rate": pl.col("band").fill_null("") == Band.FAIL,
        "meets_rate": pl.col("band").fill_null("") == Band.MEETS,
    }[measure]


def _items(
    audited: pl.DataFrame, *, answers: pl.DataFrame, design: Design, parameters: AuditParameters
) -> list[dict[str, Any]]:
    """Return for every question the share of records in which it was found right, among those of which it could be asked."""
    keys = audited.select(*_RECORD, auditor="auditor_scored").with_row_index("__place")
    said = standing_answers(answers).join(keys, on=[*_RECORD, "auditor"], how="inner")
    rows = []
    for question in QUESTIONS:
        own = said.filter(pl.col("item_id") == question.item_id)
        right, asked = np.zeros(audited.height), np.zeros(audited.height)
        places = own["__place"].to_numpy()
        right[places] = (own["answer"] == AuditAnswer.YES).to_numpy()
        asked[places] = (own["answer"] != AuditAnswer.NOT_APPLICABLE).to_numpy()
        of = None if bool(asked.all()) else asked
        made = estimate_share(right, design, of=of, confidence=parameters.confidence, kind=parameters.interval)
        rows.append(_row(question.item_id, "all", "all", made))
    return rows


def _parts(
    audited: pl.DataFrame, batch: AuditDraw, *, design: Design, parameters: AuditParameters
) -> list[dict[str, Any]]:
    """Return the share of services, or elements, that are right; the record they belong to is what was drawn, and counts as one."""
    rows = []
    for item in AUTOMATIC_ITEMS:
        own = batch.automatic.filter(pl.col("item_id") == item.item_id)
        counts = audited.select(_RECORD).join(own, on=list(_RECORD), how="left", maintain_order="left")
        points = counts["points"].fill_null(0).to_numpy().astype(np.float64)
        possible = counts["possible"].fill_null(0).to_numpy().astype(np.float64)
        made = estimate_mean(points, design, of=possible, confidence=parameters.confidence, bounds=(0.0, 1.0))
        rows.append(_row(item.item_id, "all", "all", made))
    return rows


def _row(measure: str, dimension: str, value: str, made: Estimate, *, smallest: int = 1) -> dict[str, Any]:
    is_small = made.n < smallest
    low, high = made.interval if made.interval is not None and not is_small else (None, None)
    return {
        "measure": measure,
        "dimension": dimension,
        "value": value,
        "n": made.n,
        "count": made.count,
        "estimate": None if is_small else made.value,
        "low": low,
        "high": high,
        "standard_error": None if is_small else made.standard_error,
        "method": _TOO_SMALL if is_small and made.n else made.method,
    }


def _notices(batch: AuditDraw, *, audited: int, begun: int) -> tuple[str, ...]:
    draw = batch.draw.row(0, named=True)
    told = []
    missing = batch.items.height - audited
    if missing:
        told.append(
            f"{missing:,} of {batch.items.height:,} drawn records are not done ({begun - audited:,} of them begun): they count neither as "
            "passed nor as failed."
        )
    if draw["recent_size"] and not draw["covers_recent"]:
        told.append(
            f"Speaks for the {draw['frame_size'] - draw['recent_size']:,} records that were not audited in the {draw['cooldown_months']} "
            f"months before, not for all {draw['frame_size']:,}."
        )
    return tuple(told)


def trend_of(
    results: pl.DataFrame, *, draws: pl.DataFrame, measures: Sequence[str] = ("score", *RATES)
) -> pl.DataFrame:
    """Return the overall estimates of all rounds, in the order of their days.

    Args:
        results: `schemas.auditing.Result` of all batches.
        draws: `schemas.auditing.Draw`.
        measures: Measures to follow.

    Returns:
        `as_of`, `batch_id`, `method`, `unit`, `center_id`, `measure`, `n`, `estimate`, `low`, `high`.
    """
    rounds = draws.select("batch_id", "as_of", "unit", "center_id", drawn_by="method")
    order = {measure: place for place, measure in enumerate(measures)}
    return (
        results.filter((pl.col("dimension") == "all") & pl.col("measure").is_in(list(measures)))
        .join(rounds, on="batch_id", how="inner")
        .sort("as_of", "batch_id", pl.col("measure").replace_strict(order, return_dtype=pl.Int64))
        .select("as_of", "batch_id", "unit", "center_id", "measure", "n", "estimate", "low", "high", method="drawn_by")
    )
