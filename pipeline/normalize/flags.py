"""Yes and no, as vendors write them. Blank is unknown, never no."""

from __future__ import annotations

import polars as pl

YES_WORDS = ("yes", "y", "true", "t", "1")
NO_WORDS = ("no", "n", "false", "f", "0")


def read_flags(values: pl.Series) -> pl.DataFrame:
    """Return the flags of a column.

    Args:
        values: Cells as written; null when the export does not carry the column.

    Returns:
        One row per cell: `value` (null when blank, unclear or not carried), `is_blank` (carried, but nothing in it) and
        `is_unclear` (something in it that is neither yes nor no).

    >>> read_flags(pl.Series(["Yes", "FALSE", " ", "maybe", None])).rows()
    [(True, False, False), (False, False, False), (None, True, False), (None, False, True), (None, False, False)]
    """
    word = pl.col("word")
    is_yes = word.is_in(YES_WORDS).fill_null(value=False)
    is_no = word.is_in(NO_WORDS).fill_null(value=False)
    is_blank = (word == "").fill_null(value=False)
    return (
        pl.DataFrame({"word": values})
        .select(word.str.strip_chars().str.to_lowercase())
        .select(
            pl.when(is_yes).then(True).when(is_no).then(False).alias("value"),
            is_blank.alias("is_blank"),
            (word.is_not_null() & ~is_yes & ~is_no & ~is_blank).alias("is_unclear"),
        )
    )
