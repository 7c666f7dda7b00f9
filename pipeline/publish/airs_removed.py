"""Records that were in an earlier file and are in this one no more: told by key, where the tree has a place for them.

A removed agency ends all that was in it, and a removed site all services there, so what stood under either is not told once more. A key
that a record of the file has is never told as removed: the receiver would remove that record.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from pipeline.publish.airs_keys import with_keys
from pipeline.publish.airs_words import KEY

#: Columns that are read where they are there.
_OPTIONAL = ("native_id", "agency_uid", "site_uid", "service_uid", "service_native_id")
#: Reasons in `removed_values`.
NOT_PLACED, KEY_IN_USE = "removal_without_place", "removal_of_key_in_use"


def gone_of(
    removed: pl.DataFrame | None,
    kind: str,
    *,
    live: pl.DataFrame,
    counts: Counter[str],
    shared: pl.Series | None = None,
) -> pl.DataFrame:
    """Return the removed records of a kind that the file has no record for, with `key`.

    Args:
        removed: Needs `kind` and `record_uid`; further columns of `_OPTIONAL` are read where they are there. None: nothing.
        kind: Kind of record.
        live: Records of the kind in the file: `record_uid`, `key`.
        counts: Counts by reason, added to.
        shared: Native ids that several records of the whole directory share, as for `with_keys`.
    """
    columns = ["record_uid", *_OPTIONAL]
    if removed is None:
        return pl.DataFrame(schema=dict.fromkeys([*columns, "key"], pl.String))
    given = set(removed.columns)
    rows = (
        removed.filter(pl.col("kind") == kind)
        .select(
            "record_uid",
            *(
                pl.col(column).cast(pl.String) if column in given else pl.lit(None, dtype=pl.String).alias(column)
                for column in _OPTIONAL
            ),
        )
        .unique("record_uid", keep="any")
        .sort("record_uid")
        .join(live, on="record_uid", how="anti")
    )
    keyed = with_keys(rows, shared=shared)
    if kind == "service_at_site":
        return keyed
    free = keyed.join(live, on="key", how="anti")
    counts[KEY_IN_USE] += keyed.height - free.height
    return free.sort("record_uid")


def gone_under(
    gone: pl.DataFrame, column: str, *, live: pl.DataFrame, ended: pl.DataFrame, counts: Counter[str]
) -> pl.DataFrame:
    """Return the removed records whose parent is in the file, with what the parent brings.

    Args:
        gone: Removed records of one kind.
        column: Column with the parent's `record_uid`.
        live: Parents in the file: `record_uid` and what is to be brought along.
        ended: Removed parents: what stood under them is passed over.
        counts: Counts by reason, added to.
    """
    parents = live.rename({"record_uid": column})
    told = gone.join(parents, on=column, how="inner", maintain_order="left")
    without = gone.join(parents, on=column, how="anti")
    counts[NOT_PLACED] += without.join(ended.select(pl.col("record_uid").alias(column)), on=column, how="anti").height
    return told


def with_service_key(gone: pl.DataFrame, services: pl.DataFrame, *, counts: Counter[str]) -> pl.DataFrame:
    """Return removed services at sites with the key of their service in place of their own.

    Args:
        gone: Removed services at sites.
        services: Services of the file and removed ones: `record_uid`, `key`.
        counts: Counts by reason, added to.
    """
    native = pl.col("service_native_id").str.strip_chars()
    by_number = pl.when(native.str.contains(KEY)).then(native)
    known = services.unique("record_uid", keep="first", maintain_order=True).select(
        pl.col("record_uid").alias("service_uid"), pl.col("key").alias("known")
    )
    keyed = (
        gone.join(known, on="service_uid", how="left", maintain_order="left")
        .with_columns(pl.coalesce("known", by_number).alias("key"))
        .drop("known")
    )
    told = keyed.drop_nulls("key")
    counts[NOT_PLACED] += keyed.height - told.height
    return told
