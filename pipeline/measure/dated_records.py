"""Counted records with the days that count, and the day of a whole bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.measure.window import usable
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import COUNTED_STATUSES, RecordKind
from schemas.freshness import FreshnessLevel
from schemas.parameters import FreshnessRule

_KINDS: tuple[str, ...] = tuple(kind.value for kind in RecordKind)
_VERIFIER_COLUMNS = ("verified_by", "verified_by_title", "verification_method")
_KEY = ("center_id", "record_uid")


@dataclass(frozen=True, kw_only=True)
class DatedDirectory:
    """The days of a directory as of a day; figures, forecast and queue of one night share it.

    Attributes:
        records: From `date_records`.
        levels: From `track_levels`.
        bundles: From `date_bundles`.
    """

    records: pl.DataFrame
    levels: pl.DataFrame
    bundles: pl.DataFrame


def date_directory(directory: Directory, *, as_of: date, rule: FreshnessRule) -> DatedDirectory:
    """Return the counted records, levels and bundles of a directory with the days that count.

    Args:
        directory: One or many centers.
        as_of: Later days count as blank.
        rule: Options, and the share from which a level is tracked.
    """
    records = date_records(directory, as_of=as_of, rule=rule)
    levels = track_levels(records, rule=rule)
    return DatedDirectory(records=records, levels=levels, bundles=date_bundles(records, levels=levels))


def date_records(directory: Directory, *, as_of: date, rule: FreshnessRule) -> pl.DataFrame:
    """Return the counted records with the days that count.

    Args:
        directory: One or many centers.
        as_of: Later days count as blank.
        rule: Whether a verification needs a verifier; from which share on language versions have days of their own.

    Returns:
        `center_id`, `record_uid`, `kind`, `agency_uid`, `county` and `curator` (those of the agency where the record has
        none), `unit` (number of the agency within this frame; null when it is missing), `own_language` (of the record itself),
        `created_on` (of the agency where the record has none) and `agency_created_on`, `verified_on`, `edited_on`, and
        `kept_on`: the verification day before the
        verifier option.
    """
    tables = directory.tables()
    records = pl.concat(
        [
            tables[kind]
            .filter("is_counted")
            .select(
                "center_id",
                "record_uid",
                "kind",
                "agency_uid",
                "county",
                "curator",
                "created_on",
                own_language="language_of_record",
                verified_on=usable(pl.col("verified_on"), as_of=as_of),
                edited_on=usable(pl.col("edited_on"), as_of=as_of),
                has_verifier=pl.any_horizontal(pl.col(_VERIFIER_COLUMNS).is_not_null()),
            )
            for kind in _KINDS
        ]
    )
    records = _with_translations(records, directory, as_of=as_of, rule=rule).with_columns(
        kept_on=pl.col("verified_on")  # the day before the verifier option: what the center keeps at all
    )
    if rule.require_verifier:
        records = records.with_columns(verified_on=pl.when("has_verifier").then("verified_on"))
    agencies = (
        directory.agency.unique(_KEY, keep="first", maintain_order=True)
        .select(
            "center_id",
            agency_uid="record_uid",
            agency_county="county",
            agency_curator="curator",
            agency_created_on="created_on",
        )
        # A number groups many times faster than two texts, and every figure of bundles groups by it.
        .with_row_index("unit")
    )
    return (
        records.join(agencies, on=["center_id", "agency_uid"], how="left")
        .with_columns(
            county=pl.coalesce("county", "agency_county"),
            curator=pl.coalesce("curator", "agency_curator"),
            # Many exports give no day of creation for sites and services: none of them is older than its agency.
            created_on=pl.coalesce("created_on", "agency_created_on"),
        )
        .drop("agency_county", "agency_curator")
    )


def _with_translations(
    records: pl.DataFrame, directory: Directory, *, as_of: date, rule: FreshnessRule
) -> pl.DataFrame:
    """Take the oldest verification and the newest edit over all language versions of a record.

    Versions of a center that keeps no verification days on them (a level not tracked) leave the record's own day alone.
    """
    versions = directory.translation.filter(
        pl.col("status").is_in([status.value for status in COUNTED_STATUSES])
    ).with_columns(
        verified_on=usable(pl.col("verified_on"), as_of=as_of), edited_on=usable(pl.col("edited_on"), as_of=as_of)
    )
    if versions.is_empty():
        return records
    by_record = (
        versions.with_columns(
            is_tracked=pl.col("verified_on").is_not_null().mean().over("center_id") >= rule.tracked_share
        )
        .group_by("center_id", "kind", "record_uid")
        .agg(
            version_verified_on=pl.col("verified_on").min(),
            version_is_blank=(pl.col("verified_on").is_null() & pl.col("is_tracked")).any(),
            version_edited_on=pl.col("edited_on").max(),
        )
    )
    return (
        records.join(by_record, on=["center_id", "kind", "record_uid"], how="left")
        .with_columns(
            verified_on=pl.when(
                pl.col("verified_on").is_not_null() & ~pl.col("version_is_blank").fill_null(value=False)
            ).then(pl.min_horizontal("verified_on", "version_verified_on")),
            edited_on=pl.max_horizontal("edited_on", "version_edited_on"),
        )
        .drop("version_verified_on", "version_is_blank", "version_edited_on")
    )


def track_levels(records: pl.DataFrame, *, rule: FreshnessRule) -> pl.DataFrame:
    """Return how many records of each kind and center carry a verification day, and whether the level is tracked.

    Args:
        records: From `date_records`.
        rule: The share from which a level is tracked.
    """
    return conform(
        records.group_by("center_id", "kind")
        .agg(
            counted=pl.len().cast(pl.Int64),
            dated=pl.col("kept_on").is_not_null().sum().cast(pl.Int64),
        )
        .with_columns(dated_share=pl.col("dated") / pl.col("counted"))
        .with_columns(is_tracked=(pl.col("dated") > 0) & (pl.col("dated_share") >= rule.tracked_share))
        .sort("center_id", _kind_order()),
        FreshnessLevel,
    )


def _kind_order() -> pl.Expr:
    return pl.col("kind").replace_strict(dict(zip(_KINDS, range(len(_KINDS)), strict=True)), return_dtype=pl.Int64)


def date_bundles(records: pl.DataFrame, *, levels: pl.DataFrame) -> pl.DataFrame:
    """Return one row per counted agency with the oldest day over its records on tracked levels as `day`.

    One blank day on a tracked level makes the whole bundle blank.

    Args:
        records: From `date_records`. With `own_day` (the day before some were set aside), `kept_day` tells the bundle's day by it.
        levels: From `track_levels`.
    """

    def of_all(name: str) -> pl.Expr:
        return pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).min())

    days = {"day": of_all("verified_on")}
    if "own_day" in records.columns:
        days["kept_day"] = of_all("own_day")
    oldest = (
        records.join(levels.filter("is_tracked").select("center_id", "kind"), on=["center_id", "kind"], how="semi")
        .group_by("unit")
        .agg(**days)
    )
    return (
        records.filter(pl.col("kind") == RecordKind.AGENCY.value)
        .with_columns(agency_uid=pl.col("record_uid"))
        .join(oldest, on="unit", how="left")
    )
