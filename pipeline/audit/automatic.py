"""What the nightly rules say of drawn records: the items of the scorecard that no person has to judge."""

from __future__ import annotations

import polars as pl

from schemas.auditing import AutomaticScore
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import Origin, RecordKind
from schemas.rules import completeness_matrix
from schemas.scorecard import AUTOMATIC_ITEMS

_UNIT = ("center_id", "unit_uid")
_KINDS = (RecordKind.AGENCY.value, RecordKind.SITE.value, RecordKind.SERVICE.value)


def score_automatic(
    items: pl.DataFrame, *, directory: Directory, unit: str, findings: pl.DataFrame, not_applicable: pl.DataFrame
) -> pl.DataFrame:
    """Count, for every drawn record, the elements and services that are right.

    Completeness counts the cells of the completeness matrix over the counted records of the bundle; indexing counts its services.
    What an export does not carry is left out of both numbers.

    Args:
        items: `schemas.auditing.DrawItem`.
        directory: The directory they were drawn from.
        unit: `agency` or `service`.
        findings: `schemas.quality.Finding` that the exports show, accepted exceptions included.
        not_applicable: `schemas.quality.NotApplicable`.

    Returns:
        `schemas.auditing.AutomaticScore`, ordered by place in the draw and item.
    """
    members = _members(items, directory=directory, unit=unit)
    off = not_applicable.select("center_id", "rule_id").unique()
    broken = findings.select("center_id", "kind", "record_uid", "rule_id").unique()
    parts = [_completeness(members, off=off, broken=broken), _indexing(members, off=off, broken=broken)]
    order = {item.item_id: place for place, item in enumerate(AUTOMATIC_ITEMS)}
    scores = (
        pl.concat(parts)
        .filter(pl.col("possible") > 0)
        .join(
            items.select("batch_id", "rank", "center_id", unit_uid="record_uid"),
            on=list(_UNIT),
            how="inner",
            maintain_order="left",
        )
        .sort("rank", pl.col("item_id").replace_strict(order, return_dtype=pl.Int64))
    )
    return conform(scores.rename({"unit_uid": "record_uid"}), AutomaticScore)


def _members(items: pl.DataFrame, *, directory: Directory, unit: str) -> pl.DataFrame:
    """Return the records that the rules are asked of in every drawn bundle: `center_id`, `unit_uid`, `kind`, `record_uid`."""
    drawn = items.select("center_id", unit_uid="record_uid").unique()
    kinds = _KINDS if unit == RecordKind.AGENCY else (unit,)
    parts = []
    for kind in kinds:
        is_unit = kind == unit
        parts.append(
            directory.tables()[kind]
            .filter(pl.col("is_counted") & (pl.col("origin") == Origin.DELIVERED.value))
            .select("center_id", "kind", "record_uid", unit_uid="record_uid" if is_unit else "agency_uid")
        )
    return pl.concat(parts).unique(["center_id", "kind", "record_uid"]).join(drawn, on=list(_UNIT), how="semi")


def _completeness(members: pl.DataFrame, *, off: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    cells = pl.DataFrame(
        [
            (kind, element.rule_id(kind), f"completeness.{element.requirement(kind)}")
            for element in completeness_matrix()
            for kind in _KINDS
            if element.requirement(kind) is not None
        ],
        schema=["kind", "rule_id", "item_id"],
        orient="row",
    )
    asked = members.join(cells, on="kind").join(off, on=["center_id", "rule_id"], how="anti")
    return _counted(
        asked, broken.with_columns(is_wrong=pl.lit(value=True)), on=["center_id", "kind", "record_uid", "rule_id"]
    )


def _indexing(members: pl.DataFrame, *, off: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    services = members.filter(pl.col("kind") == RecordKind.SERVICE.value)
    counted = []
    for item in AUTOMATIC_ITEMS:
        if not item.rules:
            continue
        # Asked where at least one of its rules is: a list of licensed terms, for one, is not had everywhere.
        silent = (
            off.filter(pl.col("rule_id").is_in(item.rules))
            .group_by("center_id")
            .len()
            .filter(pl.col("len") == len(item.rules))
        )
        asked = services.join(silent, on="center_id", how="anti").with_columns(item_id=pl.lit(item.item_id))
        wrong = (
            broken.filter(pl.col("rule_id").is_in(item.rules))
            .select("center_id", "kind", "record_uid")
            .unique()
            .with_columns(is_wrong=pl.lit(value=True))
        )
        counted.append(_counted(asked, wrong, on=["center_id", "kind", "record_uid"]))
    return pl.concat(counted)


def _counted(asked: pl.DataFrame, wrong: pl.DataFrame, *, on: list[str]) -> pl.DataFrame:
    is_wrong = pl.col("is_wrong").fill_null(value=False)
    return (
        asked.join(wrong, on=on, how="left")
        .group_by(*_UNIT, "item_id")
        .agg(points=(~is_wrong).sum().cast(pl.Int64), possible=pl.len().cast(pl.Int64))
    )
