"""Days as exports write them.

Times of day are dropped: they are local, mostly midnight, and mean nothing for a verification. Two-digit years 00-68 belong to
this century, 69-99 to the last. An hour without leading zero (`2025-08-04 0:00:00`) is why no ready-made ISO reader will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from pipeline.normalize.distinct import map_distinct
from schemas.errors import InputError

#: Two-digit years up to this one belong to the century 2000 (POSIX).
LAST_YEAR_OF_CENTURY = 68

#: Years whose days all stand for "empty": the first of calendars, the first of SQL Server's datetime, the last of both.
EMPTY_YEARS = ("0001", "1753", "9999")
#: The empty date of MySQL.
_ZERO_DATE = "^0000-00-00"

_DATE_DIRECTIVES = {
    "%Y": r"(?P<year>\d{4})",
    "%y": r"(?P<short_year>\d{2})",
    "%m": r"(?P<month>\d{1,2})",
    "%d": r"(?P<day>\d{1,2})",
    "%b": r"(?P<month_name>[A-Za-z]{3})[a-z]*\.?",
    "%B": r"(?P<month_name>[A-Za-z]{3})[a-z]*\.?",
}
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)? ?(?:[AaPp]\.?[Mm]\.?)? ?(?:Z|UTC|[+-]\d{2}:?\d{2})?)?"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_dates(values: pl.Series, *, formats: Iterable[str], placeholders: Iterable[str]) -> pl.DataFrame:
    """Return the days of a column of date cells.

    Args:
        values: Date cells; blank or null means nothing was delivered.
        formats: `strptime` patterns in the order to try them. Only their date part is used; any time of day may follow.
        placeholders: ISO days that stand for "empty", besides all days of `EMPTY_YEARS` and `0000-00-00`. `1/1/00` counts as
            1900-01-01 when that is one of them.

    Returns:
        One row per cell: `day`, `is_placeholder` (day is null), `is_unreadable` (text that is no day; day is null).

    Raises:
        InputError: A pattern uses a part that is not year, month or day before its time of day.

    >>> read_dates(
    ...     pl.Series(["2025-08-04 0:00:00", "10/9/03 0:00", "1899-12-30 00:00:00", "2025-02-30", "soon", None]),
    ...     formats=("%Y-%m-%d", "%m/%d/%y"),
    ...     placeholders=("1899-12-30",),
    ... )["day"].to_list()
    [datetime.date(2025, 8, 4), datetime.date(2003, 10, 9), None, None, None, None]
    """
    patterns = list(dict.fromkeys(_pattern(text) for text in formats))
    empty_days = sorted(placeholders)
    return map_distinct(values, lambda distinct: _read(distinct, patterns, empty_days)).with_columns(
        pl.col("is_placeholder", "is_unreadable").fill_null(value=False)
    )


def _pattern(text: str) -> str:
    date_part = re.split(r"[T ]*%[HIMSfpzZ]", text)[0].strip()
    pieces = [
        _DATE_DIRECTIVES.get(piece, "") if piece.startswith("%") else re.escape(piece)
        for piece in re.findall(r"%.|[^%]+", date_part)
    ]
    if "" in pieces or not pieces:
        raise InputError(
            f"The date pattern {text!r} has a part that is neither year, month nor day.",
            advice="Use %Y, %y, %m, %d, %b or %B before the time of day.",
        )
    return f"^{''.join(pieces)}{_TIME}$"


def _read(values: pl.Series, patterns: list[str], empty_days: list[str]) -> pl.DataFrame:
    # In few queries, for there are many date columns: each pattern is tried on all cells, the first that fits counts.
    cells = pl.DataFrame({"text": values}).select(pl.col("text").str.strip_chars())
    places = range(len(patterns))
    tried = cells.with_columns(
        pl.col("text").str.extract_groups(pattern).alias(f"parts{place}") for place, pattern in enumerate(patterns)
    ).select(
        "text",
        *(_iso_day(f"parts{place}", patterns[place]).alias(f"iso{place}") for place in places),
        *(_is_1900(f"parts{place}", patterns[place]).alias(f"short{place}") for place in places),
    )
    found = tried.select(
        "text",
        iso=pl.coalesce(pl.lit(None, dtype=pl.String), *(f"iso{place}" for place in places)),
        short_1900=pl.coalesce(
            *(pl.when(pl.col(f"iso{place}").is_not_null()).then(f"short{place}") for place in places),
            pl.lit(value=False),
        ),
    )
    iso = pl.col("iso")
    as_1900 = pl.when("short_1900").then(pl.lit("1900-") + iso.str.slice(5)).otherwise(iso)
    is_empty_year = iso.str.slice(0, 4).is_in(EMPTY_YEARS)
    is_named = iso.is_in(empty_days) | as_1900.is_in(empty_days)
    is_zero = pl.col("text").str.contains(_ZERO_DATE)
    return found.select(
        "text",
        iso.str.to_date("%Y-%m-%d", strict=False).alias("day"),
        ((is_named | is_empty_year).fill_null(value=False) | is_zero).alias("is_placeholder"),
    ).select(
        pl.when(~pl.col("is_placeholder")).then("day").alias("day"),
        "is_placeholder",
        (pl.col("day").is_null() & ~pl.col("is_placeholder") & (pl.col("text") != "")).alias("is_unreadable"),
    )


def _iso_day(parts: str, pattern: str) -> pl.Expr:
    """Return the day as ISO text; null where the pattern does not fit."""
    # Years before 1000 and impossible days become null here, so that a later pattern may still fit.
    part = pl.col(parts).struct.field
    if _has(pattern, "year"):
        year = part("year")
    elif _has(pattern, "short_year"):
        short = part("short_year").cast(pl.Int32, strict=False)
        year = pl.when(short <= LAST_YEAR_OF_CENTURY).then(short + 2000).otherwise(short + 1900)
    else:
        raise InputError("A date pattern names no year.", advice="Use %Y or %y in date_formats.")
    if _has(pattern, "month_name"):
        month = (
            part("month_name")
            .str.to_lowercase()
            .replace_strict(dict(zip(_MONTHS, range(1, 13), strict=True)), default=None, return_dtype=pl.Int32)
        )
    else:
        month = part("month").cast(pl.Int32, strict=False)
    written = pl.format("{}-{}-{}", year, month.cast(pl.String).str.zfill(2), part("day").str.zfill(2))
    return written.str.to_date("%Y-%m-%d", strict=False).dt.to_string("%Y-%m-%d")


def _is_1900(parts: str, pattern: str) -> pl.Expr:
    """Return whether a two-digit year is 00."""
    if _has(pattern, "year"):
        return pl.lit(value=False)
    short = pl.col(parts).struct.field("short_year").cast(pl.Int32, strict=False)
    return (short == 0).fill_null(value=False)


def _has(pattern: str, part: str) -> bool:
    return f"(?P<{part}>" in pattern
