"""How notes are taken: one row per value that had to be cleaned or could not be read."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schemas.contract import conform, empty_table
from schemas.notes import NoteKind
from schemas.quality import Note


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
    noted = records.filter(mask.fill_null(value=False))
    written = pl.col(value).cast(pl.String) if value is not None else pl.lit(None, dtype=pl.String)
    private = is_private if isinstance(is_private, pl.Expr) else pl.lit(is_private)
    return noted.select(
        "center_id",
        "record_uid",
        "kind",
        pl.lit(str(note_kind)).alias("note_kind"),
        pl.lit(field).alias("field"),
        written.alias("value_written"),
        private.alias("is_private"),
    )


def join_notes(notes: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return all notes in one frame that keeps the contract, sorted so that row order of the export does not matter."""
    filled = [part for part in notes if part.height]
    if not filled:
        return empty_table(Note)
    return conform(
        pl.concat(filled).sort("center_id", "kind", "record_uid", "note_kind", "field", "value_written"), Note
    )
