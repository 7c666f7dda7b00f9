"""`resdir queue`: who must verify what, this week and the next twelve."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from cyclopts import Parameter

from flows.cli.findings import require_known
from flows.cli.terminal import Common, percent, require_center, require_limit, say, show, show_json, show_table
from flows.freshness_ground import read_ground
from flows.packets import contacted_days
from flows.settings import Settings
from flows.use_figures import read_use
from flows.verification_work import WorkList, list_work
from pipeline.audit.faults import follow_numbers
from pipeline.measure.complexity import measure_complexity
from pipeline.publish.queue_sheets import queue_sheets
from pipeline.publish.table_file import write_table
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published
from schemas.errors import UsageError

#: Nobody in the settings is called so; it asks for bundles without curator.
_NOBODY = "(unknown)"


def queue(
    *,
    curator: str | None = None,
    center: str | None = None,
    weeks: int | None = None,
    week: int | None = None,
    target: float | None = None,
    by: date | None = None,
    use: Path | None = None,
    outreach: Annotated[bool, Parameter(negative="")] = False,
    limit: int = 50,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show who must verify what: the smallest set of agencies that keeps the target, leveled over weeks and curators.

    One contact covers an agency with all its sites and services; beside it stands what is wrong with them, so that the call mends
    both. Temporarily closed agencies and records that a merge plan gives up are left out.

    Args:
        curator: Only this curator's; `(unknown)` for agencies without curator. The plan is made for all of them.
        center: Only this center. The plan is made for it alone.
        weeks: Weeks to plan, 1 to 52 (default: [queue] weeks, 13); the first begins on the day of the last night.
        week: Print this week; the first when not given.
        target: Share to keep, between 0 and 1 (default: [queue] target_share, or that of each center).
        by: Day by which a center below its target is to reach it (default: [queue] catch_up_weeks).
        use: A .csv file with the columns record and use (such as referrals in a year): most used first.
        outreach: Print instead where the requests stand: first request, reminder, other contact, last call.
        limit: Rows printed, at least 1; --output and --json give all.
        output: Write all weeks with what is wrong, the hours, the targets, what is left out and the requests to a .xlsx file, or the
            weeks alone to .csv or .json.
        common: What every command takes; --as-of a later day than the last night's plans from that day.
    """
    require_limit(limit)
    resolved = common.resolve()
    weeks = resolved.settings.queue.weeks if weeks is None else weeks
    if not 1 <= weeks <= 52:
        raise UsageError(f"--weeks: {weeks} is not between 1 and 52.")
    if week is not None and not 1 <= week <= weeks:
        raise UsageError(f"--week: {week} is not one of the {weeks} weeks planned.")
    if target is not None and not 0 < target <= 1:
        raise UsageError(f"--target: {target:g} is not between 0 and 1.", advice="Write 95 % as 0.95.")
    settings = _settings(resolved.settings, target=target, by=by)
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        ground = read_ground(place, snapshot, run_id=snapshot.pointer.run_id, as_of=snapshot.pointer.as_of)
        members = snapshot.table("matching.merge_member")
        renumbered = follow_numbers(snapshot.table("history.rekeyed"))
    as_of = common.as_of or ground.as_of
    if as_of < ground.as_of:
        raise UsageError(
            f"--as-of: the last night speaks of {ground.as_of}; the queue starts there or later.",
            advice="Leave --as-of out.",
        )
    if by is not None and by <= as_of:
        raise UsageError(
            f"--by: {by} is not later than {as_of}, the first day of the plan.", advice="Name a day to come."
        )
    asked, told = (None, ()) if use is None else read_use(use, directory=ground.directory, unit="agency")
    work = list_work(
        ground.directory,
        complexity=measure_complexity(ground.directory, as_of=as_of, parameters=settings.staffing),
        findings=ground.evidence.findings,
        members=members,
        as_of=as_of,
        weeks=weeks,
        settings=settings,
        use=asked,
        contacted=contacted_days(place, renumbered=renumbered),
        centers=None if center is None else [center],
    )
    if curator not in (None, _NOBODY):
        require_known(work.staged, "curator", curator, thing="agency")
    notes = (*told, *work.notes)
    if output is not None:
        sheets = queue_sheets(
            items=_of(work.items, curator),
            loads=_of(work.queue.loads, curator),
            targets=work.queue.targets,
            excluded=_of(work.queue.excluded, curator),
            staged=_of(work.staged, curator),
        )
        say(f"{count_of(write_table(sheets, output), 'row')} written to {output}.")
    if common.json:
        show_json(_document(work, curator=curator, weeks=weeks, notes=notes))
        return 0
    if output is None and outreach:
        _show_outreach(_of(work.staged, curator), limit=limit)
    elif output is None:
        _show(work, curator=curator, week=week or 1, limit=limit)
    for note in notes:
        say(note)
    return 0


def _settings(settings: Settings, *, target: float | None, by: date | None) -> Settings:
    changed: dict[str, Any] = {}
    if target is not None:
        changed |= {"target_share": target, "center_target_share": {}}
    if by is not None:
        changed["catch_up_by"] = by
    return settings.model_copy(update={"queue": settings.queue.model_copy(update=changed)})


