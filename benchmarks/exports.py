"""Seconds and peak memory of every export of a nation's directory: 200,000 agencies, a million services.

    python -m benchmarks.exports [--agencies N] [--services M] [--times T] [--keep FOLDER] [--target T ...] [--schema-dir DIR]

The directory is that of `benchmarks.million` (our generator's, repeated under new numbers), normalized, stored and published; what is
published is then repeated T times under new ids and numbers, so that making a nation's takes no more memory than exporting it. Each
export is the whole command `resdir export` in a fresh process with two threads: Python's start, reading the snapshot, deciding what
may leave, writing, pre-flight, reading every written file again in search of private values, checksums and receipt. With --schema-dir
the official schema is asked too, and its seconds are in the figure. One JSON document is printed. Nothing is asserted. On a machine
that does other things at the same time `cpu_seconds` (of both threads together) is the figure to compare.

The aim is 60 seconds and 2 GiB for each target of the whole nation: see "Size" in docs/exports.md for what was measured.
The generator's texts repeat a lot, and the search looks at each distinct text of a load once: a real directory takes more seconds for it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "2")  # noqa: TID251 - before polars is loaded

import duckdb
import polars as pl

from benchmarks.million import AS_OF, CENTER, make_export
from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from pipeline.store.snapshot import publish_snapshot
from pipeline.store.working import open_working, save_night
from pipeline.store.workspace import Workspace
from schemas.contract import conform
from schemas.control import Run, RunInput
from schemas.parameters import IngestParameters, NormalizeParameters

TARGETS = ("hsds", "hsds-json", "airs", "ndp")
MOMENT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
RUN = "20261121T020000000Z-000000"
SETTINGS = """[export_airs]
taxonomy_version = "2026-01-01T00:00:00Z"

[export_ndp]
owner_code = "211bench"
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the workspace, write every export and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agencies", type=int, default=20_000)
    parser.add_argument("--services", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=10, help="how often the published directory is repeated (1 to 16)")
    parser.add_argument("--keep", type=Path, help="folder of the workspace; made when it is not there, and kept")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only this one; may be given several times")
    parser.add_argument("--schema-dir", type=Path, help="folder of official schemas")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.make:
        _make_workspace(asked.keep, agencies=asked.agencies, services=asked.services)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = asked.keep or Path(place)
        if not (folder / "published" / "current.json").is_file():
            _make_in_process(folder, agencies=asked.agencies, services=asked.services)
            _repeat(folder, times=asked.times)
        figures = {target: _export(folder, target, schema_dir=asked.schema_dir) for target in asked.target or TARGETS}
    size = {"agencies": asked.agencies * asked.times, "services": asked.services * asked.times}
    print(json.dumps({**size, "exports": figures}, indent=2))


def _make_in_process(folder: Path, *, agencies: int, services: int) -> None:
    # In a process of its own: its memory would be told as that of every process it starts.
    words = ["--keep", str(folder), "--agencies", str(agencies), "--services", str(services), "--make"]
    subprocess.run([sys.executable, "-m", "benchmarks.exports", *words], check=True)


def _repeat(folder: Path, *, times: int) -> None:
    """Repeat the canonical tables of a published night: the last digit of every id, and one more of every number, tells which time."""
    if not 1 <= times <= 16:
        raise SystemExit("--times: from 1 to 16.")
    (path,) = (folder / "published").glob("run_*.duckdb")
    again = path.with_suffix(".again")
    connection = duckdb.connect(again, config={"memory_limit": "4GB"})
    connection.execute(f"ATTACH '{path}' AS once (READ_ONLY)")
    tables = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'once'"
    for schema, table in connection.sql(tables).fetchall():
        described = connection.sql(f"DESCRIBE once.{schema}.{table}").fetchall()
        names = [name for name, *_ in described] if schema == "core" else []
        time = "printf('%x', time)"
        changed = [f'"{name}"[:-2] || {time} AS "{name}"' for name in names if name.endswith("_uid")]
        changed += [f"native_id || {time} AS native_id"] if "native_id" in names else []
        replaced = f"REPLACE ({', '.join(changed)})" if changed else ""
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.execute(
            f"CREATE TABLE {schema}.{table} AS SELECT * {'EXCLUDE (time)' if changed else ''} {replaced} "
            f"FROM once.{schema}.{table}{f', range({times}) AS repeated(time)' if changed else ''}"
        )
    connection.close()
    again.replace(path)


def _export(folder: Path, target: str, *, schema_dir: Path | None) -> dict[str, Any]:
    output = folder / "measured" / target
    words = ["export", target, "--output", str(output), "--withhold", "--json", "--confirm-drop"]
    if schema_dir is not None:
        words += ["--schema-dir", str(schema_dir)]
    place = ["--workspace", str(folder), "--config", str(folder / "curation.toml")]
    runner = (
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run([sys.executable, '-m', 'flows.cli', *sys.argv[1:]], capture_output=True, text=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "figures = {'cpu_seconds': round(used.ru_utime + used.ru_stime, 1), 'peak_mb': round(used.ru_maxrss / 1024)}\n"
        "print(json.dumps({'code': done.returncode, 'said': done.stderr[-2000:], **figures}))\n"
    )
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", runner, *words, *place], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begin
    told = json.loads(done.stdout)
    if told["code"]:
        return told
    files = [path for path in output.rglob("*") if path.is_file()]
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": told["cpu_seconds"],
        "peak_mb": told["peak_mb"],
        "files_mb": round(sum(path.stat().st_size for path in files) / 1e6),
        "records": json.loads((output / "manifest.json").read_text(encoding="utf-8"))["records"],
    }


def _make_workspace(folder: Path, *, agencies: int, services: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "curation.toml").write_text(SETTINGS, encoding="utf-8")
    with tempfile.TemporaryDirectory() as place:
        made = make_export(agencies, services, layout="icarol", work=Path(place))
        delivered = read_export(
            Path(place) / made["export"], center_id=CENTER, parameters=IngestParameters(settle_seconds=0)
        )
    directory = normalize_delivery(delivered, parameters=NormalizeParameters()).directory
    del delivered
    night = pl.DataFrame({"as_of": [AS_OF], "run_id": [RUN]})
    run = conform(
        night.with_columns(
            started_at=pl.lit(MOMENT.replace(tzinfo=None)).cast(pl.Datetime("us")),
            status=pl.lit("published"),
            program_version=pl.lit("0"),
            settings=pl.lit("{}"),
            night=pl.lit("{}"),
        ),
        Run,
    )
    numbers = ("rows_read", "rows_rejected", "added", "changed", "removed", "rekeyed")
    texts = ("format_name", "format_version", "delivery", "input_sha256")
    given = conform(
        night.with_columns(
            center_id=pl.lit(CENTER),
            **{name: pl.lit(0, dtype=pl.Int64) for name in numbers},
            **{name: pl.lit("x") for name in texts},
        ),
        RunInput,
    )
    with open_working(Workspace(folder), now=MOMENT) as working:
        tables = {f"core.{name}": table for name, table in directory.tables().items()}
        save_night(working, {**tables, "control.run": run, "control.run_input": given}, centers=[CENTER])
        publish_snapshot(working, run_id=RUN, as_of=AS_OF, now=MOMENT, keep=1)


if __name__ == "__main__":
    main()
