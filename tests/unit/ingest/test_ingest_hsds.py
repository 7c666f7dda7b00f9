"""The HSDS layout: files by name, versions by proof, child tables gathered into records."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.read import read_export
from schemas.delivered import SOURCE_COLUMNS, Delivered
from schemas.errors import InputError

ORGANIZATIONS = "id,name,description,url\no1,Harbor,Text,www.example.org\n"
SERVICES = "id,organization_id,name,status,fees\ns1,o1,Classes,active,Free\ns2,o1,Pantry,,\n"
LOCATIONS = "id,organization_id,name\nl1,o1,Downtown\n"
LINKS = "id,service_id,location_id,description\nx1,s1,l1,\nx2,s2,l1,\nx3,s2,l1,Back door\n"


def package(folder: Path, **tables: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    base = {"organizations": ORGANIZATIONS, "services": SERVICES, "locations": LOCATIONS}
    for name, text in (base | tables).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def delivered(tmp_path: Path, **tables: str) -> Delivered:
    return read_export(package(tmp_path / "package", **tables), center_id="test")


def records(export: Delivered, kind: str) -> list[dict[str, object]]:
    return [one for one in export.record.to_dicts() if one["kind"] == kind]


def test_tables_become_records_of_their_kind(tmp_path: Path):
    """An organization would be counted as a service."""
    export = delivered(tmp_path, services_at_location=LINKS)
    assert export.record["kind"].to_list() == ["agency", "service", "service", *["service_at_site"] * 3, "site"]
    service = records(export, "service")[0]
    assert (service["native_id"], service["agency_native_id"], service["name"]) == ("s1", "o1", "Classes")
    assert records(export, "agency")[0]["url"] == "www.example.org"
    assert export.conventions.status_not_carried_means == "active"


def test_link_only_means_that_nothing_is_said_or_hangs_there(tmp_path: Path):
    """Bare links would count as records that nobody verified, or a place's own hours would be lost."""
    phones = "id,service_at_location_id,number\np1,x1,555-0100\n"
    export = delivered(tmp_path, service_at_location=LINKS, phones=phones)
    assert [(one["native_id"], one["link_only"]) for one in records(export, "service_at_site")] == [
        ("x1", "false"),
        ("x2", "true"),
        ("x3", "false"),
    ]
    assert records(export, "service_at_site")[0]["agency_native_id"] == "o1"
    assert "service_at_site.link_only" in export.carried


def test_child_tables_are_gathered_in_alphabetical_order_each_text_once(tmp_path: Path):
    """Languages would be lost, or every export order would look like a change."""
    export = delivered(
        tmp_path,
        languages="id,service_id,location_id,language\n1,s1,,Spanish\n2,s1,,English\n3,s1,l1,Spanish\n",
        eligibility="id,service_id,eligibility\n1,s1,adult\n2,zz,teen\n3,,child\n",
        payments_accepted="id,service_id,payment\n1,s1,cash\n",
        required_documents="id,service_id,document\n1,s2,Photo ID\n",
        funding="id,organization_id,service_id,source\n1,o1,,State\n",
        accessibility_for_disabilities="id,location_id,accessibility,details\n1,l1,ramp,at the back\n",
        service_areas="id,service_id,service_area,description\n1,s1,Sangamon County,The whole county\n",
        cost_options="id,service_id,option,amount,currency\n1,s1,Visit,5,USD\n",
    )
    first, second = records(export, "service")
    assert (first["languages"], first["eligibility"], first["payment_methods"]) == ("English; Spanish", "adult", "cash")
    assert (first["area_served_units"], first["area_served"]) == ("Sangamon County", "The whole county")
    assert first["fees"] == "Free; Visit 5 USD"
    assert (second["documents"], second["languages"], second["eligibility"]) == ("Photo ID", "", "")
    assert records(export, "agency")[0]["funding"] == "State"
    assert records(export, "agency")[0]["languages"] is None
    site = records(export, "site")[0]
    assert (site["languages"], site["accessibility"]) == ("Spanish", "ramp: at the back")
    assert {"service.languages", "site.languages", "agency.funding"} <= export.carried
    assert "agency.languages" not in export.carried
    assert "eligibility.csv: rows that name no record: 1; they stay in raw only." in export.notices
    assert (
        "eligibility.csv: texts of eligibility for records that are not in the export: 1; they stay in raw only."
        in export.notices
    )


def test_phone_of_several_owners_belongs_to_the_first_and_several_ids_are_split(tmp_path: Path):
    """One phone would be counted three times, or two services in one cell would be one unknown service."""
    phones = 'id,location_id,service_id,number\n1,l1,s1,555-0100\n2,,"s1, s2",555-0101\n3,,,555-0102\n4,l1,,\n'
    export = delivered(tmp_path, phones=phones)
    assert export.phone.select("owner_kind", "owner_native_id", "slot", "number").rows() == [
        ("service", "s1", "phones:1", "555-0100"),
        ("service", "s1", "phones:2", "555-0101"),
        ("service", "s2", "phones:2", "555-0101"),
    ]
    told = " ".join(export.notices)
    assert "rows that name several records: 1" in told
    assert "cells that name several records at once: 1" in told
    assert "rows that name no record: 1" in told


