"""The page of a report, opened in a browser as a funder would: on a screen, at night, on a phone, on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.publish.document_html import render_document_html
from tests.browser.conftest import Opened
from tests.report_documents import empty_document, full_document, nasty_document


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The invented reports as files."""
    folder = tmp_path_factory.mktemp("documents")
    made = {"full": full_document(), "nasty": nasty_document(height=25), "empty": empty_document()}
    for name, document in made.items():
        (folder / f"{name}.html").write_text(render_document_html(document), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture(scope="module")
def full_file(files: dict[str, Path]) -> Path:
    return files["full"]


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [("full", 1280, False), ("full", 1280, True), ("full", 320, False), ("nasty", 1280, False), ("empty", 1280, True)],
)
def test_report_opens_without_a_request_or_a_barrier(
    open_file: Callable[..., Opened], files: dict[str, Path], name: str, width: int, dark: bool
) -> None:
    opened = open_file(files[name], width=width, dark=dark)
    # Folded tables are looked at too.
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert opened.refused == []
    assert opened.complaints == []
    assert opened.violations() == []


@pytest.mark.parametrize("name", ["full", "nasty", "empty"])
def test_report_fits_a_phone(open_file: Callable[..., Opened], files: dict[str, Path], name: str) -> None:
    assert not open_file(files[name], width=320).is_wider_than_screen()


@pytest.mark.parametrize(("width", "shown"), [(1280, "wide"), (320, "narrow")])
def test_one_drawing_of_each_chart_is_seen(
    open_file: Callable[..., Opened], full_file: Path, width: int, shown: str
) -> None:
    opened = open_file(full_file, width=width)
    seen = opened.page.evaluate(
        "[...document.querySelectorAll('svg.chart')].filter(one => one.checkVisibility()).map(one => one.classList[1])"
    )
    assert seen == [shown] * 6


def test_texts_of_charts_are_large_enough_to_read(open_file: Callable[..., Opened], full_file: Path) -> None:
    for width in (320, 700):
        opened = open_file(full_file, width=width)
        smallest = opened.page.evaluate(
            "Math.min(...[...document.querySelectorAll('svg.chart')].filter(one => one.checkVisibility())"
            ".map(one => one.getBoundingClientRect().width / one.viewBox.baseVal.width * one.getAttribute('font-size')))"
        )
        assert smallest >= 10.5


def test_folded_tables_open_on_paper(open_file: Callable[..., Opened], full_file: Path) -> None:
    opened = open_file(full_file)
    heights = (
        "[...document.querySelectorAll('details table')]"
        ".map(one => one.checkVisibility() ? one.getBoundingClientRect().height : 0)"
    )
    assert opened.page.evaluate(heights) == [0, 0, 0]
    opened.page.emulate_media(media="print")
    assert min(opened.page.evaluate(heights)) > 100


@pytest.mark.parametrize("name", ["full", "nasty"])
def test_nothing_is_cut_off_on_paper(open_file: Callable[..., Opened], files: dict[str, Path], name: str) -> None:
    """Letter paper between its margins is 696 pixels wide."""
    opened = open_file(files[name], width=696)
    opened.page.emulate_media(media="print")
    assert not opened.is_wider_than_screen()


def test_colors_follow_the_reader(open_file: Callable[..., Opened], full_file: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    bar = "getComputedStyle(document.querySelector('svg.wide rect.f-b0')).fill"
    by_day, by_night = open_file(full_file), open_file(full_file, dark=True)
    assert by_day.page.evaluate(ground) == "rgb(255, 255, 255)"
    assert by_night.page.evaluate(ground) == "rgb(20, 24, 29)"
    assert by_day.page.evaluate(bar) != by_night.page.evaluate(bar)
    by_night.page.emulate_media(media="print")
    assert by_night.page.evaluate(ground) == "rgb(255, 255, 255)"
