"""What stands between cells: told by the header, and said when it cannot be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.columns import name_columns, require_columns
from pipeline.ingest.read import read_export
from schemas.errors import InputError

LINES = (
    (
        "ResourceAgencyNum",
        "PublicName",
        "TaxonomyLevelName",
        "ParentAgencyNum",
        "AgencyStatus",
        "LastVerifiedOn",
        "UpdatedOn",
    ),
    ("1", "Harbor Center", "Agency", "0", "Active", "8/4/26 0:00", ""),
)
MAPPING = """
name = "mytown"
title = "the list of Mytown"
[[files]]
required_columns = ["Ref", "Checked"]
[[files.records]]
kind = "agency"
cells.native_id = "Ref"
cells.name = "Name"
cells.verified_on = "Checked"
"""


def write(path: Path, mark: str) -> Path:
    path.write_text("\n".join(mark.join(line) for line in LINES) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_usual_separators_are_recognized(tmp_path: Path, mark: str):
    """A center would have to convert its export by hand every night."""
    delivered = read_export(write(tmp_path / "export.csv", mark), center_id="east")
    assert delivered.record["name"].to_list() == ["Harbor Center"]
    assert delivered.files[0].separator == mark


@pytest.mark.parametrize("mark", [",", ";", "|"])
def test_separators_are_recognized_with_a_mapping_file(tmp_path: Path, mark: str):
    """A mapping names columns, never separators."""
    mapping = tmp_path / "mytown.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    export = tmp_path / "list.csv"
    export.write_text(f"Ref{mark}Name{mark}Checked\n7{mark}Oak House{mark}2026-08-04\n", encoding="utf-8")
    delivered = read_export(export, center_id="east", format_name=str(mapping))
    assert delivered.record["name"].to_list() == ["Oak House"]


@pytest.mark.parametrize(("mark", "said"), [("^", r"\^"), ("~", "~")])
@pytest.mark.parametrize("format_name", ["auto", "icarol"])
def test_unknown_separator_is_named_and_the_header_shown_once(tmp_path: Path, mark: str, said: str, format_name: str):
    """The whole header, repeated for every column that is missing, says nothing."""
    with pytest.raises(InputError, match=rf"looks as if {said} stands between the cells") as caught:
        read_export(write(tmp_path / "export.csv", mark), center_id="east", format_name=format_name)
    assert caught.value.message.count("ResourceAgencyNum") == 1
    assert "semicolons and bars" in (caught.value.advice or "")


def test_header_in_quotes_as_a_whole_is_named(tmp_path: Path):
    """Spreadsheets quote a line whose separator they do not know."""
    path = tmp_path / "export.csv"
    path.write_text("\n".join(f'"{";".join(line)}"' for line in LINES) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="looks as if a semicolon stands between the cells"):
        read_export(path, center_id="east")


def test_wrong_column_in_ones_own_mapping_is_mended_there(tmp_path: Path):
    """Who has written a mapping file must not be told to write one."""
    mapping = tmp_path / "mytown.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    export = tmp_path / "list.csv"
    export.write_text("Ref,Name,Checked on\n7,Oak House,2026-08-04\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"Checked \(nearest name in the header: 'Checked on'\)") as caught:
        read_export(export, center_id="east", format_name=str(mapping))
    assert "in your mapping file as the header" in (caught.value.advice or "")


def test_nothing_is_called_near_that_is_not():
    """A wild guess sends people looking in the wrong place."""
    header = name_columns(["ExcludeFromDirectory", "Name"])
    with pytest.raises(InputError) as caught:
        require_columns(header, columns=["Custom_Last Editor"], known=[], name="x.csv", title="the list")
    assert "nearest" not in caught.value.message


def test_many_missing_columns_are_counted():
    """A message of two hundred names is read by nobody."""
    with pytest.raises(InputError, match=r"lacks 20 columns .* and 8 more") as caught:
        require_columns(
            name_columns(["a", "b"]), columns=[f"Field{n}" for n in range(20)], known=[], name="x.csv", title="the list"
        )
    assert "Field12" not in caught.value.message


def test_no_layout_is_near_to_a_table_of_something_else(tmp_path: Path):
    """Nearest with none of its columns is not near."""
    path = tmp_path / "list.csv"
    path.write_text("Sku,Price,Stock\n1,2,3\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no known layout\. Its header: Sku, Price, Stock") as caught:
        read_export(path, center_id="east")
    assert "nearest" not in caught.value.message
