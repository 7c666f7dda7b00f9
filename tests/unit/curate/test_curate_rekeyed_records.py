"""Records under new numbers: recognized by four proofs, and left alone when in doubt."""

from __future__ import annotations

import pytest

from pipeline.curate.record_changes import list_changes
from pipeline.curate.rekeyed_records import find_rekeyed
from schemas.identity import record_uid
from tests.builders import directory, row


def found(now, before) -> list[tuple]:
    return find_rekeyed(now, before=before).select("kind", "old_native_id", "new_native_id", "rekeyed_by").rows()


def test_the_same_words_under_another_number_are_the_same_record():
    """A software that gives new numbers has not exchanged the directory."""
    before = directory(agency=[row("agency", "1", name="Maple Pantry", description="Food for all.")])
    now = directory(agency=[row("agency", "77", name="Maple Pantry", description="Food for all.", verified_on=None)])
    assert found(now, before) == [("agency", "1", "77", "same_content")]


def test_the_same_name_and_agency_recognize_a_service_though_it_was_edited():
    """A service that was renumbered and edited in one night keeps its history, even when its agency has a new number too."""
    before = directory(
        agency=[row("agency", "1", name="Maple Pantry")],
        service=[row("service", "5", name_key="groceries", agency_uid=record_uid("test", "agency", "1"), hours="Mon")],
    )
    now = directory(
        agency=[row("agency", "2", name="Maple Pantry")],
        service=[row("service", "6", name_key="groceries", agency_uid=record_uid("test", "agency", "2"), hours="Tue")],
    )
    assert found(now, before) == [
        ("agency", "1", "2", "same_content"),
        ("service", "5", "6", "same_name_and_place"),
    ]
    listed = list_changes(now, before=before).select("kind", "change", "field", "before", "now").rows()
    assert ("service", "changed", "hours", "Mon", "Tue") in listed
    assert not {row for row in listed if row[1] in ("added", "removed")}
    assert not {row for row in listed if row[2] == "agency_uid"}


@pytest.mark.parametrize("side", ["old", "new"])
def test_twins_are_never_paired(side):
    """Of two records that say the same nobody can tell which is which."""
    one, two = [row("agency", "1")], [row("agency", "7"), row("agency", "8")]
    before, now = (two, one) if side == "old" else (one, two)
    assert found(directory(agency=now), directory(agency=before)) == []


def test_a_program_refiled_as_an_agency_is_one_record():
    """The same number and name as another kind of record."""
    before = directory(service=[row("service", "9", name="Warm Line", name_key="warm line")])
    now = directory(agency=[row("agency", "9", name="Warm Line", name_key="warm line")])
    assert found(now, before) == [("agency", "9", "9", "same_number_other_kind")]
    assert list_changes(now, before=before).select("kind", "change", "before", "now").rows() == [
        ("agency", "rekeyed", "service 9", "agency 9")
    ]


def test_a_number_used_again_for_something_else_is_no_re_keying():
    """Numbers are used again; a name must agree."""
    before = directory(service=[row("service", "9", name_key="warm line")])
    now = directory(agency=[row("agency", "9", name_key="city hall")])
    assert found(now, before) == []


def test_a_record_that_stayed_is_never_taken():
    """Only what came and what went can be one."""
    before = directory(agency=[row("agency", "1")])
    now = directory(agency=[row("agency", "1"), row("agency", "2", prior_native_id="1")])
    assert found(now, before) == []
