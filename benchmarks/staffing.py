"""Minutes drawn from invented time logs whose minutes are known: how often do all intervals together hold them?

    python -m benchmarks.staffing [--logs 300] [--table]

Also the seconds of the complexity report and the estimate at a large size. Nothing is asserted; one JSON document is printed, or the
simulation as a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from benchmarks.simulated_time_log import ASSUMED, LogKind, simulate_log
from pipeline.measure.staffing import estimate_staffing
from pipeline.measure.time_fit import fit_minutes
from schemas.staffing_parameters import MINUTE_PARTS, StaffingParameters
from schemas.time_fit_parameters import TimeFitParameters

_OTHERS = {"agency": 30.0, "service": 5.0, "site": 7.0, "service_at_site": 3.0, "term": 1.0, "language": 6.0}
KINDS = (
    LogKind(name="150 agencies"),
    LogKind(name="300 agencies", updates=300),
    LogKind(name="1,000 agencies", updates=1000),
    LogKind(name="300, other minutes than assumed", updates=300, minutes=_OTHERS),
    LogKind(name="300, one curator", updates=300, curators=1),
    LogKind(name="300, six curators of very different pace", updates=300, curators=6, pace=0.4),
    LogKind(name="300, scatter 80 %", updates=300, scatter=0.8),
    LogKind(name="300, gamma scatter", updates=300, noise="gamma"),
    LogKind(name="300, symmetric scatter 30 %", updates=300, noise="normal", scatter=0.3),
    LogKind(name="300, 2 % of timers left running", updates=300, left_running=0.02),
    LogKind(name="300, a site for every service", updates=300, sites="services"),
    LogKind(name="300, nearly a site for every service", updates=300, sites="nearly"),
)


def main(words: Sequence[str] | None = None) -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.staffing", description=__doc__)
    reader.add_argument("--logs", type=int, default=300, help="logs of each kind")
    reader.add_argument("--table", action="store_true", help="print the simulation as a Markdown table")
    said = reader.parse_args(words)
    rows = [follow(kind, logs=said.logs) for kind in KINDS]
    if said.table:
        print_table(rows)
    else:
        print(json.dumps({"logs": said.logs, "kinds": rows, "large": time_large()}, indent=2))


def follow(kind: LogKind, *, logs: int) -> dict[str, Any]:
    """Fit many logs of a kind and count how often the intervals held, and what was told."""
    held = refused = 0
    told = dict.fromkeys(MINUTE_PARTS, 0)
    estimates: dict[str, list[float]] = {part: [] for part in MINUTE_PARTS}
    begin = time.perf_counter()
    for seed in range(logs):
        updates, complexity = simulate_log(kind, seed=seed)
        fit = fit_minutes(updates, complexity, parameters=StaffingParameters(), rule=TimeFitParameters())
        if fit.refusal is not None:
            refused += 1
            continue
        fitted = [one for one in fit.parts if one.reason is None]
        held += all(one.low <= kind.minutes[one.part] <= one.high for one in fitted)
        for one in fitted:
            told[one.part] += 1
            estimates[one.part].append(one.estimate)
    fits = logs - refused
    return {
        "kind": kind.name,
        "refused": refused,
        "fits": fits,
        "held": held,
        "held_share": round(held / fits, 3) if fits else None,
        "told": told,
        "true_minutes": kind.minutes,
        "mean_estimate": {part: round(float(np.mean(found)), 2) for part, found in estimates.items() if found},
        "seconds_each": round((time.perf_counter() - begin) / logs, 4),
    }


def time_large(agencies: int = 200_000) -> dict[str, float]:
    """Return the seconds of one estimate of many agencies."""
    _, complexity = simulate_log(LogKind(name="large", updates=10_000), seed=0)
    large = pl.concat([complexity] * (agencies // complexity.height))
    begin = time.perf_counter()
    estimate_staffing(large, parameters=StaffingParameters())
    return {"agencies": agencies, "estimate_seconds": round(time.perf_counter() - begin, 3)}


def print_table(rows: list[dict[str, Any]]) -> None:
    print("| log | refused | intervals held all minutes | sites told | agency | service |")
    print("|---|---:|---:|---:|---:|---:|")
    for row in rows:
        fits = row["fits"]
        held = f"{100 * row['held_share']:.1f} %" if fits else "-"
        sites = f"{100 * row['told']['site'] / fits:.0f} %" if fits else "-"
        means = [
            f"{row['mean_estimate'][part]:.1f} (true {row['true_minutes'][part]:g})" if fits else "-"
            for part in ("agency", "service")
        ]
        print(f"| {row['kind']} | {row['refused']} | {held} | {sites} | {means[0]} | {means[1]} |")
    print(f"\nAssumed: agency {ASSUMED['agency']:g}, service {ASSUMED['service']:g}, site {ASSUMED['site']:g} minutes.")


if __name__ == "__main__":
    main()
