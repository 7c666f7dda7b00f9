"""How many units a center verified in each week, and from which weeks the present pace can be told.

A file of today holds only the last verification of each unit: what was verified in March and again in December shows in December
alone. So weeks long past look quieter than they were, and only a recent stretch of them is used, in which hardly any unit was verified
twice. From the first kept night on nothing is overwritten, and all weeks are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.measure.business_days import BusinessDays
from schemas.forecast_parameters import ForecastParameters

Floats = npt.NDArray[np.float64]

WEEK = timedelta(days=7)
_MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class WeeklyPace:
    """Verifications of past weeks. Arrays have one place per week, the earliest first; the last ends on the day of the forecast.

    Attributes:
        count: Units verified, mass-stamped days left out.
        business_days: Business days, mass-stamped days left out.
        months: Share of the business days that lies in each month; weeks x 12.
        mass_days: Days left out, with the units that carry them.
        first_on: First day of the first week.
        kept_weeks: How many of the weeks lie after the first kept night.
        first_known: Verifications left out because nothing was known of the unit before: new agencies, most of them.
    """

    count: Floats
    business_days: Floats
    months: Floats
    mass_days: tuple[tuple[date, int], ...]
    first_on: date
    kept_weeks: int
    first_known: int


def mark_events(events: pl.DataFrame, *, as_of: date, known_since: date) -> pl.DataFrame:
    """Return distinct verifications until a day, in order, each with the unit's one before and whether it is the first one known.

    Args:
        events: `unit_id: String`, `day: Date`.
        as_of: Last day.
        known_since: First kept night.

    Returns:
        `unit_id`, `day`, `before` (null for the first), `is_new` (first known, and later than the first kept night).
    """
    return (
        events.select("unit_id", "day")
        .filter(pl.col("day").is_not_null() & (pl.col("day") <= as_of))
        .unique()
        .sort("unit_id", "day")
        .with_columns(before=pl.col("day").shift(1).over("unit_id"))
        .with_columns(is_new=pl.col("before").is_null() & (pl.col("day") > known_since))
    )


def count_weeks(
    marked: pl.DataFrame,
    *,
    unit_count: int,
    never_count: int,
    as_of: date,
    known_since: date,
    calendar: BusinessDays,
    parameters: ForecastParameters,
) -> WeeklyPace:
    """Count the units verified in each week from which the pace is told.

    A day that more than `mass_share` of the units (and at least `mass_count`) carry was stamped in one go; it is left out of its week.
    Verifications of units of which nothing was known before are left out as well while fewer units wait for their first verification
    than had it in the last year: then they were new agencies, which a constant directory will not have.

    Args:
        marked: From `mark_events`.
        unit_count: Units of the directory.
        never_count: Those never verified.
        as_of: Last day of the last week.
        known_since: First kept night; `as_of` when there is none.
        calendar: Business days; must reach back to the first week.
        parameters: `recent_weeks`, `most_weeks`, `mass_share`, `mass_count`.
    """
    first_on = _first_day(marked, as_of=as_of, known_since=known_since, parameters=parameters)
    weeks = (as_of - first_on).days // 7 + 1
    first_on = as_of - WEEK * weeks + timedelta(days=1)
    within = marked.filter(pl.col("day") >= first_on)
    by_day = within.group_by("day").len().sort("day")
    mass = by_day.filter(
        (pl.col("len") > parameters.mass_share * unit_count) & (pl.col("len") >= parameters.mass_count)
    ).rows()
    mass_days = [day for day, _ in mass]
    new = within.filter("is_new")
    lately = new.filter(pl.col("day") > as_of - timedelta(days=365)).height
    is_left_out = never_count < lately
    used = within.filter(~pl.col("day").is_in(mass_days), ~(pl.col("is_new") & is_left_out))
    place = (used.get_column("day") - first_on).dt.total_days().to_numpy() // 7
    count = np.bincount(place.astype(np.int64), minlength=weeks).astype(np.float64)
    days, months = month_shares(first_on, [7] * weeks, calendar=calendar, closed=mass_days)
    return WeeklyPace(
        count=count,
        business_days=days,
        months=months,
        mass_days=tuple((day, int(units)) for day, units in mass),
        first_on=first_on,
        kept_weeks=min(weeks, (as_of - known_since).days // 7),
        first_known=new.height if is_left_out else 0,
    )


def month_shares(
    first_on: date, lengths: list[int], *, calendar: BusinessDays, closed: list[date] | None = None
) -> tuple[Floats, Floats]:
    """Return the business days of successive stretches of days, and the share of them in each month.

    Args:
        first_on: First day of the first stretch.
        lengths: Days of each stretch.
        calendar: Business days.
        closed: Days that do not count.

    Returns:
        One number per stretch, and stretches x 12; rows without a business day are 0.
    """
    total = sum(lengths)
    start = (first_on - calendar.first_on).days
    is_open = calendar.is_open[start : start + total].astype(np.float64)
    for day in closed or ():
        is_open[(day - first_on).days] = 0.0
    month = np.array([(first_on + timedelta(days=place)).month - 1 for place in range(total)], dtype=np.int64)
    stretch = np.repeat(np.arange(len(lengths)), lengths)
    by_month = np.zeros((len(lengths), _MONTHS))
    np.add.at(by_month, (stretch, month), is_open)
    days: Floats = by_month.sum(axis=1)
    return days, by_month / np.maximum(days, 1.0)[:, None]


def _first_day(marked: pl.DataFrame, *, as_of: date, known_since: date, parameters: ForecastParameters) -> date:
    """Return the first day of the stretch: no earlier than anything was verified, for nothing is known of work before that."""
    earliest = max(known_since - WEEK * parameters.recent_weeks, as_of - WEEK * parameters.most_weeks) + timedelta(
        days=1
    )
    first = marked.get_column("day").min() if marked.height else None
    if isinstance(first, date) and first > earliest:
        return first
    return earliest
