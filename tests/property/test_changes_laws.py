"""Laws of comparing two nights."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.curate.record_changes import list_changes
from pipeline.curate.rekeyed_records import find_rekeyed
from schemas.directory import Directory
from tests.builders import directory, row

NUMBERS = st.sampled_from("123456")
AGENCIES = st.dictionaries(
    NUMBERS,
    st.tuples(
        st.sampled_from(["Pantry", "Shelter", "Clinic"]), st.sampled_from([None, "Mon", "Tue"]), st.none() | NUMBERS
    ),
    max_size=5,
)


def built(agencies: dict[str, tuple[str, str | None, str | None]]) -> Directory:
    return directory(
        agency=[
            row("agency", number, name=name, name_key=name.lower(), hours=hours, prior_native_id=prior)
            for number, (name, hours, prior) in agencies.items()
        ]
    )


def count(listed: pl.DataFrame, change: str) -> int:
    return listed.filter(pl.col("change") == change)["record_uid"].n_unique()


@given(AGENCIES)
@settings(max_examples=30)
def test_a_night_against_itself_shows_nothing(agencies) -> None:
    """An unchanged directory must not fill anybody's list."""
    now = built(agencies)
    assert list_changes(now, before=now).is_empty()


@given(AGENCIES, AGENCIES)
@settings(max_examples=30)
def test_every_record_is_exactly_one_of_same_changed_added_removed_or_rekeyed(first, second) -> None:
    """The counts of a night add up to the records of both nights."""
    before, now = built(first), built(second)
    listed = list_changes(now, before=before)
    moved = find_rekeyed(now, before=before)
    assert count(listed, "rekeyed") == moved.height
    assert len(second) == len(first) + count(listed, "added") - count(listed, "removed")
    stayed = set(first) & set(second)
    told = set(listed.filter(pl.col("change") == "changed")["native_id"])
    assert told <= stayed | set(moved["new_native_id"])
    assert {number for number in stayed if first[number] != second[number]} <= told
    assert moved["old_record_uid"].is_unique().all()
    assert moved["new_record_uid"].is_unique().all()


@given(AGENCIES, AGENCIES)
@settings(max_examples=30)
def test_swapping_the_nights_swaps_added_and_removed(first, second) -> None:
    """What came on the way forth goes on the way back."""
    forth = list_changes(built(second), before=built(first))
    back = list_changes(built(first), before=built(second))
    assert (count(forth, "added"), count(forth, "removed")) == (count(back, "removed"), count(back, "added"))


@given(AGENCIES, AGENCIES, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_rows_does_not_matter(first, second, random) -> None:
    """An export sorted otherwise is the same export."""
    shuffled = list(second.items())
    random.shuffle(shuffled)
    expected = list_changes(built(second), before=built(first))
    assert list_changes(built(dict(shuffled)), before=built(first)).equals(expected)
