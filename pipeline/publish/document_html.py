"""A report as one HTML file: it opens from disk, runs no script, asks nothing of any network, and prints well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.publish import wording
from pipeline.publish.cell_text import NUMERIC, cell_text, clean_text, is_missing
from pipeline.publish.document_charts import NARROW, WIDE, chart_css, draw_chart
from pipeline.publish.document_order import blocks_of
from pipeline.publish.document_palette import DARK, LIGHT
from schemas.report_document import Chart, Column, ReportDocument, ReportTable

#: Characters of the longest text of a column up to which it stays on one line, and from which it gets a width of its own.
_SHORT, _LONG = 18, 40
#: Columns from which a printed table is set smaller.
_MANY = 7


def render_document_html(document: ReportDocument) -> str:
    """Return a report as one HTML document.

    Every text is escaped; what no page can hold is replaced by a sign. Colors follow the reader's setting. Tables that are folded
    open when the page is printed.
    """
    return (
        _environment()
        .get_template("document.html.j2")
        .render(document=document, sections=blocks_of(document), light=LIGHT, dark=DARK, chart_css=Markup(chart_css()))  # noqa: S704
    )


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """A cell as the page shows it."""

    text: str
    style: str


def anchor(kind: str, name: str) -> str:
    """Return the id of an element: readable, unique, and safe in a link.

    >>> anchor("table", "by-county"), anchor("table", "a b")
    ('table-by-county', 'table-a_20b')
    """
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found[0]):x}", name)


def _drawn(chart: Chart) -> Markup:
    """Return a chart as two drawings of which the page shows the one that fits its width."""
    name = anchor("chart", chart.chart_id)
    return Markup("\n").join(draw_chart(chart, name=name, size=size) for size in (WIDE, NARROW))


def _rows(table: ReportTable) -> list[list[_Shown]]:
    styles = [_style(table, place) for place in range(len(table.columns))]
    return [
        [
            _Shown(text=cell_text(value, column), style=f"{style} missing" if is_missing(value) else style)
            for value, column, style in zip(row, table.columns, styles, strict=True)
        ]
        for row in table.rows
    ]


def _style(table: ReportTable, place: int) -> str:
    """Return how a column is set: numbers to the right on one line, short texts on one line, long ones with room to wrap."""
    column = table.columns[place]
    longest = max((len(cell_text(row[place], column)) for row in table.rows), default=0)
    if column.kind in NUMERIC:
        return "n" if longest <= _SHORT else "n loose"
    if longest <= _SHORT:
        return "short"
    return "long" if longest > _LONG else "text"


def _side(column: Column) -> str:
    """Return how the heading of a column is set; a word that is longer than most may break on paper."""
    side = "n" if column.kind in NUMERIC else "text"
    is_long = max((len(word) for word in column.heading.split()), default=0) > _SHORT
    return f"{side} loose" if is_long else side


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.publish", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every text that is shown passes here, so that none is forgotten.
        finalize=lambda value: clean_text(value) if type(value) is str else value,
    )
    environment.filters.update(
        anchor=lambda name, kind: anchor(kind, name),
        day=wording.day,
        number=wording.number,
        drawn=_drawn,
        rows_shown=_rows,
        side=_side,
    )
    environment.globals.update(MANY=_MANY)
    return environment
