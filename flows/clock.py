"""The only place that looks at a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime


def now() -> datetime:
    """Return the present moment, UTC."""
    return datetime.now(tz=UTC)  # noqa: TID251 - the one place


def today() -> date:
    """Return today's date on this machine's calendar."""
    return date.today()  # noqa: TID251, DTZ011 - a center's day is the local day
