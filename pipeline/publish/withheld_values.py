"""What is told of a value that stays inside: whose it is, what it is and why it stays. Never the value."""

from __future__ import annotations

import polars as pl

#: Columns of the frame, in order.
EMPTY = pl.DataFrame(
    schema=dict.fromkeys(("center_id", "owner_kind", "owner_uid", "what", "detail", "reason"), pl.String)
)


def withheld_rows(rows: pl.DataFrame, *, what: str, detail: str | None, reason: str | pl.Expr) -> pl.DataFrame:
    """Return one row per row that is withheld.

    Args:
        rows: Needs `center_id`, `owner_kind`, `owner_uid` and the column named in `detail`.
        what: `phone`, `address` or `contact`.
        detail: Column with the type of phone or the kind of address; None when there is none.
        reason: A `WithheldReason` value, or an expression that gives one.
    """
    return rows.select(
        "center_id",
        "owner_kind",
        "owner_uid",
        pl.lit(what).alias("what"),
        (pl.lit(None, dtype=pl.String) if detail is None else pl.col(detail)).alias("detail"),
        (pl.lit(reason) if isinstance(reason, str) else reason).alias("reason"),
    )
