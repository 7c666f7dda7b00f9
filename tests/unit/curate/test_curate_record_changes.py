"""Two nights held against each other, record by record and field by field."""

from __future__ import annotations

import csv
from datetime import date

import polars as pl

from flows.compared_nights import list_shown_changes
from pipeline.curate.record_changes import list_changes
from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from schemas.contract import conform, schema_of
from schemas.core import Phone, TaxonomyLink
from schemas.identity import record_uid
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
        lines = list(csv.DictReader(file))
    truth = {(line["kind"], line["native_id"], line["change"]) for line in lines}
    fields = [(line["kind"], line["native_id"], line["change"], line["field"]) for line in lines]
    whole = {key for key in found.select("kind", "native_id", "change").unique().iter_rows() if key[2] != "changed"}
    assert whole == {key for key in truth if key[2] != "changed"}
    changed = {key for key in found.select("kind", "native_id", "change").unique().iter_rows() if key[2] == "changed"}
    assert changed - truth == set()
    # The sites and services of an agency under a new number hang where they hung before.
    missing = {key for key in truth if key[2] == "changed"} - changed
    assert {field for *key, field in fields if tuple(key) in missing} <= {"agency_native_id"}
    assert found.filter(pl.col("field").is_in(["source_file", "source_line", "name_key"])).is_empty()


def test_what_belongs_to_a_record_is_told_on_it():
    """A new phone number is what callers notice first."""
    owner = row("agency", "1")
    before = directory(agency=[owner], phone=[phone("217-555-0100")], taxonomy_link=[link("AB-1000")])
    now = directory(
        agency=[owner], phone=[phone("217-555-0199")], taxonomy_link=[link("AB-1000"), link("AB-2000", slot="2")]
    )
    assert told(now, before, "native_id", "field", "before", "now") == [
        ("1", "phone.Phone1Number", "217-555-0100", "217-555-0199"),
        ("1", "taxonomy_link", "AB-1000", "AB-1000; AB-2000"),
    ]


def test_a_private_phone_is_withheld_on_both_nights():
    """A flag that was set tonight must not print the number it hides."""
    owner = row("agency", "1")
    before = directory(agency=[owner], phone=[phone("217-555-0100")])
    now = directory(agency=[owner], phone=[phone("217-555-0199", is_private=True)])
    assert told(now, before, "before", "now") == [("withheld", "withheld")]


def owned(model, **values):
    uid = record_uid("test", "agency", "1")
    common = {
        "center_id": "test", "record_uid": f"{values['slot']}", "origin": "delivered", "owner_kind": "agency",
        "owner_uid": uid,
    }  # fmt: skip
    lists = {name: [] for name, dtype in schema_of(model).items() if dtype == pl.List(pl.String)}
    return conform(
        pl.DataFrame([lists | common | values], schema_overrides={n: pl.List(pl.String) for n in lists}), model
    )


def phone(number, **changes):
    return owned(Phone, slot="Phone1Number", number_written=number, **{"is_private": False, **changes})


def link(code, slot="1"):
    return owned(TaxonomyLink, slot=slot, code=code, link_written=code, is_repeated=False)


def test_a_private_number_that_somebody_typed_into_a_text_is_withheld():
    """A flag hides the phone row; people repeat the number in the description."""
    hidden = phone("(217) 555-0188", is_private=True)
    before = directory(agency=[row("agency", "1", description="Call the office.")], phone=[hidden])
    now = directory(agency=[row("agency", "1", description="Call 217.555.0188 at night.")], phone=[hidden])
    shown = list_shown_changes(now, before=before).select("field", "before", "now").rows()
    assert shown == [("description", "Call the office.", "withheld")]
    assert list_shown_changes(before, before=now)["before"].to_list() == ["withheld"]
