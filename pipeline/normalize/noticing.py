"""How notes are taken: one row per value that had to be cleaned or could not be read."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schemas.contract import conform, empty_table
from schemas.notes import NoteKind
from schemas.quality import Note

_RANKED = ("center_id", "record_uid", "note_kind")
_NOTHING = pl.DataFrame(
    schema=dict.fromkeys(("center_id", "record_uid", "kind", "note_kind", "field", "value_written"), pl.String)
    | {"is_private": pl.Boolean}
)


def note_where(
    records: pl.DataFrame,
    mask: pl.Series | pl.Expr,
    *,
    note_kind: NoteKind,
    field: str,
    value: str | None = None,
    is_private: pl.Expr | bool = False,
) -> pl.DataFrame:
    """Return one note per row for which the mask is true.

    Args:
        records: Needs `center_id`, `record_uid`, `kind` (of the record the value belongs to) and the column `value`.
        mask: Which rows to note; null counts as no.
        note_kind: What was noticed.
        field: Field concerned, as people know it.
        value: Column that holds the value as delivered; no value when not given.
        is_private: Whether the value must not be shown.
    """
    # Most things are noticed nowhere; a yes or no is cheaper than taking rows out of wide records.
    chosen = records.select(mask.fill_null(value=False)).to_series() if isinstance(mask, pl.Expr) else mask
    if not chosen.any():
        return _NOTHING
    written = pl.col(value).cast(pl.String) if value is not None else pl.lit(None, dtype=pl.String)
    private = is_private if isinstance(is_private, pl.Expr) else pl.lit(is_private)
    # Only the columns that are needed are filtered: records are wide.
    needed = {"center_id", "record_uid", "kind", *private.meta.root_names()}
    needed |= {value} if value is not None else set()
    return (
        records.select(sorted(needed))
        .filter(chosen.fill_null(value=False))
        .select(
            "center_id",
            "record_uid",
            "kind",
            pl.lit(str(note_kind)).alias("note_kind"),
            pl.lit(field).alias("field"),
            written.alias("value_written"),
            private.alias("is_private"),
        )
    )


def join_notes(notes: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return all notes in one frame that keeps the contract, sorted so that row order of the export does not matter."""
    filled = [part for part in notes if part.height]
    if not filled:
        return empty_table(Note)
    joined = pl.concat(filled)
    ranks = pl.DataFrame(
        [_rank(joined, "center_id", "kind"), joined["record_uid"], _rank(joined, "note_kind", "field")]
    )
    order = ranks.select(pl.arg_sort_by(*_RANKED)).to_series()
    is_tied = ranks[order].select(pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in _RANKED).any())
    # Values are long and seldom decide: they are compared only where everything else is equal.
    if is_tied.item():
        order = _with_ties_settled(ranks, joined["value_written"], order)
    return conform(joined[order], Note)


def _rank(frame: pl.DataFrame, *columns: str) -> pl.Series:
    """Return a whole number that sorts like the columns, which hold few different texts."""
    ranked = frame.select(columns).unique().sort(columns).with_row_index("__rank")
    placed = frame.select(columns).join(ranked, on=columns, how="left", maintain_order="left")
    return placed["__rank"].alias(columns[0])


def _with_ties_settled(ranks: pl.DataFrame, values: pl.Series, order: pl.Series) -> pl.Series:
    placed = ranks[order]
    is_new = ~pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in _RANKED)
    group = placed.select(is_new.cast(pl.Int64).cum_sum().alias("group"))
    is_tied = group.select(pl.col("group").is_duplicated()).to_series()
    shown = pl.DataFrame({"group": group["group"], "row": order, "is_tied": is_tied}).with_columns(
        pl.when("is_tied").then(values[order]).alias("value")
    )
    return shown.sort("group", "value")["row"]
