"""Lays a line chart out: lines over days with their ranges, what is expected dashed, gaps where nothing is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from pipeline.publish import wording
from pipeline.publish.cell_text import amount_text
from pipeline.publish.chart_parts import LegendItem, Size, lay_legend
from pipeline.publish.chart_scales import DayTick, Scale, cut_text, day_ticks, spread_apart, text_width, value_ticks
from pipeline.publish.document_palette import color_of
from schemas.report_document import ColumnKind, LineChart, LineSeries

#: Shapes at the points of a line; each line of a chart has its own, so that none is told by its color alone.
MARKERS = ("circle", "square", "triangle", "diamond", "cross", "ring")
#: Least distance between two marked points; where they lie closer, some go without a mark.
_MARK_GAP = 15.0
#: Longest share of the width that the value behind a line may take.
_BEHIND = 0.22


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One tick of an axis."""

    place: float
    label: str
    below: str = ""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A marked point, and what it says to those who rest on it."""

    x: float
    y: float
    shape: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One series as drawn: runs of points without a gap, ranges round them, marks, and the last value behind it."""

    color: str
    is_expected: bool
    paths: tuple[str, ...]
    bands: tuple[str, ...]
    whiskers: tuple[tuple[float, float, float], ...]
    marks: tuple[Mark, ...]
    end: tuple[float, float, str] | None = None


@dataclass(frozen=True, kw_only=True)
class LineDrawing:
    """Everything that the template draws."""

    width: float
    height: float
    text: float
    left: float
    right: float
    top: float
    bottom: float
    legend: tuple[LegendItem, ...]
    values: tuple[Tick, ...]
    days: tuple[Tick, ...]
    lines: tuple[Line, ...]
    target: tuple[float, str] | None
    empty: str


def lay_line_chart(chart: LineChart, *, size: Size) -> LineDrawing:
    """Return a line chart laid out; one without a known value says so in its field."""
    legend, top = lay_legend(_legend(chart), size=size, sample=26)
    top += size.text * 0.9
    known = list(_known(chart))
    bottom = top + size.height
    base = {"width": size.width, "text": size.text, "legend": legend, "top": round(top, 1), "bottom": round(bottom, 1)}
    if not known:
        return LineDrawing(
            **base,  # type: ignore[arg-type]
            height=top + size.text * 3, left=0.0, right=size.width, values=(), days=(), lines=(), target=None, empty="No value is known.",
        )  # fmt: skip
    ticks = _ticks(chart, [value for _, value in known])
    decimals = _decimals(ticks, chart.unit)
    labels = [amount_text(tick, chart.unit, decimals=decimals) for tick in ticks]
    left = max(text_width(label, size=size.text) for label in labels) + 10
    # A value is told more finely than the ticks round it.
    finer = {ColumnKind.COUNT: 0, ColumnKind.SHARE: max(decimals, 1)}.get(chart.unit, decimals + 1)
    ends = [_last(series) for series in chart.series]
    texts = [amount_text(end[1], chart.unit, decimals=finer) if end else "" for end in ends]
    behind = min(max((text_width(text, size=size.text) for text in texts), default=0) + 12, size.width * _BEHIND)
    right = size.width - behind
    days = sorted({day for series in chart.series for day in series.days})
    across = Scale(low=days[0].toordinal(), high=days[-1].toordinal(), start=left + 8, end=right - 8)
    down = Scale(low=ticks[0], high=ticks[-1], start=bottom, end=top)
    named = day_ticks(days[0], days[-1], most=int((right - left) / (size.text * 4.4)))
    colors = _colors(chart)
    lines = [
        _line(
            series,
            place=place,
            color=colors[place],
            across=across,
            down=down,
            unit=chart.unit,
            decimals=finer,
        )
        for place, series in enumerate(chart.series)
    ]
    return LineDrawing(
        **base,  # type: ignore[arg-type]
        height=round(bottom + size.text * (3.0 if any(tick.year for tick in named) else 1.8), 1),
        left=round(left, 1),
        right=round(right, 1),
        values=tuple(Tick(place=round(down.at(tick), 1), label=label) for tick, label in zip(ticks, labels, strict=True)),
        days=_day_ticks(named, across),
        lines=tuple(_with_ends(lines, ends, texts, across=across, down=down, size=size, room=behind - 8)),
        target=_target(chart, down, decimals=decimals, size=size, room=(right - left) * 0.8),
        empty="",
    )  # fmt: skip


