"""Business days: Monday to Friday, without the public holidays of a country, state or province and without further days off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from schemas.forecast_parameters import ForecastParameters

_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class BusinessDays:
    """Which days of a range are business days.

    Attributes:
        first_on: First day of the range.
        is_open: One value per day of the range.
    """

    first_on: date
    is_open: npt.NDArray[np.bool_]

    def on(self, day: date) -> bool:
        """Tell whether a day is a business day."""
        return bool(self.is_open[(day - self.first_on).days])

    def between(self, first_on: date, last_on: date) -> int:
        """Count the business days from a day to a day, both included; 0 when the last is before the first."""
        start, end = (first_on - self.first_on).days, (last_on - self.first_on).days + 1
        return int(self.is_open[start:end].sum()) if end > start else 0


def list_business_days(first_on: date, last_on: date, *, parameters: ForecastParameters) -> BusinessDays:
    """Return the business days of a range.

    Where a public holiday falls on a weekend, the day on which it is observed is a day off too, as the country has it.

    Args:
        first_on: First day, included.
        last_on: Last day, included.
        parameters: `country`, `subdivision`, `extra_days_off`.
    """
    days = [first_on + timedelta(days=place) for place in range((last_on - first_on).days + 1)]
    closed = set(parameters.extra_days_off) | _public_holidays(first_on, last_on, parameters=parameters)
    is_open = [day.weekday() < _SATURDAY and day not in closed for day in days]
    return BusinessDays(first_on=first_on, is_open=np.array(is_open, dtype=np.bool_))


def describe_calendar(parameters: ForecastParameters) -> str:
    """Return one sentence that says which days are business days."""
    if parameters.country == "none":
        said = "Business days are Monday to Friday; no public holidays are left out"
    else:
        place = {"US": "the United States", "CA": "Canada"}[parameters.country]
        where = f" and of {parameters.subdivision}" if parameters.subdivision else ""
        said = f"Business days are Monday to Friday without the public holidays of {place}{where}"
    if parameters.extra_days_off:
        count = len(set(parameters.extra_days_off))
        said += f", and without {count} further {'day' if count == 1 else 'days'} off"
    return f"{said}."


def _public_holidays(first_on: date, last_on: date, *, parameters: ForecastParameters) -> set[date]:
    if parameters.country == "none":
        return set()
    # 20 ms, which commands without a forecast need not wait for.
    import holidays

    # A year more at each end: New Year's Day on a Saturday is observed on the last day of the year before.
    years = range(first_on.year - 1, last_on.year + 2)
    return set(holidays.country_holidays(parameters.country, subdiv=parameters.subdivision, years=years))
