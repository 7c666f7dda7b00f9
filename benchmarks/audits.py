"""Random audits of invented directories whose error rates are known: are the estimates unbiased, do 95 % intervals hold the truth?

    python -m benchmarks.audits [--audits 2000] [--seed audits] [--table]

Every audit draws records by the rules of the product: strata, whole numbers and chances come from `pipeline.audit`, fresh random numbers
stand for the hash of seed and id. The picking itself is done with numpy; that it picks what `draw_sample` picks from the same numbers is
checked once for every directory, method and size. Estimates and intervals are those of the product. Nothing is asserted of them; one
JSON document is printed, or the coverage as a Markdown table.

All audits are done and all answers are right: this is about chance alone, not about audits left undone or auditors who err.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib.metadata import version
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.audit.allocation import PART_SIGN, allocate, merge_strata
from pipeline.audit.chances import draw_order, floor_weights, inclusion_probabilities
from pipeline.audit.draw import NOT_RECENT, RECENT, WHOLE_FRAME, DrawPlan, draw_sample
from pipeline.audit.estimate import (
    Design,
    DrawnStratum,
    Estimate,
    estimate_mean,
    estimate_share,
    settle_design,
    spread_of,
)

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
#: Picks the places of one audit's records from the numbers of all records.
Pick = Callable[[Floats], Places]
Row = dict[str, Any]

#: Agencies, curators and sample sizes of each directory; 32 is a month's round, from which nobody states a rate: for information.
DIRECTORIES = ((500, 6, (32, 100, 138)), (3_200, 9, (100, 138)), (16_000, 12, (100, 138)))
SHARES = ("record_error_rate", "critical_error_rate")
MEASURES = (*SHARES, "score", "services_right")
WILSON, EXACT = "wilson", "clopper-pearson"

_AS_OF = date(2026, 11, 20)
_OVERLAP = 0.1
_RISK_FLOOR = 0.25
_MINIMUM = 2

_TIERS = ("T1", "T2", "T3", "T4")
_TIER_SHARES = (0.50, 0.31, 0.15, 0.04)
_RECORD_ERRORS, _CRITICAL_ERRORS = 0.10, 0.025
_RECENT = 0.12
_MOST_SERVICES = 15


@dataclass(frozen=True, kw_only=True)
class Town:
    """An invented directory. Arrays have one place per agency.

    Attributes:
        tier: Complexity tier.
        curator: Curator.
        is_recent: Whether it was audited lately.
        risk: Risk score, 0 to 1.
        values: What an audit finds, by measure; for services the number that are right.
        services: Services.
    """

    tier: npt.NDArray[np.str_]
    curator: npt.NDArray[np.str_]
    is_recent: npt.NDArray[np.bool_]
    risk: Floats
    values: Mapping[str, Floats]
    services: Floats

    @property
    def size(self) -> int:
        """Agencies."""
        return self.tier.size

    @property
    def uids(self) -> list[str]:
        """Ids that sort as the places do."""
        return [f"{place:06}" for place in range(self.size)]

    def against(self, measure: str) -> Floats:
        """Return what the values are counted against: services, or the agency."""
        return self.services if measure == "services_right" else np.ones(self.size)

    def truth(self, measure: str) -> float:
        """Return what an audit of all agencies would find."""
        return float(self.values[measure].sum() / self.against(measure).sum())


@dataclass(frozen=True, kw_only=True)
class Method:
    """A way of drawing one size from one directory.

    Attributes:
        plan: What is drawn, for `draw_sample`.
        strata: Strata of the draw.
        pick: Picks the places.
        names: Stratum of every agency.
        chances: Inclusion probability of every agency.
        has_overlap: Whether agencies audited lately are a stratum of their own.
    """

    plan: DrawPlan
    strata: tuple[DrawnStratum, ...]
    pick: Pick
    names: npt.NDArray[np.str_]
    chances: Floats
    has_overlap: bool = False

    def design(self, places: Places) -> Design:
        """Return the design of the records of one audit."""
        return settle_design(self.strata, self.names[places].tolist(), self.chances[places].tolist())


@dataclass(kw_only=True)
class Tally:
    """Estimates of one measure over all audits."""

    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    variance: list[float] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)

    def add(self, made: Estimate, naive: float) -> None:
        """Add one estimate, and the plain share or mean of what was drawn."""
        # An estimate without an interval states nothing and so holds nothing: NaN compares as a miss on neither side.
        low, high = made.interval or (np.nan, np.nan)
        self.value.append(np.nan if made.value is None else made.value)
        self.low.append(low)
        self.high.append(high)
        self.variance.append(np.nan if made.standard_error is None else made.standard_error**2)
        self.naive.append(naive)


def main(arguments: list[str] | None = None) -> None:
    """Simulate and print one JSON document, or a Markdown table."""
    asked = _parser().parse_args(arguments)
    begun = time.perf_counter()
    rows: list[Row] = []
    towns: list[Row] = []
    for size, curators, sample_sizes in DIRECTORIES:
        town = make_town(size, curators=curators, rng=_generator(asked.seed, "town", size))
        towns.append(_describe(town))
        for sample_size in sample_sizes:
            for name, make in METHODS.items():
                method = make(town, sample_size)
                check_picks(town, method)
                rng = _generator(asked.seed, name, size, sample_size)
                rows += simulate(town, method, name=name, audits=asked.audits, rng=rng)
        print(f"{size} agencies: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    document: Row = {
        "audits": asked.audits,
        "seed": asked.seed,
        "confidence": 0.95,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numpy", "scipy")},
        "directories": towns,
        "seconds": round(time.perf_counter() - begun, 1),
        "cells": rows,
    }
    if asked.json:
        asked.json.write(json.dumps(document, indent=2) + "\n")
        asked.json.close()
    print(table_of(rows) if asked.table else json.dumps(document, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.audits", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audits", type=int, default=2_000, metavar="N", help="audits of each kind (2000)")
    parser.add_argument("--seed", default="audits", metavar="TEXT", help="seed of directories and draws")
    parser.add_argument("--table", action="store_true", help="print the coverage as a Markdown table")
    parser.add_argument("--json", type=argparse.FileType("w"), metavar="FILE", help="write the document there too")
    return parser


def _generator(seed: str, *parts: object) -> np.random.Generator:
    """Return a generator of its own for each part, so that a further method or size leaves the other figures as they are."""
    text = "|".join([seed, *map(str, parts)])
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big"))


def make_town(size: int, *, curators: int, rng: np.random.Generator) -> Town:
    """Invent a directory.

    Errors depend on tier, curator and how neglected an agency is; neglect shows only in part in the risk score. Agencies audited
    lately were repaired, and have half the odds of an error. Services of an agency resemble each other (correlation .3).
    """
    tier = rng.choice(4, size=size, p=_TIER_SHARES)
    portions = 1.0 / np.arange(1, curators + 1) ** 0.7  # the largest portfolio is three to six times the smallest
    curator = rng.choice(curators, size=size, p=portions / portions.sum())
    skill = rng.normal(0.0, 0.4, size=curators)
    neglect = rng.normal(size=size)
    is_recent = rng.random(size) < _RECENT
    likely = np.array([0.0, 0.5, 1.0, 1.5])[tier] + skill[curator] + 0.6 * neglect - np.log(2.0) * is_recent
    is_wrong = rng.random(size) < _at_rate(likely, _RECORD_ERRORS)
    # Critical errors are among the errors, and more of the errors of complex agencies are critical.
    within = _at_rate(np.array([0.0, 0.2, 0.4, 0.6])[tier][is_wrong], _CRITICAL_ERRORS / _RECORD_ERRORS)
    is_critical = is_wrong.copy()
    is_critical[is_wrong] = rng.random(int(is_wrong.sum())) < within
    loss = rng.gamma(1.2, np.array([2.5, 3.5, 5.0, 7.0])[tier]) * np.exp(0.3 * neglect + 0.3 * skill[curator])
    loss += is_wrong * rng.gamma(2.0, 5.0, size=size) + is_critical * 10.0
    loss[~is_wrong & (rng.random(size) < 0.25)] = 0.0  # a quarter of the others are without any flaw
    services = np.clip(1 + rng.poisson(np.array([0.4, 2.0, 5.0, 10.0])[tier]), 1, _MOST_SERVICES)
    wrong_share = _at_rate(0.8 * is_wrong + 0.4 * neglect + 0.2 * tier, 0.07)
    alike = 1 / 0.3 - 1  # a + b of a beta distribution whose draws correlate by .3
    own_share = rng.beta(wrong_share * alike, (1 - wrong_share) * alike)
    findings = np.minimum(rng.poisson(np.exp(-0.6 + 0.6 * neglect + 0.5 * is_wrong)), 5) / 5
    age = np.clip(rng.exponential(0.3, size=size) * np.exp(0.4 * neglect), 0.0, 1.0)
    return Town(
        tier=np.array(_TIERS)[tier],
        curator=np.array([f"C{one:02}" for one in range(curators)])[curator],
        is_recent=is_recent,
        risk=0.5 * findings + 0.3 * age + 0.2 * rng.random(size),
        values={
            "record_error_rate": is_wrong.astype(np.float64),
            "critical_error_rate": is_critical.astype(np.float64),
            "score": np.clip(100.0 - loss, 0.0, 100.0),
            "services_right": (services - rng.binomial(services, own_share)).astype(np.float64),
        },
        services=services.astype(np.float64),
    )


def _at_rate(logits: npt.ArrayLike, rate: float) -> Floats:
    """Return chances whose log odds differ as given and whose mean is the rate."""
    given = np.asarray(logits, dtype=np.float64)
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = float((1 / (1 + np.exp(-(given + middle)))).mean())
        low, high = (middle, high) if mean < rate else (low, middle)
    chances: Floats = 1 / (1 + np.exp(-(given + low)))
    return chances


def _describe(town: Town) -> Row:
    score, wrong, recent = town.values["score"], town.values["record_error_rate"], town.is_recent
    return {
        "agencies": town.size,
        "curators": dict(sorted(Counter(town.curator.tolist()).items())),
        "tiers": dict(sorted(Counter(town.tier.tolist()).items())),
        "truth": {measure: round(town.truth(measure), 5) for measure in MEASURES},
        "score_quartiles": [round(float(one), 1) for one in np.quantile(score, [0, 0.25, 0.5, 0.75, 1])],
        "score_skewness": round(float(((score - score.mean()) ** 3).mean() / score.std() ** 3), 2),
        "audited_lately": int(recent.sum()),
        "errors_audited_lately": round(float(wrong[recent].mean()), 4),
        "errors_of_others": round(float(wrong[~recent].mean()), 4),
        "risk_and_error_correlation": round(float(np.corrcoef(town.risk, wrong)[0, 1]), 3),
    }


def _simple(town: Town, size: int) -> Method:
    return Method(
        plan=_plan(size),
        strata=(DrawnStratum(name=WHOLE_FRAME, frame_size=town.size, size=size),),
        pick=_smallest_of({WHOLE_FRAME: np.arange(town.size)}, {WHOLE_FRAME: size}),
        names=np.full(town.size, WHOLE_FRAME),
        chances=np.full(town.size, size / town.size),
    )


def _stratified(town: Town, size: int, *, columns: tuple[str, ...], is_neyman: bool = False) -> Method:
    parts = {"tier": town.tier, "curator": town.curator}
    old = np.array([PART_SIGN.join(one) for one in zip(*(parts[column] for column in columns), strict=True)])
    before = dict(sorted(Counter(old.tolist()).items()))
    merged = merge_strata(before, size=size, minimum=_MINIMUM)
    new = np.array([merged[one] for one in old.tolist()])
    sizes = dict(sorted(Counter(new.tolist()).items()))
    said = spreads = None
    if is_neyman:
        # The true spread: what two earlier rounds would tell at best.
        said = spread_of({one: town.values["score"][old == one].tolist() for one in before})
        spreads = _merged_spreads(said, before=before, merged=merged, sizes=sizes)
    given = allocate(sizes, size=size, spreads=spreads, minimum=_MINIMUM)
    groups = {one: np.flatnonzero(new == one) for one in sizes}
    chance = {one: given[one] / count for one, count in sizes.items()}
    return Method(
        plan=_plan(size, method="stratified", strata=columns, minimum=_MINIMUM, spreads=said),
        strata=tuple(DrawnStratum(name=one, frame_size=count, size=given[one]) for one, count in sizes.items()),
        pick=_smallest_of(groups, given),
        names=new,
        chances=np.array([chance[one] for one in new.tolist()]),
    )


def _merged_spreads(
    said: Mapping[str, float], *, before: Mapping[str, int], merged: Mapping[str, str], sizes: Mapping[str, int]
) -> dict[str, float]:
    """Return the spread of merged strata: that of their parts, weighed by size; a stratum of one agency takes the mean of all."""
    usual = sum(before[one] * said[one] for one in said) / sum(before[one] for one in said)
    total = dict.fromkeys(sizes, 0.0)
    for one, into in merged.items():
        total[into] += before[one] * said.get(one, usual)
    return {one: total[one] / count for one, count in sizes.items()}


def _by_risk(town: Town, size: int) -> Method:
    weights = floor_weights(town.risk, floor=_RISK_FLOOR)
    chances = inclusion_probabilities(weights, size=size)
    uids = town.uids

    def in_order(numbers: Floats) -> Places:
        return np.array(draw_order(weights, numbers, size=size, ids=uids), dtype=np.int64)

    def smallest(numbers: Floats) -> Places:
        return np.argpartition(numbers / weights, size)[:size]

    return Method(
        plan=_plan(size, method="risk", risk_floor=_RISK_FLOOR),
        strata=(DrawnStratum(name=WHOLE_FRAME, frame_size=town.size, size=size, is_poisson=True),),
        # While no chance reaches 1, the order of the product is that of number / weight.
        pick=in_order if bool((chances >= 1).any()) else smallest,
        names=np.full(town.size, WHOLE_FRAME),
        chances=chances,
    )


def _overlapping(town: Town, size: int) -> Method:
    names = np.where(town.is_recent, RECENT, NOT_RECENT)
    groups = {one: np.flatnonzero(names == one) for one in (NOT_RECENT, RECENT)}
    of_recent = min(max(_MINIMUM, int(size * _OVERLAP + 0.5)), groups[RECENT].size)
    given = {NOT_RECENT: size - of_recent, RECENT: of_recent}
    return Method(
        plan=_plan(size, overlap=_OVERLAP, cooldown_months=12),
        strata=tuple(DrawnStratum(name=one, frame_size=groups[one].size, size=given[one]) for one in given),
        pick=_smallest_of(groups, given),
        names=names,
        chances=np.array([given[one] / groups[one].size for one in names.tolist()]),
        has_overlap=True,
    )


def _plan(size: int, **settings: Any) -> DrawPlan:  # noqa: ANN401 - settings of a plan
    return DrawPlan(size=size, seed="check", as_of=_AS_OF, **settings)


def _smallest_of(groups: Mapping[str, Places], given: Mapping[str, int]) -> Pick:
    """Return what picks the records with the smallest numbers of every stratum."""

    def pick(numbers: Floats) -> Places:
        parts = []
        for name, places in groups.items():
            count = given[name]
            own = numbers[places]
            parts.append(places[np.argpartition(own, count)[:count]] if count < places.size else places)
        return np.concatenate(parts)

    return pick


_BOTH, _TIER = ("tier", "curator"), ("tier",)
#: Ways of drawing, by name in the output.
METHODS: Mapping[str, Callable[[Town, int], Method]] = {
    "simple": _simple,
    "stratified by tier and curator": partial(_stratified, columns=_BOTH),
    "stratified by tier": partial(_stratified, columns=_TIER),
    "Neyman by tier and curator": partial(_stratified, columns=_BOTH, is_neyman=True),
    "Neyman by tier": partial(_stratified, columns=_TIER, is_neyman=True),
    "risk": _by_risk,
    "simple with overlap": _overlapping,
}


def check_picks(town: Town, method: Method) -> None:
    """Stop when the product would draw other records, or with other chances: the simulation would not be about it.

    Raises:
        SystemExit: It would.
    """
    uids = town.uids
    frame = pl.DataFrame(
        {
            "center_id": "center",
            "record_uid": uids,
            "native_id": uids,
            "name": uids,
            "tier": town.tier.tolist(),
            "curator": town.curator.tolist(),
            "risk": town.risk,
            "is_recent": town.is_recent if method.has_overlap else np.zeros(town.size, dtype=bool),
        }
    )
    # A draw of the whole frame tells the number of every record.
    everybody = draw_sample(frame.with_columns(is_recent=pl.lit(value=False)), _plan(town.size)).items
    numbers = everybody.sort("record_uid").get_column("u").to_numpy()
    real = draw_sample(frame, method.plan).items.sort("record_uid")
    places = np.sort(method.pick(numbers))
    picked = [uids[place] for place in places]
    is_same = (
        real.get_column("record_uid").to_list() == picked
        and real.get_column("stratum").to_list() == method.names[places].tolist()
        and np.allclose(real.get_column("inclusion_probability").to_numpy(), method.chances[places], rtol=1e-12)
    )
    if not is_same:
        raise SystemExit(f"{method.plan}, {town.size} agencies: draw_sample draws otherwise.")


def simulate(town: Town, method: Method, *, name: str, audits: int, rng: np.random.Generator) -> list[Row]:
    """Audit a directory many times in one way; return one row per measure and kind of interval."""
    kinds = (WILSON, EXACT) if name == "simple" else (WILSON,)
    cells = [(measure, kind) for kind in kinds for measure in (MEASURES if kind == WILSON else SHARES)]
    tallies = {cell: Tally() for cell in cells}
    design: Design | None = None
    for _ in range(audits):
        places = method.pick(rng.random(town.size))
        # Picks come stratum by stratum, so that only unequal chances differ from audit to audit; settling takes a while.
        if design is None or any(one.is_poisson for one in method.strata):
            design = method.design(places)
        for (measure, kind), tally in tallies.items():
            values, against = town.values[measure][places], town.against(measure)[places]
            made = _estimate(measure, values, against, design, kind=kind)
            tally.add(made, float(values.sum() / against.sum()))
    return [
        {
            "agencies": town.size,
            "size": method.plan.size,
            "method": name,
            "strata": len(method.strata),
            "measure": measure,
            "interval": kind if measure in SHARES else None,
            **_judge(tally, truth=town.truth(measure)),
            **(_judge_naive(tally, truth=town.truth(measure)) if name == "risk" else {}),
        }
        for (measure, kind), tally in tallies.items()
    ]


def _estimate(measure: str, values: Floats, against: Floats, design: Design, *, kind: str) -> Estimate:
    """Estimate as `pipeline.audit.results` does."""
    if measure in SHARES:
        return estimate_share(values, design, kind=kind)
    if measure == "score":
        return estimate_mean(values, design, bounds=(0.0, 100.0))
    return estimate_mean(values, design, of=against, bounds=(0.0, 1.0))


def _judge(tally: Tally, *, truth: float) -> Row:
    value, low, high = (np.array(one) for one in (tally.value, tally.low, tally.high))
    spread = float(value.std(ddof=1))
    bias, error = float(value.mean()) - truth, spread / sqrt(value.size)
    covered = float(((low <= truth) & (truth <= high)).mean())
    return {
        "truth": round(truth, 5),
        "mean": round(float(value.mean()), 5),
        "bias": round(bias, 6),
        "bias_in_mc_errors": round(abs(bias) / error, 2),
        "coverage_percent": round(100 * covered, 2),
        "coverage_mc_error": round(100 * sqrt(covered * (1 - covered) / value.size), 2),
        "truth_below_percent": round(100 * float((truth < low).mean()), 2),
        "truth_above_percent": round(100 * float((truth > high).mean()), 2),
        "without_interval": int(np.isnan(low).sum()),
        "mean_width": round(float(np.nanmean(high - low)), 5),
        # Below 1 the intervals are too short whatever their shape; near 1, a miss is due to the shape.
        "standard_error_ratio": round(sqrt(float(np.nanmean(tally.variance))) / spread, 3),
    }


def _judge_naive(tally: Tally, *, truth: float) -> Row:
    naive = np.array(tally.naive)
    bias, error = float(naive.mean()) - truth, float(naive.std(ddof=1)) / sqrt(naive.size)
    return {
        "unweighted_mean": round(float(naive.mean()), 5),
        "unweighted_bias": round(bias, 5),
        "unweighted_bias_in_mc_errors": round(abs(bias) / error, 1),
    }


def table_of(cells: list[Row]) -> str:
    """Return the coverage by method and measure, a column for each directory and size, as Markdown."""
    columns = [(agencies, size) for agencies, _, sizes in DIRECTORIES for size in sizes]
    groups: dict[tuple[str, str], dict[tuple[int, int], Row]] = {}
    for cell in cells:
        method = f"{cell['method']}, Clopper-Pearson" if cell["interval"] == EXACT else cell["method"]
        groups.setdefault((method, cell["measure"]), {})[cell["agencies"], cell["size"]] = cell
    heads = ["Drawn", "Measure", *(f"{size} of {agencies:,}" for agencies, size in columns), "Largest bias"]
    lines = [_line(heads), _line(["---", "---", *["---:"] * (len(columns) + 1)])]
    for (method, measure), its in groups.items():
        figures = [f"{its[column]['coverage_percent']:.1f}" if column in its else "-" for column in columns]
        bias = max(one["bias_in_mc_errors"] for one in its.values())
        lines.append(_line([method, measure.replace("_", " "), *figures, f"{bias:.1f}"]))
    lines += [
        "",
        "Coverage of 95 % intervals in per cent (-: not drawn); bias in Monte-Carlo standard errors, the largest of the row.",
        "",
        _line(["Drawn by risk", "Agencies", "Size", "Truth", "Weighed", "Unweighted"]),
        _line(["---", *["---:"] * 5]),
    ]
    lines += [
        _line(
            [
                cell["measure"].replace("_", " "),
                f"{cell['agencies']:,}",
                str(cell["size"]),
                *(f"{cell[name]:.4g}" for name in ("truth", "mean", "unweighted_mean")),
            ]
        )
        for cell in cells
        if "unweighted_mean" in cell and cell["measure"] in SHARES
    ]
    return "\n".join(lines)


def _line(fields: list[str]) -> str:
    return f"| {' | '.join(fields)} |"


if __name__ == "__main__":
    main()
