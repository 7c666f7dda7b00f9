"""Ids of rows that are made from a record's own columns, the same every night and equal to those of `schemas.identity`."""

from __future__ import annotations

import polars as pl
import polars_hash as plh

from schemas.identity import center_namespace


def with_id(frame: pl.DataFrame, *, kind: str, owner_kind: str | None, slot: str) -> pl.DataFrame:
    """Add `id` to rows made from a record's own columns.

    Args:
        frame: Needs `center_id`, `record_uid` and `native_id` of the owner, and the column named in `slot`; `owner_kind` too
            when it is not given.
        kind: Kind of the dependent row.
        owner_kind: Kind of the owner; None to read the column.
        slot: Column that tells the row from its siblings.
    """
    # Two records with one native id (a finding) must still give two ids.
    is_shared = pl.col("native_id").is_duplicated() & (
        pl.col("record_uid").n_unique().over("center_id", "native_id") > 1
    )
    owner_id = (
        pl.when(pl.col("native_id").is_null() | is_shared)
        .then("record_uid")
        .otherwise(pl.col("native_id").str.strip_chars())
    )
    owner = pl.lit(owner_kind) if owner_kind is not None else pl.col("owner_kind")
    name = pl.concat_str(pl.lit(kind), owner, owner_id, pl.col(slot).cast(pl.String), separator=":")
    return frame.with_columns(name.alias("id")).pipe(_hash_ids)


def _hash_ids(named: pl.DataFrame) -> pl.DataFrame:
    """Replace names in `id` by their UUIDv5 in the namespace of the row's center."""
    centers = named["center_id"].unique().sort().to_list()
    hashed = pl.lit(None, dtype=pl.String)
    for center_id in centers:
        # One call per column: a loop over rows takes ten times as long.
        ids = plh.col("id").uuidhash.uuid5(str(center_namespace(center_id)))
        hashed = pl.when(pl.col("center_id") == center_id).then(ids).otherwise(hashed)
    return named.with_columns(hashed.alias("id"))
