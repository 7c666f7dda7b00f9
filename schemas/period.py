"""The time a report speaks of, and of whose records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PeriodKind(StrEnum):
    """Kinds of periods that reports are asked for."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FISCAL_YEAR = "fiscal_year"


@dataclass(frozen=True, kw_only=True)
class Period:
    """A stretch of whole calendar months.

    Args:
        kind: What it is.
        name: Short name, such as `2026-11`, `2026-Q4`, `2026` or `FY2027` (the fiscal year that ends in 2027).
        words: Name for people.
        first_on: First day, included.
        last_on: Last day, included.
    """

    kind: PeriodKind
    name: str
    words: str
    first_on: date
    last_on: date

    def holds(self, day: date) -> bool:
        """Return whether a day lies in it."""
        return self.first_on <= day <= self.last_on


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose records a report speaks of. Without center and curator: all.

    Args:
        center_id: One center, or None.
        curator: One curator, or None.
        title: Name for people.
    """

    center_id: str | None = None
    curator: str | None = None
    title: str = "All centers"
