"""How the share updated moved: as the nights published it, and before the first night as far as dates tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.measure.dated_records import DatedDirectory, date_records, track_levels
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
    dated: DatedDirectory | None = None,
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
        dated: Days of the directory, as of the same day and by the same rule, when they are known already.

    Returns:
        `schemas.freshness.TrendPoint`, the earliest first.
    """
    records = date_records(directory, as_of=as_of, rule=rule) if dated is None else dated.records
    # Of a center without any date nothing can be known: it would count as never updated.
    kept = records.filter(pl.col("kept_on").is_not_null())["center_id"].unique().to_list()
    records = records.filter(pl.col("center_id").is_in(kept))
    first_shown = verifications.group_by(_RECORD).agg(shown_on=pl.col("verified_on").min())
    known = records.join(first_shown, on=_RECORD, how="left").with_columns(
        first_on=pl.min_horizontal("verified_on", "shown_on")
    )
    if measure == HEADLINE:
        tracked = track_levels(records, rule=rule).filter("is_tracked").select("center_id", "kind")
        counted = records.filter(pl.col("kind") == RecordKind.AGENCY.value)["unit"].unique().drop_nulls()
        known = known.join(tracked, on=["center_id", "kind"], how="semi").filter(
            pl.col("unit").is_in(counted.implode())
        )
    known = known.select("unit", "created_on", "agency_created_on", "first_on").sort("unit")
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
    """Return how many units were updated for certain, may have been, and counted on a day.

    Args:
        known: `unit`, ascending, `created_on`, `agency_created_on`, `first_on`.
        day: The day.
        cutoff: First day of its window.
        measure: Whether bundles or records are counted.
    """
    first_on = pl.col("first_on")
    is_there = (pl.col("created_on") <= day).fill_null(value=True)
    certain = first_on.is_between(cutoff, day).fill_null(value=False)
    possible = (first_on >= cutoff).fill_null(value=False)
    if measure != HEADLINE:
        of_records = {"certain": is_there & certain, "possible": is_there & possible, "count": is_there}
        sums = known.select(**{name: holds.sum() for name, holds in of_records.items()}).row(0)
        return day, float(sums[0]), float(sums[1]), float(sums[2])
    # A bundle begins with its agency, also where it took up older records. It counts when none of its records speaks against it.
    is_there &= (pl.col("agency_created_on") <= day).fill_null(value=True)
    unit = pl.col("unit")
    count, uncertain, impossible = known.select(
        count=unit.filter(is_there).n_unique(),
        uncertain=unit.filter(is_there & ~certain).n_unique(),
        impossible=unit.filter(is_there & ~possible).n_unique(),
    ).row(0)
    return day, float(count - uncertain), float(count - impossible), float(count)
