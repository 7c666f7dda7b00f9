"""Findings over whole nights: what is stored, told and kept when a night is run again."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from pipeline.curate.findings import SHOWN
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from pipeline.synthesize.synthesize import synthesize
from tests.nights import MOMENT, night

DAY = MOMENT.date()


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """Three nights of one export: the first, the next day with a rule switched off, and that one once more."""
    folder = tmp_path_factory.mktemp("life")
    export = synthesize(agencies=30, seed="life", output=folder / "out", centers=1, as_of=DAY).centers[0]
    delivery = (export.center_id, export.path)
    quick = {"report": False, "export_hsds": False, "queue": False}
    off = {"rules": {"override": {"FRE-003": {"enabled": False}}}}
    later = DAY + timedelta(days=1)
    facts = [
        night(folder / "workspace", delivery, as_of=DAY, run_id="20261121T020000Z-000001", run=quick),
        night(folder / "workspace", delivery, as_of=later, run_id="20261122T020000Z-000002", run=quick, **off),
        night(
            folder / "workspace",
            delivery,
            as_of=later,
            run_id="20261122T030000Z-000003",
            run=quick | {"report": True},
            **off,
        ),
    ]
    with open_published(Workspace(folder / "workspace")) as snapshot:
        yield facts, snapshot.table("quality.finding"), snapshot.table("quality.finding_event"), folder / "workspace"


def life(facts):
    return facts.centers[0].findings_life


def test_the_history_adds_up_to_the_list(nights):
    """Trends would end where the list does not stand."""
    _, tracked, events, _ = nights
    count = dict(events["event"].value_counts().rows())
    came = sum(count.get(event, 0) for event in ("opened", "reappeared", "returned"))
    went = sum(count.get(event, 0) for event in ("fixed", "removed", "withdrawn"))
    assert came - went == tracked.filter(pl.col("status").is_in(SHOWN)).height
    assert count["opened"] == tracked.height


def test_a_rule_that_was_switched_off_fixed_nothing(nights):
    """The fix rate would praise whoever changed the settings."""
    (first, second, _), tracked, _, _ = nights
    stale = tracked.filter(pl.col("rule_id") == "FRE-003")
    assert stale.height > 0
    assert stale["status"].unique().to_list() == ["withdrawn"]
    assert life(second)["withdrawn"] >= stale.height
    assert life(second).get("fixed", 0) == 0
    assert life(first)["opened"] == life(first)["open"]


def test_a_night_that_is_run_again_writes_no_history(nights):
    """A repeated run would count everything twice."""
    (_, _, again), _, events, _ = nights
    assert set(life(again)) == {"open", "accepted_now"}
    assert events.filter(pl.col("run_id") == "20261122T030000Z-000003").is_empty()


def test_the_report_and_the_list_agree(nights):
    """The page would tell another number than the command."""
    (_, second, again), tracked, _, workspace = nights
    shown = tracked.filter(pl.col("status").is_in(SHOWN)).height
    assert life(again)["open"] == shown == sum(again.centers[0].findings.values())
    assert any(moved.rule_id == "FRE-003" and moved.other_ended for moved in second.moved_findings)
    page = (workspace / "reports" / f"night_{DAY + timedelta(days=1)}.html").read_text(encoding="utf-8")
    assert "Opened and closed since the last night" not in page, "the repeated night had nothing to tell"
