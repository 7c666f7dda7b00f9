"""The factor from a center's own curators, and the work that a directory shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from pipeline.measure.calibration import calibrate_factor, scaled
from pipeline.measure.sensitivity import tell_sensitivity, vary_parameters
from pipeline.measure.staffing import Band, estimate_staffing
from pipeline.measure.workload import ObservedWorkload, count_audits, count_merges, count_new_agencies, settle_workload
from schemas.complexity import Complexity
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.errors import UsageError
from schemas.staffing_parameters import StaffingParameters
from tests.unit.measure.test_measure_staffing import bundles

CENTRAL = StaffingParameters()


@pytest.mark.parametrize(
    ("agencies", "fte", "share", "factor", "whole"),
    [(3200, 4, 0.93, 1.282, 4.30), (5000, 4, 0.98, 0.779, 4.08)],
    ids=["Metro Chicago", "Southwestern Illinois"],
)
def test_the_published_profiles_give_their_printed_factors(
    agencies: int, fte: float, share: float, factor: float, whole: float
) -> None:
    frame = bundles(agencies, 5, 2)
    found = calibrate_factor(frame, parameters=CENTRAL, actual_fte=fte, updated_share=share)
    assert round(found.factor, 3) == factor
    assert not found.is_doubtful
    assert round(scaled(estimate_staffing(frame, parameters=CENTRAL).fte, found.factor).central, 2) == whole


@pytest.mark.parametrize(("fte", "is_doubtful"), [(1.6, True), (2.0, False), (6.0, False), (7.0, True)])
def test_a_factor_far_from_one_is_doubted(fte: float, is_doubtful: bool) -> None:
    found = calibrate_factor(bundles(3200, 5, 2), parameters=CENTRAL, actual_fte=fte, updated_share=1.0)
    assert found.is_doubtful is is_doubtful


@pytest.mark.parametrize(
    ("fte", "share"),
    [(0, 0.9), (-1, 0.9), (float("nan"), 0.9), (float("inf"), 0.9), (4, 0), (4, 1.2), (4, float("nan"))],
)
def test_numbers_out_of_range_are_refused(fte: float, share: float) -> None:
    with pytest.raises(UsageError):
        calibrate_factor(bundles(10, 5, 2), parameters=CENTRAL, actual_fte=fte, updated_share=share)


def test_a_directory_without_work_cannot_be_calibrated_from() -> None:
    with pytest.raises(UsageError, match="nothing to calibrate from"):
        calibrate_factor(empty_table(Complexity), parameters=CENTRAL, actual_fte=4, updated_share=1)


def test_a_scaled_band_keeps_its_order() -> None:
    assert scaled(Band(low=1, central=2, high=4), 1.5) == Band(low=1.5, central=3, high=6)


def test_what_is_observed_takes_its_place() -> None:
    wanted = StaffingParameters(new_agencies="observed", audits="observed", merges=7)
    settled, notes = settle_workload(wanted, observed=ObservedWorkload(new_agencies=40, audits=384, merges=20))
    assert (settled.new_agencies, settled.audits, settled.merges) == (40, 384, 7)
    assert notes == ()
    workings = estimate_staffing(bundles(1, 1, 1), parameters=settled).workings
    hours = dict(workings.select("part", "hours_central").rows())
    assert (hours["new_agencies"], hours["audits"], hours["merges"]) == (80, 192, 3.5)


def test_what_cannot_be_observed_is_told_and_counts_nothing() -> None:
    settled, (note,) = settle_workload(StaffingParameters(new_agencies="observed"), observed=ObservedWorkload())
    assert settled.new_agencies == 0
    assert "cannot be seen" in note


def test_work_that_is_left_out_is_told_with_how_to_put_it_in() -> None:
    _, (note,) = settle_workload(CENTRAL, observed=ObservedWorkload(audits=384, merges=0))
    assert "about 384 audited records a year" in note
    assert "audits = 384" in note
    _, (single,) = settle_workload(CENTRAL, observed=ObservedWorkload(merges=1))
    assert "about 1 merged duplicate, as" in single


def test_new_agencies_are_those_of_the_last_twelve_months(directory_of: Callable[..., Directory]) -> None:
    days = [date(2025, 11, 20), date(2025, 11, 21), date(2026, 11, 20), date(2026, 11, 21), None]
    directory = directory_of(
        agency=[{"record_uid": f"a{place}", "created_on": day} for place, day in enumerate(days)]
        + [{"record_uid": "z", "created_on": date(2026, 5, 1), "not_counted_reason": "inactive"}]
    )
    assert count_new_agencies(directory, as_of=date(2026, 11, 20)) == 2
    assert count_new_agencies(directory_of(agency=[{"record_uid": "a"}]), as_of=date(2026, 11, 20)) is None


def test_merges_are_likely_pairs_that_wait_and_pairs_called_one() -> None:
    states = pl.DataFrame(
        [
            ("p1", "open", None),
            ("p2", "open", None),
            ("p3", "decided", "same"),
            ("p4", "decided", "different"),
            ("p5", "dormant", "same"),
            ("p6", "reopened", "same"),
        ],
        schema=["pair_id", "standing", "verdict"],
        orient="row",
    )
    scored = pl.DataFrame({"pair_id": ["p1", "p2", "p3", "p6"], "band": ["duplicate", "possible"] + ["duplicate"] * 2})
    assert count_merges(states, scored) == 3
    assert count_audits(32) == 384


def test_shares_of_channels_are_the_whole() -> None:
    mixed = StaffingParameters(channel_shares={"portal": 0.4, "calling": 0.6})
    assert mixed.effective_channel == pytest.approx(0.4 * 0.8 + 0.6 * 1.3)
    with pytest.raises(ValueError, match=r"add up to 0\.9"):
        StaffingParameters(channel_shares={"portal": 0.4, "calling": 0.5})
    with pytest.raises(ValueError, match="no factor for calling"):
        StaffingParameters(channel_shares={"calling": 1}, channel_factors={"portal": 0.8})


def test_moving_the_channel_overrides_the_shares() -> None:
    mixed = StaffingParameters(channel_shares={"portal": 1.0})
    row = vary_parameters(bundles(3200, 5, 2), parameters=mixed).filter(pl.col("parameter") == "channel_factor")
    assert round(row["high_fte"][0], 2) == 4.36


def test_the_assumption_that_matters_most_is_named() -> None:
    told = tell_sensitivity(vary_parameters(bundles(3200, 5, 2), parameters=CENTRAL))
    assert told.startswith("What matters most is channel_factor: between 0.8 and 1.3 it alone moves")
    assert "2.68 to 4.36 FTE" in told
    assert "nothing to keep up" in tell_sensitivity(vary_parameters(empty_table(Complexity), parameters=CENTRAL))


def test_every_number_of_the_model_tells_its_unit_and_where_it_is_from() -> None:
    rows = {row.name: row for row in CENTRAL.rows()}
    assert all(row.unit and row.basis for row in rows.values())
    assert rows["service_minutes"].basis == "assumption"
    assert "POMS" in rows["productive_hours"].basis
    numbers = {
        name
        for name, value in CENTRAL
        if isinstance(value, int | float) or (isinstance(value, tuple) and len(value) == 3)
    }
    assert numbers - set(rows) == {"tier_services", "tier_sites"}