def _of(frame: pl.DataFrame, curator: str | None) -> pl.DataFrame:
    if curator is None:
        return frame
    return frame.filter(pl.col("curator").is_null() if curator == _NOBODY else pl.col("curator") == curator)


def _document(work: WorkList, *, curator: str | None, weeks: int, notes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "as_of": work.queue.as_of.isoformat(),
        "weeks": weeks,
        "items": _of(work.items, curator).to_dicts(),
        "loads": _of(work.queue.loads, curator).to_dicts(),
        "targets": work.queue.targets.to_dicts(),
        "excluded": _of(work.queue.excluded, curator).to_dicts(),
        "outreach": _of(work.staged, curator).filter(pl.col("stage").is_not_null()).to_dicts(),
        "notes": list(notes),
    }


def _show(work: WorkList, *, curator: str | None, week: int, limit: int) -> None:
    items, loads = _of(work.items, curator), _of(work.queue.loads, curator)
    chosen = items.filter(pl.col("week") == week)
    starts = work.queue.loads.filter(pl.col("week") == week)["week_start_on"]
    begins = starts.item(0) if starts.len() else work.queue.as_of
    if work.queue.targets.is_empty():
        show("There is nothing to queue.")
        return
    show_table(
        f"Week {week}, from {begins}: by curator",
        ("curator", "center", "agencies", "hours", "of hours"),
        [
            (row["curator"] or _NOBODY, row["center_id"], f"{row['agencies']:,}", _hours(row["minutes"]),
             _hours(row["hours_limit_minutes"]))
            for row in loads.filter((pl.col("week") == week) & (pl.col("agencies") > 0)).to_dicts()
        ],
        right=("agencies", "hours", "of hours"),
    )  # fmt: skip
    show_table(
        f"To verify: {count_of(chosen.height, 'agency')}"
        + (f", the first {limit} shown" if chosen.height > limit else ""),
        ("curator", "agency", "why", "minutes", "reach", "step", "what is wrong"),
        [
            (
                row["curator"] or _NOBODY,
                f"{row['name'] or ''} ({row['native_id'] or row['agency_uid']})",
                row["reason"],
                f"{row['minutes']:.0f}",
                row["phone"] or row["email"],
                row["stage"].replace("_", " "),
                _faults(row),
            )
            for row in chosen.head(limit).to_dicts()
        ],
        right=("minutes",),
    )
    totals = (
        items.group_by("week", "week_start_on").agg(agencies=pl.len(), minutes=pl.col("minutes").sum()).sort("week")
    )
    show_table(
        "The weeks",
        ("week", "from", "agencies", "hours"),
        [
            (row["week"], row["week_start_on"], f"{row['agencies']:,}", _hours(row["minutes"]))
            for row in totals.to_dicts()
        ],
        right=("week", "agencies", "hours"),
    )
    last = work.queue.targets.filter(pl.col("week") == pl.col("week").max()).sort("center_id")
    show_table(
        "What it brings",
        ("center", "on", "target", "if followed", "if nobody verified"),
        [
            (row["center_id"], row["week_end_on"], percent(row["target_share"]), percent(row["share_with"]),
             percent(row["share_without"]))
            for row in last.to_dicts()
        ],
        right=("target", "if followed", "if nobody verified"),
    )  # fmt: skip
    left_out = _of(work.queue.excluded, curator)
    if left_out.height:
        reasons = left_out.group_by("excluded_reason").agg(pl.len()).sort("excluded_reason").rows()
        say("Left out although due: " + "; ".join(f"{count:,} ({reason})" for reason, count in reasons) + ".")
    if chosen.height > limit:
        say("All of them: --output queue.xlsx (or .csv, .json).")


def _faults(row: dict[str, Any]) -> str:
    """Return the faults in a line: how many, and the gravest; the file has them all."""
    counts = [
        count_of(row[f"{severity}_count"], severity) for severity in ("error", "warning") if row[f"{severity}_count"]
    ]
    first = (row["to_fix"] or "").partition("\n")[0]
    return f"{', '.join(counts)}. {first}" if counts else ""


def _show_outreach(staged: pl.DataFrame, *, limit: int) -> None:
    waiting = staged.filter(pl.col("stage").is_not_null()).sort("stage_since_on", "center_id", "agency_uid")
    counts = waiting.group_by("stage").agg(pl.len(), since=pl.col("stage_since_on").min()).sort("since")
    show_table(
        "Requests by step",
        ("step", "agencies"),
        [(row[0].replace("_", " "), f"{row[1]:,}") for row in counts.rows()],
        right=("agencies",),
    )
    show_table(
        f"Begun last: {count_of(min(waiting.height, limit), 'agency')} of {waiting.height:,}",
        ("curator", "agency", "verified", "step", "since", "next", "on"),
        [
            (
                row["curator"] or _NOBODY,
                f"{row['name'] or ''} ({row['native_id'] or row['agency_uid']})",
                row["day"],
                row["stage"].replace("_", " "),
                row["stage_since_on"],
                (row["next_stage"] or "").replace("_", " "),
                row["next_stage_on"],
            )
            for row in waiting.tail(limit).reverse().to_dicts()
        ],
    )


def _hours(minutes: float) -> str:
    return f"{minutes / 60:.1f}"
