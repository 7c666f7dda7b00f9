"""How likely a record is to be wrong, from what is known without auditing it: its findings, its age and its use.

    risk = (w_f F + w_a A + w_u U) / (w_f + w_a + w_u)

F: findings of the bundle, errors counting 1, warnings 0.3, at most 5, over 5. A: days since the last verification over three years,
at most 1; 1 when the day is unknown. U: rank of the record by use among the frame, from 0 (least) to 1 (most). Without figures of
use w_u is left out. All of it is a project choice; it steers who is drawn sooner, and never the estimate, which weighs it out.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.enumerations import Severity
from schemas.parameters import AuditParameters

_KEY = ["center_id", "record_uid"]
_WEIGHTS = {Severity.ERROR.value: 1.0, Severity.WARNING.value: 0.3}
_MOST_FINDINGS = 5.0
_OLDEST_DAYS = 3 * 365.25


def score_risk(
    frame: pl.DataFrame,
    *,
    findings: pl.DataFrame,
    as_of: date,
    parameters: AuditParameters,
    unit: str,
    use: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the frame with `risk`, from 0 to 1.

    Args:
        frame: See `pipeline.audit.frame.audit_frame`.
        findings: `schemas.quality.Finding` that the last night shows.
        as_of: Day from which age is counted.
        parameters: Weights.
        unit: `agency` (findings of all its records count) or `service`.
        use: `center_id`, `record_uid`, `use` (how often it was asked for); records not named count as 0. None: unknown.
    """
    owner = pl.col("agency_uid") if unit == "agency" else pl.col("record_uid")
    weighed = (
        findings.with_columns(record_uid=owner, weight=pl.col("severity").replace_strict(_WEIGHTS, default=0.0))
        .group_by(_KEY)
        .agg(pl.col("weight").sum())
    )
    scored = frame.join(weighed, on=_KEY, how="left", maintain_order="left").with_columns(
        __findings=(pl.col("weight").fill_null(0.0) / _MOST_FINDINGS).clip(0.0, 1.0),
        __age=((pl.lit(as_of) - pl.col("verified_on")).dt.total_days() / _OLDEST_DAYS).clip(0.0, 1.0).fill_null(1.0),
    )
    parts = {"__findings": parameters.risk_findings, "__age": parameters.risk_age}
    if use is not None:
        scored = scored.join(use.select(*_KEY, "use"), on=_KEY, how="left", maintain_order="left").with_columns(
            __use=(pl.col("use").fill_null(0).rank("average") - 1) / pl.max_horizontal(pl.len() - 1, 1)
        )
        parts["__use"] = parameters.risk_use
    total = sum(parts.values())
    risk = sum((pl.col(name) * weight for name, weight in parts.items()), start=pl.lit(0.0))
    return scored.with_columns(risk=risk / total if total > 0 else pl.lit(0.0)).select(*frame.columns, "risk")
