"""A report as Markdown that reads as a plain letter too: for e-mail, and for pages of a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.publish import wording
from pipeline.publish.cell_text import NUMERIC, cell_text, clean_text
from pipeline.publish.document_order import Block, blocks_of
from schemas.report_document import Cell, Chart, Column, Headline, ReportDocument, ReportTable, Section

#: Signs that make markup wherever they stand. An underscore does so only at the edge of a word, `&` only before a name.
_ANYWHERE = re.compile(r"[\\`*\[\]|<]|~(?=~)|(?<=~)~|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
#: Signs that make markup at the start of a line: headings, lists, quotations, rules.
_AT_START = re.compile(r"(?m)^(\d{1,9}(?=[.)](?:\s|$)))?(?=>|[#=+\-]+(?:\s|$)|(?<=\d)[.)])")


def render_document_markdown(document: ReportDocument, *, short: bool = True) -> str:
    """Return a report as Markdown (CommonMark with the pipe tables of GitHub).

    Args:
        document: The report.
        short: Whether only the digest is wanted: title, warnings, summary, headlines and the first line of each section. Otherwise
            everything is there; charts are told in words above their tables.
    """
    lines = list(_opening(document))
    for section, blocks in blocks_of(document):
        lines += _digest(section) if short else _whole(section, blocks)
    if not short and document.facts:
        lines += ["## About this report", *(f"- {_safe(name)}: {_safe(value)}" for name, value in document.facts)]
    return _spaced(lines)


def _opening(document: ReportDocument) -> Iterator[str]:
    yield f"# {_line(document.title)}"
    if document.subtitle:
        yield _safe(document.subtitle)
    yield f"Figures as of {wording.day(document.as_of)}."
    if document.warnings:
        yield "**Before you read the figures:**"
        yield from (f"- {_line(warning)}" for warning in document.warnings)
    yield from map(_safe, document.summary)
    yield from map(_headline, document.headlines)


def _digest(section: Section) -> Iterator[str]:
    """Yield the heading and the first line of what a section says; nothing of a section that says nothing."""
    said = next((line for text in section.paragraphs for line in clean_text(text).splitlines() if line.strip()), None)
    if said is not None:
        yield f"## {_line(section.heading)}"
        yield _safe(said)


def _whole(section: Section, blocks: tuple[Block, ...]) -> Iterator[str]:
    yield f"## {_line(section.heading)}"
    yield from map(_safe, section.paragraphs)
    yield from map(_headline, section.headlines)
    for block in blocks:
        yield from map(_told, block.charts)
        yield from _table(block.table)
    yield from (f"- {_line(note)}" for note in section.notes)


def _headline(headline: Headline) -> str:
    change = f" {_line(headline.change)}" if headline.change else ""
    basis = f" ({_line(headline.basis)})" if headline.basis else ""
    return f"- {_line(headline.label)}: **{_line(headline.value)}**{basis}{'.' if change else ''}{change}"


def _told(chart: Chart) -> str:
    return f"**{_line(chart.title)}**: {_line(chart.told)}"


def _table(table: ReportTable) -> Iterator[str]:
    yield f"### {_line(table.title)}"
    if table.rows:
        head = [_line(column.heading) for column in table.columns]
        ruler = ["---:" if column.kind in NUMERIC else "---" for column in table.columns]
        rows = [[_cell(value, column) for value, column in zip(row, table.columns, strict=True)] for row in table.rows]
        yield "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ruler, *rows))
    else:
        yield "There are none."
    if table.of_rows is not None and table.of_rows > len(table.rows):
        yield _line(f"The first {wording.number(len(table.rows))} of {wording.number(table.of_rows)}.") + (
            f" All of them: {_code(table.where_all)}" if table.where_all else ""
        )
    yield from map(_safe, table.notes)


def _cell(value: Cell, column: Column) -> str:
    return _line(cell_text(value, column)) or " "


def _safe(text: str) -> str:
    r"""Return a text of people in which nothing acts as markup.

    >>> _safe("# a | <b>*c*</b> x_y\n- d")
    '\\# a \\| \\<b>\\*c\\*\\</b> x_y\n\\- d'
    """
    stripped = "\n".join(line.strip() for line in clean_text(text).splitlines())
    marked = _ANYWHERE.sub(lambda found: "\\" + found[0], stripped)
    return _AT_START.sub(lambda found: f"{found[1] or ''}\\", marked)


def _line(text: str) -> str:
    """Return a text on one line, in which nothing acts as markup."""
    return _safe(" ".join(clean_text(text).split()))


def _code(text: str) -> str:
    """Return a text as code, between more marks than stand in it."""
    plain = " ".join(clean_text(text).split())
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    marks = "`" * (longest + 1)
    edge = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{marks}{edge}{plain}{edge}{marks}"


def _spaced(lines: list[str]) -> str:
    """Join blocks with a blank line between them; the items of a list stand together."""
    text = ""
    for before, line in zip(["", *lines], lines, strict=False):
        together = before.startswith("- ") and line.startswith("- ")
        text += ("" if not text else "\n" if together else "\n\n") + line
    return text + "\n"
