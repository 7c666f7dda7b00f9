"""Structured opening hours.

Two shapes arrive: a cell with all days (`Mon 08:00 - 16:00; Tue 9:00 am - 5:00 pm`) and a row per day (weekday, opens,
closes). Days without times (`Mon; Tue;`) give no row, and neither do times nobody can be sure of (`8:00 - 5:00` closes before
it opens unless 5 means 17).
"""

from __future__ import annotations

import polars as pl

from schemas.enumerations import Weekday

#: Names, three-letter forms and two-letter forms of the weekdays; numbers count from Monday = 1 (HSDS 1.1).
WEEKDAYS: dict[str, str] = {
    form: day
    for number, (name, day) in enumerate(
        zip(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
            (str(day) for day in Weekday),
            strict=True,
        ),
        start=1,
    )
    for form in (name, name[:3], name[:2], f"{name[:3]}.", str(number))
} | {"tues": "TU", "thur": "TH", "thurs": "TH", "weds": "WE"}
#: Last minute of a day; 24:00 and a closing time of 0:00 are written as this.
END_OF_DAY = "23:59"
#: Without am or pm, hours from this one on show that a day has 24 of them.
FIRST_AFTERNOON_HOUR = 13

_ALL_DAY = r"(?i)24 ?/ ?7|24 ?hours|24 ?hrs|all day|open 24"
_CLOCK = r"([0-9]{1,2})(?::?([0-9]{2}))?(?::[0-9]{2})? ?([AaPp])?\.?(?:[Mm])?\.?"
_SPAN = rf"{_CLOCK} ?(?:-|–|—|to|until) ?{_CLOCK}"


def split_day_texts(cells: pl.DataFrame) -> pl.DataFrame:
    """Return one row per weekday and time span of cells such as `Mon 08:00 - 16:00; Tue 24/7`.

    Args:
        cells: Needs `cell` (number of the cell) and `text`.

    Returns:
        Rows with `cell`, `weekday`, `opens_at`, `closes_at`, in the order of the cell. Days without times are absent.

    >>> rows = split_day_texts(pl.DataFrame({"cell": [0], "text": ["Mon 08:00 - 16:00; Tue; Wed 24/7; Thu 8:00 - 5:00"]}))
    >>> [(day, str(opens), str(closes)) for _, day, opens, closes in rows.rows()]
    [('MO', '08:00:00', '16:00:00'), ('WE', '00:00:00', '23:59:00')]
    """
    days = (
        cells.select("cell", pl.col("text").str.split(";"))
        .explode("text")
        .with_columns(pl.col("text").str.strip_chars())
        .with_columns(pl.col("text").str.extract_groups(r"^([A-Za-z]{2,9}\.?)\s+(.+)$").alias("day"))
        .unnest("day")
        .with_columns(_weekday(pl.col("1")).alias("weekday"))
        .filter(pl.col("weekday").is_not_null() & pl.col("2").is_not_null())
    )
    all_day = pl.when(pl.col("2").str.contains(_ALL_DAY)).then(pl.lit([f"00:00 - {END_OF_DAY}"]))
    spans = days.with_columns(all_day.otherwise(pl.col("2").str.extract_all(_SPAN)).alias("span")).explode("span")
    return _with_times(spans.filter(pl.col("span").is_not_null()).with_columns(_span_parts(pl.col("span"))))


