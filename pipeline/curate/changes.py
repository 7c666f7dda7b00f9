"""What changed in the directory since the night before, counted per center."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.curate.record_changes import list_changes
from schemas.directory import Directory


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
    listed = list_changes(now.of_center(center_id), before=before.of_center(center_id))
    counts = dict(listed.group_by("change").agg(pl.struct("kind", "record_uid").n_unique()).iter_rows())
    return ChangeCounts(
        added=counts.get("added", 0),
        changed=counts.get("changed", 0),
        removed=counts.get("removed", 0),
        rekeyed=counts.get("rekeyed", 0),
        is_first=before.records().filter(pl.col("center_id") == center_id).is_empty(),
    )
