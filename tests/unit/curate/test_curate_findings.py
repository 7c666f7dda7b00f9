"""Findings over the nights: opened, kept, fixed, come back."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.curate.findings import open_findings, track_findings
from schemas.contract import conform, empty_table
from schemas.quality import Finding, TrackedFinding

FIRST, SECOND, THIRD = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)


def finding(finding_id: str, **changes) -> pl.DataFrame:
    values = {
        "finding_id": finding_id,
        "center_id": "test",
        "record_uid": f"uid-{finding_id}",
        "kind": "agency",
        "rule_id": "ID-003",
        "severity": "error",
        "is_held_back": False,
        "field": "record_owner",
        "expected": "a code",
        "message": "No owner.",
        "how_to_fix": "Enter it.",
        **changes,
    }
    return conform(pl.DataFrame([values]), Finding)


def night(*findings: pl.DataFrame, before: pl.DataFrame, as_of: date, read=("test",)) -> pl.DataFrame:
    shown = pl.concat(findings) if findings else empty_table(Finding)
    return track_findings(shown, before=before, as_of=as_of, read_centers=list(read))


def life(tracked: pl.DataFrame) -> list[tuple]:
    return tracked.select("finding_id", "status", "first_seen_on", "last_seen_on", "closed_on").rows()


NOTHING = empty_table(TrackedFinding)


def test_a_new_finding_opens_tonight():
    """A curator must see since when something is wrong."""
    assert life(night(finding("a"), before=NOTHING, as_of=FIRST)) == [("a", "open", FIRST, FIRST, None)]


def test_a_finding_that_stays_keeps_its_first_day():
    """Its age must grow from night to night, not start anew."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    assert life(night(finding("a"), before=first, as_of=THIRD)) == [("a", "open", FIRST, THIRD, None)]


def test_a_corrected_record_closes_its_finding():
    """Nobody should have to tick off what the next export shows as done."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    assert life(night(before=first, as_of=SECOND)) == [("a", "fixed", FIRST, FIRST, SECOND)]


def test_a_fixed_finding_keeps_the_night_it_was_fixed():
    """Later nights must not move the day on which it was fixed."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    second = night(before=first, as_of=SECOND)
    assert life(night(before=second, as_of=THIRD)) == [("a", "fixed", FIRST, FIRST, SECOND)]


def test_a_finding_that_comes_back_is_open_again_with_its_history():
    """A fault that returns is an old acquaintance, not a new one."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    second = night(before=first, as_of=SECOND)
    assert life(night(finding("a"), before=second, as_of=THIRD)) == [("a", "open", FIRST, THIRD, None)]


def test_findings_of_a_center_that_was_not_read_stay_open():
    """A center whose export did not arrive has fixed nothing."""
    first = night(finding("a", center_id="east"), before=NOTHING, as_of=FIRST)
    assert life(night(before=first, as_of=SECOND, read=("west",))) == [("a", "open", FIRST, FIRST, None)]


def test_the_same_night_twice_changes_nothing():
    """Running a night again must not age or close anything."""
    first = night(finding("a"), finding("b"), before=NOTHING, as_of=FIRST)
    again = night(finding("b"), finding("a"), before=first, as_of=FIRST)
    assert again.equals(first)
    assert open_findings(again).equals(pl.concat([finding("a"), finding("b")]))
