"""The table of structured opening hours."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.noticing import note_where
from pipeline.normalize.owned_rows import Owners, attach_owners, number_rows
from pipeline.normalize.schedules import split_day_rows, split_day_texts
from pipeline.normalize.text import plain_text
from schemas.delivered import Conventions
from schemas.notes import NoteKind

#: Days and the word closed, and nothing else: read, and giving no opening time.
_ONLY_CLOSED = r"(?i)^(?:[a-z]{2,9}\.?[ :]+)?(?:closed?)(?: ?- ?closed?)?(?:[;, ]+(?:[a-z]{2,9}\.?[ :]+)?closed?(?: ?- ?closed?)?)*[;. ]*$"


def build_schedules(
    delivered: pl.DataFrame, *, owners: Owners, conventions: Conventions
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return one row per weekday and time span, and notes on rows without an owner.

    Args:
        delivered: The delivered frame: cells with all days in `text`, or rows with `weekday`, `opens_at`, `closes_at`.
        owners: Records the hours belong to.
        conventions: Texts that mean empty.

    Days without readable times give no row; a cell or row that names days or times and gives no row at all is noted, unless
    all it says is "closed". The text as delivered stays in the raw table.
    """
    owned, notes = attach_owners(delivered, table="schedule", owners=owners, conventions=conventions)
    cells = owned.with_row_index("cell").with_columns(plain_text(owned["note"]))
    spans = pl.concat(
        [
            split_day_texts(cells.filter(pl.col("text").is_not_null())),
            split_day_rows(cells.filter(pl.col("text").is_null() & pl.col("weekday").is_not_null())),
        ]
    )
    said = pl.coalesce("text", pl.concat_str("weekday", "opens_at", "closes_at", separator=" ", ignore_nulls=True))
    silent = cells.with_columns(said.alias("__said")).join(spans, on="cell", how="anti")
    is_unread = (pl.col("__said") != "") & ~pl.col("__said").str.contains(_ONLY_CLOSED)
    notes = [
        *notes,
        note_where(silent, is_unread, note_kind=NoteKind.UNREADABLE_HOURS, field="schedule.text", value="__said"),
    ]
    rows = spans.join(
        cells.drop("text", "weekday", "opens_at", "closes_at"), on="cell", how="left", maintain_order="left"
    ).with_columns(pl.format("{}:{}", pl.col("slot").fill_null("schedule"), "weekday").alias("slot"))
    return number_rows(rows.sort("cell", "weekday", "opens_at", "closes_at"), table="schedule"), notes
