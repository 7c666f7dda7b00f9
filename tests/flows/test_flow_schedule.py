"""The schedule: registered with a server that really starts runs, in the zone of this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.flow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(address: str, path: str) -> list[dict]:
    question = urllib.request.Request(
        f"{address}/api/{path}", data=b"{}", headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(question, timeout=5) as answer:
            return json.loads(answer.read())
    except (urllib.error.URLError, OSError):
        return []


def wait_for(address: str, path: str, *, seconds: float, count: int = 1) -> list[dict]:
    until = time.monotonic() + seconds
    found: list[dict] = []
    while time.monotonic() < until:
        found = ask(address, path)
        if len(found) >= count:
            return found
        time.sleep(1)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to another process there")
def test_the_schedule_is_registered_and_its_runs_are_planned(tmp_path, sample_data):
    """A schedule that is shown as active and starts nothing is found out on the morning after."""
    port = free_port()
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}  # noqa: TID251 - handed on
    served = subprocess.Popen(
        [
            sys.executable, "-m", "flows.cli", "schedule", "--cron", "15 2 * * *", "--port", str(port),
            "--config", str(sample_data / "curation.toml"), "--workspace", str(tmp_path / "workspace"),
        ],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        deployments = wait_for(f"http://127.0.0.1:{port}", "deployments/filter", seconds=150, count=3)
        # Planning the coming runs is the server's own work; it fails without a word when its libraries do not fit.
        planned = wait_for(f"http://127.0.0.1:{port}", "flow_runs/filter", seconds=90)
    finally:
        served.send_signal(signal.SIGINT)
        _, said = served.communicate(timeout=60)
    crons = {}
    for deployment in deployments:
        (schedule,) = deployment["schedules"]
        assert schedule["active"]
        assert schedule["schedule"]["timezone"]
        crons[deployment["name"]] = schedule["schedule"]["cron"]
    assert crons == {
        "nightly": "15 2 * * *",
        "monthly-audit": "0 6 1 * *",
        "quarterly-report": "0 7 2 1,4,7,10 *",
    }
    assert planned
    assert {run["state_type"] for run in planned} == {"SCHEDULED"}
    assert "Traceback" not in said


def test_a_wrong_cron_expression_is_told_at_once(tmp_path, sample_data):
    """A slip in the expression must not be found at two in the morning."""
    done = subprocess.run(
        [
            sys.executable, "-m", "flows.cli", "schedule", "--cron", "every night",
            "--config", str(sample_data / "curation.toml"), "--workspace", str(tmp_path / "workspace"),
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "not a cron expression" in done.stderr


def test_libraries_with_which_prefect_fails_are_not_installed():
    """`pip check` is content with releases that break the server inside Prefect."""
    assert tuple(int(part) for part in version("sqlalchemy").split(".")[:2]) < (2, 1)
    assert (0, 139) <= tuple(int(part) for part in version("fastapi").split(".")[:2]) < (0, 149)
