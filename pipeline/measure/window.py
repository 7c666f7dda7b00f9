"""Calendar-month windows: how far back a verification still counts."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.enumerations import Band
from schemas.parameters import FreshnessRule

_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Window:
    """First days of the bands, each included.

    Attributes:
        as_of: Last day, included; later days count as blank.
        due_on: Verified on or after this day: `current`.
        cutoff_on: First day of the yearly window; on or after it (and before `due_on`): `due`.
        stale_on: On or after it (and before `cutoff_on`): `overdue`; earlier: `stale`.
    """

    as_of: date
    due_on: date
    cutoff_on: date
    stale_on: date


def window_of(rule: FreshnessRule, *, as_of: date) -> Window:
    """Return the window and band limits of a rule on a day."""
    return Window(
        as_of=as_of,
        due_on=months_before(as_of, months=rule.due_months),
        cutoff_on=months_before(as_of, months=rule.window_months),
        stale_on=months_before(as_of, months=rule.stale_months),
    )


def months_before(day: date, *, months: int) -> date:
    """Return the same day of the month some calendar months earlier; the end of a shorter month is clamped.

    >>> months_before(date(2024, 2, 29), months=12), months_before(date(2026, 12, 31), months=10)
    (datetime.date(2023, 2, 28), datetime.date(2026, 2, 28))
    """
    year, month_index = divmod(day.year * _MONTHS_OF_A_YEAR + day.month - 1 - months, _MONTHS_OF_A_YEAR)
    if year < date.min.year:
        return date.min
    last_day = calendar.monthrange(year, month_index + 1)[1]
    return date(year, month_index + 1, min(day.day, last_day))


def usable(day: pl.Expr, *, as_of: date) -> pl.Expr:
    """Return the day, or null when it is blank or later than `as_of`."""
    return pl.when(day <= as_of).then(day)


def band_of(day: pl.Expr, *, window: Window) -> pl.Expr:
    """Return the band of a usable day; null (blank, future, unreadable) is `never`."""
    return (
        pl.when(day.is_null())
        .then(pl.lit(Band.NEVER.value))
        .when(day >= window.due_on)
        .then(pl.lit(Band.CURRENT.value))
        .when(day >= window.cutoff_on)
        .then(pl.lit(Band.DUE.value))
        .when(day >= window.stale_on)
        .then(pl.lit(Band.OVERDUE.value))
        .otherwise(pl.lit(Band.STALE.value))
    )
