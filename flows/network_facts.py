"""From the centers' own figures to the facts of the network: what the page, the tables and the JSON answer tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

import polars as pl

from flows.network_ground import NightGround, OwnCenter, definition_of, read_night, summarize_centers
from flows.network_held import read_held
from flows.network_state import read_state
from flows.settings import Resolved
from pipeline.measure.county_coverage import cover_counties
from pipeline.measure.network import sum_network, sum_published
from pipeline.measure.network_pairs import centers_without_owners, count_cross_pairs, find_cross_pairs
from pipeline.publish.showable import showable_records
from pipeline.publish.wording import count_of, day
from pipeline.store.workspace import Workspace
from schemas.enumerations import RecordKind
from schemas.network import (
    Coverage,
    CrossDuplicates,
    CrossPair,
    NetworkCenter,
    NetworkFacts,
    NetworkTotal,
    State,
)
from schemas.network_parameters import PublishedCenter
from schemas.network_summary import CenterSummary

#: Text that stands for a name that may not be told.
WITHHELD = "withheld"

_CONFLICT_RULE = "ID-009"


def network_facts(resolved: Resolved, *, place: Workspace, as_of: date) -> NetworkFacts:
    """Return the network on a day: centers of this workspace, included summaries, published figures.

    Args:
        resolved: Settings.
        place: Workspace; nothing need have been published in it.
        as_of: Day to speak of.

    Raises:
        InputError: The state file or the night of that day cannot be read.
    """
    settings = resolved.settings.network
    state = read_state(resolved)
    night = read_night(resolved, place=place, day=as_of)
    own: list[OwnCenter] = []
    if night is not None:
        own = summarize_centers(resolved, night=night, center_ids=list(night.centers), state=state)
    included, held_notes = _included(place, own=[one.summary.center_id for one in own], as_of=as_of)
    summaries = [*(one.summary for one in own), *included]
    coverage = None
    if state is not None and any(one.counties is not None for one in summaries):
        coverage = cover_counties(
            state,
            centers=[(one.center_id, one.center_name, one.counties) for one in summaries],
            basis="measured",
            remarks=[remark for one in own for remark in one.remarks],
        )
    published = tuple(sorted(settings.published, key=lambda one: (one.name.casefold(), one.id)))
    centers = _centers(own, included, coverage=coverage, as_of=as_of, stale_days=settings.stale_days)
    total = sum_network(summaries, definition=definition_of(resolved.settings.freshness)) if summaries else None
    cross = None
    if night is not None and len(night.centers) > 1:
        cross = _cross(night, shown=settings.pairs_shown)
    never_read = [one.id for one in resolved.settings.centers if one.id not in {each.center_id for each in summaries}]
    return NetworkFacts(
        name=settings.name,
        as_of=as_of,
        program_version=version("resdir"),
        centers=centers,
        total=total,
        coverage=coverage,
        published_coverage=_published_coverage(state, published),
        cross=cross,
        published=published,
        published_total=sum_published(published) if published else None,
        notes=tuple(_notes(centers, total=total, cross=cross, state=state, held=held_notes, never_read=never_read)),
        rule_words=_rule_words(resolved),
        stale_days=settings.stale_days,
    )


def _included(place: Workspace, *, own: Sequence[str], as_of: date) -> tuple[list[CenterSummary], list[str]]:
    """Return the kept summaries that take part, and why others do not."""
    held = read_held(place)
    taken, notes = [], list(held.unreadable)
    for summary in held.summaries:
        if summary.center_id in own:
            notes.append(
                f"A summary of {summary.center_name} is kept, but this workspace reads the center itself: the summary is not used."
            )
        elif summary.as_of > as_of:
            notes.append(
                f"The summary of {summary.center_name} speaks of {day(summary.as_of)}, after the day of this report: it is not used."
            )
        else:
            taken.append(summary)
    return taken, notes


def _centers(
    own: Sequence[OwnCenter],
    included: Sequence[CenterSummary],
    *,
    coverage: Coverage | None,
    as_of: date,
    stale_days: int,
) -> tuple[NetworkCenter, ...]:
    both = [(one.summary, False, one.area_note) for one in own] + [(one, True, None) for one in included]
    told = []
    for summary, is_included, note in sorted(both, key=lambda one: (one[0].center_name.casefold(), one[0].center_id)):
        age = (as_of - summary.as_of).days
        codes = None if coverage is None else coverage.by_center.get(summary.center_id)
        # Without a list of the state's counties those that were named are counted as they stand.
        plain = None if summary.counties is None or coverage is not None else len(set(summary.counties))
        told.append(
            NetworkCenter(
                summary=summary,
                is_included=is_included,
                age_days=age,
                is_stale=age > stale_days,
                county_count=plain if codes is None else len(codes),
                area_note=note,
            )
        )
    return tuple(told)


def _published_coverage(state: State | None, published: Sequence[PublishedCenter]) -> Coverage | None:
    if state is None or all(one.counties is None for one in published):
        return None
    return cover_counties(state, centers=[(one.id, one.name, one.counties) for one in published], basis="published")


def _cross(night: NightGround, *, shown: int) -> CrossDuplicates:
    pairs = find_cross_pairs(night.directory, scored=night.scored, states=night.states)
    open_pairs = pairs.filter(pl.col("sort") != "different")
    first = open_pairs.head(shown)
    names = _names(night) if first.height else {}
    without_owners = centers_without_owners(night.directory)
    conflicts = night.findings.filter(pl.col("rule_id") == _CONFLICT_RULE).height
    return CrossDuplicates(
        by_centers=count_cross_pairs(pairs),
        pairs=tuple(_pair(row, names) for row in first.to_dicts()),
        pair_count=open_pairs.height,
        owner_conflicts=None if set(night.centers) <= set(without_owners) else conflicts,
        without_owners=without_owners,
    )


def _names(night: NightGround) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return name and number of the agencies that may be named."""
    showable = showable_records(night.directory, findings=night.findings).filter(pl.col("kind") == RecordKind.AGENCY)
    rows = night.directory.agency.join(showable, on=["center_id", "record_uid"], how="semi").select(
        "center_id", "record_uid", "name", "native_id"
    )
    return {(center, uid): (name or "without name", number) for center, uid, name, number in rows.iter_rows()}


