"""Seconds of every freshness figure, the forecast and the queue on a nation's directory: 200,000 agencies, a million services.

    python -m benchmarks.freshness [--agencies N]

The directory is invented in memory with all columns of the canonical tables; five services and 1.5 sites per agency, 40 centers, 160
curators, one finding for every second record. Two threads. Minimum, median and maximum of five runs after a warm-up.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta

os.environ.setdefault("POLARS_MAX_THREADS", "2")  # noqa: TID251 - before polars is loaded

import numpy as np
import polars as pl

from flows.settings import Settings
from flows.stopwatch import peak_memory_mb
from flows.verification_work import forecast_directory, list_work
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.dated_records import date_directory
from pipeline.measure.freshness import Evidence, measure_freshness
from pipeline.measure.freshness_trend import reconstruct_days
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.enumerations import WindowKind
from schemas.history import Verification
from schemas.merging import MergeMember
from schemas.quality import TrackedFinding

AS_OF = date(2026, 11, 20)
CENTERS, CURATORS = 40, 160
RUNS = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the directory, time every part, print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agencies", type=int, default=200_000)
    agencies = parser.parse_args(arguments).agencies
    directory, findings, verifications = invent(agencies)
    settings = Settings()
    evidence = Evidence(findings=findings, verifications=verifications)
    complexity = measure_complexity(directory, as_of=AS_OF, parameters=settings.staffing)
    years = [AS_OF - timedelta(days=30 * month) for month in range(1, 25)]
    print(
        f"{agencies:,} agencies, {directory.site.height:,} sites, {directory.service.height:,} services, {findings.height:,} findings; "
        f"min / median / max seconds of {RUNS} runs, 2 threads"
    )
    dated = date_directory(directory, as_of=AS_OF, rule=settings.freshness)
    parts: dict[str, Callable[[], object]] = {
        "days of all records": lambda: date_directory(directory, as_of=AS_OF, rule=settings.freshness),
        "figures of the night": lambda: measure_freshness(
            directory,
            as_of=AS_OF,
            rule=settings.freshness,
            further_windows=(WindowKind.FISCAL_YEAR, WindowKind.CALENDAR_YEAR),
            evidence=evidence,
            dated=dated,
        ),
        "complexity": lambda: measure_complexity(directory, as_of=AS_OF, parameters=settings.staffing),
        "forecast": lambda: forecast_directory(
            directory,
            verifications=verifications,
            as_of=AS_OF,
            target_on=date(2026, 12, 31),
            target_share=0.95,
            settings=settings,
            dated=dated,
        ),
        "queue of 13 weeks": lambda: list_work(
            directory,
            complexity=complexity,
            findings=findings,
            members=empty_table(MergeMember),
            as_of=AS_OF,
            weeks=13,
            settings=settings,
            dated=dated,
        ),
        "(by every division)": lambda: measure_freshness(
            directory,
            as_of=AS_OF,
            rule=settings.freshness,
            dimensions=("center", "county", "curator", "kind", "tier", "branch", "language"),
            evidence=evidence,
        ),
        "(24 months back)": lambda: reconstruct_days(
            directory,
            days=years,
            verifications=verifications,
            as_of=AS_OF,
            rule=settings.freshness,
            measure="complete_agency_update",
        ),
    }
    total = 0.0
    for name, part in parts.items():
        seconds = [_timed(part) for _ in range(RUNS + 1)][1:]
        middle = statistics.median(seconds)
        # In brackets: asked by hand, not every night.
        total += 0 if name.startswith("(") else middle
        print(f"{name:<24} {min(seconds):6.2f} / {middle:6.2f} / {max(seconds):6.2f}")
    print(f"{'all of a night':<24} {total:15.2f}   peak {peak_memory_mb():,.0f} MB")


def _timed(part: Callable[[], object]) -> float:
    begin = time.perf_counter()
    part()
    return time.perf_counter() - begin


def invent(agencies: int) -> tuple[Directory, pl.DataFrame, pl.DataFrame]:
    """Return a directory, its open findings and the verifications that two years of nights have shown."""
    rng = np.random.default_rng(20261120)
    number = np.arange(agencies)
    center, curator = number % CENTERS, number % CURATORS
    age = rng.integers(0, 430, agencies)
    base = {
        "agency": _records("agency", number, center=center, curator=curator, age=age),
    }
    for kind, each in (("site", 1.5), ("service", 5.0)):
        of = np.repeat(number, rng.poisson(each - 1, agencies) + 1)
        base[kind] = _records(kind, of, center=center, curator=curator, age=age)
    services = base["service"]
    links = pl.DataFrame(
        {
            "center_id": services["center_id"],
            "owner_uid": services["record_uid"],
            "code": pl.Series(rng.choice(["BD-1800", "BH-1800", "LN-3000", "RP-1400", "NL-1000"], services.height)),
        }
    ).with_columns(owner_kind=pl.lit("service"), link_written=pl.col("code"), is_repeated=pl.lit(value=False))
    directory = Directory.of(**base, taxonomy_link=_filled("taxonomy_link", links))
    records = directory.records()
    findings = _filled_as(
        TrackedFinding,
        records.gather_every(2).select(
            "center_id",
            "kind",
            "record_uid",
            "agency_uid",
            finding_id=pl.col("record_uid"),
            # A twentieth of them about a phone that cannot be dialled, which is the costly question.
            rule_id=pl.when(pl.int_range(pl.len()) % 20 == 0).then(pl.lit("FMT-001")).otherwise(pl.lit("CMP-P-AKA")),
            severity=pl.lit("warning"),
            field=pl.lit("phone.number"),
            message=pl.lit("This is no phone number."),
            how_to_fix=pl.lit("Correct the number."),
            status=pl.lit("open"),
            first_seen_on=pl.lit(AS_OF),
        ),
    )
    now = records.select("center_id", "kind", "record_uid", "verified_on").drop_nulls()
    shown = pl.concat(
        [now.with_columns(pl.col("verified_on").dt.offset_by(f"-{back}d")) for back in (0, 350, 720)]
    ).with_columns(content_key=pl.lit("x"), first_seen_on=pl.col("verified_on"))
    return directory, findings, shown.select(list(schema_of(Verification)))


def _records(kind: str, of: np.ndarray, *, center: np.ndarray, curator: np.ndarray, age: np.ndarray) -> pl.DataFrame:
    frame = pl.DataFrame({"of": of, "center": center[of], "who": curator[of], "age": age[of]}).with_row_index("place")
    agency = pl.format("agency-{}", "of")
    uid = agency if kind == "agency" else pl.format(f"{kind}-{{}}", "place")
    day = pl.lit(AS_OF) - pl.duration(days="age")
    return _filled(
        kind,
        frame.select(
            center_id=pl.format("center{}", "center"),
            record_uid=uid,
            agency_uid=agency,
            curator=pl.format("curator {}", "who"),
            county=pl.format("county {}", pl.col("of") % 900),
            verified_on=day,
            edited_on=day,
            created_on=pl.lit(date(2015, 1, 1)),
        ),
    )


def _filled(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    defaults = {
        "kind": table,
        "origin": "delivered",
        "status": "active",
        "is_counted": True,
        "is_confidential_place": False,
        "location_type": "physical",
        "is_address_private": False,
        "language_of_record": "en",
        "slot": "1",
    }
    missing = {name: value for name, value in defaults.items() if name not in frame.columns}
    return _filled_as(
        CORE_TABLES[table], frame.with_columns(**{name: pl.lit(value) for name, value in missing.items()})
    )


def _filled_as(table: type, frame: pl.DataFrame) -> pl.DataFrame:
    schema = schema_of(table)
    if "record_uid" in schema and "record_uid" not in frame.columns:
        frame = frame.with_row_index("__place").with_columns(record_uid=pl.format("row-{}", "__place"))
    columns = []
    for name, dtype in schema.items():
        if name in frame.columns:
            columns.append(pl.col(name).cast(dtype))
        elif isinstance(dtype, pl.List):
            columns.append(pl.lit([], dtype=dtype).alias(name))
        else:
            columns.append(pl.lit(None, dtype=dtype).alias(name))
    return frame.select(columns)


if __name__ == "__main__":
    main()
