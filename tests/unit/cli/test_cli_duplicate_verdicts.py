"""Verdicts and merge plans on the command line, from the first decision to its undoing."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from flows.cli import run
from pipeline.curate.merge_survivors import FIELDS
from pipeline.curate.verdict_log import DECIDED
from pipeline.store.decisions import read_decisions
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.nights import night

AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A workspace with one published night."""
    folder = tmp_path_factory.mktemp("verdicts")
    made = synthesize(agencies=120, seed="verdicts", output=folder / "out", centers=1, as_of=AS_OF).centers[0]
    night(
        folder / "workspace",
        ("one", made.path),
        as_of=AS_OF,
        run={"report": False, "export_hsds": False, "queue": False},
    )
    return folder / "workspace"


class Desk:
    """A person at the command line."""

    def __init__(self, workspace: Path, capsys) -> None:
        self.workspace, self.capsys = workspace, capsys

    def call(self, *words: str, code: int = 0):
        """Run a duplicates command with --json and return the answer."""
        self.capsys.readouterr()
        assert run(["duplicates", *words, "--json", "--workspace", str(self.workspace)]) == code
        out = self.capsys.readouterr().out
        return json.loads(out) if out.strip() else None

    def decide(self, *words: str, by: str = "Ana", code: int = 0):
        return self.call("decide", *words, "--by", by, "--reason", "looked", code=code)


@pytest.fixture
def desk(published: Path, tmp_path: Path, capsys) -> Desk:
    shutil.copytree(published, tmp_path / "workspace")
    return Desk(tmp_path / "workspace", capsys)


@pytest.fixture(scope="module")
def numbers(published: Path) -> dict[str, str]:
    """Record numbers of one likely pair."""
    with open_published(Workspace(published)) as snapshot:
        row = snapshot.table("matching.scored_pair").filter(pl.col("band") == "duplicate").row(0, named=True)
        native = dict(snapshot.table("core.agency").select("record_uid", "native_id").iter_rows())
    return {"a": native[row["uid_a"]], "b": native[row["uid_b"]]}


def likely(desk: Desk) -> list[dict]:
    return [one for one in desk.call("list") if one["band"] == "duplicate"]


def test_a_decided_pair_leaves_the_queue_at_once(desk: Desk) -> None:
    """Nobody waits for the night to see their own work."""
    first, second, *_ = likely(desk)
    told = desk.decide(first["a"]["native_id"], first["b"]["native_id"], "same")
    assert (told["verdict"], told["is_new"], told["plan_id"]) == ("same", True, f"plan-{told['entry']}")
    assert desk.decide(second["pair_id"], "different")["verdict"] == "different"
    left = {one["pair_id"] for one in desk.call("list")}
    assert not left & {first["pair_id"], second["pair_id"]}
    decided = {one["pair_id"]: one for one in desk.call("list", "--standing", "decided")}
    assert decided[first["pair_id"]]["verdict"] == "same"
    assert decided[first["pair_id"]]["decided_by"] == "Ana"
    explained = desk.call("explain", first["pair_id"])
    assert [entry["verdict"] for entry in explained["history"]] == ["same"]


def test_saying_it_twice_adds_nothing_and_undo_brings_it_back(desk: Desk) -> None:
    """And undoing twice is undoing once."""
    (first, *_) = likely(desk)
    entry = desk.decide(first["pair_id"], "same")["entry"]
    again = desk.decide(first["pair_id"], "same")
    assert (again["entry"], again["is_new"]) == (entry, False)
    undone = desk.call("undo", first["pair_id"], "--by", "Ana", "--reason", "wrong")
    assert (undone["withdrawn"], undone["plans_ended"]) == ([entry], [f"plan-{entry}"])
    assert first["pair_id"] in {one["pair_id"] for one in desk.call("list")}
    assert desk.call("undo", "--entry", str(entry), "--by", "Ana", "--reason", "wrong")["withdrawn"] == []
    assert "withdrawn by Ana" in desk.call("explain", first["pair_id"])["history"][0]["in_force"]


