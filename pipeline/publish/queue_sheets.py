"""The verification queue as tables for people."""

from __future__ import annotations

import polars as pl

from pipeline.publish.table_file import Sheet

#: What is needed at the phone, in the order of a morning; a page holds no more.
_ITEMS: dict[str, tuple[str, int]] = {
    "week": ("Week", 6),
    "week_start_on": ("From", 11),
    "curator": ("Curator", 18),
    "position": ("Order", 6),
    "center_id": ("Center", 11),
    "native_id": ("Record", 11),
    "name": ("Agency", 32),
    "reason": ("Why", 22),
    "stage": ("Step", 14),
    "minutes": ("Minutes", 8),
    "site_count": ("Sites", 6),
    "service_count": ("Services", 8),
    "use": ("Use", 7),
    "phone": ("Phone", 16),
    "email": ("E-mail", 26),
    "error_count": ("Errors", 7),
    "warning_count": ("Warnings", 9),
    "to_fix": ("What is wrong", 64),
    "needed_by_on": ("Needed by", 11),
    "last_week": ("Finished in week", 9),
}
_LOADS: dict[str, tuple[str, int]] = {
    "center_id": ("Center", 12),
    "curator": ("Curator", 22),
    "week": ("Week", 6),
    "week_start_on": ("From", 12),
    "agencies": ("Agencies", 9),
    "minutes": ("Minutes", 10),
    "curator_minutes": ("Minutes in all centers", 12),
    "hours_limit_minutes": ("Minutes at hand", 12),
}
_TARGETS: dict[str, tuple[str, int]] = {
    "center_id": ("Center", 12),
    "week": ("Week", 6),
    "week_end_on": ("Until", 12),
    "denominator": ("Counted agencies", 10),
    "target_share": ("Target", 9),
    "needed": ("Must count", 9),
    "counting_without": ("Count if nobody verifies", 12),
    "counting_with": ("Count if followed", 12),
    "shortfall": ("Missing", 9),
    "share_without": ("Share if nobody verifies", 12),
    "share_with": ("Share if followed", 12),
}
_EXCLUDED: dict[str, tuple[str, int]] = {
    "center_id": ("Center", 12),
    "curator": ("Curator", 20),
    "native_id": ("Record", 12),
    "name": ("Agency", 40),
    "day": ("Oldest verification", 12),
    "counts_until": ("Counts until", 12),
    "excluded_reason": ("Why it is left out", 40),
    "agency_uid": ("Record id", 38),
}
_STAGED: dict[str, tuple[str, int]] = {
    "center_id": ("Center", 12),
    "curator": ("Curator", 20),
    "native_id": ("Record", 12),
    "name": ("Agency", 40),
    "day": ("Oldest verification", 12),
    "contacted_on": ("Form sent", 12),
    "stage": ("Step", 16),
    "stage_since_on": ("Since", 12),
    "next_stage": ("Next step", 16),
    "next_stage_on": ("On", 12),
    "excluded_reason": ("Why none", 30),
    "agency_uid": ("Record id", 38),
}


def queue_sheets(
    *, items: pl.DataFrame, loads: pl.DataFrame, targets: pl.DataFrame, excluded: pl.DataFrame, staged: pl.DataFrame
) -> list[Sheet]:
    """Return the sheets of a queue: the weeks, hours, targets, what is left out, and the steps of outreach.

    Args:
        items: `schemas.outreach.QueueItem` with how to reach the agency and what is wrong with it.
        loads: `schemas.outreach.QueueLoad`.
        targets: `schemas.outreach.QueueTarget`.
        excluded: `schemas.outreach.QueueExcluded`.
        staged: `schemas.outreach.StagedBundle`.
    """
    return [
        Sheet(title="Queue", rows=_told(_in_words(items, "stage")), columns=_ITEMS),
        Sheet(title="Hours", rows=loads, columns=_LOADS),
        Sheet(title="Targets", rows=targets, columns=_TARGETS),
        Sheet(title="Left out", rows=excluded, columns=_EXCLUDED),
        Sheet(title="Requests", rows=_in_words(staged, "stage", "next_stage"), columns=_STAGED),
    ]


def _told(items: pl.DataFrame) -> pl.DataFrame:
    """Return the items without columns that say the same in every row."""
    silent = []
    if items["center_id"].n_unique() <= 1:
        silent.append("center_id")
    if items["use"].null_count() == items.height:
        silent.append("use")
    if (items["last_week"] == items["week"]).all():
        silent.append("last_week")
    return items.with_columns(native_id=pl.coalesce("native_id", "agency_uid")).drop(silent)


def _in_words(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.with_columns(pl.col(columns).str.replace_all("_", " ", literal=True))
