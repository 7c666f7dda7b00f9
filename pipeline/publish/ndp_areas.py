"""Areas served in the NDP-shaped bundle: what a unit names is read from its form, and a unit that cannot be read stays as text.

A county bears the word County, Parish, Borough, Census Area or Municipio; a name below a state without such a word is taken for a town
(assumption: lists of areas write the word). Provinces of Canada are read like states. States are written with their full names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from pipeline.publish.ndp_ids import long_number
from pipeline.publish.ndp_json import json_objects
from pipeline.publish.ndp_shape import GEO_COMPONENT
from pipeline.publish.ndp_text import tidy
from pipeline.publish.ndp_words import NdpWords, fold
from schemas.states import state_boxes

#: `IL - Sangamon County`, `Illinois - Sangamon County - Springfield`.
_DASHED = r"^(.+?)\s+-\s+(.+?)(?:\s+-\s+(.+))?$"
#: `Sangamon County, IL`; a further comma makes it something else.
_COMMA = r"^([^,]+?)\s*,\s*([^,]+)$"
_ZIP = r"^([0-9]{5})(?:-[0-9]{4})?$"
_CANADIAN_CODE = r"(?i)^([A-Z][0-9][A-Z])(?: ?([0-9][A-Z][0-9]))?$"
_COUNTY = r"(?i)^(.+?)\s+county$"
_LIKE_COUNTY = r"(?i)\s(?:parish|borough|census area|municipio)$"
_LONGEST_NAME = 60


def area_rows(services: pl.DataFrame, *, words: NdpWords) -> pl.DataFrame:
    """Return the areas that services serve: one per unit, or the text as a place where there are no units.

    Args:
        services: `PublicDirectory.service` with `id`.
        words: Countries and provinces.
    """
    shared = services.select("center_id", pl.col("id").alias("owner_id"), "area_served_units", "area_served")
    units = (
        shared.select(
            "center_id", "owner_id", pl.col("area_served_units").list.unique(maintain_order=True).alias("unit")
        )
        .explode("unit", keep_nulls=False, empty_as_null=False)
        .with_columns(pl.col("unit").str.strip_chars())
        .filter(pl.col("unit") != "")
        .unique(["owner_id", "unit"], maintain_order=True)
    )
    texts = (
        shared.filter(pl.col("area_served").is_not_null())
        .join(units, on="owner_id", how="anti", maintain_order="left")
        .select("center_id", "owner_id", pl.col("area_served").alias("unit"))
    )
    read = _read_units(pl.concat([units, texts]).select(pl.col("unit").unique()), words)
    return (
        pl.concat([units, texts])
        .join(read, on="unit", how="left", maintain_order="left")
        .select(
            "owner_id",
            long_number("area", pl.col("center_id"), pl.col("owner_id"), pl.col("unit")).alias("id"),
            "type",
            "value",
            pl.lit(None, dtype=pl.String).alias("geoJson"),
            "geoComponents",
        )
    )


def _read_units(units: pl.DataFrame, words: NdpWords) -> pl.DataFrame:
    """Return `unit`, `type`, `value`, `geoComponents` (finished items) of every distinct unit."""
    regions = _regions(tuple(sorted(words.provinces.items())))
    state_of, country_of = (dict(zip(regions["key"], regions[name], strict=True)) for name in ("state", "country"))
    dashed = pl.col("unit").str.extract_groups(_DASHED)
    comma = pl.col("unit").str.extract_groups(_COMMA)
    whole = fold(pl.col("unit")).str.replace(r"^state of ", "")

    def region(text: pl.Expr) -> pl.Expr:
        return fold(text).replace_strict(state_of, default=None, return_dtype=pl.String)

    split = units.with_columns(
        region(whole).alias("whole_state"),
        region(dashed.struct.field("1")).alias("dashed_state"),
        region(comma.struct.field("2")).alias("comma_state"),
        whole.replace_strict(words.nations, default=None, return_dtype=pl.String).alias("nation"),
        dashed.struct.field("2").alias("second"),
        dashed.struct.field("3").alias("third"),
        comma.struct.field("1").alias("before"),
    ).with_columns(
        # A list of states (`Maryland, Virginia`) is no town in the last of them.
        pl.when(region(pl.col("before")).is_null()).then("comma_state").alias("comma_state"),
    )
    state = pl.coalesce("whole_state", "dashed_state", "comma_state")
    place = (
        pl.when(pl.col("whole_state").is_not_null())
        .then(None)
        .when(pl.col("dashed_state").is_not_null())
        .then("second")
        .when(pl.col("comma_state").is_not_null())
        .then("before")
        .otherwise("unit")
    )
    below = pl.when(pl.col("dashed_state").is_not_null()).then("third")
    named = split.with_columns(state.alias("state"), place.str.strip_chars().alias("place"), below.alias("below"))
    is_name = ~pl.col("place").str.contains(r"[0-9]") & (pl.col("place").str.len_chars() <= _LONGEST_NAME)
    has_state = pl.col("state").is_not_null()
    county = (
        pl.when(pl.col("place").str.contains(_LIKE_COUNTY))
        .then("place")
        .otherwise(pl.col("place").str.extract(_COUNTY, 1))
    )
    canadian = pl.col("place").str.extract_groups(_CANADIAN_CODE)
    post_code = pl.coalesce(
        pl.col("place").str.extract(_ZIP, 0),
        pl.concat_str(canadian.struct.field("1"), canadian.struct.field("2"), separator=" ", ignore_nulls=True)
        .str.to_uppercase()
        .replace("", None),
    )
    parts = named.with_columns(
        post_code.alias("postalCode"),
        pl.when(has_state & is_name).then(county).alias("county"),
    ).with_columns(
        pl.when(pl.col("below").is_not_null() & pl.col("county").is_not_null())
        .then("below")
        .when(has_state & is_name & pl.col("county").is_null() & pl.col("below").is_null())
        .then("place")
        .alias("locality"),
    )
    kind = (
        pl.when(pl.col("nation").is_not_null())
        .then(pl.lit("country"))
        .when(pl.col("postalCode").is_not_null())
        .then(pl.lit("postal_code"))
        .when(pl.col("whole_state").is_not_null())
        .then(pl.lit("state"))
        .when(pl.col("locality").is_not_null())
        .then(pl.lit("locality"))
        .when(pl.col("county").is_not_null())
        .then(pl.lit("county"))
        .otherwise(pl.lit("place"))
    )
    is_canadian = canadian.struct.field("1").is_not_null()
    known = parts.with_columns(
        kind.alias("type"),
        pl.coalesce(
            "nation",
            fold(pl.col("state")).replace_strict(country_of, default=None, return_dtype=pl.String),
            pl.when(pl.col("postalCode").is_not_null()).then(
                pl.when(is_canadian).then(pl.lit("Canada")).otherwise(pl.lit("United States"))
            ),
        ).alias("country"),
    )
    is_place = pl.col("type") == "place"
    named_parts = pl.concat_str("locality", "county", "state", "country", separator=", ", ignore_nulls=True)
    components = json_objects(known.select(*GEO_COMPONENT).to_dict(), GEO_COMPONENT, lists={}, rows=known.height)
    return tidy(known.with_columns(pl.col("unit").alias("text"), components.alias("components")), ("text",)).select(
        "unit",
        "type",
        pl.when(is_place)
        .then("text")
        .when(pl.col("postalCode").is_not_null())
        .then("postalCode")
        .otherwise(named_parts)
        .alias("value"),
        pl.when(~is_place).then("components").alias("geoComponents"),
    )


@cache
def _regions(provinces: tuple[tuple[str, str], ...]) -> Mapping[str, list[str]]:
    """Return states and provinces by code and by name, in lower case."""
    rows = [(code, name, "United States") for code, name in state_boxes().select("state", "name").iter_rows()]
    rows += [(code, name, "Canada") for code, name in provinces]
    keyed = [(key.lower(), name, country) for code, name, country in rows for key in (code, name)]
    return {
        "key": [key for key, _, _ in keyed],
        "state": [name for _, name, _ in keyed],
        "country": [country for _, _, country in keyed],
    }
