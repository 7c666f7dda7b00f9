"""The report of a night, opened in a browser as a curator would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Opened


@pytest.fixture
def report(sample_workspace: Path) -> Path:
    """The report of the last night."""
    return sample_workspace / "reports" / "night_2026-11-20.html"


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
