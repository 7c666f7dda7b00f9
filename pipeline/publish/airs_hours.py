"""Hours as AIRS tells them: pairs of times per day, and what was said in words."""

from __future__ import annotations

from datetime import time

import polars as pl

from pipeline.publish.airs_xml import element, filled, joined_by, text
from schemas.enumerations import Weekday

#: Days in the order of the schema.
_DAYS = {
    str(Weekday.SU): "Sunday",
    str(Weekday.MO): "Monday",
    str(Weekday.TU): "Tuesday",
    str(Weekday.WE): "Wednesday",
    str(Weekday.TH): "Thursday",
    str(Weekday.FR): "Friday",
    str(Weekday.SA): "Saturday",
}
_PLACE = {day: place for place, day in enumerate(_DAYS)}
_MIDNIGHT, _END_OF_DAY = "00:00:00", "24:00:00"
#: Our last minute of a day.
_LAST_MINUTE = time(23, 59)


def weekly_hours(schedules: pl.DataFrame) -> pl.DataFrame:
    """Return the hours of records: `owner`, `days` (elements of days), `notes` (remarks, none twice).

    Args:
        schedules: Rows of `PublicDirectory.schedule` with `owner`.

    A span over midnight ends with its day and goes on with the next; the last minute of a day is its end.
    """
    crosses = pl.col("closes_at") < pl.col("opens_at")
    start, end = (pl.col(column).dt.strftime("%H:%M:%S") for column in ("opens_at", "closes_at"))
    day = pl.col("weekday").replace_strict(_PLACE, return_dtype=pl.UInt8)
    evening = schedules.select(
        "owner",
        day=day,
        start=start,
        end=pl.when(crosses | (pl.col("closes_at") >= _LAST_MINUTE)).then(pl.lit(_END_OF_DAY)).otherwise(end),
    )
    morning = schedules.filter(crosses & (pl.col("closes_at") > time(0))).select(
        "owner", day=(day + 1) % len(_PLACE), start=pl.lit(_MIDNIGHT), end=end
    )
    spans = pl.concat([evening, morning], how="vertical_relaxed").unique().sort("owner", "day", "start", "end")
    place = pl.col("owner").cast(pl.UInt64) * len(_PLACE) + pl.col("day").cast(pl.UInt64)
    name = pl.col("day").replace_strict(dict(enumerate(_DAYS.values())), return_dtype=pl.String)
    pieces = spans.with_columns(place.alias("place"), name.alias("name")).select(
        "owner",
        pl.concat_str(
            pl.when((pl.col("place") != pl.col("place").shift(1)).fill_null(value=True)).then(
                pl.format("<{}>", "name")
            ),
            pl.format("<From>{}</From><To>{}</To>", "start", "end"),
            pl.when((pl.col("place") != pl.col("place").shift(-1)).fill_null(value=True)).then(
                pl.format("</{}>", "name")
            ),
            ignore_nulls=True,
        ).alias("days"),
    )
    remarks = (
        schedules.select("owner", pl.col("note").alias("notes")).drop_nulls("notes").unique().sort("owner", "notes")
    )
    return joined_by(pieces, "owner", "days").join(
        joined_by(remarks, "owner", "notes", separator="; "), on="owner", how="full", coalesce=True
    )


def time_open(*, before: pl.Expr | None = None) -> pl.Expr:
    """Return `TimeOpen` of a record with `days`, `notes` and its own `hours` in words; null when it tells none.

    Args:
        before: Words that come before those about hours.
    """
    remarks = pl.when(pl.col("hours").is_null() | (pl.col("notes") != pl.col("hours"))).then("notes")
    words = [pl.col("hours"), remarks] if before is None else [before, pl.col("hours"), remarks]
    note = pl.concat_str(*words, separator="; ", ignore_nulls=True)
    return element("TimeOpen", filled("days", element("Notes", text(note))))
