"""Cells that hold several values."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


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
    filled = values.is_not_null() & (values != "")
    cells = values.to_frame("text").with_row_index("row").filter(filled.fill_null(value=False))
    items = (
        cells.with_columns(pl.col("text").str.split(separator))
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
    return (
        values.to_frame("text")
        .with_row_index("row")
        .select("row")
        .join(kept, on="row", how="left", maintain_order="left")
        .select(
            pl.col("items").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            pl.col("has_repeats").fill_null(value=False),
        )
    )
