"""What changed since the night before, per center."""

from __future__ import annotations

import polars as pl

from pipeline.curate.changes import ChangeCounts, count_first_night
from pipeline.curate.changes import count_changes as count_listed
from pipeline.curate.record_changes import list_changes
from schemas.directory import Directory
from tests.builders import directory, row


def count_changes(now: Directory, *, before: Directory, center_id: str) -> ChangeCounts:
    if before.records().is_empty():
        return count_first_night(now, center_id=center_id)
    return count_listed(list_changes(now, before=before), center_id=center_id)


def test_first_night_adds_everything():
    """With nothing to compare with, every record is new."""
    now = directory(agency=[row("agency")], service=[row("service", "7")])
    assert count_changes(now, before=directory(), center_id="test") == ChangeCounts(added=2, is_first=True)


def test_the_same_night_changes_nothing():
    """An unchanged export in another row order and another file must count no change."""
    before = directory(agency=[row("agency", "1", source_line=2), row("agency", "2", source_line=3)])
    now = directory(agency=[row("agency", "2", source_line=2, source_file="b"), row("agency", "1", source_line=3)])
    assert count_changes(now, before=before, center_id="test") == ChangeCounts()


def test_added_changed_and_removed_are_counted_apart():
    """A coordinator reads these three numbers first."""
    before = directory(agency=[row("agency", "1"), row("agency", "2"), row("agency", "3", aka=["X"])])
    now = directory(
        agency=[row("agency", "2", name="Renamed"), row("agency", "3", aka=["X"]), row("agency", "4", name="Another")]
    )
    assert count_changes(now, before=before, center_id="test") == ChangeCounts(added=1, changed=1, removed=1)


def test_a_value_that_appears_or_goes_is_a_change():
    """From nothing to something is a change too, though null compares to nothing."""
    before = directory(agency=[row("agency", "1", county=None), row("agency", "2", county="Lee")])
    now = directory(agency=[row("agency", "1", county="Lee"), row("agency", "2", county=None)])
    assert count_changes(now, before=before, center_id="test") == ChangeCounts(changed=2)


def test_a_rekeyed_record_is_neither_added_nor_removed():
    """A center that moves to new numbers has not lost its directory."""
    before = directory(agency=[row("agency", "1"), row("agency", "2")])
    now = directory(agency=[row("agency", "1001", prior_native_id="1"), row("agency", "2")])
    assert count_changes(now, before=before, center_id="test") == ChangeCounts(rekeyed=1)


def test_only_the_asked_center_and_delivered_rows_count():
    """Derived sites come and go with addresses; another center's night is its own."""
    derived = pl.concat([row("site", "derived:1", origin="derived"), row("site", "9", center_id="west")])
    assert count_changes(directory(site=[derived]), before=directory(), center_id="test") == ChangeCounts(is_first=True)
