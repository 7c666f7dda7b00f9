"""Areas served in the words of AIRS: city, county, state, ZIP code or country, as far as a unit of a list is one of them.

Read are `IL - Sangamon County`, `IL - Sangamon County - Springfield`, `Sangamon County, IL`, `Springfield, IL`, `Illinois`, `IL`,
`62701` and the names of a few countries. What cannot be read is told in words: the schema wants a place before the words, and, as in
the official instance of 3.0, that is then a country without a name.
"""

from __future__ import annotations

import polars as pl

from pipeline.publish.airs_xml import element, joined, joined_by, text_element
from schemas.states import state_boxes

#: Countries by the names that directories use, lower case -> what is written.
_COUNTRIES = {
    "us": "US",
    "u.s.": "US",
    "usa": "US",
    "u.s.a.": "US",
    "united states": "US",
    "united states of america": "US",
    "canada": "CA",
    "mexico": "MX",
}
_ZIP = r"^([0-9]{5}(?:-[0-9]{4})?)$"
_STATE_OF = r"(?i)^state of "
#: Words that make a place a county; after `Parish` and the others the word belongs to the name.
_COUNTY = r"(?i)^(.+?)\s+(?:county|cnty\.?|co\.)$"
_COUNTY_OF = r"(?i)^county of (.+)$"
_COUNTY_LIKE = r"(?i)\s(?:parish|borough|census area|municipio|municipality)$"
#: Words that stand where a name is not known.
_NO_NAMES = ("unknown", "unknown county", "unspecified", "other")
#: Units that name a place by themselves: free text is read only when it is nothing else.
_ALONE = ("zip", "state", "country")
_CLOSING = "</GeographicAreaServed>"


def read_areas(units: pl.Series) -> pl.DataFrame:
    """Return the distinct units that can be read, with the element each becomes.

    Returns:
        `unit` as given, `area` (the element), `read_as` (`zip`, `state`, `country`, `county`, `city`). Units that cannot be read are
        absent.
    """
    split = _split(pl.DataFrame({"unit": units.drop_nulls().unique()}))
    place = pl.col("place")
    county = pl.coalesce(
        place.str.extract(_COUNTY), place.str.extract(_COUNTY_OF), pl.when(place.str.contains(_COUNTY_LIKE)).then(place)
    )
    is_named = ~place.str.to_lowercase().is_in(_NO_NAMES)
    read = split.with_columns(
        county=pl.when(is_named).then(county), town=pl.when(is_named & county.is_null()).then(place)
    ).with_columns(city=pl.coalesce("below", "town"))
    read_as = (
        pl.when(pl.col("zip").is_not_null())
        .then(pl.lit("zip"))
        .when(pl.col("country").is_not_null())
        .then(pl.lit("country"))
        .when(pl.col("whole_state").is_not_null())
        .then(pl.lit("state"))
        .when(pl.col("state").is_not_null() & pl.col("county").is_not_null())
        .then(pl.lit("county"))
        .when(pl.col("state").is_not_null() & pl.col("city").is_not_null())
        .then(pl.lit("city"))
    )
    parts = [
        element("ZipCode", "zip"),
        text_element("City", "city"),
        text_element("County", "county"),
        element("State", pl.coalesce("whole_state", "state")),
        element("Country", "country"),
    ]
    return (
        read.with_columns(read_as.alias("read_as"))
        .filter(pl.col("read_as").is_not_null())
        .select("unit", element("GeographicAreaServed", joined(*parts)).alias("area"), "read_as")
        .sort("unit")
    )


