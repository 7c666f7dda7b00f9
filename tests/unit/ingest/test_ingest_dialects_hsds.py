"""Versions and habits of HSDS tables, from the files to the canonical tables."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from schemas.delivered import Delivered
from schemas.directory import Directory
from schemas.parameters import NormalizeParameters

BASE = {
    "organizations": "id,name,description,website\no1,Harbor,Text,\no2,Pier,Text,https://pier.example.org\n",
    "services": "id,organization_id,name,status,assured_date\ns1,o1,Classes,active,2026-08-04\ns2,o1,Pantry,active,\n",
    "locations": "id,organization_id,name\nl1,o1,Downtown\nl2,o1,Uptown\n",
}
META = "id,resource_id,resource_type,last_action_date,last_action_type,field_name,previous_value,replacement_value,updated_by\n"


def package(folder: Path, **tables: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (BASE | tables).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def delivered(tmp_path: Path, **tables: str) -> Delivered:
    return read_export(package(tmp_path / "package", **tables), center_id="test")


def directory(tmp_path: Path, **tables: str) -> Directory:
    return normalize_delivery(delivered(tmp_path, **tables), parameters=NormalizeParameters()).directory


def field(export: Delivered, kind: str, name: str) -> dict[str, object]:
    return dict(export.record.filter(pl.col("kind") == kind).select("native_id", name).iter_rows())


def test_verification_of_agencies_and_sites_stands_in_the_log(tmp_path: Path):
    """Agencies that were verified would count as never verified, because HSDS has no column for it."""
    export = delivered(
        tmp_path,
        metadata=META
        + "1,o1,organization,2026-08-05,verified,verified_on,2025-01-01,2026-08-04,x\n"
        + "2,o1,organization,2025-01-01,verified,verified_on,,2025-01-01,x\n"
        + "3,l1,location,2026-07-01,Verified,verified_on,,,x\n"
        + "4,s1,service,2026-10-10,verified,verified_on,,2026-10-10,x\n"
        + "5,o2,organization,2026-09-09,update,name,a,b,x\n"
        + "6,zz,organization,2026-09-09,verified,verified_on,,2026-09-09,x\n",
    )
    assert field(export, "agency", "verified_on") == {"o1": "2026-08-04", "o2": ""}
    assert field(export, "site", "verified_on") == {"l1": "2026-07-01", "l2": ""}
    assert field(export, "service", "verified_on") == {"s1": "2026-08-04", "s2": ""}
    assert field(export, "agency", "edited_on") == {"o1": "", "o2": "2026-09-09"}
    assert {"agency.verified_on", "site.verified_on", "agency.edited_on"} <= export.carried
    assert "service.edited_on" not in export.carried
    assert (
        "metadata.csv: texts of verified_on for records that are not in the export: 1; they stay in raw only."
        in export.notices
    )


def test_an_empty_log_leaves_verification_unknown(tmp_path: Path):
    """Every agency would be overdue because a table with only a header lies in the package."""
    export = delivered(tmp_path, metadata=META)
    assert not {"agency.verified_on", "site.verified_on", "agency.edited_on"} & export.carried
    assert set(field(export, "agency", "verified_on").values()) == {None}


def test_last_modified_is_not_replaced_by_the_log(tmp_path: Path):
    """An older edit would stand for the newer one."""
    services = "id,organization_id,name,status,last_modified\ns1,o1,Classes,active,2026-06-09T19:29:58.000Z\ns2,o1,Pantry,active,\n"
    export = delivered(
        tmp_path,
        services=services,
        metadata=META
        + "1,s1,service,2020-01-01,update,name,a,b,x\n2,s2,service,2019-01-01,create,name,a,b,x\n"
        + "3,s2,service,2020-02-02,update,name,a,b,x\n",
    )
    assert field(export, "service", "edited_on") == {"s1": "2026-06-09T19:29:58.000Z", "s2": "2020-02-02"}


def test_holidays_seasons_and_monthly_rules_are_kept_as_words(tmp_path: Path):
    """A caller would be sent to a closed door on a holiday."""
    export = delivered(
        tmp_path,
        holiday_schedules=(
            "id,service_id,location_id,closed,opens_at,closes_at,start_date,end_date\n"
            "1,s1,,true,,,2026-12-24,2026-12-26\n2,,l1,false,10:00,12:00,2026-12-31,2026-12-31\n"
        ),
        schedules=(
            "id,service_id,valid_from,valid_to,freq,byday,opens_at,closes_at,description\n"
            '1,s1,2005-01-01,2005-01-01,WEEKLY,"TH,FR",10:00:00,18:00:00,\n2,s2,,,MONTHLY,1MO,09:00,17:00,\n'
        ),
    )
    assert field(export, "service", "hours") == {
        "s1": "Holiday, closed: 2026-12-24 to 2026-12-26",
        "s2": "MONTHLY 1MO from 09:00 to 17:00",
    }
    assert (
        field(export, "site", "hours")["l1"] == "Holiday, other hours: 2026-12-31 to 2026-12-31 from 10:00 until 12:00"
    )
    assert (
        export.schedule.select("weekday", "note").rows()
        == [
            ("TH", "valid from 2005-01-01; valid to 2005-01-01"),
            ("FR", "valid from 2005-01-01; valid to 2005-01-01"),
        ][::-1]
    )


@pytest.mark.parametrize("day", ["1", "Monday", "mon", "MO"])
def test_weekdays_of_version_1(tmp_path: Path, day: str):
    """Hours of a whole package would be lost for the way in which it writes Monday."""
    rows = directory(
        tmp_path, regular_schedules=f"id,service_id,weekday,opens_at,closes_at\n,s1,{day},9:00am,5:00pm\n"
    ).schedule
    assert [(one["weekday"], str(one["opens_at"]), str(one["closes_at"])) for one in rows.iter_rows(named=True)] == [
        ("MO", "09:00:00", "17:00:00")
    ]


def test_numbers_of_the_record_are_kept_beside_the_ids(tmp_path: Path):
    """A center could not find its own number again, or a company number would pass for a tax number."""
    export = delivered(
        tmp_path,
        organization_identifiers=(
            "id,organization_id,identifier_scheme,identifier_type,identifier\n"
            "1,o1,US-EIN,EIN,36-0000001\n2,o1,mytown,record number,4711\n3,o2,GB-COH,Company number,99\n"
        ),
        locations="id,organization_id,name,external_identifier,external_identifier_type\nl1,o1,Downtown,8150,mytown\n",
    )
    assert field(export, "agency", "ein") == {"o1": "36-0000001", "o2": ""}
    assert field(export, "agency", "prior_native_id") == {"o1": "4711", "o2": ""}
    assert field(export, "site", "prior_native_id") == {"l1": "8150"}


def test_side_file_of_our_own_export_is_read_back(tmp_path: Path):
    """A package of ours, read again, would lose owners, verification dates, and what was derived would be counted."""
    side = (
        "id,kind,center_id,native_id,record_owner,origin,link_only,verified_on,edited_on,taxonomy_links\n"
        "o1,organization,mytown,4711,MYT,delivered,,2026-08-04,2026-08-05,\n"
        "l1,location,mytown,,,derived,,,,\n"
        "s1,service,mytown,15,MYT,delivered,,2020-01-01,2026-01-01,\n"
    )
    found = directory(tmp_path, resdir_records=side)
    agency = found.agency.filter(pl.col("native_id") == "o1").row(0, named=True)
    assert (agency["prior_native_id"], agency["record_owner"]) == ("4711", "MYT")
    assert (agency["verified_on"], agency["edited_on"]) == (date(2026, 8, 4), date(2026, 8, 5))
    assert dict(found.site.select("native_id", "origin").iter_rows()) == {"l1": "derived", "l2": "delivered"}
    assert dict(found.site.select("native_id", "is_counted").iter_rows())["l1"] is False
    # The date in the official column stands.
    assert dict(found.service.select("native_id", "verified_on").iter_rows())["s1"] == date(2026, 8, 4)


def test_cells_with_several_records_in_every_table(tmp_path: Path):
    """A service of two places would be at none, and one of two agencies belong to nobody."""
    export = delivered(
        tmp_path,
        services="id,organization_id,name,status\ns1,\"o1,o2\",Classes,active\ns2,o1,Pantry,active\n",
        locations='id,organization_id,name\nl1,"o2,o1",Downtown\nl2,o1,Uptown\n',
        service_at_location='id,service_id,location_id\nx1,s1,"l1,l2"\nx2,"s1, s2",l1\n',
        languages='id,service_id,language\n1,"s1,s2",Spanish\n',
        eligibility='id,service_id,eligibility\n,"s1,s2",adult\n',
    )  # fmt: skip
    assert field(export, "service", "agency_native_id") == {"s1": "o1", "s2": "o1"}
    assert field(export, "site", "agency_native_id") == {"l1": "o2", "l2": "o1"}
    links = export.record.filter(pl.col("kind") == "service_at_site")
    assert sorted(links.select("native_id", "service_native_id", "site_native_id").rows()) == [
        ("x1:l1", "s1", "l1"),
        ("x1:l2", "s1", "l2"),
        ("x2:s1", "s1", "l1"),
        ("x2:s2", "s2", "l1"),
    ]
    assert field(export, "service", "languages") == {"s1": "Spanish", "s2": "Spanish"}
    assert field(export, "service", "eligibility") == {"s1": "adult", "s2": "adult"}
    told = " ".join(export.notices)
    assert "services.csv: cells of organization_id that name several records: 1; the first is meant." in told
    assert (
        "service_at_location.csv: cells of location_id that name several records: 1; there is one record for each."
        in told
    )


def test_blank_ids_in_every_table(tmp_path: Path):
    """Links without an id would be one link, and the others be lost."""
    found = directory(tmp_path, service_at_location="id,service_id,location_id\n,s1,l1\n,s2,l1\n,s2,l2\n")
    assert found.service_at_site["record_uid"].n_unique() == 3


def test_written_line_breaks_become_line_breaks(tmp_path: Path):
    """Callers would read backslashes."""
    services = "id,organization_id,name,status,description\ns1,o1,Classes,active,Monday\\nTuesday\ns2,o1,P,active,\n"
    found = directory(tmp_path, services=services).service
    assert dict(found.select("native_id", "description").iter_rows())["s1"] == "Monday\nTuesday"


def test_repeated_taxonomy_ids_do_not_double_links(tmp_path: Path):
    """A service would carry a term twice because the vocabulary does."""
    export = delivered(
        tmp_path,
        services_taxonomy="id,service_id,taxonomy_id\n1,s1,BD-1800\n",
        taxonomy="id,name\nBD-1800,Food\nBD-1800,Foods\n",
    )
    assert export.taxonomy_link.select("codes", "terms").rows() == [("BD-1800", "Food")]


def test_terms_of_version_2_and_tables_of_mixed_versions(tmp_path: Path):
    """Terms would be nameless in 2.0, and tables of another version be left unread."""
    export = delivered(
        tmp_path,
        service_attributes="id,service_id,taxonomy_term_id\n1,s1,t1\n2,s2,BD-1800\n",
        taxonomy_terms="id,term,code\nt1,Food,BD-1800\nBD-1800,Food,\n",
        services_taxonomy="id,service_id,taxonomy_id\n1,s2,PH-6100\n",
        addresses="id,location_id,address_1,address_type\n1,l1,1 Main St,physical\n",
        postal_addresses="id,location_id,address_1\n1,l1,PO Box 1\n",
        payments_accepted="id,service_id,payment\n1,s1,cash\n",
    )
    assert sorted(export.taxonomy_link.select("owner_native_id", "codes", "terms").rows()) == [
        ("s1", "BD-1800", "Food"),
        ("s2", "BD-1800", "Food"),
        ("s2", "PH-6100", ""),
    ]
    assert sorted(export.address["address_kind"]) == ["mailing", "physical"]
    assert field(export, "service", "payment_methods")["s1"] == "cash"


def test_further_web_address_counts_only_where_there_is_none(tmp_path: Path):
    """An agency's own site would become two sites in one cell."""
    export = delivered(
        tmp_path,
        url="id,label,url,organization_id,service_id\n1,b,https://b.example.org,o1,\n2,a,https://a.example.org,o1,\n"
        "3,c,https://c.example.org,o2,\n",
    )
    assert export.format_version == "3.1"
    assert field(export, "agency", "url") == {"o1": "https://a.example.org", "o2": "https://pier.example.org"}


