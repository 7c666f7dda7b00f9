"""From answers to scores: one score per audited record and opinion.

    score = sum of weight x points / possible over the criteria with at least one item that applies / sum of their weights x 100

Completeness is a weighted share of mandatory and recommended elements. A critical error makes the record fail whatever its score.
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from pipeline.audit.answers import standing_answers
from schemas.auditing import Score
from schemas.contract import conform
from schemas.parameters import AuditParameters
from schemas.scorecard import AUTOMATIC_ITEMS, QUESTIONS, SCORED_CRITERIA, AuditAnswer, Band, Criterion

_OPINION = ("batch_id", "center_id", "record_uid", "auditor", "role")
_RECORD = ("batch_id", "center_id", "record_uid")


def score_records(answers: pl.DataFrame, *, automatic: pl.DataFrame, parameters: AuditParameters) -> pl.DataFrame:
    """Score every record that somebody has begun to audit.

    Args:
        answers: `schemas.auditing.Answer`; those that stand are scored. Third opinions are about single items and not scored.
        automatic: `schemas.auditing.AutomaticScore`.
        parameters: Weights and bands.

    Returns:
        `schemas.auditing.Score`, one row per batch, record and auditor, sorted. A record with open questions is scored by what
        was answered; whoever estimates leaves it out.
    """
    standing = standing_answers(answers).filter(pl.col("role") != "third")
    is_no, is_yes = pl.col("answer") == AuditAnswer.NO, pl.col("answer") == AuditAnswer.YES
    criterion = pl.col("item_id").str.split(".").list.first()
    is_critical = criterion == Criterion.CRITICAL
    opinions = standing.group_by(_OPINION).agg(
        unanswered=pl.lit(len(QUESTIONS), dtype=pl.Int64) - pl.len().cast(pl.Int64),
        faults=is_no.sum().cast(pl.Int64),
        critical_errors=(is_no & is_critical).sum().cast(pl.Int64),
        **{f"{one}_points": (is_yes & (criterion == one)).sum().cast(pl.Float64) for one in SCORED_CRITERIA},
        **{
            f"{one}_possible": ((is_yes | is_no) & (criterion == one)).sum().cast(pl.Float64) for one in SCORED_CRITERIA
        },
    )
    scored = (
        opinions.join(_automatic_indexing(automatic), on=list(_RECORD), how="left")
        .join(_completeness(automatic, parameters), on=list(_RECORD), how="left")
        .with_columns(
            indexing_points=pl.col("indexing_points") + pl.col("rule_points").fill_null(0.0),
            indexing_possible=pl.col("indexing_possible") + pl.col("rule_possible").fill_null(0.0),
        )
        .with_columns(
            pl.when(pl.col(f"{one}_possible") > 0)
            .then(pl.col(f"{one}_points") / pl.col(f"{one}_possible"))
            .alias(str(one))
            for one in SCORED_CRITERIA
            if one is not Criterion.COMPLETENESS
        )
    )
    weights = criterion_weights(parameters)
    possible = pl.sum_horizontal(*(pl.when(pl.col(one).is_not_null()).then(weight) for one, weight in weights.items()))
    reached = pl.sum_horizontal(*(pl.col(one) * weight for one, weight in weights.items()))
    scored = scored.with_columns(score=pl.when(possible > 0).then(100 * reached / possible))
    return conform(scored.with_columns(band=band_of(parameters)).sort(*_RECORD, "role", "auditor"), Score)


def criterion_weights(parameters: AuditParameters) -> dict[str, float]:
    """Return the weight of every scored criterion."""
    return {str(one): float(getattr(parameters, f"weight_{one}")) for one in SCORED_CRITERIA}


def band_of(parameters: AuditParameters) -> pl.Expr:
    """Return the band over `score` and `critical_errors`; compared before rounding."""
    score = pl.col("score")
    return (
        pl.when(pl.col("critical_errors") > 0)
        .then(pl.lit(str(Band.FAIL)))
        .when(score < parameters.fails_below)
        .then(pl.lit(str(Band.FAIL)))
        .when(score < parameters.meets_from)
        .then(pl.lit(str(Band.COACHING)))
        .when(score.is_not_null())
        .then(pl.lit(str(Band.MEETS)))
    )


def item_points(automatic: pl.DataFrame) -> pl.DataFrame:
    """Return the automatic items with `share`: what each gives of its one point."""
    all_or_nothing = [item.item_id for item in AUTOMATIC_ITEMS if item.is_all_or_nothing]
    share = pl.col("points") / pl.col("possible")
    return automatic.with_columns(
        share=pl.when(pl.col("item_id").is_in(all_or_nothing))
        .then((pl.col("points") == pl.col("possible")).cast(pl.Float64))
        .otherwise(share)
    )


def _automatic_indexing(automatic: pl.DataFrame) -> pl.DataFrame:
    return (
        item_points(automatic)
        .filter(pl.col("item_id").str.starts_with(f"{Criterion.INDEXING}."))
        .group_by(_RECORD)
        .agg(rule_points=pl.col("share").sum(), rule_possible=pl.len().cast(pl.Float64))
    )


def _completeness(automatic: pl.DataFrame, parameters: AuditParameters) -> pl.DataFrame:
    """Return the weighted share of elements; where one kind of element does not apply, the other counts alone."""
    kinds = {"mandatory": parameters.mandatory_share, "recommended": 1 - parameters.mandatory_share}
    parts = [
        item_points(automatic)
        .filter(pl.col("item_id") == f"{Criterion.COMPLETENESS}.{kind}")
        .select(*_RECORD, (pl.col("share") * weight).alias(kind), pl.lit(weight).alias(f"{kind}_weight"))
        for kind, weight in kinds.items()
    ]
    both = reduce(lambda left, right: left.join(right, on=list(_RECORD), how="full", coalesce=True), parts)
    reached = pl.sum_horizontal(*kinds)
    weight = pl.sum_horizontal(*(f"{kind}_weight" for kind in kinds))
    return both.select(*_RECORD, completeness=pl.when(weight > 0).then(reached / weight))
