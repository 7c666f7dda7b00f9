"""`resdir findings rates`: how findings fare, by curator, center, rule or severity."""

from __future__ import annotations

from typing import Literal

import polars as pl

from flows.cli.terminal import Common, percent, require_center, say, show_json, show_table
from flows.finding_decisions import with_decisions
from pipeline.curate.fix_rates import count_fix_rates
from pipeline.store.snapshot import open_published
from schemas.errors import UsageError

_COLUMNS = {"curator": "curator", "center": "center_id", "rule": "rule_id", "severity": "severity"}


def rates(
    *,
    by: Literal["curator", "center", "rule", "severity"] = "curator",
    days: int = 30,
    within: int = 30,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show how many findings were opened, fixed and came back, and how long mending takes.

    The fix rate is fixed / (fixed + still open): of what could have been mended in the period, the share that was. Findings that
    ended because a rule was switched off or a record left the export are in neither. In time is the share that was fixed within
    some days, of what was fixed or has been open for longer.

    Args:
        by: What the rows are about.
        days: Length of the period, up to the last published night.
        within: Days in which a finding should be mended, for `in time`.
        center: Only this center.
        common: What every command takes.
    """
    if within < 0:
        raise UsageError("--within must be 0 or more.")
    if days < 1:
        raise UsageError("--days must be at least 1.")
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        events = snapshot.table("quality.finding_event")
        as_of = common.as_of or snapshot.pointer.as_of
        tracked = with_decisions(snapshot.table("quality.finding"), place, as_of=as_of)
    if center is not None:
        events, tracked = (frame.filter(pl.col("center_id") == center) for frame in (events, tracked))
    smallest = resolved.settings.rules.smallest_cell
    rows = count_fix_rates(
        events, tracked, by=_COLUMNS[by], as_of=as_of, days=days, smallest_cell=smallest, within_days=within
    )
    if common.json:
        show_json({"as_of": as_of, "days": days, "within_days": within, "by": by, "rows": rows.to_dicts()})
        return 0
    show_table(
        f"Findings by {by}, the {days} days up to {as_of}",
        (by, "opened", "fixed", "came back", "still open", "fix rate", "in time", "days to fix", "days open"),
        [
            (
                row["value"],
                f"{row['opened']:,}",
                f"{row['fixed']:,}",
                f"{row['reappeared']:,}",
                f"{row['still_open']:,}",
                percent(row["fix_rate"]) + (" *" if row["is_small"] else ""),
                _share(row["in_time_share"]),
                _days(row["median_days_to_fix"]),
                _days(row["median_days_open"]),
            )
            for row in rows.to_dicts()
        ],
        right=("opened", "fixed", "came back", "still open", "fix rate", "in time", "days to fix", "days open"),
    )
    if rows["is_small"].any():
        say(f"* fewer than {smallest} findings: too few to compare people by.")
    say(f"In time: fixed within {within} days, of what was fixed or has been open longer.")
    say("Days are medians. Counted from the nights kept in the working file, not from before the first night.")
    return 0


def _share(value: float | None) -> str:
    return "" if value is None else percent(value)


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
