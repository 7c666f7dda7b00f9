"""How findings fare: opened, fixed, come back, by curator, center or rule."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from schemas.contract import conform
from schemas.quality import FindingEventKind, FindingStatus, FixRate

#: Shown where a record has no curator.
UNKNOWN = "(unknown)"


def count_fix_rates(
    events: pl.DataFrame,
    tracked: pl.DataFrame,
    *,
    by: str,
    as_of: date,
    days: int,
    smallest_cell: int,
    within_days: int = 30,
) -> pl.DataFrame:
    """Return how findings fared in the days up to `as_of`.

    The fix rate is fixed / (fixed + still open at the end): of what could have been mended in the period, the share that was.
    Findings that ended because a rule was switched off or a record left are in neither: nobody mended them.

    Args:
        events: `schemas.quality.FindingEvent` of all nights.
        tracked: Present state of all findings (`schemas.quality.TrackedFinding`).
        by: `curator`, `center_id`, `rule_id` or `severity`.
        as_of: Last day of the period.
        days: Length of the period in days, the last day included.
        smallest_cell: Rates of fewer findings are marked small.
        within_days: Days in which a finding should be mended. What is open and not older is neither in time nor late.

    Returns:
        `schemas.quality.FixRate`, most findings first.
    """
    age = (pl.lit(as_of) - pl.col("first_seen_on")).dt.total_days()
    begin = as_of - timedelta(days=days - 1)
    label = pl.col(by).fill_null(UNKNOWN).alias("value")
    recent = events.filter(pl.col("as_of").is_between(begin, as_of))
    # A finding that was fixed, came back and was fixed again in the period counts once as fixed: its last state tells.
    last = recent.sort("run_id").group_by("finding_id", maintain_order=True).last()
    counts = recent.group_by(label).agg(
        *(
            (pl.col("event") == kind).sum().cast(pl.Int64).alias(str(kind))
            for kind in (FindingEventKind.OPENED, FindingEventKind.REAPPEARED)
        ),
    )
    fixed = (
        last.filter(pl.col("event") == FindingEventKind.FIXED)
        .group_by(label)
        .agg(
            fixed=pl.len().cast(pl.Int64),
            median_days_to_fix=pl.col("days_open").median(),
            in_time=(pl.col("days_open") <= within_days).sum().cast(pl.Int64),
        )
    )
    still = (
        tracked.filter(pl.col("status").is_in([FindingStatus.OPEN, FindingStatus.REAPPEARED]))
        .group_by(label)
        .agg(
            still_open=pl.len().cast(pl.Int64),
            median_days_open=age.median(),
            old=(age > within_days).sum().cast(pl.Int64),
        )
    )
    rows = (
        counts.join(fixed, on="value", how="full", coalesce=True)
        .join(still, on="value", how="full", coalesce=True)
        .with_columns(pl.col("opened", "reappeared", "fixed", "still_open", "in_time", "old").fill_null(0))
        .with_columns(
            total=pl.col("fixed") + pl.col("still_open"), late=pl.col("fixed") - pl.col("in_time") + pl.col("old")
        )
        .with_columns(
            fix_rate=pl.when(pl.col("total") > 0).then(pl.col("fixed") / pl.col("total")),
            in_time_share=pl.when(pl.col("in_time") + pl.col("late") > 0).then(
                pl.col("in_time") / (pl.col("in_time") + pl.col("late"))
            ),
            is_small=pl.col("total") < smallest_cell,
            by=pl.lit({"center_id": "center", "rule_id": "rule"}.get(by, by)),
        )
    )
    return conform(rows.sort("total", "value", descending=[True, False]), FixRate)
