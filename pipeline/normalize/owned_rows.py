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
        records: Kept records, sorted by `kind` and `record_uid`, with `native_id`, `source_file`, `source_line`.
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
        The rows with `center_id`, `kind` and `record_uid` of the owner, `owner_uid`, `owner_id`, `owner_row` (a whole number
        that sorts like `owner_kind` and `owner_uid`); cells exactly as delivered under `__written_` where they are needed.
        Rows of left-out lines are gone. A row whose owner is not in the export is kept and noted; one that names no owner at
        all cannot be kept and is noted too.
    """
    written = [pl.col(name).alias(f"__written_{name}") for name in _written_columns(rows)]
    kept_flags = [pl.col(name) for name in _AS_WRITTEN if name in rows.columns]
    cleaned = null_blank_texts(rows, table=table, conventions=conventions).with_columns(
        *rows.select(*kept_flags, *written).iter_columns()
    )
    found = _find_owners(_without_left_out(cleaned, owners.left_out), owners)
    owned = found.with_columns(
        pl.lit(owners.center_id).alias("center_id"),
        pl.col("owner_kind").alias("kind"),
        pl.col("owner_uid").alias("record_uid"),
        pl.coalesce("owner_native_id", "owner_uid").alias("owner_id"),
    )
    orphans = owned.filter(pl.col("owner_row").is_null()).with_columns(
        pl.coalesce("record_uid", pl.lit("load")).alias("record_uid")
    )
    note = note_where(
        orphans,
        pl.Series([True] * orphans.height, dtype=pl.Boolean),
        note_kind=NoteKind.PARENT_MISSING,
        field=f"{table}.owner_native_id",
        value="owner_native_id",
    )
    if orphans.is_empty():
        return owned, [note]
    return _rank_owners(owned.filter(pl.col("owner_uid").is_not_null())), [note]


def number_rows(rows: pl.DataFrame, *, table: str) -> pl.DataFrame:
    """Return the rows with a slot that no sibling has, their own `record_uid`, `native_id` and `origin`.

    Args:
        rows: Needs `center_id`, `owner_kind`, `owner_uid`, `owner_row`, `owner_id`, `slot`, `source_file`, `source_line`.
            Siblings with one slot are told apart by `~2`, `~3` in the order of the file (`#2` tells the numbers of one cell
            apart).
        table: Name of the table, part of the id.

    Returns:
        Rows sorted by `owner_kind`, `owner_uid` and `slot`.
    """
    filled = rows.with_columns(
        pl.col("slot").fill_null(table),
        pl.lit(None, dtype=pl.String).alias("native_id"),
        pl.lit(str(Origin.DELIVERED)).alias("origin"),
    )
    if rows.is_empty():
        return filled
    key = _slot_keys(filled)
    # Siblings with one slot are rare; without them a sort of whole numbers is all there is to do.
    has_siblings = key.n_unique() < key.len()
    numbered = _number_siblings(filled.with_columns(key.alias("__key"))) if has_siblings else filled[key.arg_sort()]
    names = numbered.select(
        pl.concat_str(pl.lit(table), "owner_kind", "owner_id", "slot", separator=":").alias("name")
    ).to_series()
    return numbered.with_columns(hashed_uids(names, center_id=str(rows["center_id"][0])))


def _slot_keys(rows: pl.DataFrame) -> pl.Series:
    """Return one whole number per row that sorts like owner and slot, and is equal for equal ones."""
    slots = rows["slot"].unique().sort()
    ranks = slots.to_frame("slot").with_row_index("__slot")
    placed = rows.select("owner_row", "slot").join(ranks, on="slot", how="left", maintain_order="left")
    return placed.select(
        (pl.col("owner_row").cast(pl.Int64) * len(slots) + pl.col("__slot").cast(pl.Int64)).alias("key")
    ).to_series()


def _number_siblings(rows: pl.DataFrame) -> pl.DataFrame:
    order = rows.select(pl.arg_sort_by("__key", "source_file", "source_line", maintain_order=True)).to_series()
    ordered = rows[order]
    ordinal = pl.int_range(pl.len()).over("__key") + 1
    numbered = ordered.with_columns(
        pl.when(ordinal > 1).then(pl.format("{}~{}", "slot", ordinal)).otherwise("slot").alias("slot")
    ).drop("__key")
    # The new slots can stand elsewhere: `a~2` comes after `a b`.
    return numbered[_slot_keys(numbered).arg_sort()]


def _written_columns(rows: pl.DataFrame) -> list[str]:
    return [name for name in ("type", "county", "state", "latitude", "longitude") if name in rows.columns]


def _without_left_out(rows: pl.DataFrame, left_out: pl.DataFrame) -> pl.DataFrame:
    if left_out.is_empty():
        return rows
    return rows.join(
        left_out.rename({"kind": "owner_kind"}).unique(),
        on=["owner_kind", "source_file", "source_line"],
        how="anti",
        maintain_order="left",
    )


def _find_owners(rows: pl.DataFrame, owners: Owners) -> pl.DataFrame:
    """Return the rows with `owner_uid` and `owner_row`, the row of the owner among the records (null: not in the export)."""
    records = owners.records.with_row_index("owner_row").select(
        "owner_row", pl.col("record_uid").alias("owner_uid"), pl.col("kind").alias("owner_kind"), "native_id",
        "source_file", "source_line",
    )  # fmt: skip
    named = records.filter(pl.col("native_id").is_not_null()).select(
        "owner_kind", pl.col("native_id").alias("owner_native_id"), "owner_uid", "owner_row"
    )
    found = rows.join(named, on=["owner_kind", "owner_native_id"], how="left", maintain_order="left")
    if found["owner_row"].null_count() == 0:
        return found
    return _find_unnamed(_find_by_uid(found, records, center_id=owners.center_id), records)


def _find_by_uid(rows: pl.DataFrame, records: pl.DataFrame, *, center_id: str) -> pl.DataFrame:
    # One UUID in other letters is the same record, and who is not in the export has an id all the same.
    is_open = pl.col("owner_row").is_null() & pl.col("owner_native_id").is_not_null()
    open_names = rows.filter(is_open).select("owner_kind", "owner_native_id").unique()
    uids = uids_of_names(
        open_names["owner_native_id"],
        open_names.select(pl.format("{}:{}", "owner_kind", "owner_native_id")).to_series(),
        center_id=center_id,
    )
    known = open_names.with_columns(uids.alias("__uid")).join(
        records.select("owner_kind", pl.col("owner_uid").alias("__uid"), pl.col("owner_row").alias("__row")),
        on=["owner_kind", "__uid"],
        how="left",
    )
    return (
        rows.join(known, on=["owner_kind", "owner_native_id"], how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("owner_uid", "__uid").alias("owner_uid"), pl.coalesce("owner_row", "__row").alias("owner_row")
        )
        .drop("__uid", "__row")
    )


def _find_unnamed(rows: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    # A record without a number is found by the line on which both stand.
    on_line = records.filter(pl.col("native_id").is_null()).select(
        "owner_kind",
        "source_file",
        "source_line",
        pl.col("owner_uid").alias("__uid"),
        pl.col("owner_row").alias("__row"),
    )
    is_unnamed = pl.col("owner_native_id").is_null()
    return (
        rows.join(on_line, on=["owner_kind", "source_file", "source_line"], how="left", maintain_order="left")
        .with_columns(
            pl.when(is_unnamed).then("__uid").otherwise("owner_uid").alias("owner_uid"),
            pl.when(is_unnamed).then("__row").otherwise("owner_row").alias("owner_row"),
        )
        .drop("__uid", "__row")
    )


def _rank_owners(rows: pl.DataFrame) -> pl.DataFrame:
    # Owners that are not in the export stand between the others: the order is counted anew.
    ranked = rows.select("owner_kind", "owner_uid").unique().sort("owner_kind", "owner_uid").with_row_index("owner_row")
    return rows.drop("owner_row").join(ranked, on=["owner_kind", "owner_uid"], how="left", maintain_order="left")
