"""Seconds and peak memory of reading, normalizing and validating a very large export: 200,000 agencies, 1,000,000 services.

    python -m benchmarks.million [--agencies N] [--services M] [--layout icarol|hsds] [--growth]

The export is made from our own generator: up to 20,000 agencies are invented once and repeated under new numbers until there are
N; then the services of each repetition, with what belongs to them, are repeated under new numbers until there are M. Names,
addresses and texts therefore occur several times, and values that are read once per distinct text cost less than in a directory
without repetitions. Numbers that planted faults made unreadable stay as they are. Each stage runs in a fresh process with two
threads, its imports included in the seconds; beside them the same files go through the CSV reader of polars, as a measure of the machine.
One JSON document is printed. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.memory import forget_peak, memory_mb

ROOT = Path(__file__).resolve().parents[1]
#: Agencies that are invented; more are repetitions.
INVENTED = 20_000
SEED = "million"
AS_OF = date(2026, 11, 20)
CENTER = "center01"
STAGES = ("ingest", "normalize", "validate")
#: Beside them: the same files through the CSV reader of polars, cells as text and nothing else. What no reader here gets below.
FLOOR = "polars_read_csv"

#: Columns of an iCarol export that hold numbers of records.
_ICAROL_NUMBERS = ("ResourceAgencyNum", "ParentAgencyNum", "ConnectsToSiteNum", "ConnectsToProgramNum")
#: Tables of an HSDS package that are the same for everybody.
_HSDS_SHARED = ("taxonomies", "taxonomy_terms", "units", "meta_table_descriptions")
_HSDS_SHARED_IDS = ("taxonomy_term_id", "taxonomy_id", "unit_id")


def main(arguments: list[str] | None = None) -> None:
    """Make the export, run the stages and print one JSON document."""
    asked = _parser().parse_args(arguments)
    if asked.stage:
        print(json.dumps(_run_stage(asked.stage, asked.export, asked.work)))
        return
    sizes = [(asked.agencies, asked.services)]
    if asked.growth:
        sizes = [(asked.agencies * factor // 4, asked.services * factor // 4) for factor in (1, 2, 4)]
    document = {
        "what": f"{asked.layout} export made by repeating {INVENTED:,} invented agencies at most (seed {SEED!r})",
        "cores": os.cpu_count(),
        "threads": 2,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("polars", "polars-hash", "pandera")},
        "runs": [_run(agencies, services, layout=asked.layout) for agencies, services in sizes],
    }
    print(json.dumps(document, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.million", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--agencies", type=int, default=200_000, metavar="N", help="agencies of the export (200000)")
    parser.add_argument("--services", type=int, default=1_000_000, metavar="M", help="services, at least (1000000)")
    parser.add_argument("--layout", choices=("icarol", "hsds"), default="icarol", help="layout of the export (icarol)")
    parser.add_argument("--growth", action="store_true", help="run a quarter, a half and the whole of it")
    parser.add_argument("--stage", choices=(*STAGES, FLOOR), help=argparse.SUPPRESS)
    parser.add_argument("--export", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    return parser


def _run(agencies: int, services: int, *, layout: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        began = time.perf_counter()
        # The generator keeps its objects; in a process of its own they are gone when the stages run.
        made = _in_fresh_process(_MAKE, agencies, services, layout, work)
        export = work / made.pop("export")
        result: dict[str, Any] = {
            "agencies_asked": agencies,
            "services_asked": services,
            **made,
            "bytes": sum(file.stat().st_size for file in ([export] if export.is_file() else export.iterdir())),
            "making_seconds": round(time.perf_counter() - began, 1),
            "stages": {},
        }
        for stage in STAGES:
            command = [sys.executable, "-m", "benchmarks.million", "--stage", stage]
            result["stages"][stage] = _answer([*command, "--export", str(export), "--work", str(work)])
        floor = [sys.executable, "-m", "benchmarks.million", "--stage", FLOOR]
        result[FLOOR] = _answer([*floor, "--export", str(export), "--work", str(work)])
        for name in ("seconds", "cpu_seconds"):
            result[name] = round(sum(stage[name] for stage in result["stages"].values()), 1)
        result["peak_mb"] = max(stage["peak_mb"] for stage in result["stages"].values())
        return result


_MAKE = (
    "import json, sys; from pathlib import Path; from benchmarks.million import make_export; "
    "a, s, layout, work = sys.argv[1:]; print(json.dumps(make_export(int(a), int(s), layout=layout, work=Path(work))))"
)


def _in_fresh_process(code: str, *arguments: object) -> dict[str, Any]:
    return _answer([sys.executable, "-c", code, *(str(argument) for argument in arguments)])


def _answer(command: list[str]) -> dict[str, Any]:
    environment = {**os.environ, "POLARS_MAX_THREADS": "2"}  # noqa: TID251 - handed on
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:5])} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def make_export(agencies: int, services: int, *, layout: str, work: Path) -> dict[str, Any]:
    """Write the export below `work` and say what is in it.

    Args:
        agencies: Agencies asked for; rounded up to whole repetitions of the invented ones.
        services: Services asked for; never fewer than the invented agencies have.
        layout: `icarol` or `hsds`.
        work: Folder to write to.
    """
    from pipeline.synthesize.synthesize import synthesize

    repetitions = math.ceil(agencies / INVENTED)
    # The second center of the generator is the one that delivers HSDS.
    centers = 1 if layout == "icarol" else 2
    invented = synthesize(
        agencies=math.ceil(agencies / repetitions), seed=SEED, output=work / "invented", centers=centers, as_of=AS_OF
    ).centers[-1]
    wanted = math.ceil(services / repetitions)
    repeat = _repeat_icarol if layout == "icarol" else _repeat_hsds
    export, counts = repeat(invented.path, work=work, repetitions=repetitions, wanted=wanted)
    return {
        "export": export.name,
        "repetitions_of_agencies": repetitions,
        "agencies_written": invented.agencies * repetitions,
        **counts,
    }


def _repeat_icarol(path: Path, *, work: Path, repetitions: int, wanted: int) -> tuple[Path, dict[str, Any]]:
    invented = _read_texts(path)
    level = pl.col("TaxonomyLevelName")
    services = invented.filter(level == "Program")
    links = invented.filter(level == "ProgramAtSite")
    highest = int(invented["ResourceAgencyNum"].cast(pl.Int64, strict=False).max() or 0)  # type: ignore[arg-type]
    parts: list[tuple[pl.DataFrame, tuple[str, ...]]] = [(invented, _ICAROL_NUMBERS)]
    for count in _extra_rounds(services.height, wanted):
        chosen = services.head(count)
        of_chosen = links.join(
            chosen.select(ConnectsToProgramNum="ResourceAgencyNum").unique(), on="ConnectsToProgramNum", how="semi"
        )
        # The agency and the site stay those of the repetition; the service and its links are new.
        parts.append((pl.concat([chosen, of_chosen]), ("ResourceAgencyNum", "ConnectsToProgramNum")))
    export = work / "resources.csv"
    rounds = len(parts)
    with export.open("wb") as file:
        for repetition in range(repetitions):
            base = repetition * rounds * highest
            for number, (rows, own) in enumerate(parts):
                shifts = {name: base + (number * highest if name in own else 0) for name in _ICAROL_NUMBERS}
                rows.with_columns(_shifted(name, by) for name, by in shifts.items()).write_csv(
                    file, include_header=repetition == number == 0
                )
    return export, {
        "rows_written": repetitions * sum(rows.height for rows, _ in parts),
        "services_written": repetitions * sum(rows.filter(level == "Program").height for rows, _ in parts),
    }


def _read_texts(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""))


def _extra_rounds(have: int, wanted: int) -> list[int]:
    """Return how many services to repeat in each further round, to get from `have` to `wanted`."""
    missing = max(wanted - have, 0)
    return [have] * (missing // have) + ([missing % have] if missing % have else []) if have else []


def _shifted(name: str, by: int) -> pl.Expr:
    number = pl.col(name).cast(pl.Int64, strict=False)
    return pl.when(number > 0).then((number + by).cast(pl.String)).otherwise(name).alias(name)


def _repeat_hsds(folder: Path, *, work: Path, repetitions: int, wanted: int) -> tuple[Path, dict[str, Any]]:
    tables = {file.stem: _read_texts(file) for file in sorted(folder.glob("*.csv"))}
    export = work / "export"
    export.mkdir()
    (export / "datapackage.json").write_bytes((folder / "datapackage.json").read_bytes())
    rounds = [tables["services"]["id"].head(count) for count in _extra_rounds(tables["services"].height, wanted)]
    counts = {"rows_written": 0, "services_written": 0}
    for name, rows in tables.items():
        with (export / f"{name}.csv").open("wb") as file:
            if name in _HSDS_SHARED:
                rows.write_csv(file)
                continue
            for repetition in range(repetitions):
                whole = _suffixed(rows, [column for column in rows.columns if _is_id(column)], f"-{repetition}")
                whole.write_csv(file, include_header=repetition == 0)
                extra = [
                    _of_services(rows, name, chosen, f"-{number}") for number, chosen in enumerate(rounds, start=1)
                ]
                for part in extra:
                    ids = [column for column in rows.columns if _is_id(column)]
                    _suffixed(part, ids, f"-{repetition}").write_csv(file, include_header=False)
                written = rows.height + sum(part.height for part in extra)
                counts["rows_written"] += written
                counts["services_written"] += written if name == "services" else 0
    return export, counts


def _is_id(column: str) -> bool:
    return bool(re.fullmatch(r"id|.*_id", column)) and column not in _HSDS_SHARED_IDS


def _suffixed(rows: pl.DataFrame, columns: list[str], suffix: str) -> pl.DataFrame:
    return rows.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name) + suffix).otherwise(name).alias(name) for name in columns
    )


def _of_services(rows: pl.DataFrame, table: str, services: pl.Series, suffix: str) -> pl.DataFrame:
    """Return the rows of a table that belong to the services, as rows of new services."""
    owner = "id" if table == "services" else "link_id" if table == "attributes" else "service_id"
    if owner not in rows.columns:
        return rows.clear()
    own = rows.filter(pl.col(owner).is_in(services.implode()))
    return _suffixed(own, list(dict.fromkeys(["id", owner])), suffix)


def _run_stage(stage: str, export: Path, work: Path) -> dict[str, Any]:
    runner = {"ingest": _ingest, "normalize": _normalize, "validate": _validate, FLOOR: _read_plainly}[stage]
    given = _load(work) if stage in ("normalize", "validate") else export
    start = memory_mb("VmRSS")
    forget_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    result, figures = runner(given)
    measured = {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "memory_before_mb": start,
        "peak_mb": memory_mb("VmHWM"),
        **figures(),
    }
    if result is not None:
        # Frame by frame into the file: a copy of everything in memory would need more than the stage itself.
        with (work / "given.pickle").open("wb") as file:
            pickle.dump(result, file, protocol=5)
    return measured


def _load(work: Path) -> Any:  # noqa: ANN401 - what the stage before returned
    with (work / "given.pickle").open("rb") as file:
        return pickle.load(file)


def _ingest(export: Path) -> tuple[Any, Any]:
    from pipeline.ingest.read import read_export
    from schemas.parameters import IngestParameters

    # The export was made a moment ago and is finished: waiting for it would be measured as reading.
    delivered = read_export(export, center_id=CENTER, parameters=IngestParameters(settle_seconds=0))
    return delivered, lambda: {"rows": delivered.rows_read, "raw_mb": _megabytes(delivered.raw_row)}


def _read_plainly(export: Path) -> tuple[Any, Any]:
    files = [export] if export.is_file() else sorted(export.glob("*.csv"))
    rows = sum(pl.read_csv(file, infer_schema=False).height for file in files)
    return None, lambda: {"rows": rows}


def _normalize(delivered: Any) -> tuple[Any, Any]:  # noqa: ANN401 - a Delivered; imported where it is used
    from pipeline.normalize.directory import normalize_delivery
    from schemas.parameters import NormalizeParameters

    normalized = normalize_delivery(delivered, parameters=NormalizeParameters())
    tables = normalized.directory.tables() | {"note": normalized.notes}
    return (normalized, delivered.carried), lambda: {
        "rows": {name: table.height for name, table in tables.items()},
        "tables_mb": {name: _megabytes(table) for name, table in tables.items()},
    }


def _validate(given: Any) -> tuple[Any, Any]:  # noqa: ANN401 - what _normalize returned
    from pipeline.validate.records import validate_directory
    from schemas.parameters import FreshnessRule, ValidateParameters

    normalized, carried = given
    validation = validate_directory(
        normalized.directory, notes=normalized.notes, carried={CENTER: carried}, as_of=AS_OF,
        parameters=ValidateParameters(), freshness=FreshnessRule(),
    )  # fmt: skip
    findings = validation.findings
    return None, lambda: {"findings": findings.height, "findings_mb": _megabytes(findings)}


def _megabytes(table: pl.DataFrame) -> int:
    return round(table.estimated_size("mb"))


if __name__ == "__main__":
    main()
