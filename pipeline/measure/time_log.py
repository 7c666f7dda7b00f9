"""A curators' time log: which lines can be used, and which updates of bundles they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.contract import conform
from schemas.time_log import LoggedUpdate, TimeEntry, TimeLogFault

#: Columns of a time log.
TIME_LOG_COLUMNS: tuple[str, ...] = ("date", "curator", "record", "minutes")
#: Nobody works longer on a day.
_MOST_MINUTES = 24 * 60
_NOT_SAID = "(not said)"
_DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y")


@dataclass(frozen=True, kw_only=True)
class TimeLog:
    """A time log that was read.

    Attributes:
        entries: `schemas.time_log.TimeEntry`: lines that can be used.
        faults: `schemas.time_log.TimeLogFault`: lines that cannot.
    """

    entries: pl.DataFrame
    faults: pl.DataFrame


def read_entries(
    lines: pl.DataFrame, *, records: pl.DataFrame, elsewhere: pl.DataFrame | None = None, as_of: date
) -> TimeLog:
    """Sort the lines of a time log into those that can be used and those that cannot.

    Args:
        lines: `source_line` and the columns of `TIME_LOG_COLUMNS` as texts, blank or null where nothing stands.
        records: Counted records of the centers asked for: `center_id`, `record_uid`, `native_id`, `agency_uid`.
        elsewhere: Counted records of other centers, likewise: a line about one of them is told as such. None: there are none.
        as_of: Last day that the log may speak of.

    Returns:
        Entries and faults; every line is in exactly one of them. Of two lines with all cells equal the second is a fault: files are
        sometimes pasted twice.
    """
    said = lines.select(
        "source_line", **{name: pl.col(name).str.strip_chars().replace("", None) for name in TIME_LOG_COLUMNS}
    ).with_columns(
        worked_on=pl.coalesce(pl.col("date").str.to_date(form, strict=False) for form in _DAY_FORMATS),
        number=pl.col("minutes").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False),
        is_repeated=pl.struct(TIME_LOG_COLUMNS).is_duplicated() & ~pl.struct(TIME_LOG_COLUMNS).is_first_distinct(),
        folded=pl.col("record").str.to_lowercase(),
    )
    found = said.join(_owners(records), on="folded", how="left", maintain_order="left").join(
        _owners(records.clear() if elsewhere is None else elsewhere).select("folded", is_elsewhere=pl.lit(value=True)),
        on="folded",
        how="left",
        maintain_order="left",
    )
    reasons = (
        ("date", pl.col("date").is_null(), "The day is missing."),
        ("date", pl.col("worked_on").is_null(), "This is no day; write it like 2026-05-14."),
        ("date", pl.col("worked_on") > as_of, f"The day lies after {as_of}."),
        ("minutes", pl.col("minutes").is_null(), "The minutes are missing."),
        ("minutes", pl.col("number").is_null() | pl.col("number").is_nan(), "This is no number of minutes."),
        ("minutes", pl.col("number") <= 0, "Minutes of work are above 0."),
        ("minutes", pl.col("number") > _MOST_MINUTES, "Nobody works more than 1,440 minutes on a day."),
        ("record", pl.col("record").is_null(), "The record is missing."),
        ("record", pl.col("owner_count").is_null() & pl.col("is_elsewhere"), "This is a record of another center."),
        ("record", pl.col("owner_count").is_null(), "There is no counted record of this number."),
        (
            "record",
            pl.col("owner_count") > 1,
            "Several records have this number; write the record_uid, or name one center with --center.",
        ),
        ("record", pl.col("is_repeated"), "The line stands in the file twice."),
    )
    place: pl.Expr = pl.lit(None, dtype=pl.Int32)
    for index, (_, holds, _) in reversed(list(enumerate(reasons))):
        place = pl.when(holds.fill_null(value=False)).then(pl.lit(index, dtype=pl.Int32)).otherwise(place)
    judged = found.with_columns(fault=place)
    bad = judged.filter(pl.col("fault").is_not_null())
    faults = pl.DataFrame(
        [
            {"source_line": row["source_line"], "column": column, "value": row[column], "reason": reason}
            for row in bad.to_dicts()
            for column, _, reason in [reasons[row["fault"]]]
        ],
        schema={"source_line": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String},
    )
    entries = judged.filter(pl.col("fault").is_null()).select(
        "source_line",
        "worked_on",
        "center_id",
        "agency_uid",
        curator=pl.col("curator").fill_null(_NOT_SAID),
        minutes="number",
    )
    return TimeLog(entries=conform(entries, TimeEntry), faults=conform(faults, TimeLogFault))


def list_updates(entries: pl.DataFrame, *, gap_days: int) -> pl.DataFrame:
    """Return the updates of bundles that a time log shows.

    Entries on a bundle that lie at most `gap_days` apart belong to one update, whoever made them; a longer pause begins another.

    Args:
        entries: `schemas.time_log.TimeEntry`.
        gap_days: Days of the longest pause within one update.

    Returns:
        `schemas.time_log.LoggedUpdate`, by center, agency and day.
    """
    bundle = ["center_id", "agency_uid"]
    ordered = entries.sort(*bundle, "worked_on", "source_line")
    pause = pl.col("worked_on").diff().over(bundle).dt.total_days()
    numbered = ordered.with_columns(update=(pause > gap_days).fill_null(value=False).cum_sum().over(bundle))
    update = [*bundle, "update"]
    longest = (
        numbered.group_by(*update, "curator")
        .agg(pl.col("minutes").sum())
        .sort(*update, "minutes", "curator", descending=[False, False, False, True, False])
        .unique(update, keep="first", maintain_order=True)
        .select(*update, "curator")
    )
    updates = (
        numbered.group_by(update)
        .agg(first_on=pl.col("worked_on").min(), minutes=pl.col("minutes").sum(), entry_count=pl.len().cast(pl.Int64))
        .join(longest, on=update)
        .sort(*bundle, "first_on")
    )
    return conform(updates, LoggedUpdate)


def _owners(records: pl.DataFrame) -> pl.DataFrame:
    """Return by number or record_uid, folded, the bundle that a record belongs to, and how many bundles it could be."""
    named = pl.concat(
        [
            records.select("center_id", "agency_uid", folded=pl.col(name).str.strip_chars().str.to_lowercase())
            for name in ("record_uid", "native_id")
        ]
    ).filter(pl.col("folded").is_not_null() & pl.col("agency_uid").is_not_null() & (pl.col("folded") != ""))
    return (
        named.unique(["folded", "center_id", "agency_uid"])
        .group_by("folded")
        .agg(pl.col("center_id").first(), pl.col("agency_uid").first(), owner_count=pl.len())
    )
