"""Everything that reports of one period start from, read once for the whole and for every edition."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from flows.audit_ground import stored_draws
from flows.audits import Audits, read_audits
from flows.period_choice import ChosenNights, choose_nights
from flows.period_visitors import GivenVisitors, read_visitors
from flows.settings import Resolved
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.dated_records import DatedDirectory, date_directory
from pipeline.measure.freshness_cases import HEADLINE, VERIFIED, count_cases, find_reasons
from pipeline.measure.window import months_before, window_of
from pipeline.store import period_reads as reads
from pipeline.store.snapshot import Pointer, Snapshot, kept_runs, open_published, read_pointer
from pipeline.store.workspace import Workspace
from schemas.directory import Directory
from schemas.enumerations import WindowKind
from schemas.errors import InputError
from schemas.period import Period
from schemas.period_facts import AGE_BANDS

#: Divisions of the stored figures that a report tells.
_DIMENSIONS = ("all", "center", "county", "curator", "kind", "band", "reason")
#: Figures that are followed over the nights.
_FOLLOWED = (HEADLINE, VERIFIED, "staffing_fte")
#: Points of a trend beyond which the last night of each week, then of each month, is taken (project choice: more are not read).
_MOST_POINTS = 32


@dataclass(frozen=True, kw_only=True)
class NightState:
    """How things stood in the night of the report; read from its own snapshot.

    Attributes:
        findings: From `read_finding_states`.
        open_findings: From `read_open_findings`.
        left_out: From `read_left_out`.
        methods: From `read_methods`.
        not_asked: `schemas.quality.NotApplicable`.
        pairs: From `read_pairs`.
        plans: From `read_plans`.
        directory: From `read_dated`.
    """

    findings: pl.DataFrame
    open_findings: pl.DataFrame
    left_out: pl.DataFrame
    methods: pl.DataFrame
    not_asked: pl.DataFrame
    pairs: pl.DataFrame
    plans: pl.DataFrame
    directory: Directory


@dataclass(frozen=True, kw_only=True)
class PeriodGround:
    """What reports of one period start from.

    Attributes:
        resolved: Settings.
        place: Workspace.
        chosen: The period and its nights.
        program_version: Version that ran the night.
        nights: Published nights until the one of the report, from `read_nights`.
        centers: Centers that were read until then.
        joined: Day of each center's first night.
        measures: Stored figures of the night and of the one before the period.
        trend: Stored figures over the nights, thinned.
        documents: Documents of the nights that are asked for, by run.
        documents_of: For each center the run of its last document, now and before.
        moves, fixed, changes, fields: What happened in the period.
        state: How things stood in the night; None when its snapshot is gone.
        history_run: Run whose snapshot told what happened over the nights.
        audits: All audits.
        given: What the center supplies about visitors.
    """

    resolved: Resolved
    place: Workspace
    chosen: ChosenNights
    program_version: str
    nights: pl.DataFrame
    centers: tuple[str, ...]
    joined: Mapping[str, date]
    measures: pl.DataFrame
    trend: pl.DataFrame
    documents: Mapping[str, dict[str, Any]]
    documents_of: Mapping[str, Mapping[str, str]]
    moves: pl.DataFrame
    fixed: pl.DataFrame
    changes: pl.DataFrame
    fields: pl.DataFrame
    state: NightState | None
    history_run: str
    audits: Audits
    given: GivenVisitors

    @property
    def document(self) -> dict[str, Any]:
        """The document of the night."""
        return self.documents[self.chosen.run_id]

    @property
    def document_before(self) -> dict[str, Any] | None:
        """The document of the night before the period; None when there is none."""
        return None if self.chosen.before_run_id is None else self.documents[self.chosen.before_run_id]

    @cached_property
    def dated(self) -> DatedDirectory | None:
        """The days of the records of the night; None when its snapshot is gone."""
        if self.state is None:
            return None
        return date_directory(self.state.directory, as_of=self.chosen.as_of, rule=self.resolved.settings.freshness)

    @cached_property
    def cases(self) -> pl.DataFrame | None:
        """Counted records by center, curator, kind and band (`pipeline.measure.freshness_cases.count_cases`); None likewise."""
        if self.dated is None:
            return None
        rule = self.resolved.settings.freshness
        return count_cases(
            self.dated.records.select("center_id", "kind", "curator", "verified_on"),
            bundles=self.dated.bundles.select("center_id", "kind", "curator", "day"),
            window=window_of(rule, as_of=self.chosen.as_of, kind=WindowKind.ROLLING),
            reasons=find_reasons(self.dated.records, levels=self.dated.levels, rule=rule),
            measures=(VERIFIED,),
        )

    @cached_property
    def bundles(self) -> tuple[Directory, pl.DataFrame]:
        """The whole directory of the night and the complexity of its bundles. Its snapshot must be kept, and it must not be very large."""
        with open_published(self.place, run_id=self.chosen.run_id) as snapshot:
            directory = snapshot.directory()
        parameters = self.resolved.settings.staffing
        return directory, measure_complexity(directory, as_of=self.chosen.as_of, parameters=parameters)

    @property
    def trend_from(self) -> date:
        """First day of trends."""
        return months_before(self.chosen.as_of, months=self.resolved.settings.report.trend_months)

    @cached_property
    def first_verifications(self) -> pl.DataFrame:
        """The earliest verification of every record that any of these nights has shown (`read_first_verifications`)."""
        with open_published(self.place, run_id=self.history_run) as snapshot:
            return reads.read_first_verifications(snapshot, until=self.chosen.as_of)

    def verifications_of(self, center_id: str) -> pl.DataFrame:
        """Return the verifications of a center that the nights until that of the report have shown (`schemas.history.Verification`)."""
        with open_published(self.place, run_id=self.history_run) as snapshot:
            return reads.read_verifications(snapshot, until=self.chosen.as_of, center_id=center_id)

    def center_documents(self, center_id: str | None, *, when: str) -> list[dict[str, Any]] | None:
        """Return what the last night told of each center: of one, or of all.

        Args:
            center_id: One center, or None for all.
            when: `now` or `before`.

        Returns:
            Entries of `centers` of the documents; None when no night told of them.
        """
        found = []
        for center, run_id in self.documents_of[when].items():
            if center_id in (None, center):
                found += [one for one in self.documents[run_id]["centers"] if one["center_id"] == center]
        return found or None


def last_day(place: Workspace) -> Pointer:
    """Return the pointer to the last published night.

    Raises:
        InputError: Nothing was published yet.
    """
    pointer = read_pointer(place)
    if pointer is None:
        raise InputError(
            f"Nothing was published yet in {place.root}.", advice="Run `resdir nightly EXPORT --center ID` first."
        )
    return pointer


def read_period(resolved: Resolved, *, place: Workspace, period: Period, day: date) -> PeriodGround:
    """Read what the reports of a period start from.

    Args:
        resolved: Settings.
        place: Workspace.
        period: The period.
        day: Day of the report.

    Raises:
        InputError: Nothing was published, or nothing is known of the period; or the file of visitors cannot be read.
    """
    settings = resolved.settings.report
    given = read_visitors(resolved.base / settings.visitors if settings.visitors else None)
    pointer = last_day(place)
    with open_published(place) as snapshot:
        every = reads.read_nights(snapshot)
        chosen = choose_nights(every, period=period, day=day, stale_days=settings.stale_days)
        nights = every.filter(pl.col("as_of") <= chosen.as_of)
        read = reads.read_centers_read(snapshot)
        documents_of = {"now": _last_read(read, until=chosen.as_of), "before": {}}
        wanted = {chosen.run_id, *documents_of["now"].values()}
        if chosen.before_on is not None and chosen.before_run_id is not None:
            documents_of["before"] = _last_read(read, until=chosen.before_on)
            wanted |= {chosen.before_run_id, *documents_of["before"].values()}
        documents = {
            row["run_id"]: json.loads(row["night"])
            for row in reads.read_night_documents(snapshot, sorted(wanted)).to_dicts()
        }
        two = [one for one in (chosen.run_id, chosen.before_run_id) if one is not None]
        trend_from = months_before(chosen.as_of, months=settings.trend_months)
        followed = _thinned(nights.filter(pl.col("as_of") >= trend_from))
        span = {"first_on": period.first_on, "last_on": chosen.as_of}
        first_on = nights["as_of"].min()
        assert isinstance(first_on, date)
        state = None
        if chosen.run_id == pointer.run_id:
            state = _read_state(snapshot, as_of=chosen.as_of)
        ground = {
            "measures": reads.read_measures(snapshot, two, dimensions=_DIMENSIONS),
            "trend": reads.read_measures(
                snapshot, followed, dimensions=("all", "kind", "curator", "band"), measures=_FOLLOWED
            ),
            "moves": reads.read_finding_moves(snapshot, **span),
            "fixed": reads.read_fixed(snapshot, **span),
            "changes": reads.read_changes(snapshot, **span),
            "fields": reads.read_changed_fields(snapshot, **span),
        }
        stored = stored_draws(snapshot)
    if state is None and chosen.run_id in kept_runs(place):
        with open_published(place, run_id=chosen.run_id) as snapshot:
            state = _read_state(snapshot, as_of=chosen.as_of)
    seen = read.filter(pl.col("as_of") <= chosen.as_of)
    version = nights.filter(pl.col("run_id") == chosen.run_id)["program_version"].to_list()[0]
    return PeriodGround(
        resolved=resolved,
        place=place,
        chosen=chosen,
        program_version=version,
        nights=nights,
        centers=tuple(seen["center_id"].unique().sort().to_list()),
        joined=_first_days(seen),
        history_run=pointer.run_id,
        documents=documents,
        documents_of=documents_of,
        state=state,
        audits=read_audits(place, parameters=resolved.settings.audit, stored=stored),
        given=given,
        **ground,
    )


def _read_state(snapshot: Snapshot, *, as_of: date) -> NightState:
    last_days = [last for _, _, last, _ in AGE_BANDS if last is not None]
    return NightState(
        findings=reads.read_finding_states(snapshot, as_of=as_of, last_days=last_days),
        open_findings=reads.read_open_findings(snapshot),
        left_out=reads.read_left_out(snapshot),
        methods=reads.read_methods(snapshot),
        not_asked=snapshot.table("quality.not_applicable"),
        pairs=reads.read_pairs(snapshot),
        plans=reads.read_plans(snapshot),
        directory=reads.read_dated(snapshot),
    )


def _last_read(read: pl.DataFrame, *, until: date) -> dict[str, str]:
    """Return the last run that read each center, not after a day."""
    last = read.filter(pl.col("as_of") <= until).sort("as_of", "run_id").group_by("center_id", maintain_order=True)
    return dict(last.agg(pl.col("run_id").last()).sort("center_id").iter_rows())


def _first_days(read: pl.DataFrame) -> dict[str, date]:
    """Return the day of each center's first night."""
    return dict(read.group_by("center_id").agg(pl.col("as_of").min()).sort("center_id").iter_rows())


def _thinned(nights: pl.DataFrame) -> list[str]:
    """Return the runs of a trend: the last of each day, week or month, so that no more than `_MOST_POINTS` are left where that goes."""
    chosen = nights.sort("as_of", "run_id").unique("as_of", keep="last", maintain_order=True)
    for step in ("1w", "1mo"):
        if chosen.height <= _MOST_POINTS:
            break
        chosen = (
            chosen.with_columns(__step=pl.col("as_of").dt.truncate(step))
            .unique("__step", keep="last", maintain_order=True)
            .drop("__step")
        )
    return chosen["run_id"].to_list()
