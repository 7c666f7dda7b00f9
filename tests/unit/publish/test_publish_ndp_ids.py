"""Ids of an NDP-shaped bundle: stable, never twice, and those of what is gone."""

from __future__ import annotations

import json

import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.publish.ndp_ids import long_number, owner_prefixes, record_ids, removed_ids
from schemas.errors import UsageError
from schemas.ndp_parameters import NdpParameters
from tests.ndp_bundles import bundles_of, package_of, public_of, written

PREFIXES = {"test": "211test", "two": "211two"}


def ids_of(public, prefixes=PREFIXES):
    """The id of every record by center, kind and id of ours."""
    rows = record_ids(public, prefixes=prefixes).iter_rows()
    return {(center, kind, uid): record_id for kind, center, uid, record_id in rows}


def two_centers(small):
    """Two centers that number their records alike."""
    rows = small.rows()
    for name in ("agency", "service", "site", "service_at_site"):
        rows[name] += [
            small.record(
                row["kind"],
                row["native_id"],
                **{
                    name: value
                    for name, value in row.items()
                    if name not in ("kind", "native_id", "record_uid", "center_id")
                },
                center_id="two",
            )
            for row in list(rows[name])
        ]
    for kind, column in (("agency", "agency_uid"), ("service", "service_uid"), ("site", "site_uid")):
        swap = {small.uid(kind, row["native_id"]): small.uid(kind, row["native_id"], "two") for row in rows[kind]}
        for name in ("agency", "service", "site", "service_at_site"):
            for row in rows[name]:
                if row["center_id"] == "two" and row.get(column) in swap:
                    row[column] = swap[row[column]]
    return public_of(small.directory(rows))


def test_a_long_number_is_the_same_everywhere():
    """Dependent ids would change from night to night."""
    frame = pl.DataFrame({"a": [""]}).select(long_number(pl.col("a")))
    # XXH64 of the empty text, from its specification: 0xEF46DB3751D8E999.
    assert frame.item() == str(0xEF46DB3751D8E999)


def test_one_number_for_agency_site_and_service_gives_three_ids(small):
    """Two records of one bundle would have one id."""
    rows = small.rows()
    rows["site"][0] |= {"native_id": "1"}
    rows["service"][0] |= {"native_id": " 1 "}
    found = ids_of(public_of(small.directory(rows)))
    assert found["test", "agency", small.uid("agency", "1")] == "211test-1"
    site, service = found["test", "site", small.uid("site", "10")], found["test", "service", small.uid("service", "20")]
    assert site != service
    assert all(one.removeprefix("211test-").isdigit() and len(one) > 20 for one in (site, service))
    assert found == ids_of(public_of(small.directory(rows)))


@pytest.mark.parametrize("native_id", [None, "", "derived:0123456789abcdef"])
def test_a_record_without_a_number_of_the_center_has_a_long_one(small, native_id):
    """A receiver would ask for a number that the center does not know."""
    rows = small.changed("site", 0, native_id=native_id)
    found = ids_of(public_of(small.directory(rows)))
    assert found["test", "site", small.uid("site", "10")].removeprefix("211test-").isdigit()
    assert found["test", "site", small.uid("site", "11")] == "211test-11"


def test_ids_of_two_centers_do_not_meet(small):
    """The records of one center would overwrite those of another."""
    public = two_centers(small)
    found = list(ids_of(public).values())
    assert len(found) == len(set(found)) == 14
    package = package_of(public, parameters=NdpParameters(owner_codes=PREFIXES))
    assert package.preflight.errors == ()
    assert [bundle["id"] for bundle in bundles_of(package)] == ["211test-1", "211two-1"]


def test_two_centers_may_not_have_one_code(small):
    """Their numbers would run into each other."""
    public = two_centers(small)
    with pytest.raises(UsageError, match="same code"):
        owner_prefixes(public, parameters=NdpParameters(owner_codes={"test": "a", "two": "A"}))


def test_one_code_is_not_enough_for_two_centers(small):
    """Their numbers would run into each other."""
    rows = two_centers(small)
    public = type(rows)(
        **{**vars(rows), "agency": rows.agency.with_columns(record_owner=pl.lit(None, dtype=pl.String))}
    )
    with pytest.raises(UsageError, match=r"\[export_ndp\] owner_codes"):
        owner_prefixes(public, parameters=NdpParameters(owner_code="211test"))


def test_the_record_owner_serves_when_the_settings_say_nothing(small):
    """A center with one record owner would have to say it twice."""
    public = public_of(small.directory(small.rows()))
    assert owner_prefixes(public, parameters=NdpParameters()) == {"test": "TEST"}
    assert owner_prefixes(public, parameters=NdpParameters(owner_code="x")) == {"test": "x"}


@pytest.mark.parametrize("owners", [(None, None), ("A", "B"), ("a b", "a b")])
def test_without_any_code_the_setting_is_named(small, owners):
    """People would not know what to set."""
    rows = small.rows()
    rows["agency"].append(small.record("agency", "2", name="Second"))
    for row, owner in zip(rows["agency"], owners, strict=True):
        row["record_owner"] = owner
    with pytest.raises(UsageError, match=r"\[export_ndp\] owner_code ") as caught:
        package_of(public_of(small.directory(rows)), parameters=NdpParameters())
    assert "curation.toml" in caught.value.advice


@pytest.mark.parametrize("code", ["a-b", "a b", "ü", "x" * 33])
def test_a_code_that_cannot_stand_before_a_number_is_refused(code):
    """Ids would be cut at the wrong hyphen."""
    with pytest.raises(ValidationError, match="an owner code is"):
        NdpParameters(owner_code=code)


def removed_frame(*rows):
    """Records that are gone."""
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("kind", "center_id", "record_uid", "native_id"), pl.String), orient="row"
    )


def test_what_is_gone_is_listed_by_id(small):
    """A receiver would keep a closed agency for ever."""
    public = public_of(small.directory(small.rows()))
    gone = removed_frame(("service", "test", "u1", "77"), ("agency", "test", "u2", "7"), ("site", "test", "u3", None))
    lines = written(package_of(public, removed=gone), "removed.jsonl").splitlines()
    found = [json.loads(line) for line in lines]
    assert [(row["type"], row["id"]) for row in found if row["type"] != "location"] == [
        ("organization", "211test-7"),
        ("service", "211test-77"),
    ]
    (location,) = [row["id"] for row in found if row["type"] == "location"]
    assert location.removeprefix("211test-").isdigit()
    assert list(found[0]) == ["type", "id"]


def test_nothing_that_is_there_is_listed_as_gone(small):
    """A receiver would delete an agency because a site with its number is gone."""
    public = public_of(small.directory(small.rows()))
    ids = record_ids(public, prefixes=PREFIXES)
    gone = removed_ids(removed_frame(("site", "test", "u1", "1")), ids, prefixes=PREFIXES)
    assert not set(gone["id"]) & set(ids["id"])
    assert gone["id"][0].startswith("211test-")


def test_gone_records_of_a_center_without_others_need_its_code(small):
    """The ids would belong to nobody."""
    public = public_of(small.directory(small.rows()))
    with pytest.raises(UsageError, match="center two"):
        package_of(public, removed=removed_frame(("agency", "two", "u", "1")))


def test_nothing_gone_gives_an_empty_list_and_no_question_gives_none(small):
    """A receiver could not tell whether anything was asked."""
    public = public_of(small.directory(small.rows()))
    assert written(package_of(public, removed=removed_frame()), "removed.jsonl") == b""
    with pytest.raises(FileNotFoundError):
        written(package_of(public), "removed.jsonl")
