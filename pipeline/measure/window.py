"""Windows: from which day on a verification counts, and until which day it will."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from schemas.enumerations import Band, WindowKind
from schemas.parameters import FreshnessRule

_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Window:
    """First day of the window, and first days of the bands, each included.

    Attributes:
        as_of: Last day, included; later days count as blank.
        cutoff_on: First day that counts as updated.
        due_on: Verified on or after this day: `current`.
        overdue_on: On or after it (and before `due_on`): `due`. The same as `cutoff_on` in the rolling window.
        stale_on: On or after it (and before `overdue_on`): `overdue`; earlier: `stale`.
    """

    as_of: date
    cutoff_on: date
    due_on: date
    overdue_on: date
    stale_on: date


def window_of(rule: FreshnessRule, *, as_of: date, kind: WindowKind = WindowKind.ROLLING) -> Window:
    """Return the window and band limits of a rule on a day.

    Args:
        rule: Months, and the start of the fiscal year.
        as_of: Last day of the window.
        kind: What the window begins with. The bands are the same in all three.
    """
    overdue_on = months_before(as_of, months=rule.window_months)
    return Window(
        as_of=as_of,
        cutoff_on=overdue_on if kind == WindowKind.ROLLING else _year_start(as_of, month=_first_month(rule, kind=kind)),
        due_on=months_before(as_of, months=rule.due_months),
        overdue_on=overdue_on,
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


def counts_until(day: pl.Expr, *, rule: FreshnessRule, kind: WindowKind = WindowKind.ROLLING) -> pl.Expr:
    """Return the last day on which a verification of a day counts as updated; null for null.

    It is the latest day whose window still begins on or before the verification: what was verified on 28 February 2023 counts
    until 29 February 2024.

    Args:
        day: Day of the verification.
        rule: Months, and the start of the fiscal year.
        kind: What the window begins with.
    """
    if kind == WindowKind.ROLLING:
        later = day.dt.offset_by(f"{rule.window_months}mo")
        return pl.when(day.dt.month_end() == day).then(later.dt.month_end()).otherwise(later)
    # Moved so that the fiscal year becomes a calendar year, the end of which is easy to name.
    shift = _first_month(rule, kind=kind) - 1
    ends = day.dt.month_start().dt.offset_by(f"-{shift}mo").dt.truncate("1y").dt.offset_by("1y")
    return ends.dt.offset_by(f"{shift}mo").dt.offset_by("-1d")


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
        .when(day >= window.overdue_on)
        .then(pl.lit(Band.DUE.value))
        .when(day >= window.stale_on)
        .then(pl.lit(Band.OVERDUE.value))
        .otherwise(pl.lit(Band.STALE.value))
    )


def period_end(day: date, *, rule: FreshnessRule, kind: WindowKind = WindowKind.CALENDAR_YEAR) -> date:
    """Return the last day of the calendar or fiscal year that holds a day; of the calendar year for the rolling window.

    >>> period_end(date(2026, 11, 28), rule=FreshnessRule(), kind=WindowKind.FISCAL_YEAR)
    datetime.date(2027, 6, 30)
    """
    start = _year_start(day, month=_first_month(rule, kind=kind))
    return date(start.year + 1, start.month, 1) - timedelta(days=1)


def _first_month(rule: FreshnessRule, *, kind: WindowKind) -> int:
    return rule.fiscal_year_start_month if kind == WindowKind.FISCAL_YEAR else 1


def _year_start(day: date, *, month: int) -> date:
    return date(day.year if day.month >= month else day.year - 1, month, 1)
