"""Canaries: private values planted wherever people write them must be in nothing that leaves."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest

from pipeline.publish.package import write_package
from schemas.errors import ContractError
from schemas.private_values import PrivateValues

PHONE_SPELLINGS = [
    "217-555-0199",
    "(217) 555-0199",
    "217.555.0199",
    "2175550199",
    "+1 217 555 0199",
    "217 555‑0199",
    "555-0199",
]


def released(package, folder):
    """Everything that was written, as one text in lower case."""
    write_package(package, folder / "out")
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((folder / "out").iterdir())).lower()


def condensed(text):
    """Only letters and digits, as a determined reader would compare."""
    return re.sub(r"[\W_]+", "", text)


@pytest.fixture
def planted(small):
    """The small directory with private values in their own rows and in the texts of public records."""
    rows = small.rows()
    agency = small.uid("agency", "1")
    rows["phone"].append(
        small.owned(
            "phone",
            "service",
            "20",
            "Secret",
            number_written="217-555-0199",
            e164="+12175550199",
            is_private=True,
            note="night staff only",
        )
    )
    rows["contact"].append(
        small.owned(
            "contact",
            "agency",
            "1",
            "owner",
            role="owner",
            name="Casey Marigold",
            title="Founder",
            email="casey.marigold@hidden.example.org",
            phone="(312) 555-0142",
            is_private=True,
        )
    )
    rows["site"][1] |= {"is_address_private": True}
    rows["service"].append(
        small.record(
            "service",
            "22",
            agency_uid=agency,
            agency_native_id="1",
            name="Willow Refuge Program",
            description="Shelter in a quiet street.",
            is_confidential_place=True,
        )
    )
    rows["site"].append(
        small.record(
            "site",
            "12",
            agency_uid=agency,
            agency_native_id="1",
            name="Refuge",
            line1="4417 Thistledown Court Apt 3",
            city="Springfield",
            state="IL",
            postal_code="62704",
            county="Sangamon",
            latitude=39.71234,
            longitude=-89.51234,
            transportation="Two blocks from the mill",
            url="https://maps.example.org/?q=refuge",
        )
    )
    rows["service_at_site"].append(
        small.record(
            "service_at_site",
            "22-12",
            agency_uid=agency,
            service_uid=small.uid("service", "22"),
            service_native_id="22",
            site_uid=small.uid("site", "12"),
            site_native_id="12",
        )
    )
    hidden = small.uid("agency", "9")
    rows["agency"].append(
        small.record(
            "agency",
            "9",
            name="Hidden Hollow Home",
            description="Nobody may know.",
            withheld_reason="excluded_from_website",
            email="desk@hiddenhollow.example.org",
        )
    )
    rows["service"].append(
        small.record("service", "29", agency_uid=hidden, agency_native_id="9", name="Hollow Beds", description="Beds.")
    )
    rows["phone"].append(
        small.owned("phone", "agency", "9", "Phone1", number_written="618-555-0177", e164="+16185550177")
    )
    rows["address"].append(
        small.owned(
            "address", "agency", "9", "physical", address_kind="physical", line1="980 Foxglove Avenue", city="Cairo",
            state="IL", postal_code="62914",
        )
    )  # fmt: skip
    rows["agency"][0]["description"] = (
        "Family resource center. "
        + " ".join(f"At night call {spelling}." for spelling in PHONE_SPELLINGS)
        + " Write to Casey.Marigold@hidden.example.org. Marigold, Casey answers. Open to all families."
    )
    rows["service"][0]["description"] = (
        "Weekly classes for parents.\nMeet at 77 Quarry Ln on Mondays.\nThe refuge is at 4417 thistledown ct.\nChild care is offered."
    )
    rows["service"][0]["intake"] = "Hollow residents ring 618 555 0177"
    rows["service"][1]["eligibility"] = "People sent from 980 Foxglove Ave. in Cairo"
    rows["service"][1]["url"] = "https://example.org/call?tel=618-555-0177"
    rows["service"][1]["documents"] = "Ask desk@hiddenhollow.example.org."
    return rows


FORBIDDEN = [
    "2175550199", "5550199", "caseymarigold", "marigoldcasey", "3125550142", "77quarry", "quarryl", "4417thistledown",
    "thistledown", "3971234", "8951234", "6185550177", "980foxglove", "foxglove", "hiddenhollow", "hollowbeds", "nobodymayknow",
    "nightstaffonly", "twoblocksfromthemill", "behindthestation", "robinquill", "mapsexampleorg",
]  # fmt: skip


def test_no_planted_value_is_in_any_written_file(small, planted, tmp_path):
    """Somebody in hiding could be found through the public directory."""
    text = condensed(released(small.export(planted), tmp_path))
    assert [value for value in FORBIDDEN if value in text] == []


def test_what_stands_beside_a_private_value_stays(small, planted):
    """A whole description would be lost for one number."""
    tables = small.export(planted).tables
    agency = tables["organization"].row(0, named=True)
    assert agency["description"] == "Family resource center. Open to all families."
    service = tables["service"].filter(pl.col("name") == "Parenting Classes").row(0, named=True)
    assert service["description"] == "Weekly classes for parents. Child care is offered."


def test_what_was_removed_is_counted_without_being_told(small, planted):
    """The coordinator could not see that values were taken out."""
    package = small.export(planted)
    assert package.removed_values == {
        "private_address": 2,
        "private_address_in_text": 2,
        "private_contact": 1,
        "private_coordinates": 2,
        "private_directions": 2,
        "private_email_in_text": 2,
        "private_map_link": 1,
        "private_name_in_text": 1,
        "private_phone": 1,
        "private_phone_in_text": 3,
        "site_not_located_confidential_place": 1,
        "site_not_located_private_address": 1,
    }
    assert "2175550199" not in condensed(repr(package))


def test_withheld_list_holds_no_names(small, planted, tmp_path):
    """The list of what was left out would itself tell who is hiding."""
    write_package(small.export(planted), tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {"center_id", "record_uid", "kind", "reason", "rule_id"} == set(manifest["withheld"][0])


def test_confidential_service_is_written_without_its_place(small, planted):
    """People in need could not find the service at all, or everybody could find the house."""
    package = small.export(planted)
    assert "Willow Refuge Program" in package.tables["service"]["name"].to_list()
    place = package.tables["location"].filter(pl.col("name") == "Refuge").row(0, named=True)
    assert (place["location_type"], place["latitude"], place["transportation"], place["url"]) == (
        "physical",
        None,
        None,
        None,
    )


def test_confidential_street_is_private_for_everyone_there(small, planted):
    """The office next door would give the shelter's address away."""
    planted["site"].append(
        small.record(
            "site", "13", agency_uid=small.uid("agency", "1"), agency_native_id="1", name="Office", line1="4417 Thistledown Ct",
            city="Springfield", state="IL", postal_code="62704", latitude=39.71234, longitude=-89.51234,
        )
    )  # fmt: skip
    package = small.export(planted)
    assert "thistledown" not in str(package.tables["address"].to_dicts()).lower()
    assert package.removed_values["site_not_located_same_place"] == 1


