"""How the share updated moved: as the nights published it, and before the first night as far as dates tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.measure.dated_records import date_records, track_levels
from pipeline.measure.freshness_cases import HEADLINE
from pipeline.measure.window import window_of
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import RecordKind, WindowKind
from schemas.freshness import TrendPoint
from schemas.parameters import FreshnessRule

_RECORD = ["center_id", "kind", "record_uid"]


def list_nights(
    stored: pl.DataFrame, *, measure: str, center_id: str | None = None, dimension: str = "all", value: str = "all"
) -> pl.DataFrame:
    """Return what the nights published, one row per day: of several runs for a day the last one.

    Args:
        stored: `schemas.measures.StoredMeasure` of all nights.
        measure: Such as `complete_agency_update`.
        center_id: One center, or None for all together.
        dimension: Division, such as `curator`.
        value: Which part of it, such as a name.

    Returns:
        `schemas.freshness.TrendPoint`, the earliest first.
    """
    rows = stored.filter(
        (pl.col("measure") == measure)
        & (pl.col("dimension") == dimension)
        & (pl.col("value") == value)
        & pl.col("center_id").eq_missing(pl.lit(center_id, dtype=pl.String))
    )
    return conform(
        rows.sort("as_of", "run_id")
        .unique("as_of", keep="last", maintain_order=True)
        .select(
            "as_of",
            "run_id",
            "numerator",
            "denominator",
            "unknown",
            "share",
            origin=pl.lit("night"),
            share_low="share",
            share_high="share",
        ),
        TrendPoint,
    )


def reconstruct_days(
    directory: Directory,
    *,
    days: Sequence[date],
    verifications: pl.DataFrame,
    as_of: date,
    rule: FreshnessRule,
    measure: str,
    window_kind: WindowKind = WindowKind.ROLLING,
) -> pl.DataFrame:
    """Work out what the share was on days before the first night, as the range that the dates leave open.

    The first night showed the last verification of every record. Of a day before it that is enough to say what a record was where
    that verification is earlier than the day; where it is later, it has overwritten the one before, and the record may have counted
    or not. The lower end takes none of these, the upper end all of them. Records that were entered after the day are left out;
    records that have left the directory since are not known, nor are earlier statuses. Centers without any date are left out.

    Args:
        directory: The directory as it is now, of the centers that are wanted.
        days: Days to work out.
        verifications: `schemas.history.Verification` of all nights.
        as_of: Day the directory speaks of.
        rule: Window, and from which share on a level is tracked.
        measure: `complete_agency_update` or `verified_record`.
        window_kind: What the window begins with.

    Returns:
        `schemas.freshness.TrendPoint`, the earliest first.
    """
    records = date_records(directory, as_of=as_of, rule=rule)
    # Of a center without any date nothing can be known: it would count as never updated.
    dated = records.filter(pl.col("kept_on").is_not_null()).select("center_id").unique()
    records = records.join(dated, on="center_id", how="semi")
    tracked = track_levels(records, rule=rule).filter("is_tracked").select("center_id", "kind")
    created = directory.records().select(*_RECORD, "created_on").unique(_RECORD, keep="first", maintain_order=True)
    first_shown = verifications.group_by(_RECORD).agg(shown_on=pl.col("verified_on").min())
    # A number in place of the two keys: bundles are put together once for every day.
    agencies = (
        created.filter(pl.col("kind") == RecordKind.AGENCY.value)
        .select("center_id", agency_uid="record_uid", agency_created_on="created_on")
        .with_row_index("bundle")
    )
    known = (
        records.join(created, on=_RECORD, how="left")
        .join(agencies, on=["center_id", "agency_uid"], how="left")
        # Many exports give no day of creation for sites and services: none of them is older than its agency.
        .with_columns(created_on=pl.coalesce("created_on", "agency_created_on"))
        .join(first_shown, on=_RECORD, how="left")
        .with_columns(first_on=pl.min_horizontal("verified_on", "shown_on"))
    )
    if measure == HEADLINE:
        counted = records.filter(pl.col("kind") == RecordKind.AGENCY.value).select("center_id", "agency_uid")
        known = known.join(tracked, on=["center_id", "kind"], how="semi").join(
            counted.unique(), on=["center_id", "agency_uid"], how="semi"
        )
    known = known.select("bundle", "created_on", "agency_created_on", "first_on").sort("bundle")
    rows = [
        _count(known, day=day, cutoff=window_of(rule, as_of=day, kind=window_kind).cutoff_on, measure=measure)
        for day in sorted(days)
    ]
    total = pl.col("denominator")
    points = pl.DataFrame(
        rows,
        schema={
            "as_of": pl.Date,
            "certain": pl.Float64,
            "possible": pl.Float64,
            "denominator": pl.Float64,
        },
        orient="row",
    ).with_columns(
        share_low=pl.when(total > 0).then(pl.col("certain") / total),
        share_high=pl.when(total > 0).then(pl.col("possible") / total),
    )
    return conform(
        points.select(
            "as_of",
            "denominator",
            "share_low",
            "share_high",
            origin=pl.lit("reconstructed"),
            run_id=pl.lit(None, dtype=pl.String),
            numerator="certain",
            unknown=pl.col("possible") - pl.col("certain"),
            share=pl.when(pl.col("share_low") == pl.col("share_high")).then("share_low"),
        ),
        TrendPoint,
    )


def _count(known: pl.DataFrame, *, day: date, cutoff: date, measure: str) -> tuple[date, float, float, float]:
    """Return how many units were updated for certain, may have been, and counted on a day."""
    first_on = pl.col("first_on")
    is_there = (pl.col("created_on") <= day).fill_null(value=True)
    if measure == HEADLINE:  # a bundle begins with its agency, also where it took up older records
        is_there &= (pl.col("agency_created_on") <= day).fill_null(value=True)
    there = known.filter(is_there).select(
        "bundle",
        certain=first_on.is_between(cutoff, day).fill_null(value=False),
        possible=(first_on >= cutoff).fill_null(value=False),
    )
    if measure == HEADLINE:
        there = there.group_by("bundle").agg(pl.col("certain", "possible").all())
    certain, possible, count = there.select(pl.col("certain").sum(), pl.col("possible").sum(), pl.len()).row(0)
    return day, float(certain), float(possible), float(count)
