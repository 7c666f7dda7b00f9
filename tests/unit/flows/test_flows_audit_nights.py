"""Audits over the nights: the sample of a month stays, and what auditors found is followed until it is mended."""

from __future__ import annotations

import copy
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.cli import run as run_command
from pipeline.store.workspace import Workspace
from schemas.night import NightFacts
from tests.export_center import NUMBERS, ExportCenter
from tests.filled_worksheets import fill

AS_OF = date(2026, 11, 20)


class Center(ExportCenter):
    """A center in which people audit."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, agencies=40, seed="audited", as_of=AS_OF)

    def findings(self, rule_id: str) -> pl.DataFrame:
        return self.table("quality.finding").filter(pl.col("rule_id") == rule_id)

    def record(self, batch_id: str, say, tmp_path: Path) -> None:
        """Fill and hand in the worksheet of a batch."""
        sheet = tmp_path / f"{batch_id}-{self.count}.xlsx"
        where = ["--workspace", str(self.workspace.root)]
        assert run_command(["audit", "worksheet", batch_id, "--output", str(sheet), *where]) == 0
        fill(sheet, say, name="Ann")
        assert run_command(["audit", "record", str(sheet), *where]) == 0


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Center, NightFacts]:
    """A center after a night that drew twelve, and what the night told; tests work on copies."""
    center = Center(tmp_path_factory.mktemp("audited"))
    return center, center.night(audit={"size": 12})


@pytest.fixture
def center(first_night: tuple[Center, NightFacts], tmp_path: Path) -> Center:
    center = copy.copy(first_night[0])
    center.folder, center.rows = tmp_path, copy.deepcopy(center.rows)
    center.workspace = Workspace(Path(shutil.copytree(center.workspace.root, tmp_path / "workspace")))
    return center


def test_the_sample_of_a_month_grows_when_asked_and_the_next_month_has_its_own(
    first_night: tuple[Center, NightFacts], center: Center
) -> None:
    """Who raises the size gets it in the same month, without losing what was drawn."""
    nights = [first_night[1], center.night(audit={"size": 20})]
    nights.append(center.night(as_of=date(2026, 12, 1), audit={"size": 20}))
    figures = [(one.audit.batch_id, one.audit.size) for one in nights if one.audit is not None]
    assert [size for _, size in figures] == [12, 20, 20]
    first, larger, december = (batch_id for batch_id, _ in figures)
    assert len({first, larger, december}) == 3
    draws = center.table("auditing.draw").sort("as_of", "size")
    assert draws.select("batch_id", "extends").rows() == [(first, None), (larger, first), (december, None)]
    assert (
        center.table("auditing.automatic_score").filter(pl.col("item_id") == "completeness.mandatory").height
        == 12 + 20 + 20
    )


def test_what_an_auditor_found_is_a_finding_until_the_value_changes(
    first_night: tuple[Center, NightFacts], center: Center, tmp_path: Path
) -> None:
    """A fault that is written on a worksheet alone is forgotten."""
    facts = first_night[1]
    assert facts.audit is not None
    drawn = center.table("auditing.draw_item").sort("rank")
    own = center.table("core.agency").filter(pl.col("description").is_not_null())
    uid, number = drawn.join(own, on="record_uid", how="semi").select("record_uid", "native_id").row(0)
    wrong = ("readability.factual", "accuracy.phones")
    center.record(facts.audit.batch_id, lambda one, item: "no" if one == uid and item in wrong else "yes", tmp_path)
    batch_id = facts.audit.batch_id
    facts = center.night(audit={"size": 12})
    assert facts.audit is not None
    # An auditor at work must not find another sample on the second morning.
    assert facts.audit.batch_id == batch_id
    assert facts.audit.done == 12
    assert facts.audit.last is not None
    assert facts.audit.last.record_error_rate[0] == pytest.approx(1 / 12)
    for rule in ("AUD-024", "AUD-002"):
        found = center.findings(rule)
        assert found.select("record_uid", "status", "first_seen_on").rows() == [
            (uid, "open", AS_OF + timedelta(days=1))
        ]
        assert found["value"].item().startswith("Ann, 20")
        assert "Wrong:" in found["value"].item()
    # The record gets another number: both go with it. Then the description is rewritten.
    for row in center.rows:
        for name in NUMBERS:
            if row[name] == number:
                row[name] = "9900001"
    center.night(audit={"size": 12})
    for rule in ("AUD-024", "AUD-002"):
        still = center.findings(rule).filter(pl.col("status").is_in(["open", "reappeared"]))
        assert still["native_id"].to_list() == ["9900001"]
        assert still["record_uid"].to_list() != [uid]
    for row in center.rows:
        if row["ResourceAgencyNum"] == "9900001" and row["TaxonomyLevelName"] == "Agency":
            row["AgencyDescription"] = "An invented agency that gives food."
    center.night(audit={"size": 12})
    ended = center.findings("AUD-024").filter(pl.col("native_id") == "9900001")
    assert ended.select("status", "closed_on").rows() == [("fixed", AS_OF + timedelta(days=3))]
    assert center.findings("AUD-002").filter(pl.col("native_id") == "9900001")["closed_on"].to_list() == [None]
    stored = center.table("auditing.result").filter(
        pl.col("dimension") == "all", pl.col("measure") == "record_error_rate"
    )
    assert stored["count"].to_list() == [1.0]
    assert center.table("auditing.score").height == 12
    assert center.table("auditing.answer").height == 12 * 22
