"""Mapping files: extending a layout, a whole night with one, every key documented, mistakes answered with the nearest name."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import polars as pl
import pytest

from flows.cli import run
from flows.deliveries import plan_deliveries
from flows.settings import load_settings
from pipeline.ingest import load_layout
from pipeline.ingest.columns import name_columns
from pipeline.ingest.load_layout import load_mapping, load_shipped_layout
from pipeline.ingest.read import read_export
from pipeline.ingest.recognize import recognize_flat
from schemas.errors import InputError
from schemas.layout import CHILD_TABLES, Layout

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
HEADER = "ResourceAgencyNum,PublicName,TaxonomyLevelName,ParentAgencyNum,AgencyStatus,LastVerifiedOn,UpdatedOn"
ROW = "100,Harbor Center,Program,1,Seasonal,2026-08-04 0:00:00,2026-08-05 0:00:00"


def block(language: str, number: int) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)[number]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_documented_example_runs_through_a_whole_night(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Somebody who copies the example would meet the first error after the reading."""
    export = write(tmp_path / "list.csv", block("csv", 0))
    mapping = write(tmp_path / "mytown.toml", block("toml", 0))
    words = [
        "nightly", str(export), "--center", "mytown", "--format", str(mapping), "--as-of", "2026-11-20",
        "--workspace", str(tmp_path / "workspace"), "--without-prefect", "--json",
    ]  # fmt: skip
    code = run(words)
    said = capsys.readouterr()
    assert code == 0, said.err
    (center,) = json.loads(said.out)["centers"]
    assert (center["rows_read"], center["rows_rejected"], center["format"]) == (2, 0, "mytown")


def test_mapping_file_of_the_settings_stands_beside_them(tmp_path: Path):
    """A schedule started from another folder would not find the mapping file."""
    write(tmp_path / "list.csv", block("csv", 0))
    write(tmp_path / "mytown.toml", block("toml", 0))
    settings = '[[centers]]\nid = "mytown"\nexport = "list.csv"\nformat = "mytown.toml"\n'
    resolved = load_settings(write(tmp_path / "curation.toml", settings))
    (delivery,) = plan_deliveries((), center=None, format_name="auto", resolved=resolved)
    export = read_export(delivery.path, center_id=delivery.center_id, format_name=delivery.format_name)
    assert (export.format_name, export.rows_read) == ("mytown", 2)


def test_documented_extension_changes_what_it_says_and_nothing_else(tmp_path: Path):
    """A center with one odd column would have to describe 169."""
    mapping = write(tmp_path / "own.toml", block("toml", 1))
    columns = ",FeeStructureSource,Custom_Last Editor,Custom_Text Line,Phone1Number,Custom_Phone 1 Label,Phone1Name"
    cells = ",Call,Person 01,555-0199,555-0101,Front desk,Old label"
    path = write(tmp_path / "a.csv", f"{HEADER}{columns}\n{ROW}{cells}\n")
    export = read_export(path, center_id="test", format_name=str(mapping))
    assert export.format_name == "icarol-mytown"
    assert export.record.select("name", "curator", "agency_native_id").rows() == [("Harbor Center", "Person 01", "1")]
    assert sorted(export.phone.select("slot", "number", "label", "type").rows()) == [
        ("Custom_Text Line", "555-0199", None, "text"),
        ("Phone1Number", "555-0101", "Front desk", None),
    ]
    conventions, shipped = export.conventions, load_shipped_layout("icarol").conventions
    assert conventions.status_words == shipped.status_words | {"seasonal": "temporarily_closed"}
    assert set(conventions.null_texts) == {*shipped.null_texts, "see website"}
    assert conventions.null_texts_by_field == shipped.null_texts_by_field | {"record.fees": ("call",)}
    assert conventions.date_formats == shipped.date_formats


def test_column_that_an_extension_names_must_be_there(tmp_path: Path):
    """A misspelt custom column would be taken for one that is not delivered."""
    text = 'extends = "icarol"\nname = "x"\n[[files]]\n[[files.records]]\ncells = { curator = "Custom_Editor" }\n'
    path = write(tmp_path / "a.csv", f"{HEADER},Custom_Editr\n{ROW},Person 01\n")
    with pytest.raises(InputError, match=r"Custom_Editor \(nearest name in the header: 'Custom_Editr'\)"):
        read_export(path, center_id="test", format_name=str(write(tmp_path / "x.toml", text)))
    lenient = write(tmp_path / "y.toml", f"every_column_required = false\n{text}")
    assert read_export(path, center_id="test", format_name=str(lenient)).record["curator"].to_list() == [None]


