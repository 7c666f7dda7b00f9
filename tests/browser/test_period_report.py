"""The report of a quarter, opened in a browser as a coordinator and a board member would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from flows.cli import run
from tests.browser.conftest import Opened
from tests.nights import night


def _report(workspace: Path, *words: str) -> Path:
    page = workspace.parent / "report.html"
    assert run(["report", "--period", "quarter", "--output", str(page), "--workspace", str(workspace), *words]) == 0
    return page


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> Path:
    """The quarter of two nights over the invented centers."""
    workspace = tmp_path_factory.mktemp("quarter") / "workspace"
    for place, (folder, as_of) in enumerate((("2026-11-19", date(2026, 9, 30)), ("2026-11-20", date(2026, 11, 20)))):
        night(
            workspace,
            ("prairie211", sample_data / "prairie211" / folder),
            ("riverbend211", sample_data / "riverbend211"),
            as_of=as_of,
            run_id=f"{as_of:%Y%m%d}T020000Z-00000{place}",
            run={"report": False, "export_hsds": False},
        )
    return _report(workspace)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """The quarter of one night over a real export."""
    workspace = tmp_path_factory.mktemp("real") / "workspace"
    export = shared / "data" / "dc211" / "dc211_export.csv"
    night(workspace, ("dc211", export), as_of=date(2014, 4, 9), run={"report": False, "export_hsds": False})
    return _report(workspace)


@pytest.mark.parametrize("dark", [False, True])
def test_the_report_opens_without_a_request_or_a_barrier(
    open_file: Callable[..., Opened], sample: Path, dark: bool
) -> None:
    opened = open_file(sample, dark=dark)
    assert opened.refused == []
    assert opened.complaints == []
    assert opened.violations() == []
    assert opened.page.locator("svg").count() >= 4
    assert "Quarterly report" in opened.page.title()


def test_the_report_fits_a_phone(open_file: Callable[..., Opened], sample: Path) -> None:
    assert not open_file(sample, width=320).is_wider_than_screen()


@pytest.mark.real_data
@pytest.mark.parametrize("width", [320, 1280])
def test_the_report_of_a_real_directory_opens_without_a_barrier(
    open_file: Callable[..., Opened], real: Path, width: int
) -> None:
    opened = open_file(real, width=width)
    assert opened.refused == []
    assert opened.complaints == []
    assert opened.violations() == []
    assert not opened.is_wider_than_screen()
