"""State and territory codes of the USPS, and the box on the map that holds each (`states.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import polars as pl

from schemas.contract import Table, conform, optional, required


class StateBox(Table):
    """One row per state, territory or military post code, sorted by code."""

    state: pl.String = required("Two-letter USPS code, capitals.")
    name: pl.String = required("Name of the state.")
    south: pl.Float64 = optional("Southern edge, decimal degrees; null when there is no box.")
    north: pl.Float64 = optional("Northern edge.")
    west: pl.Float64 = optional("Western edge; greater than `east` where the box crosses the 180th meridian.")
    east: pl.Float64 = optional("Eastern edge.")


@cache
def state_boxes() -> pl.DataFrame:
    """Return the codes of the USPS with their boxes (`StateBox`).

    >>> state_boxes().filter(pl.col("state") == "IL").row(0)
    ('IL', 'Illinois', 36.9, 42.6, -91.6, -87.4)
    """
    content = tomllib.loads(resources.files("schemas").joinpath("states.toml").read_text(encoding="utf-8"))
    rows = [{"state": code} | facts for code, facts in sorted(content.items())]
    schema: dict[str, type[pl.DataType]] = {"state": pl.String, "name": pl.String}
    schema |= dict.fromkeys(("south", "north", "west", "east"), pl.Float64)
    return conform(pl.DataFrame(rows, schema=schema), StateBox)


@cache
def state_codes() -> frozenset[str]:
    """Return the two-letter codes."""
    return frozenset(state_boxes()["state"].to_list())


def is_in_box(latitude: pl.Expr, longitude: pl.Expr) -> pl.Expr:
    """Return whether a point lies in the box of its row; null when the point or the box is not known.

    Args:
        latitude: Decimal degrees, north positive.
        longitude: Decimal degrees, east positive. The frame needs the columns of `StateBox`.

    >>> points = pl.DataFrame({"state": ["IL", "IL", "AK", "AA"], "y": [39.8, -89.6, 52.8, 39.8], "x": [-89.6, 39.8, 173.1, -89.6]})
    >>> points.join(state_boxes(), on="state", how="left").select(is_in_box(pl.col("y"), pl.col("x"))).to_series().to_list()
    [True, False, True, None]
    """
    is_within = pl.col("south").le(latitude) & latitude.le(pl.col("north"))
    is_east_of_west, is_west_of_east = longitude >= pl.col("west"), longitude <= pl.col("east")
    between = (
        pl.when(pl.col("west") > pl.col("east"))
        .then(is_east_of_west | is_west_of_east)
        .otherwise(is_east_of_west & is_west_of_east)
    )
    is_known = pl.col("south").is_not_null() & latitude.is_not_null() & longitude.is_not_null()
    return pl.when(is_known).then(is_within & between).alias("is_in_box")