def test_descriptor_decides_between_two_files_of_one_table_and_nothing_else(tmp_path: Path):
    """Every phone would be read twice, or the version be what the descriptor claims."""
    folder = package(
        tmp_path / "package",
        phones="id,service_id,number\n1,s1,555-0101\n",
        phone="id,service_id,number\n1,s1,555-0199\n",
    )
    export = read_export(folder, center_id="test")
    assert export.phone["number"].to_list() == ["555-0101"]
    assert "Files not read, because another file holds the same table: 1 (phone.csv)." in export.notices
    listed = {"profile": "tabular-data-package", "version": "9.9", "resources": [{"path": "data/Phone.csv"}]}
    (folder / "datapackage.json").write_text(json.dumps(listed), encoding="utf-8")
    export = read_export(folder, center_id="test")
    assert (export.phone["number"].to_list(), export.format_version) == (["555-0199"], "")
    (folder / "datapackage.json").write_bytes(b"{ broken")
    assert read_export(folder, center_id="test").phone["number"].to_list() == ["555-0101"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"{ broken",
            "datapackage.json is not valid JSON (line 1); it is passed over, and the tables are read as they are.",
        ),
        (b"\xff{}", "datapackage.json is not UTF-8 (byte 0); it is passed over, and the tables are read as they are."),
        (b"[]", "datapackage.json has no list of resources; it is passed over, and the tables are read as they are."),
        (b'{"resources": [{"path": "lost.csv"}]}', "datapackage.json lists files that are not there: 1 (lost.csv)."),
    ],
)
def test_faults_of_a_descriptor_are_told(tmp_path: Path, content: bytes, told: str):
    """Other programs believe the descriptor; the sender should hear that it is wrong."""
    folder = package(tmp_path / "package", phones="id,service_id,number\n1,s1,555-0101\n")
    (folder / "datapackage.json").write_bytes(content)
    export = read_export(folder, center_id="test")
    assert told in export.notices
    assert export.phone["number"].to_list() == ["555-0101"]


def test_tables_that_a_descriptor_forgets_are_read_and_told(tmp_path: Path):
    """They are there for us and missing for everyone who follows the descriptor."""
    folder = package(tmp_path / "package", phones="id,service_id,number\n1,s1,555-0101\n")
    names = sorted(file.name for file in folder.glob("*.csv"))
    listed = {"resources": [{"path": name} for name in names if name != "phones.csv"]}
    (folder / "datapackage.json").write_text(json.dumps(listed), encoding="utf-8")
    export = read_export(folder, center_id="test")
    assert "datapackage.json does not list tables that are there and are read: 1 (phones.csv)." in export.notices


def test_folder_of_other_files_says_what_they_are(tmp_path: Path):
    """The licence beside eight XML files would be called the export."""
    from schemas.errors import InputError

    for name in ("a.xml", "b.xml", "c.json", "LICENSE.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="no CSV or text file and 1 JSON file, 2 XML files"):
        read_export(tmp_path, center_id="test")
