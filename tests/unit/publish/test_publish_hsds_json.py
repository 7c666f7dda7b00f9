"""HSDS as nested JSON: what is nested where, as which type, and the same bytes every time."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.publish.hsds_json import nest_organizations, write_hsds_json
from schemas.errors import ContractError
from schemas.hsds_tables import SIDE_TABLE, hsds_tables

VERSIONS = ("3.1", "3.0")
Rows = dict[str, list[dict[str, str]]]
LAWS = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])

#: Member -> the table whose rows it holds, written down here once more so that the program is not asked about itself.
LISTS = {
    "accessibility": "accessibility",
    "additional_urls": "url",
    "additional_websites": "url",
    "addresses": "address",
    "attributes": "attribute",
    "capacities": "service_capacity",
    "contacts": "contact",
    "cost_options": "cost_option",
    "funding": "funding",
    "languages": "language",
    "locations": "location",
    "metadata": "metadata",
    "organization_identifiers": "organization_identifier",
    "phones": "phone",
    "programs": "program",
    "required_documents": "required_document",
    "schedules": "schedule",
    "service_areas": "service_area",
    "service_at_locations": "service_at_location",
    "services": "service",
}
SINGLES = {
    "location": ("location", "location_id"),
    "organization": ("organization", "organization_id"),
    "program": ("program", "program_id"),
    "taxonomy_detail": ("taxonomy", "taxonomy_id"),
    "taxonomy_term": ("taxonomy_term", "taxonomy_term_id"),
    "unit": ("unit", "unit_id"),
}
ENTITIES = {"attributes": ("link_id", "link_entity"), "metadata": ("resource_id", "resource_type")}


def number_id(kind: str, number: int) -> str:
    """An id that tells whose it is."""
    return f"{list(hsds_tables()).index(kind):08x}-0000-4000-8000-{number:012x}"


def tables_of(rows: Rows, version: str = "3.1") -> dict[str, pl.DataFrame]:
    """Finished tables of the given rows; columns that are not given are empty."""
    return {
        name: pl.DataFrame(
            [{column: row.get(column) for column in table.column_names()} for row in rows.get(name, [])],
            schema=dict.fromkeys(table.column_names(), pl.String),
        ).sort("id")
        for name, table in hsds_tables(version).items()
    }


def written(tables: dict[str, pl.DataFrame], folder, version: str = "3.1") -> dict[str, list[dict[str, Any]]]:
    """The objects of every file, by its name without ending."""
    counts = write_hsds_json(tables, folder, version=version)
    texts = {path.stem: path.read_text(encoding="utf-8").splitlines(keepends=True) for path in folder.iterdir()}
    assert all(line.endswith("\n") for lines in texts.values() for line in lines)
    assert sorted(len(lines) for lines in texts.values()) == sorted(
        count for kind, count in counts.items() if kind != "location" or count
    )
    return {name: [json.loads(line) for line in lines] for name, lines in texts.items()}


def nested(tables: dict[str, pl.DataFrame], version: str = "3.1", block_size: int = 3) -> dict[str, list[str]]:
    """Lines by kind, without a file."""
    lines: dict[str, list[str]] = {}
    for block in nest_organizations(tables, version=version, block_size=block_size):
        for kind, texts in block.items():
            lines.setdefault(kind, []).extend(texts.to_list())
    return lines


def small_rows() -> Rows:
    """Two organizations; the service of the first is also offered at a location of the second and at one of nobody."""
    one, two = number_id("organization", 1), number_id("organization", 2)
    service = number_id("service", 1)
    places = [number_id("location", number) for number in (1, 2, 3)]
    return {
        "organization": [
            {"id": one, "name": "Oak House", "description": "Help.", "year_incorporated": "1978"},
            {"id": two, "name": "Elm House", "description": "More help.", "parent_organization_id": one},
        ],
        "location": [
            {"id": places[0], "location_type": "physical", "organization_id": one, "name": "Main", "latitude": "39.80"},
            {"id": places[1], "location_type": "physical", "organization_id": two, "name": "Annex"},
            {"id": places[2], "location_type": "virtual", "name": "Online"},
        ],
        "service": [
            {"id": service, "organization_id": one, "name": "Pantry", "status": "active", "minimum_age": "18"},
        ],
        "service_at_location": [
            {"id": number_id("service_at_location", place), "service_id": service, "location_id": location}
            for place, location in enumerate(places)
        ],
        "phone": [
            {"id": number_id("phone", 1), "organization_id": one, "number": "211", "extension": "12"},
            {"id": number_id("phone", 2), "contact_id": number_id("contact", 1), "number": "217-555-0101"},
            {"id": number_id("phone", 3), "location_id": places[0], "number": "217-555-0102"},
        ],
        "language": [{"id": number_id("language", 1), "phone_id": number_id("phone", 3), "name": "Polish"}],
        "contact": [{"id": number_id("contact", 1), "service_id": service, "name": "Alex Fern"}],
        "schedule": [
            {"id": number_id("schedule", 1), "service_id": service, "timezone": "-6", "opens_at": "09:00:00-06:00"}
        ],
        "taxonomy": [{"id": number_id("taxonomy", 1), "name": "Terms", "description": "All terms."}],
        "taxonomy_term": [
            {
                "id": number_id("taxonomy_term", 1),
                "code": "BD",
                "name": "BD",
                "description": "A term.",
                "taxonomy_id": number_id("taxonomy", 1),
            }
        ],
        "attribute": [
            {
                "id": number_id("attribute", 1),
                "link_id": service,
                "link_entity": "service",
                "link_type": "service_term",
                "taxonomy_term_id": number_id("taxonomy_term", 1),
                "label": "Food",
            }
        ],
        "url": [{"id": number_id("url", 1), "organization_id": one, "url": "https://oak.example.org"}],
        SIDE_TABLE: [
            {"id": one, "kind": "organization", "center_id": "test", "origin": "delivered"},
            {"id": service, "kind": "service", "center_id": "test", "origin": "delivered", "link_only": "true"},
        ],
    }


TERM = {
    "code": "BD",
    "description": "A term.",
    "id": number_id("taxonomy_term", 1),
    "name": "BD",
    "taxonomy_detail": {"description": "All terms.", "id": number_id("taxonomy", 1), "name": "Terms"},
}
MAIN = {
    "id": number_id("location", 1),
    "latitude": 39.8,
    "location_type": "physical",
    "name": "Main",
    "phones": [
        {
            "id": number_id("phone", 3),
            "languages": [{"id": number_id("language", 1), "name": "Polish"}],
            "number": "217-555-0102",
        }
    ],
}
ANNEX = {
    "id": number_id("location", 2),
    "location_type": "physical",
    "name": "Annex",
    "organization_id": number_id("organization", 2),
}
ONLINE = {"id": number_id("location", 3), "location_type": "virtual", "name": "Online"}
PANTRY = {
    "attributes": [
        {"id": number_id("attribute", 1), "label": "Food", "link_type": "service_term", "taxonomy_term": TERM}
    ],
    "contacts": [
        {
            "id": number_id("contact", 1),
            "name": "Alex Fern",
            "phones": [{"id": number_id("phone", 2), "number": "217-555-0101"}],
        }
    ],
    "id": number_id("service", 1),
    "minimum_age": 18,
    "name": "Pantry",
    "schedules": [{"id": number_id("schedule", 1), "opens_at": "09:00:00-06:00", "timezone": -6}],
    "status": "active",
}
OAK = {
    "additional_websites": [{"id": number_id("url", 1), "url": "https://oak.example.org"}],
    "description": "Help.",
    "id": number_id("organization", 1),
    "name": "Oak House",
    "phones": [{"extension": 12, "id": number_id("phone", 1), "number": "211"}],
    "year_incorporated": 1978,
}


def links(*locations: dict[str, Any]) -> list[dict[str, Any]]:
    """The links of the service, with the locations given."""
    return [
        {"id": number_id("service_at_location", place), "location": location}
        for place, location in enumerate(locations)
    ]


def test_organization_holds_its_locations_and_services(tmp_path):
    """A receiver would miss what an organization does, or find a location of somebody else without its name."""
    files = written(tables_of(small_rows()), tmp_path)
    named = {"id": MAIN["id"], "location_type": "physical"}
    assert files["organizations"][0] == {
        **OAK,
        "locations": [MAIN],
        "services": [{**PANTRY, "service_at_locations": links(named, ANNEX, ONLINE)}],
    }
    without_reference = {name: value for name, value in ANNEX.items() if name != "organization_id"}
    assert files["organizations"][1] == {
        "description": "More help.",
        "id": number_id("organization", 2),
        "locations": [without_reference],
        "name": "Elm House",
        "parent_organization_id": number_id("organization", 1),
    }


def test_service_holds_its_organization_and_whole_locations(tmp_path):
    """Official readers take services as roots; what is not there they never see."""
    (service,) = written(tables_of(small_rows()), tmp_path)["services"]
    main = {**MAIN, "organization_id": number_id("organization", 1)}
    assert service == {**PANTRY, "organization": OAK, "service_at_locations": links(main, ANNEX, ONLINE)}


def test_locations_of_nobody_have_a_file_only_when_there_are_any(tmp_path):
    """They would vanish; or an empty file would puzzle."""
    rows = small_rows()
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    assert written(tables_of(rows), tmp_path / "with")["locations"] == [ONLINE]
    rows["location"] = rows["location"][:2]
    assert "locations" not in written(tables_of(rows), tmp_path / "without")


def test_services_whose_organization_is_not_there_are_written_last(tmp_path):
    """They would vanish from a package that was made without withholding."""
    rows = small_rows()
    stray = {
        "id": number_id("service", 0),
        "organization_id": number_id("organization", 9),
        "name": "S",
        "status": "active",
    }
    rows["service"].append(stray)
    services = written(tables_of(rows), tmp_path)["services"]
    assert services[1] == stray


def test_side_table_is_one_object_per_line(tmp_path):
    """Verification dates of agencies would stay behind."""
    first, second = written(tables_of(small_rows()), tmp_path)[SIDE_TABLE]
    assert first == {
        "center_id": "test",
        "id": number_id("organization", 1),
        "kind": "organization",
        "origin": "delivered",
    }
    assert second["link_only"] == "true"


def test_version_3_0_has_nothing_that_3_1_brought(tmp_path):
    """A strict reader of 3.0 would meet members that it does not know."""
    rows = small_rows()
    rows["service_area"] = [
        {"id": number_id("service_area", 1), "service_at_location_id": number_id("service_at_location", 0)}
    ]
    for version in VERSIONS:
        (tmp_path / version).mkdir()
    newer = written(tables_of(rows), tmp_path / "3.1")["services"][0]
    older = written(tables_of(rows), tmp_path / "3.0", "3.0")["services"][0]
    assert newer["service_at_locations"][0]["service_areas"] == [{"id": number_id("service_area", 1)}]
    assert "service_areas" not in older["service_at_locations"][0]
    assert "label" not in older["attributes"][0]
    assert "additional_websites" not in older["organization"]


def test_small_public_directory_is_nested_whole(small, tmp_path):
    """The rows that a real export makes would find no place in the nesting."""
    package = small.export(small.rows())
    files = written(dict(package.tables), tmp_path)
    (organization,) = files["organizations"]
    assert sorted(organization) == [
        "alternate_name", "contacts", "description", "email", "funding", "id", "legal_status", "locations", "name",
        "organization_identifiers", "phones", "services", "website", "year_incorporated",
    ]  # fmt: skip
    assert_holds({"organization": files["organizations"]}, dict(package.tables))
    assert [service["organization"]["id"] for service in files["services"]] == [organization["id"]] * 2


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_neither_blocks_nor_the_order_of_rows_change_a_byte(size):
    """Two runs of one night would seem to differ."""
    tables = tables_of(small_rows())
    turned = {name: frame.reverse() for name, frame in tables.items()}
    assert nested(turned, block_size=size) == nested(tables, block_size=7)


def test_attributes_go_by_the_table_of_their_owner(tmp_path):
    """Where a service has the id of its organization, as some publishers do it, the terms of the service would stand in both."""
    rows = small_rows()
    rows["attribute"][0]["link_id"] = rows["organization"][0]["id"]
    rows["service"][0]["id"] = rows["organization"][0]["id"]
    rows["service_at_location"] = []
    (organization, _) = written(tables_of(rows), tmp_path)["organizations"]
    assert "attributes" not in organization
    assert organization["services"][0]["attributes"][0]["taxonomy_term"] == TERM


def test_a_block_holds_few_organizations():
    """A large directory would not fit into memory."""
    blocks = list(nest_organizations(tables_of(small_rows()), block_size=2))
    assert [len(block["organization"]) for block in blocks if "organization" in block] == [1, 1]


def test_package_without_any_record_has_empty_files(tmp_path):
    """A first night would fail."""
    assert written(tables_of({}), tmp_path) == {"organizations": [], "services": [], SIDE_TABLE: []}


def test_zeros_before_a_number_are_left_out():
    """`012` is no JSON."""
    rows = small_rows()
    rows["phone"][0]["extension"] = "012"
    rows["location"][0] |= {"latitude": "-00.50", "longitude": "0"}
    line = nested(tables_of(rows))["organization"][0]
    assert '"extension":12,' in line
    assert '"latitude":-0.50,' in line
    assert '"longitude":0,' in line


@pytest.mark.parametrize("text", ["12a", "1.", "NaN", "1,5", " 1"])
def test_text_where_a_number_belongs_is_a_fault_of_ours(text):
    """The file would not be JSON; the pre-flight lets no such cell pass."""
    rows = small_rows()
    rows["phone"][0]["extension"] = text
    with pytest.raises(ContractError, match=r"^1 cells of phone\.extension are no plain numbers") as fault:
        nested(tables_of(rows))
    assert text not in fault.value.message.replace("1 cells", "")


@LAWS
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=30))
@example(
    [chr(code) for code in range(0x20)]
    + ['"', "\\", '\\"', "\\n", "/", "\x7f", "\u2028", "\U0001f600", "},{", '":null']
)
def test_every_text_comes_back_as_it_was(texts):
    """A quotation mark or a line end in a description would break the line, or another text would be read."""
    rows = [
        {"id": number_id("organization", number), "name": f"{number}", "description": text}
        for number, text in enumerate(texts)
    ]
    lines = nested(tables_of({"organization": rows}), block_size=1000)["organization"]
    # Empty text is no value, and the member is left out.
    assert [json.loads(line).get("description", "") for line in lines] == texts
    canonical = [
        json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False, separators=(",", ":")) for line in lines
    ]
    assert lines == canonical


def flatten(table: str, record: dict[str, Any], found: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Collect the rows that an object and everything in it stand for, by table and id."""
    row = found.setdefault(table, {}).setdefault(record["id"], {})
    for name, value in record.items():
        if isinstance(value, list):
            for part in value:
                flatten(LISTS[name], part, found)
                owner, entity = ENTITIES.get(name, (f"{table}_id", None))
                found[LISTS[name]][part["id"]][owner] = record["id"]
                if entity is not None:
                    found[LISTS[name]][part["id"]][entity] = table
        elif isinstance(value, dict):
            target, column = SINGLES[name]
            row[column] = value["id"]
            flatten(target, value, found)
        else:
            assert value not in (None, "")
            assert row.setdefault(name, value) == value


