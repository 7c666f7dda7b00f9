"""The night in a screenful of Markdown: on Prefect's pages, and without its escapes printed by `resdir nightly`."""

from __future__ import annotations

import re

from pipeline.publish.freshness_words import forecast_words, queue_words, set_aside_words, year_words
from pipeline.publish.tasks import tasks_today
from pipeline.publish.wording import (
    SEVERITIES,
    audit_words,
    count_of,
    day,
    kind_words,
    moved_totals,
    number,
    reason_words,
    severity_words,
    share_basis,
    share_text,
    signal_counts,
    staffing_words,
    weekday,
)
from schemas.night import CenterFacts, NightFacts

_KINDS = ("agency", "site", "service", "service_at_site")
#: Rules and pairs in the summary; the report has more (project choice: one screen).
_LISTED = 5

#: Signs that Markdown would take for its own.
_SIGNS = "\\`*_|<>[]#"
_ESCAPED = re.compile(rf"\\([{re.escape(_SIGNS)}])")


def summarize_night(night: NightFacts) -> str:
    """Return the summary of a night as Markdown, ending in a line break."""
    parts = [_head(night), _tasks(night)]
    if night.status == "gated":
        parts.append(_read(night))
    else:
        parts += [
            _freshness(night),
            _queue(night),
            _centers(night),
            _findings(night),
            _duplicates(night),
            _staffing(night),
            _audit(night),
            _exports(night),
        ]
    parts.append(_places(night))
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(night: NightFacts) -> str:
    stopped = "**Nothing was published.** The last good night stays in force."
    state = stopped if night.status == "gated" else f"Published. {_seconds(night)}"
    return f"# Directory night of {weekday(night.as_of)}, {day(night.as_of)}\n\nData as of {day(night.as_of)}. {state.strip()}"


def _tasks(night: NightFacts) -> str:
    tasks = tasks_today(night)
    if not tasks:
        return "## To do today\n\nNothing waits for you."
    lines = [
        f"{place}. **{markdown_text(task.title)}.** {markdown_text(task.reason)}"
        + (f" → `{task.where}`" if task.where else "")
        for place, task in enumerate(tasks, start=1)
    ]
    return "\n".join(["## To do today", "", *lines])


def _freshness(night: NightFacts) -> str:
    freshness = night.freshness
    headline = freshness.complete_agency_update
    lines = [
        "## Updated in the last year",
        "",
        f"**{share_text(headline)}** of agencies completely updated: {markdown_text(share_basis(headline, 'agency'))}.",
        markdown_text(freshness.definition),
        "",
        f"- Records verified: {share_text(freshness.verified_record)} ({markdown_text(share_basis(freshness.verified_record, 'record'))})",
        _edited(night),
        *(f"- {markdown_text(words)}" for words in (set_aside_words(freshness), year_words(freshness)) if words),
        *(f"- {markdown_text(notice)}" for notice in freshness.notices),
    ]
    if freshness.forecast is not None:
        lines += ["", markdown_text(forecast_words(freshness.forecast)) + " → `resdir forecast`"]
    return "\n".join(lines)


def _queue(night: NightFacts) -> str:
    queue = night.queue
    if queue is None or not (queue.agencies or queue.notes):
        return ""
    lines = ["## To verify", "", f"{markdown_text(queue_words(queue))} → `resdir queue`"]
    if queue.this_week:
        lines += ["", "| curator | center | agencies | hours | of hours |", "|---|---|---:|---:|---:|"]
        lines += [
            f"| {markdown_text(row.curator or '(nobody named)')} | {markdown_text(row.center_id)} | {number(row.agencies)} | "
            f"{row.minutes / 60:.1f} | {row.limit_minutes / 60:.1f} |"
            for row in queue.this_week
        ]
    if queue.excluded:
        left = "; ".join(f"{number(count)} ({reason})" for reason, count in queue.excluded.items())
        lines += ["", f"Left out although due: {markdown_text(left)}."]
    if queue.notes:
        lines += ["", *(f"- {markdown_text(note)}" for note in queue.notes)]
    return "\n".join(lines)


def _edited(night: NightFacts) -> str:
    figure = night.freshness.edited_record
    return f"- Records edited, which is not the same: {share_text(figure)} ({markdown_text(share_basis(figure, 'record'))})"


def _centers(night: NightFacts) -> str:
    head = (
        "| center | rows read | not read | "
        + " | ".join(kind_words(kind) for kind in _KINDS)
        + " | added | changed | removed | new number |"
    )
    rule = "|---|" + "---:|" * (6 + len(_KINDS))
    lines = ["## Records that count", "", head, rule, *(_center_row(center) for center in night.centers)]
    lines += _signals(night)
    for center in night.centers:
        left_out = _not_counted(center)
        if left_out:
            lines += ["", f"Not counted in {markdown_text(center.center_id)}: {left_out}."]
        lines += [f"\n{markdown_text(center.center_id)}: {markdown_text(notice)}" for notice in center.notices]
    return "\n".join(lines)


def _read(night: NightFacts) -> str:
    """Return what a stopped night delivered beside the last good one."""
    lines = ["## What was delivered", "", "| center | kind | tonight | last night |", "|---|---|---:|---:|"]
    for center in night.centers:
        before = center.delivered_before
        lines += [
            f"| {markdown_text(center.center_id)} | {kind_words(kind)} | {number(center.delivered.get(kind, 0))} | "
            + ("none" if before is None else number(before.get(kind, 0)))
            + " |"
            for kind in _KINDS
        ]
    return "\n".join(lines)


def _signals(night: NightFacts) -> list[str]:
    """Return what the night shows about the upkeep; nothing when it shows nothing."""
    told = [f"{number(count)} {words}" for count, words in signal_counts(night)]
    return ["", f"Worth a question: {'; '.join(told)}. → `resdir changes --signals`"] if told else []


