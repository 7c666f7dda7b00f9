"""Visitors of the online directory, month by month, from rows of months or days that the center supplies."""

from __future__ import annotations

from datetime import date

import polars as pl


def visitors_by_month(rows: pl.DataFrame, *, first_on: date, last_on: date, center_id: str | None) -> pl.DataFrame:
    """Return the visitors of every month of a period.

    Args:
        rows: `day: Date` (any day of the month, or its first), `center_id: String` (null: of all centers together), `visitors: Int64`.
        first_on: First day of the period, the first of a month.
        last_on: Last day of the period.
        center_id: One center, or None for the whole. For the whole, rows without center are taken where there are any in a month, else
            those of the centers are added up. For a center only its own rows count.

    Returns:
        `month: Date` (its first day), `visitors: Int64`; one row per month, null where nothing was given.
    """
    months = pl.DataFrame({"month": pl.date_range(first_on, last_on, "1mo", eager=True)}, schema={"month": pl.Date})
    inside = rows.filter(pl.col("day").is_between(first_on, last_on)).with_columns(
        month=pl.col("day").dt.truncate("1mo")
    )
    if center_id is not None:
        inside = inside.filter(pl.col("center_id") == center_id)
    else:
        has_whole = pl.col("center_id").is_null().any().over("month")
        inside = inside.filter(pl.col("center_id").is_null() | ~has_whole)
    sums = inside.group_by("month").agg(pl.col("visitors").sum())
    return months.join(sums, on="month", how="left").sort("month")
