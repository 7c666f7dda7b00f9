"""Minutes per agency, service and site from a curators' time log, with intervals, or a refusal.

The minutes of an update are taken to be

    pace of the curator x (m_agency + m_service V + m_site S + m_service_at_site E + m_term T' + m_language X)

on average, with a scatter that grows with the minutes themselves (a long update varies by hours, a short one by minutes). So the
fit is a quasi-likelihood with constant coefficient of variation: it asks nothing of the shape of the scatter, which in time logs is
skewed, and stays true to the mean, which is what hours add up from [McCullagh and Nelder, Generalized Linear Models, 2nd ed., ch. 8
and 9]. Paces are relative and average 1 over the updates of the log, so that the hours still add up; they are taken out and never
told. Intervals rest on the
sandwich of the residuals with each made larger by its leverage (HC3 [MacKinnon and White 1985]) and are widened by Bonferroni so
that all of them together hold with the stated confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.staffing_parameters import MINUTE_PARTS, StaffingParameters
from schemas.time_fit_parameters import TimeFitParameters

Floats = NDArray[np.float64]

#: Parts that a log has to tell: without them the rest means nothing.
_CORE = ("agency", "service")
#: Parts that may be kept at what is assumed, in the order in which they are given up when two are equally bad.
_OPTIONAL = ("language", "term", "service_at_site", "site")
_CENTRAL = 1
#: A part that is assumed to take less is judged as if it took this: nobody plans in seconds.
_LEAST_MINUTES = 0.5
_MOST_STEPS = 200
_CLOSE = 1e-10
#: Slowest pace against the average that the fit may pass on its way.
_SLOWEST = 0.02
#: Share of the updates with the highest leverage without which counts are looked at once more: a few giants can make a difference seem
#: to be there that all others do not show (project choice).
_GIANTS = 0.05
#: Expected minutes never fall under this share of the mean while the fit is on its way.
_FLOOR = 0.02


@dataclass(frozen=True, kw_only=True)
class FittedPart:
    """Minutes of one part.

    Attributes:
        part: One of `MINUTE_PARTS`.
        estimate: Minutes each; what is assumed when `reason` is given.
        low: Lower end of the interval, or of the assumed range.
        high: Upper end, likewise.
        reason: Why the log cannot tell it and the assumption stays; None when it tells.
    """

    part: str
    estimate: float
    low: float
    high: float
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class LogSize:
    """How much a time log holds.

    Attributes:
        bundles: Different agencies.
        updates: Updates of them.
        curators: Persons who wrote it.
        hours: Hours of work.
    """

    bundles: int
    updates: int
    curators: int
    hours: float


@dataclass(frozen=True, kw_only=True)
class TimeFit:
    """What a time log says.

    Attributes:
        parts: Every part in the order of `MINUTE_PARTS`; empty when there is a refusal.
        refusal: Why the log cannot tell the minutes at all; None when it can.
        size: How much the log holds.
        scatter: Coefficient of variation of the minutes around what is expected; None when nothing was fitted.
        confidence: Share of logs for which all intervals together hold the true minutes.
        notes: What should be known about it, one sentence each.
    """

    parts: tuple[FittedPart, ...]
    refusal: str | None
    size: LogSize
    scatter: float | None
    confidence: float
    notes: tuple[str, ...]

    def minutes(self) -> dict[str, tuple[float, float, float]]:
        """Return low, central and high minutes as settings of the model, `service_minutes` and so on."""
        return {f"{one.part}_minutes": (one.low, one.estimate, one.high) for one in self.parts}


@dataclass(frozen=True)
class _Log:
    """The log as numbers: counts by part, minutes, the group of curators and the bundle of each update."""

    counts: dict[str, Floats]
    minutes: Floats
    group: NDArray[np.int64]
    bundle: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.minutes)


@dataclass(frozen=True)
class _Solution:
    """Estimates of the parts that are fitted, their covariance, and what the fit expects of each update."""

    parts: tuple[str, ...]
    estimate: Floats
    covariance: Floats
    expected: Floats
    degrees: int


def fit_minutes(
    updates: pl.DataFrame, complexity: pl.DataFrame, *, parameters: StaffingParameters, rule: TimeFitParameters
) -> TimeFit:
    """Fit the minutes of the staffing model to a time log.

    Args:
        updates: `schemas.time_log.LoggedUpdate`. Updates of agencies that are not in `complexity` are left out.
        complexity: `schemas.complexity.Complexity` rows: the counts of today stand for those of the day of the work.
        parameters: What is assumed, for the parts that the log cannot tell.
        rule: When it refuses, and how wide the intervals are.

    Returns:
        Estimates with intervals that hold together, or refusals. A part that the log cannot tell keeps what is assumed; the intervals
        of the others then also cover what they would be at either end of the assumed range.
    """
    joined = updates.join(
        complexity.with_columns(agency_uid="record_uid"),
        on=["center_id", "agency_uid"],
        how="inner",
        maintain_order="left",
    )
    size = LogSize(
        bundles=joined.select("center_id", "agency_uid").n_unique(),
        updates=joined.height,
        curators=joined["curator"].n_unique(),
        hours=float(joined["minutes"].sum()) / 60,
    )
    if size.bundles < rule.fewest_bundles:
        return _refused(
            f"The log holds {size.bundles:,} different agencies; {rule.fewest_bundles:,} are needed.",
            size=size,
            rule=rule,
        )
    log = _Log(
        counts=_counts(joined),
        minutes=joined["minutes"].cast(pl.Float64).to_numpy(),
        group=_groups(joined, rule=rule),
        bundle=joined.select(pl.struct("center_id", "agency_uid").rank("dense").cast(pl.Int64) - 1)
        .to_series()
        .to_numpy(),
    )
    refusal = _together(log, rule=rule)
    if refusal is not None:
        return _refused(refusal, size=size, rule=rule)
    kept = _not_seen(log, rule=rule)
    whole = _fit_but(kept, log, parameters=parameters)
    solution = whole
    while (worst := _worst(solution, parameters=parameters, rule=rule)) is not None:
        part, reason = worst
        if part in _CORE:
            notes = _notes(joined, log, solution, rule=rule)
            return _refused(f"Minutes per {part}: {reason}.", size=size, rule=rule, notes=notes)
        kept[part] = reason
        solution = _fit_but(kept, log, parameters=parameters)
    return TimeFit(
        parts=_parts(log, whole, solution, kept=kept, parameters=parameters, rule=rule),
        refusal=None,
        size=size,
        scatter=_scatter(log, solution),
        confidence=rule.confidence,
        notes=_notes(joined, log, solution, rule=rule),
    )


def _fit_but(kept: dict[str, str], log: _Log, *, parameters: StaffingParameters, place: int = _CENTRAL) -> _Solution:
    """Fit all parts but those that keep what is assumed, at one end of the assumed range or in its middle."""
    fitted = tuple(part for part in MINUTE_PARTS if part not in kept)
    return _solve(log, fitted, assumed={part: parameters.minutes(part)[place] for part in kept})


def _refused(reason: str, *, size: LogSize, rule: TimeFitParameters, notes: tuple[str, ...] = ()) -> TimeFit:
    return TimeFit(parts=(), refusal=reason, size=size, scatter=None, confidence=rule.confidence, notes=notes)


def _counts(joined: pl.DataFrame) -> dict[str, Floats]:
    """Return the counts that each part's minutes are multiplied by, as `pipeline.measure.complexity.minutes_by_part` does."""
    extra = (pl.col("service_term_count") - pl.col("service_count")).clip(lower_bound=0)
    columns = joined.select(
        agency=pl.lit(1.0),
        service="service_count",
        site="site_count",
        service_at_site="service_at_site_count",
        term=extra,
        language="extra_version_count",
    )
    return {part: columns[part].cast(pl.Float64).to_numpy() for part in MINUTE_PARTS}


