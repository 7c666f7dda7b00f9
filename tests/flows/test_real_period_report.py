"""The report of a quarter over a real export: what is known about it must come out."""

from __future__ import annotations

from datetime import date

import pytest

from flows.period_facts import period_facts, scope_of
from flows.period_ground import read_period
from flows.settings import load_settings
from pipeline.measure.periods import period_named
from pipeline.publish.period_document import period_document
from pipeline.store.workspace import Workspace
from tests.nights import night

pytestmark = pytest.mark.real_data

FIRST, LAST = date(2014, 3, 31), date(2014, 4, 9)


@pytest.fixture(scope="module")
def quarter(shared, tmp_path_factory):
    """Two nights of one export, the second in the quarter that follows."""
    workspace = tmp_path_factory.mktemp("dc211") / "workspace"
    export = shared / "data" / "dc211" / "dc211_export.csv"
    for as_of in (FIRST, LAST):
        night(
            workspace, ("dc211", export), as_of=as_of, run_id=f"{as_of:%Y%m%d}", run={"report": False, "export_hsds": False}
        )  # fmt: skip
    ground = read_period(
        load_settings(None, workspace=workspace),
        place=Workspace(workspace),
        period=period_named("2014-Q2", fiscal_month=7),
        day=LAST,
    )
    return period_facts(ground, scope_of(ground))


def test_an_export_that_stays_the_same_changes_nothing(quarter):
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


def test_the_document_tells_the_quarter_to_date(quarter):
    document = period_document(quarter)
    assert document.subtitle == "dc211. Quarter 2 of 2014 (April to June), to date (9 April 2014)."
    assert document.warnings == ()
    assert 4 <= len(document.summary) <= 6
