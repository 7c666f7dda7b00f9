"""Laws of merging in a directory that is not tidy: closed and excluded records, parents, conflicts, two centers, any choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.curate.merge_plan import MergePlans, plan_merges
from pipeline.curate.merged_directory import MergedDirectory, merge_directory
from schemas.decided import Key
from schemas.directory import Directory
from schemas.identity import record_uid
from schemas.merge_parameters import MergeParameters
from tests.builders import directory
from tests.merge_towns import agency, child, owned

NUMBERS = "123456"
CLOSED: dict[str, Any] = {"status": "inactive", "is_counted": False}


@dataclass(frozen=True)
class Case:
    """A directory with groups that people confirmed, and what they chose."""

    place: Directory
    groups: Mapping[str, tuple[Key, ...]]
    choices: Mapping[tuple[str, str], Key]
    parameters: MergeParameters

    def plans(self, *, without: str | None = None) -> MergePlans:
        rows = [(name, *key) for name, keys in self.groups.items() if name != without for key in keys]
        confirmed = pl.DataFrame(
            rows, schema={"plan_id": pl.String, "center_id": pl.String, "record_uid": pl.String}, orient="row"
        )
        return plan_merges(self.place, confirmed=confirmed, choices=self.choices, parameters=self.parameters)

    def view(self, plans: MergePlans) -> MergedDirectory:
        return merge_directory(self.place, plans.plans, parameters=self.parameters)


@st.composite
def cases(draw) -> Case:
    """Six agencies of one or two centers; parents form no circle before anything is merged."""
    centers = [draw(st.sampled_from(["test", "test", "test", "other"])) for _ in NUMBERS]
    keys = [(center, record_uid(center, "agency", number)) for center, number in zip(centers, NUMBERS, strict=True)]
    agencies, services, phones = [], [], []
    rank = draw(st.permutations(range(len(NUMBERS))))
    for place, number in enumerate(NUMBERS):
        center, uid = keys[place]
        above = [i for i in range(len(NUMBERS)) if rank[i] < rank[place] and centers[i] == center]
        parent = draw(st.sampled_from([None, *above]))
        changes = {
            "center_id": center,
            "ein": draw(st.sampled_from([None, None, "111111111", "222222222"])),
            "description": draw(st.sampled_from([None, "Food.", "Food and rent."])),
            "verified_on": draw(st.sampled_from([None, date(2025, 1, 1), date(2026, 1, 1)])),
            "exclude_from_website": draw(st.sampled_from([None, False, True])),
            "is_confidential_place": draw(st.integers(0, 5)) == 0,
            **(CLOSED if draw(st.integers(0, 3)) == 0 else {}),
        }
        if parent is not None:
            changes |= {"parent_uid": keys[parent][1], "parent_native_id": NUMBERS[parent]}
        agencies.append(agency(number, **changes))
        if draw(st.booleans()):
            services.append(child("service", f"2{number}", number, center_id=center, agency_uid=uid))
        if draw(st.booleans()):
            ending = draw(st.sampled_from("12"))
            phones.append(
                owned(
                    "phone", number, "P", center_id=center, owner_uid=uid, e164=f"+1217555010{ending}",
                    number_written=f"555-010{ending}", is_private=draw(st.integers(0, 4)) == 0,
                )
            )  # fmt: skip
    order = draw(st.permutations(range(len(NUMBERS))))
    groups: dict[str, tuple[Key, ...]] = {}
    at = 0
    while at < len(order):
        size = draw(st.integers(1, len(order) - at))
        if size > 1:
            groups[f"plan-{at + 1}"] = tuple(keys[one] for one in order[at : at + size])
        at += size
    choices = {
        (name, field): draw(st.sampled_from(members))
        for name, members in groups.items()
        for field in ("survivor", "ein", "phone", "description")
        if draw(st.booleans())
    }
    return Case(
        place=directory(agency=agencies, service=services, phone=phones),
        groups=groups,
        choices=choices,
        parameters=MergeParameters(across_centers=draw(st.booleans())),
    )


@settings(max_examples=25, deadline=None)
@given(case=cases())
def test_nothing_hangs_and_no_circle_arises(case: Case) -> None:
    """Everything refers to a record of its own center that is there, and the way up ends."""
    merged = case.view(case.plans()).directory
    known = set(merged.agency.select("center_id", "record_uid").iter_rows())
    assert set(merged.service.select("center_id", "agency_uid").iter_rows()) <= known
    assert set(merged.phone.select("center_id", "owner_uid").iter_rows()) <= known
    assert not merged.phone.select("center_id", "owner_uid", "slot").is_duplicated().any()
    rows = merged.agency.select("center_id", "record_uid", "parent_uid").iter_rows()
    parents = {(center, uid): (center, parent) for center, uid, parent in rows if parent is not None}
    assert set(parents.values()) <= known
    for start in parents:
        here, steps = start, 0
        while here in parents:
            here, steps = parents[here], steps + 1
            assert steps <= len(NUMBERS)


@settings(max_examples=12, deadline=None)
@given(case=cases())
def test_agencies_fall_by_those_taken_up_and_services_stay(case: Case) -> None:
    """Every record that is gone has an alias that is there."""
    merged = case.view(case.plans())
    before = set(case.place.agency.select("center_id", "record_uid").iter_rows())
    after = set(merged.directory.agency.select("center_id", "record_uid").iter_rows())
    assert before - after == set(merged.aliases)
    assert set(merged.aliases.values()) <= after <= before
    assert sorted(merged.directory.service["record_uid"]) == sorted(case.place.service["record_uid"])


@settings(max_examples=12, deadline=None)
@given(case=cases())
def test_nothing_becomes_public_by_a_merge(case: Case) -> None:
    """Private on one record is private on the merged one, and no private number is shown in a plan or lost sight of."""
    plans = case.plans()
    merged = case.view(plans)
    names = merged.aliases
    for row in case.place.agency.iter_rows(named=True):
        key = row["center_id"], row["record_uid"]
        center, uid = names.get(key, key)
        (kept,) = merged.directory.agency.filter(
            (pl.col("center_id") == center) & (pl.col("record_uid") == uid)
        ).to_dicts()
        assert kept["is_confidential_place"] >= row["is_confidential_place"]
        assert kept["exclude_from_website"] is True or row["exclude_from_website"] is not True
    private = set()
    for center, owner, number in (
        case.place.phone.filter("is_private").select("center_id", "owner_uid", "e164").iter_rows()
    ):
        private.add((*names.get((center, owner), (center, owner)), number))
    there = merged.directory.phone.select("center_id", "owner_uid", "e164", "is_private").rows()
    assert private <= {row[:3] for row in there}
    assert all(row[3] for row in there if row[:3] in private)


@settings(max_examples=12, deadline=None)
@given(case=cases(), data=st.data())
def test_a_plan_that_is_withdrawn_is_as_if_it_had_never_been(case: Case, data) -> None:
    """Its records are what they were; only their parent may be another plan's record."""
    if not case.groups:
        return
    gone = data.draw(st.sampled_from(sorted(case.groups)))
    merged = case.view(case.plans(without=gone)).directory
    parent = ["parent_uid", "parent_native_id"]
    uids = [uid for _, uid in case.groups[gone]]
    before = case.place.agency.filter(pl.col("record_uid").is_in(uids)).drop(parent).sort("record_uid")
    assert merged.agency.filter(pl.col("record_uid").is_in(uids)).drop(parent).sort("record_uid").equals(before)
    for table, column in (("service", "agency_uid"), ("phone", "owner_uid")):
        own = pl.col(column).is_in(uids)
        left, right = (one.tables()[table].filter(own).sort("record_uid") for one in (merged, case.place))
        assert left.equals(right)


@settings(max_examples=12, deadline=None)
@given(case=cases())
def test_every_value_is_found_in_the_record_it_is_said_to_come_from(case: Case) -> None:
    """Nothing is invented."""
    rows = {(row["center_id"], row["record_uid"]): row for row in case.place.agency.iter_rows(named=True)}
    for value in case.plans().value.to_dicts():
        source = rows[value["from_center_id"], value["from_record_uid"]]
        assert value["value"] in ("withheld", str(source[value["field"]]))
