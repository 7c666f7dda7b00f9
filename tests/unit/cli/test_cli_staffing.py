"""`resdir staffing` as a coordinator uses it: the figure, questions, calibration kept and ended, the report, the trend."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest

from flows.cli import run
from pipeline.store.decisions import read_decisions
from tests.export_center import ExportCenter

AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def center(tmp_path_factory) -> ExportCenter:
    """A center with two nights; in the second one changes between updates take more time."""
    made = ExportCenter(tmp_path_factory.mktemp("staffing"), agencies=45, seed="staffing", as_of=AS_OF)
    made.rows[0]["ExcludeFromWebsite"] = "Yes"
    made.rows[0]["PublicName"] = "Zephyrine Undisclosed Circle"
    made.night()
    made.night(staffing={"interim_share": 0.3})
    return made


@pytest.fixture
def answer(center: ExportCenter, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Run a command on the workspace; returns exit code, what was printed and what was said."""
    config = tmp_path / "curation.toml"

    def _answer(*words: str, staffing: str = "") -> tuple[int, str, str]:
        config.write_text(
            f'[[centers]]\nid = "one"\ncurator_fte = 0.25\n[time_fit]\nfewest_bundles = 35\n[staffing]\n{staffing}\n',
            encoding="utf-8",
        )
        capsys.readouterr()
        code = run(["staffing", *words, "--workspace", str(center.workspace.root), "--config", str(config)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return _answer


def document(answer, *words: str, staffing: str = "") -> dict:
    code, out, _ = answer(*words, "--json", staffing=staffing)
    assert code == 0
    return json.loads(out)


def write_log(center: ExportCenter, path: Path, *, agencies: int = 45, faults: list[list[str]] | None = None) -> Path:
    """Write a log in which an agency takes 10 minutes, a service 12 and a site 4, with a little scatter."""
    draw = np.random.default_rng(5)
    directory = {name: center.table(f"core.{name}").filter("is_counted") for name in ("agency", "site", "service")}
    counts = {name: dict(directory[name].group_by("agency_uid").len().iter_rows()) for name in ("site", "service")}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Minutes", "Record", "Date", "Curator", "Remark"])
        for place, row in enumerate(directory["agency"].head(agencies).to_dicts()):
            uid = row["record_uid"]
            minutes = (10 + 12 * counts["service"].get(uid, 0) + 4 * counts["site"].get(uid, 0)) * draw.normal(1, 0.1)
            writer.writerow([f"{minutes:.0f}", row["native_id"], "2026-03-04", f"Curator {place % 2}", ""])
        writer.writerows(faults or [])
    return path


def test_the_promised_keys_stand_in_the_answer(answer) -> None:
    told = document(answer)
    for key in ("agencies", "sites", "services", "low_fte", "central_fte", "high_fte", "hours", "parameters", "tiers"):
        assert key in told
    assert told["low_fte"] <= told["central_fte"] <= told["high_fte"]
    assert told["calibrated"] is None
    (at_work,) = told["at_work"]
    assert at_work["actual_fte"] == 0.25
    assert at_work["agencies_per_fte"] == round(told["agencies"] / 0.25, 1)


def test_no_curators_are_told_without_their_band_and_a_caveat(answer) -> None:
    """A single figure would be quoted as if it were known."""
    for words in ([], ["--what-if", "target 90 %"], ["trend"], ["--calibrate", "0.2"], ["--sensitivity"]):
        code, out, _ = answer(*words)
        assert code == 0
        assert re.search(r"\d\.\d\d - \d\.\d\d - \d\.\d\d|\d\.\d\d │\s+\d\.\d\d │\s+\d\.\d\d", out), words
        assert "assumption" in out or "confidence interval" in out or "any one person" in out, words


def test_a_question_is_answered_beside_today(answer) -> None:
    told = document(answer, "--what-if", "+50 agencies, portal for 40 %")
    asked = told["what_if"]
    assert asked["today_fte"]["central"] == pytest.approx(told["central_fte"], abs=1e-3)
    assert asked["then_fte"]["central"] == pytest.approx(
        asked["today_fte"]["central"] + asked["difference_fte"]["central"]
    )
    assert asked["what_if"]["agencies"] == 50
    _, out, _ = answer("--what-if", "+50 agencies, portal for 40 %")
    assert "with +50 agencies, portal for 40 %" in out
    code, _, err = answer("--what-if", "more of everything")
    assert code == 2
    assert "'more of everything'" in err
    assert "target 98 %" in err


def test_every_parameter_is_told_with_where_it_is_from(answer) -> None:
    _, out, _ = answer("--parameters")
    assert "min per service" in out
    assert "assumption" in out
    assert "POMS" in out


def test_a_factor_is_kept_only_when_somebody_signs_it(answer, center: ExportCenter) -> None:
    told = document(answer, "--calibrate", "own", "--updated-share", "0.9")
    assert not told["is_kept"]
    assert document(answer)["calibrated"] is None
    kept = document(answer, "--calibrate", "own", "--updated-share", "0.9", "--by", "Dana")
    assert kept["is_kept"]
    assert kept["factor"] == told["factor"]
    after = document(answer)
    assert after["calibrated"]["central_fte"] == pytest.approx(told["calibrated_fte"]["central"], abs=1e-3)
    assert after["central_fte"] == pytest.approx(told["estimated_fte"]["central"], abs=1e-3)
    assert after["calibrations"][0]["by"] == "Dana"
    _, out, _ = answer()
    assert "By the centers' own calibration" in out
    assert "entered by Dana" in out
    assert document(answer, "--calibrate", "off", "--by", "Dana") == {"ended": ["one"]}
    assert document(answer)["calibrated"] is None
    assert document(answer, "--calibrate", "off", "--by", "Dana") == {"ended": []}
    entries = read_decisions(center.workspace, kind="staffing_calibration")
    assert [one.payload["basis"] for one in entries[-2:]] == ["curators", "off"]


def test_a_factor_counts_for_work_besides_updates_too(answer) -> None:
    """It was made with that work in it: the two commands would otherwise tell two calibrated figures."""
    besides = "audits = 384\nmerges = 40"
    kept = document(answer, "--calibrate", "own", "--updated-share", "0.9", "--by", "Dana", staffing=besides)
    after = document(answer, staffing=besides)
    assert after["calibrated"]["central_fte"] == pytest.approx(kept["calibrated_fte"]["central"], abs=1e-3)
    assert after["calibrated"]["central_fte"] == pytest.approx(after["central_fte"] * kept["factor"], abs=1e-3)
    assert not any("settings of the model" in note for note in after["notes"])
    other = document(answer, staffing="audits = 12")
    assert any("settings of the model are not those" in note for note in other["notes"])
    answer("--calibrate", "off", "--by", "Dana")


def test_a_question_is_answered_by_the_centers_own_calibration_too(answer) -> None:
    assert document(answer, "--what-if", "target 90 %")["what_if"]["calibrated_then_fte"] is None
    kept = document(answer, "--calibrate", "own", "--updated-share", "0.9", "--by", "Dana")
    asked = document(answer, "--what-if", "target 90 %")["what_if"]
    assert asked["calibrated_then_fte"]["central"] == pytest.approx(0.25, abs=1e-3)
    assert asked["calibrated_then_fte"]["high"] == pytest.approx(asked["then_fte"]["high"] * kept["factor"], abs=1e-3)
    _, out, _ = answer("--what-if", "target 90 %")
    assert "By the center's own calibration, with target 90 %: " in out
    answer("--calibrate", "off", "--by", "Dana")


def test_agencies_that_go_are_asked_about_as_they_are_written(answer) -> None:
    """The sign must not be taken for an option."""
    told = document(answer, "--what-if", "-5 agencies")["what_if"]
    assert told["what_if"]["agencies"] == -5
    assert told["difference_fte"]["low"] <= told["difference_fte"]["high"] < 0
    _, out, _ = answer("--what-if", "-5 agencies")
    assert re.search(r"difference +│ -\d\.\d\d to -\d\.\d\d, central -\d\.\d\d", out)


def test_without_a_share_the_headline_of_the_night_is_taken(answer) -> None:
    told = document(answer, "--calibrate", "0.2")
    assert 0 < told["inputs"]["updated_share"] < 1


def test_minutes_of_a_time_log_take_the_place_of_the_assumptions(answer, center: ExportCenter, tmp_path: Path) -> None:
    log = write_log(center, tmp_path / "log.csv")
    told = document(answer, "--calibrate", str(log), "--by", "Dana")
    assert told["refusal"] is None
    assert told["faults"] == []
    minutes = {one["part"]: one for one in told["minutes"]}
    assert minutes["service"]["low"] <= 12 <= minutes["service"]["high"]
    assert minutes["agency"]["low"] <= 10 <= minutes["agency"]["high"]
    after = document(answer)
    assert after["calibrated"]["central_fte"] == pytest.approx(told["calibrated_fte"]["central"], abs=1e-3)
    assert after["calibrations"][0]["inputs"]["file"] == "log.csv"
    answer("--calibrate", "off", "--by", "Dana")


def test_bad_lines_of_a_log_are_named_and_the_others_used(answer, center: ExportCenter, tmp_path: Path) -> None:
    log = write_log(
        center,
        tmp_path / "log.csv",
        faults=[["x", "1", "2026-03-04", "Ann", ""], ["5", "nobody", "2026-03-04", "", ""], ["5"]],
    )
    code, out, err = answer("--calibrate", str(log))
    assert code == 1
    counted = center.table("core.agency")["is_counted"].sum()
    assert f"log.csv, line {counted + 2}, column minutes: 'x'" in err
    assert f"log.csv, line {counted + 3}, column record: 'nobody'" in err
    assert f"log.csv, line {counted + 4}, column (whole line): " in err
    assert "3 lines of log.csv could not be used" in err
    assert "Calibrated:" in out
    assert "Not kept" in out


def test_names_of_agencies_may_stand_beside_their_numbers(answer, center: ExportCenter, tmp_path: Path) -> None:
    """`Agency` is another word for the record only where there is no column of that name."""
    log = write_log(center, tmp_path / "log.csv")
    text = log.read_text(encoding="utf-8")
    log.write_text(text.replace("Remark", "Agency"), encoding="utf-8")
    assert document(answer, "--calibrate", str(log))["faults"] == []
    log.write_text(text.replace("Record", "Agency").replace("Minutes", "Duration"), encoding="utf-8")
    assert document(answer, "--calibrate", str(log))["faults"] == []


def test_a_log_that_cannot_tell_is_refused_and_not_kept(answer, center: ExportCenter, tmp_path: Path) -> None:
    log = write_log(center, tmp_path / "short.csv", agencies=30)
    code, out, _ = answer("--calibrate", str(log), "--by", "Dana")
    assert code == 1
    assert "The log holds 30 different agencies; 35 are needed." in out
    assert document(answer)["calibrated"] is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("date,curator,record\n2026-01-01,Ann,1\n", "has no column minutes"),
        ("day,who,what\n2026-01-01,Ann,1\n", "has no column curator and none record and none minutes"),
        ("date,curator,record,minuts\n2026-01-01,Ann,1,5\n", "nearest: minuts"),
        ("date,date,curator,record,minutes\n1,2,3,4,5\n", "has the column date twice"),
    ],
)
def test_a_file_that_is_no_time_log_stops(answer, tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(content, encoding="utf-8")
    code, _, err = answer("--calibrate", str(path))
    assert code == 3
    assert told in err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--calibrate", "nowhere.csv"], 3, "no file nowhere.csv"),
        (["--calibrate", "4", "--updated-share", "1.4"], 2, "really updated is 1.4"),
        (["--calibrate", "-4"], 2, "cannot be calibrated from"),
        (["--calibrate", "nan", "--by", "Dana"], 2, "cannot be calibrated from"),
        (["--calibrate", "4", "--by", " "], 2, "--by is empty"),
        (["--calibrate", "off"], 2, "Who ends the calibration?"),
        (["--updated-share", "0.9"], 2, "belong to --calibrate"),
        (["--center", "two"], 2, "no center two"),
        (["complexity", "--curator", "Nobody"], 2, "no counted agency has the curator"),
        (["complexity", "--limit", "0"], 2, "--limit"),
        (["trend", "--months", "0"], 2, "--months"),
    ],
)
def test_wrong_usage_is_told(answer, words: list[str], code: int, told: str) -> None:
    found, _, err = answer(*words)
    assert found == code
    assert told in err