def test_phone_of_a_contact_stands_at_the_contact(tmp_path: Path):
    """A person's own number would be published as a number of the agency."""
    export = delivered(
        tmp_path,
        contacts="id,organization_id,name\nc1,o1,Person 01\nc2,o1,Person 02\n",
        phones="id,contact_id,organization_id,number\n1,c1,,555-0100\n2,,o1,555-0101\n",
    )
    assert export.contact.select("name", "phone").rows() == [("Person 01", "555-0100"), ("Person 02", "")]
    assert export.phone["number"].to_list() == ["555-0101"]


def test_rows_without_an_id_are_told_apart_by_content(tmp_path: Path):
    """Two opening hours would get one identifier, and one of them be lost."""
    days = "id,service_id,weekday,opens_at,closes_at\n,s1,Monday,9:00,17:00\n,s1,Tuesday,9:00,17:00\n,s1,Monday,9:00,17:00\n"
    slots = delivered(tmp_path, regular_schedules=days).schedule["slot"].to_list()
    assert len(set(slots)) == 3
    moved = "weekday,id,service_id,closes_at,opens_at\nTuesday,,s1,17:00,9:00\nMonday,,s1,17:00,9:00\nMonday,,s1,17:00,9:00\n"
    again = delivered(tmp_path / "moved", regular_schedules=moved)
    assert again.schedule["slot"].to_list() == slots


def test_weekly_rules_become_days_and_other_rules_stay_text(tmp_path: Path):
    """A service open on three days would be open on none, or one open monthly be open weekly."""
    rules = (
        "id,service_id,freq,byday,opens_at,closes_at,description\n"
        '1,s1,WEEKLY,"MO,TU",09:00,17:00,\n2,s2,MONTHLY,1MO,09:00,17:00,First Monday\n'
    )
    export = delivered(tmp_path, schedules=rules)
    assert export.schedule.select("owner_native_id", "slot", "weekday", "opens_at").rows() == [
        ("s1", "schedules:1:MO", "MO", "09:00"),
        ("s1", "schedules:1:TU", "TU", "09:00"),
    ]
    assert [one["hours"] for one in records(export, "service")] == ["", "First Monday"]


def test_taxonomy_codes_of_all_versions(tmp_path: Path):
    """A service would carry a row number of the vocabulary instead of its code."""
    old = delivered(
        tmp_path / "old",
        services_taxonomy="id,service_id,taxonomy_id\n1,s1,BD-1800\n2,s1,XX-1\n",
        taxonomy="id,name,parent_name,vocabulary\nBD-1800,Food,,V\nBD-1800,Other,,V\n",
    )
    assert old.taxonomy_link.select("codes", "terms").rows() == [("BD-1800", "Food"), ("XX-1", "")]
    new = delivered(
        tmp_path / "new",
        attributes=(
            "id,link_id,taxonomy_term_id,link_type,link_entity\n"
            "1,s1,t1,service_term,service\n2,l1,t2,x,location\n3,p1,t1,x,phone\n"
        ),
        taxonomy_terms="id,code,name\nt1,BD-1800,Food\nt2,,Nameless\n",
    )
    assert new.taxonomy_link.select("owner_kind", "owner_native_id", "codes", "terms").rows() == [
        ("service", "s1", "BD-1800", "Food"),
        ("site", "l1", "t2", "Nameless"),
    ]
    assert any("attributes.csv: rows that name no record: 1" in notice for notice in new.notices)


def test_addresses_of_all_versions(tmp_path: Path):
    """A post box would be printed as the place to go to."""
    head = "id,location_id,address_1,address_2,city,region,state_province,postal_code,country"
    old = delivered(
        tmp_path / "old",
        physical_addresses=f"{head}\n1,l1,1 Main St,Suite 2,Pana,Christian,IL,62557,US\n",
        postal_addresses=f"{head}\n1,l1,PO Box 1,,Pana,,IL,62557,US\n",
    )
    assert old.address.select("slot", "address_kind", "line1", "line2", "county").rows() == [
        ("physical_addresses:1", "physical", "1 Main St", "Suite 2", "Christian"),
        ("postal_addresses:1", "mailing", "PO Box 1", "", ""),
    ]
    new = delivered(
        tmp_path / "new",
        addresses="id,location_id,address_1,address_type\n1,l1,1 Main St,Physical\n2,l1,PO Box 1,postal\n3,l1,?,moon\n",
    )
    assert new.address["address_kind"].to_list() == ["physical", "mailing", "other"]
    assert any("address_type without a known word: 1 ('moon')" in notice for notice in new.notices)