def _groups(joined: pl.DataFrame, *, rule: TimeFitParameters) -> NDArray[np.int64]:
    """Return a number per update for whose pace it is; curators with few updates share one."""
    sizes = joined.group_by("curator").len().sort("curator")
    large = sizes.filter(pl.col("len") >= rule.smallest_group)["curator"].to_list()
    places = {curator: place for place, curator in enumerate(large)}
    numbers = [places.get(curator, len(large)) for curator in joined["curator"].to_list()]
    _, group = np.unique(np.array(numbers, dtype=np.int64), return_inverse=True)
    return group.astype(np.int64)


def _together(log: _Log, *, rule: TimeFitParameters) -> str | None:
    """Return why services and sites cannot be told apart, or None.

    Looked at twice: over all updates, and without the few with the highest leverage.
    """
    services, sites = log.counts["service"], log.counts["site"]
    if np.ptp(services) == 0:
        return f"All agencies of the log have {services[0]:g} services: minutes per agency and per service cannot be told apart."
    if np.ptp(sites) == 0:
        return None
    size = np.hypot(_standard(services), _standard(sites))
    ordinary = size <= np.quantile(size, 1 - _GIANTS)
    for chosen, words in ((np.ones(len(log), dtype=bool), ""), (ordinary, " (without the largest agencies)")):
        one, other = services[chosen], sites[chosen]
        if np.ptp(one) == 0 or np.ptp(other) == 0:
            continue
        correlation = float(np.corrcoef(one, other)[0, 1])
        if 1 / max(1 - correlation**2, _CLOSE) > rule.largest_inflation:
            return (
                f"Services and sites of the agencies in the log move together{words}: correlation {correlation:.2f}. Which of the two "
                "takes the time cannot be told; log agencies with many services at few sites, and with few services at many sites."
            )
    return None


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / values.std(), dtype=np.float64)


