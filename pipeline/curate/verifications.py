"""Which verification dates each record has ever shown, and what it said at each: the memory behind "verified, nothing changed"."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.curate.record_contents import delivered_records
from schemas.contract import conform
from schemas.directory import Directory
from schemas.history import Verification

#: Kinds that have verification dates of their own.
_KINDS: tuple[str, ...] = ("agency", "site", "service")


def grow_verifications(
    known: pl.DataFrame, *, directory: Directory, contents: pl.DataFrame, rekeyed: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Return the verifications ever seen, tonight's new ones added.

    Only dates that no night has shown before are added, each with what the record says tonight. A date in the future is none. What
    is known of a re-keyed record is known of the new one too.

    Args:
        known: `schemas.history.Verification` of the nights before.
        directory: Tonight's canonical tables.
        contents: Fingerprints of tonight's records (`pipeline.curate.record_contents.fingerprint`).
        rekeyed: `schemas.changes.RekeyedRecord`.
        as_of: Day the night speaks of.

    Returns:
        Verification rows, ordered by center, kind, record and date; none twice.
    """
    key = ["center_id", "kind", "record_uid"]
    tonight = (
        pl.concat([delivered_records(directory, kind).select(*key, "verified_on") for kind in _KINDS])
        .filter(pl.col("verified_on") <= as_of)
        .join(contents, on=key)
        .with_columns(first_seen_on=pl.lit(as_of))
    )
    moved = (
        known.join(
            rekeyed.filter(pl.col("kind") == pl.col("old_kind")).select(
                "center_id", "kind", "new_record_uid", record_uid="old_record_uid"
            ),
            on=key,
        )
        .with_columns(record_uid="new_record_uid")
        .select(known.columns)
    )
    grown = pl.concat([known, moved, tonight.select(known.columns)]).unique(
        [*key, "verified_on"], keep="first", maintain_order=True
    )
    return conform(grown.sort(*key, "verified_on"), Verification)
