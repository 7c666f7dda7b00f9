"""The two published profiles that tell both sizes and curators, held against the model to the printed digits."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pipeline.measure.calibration import calibrate_factor, scaled
from pipeline.measure.complexity import update_minutes
from pipeline.measure.sensitivity import vary_parameters
from pipeline.measure.staffing import BAND, estimate_staffing
from schemas.staffing_parameters import StaffingParameters
from tests.unit.measure.test_measure_staffing import bundles

CENTRAL = StaffingParameters()


@dataclass(frozen=True)
class Profile:
    """What a profile says of a center."""

    agencies: int
    programs: int
    fte: float
    updated: float


METRO = Profile(3200, 16_000, 4, 0.93)
SOUTHWESTERN = Profile(5000, 25_000, 4, 0.98)


def minutes_available(profile: Profile, *, direct: float = 1.0, updated: float = 1.0) -> float:
    """Minutes a year that the curators at work have for each bundle."""
    return profile.fte * CENTRAL.productive_hours * direct * 60 / (profile.agencies * updated)


@pytest.mark.parametrize(
    ("profile", "printed"),
    [(METRO, (5.0, 800, 4000, 133.2, 93.2, 100.3)), (SOUTHWESTERN, (5.0, 1250, 6250, 85.2, 59.7, 60.9))],
    ids=["Metro Chicago", "Southwestern Illinois"],
)
def test_what_the_profiles_say(profile: Profile, printed: tuple[float, ...]) -> None:
    direct = CENTRAL.direct_share
    assert (
        round(profile.programs / profile.agencies, 1),
        round(profile.agencies / profile.fte),
        round(profile.programs / profile.fte),
        round(minutes_available(profile), 1),
        round(minutes_available(profile, direct=direct), 1),
        round(minutes_available(profile, direct=direct, updated=profile.updated), 1),
    ) == printed
    assert round(CENTRAL.direct_hours, 1) == 1243.2


@pytest.mark.parametrize(
    ("profile", "hours", "fte", "to_profile", "by_sites", "really", "factor"),
    [
        (METRO, 4170.7, (2.34, 3.35, 4.59), 0.84, (3.16, 3.55), 3.12, 1.282),
        (SOUTHWESTERN, 6516.7, (3.66, 5.24, 7.17), 1.31, (4.93, 5.55), 5.14, 0.779),
    ],
    ids=["Metro Chicago", "Southwestern Illinois"],
)
def test_what_the_model_says_of_them(profile, hours, fte, to_profile, by_sites, really, factor) -> None:
    frame = bundles(profile.agencies, 5, 2)
    assert [frame.select(update_minutes(CENTRAL, place=place)).item(0, 0) for place in range(3)] == [47.5, 68, 93]
    found = estimate_staffing(frame, parameters=CENTRAL)
    assert round(found.hours.central, 1) == hours
    assert tuple(round(getattr(found.fte, name), 2) for name in BAND) == fte
    assert found.fte.low <= profile.fte <= found.fte.high
    assert round(found.fte.central / profile.fte, 2) == to_profile
    others = [estimate_staffing(bundles(profile.agencies, 5, sites), parameters=CENTRAL) for sites in (1, 3)]
    assert tuple(round(one.fte.central, 2) for one in others) == by_sites
    covered = CENTRAL.model_copy(update={"target_coverage": profile.updated})
    assert round(estimate_staffing(frame, parameters=covered).fte.central, 2) == really
    calibration = calibrate_factor(frame, parameters=CENTRAL, actual_fte=profile.fte, updated_share=profile.updated)
    assert round(calibration.factor, 3) == factor


def test_both_profiles_together_are_the_sum() -> None:
    """No model by size alone can fit both: the larger one is kept by as many curators."""
    both = [bundles(one.agencies, 5, 2, center=str(one.agencies)) for one in (METRO, SOUTHWESTERN)]
    factors = [
        calibrate_factor(frame, parameters=CENTRAL, actual_fte=one.fte, updated_share=one.updated).factor
        for frame, one in zip(both, (METRO, SOUTHWESTERN), strict=True)
    ]
    assert factors[0] > 1 > factors[1]
    wanted = [
        scaled(estimate_staffing(f, parameters=CENTRAL).fte, k).central for f, k in zip(both, factors, strict=True)
    ]
    assert [round(fte, 2) for fte in wanted] == [4.30, 4.08]


def test_the_sensitivity_table_to_the_printed_digits() -> None:
    varied = {row["parameter"]: row for row in vary_parameters(bundles(3200, 5, 2), parameters=CENTRAL).to_dicts()}
    printed = {
        "service_minutes": (2.74, 4.10),
        "channel_factor": (2.68, 4.36),
        "direct_share": (2.76, 3.91),
        "agency_minutes": (3.06, 3.75),
        "interim_share": (3.06, 3.79),
        "target_coverage": (2.85, 3.35),
        "productive_hours": (3.35, 3.72),
        "site_minutes": (3.26, 3.45),
    }
    for name, ends in printed.items():
        # 4.0948 is printed as 4.10 there: half a hundredth more than rounding allows.
        assert (varied[name]["low_fte"], varied[name]["high_fte"]) == pytest.approx(ends, abs=0.0055), name
