"""The digest of a night for e-mail and chat: counts, the three most urgent things, where to read on.

It leaves the house by a road that nobody guards. So it is written from counts and from the rules' own sentences only: no name,
number or value of any record ever stands in it, not even one that reports may show.
"""

from __future__ import annotations

from datetime import date, datetime

from pipeline.publish.freshness_words import forecast_words, queue_words
from pipeline.publish.tasks import tasks_today
from pipeline.publish.wording import (
    SEVERITIES,
    count_of,
    day,
    moved_totals,
    number,
    severity_words,
    share_basis,
    share_text,
    weekday,
)
from schemas.digest import Digest, LastGoodNight
from schemas.night import NightFacts

#: Most urgent things named (project choice: what fits a telephone's screen).
_TASKS_NAMED = 3
_KINDS = ("agency", "site", "service")
_HOURS_A_DAY = 24.0


def night_digest(
    night: NightFacts,
    *,
    before: LastGoodNight | None,
    now: datetime,
    stale_after_hours: float,
    report_address: str = "",
) -> Digest:
    """Return the digest of a night that came to its end, published or stopped by a gate.

    Args:
        night: The facts.
        before: The good night before this one; None when there was none.
        now: Moment of sending, UTC.
        stale_after_hours: Age from which a good night is called too old.
        report_address: Where readers reach the folder of reports; empty names its place in the workspace.
    """
    is_published = night.status != "gated"
    late = _late(before, now=now, stale_after_hours=stale_after_hours, is_published=is_published)
    parts = [
        _head(night),
        late,
        _counts(night) if is_published else "",
        _urgent(night),
        _place(night, report_address),
    ]
    return Digest(
        subject=_subject(night),
        text="\n\n".join(part for part in parts if part) + "\n",
        status=night.status,
        as_of=night.as_of,
        run_id=night.run_id,
        is_news=bool(late) or _is_news(night),
    )


def failed_digest(
    *, kind: str, as_of: date, last: LastGoodNight | None, now: datetime, stale_after_hours: float
) -> Digest:
    """Return the digest of a night that ended in an error.

    Args:
        kind: What kind of trouble, in words; not the error's own message, which may name a value.
        as_of: Day the night would have spoken of.
        last: The night in force; None when there is none.
        now: Moment of sending, UTC.
        stale_after_hours: Age from which a good night is called too old.
    """
    stands = (
        "Nothing was published yet."
        if last is None
        else f"The night of {day(last.as_of)} stays in force; it was published {_ago(last, now)} ago."
    )
    too_old = last is not None and _hours(last, now) > stale_after_hours
    text = (
        f"Directory night of {weekday(as_of)}, {day(as_of)}\n\nThe night failed: {kind}. Nothing was changed.\n{stands}"
        + ("\nThat is too old to work with." if too_old else "")
        + "\n\nRun `resdir nightly` by hand: it says what is wrong and what to do. `resdir doctor` looks at everything else.\n"
    )
    return Digest(subject=f"resdir: the night of {day(as_of)} failed", text=text, status="failed", as_of=as_of)


def stale_digest(last: LastGoodNight | None, *, as_of: date, now: datetime, stale_after_hours: float) -> Digest | None:
    """Return a warning that the last good night is too old, or None when it is not.

    Args:
        last: The night in force; None when nothing was published yet, which is too old as well.
        as_of: Today.
        now: Moment of sending, UTC.
        stale_after_hours: Age from which a good night is called too old.
    """
    if last is not None and _hours(last, now) <= stale_after_hours:
        return None
    told = (
        "Nothing was published yet."
        if last is None
        else f"The last good night is of {day(last.as_of)}; it was published {_ago(last, now)} ago."
    )
    return Digest(
        subject="resdir: the last good night is too old" if last else "resdir: no night was published yet",
        text=f"{told}\n\nLook whether the machine runs and the schedule is on: `resdir doctor`, then `resdir nightly`.\n",
        status="stale",
        as_of=as_of,
    )


def test_digest(*, as_of: date) -> Digest:
    """Return a message that only shows that the road is open."""
    return Digest(
        subject="resdir: test",
        text="This is a test. The digest of each night will come by this road.\n",
        status="test",
        as_of=as_of,
    )