def _center_row(center: CenterFacts) -> str:
    changes = (
        ["first night", "", "", ""]
        if center.is_first_night
        else [number(center.changes.get(change, 0)) for change in ("added", "changed", "removed", "rekeyed")]
    )
    cells = [
        markdown_text(center.center_id),
        number(center.rows_read),
        number(center.rows_rejected),
        *(number(center.records.get(kind, 0)) for kind in _KINDS),
        *changes,
    ]
    return "| " + " | ".join(cells) + " |"


def _not_counted(center: CenterFacts) -> str:
    return "; ".join(
        f"{count_of(count, kind)} ({reason_words(reason)})"
        for kind in _KINDS
        for reason, count in sorted(center.not_counted.get(kind, {}).items())
        if count
    )


def _findings(night: NightFacts) -> str:
    totals = {severity: sum(center.findings.get(severity, 0) for center in night.centers) for severity in SEVERITIES}
    counted = ", ".join(
        f"{number(totals[severity])} {severity_words(totals[severity], SEVERITIES[severity])}"
        for severity in SEVERITIES
    )
    lines = ["## Findings", "", f"{counted}.{_life(night)}", ""]
    lines += [
        f"- {finding.rule_id}: {number(finding.count)} × {markdown_text(finding.message)} {markdown_text(finding.how_to_fix)}"
        for finding in night.top_findings[:_LISTED]
    ]
    if len(night.top_findings) > _LISTED:
        lines.append(f"- and more, in the report and in `resdir findings` (showing {_LISTED} rules)")
    return "\n".join(lines).rstrip()


def _life(night: NightFacts) -> str:
    """Return what happened to findings since the last night, or nothing where there was none."""
    centers = [center for center in night.centers if not center.is_first_night]
    if not centers:
        return ""
    total = moved_totals(night)
    were = "was" if total["fixed"] == 1 else "were"
    told = f" Since the last night {number(total['opened'])} opened, {number(total['fixed'])} {were} fixed"
    further = [
        f"{number(total[name])} {words}"
        for name, words in (("reappeared", "came back"), ("other_ended", "ended otherwise"))
        if total[name]
    ]
    standing = sum(center.findings_life.get("accepted_now", 0) for center in centers)
    accepted = f" {number(standing)} {'is' if standing == 1 else 'are'} accepted until a day." if standing else ""
    return ", ".join([told, *further]) + f".{accepted}"


def _duplicates(night: NightFacts) -> str:
    figures = night.duplicates
    told = (
        f"{count_of(figures.candidate_pairs, 'pair')} of agencies compared: {number(figures.duplicate)} probably one agency, "
        f"{number(figures.possible)} possibly. {number(figures.decided)} decided by people, {number(figures.implied)} follow from "
        f"these, {number(figures.reopened)} reopened. {count_of(figures.asked, 'pair')} left to compare."
    )
    if figures.conflicting:
        told += f" Verdicts on {count_of(figures.conflicting, 'pair')} contradict each other: resdir duplicates list --standing conflict."
    lines = ["## Duplicates", "", told]
    lines += [
        f"- {_name(pair.a.name, pair.a.native_id)} / {_name(pair.b.name, pair.b.native_id)}"
        for pair in night.top_pairs[:_LISTED]
    ]
    return "\n".join(lines)


def _staffing(night: NightFacts) -> str:
    staffing = night.staffing
    if staffing is None:
        return ""
    lines = [
        "## Curators needed",
        "",
        f"Between {staffing.low_fte:.1f} and {staffing.high_fte:.1f} full-time, in the middle {staffing.central_fte:.1f}.",
        *(markdown_text(words) for words in staffing_words(staffing)),
        *(f"- {markdown_text(note)}" for note in staffing.notes),
        *(f"- {markdown_text(caveat)}" for caveat in staffing.caveats),
    ]
    return "\n".join(lines)


def _audit(night: NightFacts) -> str:
    last = None if night.audit is None else night.audit.last
    if last is None:
        return ""
    return "\n".join(["## How good it is", "", audit_words(last)])


def _exports(night: NightFacts) -> str:
    lines = []
    for export in night.exports:
        written = ", ".join(count_of(count, kind) for kind, count in export.records.items())
        lines.append(f"- {export.target} in `{export.path}`: {written}.")
        if export.withheld:
            left = "; ".join(f"{number(count)} {reason_words(reason)}" for reason, count in export.withheld.items())
            lines.append(f"  Left out: {left}.")
        if export.errors:
            lines.append(f"  **The pre-flight found {count_of(export.errors, 'error')}.**")
    return "\n".join(["## Public package", "", *lines]) if lines else ""


def _places(night: NightFacts) -> str:
    if not night.places:
        return ""
    return "\n".join(
        ["## Where to look", "", *(f"- {markdown_text(place.label)}: `{place.path}`" for place in night.places)]
    )


def _seconds(night: NightFacts) -> str:
    total = night.seconds.get("total", 0.0)
    return f"The run took {total:.0f} seconds." if total >= 1 else ""


def _name(name: str | None, native_id: str | None) -> str:
    return markdown_text(name or "(no name)") + (f" (record {markdown_text(native_id)})" if native_id else "")


def without_escapes(markdown: str) -> str:
    """Return Markdown as it is read on a terminal: signs that were escaped for a page stand for themselves.

    >>> without_escapes(markdown_text("service_id *new*"))
    'service_id *new*'
    """
    return _ESCAPED.sub(r"\1", markdown)


def markdown_text(text: str) -> str:
    """Return text that Markdown shows as it stands, on one line."""
    plain = " ".join(text.split())
    for character in _SIGNS:
        plain = plain.replace(character, f"\\{character}")
    return plain