def split_day_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row per weekday of rows that state weekday, opening and closing time.

    Args:
        rows: Needs `cell` (number of the row), `weekday` (name, number 1-7 from Monday, `MO,TU`), `opens_at`, `closes_at`
            (`9:00am`, `09:00`, `09:00:00-06:00`; an offset is dropped, the clock time stays).

    Returns:
        Rows with `cell`, `weekday`, `opens_at`, `closes_at`. Rows without both times, and days of a month (`1MO`), are absent.

    >>> rows = split_day_rows(pl.DataFrame(
    ...     {"cell": [0], "weekday": ["MO,TU"], "opens_at": ["9:00am"], "closes_at": ["17:00:00-06:00"]}))
    >>> [(day, str(opens), str(closes)) for _, day, opens, closes in rows.rows()]
    [('MO', '09:00:00', '17:00:00'), ('TU', '09:00:00', '17:00:00')]
    """
    days = (
        rows.select("cell", pl.col("weekday").str.replace_all(r"[;,\s]+", ",").str.split(","), "opens_at", "closes_at")
        .explode("weekday")
        .with_columns(_weekday(pl.col("weekday")).alias("weekday"))
        .filter(pl.col("weekday").is_not_null())
    )
    opens = _clock_parts(pl.col("opens_at"), "opens")
    closes = _clock_parts(pl.col("closes_at"), "closes")
    return _with_times(days.with_columns(*opens, *closes))


def _weekday(column: pl.Expr) -> pl.Expr:
    return column.str.strip_chars().str.to_lowercase().replace_strict(WEEKDAYS, default=None, return_dtype=pl.String)


def _span_parts(span: pl.Expr) -> list[pl.Expr]:
    groups = span.str.extract_groups(rf"^{_SPAN}$")
    names = ("opens_hour", "opens_minute", "opens_half", "closes_hour", "closes_minute", "closes_half")
    return [groups.struct.field(str(number)).alias(name) for number, name in enumerate(names, start=1)]


def _clock_parts(column: pl.Expr, name: str) -> list[pl.Expr]:
    bare = column.str.strip_chars().str.replace(r"(?:Z|[+-][0-9]{2}:?[0-9]{2})$", "")
    groups = bare.str.extract_groups(rf"^{_CLOCK}$")
    return [
        groups.struct.field(str(number)).alias(f"{name}_{part}")
        for number, part in enumerate(("hour", "minute", "half"), start=1)
    ]


def _with_times(parts: pl.DataFrame) -> pl.DataFrame:
    timed = parts.with_columns(_minutes("opens").alias("opens"), _minutes("closes").alias("closes")).with_columns(
        pl.when(pl.col("closes") == 0).then(24 * 60).otherwise("closes").alias("closes")
    )
    # Overnight hours are real; `8:00 - 5:00` on one half of the clock is a guess.
    is_overnight = pl.col("closes") <= pl.col("opens")
    is_certain = pl.col("closes_half").is_not_null() | (pl.col("opens") >= FIRST_AFTERNOON_HOUR * 60)
    sound = timed.filter(
        pl.col("opens").is_not_null()
        & pl.col("closes").is_not_null()
        & (pl.col("opens") < 24 * 60)
        & (pl.col("closes") != pl.col("opens"))
        & (~is_overnight | is_certain)
    )
    return sound.select(
        "cell",
        "weekday",
        _time(pl.col("opens")).alias("opens_at"),
        _time(pl.min_horizontal(pl.col("closes"), pl.lit(24 * 60 - 1))).alias("closes_at"),
    )


def _minutes(name: str) -> pl.Expr:
    hour = pl.col(f"{name}_hour").cast(pl.Int32, strict=False)
    minute = pl.col(f"{name}_minute").cast(pl.Int32, strict=False).fill_null(0)
    half = pl.col(f"{name}_half").str.to_lowercase()
    is_half_clock = half.is_not_null()
    on_24 = pl.when(is_half_clock).then(hour % 12 + pl.when(half == "p").then(12).otherwise(0)).otherwise(hour)
    is_clock = (minute < 60) & pl.when(is_half_clock).then(hour.is_between(1, 12)).otherwise(
        on_24 * 60 + minute <= 24 * 60
    )
    return pl.when(is_clock).then(on_24 * 60 + minute)


def _time(minutes: pl.Expr) -> pl.Expr:
    return pl.time(minutes // 60, minutes % 60)
