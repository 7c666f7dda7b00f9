"""AIRS 4.0: five flat lists joined by ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.normalize.directory import normalize_delivery
from schemas.notes import NoteKind
from schemas.parameters import NormalizeParameters
from tests.airs_files import delivered, kinds, one_record, records, source

INFO = "<ResourceInfo><AvailableForReferral>true</AvailableForReferral><DateLastVerified>{}</DateLastVerified></ResourceInfo>"
AGENCY = f"""<Agency><AgencyID>A1</AgencyID><AgencyName>Harbor</AgencyName><Description>Helps</Description>
<AlternateName><AlternateName>HC</AlternateName><Confidential>false</Confidential></AlternateName>
<Phone><Phone>217-555-0101</Phone><Confidential>true</Confidential><TollFree>true</TollFree><Type>Landline</Type></Phone>
<Email>info@example.org</Email><TaxStatus>501(c)(3)</TaxStatus><Funding><Source>Grant</Source></Funding>
<ExcludeFromWebsite>false</ExcludeFromWebsite><YearIncorporated>1978</YearIncorporated><FEIN>36-0000001</FEIN>
{INFO.format("2026-05-04")}</Agency>"""
SITE = f"""<Site><ID>T1</ID><AgencyID>A1</AgencyID><Title>Downtown</Title><Directions>Behind the library</Directions>
<PhysicalAddress><Line1>100 Harbor St</Line1><City>Springfield</City><PostalCode>62701</PostalCode><Confidential>false</Confidential>
<ReasonWithheld>only when confidential</ReasonWithheld><PhysicalAddress>true</PhysicalAddress></PhysicalAddress>
<NoPhysicalAddress><NoPhysicalAddress>false</NoPhysicalAddress><Explanation>when there is none</Explanation></NoPhysicalAddress>
<OpenHours><dayOpen>Monday</dayOpen><TimeOpens>09:00:00</TimeOpens><TimeCloses>12:00:00</TimeCloses><TimeOpens>13:00:00</TimeOpens>
<TimeCloses>17:00:00-06:00</TimeCloses></OpenHours><Status>active</Status>{INFO.format("2026-06-05")}</Site>"""
SERVICE = f"""<Service><ID>V1</ID><Title>Pantry</Title><Description>Food</Description><AgencyID>A1</AgencyID><SiteID>T1</SiteID>
<WaitTime>none</WaitTime>{INFO.format("2026-07-06")}</Service>"""
AT_SITE = """<SiteService><ID>{key}</ID><SiteID>{site}</SiteID><ServiceID>{service}</ServiceID><AgencyID>A1</AgencyID>
<Taxonomy><TaxonomyCode>BD-1800</TaxonomyCode><TaxonomyTerm>Food</TaxonomyTerm></Taxonomy><FeeStructure>{fee}</FeeStructure>
<ServiceArea><County>Sangamon</County><State>IL</State></ServiceArea>
<AgeRequirement><MinimumAge>18</MinimumAge></AgeRequirement><Status>active</Status></SiteService>"""


def at_site(key: str = "L1", *, at: str = "T1", service: str = "V1", fee: str = "Free") -> str:
    return AT_SITE.format(key=key, site=at, service=service, fee=fee)


def test_the_lists_are_joined_by_their_ids(tmp_path: Path):
    """Records of 4.0 would have other names, no dates, or no places."""
    export = delivered(tmp_path, source(at_site(), SERVICE, SITE, AGENCY, version="4.0"))
    assert export.format_version == "4.0"
    assert kinds(export) == {"agency": 1, "service": 1, "service_at_site": 1, "site": 1}
    expected = {
        "agency": {
            "native_id": "A1", "name": "Harbor", "description": "Helps", "aka": "HC", "email": "info@example.org",
            "tax_status": "501(c)(3)", "funding": "Grant", "exclude_from_website": "false", "year_incorporated": "1978",
            "ein": "36-0000001", "verified_on": "2026-05-04",
        },
        "site": {
            "native_id": "T1", "agency_native_id": "A1", "name": "Downtown", "status": "active", "verified_on": "2026-06-05",
            "location_type": "physical",
        },
        "service": {
            "native_id": "V1", "agency_native_id": "A1", "name": "Pantry", "description": "Food", "wait_time": "none",
            "fees": "Free", "area_served_units": "IL - Sangamon County", "minimum_age": "18", "verified_on": "2026-07-06",
        },
        "service_at_site": {
            "native_id": "L1", "service_native_id": "V1", "site_native_id": "T1", "agency_native_id": "A1", "link_only": "true",
            "status": "active",
        },
    }  # fmt: skip
    for kind, cells in expected.items():
        found = one_record(export, kind)
        assert {name: found[name] for name in cells} == cells


def test_what_belongs_to_records(tmp_path: Path):
    """A confidential number would be public, or the codes of a service would be those of nobody."""
    export = delivered(tmp_path, source(AGENCY, SITE, SERVICE, at_site(), version="4.0"))
    assert export.phone.select("owner_kind", "number", "type", "is_private").rows() == [
        ("agency", "217-555-0101", "toll_free", "true")
    ]
    assert export.address.select("owner_native_id", "line1", "postal_code", "directions", "is_private").rows() == [
        ("T1", "100 Harbor St", "62701", "Behind the library", "false")
    ]
    assert export.taxonomy_link.select("owner_kind", "owner_native_id", "codes", "terms").rows() == [
        ("service", "V1", "BD-1800", "Food")
    ]
    schedule = normalize_delivery(export, parameters=NormalizeParameters()).directory.schedule
    assert [
        (str(opens), str(closes)) for opens, closes in schedule.select("opens_at", "closes_at").sort("opens_at").rows()
    ] == [
        ("09:00:00", "12:00:00"),
        ("13:00:00", "17:00:00"),
    ]


def test_what_one_place_says_otherwise_is_that_places(tmp_path: Path):
    """The fee of one place would be told for all."""
    places = [at_site("L1"), at_site("L2", at="T2"), at_site("L3", at="T3", fee="5 $")]
    export = delivered(tmp_path, source(AGENCY, SITE, SERVICE, *places, version="4.0"))
    assert one_record(export, "service")["fees"] == "Free"
    assert [(one["native_id"], one["link_only"], one["fees"]) for one in records(export, "service_at_site")] == [
        ("L1", "true", ""),
        ("L2", "true", ""),
        ("L3", "false", "5 $"),
    ]


def test_a_place_whose_service_is_not_in_the_file_is_kept(tmp_path: Path):
    """A service would be invented, or what is known of the place would be lost."""
    export = delivered(tmp_path, source(AGENCY, SITE, at_site(service="V9"), version="4.0"))
    assert kinds(export) == {"agency": 1, "service_at_site": 1, "site": 1}
    link = one_record(export, "service_at_site")
    assert (link["service_native_id"], link["link_only"], link["fees"]) == ("V9", "false", "Free")
    assert export.taxonomy_link["owner_kind"].to_list() == ["service_at_site"]
    notes = normalize_delivery(export, parameters=NormalizeParameters()).notes
    assert NoteKind.PARENT_MISSING in notes["note_kind"].to_list()


def test_groups_of_services_stay_in_raw(tmp_path: Path):
    """A group would count as a service."""
    export = delivered(
        tmp_path, source(AGENCY, "<ServiceGroup><ID>G1</ID><Name>Families</Name></ServiceGroup>", version="4.0")
    )
    assert kinds(export) == {"agency": 1}
    assert any(
        "Elements beside the records, which stay in raw: 1 (ServiceGroup)" in notice for notice in export.notices
    )


@pytest.mark.parametrize("empty", ["<Site/>", "<Service><ID/></Service>", "<SiteService></SiteService>"])
def test_empty_elements_are_nothing(tmp_path: Path, empty: str):
    """Elements that are written for form's sake would become records."""
    assert kinds(delivered(tmp_path, source(AGENCY, empty, version="4.0"))) == {"agency": 1}


def test_without_a_namespace_the_children_tell_the_version(tmp_path: Path):
    """A file of 4.0 would be read as one of 3.0, without any of its records."""
    export = delivered(tmp_path, source(AGENCY, version="none"))
    assert (export.format_version, one_record(export, "agency")["native_id"]) == ("4.0", "A1")
