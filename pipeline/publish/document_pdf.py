"""A report as a tagged PDF (PDF/UA-1) on letter paper, set by Typst with the faces that it brings along.

Texts reach Typst as data, never as markup. Its faces know Latin, Greek, Cyrillic and Hebrew letters; a sign that they lack is printed
as a box, and the report says so at its end. (PDF/UA-1 refuses a text that no face can show.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from pipeline.publish import wording
from pipeline.publish.cell_text import NUMERIC, cell_text, clean_text, is_missing
from pipeline.publish.chart_scales import cut_text
from pipeline.publish.document_charts import draw_chart_alone
from pipeline.publish.document_order import Block, blocks_of
from pipeline.publish.document_palette import LIGHT
from pipeline.publish.print_table import break_words, plan_table
from schemas.report_document import Chart, Headline, ReportDocument, Section

#: Face of all texts, and of commands.
_FACE = "Libertinus Serif"
#: Stands for a sign that no face has.
_BOX = "\N{WHITE VERTICAL RECTANGLE}"
_BOX_NOTE = f"Signs that this file cannot print stand as {_BOX}; the page and the workbook show them."
#: What Typst says of a text without a face, and how it writes signs there.
_NO_FACE = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
#: Characters of a word in a line of text and in a headline, from which it may be broken anywhere.
_LINE_WORD, _HEADING_WORD, _TITLE_WORD, _TILE_WORD = 50, 36, 24, 16
#: Height of a page that a chart may fill, in units of the drawing, which is as wide as the page.
_CHART_HEIGHT = 800.0
#: Points of the line at the head of a page.
_RUNNING = 470.0


def render_document_pdf(document: ReportDocument) -> bytes:
    """Return a report as PDF: letter paper, tagged, with its title, its language and the told text of every chart.

    The same report gives the same bytes on every machine. Tables too wide for the page are set smaller or on a page turned sideways;
    folded tables are printed.

    Raises:
        typst.TypstError: The report could not be set; this is a fault of the program.
    """
    content = json.dumps(_content(document), ensure_ascii=False)
    lacking: set[str] = set()
    while True:
        shown = _boxed(content, lacking)
        try:
            return typst.compile(
                _template(),
                format="pdf",
                sys_inputs={"content": shown, "boxes": _BOX_NOTE if lacking else ""},
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
                timestamp=datetime.combine(document.as_of, time(), tzinfo=UTC),
            )
        except typst.TypstError as fault:
            more = _without_face(fault) - lacking
            if not more:
                raise
            lacking |= more


@cache
def _template() -> bytes:
    return (files("pipeline.publish") / "templates" / "document.typ").read_bytes()


def _boxed(content: str, lacking: set[str]) -> str:
    return content.translate({ord(sign): _BOX for sign in lacking}) if lacking else content


def _without_face(fault: typst.TypstError) -> set[str]:
    """Return the signs of which Typst says that no face has them; those of plain English are never among them."""
    texts = _NO_FACE.findall(fault.diagnostic)
    plain = "".join(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in texts)
    return {sign for sign in plain if not sign.isascii() and sign != _BOX}


def _content(document: ReportDocument) -> dict[str, Any]:
    language, _, region = document.language.partition("-")
    return {
        "title": break_words(clean_text(document.title), longest=_TITLE_WORD) or "Report",
        "subtitle": _text(document.subtitle),
        "running": cut_text(" · ".join(filter(None, (document.title, document.subtitle))), size=8.5, room=_RUNNING),
        "as_of": f"Figures as of {wording.day(document.as_of)}",
        "date": [document.as_of.year, document.as_of.month, document.as_of.day],
        "language": language.lower() if re.fullmatch("[A-Za-z]{2,3}", language) else "en",
        "region": region.upper() if re.fullmatch("[A-Za-z]{2}", region) else None,
        "warnings": _texts(document.warnings),
        "summary": _texts(document.summary),
        "headlines": [_headline(headline) for headline in document.headlines],
        "sections": [_section(section, blocks) for section, blocks in blocks_of(document)],
        "facts": [[_text(name), _text(value)] for name, value in document.facts],
        "colors": {
            name: LIGHT[name] for name in ("ink", "soft", "line", "rule", "wash", "mark", "warn-wash", "warn-edge")
        },
    }


def _section(section: Section, blocks: tuple[Block, ...]) -> dict[str, Any]:
    return {
        "heading": break_words(clean_text(section.heading), longest=_HEADING_WORD) or _text(section.section_id),
        "paragraphs": _texts(section.paragraphs),
        "headlines": [_headline(headline) for headline in section.headlines],
        "blocks": [
            {"charts": [piece for chart in block.charts for piece in _chart(chart)], "table": _table(block)}
            for block in blocks
        ],
        "notes": _texts(section.notes),
    }


def _headline(headline: Headline) -> Mapping[str, str]:
    value = break_words(clean_text(headline.value), longest=_TILE_WORD)
    return {
        "value": value,
        "is_worded": str(len(value) > 10 or headline.value == "unknown"),
        "label": break_words(clean_text(headline.label), longest=2 * _TILE_WORD),
        "basis": break_words(clean_text(headline.basis), longest=2 * _TILE_WORD),
        "change": break_words(clean_text(headline.change or ""), longest=2 * _TILE_WORD),
    }


def _chart(chart: Chart) -> Iterator[dict[str, str]]:
    """Yield the pieces of a chart: a high one goes on over the page."""
    title, told = clean_text(chart.title), clean_text(chart.told)
    for number, svg in enumerate(draw_chart_alone(chart, font=_FACE, height=_CHART_HEIGHT)):
        yield {
            "title": _text(f"{title} (continued)" if number else title),
            "told": "" if number else _text(told),
            "alt": told or title or "A chart; its numbers stand in the table below.",
            "svg": svg,
        }


def _table(block: Block) -> dict[str, Any]:
    table = block.table
    plan = plan_table(table)
    cut = table.of_rows is not None and table.of_rows > len(table.rows)
    return {
        "title": _text(table.title),
        "widths": list(plan.widths),
        "size": plan.size,
        "is_sideways": plan.is_sideways,
        "keeps_rows": plan.keeps_rows,
        "sides": ["right" if column.kind in NUMERIC else "left" for column in table.columns],
        "head": [plan.fitted(clean_text(column.heading), place) for place, column in enumerate(table.columns)],
        "rows": [
            [
                [plan.fitted(cell_text(value, column), place), is_missing(value)]
                for place, (value, column) in enumerate(zip(row, table.columns, strict=True))
            ]
            for row in table.rows
        ],
        "cut": f"The first {wording.number(len(table.rows))} of {wording.number(table.of_rows or 0)}." if cut else "",
        "where_all": break_words(clean_text(table.where_all or ""), longest=_LINE_WORD) if cut else "",
        "notes": _texts(table.notes),
    }


def _texts(texts: tuple[str, ...]) -> list[str]:
    return [_text(text) for text in texts if text.strip()]


def _text(text: str) -> str:
    return break_words(clean_text(text), longest=_LINE_WORD)
