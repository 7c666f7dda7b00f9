"""The forecast and the queue of a directory: what the night and the commands `forecast` and `queue` both ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from flows.settings import Settings
from pipeline.measure.bundle_updates import list_bundle_updates, list_record_updates, record_id
from pipeline.measure.bundle_work import collect_bundle_work
from pipeline.measure.dated_records import DatedDirectory, date_directory
from pipeline.measure.forecast import Forecast, forecast_share
from pipeline.measure.freshness_cases import HEADLINE, find_reasons
from pipeline.measure.window import period_end, window_of
from pipeline.outreach.bundle_faults import tell_bundle_faults
from pipeline.outreach.queue import Queue, plan_queue
from pipeline.outreach.stages import stage_outreach
from pipeline.outreach.ways_to_reach import ways_to_reach
from schemas.directory import Directory
from schemas.enumerations import WindowKind
from schemas.parameters import FreshnessRule

_AGENCY = ["center_id", "agency_uid"]


@dataclass(frozen=True, kw_only=True)
class WorkList:
    """Who must verify what.

    Attributes:
        queue: The plan.
        items: Its items with `phone`, `email`, `error_count`, `warning_count`, `info_count` and `to_fix`.
        staged: `schemas.outreach.StagedBundle`: where outreach stands for every agency.
        notes: What must be told, one sentence each.
    """

    queue: Queue
    items: pl.DataFrame
    staged: pl.DataFrame
    notes: tuple[str, ...]


def forecast_end(as_of: date, *, rule: FreshnessRule, kind: WindowKind = WindowKind.ROLLING) -> date:
    """Return the day a forecast speaks of unless another is named: the end of the year, or of the next one on its last day."""
    end = period_end(as_of, rule=rule, kind=kind)
    return end if end > as_of else period_end(date(as_of.year + 1, as_of.month, 1), rule=rule, kind=kind)


def forecast_directory(
    directory: Directory,
    *,
    verifications: pl.DataFrame,
    as_of: date,
    target_on: date,
    target_share: float,
    settings: Settings,
    measure: str = HEADLINE,
    window_kind: WindowKind = WindowKind.ROLLING,
    dated: DatedDirectory | None = None,
) -> Forecast:
    """Return how the share goes on to a day. Centers whose export has no verification date that counts are left out.

    Args:
        directory: The centers that are wanted.
        verifications: `schemas.history.Verification` of all nights.
        as_of: Day the directory speaks of.
        target_on: Day to speak of.
        target_share: Share wanted by then, 0-1.
        settings: Windows and model.
        measure: `complete_agency_update` or `verified_record`.
        window_kind: What the window begins with.
        dated: From `date_directory` for the same directory and day; worked out here when not given.
    """
    rule = settings.freshness
    dated = dated or date_directory(directory, as_of=as_of, rule=rule)
    levels = dated.levels
    known = levels.filter("is_tracked" if measure == HEADLINE else (pl.col("dated") > 0)).select("center_id").unique()
    records = dated.records.join(known, on="center_id", how="semi")
    centers = known["center_id"].to_list()
    verifications = verifications.filter(pl.col("center_id").is_in(centers))
    if measure == HEADLINE:
        units = dated.bundles.join(known, on="center_id", how="semi").select("day", unit_id="unit")
        events = list_bundle_updates(records, levels=levels, verifications=verifications)
    else:
        units = records.select(unit_id=record_id(), day="verified_on")
        events = list_record_updates(records, verifications=verifications)
    # Of centers that joined later nothing is known of earlier nights: the youngest history is that of all together.
    first = verifications.group_by("center_id").agg(pl.col("first_seen_on").min())["first_seen_on"].max()
    told = forecast_share(
        units.unique("unit_id", keep="first", maintain_order=True),
        events,
        as_of=as_of,
        target_on=target_on,
        target_share=target_share,
        known_since=first if isinstance(first, date) else None,
        cutoff=lambda day: window_of(rule, as_of=day, kind=window_kind).cutoff_on,
        parameters=settings.forecast,
        seed=f"{as_of} {target_on} {measure} {' '.join(sorted(centers))}",
        unit_words=("agency", "agencies") if measure == HEADLINE else ("record", "records"),
    )
    left_out = _left_out(dated, measure=measure, known=known, rule=rule)
    if not centers and left_out:
        # "There is no counted agency" would be wrong beside the thousand agencies of which nothing is known.
        return replace(told, reason=" ".join(sorted({why for _, why in left_out})))
    return replace(told, basis=(*told.basis, *(f"Center {center} is left out. {why}" for center, why in left_out)))


def _left_out(
    dated: DatedDirectory, *, measure: str, known: pl.DataFrame, rule: FreshnessRule
) -> list[tuple[str, str]]:
    """Return the centers of which nothing can be forecast, with the reason."""
    unknown = find_reasons(dated.records, levels=dated.levels, rule=rule).filter(pl.col("measure") == measure)
    return (
        unknown.join(known, on="center_id", how="anti")
        .select("center_id", pl.col("reason").fill_null("Nothing is known of it."))
        .unique()
        .sort("center_id")
        .rows()
    )


def list_work(
    directory: Directory,
    *,
    complexity: pl.DataFrame,
    findings: pl.DataFrame,
    members: pl.DataFrame,
    as_of: date,
    weeks: int,
    settings: Settings,
    use: pl.DataFrame | None = None,
    contacted: pl.DataFrame | None = None,
    centers: Sequence[str] | None = None,
    dated: DatedDirectory | None = None,
) -> WorkList:
    """Return who must verify what in the next weeks, and what is wrong with each record to be asked about.

    Args:
        directory: One or many centers.
        complexity: `schemas.complexity.Complexity` of the same directory.
        findings: Open findings.
        members: `schemas.merging.MergeMember` of the merge plans.
        as_of: First day of week 1.
        weeks: Weeks wanted.
        settings: Windows, target, hours.
        use: How often agencies were asked for; None when unknown.
        contacted: When forms were sent; None when unknown.
        centers: Only these; None for all.
        dated: From `date_directory` for the same directory and day; worked out here when not given, or for single centers.
    """
    rule = settings.freshness
    if centers is not None:
        directory, dated = directory.of_centers(list(centers)), None
    work = collect_bundle_work(
        directory,
        complexity=complexity,
        as_of=as_of,
        rule=rule,
        members=members,
        use=use,
        contacted=contacted,
        dated=dated,
    )
    parameters = settings.queue.model_copy(update={"window_months": rule.window_months})
    queue = plan_queue(work.bundles, as_of=as_of, weeks=weeks, parameters=parameters)
    asked = findings.join(queue.items.select(_AGENCY), on=_AGENCY, how="semi")
    items = (
        queue.items.join(ways_to_reach(directory), on=_AGENCY, how="left", maintain_order="left")
        .join(tell_bundle_faults(asked), on=_AGENCY, how="left", maintain_order="left")
        .with_columns(pl.col("error_count", "warning_count", "info_count").fill_null(0))
    )
    return WorkList(
        queue=queue,
        items=items,
        staged=stage_outreach(work.bundles, as_of=as_of, parameters=parameters),
        notes=(*work.notes, *queue.notes),
    )
