"""Which records may leave, and why the others stay.

Every delivered or derived agency, site, service and service at site is either exported or listed with the first reason that
applies, in this order: owned by another center, not active, withheld by its own flags, held back by a rule, parent missing,
parent withheld. A record lacking a required field is listed later, when its row has been built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.directory import Directory
from schemas.enumerations import COUNTED_STATUSES, NotCountedReason, Origin, RecordKind, Status, WithheldReason

KEY = ("center_id", "record_uid")

#: Rules whose findings mean that the record itself must not be seen, not only that it is faulty.
_PRIVACY_RULES = "PRV-"

_ENDED = (Status.INACTIVE, Status.DEFUNCT, Status.DELETED, Status.DRAFT)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The verdict on every record.

    Args:
        records: One row per record: `center_id`, `record_uid`, `kind`, `reason` (null when it may leave), `rule_id`,
            `is_private` (whether its values must not be seen anywhere in what leaves).
    """

    records: pl.DataFrame

    def leaving(self, kind: str) -> pl.DataFrame:
        """Return the keys (`center_id`, `record_uid`) of the records of a kind that may leave."""
        return self.records.filter((pl.col("kind") == kind) & pl.col("reason").is_null()).select(KEY)

    def private(self) -> pl.DataFrame:
        """Return `center_id`, `record_uid`, `kind` of the records whose values must not be seen."""
        return self.records.filter("is_private").select(*KEY, "kind")


def select_public(
    directory: Directory, *, findings: pl.DataFrame, center_ids: Sequence[str] | None, withhold: bool
) -> Selection:
    """Decide for every record whether it may leave.

    Args:
        directory: The canonical tables.
        findings: Finding frame; a finding that is held back keeps its record in. A column `status`, when there is one, tells
            open findings from fixed ones.
        center_ids: Centers to export; None for all.
        withhold: Whether records without their parent are left out; otherwise they are written and fail the pre-flight.
    """
    records = _records(directory, center_ids=center_ids)
    records = _own_reason(records, held_back=_held_back(findings))
    records = _settle_copies(records)
    agencies = records.filter(pl.col("kind") == RecordKind.AGENCY)
    services = _under_agency(records.filter(pl.col("kind") == RecordKind.SERVICE), agencies, withhold=withhold)
    sites = _under_agency(records.filter(pl.col("kind") == RecordKind.SITE), agencies, withhold=withhold)
    links = _under(records.filter(pl.col("kind") == RecordKind.SERVICE_AT_SITE), services, "service_uid", withhold)
    sites = _derived_sites(sites, links)
    links = _under(links, sites, "site_uid", withhold)
    decided = pl.concat([agencies, sites, services, links])
    return Selection(records=decided.select(*KEY, "kind", "reason", "rule_id", "is_private").sort("kind", *KEY))


def _records(directory: Directory, *, center_ids: Sequence[str] | None) -> pl.DataFrame:
    shared = (
        *KEY,
        "kind",
        "agency_uid",
        "agency_native_id",
        "origin",
        "status",
        "not_counted_reason",
        "withheld_reason",
        "verified_on",
    )
    nothing = pl.lit(None, dtype=pl.String)
    parts = [
        table.select(
            *shared,
            nothing.alias("service_uid"),
            nothing.alias("site_uid"),
            pl.lit(value=False).alias("link_only"),
        )
        for table in (directory.agency, directory.site, directory.service)
    ]
    parts.append(directory.service_at_site.select(*shared, "service_uid", "site_uid", "link_only"))
    records = pl.concat(parts)
    return records if center_ids is None else records.filter(pl.col("center_id").is_in(list(center_ids)))


def _held_back(findings: pl.DataFrame) -> pl.DataFrame:
    """Return one row per record that a rule holds back: the first rule, and whether any is about privacy."""
    held = findings.filter("is_held_back")
    if "status" in held.columns:
        held = held.filter(pl.col("status") == "open")
    return held.group_by(*KEY, "kind").agg(
        pl.col("rule_id").min().alias("rule_id"),
        pl.col("rule_id").str.starts_with(_PRIVACY_RULES).any().alias("is_private_by_rule"),
    )


