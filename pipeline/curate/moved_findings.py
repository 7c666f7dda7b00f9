"""The findings of records that came back under another number move with them."""

from __future__ import annotations

import polars as pl

from schemas.identity import finding_id

_REKEYED = ("center_id", "old_record_uid", "new_record_uid")


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
