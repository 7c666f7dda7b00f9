"""Cells of AIRS records and what belongs to them: numbers, addresses, hours, codes, areas, ages."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.normalize.directory import normalize_delivery
from schemas.parameters import NormalizeParameters
from tests.airs_files import address, agency, delivered, one_record, phone, records, service, site, source


def of_service(tmp_path: Path, *children: str, attributes: str = ""):
    """The record of a service with these elements."""
    text = source(agency(site(service(*children, attributes=attributes))))
    return one_record(delivered(tmp_path, text), "service")


def of_site(tmp_path: Path, *children: str, attributes: str = ""):
    """The record of a site with these elements."""
    return one_record(delivered(tmp_path, source(agency(site(*children, attributes=attributes)))), "site")


def test_cells_of_an_agency(tmp_path: Path):
    """A cell would land in the wrong field."""
    text = source(
        agency(
            "<AgencyDescription>Helps.</AgencyDescription>",
            "<AKA><Name>HC</Name><Confidential>false</Confidential></AKA><AKA><Name>The Harbor</Name></AKA>",
            "<URL><Address>www.example.org</Address><Note>main</Note></URL><URL><Address>www.example.com</Address></URL>",
            "<Email><Address>info@example.org</Address></Email>",
            "<LicenseAccreditation><License>Care</License><LicensedBy>State</LicensedBy></LicenseAccreditation>",
            "<IRSStatus>501(c)(3)</IRSStatus>",
            '<ResourceInfo AvailableForDirectory="true"><ResourceSpecialist>Person 1</ResourceSpecialist></ResourceInfo>',
            attributes='RecordOwner="MYTN" FEIN="36-0000001" YearInc="1978" LegalStatus="Nonprofit" ExcludeFromWebsite="1"',
        )
    )
    found = one_record(delivered(tmp_path, text), "agency")
    expected = {
        "description": "Helps.",
        "aka": "HC; The Harbor",
        "url": "www.example.org",
        "email": "info@example.org",
        "accreditations": "Care: State",
        "tax_status": "501(c)(3)",
        "curator": "Person 1",
        "record_owner": "MYTN",
        "ein": "36-0000001",
        "year_incorporated": "1978",
        "legal_status": "Nonprofit",
        "exclude_from_website": "1",
        "available_for_directory": "true",
    }
    assert {name: found[name] for name in expected} == expected
    assert found["exclude_from_directory"] is None


def test_cells_of_a_site(tmp_path: Path):
    """A cell would land in the wrong field."""
    found = of_site(
        tmp_path,
        "<SiteDescription>Brick house</SiteDescription>",
        "<TimeOpen><Notes>Mornings</Notes></TimeOpen>",
        "<Languages><Name>Spanish</Name><Notes>on Monday</Notes></Languages><Languages><Name>Polish</Name></Languages>",
        "<DisabilitiesAccess>Ramp</DisabilitiesAccess><BusServiceAccess>Bus 4</BusServiceAccess>",
        "<SpatialLocation/><SpatialLocation><Latitude>+39.801700</Latitude><Longitude>-89.643700</Longitude></SpatialLocation>",
        attributes='PublicAccessToTransportation="true"',
    )
    expected = {
        "description": "Brick house",
        "hours": "Mornings",
        "languages": "Spanish; Polish",
        "accessibility": "Ramp",
        "transportation": "Bus 4",
        "latitude": "+39.801700",
        "longitude": "-89.643700",
    }
    assert {name: found[name] for name in expected} == expected


def test_cells_of_a_service(tmp_path: Path):
    """A cell would land in the wrong field."""
    found = of_service(
        tmp_path,
        "<Seasonal><Description>Tax help</Description><StartDate>January 15</StartDate><EndDate>April 15</EndDate></Seasonal>",
        "<InternetResource><URL>www.example.org/food</URL></InternetResource>",
        "<DocumentsRequired><DocumentsRequired>Identity card</DocumentsRequired></DocumentsRequired>",
        "<DocumentsRequired><DocumentsRequired>Income</DocumentsRequired><Description>Pay stub</Description></DocumentsRequired>",
        "<ApplicationProcess><Step>Call</Step><Description>Ask for intake</Description></ApplicationProcess>",
        "<FeeStructure>Free</FeeStructure><PaymentMethodAccepted>Cash; Check</PaymentMethodAccepted>",
        "<GeneralEligibility>Everybody</GeneralEligibility>",
        '<AgeRequirements MinimumAge="18" MaximumAge="65" Gender="Female">Adults</AgeRequirements>',
        "<ResidencyRequirements>Sangamon County</ResidencyRequirements>",
    )
    expected = {
        "availability": "Tax help, January 15 to April 15",
        "url": "www.example.org/food",
        "documents": "Identity card; Income: Pay stub",
        "intake": "Call: Ask for intake",
        "fees": "Free",
        "payment_methods": "Cash; Check",
        "eligibility": "Everybody; Age: Adults; Gender: Female; Residency: Sangamon County",
        "minimum_age": "18",
        "maximum_age": "65",
    }
    assert {name: found[name] for name in expected} == expected


def test_elements_outside_the_schema_are_read_where_they_say_the_same(tmp_path: Path):
    """What iCarol writes into services, websites and other names, would be lost."""
    found = of_service(
        tmp_path,
        "<AKA><Name>Food shelf</Name></AKA><URL><Address>www.example.org</Address></URL>",
        "<Email><Address>food@example.org</Address></Email><OtherRequirements>None</OtherRequirements>",
    )
    said = (found["aka"], found["url"], found["email"], found["eligibility"])
    assert said == ("Food shelf", "www.example.org", "food@example.org", "None")


@pytest.mark.parametrize("flag", ["true", "1", "Yes", "who knows"])
def test_a_confidential_other_name_stays_inside(tmp_path: Path, flag: str):
    """A name that must not be told would be published among the other names."""
    names = f"<AKA><Name>Safe Place</Name><Confidential>{flag}</Confidential></AKA><AKA><Name>HC</Name></AKA>"
    export = delivered(tmp_path, source(agency(names)))
    assert one_record(export, "agency")["aka"] == "HC"
    assert any("marked as confidential: 1" in notice for notice in export.notices)
    assert "Safe Place" in "".join(export.raw_row["text"])


@pytest.mark.parametrize(
    ("ages", "limits"),
    [
        ('<AgeRequirements MinimumAge="18"/>', ("18", "")),
        (
            '<AgeRequirements MinimumAge="18" MaximumAge="40"/><AgeRequirements MinimumAge="16" MaximumAge="90"/>',
            ("16", "90"),
        ),
        ('<AgeRequirements MinimumAge="18"/><AgeRequirements MaximumAge="17"/>', ("", "")),
        ('<AgeRequirements MinimumAge="18"/><AgeRequirements MinimumAge="18" MaximumAge="60"/>', ("18", "")),
        ('<AgeRequirements MinimumAge="adult"/>', ("adult", "")),
    ],
)
def test_ages_of_several_requirements_are_taken_together(tmp_path: Path, ages: str, limits: tuple[str, str]):
    """Somebody who fits one of the requirements would be turned away."""
    found = of_service(tmp_path, ages)
    assert (found["minimum_age"], found["maximum_age"]) == limits


def test_phones(tmp_path: Path):
    """A number would be told as what it is not, or a confidential one would get out."""
    more = "<Extension>12</Extension><Description>Mornings</Description><Type>Voice</Type><Function>Intake</Function>"
    text = source(
        agency(
            phone("217-555-0101", more),
            phone("800-555-0102", "<Type>Fax</Type>", toll_free="true"),
            phone("", "<Type>After Hours</Type>"),
            phone("217-555-0103", "<Type>Phone1</Type>", flag="true"),
            '<Phone TollFree="false" Confidential="false"><ReasonWithheld>Unlisted</ReasonWithheld></Phone>',
            phone("217-555-0104", "<ReasonWithheld>Unlisted</ReasonWithheld>"),
            "<Phone/>",
        )
    )
    export = delivered(tmp_path, text)
    rows = export.phone.select("slot", "number", "extension", "type", "label", "note", "is_private").rows()
    assert rows == [
        ("phone:Phone[1]", "217-555-0101", "12", "Voice", "Intake", "Mornings", "false"),
        ("phone:Phone[2]", "800-555-0102", "", "toll_free", "", "", "false"),
        ("phone:Phone[4]", "217-555-0103", "", "main", "", "", "true"),
        ("phone:Phone[6]", "217-555-0104", "", "", "", "Unlisted", "true"),
    ]
    told = "Phones without a number: 3 of 7, 1 of them with a reason for withholding it"
    assert any(notice.startswith(told) for notice in export.notices)


def test_a_flag_of_privacy_that_is_not_there_is_not_no(tmp_path: Path):
    """A number without the flag would be public in a file that has the flag."""
    text = source(agency(phone("217-555-0101"), "<Phone><PhoneNumber>217-555-0102</PhoneNumber></Phone>"))
    directory = normalize_delivery(delivered(tmp_path, text), parameters=NormalizeParameters()).directory
    assert directory.phone.sort("slot")["is_private"].to_list() == [False, True]


def test_addresses(tmp_path: Path):
    """A street that is withheld would be told, or the way to a site would be lost."""
    withheld = '<PhysicalAddress Confidential="true"><City>Springfield</City><ReasonWithheld>Shelter</ReasonWithheld></PhysicalAddress>'
    text = source(
        agency(
            site(
                address(),
                address("MailingAddress", street="PO Box 5"),
                address("OtherAddress", street="7 Hill Rd"),
                address("OtherAddress", street="9 Hill Rd"),
                "<CrossStreet>Elm</CrossStreet><CrossStreet>Main</CrossStreet>",
                "<PhysicalLocationDescription>Behind the library</PhysicalLocationDescription>",
            ),
            site(withheld, key="12"),
        )
    )
    export = delivered(tmp_path, text)
    columns = ("owner_native_id", "slot", "address_kind", "line1", "directions", "is_private", "withheld_reason")
    assert export.address.select(columns).rows() == [
        ("11", "address:MailingAddress[1]", "mailing", "PO Box 5", "", "false", ""),
        ("11", "address:OtherAddress[1]", "other", "7 Hill Rd", "", "false", ""),
        ("11", "address:OtherAddress[2]", "other", "9 Hill Rd", "", "false", ""),
        (
            "11",
            "address:PhysicalAddress[1]",
            "physical",
            "100 Harbor St",
            "Behind the library; Cross streets: Elm and Main",
            "false",
            "",
        ),
        ("12", "address:PhysicalAddress[1]", "physical", "", "", "true", "Shelter"),
    ]


@pytest.mark.parametrize(
    ("place", "location_type"),
    [
        ("<NoPhysicalAddress><Explanation>Online</Explanation></NoPhysicalAddress>", "virtual"),
        ("<NoPhysicalAddress/>", None),
        (address(), None),
        ('<PhysicalAddress Confidential="true"><ReasonWithheld>Shelter</ReasonWithheld></PhysicalAddress>', "physical"),
    ],
)
def test_a_site_without_an_address_is_told_from_one_that_is_kept_secret(tmp_path: Path, place: str, location_type):
    """A shelter would count as a service on the telephone."""
    assert of_site(tmp_path, place)["location_type"] == location_type


def test_contacts(tmp_path: Path):
    """The person to ask about the record would be taken for one to call, or a confidential number would get out."""
    inside = (
        "<Title>Director</Title><Name>Person 1</Name><Email><Address>one@example.org</Address><Note>best</Note></Email>"
    )
    secret = phone("217-555-0199", flag="true") + phone("217-555-0101", "<Extension>7</Extension>")
    text = source(
        agency(
            f'<Contact Type="Director">{inside}{secret}</Contact><Contact Type="Any"> </Contact>',
            '<ResourceInfo><Contact Type="Resource Specialist"><Name>Person 2</Name></Contact></ResourceInfo>',
        )
    )
    export = delivered(tmp_path, text)
    rows = export.contact.select("slot", "role", "name", "title", "email", "phone").rows()
    assert rows == [
        ("contact:Contact[1]", "Director", "Person 1", "Director", "one@example.org", "217-555-0101 ext. 7"),
        ("contact:ResourceInfo/Contact[1]", "main", "Person 2", "", "", ""),
    ]
    assert export.phone.is_empty()


def test_codes_of_one_element_are_one_link(tmp_path: Path):
    """A service for veterans and one for food would be taken for food for veterans."""
    text = source(
        agency(
            site(
                service(
                    "<Taxonomy><Code>BD-1800.2000</Code><Code>YB-8000</Code></Taxonomy>",
                    "<Taxonomy><Code> PH-6100 </Code></Taxonomy>",
                    "<Taxonomy><Code/></Taxonomy><Taxonomy/>",
                    "<Taxonomy><Code>{what:'FOOD',who:'Children'}</Code></Taxonomy>",
                    "<Taxonomy><Code>food</Code><Code>BD-1800</Code></Taxonomy>",
                )
            )
        )
    )
    export = delivered(tmp_path, text)
    assert export.taxonomy_link["codes"].to_list() == ["BD-1800.2000 * YB-8000", "PH-6100", "BD-1800"]
    assert any("own categories: 2 of 7; empty: 1." in notice for notice in export.notices)
    links = normalize_delivery(export, parameters=NormalizeParameters()).directory.taxonomy_link
    assert set(links.select("code", "target_code").rows()) == {
        ("BD-1800.2000", "YB-8000"),
        ("PH-6100", None),
        ("BD-1800", None),
    }


def test_hours_of_days_and_hours_in_words(tmp_path: Path):
    """Somebody would stand before a closed door."""
    open_at = (
        "<TimeOpen><Monday><From>09:00:00</From><To>12:00:00</To><From>13:00:00.000</From><To>17:30:00.000</To></Monday>"
        "<Tuesday><From>00:00:00</From><To>24:00:00</To></Tuesday><Wednesday/><Notes>Closed on holidays</Notes></TimeOpen>"
    )
    later = "<TimeOpen><Monday><From>18:00:00</From><To>20:00:00</To></Monday></TimeOpen><TimeOpen/>"
    spoken = "<Languages><Name>Spanish</Name><TimeOpen><Friday><From>09:00:00</From><To>10:00:00</To></Friday></TimeOpen></Languages>"
    export = delivered(tmp_path, source(agency(site(service(open_at, later, spoken)))))
    assert one_record(export, "service")["hours"] == "Closed on holidays"
    schedule = normalize_delivery(export, parameters=NormalizeParameters()).directory.schedule
    assert [
        (day, str(opens)[:5], str(closes)[:5])
        for day, opens, closes in schedule.select("weekday", "opens_at", "closes_at").sort(pl.all()).rows()
    ] == [
        ("MO", "09:00", "12:00"),
        ("MO", "13:00", "17:30"),
        ("MO", "18:00", "20:00"),
        ("TU", "00:00", "23:59"),
    ]


@pytest.mark.parametrize(
    ("area", "units"),
    [
        ("<County>Sangamon</County><State>IL</State>", "IL - Sangamon County"),
        ("<County>Sangamon County</County><State>Illinois</State><Country>US</Country>", "IL - Sangamon County"),
        ("<County>Orleans Parish</County><State>LA</State>", "LA - Orleans Parish"),
        ("<County>Sangamon</County>", "Sangamon County"),
        ("<County>Logan</County><County>Cass</County><State>IL</State>", "IL - Logan County; IL - Cass County"),
        ("<County>King</County><County>Lane</County><State>WA</State><State>OR</State>", "King County; Lane County"),
        ("<City>Springfield</City><State>IL</State>", "IL - Springfield"),
        ("<City>Springfield</City><County>Sangamon</County><State>IL</State>", "IL - Sangamon County - Springfield"),
        ("<City>Langley</City><State>BC</State><Country>Canada</Country>", "BC - Langley"),
        ("<State>IL</State><Country>US</Country>", "IL"),
        ("<ZipCode>62701</ZipCode><ZipCode>62702</ZipCode><State>IL</State>", "62701; 62702"),
        ("<Country>US</Country>", "US"),
        ("<Country/><Description>All areas</Description>", ""),
    ],
)
def test_areas_served(tmp_path: Path, area: str, units: str):
    """Services would be found in no county, or in one of another state."""
    found = of_service(tmp_path, f"<GeographicAreaServed>{area}</GeographicAreaServed>")
    assert found["area_served_units"] == units
    assert found["area_served"] == ("All areas" if "Description" in area else "")


def test_several_areas_are_one_list(tmp_path: Path):
    """All areas but the first would be lost, or one would stand twice."""
    one = "<GeographicAreaServed><County>Logan</County><State>IL</State></GeographicAreaServed>"
    two = "<GeographicAreaServed><County>Cass</County><State>IL</State><Description>north only</Description></GeographicAreaServed>"
    found = of_service(tmp_path, one, two, one)
    assert (found["area_served_units"], found["area_served"]) == ("IL - Logan County; IL - Cass County", "north only")


def test_text_that_was_escaped_twice_is_plain_in_the_end(tmp_path: Path):
    """Tags would stand in the description, or the raw text would not be as delivered."""
    text = "<AgencyDescription>Runs &amp;lt;b&amp;gt;classes&amp;lt;/b&amp;gt;.</AgencyDescription>"
    export = delivered(tmp_path, source(agency(text)))
    assert one_record(export, "agency")["description"] == "Runs &lt;b&gt;classes&lt;/b&gt;."
    directory = normalize_delivery(export, parameters=NormalizeParameters()).directory
    assert directory.agency["description"].to_list() == ["Runs classes."]


def test_markup_inside_a_text_is_text(tmp_path: Path):
    """The words behind a tag that was not escaped would be lost."""
    export = delivered(tmp_path, source(agency("<AgencyDescription>Runs <b>free</b> classes.</AgencyDescription>")))
    assert one_record(export, "agency")["description"] == "Runs free classes."


def test_private_things_of_a_place_are_private_there(tmp_path: Path):
    """The confidential number of one place would become public with the service."""
    public, secret = phone("217-555-0101"), phone("217-555-0102", flag="true")
    export = delivered(tmp_path, source(agency(site(service(public)), site(service(secret), key="12"))))
    assert set(export.phone.select("owner_native_id", "number", "is_private").rows()) == {
        ("21", "217-555-0101", "false"),
        ("21:12", "217-555-0102", "true"),
    }
    assert [one["link_only"] for one in records(export, "service_at_site")] == ["true", "false"]
