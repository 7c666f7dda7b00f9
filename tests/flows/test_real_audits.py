"""A full round of audits on a real export: plan, draw 100, fill by script, record, result."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from flows.cli import run
from tests.dc211_nights import copy_of, dc211_nights
from tests.filled_worksheets import fill

pytestmark = pytest.mark.real_data


def invented_answer(uid: str, item_id: str) -> str:
    """Answer by a hash: about one in twenty is a `no`, one in fifty does not apply."""
    number = int(hashlib.sha256(f"{uid} {item_id}".encode()).hexdigest()[:8], 16) / 16**8
    return "no" if number < 0.05 else "not applicable" if number < 0.07 else "yes"


def test_a_full_round_on_dc211(shared: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys) -> None:
    """427 counted agencies (of 494), 100 of them drawn by strata, three auditors, 15 of the records scored twice."""
    workspace = copy_of(dc211_nights(tmp_path_factory, shared).workspace, tmp_path)

    def answer(*words: str) -> dict:
        assert run(["audit", *words, "--workspace", str(workspace), "--json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    plan = answer("plan", "--size", "100")
    assert plan["frame_size"] == 427
    assert plan["plans"][0]["margin"] == pytest.approx(0.0859, abs=0.0001)
    drawn = answer(
        "draw", "--seed", "dc211", "--size", "100", "--method", "stratified", "--strata", "tier",
        "--auditor", "Ann", "--auditor", "Ben", "--auditor", "Cleo", "--second-minimum", "0",
    )  # fmt: skip
    assert len(drawn["items"]) == 100
    assert sum(row["frame_size"] for row in drawn["strata"]) == 427
    assert sum(item["second_rater"] is not None for item in drawn["items"]) == 15
    assert sum(1 / item["inclusion_probability"] for item in drawn["items"]) == pytest.approx(427)
    sheets = answer("worksheet", drawn["batch_id"], "--output", str(tmp_path / "dc.xlsx"))["worksheets"]
    assert sum(sheet["records"] for sheet in sheets) == 115
    for sheet in sheets:
        fill(Path(sheet["path"]), invented_answer)
    told = answer("record", *(sheet["path"] for sheet in sheets))
    assert [one["refused"] for one in told] == [[], [], []]
    assert sum(one["recorded"] for one in told) == 115 * 22
    result = answer("result")
    assert (result["n"], result["speaks_for"]) == (100, 427)
    faulty = sum(
        any(invented_answer(item["record_uid"], item_id) == "no" for item_id in result["items"] if _is_asked(item_id))
        for item in drawn["items"]
    )
    rate = result["record_error_rate"]
    assert rate["count"] == faulty
    assert rate["low"] < faulty / 100 < rate["high"]
    assert result["agreement"]["percent"] == 1.0
    # The mandatory elements of the bundles, by the rules alone.
    assert 0.5 < result["items"]["completeness.mandatory"]["estimate"] < 1
    again = answer("record", sheets[0]["path"])
    assert (again["recorded"], again["known"]) == (0, sheets[0]["records"] * 22)


def _is_asked(item_id: str) -> bool:
    from schemas.scorecard import QUESTIONS

    return item_id in {question.item_id for question in QUESTIONS}
