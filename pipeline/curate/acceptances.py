"""Exceptions that people took: from the decision log to what holds tonight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from schemas.contract import conform, empty_table
from schemas.quality import Acceptance

#: Kinds of entries in the decision log.
ACCEPTED = "finding_accepted"
REOPENED = "finding_reopened"


def read_acceptances(entries: Sequence[tuple[datetime, str, str, str, dict[str, Any]]]) -> pl.DataFrame:
    """Return the exceptions that stand after all entries of the log; an exception that was taken back is not among them.

    Args:
        entries: Moment, person, kind of entry, finding and payload (`until`, `reason`, `value`), in the order of the log.

    Returns:
        `schemas.quality.Acceptance`, at most one row per finding, ordered by finding.
    """
    standing: dict[str, dict[str, Any]] = {}
    for at, by, kind, finding_id, payload in entries:
        if kind == REOPENED:
            standing.pop(finding_id, None)
            continue
        standing[finding_id] = {
            "finding_id": finding_id,
            "accepted_until": date.fromisoformat(payload["until"]),
            "accepted_by": by,
            "accepted_reason": payload["reason"],
            "accepted_at": at.replace(tzinfo=None),
            "value_then": payload.get("value"),
        }
    if not standing:
        return empty_table(Acceptance)
    schema = empty_table(Acceptance).schema
    return conform(pl.DataFrame(list(standing.values()), schema=schema).sort("finding_id"), Acceptance)


def standing_acceptances(acceptances: pl.DataFrame, *, findings: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the exceptions that hold on a day: `finding_id`, `accepted_until`, `accepted_by`, `accepted_reason`.

    An exception ends after its last day, and it lapses when the value found is no longer the one that was accepted; letter case
    and blanks do not matter.
    """
    now = findings.select("finding_id", value_now=_folded("value"))
    return (
        acceptances.join(now, on="finding_id")
        .filter((pl.col("accepted_until") >= as_of) & _folded("value_then").eq_missing(pl.col("value_now")))
        .select("finding_id", "accepted_until", "accepted_by", "accepted_reason")
    )


def _folded(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
