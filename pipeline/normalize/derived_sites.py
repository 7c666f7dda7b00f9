"""Sites that an export implies but does not list.

Some exports hold no site rows: the address stands on the service. One site is then made per agency and physical address, and
each service is linked to the site of its address, or, without one, to that of its agency. Derived rows are marked and never
counted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import polars as pl

from pipeline.normalize.identity import CONTENT_SEPARATOR, record_uids
from schemas.enumerations import Origin, RecordKind, Status

#: Digits of the hash in the number of a derived row; 64 bits keep a nation's sites apart.
HASH_DIGITS = 16
_STATUS_ORDER = {str(status): rank for rank, status in enumerate(Status)}
_TAKEN = (
    "line1", "line2", "street", "unit", "city", "county", "state", "postal_code", "postal_code5", "postal_code4", "country",
    "latitude", "latitude_written", "longitude", "longitude_written", "address_key",
)  # fmt: skip


@dataclass(frozen=True)
class DerivedSites:
    """Derived rows.

    Attributes:
        sites: One row per agency and physical address that no delivered site has.
        links: One service-at-site row per service.
    """

    sites: pl.DataFrame
    links: pl.DataFrame


def needs_sites(records: pl.DataFrame, *, below_share: float) -> bool:
    """Tell whether sites have to be derived: fewer delivered rows than this share are sites.

    Args:
        records: Needs `kind`.
        below_share: 0-1; 0 never derives.
    """
    if records.is_empty():
        return False
    return int((records["kind"] == RecordKind.SITE).sum()) < below_share * records.height


def derive_sites(records: pl.DataFrame, physical: pl.DataFrame, *, center_id: str) -> DerivedSites:
    """Return the sites that services and agencies imply, and the link of each service to its site.

    Args:
        records: Delivered records; needs `kind`, `record_uid`, `native_id`, `agency_uid`, `agency_native_id`, `name`,
            `name_key`, `status`, `record_owner`, `withheld_reason`, `is_confidential_place`, `service_uid`, `site_uid`,
            `latitude`, `longitude`.
        physical: One physical address per record, with `address_key`, `unit_key`, `is_private`.
        center_id: Center of the delivery.

    Services of agencies that are not in the export, and services that have a delivered link, get none.
    """
    used = _used_addresses(records, physical)
    agencies = records.filter(pl.col("kind") == RecordKind.AGENCY).select(
        "agency_uid", "agency_native_id", "name", "name_key", "record_owner"
    )
    places = _places(used).join(agencies, on="agency_uid", how="left", maintain_order="left")
    named = places.with_columns(_hashed("agency_native_id", "address_key", "unit_key").alias("native_id"))
    with_uids = named.with_columns(
        record_uids(named.select(pl.lit(str(RecordKind.SITE)).alias("kind"), "native_id"), center_id=center_id).alias(
            "derived_uid"
        )
    )
    delivered = _delivered_places(records, physical)
    matched = with_uids.join(
        delivered, on=["agency_uid", "address_key", "unit_key"], how="left", nulls_equal=True, maintain_order="left"
    )
    sites = matched.filter(pl.col("__site_uid").is_null()).select(
        pl.lit(str(RecordKind.SITE)).alias("kind"),
        pl.col("derived_uid").alias("record_uid"),
        "native_id", "agency_uid", "agency_native_id", "name", "name_key", "status", "record_owner", "withheld_reason",
        "is_confidential_place", "is_address_private", pl.lit("physical").alias("location_type"), *_TAKEN,
    ).with_columns(pl.lit(center_id).alias("center_id"), pl.lit(str(Origin.DERIVED)).alias("origin"))  # fmt: skip
    links = _links(records, used, matched, center_id=center_id)
    return DerivedSites(sites=sites.sort("record_uid"), links=links.sort("record_uid"))


def _used_addresses(records: pl.DataFrame, physical: pl.DataFrame) -> pl.DataFrame:
    # One row per service (its own address, else its agency's) and per agency without services (its own address).
    streets = physical.filter(pl.col("address_key").is_not_null())
    cells = [name for name in _TAKEN if name not in ("latitude", "longitude", "latitude_written", "longitude_written")]
    address = streets.select(
        "owner_kind",
        "owner_uid",
        *cells,
        "unit_key",
        *(
            pl.col(name).alias(f"__{name}")
            for name in ("latitude", "longitude", "latitude_written", "longitude_written")
        ),
        "is_private",
    )
    own = records.select(
        "kind", "record_uid", "agency_uid", "status", "withheld_reason", "is_confidential_place", "latitude", "longitude",
        "latitude_written", "longitude_written",
    ).join(address, left_on=["kind", "record_uid"], right_on=["owner_kind", "owner_uid"], how="left", maintain_order="left")  # fmt: skip
    own = own.with_columns(
        pl.coalesce(name, f"__{name}").alias(name)
        for name in ("latitude", "longitude", "latitude_written", "longitude_written")
    ).drop("^__l.*$")
    in_reach = own.filter(pl.col("agency_uid").is_not_null())
    services = in_reach.filter(pl.col("kind") == RecordKind.SERVICE)
    agencies = in_reach.filter((pl.col("kind") == RecordKind.AGENCY) & pl.col("address_key").is_not_null())
    place_columns = [*_TAKEN, "unit_key", "is_private"]
    borrowed = (
        services.filter(pl.col("address_key").is_null())
        .drop(place_columns)
        .join(agencies.select("agency_uid", *place_columns), on="agency_uid", how="inner", maintain_order="left")
    )
    childless = agencies.join(services.select("agency_uid").unique(), on="agency_uid", how="anti")
    columns = own.columns
    return pl.concat(
        [
            services.filter(pl.col("address_key").is_not_null()).select(columns),
            borrowed.select(columns),
            childless.select(columns),
        ]
    )


def _places(used: pl.DataFrame) -> pl.DataFrame:
    # The record with the smallest id lends its spelling, so that the order of the export does not matter.
    ranked = used.with_columns(
        pl.col("status")
        .replace_strict(_STATUS_ORDER, default=len(_STATUS_ORDER), return_dtype=pl.Int32)
        .alias("__rank")
    ).sort("agency_uid", "address_key", "unit_key", "record_uid")
    return ranked.group_by("agency_uid", "address_key", "unit_key", maintain_order=True).agg(
        *(pl.col(name).first() for name in _TAKEN if name != "address_key"),
        pl.col("status").sort_by("__rank", "status").first(),
        # A place may be shown when any record that may be shown names it.
        pl.when(pl.col("withheld_reason").is_null().any().not_())
        .then(pl.col("withheld_reason").sort().first())
        .alias("withheld_reason"),
        pl.col("is_confidential_place").any(),
        (pl.col("is_private") | pl.col("is_confidential_place")).any().alias("is_address_private"),
    )


def _delivered_places(records: pl.DataFrame, physical: pl.DataFrame) -> pl.DataFrame:
    sites = records.filter((pl.col("kind") == RecordKind.SITE) & pl.col("agency_uid").is_not_null())
    keys = physical.filter((pl.col("owner_kind") == RecordKind.SITE) & pl.col("address_key").is_not_null())
    return (
        sites.select("record_uid", "agency_uid", pl.col("native_id").alias("__site_native_id"))
        .join(keys.select(pl.col("owner_uid").alias("record_uid"), "address_key", "unit_key"), on="record_uid")
        .sort("record_uid")
        .unique(["agency_uid", "address_key", "unit_key"], keep="first", maintain_order=True)
        .rename({"record_uid": "__site_uid"})
    )


def _links(records: pl.DataFrame, used: pl.DataFrame, matched: pl.DataFrame, *, center_id: str) -> pl.DataFrame:
    linked = records.filter((pl.col("kind") == RecordKind.SERVICE_AT_SITE) & pl.col("site_uid").is_not_null())
    places = matched.select(
        "agency_uid",
        "address_key",
        "unit_key",
        pl.coalesce("__site_uid", "derived_uid").alias("site_uid"),
        pl.when(pl.col("__site_uid").is_null()).then("native_id").otherwise("__site_native_id").alias("site_native_id"),
    )
    services = records.filter(pl.col("kind") == RecordKind.SERVICE).select(
        "record_uid", "agency_native_id", pl.col("native_id").alias("service_native_id"), "name", "name_key"
    )
    links = (
        used.filter(pl.col("kind") == RecordKind.SERVICE)
        .select(
            "record_uid", "agency_uid", "address_key", "unit_key", "status", "withheld_reason", "is_confidential_place"
        )
        .join(places, on=["agency_uid", "address_key", "unit_key"], how="inner", nulls_equal=True)
        .join(services, on="record_uid")
        .join(linked.select(pl.col("service_uid").alias("record_uid")).unique(), on="record_uid", how="anti")
        .rename({"record_uid": "service_uid"})
    )
    named = links.with_columns(
        _hashed("service_uid", "site_uid").alias("native_id"),
        pl.lit(str(RecordKind.SERVICE_AT_SITE)).alias("kind"),
        pl.lit(center_id).alias("center_id"),
        pl.lit(str(Origin.DERIVED)).alias("origin"),
        pl.lit(value=True).alias("link_only"),
    )
    return named.with_columns(record_uids(named, center_id=center_id)).drop("address_key", "unit_key")


def _hashed(*columns: str) -> pl.Expr:
    joined = pl.concat_str([pl.col(name).fill_null("") for name in columns], separator=CONTENT_SEPARATOR)
    return joined.map_batches(_digests, return_dtype=pl.String)


def _digests(texts: pl.Series) -> pl.Series:
    digests = [f"derived:{hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]}" for text in texts]
    return pl.Series(texts.name, digests, dtype=pl.String)
