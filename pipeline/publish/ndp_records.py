"""The four record objects of the NDP-shaped bundle, without the lists below them: rows of a block of bundles."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.hsds_rows import strict_email, strict_url
from pipeline.publish.ndp_block import Remarks, Source
from pipeline.publish.ndp_meta import meta_struct, with_status
from pipeline.publish.ndp_owners import NdpOwners
from pipeline.publish.ndp_text import tidy
from pipeline.publish.ndp_values import AGES, language_columns, text_types
from pipeline.publish.ndp_words import NdpWords

_TEXTS = {
    "agency": ("name", "description", "url", "email", "funding", "alert", "legal_status", "tax_status", "hours"),
    "site": ("name", "description", "url", "email", "transportation", "accessibility", "alert", "hours"),
    "service": (
        "name", "description", "url", "email", "alert", "intake", "wait_time", "fees", "eligibility", "documents", "accreditations",
        "hours", "area_served",
    ),
    "service_at_site": ("url", "email", "alert", "hours"),
}  # fmt: skip


def tidy_source(source: Source, words: NdpWords) -> Source:
    """Return the rows with their texts tidied and the status that each record is written with."""
    records = {kind: tidy(frame, _TEXTS[kind]) for kind, frame in source.records.items()}
    return Source(records=with_status(records, words), owned=source.owned)


def organization_rows(agencies: pl.DataFrame, *, owners: NdpOwners, words: NdpWords, remarks: Remarks) -> pl.DataFrame:
    """Return one organization per agency."""
    rows = _with_strict(agencies, remarks).with_columns(
        words.looked_up("legal_status", "legal_status").alias("legalStatus"),
        words.looked_up("tax_status", "tax_status").alias("taxStatus"),
        owners.owner().alias("dataOwner"),
    )
    for column, member in (("legal_status", "legalStatus"), ("tax_status", "taxStatus")):
        remarks.tell(
            rows.filter(pl.col(column).is_not_null() & pl.col(member).is_null()),
            table="organization",
            column=member,
            word=pl.col(column),
        )
    rows = owners.with_names(rows)
    return rows.select(
        "id",
        "name",
        pl.col("aka").list.drop_nulls().alias("alternateNames"),
        "description",
        "url",
        "email",
        pl.col("year_incorporated").alias("yearIncorporated"),
        "taxStatus",
        pl.col("ein").alias("taxId"),
        "legalStatus",
        "funding",
        meta_struct(),
        "dataOwner",
        "dataOwnerDisplayName",
        "dataSteward",
        "dataStewardDisplayName",
    )


def service_rows(services: pl.DataFrame, *, words: NdpWords, remarks: Remarks) -> pl.DataFrame:
    """Return one service per service."""
    rows = language_columns(_with_strict(services, remarks), table="service", words=words, remarks=remarks)
    rows = text_types(rows, "eligibility", table="service", words=words, remarks=remarks)
    rows = text_types(rows, "documents", table="service", words=words, remarks=remarks)
    payments = pl.col("payment_methods").list.drop_nulls().list.join(", ")
    fees = rows.with_columns(
        words.looked_up("fees", "fees").alias("fees_type"),
        pl.concat_str(
            "fees",
            pl.when(payments != "").then(pl.concat_str(pl.lit("Payment: "), payments)),
            separator="\n",
            ignore_nulls=True,
        ).alias("fees_text"),
    ).with_columns(pl.when(pl.col("fees_text") != "").then("fees_text").alias("fees_text"))
    remarks.tell(
        fees.filter(pl.col("fees").is_not_null() & pl.col("fees_type").is_null()),
        table="service",
        column="fees.type",
        word=pl.col("fees"),
    )
    is_told = pl.col("eligibility_text").is_not_null()
    return (
        fees.with_columns(
            pl.concat_str("eligibility", AGES, separator="\n", ignore_nulls=True).alias("eligibility_text")
        )
        .with_columns(pl.when(pl.col("eligibility_text") != "").then("eligibility_text").alias("eligibility_text"))
        .select(
            "id",
            pl.lit(None, dtype=pl.String).alias("idProgram"),
            pl.col("org_id").alias("idOrganization"),
            "name",
            pl.col("aka").list.drop_nulls().alias("alternateNames"),
            "description",
            pl.col("intake").alias("applicationProcess"),
            pl.lit(None, dtype=pl.String).alias("interpretationServices"),
            "email",
            "url",
            pl.col("wait_time").alias("waitTime"),
            pl.struct(
                pl.when(pl.col("fees_text").is_not_null())
                .then(pl.coalesce("fees_type", pl.lit("unknown")))
                .alias("type"),
                pl.col("fees_text").alias("description"),
            ).alias("fees"),
            pl.concat_list("accreditations").list.drop_nulls().alias("accreditations"),
            pl.lit([], dtype=pl.List(pl.String)).alias("licenses"),
            pl.struct(pl.col("language_text").alias("description"), pl.col("language_codes").alias("codes")).alias(
                "languages"
            ),
            pl.lit(None, dtype=pl.String).alias("funding"),
            pl.struct(
                pl.col("eligibility_text").alias("description"),
                pl.when(is_told & (pl.col("eligibility_types").list.len() == 0))
                .then(pl.lit(["unknown"]))
                .otherwise("eligibility_types")
                .alias("types"),
            ).alias("eligibility"),
            pl.struct(pl.col("documents").alias("description"), pl.col("documents_types").alias("types")).alias(
                "documents"
            ),
            meta_struct(),
        )
    )


def location_rows(sites: pl.DataFrame, *, words: NdpWords, remarks: Remarks) -> pl.DataFrame:
    """Return one location per site. Coordinates are there in pairs only."""
    rows = language_columns(_with_strict(sites, remarks), table="location", words=words, remarks=remarks)
    rows = text_types(rows, "accessibility", table="location", words=words, remarks=remarks)
    has_both = pl.col("longitude").is_finite() & pl.col("latitude").is_finite()
    one = pl.when(pl.col("accessibility_types").list.len() == 1).then(pl.col("accessibility_types").list.first())
    return rows.select(
        "id",
        pl.col("org_id").alias("idOrganization"),
        "name",
        pl.col("aka").list.drop_nulls().alias("alternateNames"),
        "description",
        *(pl.when(has_both).then(column).alias(column) for column in ("longitude", "latitude")),
        pl.struct(pl.col("accessibility").alias("description"), one.alias("types")).alias("accessibility"),
        "transportation",
        pl.struct(pl.col("language_text").alias("description"), pl.col("language_codes").alias("codes")).alias(
            "languages"
        ),
        "url",
        "email",
        meta_struct(),
    )


def service_at_location_rows(links: pl.DataFrame, *, remarks: Remarks) -> pl.DataFrame:
    """Return one object per service at a site; link-only rows are links like the others."""
    told = [pl.col(column).is_not_null() for column in _NOT_OF_LINKS]
    remarks.removed["text_of_service_at_location"] += links.filter(pl.any_horizontal(told)).height
    return _with_strict(links, remarks).select(
        "id",
        pl.col("org_id").alias("idOrganization"),
        pl.col("service_id").alias("idService"),
        pl.col("location_id").alias("idLocation"),
        "url",
        "email",
        meta_struct(),
    )


#: What a service at a site may say of its own, and the format has no place for.
_NOT_OF_LINKS = ("description", "eligibility", "area_served", "fees", "documents", "intake", "wait_time")


def link_ids(links: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    """Return by object the ids at the other end of its links: `id`, `ids` (sorted, none twice)."""
    ends = {"service": ("service_id", "location_id"), "location": ("location_id", "service_id")}
    return {
        name: links.select(pl.col(own).alias("id"), pl.col(other).alias("ids"))
        .unique()
        .sort("id", "ids")
        .group_by("id", maintain_order=True)
        .agg("ids")
        for name, (own, other) in ends.items()
    }


def _with_strict(records: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """Keep web and e-mail addresses that are some, and count the others."""
    strict = records.with_columns(strict_email("email").alias("email"), strict_url("url").alias("url"))
    for column in ("email", "url"):
        remarks.removed[f"unusable_{column}"] += strict[column].null_count() - records[column].null_count()
    return strict
