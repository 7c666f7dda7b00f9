"""The order of delivered rows, which does not depend on the order of rows and columns in the export."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.ingest.rows import ROW_ID, Rows
from schemas.delivered import DELIVERED_COLUMNS, SOURCE_COLUMNS

#: Columns that tell almost all rows of a table apart.
_RECORD_KEYS = ("kind", "native_id")
_CHILD_KEYS = ("owner_kind", "owner_native_id", "slot")
#: What decides between records with the same number.
_RECORD_ORDER = ("language_of_record", "name", "description", "status", "verified_on", "edited_on")


def take_sorted(rows: dict[str, Rows], table: str) -> pl.DataFrame:
    """Take the rows of one delivered table out of the others and return them in order, nulls last.

    Records are sorted by kind and number, child rows by owner and slot; then by their content; last by their place in the file.
    """
    frame = rows.pop(table).frame.drop(ROW_ID, strict=False)
    if table == "record":
        places = _order(frame, keys=_RECORD_KEYS, then=_RECORD_ORDER)
    else:
        places = _order(frame, keys=_CHILD_KEYS, then=DELIVERED_COLUMNS[table])
    # Column by column, each let go when it has been copied: two copies of all records are most of what ingest would need.
    return pl.DataFrame([frame.drop_in_place(name)[places] for name in frame.columns])


def _order(frame: pl.DataFrame, *, keys: Sequence[str], then: Sequence[str]) -> pl.Series:
    """Return the places of the rows in their order.

    Only where rows share the keys the other columns are looked at: long texts make a sort slow and large.
    """
    is_shared = frame.select(keys).is_duplicated()
    names = [name for name in (*then, *SOURCE_COLUMNS) if name not in keys] if is_shared.any() else []
    others = [pl.when(is_shared).then(pl.col(name)) for name in names]
    return frame.select(pl.arg_sort_by([*keys, *others], nulls_last=True)).to_series()
