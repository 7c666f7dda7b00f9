"""What phones, addresses, contacts, links and schedules have in common: an owner, a slot, an id."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.normalize.identity import hashed_uids, uids_of_names
from pipeline.normalize.noticing import note_where
from pipeline.normalize.null_texts import null_blank_texts
from schemas.delivered import Conventions
from schemas.enumerations import Origin
from schemas.notes import NoteKind

#: Cells that are read as written: whether a flag is blank or not carried decides about privacy.
_AS_WRITTEN = ("is_private",)


@dataclass(frozen=True)
class Owners:
    """The records that dependent rows can belong to.

    Attributes:
        center_id: Center of the delivery.
        records: Kept records: `kind`, `record_uid`, `native_id`, `source_file`, `source_line`.
        left_out: Lines of repeats and further languages (`kind`, `source_file`, `source_line`); their rows go with them.
    """

    center_id: str
    records: pl.DataFrame
    left_out: pl.DataFrame


def attach_owners(
    rows: pl.DataFrame, *, table: str, owners: Owners, conventions: Conventions
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the cleaned rows of a delivered frame with the id of their owner.

    Args:
        rows: A delivered frame with `owner_kind`, `owner_native_id`, `slot`.
        table: Name of the frame.
        owners: Records they can belong to.
        conventions: Texts that mean empty.

    Returns:
        The rows with `center_id`, `kind` and `record_uid` of the owner, `owner_uid`, `owner_id`; cells exactly as
        delivered under `__written_` where they are needed. Rows of left-out lines are gone. A row whose owner is not in
        the export is kept and noted; one that names no owner at all cannot be kept and is noted too.
    """
    written = [pl.col(name).alias(f"__written_{name}") for name in _written_columns(rows)]
    kept_flags = [pl.col(name) for name in _AS_WRITTEN if name in rows.columns]
    cleaned = null_blank_texts(rows, table=table, conventions=conventions).with_columns(
        *rows.select(*kept_flags, *written).iter_columns()
    )
    placed = cleaned.join(
        owners.left_out.rename({"kind": "owner_kind"}).unique(),
        on=["owner_kind", "source_file", "source_line"],
        how="anti",
        maintain_order="left",
    )
    nameless = owners.records.filter(pl.col("native_id").is_null()).select(
        pl.col("kind").alias("owner_kind"), "source_file", "source_line", pl.col("record_uid").alias("__uid_by_line")
    )
    by_line = placed.join(
        nameless, on=["owner_kind", "source_file", "source_line"], how="left", maintain_order="left"
    ).with_columns(pl.when(pl.col("owner_native_id").is_null()).then("__uid_by_line").alias("__uid_by_line"))
    by_number = _uids_by_number(by_line, center_id=owners.center_id)
    owned = by_line.with_columns(
        pl.lit(owners.center_id).alias("center_id"),
        pl.col("owner_kind").alias("kind"),
        pl.coalesce(by_number, "__uid_by_line").alias("owner_uid"),
    ).drop("__uid_by_line")
    owned = owned.with_columns(
        pl.col("owner_uid").alias("record_uid"), pl.coalesce("owner_native_id", "owner_uid").alias("owner_id")
    )
    known = owners.records.select("kind", "record_uid", pl.lit(value=True).alias("__is_known"))
    checked = owned.join(known, on=["kind", "record_uid"], how="left", maintain_order="left")
    orphans = checked.filter(pl.col("__is_known").is_null()).with_columns(
        pl.coalesce("record_uid", pl.lit("load")).alias("record_uid")
    )
    note = note_where(
        orphans,
        pl.Series([True] * orphans.height, dtype=pl.Boolean),
        note_kind=NoteKind.PARENT_MISSING,
        field=f"{table}.owner_native_id",
        value="owner_native_id",
    )
    return checked.filter(pl.col("owner_uid").is_not_null()).drop("__is_known"), [note]


def number_rows(rows: pl.DataFrame, *, table: str) -> pl.DataFrame:
    """Return the rows with a slot that no sibling has, their own `record_uid`, `native_id` and `origin`.

    Args:
        rows: Needs `center_id`, `owner_kind`, `owner_uid`, `owner_id`, `slot`, `source_file`, `source_line`. Siblings with
            one slot are told apart by `~2`, `~3` in the order of the file (`#2` tells the numbers of one cell apart).
        table: Name of the table, part of the id.
    """
    if rows.is_empty():
        return rows.with_columns(
            pl.lit(None, dtype=pl.String).alias("native_id"), pl.lit(str(Origin.DELIVERED)).alias("origin")
        )
    filled = rows.with_columns(pl.col("slot").fill_null(table))
    ordered = filled.sort("owner_kind", "owner_uid", "slot", "source_file", "source_line", maintain_order=True)
    ordinal = pl.int_range(pl.len()).over("owner_kind", "owner_uid", "slot") + 1
    numbered = ordered.with_columns(
        pl.when(ordinal > 1).then(pl.format("{}~{}", "slot", ordinal)).otherwise("slot").alias("slot")
    )
    names = numbered.select(pl.format("{}:{}:{}:{}", pl.lit(table), "owner_kind", "owner_id", "slot")).to_series()
    center_id = str(rows["center_id"][0])
    return numbered.with_columns(
        hashed_uids(names, center_id=center_id).alias("record_uid"),
        pl.lit(None, dtype=pl.String).alias("native_id"),
        pl.lit(str(Origin.DELIVERED)).alias("origin"),
    ).sort("owner_kind", "owner_uid", "slot")


def _written_columns(rows: pl.DataFrame) -> list[str]:
    return [name for name in ("type", "county", "state", "latitude", "longitude") if name in rows.columns]


def _uids_by_number(rows: pl.DataFrame, *, center_id: str) -> pl.Series:
    named = rows.select("owner_kind", "owner_native_id").drop_nulls().unique()
    names = named.select(pl.format("{}:{}", "owner_kind", "owner_native_id")).to_series()
    uids = uids_of_names(named["owner_native_id"], names, center_id=center_id)
    return rows.join(
        named.with_columns(uids.alias("__uid")), on=["owner_kind", "owner_native_id"], how="left", maintain_order="left"
    )["__uid"]
