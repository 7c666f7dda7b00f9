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
    # A column that the export does not carry has nothing to trim; many layouts leave half of the columns so.
    columns = [
        name
        for name, dtype in frame.schema.items()
        if dtype == pl.String and name != "source_file" and frame[name].null_count() < frame.height
    ]
    spellings = _empty_spellings(frame, columns, table=table, conventions=conventions)
    # In one step per column: two copies of all cells of a large export would be most of what normalizing needs.
    return frame.with_columns(_emptied(name, spellings[name]).alias(name) for name in columns)


def _emptied(name: str, spellings: list[str]) -> pl.Expr:
    trimmed = pl.col(name).str.strip_chars()
    if not spellings:
        return trimmed
    is_kept = trimmed.is_in(spellings).not_() if len(spellings) > 1 else trimmed != spellings[0]
    return pl.when(is_kept).then(trimmed)


def _empty_spellings(
    frame: pl.DataFrame, columns: list[str], *, table: str, conventions: Conventions
) -> dict[str, list[str]]:
    """Return, for each column, the texts in it that mean empty, as they are spelled there, trimmed."""
    empty = {
        name: {"", *_folded((*conventions.null_texts, *conventions.null_texts_by_field.get(f"{table}.{name}", ())))}
        for name in columns
    }
    # Long texts are never in the list, and short ones repeat themselves: few are left to fold and compare.
    longest = {name: max(len(text.encode()) for text in texts) for name, texts in empty.items()}
    trimmed = {name: pl.col(name).str.strip_chars() for name in columns}
    short = frame.lazy().select(
        trimmed[name].filter(trimmed[name].str.len_bytes() <= longest[name]).unique().implode() for name in columns
    )
    found = short.select(
        pl.col(name).list.eval(pl.element().filter(pl.element().str.to_lowercase().is_in(sorted(empty[name]))))
        for name in columns
    ).collect()
    return {name: sorted(found[name].item()) if frame.height else [] for name in columns}


def _folded(texts: tuple[str, ...]) -> set[str]:
    return {text.strip().lower() for text in texts}
