"""The promised command line: JSON keys, exit codes, one document on stdout."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest

from flows.cli import run
from pipeline.synthesize.synthesize import synthesize
from tests.nights import MOMENT, night


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A workspace with one published night of two small invented centers."""
    folder = tmp_path_factory.mktemp("contract")
    written = synthesize(agencies=20, seed="contract", output=folder / "out", centers=2, as_of=MOMENT.date())
    deliveries = ((one.center_id, one.path) for one in written.centers)
    night(
        folder / "workspace", *deliveries, as_of=MOMENT.date(),
        run={"report": False, "export_hsds": False, "queue": False},
    )  # fmt: skip
    return folder / "workspace"


@pytest.fixture
def answer(workspace, capsys):
    """Run a command with --json and return its document."""

    def ask(*words: str, code: int = 0):
        assert run([*words, "--workspace", str(workspace), "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return ask


def test_findings(answer):
    """Scripts that make work lists rely on these keys."""
    findings = answer("findings", "--severity", "error")
    assert findings
    assert {
        "finding_id", "center_id", "record_uid", "native_id", "rule_id", "severity", "field", "value", "expected", "message",
        "how_to_fix", "status", "first_seen_on", "age_days",
    } <= set(findings[0])  # fmt: skip
    assert {one["severity"] for one in findings} == {"error"}
    assert all(one["rule_id"].startswith("FRE-") for one in answer("findings", "--rule", "fre"))


@pytest.mark.parametrize(
    "words",
    [
        ["findings"], ["duplicates", "list"], ["freshness"], ["staffing"], ["audit", "plan"], ["rejects"],
        ["audit", "draw", "--size", "3", "--seed", "s"],
    ],
)  # fmt: skip
def test_a_center_that_is_not_there_is_told(words, workspace, capsys):
    """A slip in the name would look like a clean directory."""
    assert run([*words, "--workspace", str(workspace), "--center", "nowhere"]) == 2
    assert "center01" in capsys.readouterr().err


def test_a_rule_that_is_not_there_is_told(workspace, capsys):
    """A slip in the rule would look like a rule that nothing breaks."""
    assert run(["findings", "--workspace", str(workspace), "--rule", "FRE-999"]) == 2
    assert "FRE-999" in capsys.readouterr().err


def test_fail_on(workspace, capsys):
    """A pipeline that must not go on with errors asks for exit code 1."""
    assert run(["findings", "--workspace", str(workspace), "--json", "--fail-on", "error"]) == 1
    assert run(["findings", "--workspace", str(workspace), "--json", "--status", "fixed", "--fail-on", "info"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_findings_as_a_file(workspace, tmp_path, capsys, ending):
    """The file holds exactly the findings that were asked for."""
    output = tmp_path / f"findings.{ending}"
    assert run(["findings", "--workspace", str(workspace), "--rule", "FRE", "--output", str(output)]) == 0
    assert run(["findings", "--workspace", str(workspace), "--rule", "FRE", "--json"]) == 0
    expected = len(json.loads(capsys.readouterr().out))
    if ending == "csv":
        with output.open(encoding="utf-8-sig", newline="") as file:
            count = len(list(csv.DictReader(file)))
    elif ending == "json":
        count = len(json.loads(output.read_text(encoding="utf-8")))
    else:
        count = openpyxl.load_workbook(output).worksheets[0].max_row - 1
    assert count == expected > 0


def test_duplicates_list_and_explain(answer):
    """The review queue and the words for one pair."""
    pairs = answer("duplicates", "list")
    assert pairs
    first = pairs[0]
    assert set(first) >= {"pair_id", "a", "b", "score", "band", "reasons", "verdict"}
    assert set(first["a"]) >= {"record_uid", "native_id", "name"}
    assert set(first["reasons"][0]) == {"signal", "a", "b", "weight", "text"}
    assert [one["score"] for one in pairs] == sorted((one["score"] for one in pairs), reverse=True)
    told = answer("duplicates", "explain", first["a"]["record_uid"], first["b"]["record_uid"])
    assert told["pair_id"] == first["pair_id"]
    assert told == answer("duplicates", "explain", first["pair_id"])
    assert told["band"] == first["band"]


def test_audit_draw_is_repeatable_and_nested(answer, workspace, tmp_path, capsys):
    """Anybody with the seed draws the same records; a larger sample contains the smaller."""
    small = answer("audit", "draw", "--size", "5", "--seed", "2026Q4")
    assert set(small) >= {"batch_id", "method", "seed", "frame_size", "frame_sha256", "strata", "items"}
    assert set(small["items"][0]) >= {
        "record_uid", "native_id", "stratum", "inclusion_probability", "auditor", "second_rater",
    }  # fmt: skip
    again = answer("audit", "draw", "--size", "5", "--seed", "2026Q4")
    assert {**small, "notices": []} == {**again, "notices": []}
    large = answer("audit", "draw", "--size", "9", "--seed", "2026Q4")
    assert [one["record_uid"] for one in large["items"]][:5] == [one["record_uid"] for one in small["items"]]
    assert small["items"][0]["inclusion_probability"] == pytest.approx(5 / small["frame_size"])
    output = tmp_path / "audit.xlsx"
    assert answer("audit", "worksheet", small["batch_id"], "--output", str(output))["records"] == 5
    assert output.is_file()
    assert run(["audit", "worksheet", small["batch_id"], "--output", str(output), "--workspace", str(workspace)]) == 2
    assert "already there" in capsys.readouterr().err
    answer("audit", "worksheet", "no-such-batch", "--output", str(tmp_path / "b.xlsx"), code=3)


def test_audit_plan(answer):
    """How many records for a margin, and what a size can say."""
    plan = answer("audit", "plan", "--margin", "0.10")
    assert set(plan) >= {"unit", "frame_size", "expected_share", "plans"}
    back = answer("audit", "plan", "--size", str(plan["plans"][0]["size"]))
    assert back["plans"][0]["margin"] <= 0.10


def test_freshness(answer):
    """Numerator, denominator and unknown beside every share."""
    whole = answer("freshness")
    assert set(whole) >= {"as_of", "rule", "rows"}
    assert whole["rule"] == "complete_agency_update"
    assert set(whole["rows"][0]) >= {"by", "value", "numerator", "denominator", "unknown", "share"}
    for by in ("center", "county", "curator", "kind", "tier"):
        rows = answer("freshness", "--by", by)["rows"]
        assert rows
        for row in rows:
            assert row["share"] is not None or row["reason"]
    counties = answer("freshness", "--by", "county")["rows"]
    assert sum(row["denominator"] for row in counties) == whole["rows"][0]["denominator"]


def test_staffing(answer):
    """A figure never without its band, its workings and its caveats."""
    document = answer("staffing", "--what-if", "+500 agencies", "--sensitivity")
    assert set(document) >= {
        "agencies", "sites", "services", "low_fte", "central_fte", "high_fte", "hours", "parameters", "tiers", "caveats",
        "what_if", "sensitivity",
    }  # fmt: skip
    assert 0 < document["low_fte"] < document["central_fte"] < document["high_fte"]


def test_export(answer, tmp_path):
    """What left, what stayed and why, and a checksum for every file."""
    output = tmp_path / "package"
    document = answer("export", "hsds", "--output", str(output), "--withhold")
    assert set(document) >= {"target", "path", "records", "withheld", "preflight", "sha256"}
    assert document["preflight"]["errors"] == 0
    assert {"record_uid", "reason"} == set(document["withheld"][0])
    assert {path.name for path in output.iterdir()} == {*document["sha256"], "manifest.json"}


def test_report(answer, tmp_path):
    """The report of the night as a file to hand on."""
    output = tmp_path / "night.html"
    assert answer("report", "--output", str(output))["as_of"] == MOMENT.date().isoformat()
    assert output.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")


def test_changes_of_a_first_night(answer):
    """After the first night there is nothing to compare with: no fault, and the same keys as ever."""
    document = answer("changes")
    assert (document["since"], document["changes"]) == (None, [])
    assert answer("changes", "--signals")["signals"] == []


def test_doctor(answer):
    """Everything looked at is told, what is wrong with how to mend it."""
    checks = answer("doctor")["checks"]
    assert {"Python", "libraries", "disk", "working file", "last night"} <= {one["check"] for one in checks}
    assert all(one["mend"] for one in checks if one["state"] == "problem")


def test_evaluate(answer, tmp_path):
    """The promised keys; by hand: two true pairs, found or not."""
    listed = tmp_path / "list.csv"
    listed.write_text(
        "key,title,street,town,tel,group\n"
        "1,Lakeside Food Pantry,12 Oak Street,Springfield,217-555-0101,a\n"
        "2,Lakeside Food Pantry Inc,12 Oak St,Springfield,(217) 555-0101,a\n"
        "3,Prairie Legal Help,400 Elm Avenue,Decatur,217-555-0202,b\n"
        "4,Harvest Home Shelter,7 Pine Road,Peoria,309-555-0303,c\n",
        encoding="utf-8",
    )
    columns = "name=title,address=street,city=town,phone=tel"
    ask = ("duplicates", "evaluate", "--records", str(listed), "--id", "key", "--columns", columns)
    document = answer(*ask, "--truth-column", "group")
    assert set(document) >= {
        "records", "true_pairs", "predicted_pairs", "precision", "recall", "f1", "threshold", "candidate_pairs", "seconds",
        "band",
    }  # fmt: skip
    assert set(document["band"]) == {"duplicate", "possible"}
    assert (document["records"], document["true_pairs"], document["f1"]) == (4, 1, 1.0)
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("id_a,id_b,label\n1,2,duplicate\n1,3,distinct\n3,4,unsure\n", encoding="utf-8")
    judged = answer(*ask, "--truth-pairs", str(pairs))
    assert (judged["true_pairs"], judged["f1"], judged["unlabelled_predicted"]) == (1, 1.0, 0)
    answer(*ask, "--truth-column", "group", "--require-f1", "1.01", code=1)


def test_synthesize(answer, tmp_path):
    """An invented directory with its truth, ready to be read."""
    document = answer("synthesize", "--agencies", "20", "--seed", "s", "--output", str(tmp_path / "out"))
    assert document["faults"] > 0
    assert len(document["centers"]) == 1


def test_readable_output_names_no_private_type(workspace, capsys):
    """Without --json every command prints a table a person can read."""
    for words in (["findings"], ["duplicates", "list"], ["freshness"], ["staffing"], ["audit", "plan"], ["doctor"]):
        run([*words, "--workspace", str(workspace)])
        printed = capsys.readouterr().out
        assert printed.strip()
        assert "(None)" not in printed
