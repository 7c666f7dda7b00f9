"""Hours as AIRS tells them: pairs of times per day, and what was said in words."""

from __future__ import annotations

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
_LAST_DAY = len(_DAYS) - 1
#: Our last minute of a day, and the end of the day, in seconds.
_LAST_MINUTE, _END_OF_DAY = 23 * 3600 + 59 * 60, 24 * 3600
_NO_HOURS = pl.DataFrame(schema={"owner": pl.UInt32, "days": pl.String, "notes": pl.String})


def weekly_hours(schedules: pl.DataFrame) -> pl.DataFrame:
    """Return the hours of records: `owner`, `days` (elements of days), `notes` (remarks, none twice).

    Args:
        schedules: Rows of `PublicDirectory.schedule` with `owner`.

    A span over midnight ends with its day and goes on with the next; the last minute of a day is its end.
    """
    if schedules.is_empty():
        return _NO_HOURS
    day = pl.col("weekday").replace_strict(_PLACE, return_dtype=pl.UInt64) + pl.col("owner").cast(pl.UInt64) * 7
    spans = schedules.select(
        place=day,
        crosses=pl.col("closes_at") < pl.col("opens_at"),
        opens=_seconds("opens_at"),
        closes=_seconds("closes_at"),
    )
    ends_day = pl.col("crosses") | (pl.col("closes") >= _LAST_MINUTE)
    evening = spans.select(
        "place",
        "opens",
        pl.when(ends_day).then(pl.lit(_END_OF_DAY, dtype=pl.Int32)).otherwise("closes").alias("closes"),
    )
    # The day after Saturday is the Sunday of the same owner's week.
    following = (
        pl.when(pl.col("place") % 7 == _LAST_DAY).then(pl.col("place") - _LAST_DAY).otherwise(pl.col("place") + 1)
    )
    morning = spans.filter(pl.col("crosses") & (pl.col("closes") > 0)).select(
        following.alias("place"), pl.lit(0, dtype=pl.Int32).alias("opens"), "closes"
    )
    ordered = (
        pl.concat([evening, morning]).sort("place", "opens", "closes").filter(_differs("place", "opens", "closes"))
    )
    place = pl.col("place")
    name = (place % 7).replace_strict(dict(enumerate(_DAYS.values())), return_dtype=pl.String)
    pieces = ordered.with_columns(name.alias("name")).select(
        (place // 7).cast(pl.UInt32).alias("owner"),
        pl.concat_str(
            pl.when((place != place.shift(1)).fill_null(value=True)).then(pl.format("<{}>", "name")),
            _clock("From", "opens", ordered),
            _clock("To", "closes", ordered),
            pl.when((place != place.shift(-1)).fill_null(value=True)).then(pl.format("</{}>", "name")),
            ignore_nulls=True,
        ).alias("days"),
    )
    noted = schedules.select("owner", pl.col("note").alias("notes")).drop_nulls("notes")
    # The days of a week mostly bear one remark: what repeats the row before goes first, for it costs the least.
    remarks = noted.filter(_differs("owner", "notes")).unique().sort("owner", "notes")
    return joined_by(pieces, "owner", "days").join(
        joined_by(remarks, "owner", "notes", separator="; "), on="owner", how="full", coalesce=True
    )


def _differs(*columns: str) -> pl.Expr:
    """Return whether a row differs from the one before."""
    return pl.any_horizontal((pl.col(column) != pl.col(column).shift(1)).fill_null(value=True) for column in columns)


def _seconds(column: str) -> pl.Expr:
    return (pl.col(column).cast(pl.Int64) // 1_000_000_000).cast(pl.Int32)


def _clock(name: str, column: str, spans: pl.DataFrame) -> pl.Expr:
    """Return an element with the time of day that a column of seconds tells; there are few distinct times."""
    written = {
        seconds: f"<{name}>{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}</{name}>"
        for seconds in spans[column].unique().to_list()
    }
    return pl.col(column).replace_strict(written, return_dtype=pl.String)


def time_open(*, before: pl.Expr | None = None) -> pl.Expr:
    """Return `TimeOpen` of a record with `days`, `notes` and its own `hours` in words; null when it tells none.

    Args:
        before: Words that come before those about hours.
    """
    remarks = pl.when(pl.col("hours").is_null() | (pl.col("notes") != pl.col("hours"))).then("notes")
    words = [pl.col("hours"), remarks] if before is None else [before, pl.col("hours"), remarks]
    note = pl.concat_str(*words, separator="; ", ignore_nulls=True)
    return element("TimeOpen", filled("days", element("Notes", text(note))))
