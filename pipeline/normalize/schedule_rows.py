"""The table of structured opening hours."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.owned_rows import Owners, attach_owners, number_rows
from pipeline.normalize.schedules import split_day_rows, split_day_texts
from pipeline.normalize.text import plain_text
from schemas.delivered import Conventions


def build_schedules(
    delivered: pl.DataFrame, *, owners: Owners, conventions: Conventions
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return one row per weekday and time span, and notes on rows without an owner.

    Args:
        delivered: The delivered frame: cells with all days in `text`, or rows with `weekday`, `opens_at`, `closes_at`.
        owners: Records the hours belong to.
        conventions: Texts that mean empty.

    Days without readable times give no row; the text as delivered stays in the raw table.
    """
    owned, notes = attach_owners(delivered, table="schedule", owners=owners, conventions=conventions)
    cells = owned.with_row_index("cell").with_columns(plain_text(owned["note"]))
    spans = pl.concat(
        [
            split_day_texts(cells.filter(pl.col("text").is_not_null())),
            split_day_rows(cells.filter(pl.col("text").is_null() & pl.col("weekday").is_not_null())),
        ]
    )
    rows = spans.join(
        cells.drop("text", "weekday", "opens_at", "closes_at"), on="cell", how="left", maintain_order="left"
    ).with_columns(pl.format("{}:{}", pl.col("slot").fill_null("schedule"), "weekday").alias("slot"))
    return number_rows(rows.sort("cell", "weekday", "opens_at", "closes_at"), table="schedule"), notes
