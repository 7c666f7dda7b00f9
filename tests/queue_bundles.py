"""Invented bundles for the tests of the verification queue."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from schemas.contract import schema_of
from schemas.outreach import QueueBundle
from schemas.queue_parameters import QueueParameters

#: A Monday: weeks of the plan are calendar weeks.
MONDAY = date(2026, 11, 30)


def bundle(uid: str, **changes: Any) -> dict[str, Any]:
    """Return an agency that was never verified, of an hour's work."""
    row: dict[str, Any] = dict.fromkeys(schema_of(QueueBundle))
    fixed = {
        "center_id": "c1",
        "agency_uid": uid,
        "curator": "ann",
        "minutes": 60.0,
        "site_count": 1,
        "service_count": 2,
    }
    return row | fixed | changes


def counting(uid: str, until: date, **changes: Any) -> dict[str, Any]:
    """Return an agency that counts until a day."""
    return bundle(uid, day=date(until.year - 1, until.month, until.day), counts_until=until, **changes)


def lasting(count: int, *, prefix: str = "z", **changes: Any) -> list[dict[str, Any]]:
    """Return agencies that count for longer than any test looks ahead."""
    return [counting(f"{prefix}{place:03}", MONDAY + timedelta(days=363), **changes) for place in range(count)]


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return the rows as a table of the queue's input."""
    return pl.DataFrame(list(rows), schema=schema_of(QueueBundle), orient="row")


def settings(**changes: Any) -> QueueParameters:
    """Return parameters with ample hours that look only as far as asked, and bring nothing forward."""
    fixed = {"default_hours_per_week": 100.0, "look_ahead_weeks": 4, "level_weeks": 0}
    return QueueParameters(**(fixed | changes))
