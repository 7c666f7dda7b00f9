"""HSDS packages before the official schemas: what our judge finds, and whether other judges agree."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pipeline.publish.hsds import package_hsds
from pipeline.publish.hsds_files import write_tables
from pipeline.publish.hsds_json import write_hsds_json
from pipeline.publish.hsds_json_members import OWN_MEMBER, listed_members, single_members
from pipeline.publish.hsds_profile import check_profile
from pipeline.publish.official_hsds import check_official_json, check_official_tables
from pipeline.publish.public_directory import make_public
from schemas.contract import empty_table
from schemas.errors import InputError
from schemas.export_parameters import ExportParameters
from schemas.hsds_tables import SIDE_TABLE, hsds_tables, package_descriptor
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding
from tests.real_exports import normalize_once
from tests.strict_reader import strict_report

VERSIONS = ("3.1", "3.0")
UUID = "5d1f0e9c-0000-4000-8000-000000000001"

#: Invented schemas, far smaller than the official ones.
SCHEMAS: dict[str, Any] = {
    "organization.json": {
        "type": "object",
        "properties": {"id": {"type": "string", "format": "uuid"}, "phones": {"items": {"$ref": "phone.json"}}},
        "required": ["id", "name"],
    },
    "service.json": {
        "type": "object",
        "properties": {"status": {"enum": ["active"]}, "url": {"type": "string", "format": "uri"}},
    },
    "phone.json": {"type": "object", "properties": {"extension": {"type": "number"}}, "required": ["number"]},
    "openapi.json": {"$ref": "https://nowhere.invalid/openapi.json"},
}


def write_json(path: Path, content: Any) -> Path:
    """A JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def write_lines(folder: Path, **records: list[Any]) -> Path:
    """A package of the given objects."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("organizations", "services"):
        lines = [record if isinstance(record, str) else json.dumps(record) for record in records.get(kind, [])]
        (folder / f"{kind}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


@pytest.fixture
def schema_dir(tmp_path):
    """The invented schemas where the official ones would lie."""
    for name, schema in SCHEMAS.items():
        write_json(tmp_path / "specs" / "hsds" / "3.1" / "schema" / name, schema)
    return tmp_path / "specs"


def found(faults) -> list[tuple[str, str, str, int]]:
    """What of faults is compared."""
    return [(fault.table, fault.column, fault.check, fault.count) for fault in faults]


def test_faults_are_counted_by_member_and_rule(tmp_path, schema_dir):
    """A thousand faults of one kind would be a thousand lines, and one of another kind would drown in them."""
    package = write_lines(
        tmp_path / "package",
        organizations=[
            {"id": UUID.replace("1", "2"), "name": "A", "phones": [{"number": "1"}, {"extension": "Quarry"}]},
            {"id": UUID, "name": "A", "phones": [{"extension": 1}, {"extension": 2}]},
            {"id": "no uuid", "phones": []},
            "{broken",
        ],
        services=[{"id": UUID, "status": "secret", "url": "Quarry Lane"}, {"id": UUID, "status": "active"}],
    )
    faults = check_official_json(package, schema_dir=schema_dir, version="3.1")
    assert found(faults) == [
        ("organization", "*", "json", 1),
        ("organization", "id", "format", 1),
        ("organization", "name", "required", 1),
        ("organization", "phones.extension", "type", 1),
        ("organization", "phones.number", "required", 3),
        ("service", "status", "enum", 1),
        ("service", "url", "format", 1),
    ]
    assert [fault.example for fault in faults] == [None, None, None, UUID.replace("1", "2"), UUID, UUID, UUID]


def test_no_fault_tells_a_value(tmp_path, schema_dir):
    """A private value would stand in a message that anyone may read."""
    package = write_lines(
        tmp_path / "package",
        organizations=[{"id": "Quarry Lane 7", "phones": [{"extension": "Quarry"}]}],
        services=[{"id": "Quarry", "status": "Quarry", "url": "Quarry"}],
    )
    faults = check_official_json(package, schema_dir=schema_dir, version="3.1")
    assert len(faults) == 6
    assert "Quarry" not in str(faults)


@pytest.mark.parametrize("below", ["", "hsds", "hsds/3.1", "hsds/3.1/schema"])
def test_schemas_are_found_from_any_folder_above(tmp_path, schema_dir, below):
    """A user would have to know which of the folders is meant."""
    package = write_lines(tmp_path / "package", organizations=[{"id": UUID}])
    faults = check_official_json(package, schema_dir=schema_dir / below, version="3.1")
    assert found(faults) == [("organization", "name", "required", 1)]


def test_missing_schemas_are_told_with_their_folder(tmp_path, schema_dir):
    """A package would count as valid because nobody looked."""
    package = write_lines(tmp_path / "package")
    with pytest.raises(InputError, match=rf"HSDS 3\.0 are not in {re.escape(str(schema_dir))}"):
        check_official_json(package, schema_dir=schema_dir, version="3.0")
    with pytest.raises(InputError, match=r"descriptor of HSDS 3\.1 is not in"):
        check_official_tables(package, schema_dir=schema_dir, version="3.1")
    (package / "services.jsonl").unlink()
    with pytest.raises(InputError, match=r"services\.jsonl is not in"):
        check_official_json(package, schema_dir=schema_dir, version="3.1")


def test_broken_schema_is_told(tmp_path, schema_dir):
    """A damaged copy would end in a traceback."""
    (schema_dir / "hsds" / "3.1" / "schema" / "phone.json").write_text("{")
    with pytest.raises(InputError, match=r"phone\.json cannot be read as JSON"):
        check_official_json(write_lines(tmp_path / "package"), schema_dir=schema_dir, version="3.1")


def test_profile_finds_what_the_schema_alone_does_not(tmp_path, schema_dir):
    """The profile would be a promise that nobody checks."""
    term = {"id": UUID, "link_type": "service_term"}
    good = {"id": UUID, "name": "S", "status": "active", "assured_date": "2026-01-01", "attributes": [term]}
    bad = good | {"attributes": [{"id": UUID, "link_type": "target"}]}
    package = write_lines(
        tmp_path / "package",
        organizations=[{"id": UUID, "name": "A", "services": [good, bad]}],
        services=[good | {"organization": {"id": UUID, "name": "A"}}, good],
    )
    assert check_official_json(package, schema_dir=schema_dir, version="3.1") == []
    faults = check_official_json(package, schema_dir=schema_dir, version="3.1", profile=True)
    assert found(faults) == [
        ("organization", "services.attributes", "contains", 1),
        ("service", "organization", "required", 1),
    ]


def write_package(small, folder: Path, version: str = "3.1") -> dict[str, pl.DataFrame]:
    """The small directory as a package of tables and JSON."""
    parameters = ExportParameters(hsds_version=version)
    package = small.export(small.rows(), parameters=parameters)
    folder.mkdir(parents=True, exist_ok=True)
    tables = dict(package.tables)
    write_tables(folder, tables=tables, descriptor=package.descriptor, version=version, parameters=ExportParameters())
    write_hsds_json(tables, folder, version=version)
    return tables


@pytest.fixture
def descriptor_dir(tmp_path):
    """A descriptor like the official one, with its defect: two tables that lack their columns."""
    descriptor = package_descriptor("3.1", with_side_table=False)
    for resource in descriptor["resources"]:
        fields = resource["schema"]["fields"]
        if resource["name"] in ("unit", "service_capacity"):
            resource["schema"]["fields"] = [field for field in fields if field["name"].endswith("_id")]
    folder = tmp_path / "specs" / "3.1"
    write_json(folder / "datapackage.json", descriptor)
    texts = {"type": "string"}
    number, key = {"type": "number"}, {"type": "string", "format": "uuid"}
    members = {
        "unit": {
            "id": key,
            "name": texts,
            "scheme": texts,
            "identifier": texts,
            "uri": texts,
            "attributes": {"type": "array"},
        },
        "service_capacity": {
            "id": key,
            "service_id": key,
            "unit": {"$ref": "unit.json"},
            "unit_id": key,
            "available": number,
            "maximum": number,
            "description": texts,
            "updated": {"type": "string", "format": "date-time"},
        },
    }
    for name in ("organization", "service", *members):
        write_json(folder / "schema" / f"{name}.json", {"properties": members.get(name, {}), "required": ["id"]})
    return folder.parent


def test_our_tables_agree_with_the_descriptor(small, tmp_path, descriptor_dir):
    """A good package would be refused, or the published defect would stop the check."""
    write_package(small, tmp_path / "package")
    assert check_official_tables(tmp_path / "package", schema_dir=descriptor_dir, version="3.1") == []
    assert (
        check_official_tables(tmp_path / "package", schema_dir=descriptor_dir / "3.1" / "schema", version="3.1") == []
    )


def damage(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    """Break a package in every way that a descriptor can notice."""
    broken = {
        "organizations.csv": tables["organization"].with_columns(
            website=pl.lit("www.example.org"), email=pl.lit("a@b")
        ),
        "services.csv": tables["service"].with_columns(
            status=pl.lit("closed"), assured_date=pl.lit("2026-02-30"), organization_id=pl.lit(UUID)
        ),
        "locations.csv": tables["location"].with_columns(latitude=pl.lit("39,8"), id=pl.lit("10")),
        "schedules.csv": tables["schedule"].with_columns(opens_at=pl.lit("09:00")),
        "phones.csv": tables["phone"].with_columns(number=pl.lit("")),
        "languages.csv": tables["language"].rename({"note": "notes"}),
    }
    for file, frame in broken.items():
        frame.write_csv(folder / file)
    (folder / "funding.csv").unlink()


#: What is broken, table by table.
DAMAGE = {
    ("organization", "website", "format"),
    ("organization", "email", "format"),
    ("service", "status", "enum"),
    ("service", "assured_date", "format"),
    ("service", "organization_id", "reference"),
    ("location", "latitude", "format"),
    ("location", "id", "format"),
    ("location", "id", "unique"),
    ("service_at_location", "location_id", "reference"),
    ("phone", "location_id", "reference"),
    ("address", "location_id", "reference"),
    ("language", "location_id", "reference"),
    ("accessibility", "location_id", "reference"),
    ("schedule", "location_id", "reference"),
    ("schedule", "opens_at", "format"),
    ("phone", "number", "required"),
    ("language", "*", "columns"),
    ("funding", "*", "file"),
}


def test_every_kind_of_damage_is_found(small, tmp_path, descriptor_dir):
    """A drift between our tables and the official ones would not be seen."""
    tables = write_package(small, tmp_path / "package")
    damage(tmp_path / "package", tables)
    faults = check_official_tables(tmp_path / "package", schema_dir=descriptor_dir, version="3.1")
    assert {(fault.table, fault.column, fault.check) for fault in faults} == DAMAGE
    phones = next(fault for fault in faults if (fault.table, fault.column) == ("phone", "number"))
    assert (phones.count, phones.example) == (tables["phone"].height, tables["phone"]["id"].min())
    assert next(fault for fault in faults if fault.check == "unique").example is None


def test_strict_reader_finds_the_same_damage(small, tmp_path):
    """Our check would pass what a receiver refuses."""
    tables = write_package(small, tmp_path / "package")
    damage(tmp_path / "package", tables)
    report = strict_report(tmp_path / "package")
    theirs = {
        (task.name, error.type, getattr(error, "field_name", "")) for task in report.tasks for error in task.errors
    }
    checks = {"type-error": "format", "constraint-error": "constraint", "unique-error": "unique"}
    cells = {(table, column, checks[kind]) for table, kind, column in theirs if kind in checks}
    ours = {
        (table, column, "constraint" if check in ("enum", "required") else check)
        for table, column, check in DAMAGE
        if check not in ("reference", "columns", "file")
    }
    # A repeated key that is no key at all is told as one of the two; a table without its file as a fault of the package.
    assert ours - cells <= {("location", "id", "unique")}
    assert cells - ours == set()
    referred = {table for table, kind, _ in theirs if kind == "foreign-key"}
    assert {table for table, _, check in DAMAGE if check == "reference"} == referred
    assert "language" in {
        table for table, kind, _ in theirs if kind in ("incorrect-label", "missing-label", "extra-label")
    }


def official(shared: Path, version: str) -> dict[str, Any]:
    """The official schemas by file name."""
    folder = shared / "specs" / "hsds" / version / "schema"
    return {path.name: json.loads(path.read_text()) for path in folder.glob("*.json") if path.name != "openapi.json"}


def second_referee(schemas: dict[str, Any], kind: str) -> jsonschema.protocols.Validator:
    """The validator of the Python library for a kind of object, formats on."""
    formats = jsonschema.FormatChecker(["uuid", "email", "date-time"])
    # The library checks no addresses unless further packages are there.
    formats.checks("uri")(
        lambda value: not isinstance(value, str) or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$", value))
    )
    resources = ((name, DRAFT202012.create_resource(schema)) for name, schema in schemas.items())
    registry = Registry().with_resources(resources)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": f"{kind}.json"}
    return validator_for(schema)(schema, registry=registry, format_checker=formats)


@pytest.mark.real_data
@pytest.mark.parametrize("version", VERSIONS)
def test_our_table_of_members_is_that_of_the_official_schemas(shared, version):
    """A member would stand under a name that no reader knows, or have another type than the schema asks for."""
    schemas = official(shared, version)
    tables = {name: table for name, table in hsds_tables(version).items() if name != SIDE_TABLE}
    assert {f"{name}.json" for name in tables} == schemas.keys()
    for name, table in tables.items():
        members = schemas[f"{name}.json"]["properties"]
        lists = {
            member: schema["items"]["$ref"].removesuffix(".json")
            for member, schema in members.items()
            if "items" in schema
        }
        singles = {
            member: schema["$ref"].removesuffix(".json") for member, schema in members.items() if "$ref" in schema
        }
        assert {one.name: one.table for one in single_members(name, version)} == singles
        ours = {listed.name: listed.table for listed in listed_members(name, version)}
        if name == OWN_MEMBER[0]:
            assert ours.pop(OWN_MEMBER[1]) == "service"
        assert ours == lists
        assert "additionalProperties" not in schemas[f"{name}.json"]
        numbers = {member for member, schema in members.items() if schema.get("type") == "number"}
        assert {column.name for column in table.columns if column.type == "number"} == numbers
        assert set(table.column_names()) == members.keys() - lists.keys() - singles.keys()


@pytest.mark.real_data
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("file", "kind", "faults"),
    [
        ("V3.0-UK-Fail/service_list.json", "service", 11),
        ("V3.0-UK-Fail/service_full.json", "service", 2),
        ("V3.0-UK-Default/organization_list.json", "organization", 25),
        ("V3.0-UK-Test/service_full.json", "service", 0),
    ],
)
def test_known_answers_of_published_packages(shared, tmp_path, version, file, kind, faults):
    """Our judge would be milder or stricter than others."""
    content = json.loads((shared / "data" / "formats" / "oruk_validator" / file).read_text(encoding="utf-8"))
    records = content.get("contents", [content])
    package = write_lines(tmp_path, **{f"{kind}s": records})
    ours = check_official_json(package, schema_dir=shared / "specs", version=version)
    assert sum(fault.count for fault in ours) == faults
    referee = second_referee(official(shared, version), kind)
    assert sum(len(list(referee.iter_errors(record))) for record in records) == faults


@pytest.mark.real_data
@pytest.mark.parametrize("version", VERSIONS)
def test_small_valid_package_has_no_fault(shared, tmp_path, version):
    """The reference for valid packages would be refused."""
    folder = shared / "data" / "formats" / "hsds_minimal_valid"
    assert check_official_json(folder / "json", schema_dir=shared / "specs", version=version) == []
    assert check_official_tables(folder / version, schema_dir=shared / "specs", version=version) == []


@pytest.mark.real_data
def test_known_faults_of_official_example_tables(shared):
    """Our judge would pass what the strict reader refuses in the same files."""
    repaired = shared / "data" / "formats" / "hsds31_tabular_repaired"
    faults = check_official_tables(repaired, schema_dir=shared / "specs", version="3.1")
    assert sorted(found(faults)) == [
        ("contact", "organization_id", "reference", 1),
        ("contact", "service_at_location_id", "reference", 1),
        ("location", "organization_id", "reference", 1),
        ("service_area", "service_at_location_id", "reference", 1),
        ("service_capacity", "service_id", "reference", 1),
        ("service_capacity", "unit_id", "reference", 1),
        ("taxonomy_term", "taxonomy_id", "reference", 1),
        ("url", "*", "columns", 1),
    ]
    older = shared / "specs" / "hsds" / "3.0"
    assert len(check_official_tables(older / "examples" / "csv", schema_dir=older, version="3.0")) == 4


@pytest.mark.real_data
@pytest.mark.parametrize("version", VERSIONS)
def test_small_directory_is_valid_in_both_forms(shared, small, tmp_path, version):
    """The state would refuse what a center sends."""
    write_package(small, tmp_path, version)
    assert check_official_json(tmp_path, schema_dir=shared / "specs", version=version) == []
    assert check_official_tables(tmp_path, schema_dir=shared / "specs", version=version) == []
    faults = check_official_json(tmp_path, schema_dir=shared / "specs", version=version, profile=True)
    assert faults == []


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("center_id", "path", "as_of", "blank_status"),
    [
        ("dc211", "dc211/dc211_export.csv", date(2016, 9, 1), "unknown"),
        ("miami211", "miami211", date(2026, 11, 20), "active"),
    ],
)
def test_real_export_is_valid_and_complete(shared, tmp_path, center_id, path, as_of, blank_status):
    """The state would refuse what a real center sends, or get less of it than there is."""
    public = make_public(
        normalize_once(shared / "data" / path, center_id, blank_status).directory,
        findings=empty_table(Finding),
        as_of=as_of,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
    )
    for version in VERSIONS:
        package = package_hsds(public, parameters=ExportParameters(hsds_version=version), run_id="test")
        (tmp_path / version).mkdir()
        assert_valid_and_complete(dict(package.tables), tmp_path / version, shared, version)


def assert_valid_and_complete(tables: dict[str, pl.DataFrame], folder: Path, shared: Path, version: str) -> None:
    """Write a package and ask every judge about it."""
    counts = write_hsds_json(tables, folder, version=version)
    assert counts == {
        "organization": tables["organization"].height,
        "service": tables["service"].height,
        "location": tables["location"]["organization_id"].null_count(),
        SIDE_TABLE: tables[SIDE_TABLE].height,
    }
    assert check_official_json(folder, schema_dir=shared / "specs", version=version) == []
    if version == "3.1":
        of_services: dict[str, int] = {}
        for fault in check_official_json(folder, schema_dir=shared / "specs", version=version, profile=True):
            if fault.table == "service":
                of_services[fault.column] = of_services.get(fault.column, 0) + fault.count
        assert of_services == {fault.column: fault.count for fault in check_profile(tables)}
    schemas = official(shared, version)
    for kind in ("organization", "service"):
        referee = second_referee(schemas, kind)
        lines = (folder / f"{kind}s.jsonl").read_text(encoding="utf-8").splitlines()
        for line in lines[:: max(len(lines) // 5, 1)]:
            record = json.loads(line)
            assert next(referee.iter_errors(record), None) is None
            record["name"] = 7
            assert [error.validator for error in referee.iter_errors(record)] == ["type"]
