"""Laws of merging: whatever groups people confirm."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.curate.merge_plan import plan_merges
from pipeline.curate.merged_directory import merge_directory
from schemas.directory import Directory
from schemas.merge_parameters import MergeParameters
from tests.merge_towns import confirmed, town

TOWN = town()
NUMBERS = "123456"


@st.composite
def partitions(draw) -> dict[str, str]:
    """Groups of two to six of the six agencies, none in two groups."""
    order = draw(st.permutations(NUMBERS))
    groups, at, number = {}, 0, 1
    while at < len(order):
        size = draw(st.integers(1, len(order) - at))
        if size > 1:
            groups[f"plan_{number}"] = "".join(order[at : at + size])
        at, number = at + size, number + 1
    return groups


def view(groups: dict[str, str], place: Directory = TOWN) -> Directory:
    plans = plan_merges(place, confirmed=confirmed(**groups), choices={}, parameters=MergeParameters())
    return merge_directory(place, plans.plans, parameters=MergeParameters()).directory


def equal(left: Directory, right: Directory) -> bool:
    return all(
        table.sort("center_id", "record_uid").equals(right.tables()[name].sort("center_id", "record_uid"))
        for name, table in left.tables().items()
    )


@settings(max_examples=25)
@given(groups=partitions())
def test_counts_fall_by_group_size_minus_one_and_children_stay(groups) -> None:
    """No record of a person's work is lost by a merge."""
    merged = view(groups)
    assert merged.agency.height == TOWN.agency.height - sum(len(members) - 1 for members in groups.values())
    for kind in ("site", "service", "service_at_site"):
        before, after = TOWN.tables()[kind], merged.tables()[kind]
        assert sorted(after["record_uid"]) == sorted(before["record_uid"])


@settings(max_examples=25)
@given(groups=partitions())
def test_nothing_is_left_hanging(groups) -> None:
    """Everything refers to a record that is there."""
    merged = view(groups)
    agencies = set(merged.agency["record_uid"])
    assert set(merged.agency["parent_uid"].drop_nulls()) <= agencies
    for kind in ("site", "service", "service_at_site"):
        assert set(merged.tables()[kind]["agency_uid"]) <= agencies
    for name in ("phone", "address", "contact", "taxonomy_link", "schedule"):
        rows = merged.tables()[name].filter(pl.col("owner_kind") == "agency")
        assert set(rows["owner_uid"]) <= agencies
        assert rows.select("owner_uid", "slot").is_duplicated().sum() == 0


@settings(max_examples=20)
@given(groups=partitions(), data=st.data())
def test_a_plan_that_is_withdrawn_leaves_nothing_behind_whatever_came_later(groups, data) -> None:
    """Undo, also of an early plan after later ones: the view is that of the other plans alone."""
    if not groups:
        return
    gone = data.draw(st.sampled_from(sorted(groups)))
    left = {name: members for name, members in groups.items() if name != gone}
    withdrawn, never = view(left), view({name: groups[name] for name in sorted(left)})
    assert equal(withdrawn, never)
    for members in (groups[gone],):
        from schemas.identity import record_uid

        uids = [record_uid("test", "agency", number) for number in members]
        before = TOWN.agency.filter(pl.col("record_uid").is_in(uids)).drop("parent_uid", "parent_native_id")
        after = withdrawn.agency.filter(pl.col("record_uid").is_in(uids)).drop("parent_uid", "parent_native_id")
        assert before.sort("record_uid").equals(after.sort("record_uid"))
    assert equal(view({}), TOWN)


@settings(max_examples=12)
@given(groups=partitions(), seed=st.integers(0, 9))
def test_the_order_of_rows_does_not_matter(groups, seed) -> None:
    """A re-sorted export gives the same plan."""
    shuffled = Directory(
        **{name: table.sample(fraction=1, shuffle=True, seed=seed) for name, table in TOWN.tables().items()}
    )
    first = plan_merges(TOWN, confirmed=confirmed(**groups), choices={}, parameters=MergeParameters())
    second = plan_merges(shuffled, confirmed=confirmed(**groups), choices={}, parameters=MergeParameters())
    assert first.member.equals(second.member)
    assert first.value.equals(second.value)
    assert first.step.equals(second.step)
    assert equal(view(groups), view(groups, shuffled))
