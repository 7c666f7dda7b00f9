"""The table of structured opening hours."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.normalize.noticing import note_where
from pipeline.normalize.owned_rows import Owners, attach_owners, number_rows
from pipeline.normalize.schedules import split_day_rows, split_day_texts
from pipeline.normalize.text import plain_text
from schemas.delivered import Conventions
from schemas.notes import NoteKind

#: Days and the word closed, and nothing else: read, and giving no opening time.
_ONLY_CLOSED = r"(?i)^(?:[a-z]{2,9}\.?[ :]+)?(?:closed?)(?: ?- ?closed?)?(?:[;, ]+(?:[a-z]{2,9}\.?[ :]+)?closed?(?: ?- ?closed?)?)*[;. ]*$"
#: What a row of hours takes from its cell: days are many, so nothing else is carried along.
_KEPT = (
    "center_id", "owner_kind", "owner_uid", "owner_row", "owner_id", "slot", "note", "source_file", "source_line",
)  # fmt: skip


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
    cells = owned.with_columns(plain_text(owned["note"])).with_row_index("cell")
    is_text = pl.col("text").is_not_null()
    spans = pl.concat(
        [
            _read_once(cells.filter(is_text), ["text"], read=split_day_texts),
            _read_once(
                cells.filter(~is_text & pl.col("weekday").is_not_null()),
                ["weekday", "opens_at", "closes_at"],
                read=split_day_rows,
            ),
        ]
    )
    said = pl.coalesce("text", pl.concat_str("weekday", "opens_at", "closes_at", separator=" ", ignore_nulls=True))
    silent = cells.with_columns(said.alias("__said")).join(spans, on="cell", how="anti")
    is_unread = (pl.col("__said") != "") & ~pl.col("__said").str.contains(_ONLY_CLOSED)
    notes = [
        *notes,
        note_where(silent, is_unread, note_kind=NoteKind.UNREADABLE_HOURS, field="schedule.text", value="__said"),
    ]
    rows = cells.select(_KEPT)[spans["cell"]].with_columns(
        *spans.select("weekday", "opens_at", "closes_at").iter_columns()
    )
    slots = rows.with_columns(
        pl.concat_str(pl.col("slot").fill_null("schedule"), "weekday", separator=":").alias("slot")
    )
    return number_rows(slots, table="schedule"), notes


def _read_once(
    cells: pl.DataFrame, columns: list[str], *, read: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    # Thousands of places keep the same hours: each way of writing them is read once.
    if cells.is_empty():
        return read(cells.select("cell", *columns))
    ways = cells.select(columns).unique().with_row_index("way")
    spans = read(ways.rename({"way": "cell"})).rename({"cell": "way"}).sort("way", "weekday", "opens_at", "closes_at")
    return (
        cells.select("cell", *columns)
        .join(ways, on=columns, how="left", nulls_equal=True, maintain_order="left")
        .select("cell", "way")
        .join(spans, on="way", how="inner", maintain_order="left_right")
        .drop("way")
    )
