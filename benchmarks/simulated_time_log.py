"""Invented time logs with known minutes: for the benchmark of the calibration and for its tests.

Agencies have many or few services and sites, some edited services at sites, some further languages. Each curator has a pace of their
own; minutes scatter around what the model says, are rounded to five, and in some logs a timer was now and then left running.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from schemas.complexity import Complexity
from schemas.contract import conform
from schemas.staffing_parameters import MINUTE_PARTS, StaffingParameters
from schemas.time_log import LoggedUpdate

#: Minutes that the log is made with when no others are named: what the model assumes.
ASSUMED = {part: StaffingParameters().minutes(part)[1] for part in MINUTE_PARTS}
_DAY = date(2026, 3, 2)
_ROUNDED_TO = 5.0
#: How much too long a timer ran that was left running.
_LEFT_RUNNING = 6.0


@dataclass(frozen=True, kw_only=True)
class LogKind:
    """One kind of time log.

    Attributes:
        name: What it is called in the table.
        updates: Updates of as many agencies.
        minutes: True minutes by part.
        scatter: Coefficient of variation of the minutes of one update.
        noise: Shape of the scatter.
        curators: Persons who wrote it.
        pace: Standard deviation of the logarithm of their paces.
        left_running: Share of updates with a timer left running.
        sites: `own`: sites of their own; `services`: one site per service; `nearly`: nearly so.
    """

    name: str
    updates: int = 150
    minutes: dict[str, float] = field(default_factory=lambda: dict(ASSUMED))
    scatter: float = 0.5
    noise: Literal["lognormal", "gamma", "normal"] = "lognormal"
    curators: int = 4
    pace: float = 0.2
    left_running: float = 0.0
    sites: Literal["own", "services", "nearly"] = "own"


def simulate_log(kind: LogKind, *, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the updates of a log (`schemas.time_log.LoggedUpdate`) and the counts of its agencies (`schemas.complexity.Complexity`)."""
    draw = np.random.default_rng(seed)
    count = kind.updates
    services = np.minimum(draw.geometric(0.25, count), 60)
    sites = {
        "own": 1 + draw.poisson(0.5 + 0.25 * services**0.8),
        "services": services.copy(),
        "nearly": services + draw.integers(0, 2, count),
    }[kind.sites]
    edited = np.where(draw.random(count) < 0.3, draw.poisson(4, count), 0)
    terms = draw.poisson(services * 0.6)
    versions = np.where(draw.random(count) < 0.15, services + sites, 0)
    curator = draw.integers(0, kind.curators, count)
    pace = np.exp(draw.normal(0, kind.pace, kind.curators))[curator]
    true = kind.minutes
    expected = (
        true["agency"]
        + true["service"] * services
        + true["site"] * sites
        + true["service_at_site"] * edited
        + true["term"] * terms
        + true["language"] * versions
    )
    spread = np.sqrt(np.log(1 + kind.scatter**2))
    factor = {
        "lognormal": np.exp(draw.normal(-(spread**2) / 2, spread, count)),
        "gamma": draw.gamma(1 / kind.scatter**2, kind.scatter**2, count),
        "normal": np.maximum(1 + draw.normal(0, kind.scatter, count), 0.05),
    }[kind.noise]
    factor = np.where(draw.random(count) < kind.left_running, factor * _LEFT_RUNNING, factor)
    minutes = expected * pace / pace.mean() * factor
    rounded = np.maximum(np.round(minutes / _ROUNDED_TO) * _ROUNDED_TO, _ROUNDED_TO)
    keys = {"center_id": ["one"] * count}
    names = [f"agency {place}" for place in range(count)]
    updates = pl.DataFrame(
        {
            **keys,
            "agency_uid": names,
            "first_on": [_DAY] * count,
            "curator": [f"curator {place}" for place in curator],
            "minutes": rounded,
            "entry_count": [1] * count,
        }
    )
    zero = [0] * count
    complexity = pl.DataFrame(
        {
            **keys,
            "record_uid": names,
            "service_count": services,
            "site_count": sites,
            "service_at_site_count": edited,
            "service_term_count": services + terms,
            "target_term_count": zero,
            "language_version_count": [1] * count,
            "extra_version_count": versions,
            "language_count": zero,
            "phone_count": zero,
            "area_unit_count": zero,
            "update_minutes": expected,
            "complexity_score": expected,
            "tier": ["T1"] * count,
        }
    ).with_columns(pl.col(pl.Int32, pl.UInt32).cast(pl.Int64), pl.col("service_count", "site_count").cast(pl.Int64))
    return conform(updates, LoggedUpdate), conform(complexity, Complexity)
