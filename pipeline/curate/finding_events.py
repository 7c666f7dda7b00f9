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
    """Return what happened to findings since the night before.

    A finding that is shown for the first time while an exception for it stands gives two entries, `opened` and `accepted`, so
    that what came less what went is always what is shown.

    Args:
        tracked: Tonight's findings (`schemas.quality.TrackedFinding`).
        before: Those of the night before, those of re-keyed records already under their new ids.
        acceptances: Exceptions that people took (`schemas.quality.Acceptance`).
        run_id: The run.
        as_of: Day the night speaks of.

    Returns:
        `schemas.quality.FindingEvent`, ordered by center, rule, finding and event. A night that is run again gives none.
    """
    changed = (
        tracked.join(before.select("finding_id", was="status"), on="finding_id", how="left")
        .join(acceptances.select("finding_id", taken_until="accepted_until"), on="finding_id", how="left")
        .filter(pl.col("status").ne_missing(pl.col("was")))
        .with_columns(
            run_id=pl.lit(run_id),
            as_of=pl.lit(as_of),
            # A night may be run for a day before the finding was first seen.
            days_open=(pl.lit(as_of) - pl.col("first_seen_on")).dt.total_days().clip(lower_bound=0),
        )
    )
    told = [
        changed.with_columns(event=each).drop_nulls("event")
        for each in (_came_or_went(), _exception_taken(), _exception_over(as_of))
    ]
    return conform(pl.concat(told).sort("center_id", "rule_id", "finding_id", "event"), FindingEvent)


def _came_or_went() -> pl.Expr:
    was, status = pl.col("was"), pl.col("status")
    return (
        pl.when(status.is_in(_ENDED))
        .then(status)
        .when(was.is_null())
        .then(pl.lit(str(FindingEventKind.OPENED)))
        .when(was == FindingStatus.FIXED)
        .then(pl.lit(str(FindingEventKind.REAPPEARED)))
        .when(was.is_in(_ENDED))
        .then(pl.lit(str(FindingEventKind.RETURNED)))
    )


def _exception_taken() -> pl.Expr:
    return pl.when(pl.col("status") == FindingStatus.ACCEPTED).then(pl.lit(str(FindingEventKind.ACCEPTED)))


def _exception_over(as_of: date) -> pl.Expr:
    # It was accepted and is open again: its day has passed, its value changed, or a person took the exception back.
    is_over = (pl.col("was") == FindingStatus.ACCEPTED) & ~pl.col("status").is_in([*_ENDED, FindingStatus.ACCEPTED])
    return pl.when(is_over).then(
        pl.when(pl.col("taken_until") < as_of)
        .then(pl.lit(str(FindingEventKind.EXPIRED)))
        .when(pl.col("taken_until").is_not_null())
        .then(pl.lit(str(FindingEventKind.LAPSED)))
        .otherwise(pl.lit(str(FindingEventKind.TAKEN_BACK)))
    )
