"""HSDS in JSON: kinds of files and records, nested objects, one object in many places, values as written."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.ingest.read import read_export
from schemas.delivered import Delivered
from schemas.errors import InputError
from schemas.parameters import IngestParameters

LIMITS = IngestParameters(settle_seconds=0)
SERVICE = {
    "id": "s1",
    "name": "Classes",
    "status": "active",
    "organization": {"id": "o1", "name": "Harbor", "phones": [{"id": "p1", "number": "555-0100"}]},
    "schedules": [{"id": "h1", "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00"}],
    "languages": [{"id": "g1", "name": "Spanish"}],
    "attributes": [
        {
            "id": "a1",
            "taxonomy_term": {
                "id": "t1",
                "code": "BD-1800",
                "name": "Food",
                "taxonomy_detail": {"id": "x1", "name": "V"},
            },
        }
    ],
    "service_at_locations": [
        {
            "id": "k1",
            "location": {
                "id": "l1",
                "name": "Downtown",
                "location_type": "physical",
                "addresses": [{"id": "d1", "address_1": "1 Main St", "address_type": "physical"}],
            },
            "phones": [{"id": "p2", "number": "555-0101"}],
        }
    ],
}
ORGANIZATION = {
    "id": "o1",
    "name": "Harbor",
    "website": "https://www.example.org",
    "locations": [{"id": "l1", "location_type": "physical", "latitude": 39.8}],
    "metadata": [{"id": "m1", "last_action_date": "2026-08-04", "last_action_type": "verified", "field_name": ""}],
}


def lines(*records: Any) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        stem, _, end = name.rpartition("_")
        (folder / f"{stem}.{end}").write_text(text, encoding="utf-8")
    return folder


def read(path: Path, format_name: str = "auto") -> Delivered:
    return read_export(path, center_id="test", format_name=format_name, parameters=LIMITS)


def read_text(tmp_path: Path, text: str, name: str = "services.jsonl") -> Delivered:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read(tmp_path / name)


def records(export: Delivered, kind: str) -> list[dict[str, Any]]:
    return [one for one in export.record.to_dicts() if one["kind"] == kind]


def only(found: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(found) == 1
    return found[0]


def test_nested_objects_become_records_and_what_belongs_to_them(tmp_path: Path):
    """A service would be read without its agency, its place, its hours or its terms."""
    export = read_text(tmp_path, lines(SERVICE))
    assert (export.format_name, export.format_version) == ("hsds-json", "3.0")
    service = only(records(export, "service"))
    assert (service["native_id"], service["agency_native_id"], service["languages"]) == ("s1", "o1", "Spanish")
    assert only(records(export, "agency"))["name"] == "Harbor"
    assert only(records(export, "site"))["name"] == "Downtown"
    link = only(records(export, "service_at_site"))
    assert (link["service_native_id"], link["site_native_id"], link["agency_native_id"]) == ("s1", "l1", "o1")
    assert export.phone.select("owner_kind", "owner_native_id", "slot", "number").rows() == [
        ("agency", "o1", "phones:p1", "555-0100"),
        ("service_at_site", "k1", "phones:p2", "555-0101"),
    ]
    assert export.address.select("owner_native_id", "line1", "address_kind").rows() == [("l1", "1 Main St", "physical")]
    assert export.taxonomy_link.select("owner_kind", "owner_native_id", "codes", "terms").rows() == [
        ("service", "s1", "BD-1800", "Food")
    ]
    assert export.schedule["weekday"].to_list() == ["MO", "TU"]


def test_what_stands_in_several_files_is_one_record(tmp_path: Path):
    """An agency would be counted once for each of its services."""
    other = SERVICE | {"id": "s2", "name": "Pantry"}
    folder = write(tmp_path / "in", organizations_jsonl=lines(ORGANIZATION), services_jsonl=lines(SERVICE, other))
    export = read(folder)
    agency = only(records(export, "agency"))
    assert (agency["url"], agency["verified_on"]) == ("https://www.example.org", "2026-08-04")
    assert agency["source_file"] == "organizations.jsonl"
    site = only(records(export, "site"))
    assert (site["name"], site["latitude"], site["agency_native_id"]) == ("Downtown", "39.8", "o1")
    assert len(records(export, "service")) == 2
    assert (export.rows_read, [file.name for file in export.files]) == (3, ["organizations.jsonl", "services.jsonl"])
    assert export.raw_row["source_line"].to_list() == [1, 1, 2]
    assert json.loads(export.raw_row["text"][2]) == other


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("services.json", json.dumps(SERVICE)),
        ("service_full.json", json.dumps(SERVICE, indent=2)),
        ("Services-2026-11-20.json", json.dumps([SERVICE])),
        ("services_page.json", json.dumps({"total_items": 1, "contents": [SERVICE], "empty": False}, indent=1)),
        ("service_list_data.json", json.dumps({"contents": [SERVICE]})),
        ("export.json", json.dumps([SERVICE], indent=2)),
        ("export.jsonl", lines(SERVICE)),
        ("export.json", lines(SERVICE, SERVICE)),
        ("export.ndjson", "\n\n" + lines(SERVICE).replace("\n", "\r\n")),
        ("pages.jsonl", lines({"page_number": 1, "contents": [SERVICE]})),
    ],
)
def test_every_shape_holds_the_same_records(tmp_path: Path, name: str, text: str):
    """What an API gives page by page would have to be rewritten by hand before it could be read."""
    export = read_text(tmp_path, text, name)
    kinds = dict(export.record["kind"].value_counts().iter_rows())
    assert kinds == {"agency": 1, "service": 1, "service_at_site": 1, "site": 1}
    assert export.rows_rejected == 0


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (ORGANIZATION, "agency"),
        ({"id": "s1", "name": "Classes", "status": "active"}, "service"),
        ({"id": "l1", "location_type": "virtual"}, "site"),
        ({"id": "k1", "service_id": "s1", "location": {"id": "l1", "location_type": "virtual"}}, "service_at_site"),
    ],
)
def test_members_tell_the_kind_where_the_file_does_not(tmp_path: Path, record: dict[str, Any], kind: str):
    """A file of another name would be refused, or its organizations be counted as services."""
    export = read_text(tmp_path, lines(record), "export.jsonl")
    assert kind in export.record["kind"]


def test_archive_and_utf16_are_read(tmp_path: Path):
    """The export as it is mailed would be refused."""
    folder = write(tmp_path / "in", organizations_jsonl=lines(ORGANIZATION))
    (folder / "services.json").write_bytes(json.dumps([SERVICE]).encode("utf-16"))
    (folder / "locations.json").write_bytes(b"\xef\xbb\xbf[]")
    (folder / "contacts.jsonl").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"inside/{file.name}")
    export = read(tmp_path / "export.zip")
    assert export.record.height == 4
    assert {file.name: file.encoding for file in export.files} == {
        "locations.json": "utf-8-sig",
        "organizations.jsonl": "utf-8",
        "services.json": "utf-16",
    }
    assert "contacts.jsonl is empty." in export.notices


def test_different_content_of_one_id_is_kept_twice_and_a_shorter_form_is_not(tmp_path: Path):
    """A contradiction would be settled by chance, or a shorter form of an agency be called a contradiction."""
    short, other = {"id": "o1", "name": "Harbor"}, {"id": "o1", "name": "Harbour"}
    folder = write(
        tmp_path / "in",
        organizations_jsonl=lines(ORGANIZATION, other),
        services_jsonl=lines(SERVICE | {"organization": short}),
    )
    export = read(folder)
    assert [one["name"] for one in records(export, "agency")] == ["Harbor", "Harbour"]
    assert [one["url"] for one in records(export, "agency")] == ["https://www.example.org", ""]


def test_rows_of_one_id_with_different_content_are_told(tmp_path: Path):
    """Of two numbers under one id one would be lost, or both stay unseen."""
    phones = [{"id": "p1", "number": "555-0100"}, {"id": "p1", "number": "555-0199"}]
    export = read_text(tmp_path, lines(SERVICE | {"phones": phones}))
    assert export.phone.filter(owner_kind="service")["number"].to_list() == ["555-0100", "555-0199"]
    assert any(
        one.startswith("phones.csv: ids that stand for objects with different content") for one in export.notices
    )


def test_object_of_several_owners(tmp_path: Path):
    """A number of two services would belong to one of them, or one of an agency and its service be counted twice."""
    phone = {"id": "p9", "number": "555-0109"}
    organization = ORGANIZATION | {
        "phones": [phone],
        "services": [
            {"id": f"s{number}", "name": "Classes", "status": "active", "phones": [phone]} for number in (1, 2)
        ],
    }
    export = read_text(tmp_path, lines(organization), "organizations.jsonl")
    assert export.phone.select("owner_kind", "owner_native_id").rows() == [("service", "s1"), ("service", "s2")]
    assert not any("different content" in one for one in export.notices)


def test_owner_is_the_object_around(tmp_path: Path):
    """A copied id inside a nested object would hang its number on another record."""
    wrong = {"id": "p3", "number": "555-0103", "service_id": "somebody"}
    attribute = {"id": "a9", "link_id": "a9", "link_entity": "?", "taxonomy_term": {"id": "t1", "code": "BD-1800"}}
    export = read_text(tmp_path, lines(SERVICE | {"phones": [wrong], "attributes": [attribute]}))
    assert export.phone.filter(owner_kind="service")["owner_native_id"].to_list() == ["s1"]
    assert export.taxonomy_link.select("owner_kind", "owner_native_id").rows() == [("service", "s1")]
    said = "objects that name another owner than the object around them: 1; the object around them counts."
    assert {f"attributes.csv:link_id: {said}", f"phones.csv:service_id: {said}"} <= set(export.notices)


def test_nested_object_without_id_is_tied_by_the_id_beside_it(tmp_path: Path):
    """A term would be read without its code."""
    attribute = {"id": "a1", "taxonomy_term_id": "t1", "taxonomy_term": {"code": "BD-1800", "name": "Food"}}
    export = read_text(tmp_path, lines(SERVICE | {"attributes": [attribute]}))
    assert export.taxonomy_link["codes"].to_list() == ["BD-1800"]


def test_unknown_members_stay_in_raw_and_are_named(tmp_path: Path):
    """What a publisher added would vanish without a word, or stop the night."""
    own = {"x_flag": True, "x_list": [1.50, {"b": None}], "languages": ["en", "es"]}
    export = read_text(tmp_path, lines(SERVICE | own))
    assert {"services.csv:x_flag", "services.csv:x_list", "services.csv:languages"} <= set(export.unmapped_columns)
    assert (
        "services.csv: columns that the layout does not know stay in raw: 3 (languages, x_flag, x_list)."
        in export.notices
    )
    assert '"x_list": [1.5, {"b": null}]' in export.raw_row["text"][0]
    header = export.raw_header.filter(source_file="services.csv")["column_name"].to_list()
    assert header[:3] == ["id", "organization_id", "name"]


def test_numbers_and_words_stay_as_written(tmp_path: Path):
    """An age of 12.0, a coordinate or a long number would be another one after the import."""
    text = (
        '{"id": 17, "name": "Classes", "status": "active", "minimum_age": 12, "maximum_age": 1.0, "fees": 1.50,'
        ' "wait_time": false, "description": 12345678901234567890123, "phones": [{"number": 211, "extension": 7}]}'
    )
    service = only(records(export := read_text(tmp_path, text), "service"))
    fields = ("native_id", "minimum_age", "maximum_age", "fees", "wait_time", "description")
    assert [service[name] for name in fields] == ["17", "12", "1.0", "1.50", "false", "12345678901234567890123"]
    assert export.phone.select("owner_native_id", "number", "extension").rows() == [("17", "211", "7")]


def test_null_is_not_there_and_what_nobody_says_is_not_carried(tmp_path: Path):
    """Every service would count as never verified although the publisher gives no dates at all."""
    one = {"id": "s1", "name": "Classes", "status": "active", "assured_date": None, "email": None, "alert": ""}
    two = {"id": "s2", "name": "Pantry", "status": "active", "email": "info@example.org"}
    export = read_text(tmp_path, lines(one, two))
    first, second = records(export, "service")
    assert (first["verified_on"], first["email"], first["alert"]) == (None, "", "")
    assert (second["email"], second["alert"]) == ("info@example.org", "")
    assert "service.verified_on" not in export.carried
    assert {"service.email", "service.alert"} <= export.carried


def test_side_table_of_our_own_package_tells_what_hsds_has_no_place_for(tmp_path: Path):
    """A re-imported package would lose the center's numbers, and call fields unknown that are blank."""
    side = {
        "id": "o1",
        "kind": "organization",
        "native_id": "4711",
        "record_owner": "HARB",
        "verified_on": "2026-01-02",
    }
    bare = {"id": "o1", "name": "Harbor"}
    folder = write(tmp_path / "in", organizations_jsonl=lines(bare), resdir_records_jsonl=lines(side))
    (folder / "manifest.json").write_text('{"target": "hsds-json", "version": "3.0"}', encoding="utf-8")
    export = read(folder)
    agency = only(records(export, "agency"))
    assert (agency["prior_native_id"], agency["record_owner"], agency["verified_on"]) == ("4711", "HARB", "2026-01-02")
    assert agency["email"] == ""
    assert export.format_version == "3.0"
    assert {"agency.email", "service.verified_on", "phone.number"} <= export.carried
    assert "service.capacity" not in export.carried


