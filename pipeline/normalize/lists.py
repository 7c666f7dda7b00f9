"""Cells that hold several values."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.normalize.distinct import map_distinct


def split_cells(
    values: pl.Series, *, separator: str, key: Callable[[pl.Series], pl.Series] | None = None
) -> pl.DataFrame:
    """Return the values of each cell, in order, none twice.

    Args:
        values: Cells as text; null and blank give an empty list.
        separator: Text between the values; a trailing one is usual.
        key: Comparison form that decides what is the same; case is folded when not given.

    Returns:
        One row per cell: `items` and `has_repeats`.

    >>> split_cells(pl.Series(["Spanish; English; spanish; ", None]), separator=";").rows()
    [(['Spanish', 'English'], True), ([], False)]
    """
    found = map_distinct(values, lambda distinct: _split(distinct, separator=separator, key=key))
    return found.with_columns(
        pl.col("items").fill_null(pl.lit([], dtype=pl.List(pl.String))), pl.col("has_repeats").fill_null(value=False)
    )


def _split(values: pl.Series, *, separator: str, key: Callable[[pl.Series], pl.Series] | None) -> pl.DataFrame:
    rows = values.to_frame("text").with_row_index("row")
    items = (
        rows.with_columns(pl.col("text").str.split(separator))
        .explode("text")
        .with_columns(pl.col("text").str.strip_chars())
        .filter(pl.col("text") != "")
    )
    folded = key(items["text"]) if key else items["text"].str.to_lowercase()
    keyed = items.with_columns(pl.coalesce(folded, items["text"]).alias("key"))
    kept = (
        keyed.with_columns(pl.struct("row", "key").is_first_distinct().alias("is_first"))
        .group_by("row", maintain_order=True)
        .agg(pl.col("text").filter("is_first").alias("items"), pl.col("is_first").not_().any().alias("has_repeats"))
    )
    return rows.select("row").join(kept, on="row", how="left", maintain_order="left").select("items", "has_repeats")
