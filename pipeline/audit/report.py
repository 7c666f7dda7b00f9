"""The result of an audit as one JSON document, and as tables for a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from pipeline.audit.calibration import Agreement
from pipeline.audit.results import DIMENSIONS, RATES, BatchResult
from schemas.scorecard import CRITERION_WORDS, ITEMS, SCORED_CRITERIA

_FIGURES = ("n", "estimate", "low", "high", "method")


def result_document(
    result: BatchResult,
    *,
    draw: Mapping[str, Any],
    agreement: Sequence[Agreement],
    opinions: pl.DataFrame,
    trend: pl.DataFrame,
) -> dict[str, Any]:
    """Return everything an audit says.

    Args:
        result: What the batch says.
        draw: Its row of `schemas.auditing.Draw`.
        agreement: See `pipeline.audit.calibration.measure_agreement`.
        opinions: The items on which two auditors differ, see `differing_items`.
        trend: See `pipeline.audit.results.trend_of`.
    """
    overall = {
        row["measure"]: {name: row[name] for name in _FIGURES}
        | ({"count": row["count"]} if row["count"] is not None else {})
        for row in result.results.filter(pl.col("dimension") == "all").to_dicts()
    }
    return {
        "batch_id": result.batch_id,
        **{name: draw[name] for name in ("method", "unit", "seed", "center_id")},
        "as_of": draw["as_of"].isoformat(),
        "frame_size": draw["frame_size"],
        "speaks_for": result.speaks_for,
        "drawn": result.drawn,
        "n": result.done,
        "begun": result.begun,
        "not_done": result.drawn - result.done,
        "score": overall.get("score"),
        "criteria": {str(one): overall[one] for one in SCORED_CRITERIA if one in overall},
        **{measure: overall.get(measure) for measure in RATES},
        "items": {item_id: overall[item_id] for item_id in ITEMS if item_id in overall},
        "groups": {
            dimension: [
                {"value": row["value"], "measure": row["measure"], **{name: row[name] for name in _FIGURES}}
                for row in result.results.filter(pl.col("dimension") == dimension).to_dicts()
            ]
            for dimension in DIMENSIONS
        },
        "training_needs": result.training.to_dicts(),
        "agreement": _agreement(agreement),
        "differing_items": opinions.to_dicts(),
        "trend": [row | {"as_of": row["as_of"].isoformat()} for row in trend.to_dicts()],
        "notices": list(result.notices),
    }


def words_of(measure: str) -> str:
    """Return a measure in words.

    >>> words_of("accuracy.phones"), words_of("record_error_rate")
    ('Accuracy: the phone numbers', 'records in which the auditor found at least one fault')
    """
    if measure in RATES:
        return RATES[measure]
    if measure in ITEMS:
        item = ITEMS[measure]
        return f"{CRITERION_WORDS[item.criterion]}: {item.words}"
    return CRITERION_WORDS.get(measure, "Score (0 to 100)" if measure == "score" else measure)


def _agreement(agreement: Sequence[Agreement]) -> dict[str, Any]:
    every = {one.about: {name: value for name, value in asdict(one).items() if name != "about"} for one in agreement}
    nothing = {"pairs": 0, "percent": None, "kappa": None, "alpha": None}
    return {**every.pop("all", nothing), "by": every}
