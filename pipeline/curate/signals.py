"""What a night shows about how the directory is kept: verified without a word changed, stamped in bulk, edited unverified.

A signal is a question to a person, not a fault: a real call may find everything as it was.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.curate.record_contents import delivered_records
from schemas.changes import Signal, SignalKind
from schemas.contract import conform, empty_table
from schemas.directory import Directory
from schemas.parameters import ChangeParameters

_KINDS: tuple[str, ...] = ("agency", "site", "service")
_KEY = ("center_id", "kind", "record_uid")

#: Fields whose change is no work on the content.
_BOOKKEEPING: tuple[str, ...] = (
    "verified_on", "edited_on", "created_on", "curator", "verified_by", "verified_by_title", "verified_by_email",
    "verification_method", "agency_native_id", "agency_uid", "parent_native_id", "parent_uid",
)  # fmt: skip


def list_signals(
    now: Directory,
    *,
    before: Directory,
    listed: pl.DataFrame,
    contents: pl.DataFrame,
    verifications: pl.DataFrame,
    as_of: date,
    parameters: ChangeParameters,
) -> pl.DataFrame:
    """Return the signals of a night.

    Args:
        now: Tonight's canonical tables.
        before: Those of the night before; a record that was not there then gives no signal.
        listed: What changed between the two (`schemas.changes.RecordChange`).
        contents: Fingerprints of tonight's records (`pipeline.curate.record_contents.fingerprint`).
        verifications: All verifications ever seen (`schemas.history.Verification`).
        as_of: Day the night speaks of.
        parameters: From when on a signal is given.

    Returns:
        `schemas.changes.Signal`, ordered by center, signal and record.
    """
    records = _records(now)
    compared = records.join(
        _records(before).select(*_KEY, verified_before="verified_on", edited_before="edited_on"), on=list(_KEY)
    ).filter("is_counted")
    verified = compared.filter(
        pl.col("verified_on").is_not_null() & pl.col("verified_on").ne_missing(pl.col("verified_before"))
    )
    said = listed.filter(
        (pl.col("change") == "changed")
        & ~pl.col("field").str.replace(" (as written)", "", literal=True).is_in(_BOOKKEEPING)
    )
    changed = compared.join(said.select(_KEY).unique(), on=list(_KEY), how="semi")
    parts = [
        empty_table(Signal),
        _unchanged(verified, contents=contents, verifications=verifications, as_of=as_of, parameters=parameters),
        _bulk(verified, records=records, parameters=parameters),
        _unverified(changed),
        _silent(changed),
    ]
    return conform(
        pl.concat([conform(part, Signal) for part in parts]).sort(
            "center_id", "signal", "kind", "native_id", "record_uid", "on", nulls_last=True
        ),
        Signal,
    )


def count_signals(signals: pl.DataFrame, *, center_id: str) -> dict[str, int]:
    """Return how many records each signal speaks of, all kinds of signals named."""
    rows = signals.filter(pl.col("center_id") == center_id).group_by("signal").agg(pl.col("record_count").sum())
    counts = dict(rows.iter_rows())
    return {kind.value: counts.get(kind.value, 0) for kind in SignalKind}


def _records(directory: Directory) -> pl.DataFrame:
    columns = (*_KEY, "native_id", "name", "curator", "is_counted", "verified_on", "edited_on")
    return pl.concat([delivered_records(directory, kind).select(columns) for kind in _KINDS])


def _unchanged(
    verified: pl.DataFrame,
    *,
    contents: pl.DataFrame,
    verifications: pl.DataFrame,
    as_of: date,
    parameters: ChangeParameters,
) -> pl.DataFrame:
    """Return records verified tonight that have said the same, word by word, for years."""
    same = (
        verified.join(contents, on=list(_KEY))
        .join(verifications.select(*_KEY, "content_key", was_verified="verified_on"), on=[*_KEY, "content_key"])
        .group_by(*_KEY, maintain_order=True)
        .agg(pl.col("native_id", "name", "curator", "verified_on").first(), since=pl.col("was_verified").min())
    )
    limit = pl.lit(as_of).dt.offset_by(f"-{parameters.unchanged_years}y")
    return same.filter(pl.col("since") <= limit).with_columns(
        signal=pl.lit(str(SignalKind.VERIFIED_UNCHANGED)),
        on="verified_on",
        record_count=pl.lit(1, dtype=pl.Int64),
        message=pl.format("Verified, and not a word has changed since {}.", "since"),
    )


def _bulk(verified: pl.DataFrame, *, records: pl.DataFrame, parameters: ChangeParameters) -> pl.DataFrame:
    """Return days that many records of a center got as verification date in one night."""
    total = records.filter("is_counted").group_by("center_id").agg(total=pl.len())
    days = (
        verified.group_by("center_id", on="verified_on")
        .agg(
            record_count=pl.len().cast(pl.Int64),
            curators=pl.col("curator").n_unique(),
            curator=pl.col("curator").first(),
        )
        .join(total, on="center_id")
        .with_columns(share=pl.col("record_count") / pl.col("total"))
        .filter((pl.col("record_count") >= parameters.bulk_minimum) & (pl.col("share") >= parameters.bulk_share))
    )
    return days.with_columns(
        signal=pl.lit(str(SignalKind.BULK_STAMPED)),
        curator=pl.when(pl.col("curators") == 1).then("curator"),
        message=pl.format(
            "{} records got {} as their verification date in one night: real contacts, or a mass stamp?",
            "record_count",
            "on",
        ),
    )


def _unverified(changed: pl.DataFrame) -> pl.DataFrame:
    """Return records whose content changed while the verification date stayed."""
    stayed = changed.filter(pl.col("verified_on").eq_missing(pl.col("verified_before")))
    return stayed.with_columns(
        signal=pl.lit(str(SignalKind.EDITED_UNVERIFIED)),
        on="verified_on",
        record_count=pl.lit(1, dtype=pl.Int64),
        message=pl.when(pl.col("verified_on").is_null())
        .then(pl.lit("Its content changed; it has never been verified."))
        .otherwise(pl.format("Its content changed; the last verification is still that of {}.", "verified_on")),
    )


def _silent(changed: pl.DataFrame) -> pl.DataFrame:
    """Return records whose content changed while the date of the last edit stayed: an import, or a change in the export itself."""
    stayed = changed.filter(pl.col("edited_on").is_not_null() & (pl.col("edited_on") == pl.col("edited_before")))
    return stayed.with_columns(
        signal=pl.lit(str(SignalKind.SILENT_EDIT)),
        on="verified_on",
        record_count=pl.lit(1, dtype=pl.Int64),
        message=pl.format("Its content changed, but its date of the last edit is still {}.", "edited_on"),
    )
