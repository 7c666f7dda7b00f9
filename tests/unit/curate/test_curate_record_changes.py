"""Two nights held against each other, record by record and field by field."""

from __future__ import annotations

import csv
from datetime import date

import polars as pl

from pipeline.curate.record_changes import list_changes
from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from schemas.parameters import NormalizeParameters
from tests.builders import directory, row


def told(now, before, *columns: str) -> list[tuple]:
    return list_changes(now, before=before).select(columns or ("native_id", "change", "field", "before", "now")).rows()


def test_a_changed_field_is_told_with_both_values():
    """A coordinator must see what changed without opening two exports."""
    before = directory(agency=[row("agency", "1", name="Old Name", aka=["A"], verified_on=date(2025, 1, 2))])
    now = directory(agency=[row("agency", "1", name="New Name", aka=["A", "B"], verified_on=None)])
    assert told(now, before) == [
        ("1", "changed", "aka", "A", "A; B"),
        ("1", "changed", "name", "Old Name", "New Name"),
        ("1", "changed", "verified_on", "2025-01-02", None),
    ]


def test_a_value_is_told_once_and_its_spelling_only_when_nothing_else_changed():
    """Every correction would stand twice in the list."""
    before = directory(
        agency=[
            row(
                "agency",
                "1",
                url="https://a.example",
                url_written="a.example",
                ein="12-3456789",
                ein_written="123456789",
            )
        ]
    )
    now = directory(
        agency=[
            row(
                "agency",
                "1",
                url="https://b.example",
                url_written="b.example",
                ein="12-3456789",
                ein_written="12-3456789",
            )
        ]
    )
    assert told(now, before, "field", "now") == [("ein (as written)", "12-3456789"), ("url", "https://b.example")]


def test_comparison_forms_and_places_in_the_file_are_no_change():
    """A file in another row order, or a better comparison key, is the same directory."""
    before = directory(agency=[row("agency", "1", name_key="a", source_line=7)])
    assert told(directory(agency=[row("agency", "1", name_key="b", source_line=9)]), before) == []


def test_added_removed_and_rekeyed():
    """A record under a new number is neither lost nor new."""
    before = directory(agency=[row("agency", "1"), row("agency", "2")])
    now = directory(agency=[row("agency", "1001", prior_native_id="1"), row("agency", "3", name="Another")])
    assert told(now, before) == [
        ("3", "added", None, None, None),
        ("1001", "rekeyed", None, "1", "1001"),
        ("2", "removed", None, None, None),
    ]


def test_private_values_are_withheld():
    """A list of changes goes by e-mail like any other."""
    secret = {"is_address_private": True, "line1": "48 Hidden Lane", "verified_by": "Ada Example"}
    before = directory(site=[row("site", "5", **secret)])
    now = directory(site=[row("site", "5", **{**secret, "line1": "49 Hidden Lane", "verified_by": "Ben Sample"})])
    assert told(now, before, "field", "before", "now") == [
        ("line1", "withheld", "withheld"),
        ("verified_by", "withheld", "withheld"),
    ]


def test_the_planted_changes_of_the_sample_are_found_and_no_others(sample_data):
    """What was really changed between two exports, by the file that says so."""
    nights = []
    for night in ("2026-11-19", "2026-11-20"):
        delivered = read_export(sample_data / "prairie211" / night / "resources.csv", center_id="prairie211")
        nights.append(normalize_delivery(delivered, parameters=NormalizeParameters()).directory)
    found = list_changes(nights[1], before=nights[0])
    with (sample_data / "truth" / "changes.csv").open(encoding="utf-8", newline="") as file:
        truth = {(line["kind"], line["native_id"], line["change"]) for line in csv.DictReader(file)}
    whole = {key for key in found.select("kind", "native_id", "change").unique().iter_rows() if key[2] != "changed"}
    assert whole == {key for key in truth if key[2] != "changed"}
    changed = {key for key in found.select("kind", "native_id", "change").unique().iter_rows() if key[2] == "changed"}
    assert changed - truth == set()
    # Phones, addresses and contacts are no part of this list: records in which only those changed are not in it.
    missing = {key for key in truth if key[2] == "changed"} - changed
    assert len(missing) < 0.2 * len(changed)
    assert found.filter(pl.col("field").is_in(["source_file", "source_line", "name_key"])).is_empty()
