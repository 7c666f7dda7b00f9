"""Updates of whole bundles through the years, from the verification days that the nights have shown."""

from __future__ import annotations

import polars as pl

_RECORD = ["center_id", "kind", "record_uid"]
_UNIT = ["center_id", "agency_uid"]


def list_bundle_updates(records: pl.DataFrame, *, levels: pl.DataFrame, verifications: pl.DataFrame) -> pl.DataFrame:
    """Return the days on which bundles were completely updated, as far as they are known.

    The last update of a bundle is the oldest of the last verifications of its records, the one before it the oldest of the last but
    one, and so on; a record that was not verified that often (it is younger) leaves the earlier updates alone.

    Args:
        records: From `date_records`; their `verified_on` is the day that counts.
        levels: From `track_levels`; only records on tracked levels take part.
        verifications: `schemas.history.Verification` of all nights.

    Returns:
        `unit_id` (see `unit_id`) and `day`, one row per bundle and update, none twice.
    """
    tracked = levels.filter("is_tracked").select("center_id", "kind")
    members = records.join(tracked, on=["center_id", "kind"], how="semi").select(*_RECORD, "agency_uid", "verified_on")
    # A day that does not count (it was questioned, or a language version is older) takes the record's later days with it.
    earlier = (
        verifications.select(*_RECORD, day="verified_on")
        .join(members, on=_RECORD)
        .filter(pl.col("day") < pl.col("verified_on"))
        .select(*_RECORD, "agency_uid", "day")
    )
    last = members.filter(pl.col("verified_on").is_not_null()).select(*_RECORD, "agency_uid", day="verified_on")
    undated = members.filter(pl.col("verified_on").is_null()).select(_UNIT).unique()
    days = (
        pl.concat([last, earlier])
        .unique()
        .with_columns(place=pl.col("day").rank("ordinal", descending=True).over(_RECORD))
    )
    updates = days.group_by(*_UNIT, "place").agg(day=pl.col("day").min())
    return (
        # A bundle with an undated record was never completely updated.
        updates.join(undated, on=_UNIT, how="anti").select(unit_id=unit_id(), day="day").unique().sort("unit_id", "day")
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


def unit_id() -> pl.Expr:
    """Return the name of a bundle over all centers, from `center_id` and `agency_uid`."""
    return pl.concat_str("center_id", "agency_uid", separator=" ")


def record_id() -> pl.Expr:
    """Return the name of a record over all centers and kinds."""
    return pl.concat_str("center_id", "kind", "record_uid", separator=" ")
