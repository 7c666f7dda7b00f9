"""Mapping files of a center: the documented examples work, and mistakes are said in words."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.load_layout import SHIPPED, load_mapping, load_shipped_layout
from pipeline.ingest.read import read_export
from schemas.delivered import Delivered
from schemas.errors import InputError

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)[number]


def read(tmp_path: Path, table: str, mapping: str) -> Delivered:
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    (tmp_path / "list.csv").write_text(table, encoding="utf-8")
    return read_export(tmp_path / "list.csv", center_id="mytown", format_name=str(tmp_path / "mapping.toml"))


def test_documented_example_reads_the_documented_table(tmp_path: Path):
    """Somebody who copies the example would not get it to run."""
    export = read(tmp_path, block("csv"), block("toml"))
    assert (export.format_name, export.rows_read, export.rows_rejected) == ("mytown", 2, 0)
    services = export.record.filter(pl.col("kind") == "service")
    assert services.select("native_id", "agency_native_id", "name", "status", "verified_on").rows() == [
        ("S1", "A1", "Parenting Classes", "open", "08/04/2026"),
        ("S2", "A1", "Food Pantry", "closed", "06/30/2026"),
    ]
    agencies = export.record.filter(pl.col("kind") == "agency")
    assert agencies.select("native_id", "name", "status").rows() == [("A1", "Harbor Center", "open")] * 2
    assert export.phone.select("owner_kind", "owner_native_id", "number", "type", "is_private").rows() == [
        ("service", "S1", "217-555-0101", "voice", "no")
    ]
    assert (
        export.address.select("line1", "city", "state", "postal_code").rows()
        == [("100 Harbor St", "Springfield", "IL", "62701")] * 2
    )
    assert export.taxonomy_link["codes"].to_list() == ["PH-6100", "BD-1800 / YC-8000"]
    assert export.conventions.date_formats == ("%m/%d/%Y",)
    assert {"service.verified_on", "phone.is_private"} <= export.carried
    assert "agency.verified_on" not in export.carried


def test_documented_example_of_several_files_reads_a_folder(tmp_path: Path):
    """Somebody with two tables would not get the second example to run."""
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "services.csv").write_text("id,name\n1,Pantry\n", encoding="utf-8")
    (folder / "phones.csv").write_text('id,service_id,number\n7,"1,2",555-0100\n', encoding="utf-8")
    (folder / "languages.csv").write_text("service_id,language\n1,Spanish\n1,English\n", encoding="utf-8")
    (tmp_path / "two.toml").write_text(block("toml", 2), encoding="utf-8")
    export = read_export(folder, center_id="mytown", format_name=str(tmp_path / "two.toml"))
    assert export.record["languages"].to_list() == ["English; Spanish"]
    assert export.phone["owner_native_id"].to_list() == ["1", "2"]


def test_mapped_column_that_is_missing_stops(tmp_path: Path):
    """A misspelt column would be taken for one that is not delivered, and its field be unknown for ever."""
    table = block("csv").replace("What it does", "What-it-does")
    with pytest.raises(InputError, match=r"lacks a column that the list of Mytown needs: What it does.*'What-it-does'"):
        read(tmp_path, table, block("toml"))
    lenient = "every_column_required = false\n" + block("toml")
    assert read(tmp_path, table, lenient).record["description"].null_count() == 4


def test_one_of_several_alternatives_is_enough(tmp_path: Path):
    """A mapping for two dialects would refuse both."""
    mapping = block("toml").replace('"What it does"', '["About", "What it does"]')
    assert read(tmp_path, block("csv"), mapping).record["description"].null_count() == 2
    gone = block("csv").replace("What it does", "Zzz")
    with pytest.raises(InputError, match="About"):
        read(tmp_path, gone, mapping)


#: Readers of reference tables, and what tells other formats by sight: no columns of an export stand there.
_REFERENCES = {"zip_reference", "licensed_terms", "other_formats"}
MINIMAL = 'name = "x"\n[[files]]\n[[files.records]]\nkind = "service"\ncells = { native_id = "id" }\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "is not TOML"),
        ('name = "x"', "files: is missing"),
        ('name = "x"\nfiles = []', "files: must have at least 1 entry"),
        ('name = "x"\nfile = 1', "file: there is no such key (nearest: files)"),
        (MINIMAL.replace("native_id", "nativ_id"), "a record needs a cell for native_id"),
        (MINIMAL.replace('native_id = "id"', 'native_id = "id", colour = "c"'), "record has no field colour"),
        (MINIMAL.replace('"service"', '"program"'), "files.1.records.1.kind"),
        (MINIMAL + '[[files.phones]]\ncells = { number = "n" }\n', "need a slot"),
        (MINIMAL + '[[files.addresses]]\nslot = "a"\ncells = { line1 = "n" }\n', "need a cell for address_kind"),
        (MINIMAL + "[conventions]\ncolour = 1\n", "conventions.colour"),
        (
            MINIMAL.replace('cells = { native_id = "id" }', "cells = { native_id = { } }"),
            "either columns or a constant",
        ),
        (MINIMAL + MINIMAL.split("\n", 1)[1], "each needs names"),
    ],
)
def test_mistakes_in_a_mapping_are_said(tmp_path: Path, text: str, words: str):
    """The writer of a mapping file would meet a traceback of a library."""
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"mapping\.toml") as caught:
        load_mapping(path)
    assert words in caught.value.message


def test_mapping_that_is_not_there_is_said(tmp_path: Path):
    """A wrong path would end in a traceback."""
    with pytest.raises(InputError, match="no mapping file"):
        load_mapping(tmp_path / "nothing.toml")


@pytest.mark.parametrize("name", [name for name in SHIPPED if not load_shipped_layout(name).document])
def test_no_code_names_a_column_of_a_shipped_layout(name: str):
    """Adding a dialect would need a programmer instead of a mapping file."""
    layout = load_shipped_layout(name)
    ours = {
        "taxonomy_links",
        "center_id",
        "link_only",
        "name",
        "title",
        "email",
        "url",
        "note",
        "status",
        "id",
        "kind",
        "type",
        "number",
        "code",
        "text",
    }
    columns = {column for file in layout.files for column in (*file.mapped_columns, *file.raw_only_columns)}
    files = {file for part in layout.files for file in part.names}
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "pipeline" / "ingest").glob("*.py")
        if path.stem not in _REFERENCES and not path.stem.startswith("airs")
    )
    quoted = set(re.findall(r"[\"']([A-Za-z_0-9.]+)[\"']", code))
    fields = {field for file in layout.files for rows in file.records for field in rows.cells}
    assert quoted & files == set()
    assert (quoted & columns) - ours - fields == set()


def test_a_name_looked_up_in_the_same_table_is_found_wherever_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Read part by part, a row would only find the names of its own part."""
    monkeypatch.setattr("pipeline.ingest.parse._BLOCK_BYTES", 20)
    monkeypatch.setattr("pipeline.ingest.parse._SMALL_BLOCK_BYTES", 20)
    monkeypatch.setattr("pipeline.ingest.parse._FEWEST_ROWS", 1)
    mapping = """name = "mytown"
[[files]]
[[files.records]]
kind = "agency"
[files.records.cells]
native_id = "id"
name = "title"
official_name = { columns = ["parent"], lookup = { files = ["list.csv"], key = "id", value = ["title"] } }
"""
    export = read(tmp_path, "id,title,parent\n1,Harbor,9\n2,Valley,1\n9,Prairie,\n", mapping)
    assert export.record.select("native_id", "official_name").rows() == [("1", "Prairie"), ("2", "Harbor"), ("9", "")]
