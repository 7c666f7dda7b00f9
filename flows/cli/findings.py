"""`resdir findings`: what is wrong, with record, field, value, what is expected and how to fix it."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from cyclopts import Parameter

from flows.cli.terminal import Common, require_center, require_limit, require_record, say, show_json, show_table
from flows.finding_decisions import with_decisions
from pipeline.curate.findings import OPEN
from pipeline.publish.findings_file import in_order, write_findings
from pipeline.publish.table_file import Sheet, write_table
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import Snapshot, open_published
from schemas.errors import UsageError
from schemas.rules import rule_catalogue

#: Severities, worst first.
SEVERITIES: tuple[str, ...] = ("error", "warning", "info")

_SUMMARY: dict[str, tuple[str, int]] = {
    "error": ("Errors", 10),
    "warning": ("Warnings", 10),
    "info": ("Info", 10),
    "findings": ("Findings", 10),
    "records": ("Records", 10),
    "median_age_days": ("Median age (days)", 17),
}

#: Rows printed on a terminal; `--output` and `--json` give all.
ROWS_SHOWN = 50


def findings(
    *,
    center: str | None = None,
    severity: Literal["error", "warning", "info"] | None = None,
    rule: str | None = None,
    curator: str | None = None,
    status: Literal["open", "reappeared", "accepted", "fixed", "removed", "withdrawn", "all"] = "open",
    record: str | None = None,
    agency: str | None = None,
    since: date | None = None,
    older_than: int | None = None,
    held_back: Annotated[bool, Parameter(negative="")] = False,
    summary: Literal["rule", "curator", "center", "kind", "severity"] | None = None,
    limit: int = ROWS_SHOWN,
    output: Path | None = None,
    fail_on: Literal["error", "warning", "info", "never"] = "never",
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List the findings of the last published night, with how to fix each.

    Args:
        center: Only this center.
        severity: Only this severity.
        rule: Only this rule, or a family such as FRE.
        curator: Only records of this curator.
        status: `open` (with those that came back), `reappeared` (came back after it was fixed), `accepted` (an exception was
            taken), `fixed`, `removed` (the record left), `withdrawn` (the rule is no longer asked) or `all`.
        record: Only this record: its number in the center's software, or its record_uid.
        agency: Only this agency with its sites and services: number or record_uid.
        since: Only findings first seen on this day or later.
        older_than: Only findings at least this many days old.
        held_back: Only findings that keep a record out of public files.
        summary: Count them by rule, curator, center, kind or severity instead of listing them.
        limit: Rows printed, at least 1; --output and --json give all.
        output: Write all of them, or their summary, to a .csv, .xlsx or .json file.
        fail_on: Exit code 1 when an open finding of this severity or worse is listed.
        common: What every command takes.
    """
    _require_rule(rule)
    require_limit(limit)
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        tracked = snapshot.table("quality.finding")
        as_of = common.as_of or snapshot.pointer.as_of
        agencies = None if agency is None else _agency_uids(snapshot, agency)
        if record is not None:
            require_record(record, tracked, snapshot.directory().records())
    require_known(tracked, "curator", curator)
    chosen = with_age(
        choose(
            with_decisions(tracked, place, as_of=as_of),
            center=center,
            severity=severity,
            rule=rule,
            curator=curator,
            status=status,
        ),
        as_of=as_of,
    ).filter(_narrowed(record=record, agencies=agencies, since=since, older_than=older_than, held_back=held_back))
    if summary is not None:
        _summarize(chosen, by=summary, output=output, common=common)
        return 1 if reaches(chosen, fail_on) else 0
    if output is not None:
        write_findings(chosen, output)
        say(f"{count_of(chosen.height, 'finding')} written to {output}.")
    if common.json:
        show_json(chosen.to_dicts())
    elif output is None:
        _print(chosen, limit=limit)
    return 1 if reaches(chosen, fail_on) else 0


def require_known(tracked: pl.DataFrame, column: str, asked: str | None, *, thing: str = "finding") -> None:
    """Stop when a name is asked for that no finding (or other thing) has: an empty answer would look like a clean directory.

    Raises:
        UsageError: Names the nearest names.
    """
    if asked is None:
        return
    known = tracked.get_column(column).drop_nulls().unique().sort().to_list()
    if asked in known or not known:
        return
    near = difflib.get_close_matches(asked, known, n=3, cutoff=0.5) or known[:3]
    raise UsageError(f"--{column}: no {thing} has {asked!r}.", advice=f"Nearest: {', '.join(near)}.")


def _agency_uids(snapshot: Snapshot, asked: str) -> list[str]:
    agencies = snapshot.directory().agency
    found = agencies.filter((pl.col("native_id") == asked) | (pl.col("record_uid") == asked.lower()))
    if found.is_empty():
        raise UsageError(f"--agency: there is no agency {asked}.", advice="Give its number or its record_uid.")
    return found.get_column("record_uid").to_list()


