"""Audits on the command line: a whole round, rounds after it, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from flows.cli import run
from pipeline.store.decisions import read_decisions
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.filled_worksheets import all_yes, fill
from tests.nights import night

AS_OF = date(2026, 11, 20)
SECOND = ("--second-share", "0.15", "--second-minimum", "4")


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A workspace with one published night of an invented center."""
    folder = tmp_path_factory.mktemp("audits")
    made = synthesize(agencies=70, seed="audits", output=folder / "out", centers=1, as_of=AS_OF).centers[0]
    night(
        folder / "workspace",
        ("one", made.path),
        as_of=AS_OF,
        run={"report": False, "export_hsds": False, "queue": False},
    )
    return folder / "workspace"


@pytest.fixture
def workspace(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published, tmp_path / "workspace")
    return tmp_path / "workspace"


@pytest.fixture
def answer(workspace: Path, capsys):
    """Run an audit command with --json and return its document."""

    def ask(*words: str, code: int = 0):
        assert run(["audit", *words, "--workspace", str(workspace), "--json"]) == code, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return ask


def wrong_in(*item_ids: str, every: int = 3):
    """Answer `no` to these items in every third record, `yes` to all else."""

    def say(uid: str, item_id: str) -> str:
        number = int(hashlib.sha256(uid.encode()).hexdigest()[:8], 16)
        return "no" if item_id in item_ids and number % every == 0 else "yes"

    return say


def whole_round(answer, folder: Path, *, seed: str, size: int, say=all_yes, more=()) -> dict:
    """Draw, write, fill and record one batch of two auditors; return the drawn batch."""
    drawn = answer("draw", "--seed", seed, "--size", str(size), "--auditor", "Ann", "--auditor", "Ben", *SECOND, *more)
    sheets = answer("worksheet", drawn["batch_id"], "--output", str(folder / f"{seed}.xlsx"))["worksheets"]
    for sheet in sheets:
        fill(Path(sheet["path"]), say)
    told = answer("record", *(sheet["path"] for sheet in sheets))
    assert [one["refused"] for one in told] == [[], []]
    return drawn


def test_a_whole_round(answer, workspace: Path, tmp_path: Path, capsys) -> None:
    """Plan, draw, worksheets, answers, result: what a supervisor does in a month."""
    plan = answer("plan", "--margin", "0.10", "--auditors", "2")
    assert plan["plans"][0]["hours_per_auditor"] * 2 == pytest.approx(plan["plans"][0]["hours"], abs=0.1)
    drawn = whole_round(answer, tmp_path, seed="r1", size=16, say=wrong_in("accuracy.phones", "critical.open"))
    twice = [item for item in drawn["items"] if item["second_rater"]]
    assert len(twice) == 4
    assert all(item["second_rater"] != item["auditor"] for item in twice)
    result = answer("result", drawn["batch_id"])
    assert (result["n"], result["drawn"], result["not_done"]) == (16, 16, 0)
    faulty = [item["record_uid"] for item in drawn["items"] if wrong_in("x")(item["record_uid"], "x") == "no"]
    rate = result["record_error_rate"]
    assert rate["count"] == len(faulty) > 1
    assert rate["estimate"] == pytest.approx(len(faulty) / 16)
    assert rate["low"] < rate["estimate"] < rate["high"]
    assert result["critical_error_rate"] == rate
    assert result["criteria"]["accuracy"]["estimate"] == pytest.approx(1 - len(faulty) / 16 / 8)
    assert result["items"]["accuracy.phones"]["estimate"] == pytest.approx(1 - len(faulty) / 16)
    assert result["agreement"]["percent"] == 1.0
    assert result["agreement"]["pairs"] == 4 * 22
    assert {row["item_id"] for row in result["training_needs"]} == {"accuracy.phones", "critical.open"}
    # As a person reads it, and as a file.
    output = tmp_path / "result.xlsx"
    assert run(["audit", "result", "--by", "curator", "--output", str(output), "--workspace", str(workspace)]) == 0
    printed = capsys.readouterr().out
    assert "records with at least one critical error" in printed
    assert "Training needs" in printed
    assert openpyxl.load_workbook(output).sheetnames[:3] == ["Estimates", "Records", "Training needs"]


