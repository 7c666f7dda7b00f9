"""What a record takes from addresses: its county, and for a site its physical address."""

from __future__ import annotations

import polars as pl

from schemas.enumerations import AddressKind, RecordKind

LOCATION_TYPES = ("physical", "virtual", "postal")
#: Columns that a site takes from its physical address.
SITE_ADDRESS_COLUMNS = (
    "line1", "line2", "street", "unit", "city", "state", "postal_code", "postal_code5", "postal_code4", "country",
    "address_key",
)  # fmt: skip
_COORDINATES = ("latitude", "longitude", "latitude_written", "longitude_written")


def physical_addresses(addresses: pl.DataFrame) -> pl.DataFrame:
    """Return the first physical address of each record: one row per `owner_kind` and `owner_uid`.

    Args:
        addresses: Needs `owner_kind`, `owner_uid`, `slot`, `address_kind`; one with a street line goes before others.
    """
    return (
        addresses.filter(pl.col("address_kind") == AddressKind.PHYSICAL)
        .sort("owner_kind", "owner_uid", pl.col("address_key").is_null(), "slot")
        .unique(["owner_kind", "owner_uid"], keep="first", maintain_order=True)
    )


def add_counties(records: pl.DataFrame, physical: pl.DataFrame) -> pl.DataFrame:
    """Return the records with `county`.

    The county is that of the record's own physical address. An agency without one takes the county in which most of its sites
    are (of several, the first by name), because HSDS gives organizations no address; a service without one takes its agency's,
    a service at a site that of its site.

    Args:
        records: Needs `kind`, `record_uid`, `agency_uid`, `site_uid`.
        physical: One physical address per record.
    """
    counties = physical.select(
        pl.col("owner_kind").alias("kind"), pl.col("owner_uid").alias("record_uid"), pl.col("county").alias("__own")
    )

    with_own = records.join(counties, on=["kind", "record_uid"], how="left", maintain_order="left")
    agencies = _agency_counties(with_own)
    sites = with_own.filter(pl.col("kind") == RecordKind.SITE).select(
        pl.col("record_uid").alias("site_uid"), pl.col("__own").alias("__site")
    )
    is_below = pl.col("kind").is_in([RecordKind.AGENCY, RecordKind.SERVICE])
    is_link = pl.col("kind") == RecordKind.SERVICE_AT_SITE
    return (
        with_own.join(agencies, on="agency_uid", how="left", maintain_order="left")
        .join(sites, on="site_uid", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("__own", pl.when(is_below).then("__agency"), pl.when(is_link).then("__site")).alias("county")
        )
        .drop("__own", "__agency", "__site")
    )


def _agency_counties(records: pl.DataFrame) -> pl.DataFrame:
    own = (
        records.filter((pl.col("kind") == RecordKind.AGENCY) & pl.col("__own").is_not_null())
        .select(pl.col("record_uid").alias("agency_uid"), pl.col("__own").alias("__agency"))
        .unique("agency_uid", keep="first", maintain_order=True)
    )
    of_sites = (
        records.filter((pl.col("kind") == RecordKind.SITE) & pl.col("__own").is_not_null())
        .drop_nulls("agency_uid")
        .group_by("agency_uid", "__own")
        .len()
        .sort("agency_uid", "len", "__own", descending=[False, True, False])
        .unique("agency_uid", keep="first", maintain_order=True)
        .select("agency_uid", pl.col("__own").alias("__agency"))
    )
    return pl.concat([own, of_sites.join(own, on="agency_uid", how="anti")])


def add_site_addresses(sites: pl.DataFrame, addresses: pl.DataFrame, physical: pl.DataFrame) -> pl.DataFrame:
    """Return the sites with their physical address, coordinates, `location_type` and `is_address_private`.

    Args:
        sites: Needs `record_uid`, `location_type` (as delivered), `is_confidential_place`, coordinates of the site row.
        addresses: All addresses; tell apart a site that has only a mailing address.
        physical: One physical address per record.
    """
    own = physical.filter(pl.col("owner_kind") == RecordKind.SITE).select(
        pl.col("owner_uid").alias("record_uid"),
        *SITE_ADDRESS_COLUMNS,
        *(pl.col(name).alias(f"__address_{name}") for name in _COORDINATES),
        pl.col("is_private").alias("__is_private"),
        pl.lit(value=True).alias("__has_physical"),
    )
    mailing = (
        addresses.filter((pl.col("owner_kind") == RecordKind.SITE) & (pl.col("address_kind") == AddressKind.MAILING))
        .select(pl.col("owner_uid").alias("record_uid"), pl.lit(value=True).alias("__has_mailing"))
        .unique()
    )
    joined = sites.join(own, on="record_uid", how="left", maintain_order="left").join(
        mailing, on="record_uid", how="left", maintain_order="left"
    )
    delivered_type = pl.col("location_type").str.strip_chars().str.to_lowercase()
    return joined.with_columns(
        pl.when(delivered_type.is_in(LOCATION_TYPES))
        .then(delivered_type)
        .when(pl.col("__has_physical"))
        .then(pl.lit("physical"))
        .when(pl.col("__has_mailing"))
        .then(pl.lit("postal"))
        .otherwise(pl.lit("virtual"))
        .alias("location_type"),
        *(pl.coalesce(name, f"__address_{name}").alias(name) for name in _COORDINATES),
        (pl.col("__is_private").fill_null(value=False) | pl.col("is_confidential_place")).alias("is_address_private"),
    ).select(pl.exclude("^__(address_|is_private|has_).*$"))
