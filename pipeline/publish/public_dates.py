"""Dates as of a day: what lies after it is not told, and a temporary message stands only in its time."""

from __future__ import annotations

from datetime import date

import polars as pl

_DATES = {
    "verified_on": "verification_in_future",
    "edited_on": "edit_in_future",
    "created_on": "creation_in_future",
}


def tell_as_of(records: pl.DataFrame, *, as_of: date) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return records as they are told on a day, and how many values were left out, by reason.

    Args:
        records: Needs `verified_on`, `edited_on`, `created_on`, `alert`, `alert_from_on`, `alert_to_on`.
        as_of: Day the data speaks of.
    """
    shows_alert = pl.lit(as_of).is_between(
        pl.coalesce("alert_from_on", pl.lit(date.min)), pl.coalesce("alert_to_on", pl.lit(date.max))
    )
    told = records.with_columns(
        *(pl.when(pl.col(column) <= as_of).then(column).alias(column) for column in _DATES),
        *(pl.when(shows_alert).then(column).alias(column) for column in ("alert", "alert_from_on", "alert_to_on")),
    )
    counts = {
        reason: int(records[column].count() - told[column].count())
        for column, reason in {**_DATES, "alert": "alert_out_of_dates"}.items()
    }
    return told, counts
