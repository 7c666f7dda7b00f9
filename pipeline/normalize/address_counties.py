"""Counties of addresses that were delivered without one, from their ZIP codes."""

from __future__ import annotations

import polars as pl

#: Values of `county_origin`.
COUNTY_DELIVERED = "delivered"
COUNTY_FROM_ZIP = "zip"

_AT_HOME = ("US", "PR")


def fill_counties(addresses: pl.DataFrame, *, zips: pl.DataFrame | None) -> pl.DataFrame:
    """Return the addresses with the county of their ZIP code where the cell was blank.

    Args:
        addresses: Needs `county`, `county_origin`, `state`, `postal_code5`, `country`.
        zips: `schemas.reference.ZipPlace` rows; None fills nothing.

    A county is filled only when the address names the state and all places of its ZIP code in that state lie in one county.
    A delivered county is never changed.
    """
    if zips is None:
        return addresses
    counties = (
        zips.group_by("postal_code", "state")
        .agg(pl.col("county").first().alias("__county"), pl.col("county").n_unique().alias("count"))
        .filter(pl.col("count") == 1)
        .select(pl.col("postal_code").alias("postal_code5"), "state", "__county")
    )
    is_blank = pl.col("county").is_null()
    is_here = pl.col("country").is_null() | pl.col("country").is_in(_AT_HOME)
    is_filled = is_blank & is_here & pl.col("__county").is_not_null()
    return (
        addresses.join(counties, on=["postal_code5", "state"], how="left", maintain_order="left")
        .with_columns(
            pl.when(is_filled).then("__county").otherwise("county").alias("county"),
            pl.when(is_filled).then(pl.lit(COUNTY_FROM_ZIP)).otherwise("county_origin").alias("county_origin"),
        )
        .drop("__county")
    )