def _not_seen(log: _Log, *, rule: TimeFitParameters) -> dict[str, str]:
    """Return the parts that hardly occur in the log, or only together with others, each with the reason."""
    kept: dict[str, str] = {}
    for part in _OPTIONAL:
        counts = log.counts[part]
        if part != "site" and int((counts > 0).sum()) < rule.fewest_with_part:
            kept[part] = f"only {int((counts > 0).sum())} updates have any; {rule.fewest_with_part} are needed"
        elif np.ptp(counts) == 0:
            kept[part] = f"every agency of the log has {counts[0]:g}"
    for part in _OPTIONAL[:-1]:
        others = [name for name in MINUTE_PARTS if name not in kept and name != part]
        if part not in kept and _inflation(log, part, others) > rule.largest_inflation:
            kept[part] = "it moves together with the other counts"
    return kept


def _inflation(log: _Log, part: str, others: Sequence[str]) -> float:
    """Return the variance inflation of a part: 1 / (1 - R^2) of its counts on those of the others."""
    design = np.column_stack([log.counts[name] for name in others])
    counts = log.counts[part]
    fitted, *_ = np.linalg.lstsq(design, counts, rcond=None)
    unexplained = float(((counts - design @ fitted) ** 2).sum())
    total = float(((counts - counts.mean()) ** 2).sum())
    return total / max(unexplained, _CLOSE * total)


def _solve(log: _Log, parts: tuple[str, ...], *, assumed: dict[str, float]) -> _Solution:
    """Fit the parts, and beside them the pace of each group of curators, by Fisher scoring.

    A step that would make the fit worse is halved: outliers send plain scoring astray.
    """
    design = np.column_stack([log.counts[part] for part in parts])
    offset = sum((minutes * log.counts[part] for part, minutes in assumed.items()), start=np.zeros(len(log)))
    floor = _FLOOR * float(log.minutes.mean())
    basis = _paces(log.group)[log.group]

    def looked_at(point: Floats) -> tuple[Floats, Floats, float]:
        """Return what is expected without paces, the paces, and how bad the fit is (half the deviance, but for a constant)."""
        plain = design @ point[: len(parts)] + offset
        pace = 1 + basis @ point[len(parts) :]
        if plain.min() < floor or pace.min() < _SLOWEST:
            return plain, pace, np.inf
        expected = plain * pace
        return plain, pace, float((np.log(expected) + log.minutes / expected).sum())

    # Begins where all minutes come from the counts in the same way, so that nothing expected is negative.
    share = max(float((log.minutes - offset).sum()), floor * len(log)) / float(design.sum())
    point = np.concatenate([np.full(len(parts), share), np.zeros(basis.shape[1])])
    plain, pace, badness = looked_at(point)
    for _ in range(_MOST_STEPS):
        relative = log.minutes / (plain * pace) - 1
        slopes = np.column_stack([design / plain[:, None], basis / pace[:, None]])
        step, *_ = np.linalg.lstsq(slopes, relative, rcond=None)
        length = 1.0
        while length > _CLOSE:
            found = looked_at(point + length * step)
            if found[2] <= badness:
                break
            length /= 2
        else:
            break
        gain = badness - found[2]
        point, (plain, pace, badness) = point + length * step, found
        if gain < _CLOSE * abs(badness):
            break
    expected = plain * pace
    slopes = np.column_stack([design / plain[:, None], basis / pace[:, None]])
    return _Solution(
        parts=parts,
        estimate=point[: len(parts)],
        covariance=_sandwich(slopes, log.minutes / expected - 1, bundle=log.bundle)[: len(parts), : len(parts)],
        expected=expected,
        degrees=len(log) - slopes.shape[1],
    )


def _paces(group: NDArray[np.int64]) -> Floats:
    """Return a basis of paces by group, less 1, whose mean over all updates is 0; without columns for a single group."""
    sizes = np.bincount(group).astype(float)
    count = len(sizes)
    if count == 1:
        return np.zeros((1, 0))
    return np.asarray(np.vstack([np.eye(count - 1), -sizes[:-1] / sizes[-1]]), dtype=np.float64)


