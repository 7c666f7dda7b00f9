"""AIRS on real exports and the official instances, against a plain reading of the XML and counts known beforehand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from lxml import etree

from pipeline.normalize.directory import normalize_delivery
from schemas.delivered import Delivered
from schemas.notes import NoteKind
from schemas.parameters import NormalizeParameters
from schemas.taxonomy_code import CODE
from tests.airs_files import kinds, one_record, records
from tests.real_exports import normalize_once, read_once

pytestmark = pytest.mark.real_data

#: Agencies, sites, services, services at sites; codes with the form of the taxonomy, the center's own, empty.
BC211 = {
    "BC211_data_one_agency.xml": ((1, 1, 1, 1), (4, 8, 0)),
    "BC211_data_excerpt.xml": ((15, 39, 39, 39), (92, 143, 3)),
    "BC211_data_excerpt_with_one_changed_organization.xml": ((15, 39, 39, 39), (92, 143, 3)),
    "BC211_data_excerpt_with_one_inactive_organization.xml": ((15, 39, 39, 39), (92, 143, 3)),
    "BC211_data_excerpt_with_one_less_organization.xml": ((14, 38, 38, 38), (92, 142, 3)),
    "BC211_data_excerpt_with_one_more_organization.xml": ((16, 40, 40, 40), (99, 150, 3)),
    "BC211_data_service_53489235_at_two_sites.xml": ((1, 24, 24, 26), (77, 208, 0)),
    "BC211_data_with_invalid_agencies.xml": ((4, 6, 6, 6), (12, 22, 0)),
}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "formats" / "bc211_icarol_airs30"


def bc211(folder: Path, name: str = "BC211_data_excerpt.xml") -> Delivered:
    return read_once(folder / name, "bc211")


@pytest.mark.parametrize("name", BC211)
def test_bc211_counts(folder: Path, name: str):
    """Records of a real center would be missing or doubled."""
    export = bc211(folder, name)
    assert (export.format_name, export.format_version, export.rows_rejected) == ("airs", "3.0", 0)
    counts, (fitting, own, empty) = BC211[name]
    found = kinds(export)
    sites = [one for one in records(export, "site") if one["origin"] != "derived"]
    assert (found["agency"], len(sites), found["service"], found["service_at_site"]) == counts
    told = f"own categories: {own} of {fitting + own + empty}{f'; empty: {empty}' if empty else ''}."
    assert any(told in notice for notice in export.notices)


def test_bc211_agrees_with_a_plain_reading_of_the_file(folder: Path):
    """A text would land in the wrong field of the wrong record."""
    export = bc211(folder)
    root = etree.parse(str(folder / "BC211_data_excerpt.xml")).getroot()
    names = {"agency": "Agency", "site": "Site", "service": "SiteService"}
    texts = {"agency": "AgencyDescription", "site": "SiteDescription", "service": "Description"}
    for kind, tag in names.items():
        plain = {one.findtext("Key"): one for one in root.iter(tag)}
        for record in records(export, kind):
            if record["origin"] == "derived":
                continue
            element = plain[record["native_id"]]
            assert record["name"] == element.findtext("Name")
            assert record["description"] == (element.findtext(texts[kind]) or "").strip()
            assert record["url"] == (element.findtext("URL/Address") or "")
            assert record["email"] == (element.findtext("Email/Address") or "")
            info = element.find("ResourceInfo")
            assert record["verified_on"] == (None if info is None else info.get("DateLastVerified"))
            assert record["edited_on"] == (None if info is None else info.get("DateOfLastAction"))
            numbers = [one for phone in element.findall("Phone") if (one := phone.findtext("PhoneNumber"))]
            of_record = (pl.col("owner_kind") == kind) & (pl.col("owner_native_id") == record["native_id"])
            assert sorted(export.phone.filter(of_record)["number"]) == sorted(numbers)
            if kind == "service":
                assert record["agency_native_id"] == element.getparent().getparent().findtext("Key")
                codes = [code for code in element.itertext("Code") if CODE.fullmatch(code.strip())]
                assert sorted(export.taxonomy_link.filter(of_record)["codes"]) == sorted(codes)
            if kind == "site":
                lines = [one for one in element.findall("PhysicalAddress/Line1") if one.text]
                physical = export.address.filter(of_record & (pl.col("address_kind") == "physical"))["line1"]
                assert [one for one in physical if one] == [one.text for one in lines]


def test_bc211_phones_and_codes(folder: Path):
    """Most phones of the file are empty; they would count as numbers, or numbers as empty."""
    export = bc211(folder)
    root = etree.parse(str(folder / "BC211_data_excerpt.xml")).getroot()
    assert (len(list(root.iter("Phone"))), sum(1 for one in root.iter("PhoneNumber") if not one.text)) == (583, 372)
    assert Counter(export.phone["owner_kind"]) == {"agency": 31, "site": 84, "service": 84}
    # Twelve phones are those of contacts, none of them empty.
    assert export.contact.filter(pl.col("phone") != "").height == 12
    assert any("Phones without a number: 372 of 571" in notice for notice in export.notices)
    assert export.taxonomy_link.height == 92


def test_bc211_raw_holds_every_text(folder: Path):
    """What the center delivered could not be shown again."""
    raw = etree.fromstring(f"<raw>{''.join(bc211(folder).raw_row['text'])}</raw>")
    root = etree.parse(str(folder / "BC211_data_excerpt.xml")).getroot()
    delivered = Counter(text.strip() for text in root.itertext() if text.strip())
    kept = Counter(text.strip() for text in raw.itertext() if text.strip())
    assert not delivered - kept
    # The key of every service stands once more where it is given.
    assert sum((kept - delivered).values()) == 39


def test_bc211_service_at_two_sites(folder: Path):
    """Two services of the center would be counted as four."""
    export = bc211(folder, "BC211_data_service_53489235_at_two_sites.xml")
    pairs = [(one["service_native_id"], one["site_native_id"]) for one in records(export, "service_at_site")]
    assert Counter(service for service, _ in pairs if service in ("9493390", "53489235")) == {
        "9493390": 2,
        "53489235": 2,
    }
    assert {site for service, site in pairs if service in ("9493390", "53489235")} == {"9493390", "53489235"}
    # The two places say the same, so neither has words of its own.
    assert {one["link_only"] for one in records(export, "service_at_site")} == {"true"}


def test_bc211_agencies_with_words_for_keys_and_without_names(folder: Path):
    """Two agencies would be dropped in silence."""
    export = bc211(folder, "BC211_data_with_invalid_agencies.xml")
    assert sorted((str(one["native_id"]), bool(one["name"])) for one in records(export, "agency")) == [
        ("ANOTHER_INVALID_AGENCY", False),
        ("FIRST_VALID_AGENCY", True),
        ("INVALID_AGENCY", False),
        ("SECOND_VALID_AGENCY", True),
    ]
    assert any("no whole number, as AIRS wants it: 4" in notice for notice in export.notices)
    assert any("ThisAgencyHasNoName 2" in notice for notice in export.notices)


def test_bc211_mark_of_deletion(folder: Path):
    """A record that the center deleted would be published."""
    name = "BC211_data_excerpt_with_one_inactive_organization.xml"
    statuses = normalize_once(folder / name, "bc211").directory.agency["status"]
    assert Counter(statuses) == {"active": 14, "deleted": 1}


def test_bc211_double_escaped_text_is_plain(folder: Path):
    """Tags would stand in descriptions."""
    directory = normalize_once(folder / "BC211_data_excerpt.xml", "bc211").directory
    for table in (directory.agency, directory.site, directory.service):
        assert not table["description"].str.contains("&lt;|<b>").any()


def test_bc211_as_one_delivery(folder: Path):
    """Eight files of one center would make eight directories."""
    export = read_once(folder, "bc211")
    normalized = normalize_once(folder, "bc211")
    agencies = {
        one.findtext("Key") for name in BC211 for one in etree.parse(str(folder / name)).getroot().iter("Agency")
    }
    assert set(normalized.directory.agency["native_id"]) == agencies
    notes = normalized.notes.filter(pl.col("kind") == "agency").group_by("note_kind").len()
    counts = dict(notes.iter_rows())
    # One description is changed in one file and one in another; all else that stands twice is the same.
    assert counts[NoteKind.REPEATED_ID_DIFFERENT] == 2
    assert counts[NoteKind.REPEATED_ID_SAME] == kinds(export)["agency"] - len(agencies) - 2


@pytest.mark.parametrize(
    ("name", "version", "counts", "rows"),
    [
        ("airs_3_0_instance.xml", "3.0", {"agency": 3, "service": 5, "service_at_site": 5, "site": 3}, (4, 5, 0)),
        ("airs_3_1_minimal.xml", "3.1", {"agency": 1, "service": 1, "service_at_site": 1, "site": 1}, (0, 1, 0)),
        ("airs_3_1_maximal.xml", "3.1", {"agency": 1, "service": 4, "service_at_site": 4, "site": 2}, (4, 8, 54)),
        ("airs_4_0_instance.xml", "4.0", {"agency": 1, "service": 1, "service_at_site": 1, "site": 1}, (3, 1, 3)),
    ],
)
def test_official_instances(shared: Path, name: str, version: str, counts: dict[str, int], rows: tuple[int, int, int]):
    """What the makers of the format give as an example could not be read."""
    export = read_once(shared / "specs" / "airs" / name, "official")
    assert export.format_version == version
    assert kinds(export) == counts
    assert (export.phone.height, export.taxonomy_link.height, export.schedule.height) == rows
    # Every element of the official schemas is known.
    assert not [notice for notice in export.notices if "does not know" in notice]
    normalize_delivery(export, parameters=NormalizeParameters())


def test_official_instance_agrees_with_a_plain_reading(shared: Path):
    """Hours of days, codes and areas of the largest example would be lost."""
    path = shared / "specs" / "airs" / "airs_3_1_maximal.xml"
    export = read_once(path, "official")
    root = etree.parse(str(path)).getroot()
    for element in root.iter():
        element.tag = etree.QName(element).localname
    spans = root.xpath("//TimeOpen[not(ancestor::Languages)]/*/From")
    assert export.schedule.height == len(spans) == 54
    assert export.taxonomy_link.height == len(list(root.iter("Taxonomy"))) == 8
    numbers = root.xpath("//Phone[not(ancestor::Contact)]/PhoneNumber")
    assert export.phone.height == len(numbers)
    assert export.address.filter(pl.col("line1") != "").height == len(list(root.iter("Line1")))
    # All of it is told as removed.
    assert set(export.record["status"]) == {"deleted"}
    assert one_record(export, "agency")["inactive_on"] == "2006-05-04T18:13:51.0Z"
