"""The share updated on a day to come, with its range, and what it takes to reach a target.

When a verification stops counting is certain: the calendar says it. Only the verifications to come are not known. So

    share on a day = what still counts without work (certain) + what is verified until then and would not have counted

The pace of verification comes from the center's own weeks (`pipeline.measure.pace`, `pace_level`), which units are taken from its own
renewals (`forecast_selection`), and 2,000 futures are drawn and carried through the calendar (`forecast_paths`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import numpy as np
import polars as pl

from pipeline.measure.business_days import BusinessDays, describe_calendar, list_business_days
from pipeline.measure.forecast_paths import Paths, Steps, group_cohorts, plan_steps, simulate_paths
from pipeline.measure.forecast_selection import Selection, draw_rates, estimate_selection, share_kept
from pipeline.measure.pace import WEEK, Floats, WeeklyPace, count_weeks, mark_events, month_shares
from pipeline.measure.pace_level import PaceModel, draw_paces, fit_pace
from pipeline.measure.staffing import Band
from pipeline.measure.window import months_before
from schemas.contract import conform, empty_table
from schemas.forecast_parameters import ForecastParameters
from schemas.forecasting import ForecastPoint

_DAYS_OF_A_WEEK = 5
_ALMOST = 1e-9


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The share updated on a day to come.

    Attributes:
        as_of: Day of the forecast: the last one that is known.
        target_on: Day it speaks of.
        target_share: Share that is wanted then, 0-1.
        units: Counted units; the same number is taken to be there on the target day.
        updated_now: Units that count today.
        share_now: updated_now / units; None when nothing can be forecast.
        expiring: Units that count today and no longer on the target day if nobody verifies them: certain.
        share_without_work: Share on the target day if nobody verified anything: certain, and never undercut. None as above.
        share: Share on the target day: low, central, high. None as above.
        confidence: Share of the futures inside low and high.
        needed: Fewest units to verify until the target day to reach the target; 0 when it is reached without work. None as above.
        needed_per_week: The same per business week (business days / 5) that is left; only days count from which a verification still
            counts on the target day. 0.0 when nothing is needed; None when no business day is left, or as above.
        pace_per_week: Present pace, season aside: units verified per week of five business days. None as above.
        probability_of_target: Share of the futures that reach the target. None as above.
        path: `schemas.forecasting.ForecastPoint`; empty when nothing can be forecast.
        basis: Sentences that say what the forecast rests on; to be printed with it.
        reason: Why nothing can be forecast; None when it can.
    """

    as_of: date
    target_on: date
    target_share: float
    units: int
    updated_now: int
    share_now: float | None
    expiring: int
    share_without_work: float | None
    share: Band | None
    confidence: float
    needed: int | None
    needed_per_week: float | None
    pace_per_week: Band | None
    probability_of_target: float | None
    path: pl.DataFrame
    basis: tuple[str, ...]
    reason: str | None


