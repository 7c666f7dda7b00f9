"""A report as a page: built for those who see it, hear it, print it, and opened without a network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from pipeline.publish.cell_text import cell_text
from pipeline.publish.document_html import render_document_html
from schemas.report_document import ReportDocument
from tests.report_documents import empty_document, full_document, nasty_document

_VOID = {"meta", "link", "br", "img", "input", "hr"}
#: All that a report is made of; anything else came out of a text.
_ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3", "p", "time", "main", "div", "ul", "ol", "li",
    "nav", "section", "figure", "figcaption", "svg", "desc", "defs", "pattern", "g", "path", "rect", "circle", "line", "text", "details",
    "summary", "span", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "bdi", "footer", "dl", "dt", "dd", "strong",
}  # fmt: skip


@dataclass
class Element:
    """An element with its attributes, what it lies in, and its own text."""

    tag: str
    attributes: dict[str, str | None]
    inside: tuple[str, ...]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a page, in order."""

    elements: list[Element] = field(default_factory=list)
    stack: list[Element] = field(default_factory=list)
    declared: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_decl(self, decl: str) -> None:
        self.declared = decl

    def handle_starttag(self, tag, attrs) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"{tag} names an attribute twice"
        element = Element(tag, dict(attrs), tuple(one.tag for one in self.stack))
        self.elements.append(element)
        if tag not in _VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag, attrs) -> None:
        self.elements.append(Element(tag, dict(attrs), tuple(one.tag for one in self.stack)))

    def handle_endtag(self, tag) -> None:
        assert self.stack.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data) -> None:
        for element in self.stack:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]


def page_of(document: ReportDocument) -> Page:
    page = Page()
    page.feed(render_document_html(document))
    page.close()
    assert page.stack == []
    return page


@pytest.fixture(scope="module", params=[full_document, empty_document, nasty_document], ids=lambda one: one.__name__)
def document(request) -> ReportDocument:
    return request.param()


@pytest.fixture(scope="module")
def page(document) -> Page:
    return page_of(document)


def test_page_is_built_of_its_own_elements_only(page) -> None:
    """No text of a directory becomes an element, a script, or an attribute that acts."""
    assert {element.tag for element in page.elements} <= _ELEMENTS
    assert not any(
        name.startswith("on") or name in ("src", "style") for one in page.elements for name in one.attributes
    )
    assert all(str(one.attributes.get("href", "#")).startswith("#") for one in page.elements)


def test_page_asks_nothing_of_a_network(document) -> None:
    """It is mailed around and opened where there is none; a request would also tell who reads it."""
    html = render_document_html(document)
    style = html[html.index("<style>") : html.index("</style>")]
    assert "http" not in style
    assert "@import" not in style
    assert "url(" not in style
    assert all(address.startswith("#") for address in re.findall(r'fill="url\((.*?)\)"', html))


def test_page_has_one_name_one_language_and_its_landmarks(page, document) -> None:
    assert page.declared == "doctype html"
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.all("title")[0].text.strip()
    assert [len(page.all(tag)) for tag in ("h1", "header", "main", "footer")] == [1, 1, 1, 1]
    assert len(page.all("nav")) == (len(document.sections) > 1)
    assert page.all("a")[0].text == "Skip to the report"


def test_every_id_is_used_once_and_every_reference_leads_somewhere(page) -> None:
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    named = [
        str(one.attributes[name]).lstrip("#")
        for one in page.elements
        for name in ("href", "aria-labelledby", "aria-describedby")
        if name in one.attributes
    ]
    assert set(named) <= set(ids)
    drawn = [
        str(one.attributes["fill"]) for one in page.elements if str(one.attributes.get("fill", "")).startswith("url")
    ]
    assert {address[5:-1] for address in drawn} <= set(ids)


def test_headings_leave_out_no_level(page) -> None:
    levels = [int(one.tag[1]) for one in page.elements if one.tag in ("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_is_one_for_those_who_hear_it(page) -> None:
    for tag, scope in (("thead", "col"), ("tbody", "row")):
        heads = [one for one in page.all("th") if tag in one.inside]
        assert all(one.attributes["scope"] == scope for one in heads)
    assert len(page.all("caption")) == len(page.all("table"))
    regions = [one for one in page.all("div") if one.attributes.get("class") == "scroll"]
    assert len(regions) == len(page.all("table"))
    labels = [one.attributes["aria-label"] for one in regions]
    assert len(labels) == len(set(labels))
    assert all((one.attributes["role"], one.attributes["tabindex"]) == ("region", "0") for one in regions)


def test_every_chart_is_drawn_twice_and_told_in_words(page, document) -> None:
    """Once for a wide screen, once for a phone; the page shows one of them."""
    charts = [chart for section in document.sections for chart in section.charts]
    drawings = page.all("svg")
    assert len(drawings) == 2 * len(charts)
    assert [one.attributes["class"] for one in drawings] == ["chart wide", "chart narrow"] * len(charts)
    assert all(one.attributes["role"] == "img" and one.attributes["aria-describedby"] for one in drawings)


def test_nothing_that_no_page_can_hold_is_left() -> None:
    html = render_document_html(nasty_document())
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\ud800-\udfff\uffff]", html)
    assert html.encode("utf-8").decode("utf-8") == html


def test_every_cell_is_shown_as_it_is_written_everywhere() -> None:
    document = full_document()
    page = page_of(document)
    shown = [one.text for one in page.elements if one.tag in ("td", "th") and "tbody" in one.inside]
    assert shown == [
        cell_text(value, column)
        for table in document.tables()
        for row in table.rows
        for value, column in zip(row, table.columns, strict=True)
    ]


def test_warnings_stand_before_every_figure() -> None:
    html = render_document_html(full_document())
    assert html.index("cut off; the figures") < html.index("74.9 %")


def test_folded_tables_are_closed_and_open_on_paper() -> None:
    document = full_document()
    page = page_of(document)
    folded = [one for one in page.all("table") if "details" in one.inside]
    assert len(folded) == sum(table.is_folded for table in document.tables())
    assert not any("open" in one.attributes for one in page.all("details"))
    html = render_document_html(document)
    printed = html[html.index("@media print") : html.index("</style>")]
    assert "::details-content { content-visibility: visible" in printed


def test_a_cut_table_says_how_many_there_are_and_where() -> None:
    page = page_of(full_document())
    feet = [one.text for one in page.all("p") if one.attributes.get("class") == "foot"]
    assert "The first 15 of 102. All of them: resdir freshness --by county --output counties.xlsx" in feet
    assert sum("The first" in foot for foot in feet) == 1


def test_a_table_without_rows_says_so() -> None:
    assert "Pairs to decide: there are none." in [one.text for one in page_of(full_document()).all("p")]


def test_colors_of_the_night_are_kept_from_paper() -> None:
    html = render_document_html(full_document())
    assert re.findall(r"@media ([^{]*dark[^{]*)\{", html) == ["screen and (prefers-color-scheme: dark) "]
