"""`resdir findings`: exceptions, rates, filters; what a curator types and reads."""

from __future__ import annotations

import json
import shutil

import pytest

from flows.cli import run
from pipeline.store.decisions import read_decisions
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.nights import MOMENT, night

DAY = MOMENT.date()
#: Nobody here looks at the files that a night writes.
QUICK = {"report": False, "export_hsds": False, "queue": False}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A workspace with one published night, and the export it was made of."""
    folder = tmp_path_factory.mktemp("findings")
    export = synthesize(agencies=40, seed="findings", output=folder / "out", centers=1, as_of=DAY).centers[0]
    night(folder / "workspace", (export.center_id, export.path), as_of=DAY, run=QUICK)
    return folder / "workspace", export


@pytest.fixture
def workspace(published, tmp_path):
    """A copy of it that the test may change."""
    return shutil.copytree(published[0], tmp_path / "workspace")


@pytest.fixture
def ask(workspace, capsys):
    """Run a findings command and return exit code, document and messages."""

    def call(*words: str):
        code = run(["findings", *words, "--workspace", str(workspace), "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    return call


def accept(ask, *findings: str, until="2026-12-31", reason="moves in May", by="Renata"):
    return ask("accept", *findings, "--until", until, "--reason", reason, "--by", by, "--as-of", DAY.isoformat())


def test_an_accepted_finding_leaves_the_list_at_once_and_comes_back(ask, workspace, published):
    """A curator must not wait a night to be rid of a reminder; and the next night must know it too."""
    _, open_before, _ = ask()
    chosen = open_before[0]["finding_id"]
    code, told, _ = accept(ask, chosen[:12])
    assert (code, told[0]["finding_id"]) == (0, chosen)
    assert chosen not in {one["finding_id"] for one in ask()[1]}
    (row,) = ask("--status", "accepted")[1]
    assert (row["finding_id"], row["accepted_by"], row["accepted_reason"]) == (chosen, "Renata", "moves in May")

    facts = night(
        workspace, (published[1].center_id, published[1].path), as_of=DAY, run_id="20261122T020000Z-000000", run=QUICK
    )
    assert facts.centers[0].findings_life["accepted_now"] == 1
    assert sum(facts.centers[0].findings.values()) == len(open_before) - 1
    assert [one["finding_id"] for one in ask("--status", "accepted")[1]] == [chosen]

    assert ask("reopen", chosen, "--reason", "they stay", "--by", "Anselm")[0] == 0
    assert len(ask()[1]) == len(open_before)
    log = Workspace(workspace)
    assert [one.decided_by for one in read_decisions(log, kind="finding_accepted")] == ["Renata"]
    assert [one.decided_by for one in read_decisions(log, kind="finding_reopened")] == ["Anselm"]


def test_an_exception_ends_by_itself(ask):
    """After its last day the finding is open again, without anybody doing anything."""
    chosen = ask()[1][0]["finding_id"]
    accept(ask, chosen, until=DAY.isoformat())
    assert chosen in {one["finding_id"] for one in ask("--as-of", "2026-11-22")[1]}
    assert chosen not in {one["finding_id"] for one in ask("--as-of", DAY.isoformat())[1]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until": "2026-01-01"}, "has passed"),
        ({"until": "2036-01-01"}, "months ahead"),
        ({"reason": "  "}, "--reason is empty"),
        ({"by": ""}, "--by is empty"),
    ],
)
def test_an_exception_without_end_reason_or_name_is_refused(ask, workspace, changes, words):
    """The log must tell later who decided what, why and for how long."""
    code, document, _ = accept(ask, ask()[1][0]["finding_id"], **changes)
    assert code == 2
    assert words in document["error"]["message"]
    assert read_decisions(Workspace(workspace), kind="finding_accepted") == []


def test_a_finding_that_is_not_there_or_not_named_well_is_refused(ask):
    """A slip in the id must not accept another finding."""
    assert accept(ask, "ffffffffffffffff")[0] == 2
    assert "too short" in accept(ask, "a1")[1]["error"]["message"]
    assert accept(ask)[0] == 2
    open_one = ask()[1][0]["finding_id"]
    assert "is open" in ask("reopen", open_one, "--reason", "x", "--by", "y")[1]["error"]["message"]


def test_filters_narrow_the_list(ask):
    """Each filter gives a part of the whole, and together they give less."""
    everything = ask("--status", "all")[1]
    one = next(row for row in everything if row["kind"] == "service" and row["curator"] and row["agency_uid"])
    assert {row["record_uid"] for row in ask("--record", one["native_id"])[1]} == {one["record_uid"]}
    of_agency = ask("--agency", one["agency_uid"])[1]
    assert {row["agency_uid"] for row in of_agency} == {one["agency_uid"]}
    assert len(of_agency) >= len(ask("--agency", one["agency_uid"], "--curator", one["curator"], "--rule", "FRE")[1])
    assert ask("--since", "2026-11-22")[1] == []
    assert len(ask("--older-than", "3", "--as-of", "2026-11-30")[1]) == len(ask()[1])


def test_names_that_nobody_has_are_told(ask):
    """An empty answer would look like a clean directory."""
    curator = next(row["curator"] for row in ask()[1] if row["curator"])
    code, document, _ = ask("--curator", curator[:-1] + "x")
    assert code == 2
    assert curator in document["error"]["advice"]
    assert ask("--agency", "nobody")[0] == 2
    code, document, _ = ask("--record", "nothing-like-it")
    assert (code, document["error"]["message"]) == (2, "--record: there is no record nothing-like-it.")
    assert ask("--limit", "0")[0] == 2


def test_a_clean_record_is_no_unknown_record(ask, workspace):
    """A curator who has mended a record asks for it and hears that nothing is left."""
    with open_published(Workspace(workspace)) as snapshot:
        with_findings = set(snapshot.table("quality.finding").get_column("record_uid"))
        records = snapshot.directory().records().get_column("record_uid")
    clean = next(one for one in records if one not in with_findings)
    assert ask("--record", clean)[:2] == (0, [])


def test_what_keeps_records_out_comes_first_and_can_be_asked_for_alone(ask, tmp_path):
    """The first task of the morning leads to these findings and to no others; the file has the order of the list."""
    listed = ask()[1]
    held = [one for one in listed if one["is_held_back"]]
    assert held == listed[: len(held)] == ask("--held-back")[1]
    assert 0 < len(held) < len(listed)
    ranks = [("error", "warning", "info").index(one["severity"]) for one in listed[len(held) :]]
    assert ranks == sorted(ranks)
    ask("--output", str(tmp_path / "f.json"))
    written = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert [one["finding_id"] for one in written] == [one["finding_id"] for one in listed]


def test_the_summary_counts_what_the_list_shows(ask):
    """Counts by rule add up to the list."""
    rows = ask("--summary", "rule")[1]
    assert sum(row["findings"] for row in rows) == len(ask()[1])
    assert {"rule", "error", "warning", "info", "findings", "records", "median_age_days"} <= set(rows[0])


def test_the_summary_can_be_written_to_a_file(ask, tmp_path):
    """Who asks for the counts as a file gets the counts, not the list."""
    output = tmp_path / "counts.json"
    rows = ask("--summary", "rule", "--output", str(output))[1]
    assert json.loads(output.read_text(encoding="utf-8")) == rows
    ask("--summary", "curator", "--output", str(tmp_path / "counts.csv"))
    head = (tmp_path / "counts.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert head == "Curator,Errors,Warnings,Info,Findings,Records,Median age (days)"


def test_rates_are_told_with_their_numbers(ask):
    """A rate without its count cannot be read."""
    document = ask("rates", "--by", "curator")[1]
    assert sum(row["still_open"] for row in document["rows"]) == len(ask()[1])
    assert all(row["fix_rate"] == 0 for row in document["rows"])
    assert ask("rates", "--days", "0")[0] == 2


def test_an_exception_does_not_publish_a_record_that_is_held_back(ask, workspace, tmp_path, capsys):
    """A curator could open a private record to the public by accepting its finding."""
    held = next((one for one in ask()[1] if one["is_held_back"]), None)
    assert held is not None, "the invented directory plants such a record"
    code, _, said = accept(ask, held["finding_id"])
    assert code == 0
    assert "stays out of public files" in said
    output = tmp_path / "package"
    run(["export", "hsds", "--output", str(output), "--withhold", "--workspace", str(workspace), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert held["record_uid"] in {one["record_uid"] for one in document["withheld"]}


def test_one_wrong_id_among_several_accepts_none(ask, workspace):
    """Half of a list would be accepted, and nobody would know which half."""
    good = ask()[1][0]["finding_id"]
    assert accept(ask, good, "f" * 16)[0] == 2
    assert read_decisions(Workspace(workspace), kind="finding_accepted") == []


def test_the_printed_list_is_short_and_says_where_the_rest_is(ask, workspace, capsys):
    """A thousand rows would run past, and the way to all of them would be unknown."""
    every = ask()[1]
    assert run(["findings", "--limit", "1", "--workspace", str(workspace)]) == 0
    printed = capsys.readouterr()
    assert [one["finding_id"] for one in every if one["finding_id"][:8] in printed.out] == [every[0]["finding_id"]]
    assert "--output findings.xlsx" in printed.err
