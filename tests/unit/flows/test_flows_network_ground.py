"""A center of a night as a summary: judged on its own day, unknown never 0, faults of the settings told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.network_ground import NightGround, summarize_centers
from flows.settings import CenterSettings, Resolved, Settings
from schemas.contract import empty_table
from schemas.errors import InputError
from schemas.matching import ScoredPair
from schemas.quality import TrackedFinding
from schemas.verdicts import PairState
from tests.builders import directory, row
from tests.network_summaries import STATE

TODAY, BEFORE = date(2026, 11, 20), date(2026, 10, 1)


def night(agencies: list[pl.DataFrame], **centers: date) -> NightGround:
    return NightGround(
        run_id="run",
        as_of=TODAY,
        directory=directory(agency=agencies),
        findings=empty_table(TrackedFinding),
        scored=empty_table(ScoredPair),
        states=empty_table(PairState),
        centers=centers,
    )


def told(ground: NightGround, *centers: CenterSettings) -> dict:
    resolved = Resolved(settings=Settings(centers=centers), base=Path(), source=None)
    found = summarize_centers(resolved, night=ground, center_ids=list(ground.centers), state=STATE)
    return {one.summary.center_id: one.summary for one in found}


def test_a_center_is_judged_on_the_day_of_its_own_data():
    """What was verified within the year of the last export does not grow old because no newer export came."""
    verified = {"verified_on": date(2025, 10, 15)}
    agencies = [row("agency", center_id="a", **verified), row("agency", center_id="b", **verified)]
    summaries = told(night(agencies, a=TODAY, b=BEFORE))
    assert (summaries["a"].as_of, summaries["b"].as_of) == (TODAY, BEFORE)
    assert summaries["a"].shares.complete_agency_update.numerator == 0
    assert summaries["b"].shares.complete_agency_update.numerator == 1
    assert summaries["b"].cutoff_on == date(2025, 10, 1)


def test_centers_of_one_day_do_not_change_each_other():
    agencies = [row("agency", center_id=center, verified_on=day) for center, day in (("a", TODAY), ("b", None))]
    both = told(night(agencies, a=TODAY, b=TODAY))
    assert both["a"] == told(night(agencies[:1], a=TODAY))["a"]
    assert both["b"] == told(night(agencies[1:], b=TODAY))["b"]
    assert both["b"].shares.complete_agency_update.numerator is None


def test_a_center_without_records_is_not_known_and_not_zero():
    empty = told(night([row("agency", center_id="a")], a=TODAY, b=TODAY))["b"]
    assert empty.shares.complete_agency_update.numerator is None
    assert empty.shares.complete_agency_update.reason == "The export holds no record."
    assert (empty.counted.total, empty.staffing.curator_fte, empty.counties) == (0, None, None)


def test_records_that_do_not_count_are_in_no_figure():
    agencies = [
        row("agency", "1", center_id="a"),
        row("agency", "2", center_id="a", is_counted=False, not_counted_reason="other_owner", record_owner="B"),
    ]
    summary = told(night(agencies, a=TODAY))["a"]
    assert (summary.counted.agency, summary.shares.complete_agency_update.denominator) == (1, 1)


def test_settings_are_taken_over():
    ground = night([row("agency", center_id="a")], a=TODAY)
    center = CenterSettings(id="a", name="Alpha", curator_fte=3, certified_share=0, counties=("Cook",))
    summary = told(ground, center)["a"]
    assert (summary.center_name, summary.staffing.curator_fte, summary.staffing.certified_share) == ("Alpha", 3.0, 0.0)
    assert (summary.counties, summary.counties_from) == (("Cook",), "settings")
    low, central, high = (getattr(summary.staffing.estimated_fte, end) for end in ("low", "central", "high"))
    assert 0 < low < central < high


def test_settings_that_do_not_fit_are_told_with_their_key():
    ground = night([row("agency", center_id="a")], a=TODAY)
    with pytest.raises(InputError, match=r"counties.1: must have at most 80 characters"):
        told(ground, CenterSettings(id="a", counties=("x" * 81,)))
