"""Narrowing of stored figures to the records that a report speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from schemas.night import ShareFigure
from schemas.period import Scope


def in_scope(scope: Scope) -> pl.Expr:
    """Return whether a row with `center_id` and `curator` belongs to the scope."""
    belongs = pl.lit(value=True)
    if scope.center_id is not None:
        belongs &= pl.col("center_id") == scope.center_id
    if scope.curator is not None:
        belongs &= pl.col("curator") == scope.curator
    return belongs


def of_center(scope: Scope) -> pl.Expr:
    """Return whether a row of figures is about the center of the scope, or about all centers together."""
    return pl.col("center_id").eq_missing(pl.lit(scope.center_id, dtype=pl.String))


def of_each_center(scope: Scope) -> pl.Expr:
    """Return whether a row of figures is about a single center of the scope: what adds up to the whole."""
    return pl.col("center_id").is_not_null() if scope.center_id is None else pl.col("center_id") == scope.center_id


def own_dimension(scope: Scope) -> pl.Expr:
    """Return whether a row of figures is about all of the scope: the whole, or its curator."""
    if scope.curator is None:
        return pl.col("dimension") == "all"
    return (pl.col("dimension") == "curator") & (pl.col("value") == scope.curator)


def share_figure(row: Mapping[str, Any] | None) -> ShareFigure | None:
    """Return a stored row as a figure; None stays None."""
    if row is None:
        return None
    return ShareFigure(
        numerator=_whole(row["numerator"]),
        denominator=_whole(row["denominator"]),
        unknown=_whole(row["unknown"]),
        share=row["share"],
        reason=row["reason"],
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