def test_pages_that_are_missing_are_told(tmp_path: Path):
    """The first page of a list would be taken for the whole directory."""
    page = {"total_items": 3, "total_pages": 2, "page_number": 1, "contents": [SERVICE, SERVICE]}
    folder = write(tmp_path / "in", services_page_1_json=json.dumps(page))
    words = "Pages of a longer list: services_page_1.json hold 2 of 3 records; the others were not delivered."
    assert words in read(folder).notices
    rest = page | {"page_number": 2, "contents": [SERVICE]}
    write(folder, services_page_2_json=json.dumps(rest))
    assert not any("longer list" in one for one in read(folder).notices)


def test_what_a_delivery_lacks_is_told(tmp_path: Path):
    """Agencies without a service would be missing and nobody would know."""
    assert "No file holds services." in read_text(tmp_path, lines(ORGANIZATION), "organizations.jsonl").notices
    words = "No file holds organizations: those without a service are not in this delivery."
    assert words in read_text(tmp_path, lines(SERVICE)).notices


def test_tables_go_before_json_and_json_beside_tables_is_passed_over(tmp_path: Path):
    """The manifest beside a table would be called the export."""
    folder = write(tmp_path / "in", services_jsonl=lines(SERVICE), export_csv="a,b\n1,2\n")
    with pytest.raises(InputError, match=r"export\.csv has no known layout"):
        read(folder)
    assert read(folder, "hsds-json").record.height == 4


