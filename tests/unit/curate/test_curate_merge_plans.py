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


CLOSED = {"is_counted": False, "status": "inactive"}


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
        ({"is_counted": False, "status": "inactive"}, {}, "2", "only one that is active"),
        ({"is_counted": False}, {}, "2", "only one that its center owns"),
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
    half = directory(agency=[agency("1"), agency("2", **CLOSED)], service=[child("service", "9", "2")])
    assert set(plans_of(half).member["state"]) == {"half_done"}
    assert "1 records still belong" in plans_of(half).member["told"][0]
    done = directory(agency=[agency("1"), agency("2", **CLOSED)])
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


def phones_of(*numbers: str, **changes) -> list[pl.DataFrame]:
    return [
        owned("phone", number, "P", e164=f"+1217555010{number}", number_written=f"555-010{number}", **changes)
        for number in numbers
    ]


def test_a_closed_record_adds_nothing_but_its_names_and_children() -> None:
    """What a center closed is out of date: it must not come back by way of the merged agency."""
    place = directory(
        agency=[
            agency("1", description="Now.", verified_on=date(2025, 1, 1)),
            agency("2", description="Then.", url="https://then.example", verified_on=date(2026, 1, 1), **CLOSED),
        ],
        phone=phones_of("1", "2"),
        taxonomy_link=[owned("taxonomy_link", "2", "T1", code="BD-1800.2000")],
    )
    view = merged(place)
    assert view.agency.select("native_id", "description", "url").rows() == [("1", "Now.", None)]
    assert view.agency["verified_on"].to_list() == [date(2025, 1, 1)]
    assert view.agency["aka"].to_list() == [["Agency 2"]]
    assert view.phone["e164"].to_list() == ["+12175550101"]
    assert view.taxonomy_link.is_empty()


def test_a_private_number_of_a_closed_record_stays_known_to_be_private() -> None:
    """Otherwise nobody would look for it in what leaves."""
    place = directory(
        agency=[agency("1"), agency("2", **CLOSED)], phone=[*phones_of("1"), *phones_of("2", is_private=True)]
    )
    assert dict(merged(place).phone.select("e164", "is_private").iter_rows()) == {
        "+12175550101": False,
        "+12175550102": True,
    }


@pytest.mark.parametrize("left", [{"origin": "derived"}, CLOSED])
def test_what_nobody_can_move_does_not_keep_a_plan_open(left) -> None:
    """A derived site and a closed one need no work."""
    place = directory(agency=[agency("1"), agency("2", **CLOSED)], site=[child("site", "9", "2", **left)])
    plans = plans_of(place)
    assert set(plans.member["state"]) == {"done"}
    assert plans.step.is_empty()
    assert merged(place).site["agency_uid"].to_list() == [uid("1")]


def test_a_closed_record_is_not_closed_again() -> None:
    """A half done plan lists what is left, not what was done."""
    place = directory(
        agency=[agency("1"), agency("2", **CLOSED)], service=[child("service", "9", "2")], phone=phones_of("2")
    )
    assert plans_of(place).step["action"].to_list() == ["add_name", "move_service"]


def test_a_copy_that_another_center_owns_is_not_taken_for_closed() -> None:
    """It is active, and somebody has to close it."""
    place = directory(agency=[agency("1"), agency("2", is_counted=False, not_counted_reason="other_owner")])
    assert set(plans_of(place).member["state"]) == {"ready"}


def test_a_closed_record_that_a_person_keeps_is_opened_again() -> None:
    """Otherwise the agency would vanish from packages."""
    place = directory(agency=[agency("1", **CLOSED), agency("2")])
    plans = plans_of(place, choices=FIRST)
    assert set(plans.member["state"]) == {"ready"}
    assert plans.step["text"][0].startswith("Open “Agency 1” (1) again")
    assert merged(place, choices=FIRST).agency.select("native_id", "status", "is_counted").rows() == [
        ("1", "active", True)
    ]