def _narrowed(
    *, record: str | None, agencies: list[str] | None, since: date | None, older_than: int | None, held_back: bool
) -> pl.Expr:
    wanted = pl.lit(value=True)
    if record is not None:
        wanted = wanted & ((pl.col("native_id") == record) | (pl.col("record_uid") == record.lower()))
    if agencies is not None:
        wanted = wanted & pl.col("agency_uid").is_in(agencies)
    if since is not None:
        wanted = wanted & (pl.col("first_seen_on") >= since)
    if older_than is not None:
        wanted = wanted & (pl.col("age_days") >= older_than)
    if held_back:
        wanted = wanted & pl.col("is_held_back")
    return wanted


def _summarize(chosen: pl.DataFrame, *, by: str, output: Path | None, common: Common) -> None:
    column = {"rule": "rule_id", "center": "center_id"}.get(by, by)
    rows = (
        chosen.group_by(pl.col(column).fill_null("(unknown)").alias(by))
        .agg(
            *((pl.col("severity") == severity).sum().alias(severity) for severity in SEVERITIES),
            findings=pl.len(),
            records=pl.struct("center_id", "record_uid").n_unique(),
            median_age_days=pl.col("age_days").median(),
        )
        .sort("findings", by, descending=[True, False])
    )
    if output is not None:
        write_table([Sheet(title="Summary", rows=rows, columns={by: (by.capitalize(), 34), **_SUMMARY})], output)
        say(f"The summary of {count_of(chosen.height, 'finding')} by {by} was written to {output}.")
    if common.json:
        show_json(rows.to_dicts())
        return
    if output is not None:
        return
    show_table(
        f"{count_of(chosen.height, 'finding')} by {by}",
        (by, *SEVERITIES, "findings", "records", "median days"),
        [
            (
                row[by],
                *(f"{row[name]:,}" for name in (*SEVERITIES, "findings", "records")),
                f"{row['median_age_days']:.0f}",
            )
            for row in rows.to_dicts()
        ],
        right=(*SEVERITIES, "findings", "records", "median days"),
    )


def _require_rule(rule: str | None) -> None:
    if rule is None:
        return
    asked = rule.upper()
    if not any(known == asked or known.startswith(f"{asked}-") for known in rule_catalogue()):
        raise UsageError(
            f"--rule: there is no rule or family {rule}.", advice="docs/rules.md lists them, such as FRE or FRE-003."
        )


def choose(
    tracked: pl.DataFrame,
    *,
    center: str | None,
    severity: str | None,
    rule: str | None,
    curator: str | None,
    status: str,
) -> pl.DataFrame:
    """Return the findings asked for, in the order of `in_order`."""
    wanted = pl.lit(value=True)
    for column, text in (("center_id", center), ("severity", severity), ("curator", curator)):
        if text is not None:
            wanted = wanted & (pl.col(column) == text)
    if rule is not None:
        asked = rule.upper()
        wanted = wanted & ((pl.col("rule_id") == asked) | pl.col("rule_id").str.starts_with(f"{asked}-"))
    if status == "open":
        wanted = wanted & pl.col("status").is_in(OPEN)
    elif status != "all":
        wanted = wanted & (pl.col("status") == status)
    return in_order(tracked.filter(wanted))


def with_age(tracked: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """Add `age_days`: days from the first night that showed the finding to `as_of`, or to the night that closed it."""
    until = pl.coalesce("closed_on", pl.lit(as_of))
    return tracked.with_columns((until - pl.col("first_seen_on")).dt.total_days().alias("age_days"))


def reaches(chosen: pl.DataFrame, fail_on: str) -> bool:
    """Tell whether an open finding is as bad as `fail_on` or worse."""
    if fail_on == "never":
        return False
    if fail_on not in SEVERITIES:
        raise UsageError(f"--fail-on: {fail_on} is not one of {', '.join(SEVERITIES)}, never.")
    bad = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return not chosen.filter(pl.col("status").is_in(OPEN) & pl.col("severity").is_in(bad)).is_empty()


def _print(chosen: pl.DataFrame, *, limit: int) -> None:
    shown = chosen.head(limit)
    show_table(
        count_of(chosen.height, "finding") + (f", the first {limit} shown" if chosen.height > limit else ""),
        ("finding", "rule", "record", "found", "how to fix", "days"),
        [
            (
                f"{row['finding_id'][:8]}\n{row['status']}",
                f"{row['rule_id']}\n{row['severity']}",
                f"{row['record_name'] or '(no name)'} ({row['native_id'] or row['kind']})",
                f"{row['field']}: {row['value'] or '(nothing)'}",
                row["how_to_fix"],
                row["age_days"],
            )
            for row in shown.to_dicts()
        ],
        right=("days",),
    )
    if chosen.height > limit:
        say("All of them: --output findings.xlsx (or .csv, .json).")
