"""`resdir changes`: two nights compared, from snapshots or from history, and the signals."""

from __future__ import annotations

import csv
import json
from contextlib import redirect_stdout
from datetime import date
from io import StringIO

import openpyxl
import pytest

from flows.cli import run
from tests.nights import night

RUNS = ("20261119T020000000Z-aaaaaa", "20261120T020000000Z-bbbbbb", "20261121T020000000Z-cccccc")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, sample_data):
    """Three nights: two that differ, and the second again."""
    folder = tmp_path_factory.mktemp("changes") / "workspace"
    for run_id, day, export in zip(RUNS, (19, 20, 21), ("2026-11-19", "2026-11-20", "2026-11-20"), strict=True):
        path = sample_data / "prairie211" / export / "resources.csv"
        night(
            folder,
            ("prairie211", path),
            as_of=date(2026, 11, day),
            run_id=run_id,
            run={"report": False, "export_hsds": False, "queue": False},
        )
    return folder


@pytest.fixture(scope="module")
def everything(workspace):
    """All changes since the first night, asked once."""
    with redirect_stdout(StringIO()) as out:
        assert run(["changes", "--since", RUNS[0], "--workspace", str(workspace), "--json"]) == 0
    return json.loads(out.getvalue())


@pytest.fixture
def ask(workspace, capsys):
    """Run the command and return exit code and document."""

    def call(*words: str):
        code = run(["changes", *words, "--workspace", str(workspace), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_the_night_before_is_compared_unless_another_is_named(ask, everything):
    """A run, the beginning of its name, or a day: each finds the same night."""
    assert ask()[1] == {"since": RUNS[1], "run_id": RUNS[2], "source": "snapshots", "changes": []}
    assert ask("--since", "20261119")[1] == everything
    assert ask("--since", "2026-11-19")[1] == everything
    assert {row["change"] for row in everything["changes"]} == {"added", "changed", "removed", "rekeyed"}


def test_a_run_that_is_not_there_is_told(ask):
    """The answer names what there is."""
    code, document = ask("--since", "1999")
    assert code == 3
    assert RUNS[0] in document["error"]["advice"]
    code, document = ask("--since", "2026-11-01")
    assert (code, "2026-11-19" in document["error"]["message"]) == (3, True)
    assert ask("--since", "202611")[0] == 2, "several runs begin so"


def test_history_answers_when_the_snapshot_is_gone(workspace, ask, everything, tmp_path):
    """Snapshots are kept for two weeks, changes for ever."""
    snapshot = workspace / "published" / f"run_{RUNS[0]}.duckdb"
    snapshot.rename(tmp_path / "away.duckdb")
    try:
        told = ask("--since", RUNS[0])[1]
    finally:
        (tmp_path / "away.duckdb").rename(snapshot)
    assert told["source"] == "history"
    assert told["changes"] == everything["changes"]


def test_filters_narrow_the_list(ask, everything):
    """By kind, change, field, record and curator."""
    rows = everything["changes"]
    one = next(row for row in rows if row["field"] and row["field"].startswith("phone."))
    phones = ask("--since", RUNS[0], "--field", "phone")[1]["changes"]
    assert one in phones
    assert all(row["field"].startswith("phone.") for row in phones)
    assert {row["change"] for row in ask("--since", RUNS[0], "--change", "removed")[1]["changes"]} == {"removed"}
    of_record = ask("--since", RUNS[0], "--record", one["native_id"], "--kind", one["kind"])[1]["changes"]
    assert {row["record_uid"] for row in of_record} == {one["record_uid"]}
    of_curator = ask("--since", RUNS[0], "--curator", one["curator"])[1]["changes"]
    assert 0 < len(of_curator) < len(rows)


def test_signals_tell_of_edits_without_verification(ask, everything):
    """The same records as in the list of changes, seen from the other side."""
    signals = ask("--since", RUNS[0], "--signals")[1]["signals"]
    assert {row["signal"] for row in signals} <= {
        "edited_unverified",
        "silent_edit",
        "verified_unchanged",
        "bulk_stamped",
    }
    changed = {row["record_uid"] for row in everything["changes"]}
    assert {row["record_uid"] for row in signals if row["signal"] == "edited_unverified"} <= changed


def test_a_record_that_is_not_there_is_told(ask, everything):
    """A slip in the number would look like an unchanged record; one that has left is known from its removal."""
    code, document = ask("--record", "nothing-like-it")
    assert (code, "nothing-like-it" in document["error"]["message"]) == (2, True)
    gone = next(row for row in everything["changes"] if row["change"] == "removed")
    assert ask("--record", gone["native_id"])[0] == 0
    assert ask("--limit", "0")[0] == 2


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_all_of_them_go_into_a_file(workspace, everything, tmp_path, ending):
    """The table on the screen ends after fifty rows; the file does not."""
    expected = len(everything["changes"])
    path = tmp_path / f"changes.{ending}"
    assert run(["changes", "--since", RUNS[0], "--output", str(path), "--workspace", str(workspace)]) == 0
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.DictReader(file))) == expected
    elif ending == "xlsx":
        assert openpyxl.load_workbook(path)["Changes"].max_row == expected + 1
    else:
        assert len(json.loads(path.read_text(encoding="utf-8"))) == expected