def _own_reason(records: pl.DataFrame, *, held_back: pl.DataFrame) -> pl.DataFrame:
    """Add `reason`, `rule_id` and `is_private` from what stands on the record itself."""
    # A derived or link-only row may carry no status of its own: then its parents decide.
    speaks_for_itself = (pl.col("origin") == Origin.DELIVERED) & ~pl.col("link_only")
    is_counted_status = pl.col("status").is_in([str(status) for status in COUNTED_STATUSES])
    reason = (
        pl.when(pl.col("not_counted_reason") == NotCountedReason.OTHER_OWNER)
        .then(pl.lit(str(WithheldReason.OTHER_OWNER)))
        .when(pl.col("status").is_in([str(status) for status in _ENDED]))
        .then(pl.lit(str(WithheldReason.NOT_ACTIVE)))
        .when(pl.col("withheld_reason").is_not_null())
        .then(pl.col("withheld_reason"))
        .when(pl.col("rule_id").is_not_null())
        .then(pl.lit(str(WithheldReason.HELD_BACK_BY_RULE)))
        .when(speaks_for_itself & ~is_counted_status)
        .then(pl.lit(str(WithheldReason.NOT_ACTIVE)))
    )
    is_held_back = pl.col("reason") == WithheldReason.HELD_BACK_BY_RULE
    return (
        records.join(held_back, on=[*KEY, "kind"], how="left")
        .with_columns(
            reason.alias("reason"),
            (pl.col("withheld_reason").is_not_null() | pl.col("is_private_by_rule").fill_null(value=False)).alias(
                "is_private"
            ),
        )
        .with_columns(pl.when(is_held_back).then(pl.col("rule_id")).alias("rule_id"))
        .drop("is_private_by_rule")
    )


def _settle_copies(records: pl.DataFrame) -> pl.DataFrame:
    """Let one copy of a record leave when several centers deliver the same id: the one verified last."""
    rank = (
        records.filter(pl.col("reason").is_null())
        .sort("kind", "record_uid", "verified_on", "center_id", descending=[False, False, True, False], nulls_last=True)
        .with_columns(pl.int_range(pl.len()).over("kind", "record_uid").alias("copy"))
        .filter(pl.col("copy") > 0)
        .select(*KEY, "kind", "copy")
    )
    is_copy = pl.col("copy").is_not_null()
    return (
        records.join(rank, on=[*KEY, "kind"], how="left")
        .with_columns(
            pl.when(is_copy).then(pl.lit(str(WithheldReason.OTHER_OWNER))).otherwise("reason").alias("reason")
        )
        .drop("copy")
    )


def _under_agency(records: pl.DataFrame, agencies: pl.DataFrame, *, withhold: bool) -> pl.DataFrame:
    """Add the reasons that come from the agency. A site that names no agency at all stands for itself."""
    # A service without an agency cannot be written (the column is required); a location can.
    names_none = (
        (pl.col("kind") == RecordKind.SITE) & pl.col("agency_uid").is_null() & pl.col("agency_native_id").is_null()
    )
    return _under(records, agencies, "agency_uid", withhold, unless=names_none)


def _under(
    records: pl.DataFrame, parents: pl.DataFrame, column: str, withhold: bool, *, unless: pl.Expr | None = None
) -> pl.DataFrame:
    """Add the reasons that come from the parent named in `column`; a reason already there stays."""
    above = parents.select(
        "center_id",
        pl.col("record_uid").alias(column),
        pl.col("reason").alias("parent_reason"),
        pl.col("is_private").alias("parent_is_private"),
        pl.lit(value=True).alias("parent_is_there"),
    )
    is_missing = pl.col("parent_is_there").is_null() & ~(pl.lit(value=False) if unless is None else unless)
    if not withhold:
        is_missing &= pl.lit(value=False)
    reason = (
        pl.when(pl.col("reason").is_not_null())
        .then(pl.col("reason"))
        .when(is_missing)
        .then(pl.lit(str(WithheldReason.PARENT_MISSING)))
        .when(pl.col("parent_reason").is_not_null())
        .then(pl.lit(str(WithheldReason.PARENT_WITHHELD)))
    )
    return (
        records.join(above, on=["center_id", column], how="left")
        .with_columns(
            reason.alias("reason"), (pl.col("is_private") | pl.col("parent_is_private").fill_null(value=False))
        )
        .drop("parent_reason", "parent_is_private", "parent_is_there")
    )


def _derived_sites(sites: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Keep derived sites in whose every link is kept in: they hold nothing but the address of those services."""
    use = links.group_by("center_id", pl.col("site_uid").alias("record_uid")).agg(
        pl.col("reason").is_null().any().alias("is_used"), pl.col("is_private").any().alias("use_is_private")
    )
    is_unused = (pl.col("origin") == Origin.DERIVED) & ~pl.col("is_used").fill_null(value=True)
    return (
        sites.join(use, on=list(KEY), how="left")
        .with_columns(
            pl.when(pl.col("reason").is_null() & is_unused)
            .then(pl.lit(str(WithheldReason.PARENT_WITHHELD)))
            .otherwise("reason")
            .alias("reason"),
            pl.col("is_private") | (is_unused & pl.col("use_is_private").fill_null(value=False)),
        )
        .drop("is_used", "use_is_private")
    )
