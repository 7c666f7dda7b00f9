"""What the freshness commands start from: the last published night, or an earlier one as far as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from flows.finding_decisions import with_decisions
from flows.past_nights import find_night, night_of
from pipeline.curate.findings import OPEN
from pipeline.measure.freshness import Evidence, Freshness, measure_freshness
from pipeline.measure.freshness_cases import HEADLINE
from pipeline.measure.freshness_trend import reconstruct_days
from pipeline.measure.window import window_of
from pipeline.store.snapshot import Snapshot, kept_runs, open_published
from pipeline.store.workspace import Workspace
from schemas.directory import Directory
from schemas.enumerations import WindowKind
from schemas.errors import InputError, UsageError
from schemas.parameters import FreshnessRule

#: Dimensions that every night stores, by which a night is told whose snapshot is gone.
STORED_DIMENSIONS = ("all", "center", "county", "curator", "kind")

#: `records`: worked out from a kept night; `stored`: as that night published it; `reconstructed`: a range, from later dates.
Source = Literal["records", "stored", "reconstructed"]


@dataclass(frozen=True, kw_only=True)
class FreshnessGround:
    """One published night, as far as freshness needs it.

    Attributes:
        run_id: The run.
        as_of: Day it speaks of.
        directory: Its canonical tables.
        evidence: Open findings and verifications.
        centers: Centers that were read.
    """

    run_id: str
    as_of: date
    directory: Directory
    evidence: Evidence
    centers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ToldFreshness:
    """The figures of a day and where they come from.

    Attributes:
        as_of: Day they speak of.
        cutoff_on: First day of the window.
        source: See `Source`.
        run_id: Run of the night that was used; None when there is none.
        figures: `schemas.measures.Measure` rows.
        measured: Everything about the day; None when only stored figures or a range are known.
        points: `schemas.freshness.TrendPoint` of a reconstructed day, by measure; empty otherwise.
        notes: What must be told about it, one sentence each.
    """

    as_of: date
    cutoff_on: date
    source: Source
    run_id: str | None
    figures: pl.DataFrame
    measured: Freshness | None = None
    points: dict[str, pl.DataFrame] | None = None
    notes: tuple[str, ...] = ()


def read_ground(place: Workspace, snapshot: Snapshot, *, run_id: str, as_of: date) -> FreshnessGround:
    """Return what freshness needs of an open snapshot; exceptions that people took since the night hold at once."""
    tracked = with_decisions(snapshot.table("quality.finding"), place, as_of=as_of)
    return FreshnessGround(
        run_id=run_id,
        as_of=as_of,
        directory=snapshot.directory(),
        evidence=Evidence(
            findings=tracked.filter(pl.col("status").is_in(OPEN)),
            verifications=snapshot.table("history.verification"),
        ),
        centers=tuple(snapshot.table("control.run_input")["center_id"].unique().sort().to_list()),
    )


def last_ground(place: Workspace) -> FreshnessGround:
    """Return the last published night.

    Raises:
        InputError: Nothing was published yet.
    """
    with open_published(place) as snapshot:
        return read_ground(place, snapshot, run_id=snapshot.pointer.run_id, as_of=snapshot.pointer.as_of)


def day_of(ground: FreshnessGround, as_of: date | None, *, advice: str) -> date:
    """Return the day on which the records of a night are judged: its own, or a later one.

    Raises:
        UsageError: The day lies before the night, of which its dates no longer tell.
    """
    if as_of is not None and as_of < ground.as_of:
        raise UsageError(
            f"--as-of: the last night speaks of {ground.as_of}; what was true on {as_of} was overwritten since.",
            advice=advice,
        )
    return as_of or ground.as_of


def tell_freshness(
    place: Workspace,
    *,
    as_of: date | None,
    night: str | None,
    rule: FreshnessRule,
    dimensions: Sequence[str],
    window_kind: WindowKind = WindowKind.ROLLING,
    measure: str = HEADLINE,
) -> ToldFreshness:
    """Return the freshness figures of a day or a night.

    A past day is told by the last night that speaks of it or of a day before: dates are overwritten, so that today's records cannot
    say what was true then. When the snapshot of that night is gone, its stored figures are told. Days before the first night are
    given as the range that the dates leave open.

    Args:
        place: Workspace.
        as_of: Day to speak of; None takes the night's own.
        night: A run, or a day of which a run speaks; None takes the last one, or for a past day the one that knows it.
        rule: Window, bands, options.
        dimensions: Breakdowns wanted.
        window_kind: What the window begins with.
        measure: Figure that is wanted: a night of which only stored figures are left may not have it.

    Raises:
        InputError: There is no such night, or it no longer knows what is asked.
        UsageError: The day lies before the night that is named.
    """
    with open_published(place) as snapshot:
        runs = snapshot.table("control.run").filter(pl.col("status") == "published").select("run_id", "as_of")
        last = snapshot.pointer
        stored = snapshot.table("measure.measure")
    run_id = last.run_id
    if night is not None:
        run_id = find_night(runs, night, option="--night")
    elif as_of is not None and as_of < last.as_of:
        before = night_of(runs, as_of)
        if before is None:
            return _reconstructed(
                place, day=as_of, rule=rule, window_kind=window_kind, dimensions=dimensions, first=runs["as_of"].min()
            )
        run_id = before
    own_day: date = runs.filter(pl.col("run_id") == run_id)["as_of"].to_list()[0]
    day = as_of or own_day
    if day < own_day:
        raise UsageError(
            f"--as-of: the night of {own_day} cannot tell what was true on {day}: its dates have overwritten those of that time.",
            advice="Leave out --night: the night that knew the day is asked, or a range is told.",
        )
    notes: tuple[str, ...] = ()
    if run_id != last.run_id or day != own_day:
        notes = (f"Told by the night of {own_day} (run {run_id}).",)
    if run_id == last.run_id or run_id in kept_runs(place):
        with open_published(place, run_id=None if run_id == last.run_id else run_id) as snapshot:
            ground = read_ground(place, snapshot, run_id=run_id, as_of=own_day)
        measured = measure_freshness(
            ground.directory,
            as_of=day,
            rule=rule,
            dimensions=dimensions,
            window_kind=window_kind,
            evidence=ground.evidence,
        )
        return ToldFreshness(
            as_of=day,
            cutoff_on=measured.cutoff_on,
            source="records",
            run_id=run_id,
            figures=measured.figures,
            measured=measured,
            notes=notes,
        )
    return _stored(
        stored, run_id=run_id, day=own_day, rule=rule, dimensions=dimensions, window_kind=window_kind, measure=measure
    )


def _stored(
    stored: pl.DataFrame,
    *,
    run_id: str,
    day: date,
    rule: FreshnessRule,
    dimensions: Sequence[str],
    window_kind: WindowKind,
    measure: str,
) -> ToldFreshness:
    """Tell a night whose snapshot is gone by the figures that it stored."""
    figures = stored.filter(pl.col("run_id") == run_id).drop("run_id")
    lost = [dimension for dimension in dimensions if dimension not in STORED_DIMENSIONS]
    if window_kind != WindowKind.ROLLING:
        ending = f"_{window_kind.value}"
        figures = figures.filter(pl.col("measure").str.ends_with(ending)).with_columns(
            pl.col("measure").str.strip_suffix(ending)
        )
        lost = [dimension for dimension in dimensions if dimension not in ("all", "center")]
    if lost or figures.filter(pl.col("measure") == measure).is_empty():
        missing = f"figures by {lost[0]}" if lost else f"{measure} of the {window_kind.value.replace('_', ' ')} window"
        raise InputError(
            f"The records of the night of {day} are no longer kept, and it stored no {missing}.",
            advice="Raise [workspace] keep_snapshots for the nights to come; by center, county, curator and kind every night is kept.",
        )
    return ToldFreshness(
        as_of=day,
        cutoff_on=window_of(rule, as_of=day, kind=window_kind).cutoff_on,
        source="stored",
        run_id=run_id,
        figures=figures,
        notes=(
            f"As published by the night of {day} (run {run_id}) under the settings of that night; its records are no longer kept.",
        ),
    )


def _reconstructed(
    place: Workspace,
    *,
    day: date,
    rule: FreshnessRule,
    window_kind: WindowKind,
    dimensions: Sequence[str],
    first: object,
) -> ToldFreshness:
    if any(dimension not in ("all", "center") for dimension in dimensions):
        raise InputError(
            f"{day} lies before the first night ({first}): no figures by {', '.join(dimensions)} can be told of it.",
            advice="Ask for the whole, or --by center.",
        )
    ground = last_ground(place)
    points: dict[str, pl.DataFrame] = {}
    for measure in ("complete_agency_update", "verified_record"):
        parts = []
        for center in (None, *ground.centers):
            directory = ground.directory if center is None else ground.directory.of_centers([center])
            parts.append(
                reconstruct_days(
                    directory,
                    days=[day],
                    verifications=ground.evidence.verifications,
                    as_of=ground.as_of,
                    rule=rule,
                    measure=measure,
                    window_kind=window_kind,
                ).with_columns(center_id=pl.lit(center, dtype=pl.String))
            )
        points[measure] = pl.concat(parts)
    window = window_of(rule, as_of=day, kind=window_kind)
    return ToldFreshness(
        as_of=day,
        cutoff_on=window.cutoff_on,
        source="reconstructed",
        run_id=None,
        figures=pl.DataFrame(),
        points=points,
        notes=(
            f"{day} lies before the first night ({first}). Reconstructed as a range: the lower end takes no date that was overwritten.",
        ),
    )
