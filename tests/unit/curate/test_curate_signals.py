"""What nights show about the upkeep, and the memory of verifications behind it."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.curate.record_changes import list_changes
from pipeline.curate.record_contents import fingerprint
from pipeline.curate.rekeyed_records import find_rekeyed
from pipeline.curate.signals import count_signals, list_signals
from pipeline.curate.verifications import grow_verifications
from schemas.contract import empty_table
from schemas.history import Verification
from schemas.parameters import ChangeParameters
from tests.builders import directory, row

TONIGHT = date(2026, 11, 20)
RULE = ChangeParameters(bulk_minimum=3, bulk_share=0.5)


def grown(*nights, known=None) -> pl.DataFrame:
    """Return the verifications after nights of (directory, day)."""
    known = empty_table(Verification) if known is None else known
    before = directory()
    for now, day in nights:
        moved = find_rekeyed(now, before=before)
        known = grow_verifications(known, directory=now, contents=fingerprint(now), rekeyed=moved, as_of=day)
        before = now
    return known


def signals(now, before, verifications=None):
    return list_signals(
        now,
        before=before,
        listed=list_changes(now, before=before),
        contents=fingerprint(now),
        verifications=grown((before, TONIGHT), (now, TONIGHT)) if verifications is None else verifications,
        as_of=TONIGHT,
        parameters=RULE,
    )


def told(frame) -> list[tuple]:
    return frame.select("signal", "native_id", "record_count").rows()


def test_a_verification_is_remembered_once_with_what_the_record_said():
    """Running a night again, or a later edit, must not rewrite what was true when it was verified."""
    first = directory(agency=[row("agency", "1", verified_on=date(2025, 5, 1), hours="Mon")])
    edited = directory(agency=[row("agency", "1", verified_on=date(2025, 5, 1), hours="Tue")])
    again = directory(agency=[row("agency", "1", verified_on=date(2026, 5, 1), hours="Tue")])
    known = grown((first, date(2025, 6, 1)), (first, date(2025, 6, 2)), (edited, date(2025, 7, 1)), (again, TONIGHT))
    assert known.select("verified_on", "first_seen_on").rows() == [
        (date(2025, 5, 1), date(2025, 6, 1)),
        (date(2026, 5, 1), TONIGHT),
    ]
    assert known["content_key"].n_unique() == 2


def test_a_date_in_the_future_is_no_verification():
    """A slip of the pen must not stand in the memory."""
    assert grown((directory(agency=[row("agency", "1", verified_on=date(2075, 1, 1))]), TONIGHT)).is_empty()


def test_what_is_known_of_a_record_is_known_under_its_new_number():
    """A renumbering must not forget three years of verifications."""
    before = directory(agency=[row("agency", "1", verified_on=date(2025, 5, 1))])
    now = directory(agency=[row("agency", "2", prior_native_id="1", verified_on=date(2026, 5, 1))])
    known = grown((before, date(2025, 6, 1)), (now, TONIGHT))
    of_new = known.filter(pl.col("record_uid") == now.agency["record_uid"][0])
    assert of_new["verified_on"].to_list() == [date(2025, 5, 1), date(2026, 5, 1)]


def test_verified_again_with_not_a_word_changed_for_years_is_told():
    """Three years of the same words: did anybody call?"""
    nights = [
        (directory(agency=[row("agency", "1", verified_on=date(year, 11, 1))]), date(year, 11, 20))
        for year in (2023, 2024, 2025, 2026)
    ]
    found = signals(nights[3][0], nights[2][0], grown(*nights))
    assert told(found) == [("verified_unchanged", "1", 1)]
    assert found["since"].to_list() == [date(2023, 11, 1)]
    assert told(signals(nights[3][0], nights[2][0], grown(*nights[1:]))) == []


def test_one_day_for_many_records_in_one_night_is_told_once():
    """A mass stamp is one question, not a hundred."""
    before = directory(agency=[row("agency", str(n), verified_on=date(2025, 1, n + 1)) for n in range(5)])
    now = directory(
        agency=[row("agency", str(n), verified_on=date(2026, 11, 19) if n < 4 else date(2025, 1, 5), curator="Ann") for n in range(5)]
    )  # fmt: skip
    found = signals(now, before).filter(pl.col("signal") == "bulk_stamped")
    assert found.select("on", "record_count", "share", "curator").rows() == [(date(2026, 11, 19), 4, 0.8, "Ann")]


def test_edits_without_verification_and_without_a_date_are_told_apart():
    """An edit is no verification; an edit without an edit date may be an import."""
    before = directory(agency=[row("agency", "1", hours="Mon"), row("agency", "2", hours="Mon"), row("agency", "3")])
    now = directory(
        agency=[
            row("agency", "1", hours="Tue", edited_on=date(2026, 11, 19)),
            row("agency", "2", hours="Tue"),
            row("agency", "3", curator="Somebody else"),
        ]
    )
    assert told(signals(now, before)) == [
        ("edited_unverified", "1", 1),
        ("edited_unverified", "2", 1),
        ("silent_edit", "2", 1),
    ]
    assert count_signals(signals(now, before), center_id="test") == {
        "verified_unchanged": 0, "bulk_stamped": 0, "edited_unverified": 2, "silent_edit": 1,
    }  # fmt: skip


def test_a_record_that_does_not_count_gives_no_signal():
    """Nobody is asked about a closed agency."""
    before = directory(agency=[row("agency", "1", hours="Mon", is_counted=False)])
    now = directory(agency=[row("agency", "1", hours="Tue", is_counted=False)])
    assert told(signals(now, before)) == []
