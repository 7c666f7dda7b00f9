"""Seconds and peak memory of the whole night, each run in a fresh process with two threads.

    python -m benchmarks.night [EXPORT CENTER AS_OF]

Without arguments the real exports beside the project are run where they are present, and the sample data.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
RUNS = 5

CASES: tuple[tuple[Path, str, str], ...] = (
    (ROOT / "sample_data" / "prairie211" / "2026-11-20" / "resources.csv", "prairie211", "2026-11-20"),
    (ROOT / "sample_data" / "riverbend211", "riverbend211", "2026-11-20"),
    (SHARED / "dc211" / "dc211_export.csv", "dc211", "2014-04-09"),
    (SHARED / "miami211", "miami211", "2019-08-18"),
)


def main() -> None:
    """Run the cases and print one table."""
    cases = CASES
    if len(sys.argv) == 4:
        cases = ((Path(sys.argv[1]), sys.argv[2], sys.argv[3]),)
    print(f"Whole night, {RUNS} runs after one warm-up, 2 threads, fresh process each, {os.cpu_count()} cores")
    print("seconds are min / median / max of the work; Prefect's own start-up is the difference to 'wall'")
    for export, center, as_of in cases:
        if not export.exists():
            print(f"{center}: not here, skipped")
            continue
        for prefect in (False, True):
            print(_line(export, center, as_of, prefect=prefect))


def _line(export: Path, center: str, as_of: str, *, prefect: bool) -> str:
    with tempfile.TemporaryDirectory() as workspace:
        nights = [_night(export, center, as_of, Path(workspace), prefect=prefect) for _ in range(RUNS + 1)][1:]
    totals = [night["seconds"]["total"] for night in nights]
    stages = {
        stage: statistics.median(night["seconds"][stage] for night in nights)
        for stage in nights[0]["seconds"]
        if stage != "total"
    }
    memory = max(night["peak_memory_mb"] for night in nights)
    wall = statistics.median(night["wall"] for night in nights)
    parts = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in stages.items())
    return (
        f"{center:<13} {'with Prefect' if prefect else 'plain':<13} "
        f"{min(totals):.2f} / {statistics.median(totals):.2f} / {max(totals):.2f} s, wall {wall:.1f} s, "
        f"peak {memory} MB, {nights[0]['centers'][0]['rows_read']:,} rows ({parts})"
    )


def _night(export: Path, center: str, as_of: str, workspace: Path, *, prefect: bool) -> dict:
    import time

    begin = time.perf_counter()
    command = [
        sys.executable, "-m", "flows.cli", "nightly", str(export), "--center", center, "--as-of", as_of,
        "--workspace", str(workspace), "--json", *([] if prefect else ["--without-prefect"]),
    ]  # fmt: skip
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "POLARS_MAX_THREADS": "2"},  # noqa: TID251 - handed on
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return {**json.loads(done.stdout), "wall": time.perf_counter() - begin}


if __name__ == "__main__":
    main()
