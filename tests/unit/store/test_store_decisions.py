"""The decision log: append-only, shared by several processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest

from pipeline.store.decisions import append_decision, decisions_file, read_decisions
from pipeline.store.workspace import Workspace
from schemas.errors import StorageError

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def test_entries_come_back_in_order(workspace):
    """A decision that came back changed or out of order would decide something else."""
    for number in (1, 2, 3):
        append_decision(
            workspace, kind="audit_draw", subject=f"b{number}", payload={"n": number}, decided_by="Ada", now=NOW
        )
    append_decision(workspace, kind="other", subject="x", payload={}, decided_by="Ada", now=NOW)
    read = read_decisions(workspace, kind="audit_draw")
    assert [(one.sequence, one.subject, one.payload, one.decided_by, one.decided_at) for one in read] == [
        (number, f"b{number}", {"n": number}, "Ada", NOW) for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("statement", ["DELETE FROM decision", "UPDATE decision SET decided_by = 'Eve'"])
def test_entries_can_be_neither_changed_nor_removed(workspace, statement):
    """A person's decision must survive every program that opens the file."""
    append_decision(workspace, kind="a", subject="b", payload={}, decided_by="Ada", now=NOW)
    with (
        closing(sqlite3.connect(decisions_file(workspace))) as log,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        log.execute(statement)


def test_no_log_means_no_decisions(workspace):
    """A new workspace has no log yet; asking must not make one."""
    assert read_decisions(workspace, kind="a") == []
    assert not decisions_file(workspace).exists()


def test_a_damaged_log_is_named(workspace):
    """A damaged log must stop the run instead of being taken for an empty one."""
    decisions_file(workspace).write_bytes(b"this is not a database, it only looks like a file" * 50)
    with pytest.raises(StorageError, match="damaged"):
        read_decisions(workspace, kind="a")


def test_several_processes_lose_nothing(workspace):
    """Two people deciding at the same moment must both be kept."""
    script = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from pipeline.store.decisions import append_decision\n"
        "from pipeline.store.workspace import Workspace\n"
        "for number in range(20):\n"
        "    append_decision(Workspace(Path(sys.argv[1])), kind='k', subject=f'{sys.argv[2]}-{number}', payload={},\n"
        "        decided_by=sys.argv[2], now=datetime(2026, 1, 1, tzinfo=UTC))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(workspace.root), name]) for name in ("ada", "ben", "cam")
    ]
    assert [one.wait() for one in running] == [0, 0, 0]
    assert len({one.subject for one in read_decisions(workspace, kind="k")}) == 60