def test_a_conflict_is_told_and_settled_by_overruling(desk: Desk) -> None:
    """The coordinator has the last word, by name."""
    (first, *_) = likely(desk)
    desk.decide(first["pair_id"], "same", by="Ana")
    told = desk.decide(first["pair_id"], "different", by="Bo")
    assert told["verdict"] is None
    assert "Ana says same, Bo says different" in told["contradictions"][0]
    assert [one["standing"] for one in desk.call("list") if one["pair_id"] == first["pair_id"]] == ["conflict"]
    settled = desk.call("decide", first["pair_id"], "same", "--by", "Cy", "--reason", "called them", "--overrule")
    assert settled["verdict"] == "same"
    assert desk.call("list", "--standing", "conflict") == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("decide", "nosuch", "100000", "same", "--by", "A", "--reason", "x"), 3),
        (("decide", "0123456789abcdef", "same", "--by", "A", "--reason", "x"), 3),
        (("decide", "{a}", "{a}", "same", "--by", "A", "--reason", "x"), 2),
        (("decide", "{a}", "{b}", "--by", "A", "--reason", "x"), 2),
        (("decide", "{a}", "{b}", "same", "--by", " ", "--reason", "x"), 2),
        (("decide", "{a}", "{b}", "maybe", "--by", "A", "--reason", "x"), 2),
        (("undo", "{a}", "{b}", "--by", "A", "--reason", "x"), 2),
        (("undo", "--by", "A", "--reason", "x"), 2),
        (("undo", "--entry", "999", "--by", "A", "--reason", "x"), 2),
        (("undo", "--plan", "plan-999", "--by", "A", "--reason", "x"), 2),
        (("plan", "plan-999"), 2),
        (("choose", "plan-999", "ein", "1", "--by", "A", "--reason", "x"), 2),
        (("export", "pairs.txt"), 2),
        (("import", "missing.csv"), 3),
    ],
)
def test_a_wrong_call_is_told_and_changes_nothing(words, code, numbers, published, capsys) -> None:
    """One sentence, the right exit code, no entry in the log."""
    told = Desk(published, capsys).call(*[word.format(**numbers) for word in words], code=code)
    assert told["error"]["message"]
    assert read_decisions(Workspace(published), kind=DECIDED) == []


def test_a_plan_becomes_a_work_list_a_choice_and_a_package(desk: Desk, tmp_path: Path) -> None:
    """From the verdict to what leaves the house, and back."""
    assert desk.call("plan") == []
    (first, *_) = likely(desk)
    plan = desk.decide(first["pair_id"], "same")["plan_id"]
    (told,) = desk.call("plan", plan)
    assert told["plan_id"] == plan
    assert [one["native_id"] for one in told["records"]].count(first["a"]["native_id"]) == 1
    assert sum(one["is_survivor"] for one in told["records"]) == 1
    assert {value["from_native_id"] for value in told["values"]} <= {one["native_id"] for one in told["records"]}
    assert told["steps"][-1]["action"] == "retire_record"
    loser = next(one for one in told["records"] if not one["is_survivor"])
    empty = next(field for field in FIELDS if field not in {value["field"] for value in told["values"]})
    refused = desk.call("choose", plan, empty, loser["native_id"], "--by", "Ana", "--reason", "theirs", code=2)
    assert f"has no {empty}" in refused["error"]["message"]
    waiting = [field for field in ("phone", "address", "ein") if field in (told["told"] or "")]
    for field in ("survivor", *waiting):
        chosen = desk.call("choose", plan, field, loser["native_id"], "--by", "Ana", "--reason", "theirs")
    assert chosen["state"] == "ready"
    (after,) = desk.call("plan", plan)
    assert next(one for one in after["records"] if one["is_survivor"])["native_id"] == loser["native_id"]
    path = tmp_path / "plan.xlsx"
    desk.call("plan", "--output", str(path))
    assert openpyxl.load_workbook(path).sheetnames == ["Steps", "Plans", "Values"]

    def agencies() -> int:
        desk.capsys.readouterr()
        folder = tmp_path / "package"
        words = ["export", "hsds", "--output", str(folder), "--withhold", "--confirm-drop", "--json"]
        assert run([*words, "--workspace", str(desk.workspace)]) == 0
        return json.loads(desk.capsys.readouterr().out)["records"]["organization"]

    merged = agencies()
    desk.call("undo", "--plan", plan, "--by", "Ana", "--reason", "wrong")
    assert desk.call("plan") == []
    assert agencies() == merged + 1


def test_advice_counts_what_people_decided(desk: Desk) -> None:
    """The hours left are those of the pairs that are still asked."""
    before = desk.call("advice")
    (first, *_) = likely(desk)
    desk.decide(first["pair_id"], "same")
    after = desk.call("advice")
    assert (after["decided"], after["bands"][0]["same"]) == (1, 1)
    assert after["pairs_left"]["all"] == before["pairs_left"]["all"] - 1
    assert after["suggested"] is None
