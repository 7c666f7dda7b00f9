"""The result of an audit as sheets of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipeline.publish.table_file import Sheet
from schemas.scorecard import CRITERION_WORDS, ITEMS

#: Columns of the estimates, in order and stable.
ESTIMATES: dict[str, tuple[str, int]] = {
    "batch_id": ("batch_id", 24),
    "measure": ("measure", 26),
    "about": ("about", 44),
    "dimension": ("dimension", 12),
    "value": ("value", 24),
    "n": ("n", 7),
    "count": ("count", 8),
    "estimate": ("estimate", 12),
    "low": ("low", 12),
    "high": ("high", 12),
    "standard_error": ("standard_error", 14),
    "method": ("method", 48),
}

_SCORES = {
    "native_id": ("record", 14),
    "name": ("name", 40),
    "curator": ("curator", 18),
    "auditor": ("auditor", 18),
    "role": ("opinion", 10),
    "score": ("score", 9),
    "band": ("band", 11),
    "faults": ("faults", 8),
    "critical_errors": ("critical", 9),
    "unanswered": ("unanswered", 11),
    **{name: (name, 13) for name in ("accuracy", "completeness", "indexing", "readability", "grammar")},
    "record_uid": ("record_uid", 38),
}
_TRAINING = {
    "curator": ("curator", 18),
    "place": ("place", 7),
    "item_id": ("item", 26),
    "about": ("about", 40),
    "faults": ("faults", 8),
    "n": ("of", 7),
}
_AGREEMENT = {name: (name, 14) for name in ("about", "pairs", "percent", "kappa", "alpha")}
_DIFFERING = {
    "native_id": ("record", 14),
    "name": ("name", 40),
    "item_id": ("item", 24),
    **{
        f"{column}{role}": (f"{title}{role}", width)
        for role in ("first", "second", "third")
        for column, title, width in (("", "", 14), ("auditor_", "auditor ", 18), ("comment_", "comment ", 40))
    },
}
_TREND = {name: (name, 16) for name in ("as_of", "batch_id", "method", "measure", "n", "estimate", "low", "high")}


def audit_sheets(results: pl.DataFrame, document: Mapping[str, Any], *, scores: pl.DataFrame) -> list[Sheet]:
    """Return the sheets: estimates first, then scores of records, training needs, agreement, differing items and trend.

    Args:
        results: `schemas.auditing.Result`.
        document: The result as JSON values, see `pipeline.audit.report.result_document`.
        scores: `schemas.auditing.Score` with `native_id`, `name`, `curator`.
    """
    agreement = document["agreement"]
    rows = [{"about": "all", **{key: value for key, value in agreement.items() if key != "by"}}]
    rows += [{"about": about, **one} for about, one in agreement["by"].items()]
    about = {item_id: f"{CRITERION_WORDS[item.criterion]}: {item.words}" for item_id, item in ITEMS.items()}
    known = pl.col("measure").replace_strict(about, default=pl.col("measure").str.replace_all("_", " "))
    tables: list[tuple[str, pl.DataFrame, Mapping[str, tuple[str, int]]]] = [
        ("Estimates", results.with_columns(about=known), ESTIMATES),
        ("Records", scores, _SCORES),
        ("Training needs", _frame(document["training_needs"], "item_id", about), _TRAINING),
        ("Agreement", pl.DataFrame(rows, infer_schema_length=None), _AGREEMENT),
        ("Differing items", _frame(document["differing_items"], "item_id", about), _DIFFERING),
        ("Rounds", pl.DataFrame(document["trend"], infer_schema_length=None), _TREND),
    ]
    return [
        Sheet(title=title, rows=rows, columns=columns)
        for place, (title, rows, columns) in enumerate(tables)
        if place == 0 or rows.height
    ]


def _frame(rows: list[dict[str, Any]], key: str, about: Mapping[str, str]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame if frame.is_empty() else frame.with_columns(about=pl.col(key).replace_strict(about, default=key))
