"""Agencies in the data of two centers: copies, proposals, verdicts, and who is named as owner."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.measure.network_pairs import centers_without_owners, count_cross_pairs, find_cross_pairs
from schemas.contract import conform, empty_table
from schemas.matching import ScoredPair
from schemas.verdicts import PairState
from tests.builders import directory, row


def agency(center: str, uid: str, owner: str | None = None, **changes: Any) -> pl.DataFrame:
    return row("agency", uid, center_id=center, record_uid=uid, agency_uid=uid, record_owner=owner, **changes)


def scored(*pairs: tuple[str, str, str, str, str, float]) -> pl.DataFrame:
    rows = [
        {"pair_id": f"{a}{uid_a}{b}{uid_b}", "center_id_a": a, "uid_a": uid_a, "center_id_b": b, "uid_b": uid_b,
         "band": band, "score": score, "blocks": ["name"]}
        for a, uid_a, b, uid_b, band, score in pairs
    ]  # fmt: skip
    return conform(pl.DataFrame(rows), ScoredPair) if rows else empty_table(ScoredPair)


def said(pair: tuple[str, str, str, str], verdict: str, standing: str = "decided") -> pl.DataFrame:
    a, uid_a, b, uid_b = pair
    values = {
        "pair_id": f"{a}{uid_a}{b}{uid_b}", "center_id_a": a, "uid_a": uid_a, "center_id_b": b, "uid_b": uid_b,
        "standing": standing, "verdict": verdict, "basis": "decided", "agreeing": 1,
    }  # fmt: skip
    return conform(pl.DataFrame([values]), PairState)


def found(agencies: list[pl.DataFrame], pairs: pl.DataFrame | None = None, states: pl.DataFrame | None = None):
    return find_cross_pairs(
        directory(agency=agencies),
        scored=scored() if pairs is None else pairs,
        states=empty_table(PairState) if states is None else states,
    )


def test_one_identifier_in_two_centers_is_a_copy():
    told = found([agency("a", "u1"), agency("b", "u1"), agency("b", "u2")])
    assert told.select("center_id_a", "uid_a", "center_id_b", "uid_b", "sort").rows() == [
        ("a", "u1", "b", "u1", "copy")
    ]
    (counts,) = count_cross_pairs(told)
    assert (counts.sorts["copy"], counts.counted_twice) == (1, 1)


def test_a_copy_that_another_center_owns_is_not_counted_twice():
    told = found([agency("a", "u1"), agency("b", "u1", is_counted=False, not_counted_reason="other_owner")])
    assert count_cross_pairs(told)[0].counted_twice == 0


def test_copies_in_three_centers_are_three_pairs():
    told = found([agency(center, "u1") for center in ("a", "b", "c")])
    assert [(one.center_a, one.center_b) for one in count_cross_pairs(told)] == [("a", "b"), ("a", "c"), ("b", "c")]


def test_a_copy_that_is_also_scored_is_told_once():
    told = found([agency("a", "u1"), agency("b", "u1")], scored(("a", "u1", "b", "u1", "duplicate", 0.99)))
    assert told["sort"].to_list() == ["copy"]


def test_only_pairs_of_two_centers_and_of_the_bands_that_people_look_at():
    told = found(
        [agency("a", "1"), agency("a", "2"), agency("b", "3"), agency("b", "4"), agency("b", "5")],
        scored(("a", "1", "a", "2", "duplicate", 0.99), ("a", "1", "b", "3", "duplicate", 0.9), ("a", "1", "b", "4", "possible", 0.7),
               ("a", "2", "b", "5", "related", 0.8), ("a", "2", "b", "4", "below", 0.1)),
    )  # fmt: skip
    assert told.select("uid_a", "uid_b", "sort", "score").rows() == [
        ("1", "3", "duplicate", 0.9),
        ("1", "4", "possible", 0.7),
    ]


def test_verdicts_count_as_people_gave_them():
    agencies = [agency("a", "1"), agency("b", "2"), agency("b", "3")]
    pairs = scored(("a", "1", "b", "2", "duplicate", 0.9), ("a", "1", "b", "3", "below", 0.2))
    same, different = said(("a", "1", "b", "3"), "same"), said(("a", "1", "b", "2"), "different")
    told = found(agencies, pairs, pl.concat([same, different]))
    (counts,) = count_cross_pairs(told)
    assert counts.sorts == {"copy": 0, "confirmed": 1, "duplicate": 0, "possible": 0}
    assert counts.different == 1
    assert sum(counts.owners.values()) == 1


def test_a_verdict_holds_without_a_score_and_sleeps_with_a_record_that_left():
    told = found([agency("a", "1"), agency("b", "2")], states=said(("a", "1", "b", "2"), "same"))
    assert told["sort"].to_list() == ["confirmed"]
    gone = found([agency("a", "1")], states=said(("a", "1", "b", "2"), "same", standing="dormant"))
    assert gone.is_empty()


@pytest.mark.parametrize(
    ("owner_a", "owner_b", "told"),
    [
        ("EAST", "east ", "both"),
        ("EAST", "WEST", "conflicting"),
        ("EAST", None, "one"),
        (" ", "WEST", "one"),
        (None, "", "not_known"),
    ],
)
def test_who_is_named_as_owner(owner_a: str | None, owner_b: str | None, told: str):
    assert found([agency("a", "u", owner_a), agency("b", "u", owner_b)])["owner"].to_list() == [told]


def test_blank_owners_are_none_where_the_export_names_others():
    pairs = found([agency("a", "u"), agency("b", "u"), agency("a", "other", "EAST")])
    assert pairs["owner"].to_list() == ["none"]


def test_centers_that_name_no_owner_at_all_are_told():
    table = directory(agency=[agency("a", "1", "EAST"), agency("a", "2"), agency("b", "3", " "), agency("b", "4")])
    assert centers_without_owners(table) == ("b",)
