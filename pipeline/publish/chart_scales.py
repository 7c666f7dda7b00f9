"""What every chart needs before anything is drawn: places on a scale, ticks that people read easily, and the room a text takes."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.publish.cell_text import clean_text

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Steps between ticks of days, in days, months and years: the first that leaves few enough ticks is taken.
_DAYS, _MONTH_STEPS, _YEARS = (1, 2, 7, 14), (1, 2, 3, 6), (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
#: Room of characters in parts of the size of the type, for the usual sans-serif faces.
_NARROW_SIGNS, _WIDE_SIGNS = frozenset("ijltfr.,:;'|!()[] -/I"), frozenset("mwMW@%—…")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Places of values between two edges of a drawing."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value; the middle when the scale has no length."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(frozen=True, kw_only=True)
class DayTick:
    """One tick of an axis of days: its label, and the year below it where that begins."""

    day: date
    label: str
    year: str


def value_ticks(low: float, high: float, *, most: int, whole: bool = False) -> tuple[float, ...]:
    """Return round values that reach from at or below `low` to at or above `high`.

    Args:
        low: Least value.
        high: Greatest value.
        most: Ticks that there may be about.
        whole: Whether only whole numbers make sense.

    >>> value_ticks(0, 87, most=5)
    (0.0, 25.0, 50.0, 75.0, 100.0)
    >>> value_ticks(0.61, 0.9, most=5)
    (0.6, 0.7, 0.8, 0.9)
    """
    largest = max(abs(low), abs(high), 1e-6)
    if high - low <= largest * 1e-9:
        wide = largest * 0.1 if largest > 1e-6 else 1.0
        low, high = low - wide / 2, high + wide / 2
    step = _round_step((high - low) / max(most - 1, 1), whole=whole)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(place * step, 12) for place in range(first, last + 1))


def day_ticks(first: date, last: date, *, most: int) -> tuple[DayTick, ...]:
    """Return days to be named on an axis: days, months, quarters, halves or years, whichever are few enough.

    >>> [tick.label for tick in day_ticks(date(2025, 11, 3), date(2026, 12, 1), most=5)]
    ['Jan', 'Apr', 'Jul', 'Oct']
    """
    span = (last - first).days
    for step in _DAYS:
        if span // step < most:
            days = [first + timedelta(days=place) for place in range(0, span + 1, step)]
            return _named(days, [f"{day.day} {_MONTHS[day.month - 1]}" for day in days])
    months = (last.year - first.year) * 12 + last.month - first.month
    for step in _MONTH_STEPS:
        if months // step <= most:
            days = [day for day in _month_starts(first, last, step) if first <= day <= last]
            if days:
                return _named(days, [_MONTHS[day.month - 1] for day in days])
    for step in _YEARS:
        years = [year for year in range(first.year, last.year + 1) if year % step == 0 and date(year, 1, 1) >= first]
        if years and len(years) <= most:
            return tuple(DayTick(day=date(year, 1, 1), label=str(year), year="") for year in years)
    return _named([first, last], [f"{day.day} {_MONTHS[day.month - 1]}" for day in (first, last)])


def text_width(text: str, *, size: float) -> float:
    """Return about how wide a text is in a drawing, in its units."""
    return size * sum(_sign_width(sign) for sign in text)


def cut_text(text: str, *, size: float, room: float) -> str:
    """Return a text that fits a room, with an ellipsis where something was cut."""
    plain = " ".join(clean_text(text).split())
    if text_width(plain, size=size) <= room:
        return plain
    kept = plain
    while kept and text_width(kept + "…", size=size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap_text(text: str, *, size: float, room: float, most: int) -> tuple[str, ...]:
    """Return a text in lines that fit a room; the last of `most` lines is cut."""
    lines: list[str] = []
    words = " ".join(clean_text(text).split()).split(" ")
    while words and len(lines) < most - 1:
        line = words[0]
        count = 1
        while count < len(words) and text_width(f"{line} {words[count]}", size=size) <= room:
            line = f"{line} {words[count]}"
            count += 1
        lines.append(cut_text(line, size=size, room=room))
        words = words[count:]
    if words:
        lines.append(cut_text(" ".join(words), size=size, room=room))
    return tuple(lines)


def spread_apart(places: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Return places moved as little as needed so that neighbours are a gap apart; in the order given."""
    order = sorted(range(len(places)), key=lambda place: places[place])
    moved = [0.0] * len(places)
    last = -math.inf
    for place in order:
        last = max(places[place], last + gap, low)
        moved[place] = last
    overflow = last - high
    last = math.inf
    if overflow > 0:
        for place in reversed(order):
            last = min(moved[place], last - gap, high)
            moved[place] = last
    return moved


def _round_step(step: float, *, whole: bool) -> float:
    size = 10.0 ** math.floor(math.log10(step))
    steps = [factor * size for factor in (1.0, 2.0, 2.5, 5.0, 10.0)]
    return next(one for one in (*steps, 1.0) if one >= step * 0.999 and (not whole or (one >= 1 and one == round(one))))


def _month_starts(first: date, last: date, step: int) -> list[date]:
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months if month % 12 % step == 0]


def _named(days: list[date], labels: list[str]) -> tuple[DayTick, ...]:
    """Add the year below the first day and below the first one of every other year."""
    years = [str(day.year) for day in days]
    return tuple(
        DayTick(day=day, label=label, year=year if place == 0 or year != years[place - 1] else "")
        for place, (day, label, year) in enumerate(zip(days, labels, years, strict=True))
    )


def _sign_width(sign: str) -> float:
    if sign in _NARROW_SIGNS:
        return 0.36
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.05
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return 0.0
    if sign in _WIDE_SIGNS:
        return 0.9
    return 0.72 if sign.isupper() else 0.6
