"""What opened and closed tonight in Markdown, for Prefect's page of the run."""

from __future__ import annotations

from pipeline.publish.summary import markdown_text
from pipeline.publish.wording import day, moved_totals, number
from schemas.night import MovedFinding, NightFacts

_TITLES = {"opened": "Opened", "reappeared": "Came back", "fixed": "Fixed"}


def summarize_moved(night: NightFacts) -> str:
    """Return what opened and closed in a night: counts by rule, then the first findings with how to fix them.

    Counts are of all findings; one by one errors and warnings only. Names and values of records that are not to be named say `withheld`.
    """
    head = f"# Findings opened and closed, night of {day(night.as_of)}"
    if night.status == "gated":
        return f"{head}\n\nNothing was published, so nothing opened or closed.\n"
    if not night.moved_findings:
        return f"{head}\n\nNo finding opened or closed, or there was no earlier night to compare with.\n"
    lines = [
        head,
        "",
        "| rule | severity | opened | came back | fixed | ended otherwise |",
        "|---|---|---:|---:|---:|---:|",
        *(
            f"| {one.rule_id} | {one.severity} | "
            + " | ".join(number(count) for count in (one.opened, one.reappeared, one.fixed, one.other_ended))
            + " |"
            for one in night.moved_findings
        ),
        "| all rules | | " + " | ".join(number(count) for count in moved_totals(night).values()) + " |",
    ]
    if night.moved_rule_count > len(night.moved_findings):
        lines += ["", f"Showing the first {len(night.moved_findings)} of {night.moved_rule_count} rules."]
    for event, title in _TITLES.items():
        told = [one for one in night.moved_first if one.event == event]
        if told:
            lines += ["", f"## {title}", "", *(_line(one) for one in told)]
            total = sum(center.findings_life.get(event, 0) for center in night.centers if not center.is_first_night)
            if total > len(told):
                lines.append(f"- and more: {number(total)} in all, information included")
    return "\n".join(lines) + "\n"


def _line(one: MovedFinding) -> str:
    found = f"{one.field}: {one.value}" if one.value else one.field
    what = f"- {one.severity} {one.rule_id}, {one.center_id}, {markdown_text(one.record)}, {markdown_text(found)}."
    return what if one.event == "fixed" else f"{what} {markdown_text(one.how_to_fix)}"
