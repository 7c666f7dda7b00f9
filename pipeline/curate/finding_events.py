"""What happened to findings in one night: the entries from which fix rates and trends are counted."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contract import conform
from schemas.quality import FindingEvent, FindingEventKind, FindingStatus

_ENDED = (FindingStatus.FIXED, FindingStatus.WITHDRAWN, FindingStatus.REMOVED)


def list_events(
    tracked: pl.DataFrame, *, before: pl.DataFrame, acceptances: pl.DataFrame, run_id: str, as_of: date
) -> pl.DataFrame:
    """Return one row per finding whose state differs from the night before.

    Args:
        tracked: Tonight's findings (`schemas.quality.TrackedFinding`).
        before: Those of the night before.
        acceptances: Exceptions that people took (`schemas.quality.Acceptance`).
        run_id: The run.
        as_of: Day the night speaks of.

    Returns:
        `schemas.quality.FindingEvent`, ordered by center, rule and finding. A night that is run again gives none.
    """
    was = before.select("finding_id", was="status")
    until = acceptances.select("finding_id", taken_until="accepted_until")
    status = pl.col("status")
    event = (
        pl.when(status.is_in(_ENDED))
        .then(status)
        .when(status == FindingStatus.ACCEPTED)
        .then(pl.lit(str(FindingEventKind.ACCEPTED)))
        .when(pl.col("was").is_null())
        .then(pl.lit(str(FindingEventKind.OPENED)))
        .when(pl.col("was") == FindingStatus.FIXED)
        .then(pl.lit(str(FindingEventKind.REAPPEARED)))
        .when(pl.col("was").is_in(_ENDED))
        .then(pl.lit(str(FindingEventKind.RETURNED)))
        # It was accepted and is open again: its day has passed, its value changed, or a person took the exception back.
        .when(pl.col("taken_until") < as_of)
        .then(pl.lit(str(FindingEventKind.EXPIRED)))
        .when(pl.col("taken_until").is_not_null())
        .then(pl.lit(str(FindingEventKind.LAPSED)))
        .otherwise(pl.lit(str(FindingEventKind.TAKEN_BACK)))
    )
    changed = (
        tracked.join(was, on="finding_id", how="left")
        .join(until, on="finding_id", how="left")
        .filter(status.ne_missing(pl.col("was")))
        .with_columns(
            event=event,
            run_id=pl.lit(run_id),
            as_of=pl.lit(as_of),
            days_open=(pl.lit(as_of) - pl.col("first_seen_on")).dt.total_days(),
        )
    )
    return conform(changed.sort("center_id", "rule_id", "finding_id"), FindingEvent)
