"""Lays a tile map out: one square per area, near to where it lies, with the pattern and color of its state."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from pipeline.publish.cell_text import clean_text
from pipeline.publish.chart_parts import LegendItem, Size, lay_legend, pattern_of
from pipeline.publish.chart_scales import text_width
from pipeline.publish.document_palette import color_of
from schemas.report_document import TileMap

#: Side of a tile at most, and the space between two.
_SIDE, _SPACE = 58.0, 5.0
#: Smallest type inside a tile.
_SMALLEST = 6.0


@dataclass(frozen=True, kw_only=True)
class Square:
    """One tile."""

    x: float
    y: float
    short: str
    type: float
    color: str
    pattern: str
    is_known: bool
    told: str


@dataclass(frozen=True, kw_only=True)
class MapDrawing:
    """Everything that the template draws."""

    width: float
    height: float
    text: float
    side: float
    legend: tuple[LegendItem, ...]
    squares: tuple[Square, ...]
    empty: str


def lay_tile_map(chart: TileMap, *, size: Size) -> MapDrawing:
    """Return a tile map laid out; areas whose state is not among the states are drawn hollow, as not known."""
    legend, top = lay_legend(_legend(chart), size=size, sample=13)
    top += 6
    if not chart.tiles:
        return MapDrawing(
            width=size.width,
            height=top + 40,
            text=size.text,
            side=0.0,
            legend=legend,
            squares=(),
            empty="There is no area to draw.",
        )
    first_column = min(tile.column for tile in chart.tiles)
    first_row = min(tile.row for tile in chart.tiles)
    columns = max(tile.column for tile in chart.tiles) - first_column + 1
    rows = max(tile.row for tile in chart.tiles) - first_row + 1
    side = min(_SIDE, (size.width + _SPACE) / columns - _SPACE)
    places = {key: place for place, (key, _) in enumerate(chart.states)}
    names = dict(chart.states)
    squares = tuple(
        Square(
            x=round((tile.column - first_column) * (side + _SPACE), 1),
            y=round(top + (tile.row - first_row) * (side + _SPACE), 1),
            short=" ".join(clean_text(tile.short).split())[:5],
            type=_type(tile.short, side=side, size=size),
            color=color_of(places.get(tile.state, 0), "bands"),
            pattern=pattern_of(places.get(tile.state, 0)),
            is_known=tile.state in places,
            told=clean_text(f"{tile.name}: {names.get(tile.state, 'not known')}"),
        )
        for tile in chart.tiles
    )
    height = top + rows * (side + _SPACE)
    return MapDrawing(
        width=size.width,
        height=round(height, 1),
        text=size.text,
        side=round(side, 1),
        legend=legend,
        squares=squares,
        empty="",
    )


def _legend(chart: TileMap) -> list[tuple[str, str, str, str, str]]:
    counts = Counter(tile.state for tile in chart.tiles)
    items = [
        (f"{name}: {counts[key]}", color_of(place, "bands"), "box", pattern_of(place), "")
        for place, (key, name) in enumerate(chart.states)
    ]
    unknown = counts.total() - sum(counts[key] for key, _ in chart.states)
    return [*items, *([(f"not known: {unknown}", "ink", "hollow", "", "")] if unknown else [])]


def _type(short: str, *, side: float, size: Size) -> float:
    """Return the size of type at which a short name fits its tile."""
    wide = text_width(clean_text(short)[:5], size=1.0)
    return round(max(min(size.text, (side - 8) / wide if wide else size.text), _SMALLEST), 1)
