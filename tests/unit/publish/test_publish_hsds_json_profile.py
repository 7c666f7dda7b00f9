"""The 211 profile of HSDS, and the merge patches it is made of."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from pipeline.publish.hsds_json_package import package_hsds_json
from pipeline.publish.hsds_profile import (
    apply_merge_patch,
    apply_profile,
    check_profile,
    profile_211,
    write_profile,
)
from pipeline.publish.public_directory import make_public
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters

#: Examples of RFC 7386, appendix A: original, patch, result.
RFC_7386 = (
    ('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
    ('{"a":"b"}', '{"a":null}', "{}"),
    ('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
    ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
    ('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
    ('{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
    ('["a","b"]', '["c","d"]', '["c","d"]'),
    ('{"a":"b"}', '["c"]', '["c"]'),
    ('{"a":"foo"}', "null", "null"),
    ('{"a":"foo"}', '"bar"', '"bar"'),
    ('{"e":null}', '{"a":1}', '{"e":null,"a":1}'),
    ("[1,2]", '{"a":"b","c":null}', '{"a":"b"}'),
    ("{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
)


@pytest.mark.parametrize(("original", "patch", "result"), RFC_7386)
def test_examples_of_the_rfc(original, patch, result):
    """Our profile would mean something else to everybody who applies it with another program."""
    given, change = json.loads(original), json.loads(patch)
    assert apply_merge_patch(given, change) == json.loads(result)
    assert (given, change) == (json.loads(original), json.loads(patch)), "the arguments are not changed"


def test_profile_asks_for_date_organization_and_service_term():
    """The profile would ask for less than it says, or lose what HSDS itself asks for."""
    service = {"properties": {"organization": {"$ref": "organization.json"}, "name": {}}, "required": ["id"]}
    patched = apply_profile({"service.json": service, "organization.json": {"properties": {}}, "phone.json": {}})
    assert patched["service.json"]["required"] == ["id", "name", "status", "assured_date", "organization", "attributes"]
    assert patched["service.json"]["properties"]["attributes"]["contains"]["properties"] == {
        "link_type": {"const": "service_term"}
    }
    items = patched["organization.json"]["properties"]["services"]["items"]
    assert "organization" not in patched[items["$ref"]]["properties"]
    assert "organization" not in patched[items["$ref"]]["required"]
    assert service["required"] == ["id"]


def test_profile_is_written_with_a_readme(tmp_path):
    """A receiver would not know what the records promise."""
    write_profile(tmp_path, version="3.0")
    folder = tmp_path / "profile"
    written = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    assert written == {name: patch.patch for name, patch in profile_211().items()}
    readme = (folder / "README.md").read_text()
    assert "HSDS 3.0" in readme
    assert all(f"`{name}`" in readme for name in written)


def test_records_that_do_not_keep_the_profile_are_warnings_with_counts(small):
    """A center would not learn how far its services are from what the state asks for."""
    rows = small.changed("service", 1, verified_on=None)
    rows["taxonomy_link"] = [row for row in rows["taxonomy_link"] if row["owner_uid"] == small.uid("service", "20")]
    tables = dict(small.export(rows).tables)
    pantry = small.uid("service", "21")
    assert [(fault.column, fault.check, fault.count, fault.example) for fault in check_profile(tables)] == [
        ("assured_date", "profile", 1, pantry),
        ("attributes", "profile", 1, pantry),
    ]
    tables["organization"] = tables["organization"].clear()
    assert [(fault.column, fault.count) for fault in check_profile(tables)][1] == ("organization_id", 2)


def test_records_that_keep_the_profile_have_no_warning(small):
    """Somebody would look for a fault that is not there."""
    assert check_profile(small.export(small.rows()).tables) == []


def test_a_target_alone_is_no_service_term(small):
    """A service would count as classified that nobody can find; nor is a term of a location one of a service."""
    tables = dict(small.export(small.rows()).tables)
    of_others = pl.when(pl.col("link_type") == "target").then("link_entity").otherwise(pl.lit("location"))
    tables["attribute"] = tables["attribute"].with_columns(link_entity=of_others)
    assert [(fault.column, fault.count) for fault in check_profile(tables)] == [("attributes", 2)]


@pytest.mark.real_data
def test_a_published_profile_is_applied_as_its_makers_did(shared):
    """A profile of another publisher would give other schemas here than there."""
    folder = shared / "data" / "formats" / "hsds_uk_profile"
    official = shared / "specs" / "hsds" / "3.0" / "schema"
    patches = {path.name: json.loads(path.read_text()) for path in sorted((folder / "profile").glob("*.json"))}
    gone = {name for name in patches if not (folder / "schema" / name).is_file()}
    compared = 0
    for name in patches.keys() - gone - {"openapi.json"}:
        patched = apply_merge_patch(json.loads((official / name).read_text()), patches[name])
        # Their tool also takes away members that lead to objects which the profile does not have.
        patched["properties"] = {
            member: schema
            for member, schema in patched["properties"].items()
            if not {schema.get("$ref"), schema.get("items", {}).get("$ref")} & gone
        }
        assert patched == json.loads((folder / "schema" / name).read_text()), name
        compared += 1
    assert compared == 16


@pytest.mark.parametrize("profile", [True, False])
def test_package_holds_the_profile_when_asked(small, finding, tmp_path, profile):
    """A setting would do nothing, or a package would hold what nobody asked for."""
    rows = small.changed("service", 1, verified_on=None)
    parameters = ExportParameters(profile=profile)
    public = make_public(
        small.directory(rows),
        findings=finding("agency", "1").clear(),
        as_of=date(2026, 11, 20),
        parameters=parameters,
        privacy=PrivacyParameters(),
    )
    package = package_hsds_json(public, parameters=parameters, run_id="run-1")
    package.write_files(tmp_path)
    written = ["organizations.jsonl", "resdir_records.jsonl", "services.jsonl"]
    assert sorted(path.name for path in tmp_path.glob("*")) == sorted([*written, *(["profile"] if profile else [])])
    assert package.preflight.errors == ()
    warned = [fault.column for fault in package.preflight.warnings if fault.check == "profile"]
    assert warned == (["assured_date"] if profile else [])
