"""The report of a night, opened in a browser as a curator would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.browser.conftest import Opened
from tests.nights import night


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> Path:
    """The report of a night over the two invented centers."""
    workspace = tmp_path_factory.mktemp("night") / "workspace"
    night(
        workspace,
        ("prairie211", sample_data / "prairie211" / "2026-11-20"),
        ("riverbend211", sample_data / "riverbend211"),
        as_of=date(2026, 11, 20),
    )
    return workspace / "reports" / "night_2026-11-20.html"


@pytest.mark.parametrize("dark", [False, True])
def test_night_report_opens_without_a_request_or_a_barrier(
    open_file: Callable[..., Opened], report: Path, dark: bool
) -> None:
    opened = open_file(report, dark=dark)
    assert opened.refused == []
    assert opened.complaints == []
    assert opened.violations() == []


def test_night_report_fits_a_phone(open_file: Callable[..., Opened], report: Path) -> None:
    assert not open_file(report, width=320).is_wider_than_screen()