def test_package_layout_can_be_extended(tmp_path: Path):
    """A center with one table more than HSDS would have to copy the whole layout."""
    mapping = write(
        tmp_path / "own.toml",
        'extends = "hsds"\nname = "own"\n'
        '[[files]]\nnames = ["services.csv"]\n[[files.records]]\nkind = "service"\ncells = { curator = "editor" }\n'
        '[[files]]\nnames = ["hours.csv"]\n[[files.collected]]\ninto = "hours"\ncolumns = ["text"]\n'
        'owners = [{ kind = "service", column = "service_id" }]\n',
    )
    folder = tmp_path / "package"
    folder.mkdir()
    write(folder / "organizations.csv", "id,name\no1,Harbor\n")
    write(folder / "services.csv", "id,name,organization_id,editor\ns1,Pantry,o1,Person 01\n")
    write(folder / "hours.csv", "service_id,text\ns1,Mornings\n")
    service = read_export(folder, center_id="t", format_name=str(mapping)).record.filter(pl.col("kind") == "service")
    assert service.select("name", "curator", "hours", "agency_native_id").rows() == [
        ("Pantry", "Person 01", "Mornings", "o1")
    ]


@pytest.mark.parametrize("name", load_layout.SHIPPED)
def test_extension_that_says_nothing_is_the_layout_itself(tmp_path: Path, name: str):
    """Extending a layout would change it."""
    extended = load_mapping(write(tmp_path / "x.toml", f'extends = "{name}"\nname = "x"\n'))
    shipped = load_shipped_layout(name)
    assert extended.model_copy(update={"name": shipped.name, "title": shipped.title}) == shipped


MINIMAL = 'name = "x"\n[[files]]\n[[files.records]]\nkind = "service"\ncells = { native_id = "id" }\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            MINIMAL + "[conventions]\ndate_format = []\n",
            "conventions.date_format: there is no such key (nearest: date_formats)",
        ),
        (MINIMAL + '[[files.phones]]\nslots = "a"\ncells = { number = "n" }\n', "(nearest: slot)"),
        (MINIMAL.replace('"id"', '{ column = "id" }'), "(nearest: columns)"),
        (f"titel = 'a'\n{MINIMAL}", "(nearest: title)"),
        (
            MINIMAL.replace('native_id = "id"', 'native_id = "id", verified = "c"'),
            "no field verified (nearest: verified_on)",
        ),
        (
            MINIMAL + '[conventions]\nstatus_words = { open = "activ" }\n',
            "there is no status 'activ' (nearest: active)",
        ),
        (
            MINIMAL + '[conventions.null_texts_by_field]\n"adress.county" = ["-1"]\n',
            "there is no field adress.county (nearest: address.county)",
        ),
        (MINIMAL + '[conventions]\ndate_formats = ["%m/%d"]\n', "needs a year"),
        (f'extends = "icarrol"\n{MINIMAL}', "extends 'icarrol', which is no layout of resdir (nearest: icarol)"),
        ('extends = "icarol"\n', "has no name"),
        ('extends = "icarol"\nname = "x"\nfiles = 3\n', "files must be written as [[files]]"),
        (MINIMAL.replace('"id"', '{ columns = "id", before = { other = "x" } }'), "before names other"),
    ],
)
def test_mistakes_are_answered_with_the_nearest_name(tmp_path: Path, text: str, words: str):
    """The writer of a mapping file would compare it with the documentation letter by letter."""
    with pytest.raises(InputError) as caught:
        load_mapping(write(tmp_path / "mapping.toml", text))
    assert words in caught.value.message
    assert caught.value.exit_code == 3


def test_two_layouts_that_fit_equally_stop():
    """One of two dialects would be chosen by chance."""
    one = Layout.model_validate(
        {
            "name": "one", "title": "One", "key_columns": ["id"],
            "files": [{"records": [{"kind": "service", "cells": {"native_id": "id"}}]}],
        }
    )  # fmt: skip
    other = one.model_copy(update={"name": "other", "title": "Other"})
    with pytest.raises(InputError, match="fits One and Other equally well") as caught:
        recognize_flat(name_columns(["id"]), layouts=[one, other], name="a.csv")
    assert caught.value.exit_code == 3


def test_every_key_is_documented():
    """A key that nobody knows of does not exist."""
    parts = {part for name, part in load_layout._PARTS.items()} | {Layout}
    keys = {key for part in parts for key in part.model_fields} | {"extends", *CHILD_TABLES}
    missing = [key for key in sorted(keys) if f"`{key}`" not in PAGE and f"[[files.{key}]]" not in PAGE]
    assert missing == [name for name in missing if f"[{name}]" in PAGE or f"[[{name}]]" in PAGE]


def test_table_of_what_is_read_of_hsds_says_what_the_layout_says():
    """The page would promise what is not read, or hide what is."""
    generator = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert generator["mapping_page"]().rstrip() + "\n" == PAGE, "run: make docs"
    assert PAGE.count(generator["HSDS_MARK"]) == 1
