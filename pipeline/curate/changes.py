"""What changed in the directory since the night before, counted per center."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from schemas.directory import Directory

#: Where a row stood in its file says nothing about the record.
_NOT_CONTENT: tuple[str, ...] = ("source_file", "source_line")

_KINDS: tuple[str, ...] = ("agency", "site", "service", "service_at_site")


@dataclass(frozen=True, kw_only=True)
class ChangeCounts:
    """Delivered records of one center that differ from the night before.

    Attributes:
        added: New records.
        changed: Records of which a field differs.
        removed: Records that are gone.
        rekeyed: Records that came back under another number, named by their number in the prior system. They are neither
            added nor removed.
        is_first: Whether the center delivered nothing before, so that there was nothing to compare with.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    rekeyed: int = 0
    is_first: bool = False


def count_changes(now: Directory, *, before: Directory, center_id: str) -> ChangeCounts:
    """Compare one center's delivered records with those of the night before.

    Only agencies, sites, services and services at sites are compared, with all their columns; phones, addresses and other
    dependent rows are not. With no record before, everything is added.
    """
    total = ChangeCounts(is_first=before.records().filter(pl.col("center_id") == center_id).is_empty())
    for kind in _KINDS:
        counted = _compare(_delivered(now, kind, center_id), _delivered(before, kind, center_id))
        total = replace(
            total,
            added=total.added + counted.added,
            changed=total.changed + counted.changed,
            removed=total.removed + counted.removed,
            rekeyed=total.rekeyed + counted.rekeyed,
        )
    return total


def _delivered(directory: Directory, kind: str, center_id: str) -> pl.DataFrame:
    rows = directory.tables()[kind].filter((pl.col("center_id") == center_id) & (pl.col("origin") == "delivered"))
    return rows.drop(_NOT_CONTENT)


def _compare(now: pl.DataFrame, before: pl.DataFrame) -> ChangeCounts:
    added = now.join(before, on="record_uid", how="anti")
    removed = before.join(now, on="record_uid", how="anti")
    rekeyed = (
        added.filter(pl.col("prior_native_id").is_not_null())
        .join(removed.select(pl.col("native_id").alias("prior_native_id")), on="prior_native_id", how="semi")
        .height
    )
    both = now.join(before.select("record_uid"), on="record_uid", how="semi").sort("record_uid")
    same_order = before.join(now.select("record_uid"), on="record_uid", how="semi").sort("record_uid")
    changed = 0
    if both.height and both.height == same_order.height:
        differs = [both.get_column(name).ne_missing(same_order.get_column(name)) for name in both.columns]
        changed = int(pl.select(pl.any_horizontal(differs)).to_series().sum())
    return ChangeCounts(
        added=added.height - rekeyed, changed=changed, removed=removed.height - rekeyed, rekeyed=rekeyed
    )