def test_chosen_phones_are_those_of_one_record() -> None:
    """A person said which number is right; the other one is not published."""
    place = directory(agency=[agency("1"), agency("2")], phone=phones_of("1", "2"))
    own, other = ({**FIRST, ("plan-1", "phone"): number} for number in "12")
    assert merged(place, choices=own).phone["e164"].to_list() == ["+12175550101"]
    assert "phone" not in str(plans_of(place, choices=own).step["text"].to_list())
    assert merged(place, choices=other).phone["e164"].to_list() == ["+12175550102"]
    told = plans_of(place, choices=other).step.filter(pl.col("field") == "phone")["text"].to_list()
    assert told[0].startswith("On “Agency 1” (1) remove each phone that “Agency 2” (2) does not have")
    assert "add the phone 555-0102" in told[1]


def test_a_choice_of_a_record_that_left_the_group_settles_nothing() -> None:
    """Its value is not there any more."""
    place = directory(agency=[agency("1"), agency("2")], phone=phones_of("1", "2"))
    assert set(plans_of(place, choices={("plan-1", "phone"): "9"}).member["state"]) == {"needs_choice"}


@pytest.mark.parametrize("hidden", ["1", "2"])
def test_addresses_are_withheld_when_either_record_is_confidential(hidden) -> None:
    """Also when the record that is kept is the confidential one."""
    place = directory(
        agency=[agency(number, is_confidential_place=number == hidden) for number in "12"],
        address=[owned("address", "2", "A", line1="9 Secret Lane", address_key="9 secret")],
    )
    assert "Secret" not in str(plans_of(place, choices=FIRST).step.to_dicts())


def test_the_parent_of_a_record_that_is_taken_up_is_not_lost() -> None:
    """Unless the kept record has its own."""
    above = [agency("5"), agency("6")]
    below = {"parent_uid": uid("5"), "parent_native_id": "5"}
    place = directory(agency=[agency("1"), agency("2", **below), *above])
    found = merged(place, choices=FIRST).agency.filter(pl.col("native_id") == "1")
    assert found.select("parent_uid", "parent_native_id").rows() == [(uid("5"), "5")]
    assert "below “Agency 5” (5)" in plans_of(place, choices=FIRST).step["text"][0]
    place = directory(agency=[agency("1", parent_uid=uid("6"), parent_native_id="6"), agency("2", **below), *above])
    found = merged(place, choices=FIRST).agency.filter(pl.col("native_id") == "1")
    assert found["parent_native_id"].to_list() == ["6"]


def test_a_circle_that_another_plan_would_have_opened_is_refused_while_that_waits() -> None:
    """Packages hold only some of the plans carried out."""
    place = directory(
        agency=[
            agency("1", parent_uid=uid("3"), parent_native_id="3"),
            agency("2"),
            agency("3", parent_uid=uid("2"), parent_native_id="2", ein="111111111"),
            agency("4", ein="222222222"),
        ]
    )
    options = {
        "choices": {("plan-1", "survivor"): "1", ("plan-2", "survivor"): "4"},
        "groups": confirmed(plan_1="12", plan_2="34"),
    }
    states = dict(plans_of(place, **options).member.select("plan_id", "state").iter_rows())
    assert states == {"plan-1": "refused", "plan-2": "needs_choice"}
    assert merged(place, **options).agency.height == 4


def test_nothing_hangs_across_centers() -> None:
    """What belongs to the agency moves with it; what hangs below it keeps it where it is."""
    there = {"center_id": "other"}
    far = record_uid("other", "agency", "2")
    groups = pl.DataFrame(
        {"plan_id": ["plan-1", "plan-1"], "center_id": ["test", "other"], "record_uid": [uid("1"), far]}
    )
    trusted = MergeParameters(across_centers=True, owner_priority=("test",))
    phone = owned("phone", "2", "P", owner_uid=far, e164="+12175550102", number_written="555-0102", **there)
    place = directory(agency=[agency("1"), agency("2", **there)], phone=[phone])
    view = merge_directory(place, plans_of(place, groups=groups, parameters=trusted).plans, parameters=trusted)
    assert view.directory.agency["native_id"].to_list() == ["1"]
    assert view.directory.phone.select("center_id", "owner_uid").rows() == [("test", uid("1"))]
    place = directory(
        agency=[agency("1"), agency("2", **there)], service=[child("service", "9", "2", agency_uid=far, **there)]
    )
    view = merge_directory(place, plans_of(place, groups=groups, parameters=trusted).plans, parameters=trusted)
    assert sorted(view.directory.agency["native_id"]) == ["1", "2"]
