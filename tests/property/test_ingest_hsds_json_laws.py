"""Laws of HSDS in JSON: nested or in tables, a directory reads the same; any bytes are read or refused in words."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.json_records import JsonFault, decode_record, text_of
from pipeline.ingest.read import read_export
from schemas.delivered import SOURCE_COLUMNS, Delivered
from schemas.errors import InputError
from schemas.hsds_tables import SIDE_TABLE, hsds_tables
from schemas.parameters import IngestParameters

FRAMES = ("record", "phone", "address", "contact", "taxonomy_link", "schedule")
LIMITS = IngestParameters(settle_seconds=0)
LETTERS = 'aé"\\ \n,;–'
WORDS = ("", "", "", "null", "2026-08-04", "MO,TU", "one and two", "weekly")
NUMBERS = ("", "", "12", "-6", "39.8017", "0.5", "1.0", "1.50", "20000000000000000000", "1e3")

#: Owner -> member -> table and the column that ties its rows; the nester of these tests, not that of the program.
LISTS: dict[str, dict[str, tuple[str, str]]] = {
    "organization": {
        "locations": ("location", "organization_id"),
        "services": ("service", "organization_id"),
        "phones": ("phone", "organization_id"),
        "contacts": ("contact", "organization_id"),
        "funding": ("funding", "organization_id"),
        "organization_identifiers": ("organization_identifier", "organization_id"),
    },
    "service": {
        "service_at_locations": ("service_at_location", "service_id"),
        "phones": ("phone", "service_id"),
        "contacts": ("contact", "service_id"),
        "schedules": ("schedule", "service_id"),
        "languages": ("language", "service_id"),
        "service_areas": ("service_area", "service_id"),
        "required_documents": ("required_document", "service_id"),
        "cost_options": ("cost_option", "service_id"),
        "funding": ("funding", "service_id"),
    },
    "service_at_location": {
        "phones": ("phone", "service_at_location_id"),
        "contacts": ("contact", "service_at_location_id"),
        "schedules": ("schedule", "service_at_location_id"),
    },
    "location": {
        "addresses": ("address", "location_id"),
        "phones": ("phone", "location_id"),
        "contacts": ("contact", "location_id"),
        "schedules": ("schedule", "location_id"),
        "languages": ("language", "location_id"),
        "accessibility": ("accessibility", "location_id"),
    },
    "contact": {"phones": ("phone", "contact_id")},
    "phone": {"languages": ("language", "phone_id")},
}
ENTITIES = ("organization", "service", "location", "service_at_location")
Tables = dict[str, list[dict[str, str]]]


@st.composite
def directories(draw: st.DrawFn) -> Tables:
    """Draw a small directory. One drawn seed decides everything, because hundreds of drawn cells take minutes to shrink."""
    return DirectoryMaker(draw(st.randoms(use_true_random=True))).make()


class DirectoryMaker:
    """Makes the tables of a small directory in which every tie leads somewhere."""

    def __init__(self, chance: Any) -> None:
        self.chance = chance
        self.tables: Tables = {name: [] for name in hsds_tables("3.0")}

    def add(self, name: str, **ties: str) -> str:
        columns = hsds_tables("3.0")[name].columns
        row = {
            column.name: ""
            if column.refers_to
            else self.chance.choice(NUMBERS)
            if column.type == "number"
            else self.text()
            for column in columns
        }
        number = f"{name}-{len(self.tables[name])}"
        self.tables[name].append({**row, "id": number, **ties})
        return number

    def text(self) -> str:
        own = "".join(self.chance.choices(LETTERS, k=self.chance.randint(0, 4)))
        return self.chance.choice([own, own, *WORDS])

    def some(self, name: str) -> list[str]:
        return [row["id"] for row in self.tables[name]]

    def make(self) -> Tables:
        organizations = [self.add("organization", parent_organization_id="")]
        if self.chance.random() < 0.5:
            organizations.append(self.add("organization", parent_organization_id=organizations[0]))
        for _ in range(self.chance.randint(0, 2)):
            self.add("location", organization_id=self.chance.choice([*organizations, ""]))
        for _ in range(self.chance.randint(1, 3)):
            self.add("service", organization_id=self.chance.choice([*organizations, ""]))
        for service in self.some("service"):
            for location in self.some("location"):
                if self.chance.random() < 0.6:
                    self.add("service_at_location", service_id=service, location_id=location)
        for owner in (*ENTITIES, "contact", "phone"):
            for table, column in LISTS.get(owner, {}).values():
                if table not in ENTITIES:
                    self.add_owned(table, column, owner)
        for entity in ENTITIES:
            for number in self.some(entity):
                self.add_said(entity, number)
        return self.tables

    def add_owned(self, table: str, column: str, owner: str) -> None:
        for number in self.some(owner):
            if self.chance.random() < 0.4:
                is_shared = table == "phone" and owner != "organization" and self.chance.random() < 0.5
                self.add(table, **{column: number}, **({"organization_id": "organization-0"} if is_shared else {}))

    def add_said(self, entity: str, number: str) -> None:
        if self.chance.random() < 0.4:
            if not self.tables["taxonomy_term"] or self.chance.random() < 0.5:
                self.add("taxonomy_term", taxonomy_id="")
            term = self.chance.choice(self.some("taxonomy_term"))
            self.add("attribute", link_id=number, link_entity=entity, taxonomy_term_id=term)
        if self.chance.random() < 0.4:
            action = self.chance.choice(["verified", "updated"])
            self.add("metadata", resource_id=number, resource_type=entity, last_action_type=action)
        if self.chance.random() < 0.5 or entity == "organization":
            columns = hsds_tables()[SIDE_TABLE].column_names()
            said = {column: self.text() for column in columns}
            self.tables[SIDE_TABLE].append({**said, "id": number, "kind": entity})


def value_of(table: str, column: str, text: str) -> Any:
    is_number = next(one.type for one in hsds_tables()[table].columns if one.name == column) == "number"
    return f"\0{text}\0" if is_number else text


def nest(table: str, row: dict[str, str], tables: Tables, without: tuple[str, ...] = ()) -> dict[str, Any]:
    members = {name: value_of(table, name, text) for name, text in row.items() if text and name not in without}
    for name, (inner, column) in LISTS.get(table, {}).items():
        owned = [nest(inner, one, tables, (column,)) for one in tables[inner] if one[column] == row["id"]]
        if owned:
            members[name] = owned
    for name, inner, tie, entity in (
        ("attributes", "attribute", "link_id", "link_entity"),
        ("metadata", "metadata", "resource_id", "resource_type"),
    ):
        owned = [
            nest(inner, one, tables, (tie, entity))
            for one in tables[inner]
            if one[tie] == row["id"] and one[entity] == table
        ]
        if owned:
            members[name] = owned
    if table == "attribute":
        del members["taxonomy_term_id"]
        term = next(one for one in tables["taxonomy_term"] if one["id"] == row["taxonomy_term_id"])
        members["taxonomy_term"] = nest("taxonomy_term", term, tables)
    if table == "service_at_location":
        location = next(one for one in tables["location"] if one["id"] == row["location_id"])
        members["location"] = nest("location", location, tables)
        del members["location_id"]
    return members


def roots(tables: Tables, shape: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in tables["organization"]:
        yield "organizations", nest("organization", row, tables)
    for row in tables["service"]:
        if shape != "organizations" or not row["organization_id"]:
            yield "services", nest("service", row, tables)
    for row in tables["location"]:
        if shape == "all" or not row["organization_id"]:
            yield "locations", nest("location", row, tables)


def as_json(value: Any) -> str:
    """Write numbers as they stand in the tables; Python's own writer knows no `1.50`."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace('"\\u0000', "").replace('\\u0000"', "")


