"""Groups that obey verdicts, and what changes a verdict rests on."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.match.clusters import Clusters, cluster_pairs
from pipeline.match.compared_values import compared_values
from pipeline.match.directory_entities import entities_of_directory
from pipeline.match.siblings import alike_siblings
from pipeline.match.verdict_changes import material_changes
from schemas.decided import DecidedPairs, pairs_frame
from schemas.match_parameters import MatchParameters
from schemas.verdicts import Verdict
from tests.builders import directory, row
from tests.verdict_entries import pair


def grouped(links, *, largest=8, walls=(), same=(), different=(), unsure=()) -> Clusters:
    scored = pairs_frame([pair(*names) for names, _ in links]).with_columns(
        score=pl.Series([score for _, score in links], dtype=pl.Float64), band=pl.lit("duplicate")
    )
    return cluster_pairs(
        scored,
        walls=pairs_frame([pair(*one) for one in walls]),
        largest=largest,
        decided=DecidedPairs(
            same=pairs_frame([pair(*one) for one in same]),
            different=pairs_frame([pair(*one) for one in different]),
            open_question=pairs_frame([pair(*one) for one in unsure]),
        ),
    )


def members(found: Clusters) -> list[str]:
    frame = found.cluster
    return sorted("".join(sorted(rows["record_uid"])) for rows in frame.partition_by("cluster_id"))


def test_what_people_called_one_is_one_group_whatever_the_score() -> None:
    """Even a pair that the matcher never proposed, and one with evidence against."""
    found = grouped([("cd", 0.9)], same=["ab"], walls=["ab"])
    assert members(found) == ["ab", "cd"]
    confirmed = dict(found.cluster.select("record_uid", "is_confirmed").iter_rows())
    assert (confirmed["a"], confirmed["c"]) == (True, False)
    assert found.cluster.filter(pl.col("record_uid") == "a").select("weakest_score", "weakest_pair_id").row(0) == (
        1.0,
        None,
    )


def test_different_is_a_wall_before_any_link() -> None:
    """A strong link does not overrule a person, and no chain leads around the wall."""
    assert members(grouped([("ab", 0.999), ("bc", 0.9)], different=["ab"])) == ["bc"]
    assert members(grouped([("ab", 0.99), ("bc", 0.9), ("cd", 0.95)], different=["ad"])) == ["ab", "cd"]
    # The wall holds for the whole confirmed group.
    assert members(grouped([("bc", 0.99)], same=["ab"], different=["ac"])) == ["ab"]


def test_unsure_is_no_link_of_its_own() -> None:
    """A pair that nobody could tell joins nothing by its score alone."""
    assert members(grouped([("ab", 0.99), ("cd", 0.98)], unsure=["ab"])) == ["cd"]


def test_a_confirmed_group_is_not_cut_by_the_size_and_the_rest_is_held_for_a_person() -> None:
    """People may merge more than the program proposes; the program never grows a group past the limit."""
    found = grouped([("cd", 0.99), ("de", 0.98)], same=["ab", "bc"], largest=3)
    assert members(found) == ["abc", "de"]
    held = dict(found.cluster.select("record_uid", "is_held_for_review").iter_rows())
    assert held == {"a": True, "b": True, "c": True, "d": False, "e": False}
    assert found.refused_size_count == 1


def test_the_weakest_link_is_named() -> None:
    """A person looks at the weakest link first."""
    found = grouped([("ab", 0.99), ("bc", 0.88)])
    frame = found.cluster
    assert set(frame["weakest_score"]) == {0.88}
    assert frame["weakest_pair_id"].n_unique() == 1


PHONE = {"phone": {"12175550100": "217-555-0100"}}
OTHER = {"phone": {"12175550111": "217-555-0111"}}


def values(name: str, **fields):
    return {"name": {name: name.title()}, **{field: {one: one for one in ones} for field, ones in fields.items()}}


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        # Nothing changed, or nothing that says who somebody is.
        ((values("food bank"), values("food shelf")), (values("food bank"), values("food shelf")), []),
        ((values("food bank"), values("food shelf")), (values("food bankk"), values("food shelf")), []),
        ((values("a", phone=["1"]), values("b", phone=["2"])), (values("a", phone=["1", "3"]), values("b", phone=["2"])), []),
        ((values("a", phone=["1", "3"]), values("b", phone=["2"])), (values("a", phone=["1"]), values("b", phone=["2"])), []),
        # Renamed.
        (
            (values("food bank"), values("food shelf")),
            (values("harvest house"), values("food shelf")),
            ["“Food Bank” is now called “Harvest House”."],
        ),
        # A value gave way to another.
        (
            (values("a", phone=["1"]), values("b", phone=["2"])),
            (values("a", phone=["3"]), values("b", phone=["2"])),
            ["The phone of “A” was 1 and is now 3."],
        ),
        # They have something in common now, or no longer.
        (
            (values("a", phone=["1"]), values("b", phone=["2"])),
            (values("a", phone=["1", "2"]), values("b", phone=["2"])),
            ["Both now have the phone 2."],
        ),
        (
            (values("a", email=["x"]), values("b", email=["x"])),
            (values("a", email=["y"]), values("b", email=["x"])),
            ["They no longer have the e-mail address x in common."],
        ),
        (
            (values("a"), values("b")),
            (values("a", aka=["b"]), values("b")),
            ["Both are now known as “b”."],
        ),
    ],
)  # fmt: skip
def test_only_material_changes_reopen_a_verdict(then, now, told) -> None:
    """Asked too often, people stop answering; not asked at all, a wrong verdict stays."""
    assert list(material_changes(then, now, names=("A", "B"), verdict=Verdict.UNSURE)) == told
    # Which of the two is called A makes no difference to whether something changed.
    assert bool(material_changes(then[::-1], now[::-1], names=("B", "A"), verdict=Verdict.UNSURE)) == bool(told)


def test_what_bears_a_verdict_out_is_no_reason_to_ask_again() -> None:
    """Called the same, and now they share a phone as well: nobody has to look at that."""
    apart = (values("a", phone=["1"]), values("b", phone=["2"]))
    together = (values("a", phone=["1", "2"]), values("b", phone=["2"]))
    names = ("A", "B")
    assert material_changes(apart, together, names=names, verdict=Verdict.SAME) == ()
    assert material_changes(apart, together, names=names, verdict=Verdict.DIFFERENT) != ()
    assert material_changes(together, apart, names=names, verdict=Verdict.DIFFERENT) == ()
    assert material_changes(together, apart, names=names, verdict=Verdict.SAME) != ()


def test_compared_values_take_the_comparison_form_and_hide_what_is_private() -> None:
    """The log must be able to tell a change later without holding a shelter's street."""
    town = directory(
        agency=[row("agency", "1", name="St. Anne's Food Pantry", ein="123456789")],
        phone=[
            row_of_phone("1", "Phone1", e164="+12175550100", number_written="217-555-0100"),
            row_of_phone("1", "Phone2", e164="+12175550111", number_written="217-555-0111", is_private=True),
        ],
    )
    keys = set(town.agency.select("center_id", "record_uid").iter_rows())
    (found,) = compared_values(
        entities_of_directory(town, parameters=MatchParameters()), keys=keys, words=MatchParameters().words
    ).values()
    assert list(found["name"]) == ["st anne food pantry"]
    assert found["ein"] == {"123456789": "123456789"}
    assert found["phone"].get("12175550100") == "217-555-0100"
    assert "12175550111" not in str(found)
    assert "withheld" in found["phone"].values()


