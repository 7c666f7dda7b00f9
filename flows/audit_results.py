"""What a batch says, put together for a terminal, a file or a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from flows.audits import Audits
from pipeline.audit.calibration import compare_opinions, differing_items, measure_agreement
from pipeline.audit.report import result_document
from pipeline.audit.results import BatchResult, trend_of


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """What a batch says.

    Attributes:
        result: Its estimates.
        document: Everything as JSON values.
        scores: `schemas.auditing.Score` of the batch, with `native_id`, `name` and `curator` of the record.
        confidence: Confidence of the intervals.
    """

    result: BatchResult
    document: dict[str, Any]
    scores: pl.DataFrame
    confidence: float


def report_of(audits: Audits, batch_id: str | None) -> AuditReport:
    """Return what a batch says; without an id the newest one with answers.

    Raises:
        InputError: There is no such batch.
    """
    drawn = audits.find(batch_id)
    row = drawn.draw.row(0, named=True)
    result = audits.result_of(drawn.batch_id)
    opinions = compare_opinions(audits.carried.filter(pl.col("batch_id") == drawn.batch_id))
    scores = audits.scores.filter(pl.col("batch_id") == drawn.batch_id)
    key = ["batch_id", "center_id", "record_uid"]
    names = drawn.items.select(*key, "native_id", "name", "curator")
    named = differing_items(opinions).join(names, on=key, how="left", maintain_order="left")
    trend = trend_of(
        audits.result_table(),
        draws=audits.draws.draw.filter(
            (pl.col("unit") == row["unit"]) & pl.col("center_id").eq_missing(pl.lit(row["center_id"], dtype=pl.String))
        ),
    )
    return AuditReport(
        result=result,
        document=result_document(
            result,
            draw=row,
            agreement=measure_agreement(opinions, scores=scores),
            opinions=named,
            trend=trend,
        ),
        scores=scores.join(names, on=key, how="left", maintain_order="left"),
        confidence=audits.parameters.confidence,
    )
