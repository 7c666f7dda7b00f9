"""Places that must not be located: found by words and codes, carried over to the sites and addresses they share."""

from __future__ import annotations

import polars as pl

from pipeline.normalize.privacy import is_confidential_code, is_confidential_text
from schemas.enumerations import AddressKind, RecordKind
from schemas.parameters import PrivacyParameters

_BOX = r"^(?:[^|]* )?pobox\b"


def mark_confidential_places(
    records: pl.DataFrame, links: pl.DataFrame, *, parameters: PrivacyParameters
) -> pl.DataFrame:
    """Return the records with `is_confidential_place`.

    Args:
        records: Needs `kind`, `record_uid`, `agency_uid`, `service_uid`, `site_uid`, `name`, `official_name`,
            `description`.
        links: Taxonomy links; needs `owner_kind`, `owner_uid`, `code`, `target_code`, `joined_codes`, `term`.
        parameters: Patterns and codes.

    A name, term or code is plain: a confidential service makes the sites it is given at confidential, a confidential agency
    its sites. A sentence in a description speaks for its own record only.
    """
    by_link = _owners_by_link(links, parameters=parameters)
    named = is_confidential_text(records["name"], parameters=parameters) | is_confidential_text(
        records["official_name"], parameters=parameters
    )
    marked = records.join(by_link, on=["kind", "record_uid"], how="left", maintain_order="left").with_columns(
        (named | pl.col("__by_link").fill_null(value=False)).alias("__plain")
    )
    described = is_confidential_text(marked["description"], parameters=parameters)
    plain = marked.filter("__plain")
    at_sites = marked.filter(pl.col("kind") == RecordKind.SERVICE_AT_SITE)
    services = plain.filter(pl.col("kind") == RecordKind.SERVICE)["record_uid"]
    agencies = plain.filter(pl.col("kind") == RecordKind.AGENCY)["record_uid"]
    is_plain_link = at_sites["__plain"] | at_sites["service_uid"].is_in(services.implode()).fill_null(value=False)
    hidden_sites = at_sites.filter(is_plain_link)["site_uid"].drop_nulls()
    is_site = pl.col("kind") == RecordKind.SITE
    own = marked.with_columns(
        (
            pl.col("__plain")
            | described
            | (is_site & pl.col("record_uid").is_in(hidden_sites.implode()))
            | (is_site & pl.col("agency_uid").is_in(agencies.implode()).fill_null(value=False))
        ).alias("is_confidential_place")
    )
    hidden = own.filter("is_confidential_place").select("kind", "record_uid")
    hidden_services = hidden.filter(pl.col("kind") == RecordKind.SERVICE)["record_uid"]
    all_hidden_sites = hidden.filter(pl.col("kind") == RecordKind.SITE)["record_uid"]
    is_hidden_link = (pl.col("kind") == RecordKind.SERVICE_AT_SITE) & (
        pl.col("service_uid").is_in(hidden_services.implode()) | pl.col("site_uid").is_in(all_hidden_sites.implode())
    ).fill_null(value=False)
    return own.with_columns(pl.col("is_confidential_place") | is_hidden_link).drop("__by_link", "__plain")


def hide_confidential_addresses(addresses: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Return the addresses with `is_private` for every address that would give a confidential place away.

    Args:
        addresses: Needs `owner_kind`, `owner_uid`, `address_kind`, `address_key`, `is_private`.
        records: Needs `kind`, `record_uid`, `agency_uid`, `is_confidential_place`.

    Private are all addresses of a confidential place, and the same street address on any other record of its agency.
    """
    owners = records.select(
        pl.col("kind").alias("owner_kind"),
        pl.col("record_uid").alias("owner_uid"),
        pl.col("agency_uid").alias("__agency_uid"),
        "is_confidential_place",
    )
    joined = addresses.join(owners, on=["owner_kind", "owner_uid"], how="left", maintain_order="left").with_columns(
        pl.col("is_confidential_place").fill_null(value=False)
    )
    is_box = pl.col("address_key").str.contains(_BOX)
    secret = (
        joined.filter(
            pl.col("is_confidential_place")
            & (pl.col("address_kind") != AddressKind.MAILING)
            & pl.col("__agency_uid").is_not_null()
            & pl.col("address_key").is_not_null()
            & ~is_box
        )
        .select("__agency_uid", "address_key", pl.lit(value=True).alias("__is_secret"))
        .unique()
    )
    return (
        joined.join(secret, on=["__agency_uid", "address_key"], how="left", maintain_order="left")
        .with_columns(
            pl.col("is_private") | pl.col("is_confidential_place") | pl.col("__is_secret").fill_null(value=False)
        )
        .select(addresses.columns)
    )


def _owners_by_link(links: pl.DataFrame, *, parameters: PrivacyParameters) -> pl.DataFrame:
    codes = pl.concat([links["code"], links["target_code"].drop_nulls(), links["joined_codes"].explode().drop_nulls()])
    distinct = codes.unique()
    listed = distinct.filter(is_confidential_code(distinct, parameters=parameters))
    terms = links["term"].drop_nulls().unique()
    named = terms.filter(is_confidential_text(terms, parameters=parameters))
    is_hit = (
        pl.col("code").is_in(listed.implode())
        | pl.col("target_code").is_in(listed.implode()).fill_null(value=False)
        | pl.col("joined_codes").list.eval(pl.element().is_in(listed.implode())).list.any()
        | pl.col("term").is_in(named.implode()).fill_null(value=False)
    )
    return (
        links.filter(is_hit)
        .select(
            pl.col("owner_kind").alias("kind"),
            pl.col("owner_uid").alias("record_uid"),
            pl.lit(value=True).alias("__by_link"),
        )
        .unique()
    )