def row_of_phone(owner: str, slot: str, **changes) -> pl.DataFrame:
    from schemas.contract import conform, schema_of
    from schemas.core import CORE_TABLES
    from schemas.identity import dependent_uid, record_uid

    values = {
        "center_id": "test",
        "record_uid": dependent_uid("test", "phone", "agency", owner, slot),
        "origin": "delivered",
        "owner_kind": "agency",
        "owner_uid": record_uid("test", "agency", owner),
        "slot": slot,
        "is_private": False,
        **changes,
    }
    schema = {name: dtype for name, dtype in schema_of(CORE_TABLES["phone"]).items() if name in values}
    return conform(pl.DataFrame([values], schema=schema), CORE_TABLES["phone"])


def service(native_id: str, name: str, **changes) -> pl.DataFrame:
    from schemas.identity import record_uid

    return row(
        "service", native_id, name=name, name_key=name.lower(), agency_uid=record_uid("test", "agency", "1"), **changes
    )


def alike(*services: pl.DataFrame) -> list[tuple[str, str]]:
    town = directory(agency=[row("agency", "1")], service=list(services))
    numbers = dict(town.service.select("record_uid", "native_id").iter_rows())
    return [
        (numbers[uid], numbers[first])
        for uid, first in alike_siblings(town).select("record_uid", "first_uid").sort("record_uid").iter_rows()
    ]


def test_services_of_one_agency_under_one_name_are_alike() -> None:
    """The later record points to the earlier one; numbers in names tell them apart."""
    assert alike(service("2", "Food Pantry"), service("10", "Food Pantry")) == [("10", "2")]
    assert alike(service("2", "Head Start 3"), service("10", "Head Start 5")) == []


def test_one_other_word_is_another_service_and_one_slip_is_not() -> None:
    """ "Miner Elementary School" and "Mason Elementary School" share most of their letters and are two schools."""
    assert alike(service("2", "dcps miner elementary school"), service("10", "dcps mason elementary school")) == []
    assert alike(service("2", "emergency groceries"), service("10", "emergancy groceries")) == [("10", "2")]
    assert alike(service("2", "evening meals for older adults"), service("10", "evening meals for older adults se"))
    assert alike(service("2", "food pantry"), service("10", "food pantry", is_counted=False)) == []