def _sandwich(slopes: Floats, relative: Floats, *, bundle: NDArray[np.int64]) -> Floats:
    """Return the HC3 covariance of the fitted values: bread from the slopes, meat from each residual over (1 - leverage).

    Updates of one bundle are one draw: what is special about an agency is so every year. With one update each it is plain HC3.
    """
    bread = np.linalg.pinv(slopes.T @ slopes)
    leverage = np.clip(np.einsum("ij,jk,ik->i", slopes, bread, slopes), 0, 1 - 1e-6)
    scores = slopes * (relative / (1 - leverage))[:, None]
    together = np.zeros((int(bundle.max()) + 1, slopes.shape[1]))
    np.add.at(together, bundle, scores)
    return np.asarray(bread @ (together.T @ together) @ bread, dtype=np.float64)


def _half_widths(solution: _Solution, *, rule: TimeFitParameters) -> Floats:
    """Return half widths of intervals that hold together (Bonferroni over the fitted parts)."""
    # Imported where it is needed: the night and its reports know of calibrations, and start without it.
    from scipy.special import stdtrit

    each = (1 - rule.confidence) / len(solution.parts)
    quantile = float(stdtrit(solution.degrees, 1 - each / 2))
    return np.asarray(quantile * np.sqrt(np.diag(solution.covariance)), dtype=np.float64)


def _worst(solution: _Solution, *, parameters: StaffingParameters, rule: TimeFitParameters) -> tuple[str, str] | None:
    """Return the part that the log tells least about and why it cannot be used, or None when all can.

    Optional parts go first: without them the others may be told. An interval is held against what is assumed and not against the
    estimate: told only when it comes out large, a part would come out too large.
    """
    bad: dict[str, tuple[float, str]] = {}
    for part, estimate, width in zip(solution.parts, solution.estimate, _half_widths(solution, rule=rule), strict=True):
        usual = max(parameters.minutes(part)[_CENTRAL], _LEAST_MINUTES)
        low, high = max(estimate - width, 0), estimate + width
        if width > rule.widest_interval * usual:
            reason = f"the log says {low:.1f} to {high:.1f} minutes, which is too wide to use"
            bad[part] = (float(width / usual), reason)
        elif estimate <= 0:
            bad[part] = (1.0, f"the log gives {estimate:.1f} minutes, which cannot be")
    if not bad:
        return None
    optional = [part for part in _OPTIONAL if part in bad]
    part = max(optional or bad, key=lambda name: bad[name][0])
    return part, bad[part][1]


def _parts(
    log: _Log,
    whole: _Solution,
    solution: _Solution,
    *,
    kept: dict[str, str],
    parameters: StaffingParameters,
    rule: TimeFitParameters,
) -> tuple[FittedPart, ...]:
    """Return every part with its interval.

    Where a part keeps what is assumed, the others bear the error of that assumption. Their intervals are those of the fit that assumes
    nothing of it, and reach to what the fit gives with either end of the assumed range.
    """
    told = {}
    ends = [solution, *(_fit_but(kept, log, parameters=parameters, place=place) for place in (0, 2) if kept)]
    widths = dict(zip(whole.parts, _half_widths(whole, rule=rule), strict=True))
    middles = dict(zip(whole.parts, whole.estimate, strict=True))
    for place, part in enumerate(solution.parts):
        found = [float(end.estimate[place]) for end in ends]
        told[part] = FittedPart(
            part=part,
            estimate=found[0],
            low=max(min([*found, float(middles[part] - widths[part])]), 0.0),
            high=max([*found, float(middles[part] + widths[part])]),
        )
    for part, reason in kept.items():
        low, central, high = parameters.minutes(part)
        told[part] = FittedPart(part=part, estimate=central, low=low, high=high, reason=reason)
    return tuple(told[part] for part in MINUTE_PARTS)


def _scatter(log: _Log, solution: _Solution) -> float:
    relative = (log.minutes - solution.expected) / solution.expected
    return float(np.sqrt((relative**2).sum() / solution.degrees))


def _notes(joined: pl.DataFrame, log: _Log, solution: _Solution, *, rule: TimeFitParameters) -> tuple[str, ...]:
    notes = []
    curators = joined["curator"].n_unique()
    if curators == 1:
        notes.append("One curator wrote the log: the minutes are that person's, and another's may differ.")
    ratio = log.minutes / solution.expected
    far = np.flatnonzero(ratio > rule.outlier_ratio)
    if len(far):
        worst = joined.row(int(np.argmax(ratio)), named=True)
        notes.append(
            f"{len(far):,} of {len(log):,} updates took over {rule.outlier_ratio:g} times what is expected, the longest "
            f"{worst['minutes']:,.0f} minutes on {worst['first_on']}: look whether a timer was left running. They are in the fit."
        )
    return tuple(notes)
