"""Ways in which centers write the iCarol export, from the file to the canonical tables."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from pipeline.normalize.directory import Normalized, normalize_delivery
from schemas.delivered import Delivered
from schemas.errors import InputError
from schemas.parameters import NormalizeParameters

BASE = {
    "ResourceAgencyNum": "100",
    "PublicName": "Harbor Center",
    "TaxonomyLevelName": "Agency",
    "ParentAgencyNum": "0",
    "AgencyStatus": "Active",
    "LastVerifiedOn": "2026-08-04 0:00:00",
    "UpdatedOn": "2026-08-05 0:00:00",
}


def export(tmp_path: Path, *rows: dict[str, str], line_end: str = "\n", rename=lambda name: name) -> Path:
    columns = list(dict.fromkeys([*BASE, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow([rename(name) for name in columns])
    for row in rows:
        whole = BASE | row
        writer.writerow([whole.get(name, "") for name in columns])
    path = tmp_path / "export.csv"
    path.write_bytes(text.getvalue().encode())
    return path


def delivered(tmp_path: Path, *rows: dict[str, str], **how) -> Delivered:
    return read_export(export(tmp_path, *rows, **how), center_id="test")


def normalized(tmp_path: Path, *rows: dict[str, str]) -> Normalized:
    return normalize_delivery(delivered(tmp_path, *rows), parameters=NormalizeParameters())


def agency(tmp_path: Path, **cells: str) -> dict[str, object]:
    return normalized(tmp_path, cells).directory.agency.row(0, named=True)


@pytest.mark.parametrize(
    "written",
    [
        "2026-08-04 0:00:00", "8/4/26 0:00", "08/04/2026 12:00:00 AM", "8/4/2026", "2026/08/04", "2026-08-04",
        "08/04/2026 11:59:59 PM", "2026-08-04T09:30:00",
    ],
)  # fmt: skip
def test_every_way_of_writing_a_day(tmp_path: Path, written: str):
    """A verification date that is not understood makes a record overdue that was verified."""
    assert agency(tmp_path, LastVerifiedOn=written)["verified_on"] == date(2026, 8, 4)


@pytest.mark.parametrize("written", ["1900-01-01 0:00:00", "1899-12-30 00:00:00", "1/1/00 0:00"])
def test_days_of_spreadsheets_mean_empty(tmp_path: Path, written: str):
    """A record would count as closed, or as verified in 1899."""
    row = agency(tmp_path, AgencyStatus="Inactive", MadeInactiveOn=written, EnteredOn=written)
    assert (row["inactive_on"], row["created_on"]) == (None, None)


def test_day_of_closing_belongs_to_closed_records_and_message_days_to_messages(tmp_path: Path):
    """An active record would be told to have closed, and days without a message be shown as an alert."""
    row = agency(
        tmp_path, MadeInactiveOn="2026-01-02 0:00:00", TemporaryMessage="", TemporaryMessageExpires="1/2/26 0:00"
    )
    assert (row["inactive_on"], row["alert_to_on"]) == (None, None)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Active", "active"), ("active, but do not refer", "active_do_not_refer"), ("Inactive", "inactive"),
        ("Not Active", "inactive"), ("", "unknown"), ("Paused", "unknown"),
    ],
)  # fmt: skip
def test_status_words(tmp_path: Path, written: str, status: str):
    """A closed service would be given to callers."""
    assert agency(tmp_path, AgencyStatus=written)["status"] == status


def test_deleted_records_are_marked_in_the_text_and_told(tmp_path: Path):
    """A record that the center deleted would stay in the directory; one that only begins like it would vanish unseen."""
    rows = (
        {"AgencyDescription": "DEL Merged with another agency."},
        {"ResourceAgencyNum": "101", "AgencyDescription": "Delivers meals."},
    )
    export = delivered(tmp_path, *rows)
    assert dict(export.record.select("native_id", "status").iter_rows()) == {"100": "deleted", "101": "Active"}
    assert any("starts with 'DEL' are taken as deleted: 1, on line 2" in notice for notice in export.notices)
    statuses = normalize_delivery(export, parameters=NormalizeParameters()).directory.agency
    assert set(statuses.select("native_id", "status").iter_rows()) == {("100", "deleted"), ("101", "active")}


@pytest.mark.parametrize("parent", ["0", "", "100"])
def test_agencies_without_a_parent(tmp_path: Path, parent: str):
    """Every agency would hang under an agency that does not exist."""
    found = normalized(tmp_path, {"ParentAgencyNum": parent})
    assert found.directory.agency["parent_uid"].to_list() == [None]
    assert not found.notes.filter(pl.col("field").str.contains("parent")).height


def test_another_number_is_the_parent_agency(tmp_path: Path):
    """A branch would stand alone."""
    found = normalized(tmp_path, {}, {"ResourceAgencyNum": "101", "ParentAgencyNum": "100"}).directory.agency
    uids = dict(found.select("native_id", "record_uid").iter_rows())
    assert dict(found.select("native_id", "parent_uid").iter_rows()) == {"100": None, "101": uids["100"]}


def test_texts_that_mean_empty_do_so_in_their_columns_only(tmp_path: Path):
    """`-1` as a county would be a place, and `None` as an answer about documents be lost."""
    found = normalized(
        tmp_path,
        {
            "PhysicalAddress1": "1 Main St", "PhysicalCity": "*Unknown*", "PhysicalCounty": "-1", "PhysicalCountry": "-1",
            "PhysicalStateProvince": "-1", "MailingAddress1": "PO Box 1", "MailingStateProvince": "-1",
            "Latitude": "0", "Longitude": "0.000000", "IRSStatus": "None or unknown", "FEIN": "None or unknown",
            "LegalStatus": "none or unknown", "LastVerificationApprovedBy": "Unspecified Unspecified",
            "LicenseAccreditation": "None or unknown",
            "Phone1Number": "(   )    -", "Phone2Number": "(217) 555- 0120",
        },
    )  # fmt: skip
    row = found.directory.agency.row(0, named=True)
    names = ("tax_status", "legal_status", "ein", "curator", "accreditations")
    assert [row[name] for name in names] == [None] * len(names)
    said = delivered(
        tmp_path, {"TaxonomyLevelName": "Program", "DocumentsRequired": "None", "FeeStructureSource": "-1"}
    )
    service = normalize_delivery(said, parameters=NormalizeParameters()).directory.service.row(0, named=True)
    assert (service["documents"], service["fees"]) == ("None", "-1")
    physical = found.directory.address.filter(pl.col("address_kind") == "physical").row(0, named=True)
    assert [physical[name] for name in ("city", "county", "state", "latitude", "longitude")] == [None] * 5
    assert found.directory.phone["e164"].to_list() == ["+12175550120"]


def test_snake_case_header_and_lines_that_end_with_cr(tmp_path: Path):
    """An export that went through a database, or an old Macintosh, would be refused."""
    import re

    rows = ({"Phone1Number": "217-555-0101", "UniqueIDPriorSystem": "A-7"},)

    def snake(name: str) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

    read = delivered(tmp_path, *rows, line_end="\r", rename=snake)
    assert read.files[0].newline == "CR"
    assert read.raw_header["column_name"].to_list()[0] == "resource_agency_num"
    assert read.record.select("native_id", "prior_native_id").rows() == [("100", "A-7")]
    assert read.phone["number"].to_list() == ["217-555-0101"]
    assert len([notice for notice in read.notices if "spelled otherwise" in notice]) == 1


def test_columns_of_the_center_are_one_calm_notice(tmp_path: Path):
    """Thirty own columns would look like thirty faults, and hide the one column that is really new."""
    own = {f"Custom_Field {number}": "x" for number in range(20)}
    own |= {"Custom_Record Owner (controlled)": "x", "PhysicalCommunity": "x"}
    notices = delivered(tmp_path, own | {"Surprise": "x"}).notices
    assert len(notices) == 2
    assert notices[0].startswith(
        "export.csv: columns of the center's own stay in raw, as expected: 22 (Custom_Field 0,"
    )
    assert notices[1] == "export.csv: columns that the layout does not know stay in raw: 1 (Surprise)."


def test_flags_speak_where_the_text_about_eligibility_is_blank(tmp_path: Path):
    """A program for teens would have no eligibility at all; six times no would look like a statement."""
    false = dict.fromkeys(
        (f"Eligibility{who}" for who in ("Adult", "Child", "Family", "Female", "Male", "Teen")), "FALSE"
    )
    rows = (
        false | {"ResourceAgencyNum": "1", "Eligibility": "", "EligibilityTeen": "TRUE", "EligibilityFamily": "Yes"},
        false | {"ResourceAgencyNum": "2", "Eligibility": "Veterans", "EligibilityAdult": "TRUE"},
        false | {"ResourceAgencyNum": "3", "Eligibility": " "},
    )
    found = normalized(tmp_path, *(row | {"TaxonomyLevelName": "Program"} for row in rows)).directory.service
    assert dict(found.select("native_id", "eligibility").iter_rows()) == {
        "1": "Family; Teen",
        "2": "Veterans",
        "3": None,
    }


def test_label_of_the_fifth_phone_in_both_dialects(tmp_path: Path):
    """The label of a TTY line would be printed as a remark, or be lost."""
    short = delivered(tmp_path, {"Phone5Number": "555-0100", "Phone5Description": "TTY/TDD Number"})
    assert short.phone.select("label", "note").rows() == [("TTY/TDD Number", None)]
    full = delivered(
        tmp_path, {"Phone5Number": "555-0100", "Phone5name": "Front desk", "Phone5Description": "Ask for help"}
    )
    assert full.phone.select("label", "note").rows() == [("Front desk", "Ask for help")]


def test_unknown_kind_word_rejects_the_row(tmp_path: Path):
    """A new kind of record would be counted as an agency."""
    read = delivered(tmp_path, {}, {"ResourceAgencyNum": "200", "TaxonomyLevelName": "Region"})
    assert (read.rows_read, read.rows_rejected) == (1, 1)
    assert read.raw_reject["reason"].to_list() == [
        "the record kind 'Region' in the column TaxonomyLevelName is not known"
    ]


def test_one_row_per_language_is_one_record_and_a_translation(tmp_path: Path):
    """A bilingual center would have every agency twice."""
    found = normalized(
        tmp_path,
        {"LanguageOfRecord": "English", "ResourceAgencyNum": "99"},
        {"LanguageOfRecord": "English"},
        {"LanguageOfRecord": "French", "PublicName": "Centre Havre", "LastVerifiedOn": "2025-01-02 0:00:00"},
    )
    assert found.directory.agency.filter(pl.col("native_id") == "100")["name"].to_list() == ["Harbor Center"]
    translation = found.directory.translation.row(0, named=True)
    assert (translation["name"], translation["verified_on"]) == ("Centre Havre", date(2025, 1, 2))
    assert not found.notes.filter(pl.col("note_kind").str.starts_with("repeated_id")).height


def test_service_at_site_overrides_or_is_a_bare_link(tmp_path: Path):
    """Hours of one place would be lost, or links count as records that nobody verified."""
    rows = (
        {},
        {"ResourceAgencyNum": "200", "TaxonomyLevelName": "Site", "ParentAgencyNum": "100"},
        {"ResourceAgencyNum": "300", "TaxonomyLevelName": "Program", "ParentAgencyNum": "100"},
        {
            "ResourceAgencyNum": "400", "TaxonomyLevelName": "ProgramAtSite", "ParentAgencyNum": "100", "PublicName": "",
            "ConnectsToSiteNum": "200", "ConnectsToProgramNum": "300", "IsLinkOnly": "TRUE", "LastVerifiedOn": "",
        },
        {
            "ResourceAgencyNum": "401", "TaxonomyLevelName": "ProgramAtSite", "ParentAgencyNum": "100",
            "ConnectsToSiteNum": "200", "ConnectsToProgramNum": "300", "IsLinkOnly": "FALSE", "HoursOfOperation": "Mornings",
        },
    )  # fmt: skip
    links = normalized(tmp_path, *rows).directory.service_at_site.sort("native_id")
    assert links.select("link_only", "hours").rows() == [(True, None), (False, "Mornings")]
    assert links["service_uid"].null_count() == links["site_uid"].null_count() == 0


def test_several_values_in_a_cell(tmp_path: Path):
    """Two names, two links or two hotlines would be one that nobody can use."""
    found = normalized(
        tmp_path,
        {
            "AlternateName": "Harbor House; Harbor Hall; ", "TaxonomyCodes": "BH-1800 * YJ-2050; PH-6100",
            "Phone1Number": "217-555-0101 or 217-555-0102", "Coverage": "IL - Sangamon County; IL - Logan County; ",
            "OfficialName": "Hospital, Harbor", "TaxonomyLevelName": "Program",
        },
    ).directory  # fmt: skip
    assert found.service["aka"].to_list() == [["Harbor House", "Harbor Hall", "Hospital, Harbor"]]
    assert found.service["area_served_units"].to_list() == [["IL - Sangamon County", "IL - Logan County"]]
    assert (found.taxonomy_link.height, found.phone.height) == (2, 2)


def test_a_second_line_of_descriptions_is_passed_over(tmp_path: Path):
    """The descriptions of the columns would be an agency named `text`."""
    descriptions = dict.fromkeys(BASE, "text") | {
        "ResourceAgencyNum": "*REQUIRED*, Unchangeable", "LastVerifiedOn": "YYYY/MM/DD", "TaxonomyLevelName": "text",
    }  # fmt: skip
    read = delivered(tmp_path, descriptions, {})
    assert (read.rows_read, read.rows_rejected, read.files[0].rows_blank) == (1, 0, 1)
    assert "export.csv: line 2 describes the columns and holds no record; it was passed over." in read.notices


def test_a_first_record_is_never_taken_for_descriptions(tmp_path: Path):
    """The first agency of the file would vanish."""
    read = delivered(
        tmp_path, {"AgencyDescription": "Send a text. Bring a date. *required* papers", "PublicName": "Text"}
    )
    assert read.rows_read == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("%PDF-1.7 ...", "a PDF document"),
        ("<?xml version='1.0'?><!-- x --><Source><Agency/></Source>", "AIRS XML"),
        ("<!DOCTYPE html><html><body>Log in</body></html>", "a web page"),
        ("<feed/>", "XML with the root element feed"),
        ('{"dataOwner": "x", "servicesAtLocations": []}', "National Data Platform"),
        ('{"agencies": [], "serviceSites": []}', "iCarol Resource API"),
        ('[{"names": [], "contactDetails": []}]', "iCarol Resource API"),
        ('{"contents": [], "total_items": 0}', "a page of an HSDS API"),
        ('[{"id": "1", "name": "x", "status": "active"}]', "HSDS (JSON)"),
        ('{"resources": [{"path": "a.csv", "schema": {}}]}', "descriptor of a package"),
        ('{"a": 1}', "is JSON"),
    ],
)
def test_what_was_given_by_mistake_is_named(tmp_path: Path, text: str, told: str):
    """The coordinator would be told of a strange header and not of the wrong file."""
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_export(path, center_id="test")
    assert told in caught.value.message
    assert caught.value.exit_code == 3
    assert caught.value.advice


def test_named_format_does_not_replace_required_columns(tmp_path: Path):
    """`--format icarol` would let an export without verification dates through."""
    path = tmp_path / "export.csv"
    path.write_text("ResourceAgencyNum,PublicName\n1,a\n", encoding="utf-8")
    with pytest.raises(InputError, match="TaxonomyLevelName") as caught:
        read_export(path, center_id="test", format_name="icarol")
    assert caught.value.exit_code == 3


def test_nothing_fits_lists_header_and_nearest_layout(tmp_path: Path):
    """Nobody would know what the program wants."""
    path = tmp_path / "export.csv"
    path.write_text("Nr,PublicName,TaxonomyLevelName\n1,a,Agency\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_export(path, center_id="test")
    assert "Its header: Nr, PublicName, TaxonomyLevelName." in caught.value.message
    assert "nearest layout is the iCarol resource export" in caught.value.message
    assert "lacks ResourceAgencyNum, ParentAgencyNum" in caught.value.message
    assert caught.value.exit_code == 3