def _subject(night: NightFacts) -> str:
    of = f"night of {night.as_of.day} {day(night.as_of).split(' ', 1)[1]}"
    if night.status == "gated":
        return f"resdir: nothing was published, {of}"
    errors = sum(center.findings.get("error", 0) for center in night.centers)
    if all(center.is_first_night for center in night.centers):
        return f"resdir: {of}, the first: {count_of(errors, 'error')} open"
    moved = moved_totals(night)
    opened = moved["opened"] + moved["reappeared"]
    return f"resdir: {of}: {number(opened)} new, {number(moved['fixed'])} fixed, {count_of(errors, 'error')} open"


def _head(night: NightFacts) -> str:
    state = (
        "Nothing was published. The last good night stays in force."
        if night.status == "gated"
        else f"Published, {count_of(len(night.centers), 'center')}."
    )
    return f"Directory night of {weekday(night.as_of)}, {day(night.as_of)}\n{state}"


def _late(before: LastGoodNight | None, *, now: datetime, stale_after_hours: float, is_published: bool) -> str:
    if before is None or _hours(before, now) <= stale_after_hours:
        return ""
    if is_published:
        return f"Before this one there was no good night for {_ago(before, now)}; the last was of {day(before.as_of)}."
    return f"The last good night is too old: it is of {day(before.as_of)} and was published {_ago(before, now)} ago."


def _counts(night: NightFacts) -> str:
    records = ", ".join(count_of(sum(center.records.get(kind, 0) for center in night.centers), kind) for kind in _KINDS)
    moved = moved_totals(night)
    findings = {name: sum(center.findings.get(name, 0) for center in night.centers) for name in SEVERITIES}
    still = ", ".join(f"{number(count)} {severity_words(count, SEVERITIES[name])}" for name, count in findings.items())
    headline = night.freshness.complete_agency_update
    changed = (
        f"{number(moved['opened'])} opened, {number(moved['reappeared'])} came back, {number(moved['fixed'])} fixed"
    )
    is_first = all(center.is_first_night for center in night.centers)
    lines = [
        f"Counted: {records}.",
        f"Findings: open are {still}." if is_first else f"Findings: {changed}; open are {still}.",
        f"Updated in the last year: {share_text(headline)} of the agencies ({share_basis(headline, 'agency')}).",
    ]
    if night.freshness.forecast is not None:
        lines.append(forecast_words(night.freshness.forecast))
    if night.queue is not None and (night.queue.agencies or night.queue.notes):
        lines.append(queue_words(night.queue))
    if night.duplicates.asked:
        lines.append(f"{count_of(night.duplicates.asked, 'pair').capitalize()} of agencies to compare.")
    return "\n".join(lines)


def _urgent(night: NightFacts) -> str:
    tasks = tasks_today(night)
    if not tasks:
        return "Nothing waits for anybody."
    lines = [
        f"{place}. {task.title}. {task.reason}" + (f"\n   {task.where}" if task.where else "")
        for place, task in enumerate(tasks[:_TASKS_NAMED], start=1)
    ]
    more = len(tasks) - _TASKS_NAMED
    return "\n".join(["Most urgent:", *lines, *([f"{number(more)} more in the report."] if more > 0 else [])])


def _place(night: NightFacts, report_address: str) -> str:
    name = f"night_{night.as_of}.html"
    if report_address:
        return f"The report: {report_address.rstrip('/')}/{name}"
    return f"The report: reports/{name} in the workspace."


def _is_news(night: NightFacts) -> bool:
    """Return whether anything moved: a first night, a stopped one, a warning, a changed record or finding, a pair asked again."""
    return (
        night.status == "gated"
        or bool(night.warnings or night.overridden or night.duplicates.reopened)
        or any(center.is_first_night or center.warnings or center.rows_rejected for center in night.centers)
        or any(count for center in night.centers for count in center.changes.values())
        or any(moved_totals(night).values())
    )


def _hours(last: LastGoodNight, now: datetime) -> float:
    return (now - last.published_at).total_seconds() / 3600


def _ago(last: LastGoodNight, now: datetime) -> str:
    """Return an age in words: hours up to two days, days after that."""
    hours = _hours(last, now)
    if hours < 1:
        return "less than an hour"
    if hours < 2 * _HOURS_A_DAY:
        return count_of(round(hours), "hour")
    return count_of(int(hours // _HOURS_A_DAY), "day")