def write_json(tables: Tables, folder: Path, *, shape: str, is_whole: bool) -> None:
    folder.mkdir()
    found: dict[str, list[str]] = {"organizations": [], "services": [], "locations": []}
    for name, members in roots(tables, shape):
        found[name].append(as_json(members))
    if is_whole:
        found[SIDE_TABLE] = [as_json({name: text for name, text in row.items() if text}) for row in tables[SIDE_TABLE]]
    for name, lines in found.items():
        if shape == "all" and lines:
            (folder / f"{name}.json").write_text(f"[{', '.join(lines)}]", encoding="utf-8")
        else:
            (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def write_tables(tables: Tables, folder: Path, *, version: str, is_whole: bool) -> None:
    folder.mkdir()
    for name, table in hsds_tables(version).items():
        if name == SIDE_TABLE and not is_whole:
            continue
        with (folder / table.file).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table.column_names())
            writer.writeheader()
            writer.writerows(tables.get(name, []))


def read_both(tables: Tables, *, shape: str, version: str = "3.0", is_whole: bool) -> tuple[Delivered, Delivered]:
    with tempfile.TemporaryDirectory() as place:
        write_tables(tables, Path(place) / "tables", version=version, is_whole=is_whole)
        write_json(tables, Path(place) / "json", shape=shape, is_whole=is_whole)
        if is_whole:
            manifest = json.dumps({"target": "hsds-json", "version": version})
            (Path(place) / "json" / "manifest.json").write_text(manifest, encoding="utf-8")
        one, other = (
            read_export(Path(place) / name, center_id="test", parameters=LIMITS) for name in ("tables", "json")
        )
    return one, other


