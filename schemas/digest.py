"""What is sent about a night: a subject and a text without any record's name, number or value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class LastGoodNight:
    """The night in force.

    Args:
        as_of: Day that it speaks of.
        published_at: Moment of its publication, UTC.
    """

    as_of: date
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class Digest:
    """A message.

    Args:
        subject: One line.
        text: Plain text, ending in a line break.
        status: `published`, `gated`, `failed`, `stale`, `report` or `test`.
        as_of: Day the message speaks of.
        run_id: Run; None when there is none.
        is_news: Whether something moved since the night before.
    """

    subject: str
    text: str
    status: str
    as_of: date
    run_id: str | None = None
    is_news: bool = True
