"""Which records a bundle can hold, in which bundle each stands, and which stay out because the format has no place for them.

A bundle is one agency with everything below it, and every reference in it must be answered inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.publish.ndp_text import says_something
from pipeline.publish.public_directory import RECORD_KINDS, PublicDirectory
from schemas.enumerations import WithheldReason

#: Tables of rows that belong to records.
OWNED_TABLES = ("phone", "address", "contact", "taxonomy_link", "schedule")

_MISSING = str(WithheldReason.PARENT_MISSING)
_WITHHELD = str(WithheldReason.PARENT_WITHHELD)
_INCOMPLETE = str(WithheldReason.REQUIRED_FIELD_MISSING)


@dataclass(frozen=True, kw_only=True)
class NdpSelection:
    """What is written, and where.

    Args:
        records: By kind, one row per record that is written: `row` (its place in the frame of `PublicDirectory`), `bundle` (0 for the
            first agency in the order of ids), `id`, `org_id`; for a service at a site `service_id` and `location_id` too. Sorted by
            bundle and id.
        owned: By table, one row per row of a written record: `row`, `bundle`, `owner_kind`, `owner_id`. Sorted by bundle.
        later: Records that are not written because of the format: `kind`, `record_uid`, `later` (the reason), `id`.
        elsewhere: Services at sites of another agency than the service's: `id`.
    """

    records: Mapping[str, pl.DataFrame]
    owned: Mapping[str, pl.DataFrame]
    later: pl.DataFrame
    elsewhere: pl.DataFrame

    @property
    def bundles(self) -> int:
        """Number of bundles."""
        return self.records["agency"].height


def select_bundles(public: PublicDirectory, ids: pl.DataFrame, *, withhold: bool) -> NdpSelection:
    """Decide what is written.

    Args:
        public: What may leave.
        ids: What `ndp_ids.record_ids` gave.
        withhold: Whether agencies and services without a name are left out; otherwise they are written without, and the pre-flight
            has errors. What has no bundle to stand in is left out in either case.
    """
    agencies = _numbered(public.agency, "agency", ids).with_columns(
        pl.when(_has_no_name() & withhold).then(pl.lit(_INCOMPLETE)).alias("later")
    )
    order = agencies.filter(pl.col("later").is_null()).sort("id").with_row_index("bundle")
    agencies = agencies.join(order.select("id", "bundle"), on="id", how="left", maintain_order="left").with_columns(
        pl.col("id").alias("org_id")
    )
    services = _under(_numbered(public.service, "service", ids), agencies, "agency_uid").with_columns(
        pl.when(pl.col("later").is_null() & _has_no_name() & withhold)
        .then(pl.lit(_INCOMPLETE))
        .otherwise("later")
        .alias("later")
    )
    sites = _under(_numbered(public.site, "site", ids), agencies, "agency_uid")
    links = _links(_numbered(public.service_at_site, "service_at_site", ids), services, sites)
    frames = {"agency": agencies, "site": sites, "service": services, "service_at_site": links}
    records = {
        kind: frame.filter(pl.col("later").is_null())
        .select("row", "bundle", "id", "org_id", *(("service_id", "location_id") if kind == "service_at_site" else ()))
        .sort("bundle", "id")
        for kind, frame in frames.items()
    }
    owners = pl.concat(
        [
            frame.filter(pl.col("later").is_null()).select(
                pl.lit(kind).alias("owner_kind"),
                pl.col("record_uid").alias("owner_uid"),
                pl.col("id").alias("owner_id"),
                "bundle",
            )
            for kind, frame in frames.items()
        ]
    )
    return NdpSelection(
        records=records,
        owned={name: _owned(public.tables()[name], owners) for name in OWNED_TABLES},
        later=pl.concat(
            [
                frame.filter(pl.col("later").is_not_null()).select(
                    pl.lit(kind).alias("kind"), "record_uid", "later", "id"
                )
                for kind, frame in frames.items()
            ]
        ),
        elsewhere=links.filter("is_elsewhere").select("id"),
    )


def _has_no_name() -> pl.Expr:
    return ~says_something(pl.col("name"))


def _numbered(frame: pl.DataFrame, kind: str, ids: pl.DataFrame) -> pl.DataFrame:
    parents = [name for name in ("agency_uid", "service_uid", "site_uid") if name in frame.columns]
    return (
        frame.select("center_id", "record_uid", "name", *parents)
        .with_row_index("row")
        .join(
            ids.filter(pl.col("kind") == kind).select("record_uid", "id"),
            on="record_uid",
            how="left",
            maintain_order="left",
        )
    )


def _under(records: pl.DataFrame, parents: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add the bundle of the parent, and the reason why there is none."""
    above = parents.select(
        "center_id",
        pl.col("record_uid").alias(column),
        "bundle",
        "org_id",
        pl.col("later").alias("parent_later"),
        pl.lit(value=True).alias("is_there"),
    )
    return records.join(above, on=["center_id", column], how="left", maintain_order="left").with_columns(
        pl.when(pl.col("is_there").is_null())
        .then(pl.lit(_MISSING))
        .when(pl.col("parent_later").is_not_null())
        .then(pl.lit(_WITHHELD))
        .alias("later")
    )


def _links(links: pl.DataFrame, services: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    ends = links
    for name, column, records in (("service", "service_uid", services), ("location", "site_uid", sites)):
        ends = ends.join(
            records.select(
                "center_id",
                pl.col("record_uid").alias(column),
                pl.col("id").alias(f"{name}_id"),
                pl.col("bundle").alias(f"{name}_bundle"),
                pl.col("org_id").alias(f"{name}_org_id"),
                pl.col("later").alias(f"{name}_later"),
            ),
            on=["center_id", column],
            how="left",
            maintain_order="left",
        )
    is_held_in = pl.col("service_later").is_not_null() | pl.col("location_later").is_not_null()
    is_missing = pl.col("service_id").is_null() | pl.col("location_id").is_null()
    is_elsewhere = (pl.col("service_bundle") != pl.col("location_bundle")).fill_null(value=False) & ~is_held_in
    return ends.with_columns(
        pl.when(is_held_in)
        .then(pl.lit(_WITHHELD))
        .when(is_missing | is_elsewhere)
        .then(pl.lit(_MISSING))
        .alias("later"),
        is_elsewhere.alias("is_elsewhere"),
        pl.col("service_bundle").alias("bundle"),
        pl.col("service_org_id").alias("org_id"),
    )


def _owned(rows: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    # Of copies of one record only one leaves, so that kind and id name the owner; kind by kind it is one column to join.
    numbered = rows.select("owner_kind", "owner_uid").with_row_index("row")
    parts = [
        numbered.filter(pl.col("owner_kind") == kind).join(
            owners.filter(pl.col("owner_kind") == kind).drop("owner_kind"), on="owner_uid", how="inner"
        )
        for kind in RECORD_KINDS
    ]
    return pl.concat(parts).select("row", "bundle", "owner_kind", "owner_id").sort("bundle", "row")
