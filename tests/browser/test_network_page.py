"""The page of a network, opened in a browser: the map, the tables, a phone, and no request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.publish.document_html import render_document_html
from pipeline.publish.network_document import network_document
from schemas.network_parameters import PublishedCenter
from tests.browser.conftest import Opened
from tests.network_summaries import coverage_of, cross_duplicates, network, summary, without_share

CAVEATS = ("The minutes are assumptions.",)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of two centers with shared agencies, and a published one."""
    east = summary("east", counties=["Cook", "Carrol"])
    west = summary(
        "west", shares=without_share(), counties=["Cook"], center_name="Westernmostcountiesinformationline " * 4
    )
    said = PublishedCenter(id="north", name="211 North", source="A guide", stated_for="2024", counties=("Dupage",))
    facts = network(
        east,
        west,
        published=(said,),
        published_coverage=coverage_of(east, basis="published"),
        cross=cross_duplicates(),
        notes=("The data of West 211 are old.",),
    )
    path = tmp_path_factory.mktemp("network") / "network.html"
    path.write_text(render_document_html(network_document(facts, caveats=CAVEATS)), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "dark"), [(320, True)])
def test_page_opens_without_a_request_or_a_barrier(
    open_file: Callable[..., Opened], page_file: Path, width: int, dark: bool
) -> None:
    opened = open_file(page_file, width=width, dark=dark)
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert opened.refused == []
    assert opened.complaints == []
    assert opened.violations() == []
    assert not opened.is_wider_than_screen()


def test_the_map_shows_every_county_once_in_each_section(open_file: Callable[..., Opened], page_file: Path) -> None:
    opened = open_file(page_file)
    told = opened.page.inner_text("body")
    assert "2 of the 6 counties of Illinois are served, 1 by several centers." in told
    assert "not known" in told
    names = opened.page.evaluate(
        "[...document.querySelectorAll('svg.wide')].filter(one => one.checkVisibility()).map(one => one.textContent)"
    )
    maps = [text for text in names if "StCla" in text or "St. C" in text]
    assert len(maps) == 2
