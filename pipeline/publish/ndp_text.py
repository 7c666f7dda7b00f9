"""Text of NDP-shaped bundles as every reader takes it: LF line ends, no control characters, no outer blanks, none blank."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_UNTIDY = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|^\s|\s$|^$"

_SIGN = r"[^\s\x00-\x1f\x7f-\x9f]"


def plain(text: pl.Expr) -> pl.Expr:
    """Return tidy text; null where nothing is left."""
    clean = (
        text.str.replace_all(r"\r\n?", "\n")
        .str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "")
        .str.strip_chars()
    )
    return pl.when(clean != "").then(clean)


def says_something(text: pl.Expr) -> pl.Expr:
    """Tell whether tidy text would have anything left (Boolean, never null): a sign that is no blank and no control character."""
    return text.str.contains(_SIGN).fill_null(value=False)


def tidy(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the frame with tidy text in some columns."""
    # Most columns need nothing, and looking is faster than replacing.
    looks = frame.select(pl.col(column).str.contains(_UNTIDY).any().alias(column) for column in columns)
    untidy = [column for column in columns if looks[column].any()]
    return frame.with_columns(plain(pl.col(column)).alias(column) for column in untidy)
