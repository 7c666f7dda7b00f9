"""Every row of a delivery accounted for: what became of the rows that were read, and a sentence on those left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from schemas.delivered import Delivered
from schemas.enumerations import LeftOut

_LINE = ("source_file", "source_line")
#: Why a row with records left out counts as what it does, the graver reason first.
_ORDER = (LeftOut.TRANSLATION, LeftOut.REPEATED_DIFFERENT, LeftOut.REPEATED_SAME)
_SENTENCES: Mapping[str, str] = {
    LeftOut.REPEATED_SAME: "repeat an earlier {kind} record and say the same: {count}; one of each is kept.",
    LeftOut.REPEATED_DIFFERENT: (
        "have the number of another {kind} and say something else: {count}; the first row of each number is kept, "
        "the others are left out (rule ID-008)."
    ),
}


@dataclass(frozen=True, kw_only=True)
class ExplainedRows:
    """What became of the rows of a delivery.

    Attributes:
        counts: Rows by what became of them: `records` (a record of the directory), `repeated_same`, `repeated_different`,
            `translations`, `no_record` (of a file with records, without one of their own), `other_tables` (of files without
            records), `rejected`, `blank`. Together they are all rows of all files: rows read, rejected and blank.
        notices: One sentence per file, kind and reason.
    """

    counts: Mapping[str, int]
    notices: tuple[str, ...]


def explain_rows(delivered: Delivered, *, left_out: pl.DataFrame) -> ExplainedRows:
    """Return what became of the rows of a delivery.

    Args:
        delivered: The delivery, with its frame of records.
        left_out: Records that are not in the directory (`pipeline.normalize.directory.Normalized`).

    A row that holds several records counts as a record when one of them is kept.
    """
    lines = delivered.record.group_by(_LINE).agg(pl.len().alias("records"))
    with_records = lines.group_by("source_file").agg(pl.len().alias("rows"))
    holding = dict(with_records.iter_rows())
    gone = _count_gone(lines, left_out)
    read = {file.name: file.rows_read for file in delivered.files}
    in_record_files = sum(rows for name, rows in read.items() if name in holding)
    return ExplainedRows(
        counts={
            "records": lines.height - sum(gone.values()),
            "repeated_same": gone.get(LeftOut.REPEATED_SAME, 0),
            "repeated_different": gone.get(LeftOut.REPEATED_DIFFERENT, 0),
            "translations": gone.get(LeftOut.TRANSLATION, 0),
            "no_record": in_record_files - lines.height,
            "other_tables": sum(read.values()) - in_record_files,
            "rejected": delivered.rows_rejected,
            "blank": sum(file.rows_blank for file in delivered.files),
        },
        notices=(*_describe_repeats(left_out), *_describe_no_record(read, holding)),
    )


def _count_gone(lines: pl.DataFrame, left_out: pl.DataFrame) -> dict[str, int]:
    """Return by reason the rows of which no record is kept."""
    if left_out.is_empty():
        return {}
    rank = {str(reason): place for place, reason in enumerate(_ORDER)}
    reasons = (
        left_out.sort(pl.col("reason").replace_strict(rank, return_dtype=pl.Int64))
        .group_by(_LINE, maintain_order=True)
        .agg(pl.len().alias("left_out"), pl.col("reason").first())
        .join(lines, on=_LINE)
        .filter(pl.col("left_out") >= pl.col("records"))
    )
    return dict(reasons.group_by("reason").len().iter_rows())


def _describe_repeats(left_out: pl.DataFrame) -> list[str]:
    groups = left_out.group_by("source_file", "kind", "reason").len().sort("source_file", "kind", "reason")
    return [
        f"{file}: rows that {_SENTENCES[reason].format(kind=kind.replace('_', ' '), count=f'{count:,}')}"
        for file, kind, reason, count in groups.iter_rows()
        if reason in _SENTENCES
    ]


def _describe_no_record(read: Mapping[str, int], holding: Mapping[str, int]) -> list[str]:
    return [
        f"{name}: rows that hold no record of their own: {read[name] - rows:,} of {read[name]:,}; they stay in raw."
        for name, rows in sorted(holding.items())
        if read[name] > rows
    ]
