"""Draws the charts of a report as SVG: inside a page, whose colors they follow, or alone for a printed form."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.publish.bar_chart import BarDrawing, lay_bar_chart, split_bar_chart
from pipeline.publish.cell_text import clean_text
from pipeline.publish.chart_parts import NARROW, WIDE, Size
from pipeline.publish.document_palette import LIGHT, PALETTES
from pipeline.publish.line_chart import LineDrawing, lay_line_chart
from pipeline.publish.tile_map import MapDrawing, lay_tile_map
from schemas.report_document import BarChart, Chart, LineChart

__all__ = ["NARROW", "WIDE", "chart_css", "draw_chart", "draw_chart_alone"]


def draw_chart(chart: Chart, *, name: str, size: Size) -> Markup:
    """Return a chart as an SVG element for a page that has `chart_css()`.

    Args:
        chart: The chart.
        name: Id of the chart in the page. The elements `{name}-title` and `{name}-told` say what it shows.
        size: For how much room it is drawn: `WIDE` or `NARROW`.
    """
    return _draw(chart, name=name, size=size, css=None, font=None)


def draw_chart_alone(chart: Chart, *, font: str, height: float) -> tuple[str, ...]:
    """Return a chart as SVG documents of their own, in the colors of the day, for a form that is printed.

    Args:
        chart: The chart.
        font: Face of its texts.
        height: Height of a page in units of the drawing. Bars that need more come in pieces, all on one scale.
    """
    css = _rules(LIGHT.__getitem__)
    if isinstance(chart, BarChart):
        pieces = split_bar_chart(chart, size=WIDE, height=height)
        return tuple(str(_draw(piece, name="chart", size=WIDE, css=css, font=font, whole=chart)) for piece in pieces)
    return (str(_draw(chart, name="chart", size=WIDE, css=css, font=font)),)


def chart_css() -> str:
    """Return the style of charts in a page, whose variables are named as the colors of the palette."""
    return _rules(lambda name: f"var(--{name})")


def _draw(
    chart: Chart, *, name: str, size: Size, css: str | None, font: str | None, whole: BarChart | None = None
) -> Markup:
    kind: str
    drawing: LineDrawing | BarDrawing | MapDrawing
    if isinstance(chart, LineChart):
        kind, drawing = "line", lay_line_chart(chart, size=size)
    elif isinstance(chart, BarChart):
        kind, drawing = "bar", lay_bar_chart(chart, size=size, whole=whole)
    else:
        kind, drawing = "tile", lay_tile_map(chart, size=size)
    text = (
        _environment()
        .get_template("document_charts.svg.j2")
        .render(
            kind=kind,
            d=drawing,
            name=name,
            size=size,
            css=None if css is None else Markup(css),  # noqa: S704 (the palette's rules)
            font=font,
            used=_patterns(drawing),
        )
    )
    return Markup(text)  # noqa: S704 (made by the template, which escapes)


def _patterns(drawing: LineDrawing | BarDrawing | MapDrawing) -> list[tuple[str, str]]:
    """Return the patterns that a drawing uses, each with its color."""
    used = [(item.pattern, item.color) for item in drawing.legend]
    if isinstance(drawing, BarDrawing):
        used += [(part.pattern, part.color) for bar in drawing.bars for part in bar.parts]
    elif isinstance(drawing, MapDrawing):
        used += [(square.pattern, square.color) for square in drawing.squares if square.is_known]
    return sorted({(pattern, color) for pattern, color in used if pattern})


def _rules(value: Callable[[str], str]) -> str:
    """Return the rules of style; `value` says how a color is written."""
    ink, soft, ground = value("ink"), value("soft"), value("ground")
    rules = [
        f".chart text{{fill:{ink}}}",
        f".chart .soft{{fill:{soft}}}",
        f".chart .halo{{stroke:{ground};stroke-width:4;stroke-linejoin:round;paint-order:stroke}}",
        f".chart .grid{{stroke:{value('line')};stroke-width:1}}",
        f".chart .axis{{stroke:{value('rule')};stroke-width:1}}",
        f".chart .target{{stroke:{ink};stroke-width:1.5;stroke-dasharray:2 4;stroke-linecap:round}}",
        f".chart .whisker{{stroke:{ink};stroke-width:1.6;fill:none}}",
        f".chart .under{{stroke:{ground};stroke-width:4.5;fill:none;stroke-linecap:round}}",
        f".chart .hollow{{fill:{ground};stroke:{value('rule')};stroke-width:1.2;stroke-dasharray:3 3}}",
        ".chart .path{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}",
        ".chart .dashes{fill:none;stroke-width:2.4;stroke-dasharray:7 5;stroke-linejoin:round}",
        ".chart .band{fill-opacity:.16;stroke-width:1;stroke-opacity:.6}",
        f".chart .open{{fill:{ground};stroke-width:1.8}}",
        ".chart .inside{font-weight:600;stroke-width:6.5;stroke-linejoin:round;paint-order:stroke}",
        ".chart .strong{font-weight:600}",
        ".chart .edge{fill:none;stroke-width:1}",
    ]
    for color in dict.fromkeys([*(color for palette in PALETTES.values() for color in palette), "ink"]):
        is_part = color != "ink"
        edge, on = (value(f"{color}-edge"), value(f"{color}-ink")) if is_part else (ink, ground)
        rules += [
            f".chart .f-{color}{{fill:{value(color)}}}",
            f".chart .s-{color}{{stroke:{value(color)}}}",
            f".chart .e-{color}{{stroke:{edge}}}",
            f".chart .p-{color}{{stroke:{on};fill:{on}}}",
            f".chart text.on-{color}{{fill:{on};stroke:{value(color)}}}",
        ]
    return "\n".join(rules)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("pipeline.publish", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean_text(value) if type(value) is str else value,
    )
