"""Invented centers that verify their agencies day by day, by rules that the forecast does not know.

Curators come to work on business days, take holidays of their own, have good and bad weeks, and call the agency that has waited longest,
more or less. Some agencies call by themselves long before they are due; some are hard to reach and answer one attempt in many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from pipeline.measure.business_days import list_business_days
from schemas.forecast_parameters import ForecastParameters

Days = npt.NDArray[np.int64]

FIRST_DAY = date(2021, 1, 4)
#: Years before the first kept night, in which the ages of the agencies settle.
SETTLING_DAYS = 500
LAST_DAY = FIRST_DAY + timedelta(days=SETTLING_DAYS + 3 * 366 + 190)
NEVER = -10_000


@dataclass(frozen=True, kw_only=True)
class Process:
    """How a center works.

    Attributes:
        capacity: Lowest and highest yearly verifications per agency that the curators manage.
        month_pace: Pace of January to December, relative.
        is_one_leaving: Whether one curator leaves for good on a random day.
        weekly_spread: Spread of a curator's week, as a share.
        days_off: Days of leave of a curator in a year, in whole weeks of five.
        pick_spread: Days by which a curator misses the agency that waited longest (standard deviation).
        early_share: Share of the verifications that fall on any agency whatever its age.
        hard_share: Share of agencies that are hard to reach.
        hard_answer: How often these answer, relative to the others.
        never_share: Share of agencies never verified at the start.
    """

    capacity: tuple[float, float] = (0.92, 1.12)
    month_pace: tuple[float, ...] = (1.0,) * 12
    is_one_leaving: bool = False
    weekly_spread: float = 0.3
    days_off: int = 15
    pick_spread: float = 35.0
    early_share: float = 0.08
    hard_share: float = 0.06
    hard_answer: float = 0.05
    never_share: float = 0.01


_SEASON = (1.0, 1.15, 1.45, 1.4, 1.25, 0.9, 0.6, 0.6, 1.0, 1.1, 0.95, 0.6)

PROCESSES = {
    "steady": Process(),
    "seasonal": Process(month_pace=_SEASON),
    "curator leaving": Process(is_one_leaving=True, capacity=(1.0, 1.2)),
}

#: Other centers, on which the design of the forecast was settled; none of their figures is reported.
TUNING = {
    "steady": Process(capacity=(0.8, 1.05), weekly_spread=0.45, days_off=20, pick_spread=50.0, early_share=0.12),
    "seasonal": Process(
        month_pace=(0.7, 0.9, 1.2, 1.5, 1.3, 1.1, 0.7, 0.5, 1.2, 1.2, 1.0, 0.7),
        capacity=(0.95, 1.1),
        hard_share=0.1,
        weekly_spread=0.2,
    ),
    "curator leaving": Process(is_one_leaving=True, capacity=(1.0, 1.3), weekly_spread=0.4, early_share=0.05),
}


@dataclass(frozen=True, kw_only=True)
class Center:
    """A simulated center. Days are counted from `FIRST_DAY`.

    Attributes:
        agency, day: Every verification: which agency, on which day, in the order of days.
        start: Day of each agency's last verification before the simulation; `NEVER` for none.
        left_on: Day on which a curator left; None when none did.
    """

    agency: Days
    day: Days
    start: Days
    left_on: int | None

    def last_days(self, until: int, *, before: Days | None = None) -> Days:
        """Return the last verification of each agency until a day, `NEVER` for none."""
        last = (self.start if before is None else before).copy()
        within = self.day <= until
        # Days rise, so that of several verifications of one agency the last one stays.
        last[self.agency[within]] = self.day[within]
        return last


def simulate_center(process: Process, *, agencies: int, leaving: tuple[int, int], rng: np.random.Generator) -> Center:
    """Simulate a center from `FIRST_DAY` to `LAST_DAY`.

    Args:
        process: How it works.
        agencies: Agencies.
        leaving: First and last day on which the curator may leave, if one does.
        rng: Generator.
    """
    curators = int(rng.integers(3, 5))
    total = (LAST_DAY - FIRST_DAY).days + 1
    calendar = list_business_days(FIRST_DAY, LAST_DAY, parameters=ForecastParameters())
    left_on = int(rng.integers(*leaving)) if process.is_one_leaving else None
    present = _presence(process, curators=curators, total=total, left_on=left_on, rng=rng)
    month = np.array([(FIRST_DAY + timedelta(days=place)).month - 1 for place in range(total)])
    pace = np.array(process.month_pace) / np.mean(process.month_pace)
    # Leave and holidays are part of the year whose capacity is given.
    usual = (1 - process.days_off / 260) * 250 * curators
    per_day = rng.uniform(*process.capacity) * agencies / usual
    expected = per_day * present.sum(axis=0) * pace[month] * calendar.is_open
    counts = rng.poisson(expected)
    start = -rng.integers(1, 400, size=agencies)
    start[rng.random(agencies) < process.never_share] = NEVER
    last = start.copy()
    answer = np.where((rng.random(agencies) < process.hard_share) | (start == NEVER), process.hard_answer, 1.0)
    taken, on = [], []
    for today in np.flatnonzero(counts):
        chosen = _pick(last, answer, count=int(counts[today]), today=int(today), process=process, rng=rng)
        last[chosen] = today
        taken.append(chosen)
        on.append(np.full(chosen.size, today))
    return Center(agency=np.concatenate(taken), day=np.concatenate(on), start=start, left_on=left_on)


def _presence(
    process: Process, *, curators: int, total: int, left_on: int | None, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return how much each curator works on each day: curators x days, 1 on the mean."""
    weeks = total // 7 + 1
    shape = 1 / process.weekly_spread**2
    weekly = rng.gamma(shape, 1 / shape, size=(curators, weeks))
    for year in range(0, weeks, 52):
        span = min(52, weeks - year)
        for one in range(curators):
            away = rng.choice(span, size=min(process.days_off // 5, span), replace=False)
            weekly[one, year + away] = 0.0
    daily = np.repeat(weekly, 7, axis=1)[:, :total]
    if left_on is not None:
        daily[0, left_on:] = 0.0
    return daily


def _pick(
    last: Days, answer: npt.NDArray[np.float64], *, count: int, today: int, process: Process, rng: np.random.Generator
) -> Days:
    """Return the agencies verified on a day: some by chance, the others those that seem to have waited longest and answer."""
    count = min(count, last.size)
    early = rng.random(last.size) < process.early_share * count / last.size
    answers = rng.random(last.size) < answer
    waited = np.minimum(today - last, 900) + rng.normal(0.0, process.pick_spread, size=last.size)
    waited[~answers | early] = -np.inf
    wanted = max(0, count - int(early.sum()))
    oldest = np.argpartition(-waited, wanted - 1)[:wanted] if wanted else np.array([], dtype=np.int64)
    return np.concatenate([np.flatnonzero(early), oldest[np.isfinite(waited[oldest])]])
