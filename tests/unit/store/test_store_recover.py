"""A run that was stored and never published is undone: what people see is what the next night compares with."""

from __future__ import annotations

import json
import shutil
from datetime import date

import pytest

import flows.night
from flows.cli import run
from pipeline.store.recover import undo_unpublished
from pipeline.store.snapshot import read_pointer
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from schemas.errors import StorageError
from tests.nights import MOMENT, night

RUNS = ("20261119T020000000Z-aaaaaa", "20261120T020000000Z-bbbbbb", "20261121T020000000Z-cccccc")


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """Two exports of one center; the second has more agencies."""
    folder = tmp_path_factory.mktemp("recover")
    return [
        synthesize(agencies=count, seed="recover", output=folder / str(count), centers=1, as_of=date(2026, 11, 20)).centers[0]
        for count in (8, 12)
    ]  # fmt: skip


@pytest.fixture
def failing(monkeypatch):
    """Let publishing fail as on a full disk."""

    def refuse(*_args, **_known):
        raise StorageError("There is no room left on the disk.", advice="Free some room.")

    def use():
        monkeypatch.setattr(flows.night, "publish_snapshot", refuse)
        return monkeypatch

    return use


def one_night(workspace, export, run_id):
    return night(
        workspace,
        ("one", export.path),
        as_of=date(2026, 11, 20),
        run_id=run_id,
        run={"report": False, "export_hsds": False, "queue": False},
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory, exports):
    """A workspace after a good night of the first export, and what the night told; tests work on copies."""
    workspace = tmp_path_factory.mktemp("published") / "w"
    return workspace, one_night(workspace, exports[0], RUNS[0])


def test_the_next_night_tells_what_the_lost_one_would_have_told(tmp_path, published, exports, failing, capsys):
    """Changes that no published night has shown must not be swallowed."""
    shutil.copytree(published[0], tmp_path / "w")
    first = published[1]
    patch = failing()
    with pytest.raises(StorageError):
        one_night(tmp_path / "w", exports[1], RUNS[1])
    patch.undo()
    assert read_pointer(Workspace(tmp_path / "w")).run_id == RUNS[0]
    assert run(["doctor", "--workspace", str(tmp_path / "w"), "--json"]) == 1
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert [one for one in checks if one["state"] == "problem" and "never published" in one["found"]]

    third = one_night(tmp_path / "w", exports[1], RUNS[2])
    assert third.centers[0].changes["added"] > 0
    assert third.centers[0].findings_life["opened"] > 0
    assert sum(third.centers[0].delivered.values()) > sum(first.centers[0].delivered.values())
    assert run(["doctor", "--workspace", str(tmp_path / "w"), "--json"]) == 0


def test_a_first_night_that_failed_leaves_nothing(tmp_path, exports, failing):
    """With nothing published there is nothing to go back to."""
    patch = failing()
    with pytest.raises(StorageError):
        one_night(tmp_path / "w", exports[0], RUNS[0])
    patch.undo()
    assert one_night(tmp_path / "w", exports[0], RUNS[1]).centers[0].is_first_night


def test_a_good_working_file_is_left_alone(tmp_path, published):
    """Nothing is restored where nothing is wrong; stopped runs are kept."""
    assert undo_unpublished(Workspace(tmp_path / "w"), now=MOMENT) == ()
    shutil.copytree(published[0], tmp_path / "w", dirs_exist_ok=True)
    before = (tmp_path / "w" / "directory.duckdb").stat().st_mtime_ns
    assert undo_unpublished(Workspace(tmp_path / "w"), now=MOMENT) == ()
    assert read_pointer(Workspace(tmp_path / "w")).run_id == RUNS[0]
    assert (tmp_path / "w" / "directory.duckdb").stat().st_mtime_ns >= before
