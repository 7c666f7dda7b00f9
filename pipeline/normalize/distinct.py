"""Work done once per distinct value.

Cells of a directory repeat themselves: dates, states, phone numbers and hosts take far fewer values than there are rows.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


def map_distinct(values: pl.Series, read: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """Return what `read` makes of each value, computed once per distinct value.

    Args:
        values: Text column; null stays null in every result column.
        read: Gets the distinct values (no nulls, in no promised order) and returns one row for each, in the same order.

    Returns:
        One row per value, in the order of `values`, with the columns that `read` returns.
    """
    distinct = values.drop_nulls().unique()
    table = read(distinct)
    if distinct.is_empty():
        return table.clear(len(values))
    found = table.with_columns(distinct.alias("__value"))
    return (
        values.alias("__value")
        .to_frame()
        .join(found, on="__value", how="left", maintain_order="left")
        .drop("__value")
        .select(table.columns)
    )


def change_where(values: pl.Series, mask: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return the values with `change` applied where `mask` is true; the rest is not touched.

    Args:
        values: Any column.
        mask: Booleans of the same length; null counts as false.
        change: Gets the chosen values and returns as many.
    """
    chosen = mask.fill_null(value=False)
    if not chosen.any():
        return values
    changed = change(values.filter(chosen))
    places = (chosen.cast(pl.Int64).cum_sum() - 1).clip(0)
    return pl.select(pl.when(chosen).then(changed.gather(places)).otherwise(values)).to_series().alias(values.name)
