"""How full the columns of an export are: counted each night, so that a column that empties overnight is seen."""

from __future__ import annotations

import polars as pl

from schemas.contract import conform, empty_table
from schemas.delivered import DELIVERED_COLUMNS, SOURCE_COLUMNS, Delivered
from schemas.gating import FilledCells

#: Columns that say whose row it is, not what it says.
_NOT_CONTENT = frozenset({*SOURCE_COLUMNS, "kind"})

#: Of what belongs to records, the cells without which the row would not be there; flags and labels follow them.
_WATCHED: dict[str, tuple[str, ...]] = {
    "record": tuple(name for name in DELIVERED_COLUMNS["record"] if name not in _NOT_CONTENT),
    "phone": ("number",),
    "address": ("line1", "city", "postal_code"),
    "contact": ("name",),
    "taxonomy_link": ("codes",),
    "schedule": ("text", "weekday"),
}


def count_filled(delivered: Delivered) -> pl.DataFrame:
    """Return how many cells of each carried field are filled; of phones and the like the main cells only.

    Args:
        delivered: The delivery with its text frames; a blank cell is an empty or blank text, null is a column not carried.

    Returns:
        `schemas.gating.FilledCells`, ordered by item.
    """
    records = dict(delivered.record.group_by("kind").len().iter_rows())
    parts = [empty_table(FilledCells)]
    for table, columns in _WATCHED.items():
        kind = "kind" if table == "record" else "owner_kind"
        frame: pl.DataFrame = getattr(delivered, table)
        counted = (
            frame.group_by(kind)
            .agg((pl.col(name).str.strip_chars() != "").sum().cast(pl.Int64) for name in columns)
            .unpivot(index=kind, on=columns, variable_name="field", value_name="filled_count")
        )
        prefix = pl.col(kind) if table == "record" else pl.format("{}." + table, kind)
        parts.append(
            counted.select(
                center_id=pl.lit(delivered.center_id),
                item=pl.format("{}.{}", prefix, "field"),
                record_count=pl.col(kind).replace_strict(records, default=0, return_dtype=pl.Int64),
                filled_count=pl.col("filled_count").fill_null(0),
            ).filter(_is_carried(delivered, table))
        )
    return conform(pl.concat(parts).sort("item"), FilledCells)


def _is_carried(delivered: Delivered, table: str) -> pl.Expr:
    # Children are carried by their table (`phone.number`), records by their kind (`agency.hours`).
    item = pl.col("item") if table == "record" else pl.col("item").str.replace(r"^[a-z_]+\.", "")
    return item.is_in(sorted(delivered.carried))
