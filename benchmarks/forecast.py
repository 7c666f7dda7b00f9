"""Forecasts of simulated centers whose future is known: how far off are they, and do 80 % ranges hold four of five outcomes?

    python -m benchmarks.forecast [--replications 120] [--seed forecast] [--table]

Centers of three sizes and three ways of working are simulated for four years (`benchmarks.simulated_verification`). Each is forecast
on two random days after at least 24 months of kept nights, for 28, 91 and 182 days ahead; on one of them once more as if no night had
been kept, from that day's dates alone. A straight line is set beside it: the mean pace of the last 13 weeks goes on, oldest first.

Nothing is asserted; one JSON document is printed, or a Markdown table. The design was settled on other centers and other seeds
(`--tuning --seed ...`).
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import partial
from math import sqrt
from multiprocessing import get_context
from typing import Any

import numpy as np
import polars as pl

from benchmarks.simulated_verification import (
    FIRST_DAY,
    NEVER,
    PROCESSES,
    SETTLING_DAYS,
    TUNING,
    Center,
    Days,
    simulate_center,
)
from pipeline.measure.forecast import Forecast, forecast_share
from pipeline.measure.window import months_before
from schemas.forecast_parameters import ForecastParameters

Row = dict[str, Any]
#: Process, agencies, number of the center.
Case = tuple[str, int, int]

SIZES = (300, 1000, 3000)
HORIZONS = (28, 91, 182)
#: Days after the first kept night between which the forecasts are made, one in each stretch.
ORIGINS = (24 * 365 // 12 + 2, 30 * 365 // 12, 36 * 365 // 12)
TARGET = 0.95


def main(arguments: list[str] | None = None) -> None:
    """Simulate and print one JSON document, or a Markdown table."""
    asked = _parser().parse_args(arguments)
    begun = time.perf_counter()
    cases = [(name, size, place) for place in range(asked.replications) for name in PROCESSES for size in SIZES]
    run = partial(evaluate, seed=asked.seed, is_tuning=asked.tuning, paths=asked.paths)
    rows = _run_all(run, cases, processes=asked.processes)
    cells = summarize(rows)
    seconds = time.perf_counter() - begun
    print(f"{len(cases)} centers: {seconds:.0f} s", file=sys.stderr)
    document = {
        "replications": asked.replications,
        "seed": asked.seed,
        "confidence": ForecastParameters().confidence,
        "seconds": round(seconds, 1),
        "cells": cells,
    }
    print(table_of(cells) if asked.table else json.dumps(document, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.forecast",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--replications", type=int, default=120, metavar="N", help="centers of each size and process (120)"
    )
    parser.add_argument("--seed", default="forecast", metavar="TEXT", help="seed of centers and forecasts")
    parser.add_argument("--paths", type=int, default=400, metavar="N", help="simulated futures of each forecast (400)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument("--tuning", action="store_true", help="other centers, on which the design was settled")
    parser.add_argument("--table", action="store_true", help="print a Markdown table")
    return parser


def _run_all(run: Callable[[Case], list[Row]], cases: list[Case], *, processes: int) -> list[Row]:
    if processes == 1:
        return [row for case in cases for row in run(case)]
    # Started anew: a forked process would hang on the threads of polars.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return [row for rows in pool.map(run, cases, chunksize=4) for row in rows]


def evaluate(case: Case, *, seed: str, is_tuning: bool, paths: int) -> list[Row]:
    """Simulate one center and forecast it on each of its days, with and without history; one row for each horizon and way."""
    name, size, place = case
    text = f"{seed}|{name}|{size}|{place}"
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big"))
    # From half a year before the earliest forecast to well after the last target day.
    leaving = (SETTLING_DAYS + ORIGINS[0] - 182, SETTLING_DAYS + ORIGINS[-1] + 365)
    process = (TUNING if is_tuning else PROCESSES)[name]
    center = simulate_center(process, agencies=size, leaving=leaving, rng=rng)
    rows = []
    for number, (first, last) in enumerate(itertools.pairwise(ORIGINS)):
        origin = SETTLING_DAYS + int(rng.integers(first, last))
        ways = {"kept nights": SETTLING_DAYS}
        if number == place % 2:
            ways["today's dates"] = origin
        for way, known in ways.items():
            found = _forecast(center, origin=origin, known=known, seed=f"{text}|{number}", paths=paths)
            points = {row["day"]: row for row in found.path.to_dicts()}
            rows += [
                _row(center, points[_day(origin + days)], case=case, way=way, origin=origin, days=days)
                for days in HORIZONS
            ]
    return rows


def _row(center: Center, point: Row, *, case: Case, way: str, origin: int, days: int) -> Row:
    return {
        "process": case[0],
        "size": case[1],
        "way": way,
        "days": days,
        "leaves": _leaves(center, origin=origin, days=days),
        "truth": share_of(center.last_days(origin + days), on=origin + days),
        "low": point["share_low"],
        "central": point["share_central"],
        "high": point["share_high"],
        "line": straight_line(center, origin=origin, days=days),
    }


def _forecast(center: Center, *, origin: int, known: int, seed: str, paths: int) -> Forecast:
    last = center.last_days(origin)
    first = center.last_days(known)
    later = (center.day > known) & (center.day <= origin)
    has_first = first != NEVER
    agency = np.concatenate([np.flatnonzero(has_first), center.agency[later]])
    day = np.concatenate([first[has_first], center.day[later]])
    return forecast_share(
        _frame(np.arange(last.size), last),
        _frame(agency, day),
        as_of=_day(origin),
        target_on=_day(origin + max(HORIZONS)),
        target_share=TARGET,
        known_since=_day(known),
        cutoff=cutoff,
        parameters=ForecastParameters(paths=paths),
        seed=seed,
    )


def _frame(agency: Days, day: Days) -> pl.DataFrame:
    dates = pl.Series((day + (FIRST_DAY - date(1970, 1, 1)).days).astype(np.int32)).cast(pl.Date)
    return pl.DataFrame({"unit_id": pl.Series(agency).cast(pl.String), "day": dates, "known": day != NEVER}).select(
        "unit_id", day=pl.when("known").then("day")
    )


def cutoff(day: date) -> date:
    """Return the first day that counts: twelve calendar months earlier."""
    return months_before(day, months=12)


def share_of(last: Days, *, on: int) -> float:
    """Return the share updated on a day."""
    first = (cutoff(_day(on)) - FIRST_DAY).days
    return float((last >= first).mean())


def straight_line(center: Center, *, origin: int, days: int) -> float:
    """Return the share if the mean pace of the last 13 weeks goes on and the oldest are always taken first."""
    last = np.sort(center.last_days(origin))
    recent = int(((center.day > origin - 91) & (center.day <= origin)).sum())
    work = min(last.size, round(recent / 91 * days))
    last[:work] = origin + days
    return share_of(last, on=origin + days)


def _leaves(center: Center, *, origin: int, days: int) -> str:
    if center.left_on is None or center.left_on > origin + days:
        return "not yet"
    return "before" if center.left_on <= origin else "within"


def _day(place: int) -> date:
    return FIRST_DAY + timedelta(days=place)


def summarize(rows: list[Row]) -> list[Row]:
    """Return error and coverage by way, process and horizon, and over all processes."""
    frame = pl.DataFrame(rows)
    return [
        cell
        for way in ("kept nights", "today's dates")
        for name in (*PROCESSES, "all")
        for days in HORIZONS
        for cell in [
            _cell(
                frame.filter(
                    (pl.col("way") == way) & (pl.col("days") == days) & ((pl.col("process") == name) | (name == "all"))
                ),
                way=way,
                name=name,
                days=days,
            )
        ]
    ]


def _cell(rows: pl.DataFrame, *, way: str, name: str, days: int) -> Row:
    truth = pl.col("truth")
    # Shares are whole numbers of agencies: an outcome on the end of the range is inside it.
    inside = truth.is_between(pl.col("low") - 1e-9, pl.col("high") + 1e-9)
    found = rows.select(
        error=(pl.col("central") - truth).abs().mean(),
        bias=(pl.col("central") - truth).mean(),
        line=(pl.col("line") - truth).abs().mean(),
        coverage=inside.mean(),
        below=(truth < pl.col("low") - 1e-9).mean(),
        above=(truth > pl.col("high") + 1e-9).mean(),
        width=(pl.col("high") - pl.col("low")).mean(),
    ).to_dicts()[0]
    by_size = {
        str(size): round(one.select(inside.mean()).item(), 3)
        for (size,), one in rows.group_by("size", maintain_order=True)
    }
    by_leaving = {
        str(when): [one.height, round(one.select(inside.mean()).item(), 3)]
        for (when,), one in rows.sort("leaves").group_by("leaves", maintain_order=True)
    }
    return {
        "way": way,
        "process": name,
        "days": days,
        "forecasts": rows.height,
        **{key: round(value, 4) for key, value in found.items()},
        "standard_error": round(sqrt(found["coverage"] * (1 - found["coverage"]) / rows.height), 4),
        "coverage_by_size": by_size,
        "coverage_by_leaving": by_leaving,
    }


def table_of(cells: list[Row]) -> str:
    """Return the cells as a Markdown table; errors and widths in percentage points."""
    lines = [
        "| known | center | days ahead | error | straight line | bias | inside 80 % range | below | above | width |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one['way']} | {one['process']} | {one['days']} | {one['error'] * 100:.1f} | {one['line'] * 100:.1f} | "
        f"{one['bias'] * 100:+.1f} | {one['coverage']:.0%} | {one['below']:.0%} | {one['above']:.0%} | {one['width'] * 100:.1f} |"
        for one in cells
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
