"""What to do today, most urgent first: drawn from the facts of the night, each task with its reason and its place."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.publish.wording import count_of, family_of, number
from schemas.night import NightFacts

#: Rules named one by one; the rest stands in the list of findings (project choice: what one person reads at once).
_RULES_NAMED = 3


_BANDS_TOLD = {"overdue": "overdue", "stale": "stale, which is worse", "never": "never verified"}


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do.

    Args:
        title: What to do, as an order.
        reason: Why, and how to begin.
        where: A path relative to the workspace, or a command; None when there is none.
    """

    title: str
    reason: str
    where: str | None = None


def tasks_today(night: NightFacts) -> tuple[Task, ...]:
    """Return the tasks that follow from a night, most urgent first; empty when nothing waits."""
    if night.status == "gated":
        return (
            Task(
                title="Find out why nothing was published",
                reason=" ".join(f"{gate.center_id}: {gate.message}" for gate in night.gates)
                + " If the export is right, publish it all the same.",
                where="resdir nightly … "
                + " ".join(f"--override {name}" for name in dict.fromkeys(gate.name for gate in night.gates)),
            ),
            *_unread(night),
        )
    return (
        *(Task(title="Look at what could not be done last night", reason=warning) for warning in night.warnings),
        *_overridden(night),
        *_lost(night),
        *_unread(night),
        *_held_back(night),
        *_errors(night),
        *_gone(night),
        *_pairs(night),
        *_overdue(night),
        *_audit(night),
    )


def _overridden(night: NightFacts) -> list[Task]:
    return [
        Task(
            title=f"Check the numbers of {gate.center_id} once more",
            reason=f"{gate.message} It was published because a person had found that right.",
        )
        for gate in night.overridden
    ]


def _lost(night: NightFacts) -> list[Task]:
    return [
        Task(
            title=f"See why the export of {center.center_id} says less than the last one",
            reason=" ".join(center.warnings),
        )
        for center in night.centers
        if center.warnings
    ]


def _unread(night: NightFacts) -> list[Task]:
    tasks = []
    for center in night.centers:
        if center.rows_rejected:
            rows = count_of(center.rows_rejected, "row")
            tasks.append(
                Task(
                    title=f"Look at {rows} of {center.center_id} that could not be read",
                    reason=f"{number(center.rows_read)} rows were read. The unread ones are kept with file, line and reason.",
                    where="resdir rejects",
                )
            )
    return tasks


def _held_back(night: NightFacts) -> list[Task]:
    held = [finding for finding in night.top_findings if finding.held_back]
    # The rules told are the first only; the command in the task lists all of them.
    total = sum(finding.held_back for finding in held) if night.held_back is None else night.held_back
    if not total:
        return []
    rules = ", ".join(finding.rule_id for finding in held[:_RULES_NAMED])
    return [
        Task(
            title=f"Fix {count_of(total, 'finding')} that {'keeps a record' if total == 1 else 'keep records'} out of the public directory",
            reason=f"Nobody can find these records in public until they are fixed.{f' Begin with {rules}.' if rules else ''}",
            where="resdir findings --held-back",
        )
    ]


def _errors(night: NightFacts) -> list[Task]:
    # Records that are out of date have a task of their own.
    errors = [
        finding
        for finding in night.top_findings
        if finding.severity == "error" and not finding.held_back and family_of(finding.rule_id) != "FRE"
    ]
    return [
        Task(
            title=f"{finding.how_to_fix.rstrip('.')} ({count_of(finding.count, 'finding')})",
            reason=f"{finding.message} Rule {finding.rule_id}.",
            where=f"resdir findings --rule {finding.rule_id}",
        )
        for finding in errors[:_RULES_NAMED]
    ]


def _gone(night: NightFacts) -> list[Task]:
    tasks = []
    for center in night.centers:
        gone = 0 if center.is_first_night else center.changes.get("removed", 0)
        if gone:
            tasks.append(
                Task(
                    title=f"Confirm that {count_of(gone, 'record')} of {center.center_id} {'was' if gone == 1 else 'were'} meant to go",
                    reason="They were in the last export and are not in this one.",
                    where="resdir changes --change removed",
                )
            )
    return tasks


def _pairs(night: NightFacts) -> list[Task]:
    figures = night.duplicates
    tasks = []
    if figures.conflicting:
        tasks.append(
            Task(
                title=f"Settle {count_of(figures.conflicting, 'pair')} of agencies on which verdicts contradict each other",
                reason="Nothing follows from these verdicts until one of them is withdrawn or overruled.",
                where="resdir duplicates list --standing conflict",
            )
        )
    if figures.asked_likely:
        tasks.append(
            Task(
                title=f"Compare {count_of(figures.asked_likely, 'pair')} of agencies that are probably one",
                reason="Nothing is merged by itself: say same, different or not sure for each pair; it is never asked again.",
                where="resdir duplicates list",
            )
        )
    return tasks


def _overdue(night: NightFacts) -> list[Task]:
    late = {
        band: sum(row.count for row in night.freshness.bands if row.band == band)
        for band in ("overdue", "stale", "never")
    }
    total = sum(late.values())
    if not total:
        return []
    told = [f"{number(count)} {_BANDS_TOLD[band]}" for band, count in late.items() if count]
    this_week = 0 if night.queue is None else sum(row.agencies for row in night.queue.this_week)
    if this_week:
        return [
            Task(
                title=f"Verify {count_of(this_week, 'agency')} this week",
                reason=f"{count_of(total, 'record')}: {', '.join(told)}. The queue says who calls whom, and what is wrong with each.",
                where="resdir queue",
            )
        ]
    reason = f"{', '.join(told).capitalize()}. Begin with the oldest."
    return [
        Task(
            title=f"Ask for verification of {count_of(total, 'record')}",
            reason=reason,
            where="resdir freshness --by curator",
        )
    ]


def _audit(night: NightFacts) -> list[Task]:
    if night.audit is None or not night.audit.size or night.audit.done >= night.audit.size:
        return []
    drawn = count_of(night.audit.size, "agency" if night.audit.unit == "agency" else night.audit.unit)
    done = f" {number(night.audit.done)} of them are done." if night.audit.done else ""
    return [
        Task(
            title=f"Go on with this month's audit of {drawn}",
            reason=f"Drawn at random from {number(night.audit.frame_size)}; the worksheet has the questions.{done}",
            where=night.audit.worksheet or f"resdir audit worksheet {night.audit.batch_id}",
        )
    ]