def forecast_share(
    units: pl.DataFrame,
    events: pl.DataFrame,
    *,
    as_of: date,
    target_on: date,
    target_share: float,
    known_since: date | None,
    cutoff: Callable[[date], date],
    parameters: ForecastParameters,
    seed: str,
    unit_words: tuple[str, str] = ("agency", "agencies"),
) -> Forecast:
    """Forecast the share updated on a day.

    Args:
        units: One row per counted unit: `unit_id` (text or number), `day: Date` (oldest verification of the bundle; null when there is
            none). Days after `as_of` count as null.
        events: Known verifications of units: `unit_id` of the same type, `day: Date`, with the present day of each unit. May hold units
            that have left the directory. Days after `as_of` are left out.
        as_of: Last day that is known.
        target_on: Day of the forecast, later than `as_of`.
        target_share: Share that is wanted on that day, 0-1.
        known_since: First night of the history; of the time before it `events` holds only the last day each unit then had. None or
            `as_of`: there is no history.
        cutoff: First day that counts on a day; must never fall.
        parameters: Model.
        seed: Text from which the random numbers come; the same text gives the same result.
        unit_words: What one unit is called, and several, in sentences.

    Returns:
        The forecast; numbers are None with a `reason` when there is no unit or no date at all.

    Raises:
        ValueError: The target day is not after `as_of`.
    """
    if target_on <= as_of:
        raise ValueError(f"The target day {target_on} must be later than {as_of}.")
    days = units.get_column("day").cast(pl.Date)
    days = units.select(pl.when(pl.col("day") <= as_of).then(pl.col("day"))).to_series() if days.len() else days
    since = min(known_since or as_of, as_of)
    marked = mark_events(events, as_of=as_of, known_since=since)
    if reason := _why_not(days, marked, one=unit_words[0]):
        return _nothing(
            units.height,
            as_of=as_of,
            target_on=target_on,
            target_share=target_share,
            parameters=parameters,
            reason=reason,
        )
    calendar = list_business_days(
        as_of - WEEK * (parameters.most_weeks + parameters.recent_weeks + 2), target_on, parameters=parameters
    )
    never = days.null_count()
    weeks = count_weeks(
        marked,
        unit_count=units.height,
        never_count=never,
        as_of=as_of,
        known_since=since,
        calendar=calendar,
        parameters=parameters,
    )
    year_days = _longest_count(as_of, cutoff=cutoff)
    seen = int(weeks.count.sum())
    weeks = with_overwritten(weeks, known_since=since, year_days=year_days, parameters=parameters)
    has_season = since <= months_before(as_of, months=parameters.season_months)
    model = fit_pace(weeks, has_season=has_season, parameters=parameters)
    selection = estimate_selection(
        marked,
        units,
        as_of=as_of,
        known_since=since,
        mass_days=[day for day, _ in weeks.mass_days],
        year_days=year_days,
        parameters=parameters,
    )
    steps = plan_steps(as_of=as_of, target_on=target_on, cutoff=cutoff)
    rng = _generator(seed)
    open_days, months = month_shares(as_of + timedelta(days=1), list(steps.lengths), calendar=calendar)
    draws = draw_paces(
        model,
        business_days=open_days,
        months=months,
        lengths=np.array(steps.lengths, dtype=np.float64),
        paths=parameters.paths,
        rng=rng,
    )
    now_counting = int((days >= cutoff(as_of)).sum())
    without = np.array([int((days >= first).sum()) for first in steps.cutoffs], dtype=np.float64)
    counting = project(
        days,
        as_of=as_of,
        cutoff_on=cutoff(as_of),
        steps=steps,
        work=draws.work,
        selection=selection,
        year_days=year_days,
        parameters=parameters,
        rng=rng,
    )
    path = _path(
        counting / units.height,
        without / units.height,
        now_counting / units.height,
        as_of=as_of,
        steps=steps,
        parameters=parameters,
    )
    wanted = ceil(Fraction(str(target_share)) * units.height)
    needed = max(0, wanted - int(without[-1]))
    ends = {name: float(path.get_column(f"share_{name}")[-1]) for name in ("low", "central", "high")}
    return Forecast(
        as_of=as_of,
        target_on=target_on,
        target_share=target_share,
        units=units.height,
        updated_now=now_counting,
        share_now=now_counting / units.height,
        expiring=now_counting - int(without[-1]),
        share_without_work=float(without[-1]) / units.height,
        share=Band(**ends),
        confidence=parameters.confidence,
        needed=needed,
        needed_per_week=_per_week(needed, as_of=as_of, target_on=target_on, cutoff=cutoff, calendar=calendar),
        pace_per_week=_quantiles(draws.present, parameters=parameters),
        probability_of_target=float((counting[:, -1] >= wanted - _ALMOST).mean()),
        path=path,
        basis=_basis(
            weeks,
            seen=seen,
            model=model,
            selection=selection,
            known_since=since,
            as_of=as_of,
            parameters=parameters,
            unit_words=unit_words,
        ),
        reason=None,
    )


