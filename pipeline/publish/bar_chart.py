"""Lays a bar chart out: one bar per row from left to right, of one or more parts, with whiskers where a range is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.publish.cell_text import amount_text, clean_text
from pipeline.publish.chart_parts import LegendItem, Size, lay_legend, pattern_of
from pipeline.publish.chart_scales import Scale, text_width, wrap_text
from pipeline.publish.document_palette import color_of
from schemas.report_document import BarChart, ColumnKind

#: Height of a bar, and of the space between two rows.
_BAR, _SPACE = 20.0, 11.0
#: Share of the width that names may take beside their bars, and lines of a name.
_NAMES, _NAME_LINES = 0.32, 3
#: Space round a number inside a part.
_INSIDE = 10.0


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a bar, with the number written inside when there is room."""

    x: float
    width: float
    color: str
    pattern: str
    text: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One row: its name in lines, its parts, its whisker and what stands behind it."""

    names: tuple[str, ...]
    full: str
    names_y: float
    middle: float
    parts: tuple[Part, ...]
    whisker: tuple[float, float] | None
    end: float
    total: str
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class BarDrawing:
    """Everything that the template draws."""

    width: float
    height: float
    text: float
    legend: tuple[LegendItem, ...]
    names_x: float
    zero: float
    top: float
    bottom: float
    bar: float
    bars: tuple[Bar, ...]
    empty: str


def split_bar_chart(chart: BarChart, *, size: Size, height: float) -> tuple[BarChart, ...]:
    """Return a chart in pieces that are no higher than a page, each of at least one row; a short chart is one piece."""
    room = _names_beside(chart, size)
    pieces: list[list[tuple[str, Mapping[str, float | None]]]] = [[]]
    used = 0.0
    for row in chart.rows:
        needed = _row_height(_wrapped(row[0], room, size), size)
        if pieces[-1] and used + needed > height:
            pieces.append([])
            used = 0.0
        pieces[-1].append(row)
        used += needed
    return tuple(replace(chart, rows=tuple(piece)) for piece in pieces)


def lay_bar_chart(chart: BarChart, *, size: Size, whole: BarChart | None = None) -> BarDrawing:
    """Return a bar chart laid out; one without rows says so.

    Args:
        chart: The chart.
        size: For how much room.
        whole: The chart of which it is a piece: all pieces have one scale.
    """
    whole = whole or chart
    legend, top = lay_legend(_legend(whole), size=size, sample=13)
    top += 4
    if not chart.rows:
        return BarDrawing(
            width=size.width, height=top + 40, text=size.text, legend=legend, names_x=0.0, zero=0.0, top=top, bottom=top,
            bar=_BAR, bars=(), empty="There is nothing to draw.",
        )  # fmt: skip
    beside = _names_beside(whole, size)
    totals = [_total_text(chart, values) for _, values in chart.rows]
    behind = max(text_width(_total_text(whole, values), size=size.text) for _, values in whole.rows) + 12
    across = _scale(whole, start=beside, end=size.width - behind)
    bars = []
    y = top
    for (name, values), total in zip(chart.rows, totals, strict=True):
        names = _wrapped(name, beside, size)
        bars.append(_bar(chart, name, values, names=names, total=total, across=across, y=y, size=size))
        y += _row_height(names, size)
    return BarDrawing(
        width=size.width,
        height=round(y + 2, 1),
        text=size.text,
        legend=legend,
        names_x=0.0 if size.is_narrow else round(beside - 12, 1),
        zero=round(across.at(0.0), 1),
        top=round(top, 1),
        bottom=round(y - _SPACE / 2, 1),
        bar=_BAR,
        bars=tuple(bars),
        empty="",
    )


def _legend(chart: BarChart) -> list[tuple[str, str, str, str, str]]:
    parts = [
        (name, color_of(place, chart.palette), "box", pattern_of(place), "")
        for place, (_, name) in enumerate(chart.parts)
    ]
    ranges = [("least to most", "ink", "whisker", "", "")] if any(_range(chart, name) for name, _ in chart.rows) else []
    return (parts if len(parts) > 1 or ranges else []) + ranges


def _names_beside(chart: BarChart, size: Size) -> float:
    """Return the room for names beside their bars; 0 where they stand above."""
    longest = max((text_width(clean_text(name), size=size.text) for name, _ in chart.rows), default=0.0)
    return 0.0 if size.is_narrow else min(longest, size.width * _NAMES) + 14


def _wrapped(name: str, beside: float, size: Size) -> tuple[str, ...]:
    return wrap_text(name, size=size.text, room=(size.width if size.is_narrow else beside - 14) + 1, most=_NAME_LINES)


def _known(chart: BarChart, values: Mapping[str, float | None]) -> dict[str, float]:
    """Return the parts of a row that have a value; a part of a whole cannot be below zero."""
    known = {}
    for key, _ in chart.parts:
        value = values.get(key)
        if value is not None and math.isfinite(value) and not (chart.as_whole and value < 0):
            known[key] = float(value)
    return known


def _range(chart: BarChart, name: str) -> tuple[float, float] | None:
    ends = chart.ranges.get(name)
    return ends if ends and not chart.as_whole and all(math.isfinite(end) for end in ends) else None


def _scale(chart: BarChart, *, start: float, end: float) -> Scale:
    if chart.as_whole:
        return Scale(low=0.0, high=1.0, start=start, end=end)
    lows, highs = [0.0], [0.0]
    for name, values in chart.rows:
        known = _known(chart, values).values()
        lows.append(sum(value for value in known if value < 0))
        highs.append(sum(value for value in known if value > 0))
        ends = _range(chart, name)
        if ends:
            lows.append(ends[0])
            highs.append(ends[1])
    return Scale(low=min(lows), high=max(highs) or (0.0 if min(lows) else 1.0), start=start, end=end)


def _total_text(chart: BarChart, values: Mapping[str, float | None]) -> str:
    known = _known(chart, values)
    if not known:
        return "not known"
    if chart.as_whole and chart.unit is ColumnKind.SHARE:
        return ""
    return amount_text(sum(known.values()), chart.unit, decimals=chart.decimals)


def _row_height(names: tuple[str, ...], size: Size) -> float:
    text = len(names) * size.text * 1.25
    return (text + _BAR + _SPACE + 4) if size.is_narrow else max(_BAR, text) + _SPACE


def _bar(
    chart: BarChart,
    name: str,
    values: Mapping[str, float | None],
    *,
    names: tuple[str, ...],
    total: str,
    across: Scale,
    y: float,
    size: Size,
) -> Bar:
    text_height = len(names) * size.text * 1.25
    high = text_height + 3 if size.is_narrow else 0.0
    middle = y + high + (_BAR if size.is_narrow else max(_BAR, text_height)) / 2
    parts = _parts(chart, _known(chart, values), across=across, size=size)
    ends = _range(chart, name)
    whisker = (round(across.at(ends[0]), 1), round(across.at(ends[1]), 1)) if ends else None
    reach = [across.at(0.0), *(part.x + part.width for part in parts), *(whisker or ())]
    return Bar(
        names=names,
        full=clean_text(name),
        names_y=round(y + size.text if size.is_narrow else middle - text_height / 2 + size.text * 0.97, 1),
        middle=round(middle, 1),
        parts=parts,
        whisker=whisker,
        end=round(max(reach) + 7, 1),
        total=total,
        is_known=total != "not known",
    )


def _parts(chart: BarChart, known: Mapping[str, float], *, across: Scale, size: Size) -> tuple[Part, ...]:
    """Lay the parts of one bar side by side, those below zero to the left of it."""
    whole = sum(known.values())
    drawn = []
    right = left = 0.0
    for place, (key, name) in enumerate(chart.parts):
        value = known.get(key)
        if not value or (chart.as_whole and not whole):
            continue
        length = value / whole if chart.as_whole else value
        begin = right if length > 0 else left + length
        if length > 0:
            right += length
        else:
            left += length
        x, end = across.at(begin), across.at(begin + abs(length))
        written = amount_text(value, chart.unit, decimals=chart.decimals)
        inside = f"{100 * length:.0f} %" if chart.as_whole else written
        has_room = len(chart.parts) > 1 and end - x >= text_width(inside, size=size.text - 1) + _INSIDE
        drawn.append(
            Part(
                x=round(x, 2),
                # Even the smallest part is seen.
                width=round(max(end - x, 1.5), 2),
                color=color_of(place, chart.palette),
                pattern=pattern_of(place),
                text=inside if has_room else "",
                told=f"{clean_text(name)}: {written}" + (f" ({inside})" if chart.as_whole else ""),
            )
        )
    return tuple(drawn)