def told(tables: dict[str, pl.DataFrame], name: str) -> dict[str, dict[str, Any]]:
    """Filled cells of a table by id, numbers as numbers."""
    numbers = {column.name for column in hsds_tables()[name].columns if column.type == "number"}
    return {
        row["id"]: {column: float(row[column]) if column in numbers else row[column] for column in row if row[column]}
        for row in tables[name].to_dicts()
    }


def assert_holds(lines: dict[str, list[dict[str, Any]]], tables: dict[str, pl.DataFrame], version: str = "3.1") -> None:
    """Check that the objects of all kinds say what the tables say, row by row and cell by cell."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for kind, records in lines.items():
        for record in records:
            flatten(kind, record, found)
    for name in hsds_tables(version):
        if name != SIDE_TABLE:
            # Terms and the like are there when a record names them.
            rows = told(tables, name).items()
            held = {id_: row for id_, row in rows if name not in _SHARED or id_ in found.get(name, {})}
            assert found.get(name, {}) == held, name


_SHARED = ("taxonomy", "taxonomy_term", "unit")
_CELLS = (None, "", "a", 'Say "no".\nThen \\ go.', "é")
_NUMBERS = (None, "0", "-7", "12.25", "1978")
#: Tables before those whose rows name theirs.
_ORDER = (
    "organization", "taxonomy", "taxonomy_term", "unit", "program", "location", "service", "service_at_location", "contact", "phone",
)  # fmt: skip


@st.composite
def directories(draw: st.DrawFn, version: str) -> Rows:
    """Rows of every table; each belongs to something, sometimes to two records at once, or need not."""
    tables = hsds_tables(version)
    dice = draw(st.randoms(use_true_random=False))
    rows: Rows = {}
    for name in (*_ORDER, *(name for name in tables if name not in (*_ORDER, SIDE_TABLE, "meta_table_description"))):
        if name not in tables:
            continue
        rows[name] = []
        for number in range(dice.randint(0, 3)):
            row: dict[str, Any] = {"id": number_id(name, number)}
            owners = [column for column in tables[name].columns if rows.get(column.refers_to or "")]
            # A location need not belong to anybody.
            wanted = dice.choice((0, 1) if name == "location" else (1, 1, 2))
            chosen = dice.sample(owners, min(len(owners), wanted))
            for column in tables[name].columns:
                if column in owners and (column.required or column in chosen):
                    row[column.name] = dice.choice(rows[column.refers_to])["id"]
                elif column.refers_to is None and column.name not in row:
                    row[column.name] = dice.choice(_NUMBERS if column.type == "number" else _CELLS)
            for member, (owner, entity) in ENTITIES.items():
                if name == LISTS[member]:
                    kind = dice.choice([kind for kind in ("organization", "location", "phone") if rows[kind]] or [""])
                    row |= {entity: kind, owner: dice.choice(rows[kind])["id"] if kind else None}
            needed = [column for column in tables[name].columns if column.required and column.format == "uuid"]
            is_free = name in ("organization", "location", *_SHARED)
            if all(row.get(column.name) for column in needed) and (
                is_free or owners or name in ("attribute", "metadata")
            ):
                rows[name].append(row)
    return rows


@LAWS
@given(st.data())
@pytest.mark.parametrize("version", VERSIONS)
def test_nested_files_say_what_the_tables_say(version, data):
    """A row would be lost in the nesting, stand under another owner, or a cell would change."""
    tables = tables_of(data.draw(directories(version)), version)
    lines = {kind: [json.loads(line) for line in texts] for kind, texts in nested(tables, version).items()}
    whole = {kind: lines.get(kind, []) for kind in ("organization", "location")}
    assert_holds(whole, tables, version)
    # The same services, told from the other side.
    roots: dict[str, dict[str, dict[str, Any]]] = {}
    for service in lines.get("service", []):
        flatten("service", service, roots)
    assert list(roots.get("service", {})) == tables["service"].sort("organization_id", "id")["id"].to_list()
    for name, rows in roots.items():
        for id_, row in rows.items():
            assert row.items() <= told(tables, name)[id_].items()
