"""Freshness as rows: shares by every dimension, bands, rows left out, and the most frequent day."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.measure.freshness_cases import EDITED, HEADLINE, MEASURES
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import Band, RecordKind
from schemas.freshness import FrequentDay, FreshnessBand, NotCountedRows

#: What a record without a value of the dimension is counted under.
UNKNOWN_VALUE = "(unknown)"

_KINDS: tuple[str, ...] = tuple(kind.value for kind in RecordKind)
_NO_CENTER = pl.lit(None, dtype=pl.String).alias("center_id")


def figure_shares(cases: pl.DataFrame, *, centers: Sequence[str], dimensions: Sequence[str]) -> pl.DataFrame:
    """Return the three figures: the whole and every dimension, over all centers and for each center.

    Args:
        cases: From `count_cases`.
        centers: Every center of the directory, also those without a counted record.
        dimensions: `center`, `county`, `curator`, `kind`, `tier`.

    Returns:
        Columns of `schemas.measures.Measure` but `as_of`. Units of which nothing can be known are kept out of a share
        that other units have; where there are no others, the share is null with the reason.
    """
    parts = [
        _shares(cases, dimension="all", by_center=False),
        _shares(cases, dimension="all", by_center=True),
    ]
    for dimension in dimensions:
        if dimension == "center":
            parts.append(_shares(cases, dimension=dimension, by_center=False))
        else:
            parts.append(figure_dimension(cases, dimension=dimension))
    figures = pl.concat(parts)
    return pl.concat([figures, _empty_shares(figures, centers=centers)], how="diagonal")


def figure_dimension(cases: pl.DataFrame, *, dimension: str) -> pl.DataFrame:
    """Return the three figures of one dimension, over all centers and for each center.

    Args:
        cases: From `count_cases`, with a column of that name.
        dimension: Such as `branch`.
    """
    return pl.concat([_shares(cases, dimension=dimension, by_center=of_center) for of_center in (False, True)])


def count_bands(cases: pl.DataFrame) -> pl.DataFrame:
    """Return the number of counted units per band, for every scope and kind that has any.

    Args:
        cases: From `count_cases`.
    """
    dated = cases.filter(pl.col("measure") != EDITED)
    # A kind without any date in its center is unknown as such, but a blank record among the records as a whole.
    every = pl.concat(
        [
            dated.with_columns(kind=pl.lit("all"), is_known=pl.col("reason").is_null()),
            dated.with_columns(is_known=pl.col("kind_reason").is_null()),
        ]
    )
    scoped = pl.concat([every.with_columns(_NO_CENTER), every])
    keys = ["center_id", "measure", "kind"]
    count = pl.col("cases")
    totals = scoped.group_by(keys).agg(known=count.filter(pl.col("is_known")).sum())
    counts = scoped.filter("is_known").group_by([*keys, "band"]).agg(found=count.sum())
    order = pl.DataFrame({"band": [band.value for band in Band], "place": range(len(Band))})
    return conform(
        totals.join(order, how="cross")
        .join(counts, on=[*keys, "band"], how="left", nulls_equal=True)
        .with_columns(record_count=pl.when(pl.col("known") > 0).then(pl.col("found").fill_null(0)))
        .with_columns(share=pl.col("record_count") / pl.col("known"))
        .sort("center_id", "measure", "kind", "place"),
        FreshnessBand,
    )


def figure_bands(bands: pl.DataFrame) -> pl.DataFrame:
    """Return the bands as measures: dimension `band`.

    Args:
        bands: From `count_bands`.
    """
    total = pl.col("record_count").sum().over("center_id", "measure")
    is_unknowable = pl.col("record_count").is_null()
    return bands.filter(pl.col("kind") == "all").select(
        "center_id",
        "measure",
        "share",
        dimension=pl.lit("band"),
        value="band",
        numerator=pl.col("record_count").cast(pl.Float64),
        denominator=pl.when(~is_unknowable).then(total).cast(pl.Float64),
        reason=pl.when(is_unknowable).then(pl.lit("The export has no verification date that counts.")),
    )


def count_not_counted(directory: Directory) -> pl.DataFrame:
    """Return the rows left out of every figure, by center, kind and reason.

    Args:
        directory: One or many centers.
    """
    place = pl.col("kind").replace_strict(dict(zip(_KINDS, range(len(_KINDS)), strict=True)), return_dtype=pl.Int64)
    return conform(
        _rows(directory)
        .filter(~pl.col("is_counted"))
        .group_by("center_id", "kind", "not_counted_reason")
        .agg(row_count=pl.col("rows").sum())
        .sort("center_id", place, "not_counted_reason"),
        NotCountedRows,
    )


def figure_not_counted(excluded: pl.DataFrame, *, directory: Directory) -> pl.DataFrame:
    """Return the rows left out as measures: `not_counted` by `reason`, out of all rows of the load.

    Args:
        excluded: From `count_not_counted`.
        directory: The same directory.
    """
    rows = _rows(directory).select("center_id", "rows")
    totals = (
        pl.concat([rows.with_columns(_NO_CENTER), rows])
        .group_by("center_id")
        .agg(denominator=pl.col("rows").sum().cast(pl.Float64))
    )
    return (
        pl.concat([excluded.with_columns(_NO_CENTER), excluded])
        .group_by("center_id", value=pl.col("not_counted_reason"))
        .agg(numerator=pl.col("row_count").sum().cast(pl.Float64))
        .join(totals, on="center_id", how="left", nulls_equal=True)
        .with_columns(
            measure=pl.lit("not_counted"),
            dimension=pl.lit("reason"),
            share=pl.col("numerator") / pl.col("denominator"),
        )
    )


def find_frequent_days(records: pl.DataFrame) -> pl.DataFrame:
    """Return the most frequent verification and edit day of every scope that has any.

    Args:
        records: From `date_records`.
    """
    days = pl.concat(
        [
            records.group_by("center_id", day_on=field)
            .agg(rows=pl.len().cast(pl.Int64))
            .with_columns(field=pl.lit(field))
            for field in ("verified_on", "edited_on")
        ]
    )
    keys = ["center_id", "field"]
    return conform(
        pl.concat([days.with_columns(_NO_CENTER), days])
        .group_by(*keys, "day_on")
        .agg(record_count=pl.col("rows").sum())
        .with_columns(share=pl.col("record_count") / pl.col("record_count").sum().over(keys))
        .filter(pl.col("day_on").is_not_null())
        .sort(*keys, "record_count", "day_on", descending=[False, True, True, False])
        .unique(keys, keep="first", maintain_order=True),
        FrequentDay,
    )


def figure_frequent_days(days: pl.DataFrame) -> pl.DataFrame:
    """Return the most frequent days as measures: dimension `day`, its value the day.

    Args:
        days: From `find_frequent_days`.
    """
    return days.select(
        "center_id",
        "share",
        measure=pl.format("most_frequent_day_{}", pl.col("field").str.strip_suffix("_on")),
        dimension=pl.lit("day"),
        value=pl.col("day_on").dt.to_string("%Y-%m-%d"),
        numerator=pl.col("record_count").cast(pl.Float64),
        denominator=(pl.col("record_count") / pl.col("share")).round(0),
    )


def _shares(cases: pl.DataFrame, *, dimension: str, by_center: bool) -> pl.DataFrame:
    """Return one row per measure and value of one dimension."""
    if dimension == "kind":  # the headline counts agencies only
        cases = cases.filter(pl.col("measure") != HEADLINE)
    reason = pl.col("kind_reason" if dimension == "kind" else "reason")
    column = "center_id" if dimension == "center" else dimension
    value = pl.lit("all") if dimension == "all" else pl.col(column).fill_null(UNKNOWN_VALUE)
    count, known, is_known = pl.col("cases"), pl.col("known"), pl.col("why").is_null()
    return (
        cases.with_columns(value=value, why=reason)
        .with_columns(pl.col("center_id") if by_center else _NO_CENTER)
        .group_by("center_id", "measure", "value")
        .agg(
            known=count.filter(is_known).sum(),
            total=count.sum(),
            met=count.filter(is_known & pl.col("is_met")).sum(),
            blank=count.filter(is_known & pl.col("is_unknown")).sum(),
            reason=pl.col("why").drop_nulls().unique().sort().str.join(" "),
        )
        .select(
            "center_id",
            "measure",
            "value",
            dimension=pl.lit(dimension),
            numerator=pl.when(known > 0).then("met").cast(pl.Float64),
            denominator=pl.when(known > 0).then(known).otherwise("total").cast(pl.Float64),
            unknown=pl.when(known > 0).then("blank").otherwise("total").cast(pl.Float64),
            share=pl.when(known > 0).then(pl.col("met") / known),
            reason=pl.when(known == 0).then("reason"),
        )
    )


def _empty_shares(figures: pl.DataFrame, *, centers: Sequence[str]) -> pl.DataFrame:
    """Return rows for scopes without a single counted unit: a null share with its reason, never 0."""
    scopes: list[str | None] = [None, *centers]
    wanted = pl.DataFrame(
        {
            "center_id": [scope for scope in scopes for _ in MEASURES],
            "measure": [measure for _ in scopes for measure in MEASURES],
        },
        schema={"center_id": pl.String, "measure": pl.String},
    )
    present = figures.filter(pl.col("dimension") == "all")
    return wanted.join(present, on=["center_id", "measure"], how="anti", nulls_equal=True).with_columns(
        value=pl.lit("all"),
        dimension=pl.lit("all"),
        numerator=pl.lit(0.0),
        denominator=pl.lit(0.0),
        unknown=pl.lit(0.0),
        reason=pl.when(pl.col("measure") == HEADLINE)
        .then(pl.lit("There is no counted agency."))
        .otherwise(pl.lit("There is no counted record.")),
    )


def _rows(directory: Directory) -> pl.DataFrame:
    """Return the number of rows by center, kind, and whether and why not they count."""
    tables = directory.tables()
    return pl.concat(
        [
            tables[kind]
            .group_by("center_id", "kind", "is_counted", "not_counted_reason")
            .agg(rows=pl.len().cast(pl.Int64))
            for kind in _KINDS
        ]
    )