def project(
    days: pl.Series,
    *,
    as_of: date,
    cutoff_on: date,
    steps: Steps,
    work: Floats,
    selection: Selection,
    year_days: int,
    parameters: ForecastParameters,
    rng: np.random.Generator,
) -> Floats:
    """Return how many units count at the end of each step, for a given pace; futures x steps.

    Cohorts are fluid: of 100 units with a chance of a tenth exactly ten are taken. Who is really taken is chance, so the spread of that
    many picks with the useful share of the future is added; it is small where nearly all work is useful.

    Args:
        days: Day of each unit, null when never verified.
        as_of: Day of the forecast.
        cutoff_on: First day that counts on it.
        steps: Steps.
        work: Units verified in each step; futures x steps.
        selection: Who is picked.
        year_days: Days for which a verification counts.
        parameters: `hardest_pace`.
        rng: Generator.
    """
    cohorts = group_cohorts(days, as_of=as_of, cutoff_on=cutoff_on, steps=steps)
    weekly = draw_rates(selection, paths=work.shape[0], parameters=parameters, rng=rng)
    paths = simulate_paths(
        cohorts, steps=steps, work=work, weekly=weekly, year_days=year_days, hardest=parameters.hardest_pace
    )
    without = np.array([cohorts.size[cohorts.ends > step].sum() for step in range(len(steps.days))])
    return _with_chance(paths, without=without, total=float(cohorts.size.sum()), rng=rng)


def _with_chance(paths: Paths, *, without: Floats, total: float, rng: np.random.Generator) -> Floats:
    gained = np.clip(paths.counting - without, 0.0, None)
    useful = np.clip(gained / np.maximum(paths.verified, _ALMOST), 0.0, 1.0)
    spread = np.sqrt(paths.verified * useful * (1 - useful))
    gained = gained + spread * rng.standard_normal((paths.counting.shape[0], 1))
    counting: Floats = without + np.clip(gained, 0.0, np.minimum(paths.verified, total - without))
    return counting


def with_overwritten(
    weeks: WeeklyPace, *, known_since: date, year_days: int, parameters: ForecastParameters
) -> WeeklyPace:
    """Return the weeks before the first kept night with the verifications that later ones had overwritten by then.

    Of such a week only the dates are left that were not replaced until the first kept night; the assumed profile says how many are.

    Args:
        weeks: From `pipeline.measure.pace.count_weeks`.
        known_since: First kept night.
        year_days: Days for which a verification counts.
        parameters: Assumed profile.
    """
    middles = np.array([(known_since - weeks.first_on).days - 7 * place - 3 for place in range(weeks.count.size)])
    kept = share_kept(np.maximum(middles, 0) / 7, year_days=year_days, parameters=parameters)
    return replace(weeks, count=weeks.count / kept)


def _why_not(days: pl.Series, marked: pl.DataFrame, *, one: str) -> str | None:
    if not days.len():
        return f"There is no counted {one}."
    if days.null_count() == days.len() and marked.is_empty():
        return f"No counted {one} has a usable verification date, so neither the share nor the pace is known."
    return None


def _nothing(
    count: int, *, as_of: date, target_on: date, target_share: float, parameters: ForecastParameters, reason: str
) -> Forecast:
    return Forecast(
        as_of=as_of,
        target_on=target_on,
        target_share=target_share,
        units=count,
        updated_now=0,
        share_now=None,
        expiring=0,
        share_without_work=None,
        share=None,
        confidence=parameters.confidence,
        needed=None,
        needed_per_week=None,
        pace_per_week=None,
        probability_of_target=None,
        path=empty_table(ForecastPoint),
        basis=(),
        reason=reason,
    )


def _longest_count(as_of: date, *, cutoff: Callable[[date], date]) -> int:
    """Return for how many days a verification counts at most: the longest of the windows of the past year."""
    return max((day - cutoff(day)).days for day in (as_of - timedelta(days=place) for place in range(366)))


def _generator(seed: str) -> np.random.Generator:
    words = np.frombuffer(hashlib.sha256(seed.encode()).digest(), dtype=">u4").astype(np.uint32)
    return np.random.default_rng(np.random.SeedSequence([int(word) for word in words]))