def test_the_same_file_twice_changes_nothing_and_a_correction_keeps_the_earlier_answer(
    answer, workspace: Path, tmp_path: Path
) -> None:
    """People hand in the same file twice, and notice mistakes afterwards."""
    drawn = answer("draw", "--seed", "one", "--size", "5")
    sheet = tmp_path / "all.xlsx"
    answer("worksheet", drawn["batch_id"], "--output", str(sheet))
    fill(sheet, all_yes, name="Ann")
    assert answer("record", str(sheet))["recorded"] == 5 * 22
    again = answer("record", str(sheet))
    assert (again["recorded"], again["known"]) == (0, 5 * 22)
    uid = drawn["items"][0]["record_uid"]
    fill(sheet, lambda one, item: "no" if (one, item) == (uid, "accuracy.fees") else "yes")
    corrected = answer("record", str(sheet))
    assert corrected["recorded"] == 1
    assert [(one["before"], one["after"]) for one in corrected["corrections"]] == [("yes", "no: Wrong: accuracy.fees.")]
    assert answer("result")["record_error_rate"]["count"] == 1
    log = read_decisions(Workspace(workspace), kind="audit_answers")
    assert [len(entry.payload["rows"]) for entry in log] == [110, 1]


def test_a_larger_draw_of_the_same_seed_contains_the_smaller_one_and_its_answers(answer, tmp_path: Path) -> None:
    """Nobody audits a record twice because the sample grew."""
    small = whole_round(answer, tmp_path, seed="grow", size=6)
    large = answer("draw", "--seed", "grow", "--size", "10", "--auditor", "Ann", "--auditor", "Ben", *SECOND)
    ids = {item["record_uid"] for item in large["items"]}
    assert {item["record_uid"] for item in small["items"]} < ids
    assert large["extends"] == small["batch_id"]
    sheets = answer("worksheet", large["batch_id"], "--output", str(tmp_path / "more.xlsx"))["worksheets"]
    result = answer("result", large["batch_id"])
    assert (result["n"], result["drawn"]) == (6, 10)
    for sheet in sheets:
        fill(Path(sheet["path"]), all_yes)
    told = answer("record", *(sheet["path"] for sheet in sheets))
    assert [one["refused"] for one in told] == [[], []]
    assert answer("result", large["batch_id"])["n"] == 10
    assert answer("result", small["batch_id"])["n"] == 6


def test_audited_records_rest_and_an_overlap_speaks_for_all(answer, tmp_path: Path) -> None:
    """What was audited a month ago says little new; what it says must not be left out of the whole either."""
    first = whole_round(answer, tmp_path, seed="first", size=16)
    before = {item["record_uid"] for item in first["items"]}
    plan = answer("plan", "--size", "10")
    assert plan["recently_audited"] == 16
    later = answer("draw", "--seed", "later", "--size", "20")
    assert not before & {item["record_uid"] for item in later["items"]}
    assert not later["covers_recently_audited"]
    assert "speaks for the other" in " ".join(later["notices"])
    both = whole_round(answer, tmp_path, seed="both", size=20, more=("--overlap", "0.1"))
    strata = {row["stratum"]: row for row in both["strata"]}
    assert strata["audited lately"]["size"] == 2
    result = answer("result", both["batch_id"])
    assert result["speaks_for"] == result["frame_size"] == plan["frame_size"]
    free = answer("draw", "--seed", "free", "--size", "40", "--cooldown-months", "0")
    assert before & {item["record_uid"] for item in free["items"]}


def test_two_rounds_give_the_spread_for_neyman(answer, tmp_path: Path) -> None:
    """Strata that differ most inside get most of the work, once that is known."""
    stratified = ("--method", "stratified", "--strata", "tier", "--cooldown-months", "0")
    refused = answer("draw", "--seed", "x", "--size", "20", *stratified, "--allocation", "neyman", code=2)
    assert "two finished rounds" in refused["error"]["message"]
    for seed in ("n1", "n2"):
        made = whole_round(answer, tmp_path, seed=seed, size=12, say=wrong_in("accuracy.phones"), more=stratified)
        assert made["allocation"] == "proportional"
    third = answer("draw", "--seed", "n3", "--size", "16", *stratified)
    assert third["allocation"] == "neyman"
    assert all(row["spread"] is not None for row in third["strata"])
    trend = answer("result")["trend"]
    assert len({row["batch_id"] for row in trend}) == 2


def test_a_risk_weighted_draw_prefers_what_is_asked_for(answer, workspace: Path, tmp_path: Path, capsys) -> None:
    """Figures of use steer who is drawn sooner; the chances are told, so the estimate can weigh them out."""
    everything = answer("draw", "--seed", "u", "--size", "500", "--cooldown-months", "0", "--dry-run")["items"]
    busy = [item["native_id"] for item in everything[:10]]
    use = tmp_path / "use.csv"
    use.write_text("Record,Use\n" + "".join(f"{number},1000\n" for number in busy) + "nobody,3\n", encoding="utf-8")
    words = ("draw", "--seed", "u", "--size", "20", "--method", "risk", "--cooldown-months", "0", "--dry-run")
    plain, asked = answer(*words), answer(*words, "--use", str(use))
    assert (plain["parameters"]["risk_use"], asked["parameters"]["risk_use"]) == (0.0, 0.2)
    assert plain["batch_id"] != asked["batch_id"]
    drawn = [{item["native_id"] for item in one["items"]} for one in (plain, asked)]
    assert len(drawn[1] & set(busy)) >= len(drawn[0] & set(busy))
    assert drawn[0] != drawn[1]
    assert answer("list")[0]["seed"] == "2026-11"  # a dry run leaves nothing behind
    use.write_text("record,use\n7,many\n", encoding="utf-8")
    told = answer(*words, "--use", str(use), code=3)["error"]["message"]
    assert "use.csv" in told
    assert "line 2, column use" in told
    use.write_text("record,uses\n7,3\n", encoding="utf-8")
    assert "no column use (nearest: uses)" in answer(*words, "--use", str(use), code=3)["error"]["message"]
    assert (
        "--method risk" in answer("draw", "--seed", "u", "--size", "2", "--use", str(use), code=2)["error"]["message"]
    )


