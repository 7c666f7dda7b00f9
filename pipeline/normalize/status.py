"""The status of a record, from the vendor's word."""

from __future__ import annotations

import polars as pl

from schemas.delivered import Conventions
from schemas.enumerations import Status


def read_statuses(values: pl.Series, *, conventions: Conventions, blank_status: str) -> pl.DataFrame:
    """Return the status of each record.

    Args:
        values: Status cells as written; null when the layout has no status for this kind of record.
        conventions: Words of the layout, and what a status that is not carried means.
        blank_status: Status of a blank cell.

    Returns:
        One row per cell: `status` and `is_unknown` (blank without a meaning, or a word that is not in the list).

    >>> words = Conventions(status_words={"not active": "inactive"})
    >>> read_statuses(pl.Series(["Not Active ", "odd", "", None]), conventions=words, blank_status="unknown").rows()
    [('inactive', False), ('unknown', True), ('unknown', True), ('active', False)]
    """
    words = {word.strip().lower(): status for word, status in conventions.status_words.items()}
    folded = values.str.strip_chars().str.to_lowercase().str.replace_all(r"\s+", " ")
    known = folded.replace_strict(words, default=str(Status.UNKNOWN), return_dtype=pl.String)
    status = (
        pl.when(folded.is_null())
        .then(pl.lit(conventions.status_not_carried_means))
        .when(folded == "")
        .then(pl.lit(blank_status))
        .otherwise(known)
    )
    return pl.select(status.alias("status"), ((status == Status.UNKNOWN) & folded.is_not_null()).alias("is_unknown"))
