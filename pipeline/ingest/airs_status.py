"""The status of AIRS records: the word of the file, unless the record is told as removed, or is not to be referred to."""

from __future__ import annotations

import polars as pl

from pipeline.ingest.airs_elements import NO_WORDS, YES_WORDS
from pipeline.ingest.cells import fold_cell

STATUS = "=status"
_WORD, _REMOVED, _REFERRAL = "Status", "delete", "ResourceInfo/AvailableForReferral"


def with_status(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a table of records with `=status`, where the file says anything about it.

    `deleted` for a record marked with `delete`; `active_do_not_refer` for an active one that is not available for referral; else
    the word of the file. A table in which no record has a status at all (3.0) holds active ones.

    Args:
        rows: Cells of a table, some of the columns `Status`, `delete` and `ResourceInfo/AvailableForReferral` among them.
    """
    word = pl.col(_WORD).fill_null("") if _WORD in rows.columns else pl.lit("active")
    nothing = pl.lit(value=False)
    is_removed = fold_cell(pl.col(_REMOVED)).is_in(YES_WORDS) if _REMOVED in rows.columns else nothing
    is_kept_back = fold_cell(pl.col(_REFERRAL)).is_in(NO_WORDS) if _REFERRAL in rows.columns else nothing
    if _WORD not in rows.columns and not rows.select((is_removed | is_kept_back).any()).item():
        return rows
    return rows.with_columns(
        pl.when(is_removed)
        .then(pl.lit("deleted"))
        .when(is_kept_back & (fold_cell(word) == "active"))
        .then(pl.lit("active_do_not_refer"))
        .otherwise(word)
        .alias(STATUS)
    )
