"""`resdir findings accept` and `reopen`: exceptions that expire, kept in the decision log."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from flows.cli.terminal import Common, say, show, show_json
from flows.clock import now
from pipeline.curate.acceptances import ACCEPTED, REOPENED
from pipeline.curate.findings import SHOWN
from pipeline.store.decisions import append_decision
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from schemas.errors import UsageError
from schemas.quality import FindingStatus

#: Fewest characters by which a finding may be named; shorter beginnings are ambiguous in any real directory.
SHORTEST_ID = 6


def accept(
    *findings: str,
    until: date,
    reason: str,
    by: str,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Take an exception: the finding is right, but nothing is to be done about it until a day.

    It stays out of the open findings and of all reminders, and is open again after its last day, or as soon as the value of the
    record changes. A record that is held back stays out of public files all the same.

    Args:
        findings: Ids as `resdir findings` shows them; a beginning of at least 6 characters will do if only one finding has it.
        until: Last day of the exception, YYYY-MM-DD.
        reason: Why, for whoever asks later.
        by: Who decides.
        common: What every command takes.
    """
    _require_words(reason=reason, by=by)
    resolved = common.resolve()
    place = common.place(resolved)
    today = common.day(resolved)
    furthest = resolved.settings.rules.longest_acceptance_months
    if until < today:
        raise UsageError(f"--until: {until} has passed (today is {today}).", advice="Name a day from today on.")
    if until > _months_later(today, furthest):
        raise UsageError(
            f"--until: {until} is more than {furthest} months ahead.",
            advice="An exception is to be looked at again; [rules] longest_acceptance_months sets the limit.",
        )
    chosen = _find(place, findings, states=SHOWN)
    for row in chosen:
        append_decision(
            place,
            kind=ACCEPTED,
            subject=row["finding_id"],
            payload={
                "until": until.isoformat(),
                "reason": reason.strip(),
                "value": row["value"],
                "rule_id": row["rule_id"],
                "center_id": row["center_id"],
                "record_uid": row["record_uid"],
                "field": row["field"],
            },
            decided_by=by.strip(),
            now=now(),
        )
    _tell(chosen, common=common, words=f"accepted until {until}")
    if any(row["is_held_back"] for row in chosen):
        say("A record that is held back stays out of public files until it is mended.")
    return 0


def reopen(
    *findings: str,
    reason: str,
    by: str,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Take an exception back: the finding is open again. The log keeps both entries.

    Args:
        findings: Ids as `resdir findings --status accepted` shows them.
        reason: Why.
        by: Who decides.
        common: What every command takes.
    """
    _require_words(reason=reason, by=by)
    place = common.place(common.resolve())
    chosen = _find(place, findings, states=(FindingStatus.ACCEPTED,))
    for row in chosen:
        append_decision(
            place,
            kind=REOPENED,
            subject=row["finding_id"],
            payload={"reason": reason.strip()},
            decided_by=by.strip(),
            now=now(),
        )
    _tell(chosen, common=common, words="open again")
    return 0


def _require_words(**texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise UsageError(f"--{name} is empty.", advice="The log must tell later who decided, and why.")


def _months_later(day: date, months: int) -> date:
    later: date = pl.select(pl.lit(day).dt.offset_by(f"{months}mo")).item()
    return later


def _find(place: Workspace, names: tuple[str, ...], *, states: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the findings named, each once.

    Raises:
        UsageError: None is named, one is unknown, ambiguous, or in a state in which this cannot be said of it.
    """
    if not names:
        raise UsageError(
            "Name at least one finding.", advice="`resdir findings --output findings.csv` lists their ids."
        )
    from flows.finding_decisions import with_decisions

    with open_published(place) as snapshot:
        tracked = with_decisions(snapshot.table("quality.finding"), place, as_of=snapshot.pointer.as_of)
    chosen: dict[str, dict[str, Any]] = {}
    for name in names:
        row = _one(tracked, name.strip().lower())
        if row["status"] not in states:
            raise UsageError(
                f"The finding {row['finding_id']} is {row['status']}.",
                advice=f"This can be said of findings that are {' or '.join(states)}.",
            )
        chosen[row["finding_id"]] = row
    return list(chosen.values())


def _one(tracked: pl.DataFrame, name: str) -> dict[str, Any]:
    if len(name) < SHORTEST_ID:
        raise UsageError(
            f"{name!r} is too short for the id of a finding.", advice=f"Give at least {SHORTEST_ID} characters."
        )
    found = tracked.filter(pl.col("finding_id").str.starts_with(name))
    if found.height == 1:
        return found.row(0, named=True)
    if found.is_empty():
        raise UsageError(
            f"There is no finding {name}.", advice="`resdir findings --status all` lists them with their ids."
        )
    listed = ", ".join(found["finding_id"].head(5).to_list())
    raise UsageError(f"{found.height} findings begin with {name}: {listed}.", advice="Give more characters.")


def _tell(chosen: list[dict[str, Any]], *, common: Common, words: str) -> None:
    if common.json:
        show_json([{"finding_id": row["finding_id"], "rule_id": row["rule_id"], "status": words} for row in chosen])
        return
    for row in chosen:
        show(f"{row['finding_id']}  {row['rule_id']}  {row['record_name'] or row['native_id'] or row['kind']}: {words}")
