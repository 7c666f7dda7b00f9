"""Updates of whole bundles through the years, from the verification days that the nights have shown."""

from __future__ import annotations

import polars as pl

_RECORD = ["center_id", "kind", "record_uid"]
#: More days than any calendar date has since 1970 (year 9999: 2,932,896).
_DAYS = 4_000_000


def list_bundle_updates(records: pl.DataFrame, *, levels: pl.DataFrame, verifications: pl.DataFrame) -> pl.DataFrame:
    """Return the days on which bundles were completely updated, as far as they are known.

    The last update of a bundle is the oldest of the last verifications of its records, the one before it the oldest of the last but
    one, and so on; a record that was not verified that often (it is younger) leaves the earlier updates alone.

    Args:
        records: From `date_records`; their `verified_on` is the day that counts.
        levels: From `track_levels`; only records on tracked levels take part.
        verifications: `schemas.history.Verification` of all nights.

    Returns:
        `unit_id` (the `unit` of the records) and `day`, one row per bundle and update, none twice, in no order.
    """
    tracked = levels.filter("is_tracked").select("center_id", "kind")
    # Numbers in place of the keys: a nation's history has millions of days, and numbers sort many times faster than texts.
    members = (
        records.filter(pl.col("unit").is_not_null())
        .join(tracked, on=["center_id", "kind"], how="semi")
        .select("center_id", "record_uid", "unit", "verified_on")
        .with_row_index("member")
    )
    # A bundle with an undated record was never completely updated.
    undated = members.filter(pl.col("verified_on").is_null()).select("unit").unique()
    dated = members.join(undated, on="unit", how="anti")
    # A day later than the one that counts was set aside, or a language version is older: it is no update of the whole.
    earlier = (
        verifications.select("record_uid", of_center="center_id", day="verified_on")
        # Two centers may hold copies under one key; the center is compared where it costs less than in the join.
        .join(dated, on="record_uid")
        .filter((pl.col("day") < pl.col("verified_on")) & (pl.col("of_center") == pl.col("center_id")))
        .select("unit", "member", "day")
    )
    days = pl.concat([dated.select("unit", "member", day="verified_on"), earlier])
    return _numbered(days).group_by("unit", "place").agg(day=pl.col("day").min()).select("day", unit_id="unit").unique()


def _numbered(days: pl.DataFrame) -> pl.DataFrame:
    """Return the days with `place`, counted from the last day of each member back; the same as a window over the members, and faster."""
    newest_first = pl.col("member").cast(pl.Int64) * _DAYS - pl.col("day").cast(pl.Int32)
    begins = (pl.col("member") != pl.col("member").shift(1)).fill_null(value=True)
    return (
        days.sort(newest_first)
        .with_row_index("row")
        .with_columns(place=pl.col("row") - pl.when(begins).then("row").forward_fill())
    )


def list_record_updates(records: pl.DataFrame, *, verifications: pl.DataFrame) -> pl.DataFrame:
    """Return the days on which counted records were verified, as far as they are known: `unit_id`, `day`, none twice.

    Args:
        records: From `date_records`.
        verifications: `schemas.history.Verification` of all nights.
    """
    last = records.filter(pl.col("verified_on").is_not_null()).select(unit_id=record_id(), day="verified_on")
    earlier = (
        verifications.rename({"verified_on": "day"})
        .join(records.select(*_RECORD, "verified_on"), on=_RECORD)
        .filter(pl.col("day") < pl.col("verified_on"))
        .select(unit_id=record_id(), day="day")
    )
    return pl.concat([last, earlier]).unique().sort("unit_id", "day")


def record_id() -> pl.Expr:
    """Return the name of a record over all centers and kinds."""
    return pl.concat_str("center_id", "kind", "record_uid", separator=" ")
