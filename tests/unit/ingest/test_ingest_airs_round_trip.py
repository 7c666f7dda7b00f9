"""A file of our own AIRS export, read again, says what it was written from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from schemas.directory import Directory
from schemas.parameters import NormalizeParameters
from tests.airs_exports import airs_of
from tests.airs_files import address, agency, delivered, phone, service, site, source

AS_OF = date(2026, 11, 20)
INFO = '<ResourceInfo DateAdded="2020-01-02" DateLastVerified="2026-05-04" DateOfLastAction="2026-06-01"/>'
CODES = "<Taxonomy><Code>BD-1800.2000</Code><Code>YB-8000</Code></Taxonomy><Taxonomy><Code>PH-6100</Code></Taxonomy>"
AREAS = "".join(
    f"<GeographicAreaServed><County>{county}</County><State>IL</State></GeographicAreaServed>"
    for county in ("Logan", "Cass")
)
HOURS = (
    "<TimeOpen><Monday><From>09:00:00</From><To>12:00:00</To><From>13:00:00</From><To>17:00:00</To></Monday>"
    "<Saturday><From>00:00:00</From><To>24:00:00</To></Saturday><Notes>Closed on holidays</Notes></TimeOpen>"
)
MORE = (
    "<DocumentsRequired><DocumentsRequired>Identity card</DocumentsRequired></DocumentsRequired>"
    "<ApplicationProcess><Step>Call for intake</Step></ApplicationProcess><FeeStructure>Free</FeeStructure>"
    "<PaymentMethodAccepted>Cash; Check</PaymentMethodAccepted><GeneralEligibility>Everybody</GeneralEligibility>"
    '<AgeRequirements MinimumAge="18" MaximumAge="65"/><Languages><Name>Spanish</Name></Languages>'
)
PHONES = phone("217-555-0101", "<Extension>12</Extension><Type>Voice</Type><Function>Intake</Function>") + phone(
    "800-555-0102", toll_free="true"
)


def pantry(*more: str) -> str:
    return service("<Description>Food</Description>", CODES, AREAS, HOURS, MORE, PHONES, INFO, *more)


def normalized(export) -> Directory:
    return normalize_delivery(export, parameters=NormalizeParameters()).directory


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> tuple[Directory, Directory]:
    """A directory, and what is read of the file that is written of it."""
    folder = tmp_path_factory.mktemp("airs")
    point = "<SpatialLocation><Latitude>+39.801700</Latitude><Longitude>-89.643700</Longitude></SpatialLocation>"
    none = "<NoPhysicalAddress><Explanation>Works by telephone</Explanation></NoPhysicalAddress>"
    alone = service("<Taxonomy><Code>PH-6100</Code></Taxonomy>", key="22", name="Classes")
    text = source(
        agency(
            "<AKA><Name>HC</Name><Confidential>false</Confidential></AKA>",
            f"<AgencyLocation>{address()}{address('MailingAddress', street='PO Box 5')}</AgencyLocation>",
            phone("217-555-0199"),
            site(address(), point, pantry(), phone("217-555-0103"), HOURS),
            site(address(street="7 Hill Rd"), pantry("<FeeStructure/>"), key="12", name="Hill"),
            site(none, key="13", name="Line"),
            "\n"
            + agency(
                site(address(street="9 Hill Rd"), alone, key="14"), key="2", name="Child", attributes='Status="active"'
            ),
            INFO,
            attributes='RecordOwner="MYTN" FEIN="36-0000001" YearInc="1978" Status="active" LegalStatus="Nonprofit"',
        ),
    )
    before = normalized(delivered(folder, text))
    # A service without any site: its place is not in the directory.
    homeless = pl.col("service_native_id") == "22"
    before = replace(before, service_at_site=before.service_at_site.filter(~homeless))
    (folder / "written").mkdir()
    airs_of(before, as_of=AS_OF).write_files(folder / "written")
    return before, normalized(read_export(folder / "written" / "airs.xml", center_id="test"))


@pytest.mark.parametrize(
    "table", ["agency", "site", "service", "service_at_site", "phone", "address", "taxonomy_link", "schedule"]
)
def test_counts_are_the_same(both, table: str):
    """A receiver would count more or fewer records than the center has."""
    before, after = both
    assert getattr(after, table).height == getattr(before, table).height


def test_values_are_the_same(both):
    """A receiver would read other names, days, areas or fees."""
    before, after = both
    columns = {
        "agency": ("name", "aka", "ein", "year_incorporated", "legal_status", "record_owner", "status", "verified_on", "parent_uid"),
        "site": ("name", "line1", "city", "postal_code5", "latitude", "longitude", "location_type", "hours", "status"),
        "service": (
            "name", "description", "status", "created_on", "edited_on", "verified_on", "hours", "area_served_units", "documents",
            "intake", "fees", "payment_methods", "eligibility", "minimum_age", "maximum_age", "languages",
        ),
        "service_at_site": ("native_id", "link_only", "service_uid", "site_uid"),
        "phone": ("e164", "extension", "type", "label", "is_private", "owner_uid"),
        "taxonomy_link": ("code", "target_code", "owner_uid"),
        "schedule": ("weekday", "opens_at", "closes_at", "owner_uid"),
    }  # fmt: skip
    for table, names in columns.items():
        one, two = (getattr(directory, table) for directory in both)
        key = ["record_uid"] if "owner_uid" not in names else list(names)
        assert one.sort(key).select(names).to_dicts() == two.sort(key).select(names).to_dicts(), table
    assert before.service.height == 2
    assert after.site.height == 4


def test_nothing_is_unknown_in_a_file_of_ours(both, tmp_path: Path):
    """Our own reader would not know what our own writer writes."""
    before, _ = both
    airs_of(before, as_of=AS_OF).write_files(tmp_path)
    export = read_export(tmp_path / "airs.xml", center_id="test")
    assert not [notice for notice in export.notices if "does not know" in notice]
