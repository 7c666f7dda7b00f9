"""The quarterly report as its schedule starts it: files in the workspace, what it says on Prefect's pages."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.export_center import ExportCenter

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.flow

STARTED = """
import sys
from pathlib import Path
from flows.prefect_home import leave_quietly, prepare_prefect
workspace = Path(sys.argv[1])
prepare_prefect(workspace / "logs")
from flows.quarterly_report import quarterly_report
report = quarterly_report(workspace=str(workspace), as_of="2027-01-02")
print(report.period.name, *(path.name for path in report.paths))
leave_quietly()
"""


def test_the_report_of_the_last_quarter_is_written_and_told(tmp_path):
    """A coordinator who finds nothing on the second of January writes it by hand."""
    center = ExportCenter(tmp_path, agencies=10, seed="quarterly", as_of=date(2026, 12, 31))
    center.night(ingest={"settle_seconds": 0})
    done = subprocess.run(
        [sys.executable, "-c", STARTED, str(center.workspace.root)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    period, *names = done.stdout.split()
    assert period == "2026-Q4"
    assert names == [f"report_2026-Q4.{form}" for form in ("html", "pdf", "xlsx", "md")]
    assert all((center.workspace.reports / name).stat().st_size > 2000 for name in names)
    records = center.workspace.logs / "prefect" / "prefect.db"
    with closing(sqlite3.connect(f"file:{records}?mode=ro", uri=True)) as log:
        runs = log.execute("SELECT name, state_type FROM flow_run").fetchall()
        told = dict(log.execute("SELECT key, data FROM artifact").fetchall())
    assert runs == [("report of the quarter before 2027-01-02", "COMPLETED")]
    assert "Quarterly report of the resource directory" in told["quarterly-report"]
    headlines = json.loads(json.loads(told["quarterly-report-headlines"]))
    assert all(row["basis"] for row in headlines)
