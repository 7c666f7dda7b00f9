"""Texts that stand for an empty cell."""

from __future__ import annotations

import polars as pl

from schemas.delivered import Conventions


def null_blank_texts(frame: pl.DataFrame, *, table: str, conventions: Conventions) -> pl.DataFrame:
    """Return the frame with blank cells and the layout's "empty" texts as null.

    Args:
        frame: A delivered frame. `source_file` and `source_line` are not touched; other cells are trimmed.
        table: Name of the frame; single fields are keyed `table.field` in the conventions.
        conventions: Texts that mean empty, everywhere and per field; compared after trimming and folding case.
    """
    columns = [name for name, dtype in frame.schema.items() if dtype == pl.String and name != "source_file"]
    return frame.with_columns(_null_where_empty(name, table=table, conventions=conventions) for name in columns)


def _null_where_empty(name: str, *, table: str, conventions: Conventions) -> pl.Expr:
    by_field = conventions.null_texts_by_field.get(f"{table}.{name}", ())
    empty = sorted({"", *(text.strip().lower() for text in (*conventions.null_texts, *by_field))})
    trimmed = pl.col(name).str.strip_chars()
    longest = max(len(text.encode()) for text in empty)
    # Long texts are never in the list; folding the case of every description would cost more than all the rest.
    is_empty = (trimmed.str.len_bytes() <= longest) & trimmed.str.to_lowercase().is_in(empty)
    return pl.when(is_empty.not_()).then(trimmed).alias(name)
