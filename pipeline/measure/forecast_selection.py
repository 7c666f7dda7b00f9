"""Which units are verified next: how likely a unit is to be picked, by the time since its last verification.

It matters because verifying a unit that would still count on the target day adds nothing on that day. Curators mostly take what is due or
overdue, take a few young ones that happen to call or ask for a change, and get slowly at those that are hard to reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.measure.pace import Floats
from schemas.forecast_parameters import AGE_LIMITS, ForecastParameters

Places = npt.NDArray[np.int64]

#: Class of what is just overdue.
_OVERDUE = AGE_LIMITS.index(12) + 1
#: Ages at which chances are read off in the simulation, in months like `AGE_LIMITS`: by quarters of a month where they change fast.
_FINE_LIMITS = (8.0, *np.arange(9.0, 15.25, 0.25).tolist(), 16.5, 18.0)
#: Fine class of what is just overdue; a unit that does not count is taken to be at least that.
OVERDUE_FINE = _FINE_LIMITS.index(12.0) + 1
_MONTHS = 12
#: Weeks of kept nights below which picking cannot be seen.
_FEWEST_WEEKS = 8
_ROUNDS = 12
#: How far the assumed chances may be off where nothing was seen: as a share, about 40 %.
_ASSUMED_SPREAD = 0.4


@dataclass(frozen=True, kw_only=True)
class Selection:
    """How likely units are picked.

    Attributes:
        weekly: Chance per week at the usual pace, one per age class.
        spread: Standard deviation of its logarithm: how well it is known.
        seen: Verifications seen in the history that it rests on; 0 when it is assumed.
    """

    weekly: Floats
    spread: Floats
    seen: int


def age_class(weeks: Floats, *, year_days: int) -> Places:
    """Return the age class of units by weeks since their verification.

    Args:
        weeks: Weeks since the verification.
        year_days: Days for which a verification counts; 365 or 366 in the rolling year.
    """
    limits = np.array(AGE_LIMITS) * (year_days / _MONTHS / 7)
    return np.searchsorted(limits, weeks, side="right").astype(np.int64)


def fine_class(weeks: Floats, *, year_days: int) -> Places:
    """Return the fine age class of units, as columns of `draw_rates`; arguments as for `age_class`."""
    limits = np.array(_FINE_LIMITS) * (year_days / _MONTHS / 7)
    return np.searchsorted(limits, weeks, side="right").astype(np.int64)


def share_kept(weeks: Floats, *, year_days: int, parameters: ForecastParameters) -> Floats:
    """Return which share of verifications still stands some weeks later, as the assumed profile has it: the others were overwritten.

    Args:
        weeks: Weeks that have passed, 0 or more.
        year_days: Days for which a verification counts.
        parameters: Assumed profile.
    """
    longest = int(np.ceil(weeks.max(initial=0.0)))
    middles: Floats = np.arange(longest, dtype=np.float64) + 0.5
    chances = np.array(parameters.selection_weekly)[age_class(middles, year_days=year_days)]
    stands = np.concatenate([[1.0], np.cumprod(1 - chances)])
    kept: Floats = np.interp(weeks, np.arange(longest + 1), stands)
    return kept


def estimate_selection(
    marked: pl.DataFrame,
    units: pl.DataFrame,
    *,
    as_of: date,
    known_since: date,
    mass_days: list[date],
    year_days: int,
    parameters: ForecastParameters,
) -> Selection:
    """Estimate the chances from the renewals seen since the first kept night.

    Verifications of a class over the weeks that units spent in it, weighed by how busy the week was; the two are solved in turns. Each
    class is drawn towards the assumed profile by `selection_prior` verifications. A unit that was never verified is taken to be as slow
    as those verified more than 18 months ago: the history does not tell the first verification of an old unit from that of a new one.

    Args:
        marked: From `pipeline.measure.pace.mark_events`.
        units: Units of the directory, `unit_id`.
        as_of: Day of the forecast.
        known_since: First kept night.
        mass_days: Days that were stamped in one go; they say nothing about picking.
        year_days: Days for which a verification counts.
        parameters: Assumed profile and its weight.
    """
    assumed = np.array(parameters.selection_weekly)
    weeks = min((as_of - known_since).days // 7, parameters.selection_weeks)
    if weeks < _FEWEST_WEEKS:
        return Selection(weekly=assumed, spread=np.full(assumed.size, _ASSUMED_SPREAD), seen=0)
    picked, there = _count_classes(
        marked, units, as_of=as_of, weeks=weeks, mass_days=mass_days, year_days=year_days, classes=assumed.size
    )
    faded = 0.5 ** (np.arange(weeks)[::-1] / parameters.selection_half_life)
    seen = faded @ picked
    prior = parameters.selection_prior
    weekly, usual = assumed, 1.0
    for _ in range(_ROUNDS):
        busy = picked.sum(axis=1) / np.maximum(there @ weekly, 1e-9)
        busy = busy / max(float(busy.mean()), 1e-9)
        exposed = (busy * faded) @ there
        # The assumed profile tells proportions; how busy this center is shows in its own numbers.
        usual = float(seen.sum() / max(float(exposed @ assumed), 1e-9))
        weekly = (seen + prior) / (exposed + prior / np.maximum(assumed * usual, 1e-9))
    spread = np.minimum(1 / np.sqrt(seen + prior), _ASSUMED_SPREAD)
    return Selection(weekly=np.clip(weekly, 1e-9, 0.9), spread=spread, seen=int(picked.sum()))


def draw_rates(selection: Selection, *, paths: int, parameters: ForecastParameters, rng: np.random.Generator) -> Floats:
    """Return weekly rates as they may be; futures x fine age classes. A rate r gives a chance of 1 - exp(-r).

    Each class is varied by how well it is known, and all that are not yet due together: how early curators start changes with how much is
    due. Between the middles of two age classes the logarithm changes evenly.

    Args:
        selection: From `estimate_selection`.
        paths: Futures.
        parameters: `selection_change`.
        rng: Generator.
    """
    change = selection.spread * rng.standard_normal((paths, selection.weekly.size))
    change[:, :_OVERDUE] += parameters.selection_change * rng.standard_normal((paths, 1))
    rates: Floats = np.exp((np.log(-np.log1p(-selection.weekly)) + change) @ _between_classes())
    return rates


def _between_classes() -> Floats:
    """Return the weights with which the logarithms of two neighboring age classes make up that of a fine class."""
    middles, wanted = _middles(AGE_LIMITS), _middles(_FINE_LIMITS)
    weights = np.zeros((middles.size, wanted.size))
    for place, one in enumerate(np.eye(middles.size)):
        weights[place] = np.interp(wanted, middles, one)
    return weights


def _middles(limits: tuple[float, ...]) -> Floats:
    """Return the middle of each class; the open ones at both ends have their limit."""
    ends = np.array([limits[0], *limits, limits[-1]])
    middles: Floats = (ends[1:] + ends[:-1]) / 2
    return middles


def _count_classes(
    marked: pl.DataFrame,
    units: pl.DataFrame,
    *,
    as_of: date,
    weeks: int,
    mass_days: list[date],
    year_days: int,
    classes: int,
) -> tuple[Floats, Floats]:
    """Return by week and class the verifications, and the units that could have been verified."""
    spans = (
        marked.sort("unit_id", "day")
        .with_columns(until=pl.col("day").shift(-1).over("unit_id"))
        .join(units.select("unit_id", is_there=pl.lit(value=True)), on="unit_id", how="left")
        # What became of units that have left is not known after their last verification.
        .filter(pl.col("until").is_not_null() | pl.col("is_there"))
        .with_columns(
            # Weeks count back from the day of the forecast: the last one is weeks - 1.
            born=weeks - 1 - (pl.lit(as_of) - pl.col("day")).dt.total_days() // 7,
            ends=(weeks - 1 - (pl.lit(as_of) - pl.col("until")).dt.total_days() // 7).fill_null(weeks),
            is_pick=pl.col("until").is_not_null() & ~pl.col("until").is_in(mass_days),
        )
        .filter(pl.col("ends") >= 0)
        .group_by("born", "ends", "is_pick")
        .len()
    )
    born, ends, is_pick, size = (spans.get_column(name).to_numpy() for name in ("born", "ends", "is_pick", "len"))
    picked, there = np.zeros((weeks, classes)), np.zeros((weeks, classes))
    for week in range(weeks):
        at_risk = (born < week) & (ends >= week)
        # Verified some time in the week of birth: half a week on the mean.
        age = age_class(week - born[at_risk] - 0.5, year_days=year_days)
        there[week] = np.bincount(age, weights=size[at_risk], minlength=classes)
        now = (ends[at_risk] == week) & is_pick[at_risk]
        picked[week] = np.bincount(age[now], weights=size[at_risk][now], minlength=classes)
    return picked, there
