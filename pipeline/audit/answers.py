"""The answers of auditors, folded from the decision log: what stands, and what stood before a correction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from schemas.auditing import Answer
from schemas.contract import conform, empty_table, schema_of

#: Kind of the entries of the decision log.
KIND = "audit_answers"

#: What makes one answer of one auditor.
ANSWER_KEY: tuple[str, ...] = ("batch_id", "center_id", "record_uid", "item_id", "auditor")


@dataclass(frozen=True, kw_only=True)
class AnswerEntry:
    """One entry of the log: the new answers of one worksheet.

    Attributes:
        sequence: Place in the log.
        handed_in_on: Day.
        batch_id: Batch.
        payload: `auditor`, `role`, and `rows`, each with `center_id`, `record_uid`, `item_id`, `answer`, `comment`,
            `source_note`, `shown_sha256`.
    """

    sequence: int
    handed_in_on: date
    batch_id: str
    payload: Mapping[str, Any]


def fold_answers(entries: Iterable[AnswerEntry]) -> pl.DataFrame:
    """Return every answer ever given (`schemas.auditing.Answer`) in the order of the log; the latest of each item stands."""
    rows = [
        {
            "batch_id": entry.batch_id,
            **{name: row.get(name) for name in ("center_id", "record_uid", "item_id", "answer", "comment")},
            "source_note": row.get("source_note"),
            "shown_sha256": row.get("shown_sha256"),
            "auditor": entry.payload["auditor"],
            "role": entry.payload["role"],
            "checked_on": entry.handed_in_on,
            "entry": entry.sequence,
        }
        for entry in sorted(entries, key=lambda entry: entry.sequence)
        for row in entry.payload["rows"]
    ]
    if not rows:
        return empty_table(Answer)
    schema = {name: dtype for name, dtype in schema_of(Answer).items() if name != "is_standing"}
    frame = pl.DataFrame(rows, schema=schema)
    latest = pl.col("entry") == pl.col("entry").max().over(*ANSWER_KEY)
    return conform(frame.with_columns(is_standing=latest), Answer)


def standing_answers(answers: pl.DataFrame) -> pl.DataFrame:
    """Return the answers that stand; an answer that was taken back, and remarks, are not among them."""
    return answers.filter(pl.col("is_standing") & pl.col("answer").is_not_null())


def carry_answers(answers: pl.DataFrame, *, items: pl.DataFrame) -> pl.DataFrame:
    """Return the answers with those of an earlier batch that a larger one contains, under the larger one's id.

    Args:
        answers: `schemas.auditing.Answer`.
        items: `schemas.auditing.DrawItem` of all batches.
    """
    carried = items.filter(pl.col("carried_from").is_not_null()).select(
        "center_id", "record_uid", to_batch="batch_id", batch_id="carried_from"
    )
    copied = (
        answers.join(carried, on=["batch_id", "center_id", "record_uid"], how="inner", maintain_order="left")
        .with_columns(batch_id=pl.col("to_batch"))
        .select(answers.columns)
    )
    both = pl.concat([answers, copied])
    # What was answered anew in the larger batch stands there.
    latest = pl.col("entry") == pl.col("entry").max().over(*ANSWER_KEY)
    return conform(both.with_columns(is_standing=pl.col("is_standing") & latest), Answer)
