"""Records that came back under another number, and the findings that move with them."""

from __future__ import annotations

import polars as pl

from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.identity import finding_id

_REKEYED = ("center_id", "old_record_uid", "new_record_uid")


def list_rekeyed(now: Directory, *, before: Directory) -> pl.DataFrame:
    """Return the records that came back under another number: `center_id`, `old_record_uid`, `new_record_uid`.

    A record says so by its number in the prior system, if that number was delivered before and is gone. A number that two new
    records claim belongs to neither: nobody knows which of them is the old one.

    Args:
        now: The later night.
        before: The earlier night.
    """
    later, earlier = _delivered(now), _delivered(before)
    key = ["center_id", "kind", "record_uid"]
    gone = earlier.join(later, on=key, how="anti").select(
        "center_id", "kind", old_record_uid="record_uid", prior_native_id="native_id"
    )
    new = later.join(earlier, on=key, how="anti").drop_nulls("prior_native_id")
    pairs = new.join(gone, on=["center_id", "kind", "prior_native_id"]).rename({"record_uid": "new_record_uid"})
    return pairs.select(_REKEYED).unique(["center_id", "old_record_uid"], keep="none").sort(_REKEYED)


def _delivered(directory: Directory) -> pl.DataFrame:
    columns = ("center_id", "kind", "record_uid", "native_id", "prior_native_id")
    tables = [directory.tables()[kind].filter(pl.col("origin") == "delivered").select(columns) for kind in RecordKind]
    return pl.concat(tables)


def move_findings(before: pl.DataFrame, *, rekeyed: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Return the findings of the nights before with those of re-keyed records under the new record and their new id.

    A finding stays where it is when the new record has one of that id already: two lives are never made one.

    Args:
        before: `schemas.quality.TrackedFinding`.
        rekeyed: `center_id`, `old_record_uid`, `new_record_uid`.
        findings: Tonight's findings, whose ids are taken where they show the same rule and field.
    """
    moves = (
        rekeyed.select(_REKEYED)
        .unique(["center_id", "old_record_uid"], keep="none")
        .rename({"old_record_uid": "record_uid"})
    )
    tonight = findings.select("center_id", "kind", "rule_id", "field", new_record_uid="record_uid", new_id="finding_id")
    moved = (
        before.join(moves, on=["center_id", "record_uid"])
        .join(tonight, on=["center_id", "kind", "new_record_uid", "rule_id", "field"], how="left")
        .with_columns(
            # Few rows: only findings of records that changed their number.
            made_id=pl.struct("center_id", "new_record_uid", "rule_id", "field").map_elements(
                lambda one: finding_id(one["center_id"], one["new_record_uid"], one["rule_id"], one["field"]),
                return_dtype=pl.String,
            )
        )
        .with_columns(new_id=pl.coalesce("new_id", "made_id"))
        .join(before.select(new_id="finding_id"), on="new_id", how="anti")
        .filter(pl.col("new_id").is_unique())
        .select("finding_id", "new_record_uid", "new_id")
    )
    if moved.is_empty():
        return before
    return (
        before.join(moved, on="finding_id", how="left", maintain_order="left")
        .with_columns(
            record_uid=pl.coalesce("new_record_uid", "record_uid"), finding_id=pl.coalesce("new_id", "finding_id")
        )
        .select(before.columns)
    )