def marker_of(place: int) -> str:
    """Return the shape of the marks of the line in a place; where the colors begin again, the shapes move on by one."""
    return MARKERS[(place + place // len(MARKERS)) % len(MARKERS)]


def _legend(chart: LineChart) -> list[tuple[str, str, str, str, str]]:
    colors = _colors(chart)
    return [
        (series.name or "no name", colors[place], _sample(series), "", marker_of(place))
        for place, series in enumerate(chart.series)
    ]


def _sample(series: LineSeries) -> str:
    if _last(series) is None and _ranges(series):
        return "area"
    return "dashes" if series.is_expected else "line"


def _colors(chart: LineChart) -> list[str]:
    """Return the color of each line; what is expected has that of the line that it goes on, told apart by its dashes."""
    goes_on = _goes_on(chart)
    own = [place for place in range(len(chart.series)) if place not in goes_on]
    colors = {place: color_of(number, "plain") for number, place in enumerate(own)}
    return [colors[goes_on.get(place, place)] for place in range(len(chart.series))]


def _goes_on(chart: LineChart) -> dict[int, int]:
    """Return which measured line each expected one goes on: that which ends nearest to where it begins, each once."""
    ends = {
        place: end[1]
        for place, series in enumerate(chart.series)
        if not series.is_expected and (end := _last(series)) is not None
    }
    pairs = {}
    for place, series in enumerate(chart.series):
        begin = _last(replace(series, days=series.days[::-1], values=series.values[::-1]))
        if series.is_expected and begin is not None and ends:
            _, nearest = min((abs(end - begin[1]), one) for one, end in ends.items())
            pairs[place] = nearest
            del ends[nearest]
    return pairs


def _known(chart: LineChart) -> Iterator[tuple[date, float]]:
    for series in chart.series:
        for place, day in enumerate(series.days):
            for values in (series.values, series.low, series.high):
                value = _value(values, place)
                if value is not None:
                    yield day, value


def _value(values: tuple[float | None, ...], place: int) -> float | None:
    """Return the value in a place, None where there is none."""
    value = values[place] if place < len(values) else None
    return value if value is not None and math.isfinite(value) else None


def _ticks(chart: LineChart, known: list[float]) -> tuple[float, ...]:
    all_values = [*known, *([chart.target[1]] if chart.target and math.isfinite(chart.target[1]) else [])]
    low, high = min(all_values), max(all_values)
    if chart.from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    ticks = value_ticks(low, high, most=5, whole=chart.unit is ColumnKind.COUNT)
    if chart.unit is ColumnKind.SHARE and low >= 0 and high <= 1:
        ticks = tuple(tick for tick in ticks if -1e-9 <= tick <= 1 + 1e-9)
    return ticks if len(ticks) > 1 else (ticks[0], ticks[0] + 1)


def _decimals(ticks: tuple[float, ...], unit: ColumnKind) -> int:
    """Return how many digits tell the ticks apart."""
    factor = 100 if unit is ColumnKind.SHARE else 1
    return next(
        (
            digits
            for digits in range(4)
            if all(abs(round(tick * factor, digits) - tick * factor) < 1e-6 for tick in ticks)
        ),
        4,
    )


def _last(series: LineSeries) -> tuple[date, float] | None:
    found = None
    for place, day in enumerate(series.days):
        value = _value(series.values, place)
        if value is not None:
            found = (day, value)
    return found


def _day_ticks(named: tuple[DayTick, ...], across: Scale) -> tuple[Tick, ...]:
    return tuple(
        Tick(place=round(across.at(tick.day.toordinal()), 1), label=tick.label, below=tick.year) for tick in named
    )


def _line(
    series: LineSeries, *, place: int, color: str, across: Scale, down: Scale, unit: ColumnKind, decimals: int
) -> Line:
    points = [
        (index, across.at(day.toordinal()), down.at(value))
        for index, day in enumerate(series.days)
        if (value := _value(series.values, index)) is not None
    ]
    runs = _runs([index for index, _, _ in points])
    where = {index: (x, y) for index, x, y in points}

    def told(index: int) -> str:
        value = amount_text(series.values[index] or 0.0, unit, decimals=decimals)
        return f"{series.name}, {wording.day(series.days[index])}: {value}"

    shape = marker_of(place)
    return Line(
        color=color,
        is_expected=series.is_expected,
        paths=tuple(_path([where[index] for index in run]) for run in runs if len(run) > 1),
        bands=tuple(_bands(series, across, down)),
        whiskers=tuple(_whiskers(series, across, down)),
        marks=tuple(
            Mark(x=round(where[index][0], 1), y=round(where[index][1], 1), shape=shape, told=told(index))
            for index in _marked(runs, lambda index: where[index][0])
        ),
    )


def _runs(places: list[int]) -> list[list[int]]:
    """Return places grouped into runs without a gap."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _marked(runs: list[list[int]], x_of: Callable[[int], float]) -> Iterator[int]:
    """Yield the points that are marked: all ends of runs, and between them those that lie far enough apart."""
    for run in runs:
        last = -math.inf
        for place in run:
            is_end = place in (run[0], run[-1])
            if is_end or (x_of(place) - last >= _MARK_GAP and x_of(run[-1]) - x_of(place) >= _MARK_GAP):
                last = x_of(place)
                yield place


def _ranges(series: LineSeries) -> list[tuple[int, float, float]]:
    """Return the places that have both ends of a range."""
    return [
        (place, low, high)
        for place in range(len(series.days))
        if (low := _value(series.low, place)) is not None and (high := _value(series.high, place)) is not None
    ]


def _bands(series: LineSeries, across: Scale, down: Scale) -> Iterator[str]:
    ends = {place: (low, high) for place, low, high in _ranges(series)}
    for run in _runs(list(ends)):
        if len(run) > 1:
            x = {place: across.at(series.days[place].toordinal()) for place in run}
            upper = [(x[place], down.at(ends[place][1])) for place in run]
            lower = [(x[place], down.at(ends[place][0])) for place in reversed(run)]
            yield _path(upper + lower) + "Z"


def _whiskers(series: LineSeries, across: Scale, down: Scale) -> Iterator[tuple[float, float, float]]:
    """Yield the ranges that have no neighbour to make an area with."""
    ends = {place: (low, high) for place, low, high in _ranges(series)}
    for run in _runs(list(ends)):
        if len(run) == 1:
            low, high = ends[run[0]]
            yield (
                round(across.at(series.days[run[0]].toordinal()), 1),
                round(down.at(low), 1),
                round(down.at(high), 1),
            )


def _path(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _with_ends(
    lines: list[Line],
    ends: list[tuple[date, float] | None],
    texts: list[str],
    *,
    across: Scale,
    down: Scale,
    size: Size,
    room: float,
) -> Iterator[Line]:
    """Write the last value behind each line that reaches the right edge or nearly; the others tell it in their table."""
    shown = [
        place
        for place, end in enumerate(ends)
        if end and across.at(end[0].toordinal()) > across.end - (across.end - across.start) * 0.02
    ]
    heights = spread_apart(
        [down.at(ends[place][1]) for place in shown],  # type: ignore[index]
        gap=size.text * 1.15,
        low=down.end,
        high=down.start,
    )
    height_of = dict(zip(shown, heights, strict=True))
    for place, line in enumerate(lines):
        if place in height_of:
            text = cut_text(texts[place], size=size.text, room=room)
            yield Line(**{**line.__dict__, "end": (round(across.end + 9, 1), round(height_of[place], 1), text)})
        else:
            yield line


def _target(chart: LineChart, down: Scale, *, decimals: int, size: Size, room: float) -> tuple[float, str] | None:
    if chart.target is None or not math.isfinite(chart.target[1]):
        return None
    name, level = chart.target
    label = f"{name} {amount_text(level, chart.unit, decimals=decimals)}"
    return round(down.at(level), 1), cut_text(label, size=size.text, room=room)
