"""Findings as a file for people: the findings most urgent first, and in XLSX a second sheet that counts them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from pipeline.publish.table_file import Sheet, write_table

#: Columns of the file: name in the frame -> heading and width in characters. Columns the frame lacks are left out.
_COLUMNS: dict[str, tuple[str, int]] = {
    "severity": ("Severity", 9),
    "rule_id": ("Rule", 15),
    "center_id": ("Center", 10),
    "kind": ("Kind", 11),
    "native_id": ("Record", 12),
    "record_name": ("Name", 38),
    "curator": ("Curator", 18),
    "field": ("Field", 18),
    "value": ("Found", 34),
    "expected": ("Should be", 34),
    "message": ("What is wrong", 46),
    "how_to_fix": ("How to fix", 46),
    "is_held_back": ("Held back", 10),
    "status": ("Status", 9),
    "first_seen_on": ("First seen", 11),
    "age_days": ("Age (days)", 10),
    "closed_on": ("Closed", 11),
    "times_reappeared": ("Came back", 10),
    "accepted_until": ("Accepted until", 14),
    "accepted_by": ("Accepted by", 16),
    "accepted_reason": ("Why accepted", 30),
    "finding_id": ("Finding", 18),
    "record_uid": ("Record id", 38),
}
#: What the second sheet counts by.
_COUNTED_BY = {"rule_id": "rule", "center_id": "center", "curator": "curator", "kind": "kind", "status": "status"}
_SUMMARY: dict[str, tuple[str, int]] = {
    "by": ("By", 10),
    "value": ("Which", 34),
    "error": ("Errors", 10),
    "warning": ("Warnings", 10),
    "info": ("Info", 10),
    "findings": ("Findings", 10),
    "records": ("Records", 10),
}
#: Shown where a record has no curator.
UNKNOWN = "(unknown)"
#: After what keeps a record out of public files and the severity: oldest first.
_ORDER = ("first_seen_on", "rule_id", "center_id", "record_name", "native_id", "record_uid", "field", "finding_id")
_RANKS = {"error": 0, "warning": 1, "info": 2}


def write_findings(findings: pl.DataFrame, path: Path, *, as_of: date | None = None) -> int:
    """Write findings to a .csv, .xlsx or .json file, in the order of `in_order`.

    Args:
        findings: Finding or TrackedFinding frame. Values are written as they stand; private ones already say `withheld`.
        path: The file; its ending chooses the form. An existing file is replaced.
        as_of: Day from which the age is counted; without it, or without `first_seen_on`, no age is written.

    Returns:
        Number of findings written.

    Raises:
        UsageError: The ending is none of the three, or there are more findings than a sheet has rows.
        StorageError: The file cannot be written.
    """
    rows = in_order(findings)
    if as_of is not None and "first_seen_on" in rows.columns:
        rows = rows.with_columns((pl.lit(as_of) - pl.col("first_seen_on")).dt.total_days().alias("age_days"))
    return write_table(
        [
            Sheet(title="Findings", rows=rows, columns=_COLUMNS),
            Sheet(title="Summary", rows=_counted(rows), columns=_SUMMARY),
        ],
        path,
    )


def in_order(findings: pl.DataFrame) -> pl.DataFrame:
    """Return findings in the order in which people should take them, in lists and in files alike.

    First those that keep a record out of public files, then errors before warnings before notes, then the oldest.

    Args:
        findings: Finding or TrackedFinding frame; columns that it lacks are left out of the order.
    """
    rank = pl.col("severity").replace_strict(_RANKS, default=len(_RANKS), return_dtype=pl.Int64)
    urgent = [pl.col("is_held_back").not_(), rank] if "is_held_back" in findings.columns else [rank]
    return findings.sort(*urgent, *(name for name in _ORDER if name in findings.columns), nulls_last=True)


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return how many findings there are by rule, center, curator, kind and status."""
    severity = pl.col("severity")
    parts = [
        rows.group_by(pl.col(name).fill_null(UNKNOWN).alias("value"))
        .agg(
            *((severity == one).sum().cast(pl.Int64).alias(one) for one in _RANKS),
            findings=pl.len().cast(pl.Int64),
            records=pl.struct("center_id", "record_uid").n_unique().cast(pl.Int64),
        )
        .sort("findings", "value", descending=[True, False])
        .select(pl.lit(words).alias("by"), "value", *_RANKS, "findings", "records")
        for name, words in _COUNTED_BY.items()
        if name in rows.columns
    ]
    return pl.concat(parts)
