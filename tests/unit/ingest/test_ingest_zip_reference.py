"""The center's own ZIP table: read whatever its columns are called, refused with the place that is wrong."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.zip_reference import read_zip_reference
from schemas.errors import InputError
from schemas.reference import ZipPlace
from schemas.states import is_in_box, state_boxes


def _file(folder: Path, text: str) -> Path:
    path = folder / "zips.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "header",
    [
        "zip,city,county,state,lat,long",
        "Zip_Code,Primary City,County,State_ID,Latitude,Longitude",
        "ZIPCODE;primary_city;county_name;state_abbr;lat;lng",
        "postal_code\tplace_name\tCOUNTY\tstate\tLAT\tlon",
    ],
)
def test_columns_are_found_under_their_common_names(tmp_path: Path, header: str) -> None:
    """If this fails, a center has to rewrite a public table before it can use it."""
    separator = next(mark for mark in ";\t," if mark in header)
    row = separator.join(["62701", "Springfield", "Sangamon County", "il", "39.80", "-89.65"])
    places = read_zip_reference(_file(tmp_path, f"\ufeff{header}\n{row}\n"))
    assert places.columns == list(ZipPlace.to_schema().columns)
    assert places.rows() == [("62701", "Springfield", "Sangamon", "IL", 39.80, -89.65)]


def test_several_counties_of_a_zip_are_several_rows(tmp_path: Path) -> None:
    """If this fails, a county is filled where nobody can know it."""
    text = (
        "zip,state,county,county_names_all\n62707,IL,Sangamon,Sangamon|Menard\n62701,IL,Sangamon,\n62701,IL,Sangamon,\n"
    )
    places = read_zip_reference(_file(tmp_path, text))
    assert places.select("postal_code", "county").rows() == [
        ("62701", None), ("62707", "Menard"), ("62707", "Sangamon"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n62701,IL\n", "line 1"),
        ("city,state\nSpringfield,IL\n", "no column for the ZIP code"),
        ("zip,city\n62701,Springfield\n", "no column for the state"),
        ("zip,state\n", "no row"),
        ("zip,state\n62701,IL\n7930,NJ\n", "line 3, column zip: '7930'"),
        ("zip,state\n62701,Illinois\n", "line 2, column state: 'ILLINOIS'"),
        ("zip,state,lat\n62701,IL,north\n", "line 2, column lat: 'north'"),
        ("zip,state,lat,lng\n62701,IL,39.8,-189.6\n", "line 2, column lng"),
        ("zip,state\n62701,IL,USA\n", "line 2: the row has 3 cells"),
        ('zip,city,state\n62701,"Spring\nfield",IL\n6270,x,IL\n', "line 4, column zip"),
    ],
)
def test_a_bad_table_is_refused_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    """If this fails, a damaged table quietly puts records into the wrong county."""
    with pytest.raises(InputError) as fault:
        read_zip_reference(_file(tmp_path, text))
    assert "zips.csv" in fault.value.message
    assert said in fault.value.message


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    """If this fails, a slip in the settings ends in a traceback."""
    with pytest.raises(InputError, match="There is no ZIP reference"):
        read_zip_reference(tmp_path / "none.csv")


@pytest.mark.real_data
def test_a_public_table_loads_and_lies_in_the_boxes_of_its_states(shared: Path) -> None:
    """If this fails, real tables are refused, or places are said to lie outside their state."""
    places = read_zip_reference(shared / "data" / "zips" / "us_zips.csv")
    assert places["postal_code"].n_unique() == 42_789
    inside = (
        places.join(state_boxes(), on="state", how="left")
        .select(is_in_box(pl.col("latitude"), pl.col("longitude")).alias("inside"))["inside"]
        .drop_nulls()
    )
    assert len(inside) > 40_000
    assert inside.mean() >= 0.995
