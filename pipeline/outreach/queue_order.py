"""Bundles in the order in which they are to be verified, as arrays.

    1. what does not count now: never verified first, then by the month of the last verification, the oldest first
    2. what still counts, by the week in which it ceases to count
    inside each: most used first (unknown use last)

The order within a center is that of the arrays. A bundle ceases to count in week w when it no longer counts at the end of week w,
so the first n bundles of a center's order are always those that ceased first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.outreach.stages import months_over
from schemas.queue_parameters import QueueParameters

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

DAYS_OF_WEEK = 7
_MINUTES_PER_HOUR = 60.0
_MONTHS_OF_A_YEAR = 12
_SHORTEST_MINUTES = 1.0
_MOST_EMPTY_SHARE = 0.2


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """All bundles, by center and then in the order of verification.

    Attributes:
        rows: The bundles, with `place` (their place in the arrays).
        centers: Center ids, sorted.
        center: Place of each bundle's center in `centers`.
        rank: Place of each bundle in the same order over all centers together.
        ceases: Week at whose end it no longer counts; 0 when it does not count now.
        has_just_ceased: Whether it counted until the day before the plan.
        minutes: Minutes of one update, at least 1.
        is_open: Whether it may be queued.
        worker: Place of each bundle's worker in `workers`.
        workers: Curators and, per center, the bundles without one: `curator`, `unnamed_center_id`, `limit_minutes` a week and
            `is_assumed` (hours not given), sorted.
    """

    rows: pl.DataFrame
    centers: tuple[str, ...]
    center: Whole
    rank: Whole
    ceases: Whole
    has_just_ceased: Flags
    minutes: Floats
    is_open: Flags
    worker: Whole
    workers: pl.DataFrame

    @property
    def limits(self) -> Floats:
        """Minutes a week of each worker."""
        return self.workers.get_column("limit_minutes").to_numpy()

    @property
    def paces(self) -> Floats:
        """Minutes that whole bundles fill of every week of each worker, week after week.

        Bundles are not cut at the end of a week, so a part of it stays empty: on average up to half a bundle, and no more than a fifth of
        the week is set aside for it (project choice). Who counts on every minute comes late by that part. Bundles longer than a week are
        spread, and leave nothing empty.
        """
        limits = self.limits
        is_whole = self.minutes <= limits[self.worker]
        counts = np.bincount(self.worker, weights=is_whole, minlength=limits.size)
        sums = np.bincount(self.worker, weights=self.minutes * is_whole, minlength=limits.size)
        mean = sums / np.maximum(1, counts)
        return np.asarray(limits - np.minimum(mean / 2, _MOST_EMPTY_SHARE * limits), dtype=np.float64)


def order_bundles(bundles: pl.DataFrame, *, as_of: date, parameters: QueueParameters) -> Ordered:
    """Return the bundles in the order of verification.

    Args:
        bundles: `schemas.outreach.QueueBundle` rows.
        as_of: First day of week 1.
        parameters: Hours.
    """
    counts = pl.col("counts_until") >= as_of
    lapsed_on = months_over(pl.col("day"), months=parameters.window_months)
    left_days = (pl.col("counts_until") - pl.lit(as_of)).dt.total_days()
    month = pl.col("day").dt.year().cast(pl.Int64) * _MONTHS_OF_A_YEAR + pl.col("day").dt.month()
    # Never verified comes before every month.
    ceased_order = pl.when(pl.col("day").is_null()).then(-1).otherwise(month)
    keyed = bundles.with_columns(
        ceases=pl.when(counts).then((left_days + 1) // DAYS_OF_WEEK + 1).otherwise(0).fill_null(0).cast(pl.Int64),
        has_just_ceased=~counts.fill_null(False) & (lapsed_on == as_of).fill_null(False),
        unnamed_center_id=pl.when(pl.col("curator").is_null()).then("center_id"),
    ).with_columns(order_key=pl.when(pl.col("ceases") == 0).then(ceased_order).otherwise(0))
    keys = ["ceases", "order_key", "use", "day", "center_id", "agency_uid"]
    ranked = (
        keyed.sort(
            keys, descending=[False, False, True, False, False, False], nulls_last=[False] * 2 + [True] + [False] * 3
        )
        .with_row_index("rank")
        .sort("center_id", "rank")
        .with_row_index("place")
    )
    workers = _workers(ranked, parameters=parameters)
    placed = ranked.join(
        workers, on=["curator", "unnamed_center_id"], how="left", nulls_equal=True, maintain_order="left"
    )
    centers = placed.get_column("center_id").unique().sort()
    return Ordered(
        rows=ranked.drop("rank", "order_key"),
        centers=tuple(centers),
        center=_whole(placed.get_column("center_id").rle_id()),
        rank=_whole(placed.get_column("rank")),
        ceases=_whole(placed.get_column("ceases")),
        has_just_ceased=placed.get_column("has_just_ceased").to_numpy(),
        minutes=np.maximum(placed.get_column("minutes").to_numpy(), _SHORTEST_MINUTES),
        is_open=placed.get_column("excluded_reason").is_null().to_numpy(),
        worker=_whole(placed.get_column("worker")),
        workers=workers,
    )


def week_end(as_of: date, week: int) -> date:
    """Return the last day of a week.

    >>> week_end(date(2026, 11, 30), 1)
    datetime.date(2026, 12, 6)
    """
    return as_of + timedelta(days=DAYS_OF_WEEK * week - 1)


def _workers(rows: pl.DataFrame, *, parameters: QueueParameters) -> pl.DataFrame:
    """Return one row per curator, and per center one for the bundles that have none."""
    workers = rows.select("curator", "unnamed_center_id").unique().sort("curator", "unnamed_center_id", nulls_last=True)
    named = workers.to_dicts()
    hours = [parameters.hours_of(row["curator"], center_id=row["unnamed_center_id"] or "") for row in named]
    assumed = [row["curator"] is not None and row["curator"] not in parameters.hours_per_week for row in named]
    return workers.with_columns(
        pl.Series("limit_minutes", hours, dtype=pl.Float64) * _MINUTES_PER_HOUR,
        pl.Series("is_assumed", assumed, dtype=pl.Boolean),
    ).with_row_index("worker")


def _whole(column: pl.Series) -> Whole:
    return column.cast(pl.Int64).to_numpy()
