"""The pages of a night and of a quarter, opened in a browser as a curator, a coordinator and a board member would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from flows.cli import run
from flows.period_facts import period_facts, scope_of
from flows.period_ground import read_period
from flows.settings import load_settings
from pipeline.measure.periods import period_named
from pipeline.publish.period_document import period_document
from pipeline.store.workspace import Workspace
from schemas.period_facts import PeriodFacts
from tests.browser.conftest import Opened
from tests.dc211_nights import LAST, copy_of, dc211_nights
from tests.nights import night


def _report(workspace: Path, *words: str) -> Path:
    page = workspace.parent / "report.html"
    assert run(["report", "--period", "quarter", "--output", str(page), "--workspace", str(workspace), *words]) == 0
    return page


@pytest.fixture(scope="module")
def sample_workspace(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> Path:
    """Two nights, seven weeks apart; the second of the invented centers joins with the second night."""
    workspace = tmp_path_factory.mktemp("sample") / "workspace"
    prairie, riverbend = sample_data / "prairie211", sample_data / "riverbend211"
    nights = (
        (date(2026, 9, 30), [("prairie211", prairie / "2026-11-19")]),
        (date(2026, 11, 20), [("prairie211", prairie / "2026-11-20"), ("riverbend211", riverbend)]),
    )
    for place, (as_of, deliveries) in enumerate(nights):
        night(
            workspace,
            *deliveries,
            as_of=as_of,
            run_id=f"{as_of:%Y%m%d}T020000Z-00000{place}",
            run={"report": place == 1, "export_hsds": False, "queue": False},
        )
    return workspace


@pytest.fixture(scope="module")
def sample(sample_workspace: Path) -> Path:
    """The quarter over the invented centers."""
    return _report(sample_workspace)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """Two nights of one real export, the second in the quarter that follows: the workspace."""
    return copy_of(dc211_nights(tmp_path_factory, shared).workspace, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def real_page(real: Path) -> Path:
    """The quarter over the real export."""
    return _report(real)


@pytest.fixture(scope="module")
def quarter(real: Path) -> PeriodFacts:
    """What is known of that quarter."""
    ground = read_period(
        load_settings(None, workspace=real),
        place=Workspace(real),
        period=period_named("2014-Q2", fiscal_month=7),
        day=LAST,
    )
    return period_facts(ground, scope_of(ground))


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
    open_file: Callable[..., Opened], real_page: Path, width: int
) -> None:
    opened = open_file(real_page, width=width)
    assert opened.refused == []
    assert opened.complaints == []
    assert opened.violations() == []
    assert not opened.is_wider_than_screen()


@pytest.mark.real_data
def test_an_export_that_stays_the_same_changes_nothing(quarter: PeriodFacts) -> None:
    """Of 2,132 rows some count and the others say why not; nothing was added, and only time moves findings."""
    counted = sum(count.now for count in quarter.records.counted)
    left_out = sum(row.rows for row in quarter.records.left_out if row.reason != "derived")
    assert counted + left_out == 2132
    assert [count.now for count in quarter.records.counted] == [count.before for count in quarter.records.counted]
    assert all(row.added == row.changed == row.removed == 0 for row in quarter.records.changes)
    assert quarter.findings.is_balanced
    assert quarter.findings.total.first_found == 0
    moved = {family.value for family in quarter.findings.by_family if family.opened or family.fixed}
    assert moved <= {"FRE", "ID"}


@pytest.mark.real_data
def test_the_document_tells_the_quarter_to_date(quarter: PeriodFacts) -> None:
    document = period_document(quarter)
    assert document.subtitle == "dc211. Quarter 2 of 2014 (April to June), to date (9 April 2014)."
    assert document.warnings == ()
    assert 4 <= len(document.summary) <= 6


@pytest.fixture
def night_page(sample_workspace: Path) -> Path:
    """The report of the last night."""
    return sample_workspace / "reports" / "night_2026-11-20.html"


@pytest.mark.parametrize("dark", [False, True])
def test_night_report_opens_without_a_request_or_a_barrier(
    open_file: Callable[..., Opened], night_page: Path, dark: bool
) -> None:
    opened = open_file(night_page, dark=dark)
    assert opened.refused == []
    assert opened.complaints == []
    assert opened.violations() == []


def test_night_report_fits_a_phone(open_file: Callable[..., Opened], night_page: Path) -> None:
    assert not open_file(night_page, width=320).is_wider_than_screen()
