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
    trimmed = frame.with_columns(pl.col(columns).str.strip_chars())
    spellings = _empty_spellings(trimmed, columns, table=table, conventions=conventions)
    return trimmed.with_columns(
        pl.when(
            pl.col(name).is_in(spellings[name]).not_()
            if len(spellings[name]) > 1
            else pl.col(name) != spellings[name][0]
        )
        .then(name)
        .alias(name)
        for name in columns
        if spellings[name]
    )


def _empty_spellings(
    trimmed: pl.DataFrame, columns: list[str], *, table: str, conventions: Conventions
) -> dict[str, list[str]]:
    """Return, for each column, the texts in it that mean empty, as they are spelled there."""
    empty = {
        name: {"", *_folded((*conventions.null_texts, *conventions.null_texts_by_field.get(f"{table}.{name}", ())))}
        for name in columns
    }
    # Long texts are never in the list, and short ones repeat themselves: few are left to fold and compare.
    longest = {name: max(len(text.encode()) for text in texts) for name, texts in empty.items()}
    short = trimmed.select(
        pl.col(name).filter(pl.col(name).str.len_bytes() <= longest[name]).unique().implode() for name in columns
    )
    return {
        name: sorted(text for text in (short[name].item() if trimmed.height else []) if _means_empty(text, empty[name]))
        for name in columns
    }


def _folded(texts: tuple[str, ...]) -> set[str]:
    return {text.strip().lower() for text in texts}


def _means_empty(text: str | None, empty: set[str]) -> bool:
    return text is not None and text.lower() in empty