def test_a_third_opinion_is_asked_on_what_differs_alone(answer, tmp_path: Path) -> None:
    """The third auditor must not see who said what."""
    drawn = answer("draw", "--seed", "t", "--size", "7", "--auditor", "Ann", "--auditor", "Ben", *SECOND)
    assert (
        "no two opinions differ"
        in answer(
            "worksheet", drawn["batch_id"], "--third", "--auditor", "Cleo", "--output", str(tmp_path / "t.xlsx"), code=2
        )["error"]["message"]
    )
    sheets = answer("worksheet", drawn["batch_id"], "--output", str(tmp_path / "s.xlsx"))["worksheets"]
    ann, ben = (Path(sheet["path"]) for sheet in sheets)
    fill(ann, lambda _, item: "no" if item == "accuracy.hours" else "yes")
    fill(ben, all_yes)
    answer("record", str(ann), str(ben))
    result = answer("result")
    twice = sum(item["second_rater"] is not None for item in drawn["items"])
    assert [row["item_id"] for row in result["differing_items"]] == ["accuracy.hours"] * twice
    third = tmp_path / "third.xlsx"
    assert (
        "one of the two"
        in answer("worksheet", drawn["batch_id"], "--third", "--auditor", "ben", "--output", str(third), code=2)[
            "error"
        ]["message"]
    )
    answer("worksheet", drawn["batch_id"], "--third", "--auditor", "Cleo", "--output", str(third))
    page = openpyxl.load_workbook(third)["Worksheet"]
    items = [row[10].value for row in page.iter_rows(min_row=2) if row[10].value]
    assert items == ["accuracy.hours"] * twice
    assert not any("Ann" in str(cell.value) or "Ben" in str(cell.value) for row in page.iter_rows() for cell in row)
    fill(third, all_yes)
    assert answer("record", str(third))["records"]["done"] == twice
    assert {row["third"] for row in answer("result")["differing_items"]} == {"yes"}


def test_the_audit_of_the_month_is_drawn_once(answer, workspace: Path) -> None:
    """The night has drawn it; the schedule finds it and writes only what is missing."""
    done = answer("month")
    assert not done["is_new"]
    assert [Path(path).is_file() for path in done["worksheets"]] == [True]
    assert answer("month")["batch_id"] == done["batch_id"]
    december = answer("month", "--as-of", "2026-12-01")
    assert december["is_new"]
    assert december["seed"] == "2026-12"
    log = read_decisions(Workspace(workspace), kind="audit_draw")
    assert [entry.subject for entry in log] == [done["batch_id"], december["batch_id"]]


def test_wrong_calls_are_told(answer, workspace: Path, tmp_path: Path) -> None:
    """Each says what to do instead."""
    for words, code, told in [
        (("draw", "--seed", "x"), 2, "Say how many."),
        (("draw", "--seed", "a|b", "--size", "3"), 2, "holds the sign"),
        (("draw", "--seed", "x", "--size", "3", "--overlap", "2"), 2, "--overlap"),
        (("draw", "--seed", "x", "--size", "3", "--auditor", "Ann", "--auditor", "ann"), 2, "named twice"),
        (("plan", "--size", "0"), 2, "--size"),
        (("plan", "--size", "5", "--margin", "0.1"), 2, "not both"),
        (("result", "no-such-batch"), 3, "no batch no-such-batch"),
        (("record", str(tmp_path / "gone.xlsx")), 3, "There is no file"),
        (("record",), 2, "Which worksheet"),
    ]:
        assert told in answer(*words, code=code)["error"]["message"]
    drawn = answer("draw", "--seed", "w", "--size", "3", "--auditor", "Ann")
    assert (
        "Zoe has no records"
        in answer("worksheet", drawn["batch_id"], "--auditor", "Zoe", "--output", str(tmp_path / "z.xlsx"), code=2)[
            "error"
        ]["message"]
    )
    assert answer("result", drawn["batch_id"])["n"] == 0
