"""Who belongs to whom: parent agencies, owning agencies, services and sites of links.

A parent that is not in the export is normal in partial exports: the record stays, the reference is null, a note says so.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalize.noticing import note_where
from schemas.enumerations import RecordKind
from schemas.notes import NoteKind


def resolve_parents(records: pl.DataFrame, *, own_or_zero_parent: bool) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the records with `agency_uid`, `parent_uid`, `service_uid`, `site_uid`, and notes on what was not found.

    Args:
        records: One row per record; needs `center_id`, `kind`, `record_uid`, `native_id`, `parent_native_id`,
            `agency_native_id`, `service_native_id`, `site_native_id`.
        own_or_zero_parent: Whether an agency's own number or `0` as parent means that it has none.

    Parent agencies that form a loop lose their `parent_uid`: a loop names no parent, and whoever walks up would never
    arrive. A link without an agency of its own takes that of its service, else of its site.
    """
    none_meant = (pl.col("kind") == RecordKind.AGENCY) & (
        (pl.col("parent_native_id") == pl.col("native_id")) | pl.col("parent_native_id").str.contains(r"^0+$")
    )
    told = records.with_columns(
        pl.when((none_meant & own_or_zero_parent).fill_null(value=False).not_())
        .then("parent_native_id")
        .alias("parent_native_id")
    )
    joined = told
    for kind, column, target in (
        (RecordKind.AGENCY, "parent_native_id", "parent_uid"),
        (RecordKind.AGENCY, "agency_native_id", "agency_uid"),
        (RecordKind.SERVICE, "service_native_id", "service_uid"),
        (RecordKind.SITE, "site_native_id", "site_uid"),
    ):
        joined = _with_uid(joined, told, kind=kind, column=column, target=target)
    linked = _with_agency_of_links(joined)
    found = linked.with_columns(
        pl.when(pl.col("kind") == RecordKind.AGENCY).then("record_uid").otherwise("agency_uid").alias("agency_uid"),
        pl.when(pl.col("kind") == RecordKind.AGENCY)
        .then("native_id")
        .otherwise("agency_native_id")
        .alias("agency_native_id"),
    )
    in_loop = pl.Series(sorted(loop_members(found)), dtype=pl.String)
    is_loop = pl.col("record_uid").is_in(in_loop.implode()) & (pl.col("kind") == RecordKind.AGENCY)
    notes = _notes(found, is_loop)
    return found.with_columns(pl.when(~is_loop).then("parent_uid").alias("parent_uid")), notes


def loop_members(records: pl.DataFrame) -> set[str]:
    """Return the `record_uid` of agencies whose parents lead back to themselves.

    Args:
        records: Needs `record_uid` and `parent_uid`.
    """
    children = records.filter(pl.col("parent_uid").is_not_null())
    parent_of = dict(zip(children["record_uid"], children["parent_uid"], strict=True))
    members: set[str] = set()
    settled: set[str] = set()
    for start in parent_of:
        path: list[str] = []
        seen: dict[str, int] = {}
        current: str | None = start
        while current is not None and current not in settled and current not in seen:
            seen[current] = len(path)
            path.append(current)
            current = parent_of.get(current)
        if current is not None and current in seen:
            members.update(path[seen[current] :])
        settled.update(path)
    return members


def _with_uid(
    records: pl.DataFrame, targets: pl.DataFrame, *, kind: RecordKind, column: str, target: str
) -> pl.DataFrame:
    known = (
        targets.filter((pl.col("kind") == kind) & pl.col("native_id").is_not_null())
        .select(pl.col("native_id").alias(column), pl.col("record_uid").alias(target))
        .unique(column)
    )
    return records.join(known, on=column, how="left", maintain_order="left")


def _with_agency_of_links(records: pl.DataFrame) -> pl.DataFrame:
    owners = records.select(
        "record_uid", pl.col("agency_uid").alias("__uid"), pl.col("agency_native_id").alias("__native_id"), "kind"
    )
    with_owners = records
    for kind, column in ((RecordKind.SERVICE, "service_uid"), (RecordKind.SITE, "site_uid")):
        of_kind = owners.filter(pl.col("kind") == kind).select(
            pl.col("record_uid").alias(column),
            pl.col("__uid").alias(f"__{kind}_agency_uid"),
            pl.col("__native_id").alias(f"__{kind}_agency_native_id"),
        )
        with_owners = with_owners.join(of_kind, on=column, how="left", maintain_order="left")
    is_bare_link = (pl.col("kind") == RecordKind.SERVICE_AT_SITE) & pl.col("agency_native_id").is_null()
    return with_owners.with_columns(
        pl.when(is_bare_link)
        .then(pl.coalesce(f"__{RecordKind.SERVICE}_{name}", f"__{RecordKind.SITE}_{name}"))
        .otherwise(name)
        .alias(name)
        for name in ("agency_uid", "agency_native_id")
    ).select(records.columns)


def _notes(records: pl.DataFrame, is_loop: pl.Expr) -> list[pl.DataFrame]:
    is_agency = pl.col("kind") == RecordKind.AGENCY
    is_link = pl.col("kind") == RecordKind.SERVICE_AT_SITE
    missing = {
        "parent_native_id": is_agency & pl.col("parent_native_id").is_not_null() & pl.col("parent_uid").is_null(),
        # A link is complete by its service and site: their missing agency is noted once, on them.
        "agency_native_id": ~is_agency & ~is_link & pl.col("agency_uid").is_null(),
        "service_native_id": is_link & pl.col("service_uid").is_null(),
        "site_native_id": is_link & pl.col("site_uid").is_null(),
    }
    return [
        note_where(records, mask, note_kind=NoteKind.PARENT_MISSING, field=field, value=field)
        for field, mask in missing.items()
    ] + [
        note_where(records, is_loop, note_kind=NoteKind.PARENT_LOOP, field="parent_native_id", value="parent_native_id")
    ]
