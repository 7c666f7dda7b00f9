"""Findings over the nights: which are new, which stay, which were fixed, which came back."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contract import conform, empty_table
from schemas.quality import Finding, TrackedFinding


def track_findings(
    findings: pl.DataFrame, *, before: pl.DataFrame, as_of: date, read_centers: list[str]
) -> pl.DataFrame:
    """Fold tonight's findings into those of the nights before.

    A finding is known by its `finding_id`. One that tonight's export no longer shows is `fixed`; one that is shown again is
    open with its first day kept, so that its age tells how long the record has been wrong. A finding of a center whose
    export was not read tonight stays as it was.

    Args:
        findings: Tonight's findings (schemas.quality.Finding).
        before: What the last night left (schemas.quality.TrackedFinding).
        as_of: Day the night speaks of.
        read_centers: Centers whose export was read tonight.

    Returns:
        TrackedFinding rows, one per finding ever seen, ordered by center, record, rule and field.
    """
    earlier = before.select("finding_id", "first_seen_on")
    shown = (
        findings.join(earlier, on="finding_id", how="left")
        .with_columns(
            pl.lit("open").alias("status"),
            # A night that is run again for an earlier day must not make a finding older than it is seen.
            pl.min_horizontal(pl.col("first_seen_on"), pl.lit(as_of)).alias("first_seen_on"),
            pl.lit(as_of).alias("last_seen_on"),
            pl.lit(None, dtype=pl.Date).alias("closed_on"),
        )
        .select(empty_table(TrackedFinding).columns)
    )
    gone = before.join(findings.select("finding_id"), on="finding_id", how="anti")
    was_asked = pl.col("center_id").is_in(read_centers) & (pl.col("status") == "open")
    closed = gone.with_columns(
        pl.when(was_asked).then(pl.lit("fixed")).otherwise(pl.col("status")).alias("status"),
        pl.when(was_asked).then(pl.lit(as_of)).otherwise(pl.col("closed_on")).alias("closed_on"),
    )
    both = pl.concat([shown, closed.select(shown.columns)])
    return conform(both.sort("center_id", "record_uid", "rule_id", "field", "finding_id"), TrackedFinding)


def open_findings(tracked: pl.DataFrame) -> pl.DataFrame:
    """Return the open findings without their life over the nights (schemas.quality.Finding)."""
    return conform(tracked.filter(pl.col("status") == "open"), Finding)
