"""The audit of a month: drawn once, its worksheets written, and what the audits so far say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.audit_files import auditors_of, write_worksheets
from flows.audit_ground import centers_of, month_batch, read_audit_view, seed_of
from flows.audit_results import report_of
from flows.audits import draw_batch, known_auditors, plan_of
from flows.clock import now
from flows.drawn import KIND, drawn_payload
from flows.settings import Resolved
from pipeline.audit.draw import AuditDraw
from pipeline.audit.report import words_of
from pipeline.audit.results import RATES
from pipeline.store.decisions import append_decision, read_decisions
from pipeline.store.workspace import Workspace
from schemas.errors import UsageError
from schemas.scorecard import SCORED_CRITERIA


@dataclass(frozen=True, kw_only=True)
class MonthAudit:
    """What was done for the audit of a month.

    Attributes:
        batch: The batch.
        is_new: Whether it was drawn now.
        worksheets: Files for the auditors, new ones and those that were there.
        auditors: Who audits.
        last: Result of the newest batch with finished records, as JSON values; None when there is none.
    """

    batch: AuditDraw
    is_new: bool
    worksheets: tuple[Path, ...]
    auditors: tuple[str, ...]
    last: dict[str, Any] | None


def audit_month(
    resolved: Resolved, *, workspace: Workspace, as_of: date | None, tell: Callable[[str], None]
) -> MonthAudit:
    """Draw the month's audit from the last published night, unless it is drawn already, and write what is missing of its worksheets.

    Args:
        resolved: Settings; `[audit]` says how many and how.
        workspace: Where everything is kept.
        as_of: Day of the draw; None takes that of the last published night.
        tell: Gets one line per notice.

    Raises:
        InputError: Nothing was published yet.
        UsageError: The settings draw no sample.
    """
    parameters = resolved.settings.audit
    if not parameters.size:
        raise UsageError("The settings draw no monthly audit ([audit] size = 0).", advice="Set a size, such as 32.")
    view = read_audit_view(workspace, settings=resolved.settings, as_of=as_of)
    day = as_of or view.as_of
    seed = seed_of(resolved.settings, day)
    batch = month_batch(
        view.audits,
        seed=seed,
        as_of=day,
        wanted=parameters.size,
        centers=centers_of(view.ground.directory, parameters.unit),
    )
    is_new = batch is None
    if batch is None:
        batch = draw_batch(
            view.ground,
            audits=view.audits,
            plan=plan_of(parameters, size=parameters.size, seed=seed, as_of=day, snapshot=view.ground.snapshot),
            auditors=known_auditors(parameters),
        )
    for notice in batch.notices:
        tell(notice)
    if batch.batch_id not in {entry.subject for entry in read_decisions(workspace, kind=KIND)}:
        append_decision(
            workspace, kind=KIND, subject=batch.batch_id, payload=drawn_payload(batch), decided_by="resdir", now=now()
        )
    worksheets = write_worksheets(
        batch,
        directory=view.ground.directory,
        findings=view.ground.findings,
        folder=workspace.worksheets,
        stem=batch.batch_id,
    )
    finished = [one.batch_id for one in view.audits.results if one.done]
    return MonthAudit(
        batch=batch,
        is_new=is_new,
        worksheets=tuple(worksheets),
        auditors=tuple(auditors_of(batch)),
        last=report_of(view.audits, finished[-1]).document if finished else None,
    )


def tell_month(month: MonthAudit) -> str:
    """Return the audit of a month, and the results so far, as Markdown."""
    row = month.batch.draw.row(0, named=True)
    who = ", ".join(month.auditors) or "not assigned"
    drawn = f"{row['size']:,} of {row['frame_size']:,} drawn on {row['as_of']} ({row['method']})"
    lines = [
        f"## Audit {row['batch_id']}",
        "",
        f"{drawn}, {'drawn now' if month.is_new else 'drawn before'}. Auditors: {who}.",
        "",
        *(f"- {path.name}" for path in month.worksheets),
        "",
    ]
    if month.last is None:
        return "\n".join([*lines, "No audit has a finished record yet.", ""])
    last = month.last
    lines += [
        f"## Results of {last['batch_id']}",
        "",
        f"{last['n']:,} of {last['drawn']:,} audited; speaks for {last['speaks_for']:,} records.",
        "",
        "| measure | n | estimate | interval | how |",
        "|---|---:|---:|---|---|",
        *(_line(measure, figures) for measure, figures in result_rows(last)),
        "",
        *(f"- {notice}" for notice in last["notices"]),
    ]
    return "\n".join([*lines, ""])


def result_rows(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the measures of a result and their figures, in the order in which they are shown."""
    rows = [("score", document["score"])]
    rows += [(str(one), document["criteria"][str(one)]) for one in SCORED_CRITERIA]
    return [*rows, *((measure, document[measure]) for measure in RATES)]


def _line(measure: str, figures: dict[str, Any]) -> str:
    scale, unit = (1, "") if measure == "score" else (100, " %")
    told = [None if figures[name] is None else f"{figures[name] * scale:.1f}" for name in ("estimate", "low", "high")]
    interval = "" if told[1] is None else f"{told[1]} - {told[2]}{unit}"
    estimate = "unknown" if told[0] is None else f"{told[0]}{unit}"
    return f"| {words_of(measure)} | {figures['n']:,} | {estimate} | {interval} | {figures['method']} |"
