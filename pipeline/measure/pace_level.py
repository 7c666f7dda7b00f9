"""The level of the pace, how fast it wanders, and what the weeks to come may bring.

The square root of the units verified per business day is taken: on that scale chance spreads quiet and busy weeks alike. It is seen as

    root of the pace = level + month + noise          level of this week = level of last week + a small random step

(a local level, Harvey 1989, with month effects that are shrunk to none). How large the steps, the noise and the month effects are is not
known; a grid of candidates is tried, each is followed through the weeks by a Kalman filter, and each counts in the forecast by how well
it foretold every week from those before it, times its weight beforehand. A short history leaves many candidates standing, and the range
is wide; a long one leaves few. No single best fit is taken, because that would promise too much after a few quiet months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.measure.pace import Floats, WeeklyPace
from schemas.forecast_parameters import ForecastParameters

#: Candidates for the spread of weekly counts beyond pure chance, as a share of the pace (assumption: covers all that was simulated).
_NOISE = (0.0, 0.1, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0, 1.4)
#: Candidates for how far months differ in pace, as a share of it (assumption).
_SEASON = (0.0, 0.1, 0.2, 0.35)
_WEEKS_OF_A_YEAR = 365.25 / 7
_DAYS = 5.0
#: Variance of the root of a Poisson count.
_POISSON = 0.25
_TINY = 1e-9


@dataclass(frozen=True, kw_only=True)
class PaceModel:
    """What the weeks tell of the pace. Arrays have one place per candidate.

    Attributes:
        scale: Mean root of the pace, against which candidates are stated; 0 when nobody verified.
        weight: How much a candidate counts; sums to 1.
        step: Variance of a weekly step of the level.
        noise: Variance of the noise of a week with five business days, without the chance of single counts.
        mean: Level and the 12 month effects; candidates x 13.
        root: Triangular root of their covariance; candidates x 13 x 13.
        has_season: Whether month effects were learned.
    """

    scale: float
    weight: Floats
    step: Floats
    noise: Floats
    mean: Floats
    root: Floats
    has_season: bool


@dataclass(frozen=True, kw_only=True)
class PaceDraws:
    """Futures drawn from a model.

    Attributes:
        work: Units verified in each step; futures x steps.
        present: Pace now, season aside, in units per week of five business days; one per future.
    """

    work: Floats
    present: Floats


def fit_pace(weeks: WeeklyPace, *, has_season: bool, parameters: ForecastParameters) -> PaceModel:
    """Weigh the candidates by how well they foretell the weeks.

    Args:
        weeks: Weekly counts.
        has_season: Whether the history is long enough to learn month effects; else months are only taken to be uncertain.
        parameters: Drift candidates and their weights, `unknown_season`.
    """
    is_seen = weeks.business_days > 0
    days, months = weeks.business_days[is_seen], weeks.months[is_seen]
    seen = np.sqrt(weeks.count[is_seen] / np.maximum(days, 1.0))
    scale = float(np.sqrt(np.mean(seen**2))) if seen.size else 0.0
    # A share of the pace is half of it on the scale of the root.
    half = scale / 2
    seasons = _SEASON if has_season else (parameters.unknown_season,)
    drift, noise, season = (one.ravel() for one in np.meshgrid(parameters.yearly_drift, _NOISE, seasons, indexing="ij"))
    prior = np.repeat(np.array(parameters.drift_weights), len(_NOISE) * len(seasons))
    step = (drift * half) ** 2 / _WEEKS_OF_A_YEAR
    spread = (noise * half) ** 2
    mean = np.zeros((drift.size, 13))
    covariance = np.zeros((drift.size, 13, 13))
    mean[:, 0] = seen[0] if seen.size else 0.0
    covariance[:, 0, 0] = (2 * scale) ** 2 + _TINY
    covariance[:, np.arange(1, 13), np.arange(1, 13)] = ((season * half) ** 2)[:, None] + _TINY * scale**2
    fit = np.zeros(drift.size)
    for value, open_days, month in zip(seen, days, months, strict=True):
        covariance[:, 0, 0] += step
        look = np.concatenate([[1.0], month])
        carried = covariance @ look
        variance = carried @ look + spread * _DAYS / open_days + _POISSON / open_days
        error = value - mean @ look
        gain = carried / variance[:, None]
        mean += gain * error[:, None]
        covariance -= gain[:, :, None] * carried[:, None, :]
        fit -= 0.5 * (np.log(variance) + error**2 / variance)
    weight = prior * np.exp(fit - fit.max())
    root = np.linalg.cholesky(covariance + _TINY * np.eye(13) * (scale**2 + _TINY))
    return PaceModel(
        scale=scale,
        weight=weight / weight.sum(),
        step=step,
        noise=spread,
        mean=mean,
        root=np.asarray(root, dtype=np.float64),
        has_season=has_season,
    )


def draw_paces(
    model: PaceModel, *, business_days: Floats, months: Floats, lengths: Floats, paths: int, rng: np.random.Generator
) -> PaceDraws:
    """Draw the work of the steps to come.

    Args:
        model: From `fit_pace`.
        business_days: Of each step.
        months: Share of them in each month; steps x 12.
        lengths: Days of each step.
        paths: Futures.
        rng: Generator.
    """
    steps = business_days.size
    if not model.scale:
        return PaceDraws(work=np.zeros((paths, steps)), present=np.zeros(paths))
    chosen = rng.choice(model.weight.size, size=paths, p=model.weight)
    state = model.mean[chosen] + np.einsum("pij,pj->pi", model.root[chosen], rng.standard_normal((paths, 13)))
    moves = rng.standard_normal((paths, steps)) * np.sqrt(model.step[chosen][:, None] * (lengths / 7))
    level = np.maximum(state[:, :1] + np.cumsum(moves, axis=1), 0.0)
    days = np.maximum(business_days, 1.0)
    noise = np.sqrt((model.noise[chosen][:, None] * _DAYS + _POISSON) / days)
    root = np.maximum(level + state[:, 1:] @ months.T + noise * rng.standard_normal((paths, steps)), 0.0)
    # The mean of a square is the square of the mean and the variance: without the noise the pace would be told too low.
    present = np.maximum(state[:, 0], 0.0) ** 2 + model.noise[chosen] + _POISSON / _DAYS
    return PaceDraws(work=root**2 * business_days, present=present * _DAYS)


def month_factors(model: PaceModel) -> Floats:
    """Return the pace of each month over that of a mean month, as far as it is known; ones when nobody verified."""
    if not model.scale:
        return np.ones(12)
    middle = model.weight @ model.mean
    pace = np.maximum(middle[0] + middle[1:], 0.0) ** 2
    factors: Floats = pace / max(float(pace.mean()), _TINY)
    return factors
