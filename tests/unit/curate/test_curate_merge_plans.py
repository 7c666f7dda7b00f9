"""Merge plans: what stays, where it comes from, what is to be done, and the directory that packages are made of."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.curate.merge_plan import MergePlans, plan_merges
from pipeline.curate.merged_directory import merge_directory
from schemas.directory import Directory
from schemas.identity import record_uid
from schemas.merge_parameters import MergeParameters
from tests.builders import directory
from tests.merge_towns import agency, child, confirmed, owned, town

#: The record with number 1 is kept.
FIRST = {("plan-1", "survivor"): "1"}


def uid(number: str, kind: str = "agency") -> str:
    return record_uid("test", kind, number)


def plans_of(place: Directory, *, choices=None, parameters=None, groups=None) -> MergePlans:
    named = {(plan, field): ("test", uid(number)) for (plan, field), number in (choices or {}).items()}
    return plan_merges(
        place, confirmed=groups if groups is not None else confirmed(plan_1="12"), choices=named,
        parameters=parameters or MergeParameters(),
    )  # fmt: skip


def merged(place: Directory, **options) -> Directory:
    return merge_directory(place, plans_of(place, **options).plans, parameters=MergeParameters()).directory


def survivor(plans: MergePlans) -> tuple[str, str]:
    kept = plans.member.filter("is_survivor").row(0, named=True)
    return kept["native_id"], kept["rule"]


@pytest.mark.parametrize(
    ("first", "second", "kept", "words"),
    [
        ({"is_counted": False}, {}, "2", "only one that is active"),
        ({"verified_on": date(2026, 1, 1)}, {"verified_on": date(2026, 2, 1)}, "2", "verified most recently"),
        ({}, {"record_owner": "TRUSTED"}, "2", "owner comes first"),
        ({}, {}, "1", "lowest number"),
    ],
)
def test_the_record_that_is_kept_is_chosen_by_stated_rules(first, second, kept, words) -> None:
    """A curator must be able to say why."""
    place = directory(agency=[agency("1", **first), agency("2", **second)])
    number, rule = survivor(plans_of(place, parameters=MergeParameters(owner_priority=("TRUSTED",))))
    assert number == kept
    assert words in rule


def test_children_decide_before_the_number_and_a_person_before_all() -> None:
    """Fewer moves, fewer mistakes."""
    place = directory(agency=[agency("1"), agency("2")], service=[child("service", "9", "2")])
    assert survivor(plans_of(place)) == ("2", "Kept: most sites and services belong to it.")
    assert survivor(plans_of(place, choices={("plan-1", "survivor"): "1"})) == ("1", "Kept: chosen by a person.")


def values(plans: MergePlans) -> dict[str, tuple]:
    return {row[0]: row[1:] for row in plans.value.select("field", "value", "from_native_id", "rule").iter_rows()}


def test_every_value_says_where_it_comes_from_and_why() -> None:
    """Nothing is invented, and nothing is taken without a reason."""
    place = directory(
        agency=[
            agency("1", url="https://a.example", description="Short.", hours="9-5", verified_on=date(2026, 3, 1)),
            agency("2", description="A longer text.", email="x@a.example", hours="9-5", verified_on=date(2026, 2, 1)),
        ]
    )
    found = values(plans_of(place))
    assert found["name"] == ("Agency 1", "1", "the name of the record that is kept")
    assert found["description"] == ("Short.", "1", "from the record verified most recently")
    assert found["url"] == ("https://a.example", "1", "the only value")
    assert found["email"] == ("x@a.example", "2", "the only value")
    assert found["hours"] == ("9-5", "1", "all agree")
    assert plans_of(place).value.filter(pl.col("field") == "description")["alternatives"].item() == "A longer text. (2)"


def test_without_dates_the_longest_text_stays() -> None:
    """An empty phrase gives way to a description."""
    undated = {"verified_on": None}
    place = directory(
        agency=[agency("1", description="Food.", **undated), agency("2", description="Food and rent.", **undated)]
    )
    assert values(plans_of(place))["description"] == ("Food and rent.", "2", "the longest text")


def test_conflicting_numbers_and_addresses_wait_for_a_person() -> None:
    """Which phone is right is not a matter of rules."""
    place = directory(
        agency=[agency("1", ein="111111111"), agency("2", ein="222222222")],
        phone=[
            owned("phone", number, "P", e164=f"+1217555010{number}", number_written=f"555-010{number}")
            for number in "12"
        ],
        address=[owned("address", "1", "A", address_key="1 main"), owned("address", "2", "A", address_key="2 oak")],
    )
    plans = plans_of(place)
    assert set(plans.member["state"]) == {"needs_choice"}
    assert "ein, phone, address" in plans.member["told"][0]
    assert merged(place).agency.height == 2  # packages wait too
    choices = {("plan-1", field): "2" for field in ("ein", "phone", "address")}
    assert set(plans_of(place, choices=choices).member["state"]) == {"ready"}
    assert merged(place, choices=choices).agency["ein"].to_list() == ["222222222"]


def test_the_work_list_moves_everything_before_a_record_is_closed() -> None:
    """Whoever follows it from top to bottom leaves nothing hanging."""
    place = town()
    steps = plans_of(place, choices=FIRST).step
    assert steps["position"].to_list() == list(range(1, steps.height + 1))
    assert steps["action"].to_list() == [
        *("add_name", "move_site", "move_service", "move_child", "move_contact_data", "retire_record"),
    ]
    assert "Close “Agency 2” (2) as a double entry of “Agency 1” (1)" in steps["text"][-1]
    assert steps.filter(pl.col("action") == "move_child")["native_id"].item() == "7"


def test_a_child_of_the_same_name_is_compared_instead_of_moved() -> None:
    """Otherwise the merged agency has every service twice."""
    place = directory(
        agency=[agency("1"), agency("2")],
        service=[child("service", "8", "1", name="Groceries"), child("service", "9", "2", name="Groceries")],
    )
    (text,) = plans_of(place).step.filter(pl.col("action") == "move_service")["text"]
    assert text.startswith("Compare the service “Groceries” (9) of “Agency 2” (2) with 8 of the same name")


def test_private_values_are_in_no_plan_and_stay_private_when_merged() -> None:
    """Confidential if either was."""
    place = directory(
        agency=[
            agency("1", description="Open to all."),
            agency("2", description="Behind the mill.", is_confidential_place=True, exclude_from_website=True),
        ],
        phone=[
            owned("phone", "1", "P", e164="+12175550101", number_written="217-555-0101"),
            owned("phone", "2", "P", e164="+12175550101", number_written="217-555-0101", is_private=True),
            owned("phone", "2", "Q", e164="+12175550199", number_written="217-555-0199", is_private=True),
        ],
        address=[owned("address", "2", "A", line1="9 Secret Lane", address_key="9 secret", is_private=True)],
    )
    plans = plans_of(place)
    told = str([frame.to_dicts() for frame in (plans.member, plans.value, plans.step)])
    for secret in ("555-0199", "Secret", "Behind the mill"):
        assert secret not in told
    view = merged(place)
    (row,) = view.agency.to_dicts()
    assert (row["is_confidential_place"], row["exclude_from_website"]) == (True, True)
    assert dict(view.phone.select("e164", "is_private").iter_rows()) == {"+12175550101": True, "+12175550199": True}


def test_the_merged_agency_has_everything_once_and_nothing_hangs() -> None:
    """What leaves the house must hold together."""
    place = town()
    view = merged(place, choices=FIRST)
    assert view.agency.height == place.agency.height - 1
    kept = view.agency.filter(pl.col("record_uid") == uid("1")).row(0, named=True)
    assert kept["aka"] == ["Agency 2"]
    assert view.agency.filter(pl.col("native_id") == "7").select("parent_uid", "parent_native_id").row(0) == (
        uid("1"),
        "1",
    )
    assert set(view.service["agency_uid"]) == {uid(number) for number in "13456"}
    phones = view.phone.filter(pl.col("owner_uid") == uid("1"))
    assert sorted(phones["e164"]) == ["+12175550100", "+12175550201", "+12175550202"]
    assert phones["slot"].n_unique() == 3
    assert view.schedule.filter(pl.col("owner_uid") == uid("1")).height == 1
    assert view.address.filter(pl.col("owner_uid") == uid("1")).height == 1


def test_a_merge_is_no_verification() -> None:
    """The merged record is as old as the oldest of the records that its values come from."""
    old, new = {"verified_on": date(2024, 1, 1)}, {"verified_on": date(2026, 1, 1)}
    place = directory(agency=[agency("1", **new), agency("2", email="x@a.example", **old)])
    assert merged(place).agency["verified_on"].to_list() == [date(2024, 1, 1)]
    place = directory(agency=[agency("1", **new), agency("2", **old)])
    assert merged(place).agency["verified_on"].to_list() == [date(2026, 1, 1)]


def test_an_agency_below_itself_loses_the_parent_and_a_circle_is_refused() -> None:
    """An organization entered again as its own program, and one whose parent is part of it."""
    place = directory(agency=[agency("1"), agency("2", parent_uid=uid("1"), parent_native_id="1")])
    choice = {("plan-1", "survivor"): "2"}
    assert merged(place, choices=choice).agency.select("native_id", "parent_uid").rows() == [("2", None)]
    place = directory(
        agency=[
            agency("1", parent_uid=uid("3"), parent_native_id="3"),
            agency("2"),
            agency("3", parent_uid=uid("2"), parent_native_id="2"),
        ]
    )
    plans = plans_of(place, choices=FIRST)
    assert set(plans.member["state"]) == {"refused"}
    assert "circle" in plans.member["told"][0]
    assert plans.step.is_empty()
    assert merged(place, choices=FIRST).agency.height == 3
    # With the other record kept, the agency between them stays below it.
    assert merged(place).agency.select("native_id", "parent_native_id").sort("native_id").rows() == [
        ("2", None),
        ("3", "2"),
    ]


def test_a_work_order_closes_itself() -> None:
    """The next export shows it half done or done."""
    closed = {"is_counted": False, "status": "inactive"}
    half = directory(agency=[agency("1"), agency("2", **closed)], service=[child("service", "9", "2")])
    assert set(plans_of(half).member["state"]) == {"half_done"}
    assert "1 records still belong" in plans_of(half).member["told"][0]
    done = directory(agency=[agency("1"), agency("2", **closed)])
    assert set(plans_of(done).member["state"]) == {"done"}
    assert plans_of(done).step.is_empty()


def test_agencies_of_two_centers_are_planned_and_merged_only_when_asked() -> None:
    """One center cannot move another center's services."""
    place = directory(agency=[agency("1"), agency("2", center_id="other")])
    groups = pl.DataFrame(
        {
            "plan_id": ["plan-1", "plan-1"],
            "center_id": ["test", "other"],
            "record_uid": [uid("1"), record_uid("other", "agency", "2")],
        }
    )
    plans = plans_of(place, groups=groups)
    (step,) = plans.step.filter(pl.col("action") == "retire_record").to_dicts()
    assert step["center_id"] == "other"
    assert "which test keeps: agree with that center" in step["text"]
    assert merge_directory(place, plans.plans, parameters=MergeParameters()).directory.agency.height == 2
    across = merge_directory(place, plans.plans, parameters=MergeParameters(across_centers=True)).directory
    assert across.agency["native_id"].to_list() == ["1"]