def _quantiles(values: Floats, *, parameters: ForecastParameters) -> Band:
    tail = (1 - parameters.confidence) / 2
    low, central, high = np.quantile(values, [tail, 0.5, 1 - tail])
    return Band(low=float(low), central=float(central), high=float(high))


def _path(
    shares: Floats,
    without: Floats,
    now: float,
    *,
    as_of: date,
    steps: Steps,
    parameters: ForecastParameters,
) -> pl.DataFrame:
    tail = (1 - parameters.confidence) / 2
    low, central, high = np.quantile(shares, [tail, 0.5, 1 - tail], axis=0)
    shown = steps.is_shown
    # Interpolation may pass an end by a rounding error.
    ranges = {
        name: np.concatenate([[now], np.clip(value, without, 1.0)[shown]])
        for name, value in (("share_low", low), ("share_central", central), ("share_high", high))
    }
    days = [as_of, *(day for day, is_shown in zip(steps.days, shown, strict=True) if is_shown)]
    return conform(
        pl.DataFrame(
            {"day": days, **ranges, "share_without_work": np.concatenate([[now], without[shown]])},
            schema_overrides={"day": pl.Date},
        ),
        ForecastPoint,
    )


def _per_week(
    needed: int, *, as_of: date, target_on: date, cutoff: Callable[[date], date], calendar: BusinessDays
) -> float | None:
    if not needed:
        return 0.0
    first_on = max(as_of + timedelta(days=1), cutoff(target_on))
    left = calendar.between(first_on, target_on)
    return needed / (left / _DAYS_OF_A_WEEK) if left else None


def _basis(
    weeks: WeeklyPace,
    *,
    seen: int,
    model: PaceModel,
    selection: Selection,
    known_since: date,
    as_of: date,
    parameters: ForecastParameters,
    unit_words: tuple[str, str],
) -> tuple[str, ...]:
    """Say what the forecast rests on."""
    one, many = unit_words
    count = weeks.count.size
    said = [_said_pace(weeks, seen=seen, known_since=known_since, as_of=as_of)]
    if not model.scale:
        said.append(f"Nobody verified anything in these {count} weeks; the forecast takes it that this goes on.")
    for day, units in weeks.mass_days:
        said.append(
            f"The day {day} is left out of the pace: {units:,} {many} carry it, more than {parameters.mass_share:.0%} of the directory, "
            "so it was stamped in one go."
        )
    if weeks.first_known:
        said.append(
            f"{weeks.first_known:,} verifications are left out of the pace: nothing was known of the {one} before, so it was new."
        )
    if model.has_season:
        said.append("Months differ in pace as they did in the history, as far as it shows.")
    else:
        said.append(
            f"The season is not used: it takes {parameters.season_months} months of kept nights. The range allows for months that differ."
        )
    said.append(describe_calendar(parameters))
    if selection.seen:
        said.append(
            f"Which {many} are verified next is taken from {_verifications(selection.seen)} in the kept nights."
        )
    else:
        said.append(
            f"Which {many} are verified next is assumed: mostly those due or overdue, few early ones, slowly those long overdue. "
            "Kept nights would show it."
        )
    said.append(f"New and closed {many} are not foreseen: their number stays as it is today.")
    return tuple(said)


def _verifications(count: int) -> str:
    return "1 verification" if count == 1 else f"{count:,} verifications"


def _said_pace(weeks: WeeklyPace, *, seen: int, known_since: date, as_of: date) -> str:
    count = weeks.count.size
    length = f"{count:,} {'week' if count == 1 else 'weeks'} until {as_of}"
    if weeks.kept_weeks == count:
        source = "all of them from kept nights"
    elif weeks.kept_weeks:
        source = (
            f"{weeks.kept_weeks:,} of them from the nights kept since {known_since}, "
            "the earlier ones from the dates that were left then, with the few overwritten by then as assumed"
        )
    else:
        source = "from today's dates alone; the few that were overwritten since are added as assumed"
    return f"The pace is told from {_verifications(seen)} in the {length}, {source}."
