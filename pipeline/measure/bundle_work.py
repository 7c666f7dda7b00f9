"""Bundles as the verification queue takes them: until when each counts, how long its update takes, and what keeps it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.measure.dated_records import DatedDirectory, date_directory
from pipeline.measure.window import counts_until, window_of
from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import Status
from schemas.merging import PlanState
from schemas.outreach import QueueBundle
from schemas.parameters import FreshnessRule

_AGENCY = ["center_id", "agency_uid"]
_CLOSED, _MERGING = "temporarily closed", "is taken up into another record by a merge plan"
#: Plans of which the records that are given up need no verification any more.
_OPEN_PLANS = (PlanState.READY.value, PlanState.NEEDS_CHOICE.value, PlanState.HALF_DONE.value)


@dataclass(frozen=True, kw_only=True)
class BundleWork:
    """What the queue is made from.

    Attributes:
        bundles: `schemas.outreach.QueueBundle`.
        notes: What was left out, one sentence per center.
    """

    bundles: pl.DataFrame
    notes: tuple[str, ...]


def collect_bundle_work(
    directory: Directory,
    *,
    complexity: pl.DataFrame,
    as_of: date,
    rule: FreshnessRule,
    members: pl.DataFrame,
    use: pl.DataFrame | None = None,
    contacted: pl.DataFrame | None = None,
    dated: DatedDirectory | None = None,
) -> BundleWork:
    """Return the counted agencies with everything the queue needs to know of them.

    A center whose export has no verification date that counts is left out with a note: all of it would be due at once.

    Args:
        directory: One or many centers.
        complexity: `schemas.complexity.Complexity` of the same directory.
        as_of: Later days count as blank.
        rule: Window, and from which share on a level is tracked.
        members: `schemas.merging.MergeMember`: records that an open plan gives up are not asked for.
        use: `center_id`, `record_uid`, `use`: how often agencies were asked for; None when unknown.
        contacted: `center_id`, `agency_uid`, `contacted_on`: the last day a form was sent; None when unknown.
        dated: From `date_directory` for the same directory, day and rule; worked out here when not given.
    """
    dated = dated or date_directory(directory, as_of=as_of, rule=rule)
    known = dated.levels.filter("is_tracked").select("center_id").unique()
    bundles = dated.bundles
    undated = bundles.join(known, on="center_id", how="anti").group_by("center_id").agg(pl.len()).sort("center_id")
    window = window_of(rule, as_of=as_of)
    until = counts_until(pl.col("day"), rule=rule)
    given_up = (
        members.filter(~pl.col("is_survivor") & pl.col("state").is_in(_OPEN_PLANS))
        .select("center_id", agency_uid="record_uid")
        .unique()
        .with_columns(is_given_up=pl.lit(value=True))
    )
    agencies = directory.agency.unique(["center_id", "record_uid"], keep="first", maintain_order=True).select(
        "center_id", "status", agency_uid="record_uid"
    )
    effort = complexity.select(
        "center_id",
        "native_id",
        "name",
        "site_count",
        "service_count",
        agency_uid="record_uid",
        minutes="update_minutes",
    )
    work = (
        bundles.join(known, on="center_id", how="semi")
        .select(*_AGENCY, "curator", "county", "day")
        .unique(_AGENCY, keep="first", maintain_order=True)
        .join(effort, on=_AGENCY, how="inner")
        .join(agencies, on=_AGENCY, how="left")
        .join(given_up, on=_AGENCY, how="left")
    )
    work = _joined(work, use, name="use", key="record_uid")
    work = _joined(work, contacted, name="contacted_on", key="agency_uid")
    return BundleWork(
        bundles=conform(
            work.with_columns(
                counts_until=pl.when(pl.col("day") >= window.cutoff_on).then(until),
                excluded_reason=pl.when(pl.col("status") == Status.TEMPORARILY_CLOSED.value)
                .then(pl.lit(_CLOSED))
                .when(pl.col("is_given_up"))
                .then(pl.lit(_MERGING)),
            ).sort(_AGENCY),
            QueueBundle,
        ),
        notes=tuple(
            f"Center {center}: its export has no verification date that counts, so none of its agencies is queued ({count:,})."
            for center, count in undated.rows()
        ),
    )


def _joined(work: pl.DataFrame, other: pl.DataFrame | None, *, name: str, key: str) -> pl.DataFrame:
    dtype = pl.Int64 if name == "use" else pl.Date
    if other is None:
        return work.with_columns(pl.lit(None, dtype=dtype).alias(name))
    found = other.select("center_id", name, agency_uid=key).unique(_AGENCY, keep="last", maintain_order=True)
    return work.join(found, on=_AGENCY, how="left")
