"""Texts that the export cut off.

A database field of fixed length cuts every longer text at one place. Where many cells of a column share its greatest length,
that length is a limit and not a chance.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipeline.normalize.noticing import note_where
from schemas.notes import NoteKind


def note_cut_texts(
    records: pl.DataFrame, *, columns: Iterable[str], shortest: int, fewest: int, written_prefix: str = ""
) -> list[pl.DataFrame]:
    """Return one note per cell that the export cut off.

    Args:
        records: Needs `center_id`, `record_uid`, `kind` and the columns, as delivered.
        columns: Text columns to look at. Where one stands a second time behind `written_prefix`, with the blanks at its ends,
            that is the one measured.
        shortest: Characters; a column with no longer cell is not cut.
        fewest: Cells that share the greatest length of their column.
        written_prefix: Before the names of columns exactly as delivered.

    >>> frame = pl.DataFrame({"center_id": "demo", "kind": "agency", "record_uid": ["1", "2", "3"], "text": ["abcd", "wxyz", "a"]})
    >>> note_cut_texts(frame, columns=["text"], shortest=4, fewest=2)[0]["record_uid"].to_list()
    ['1', '2']
    """
    if records.is_empty():
        return []
    measured = {
        name: f"{written_prefix}{name}" if f"{written_prefix}{name}" in records.columns else name for name in columns
    }
    lengths = records.select(pl.col(column).str.len_chars().alias(name) for name, column in measured.items())
    found = []
    for name in measured:
        longest = lengths[name].max()
        if not isinstance(longest, int) or longest < shortest:
            continue
        is_longest = (lengths[name] == longest).fill_null(value=False)
        if int(is_longest.sum()) >= fewest:
            found.append(note_where(records, is_longest, note_kind=NoteKind.CUT_TEXT, field=name, value=name))
    return found
