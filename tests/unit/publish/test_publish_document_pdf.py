"""A report on paper: tagged, named, whole, and the same bytes on every machine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zlib

import pytest
import typst

from pipeline.publish import document_pdf
from pipeline.publish.document_pdf import render_document_pdf
from pipeline.publish.print_table import plan_table
from schemas.report_document import Column, ColumnKind, ReportDocument, ReportTable, Section
from tests.report_documents import AS_OF, empty_document, full_document, nasty_document


def parts_of(pdf: bytes) -> bytes:
    """The objects of a PDF, those that were packed included."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    opened = []
    for part in packed:
        try:
            opened.append(zlib.decompress(part))
        except zlib.error:
            opened.append(part)
    return pdf + b"\n".join(opened)


def asked_of(document: ReportDocument, selector: str) -> list:
    """What Typst answers about the report as it is set."""
    return json.loads(
        typst.query(
            document_pdf._template(),
            selector,
            sys_inputs={"content": json.dumps(document_pdf._content(document)), "boxes": ""},
            ignore_system_fonts=True,
        )
    )


def of_table(table: ReportTable) -> ReportDocument:
    return ReportDocument(
        title="R", subtitle="S", as_of=AS_OF, sections=(Section(section_id="s", heading="S", tables=(table,)),)
    )


def table_of(columns: int, *, text: str = "some words", rows: int = 5) -> ReportTable:
    return ReportTable(
        table_id="t",
        title="T",
        columns=tuple(Column(key=f"c{place}", heading=f"Column {place}") for place in range(columns)),
        rows=((text,) * columns,) * rows,
    )


@pytest.mark.parametrize("made", [full_document, empty_document, nasty_document], ids=lambda one: one.__name__)
def test_the_same_report_gives_the_same_tagged_file(made) -> None:
    """Typst refuses to write PDF/UA-1 when a name, a language, a level or an alternative text is missing."""
    pdf = render_document_pdf(made())
    if made is not nasty_document:
        assert pdf == render_document_pdf(made())
    assert pdf.startswith(b"%PDF-")
    inside = parts_of(pdf)
    assert b"/Lang" in inside
    assert b"/Marked true" in inside
    assert b"pdfuaid" in inside
    assert b"2026-11-20" in inside


def test_headings_are_those_of_the_sections_in_their_order() -> None:
    document = full_document()
    found = [one["body"]["text"] for one in asked_of(document, "heading")]
    assert found == [*(section.heading for section in document.sections), "About this report"]


def test_every_chart_has_its_told_text_and_every_table_its_heading() -> None:
    document = full_document()
    told = [chart.told for section in document.sections for chart in section.charts]
    assert [one["alt"] for one in asked_of(document, "image")] == told
    tables = asked_of(document, "table")
    assert [len(one["children"]) - 1 for one in tables] == [
        len(one.rows) * len(one.columns) for one in document.tables() if one.rows
    ]
    assert {one["children"][0]["func"] for one in tables} == {"header"}


def test_markup_of_typst_stays_text() -> None:
    """A name must not import a file or run code on the machine that prints."""
    text = '#import "x.typ": * #panic("no") $x$ *bold* = head \\ `raw` <label> @label #{1+1} // /*'
    document = ReportDocument(
        title=text, subtitle=text, as_of=AS_OF, warnings=(text,), sections=(Section(section_id="s", heading=text),)
    )
    assert [one["body"]["text"] for one in asked_of(document, "heading")] == [text]
    assert asked_of(document, "math.equation") == asked_of(document, "raw") == []
    assert render_document_pdf(document).startswith(b"%PDF-")


def test_a_sign_that_no_face_has_is_a_box_and_the_report_says_so(monkeypatch) -> None:
    """PDF/UA-1 refuses such a text; the rest of the report is not lost for it."""
    given = []
    compiled = typst.compile

    def noted(*args, **more):
        given.append(more["sys_inputs"])
        return compiled(*args, **more)

    monkeypatch.setattr(typst, "compile", noted)
    render_document_pdf(ReportDocument(title="Food 漢字 \N{GRINNING FACE} bank é שלום", subtitle="", as_of=AS_OF))
    assert json.loads(given[-1]["content"])["title"] == "Food ▯▯ ▯ bank é שלום"
    assert "cannot print" in given[-1]["boxes"]
    given.clear()
    render_document_pdf(full_document())
    assert [one["boxes"] for one in given] == [""]


def test_a_fault_of_the_program_is_not_hidden(monkeypatch) -> None:
    monkeypatch.setattr(document_pdf, "_template", lambda: b'#panic("broken")')
    with pytest.raises(typst.TypstError, match="broken"):
        render_document_pdf(empty_document())


@pytest.mark.parametrize("columns", [1, 4, 8, 12, 20, 30])
@pytest.mark.parametrize("text", ["7", "some words", "a" * 60], ids=["short", "words", "long"])
def test_tables_fit_the_page(columns, text) -> None:
    plan = plan_table(table_of(columns, text=text))
    assert sum(plan.widths) <= (670 if plan.is_sideways else 490)
    assert 6 <= plan.size <= 9
    words = plan.fitted(text, 0).replace("\u200b", " ").split()
    assert max(len(word) for word in words) * plan.size * 0.5 <= max(plan.widths[0] - 9, plan.size)
    assert "".join(words) == text.replace(" ", "")


def test_only_a_table_that_needs_it_turns_its_page() -> None:
    assert not plan_table(table_of(4)).is_sideways
    assert plan_table(table_of(4)).size == 9
    assert plan_table(table_of(14, text="several words here")).is_sideways


def test_numbers_stay_in_one_piece() -> None:
    table = ReportTable(
        table_id="t",
        title="T",
        columns=tuple(Column(key=f"c{place}", heading="n", kind=ColumnKind.COUNT) for place in range(9)),
        rows=((1_234_567,) * 9,),
    )
    plan = plan_table(table)
    assert plan.fitted("1,234,567", 0) == "1,234,567"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not on this machine")
@pytest.mark.parametrize(
    "document",
    [full_document(), of_table(table_of(12, text="w" * 70, rows=60)), of_table(table_of(20))],
    ids=["full", "words", "columns"],
)
def test_no_word_leaves_the_page(document, tmp_path) -> None:
    path = tmp_path / "r.pdf"
    path.write_bytes(render_document_pdf(document))
    said = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    width = 0.0
    for line in said.splitlines():
        page = re.search(r'<page width="([\d.]+)" height="([\d.]+)"', line)
        word = re.search(r'xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)"', line)
        if page:
            width = float(page[1])
        elif word:
            assert 40 <= float(word[1]) <= float(word[3]) <= width - 40, line
    assert "of" in said
    assert width in (612.0, 792.0)