def test_same_street_in_another_town_stays(small, planted):
    """Every Thistledown Court in the state would vanish."""
    planted["site"].append(
        small.record(
            "site", "13", agency_uid=small.uid("agency", "1"), agency_native_id="1", name="Far", line1="4417 Thistledown Ct",
            city="Peoria", state="IL", postal_code="61602",
        )
    )  # fmt: skip
    assert "4417 Thistledown Ct" in small.export(planted).tables["address"]["address_1"].to_list()


def test_value_that_a_public_record_gives_away_itself_stays(small):
    """A switchboard marked private once would vanish from every text."""
    rows = small.changed("service", 0, description="Call 217-555-0101 to register.")
    rows["phone"].append(
        small.owned("phone", "service", "21", "P", number_written="217-555-0101", e164="+12175550101", is_private=True)
    )
    package = small.export(rows)
    assert "217-555-0101" in package.tables["service"].filter(pl.col("name") == "Parenting Classes")["description"][0]
    assert package.tables["phone"].filter(pl.col("service_id") == small.uid("service", "21")).is_empty()


def test_other_number_with_the_same_last_digits_stays(small):
    """A public number in another area code would be cut out of texts."""
    rows = small.changed("service", 0, description="Call (312) 555-0199 to register.")
    rows["phone"].append(
        small.owned("phone", "service", "21", "P", number_written="217-555-0199", e164="+12175550199", is_private=True)
    )
    assert "(312) 555-0199" in str(small.export(rows).tables["service"].to_dicts())


def test_name_of_an_agency_is_not_taken_for_its_founder(small):
    """The Alex Fern Clinic would lose its name because a private contact is called Alex Fern."""
    rows = small.changed("agency", 0, name="Alex Fern Clinic")
    rows["contact"][0] |= {"is_private": True}
    package = small.export(rows)
    assert package.tables["organization"]["name"].to_list() == ["Alex Fern Clinic"]
    assert package.tables["contact"].is_empty()


def test_name_that_is_a_private_number_takes_the_service_out(small):
    """A record would be written without its required name."""
    rows = small.changed("service", 0, name="Line 217 555 0199")
    rows["phone"].append(
        small.owned("phone", "service", "21", "P", number_written="217-555-0199", e164="+12175550199", is_private=True)
    )
    package = small.export(rows)
    row = package.withheld.filter(pl.col("kind") == "service").row(0, named=True)
    assert row["reason"] == "required_field_missing"
    assert package.preflight.errors == ()


def test_nothing_is_released_when_a_private_value_is_found_in_the_files(small, tmp_path):
    """The last look before release would be a formality."""
    package = small.export(small.rows())
    object.__setattr__(package.public, "private_values", PrivateValues(phones=frozenset({"2175550101"})))
    with pytest.raises(ContractError) as fault:
        write_package(package, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.iterdir()) == []
    assert "5550101" not in condensed(str(fault.value))
