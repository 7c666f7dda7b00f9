"""Records that came back under another number, and their findings."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.curate.findings import track_findings
from pipeline.curate.moved_findings import move_findings
from pipeline.curate.rekeyed_records import find_rekeyed
from pipeline.validate.findings import disabled_rules, write_findings
from schemas.contract import conform, empty_table
from schemas.identity import finding_id, record_uid
from schemas.parameters import ValidateParameters
from schemas.quality import Finding, TrackedFinding
from tests.builders import directory, row

FIRST = date(2026, 11, 19)
UID_1, UID_2, UID_3 = (record_uid("test", "agency", number) for number in "123")


def tracked(*uids: str) -> pl.DataFrame:
    rows = [
        {
            "finding_id": finding_id("test", uid, "ID-003", "record_owner"),
            "center_id": "test",
            "record_uid": uid,
            "kind": "agency",
            "rule_id": "ID-003",
            "severity": "error",
            "is_held_back": False,
            "field": "record_owner",
            "expected": "a code",
            "message": "No owner.",
            "how_to_fix": "Enter it.",
        }
        for uid in uids
    ]
    findings = conform(pl.DataFrame(rows, schema=empty_table(Finding).schema), Finding)
    return track_findings(findings, before=empty_table(TrackedFinding), as_of=FIRST, read_centers=["test"])


def moves(*pairs: tuple[str, str]) -> pl.DataFrame:
    names = ("center_id", "old_record_uid", "new_record_uid")
    return pl.DataFrame([("test", *pair) for pair in pairs], schema=dict.fromkeys(names, pl.String), orient="row")


def test_a_record_says_by_its_prior_number_which_it_was():
    """Its findings would start anew, and the old ones would seem to have left."""
    before = directory(agency=[row("agency", "1"), row("agency", "9")])
    now = directory(agency=[row("agency", "2", prior_native_id="1"), row("agency", "9")])
    found = find_rekeyed(now, before=before)
    assert found.select("old_record_uid", "new_record_uid", "rekeyed_by").rows() == [(UID_1, UID_2, "prior_number")]
    assert find_rekeyed(before, before=now).select("old_record_uid", "new_record_uid").rows() == [(UID_2, UID_1)]


def test_a_number_that_is_still_there_or_claimed_twice_names_nobody():
    """A copy of a record would take over the faults of the record it was copied from."""
    before = directory(agency=[row("agency", "1")])
    copied = directory(agency=[row("agency", "1"), row("agency", "2", prior_native_id="1")])
    claimed = directory(agency=[row("agency", number, prior_native_id="1") for number in "23"])
    assert find_rekeyed(copied, before=before).is_empty()
    assert find_rekeyed(claimed, before=before).is_empty()


def test_a_finding_that_is_mended_in_the_same_night_moves_too():
    """It would be told of a record that is no longer there."""
    moved = move_findings(tracked(UID_1), rekeyed=moves((UID_1, UID_2)), findings=empty_table(Finding))
    assert moved.select("record_uid", "finding_id").rows() == [
        (UID_2, finding_id("test", UID_2, "ID-003", "record_owner"))
    ]


def test_two_lives_are_never_made_one():
    """Where two records became one, each finding stays what it was and the night goes on."""
    both = tracked(UID_1, UID_2)
    assert move_findings(both, rekeyed=moves((UID_1, UID_2)), findings=empty_table(Finding)).equals(both)
    merged = move_findings(both, rekeyed=moves((UID_1, UID_3), (UID_2, UID_3)), findings=empty_table(Finding))
    assert merged.equals(both)


def test_the_id_is_the_one_that_the_checks_give():
    """A finding that moved would be a stranger to the next night."""
    agency = row("agency", "1")
    failure = {
        "rule_id": "ID-003", "variant": "", "center_id": "test", "kind": "agency", "record_uid": UID_1,
        "field": "record_owner", "value": None, "is_private": False,
    }  # fmt: skip
    failures = pl.DataFrame([failure], schema_overrides={"value": pl.String})
    parameters = ValidateParameters()
    assert "ID-003" not in disabled_rules(parameters)
    found = write_findings(failures, records={"agency": agency}, parameters=parameters)
    assert found["finding_id"].to_list() == [finding_id("test", UID_1, "ID-003", "record_owner")]
