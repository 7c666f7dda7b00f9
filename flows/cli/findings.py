"""`resdir findings`: what is wrong, with record, field, value, what is expected and how to fix it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from flows.cli.common import Common, require_center, say, show_json, show_table
from pipeline.publish.findings_file import write_findings
from pipeline.store.snapshot import open_published
from schemas.errors import UsageError
from schemas.rules import rule_catalogue

#: Severities, worst first.
SEVERITIES: tuple[str, ...] = ("error", "warning", "info")

#: Rows printed on a terminal; `--output` and `--json` give all.
ROWS_SHOWN = 50


def findings(
    *,
    center: str | None = None,
    severity: Literal["error", "warning", "info"] | None = None,
    rule: str | None = None,
    curator: str | None = None,
    status: Literal["open", "fixed", "all"] = "open",
    output: Path | None = None,
    fail_on: Literal["error", "warning", "info", "never"] = "never",
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """List the findings of the last published night.

    Args:
        center: Only this center.
        severity: Only this severity.
        rule: Only this rule, or a family such as FRE.
        curator: Only records of this curator.
        status: `open`, `fixed` (tonight's export no longer shows it) or `all`.
        output: Write all of them to a .csv, .xlsx or .json file.
        fail_on: Exit code 1 when an open finding of this severity or worse is listed.
        common: What every command takes.
    """
    _require_rule(rule)
    resolved = common.resolve()
    with open_published(common.place(resolved)) as snapshot:
        require_center(snapshot, center)
        tracked = snapshot.table("quality.finding")
        as_of = common.as_of or snapshot.pointer.as_of
    chosen = with_age(
        choose(tracked, center=center, severity=severity, rule=rule, curator=curator, status=status), as_of=as_of
    )
    if output is not None:
        write_findings(chosen, output)
        say(f"{chosen.height:,} findings written to {output}.")
    if common.json:
        show_json(chosen.to_dicts())
    elif output is None:
        _print(chosen)
    return 1 if reaches(chosen, fail_on) else 0


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
    """Return the findings asked for: errors first, then by center and name of the record."""
    wanted = pl.lit(value=True)
    for column, text in (("center_id", center), ("severity", severity), ("curator", curator)):
        if text is not None:
            wanted = wanted & (pl.col(column) == text)
    if rule is not None:
        asked = rule.upper()
        wanted = wanted & ((pl.col("rule_id") == asked) | pl.col("rule_id").str.starts_with(f"{asked}-"))
    if status != "all":
        wanted = wanted & (pl.col("status") == status)
    order = pl.col("severity").replace_strict({name: place for place, name in enumerate(SEVERITIES)}, default=9)
    return tracked.filter(wanted).sort(
        order, "center_id", "record_name", "record_uid", "rule_id", "field", nulls_last=True
    )


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
    return not chosen.filter((pl.col("status") == "open") & pl.col("severity").is_in(bad)).is_empty()


def _print(chosen: pl.DataFrame) -> None:
    shown = chosen.head(ROWS_SHOWN)
    show_table(
        f"{chosen.height:,} findings" + (f", the first {ROWS_SHOWN} shown" if chosen.height > ROWS_SHOWN else ""),
        ("severity", "rule", "record", "field", "found", "expected", "how to fix", "first seen", "days"),
        [
            (
                row["severity"],
                row["rule_id"],
                f"{row['record_name'] or ''} ({row['native_id'] or row['kind']})",
                row["field"],
                row["value"],
                row["expected"],
                row["how_to_fix"],
                row["first_seen_on"],
                row["age_days"],
            )
            for row in shown.to_dicts()
        ],
        right=("days",),
    )
    if chosen.height > ROWS_SHOWN:
        say("All of them: --output findings.xlsx (or .csv, .json).")
