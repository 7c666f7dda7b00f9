"""Seconds of the report of a quarter on a nation's directory: 200,000 agencies, a million services, thirteen months of nights.

    python -m benchmarks.report [--agencies N] [--keep FOLDER]

The workspace is invented: the directory of `benchmarks.freshness`, a finding for every second record, each with its events, two changed
fields for every third record, three verifications for every record, and 395 nights with all their figures. Each form is written in a
fresh process with two threads, its imports included; minimum, median and maximum of three runs. Reading and rendering are told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "2")  # noqa: TID251 - before polars is loaded

import polars as pl

from benchmarks.freshness import AS_OF, CENTERS, invent
from flows.freshness_facts import forecast_measures
from flows.settings import Settings
from flows.stopwatch import peak_memory_mb
from flows.verification_work import forecast_directory
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.freshness import Evidence, measure_freshness
from pipeline.measure.freshness_cases import HEADLINE
from pipeline.measure.staffing import estimate_staffing
from pipeline.store.snapshot import publish_snapshot
from pipeline.store.working import WorkingFile, open_working, save_night
from pipeline.store.workspace import Workspace
from schemas.contract import conform
from schemas.control import Run, RunInput
from schemas.core import CORE_TABLES
from schemas.enumerations import WindowKind
from schemas.history import FieldChange
from schemas.measures import StoredMeasure
from schemas.quality import FindingEvent

NIGHTS = 395
FORMS = ("html", "pdf", "xlsx", "md", "json")
RUNS = 3
MOMENT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the workspace, write every form and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agencies", type=int, default=200_000)
    parser.add_argument("--keep", type=Path, help="folder of the workspace; made when it is not there, and kept")
    parser.add_argument("--nights", type=int, default=NIGHTS, help="nights of the history (395: thirteen months)")
    parser.add_argument("--form", choices=FORMS, help=argparse.SUPPRESS)
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.make:
        make_workspace(asked.keep, agencies=asked.agencies, count=asked.nights)
        return
    if asked.form:
        print(json.dumps(_write(asked.keep, asked.form)))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = asked.keep or Path(place)
        if not (folder / "published" / "current.json").is_file():
            _in_process_make(folder, agencies=asked.agencies, nights=asked.nights)
        size = sum(path.stat().st_size for path in (folder / "published").glob("*.duckdb")) / 1e6
        print(
            f"{asked.agencies:,} agencies, {asked.nights} nights, snapshot of {size:,.0f} MB; seconds: min / median / max of {RUNS} runs"
        )
        for form in FORMS:
            runs = [_in_process(folder, form) for _ in range(RUNS)]
            told = "   ".join(
                f"{part} {_spread([run[part] for run in runs])}" for part in ("read", "facts", "write", "all")
            )
            print(f"{form:<5} {told}   peak {max(run['memory'] for run in runs):,.0f} MB")


def _in_process_make(folder: Path, *, agencies: int, nights: int) -> None:
    # In a process of its own: its memory would be told as that of every process it starts.
    words = ["--keep", str(folder), "--agencies", str(agencies), "--nights", str(nights), "--make"]
    subprocess.run([sys.executable, "-m", "benchmarks.report", *words], check=True)


def _in_process(folder: Path, form: str) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.report", "--keep", str(folder), "--form", form]
    begin = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return {**json.loads(done.stdout), "all": time.perf_counter() - begin}


def _spread(seconds: list[float]) -> str:
    return f"{min(seconds):.2f} / {statistics.median(seconds):.2f} / {max(seconds):.2f}"


def _write(folder: Path, form: str) -> dict[str, float]:
    from flows.period_facts import period_facts, scope_of
    from flows.period_files import write_report
    from flows.period_ground import read_period
    from flows.settings import Resolved
    from pipeline.measure.periods import period_named

    resolved = Resolved(settings=Settings(), base=folder, source=None)
    period = period_named("2026-Q4", fiscal_month=7)
    begin = time.perf_counter()
    ground = read_period(resolved, place=Workspace(folder), period=period, day=AS_OF)
    read = time.perf_counter()
    facts = period_facts(ground, scope_of(ground))
    told = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        write_report(facts, Path(place) / f"report.{form}")
    end = time.perf_counter()
    return {"read": read - begin, "facts": told - read, "write": end - told, "memory": peak_memory_mb()}


def make_workspace(folder: Path, *, agencies: int, count: int) -> None:
    """Store and publish the invented directory with its history."""
    directory, findings, verifications = invent(agencies)
    settings = Settings()
    nights = pl.DataFrame(
        {"as_of": [AS_OF - timedelta(days=count - 1 - place) for place in range(count)]}
    ).with_columns(run_id=pl.format("{}T020000Z-000000", pl.col("as_of").dt.to_string("%Y%m%d")))
    last = nights["run_id"][-1]
    first_on = nights["as_of"][0]
    freshness = measure_freshness(
        directory,
        as_of=AS_OF,
        rule=settings.freshness,
        further_windows=(WindowKind.FISCAL_YEAR, WindowKind.CALENDAR_YEAR),
        evidence=Evidence(findings=findings, verifications=verifications),
    )
    complexity = measure_complexity(directory, as_of=AS_OF, parameters=settings.staffing)
    forecast = forecast_directory(
        directory,
        verifications=verifications,
        as_of=AS_OF,
        target_on=date(2026, 12, 31),
        target_share=0.95,
        settings=settings,
    )
    figures = pl.concat(
        [
            freshness.figures,
            forecast_measures(forecast, measure=HEADLINE, center_id=None),
            estimate_staffing(complexity, parameters=settings.staffing).figures(as_of=AS_OF),
        ]
    )
    tracked = _age(findings, first_on=first_on, count=count)
    with open_working(Workspace(folder), now=MOMENT) as working:
        save_night(
            working,
            {
                **{f"core.{name}": directory.tables()[name] for name in CORE_TABLES},
                "quality.finding": tracked,
                "quality.finding_event": _events(tracked, nights=nights),
                "history.field_change": _changes(directory.records(), nights=nights),
                "history.verification": verifications,
                "control.run": _runs(nights, open_count=tracked.height),
                "control.run_input": _inputs(nights),
                "measure.measure": conform(figures.with_columns(run_id=pl.lit(last)), StoredMeasure),
            },
            centers=[f"center{place}" for place in range(CENTERS)],
        )
        _repeat_figures(working, nights, last=last)
        publish_snapshot(working, run_id=last, as_of=AS_OF, now=MOMENT, keep=1)


def _age(findings: pl.DataFrame, *, first_on: date, count: int) -> pl.DataFrame:
    """Return the findings, first seen on days of the whole time, with severities and curators."""
    place = pl.int_range(pl.len())
    return findings.with_columns(
        first_seen_on=pl.lit(first_on) + pl.duration(days=place * 7 % count),
        last_seen_on=pl.lit(AS_OF),
        curator=pl.format("curator {}", place % 160),
        severity=pl.when(place % 10 == 0)
        .then(pl.lit("error"))
        .when(place % 3 == 0)
        .then(pl.lit("warning"))
        .otherwise(pl.lit("info")),
        rule_id=pl.format("CMP-P-{}", place % 60),
        is_held_back=pl.lit(value=False),
        expected=pl.lit("x"),
        times_reappeared=pl.lit(0, dtype=pl.Int64),
    )


def _events(tracked: pl.DataFrame, *, nights: pl.DataFrame) -> pl.DataFrame:
    """Return one opening of every finding, and for as many others an opening and a fix ten nights later."""
    opened = tracked.select(
        "finding_id", "center_id", "rule_id", "severity", "curator", as_of="first_seen_on", event=pl.lit("opened"),
        days_open=pl.lit(0, dtype=pl.Int64),
    )  # fmt: skip
    gone = opened.filter(pl.col("as_of") <= AS_OF - timedelta(days=10)).with_columns(
        finding_id=pl.format("gone {}", "finding_id")
    )
    fixed = gone.with_columns(
        as_of=pl.col("as_of").dt.offset_by("10d"), event=pl.lit("fixed"), days_open=pl.lit(10, dtype=pl.Int64)
    )
    return conform(pl.concat([opened, gone, fixed]).join(nights, on="as_of"), FindingEvent)


def _changes(records: pl.DataFrame, *, nights: pl.DataFrame) -> pl.DataFrame:
    count = nights.height
    place = pl.int_range(pl.len())
    changed = records.gather_every(3).with_columns(
        as_of=pl.lit(nights["as_of"][0]) + pl.duration(days=place * 11 % count), change=pl.lit("changed")
    )
    parts = [changed.with_columns(field=pl.lit(field)) for field in ("hours", "edited_on")]
    return conform(pl.concat(parts).join(nights, on="as_of"), FieldChange)


def _runs(nights: pl.DataFrame, *, open_count: int) -> pl.DataFrame:
    counts = {
        "error": open_count // CENTERS // 10,
        "warning": open_count // CENTERS // 3,
        "info": open_count // CENTERS // 2,
    }
    centers = [
        {
            "center_id": f"center{place}",
            "findings": counts,
            "findings_by_rule": {f"CMP-P-{rule}": 10 for rule in range(60)},
            "findings_life": {"accepted_now": 0},
            "notices": ["x" * 500],
        }
        for place in range(CENTERS)
    ]
    night = {"centers": centers, "duplicates": {"duplicate": 900, "possible": 2000, "asked": 2500}, "freshness": {}}
    return conform(
        nights.with_columns(
            started_at=pl.col("as_of").cast(pl.Datetime("us")),
            status=pl.lit("published"),
            program_version=pl.lit("0"),
            settings=pl.lit("{}"),
            night=pl.lit(json.dumps(night)),
        ),
        Run,
    )


def _inputs(nights: pl.DataFrame) -> pl.DataFrame:
    centers = pl.DataFrame({"center_id": [f"center{place}" for place in range(CENTERS)]})
    numbers = ("rows_read", "rows_rejected", "added", "changed", "removed", "rekeyed")
    texts = ("format_name", "format_version", "delivery", "input_sha256")
    return conform(
        nights.join(centers, how="cross").with_columns(
            **{name: pl.lit(0, dtype=pl.Int64) for name in numbers}, **{name: pl.lit("x") for name in texts}
        ),
        RunInput,
    )


def _repeat_figures(working: WorkingFile, nights: pl.DataFrame, *, last: str) -> None:
    """Give every earlier night the figures of the last one."""
    working.connection.register("nights", nights.filter(pl.col("run_id") != last))
    working.connection.execute(
        "INSERT INTO measure.measure BY NAME SELECT n.as_of, n.run_id, m.* EXCLUDE (as_of, run_id) "
        "FROM measure.measure m, nights n ORDER BY n.run_id"
    )
    working.connection.unregister("nights")


if __name__ == "__main__":
    main()
