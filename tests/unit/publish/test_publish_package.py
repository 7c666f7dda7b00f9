"""Writing a package: whole or not at all, valid for a strict reader, the same bytes for the same data."""

from __future__ import annotations

import hashlib
import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from pipeline.publish.package import write_package
from schemas.errors import GateError, InputError, StorageError, UsageError
from schemas.hsds_tables import hsds_tables, package_descriptor
from tests.strict_reader import strict_report

OFFICIAL = 24


def frictionless_errors(folder: Path) -> list[str]:
    """What a strict reader of data packages says."""
    report = strict_report(folder)
    assert len(report.tasks) == OFFICIAL + 1
    return [" ".join(map(str, row)) for row in report.flatten(["rowNumber", "fieldName", "type"])]


def test_package_is_valid_for_a_strict_reader(small, tmp_path):
    """The state's intake would refuse the package."""
    write_package(small.export(small.rows()), tmp_path / "out")
    assert frictionless_errors(tmp_path / "out") == []


def test_package_of_difficult_values_is_valid_for_a_strict_reader(small, tmp_path):
    """One odd value in one record would make the whole package invalid."""
    rows = small.rows()
    rows["agency"][0] |= {
        "name": 'Quote " comma, and\r\nbreak\x07',
        "description": "=SUM(A1)\u2028 \ufeff Ünïcödé\rold line end\x00",
        "email": "a@b",
        "url": "https://example.org/a b?q=ü",
    }
    rows["service"][0] |= {
        "email": "x@example.org",
        "url": "https://example.org/a b",
        "minimum_age": 0.5,
        "wait_time": "",
    }
    rows["service"][1] |= {"verified_on": date(1999, 1, 1), "edited_on": date(2030, 1, 1), "languages": ["", "english"]}
    rows["site"][0] |= {"latitude": 139.0, "url": "HTTP://EXAMPLE.ORG", "name": None}
    rows["phone"][0] |= {"extension": "OPT9", "number_written": "call us", "e164": None}
    rows["phone"][1] |= {"extension": "0"}
    rows["contact"][0] |= {"email": "two@example.org two2@example.org", "name": None, "title": None}
    rows["service"].append(small.record("service", "23", name="Orphan", agency_native_id="404"))
    rows["taxonomy_link"][0] |= {"joined_codes": ["BD", "bad code"]}
    write_package(small.export(rows), tmp_path / "out")
    assert frictionless_errors(tmp_path / "out") == []


def test_empty_package_is_valid_for_a_strict_reader(small, tmp_path):
    """A center whose records are all withheld could send nothing."""
    write_package(small.export({}), tmp_path / "out")
    assert frictionless_errors(tmp_path / "out") == []


def test_every_official_table_is_there_with_its_header(small, tmp_path):
    """A missing file or column makes the package invalid."""
    write_package(small.export({}), tmp_path / "out")
    for table in hsds_tables().values():
        text = (tmp_path / "out" / table.file).read_bytes()
        assert text == (",".join(table.column_names()) + "\n").encode()
    assert len(hsds_tables()) == OFFICIAL + 1


@pytest.mark.real_data
def test_tables_are_those_of_the_official_descriptor(shared):
    """We would write columns that nobody else knows."""
    path = shared / "data" / "formats" / "hsds_minimal_valid" / "3.1" / "datapackage.json"
    official = {resource["name"]: resource for resource in json.loads(path.read_text())["resources"]}
    ours = {resource["name"]: resource for resource in package_descriptor()["resources"]}
    assert set(official) == set(ours) - {"resdir_records"}
    for name, resource in official.items():
        assert ours[name]["path"] == resource["path"]
        fields = zip(resource["schema"]["fields"], ours[name]["schema"]["fields"], strict=True)
        for theirs, own in fields:
            assert {key: theirs.get(key) for key in ("name", "type", "format")} == {
                key: own.get(key) for key in ("name", "type", "format")
            }
            wanted = {key: value for key, value in theirs["constraints"].items() if value}
            assert wanted == {key: value for key, value in own["constraints"].items() if value}
        assert references(resource) == references(ours[name])


def references(resource):
    """Which column points to which table."""
    return {key["fields"]: key["reference"]["resource"] for key in resource["schema"].get("foreignKeys", [])}