def area_elements(records: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Return the areas served of records: `number`, `areas`.

    Args:
        records: Needs `number`, `area_served_units` and `area_served`.
        areas: What `read_areas` said of all units and texts.

    Units that cannot be read and the text of the area stand in the description of the last place; where there is no place, in that
    of a country without a name.
    """
    records = records.filter((pl.col("area_served_units").list.len() > 0) | pl.col("area_served").is_not_null())
    if records.is_empty():
        return pl.DataFrame(schema={"number": pl.UInt32, "areas": pl.String})
    units = (
        records.filter(pl.col("area_served_units").list.len() > 0)
        .select("number", pl.col("area_served_units").list.unique(maintain_order=True).alias("unit"))
        .explode("unit")
        .join(areas.select("unit", "area"), on="unit", how="left", maintain_order="left")
    )
    units = joined_by(
        units.select(
            "number",
            pl.col("area").alias("listed"),
            pl.when(pl.col("area").is_null()).then(pl.concat_str("unit", pl.lit("; "))).alias("unread"),
        ),
        "number",
        "listed",
        "unread",
    ).with_columns(pl.col("unread").str.strip_suffix("; "))
    alone = areas.filter(pl.col("read_as").is_in(_ALONE)).select("unit", pl.col("area").alias("read_text"))
    told = (
        records.select("number", "area_served")
        .join(units, on="number", how="left", maintain_order="left")
        .join(alone, left_on="area_served", right_on="unit", how="left", maintain_order="left")
        .with_columns(
            pl.col("listed").replace("", None), pl.col("unread").replace("", None), pl.col("area_served").alias("words")
        )
        .with_columns(
            pl.coalesce("listed", "read_text").alias("listed"),
            pl.when(pl.col("listed").is_not_null() | pl.col("read_text").is_null()).then("words").alias("words"),
        )
        .filter(pl.any_horizontal(pl.col("listed", "unread", "words").is_not_null()))
    )
    description = text_element(
        "Description", pl.concat_str(pl.col("unread"), pl.col("words"), separator="; ", ignore_nulls=True)
    )
    return (
        told.with_columns(description.alias("description"))
        .select(
            "number",
            pl.when(pl.col("description").is_null())
            .then("listed")
            .when(pl.col("listed").is_null())
            .then(pl.format(f"<GeographicAreaServed><Country/>{{}}{_CLOSING}", "description"))
            .otherwise(pl.format(f"{{}}{{}}{_CLOSING}", pl.col("listed").str.strip_suffix(_CLOSING), "description"))
            .alias("areas"),
        )
        .drop_nulls("areas")
    )


def unread_areas(units: pl.Series, areas: pl.DataFrame) -> pl.DataFrame:
    """Return units that could not be read, the most frequent first: `unit`, `len`."""
    counts = units.drop_nulls().to_frame("unit").group_by("unit").len()
    return counts.join(areas, on="unit", how="anti").sort("len", "unit", descending=[True, False])


def _split(units: pl.DataFrame) -> pl.DataFrame:
    """Add `zip`, `country`, `whole_state`, and `state` with `place` and what is `below` it."""
    boxes = state_boxes()
    codes = {name.lower(): code for code, name in boxes.select("state", "name").iter_rows()}
    codes |= {code.lower(): code for code in boxes["state"]}

    def as_state(words: pl.Expr) -> pl.Expr:
        bare = words.str.strip_chars().str.replace(_STATE_OF, "").str.to_lowercase()
        return bare.replace_strict(codes, default=None, return_dtype=pl.String)

    unit = pl.col("unit").str.strip_chars()
    before = unit.str.splitn(" - ", 3)
    behind = unit.str.extract_groups(r"^(.+),\s*([^,]+)$")
    state_before, state_behind = as_state(before.struct.field("field_0")), as_state(behind.struct.field("2"))
    place = (
        pl.when(pl.col("state_before").is_not_null())
        .then(before.struct.field("field_1"))
        .when(pl.col("state_behind").is_not_null())
        .then(behind.struct.field("1"))
        .str.strip_chars()
    )
    has_state = units.with_columns(
        state_before=pl.when(before.struct.field("field_1").is_not_null()).then(state_before), state_behind=state_behind
    ).with_columns(
        state=pl.coalesce("state_before", "state_behind"),
        place=place,
        below=pl.when(pl.col("state_before").is_not_null()).then(before.struct.field("field_2").str.strip_chars()),
        whole_state=as_state(unit),
        country=unit.str.to_lowercase().replace_strict(_COUNTRIES, default=None, return_dtype=pl.String),
    )
    bare = pl.coalesce(pl.col("place").str.replace(_COUNTY, "$1"), unit)
    found = has_state.with_columns(zip=bare.str.extract(_ZIP))
    # A ZIP code says more than the state before it, which in lists of areas need not be its own.
    is_zip = pl.col("zip").is_not_null()
    return found.with_columns(
        pl.when(~is_zip).then(column).alias(column) for column in ("state", "place", "below", "whole_state", "country")
    )