@pytest.mark.parametrize(
    ("tables", "version"),
    [
        ({"units": "id\n"}, "3.1"),
        ({"addresses": "id,location_id,address_type\n"}, "3.0"),
        ({"other_attributes": "id,link_id,taxonomy_term_id\n", "physical_addresses": "id\n"}, "2.0"),
        ({"physical_addresses": "id\n", "eligibility": "id\n"}, "1.x"),
        ({}, "1.x"),
        ({"organizations": "id,name,website,logo\no1,a,b,\n"}, "3.x"),
        ({"organizations": "id,name\no1,a\n"}, ""),
    ],
)
def test_version_is_proved_by_files_and_columns(tmp_path: Path, tables: dict[str, str], version: str):
    """The version that a descriptor claims is often wrong, and the report would repeat it."""
    assert delivered(tmp_path, **tables).format_version == version


def test_tables_of_another_kind_are_refused(tmp_path: Path):
    """Ohana tables would be read as HSDS with half of their fields missing."""
    with pytest.raises(InputError, match="Ohana API, not HSDS"):
        delivered(tmp_path, mail_addresses="id\n", services="id,name,location_id,accepted_payments\n1,a,1,\n")


def test_folder_archive_and_inner_folder_give_the_same(tmp_path: Path):
    """The same package would look like another delivery when it is mailed as an archive."""
    folder = package(tmp_path / "package", service_at_location=LINKS)
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted(folder.iterdir(), reverse=True):
            packed.writestr(f"inner/{file.name}", file.read_bytes())
    one, other = read_export(folder, center_id="test"), read_export(archive, center_id="test")
    assert one.record.equals(other.record)
    assert one.raw_row.equals(other.raw_row)
    assert one.input_sha256 == other.input_sha256
    assert one.files == other.files


def test_missing_table_stops_with_the_nearest_file_name(tmp_path: Path):
    """A directory without services would be published."""
    folder = package(tmp_path / "package")
    (folder / "services.csv").rename(folder / "service_list.csv")
    with pytest.raises(
        InputError, match=r"no file services\.csv or service\.csv \(nearest file name: service_list\.csv\)"
    ):
        read_export(folder, center_id="test")


def test_table_with_only_a_header_stops_where_records_are_needed(tmp_path: Path):
    """An empty services table would close every program overnight; an empty table of fees is usual."""
    assert delivered(tmp_path, cost_options="id,service_id,option\n").rows_read == 4
    with pytest.raises(InputError, match=r"services\.csv has a header but no rows"):
        delivered(tmp_path, services="id,name\n")


def test_two_packages_in_one_folder_stop(tmp_path: Path):
    """One of two centers would be read by chance."""
    package(tmp_path / "both" / "one")
    package(tmp_path / "both" / "two")
    with pytest.raises(InputError, match="several packages, in one, two"):
        read_export(tmp_path / "both", center_id="test")


def test_unknown_files_are_named_and_known_ones_without_target_stay_in_raw(tmp_path: Path):
    """A table that nobody reads would go unnoticed."""
    export = delivered(tmp_path, my_notes="a\n1\n", programs="id,name\np1,Group\n")
    assert "Files not read, because HSDS has no such files: 1 (my_notes.csv)." in export.notices
    assert "programs.csv" in export.raw_row["source_file"].to_list()
    assert "Group" not in export.record["name"].to_list()


def test_order_of_rows_does_not_matter(tmp_path: Path):
    """The same package written in another order would look like a changed directory."""
    tables = {
        "languages": "id,service_id,language\n1,s1,Spanish\n2,s1,English\n",
        "phones": "id,service_id,number\n1,s1,555\n1,s1,556\n",
        "services": SERVICES,
    }
    turned = {
        name: "\n".join([text.splitlines()[0], *text.splitlines()[:0:-1]]) + "\n" for name, text in tables.items()
    }
    one, other = delivered(tmp_path / "a", **tables), delivered(tmp_path / "b", **turned)
    assert one.record.drop(SOURCE_COLUMNS).equals(other.record.drop(SOURCE_COLUMNS))
    assert one.phone.drop(SOURCE_COLUMNS).equals(other.phone.drop(SOURCE_COLUMNS))
    assert one.phone["slot"].to_list() == ["phones:1", "phones:1#2"]


def test_files_that_differ_in_case_only_stop(tmp_path: Path):
    """One of two services tables would be read by chance."""
    folder = package(tmp_path / "package")
    (folder / "Services.csv").write_text(SERVICES, encoding="utf-8")
    if len(list(folder.glob("[sS]ervices.csv"))) < 2:
        pytest.skip("this file system does not tell the two names apart")
    with pytest.raises(InputError, match="differ in case only"):
        read_export(folder, center_id="test")
