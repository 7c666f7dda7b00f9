"""The HSDS package, with a table checker as referee."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.synthesize.directory import invent_directory
from pipeline.synthesize.records import InventedDirectory, Phone
from pipeline.synthesize.write_hsds import write_hsds
from schemas.enumerations import RecordKind


@pytest.fixture(scope="module")
def directory() -> InventedDirectory:
    return invent_directory(
        agencies=40, seed="t", center_id="open211", as_of=date(2026, 11, 20), region="riverbend", is_open_data=True
    )


def rows(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


# The checker's own dependencies warn about Python features; nothing of ours is in those warnings.
@pytest.mark.filterwarnings("ignore")
def test_package_is_valid(directory: InventedDirectory, tmp_path: Path) -> None:
    """An invalid package would be refused by the statewide directory's tools."""
    import frictionless

    write_hsds(directory, tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.stats["errors"] == 0, report.flatten(["title", "rowNumber", "message"])
    assert report.stats["tasks"] == 24


def test_descriptor_names_every_file_and_column(directory: InventedDirectory, tmp_path: Path) -> None:
    """A table beside the descriptor would never be checked."""
    write_hsds(directory, tmp_path)
    resources = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert {resource["path"] for resource in resources} == {path.name for path in tmp_path.glob("*.csv")}
    for resource in resources:
        header = (tmp_path / resource["path"]).read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]


def test_nothing_private_is_written(directory: InventedDirectory, tmp_path: Path) -> None:
    """HSDS has no mark for privacy: what is private must not be there at all."""
    secret = Phone("phone2", "217-555-7777", label="Back office", type="Voice", is_private=True)
    site = next(directory.of_kind(RecordKind.SITE))
    assert site.physical is not None
    hidden = replace(site.physical, line1="4321 Nowhere Lane", latitude="38.7654", is_private=True)
    records = [
        replace(record, phones=(*record.phones, secret))
        if record.kind is RecordKind.AGENCY
        else replace(record, physical=hidden)
        if record is site
        else record
        for record in directory.records
    ]
    write_hsds(replace(directory, records=tuple(records)), tmp_path)
    text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.csv"))
    assert secret.number not in text
    assert hidden.line1 not in text
    assert hidden.latitude not in text
    assert site.native_id in text


def test_each_phone_has_one_owner_and_rows_are_sorted(directory: InventedDirectory, tmp_path: Path) -> None:
    """Rows in another order would make equal directories look different; a phone of two owners is counted twice."""
    write_hsds(directory, tmp_path)
    phones = rows(tmp_path, "phones.csv")
    owners = ("location_id", "service_id", "organization_id", "contact_id", "service_at_location_id")
    assert all(sum(bool(phone[owner]) for owner in owners) == 1 for phone in phones)
    assert [phone["id"] for phone in phones] == sorted(phone["id"] for phone in phones)
