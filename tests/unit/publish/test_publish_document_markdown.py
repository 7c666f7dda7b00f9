"""A report as Markdown: read as a letter, shown as a page, and never what a name makes of it."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from pipeline.publish.document_markdown import render_document_markdown
from schemas.report_document import Column, ReportDocument, ReportTable, Section
from tests.report_documents import AS_OF, NASTY, empty_document, full_document, nasty_document

_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
#: What a report is made of; links, pictures, HTML, quotations and code blocks come from texts only.
_OWN = {"heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "strong"}


def tokens(text: str):
    for token in _READER.parse(text):
        yield token
        yield from token.children or []


def kinds(text: str) -> set[str]:
    plain = {"inline", "text", "softbreak", "code_inline"}
    return {token.type.removesuffix("_open").removesuffix("_close") for token in tokens(text)} - plain


@pytest.mark.parametrize("short", [True, False])
@pytest.mark.parametrize("made", [full_document, nasty_document, empty_document], ids=lambda one: one.__name__)
def test_no_text_acts_as_markup(made, short) -> None:
    assert kinds(render_document_markdown(made(), short=short)) <= _OWN


def test_texts_are_read_as_they_were_written() -> None:
    document = ReportDocument(title="R", subtitle="", as_of=AS_OF, summary=NASTY)
    read = "".join(token.content for token in tokens(render_document_markdown(document)) if token.type == "text")
    for text in NASTY:
        for word in text.split():
            if word.isprintable() and "‮" not in word:
                assert word in read


def test_digest_holds_what_must_be_known_and_no_table() -> None:
    digest = render_document_markdown(full_document())
    assert "|" not in digest
    places = [
        digest.index(text)
        for text in (
            "# Quarterly report of the directory",
            "Before you read the figures",
            "cut off; the figures",
            "Three of four agencies",
            "agencies completely updated: **74.9 %** (487 of 650 agencies;",
            "## How fresh the directory is",
            "An agency counts as updated",
            "## Duplicates",
        )
    ]
    assert places == sorted(places)
    assert "The share rose in every month" not in digest
    assert "2026-11-20-prairie211" not in digest


def test_the_whole_holds_every_table_and_every_told_chart() -> None:
    document = full_document()
    whole = render_document_markdown(document, short=False)
    assert sum(token.type == "table_open" for token in tokens(whole)) == sum(
        bool(one.rows) for one in document.tables()
    )
    assert sum(token.type == "tr_open" for token in tokens(whole)) == sum(
        len(one.rows) + 1 for one in document.tables() if one.rows
    )
    for section in document.sections:
        for chart in section.charts:
            assert f"**{chart.title}**: {chart.told}" in whole
    assert "| Champaign | 20 | 11 | 41.0 % | -3.2 |" in whole
    assert "The first 15 of 102. All of them: `resdir freshness --by county --output counties.xlsx`" in whole
    assert "There are none." in whole
    assert "- Run: 2026-11-20-prairie211" in whole


def test_charts_stand_above_the_table_that_holds_their_numbers() -> None:
    whole = render_document_markdown(full_document(), short=False)
    assert (
        whole.index("### Share of agencies completely updated, by export")
        < whole.index("**Records by the age of their verification**")
        < whole.index("### Counted records by the age")
    )


def test_a_pipe_in_a_cell_does_not_end_it() -> None:
    table = ReportTable(
        table_id="t",
        title="T",
        columns=(Column(key="a", heading="a|b"), Column(key="c", heading="c")),
        rows=(("x|y\nz", None), ("", "\\|")),
    )
    document = ReportDocument(
        title="R", subtitle="", as_of=AS_OF, sections=(Section(section_id="s", heading="S", tables=(table,)),)
    )
    read = [token.content for token in tokens(render_document_markdown(document, short=False)) if token.type == "text"]
    assert "a|b" in "".join(read)
    assert sum(token.type == "td_open" for token in tokens(render_document_markdown(document, short=False))) == 4


def test_a_command_with_its_own_marks_stays_one_piece_of_code() -> None:
    table = ReportTable(table_id="t", title="T", columns=(), rows=(), of_rows=9, where_all="`a` ``b``")
    document = ReportDocument(
        title="R", subtitle="", as_of=AS_OF, sections=(Section(section_id="s", heading="S", tables=(table,)),)
    )
    read = [
        token.content
        for token in tokens(render_document_markdown(document, short=False))
        if token.type == "code_inline"
    ]
    assert read == ["`a` ``b``"]
