"""Months, quarters and years: which one a day lies in, which one is named, and which one came before."""

from __future__ import annotations

import re
from datetime import date, timedelta

from schemas.errors import UsageError
from schemas.period import Period, PeriodKind

_MONTHS_OF_A_YEAR = 12
_MONTHS_OF_A_QUARTER = 3
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER = re.compile(r"([0-9]{4})-?[Qq]([1-4])")
_YEAR = re.compile(r"([0-9]{4})")
_FISCAL = re.compile(r"[Ff][Yy] ?-?([0-9]{4})")
#: Years that a report can be asked of: days before and after them cannot be told apart from slips (project choice).
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def period_holding(day: date, *, kind: PeriodKind, fiscal_month: int) -> Period:
    """Return the period of a kind in which a day lies.

    Args:
        day: The day.
        kind: Kind of period.
        fiscal_month: Month with which the fiscal year begins, 1-12.

    >>> period_holding(date(2026, 11, 20), kind=PeriodKind.QUARTER, fiscal_month=7).name
    '2026-Q4'
    >>> period_holding(date(2026, 11, 20), kind=PeriodKind.FISCAL_YEAR, fiscal_month=7).name
    'FY2027'
    """
    if kind == PeriodKind.MONTH:
        return _of_months(kind, year=day.year, month=day.month)
    if kind == PeriodKind.QUARTER:
        return _of_months(kind, year=day.year, month=(day.month - 1) // _MONTHS_OF_A_QUARTER * _MONTHS_OF_A_QUARTER + 1)
    first = fiscal_month if kind == PeriodKind.FISCAL_YEAR else 1
    return _of_months(kind, year=day.year if day.month >= first else day.year - 1, month=first)


def period_before(period: Period, *, fiscal_month: int) -> Period:
    """Return the period of the same kind that ends the day before this one begins."""
    return period_holding(period.first_on - timedelta(days=1), kind=period.kind, fiscal_month=fiscal_month)


def period_named(text: str, *, fiscal_month: int) -> Period:
    """Return the period of a name: `2026-11`, `2026-Q4`, `2026` or `FY2027`, the fiscal year that ends in 2027.

    Raises:
        UsageError: It names no period.

    >>> period_named("FY2027", fiscal_month=7).first_on
    datetime.date(2026, 7, 1)
    """
    said = text.strip()
    try:
        return _checked(_named(said, fiscal_month=fiscal_month))
    except ValueError as fault:
        raise UsageError(
            f"--of: {text!r} names no period.",
            advice="Write a month as 2026-11, a quarter as 2026-Q4, a year as 2026, a fiscal year as FY2027 (the one that ends in 2027).",
        ) from fault


def _named(said: str, *, fiscal_month: int) -> Period:
    if found := _MONTH.fullmatch(said):
        return _of_months(PeriodKind.MONTH, year=int(found[1]), month=int(found[2]))
    if found := _QUARTER.fullmatch(said):
        return _of_months(PeriodKind.QUARTER, year=int(found[1]), month=(int(found[2]) - 1) * _MONTHS_OF_A_QUARTER + 1)
    if found := _YEAR.fullmatch(said):
        return _of_months(PeriodKind.YEAR, year=int(found[1]), month=1)
    if found := _FISCAL.fullmatch(said):
        # A fiscal year that begins in January ends in the year in which it begins.
        return _of_months(PeriodKind.FISCAL_YEAR, year=int(found[1]) - (fiscal_month > 1), month=fiscal_month)
    raise ValueError(said)


def _checked(period: Period) -> Period:
    if not _FIRST_YEAR <= period.first_on.year <= _LAST_YEAR:
        raise ValueError(period.name)
    return period


def _of_months(kind: PeriodKind, *, year: int, month: int) -> Period:
    length = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: _MONTHS_OF_A_QUARTER}.get(kind, _MONTHS_OF_A_YEAR)
    first_on = date(year, month, 1)
    after_year, after_month = divmod(year * _MONTHS_OF_A_YEAR + month - 1 + length, _MONTHS_OF_A_YEAR)
    last_on = date(after_year, after_month + 1, 1) - timedelta(days=1)
    quarter = (month - 1) // _MONTHS_OF_A_QUARTER + 1
    names = {
        PeriodKind.MONTH: (f"{year}-{month:02}", f"{_MONTHS[month - 1]} {year}"),
        PeriodKind.QUARTER: (
            f"{year}-Q{quarter}",
            f"Quarter {quarter} of {year} ({_MONTHS[month - 1]} to {_MONTHS[last_on.month - 1]})",
        ),
        PeriodKind.YEAR: (f"{year}", f"Calendar year {year}"),
        PeriodKind.FISCAL_YEAR: (
            f"FY{last_on.year}",
            f"Fiscal year {last_on.year} ({_MONTHS[month - 1]} {year} to {_MONTHS[last_on.month - 1]} {last_on.year})",
        ),
    }
    name, words = names[kind]
    return Period(kind=kind, name=name, words=words, first_on=first_on, last_on=last_on)
