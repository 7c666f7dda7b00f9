"""The night as one road: read, normalize, check, match, audit, measure, publish.

Everything here is a plain function of plain functions, so that the same road runs with Prefect (`flows.nightly`) and without.
A `verb` is how a stage is called: as it is, or wrapped as a Prefect task.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ParamSpec, Protocol, TypeVar

import polars as pl

from flows.audit_ground import centers_of, month_batch, seed_of
from flows.audits import Ground, draw_batch, known_auditors, plan_of, read_audits
from flows.calibrations import read_calibrations
from flows.clock import now
from flows.compared_nights import compare_nights
from flows.drawn import together
from flows.duplicate_verdicts import (
    keep_renumbered,
    read_judgement,
    read_renumbered,
    renumbered_agencies,
    stand_all,
)
from flows.finding_decisions import delivered_records, standing_decisions
from flows.merge_choices import merged_view
from flows.night_facts import NightFrames, count_delivered, gated_facts, gather_facts
from flows.night_files import write_night_files, write_stopped_report
from flows.night_gates import find_drift, find_gates
from flows.night_plan import NightPlan
from flows.night_rows import explain_rows
from flows.night_tables import gated_tables, night_tables, of_run
from flows.packets import contacted_days
from flows.references import load_references, term_names
from flows.staffing_facts import observe_workload, view_staffing
from flows.stopwatch import Stopwatch, peak_memory_mb
from flows.verification_work import forecast_directory, forecast_end, list_work
from pipeline.audit.draw import AuditDraw
from pipeline.audit.faults import follow_numbers, standing_faults
from pipeline.curate.cluster_ids import keep_cluster_ids, renumber_clusters
from pipeline.curate.filled_cells import count_filled
from pipeline.curate.finding_events import list_events
from pipeline.curate.findings import OPEN, shown_findings, track_findings
from pipeline.curate.moved_findings import move_findings
from pipeline.ingest.read import read_export
from pipeline.match.agencies import match_agencies
from pipeline.match.siblings import alike_siblings
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.dated_records import date_directory
from pipeline.measure.freshness import Evidence, measure_freshness
from pipeline.normalize.directory import normalize_delivery
from pipeline.publish.hsds import export_hsds
from pipeline.publish.public_directory import Load
from pipeline.store.recover import undo_unpublished
from pipeline.store.snapshot import publish_snapshot, read_pointer
from pipeline.store.working import WorkingFile, open_working, read_directory, read_table, save_night
from pipeline.validate.duplicates import pairs_to_ask
from pipeline.validate.findings import disabled_rules
from pipeline.validate.records import validate_directory
from schemas.delivered import Delivered
from schemas.directory import join_directories
from schemas.enumerations import WindowKind
from schemas.history import FieldChange, RekeyedInRun
from schemas.night import NightFacts

P = ParamSpec("P")
R = TypeVar("R")


class Verb(Protocol):
    """How a stage is called."""

    def __call__(self, function: Callable[P, R], /) -> Callable[P, R]:
        """Return the stage, ready to be called with its own arguments."""
        ...


def plainly(function: Callable[P, R], /) -> Callable[P, R]:
    """Call a stage as it is."""
    return function


def in_silence(line: str) -> None:
    """Tell nobody."""
    del line


def run_night(plan: NightPlan, *, verb: Verb = plainly, tell: Callable[[str], None] = in_silence) -> NightFacts:
    """Run the night from the exports to the published snapshot.

    Args:
        plan: What to read, for which day, with which settings.
        verb: How stages are called.
        tell: Gets one line per finished stage.

    Returns:
        The facts of the night. With status `gated` nothing was published and `gates` says why.

    Raises:
        InputError: An export cannot be read; nothing was changed.
        BusyError: Another run holds the working file.
        StorageError: The disk refuses; the last night is untouched.
    """
    settings = plan.resolved.settings
    watch = Stopwatch(tell)
    for run_id in undo_unpublished(plan.workspace, now=plan.started_at):
        tell(f"The run {run_id} was stored but never published; the working file is back at the last published night.")
    with open_working(plan.workspace, now=plan.started_at) as working:
        # A run that was killed after it was published may not have written down the new numbers that it found.
        published = read_pointer(plan.workspace)
        if published is not None:
            keep_renumbered(plan.workspace, read_renumbered(working, run_id=published.run_id), now=plan.started_at)
        with watch.stage("ingest"):
            references = load_references(plan.resolved)
            delivered = [
                verb(read_export)(
                    one.path, center_id=one.center_id, format_name=one.format_name, parameters=settings.ingest
                )
                for one in plan.deliveries
            ]

        with watch.stage("normalize"):
            normalized = [
                verb(normalize_delivery)(
                    one, parameters=plan.resolved.normalize_parameters(one.center_id), references=references
                )
                for one in delivered
            ]
            before = read_directory(working)
            others = before.without_centers(plan.centers)
            directory = join_directories([others, *(one.directory for one in normalized)])
            filled = {one.center_id: count_filled(one) for one in delivered}
            notes = pl.concat(
                [read_table(working, "quality.note", without_centers=plan.centers), *(one.notes for one in normalized)]
            )
            gates = find_gates(
                working, delivered, directory=directory, before=before, notes=notes, filled=filled,
                parameters=settings.gates,
            )  # fmt: skip
            drift = find_drift(working, delivered, filled=filled, parameters=settings.gates)
            compared = compare_nights(
                working, directory, before=before, centers=plan.centers, as_of=plan.as_of, parameters=settings.changes
            )
            changes = compared.counts
            explained = {
                one.center_id: explain_rows(one, left_out=done.left_out)
                for one, done in zip(delivered, normalized, strict=True)
            }
            # The night before is as large as tonight's, and so is the text that was normalized: nothing below needs them.
            delivered = [
                replace(one.raw_only(), notices=(*one.notices, *explained[one.center_id].notices)) for one in delivered
            ]
            delivered_before = count_delivered(before)
            del before, others
        if any(gate.name not in plan.overrides for gate in gates):
            facts = gated_facts(
                plan, delivered=delivered, explained=explained, gates=gates, drift=drift, directory=directory,
                delivered_before=delivered_before, seconds=watch.seconds(),
            )  # fmt: skip
            save_night(working, gated_tables(plan, facts), centers=[])
            return write_stopped_report(plan, facts)

        carried = _carried(working, delivered, plan.centers)

        renumbered = renumbered_agencies(compared.renumbered())
        judgement = read_judgement(plan.workspace, renumbered=renumbered)
        groups_before = renumber_clusters(read_table(working, "matching.cluster"), renumbered=renumbered)
        with watch.stage("match"):
            matches = verb(match_agencies)(
                directory, parameters=settings.match, decided=judgement.decided_pairs(), before=groups_before
            )
            pair_states = stand_all(
                judgement, matches.pairs, directory=directory, match=settings.match, parameters=settings.verdicts,
                as_of=plan.as_of,
            )  # fmt: skip
            alike = alike_siblings(directory)
            clusters = keep_cluster_ids(
                matches.clusters,
                before=groups_before,
                alias=read_table(working, "matching.cluster_alias"),
                as_of=plan.as_of,
            )

        rekeyed = pl.concat([read_table(working, "history.rekeyed"), of_run(plan, compared.rekeyed, RekeyedInRun)])
        audits = read_audits(plan.workspace, parameters=settings.audit, stored=_stored_draws(working))
        with watch.stage("validate"):
            faults = standing_faults(
                audits.answers,
                draws=audits.draws.draw,
                renumbered=follow_numbers(rekeyed),
                directory=directory,
            )
            validation = verb(validate_directory)(
                directory,
                notes=notes,
                carried=carried,
                as_of=plan.as_of,
                parameters=settings.rules,
                freshness=settings.freshness,
                references=references,
                verifications=compared.verifications,
                pairs=pairs_to_ask(matches.pairs, pair_states),
                alike=alike,
                faults=faults,
            )
            findings_before = move_findings(
                read_table(working, "quality.finding"), rekeyed=compared.renumbered(), findings=validation.findings
            )
            acceptances = standing_decisions(plan.workspace)
            tracked = track_findings(
                validation.findings,
                before=findings_before,
                as_of=plan.as_of,
                read_centers=plan.centers,
                delivered=delivered_records(directory),
                not_applicable=validation.not_applicable,
                disabled_rules=disabled_rules(settings.rules),
                acceptances=acceptances,
            )
            events = list_events(
                tracked, before=findings_before, acceptances=acceptances, run_id=plan.run_id, as_of=plan.as_of
            )

        complexity = measure_complexity(directory, as_of=plan.as_of, parameters=settings.staffing)
        with watch.stage("audit"):
            seed = seed_of(settings, plan.as_of)
            # Once drawn, the sample of a month stays: auditors are at work on it.
            sample = month_batch(
                audits,
                seed=seed,
                as_of=plan.as_of,
                wanted=settings.audit.size,
                centers=centers_of(directory, settings.audit.unit),
            )
            if sample is None:
                sample = verb(draw_batch)(
                    Ground(
                        directory=directory,
                        complexity=complexity,
                        findings=shown_findings(tracked),
                        not_applicable=validation.not_applicable,
                        rekeyed=rekeyed,
                        snapshot=f"run_{plan.run_id}.duckdb",
                    ),
                    audits=audits,
                    plan=plan_of(
                        settings.audit,
                        size=settings.audit.size,
                        seed=seed,
                        as_of=plan.as_of,
                        snapshot=f"run_{plan.run_id}.duckdb",
                    ),
                    auditors=known_auditors(settings.audit),
                )

        with watch.stage("measure"):
            still_open = tracked.filter(pl.col("status").is_in(OPEN))
            dated = date_directory(directory, as_of=plan.as_of, rule=settings.freshness)
            freshness = verb(measure_freshness)(
                directory,
                as_of=plan.as_of,
                rule=settings.freshness,
                further_windows=(WindowKind.FISCAL_YEAR, WindowKind.CALENDAR_YEAR),
                evidence=Evidence(findings=still_open, verifications=compared.verifications),
                dated=dated,
            )
            staffing = verb(view_staffing)(
                complexity,
                resolved=plan.resolved,
                observed=observe_workload(
                    directory,
                    pair_state=pair_states,
                    scored=matches.pairs,
                    audit_size=settings.audit.size,
                    as_of=plan.as_of,
                ),
                calibrations=read_calibrations(plan.workspace),
            )

        with watch.stage("export"):
            plans, merged = merged_view(plan.workspace, judgement, directory, parameters=settings.merge)
            package = None
            if settings.run.export_hsds:
                package = verb(export_hsds)(
                    merged.directory,
                    findings=merged.rename(validation.findings),
                    load=Load(directory=directory, findings=validation.findings) if merged.aliases else None,
                    as_of=plan.as_of,
                    parameters=settings.export,
                    privacy=settings.normalize.privacy,
                    run_id=plan.run_id,
                    history=pl.concat(
                        [
                            read_table(working, "history.field_change"),
                            of_run(plan, compared.changes, FieldChange),
                        ]
                    ),
                    term_names=term_names(plan.resolved),
                )

        with watch.stage("queue"):
            forecast = verb(forecast_directory)(
                directory,
                verifications=compared.verifications,
                as_of=plan.as_of,
                target_on=forecast_end(plan.as_of, rule=settings.freshness),
                target_share=settings.queue.target_share,
                settings=settings,
                dated=dated,
            )
            work = verb(list_work)(
                directory,
                complexity=complexity,
                findings=still_open,
                members=plans.member,
                as_of=plan.as_of,
                weeks=settings.queue.weeks,
                settings=settings,
                contacted=contacted_days(plan.workspace, renumbered=follow_numbers(rekeyed)),
                dated=dated,
            )

        frames = NightFrames(
            delivered=tuple(delivered),
            explained=explained,
            filled=filled,
            drift=drift,
            overridden=tuple(gates),
            directory=directory,
            notes=notes,
            carried=carried,
            changes=changes,
            compared=compared,
            validation=validation,
            tracked=tracked,
            events=events,
            matches=matches,
            clusters=clusters,
            pair_states=pair_states,
            plans=plans,
            sample=sample,
            draws=together(audits.draws, sample),
            audits=audits,
            freshness=freshness,
            forecast=forecast,
            work=work,
            staffing=staffing,
            package=package,
        )
        with watch.stage("publish"):
            facts = gather_facts(plan, frames, seconds=watch.seconds(), peak_memory_mb=peak_memory_mb())
            verb(save_night)(working, night_tables(plan, frames, facts), centers=plan.centers)
            verb(publish_snapshot)(
                working,
                run_id=plan.run_id,
                as_of=plan.as_of,
                now=now(),
                keep=settings.workspace.keep_snapshots,
            )
            keep_renumbered(plan.workspace, read_renumbered(working, run_id=plan.run_id), now=now())
            facts = write_night_files(plan, frames, facts)
    return replace(facts, seconds=watch.seconds(), peak_memory_mb=peak_memory_mb())


def _stored_draws(working: WorkingFile) -> AuditDraw:
    return AuditDraw(
        draw=read_table(working, "auditing.draw"),
        items=read_table(working, "auditing.draw_item"),
        strata=read_table(working, "auditing.stratum"),
        automatic=read_table(working, "auditing.automatic_score"),
    )


def _carried(working: WorkingFile, delivered: Sequence[Delivered], centers: Sequence[str]) -> dict[str, frozenset[str]]:
    stored = read_table(working, "control.carried", without_centers=centers)
    kept = {
        center: frozenset(stored.filter(pl.col("center_id") == center).get_column("item").to_list())
        for center in stored.get_column("center_id").unique().to_list()
    }
    return kept | {one.center_id: one.carried for one in delivered}
