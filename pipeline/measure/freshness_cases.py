"""The counted units of the three freshness figures, and what is unknowable about them."""

from __future__ import annotations

import polars as pl

from pipeline.measure.window import Window, band_of
from schemas.contract import conform
from schemas.freshness import Unknowable
from schemas.parameters import FreshnessRule

#: The three figures, headline first.
HEADLINE, VERIFIED, EDITED = MEASURES = ("complete_agency_update", "verified_record", "edited_record")

#: Record kinds in running text.
PLURALS: dict[str, str] = {
    "agency": "agencies",
    "site": "sites",
    "service": "services",
    "service_at_site": "services at sites",
}

_DIMENSIONS = ("center_id", "kind", "county", "curator", "tier", "branch", "language")


def count_cases(
    records: pl.DataFrame,
    *,
    bundles: pl.DataFrame,
    window: Window,
    reasons: pl.DataFrame,
    measures: tuple[str, ...] = MEASURES,
) -> pl.DataFrame:
    """Count the units of the three figures by everything they are broken down by.

    Args:
        records: From `date_records`, optionally with `tier`, `branch` or `language`.
        bundles: From `date_bundles`, with the same. In both, `was_blank` may say which units had no day before some were set
            aside; without it, a unit without a day is unknown.
        window: Window and band limits.
        reasons: From `find_reasons`.
        measures: Which of the three.

    Returns:
        One row per measure, center, kind, dimension that is given, band, `is_met` and `is_unknown`, with the number of `cases`.
        `reason` says why nothing can be known about the center, `kind_reason` why nothing can be known about the kind in that
        center; null where something can.
    """
    units = {HEADLINE: (bundles, "day"), VERIFIED: (records, "verified_on"), EDITED: (records, "edited_on")}
    cases = pl.concat(
        [_cases(units[measure][0], day=units[measure][1], measure=measure, window=window) for measure in measures]
    )
    return cases.join(reasons, on=["center_id", "kind", "measure"], how="left")


def find_reasons(records: pl.DataFrame, *, levels: pl.DataFrame, rule: FreshnessRule) -> pl.DataFrame:
    """Say of which units nothing can be known, and why.

    Args:
        records: From `date_records`.
        levels: From `track_levels`.
        rule: For the wording.

    Returns:
        One row per center, kind and measure: `reason`, `kind_reason` as in `count_cases`.
    """
    dates = records.group_by("center_id").agg(
        has_verified=pl.col("kept_on").is_not_null().any(),
        has_confirmed=pl.col("verified_on").is_not_null().any(),
        has_edited=pl.col("edited_on").is_not_null().any(),
    )
    tracked = levels.group_by("center_id").agg(has_tracked=pl.col("is_tracked").any())
    kinds = records.group_by("center_id", "kind").agg(
        kind_verified=pl.col("kept_on").is_not_null().any(), kind_edited=pl.col("edited_on").is_not_null().any()
    )
    is_edit = pl.col("measure") == EDITED
    few_dates = f"No record kind of the export has verification dates on {rule.tracked_share * 100:g} % of its records."
    plural = pl.col("kind").replace_strict(PLURALS, return_dtype=pl.String)
    return (
        kinds.join(pl.DataFrame({"measure": MEASURES}), how="cross")
        .join(dates, on="center_id", how="left")
        .join(tracked, on="center_id", how="left")
        .with_columns(
            reason=pl.when(is_edit)
            .then(pl.when(~pl.col("has_edited")).then(pl.lit("The export has no edit date that counts.")))
            .when(~pl.col("has_verified"))
            .then(pl.lit("The export has no verification date that counts."))
            .when(~pl.col("has_confirmed"))
            .then(pl.lit("No verification in the export says who confirmed it, or how."))
            .when((pl.col("measure") == HEADLINE) & ~pl.col("has_tracked"))
            .then(pl.lit(few_dates))
        )
        .with_columns(
            kind_reason=pl.coalesce(
                "reason",
                pl.when(is_edit & ~pl.col("kind_edited"))
                .then(pl.format("The export has no edit date on {}.", plural))
                .when((pl.col("measure") == VERIFIED) & ~pl.col("kind_verified"))
                .then(pl.format("The export has no verification date on {}.", plural)),
            )
        )
        .select("center_id", "kind", "measure", "reason", "kind_reason")
    )


def list_unknowable(cases: pl.DataFrame) -> pl.DataFrame:
    """Return the centers of whose units nothing can be known, by measure.

    Args:
        cases: From `count_cases`.
    """
    return conform(
        cases.filter(pl.col("reason").is_not_null())
        .group_by("measure", "center_id", "reason")
        .agg(record_count=pl.col("cases").sum())
        .sort("measure", "center_id"),
        Unknowable,
    )


def _cases(units: pl.DataFrame, *, day: str, measure: str, window: Window) -> pl.DataFrame:
    """Count the units of one measure; counting early keeps everything after it small."""
    keys = [column for column in _DIMENSIONS if column in units.columns]
    blank = pl.col("was_blank") if "was_blank" in units.columns else pl.col(day).is_null()
    return (
        units.select(
            *keys,
            measure=pl.lit(measure),
            band=band_of(pl.col(day), window=window),
            is_met=(pl.col(day) >= window.cutoff_on).fill_null(value=False),
            is_unknown=blank,
        )
        .group_by(*keys, "measure", "band", "is_met", "is_unknown")
        .agg(cases=pl.len().cast(pl.Int64))
    )
