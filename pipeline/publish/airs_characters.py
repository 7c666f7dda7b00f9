"""Columns that hold characters which XML forbids: found once, so that the writer need not look at every text again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.publish.airs_xml import has_forbidden, is_odd, tidied
from pipeline.publish.public_directory import PublicDirectory

#: Columns with a word of a list of ours, or the id of a center.
_OUR_WORDS = ("center_id", "kind", "owner_kind", "origin", "weekday")


@dataclass(frozen=True, kw_only=True)
class OddTexts:
    """Where characters that XML forbids, and carriage returns, are found.

    Args:
        columns: Table -> its columns of text, or of lists of text, that hold any.
        cells: Cells that lose a character.
    """

    columns: Mapping[str, tuple[str, ...]]
    cells: int

    def tidy(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows of a table, or some of its columns, without them."""
        columns = [column for column in self.columns.get(table, ()) if column in rows.columns]
        if not columns:
            return rows
        return rows.with_columns(
            pl.col(column).list.eval(tidied(pl.element()))
            if isinstance(rows.schema[column], pl.List)
            else tidied(column).alias(column)
            for column in columns
        )


def find_odd_texts(public: PublicDirectory) -> OddTexts:
    """Return where a directory holds characters that XML forbids."""
    columns: dict[str, tuple[str, ...]] = {}
    cells = 0
    for table, frame in public.tables().items():
        texts = [name for name, dtype in frame.schema.items() if dtype == pl.String and not _is_ours(name)]
        lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
        found = _odd_of(frame, texts)
        found_lists = [name for name in lists if _odd_of(_entries(frame, name), [name])]
        if found or found_lists:
            columns[table] = (*found, *found_lists)
        cells += sum(_forbidden_in(frame, name) for name in found)
        cells += sum(_forbidden_in(_entries(frame, name), name) for name in found_lists)
    return OddTexts(columns=columns, cells=cells)


def _is_ours(column: str) -> bool:
    """Return whether the words of a column are our own: no delivered text can be there."""
    return column.endswith("_uid") or column in _OUR_WORDS


def _entries(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.select(pl.col(column).explode())


def _odd_of(frame: pl.DataFrame, columns: list[str]) -> list[str]:
    if frame.is_empty() or not columns:
        return []
    answers = frame.select(is_odd(column).any().alias(column) for column in columns).row(0, named=True)
    return [column for column, is_there in answers.items() if is_there]


def _forbidden_in(frame: pl.DataFrame, column: str) -> int:
    return int(frame.select(has_forbidden(column).sum()).item() or 0)