def test_manifest_tells_what_is_in_the_folder(small, tmp_path):
    """A receiver could not see that a file was damaged on the way."""
    manifest = write_package(small.export(small.changed("service", 1, status="inactive")), tmp_path / "out")
    written = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert written["records"] == {"organization": 1, "location": 2, "service": 1, "service_at_location": 1}
    assert written["withheld_by_reason"] == {"not_active": 1, "parent_withheld": 1}
    files = {path.name for path in (tmp_path / "out").iterdir()} - {"manifest.json"}
    assert set(written["sha256"]) == files
    for name, checksum in written["sha256"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == checksum
    answer = manifest.export_json()
    assert list(answer) == ["target", "path", "records", "withheld", "preflight", "sha256"]
    assert {"record_uid": small.uid("service", "21"), "reason": "not_active"} in answer["withheld"]
    assert answer["preflight"] == {"errors": 0, "warnings": 0}


def test_same_data_gives_the_same_bytes(small, tmp_path):
    """Every night would look like a change to the receiver."""
    first = write_package(small.export(small.rows()), tmp_path / "a")
    second = write_package(small.export(small.rows()), tmp_path / "b")
    assert first.sha256 == second.sha256


def test_earlier_package_is_replaced(small, tmp_path):
    """The nightly folder would hold yesterday's files beside today's."""
    write_package(small.export(small.rows()), tmp_path / "out")
    write_package(small.export(small.changed("service", 1, status="inactive")), tmp_path / "out")
    assert "Food Pantry" not in (tmp_path / "out" / "services.csv").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_folder_of_somebody_else_is_left_alone(small, tmp_path):
    """A mistyped path would wipe out a folder of photographs."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "photo.jpg").write_text("x")
    with pytest.raises(UsageError, match="no earlier package"):
        write_package(small.export(small.rows()), tmp_path / "out")
    assert (tmp_path / "out" / "photo.jpg").read_text() == "x"


def test_file_beside_an_earlier_package_is_left_alone(small, tmp_path):
    """Notes that somebody put into the package folder would vanish at night."""
    write_package(small.export(small.rows()), tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        write_package(small.export(small.rows()), tmp_path / "out")
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_output_that_is_a_file_is_refused(small, tmp_path):
    """A file would be overwritten by a folder."""
    (tmp_path / "out").write_text("x")
    with pytest.raises(UsageError, match="not a folder"):
        write_package(small.export(small.rows()), tmp_path / "out")


def test_empty_folder_may_be_used(small, tmp_path):
    """A folder made for the purpose would be refused."""
    (tmp_path / "out").mkdir()
    write_package(small.export(small.rows()), tmp_path / "out")
    assert (tmp_path / "out" / "manifest.json").exists()


def test_package_that_fails_the_preflight_is_not_written(small, tmp_path):
    """An invalid package would reach the state."""
    package = small.export(small.changed("agency", 0, description=None), withhold=False)
    with pytest.raises(InputError, match=r"organization\.description"):
        write_package(package, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_large_drop_needs_a_person(small, tmp_path):
    """A truncated export would empty the public directory overnight."""
    rows = small.rows()
    for number in range(2, 12):
        rows["agency"].append(small.record("agency", str(number), name=f"Agency {number}", description="Text."))
    write_package(small.export(rows), tmp_path / "out")
    fewer = rows | {"agency": rows["agency"][:9]}
    with pytest.raises(GateError, match="9 organizations"):
        write_package(small.export(fewer), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["records"]["organization"] == 11
    write_package(small.export(fewer), tmp_path / "out", confirm_drop=True)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["records"]["organization"] == 9


def test_small_drop_needs_nobody(small, tmp_path):
    """Every closed agency would stop the night."""
    rows = small.rows()
    for number in range(2, 12):
        rows["agency"].append(small.record("agency", str(number), name=f"Agency {number}", description="Text."))
    write_package(small.export(rows), tmp_path / "out")
    manifest = write_package(small.export(rows | {"agency": rows["agency"][:10]}), tmp_path / "out")
    assert manifest.records["organization"] == 10


def test_refused_disk_is_told_in_words(small, tmp_path):
    """A full disk would show a traceback."""
    (tmp_path / "blocked").write_text("x")
    with pytest.raises(StorageError, match="could not be written"):
        write_package(small.export(small.rows()), tmp_path / "blocked" / "out")


def test_table_data_travels_with_the_program():
    """The installed program could not write any package."""
    from importlib import resources

    tables = resources.files("schemas").joinpath("hsds_tables.toml")
    assert tomllib.loads(tables.read_text(encoding="utf-8"))["tables"][0]["file"] == "organizations.csv"
    assert resources.files("pipeline.publish").joinpath("templates/night.html.j2").is_file()