SHAPES = st.sampled_from(["organizations", "services", "all"])


@given(tables=directories(), shape=SHAPES, version=st.sampled_from(["3.0", "3.1"]))
@settings(max_examples=8)
def test_our_own_package_reads_the_same_as_its_tables(tables: Tables, shape: str, version: str):
    """A re-imported package would lose records, phones or what was verified, or call another field unknown."""
    flat, nested = read_both(tables, shape=shape, version=version, is_whole=True)
    assert (nested.format_name, nested.format_version) == ("hsds-json", version)
    for name in FRAMES:
        assert getattr(nested, name).drop(SOURCE_COLUMNS).equals(getattr(flat, name).drop(SOURCE_COLUMNS)), name
    assert nested.carried == flat.carried


@given(tables=directories(), shape=SHAPES)
@settings(max_examples=5)
def test_what_others_nest_reads_the_same_as_their_tables_but_for_what_nobody_says(tables: Tables, shape: str):
    """A directory would depend on how its publisher wraps it."""
    flat, nested = read_both(tables, shape=shape, is_whole=False)
    for name in FRAMES:
        one, other = (
            # Joined texts are trimmed, and of one column alone nothing is joined.
            getattr(export, name).drop(SOURCE_COLUMNS).select(pl.all().fill_null("").str.strip_chars()).sort(pl.all())
            for export in (nested, flat)
        )
        assert one.equals(other), name
    assert nested.carried <= flat.carried


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(value=JSON_VALUES, indent=st.sampled_from([None, 1]), is_ascii=st.booleans())
@settings(max_examples=200)
def test_values_come_back_whoever_wrote_them(value: Any, indent: int | None, is_ascii: bool):
    """A number would be changed, or a record refused, by the way in which blanks stand in it."""
    text = json.dumps({"a": value}, indent=indent, ensure_ascii=is_ascii)
    try:
        found = decode_record(text.encode(errors="surrogatepass"))
    except (JsonFault, UnicodeDecodeError):
        assert "\\u0000" in text or not is_encodable(text)
        return
    assert json.loads(text_of(found)) == {"a": value}


def is_encodable(text: str) -> bool:
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@given(
    number=st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    blank=st.sampled_from(["", " "]),
)
@settings(max_examples=300)
def test_numbers_stay_as_written(number: str, blank: str):
    """`1.50`, an identifier of twenty digits or a coordinate would be another one after the import."""
    found = decode_record(f'{{"a":{blank}{number},{blank}"b":[{number}]}}'.encode())
    assert text_of(found["a"]) == number
    assert text_of(found["b"]) == f"[{number}]"


@given(
    data=st.text('{}[]":,\n ab1é\\', max_size=40).map(str.encode) | st.binary(max_size=30),
    name=st.sampled_from(["services.json", "services.jsonl", "export.json"]),
)
@settings(max_examples=100)
def test_any_bytes_are_read_or_refused_in_words(data: bytes, name: str):
    """A damaged file would end the night with a traceback instead of a message."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / name
        path.write_bytes(data)
        message = name
        try:
            export = read_export(path, center_id="test", parameters=LIMITS)
            assert export.rows_read
        except InputError as fault:
            message = fault.message
    assert name in message
