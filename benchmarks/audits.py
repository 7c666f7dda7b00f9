"""Do the intervals of audits cover the truth? Simulated audits of invented directories whose error rates are known.

python -m benchmarks.audits [--audits 2000] [--seed TEXT] [--table]

Every audit draws records by the rules of the product (`pipeline.audit`), with fresh numbers in place of the hash of seed and id, and
estimates from what it drew. Reported per directory, method, size and measure: bias in Monte-Carlo standard errors, and how often the
95 % interval holds the truth. `--table` prints the averages over the directories as Markdown.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from math import sqrt

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.audit.allocation import allocate, merge_strata
from pipeline.audit.chances import draw_order, floor_weights, inclusion_probabilities
from pipeline.audit.draw import DrawPlan, draw_sample
from pipeline.audit.estimate import Design, DrawnStratum, Estimate, estimate_mean, estimate_share, settle_design

Floats = npt.NDArray[np.float64]

#: Agencies of the invented directories: a small center, a usual one, a large one.
FRAMES = (500, 3_200, 16_000)
#: Records drawn: a small round, the size for 5 points at an expected share of .9.
SIZES = (100, 138)
MEASURES = ("record_error_rate", "critical_error_rate", "score", "services_right")
_TIERS = (0.50, 0.31, 0.15, 0.04)
_FAULTS = (0.06, 0.11, 0.18, 0.30)
_CRITICAL_OF_FAULTY = 0.25
_RECENT_SHARE = 0.12
_OVERLAP = 0.10
_FLOOR = 0.25


@dataclass(frozen=True, kw_only=True)
class Town:
    """An invented directory; one place per agency in every array."""

    tier: npt.NDArray[np.int64]
    curator: npt.NDArray[np.int64]
    has_fault: Floats
    is_critical: Floats
    score: Floats
    services: Floats
    services_right: Floats
    risk: Floats
    is_recent: npt.NDArray[np.bool_]

    @property
    def size(self) -> int:
        """Agencies."""
        return self.tier.size

    def truth(self, measure: str) -> float:
        """Return what an audit of everything would find."""
        if measure == "services_right":
            return float(self.services_right.sum() / self.services.sum())
        return float(self.values(measure).mean())

    def values(self, measure: str) -> Floats:
        """Return the values of a measure."""
        return {
            "record_error_rate": self.has_fault,
            "critical_error_rate": self.is_critical,
            "score": self.score,
            "services_right": self.services_right,
        }[measure]

    def names(self, *, by_curator: bool) -> list[str]:
        """Return the stratum of every agency."""
        if not by_curator:
            return [f"T{tier + 1}" for tier in self.tier]
        return [f"T{tier + 1} · {curator}" for tier, curator in zip(self.tier, self.curator, strict=True)]


def make_town(size: int, *, rng: np.random.Generator) -> Town:
    """Invent a directory: faults depend on tier and curator, scores lean to the left, services of an agency resemble each other."""
    tier = rng.choice(4, size=size, p=_TIERS)
    curators = 6 if size < 1_000 else 12
    curator = rng.choice(curators, size=size, p=rng.dirichlet(np.full(curators, 5.0)))
    care = rng.uniform(0.5, 1.5, size=curators)
    chance = np.minimum(0.9, np.array(_FAULTS)[tier] * care[curator])
    has_fault = (rng.random(size) < chance).astype(np.float64)
    is_critical = has_fault * (rng.random(size) < _CRITICAL_OF_FAULTY)
    score = np.clip(100 - rng.gamma(1.5, 2.0 + 1.5 * tier) - 12 * has_fault - 15 * is_critical, 0, 100)
    services = (1 + rng.poisson(np.array([0.3, 2.0, 6.0, 12.0])[tier])).astype(np.float64)
    own = rng.beta(9.0, 1.0, size=size)  # the agency's own share, by which its services resemble each other
    risk = np.clip(0.1 + 0.35 * has_fault * rng.random(size) + 0.6 * rng.random(size) ** 3, 0, 1)
    # Those audited lately have been repaired: fewer of them are wrong.
    is_recent = rng.random(size) < _RECENT_SHARE * (1 - 0.5 * has_fault)
    return Town(
        tier=tier,
        curator=curator,
        has_fault=has_fault,
        is_critical=is_critical,
        score=score,
        services=services,
        services_right=rng.binomial(services.astype(np.int64), own).astype(np.float64),
        risk=risk,
        is_recent=is_recent,
    )


#: Picks the records of one audit from fresh numbers, and tells how they were drawn.
Picker = Callable[[Floats], tuple[npt.NDArray[np.int64], Design]]


def pickers(town: Town, size: int) -> Iterator[tuple[str, Picker]]:
    """Return every method of drawing."""
    yield "simple", _simple(town, size)
    yield "stratified by tier", _stratified(town, size, by_curator=False, neyman=False)
    yield "stratified by tier and curator", _stratified(town, size, by_curator=True, neyman=False)
    yield "Neyman by tier and curator", _stratified(town, size, by_curator=True, neyman=True)
    yield "simple with overlap", _overlap(town, size)
    yield "risk", _risk(town, size)


def _simple(town: Town, size: int) -> Picker:
    strata = [DrawnStratum(name="all", frame_size=town.size, size=size)]

    def pick(numbers: Floats) -> tuple[npt.NDArray[np.int64], Design]:
        places = np.argpartition(numbers, size)[:size]
        return places, settle_design(strata, ["all"] * size, [size / town.size] * size)

    return pick


def _stratified(town: Town, size: int, *, by_curator: bool, neyman: bool) -> Picker:
    names = town.names(by_curator=by_curator)
    before = {name: names.count(name) for name in sorted(set(names))}
    merged = merge_strata(before, size=size)
    names = [merged[name] for name in names]
    label = np.array(names)
    places_of = {name: np.flatnonzero(label == name) for name in sorted(set(names))}
    sizes = {name: places.size for name, places in places_of.items()}
    spreads = {name: float(town.score[places].std()) for name, places in places_of.items()} if neyman else None
    given = allocate(sizes, size=size, spreads=spreads)
    strata = [DrawnStratum(name=name, frame_size=count, size=given[name]) for name, count in sizes.items()]

    def pick(numbers: Floats) -> tuple[npt.NDArray[np.int64], Design]:
        places = np.concatenate([own[np.argsort(numbers[own])[: given[name]]] for name, own in places_of.items()])
        drawn = [names[place] for place in places]
        return places, settle_design(strata, drawn, [given[name] / sizes[name] for name in drawn])

    return pick


def _overlap(town: Town, size: int) -> Picker:
    recent, fresh = np.flatnonzero(town.is_recent), np.flatnonzero(~town.is_recent)
    of_recent = round(size * _OVERLAP)
    counts = {"fresh": (fresh, size - of_recent), "recent": (recent, of_recent)}
    strata = [DrawnStratum(name=name, frame_size=own.size, size=n) for name, (own, n) in counts.items()]

    def pick(numbers: Floats) -> tuple[npt.NDArray[np.int64], Design]:
        parts = [own[np.argsort(numbers[own])[:n]] for own, n in counts.values()]
        names = [name for name, (_, n) in counts.items() for _ in range(n)]
        return np.concatenate(parts), settle_design(strata, names, [1.0] * size)

    return pick


def _risk(town: Town, size: int) -> Picker:
    weights = floor_weights(town.risk, floor=_FLOOR)
    chances = inclusion_probabilities(weights, size=size)
    strata = [DrawnStratum(name="all", frame_size=town.size, size=size, is_poisson=True)]
    is_certain = bool((chances >= 1).any())
    ids = [f"{place:06d}" for place in range(town.size)]

    def pick(numbers: Floats) -> tuple[npt.NDArray[np.int64], Design]:
        if is_certain:
            places = np.array(draw_order(weights, numbers, size=size, ids=ids))
        else:  # the same records, faster
            places = np.argpartition(numbers / weights, size)[:size]
        return places, settle_design(strata, ["all"] * size, chances[places].tolist())

    return pick


def _estimate(town: Town, measure: str, places: npt.NDArray[np.int64], design: Design, *, kind: str) -> Estimate:
    values = town.values(measure)[places]
    if measure.endswith("_rate"):
        return estimate_share(values, design, kind=kind)
    if measure == "score":
        return estimate_mean(values, design, bounds=(0.0, 100.0))
    return estimate_mean(values, design, of=town.services[places], bounds=(0.0, 1.0))


def simulate(town: Town, *, size: int, audits: int, rng: np.random.Generator) -> list[dict[str, object]]:
    """Audit a directory many times by every method; return one row per method and measure."""
    rows = []
    for method, pick in pickers(town, size):
        cells = [(measure, "wilson") for measure in MEASURES]
        if method == "simple":
            cells += [(measure, "clopper-pearson") for measure in MEASURES if measure.endswith("_rate")]
        seen: dict[tuple[str, str], list[tuple[float, float, float]]] = {cell: [] for cell in cells}
        naive = []
        for _ in range(audits):
            places, design = pick(rng.random(town.size))
            naive.append(float(town.has_fault[places].mean()))
            for cell in cells:
                made = _estimate(town, cell[0], places, design, kind=cell[1])
                low, high = made.interval or (np.nan, np.nan)
                seen[cell].append((made.value or 0.0, low, high))
        for (measure, kind), values in seen.items():
            rows.append(
                {"frame": town.size, "method": method, "size": size, "measure": measure, "interval": kind}
                | _judge(np.array(values), truth=town.truth(measure))
                | (
                    {"unweighted_share": round(float(np.mean(naive)), 4)}
                    if method == "risk" and measure == "record_error_rate"
                    else {}
                )
            )
    return rows


def _judge(values: Floats, *, truth: float) -> dict[str, float]:
    made, low, high = values.T
    error = float(made.std(ddof=1)) / sqrt(made.size)
    covered = float(((low <= truth) & (truth <= high)).mean())
    return {
        "truth": round(truth, 4),
        "mean": round(float(made.mean()), 4),
        "bias_in_mc_errors": round((float(made.mean()) - truth) / error, 2),
        "coverage": round(covered, 4),
        "coverage_mc_error": round(sqrt(covered * (1 - covered) / made.size), 4),
        "truth_below": round(float((truth < low).mean()), 4),
        "truth_above": round(float((truth > high).mean()), 4),
        "mean_width": round(float((high - low).mean()), 4),
    }


def check_draws(town: Town) -> None:
    """Hold the picks above against real draws of the product, given the same numbers.

    Raises:
        AssertionError: They differ: the simulation would not be about the product.
    """
    ids = [f"{place:06d}" for place in range(town.size)]
    frame = pl.DataFrame(
        {
            "center_id": "c",
            "record_uid": ids,
            "native_id": ids,
            "name": ids,
            "tier": [f"T{tier + 1}" for tier in town.tier],
            "curator": [str(curator) for curator in town.curator],
            "risk": town.risk,
        }
    )
    picks = dict(pickers(town, SIZES[0]))
    for method, name in (("simple", "simple"), ("stratified", "stratified by tier and curator"), ("risk", "risk")):
        plan = DrawPlan(size=SIZES[0], seed="check", as_of=date(2026, 1, 1), method=method, risk_floor=_FLOOR)  # type: ignore[arg-type]
        whole = draw_sample(frame, DrawPlan(size=town.size, seed="check", as_of=date(2026, 1, 1)))
        numbers = whole.items.sort("record_uid")["u"].to_numpy()
        drawn = set(draw_sample(frame, plan).items["record_uid"].to_list())
        picked = {ids[place] for place in picks[name](numbers)[0]}
        assert drawn == picked, f"{method}: {len(drawn ^ picked)} records differ"


def table_of(rows: list[dict[str, object]]) -> str:
    """Return the averages over the directories and sizes as Markdown."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    order = {method: place for place, method in enumerate(dict.fromkeys(frame["method"]))}
    means = (
        frame.filter(pl.col("interval") == "wilson")
        .group_by("method", "measure")
        .agg(
            pl.col("coverage").mean(),
            lowest=pl.col("coverage").min(),
            highest=pl.col("coverage").max(),
            bias=pl.col("bias_in_mc_errors").abs().max(),
        )
        .sort(pl.col("method").replace_strict(order, return_dtype=pl.Int64), "measure")
    )
    lines = [
        "| method | measure | coverage | lowest and highest | largest bias in MC errors |",
        "|---|---|---:|---:|---:|",
    ]
    lines += [
        f"| {row['method']} | {str(row['measure']).replace('_', ' ')} | {row['coverage'] * 100:.1f} % | "
        f"{row['lowest'] * 100:.1f} - {row['highest'] * 100:.1f} % | {row['bias']:.1f} |"
        for row in means.to_dicts()
    ]
    return "\n".join(lines)


def main() -> None:
    """Run the simulation and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audits", type=int, default=2_000)
    parser.add_argument("--seed", default="audits")
    parser.add_argument("--table", action="store_true")
    words = parser.parse_args()
    started = time.perf_counter()
    rng = np.random.default_rng(int(hashlib.sha256(words.seed.encode()).hexdigest()[:16], 16))
    rows: list[dict[str, object]] = []
    for frame in FRAMES:
        town = make_town(frame, rng=rng)
        check_draws(town)
        for size in SIZES:
            rows += simulate(town, size=size, audits=words.audits, rng=rng)
    if words.table:
        print(table_of(rows))
        return
    document = {
        "audits": words.audits,
        "seed": words.seed,
        "seconds": round(time.perf_counter() - started, 1),
        "rows": rows,
    }
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
