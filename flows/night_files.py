"""The files of a night that people open: package, report, worksheet. Each is written beside its place and renamed whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flows.audit_files import write_worksheets
from flows.night_facts import NightFrames, queue_file, stopped_report
from flows.night_plan import NightPlan
from pipeline.publish.hsds import HsdsPackage
from pipeline.publish.package import write_package
from pipeline.publish.queue_sheets import queue_sheets
from pipeline.publish.report import render_report
from pipeline.publish.table_file import write_table
from schemas.errors import InputError, StorageError
from schemas.night import NightFacts


def write_night_files(plan: NightPlan, frames: NightFrames, facts: NightFacts) -> NightFacts:
    """Write what the settings ask for.

    A worksheet that is already there stays: an auditor may be filling it in. A package that would lose many agencies at once is
    not written: the night is published, and the facts carry a warning.

    Returns:
        The facts, with what could not be written.

    Raises:
        StorageError: The disk refuses. The night itself is published.
    """
    run = plan.resolved.settings.run
    try:
        if frames.package is not None:
            facts = _write_public_package(plan, frames.package, facts)
        if facts.audit is not None and facts.audit.worksheet is not None:
            write_worksheets(
                frames.sample,
                directory=frames.directory,
                findings=frames.validation.findings,
                folder=plan.workspace.root / "worksheets",
                stem=facts.audit.batch_id,
            )
        if run.report:
            write_text(plan.workspace.reports / f"night_{plan.as_of}.html", render_report(facts))
        if run.queue and not frames.work.items.is_empty():
            _write_queue(plan, frames)
    except OSError as fault:
        raise StorageError(
            f"The night is published, but its files could not be written: {fault.strerror or fault}.",
            advice="Free some room or check the rights on the workspace, then run again.",
        ) from fault
    return facts


def write_stopped_report(plan: NightPlan, facts: NightFacts) -> NightFacts:
    """Write the page that tells why a night was stopped; the report of the last good night stays where it is.

    Raises:
        StorageError: The disk refuses.
    """
    if not plan.resolved.settings.run.report:
        return replace(facts, places=())
    try:
        write_text(plan.workspace.root / stopped_report(plan), render_report(facts))
    except OSError as fault:
        raise StorageError(
            f"The night was stopped, and its page could not be written: {fault.strerror or fault}.",
            advice="Free some room or check the rights on the workspace, then run again.",
        ) from fault
    return facts


def _write_public_package(plan: NightPlan, package: HsdsPackage, facts: NightFacts) -> NightFacts:
    output = plan.workspace.exports / "hsds"
    try:
        write_package(
            package,
            output,
            largest_drop_share=plan.resolved.settings.export.largest_agency_drop_share,
        )
    except InputError as fault:
        told = f"{fault.message} The package of an earlier night stays at {output.name}."
        advice = "If it is right: resdir export hsds --output FOLDER --withhold --confirm-drop."
        return replace(facts, exports=(), warnings=(*facts.warnings, f"{told} {advice}"))
    return facts


def _write_queue(plan: NightPlan, frames: NightFrames) -> None:
    work = frames.work
    path = plan.workspace.root / "worksheets" / queue_file(plan)
    unfinished = path.with_name(f".unfinished_{path.name}")
    write_table(
        queue_sheets(
            items=work.items,
            loads=work.queue.loads,
            targets=work.queue.targets,
            excluded=work.queue.excluded,
            staged=work.staged,
        ),
        unfinished,
    )
    unfinished.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole: beside its place first, then renamed."""
    unfinished = path.with_name(f".{path.name}.tmp")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    unfinished.replace(path)
