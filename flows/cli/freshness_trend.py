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
from pipeline.publish.wording import count_of
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


#: No export has dates from further back (project choice).
_MOST_MONTHS = 600


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
        months: How far back, in months from the last night, 1 to 600; months before the first night are reconstructed from dates: the lower
            end takes no date that was overwritten since, the upper end all of them.
        every: One row per night, or the last night of each week or month.
        output: Write the rows to a .csv, .xlsx or .json file.
        common: What every command takes; with --as-of a past day the trend ends there.
    """
    if not 1 <= months <= _MOST_MONTHS:
        raise UsageError(f"--months: {months} is not between 1 and {_MOST_MONTHS}.")
    if (by == "all") != (value is None):
        raise UsageError(
            "--by and --value belong together.", advice='Such as --by curator --value "Ann"; leave both out for all.'
        )
    if rule == EDITED and window != "rolling":
        raise UsageError("edited_record is kept by night for the rolling window only.", advice="Leave --window out.")
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
            advice=f"Known: {', '.join(known.head(12).to_list())}." if known.len() else _other_way(by=by, rule=rule),
        )
    ground = last_ground(place)
    until = min(common.as_of or ground.as_of, ground.as_of)
    from_on = months_before(until, months=months)
    points = [_thinned(nights.filter(pl.col("as_of").is_between(from_on, until)), every=every)]
    # A center by name is the same as --center; it may have joined long after the first night.
    only = value if by == "center" else center
    first_on = stored.filter(pl.lit(only is None) | (pl.col("center_id") == (only or "")))["as_of"].min()
    is_whole = by in ("all", "center")
    if is_whole and rule != EDITED and isinstance(first_on, date):
        days = [day for day in _month_ends(from_on, min(first_on, until)) if day < first_on and day <= until]
        directory = ground.directory if only is None else ground.directory.of_centers([only])
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
        columns = _COLUMNS | ({"numerator": ("Edited", 11)} if rule == EDITED else {})
        count = write_table([Sheet(title="Trend", rows=shown, columns=columns)], output)
        say(f"{count_of(count, 'row')} written to {output}.")
    if common.json:
        show_json({"rule": rule, "window": window, "by": by, "value": value or "all", "rows": shown.to_dicts()})
    elif output is None:
        _print(
            shown,
            met="edited" if rule == EDITED else "updated",
            title=f"{rule}, {window.replace('_', ' ')}" + (f", {by} {value}" if value else ""),
        )
        if not is_whole:
            say(f"Of nights alone: dates tell nothing about the {by} of a record before.")
    return 0


def _other_way(*, by: str, rule: str) -> str:
    if by == "kind" and rule == HEADLINE:
        return "The complete agency update is about whole agencies and has no kinds: add --rule verified_record."
    return "Try without --window: years other than the rolling one are kept as a whole and by center."


def _print(points: pl.DataFrame, *, title: str, met: str) -> None:
    if points.is_empty():
        show("No night in that time.")
        return
    show_table(
        title,
        ("day", "from", met, "of counted", "share"),
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
        right=(met, "of counted", "share"),
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