def test_tables_of_older_versions_may_be_json(tmp_path: Path):
    """A publisher that writes each table of 1.x as JSON could not be read."""
    folder = write(
        tmp_path / "in",
        organizations_json=json.dumps([{"id": "o1", "name": "Harbor", "url": "www.example.org"}]),
        services_json=json.dumps([{"id": "s1", "organization_id": "o1", "name": "Classes", "status": "active"}]),
        eligibility_json=json.dumps([{"id": "e1", "service_id": "s1", "eligibility": "adult"}]),
        physical_addresses_json=json.dumps([{"id": "d1", "location_id": "l1", "address_1": "1 Main St", "city": "X"}]),
        services_taxonomy_json=json.dumps([{"id": "x1", "service_id": "s1", "taxonomy_id": "BD-1800"}]),
        taxonomy_json=json.dumps([{"id": "BD-1800", "name": "Food", "parent_name": None, "vocabulary": "V"}]),
    )
    export = read(folder)
    assert export.format_version == "1.x"
    assert only(records(export, "service"))["eligibility"] == "adult"
    assert export.taxonomy_link.select("codes", "terms").rows() == [("BD-1800", "Food")]


def test_mapping_that_extends_the_tables_reads_json_too(tmp_path: Path):
    """A member of the center's own could be given a field in tables only."""
    mapping = tmp_path / "mytown.toml"
    mapping.write_text(
        'extends = "hsds"\nname = "mytown"\n[[files]]\nnames = ["services.csv"]\n[[files.records]]\n'
        '[files.records.cells]\navailability = "x_openings"\n',
        encoding="utf-8",
    )
    (tmp_path / "services.jsonl").write_text(lines(SERVICE | {"x_openings": "none"}), encoding="utf-8")
    export = read(tmp_path / "services.jsonl", str(mapping))
    assert (export.format_name, only(records(export, "service"))["availability"]) == ("mytown", "none")


def test_order_of_lines_and_members_does_not_matter(tmp_path: Path):
    """A publisher that sorts otherwise would seem to have changed every record."""
    one = read(write(tmp_path / "one", organizations_jsonl=lines(ORGANIZATION), services_jsonl=lines(SERVICE)))
    turned = [dict(reversed(record.items())) for record in (SERVICE, ORGANIZATION)]
    other = read(write(tmp_path / "two", a_services_jsonl=lines(turned[0]), z_organizations_jsonl=lines(turned[1])))
    for name in ("record", "phone", "address", "taxonomy_link", "schedule"):
        frames = [getattr(export, name).drop("source_file", "source_line") for export in (one, other)]
        assert frames[0].equals(frames[1]), name
    assert one.raw_header.equals(other.raw_header)
