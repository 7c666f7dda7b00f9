"""How many records changed since the night before, counted per center."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.curate.record_contents import KINDS, delivered_records
from schemas.directory import Directory


@dataclass(frozen=True, kw_only=True)
class ChangeCounts:
    """Delivered records of one center that differ from the night before; each record is counted once.

    Attributes:
        added: New records.
        changed: Records of which a field, or something that belongs to them, differs.
        removed: Records that are gone.
        rekeyed: Records that came back under another number. They are neither added nor removed, nor counted as changed.
        is_first: Whether the center delivered nothing before, so that there was nothing to compare with.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    rekeyed: int = 0
    is_first: bool = False


def count_changes(listed: pl.DataFrame, *, center_id: str) -> ChangeCounts:
    """Count the records of a center in a list of changes.

    Args:
        listed: `schemas.changes.RecordChange`.
        center_id: The center.
    """
    rows = listed.filter(pl.col("center_id") == center_id)
    rekeyed = rows.filter(pl.col("change") == "rekeyed").select("kind", "record_uid")
    others = rows.filter(pl.col("change") != "rekeyed").join(rekeyed, on=["kind", "record_uid"], how="anti")
    counts = dict(others.group_by("change").agg(pl.struct("kind", "record_uid").n_unique()).iter_rows())
    return ChangeCounts(
        added=counts.get("added", 0),
        changed=counts.get("changed", 0),
        removed=counts.get("removed", 0),
        rekeyed=rekeyed.unique().height,
    )


def count_first_night(now: Directory, *, center_id: str) -> ChangeCounts:
    """Count the records of a center that delivered for the first time: all of them are new."""
    added = sum(delivered_records(now, kind).filter(pl.col("center_id") == center_id).height for kind in KINDS)
    return ChangeCounts(added=added, is_first=True)
