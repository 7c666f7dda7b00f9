"""Records as owners of the rows that belong to them: the private ones, those that leave, and those that are a confidential place."""

from __future__ import annotations

import polars as pl

from pipeline.publish.public_records import KEY, Selection
from schemas.directory import Directory
from schemas.enumerations import RecordKind

#: Columns that tell whose a row is.
OWNER = ["center_id", "owner_uid", "owner_kind"]


def private_owners(selection: Selection) -> pl.DataFrame:
    """Return `center_id`, `owner_uid`, `owner_kind` of the records whose values must not be seen."""
    return selection.private().select(_as_owner())


def leaving_owners(selection: Selection) -> pl.DataFrame:
    """Return `center_id`, `owner_uid`, `owner_kind` of the records that leave."""
    return selection.records.filter(pl.col("reason").is_null()).select(_as_owner())


def record_tables(directory: Directory) -> dict[str, pl.DataFrame]:
    """Return the tables of records by kind."""
    return {
        "agency": directory.agency,
        "site": directory.site,
        "service": directory.service,
        "service_at_site": directory.service_at_site,
    }


def confidential_owners(directory: Directory) -> pl.DataFrame:
    """Return `center_id`, `owner_uid`, `owner_kind` of every record that is, or stands for, a confidential place."""
    sites = confidential_sites(directory)
    marked = [
        table.filter("is_confidential_place").select("center_id", pl.col("record_uid").alias("owner_uid"), "kind")
        for table in (directory.agency, directory.service, directory.service_at_site)
    ]
    places = sites.select(
        "center_id", pl.col("record_uid").alias("owner_uid"), pl.lit(str(RecordKind.SITE)).alias("kind")
    )
    return pl.concat([*marked, places]).rename({"kind": "owner_kind"})


def confidential_sites(directory: Directory) -> pl.DataFrame:
    """Return the keys of sites that are a confidential place, or stand for one: an agency's or a service's there."""
    agencies = directory.agency.filter("is_confidential_place").select("center_id", "agency_uid")
    services = directory.service.filter("is_confidential_place").select(
        "center_id", pl.col("record_uid").alias("service_uid")
    )
    links = directory.service_at_site
    at_services = links.join(services, on=["center_id", "service_uid"], how="semi")
    sites = pl.concat(
        [
            directory.site.filter("is_confidential_place").select(KEY),
            directory.site.join(agencies, on=["center_id", "agency_uid"], how="semi").select(KEY),
            *(
                part.select("center_id", pl.col("site_uid").alias("record_uid"))
                for part in (links.filter("is_confidential_place"), at_services)
            ),
        ]
    )
    return sites.drop_nulls().unique(maintain_order=True)


def _as_owner() -> list[pl.Expr]:
    return [pl.col("center_id"), pl.col("record_uid").alias("owner_uid"), pl.col("kind").alias("owner_kind")]
