"""The sheet of verdicts shows nothing by which a hidden agency can be found or reached."""

from __future__ import annotations

import json

import polars as pl
import pytest

from pipeline.match.agencies import match_agencies
from pipeline.publish.verdict_sheet import verdict_sheets
from schemas.directory import Directory
from schemas.identity import record_uid
from schemas.match_parameters import MatchParameters
from tests.builders import directory
from tests.merge_towns import agency, owned

PHONE, STREET, SITE, MAIL = "217-555-0142", "9 Secret Lane", "https://shelter.example", "night@shelter.example"


def town(*, is_address_private: bool = False, is_phone_private: bool = False, **flags) -> Directory:
    """Two entries of one agency; the flags are on the second."""
    contact = {"url": SITE, "url_domain_key": "shelter.example", "email": MAIL, "ein": "123456789"}
    return directory(
        agency=[agency("1", name="Harbor House"), agency("2", name="Harbor House Inc", **contact, **flags)],
        phone=[
            owned("phone", "2", "P", e164="+12175550142", number_written=PHONE, is_private=is_phone_private),
        ],
        address=[
            owned("address", "2", "A", line1=STREET, address_key="9 secret lane", house_number_key="9", city="Paris",
                  is_private=is_address_private),
        ],
    )  # fmt: skip


def sheet_of(place: Directory) -> dict[str, str | None]:
    named = {
        side: {
            "center_id": "test",
            "record_uid": record_uid("test", "agency", number),
            "native_id": number,
            "name": "x",
        }
        for side, number in (("a", "1"), ("b", "2"))
    }
    document = {
        **named, "pair_id": "0" * 16, "standing": "open", "band": "possible", "score": 0.5, "told": None, "reasons": [],
        "verdict": None, "basis": None, "decided_by": None, "decided_at": None,
    }  # fmt: skip
    return verdict_sheets([document], directory=place)[0].rows.row(0, named=True)


def test_what_is_public_is_shown() -> None:
    """A curator compares both records without opening them."""
    row = sheet_of(town())
    assert (row["phone_b"], row["website_b"]) == (PHONE, SITE)
    assert row["address_b"] == f"{STREET}, Paris"
    assert row["phone_a"] is None


@pytest.mark.parametrize("flags", [{"is_confidential_place": True}, {"withheld_reason": "excluded_from_website"}])
def test_a_hidden_agency_can_neither_be_found_nor_reached_by_the_sheet(flags) -> None:
    """The file is mailed around; a shelter's night line and street must not travel in it."""
    row = sheet_of(town(**flags))
    assert [row[f"{name}_b"] for name in ("phone", "address", "website")] == ["withheld"] * 3
    assert not any(secret in str(row) for secret in (PHONE, STREET, SITE))


@pytest.mark.parametrize(("flag", "column"), [("is_phone_private", "phone_b"), ("is_address_private", "address_b")])
def test_a_private_value_is_withheld(flag, column) -> None:
    """Whatever the record itself says."""
    assert sheet_of(town(**{flag: True}))[column] == "withheld"


def test_what_another_record_keeps_private_is_withheld_here_too() -> None:
    """The same line, public by mistake on the second entry, is the shelter's line all the same."""
    place = town()
    hidden = owned("phone", "1", "P", e164="+12175550142", number_written="(217) 555 0142", is_private=True)
    unlisted = town(is_phone_private=True)
    both = Directory.of(**place.tables() | {"phone": pl.concat([place.phone, hidden])})
    # Delivered as public by a record that leaves, a number is published by the center itself; as a private one it is not.
    assert sheet_of(unlisted)["phone_b"] == "withheld"
    assert "555 0142" not in str(sheet_of(both))


@pytest.mark.parametrize("flags", [{"is_confidential_place": True}, {"withheld_reason": "excluded_from_website"}])
def test_the_reasons_of_a_pair_hide_it_as_well(flags) -> None:
    """The reasons stand in the list, the explanation and the sheet."""
    place = town(**flags)
    twin = town()
    shared = Directory.of(
        **place.tables()
        | {
            "agency": pl.concat([place.agency, twin.agency.filter(pl.col("native_id") == "2").with_columns(
                record_uid=pl.lit(record_uid("test", "agency", "3")), native_id=pl.lit("3"))]),
            "phone": pl.concat([place.phone, owned("phone", "3", "P", e164="+12175550142", number_written=PHONE)]),
        }
    )  # fmt: skip
    reasons = match_agencies(shared, parameters=MatchParameters()).reasons
    told = json.dumps(reasons.select("signal", "a", "b", "text").to_dicts())
    assert '"phone"' in told
    assert not any(secret in told for secret in (PHONE, STREET, "shelter.example", MAIL))
