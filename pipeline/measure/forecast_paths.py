"""What becomes of the units, step by step, for a given pace: who is verified, who stops counting.

Units are not followed one by one but in cohorts that share the week of their verification and the step at which they stop counting, so
200,000 units take no longer than 2,000. In each step the work is spread over the cohorts by the chance of their age class; how much
it is beyond the usual is solved for, so that exactly the work is done, unless hardly anybody is left to be verified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.measure.forecast_selection import OVERDUE_FINE, fine_class
from pipeline.measure.pace import WEEK, Floats

Places = npt.NDArray[np.int64]

#: Weeks since the verification beyond which all are alike.
_OLDEST = 200
_NEWTON = 5
_TINY = 1e-12


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The days between which work is done: weekly, and the day before one on which much stops counting at once.

    Attributes:
        days: End of each step; the last is the target day.
        cutoffs: First day that counts, on each of them.
        lengths: Days of each step.
        middles: Day that stands for the verifications of a step.
        is_shown: Whether the day is on the weekly path.
    """

    days: tuple[date, ...]
    cutoffs: tuple[date, ...]
    lengths: tuple[int, ...]
    middles: tuple[date, ...]
    is_shown: npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Cohorts:
    """Units that share week and end.

    Attributes:
        size: Units.
        age: Weeks since their verification on the day of the forecast, halves; infinite for those never verified.
        ends: First step at whose end they do not count without work; the number of steps when they count throughout, -1 when they do
            not count from the first.
    """

    size: Floats
    age: Floats
    ends: Places


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Simulated futures. Arrays are futures x steps.

    Attributes:
        counting: Units that count at the end of the step.
        verified: Verifications so far.
    """

    counting: Floats
    verified: Floats


def plan_steps(*, as_of: date, target_on: date, cutoff: Callable[[date], date]) -> Steps:
    """Return the steps from a day to a later day.

    Args:
        as_of: Day of the forecast; the first step begins after it.
        target_on: End of the last step.
        cutoff: First day that counts on a day.
    """
    every = [as_of + timedelta(days=place) for place in range(1, (target_on - as_of).days + 1)]
    weekly = {day for place, day in enumerate(every, start=1) if place % 7 == 0} | {target_on}
    # Where a year begins anew, work before that day and after it are two things.
    first = {day: cutoff(day) for day in [as_of, *every]}
    jumps = {before for before, day in zip([as_of, *every], every, strict=False) if first[day] - first[before] > WEEK}
    days = tuple(sorted((weekly | jumps) - {as_of}))
    starts = (as_of, *days[:-1])
    lengths = tuple((day - start).days for start, day in zip(starts, days, strict=True))
    return Steps(
        days=days,
        cutoffs=tuple(first[day] for day in days),
        lengths=lengths,
        middles=tuple(start + timedelta(days=(length + 1) // 2) for start, length in zip(starts, lengths, strict=True)),
        is_shown=np.array([day in weekly for day in days], dtype=np.bool_),
    )


def group_cohorts(days: pl.Series, *, as_of: date, cutoff_on: date, steps: Steps) -> Cohorts:
    """Group units by the week of their verification and the step at which they stop counting.

    Args:
        days: Day of each unit, null when never verified; none later than `as_of`.
        as_of: Day of the forecast.
        cutoff_on: First day that counts on it.
        steps: From `plan_steps`.
    """
    limits = pl.Series([cutoff_on, *steps.cutoffs], dtype=pl.Date).to_physical().to_numpy()
    dated = days.drop_nulls()
    # Cutoffs never fall, so the first one after the day is where it stops counting.
    ends = np.searchsorted(limits, dated.to_physical().to_numpy(), side="right") - 1
    age = np.minimum((pl.Series([as_of]) - dated).dt.total_days().to_numpy() // 7, _OLDEST) + 0.5
    grouped = pl.DataFrame({"age": age, "ends": ends}).group_by("age", "ends").len().sort("age", "ends")
    size = grouped.get_column("len").to_numpy().astype(np.float64)
    ages = grouped.get_column("age").to_numpy().astype(np.float64)
    places = grouped.get_column("ends").to_numpy().astype(np.int64)
    if never := days.null_count():
        size, ages, places = np.append(size, never), np.append(ages, np.inf), np.append(places, -1)
    return Cohorts(size=size, age=ages, ends=places)


def simulate_paths(
    cohorts: Cohorts, *, steps: Steps, work: Floats, weekly: Floats, year_days: int, hardest: float
) -> Paths:
    """Carry the cohorts through the steps.

    Args:
        cohorts: From `group_cohorts`.
        steps: From `plan_steps`.
        work: Units verified in each step; futures x steps.
        weekly: Rate per week at the usual pace; futures x fine age classes.
        year_days: Days for which a verification counts.
        hardest: How many times the usual chance is the most.
    """
    futures, count = work.shape
    classes = weekly.shape[1]
    old = cohorts.size.size
    size = np.zeros((futures, old + count))
    size[:, :old] = cohorts.size
    ends = np.concatenate([cohorts.ends, _ends_of_new(steps)])
    counting, verified = np.zeros((futures, count)), np.zeros((futures, count))
    begins = np.cumsum([0, *steps.lengths])
    born = np.concatenate([-cohorts.age, (begins[:-1] + np.array(steps.lengths) / 2) / 7])
    done = np.zeros(futures)
    for step in range(count):
        live = old + step
        age = begins[step] / 7 - born[:live]
        kind = fine_class(np.maximum(age, 0.0), year_days=year_days)
        kind = np.where(ends[:live] <= step - 1, np.maximum(kind, OVERDUE_FINE), kind)
        belongs = np.zeros((live, classes))
        belongs[np.arange(live), kind] = 1.0
        there = size[:, :live] @ belongs
        kept = 1 - _shares_taken(there, work[:, step], weekly=weekly, most=hardest * steps.lengths[step] / 7)
        new = (there * (1 - kept)).sum(axis=1)
        size[:, :live] *= kept[:, kind]
        size[:, live] = new
        done = done + new
        verified[:, step] = done
        counting[:, step] = size[:, : live + 1] @ (ends[: live + 1] > step)
    return Paths(counting=counting, verified=verified)


def _ends_of_new(steps: Steps) -> Places:
    """Return the step at which verifications of each step stop counting."""
    limits = pl.Series(steps.cutoffs, dtype=pl.Date).to_physical().to_numpy()
    return np.searchsorted(limits, pl.Series(steps.middles, dtype=pl.Date).to_physical().to_numpy(), side="right")


def _shares_taken(there: Floats, work: Floats, *, weekly: Floats, most: float) -> Floats:
    """Return which share of each class is verified in a step, so that together they are the work.

    1 - exp(-busy x rate) of a class is taken. The sum rises ever more slowly with `busy`, so that Newton's steps come from below and
    never pass the solution.
    """
    weighed = there * weekly
    busy = np.minimum(work / np.maximum(weighed.sum(axis=1), _TINY), most)
    for _ in range(_NEWTON):
        left = np.exp(-busy[:, None] * weekly)
        missing = work - (there * (1 - left)).sum(axis=1)
        busy = np.clip(busy + missing / np.maximum((weighed * left).sum(axis=1), _TINY), 0.0, most)
    taken: Floats = -np.expm1(-busy[:, None] * weekly)
    return taken
