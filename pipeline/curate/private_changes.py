"""No list of changes shows a private value that somebody typed into a text."""

from __future__ import annotations

import polars as pl

from pipeline.curate.record_contents import WITHHELD
from schemas.private_values import PrivateValues, find_kinds


def withhold_private(changes: pl.DataFrame, *, values: PrivateValues) -> pl.DataFrame:
    """Return the changes with every value withheld in which a private value of the directory stands, in any spelling.

    Args:
        changes: `schemas.changes.RecordChange`.
        values: What must not be seen.
    """
    texts = pl.concat([changes.select(text="before"), changes.select(text="now")])["text"]
    private = list(find_kinds(texts, values))
    if not private:
        return changes
    return changes.with_columns(
        pl.when(pl.col(name).is_in(private)).then(pl.lit(WITHHELD)).otherwise(name).alias(name)
        for name in ("before", "now")
    )