def test_the_complexity_report_names_only_what_may_be_named(answer, tmp_path: Path) -> None:
    told = document(answer, "complexity", "--limit", "500")
    assert len(told["dearest"]) == told["agencies"]
    minutes = [row["update_minutes"] for row in told["dearest"]]
    assert minutes == sorted(minutes, reverse=True)
    path = tmp_path / "complexity.xlsx"
    assert answer("complexity", "--output", str(path))[0] == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Agencies", "By center", "By curator", "Before you use it"]
    assert "nobody has published a norm" in book["Before you use it"]["A2"].value
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "withheld" in cells
    assert not any("Zephyrine" in str(cell) for cell in cells)
    assert "Zephyrine" not in json.dumps(told)


def test_the_complexity_report_can_be_narrowed(answer) -> None:
    whole = document(answer, "complexity")
    curator = whole["by_curator"][0]["curator"]
    assert document(answer, "complexity", "--curator", curator)["agencies"] == whole["by_curator"][0]["agencies"]
    assert document(answer, "complexity", "--tier", "T1")["agencies"] == sum(row["T1"] for row in whole["by_center"])


def test_the_trend_marks_where_the_model_changed(answer) -> None:
    rows = document(answer, "trend")["rows"]
    assert [row["is_other_model"] for row in rows] == [False, True]
    assert rows[0]["agencies"] == rows[1]["agencies"]
    assert rows[1]["central"] > rows[0]["central"]
    _, out, _ = answer("trend", "--center", "one")
    assert "other settings from here on" in out
    assert "not alike" in out


def test_the_trend_of_a_center_lies_with_its_agencies(answer, center: ExportCenter) -> None:
    rows = document(answer, "trend", "--center", "one")["rows"]
    assert rows[0]["agencies"] == center.table("core.agency").filter(pl.col("is_counted")).height
