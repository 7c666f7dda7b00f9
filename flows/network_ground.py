"""What `resdir network` starts from: the centers of the last night as summaries, and the night itself for pairs across centers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import polars as pl
from pydantic import ValidationError

from flows.duplicate_verdicts import read_judgement, stand_all
from flows.finding_decisions import with_decisions
from flows.past_nights import night_of
from flows.settings import Resolved
from pipeline.curate.findings import OPEN
from pipeline.measure.complexity import measure_complexity, update_minutes
from pipeline.measure.county_coverage import ServedCounties, counties_served
from pipeline.measure.freshness import Freshness, measure_freshness
from pipeline.measure.network import READINGS
from pipeline.measure.staffing import BAND, estimate_staffing
from pipeline.store import period_reads as reads
from pipeline.store.snapshot import Snapshot, kept_runs, open_published, read_pointer
from pipeline.store.workspace import Workspace
from schemas.directory import Directory
from schemas.enumerations import PairBand
from schemas.errors import InputError
from schemas.fault_words import keys_at, place_of, say_fault
from schemas.network import SpellingRemark, State
from schemas.network_summary import DOCUMENT, KINDS, SEVERITIES, VERSION, CenterSummary, Definition
from schemas.parameters import FreshnessRule
from schemas.verdicts import ASKED, PairStanding

#: Digits of curators and minutes in a summary: sums of fractions differ in their last digits from one call to the next.
_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class OwnCenter:
    """A center that this workspace reads.

    Attributes:
        summary: Its figures.
        remarks: Spellings of counties in its areas served.
        area_note: What has to be known about its areas served; None when nothing.
    """

    summary: CenterSummary
    remarks: tuple[SpellingRemark, ...]
    area_note: str | None


@dataclass(frozen=True, kw_only=True)
class NightGround:
    """The night of a network.

    Attributes:
        run_id: The run.
        as_of: Day that it speaks of.
        directory: Its canonical tables.
        findings: Open findings.
        scored: `schemas.matching.ScoredPair`.
        states: `schemas.verdicts.PairState`, with what people decided since.
        centers: Centers that were read, with the day of the last night that read each.
    """

    run_id: str
    as_of: date
    directory: Directory
    findings: pl.DataFrame
    scored: pl.DataFrame
    states: pl.DataFrame
    centers: dict[str, date]


def read_night(resolved: Resolved, *, place: Workspace, day: date) -> NightGround | None:
    """Return the last night that speaks of a day or of one before it; None when nothing was published yet.

    Args:
        resolved: Settings.
        place: Workspace.
        day: The day.

    Raises:
        InputError: No night speaks of that day or a day before, or its records are no longer kept.
    """
    pointer = read_pointer(place)
    if pointer is None:
        return None
    with open_published(place) as snapshot:
        if pointer.as_of <= day:
            return _read(snapshot, resolved=resolved, place=place, run_id=pointer.run_id, as_of=pointer.as_of)
        runs = reads.read_nights(snapshot)
    run_id = night_of(runs, day)
    if run_id is None:
        raise InputError(
            f"No night speaks of {day} or a day before it; the first is of {runs['as_of'].sort().to_list()[0]}.",
            advice="Choose a later day with --as-of.",
        )
    if run_id not in kept_runs(place):
        raise InputError(
            f"The records of the night that speaks of {day} (run {run_id}) are no longer kept.",
            advice="Raise [workspace] keep_snapshots for the nights to come, or choose a later day.",
        )
    as_of = runs.filter(pl.col("run_id") == run_id)["as_of"].to_list()[0]
    with open_published(place, run_id=run_id) as snapshot:
        return _read(snapshot, resolved=resolved, place=place, run_id=run_id, as_of=as_of)


def _read(snapshot: Snapshot, *, resolved: Resolved, place: Workspace, run_id: str, as_of: date) -> NightGround:
    directory = snapshot.directory()
    scored = snapshot.table("matching.scored_pair")
    tracked = with_decisions(snapshot.table("quality.finding"), place, as_of=as_of)
    read = reads.read_centers_read(snapshot).filter(pl.col("as_of") <= as_of)
    days = dict(read.group_by("center_id").agg(pl.col("as_of").max()).sort("center_id").iter_rows())
    settings = resolved.settings
    return NightGround(
        run_id=run_id,
        as_of=as_of,
        directory=directory,
        findings=tracked.filter(pl.col("status").is_in(OPEN)),
        scored=scored,
        states=stand_all(
            read_judgement(place),
            scored,
            directory=directory,
            match=settings.match,
            parameters=settings.verdicts,
            as_of=as_of,
        ),
        centers=days,
    )


def centers_read(place: Workspace) -> frozenset[str]:
    """Return the centers that the published nights of a workspace have read."""
    if read_pointer(place) is None:
        return frozenset()
    with open_published(place) as snapshot:
        return frozenset(reads.read_centers_read(snapshot)["center_id"].to_list())


def definition_of(rule: FreshnessRule) -> Definition:
    """Return what makes two shares comparable."""
    return Definition(
        window_months=rule.window_months, tracked_share=rule.tracked_share, require_verifier=rule.require_verifier
    )


def summarize_centers(
    resolved: Resolved, *, night: NightGround, center_ids: Sequence[str], state: State | None
) -> list[OwnCenter]:
    """Return the figures of centers of the night: counts and shares, no record.

    The records of a center are judged on the day of the last night that read it: later days would make its data look older than they
    were. Centers of one day are measured at once.

    Args:
        resolved: Settings.
        night: The night.
        center_ids: Centers of it.
        state: The state whose counties are told; None when there is none.

    Raises:
        InputError: What the settings say of a center does not fit into a summary.
    """
    days: dict[date, list[str]] = {}
    for center_id in center_ids:
        days.setdefault(night.centers[center_id], []).append(center_id)
    told = {}
    for as_of, centers in days.items():
        measured = _measure(resolved, directory=night.directory.of_centers(centers), as_of=as_of)
        for center_id in centers:
            told[center_id] = _summarize(resolved, night=night, center_id=center_id, state=state, measured=measured)
    return [told[center_id] for center_id in center_ids]


@dataclass(frozen=True, kw_only=True)
class _Measured:
    """Centers of one day, measured.

    Attributes:
        directory: Their tables.
        delivering: Those that delivered any record.
        freshness: Their shares updated.
        staffing: Curators and minutes by center.
        counted: Counted records by center and kind.
    """

    directory: Directory
    delivering: frozenset[str]
    freshness: Freshness
    staffing: dict[str, dict[str, float]]
    counted: pl.DataFrame


def _measure(resolved: Resolved, *, directory: Directory, as_of: date) -> _Measured:
    parameters = resolved.settings.staffing
    complexity = measure_complexity(directory, as_of=as_of, parameters=parameters)
    minutes = complexity.group_by("center_id").agg(
        **{f"minutes_{end}": update_minutes(parameters, place=place).sum() for place, end in enumerate(BAND)}
    )
    staffing = estimate_staffing(complexity, parameters=parameters).by_center.join(minutes, on="center_id")
    records = directory.records()
    return _Measured(
        directory=directory,
        delivering=frozenset(records["center_id"].unique().to_list()),
        freshness=measure_freshness(directory, as_of=as_of, rule=resolved.settings.freshness, dimensions=()),
        staffing={row["center_id"]: row for row in staffing.to_dicts()},
        counted=records.filter(pl.col("is_counted")).select("center_id", "kind"),
    )


def _summarize(
    resolved: Resolved, *, night: NightGround, center_id: str, state: State | None, measured: _Measured
) -> OwnCenter:
    told = resolved.center(center_id)
    name = (told.name or center_id)[:200]
    own = measured.staffing.get(center_id, {})
    served = None
    if state is not None and not told.counties:
        served = counties_served(
            measured.directory,
            center_id=center_id,
            center_name=name,
            state=state,
            least_services=resolved.settings.network.county_least_services,
        )
    counties = list(told.counties) or (None if served is None or served.names is None else list(served.names))
    findings = night.findings.filter(pl.col("center_id") == center_id)
    values = {
        "document": DOCUMENT,
        "version": VERSION,
        "center_id": center_id,
        "center_name": name,
        "as_of": night.centers[center_id],
        "program_version": version("resdir"),
        "counted": _counts(measured.counted.filter(pl.col("center_id") == center_id), "kind", KINDS),
        "shares": {measure: _reading(measured, measure, center_id) for measure in READINGS},
        "definition": definition_of(resolved.settings.freshness),
        "cutoff_on": measured.freshness.cutoff_on,
        "findings": _counts(findings, "severity", SEVERITIES),
        "findings_by_rule": tuple(
            {"rule_id": rule_id, "severity": severity, "count": count}
            for rule_id, severity, count in findings.group_by("rule_id", "severity")
            .len()
            .sort("rule_id", "severity")
            .iter_rows()
        ),
        "staffing": {
            "curator_fte": None if told.curator_fte is None else float(told.curator_fte),
            "certified_share": None if told.certified_share is None else float(told.certified_share),
            "estimated_fte": {end: round(float(own.get(f"fte_{end}", 0.0)), _DIGITS) for end in BAND},
            "update_minutes": {end: round(float(own.get(f"minutes_{end}", 0.0)), _DIGITS) for end in BAND},
        },
        "counties": None if counties is None else tuple(counties),
        "counties_from": None if counties is None else "settings" if told.counties else "area_served",
        "duplicates": _pairs_within(night, center_id),
    }
    try:
        summary = CenterSummary.model_validate(values)
    except ValidationError as fault:
        lines = [
            f"{place_of(error['loc'])}: {say_fault(error, keys=keys_at(CenterSummary, error['loc'][:-1]))}"
            for error in fault.errors()[:5]
        ]
        raise InputError(
            f"The center {center_id} cannot be summarized: {'; '.join(lines)}.",
            advice="Check its block [[centers]] in the settings.",
        ) from fault
    return OwnCenter(
        summary=summary, remarks=() if served is None else served.remarks, area_note=_area_note(name, served, state)
    )


def _area_note(name: str, served: ServedCounties | None, state: State | None) -> str | None:
    if served is None or state is None:
        return None
    said = []
    if served.names is None:
        said.append(
            f"no counted service names a county of {state.name} as area served, so that its counties are not known"
        )
    if served.unread:
        one = (
            "name of a county in its areas served is"
            if served.unread == 1
            else "names of counties in its areas served are"
        )
        said.append(f"{served.unread:,} {one} not known in {state.name}")
    if served.without_state:
        one = "county stands" if served.without_state == 1 else "counties stand"
        said.append(f"{served.without_state:,} {one} in its areas served without a state and so for no county")
    if served.whole_state:
        one = "service is" if served.whole_state == 1 else "services are"
        said.append(f"{served.whole_state:,} {one} for all of {state.name}, which names no county")
    return f"{name}: {'; '.join(said)}." if said else None


def _counts(frame: pl.DataFrame, column: str, names: Sequence[str]) -> dict[str, int]:
    found = dict(frame.group_by(column).len().iter_rows())
    return {name: found.get(name, 0) for name in names}


def _reading(measured: _Measured, measure: str, center_id: str) -> dict[str, object]:
    if center_id not in measured.delivering:
        return {"numerator": None, "denominator": None, "unknown": None, "reason": "The export holds no record."}
    row = measured.freshness.headline(measure, center_id=center_id)
    numbers = {name: row[name] for name in ("numerator", "denominator", "unknown")}
    reason = row.get("reason")
    if any(value is None for value in numbers.values()):
        return dict.fromkeys(numbers) | {"reason": str(reason or "Nothing is known about it.")[:200]}
    return {**numbers, "reason": None if reason is None else str(reason)[:200]}


def _pairs_within(night: NightGround, center_id: str) -> dict[str, int]:
    within = (pl.col("center_id_a") == center_id) & (pl.col("center_id_b") == center_id)
    scored = night.scored.filter(within)
    bands = _counts(scored, "band", [PairBand.DUPLICATE.value, PairBand.POSSIBLE.value])
    asked = (
        night.states.filter(within & pl.col("standing").is_in([str(one) for one in ASKED]))
        .join(scored.select("pair_id", "band"), on="pair_id", how="left")
        # A pair that came up again is asked whatever its band; of the others only those that are worth a look.
        .filter((pl.col("standing") != PairStanding.OPEN.value) | pl.col("band").is_in(list(bands)))
    )
    return {**bands, "asked": asked.height}