def _pair(row: dict[str, object], names: dict[tuple[str, str], tuple[str, str | None]]) -> CrossPair:
    sides = [(str(row[f"center_id_{side}"]), str(row[f"uid_{side}"])) for side in ("a", "b")]
    (name_a, number_a), (name_b, number_b) = (names.get(side, (WITHHELD, None)) for side in sides)
    score = row["score"]
    owners = tuple(None if row[f"owner_{side}"] is None else str(row[f"owner_{side}"]) for side in ("a", "b"))
    return CrossPair(
        center_a=sides[0][0],
        center_b=sides[1][0],
        name_a=name_a,
        name_b=name_b,
        native_id_a=number_a,
        native_id_b=number_b,
        sort=str(row["sort"]),
        score=float(score) if isinstance(score, float) else None,
        owner=str(row["owner"]),
        owners=(owners[0], owners[1]),
    )


def _rule_words(resolved: Resolved) -> str:
    months = resolved.settings.freshness.window_months
    return (
        "Share updated: an agency is completely updated when its own verification and that of each of its counted sites and services fall "
        f"in the last {months} calendar months before the day of the center's data (both days counted). Out of all counted agencies; one "
        "without a date is not updated and stays in the count. An edit is no verification. The same definition holds for every center."
    )


def _notes(
    centers: Sequence[NetworkCenter],
    *,
    total: NetworkTotal | None,
    cross: CrossDuplicates | None,
    state: State | None,
    held: Sequence[str],
    never_read: Sequence[str],
) -> list[str]:
    told = [
        f"The data of {one.summary.center_name} are of {day(one.summary.as_of)}, {one.age_days:,} days before this report."
        for one in centers
        if one.is_stale
    ]
    days = sorted({one.summary.as_of for one in centers})
    if len(days) > 1:
        told.append(f"The centers' figures speak of different days, from {day(days[0])} to {day(days[-1])}.")
    told += held
    if never_read:
        told.append(
            f"In the settings, but not read yet and without a summary, so in no figure: {', '.join(sorted(never_read))}."
        )
    if total is not None:
        head = total.shares["complete_agency_update"]
        names = {one.summary.center_id: one.summary.center_name for one in centers}
        told += [
            f"{names[center]} is not in the share updated of all centers. {reason}"
            for center, reason in sorted(head.left_out.items())
        ]
    if cross is not None:
        twice = sum(one.counted_twice for one in cross.by_centers)
        if twice:
            verb = "is counted by two centers and stands" if twice == 1 else "are counted by two centers and stand"
            told.append(f"{count_of(twice, 'agency')} {verb} twice in the total of all centers.")
    if any(one.is_included for one in centers):
        told.append(
            "Agencies are compared across centers only where this workspace reads both: a summary holds no record."
        )
    told += [one.area_note for one in centers if one.area_note is not None]
    if state is None:
        told.append("No file of the state's counties is named ([network] state): coverage of counties is not told.")
    return told
