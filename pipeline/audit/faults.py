"""Faults that auditors found, as they stand tonight: each is a finding of the record until it is mended.

A fault is open while the values it is about are the ones the auditor saw. When one of them has changed in a later export, or a later
audit finds the item right, it is no longer shown and closes as any finding does. A curator who disagrees takes an exception.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.audit.answers import standing_answers
from pipeline.audit.present_values import show_present_values
from pipeline.audit.sheet_checks import values_sha256
from schemas.directory import Directory
from schemas.private_values import PrivateValues
from schemas.scorecard import QUESTIONS, AuditAnswer

_RECORD = ("center_id", "record_uid")
_QUESTIONS = {question.item_id: question for question in QUESTIONS}

#: Columns of a fault.
FAULT_SCHEMA: dict[str, type[pl.DataType]] = {
    "center_id": pl.String,
    "kind": pl.String,
    "record_uid": pl.String,
    "rule_id": pl.String,
    "item_id": pl.String,
    "value": pl.String,
}

#: Third opinions settle what two auditors see differently.
_RANK = {"first": 0, "second": 0, "third": 1}


def standing_faults(
    answers: pl.DataFrame,
    *,
    draws: pl.DataFrame,
    renumbered: Mapping[tuple[str, str, str], str],
    directory: Directory,
) -> pl.DataFrame:
    """Return the faults that are still to be mended.

    Args:
        answers: `schemas.auditing.Answer`, those of an earlier batch under its own id only.
        draws: `schemas.auditing.Draw`, for the unit of each batch.
        renumbered: Present number of records that came back under another one, by center, kind and number at the time of the draw.
        directory: Tonight's directory.

    Returns:
        `FAULT_SCHEMA`: one row per record and item; `value` names auditor and day and holds the comment.
    """
    units = draws.select("batch_id", kind="unit")
    said = standing_answers(answers).join(units, on="batch_id", how="inner", maintain_order="left")
    if said.is_empty():
        return pl.DataFrame(schema=FAULT_SCHEMA)
    present = [
        renumbered.get((center, kind, uid), uid)
        for center, kind, uid in said.select("center_id", "kind", "record_uid").iter_rows()
    ]
    said = said.with_columns(record_uid=pl.Series(present, dtype=pl.String))
    # The latest audit of an item counts; within one audit any no, unless a third opinion has settled it.
    latest_day = pl.col("checked_on").max().over("center_id", "kind", "record_uid", "item_id", "batch_id")
    said = said.with_columns(day=latest_day, rank=pl.col("role").replace_strict(_RANK, return_dtype=pl.Int64))
    item = ("center_id", "kind", "record_uid", "item_id")
    said = said.filter(pl.col("day") == pl.col("day").max().over(item))
    said = said.filter(pl.col("rank") == pl.col("rank").max().over(item))
    wrong = (
        said.filter(pl.col("answer") == AuditAnswer.NO)
        .sort(*item, "role", "entry")
        .unique(item, keep="first", maintain_order=True)
    )
    parts = [
        _unchanged(wrong.filter(pl.col("kind") == kind), unit=str(kind), directory=directory)
        for kind in wrong["kind"].unique().sort()
    ]
    if not parts:
        return pl.DataFrame(schema=FAULT_SCHEMA)
    rules = {question.item_id: question.rule_id for question in QUESTIONS}
    return (
        pl.concat(parts)
        .with_columns(
            rule_id=pl.col("item_id").replace_strict(rules, return_dtype=pl.String),
            value=pl.format("{}, {}: {}", "auditor", "checked_on", pl.col("comment").fill_null("(no comment)")),
        )
        .select(*FAULT_SCHEMA)
        .sort("center_id", "record_uid", "item_id")
    )


def _unchanged(wrong: pl.DataFrame, *, unit: str, directory: Directory) -> pl.DataFrame:
    """Return the faults whose values are still the ones the auditor saw, of records that are still in the directory."""
    there = directory.tables()[unit].filter("is_counted").select(_RECORD).unique()
    wrong = wrong.join(there, on=list(_RECORD), how="semi", maintain_order="left")
    shown: dict[tuple[str, str], dict[str, str]] = {}
    values = show_present_values(
        wrong.select(_RECORD).unique(), directory=directory, unit=unit, private=PrivateValues(), is_complete=True
    )
    for row in values.to_dicts():
        shown.setdefault((row["center_id"], row["unit_uid"]), {})[row["shows"]] = row["text"]
    stays = [
        (row["center_id"], row["record_uid"]) in shown
        and row["shown_sha256"]
        in (None, values_sha256(shown[row["center_id"], row["record_uid"]], _QUESTIONS[row["item_id"]]))
        for row in wrong.select(*_RECORD, "item_id", "shown_sha256").to_dicts()
    ]
    return wrong.filter(pl.Series(stays, dtype=pl.Boolean))


def follow_numbers(rekeyed: pl.DataFrame) -> dict[tuple[str, str, str], str]:
    """Return the present number of every record that came back under another one, over all nights.

    Args:
        rekeyed: `schemas.history.RekeyedInRun` of all runs, tonight's included.
    """
    present: dict[tuple[str, str, str], str] = {}
    # Numbers that point to a present one; so that a directory that was renumbered whole takes no longer than its rows.
    known_as: dict[tuple[str, str, str], set[str]] = {}
    columns = ("center_id", "kind", "old_record_uid", "new_record_uid")
    for center, kind, old, new in rekeyed.sort("as_of", "run_id").select(columns).iter_rows():
        earlier = known_as.pop((center, kind, old), set()) | {old}
        for name in earlier:
            present[center, kind, name] = new
        known_as.setdefault((center, kind, new), set()).update(earlier)
    return {key: new for key, new in present.items() if key[2] != new}
