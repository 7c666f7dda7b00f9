"""Rows of the four record tables of HSDS, and of our side file with what they have no place for."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.publish.hsds_rows import lost, strict_email, strict_url
from pipeline.publish.public_records import KEY
from schemas.enumerations import Origin, Status
from schemas.parameters import ExportParameters

#: Web pages that show a place on a map.
_MAPS = r"(?i)(?:google\.[a-z.]+/maps|maps\.|goo\.gl/maps|mapquest\.|bing\.com/maps|openstreetmap\.)"

_STATUS = {
    Status.ACTIVE: "active",
    Status.ACTIVE_DO_NOT_REFER: "active",
    Status.TEMPORARILY_CLOSED: "temporarily closed",
}

Built = tuple[pl.DataFrame, dict[str, int]]


def organization_rows(agencies: pl.DataFrame, *, parameters: ExportParameters) -> Built:
    """Return one organization per agency that leaves.

    An agency without description gets its name there when the parameters say so, otherwise the cell stays empty and the
    record is withheld later. The parent is named only when it leaves too.
    """
    description = pl.col("description")
    if parameters.description_falls_back_to_name:
        description = pl.coalesce("description", "name")
    known = agencies["record_uid"].implode()
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
        pl.when(pl.col("parent_uid").is_in(known)).then("parent_uid").alias("parent_organization_id"),
    )
    return rows, _unusable(agencies)


def service_rows(services: pl.DataFrame, *, as_of: date) -> Built:
    """Return one service per service that leaves.

    The verification date is the service's own, never the agency's; dates after `as_of` are left out. A message stands only
    while `as_of` lies between its dates.
    """
    shows_alert = pl.lit(as_of).is_between(
        pl.coalesce("alert_from_on", pl.lit(date.min)), pl.coalesce("alert_to_on", pl.lit(date.max))
    )
    is_past_edit = pl.col("edited_on") <= as_of
    is_past_verification = pl.col("verified_on") <= as_of
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
        pl.when(is_past_verification).then("verified_on").alias("assured_date"),
        pl.when(shows_alert).then("alert").alias("alert"),
        pl.when(is_past_edit).then(pl.col("edited_on").dt.strftime("%Y-%m-%dT00:00:00.000Z")).alias("last_modified"),
    )
    removed = _unusable(services) | {
        "verification_in_future": lost(services, "verified_on", pl.when(is_past_verification).then("verified_on")),
        "edit_in_future": lost(services, "edited_on", pl.when(is_past_edit).then("edited_on")),
        "alert_out_of_dates": lost(services, "alert", pl.when(shows_alert).then("alert")),
    }
    return rows, removed


def location_rows(sites: pl.DataFrame, *, hidden: pl.DataFrame, organizations: pl.DataFrame) -> Built:
    """Return one location per site that leaves.

    A site whose address is withheld keeps its `location_type` (it is a place, only not told where) and loses coordinates,
    directions and links to maps. HSDS cannot hold a city without a street, so no address row is written for it either.

    Args:
        sites: Sites that leave.
        hidden: Sites that must not be located, as `collect_private.hidden_sites`.
        organizations: Agencies that leave; another `agency_uid` is not written.
    """
    marked = sites.join(hidden, on=list(KEY), how="left")
    is_shown = pl.col("reason").is_null()
    in_range = pl.col("latitude").is_between(-90, 90) & pl.col("longitude").is_between(-180, 180)
    is_map = pl.col("url").str.contains(_MAPS).fill_null(value=False)
    known = organizations["record_uid"].implode()
    is_theirs = _has_center_number()
    rows = marked.select(
        *KEY,
        "agency_uid",
        pl.col("record_uid").alias("id"),
        "location_type",
        pl.when(is_shown | ~is_map).then(strict_url("url")).alias("url"),
        pl.when(pl.col("agency_uid").is_in(known)).then("agency_uid").alias("organization_id"),
        "name",
        _joined("aka").alias("alternate_name"),
        "description",
        pl.when(is_shown).then("transportation").alias("transportation"),
        pl.when(is_shown & in_range).then("latitude").alias("latitude"),
        pl.when(is_shown & in_range).then("longitude").alias("longitude"),
        pl.when(is_theirs).then("native_id").alias("external_identifier"),
        pl.when(is_theirs).then("center_id").alias("external_identifier_type"),
    )
    withheld = marked.filter(~is_shown)
    removed = _unusable(sites) | {
        f"site_not_located_{reason}": count
        for reason, count in withheld.group_by("reason").len().sort("reason").iter_rows()
    }
    removed["private_coordinates"] = withheld["latitude"].count()
    removed["private_directions"] = withheld["transportation"].count()
    removed["private_map_link"] = withheld.filter(is_map).height
    shown = marked.filter(is_shown)
    removed["coordinates_out_of_range"] = shown.filter(~in_range).height
    return rows, removed


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


def side_rows(records: dict[str, pl.DataFrame], taxonomy_links: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
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
                pl.when(pl.col("verified_on") <= as_of).then("verified_on").alias("verified_on"),
                pl.when(pl.col("edited_on") <= as_of).then("edited_on").alias("edited_on"),
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
