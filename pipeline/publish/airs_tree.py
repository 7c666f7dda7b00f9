"""The order of agencies in the file: by key, an agency under another one right behind it and its own."""

from __future__ import annotations

import polars as pl

from pipeline.publish.airs_keys import key_order

#: Levels of agencies inside agencies; readers give up on files that are nested too deep, and no directory needs more.
DEEPEST = 12
_DIGITS = 9


def order_agencies(agencies: pl.DataFrame, *, inside: bool) -> tuple[pl.DataFrame, int]:
    """Return the agencies in the order of the file, and how many stand beside the agency they belong to instead of inside it.

    Args:
        agencies: Needs `record_uid`, `parent_uid` and `key`.
        inside: Whether an agency stands inside the one it belongs to; otherwise all stand side by side.

    Returns:
        The agencies with `position` (UInt32) and `closings`: how many agencies end behind this one, itself included. Agencies whose
        parents form a circle, or are nested deeper than `DEEPEST`, stand side by side.
    """
    ranked = agencies.sort(*key_order(), "record_uid").with_columns(
        pl.int_range(pl.len()).cast(pl.String).str.zfill(_DIGITS).alias("rank")
    )
    known = pl.col("parent_uid").is_in(ranked["record_uid"].implode())
    parent = pl.when(known).then("parent_uid") if inside else pl.lit(None, dtype=pl.String)
    ranked = ranked.with_columns(parent.alias("parent"))
    level = ranked.filter(pl.col("parent").is_null()).select(
        "record_uid", pl.col("rank").alias("path"), depth=pl.lit(0)
    )
    placed = [level]
    waiting = ranked.filter(pl.col("parent").is_not_null()).select("record_uid", "parent", "rank")
    for depth in range(1, DEEPEST):
        above = level.select(pl.col("record_uid").alias("parent"), "path")
        level = waiting.join(above, on="parent", how="inner").select(
            "record_uid", pl.concat_str("path", pl.lit("/"), "rank").alias("path"), depth=pl.lit(depth)
        )
        if level.is_empty():
            break
        placed.append(level)
    found = pl.concat(placed)
    beside = waiting.join(found, on="record_uid", how="anti")
    found = pl.concat([found, beside.select("record_uid", pl.col("rank").alias("path"), depth=pl.lit(0))])
    following = pl.col("depth").shift(-1, fill_value=0)
    ordered = (
        ranked.drop("rank", "parent")
        .join(found, on="record_uid", how="left")
        .sort("path")
        .with_columns(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("position"),
            (pl.col("depth") - following + 1).alias("closings"),
        )
        .drop("path", "depth")
    )
    named = agencies["parent_uid"].count() if not inside else beside.height
    return ordered, named
