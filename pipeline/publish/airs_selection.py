"""Which records that may leave cannot be written as AIRS XML, and why.

AIRS is a tree: a site stands in its agency, a service at a site. A site whose agency does not leave has no place there; a service
without a code cannot be written, for an element that stands for a service must have a `Taxonomy`. Version 3.0 wants a description
of every agency besides. What the schema lets us leave open in words (no address, no number, no site) is no reason to leave a record
out.
"""

from __future__ import annotations

import polars as pl

from pipeline.publish.airs_xml import text, tidied
from pipeline.publish.public_directory import PublicDirectory
from schemas.enumerations import WithheldReason
from schemas.taxonomy_code import CODE_GRAMMAR

_MISSING = str(WithheldReason.REQUIRED_FIELD_MISSING)
_PARENT_MISSING = str(WithheldReason.PARENT_MISSING)
_PARENT_WITHHELD = str(WithheldReason.PARENT_WITHHELD)
_NO_CODE, _NO_VALID_CODE = "TAX-001", "TAX-002"
#: Columns of what is left out later.
COLUMNS = ("kind", "record_uid", "later", "rule_id")


def is_valid_code(column: str) -> pl.Expr:
    """Return whether a text is a code by the grammar of the taxonomy; false for null."""
    return pl.col(column).str.contains(f"^(?:{CODE_GRAMMAR})$").fill_null(value=False)


def not_writable(public: PublicDirectory, *, version: str) -> pl.DataFrame:
    """Return one row per record that cannot be written: `kind`, `record_uid`, `later` (the reason), `rule_id`.

    Args:
        public: What may leave.
        version: `3.1` or `3.0`.
    """
    required = ["name", "description"] if version == "3.0" else ["name"]
    lacks = pl.any_horizontal(text(tidied(column)).is_null() for column in required)
    agencies = _reasons(public.agency, pl.when(lacks).then(pl.lit(_MISSING)))
    sites = _reasons(
        public.site.select("record_uid", "agency_uid").join(
            _as_parents(agencies, "agency"), on="agency_uid", how="left"
        ),
        _by_parent("agency"),
    )
    codes = _codes(public)
    services = public.service.select("record_uid", "agency_uid").join(
        _as_parents(agencies, "agency"), on="agency_uid", how="left"
    )
    links = (
        public.service_at_site.select("record_uid", "service_uid", "site_uid")
        .join(_as_parents(sites, "site"), on="site_uid", how="left")
        .join(codes.filter(pl.col("owner_kind") == "service_at_site").drop("owner_kind"), on="record_uid", how="left")
    )
    by_links = (
        links.filter(pl.col("site_is_there") & pl.col("site_later").is_null() & pl.col("has_valid"))
        .select(pl.col("service_uid").alias("record_uid"), pl.lit(value=True).alias("by_links"))
        .unique()
    )
    services = services.join(
        codes.filter(pl.col("owner_kind") == "service").drop("owner_kind"), on="record_uid", how="left"
    ).join(by_links, on="record_uid", how="left")
    has_own = pl.col("has_valid").fill_null(value=False)
    has_any = has_own | pl.col("by_links").fill_null(value=False)
    without = pl.when(~has_any).then(pl.lit(_MISSING))
    service_reasons = _reasons(
        services,
        pl.coalesce(_by_parent("agency"), without),
        rule=pl.when(pl.col("has_valid").is_null()).then(pl.lit(_NO_CODE)).otherwise(pl.lit(_NO_VALID_CODE)),
        ruled=_by_parent("agency").is_null() & ~has_any,
    )
    links = links.join(
        _as_parents(service_reasons, "service").join(
            services.select(pl.col("record_uid").alias("service_uid"), has_own.alias("service_has_code")),
            on="service_uid",
            how="left",
        ),
        on="service_uid",
        how="left",
    )
    has_code = pl.col("has_valid").fill_null(value=False) | pl.col("service_has_code").fill_null(value=False)
    by_parents = pl.coalesce(_by_parent("service"), _by_parent("site"))
    link_reasons = _reasons(
        links,
        pl.coalesce(by_parents, pl.when(~has_code).then(pl.lit(_MISSING))),
        rule=pl.lit(_NO_CODE),
        ruled=by_parents.is_null() & ~has_code,
    )
    of_kinds = {
        "agency": agencies, "site": sites, "service": service_reasons, "service_at_site": link_reasons,
    }  # fmt: skip
    return pl.concat(
        frame.filter(pl.col("later").is_not_null()).select(pl.lit(kind).alias("kind"), "record_uid", "later", "rule_id")
        for kind, frame in of_kinds.items()
    )


def _reasons(
    records: pl.DataFrame, later: pl.Expr, *, rule: pl.Expr | None = None, ruled: pl.Expr | None = None
) -> pl.DataFrame:
    """Return `record_uid`, `later`, `rule_id` of all records; null where one can be written."""
    nothing = pl.lit(None, dtype=pl.String)
    named = nothing if rule is None or ruled is None else pl.when(ruled).then(rule).otherwise(nothing)
    return records.select("record_uid", later.cast(pl.String).alias("later"), named.alias("rule_id"))


def _as_parents(reasons: pl.DataFrame, kind: str) -> pl.DataFrame:
    return reasons.select(
        pl.col("record_uid").alias(f"{kind}_uid"),
        pl.col("later").alias(f"{kind}_later"),
        pl.lit(value=True).alias(f"{kind}_is_there"),
    )


def _by_parent(kind: str) -> pl.Expr:
    return (
        pl.when(pl.col(f"{kind}_is_there").is_null())
        .then(pl.lit(_PARENT_MISSING))
        .when(pl.col(f"{kind}_later").is_not_null())
        .then(pl.lit(_PARENT_WITHHELD))
    )


def _codes(public: PublicDirectory) -> pl.DataFrame:
    """Return owners that have a link of the taxonomy at all: `owner_kind`, `record_uid`, `has_valid`."""
    return (
        public.taxonomy_link.filter(pl.col("owner_kind").is_in(["service", "service_at_site"]))
        .select("owner_kind", pl.col("owner_uid").alias("record_uid"), is_valid_code("code").alias("is_valid"))
        .group_by("owner_kind", "record_uid")
        .agg(pl.col("is_valid").any().alias("has_valid"))
    )
