"""Wrong inputs, tried as a user would: clear words, the right exit code, the last night intact."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import run
from pipeline.store.snapshot import read_pointer
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.nights import MOMENT, night


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A workspace with one good night, and the export it was made of."""
    folder = tmp_path_factory.mktemp("wrong")
    written = synthesize(agencies=25, seed="wrong", output=folder / "out", centers=1, as_of=MOMENT.date())
    export = written.centers[0].path
    workspace = folder / "workspace"
    night(
        workspace, ("east", export), as_of=MOMENT.date(),
        run={"report": False, "export_hsds": False, "queue": False},
    )  # fmt: skip
    return workspace, export


@pytest.fixture
def call(published, capsys, tmp_path, monkeypatch):
    """Run the night on a file and return exit code and what was said."""
    monkeypatch.chdir(tmp_path)
    workspace, _ = published
    before = read_pointer(Workspace(workspace))

    def _call(*words: str) -> tuple[int, str]:
        code = run(["nightly", *words, "--center", "east", "--without-prefect", "--workspace", str(workspace)])
        said = capsys.readouterr()
        assert read_pointer(Workspace(workspace)) == before, "the last night must stay"
        return code, said.err

    return _call


def rows_of(export: Path) -> list[list[str]]:
    with export.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write(path: Path, rows: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return str(path)


def test_empty_file(call, tmp_path):
    """An export that failed leaves 0 bytes."""
    (tmp_path / "empty.csv").write_bytes(b"")
    code, said = call(str(tmp_path / "empty.csv"))
    assert code == 3
    assert "empty.csv is empty" in said


def test_header_only(call, tmp_path, published):
    """A filter that lets nothing through must not empty the directory."""
    code, said = call(write(tmp_path / "header.csv", rows_of(published[1])[:1]))
    assert code == 3
    assert "no rows" in said


def test_a_pdf_renamed_csv(call, tmp_path):
    """A report saved under the wrong name is no export."""
    (tmp_path / "report.csv").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    code, said = call(str(tmp_path / "report.csv"))
    assert code == 3
    assert "PDF" in said


def test_a_missing_required_column(call, tmp_path, published):
    """A renamed verification date must stop the run and name the nearest header."""
    rows = rows_of(published[1])
    place = rows[0].index("LastVerifiedOn")
    rows[0][place] = "Last Verified On"
    code, said = call(write(tmp_path / "renamed.csv", rows))
    assert code == 3
    assert "renamed.csv" in said
    assert "LastVerifiedOn" in said
    assert "Last Verified On" in said


def test_far_too_few_records(call, tmp_path, published):
    """A truncated export meets the gate."""
    rows = rows_of(published[1])
    code, said = call(write(tmp_path / "cut.csv", [rows[0], *rows[1 : len(rows) // 4]]))
    assert code == 3
    assert "nothing was published" in said
    assert "--override rows-fell" in said


def test_no_such_file(call):
    """A typing error in the path."""
    code, said = call("nowhere.csv")
    assert code == 3
    assert "nowhere.csv" in said


def test_a_locked_workspace(call, published):
    """A second run at the same time is told to wait."""
    workspace, export = published
    holder = "import duckdb, sys\ncon = duckdb.connect(sys.argv[1])\nprint('held', flush=True)\nsys.stdin.read()\n"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(workspace / "directory.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "held"
        code, said = call(str(export))
        other.communicate("")
    assert code == 4
    assert "in use by another run" in said


def test_a_full_disk(call, published, monkeypatch):
    """The disk is full when the snapshot is copied: nothing half-written, the pointer untouched."""
    import duckdb

    from pipeline.store import snapshot

    def refuse(working, target):
        target.write_bytes(b"half")
        raise duckdb.TransactionException(f'Failed to commit: Could not write file "{target}": No space left on device')

    monkeypatch.setattr(snapshot, "_copy_database", refuse)
    code, said = call(str(published[1]))
    assert code == 4
    assert "no room left" in said
    assert not list((published[0] / "published").glob(".unfinished*"))


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="needs a user who can be refused")
def test_a_folder_without_the_right_to_write(published, tmp_path, capsys):
    """A network drive that is read-only."""
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o500)
    code = run(
        ["nightly", str(published[1]), "--center", "east", "--without-prefect", "--workspace", str(locked / "w")]
    )
    assert code == 4
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nightly", "--without-prefect"], "no export to read"),
        (["nightly", "--nonsense"], "nonsense"),
        (["findings", "--severity", "terrible"], "terrible"),
        (["audit", "draw", "--seed", "x"], "how many"),
        (["freshness", "--as-of", "2026-13-40"], "as-of"),
        (["freshness", "--by", "kind", "--rule", "complete_agency_update"], "no kinds"),
        (["duplicates", "evaluate", "--records", "a.csv", "--columns", "name=x"], "one kind of truth"),
        (["schedule", "--as-of", "2026-01-01"], "runs for the day"),
    ],
)
def test_wrong_usage(words, told, capsys, tmp_path, monkeypatch):
    """A wrong call ends with 2 and one line that says what to write."""
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    assert told in capsys.readouterr().err


def test_a_wrong_export_is_told_before_prefect_starts(capsys, tmp_path, monkeypatch):
    """Fifteen seconds of waiting for a slip in a path."""
    monkeypatch.chdir(tmp_path)
    assert run(["nightly", "nowhere.csv", "--center", "east"]) == 3
    said = capsys.readouterr().err
    assert "nowhere.csv" in said
    assert "Starting Prefect" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["findings", "--severity", "terrible"], "terrible"),
        (["findings", "--limit", "many"], "many"),
        (["findings", "--nonsense"], "--nonsense"),
        (["report"], "--output"),
        (["nonsense"], "nonsense"),
        (["audit", "nonsense"], "nonsense"),
        (["findings", "--limit", "0"], "--limit"),
        (["freshness", "--by", "kind", "--rule", "complete_agency_update"], "no kinds"),
    ],
)
def test_wrong_usage_is_told_as_one_document(words, told, capsys, tmp_path, monkeypatch):
    """A script that asks for JSON must find JSON, whoever found the fault: the parser or the command."""
    monkeypatch.chdir(tmp_path)
    assert run([*words, "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert set(error) == {"message", "advice", "exit_code"}
    assert told in error["message"]
    assert error["exit_code"] == 2


def test_asking_before_the_first_night(capsys, tmp_path, monkeypatch):
    """A new user who asks first hears what to run."""
    monkeypatch.chdir(tmp_path)
    for words in (["findings"], ["duplicates", "list"], ["freshness"], ["staffing"], ["audit", "plan"]):
        assert run(words) == 3
        assert "resdir nightly" in capsys.readouterr().err


def test_a_bug_of_ours_shows_its_trace(capsys, monkeypatch, published):
    """What nobody foresaw must be reportable, and still say that the last night stands."""
    from flows import night as road

    def broken(*_, **__):
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr(road, "match_agencies", broken)
    code = run(
        ["nightly", str(published[1]), "--center", "east", "--without-prefect", "--workspace", str(published[0])]
    )
    said = capsys.readouterr().err
    assert code == 5
    assert "ZeroDivisionError" in said
    assert "bug of ours" in said
