"""Estimates for the whole frame from the audited records, each by the way in which it was drawn.

A share or mean is a ratio of two totals, so that all audited records, a group of them (one curator) and parts of records (services
of agencies) are estimated alike: R = Y / X, with the variance of z = y - R x over the design (Taylor linearization; Cochran, 1977,
sections 6 and 11). Strata of a simple draw add up with their sizes in the frame; in a risk-weighted draw each record counts 1 / pi
(Hajek's mean).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from pipeline.audit.intervals import Interval, effective_share_interval, mean_interval, share_interval

Floats = npt.NDArray[np.float64]

#: Fewest audited records of a stratum from which a variance can be estimated.
_FEWEST = 2
_ALMOST_ZERO = 1e-15
#: Below this many records a variance of a share is not relied on (project choice, docs/decisions/0010).
_FEW = 10
#: From this ratio of effective to counted records on, weights are taken as alike (project choice).
_ALIKE_WEIGHTS = 0.95


@dataclass(frozen=True, kw_only=True)
class DrawnStratum:
    """One stratum of a draw.

    Attributes:
        name: Name.
        frame_size: Records of the frame in it.
        size: Records drawn from it, audited or not; None when all of them were audited.
        is_poisson: Whether chances were unequal.
    """

    name: str
    frame_size: int
    size: int | None = None
    is_poisson: bool = False


@dataclass(frozen=True, kw_only=True)
class Design:
    """How the audited records were drawn. Arrays have one place per audited record.

    Attributes:
        strata: Strata of the draw; every one holds audited records (`settle_design`).
        stratum: Place of each record's stratum in `strata`.
        chance: Inclusion probability of each record.
        notices: What must be told about strata that were merged for want of audits.
    """

    strata: tuple[DrawnStratum, ...]
    stratum: npt.NDArray[np.int64]
    chance: Floats
    notices: tuple[str, ...] = ()

    @property
    def frame_size(self) -> int:
        """Records of the frame that the draw speaks for."""
        return sum(one.frame_size for one in self.strata)

    @property
    def is_plain(self) -> bool:
        """Whether it is one simple draw from one frame."""
        return len(self.strata) == 1 and not self.strata[0].is_poisson

    @property
    def is_census(self) -> bool:
        """Whether every record of the frame was audited."""
        return self.stratum.size >= self.frame_size

    def weights(self) -> Floats:
        """Return how many records of the frame each audited one stands for."""
        weights = np.zeros(self.stratum.size)
        for place, one in enumerate(self.strata):
            its = self.stratum == place
            raw = 1.0 / self.chance[its] if one.is_poisson else np.ones(int(its.sum()))
            # Hajek: in both cases the weights of a stratum sum to its size, so that audits not done in time are weighed out.
            weights[its] = raw * (one.frame_size / raw.sum())
        return weights

    def variance(self, residuals: Floats) -> float:
        """Return the variance of the total of a variable, given as its residuals from what it is estimated around."""
        total = 0.0
        for place, one in enumerate(self.strata):
            its = self.stratum == place
            values, n = residuals[its], int(its.sum())
            if one.is_poisson:
                # Audits not done in time shrink all chances alike.
                chance = self.chance[its] * (1.0 if not one.size else min(1.0, n / one.size))
                weights = 1.0 / chance
                centered = values - float((weights * values).sum() / weights.sum())
                share = float((((1 - chance) * (centered * weights) ** 2).sum()) / weights.sum() ** 2)
                total += one.frame_size**2 * share
            elif n >= _FEWEST:
                total += one.frame_size**2 * max(0.0, 1 - n / one.frame_size) * float(values.var(ddof=1)) / n
        return total

    def tail_degrees(self, residuals: Floats) -> float:
        """Return the degrees of freedom that heavy tails leave to a variance: 2 over its squared coefficient of variation.

        A variance that rests on few large residuals is uncertain whatever the number of records (Satterthwaite, 1946, with the
        kurtosis of the records' contributions); of normal residuals it is about their number.
        """
        weights = self.weights()
        squares = np.zeros(residuals.size)
        for place in range(len(self.strata)):
            its = self.stratum == place
            mean = float((weights[its] * residuals[its]).sum() / weights[its].sum())
            squares[its] = (weights[its] * (residuals[its] - mean)) ** 2
        total = float(squares.sum())
        if total <= 0:
            return inf
        spread = float((squares**2).sum()) / total**2 - 1 / squares.size
        return max(1.0, 2 / spread) if spread > 0 else inf

    def degrees_of_freedom(self) -> float:
        """Return audited records less strata; strata audited whole add nothing to variance and are left out."""
        free = 0
        for place, one in enumerate(self.strata):
            n = int((self.stratum == place).sum())
            if n < one.frame_size or one.is_poisson:
                free += n - 1
        return float(free) if free > 0 else inf


def settle_design(strata: Sequence[DrawnStratum], names: Sequence[str], chances: Sequence[float]) -> Design:
    """Return the design of the audited records; strata with too few audits are merged with the next smallest.

    Args:
        strata: All strata of the draw.
        names: Stratum of each audited record.
        chances: Inclusion probability of each audited record.
    """
    groups: dict[str, list[DrawnStratum]] = {one.name: [one] for one in strata if one.frame_size}
    counted = Counter(names)
    audited = {name: counted[name] for name in groups}

    def needs_more(name: str) -> bool:
        size = sum(one.frame_size for one in groups[name])
        return audited[name] < min(_FEWEST, size)

    told = []
    while len(groups) > 1 and any(needs_more(name) for name in groups):
        poor = min((name for name in groups if needs_more(name)), key=lambda name: (audited[name], name))
        partner = min(
            (name for name in groups if name != poor),
            key=lambda name: (groups[name][0].is_poisson, sum(one.frame_size for one in groups[name]), name),
        )
        told.append(f"The stratum {poor} has {audited[poor]} audited records; it is taken together with {partner}.")
        groups[partner] = [*groups[partner], *groups.pop(poor)]
        audited[partner] += audited.pop(poor)
    place_of: dict[str, int] = {}
    settled = []
    for place, (name, members) in enumerate(groups.items()):
        drawn = None if any(one.size is None for one in members) else sum(one.size or 0 for one in members)
        settled.append(replace(members[0], name=name, size=drawn, frame_size=sum(one.frame_size for one in members)))
        place_of |= {one.name: place for one in members}
    return Design(
        strata=tuple(settled),
        stratum=np.array([place_of[name] for name in names], dtype=np.int64),
        chance=np.array(chances, dtype=np.float64),
        notices=tuple(told),
    )


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One estimate.

    Attributes:
        n: Audited records that say something about it.
        value: Estimate; None when nothing was audited.
        standard_error: Design-based; None when it cannot be estimated.
        interval: None when nothing or everything was audited, or the standard error is unknown.
        method: How it was made, in words.
        count: Audited records with the property, for shares.
    """

    n: int
    value: float | None
    standard_error: float | None
    interval: Interval | None
    method: str
    count: float | None = None


def estimate_mean(
    values: Floats,
    design: Design,
    *,
    of: Floats | None = None,
    confidence: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Estimate:
    """Estimate a mean, or the ratio of two totals, for the whole frame.

    Args:
        values: One number per audited record; 0 for records outside the group.
        design: How they were drawn.
        of: What the values are counted against: 1 in the group and 0 outside of it, or parts per record (services). None: 1.
        confidence: Confidence.
        bounds: Ends of the scale, which the interval does not pass.
    """
    against = np.ones_like(values) if of is None else of
    n = int((against > 0).sum())
    ratio = _ratio(values, against, design)
    if ratio is None:
        return Estimate(n=n, value=None, standard_error=None, interval=None, method="nothing audited")
    value, variance = ratio
    if design.is_census:
        return Estimate(n=n, value=value, standard_error=0.0, interval=None, method="all audited: a plain figure")
    df = _degrees(design, against)
    if df <= 0:
        return Estimate(n=n, value=value, standard_error=None, interval=None, method="one audited record: no interval")
    error = sqrt(variance)
    if bounds is None:
        interval, words = mean_interval(value, error, df=df, confidence=confidence), f"t with {df:g} df"
    else:
        interval, words = _bounded_interval(
            value,
            variance,
            bounds=bounds,
            weights=design.weights()[against > 0],
            df=min(df, design.tail_degrees(values - value * against)),
            confidence=confidence,
        )
    return Estimate(n=n, value=value, standard_error=error, interval=interval, method=f"{_words(design)}, {words}")


def estimate_share(
    has_it: Floats,
    design: Design,
    *,
    of: Floats | None = None,
    confidence: float = 0.95,
    kind: str = "wilson",
) -> Estimate:
    """Estimate the share of records with a property.

    Args:
        has_it: 1 for audited records with the property, 0 for others and for records outside the group.
        design: How they were drawn.
        of: 1 for records in the group, 0 outside of it; None: all.
        confidence: Confidence.
        kind: `wilson` or `clopper-pearson`; unequal chances and strata always take Wilson's with effective numbers.
    """
    against = np.ones_like(has_it) if of is None else of
    n, count = int(against.sum()), float(has_it.sum())
    ratio = _ratio(has_it, against, design)
    if ratio is None:
        return Estimate(n=n, value=None, standard_error=None, interval=None, method="nothing audited", count=count)
    value, variance = ratio
    if design.is_census:
        return Estimate(
            n=n, value=value, standard_error=0.0, interval=None, method="all audited: a plain count", count=count
        )
    if design.is_plain and of is None:
        interval = share_interval(count, n, frame_size=design.frame_size, confidence=confidence, kind=kind)
        return Estimate(n=n, value=value, standard_error=sqrt(variance), interval=interval, method=kind, count=count)
    error = sqrt(variance)
    effective = _effective_n(has_it, value, variance, design=design, against=against)
    is_coarse = _is_coarse(design, design.weights()[against > 0])
    df = _degrees(design, against) if is_coarse else inf
    interval = effective_share_interval(value, effective, confidence=confidence, df=df if df > 0 else inf)
    return Estimate(
        n=n,
        value=value,
        standard_error=error,
        interval=interval,
        method=f"{_words(design)}, wilson on effective n {effective:.1f}",
        count=count,
    )


def horvitz_thompson(values: Floats, chances: Floats, *, frame_size: int) -> dict[str, float]:
    """Return Horvitz and Thompson's total and mean and Hajek's mean of a draw with unequal chances, with standard errors.

    Args:
        values: One number per audited record.
        chances: Their inclusion probabilities.
        frame_size: Records of the frame.

    Returns:
        `total`, `mean`, `hajek`, `total_se`, `mean_se`, `hajek_se`.
    """
    weights = 1.0 / chances
    total = float((weights * values).sum())
    hajek = total / float(weights.sum())
    total_se = sqrt(float(((1 - chances) * (values * weights) ** 2).sum()))
    hajek_se = sqrt(float(((1 - chances) * ((values - hajek) * weights) ** 2).sum())) / float(weights.sum())
    return {
        "total": total,
        "mean": total / frame_size,
        "hajek": hajek,
        "total_se": total_se,
        "mean_se": total_se / frame_size,
        "hajek_se": hajek_se,
    }


def design_effect(parts: float, correlation: float) -> float:
    """Return by how much likeness of the parts of a record inflates a variance: 1 + (m - 1) rho (Kish, 1965).

    >>> design_effect(5, 0.3)
    2.2

    Args:
        parts: Mean parts per record, such as services per agency.
        correlation: How alike the parts of one record are, 0 to 1.
    """
    return 1 + (parts - 1) * correlation


def effective_number(weights: Floats) -> float:
    """Return how many equally weighted records tell as much as these: (sum w)^2 / sum w^2 (Kish, 1965).

    Args:
        weights: Above 0.
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def spread_of(scores: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the standard deviation of scores by stratum; strata with fewer than two are left out."""
    return {name: float(np.std(values, ddof=1)) for name, values in scores.items() if len(values) >= _FEWEST}


def _ratio(values: Floats, against: Floats, design: Design) -> tuple[float, float] | None:
    """Return the ratio of the totals and its variance."""
    if not values.size:
        return None
    weights = design.weights()
    below = float((weights * against).sum())
    if below <= 0:
        return None
    value = float((weights * values).sum()) / below
    return value, design.variance(values - value * against) / below**2


def _degrees(design: Design, against: Floats) -> float:
    """Return the degrees of freedom: those of the design, for a group no more than its records allow."""
    return min(design.degrees_of_freedom(), float((against > 0).sum()) - 1)


def _is_coarse(design: Design, weights: Floats) -> bool:
    """Tell whether the variance of a share is itself a rough guess: small strata, unequal chances, or weights far apart."""
    counts = np.bincount(design.stratum, minlength=len(design.strata))
    return (
        counts.min() < _FEW
        or any(one.is_poisson for one in design.strata)
        or effective_number(weights) < _ALIKE_WEIGHTS * weights.size
    )


def _effective_n(has_it: Floats, share: float, variance: float, *, design: Design, against: Floats) -> float:
    """Return the records of a simple draw that would tell as much.

    p (1 - p) / variance; where the property or its absence is rare and the variance a rough guess, it may come out far too small:
    then no more than the weights allow (docs/decisions/0010).
    """
    within = against > 0
    weights = design.weights()[within]
    most = effective_number(weights)
    uncertain = share * (1 - share)
    if uncertain <= _ALMOST_ZERO or variance <= _ALMOST_ZERO:
        return most
    cases = min(float(has_it.sum()), float(within.sum() - has_it.sum()))
    if cases < _FEW and _is_coarse(design, weights):
        return min(uncertain / variance, most / (1 - design.stratum.size / design.frame_size))
    return uncertain / variance


def _bounded_interval(
    value: float, variance: float, *, bounds: Interval, weights: Floats, df: float, confidence: float
) -> tuple[Interval, str]:
    """Return the interval of a mean on a scale with two ends, and how it was made.

    Near an end the distribution of a mean leans away from it, and a symmetric interval would be too short on that side: Wilson's
    is taken, with the variance in place of p (1 - p) / n. Far from the ends both are the same.
    """
    scale = bounds[1] - bounds[0]
    share = (value - bounds[0]) / scale
    if variance <= _ALMOST_ZERO:
        if 0 < share < 1:
            return (value, value), "all alike"
        # All alike, at the end of the scale: that the others are alike too is not known.
        effective, words = effective_number(weights), "all alike, wilson on effective n {:.1f}"
        df = inf
    else:
        effective, words = share * (1 - share) / (variance / scale**2), f"wilson with t of {df:.0f} df"
    low, high = effective_share_interval(share, effective, confidence=confidence, df=df)
    return (bounds[0] + scale * low, bounds[0] + scale * high), words.format(effective)


def _words(design: Design) -> str:
    if any(one.is_poisson for one in design.strata):
        return "weighed by chance (Hajek)"
    return "weighed by stratum" if len(design.strata) > 1 else "simple draw"
