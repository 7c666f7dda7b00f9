"""`resdir freshness trend`: how the share moved."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import polars as pl

from flows.cli.freshness import Rule, Window
from flows.cli.terminal import Common, percent, require_center, say, show, show_json, show_table
from flows.freshness_ground import last_ground
from pipeline.measure.freshness_cases import EDITED, HEADLINE
from pipeline.measure.freshness_trend import list_nights, reconstruct_days
from pipeline.measure.window import months_before
from pipeline.publish.table_file import Sheet, write_table
from pipeline.store.snapshot import open_published
from schemas.enumerations import WindowKind
from schemas.errors import UsageError

_COLUMNS: dict[str, tuple[str, int]] = {
    "as_of": ("Day", 12),
    "origin": ("From", 15),
    "numerator": ("Updated", 11),
    "denominator": ("Of counted", 11),
    "unknown": ("Unknown", 11),
    "share": ("Share", 9),
    "share_low": ("At least", 9),
    "share_high": ("At most", 9),
    "run_id": ("Run", 30),
}


def trend(
    *,
    rule: Rule = "complete_agency_update",
    window: Window = "rolling",
    by: Literal["all", "center", "county", "curator", "kind"] = "all",
    value: str | None = None,
    center: str | None = None,
    months: int = 24,
    every: Literal["night", "week", "month"] = "month",
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show how the share updated moved: as each night published it, and for the months before the first night as a range.

    Args:
        rule: Which reading.
        window: What counts as the last year. By night, years other than the rolling one are kept as a whole and by center.
        by: Follow one part instead of the whole, named with --value.
        value: Which part, such as a curator's name.
        center: Only this center.
        months: How far back, in months from the last night; months before the first night are reconstructed from dates: the lower
            end takes no date that was overwritten since, the upper end all of them.
        every: One row per night, or the last night of each week or month.
        output: Write the rows to a .csv, .xlsx or .json file.
        common: What every command takes.
    """
    if months < 1:
        raise UsageError(f"--months: {months} is less than 1.")
    if (by == "all") != (value is None):
        raise UsageError(
            "--by and --value belong together.", advice='Such as --by curator --value "Ann"; leave both out for all.'
        )
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        stored = snapshot.table("measure.measure")
    measure = rule if window == "rolling" else f"{rule}_{window}"
    nights = list_nights(stored, measure=measure, center_id=center, dimension=by, value=value or "all")
    if value is not None and nights.is_empty():
        known = stored.filter((pl.col("measure") == measure) & (pl.col("dimension") == by))["value"].unique().sort()
        raise UsageError(
            f"--value: no night knows {value!r} by {by}.",
            advice=f"Known: {', '.join(known.head(12).to_list())}." if known.len() else "Try without --window.",
        )
    ground = last_ground(place)
    from_on = months_before(ground.as_of, months=months)
    points = [_thinned(nights.filter(pl.col("as_of") >= from_on), every=every)]
    first_on = stored["as_of"].min()
    if by == "all" and rule != EDITED and isinstance(first_on, date):
        days = [day for day in _month_ends(from_on, first_on) if day < first_on]
        directory = ground.directory if center is None else ground.directory.of_centers([center])
        points.insert(
            0,
            reconstruct_days(
                directory,
                days=days,
                verifications=ground.evidence.verifications,
                as_of=ground.as_of,
                rule=resolved.settings.freshness,
                measure=rule,
                window_kind=WindowKind(window),
            ),
        )
    shown = pl.concat(points)
    if output is not None:
        say(f"{write_table([Sheet(title='Trend', rows=shown, columns=_COLUMNS)], output):,} rows written to {output}.")
    if common.json:
        show_json({"rule": rule, "window": window, "by": by, "value": value or "all", "rows": shown.to_dicts()})
    elif output is None:
        _print(shown, title=f"{rule}, {window.replace('_', ' ')}" + (f", {by} {value}" if value else ""))
        if rule == HEADLINE and by != "all":
            say("Of nights alone: dates tell nothing about who curated a record before.")
    return 0


def _print(points: pl.DataFrame, *, title: str) -> None:
    if points.is_empty():
        show("No night in that time.")
        return
    show_table(
        title,
        ("day", "from", "updated", "of counted", "share"),
        [
            (
                row["as_of"],
                row["origin"],
                f"{row['numerator']:,.0f}" if row["numerator"] is not None else "",
                f"{row['denominator']:,.0f}" if row["denominator"] is not None else "",
                percent(row["share"])
                if row["share"] is not None or row["share_low"] is None
                else f"{percent(row['share_low'])} to {percent(row['share_high'])}",
            )
            for row in points.to_dicts()
        ],
        right=("updated", "of counted", "share"),
    )


def _thinned(nights: pl.DataFrame, *, every: str) -> pl.DataFrame:
    if every == "night":
        return nights
    step = {"week": "1w", "month": "1mo"}[every]
    return (
        nights.with_columns(__step=pl.col("as_of").dt.truncate(step))
        .unique("__step", keep="last", maintain_order=True)
        .drop("__step")
    )


def _month_ends(first: date, last: date) -> list[date]:
    days, day = [], first
    while day <= last:
        end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        days.append(end)
        day = end + timedelta(days=1)
    return days
