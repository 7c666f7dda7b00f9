"""Rows of the four record tables of HSDS, and of our side file with what they have no place for."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.hsds_rows import lost, strict_email, strict_url
from pipeline.publish.public_records import KEY
from schemas.enumerations import Origin, Status
from schemas.export_parameters import ExportParameters

_STATUS = {
    Status.ACTIVE: "active",
    Status.ACTIVE_DO_NOT_REFER: "active",
    Status.TEMPORARILY_CLOSED: "temporarily closed",
}

Built = tuple[pl.DataFrame, dict[str, int]]


def organization_rows(agencies: pl.DataFrame, *, parameters: ExportParameters) -> Built:
    """Return one organization per agency that leaves.

    An agency without description gets its name there when the parameters say so, otherwise the cell stays empty and the
    record is withheld later.
    """
    description = pl.col("description")
    if parameters.description_falls_back_to_name:
        description = pl.coalesce("description", "name")
    rows = agencies.select(
        *KEY,
        "agency_uid",
        pl.col("record_uid").alias("id"),
        "name",
        _joined("aka").alias("alternate_name"),
        description.alias("description"),
        strict_email("email").alias("email"),
        strict_url("url").alias("website"),
        "year_incorporated",
        "legal_status",
        pl.col("parent_uid").alias("parent_organization_id"),
    )
    return rows, _unusable(agencies)


def service_rows(services: pl.DataFrame) -> Built:
    """Return one service per service that leaves. The verification date is the service's own, never the agency's."""
    rows = services.select(
        *KEY,
        "agency_uid",
        pl.col("record_uid").alias("id"),
        pl.col("agency_uid").alias("organization_id"),
        "name",
        _joined("aka").alias("alternate_name"),
        "description",
        strict_url("url").alias("url"),
        strict_email("email").alias("email"),
        pl.col("status").replace_strict(_STATUS, default=None, return_dtype=pl.String).alias("status"),
        pl.col("intake").alias("application_process"),
        _with_payments().alias("fees_description"),
        "wait_time",
        "accreditations",
        pl.col("eligibility").alias("eligibility_description"),
        "minimum_age",
        "maximum_age",
        pl.col("verified_on").alias("assured_date"),
        "alert",
        pl.col("edited_on").dt.strftime("%Y-%m-%dT00:00:00.000Z").alias("last_modified"),
    )
    return rows, _unusable(services)


def location_rows(sites: pl.DataFrame) -> Built:
    """Return one location per site that leaves.

    A site whose address is withheld keeps its `location_type`: it is a place, only not told where. HSDS cannot hold a city
    without a street, so no address row is written for it either.
    """
    is_theirs = _has_center_number()
    rows = sites.select(
        *KEY,
        pl.col("record_uid").alias("id"),
        "location_type",
        strict_url("url").alias("url"),
        pl.col("agency_uid").alias("organization_id"),
        "name",
        _joined("aka").alias("alternate_name"),
        "description",
        "transportation",
        "latitude",
        "longitude",
        pl.when(is_theirs).then("native_id").alias("external_identifier"),
        pl.when(is_theirs).then("center_id").alias("external_identifier_type"),
    )
    return rows, _unusable(sites)


def service_at_location_rows(links: pl.DataFrame) -> Built:
    """Return one row per service at a site that leaves; link-only rows are links like the others."""
    rows = links.select(
        *KEY,
        "agency_uid",
        pl.col("record_uid").alias("id"),
        pl.col("service_uid").alias("service_id"),
        pl.col("site_uid").alias("location_id"),
        "description",
    )
    return rows, {}


def side_rows(records: Mapping[str, pl.DataFrame], taxonomy_links: pl.DataFrame) -> pl.DataFrame:
    """Return one row per exported record with what HSDS has no place for.

    Native id, record owner, origin, the verification dates of agencies and sites, and which target terms belong to which
    service term (`A * Y; B`).
    """
    names = {
        "agency": "organization",
        "site": "location",
        "service": "service",
        "service_at_site": "service_at_location",
    }
    ties = (
        taxonomy_links.filter(pl.col("joined_codes").list.len().gt(0) | pl.col("target_code").is_not_null())
        .sort("owner_uid", "slot", "record_uid")
        .with_columns(
            pl.concat_list(
                pl.concat_list("code"), "joined_codes", pl.concat_list(pl.col("target_code")).list.drop_nulls()
            )
            .list.unique(maintain_order=True)
            .list.join(" * ")
            .alias("tie")
        )
        .group_by("center_id", "owner_kind", pl.col("owner_uid").alias("record_uid"), maintain_order=True)
        .agg(pl.col("tie").unique(maintain_order=True).str.join("; ").alias("taxonomy_links"))
    )
    parts = []
    for kind, frame in records.items():
        link_only = pl.col("link_only").cast(pl.String) if kind == "service_at_site" else pl.lit(None, dtype=pl.String)
        parts.append(
            frame.select(
                *KEY,
                pl.lit(kind).alias("owner_kind"),
                pl.col("record_uid").alias("id"),
                pl.lit(names[kind]).alias("kind"),
                pl.when(_has_center_number()).then("native_id").alias("native_id"),
                "record_owner",
                "origin",
                link_only.alias("link_only"),
                "verified_on",
                "edited_on",
            )
        )
    return pl.concat(parts).join(ties, on=["center_id", "owner_kind", "record_uid"], how="left")


def _has_center_number() -> pl.Expr:
    """Tell whether the native id is the center's: rows that we derived bear a number of ours."""
    return (pl.col("origin") == Origin.DELIVERED) & pl.col("native_id").is_not_null()


def _joined(column: str) -> pl.Expr:
    return pl.col(column).list.join("; ")


def _with_payments() -> pl.Expr:
    payments = pl.col("payment_methods").list.join(", ")
    sentence = pl.when(payments != "").then(pl.concat_str(pl.lit("Payment: "), payments))
    return pl.concat_str("fees", sentence, separator="\n", ignore_nulls=True)


def _unusable(records: pl.DataFrame) -> dict[str, int]:
    return {
        "unusable_email": lost(records, "email", strict_email("email")),
        "unusable_url": lost(records, "url", strict_url("url")),
    }
