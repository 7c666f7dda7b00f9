"""The flows with Prefect: no server by hand, named tasks, artifacts, quiet screen."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.synthesize.synthesize import synthesize
from tests.nights import MOMENT

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """A small invented directory."""
    folder = tmp_path_factory.mktemp("invented")
    written = synthesize(agencies=30, seed="flow", output=folder / "out", centers=1, as_of=MOMENT.date())
    return written.centers[0]


def test_the_command_runs_the_flow_and_keeps_the_screen_for_the_person(tmp_path, export):
    """One command, no server, no traceback after the summary, exactly one JSON document on stdout."""
    workspace = tmp_path / "workspace"
    done = subprocess.run(
        [
            sys.executable, "-m", "flows.cli", "nightly", str(export.path), "--center", export.center_id,
            "--as-of", "2026-11-20", "--workspace", str(workspace), "--json",
        ],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    night = json.loads(done.stdout)
    assert night["status"] == "published"
    assert (workspace / night["published"]).is_file()
    assert night["centers"][0]["rows_read"] > 0
    for word in ("Traceback", "nanobind", "INFO", "Error"):
        assert word not in done.stderr, done.stderr
    _look_into_prefect(workspace / "logs" / "prefect" / "prefect.db")
    _run_the_others(workspace)


def _look_into_prefect(database: Path) -> None:
    """What Prefect's pages will show: one named flow run, coarse named tasks, artifacts."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as records:
        runs = records.execute("SELECT name, state_type FROM flow_run").fetchall()
        tasks = {name for (name,) in records.execute("SELECT name FROM task_run")}
        artifacts = {key for (key,) in records.execute("SELECT key FROM artifact WHERE key IS NOT NULL")}
    assert runs == [("night of 2026-11-20", "COMPLETED")]
    # The last task events may be lost while the temporary server goes down; the early ones never.
    assert any(name.startswith("read export") for name in tasks), tasks
    assert len(tasks) <= 20
    assert artifacts == {
        "night", "findings-by-rule", "findings-opened-and-closed", "findings-tonight", "records", "freshness", "queue-this-week",
        "staffing",
    }  # fmt: skip


#: The flows that come once a month and once a quarter, as their schedules start them, one after the other.
STARTED = """
import json, sys
from pathlib import Path
from flows.prefect_home import leave_quietly, prepare_prefect
workspace = Path(sys.argv[1])
prepare_prefect(workspace / "logs")
from flows.monthly_audit import monthly_audit
from flows.publish_exports import publish_exports
from flows.quarterly_report import quarterly_report
month = monthly_audit(workspace=str(workspace), as_of="2026-12-01")
report = quarterly_report(workspace=str(workspace), as_of="2027-01-02")
exports = publish_exports(workspace=str(workspace))
made = {"targets": list(exports.done)}
told = {**made, "is_new": month.is_new, "worksheets": [str(path) for path in month.worksheets], "period": report.period.name}
print(json.dumps({**told, "reports": [str(path) for path in report.paths]}))
leave_quietly()
"""


def _run_the_others(workspace: Path) -> None:
    """The monthly audit and the quarterly report: files in the workspace, what they did on Prefect's pages."""
    done = subprocess.run(
        [sys.executable, "-c", STARTED, str(workspace)],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["is_new"]
    assert said["targets"] == ["hsds"]
    assert [(workspace / "worksheets" / Path(path).name).is_file() for path in said["worksheets"]] == [True]
    assert said["period"] == "2026-Q4"
    assert [Path(path).name for path in said["reports"]] == [
        f"report_2026-Q4.{form}" for form in ("html", "pdf", "xlsx", "md")
    ]
    assert all((workspace / "reports" / Path(path).name).stat().st_size > 2000 for path in said["reports"])
    with closing(sqlite3.connect(f"file:{workspace / 'logs' / 'prefect' / 'prefect.db'}?mode=ro", uri=True)) as records:
        runs = dict(records.execute("SELECT name, state_type FROM flow_run").fetchall())
        told = dict(records.execute("SELECT key, data FROM artifact").fetchall())
    assert runs["audit of 2026-12-01"] == "COMPLETED"
    assert runs["report of the quarter before 2027-01-02"] == "COMPLETED"
    assert runs["exports of the last night"] == "COMPLETED"
    assert '"state": "written"' in json.loads(told["exports"])
    assert "drawn now" in told["audit"]
    assert "Quarterly report of the resource directory" in told["quarterly-report"]
    headlines = json.loads(json.loads(told["quarterly-report-headlines"]))
    assert all(row["basis"] for row in headlines)
