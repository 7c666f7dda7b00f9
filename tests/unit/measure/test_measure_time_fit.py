"""Minutes drawn from time logs whose minutes are known, and logs that cannot tell them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from benchmarks.simulated_time_log import LogKind, simulate_log
from pipeline.measure.time_fit import TimeFit, fit_minutes
from schemas.staffing_parameters import MINUTE_PARTS, StaffingParameters
from schemas.time_fit_parameters import TimeFitParameters

OTHERS = {"agency": 30.0, "service": 5.0, "site": 7.0, "service_at_site": 3.0, "term": 1.0, "language": 6.0}


def fit_of(kind: LogKind, *, seed: int = 0) -> TimeFit:
    updates, complexity = simulate_log(kind, seed=seed)
    return fit_minutes(updates, complexity, parameters=StaffingParameters(), rule=TimeFitParameters())


def holds(fit: TimeFit, kind: LogKind) -> bool:
    """Whether all intervals together hold the true minutes."""
    return all(one.low <= kind.minutes[one.part] <= one.high for one in fit.parts if one.reason is None)


@pytest.mark.parametrize(
    "kind",
    [
        LogKind(name="few"),
        LogKind(name="many", updates=400),
        LogKind(name="other minutes than assumed", updates=300, minutes=OTHERS),
    ],
    ids=lambda kind: kind.name,
)
def test_known_minutes_are_recovered_in_ninety_of_a_hundred_logs(kind: LogKind) -> None:
    """All intervals of a fit together, not each for itself."""
    fits = [fit_of(kind, seed=seed) for seed in range(100)]
    told = [fit for fit in fits if fit.refusal is None]
    assert len(told) >= 95
    assert sum(holds(fit, kind) for fit in told) >= 0.9 * len(told)


def test_a_long_log_tells_every_part_but_the_smallest() -> None:
    fit = fit_of(LogKind(name="long", updates=3000), seed=3)
    told = {one.part: one.estimate for one in fit.parts if one.reason is None}
    assert set(told) >= {"agency", "service", "site", "service_at_site", "language"}
    for part, minutes in (("agency", 20), ("service", 8), ("site", 4), ("service_at_site", 2), ("language", 4)):
        assert told[part] == pytest.approx(minutes, rel=0.2)
    assert fit.scatter == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("sites", ["services", "nearly"])
def test_services_and_sites_that_move_together_are_not_told_apart(sites: str) -> None:
    fit = fit_of(LogKind(name="together", updates=400, sites=sites))
    assert fit.refusal is not None
    assert "move together" in fit.refusal
    assert fit.parts == ()


def test_a_few_giants_do_not_tell_services_from_sites() -> None:
    """Two large agencies can make a difference seem to be there that none of the others shows."""
    updates, complexity = simulate_log(LogKind(name="giants", updates=300, sites="services"), seed=1)
    giant = pl.col("record_uid").is_in(["agency 0", "agency 1"])
    skewed = complexity.with_columns(
        site_count=pl.when(giant).then(400).otherwise("site_count").cast(pl.Int64),
        service_count=pl.when(giant).then(1).otherwise("service_count").cast(pl.Int64),
    )
    fit = fit_minutes(updates, skewed, parameters=StaffingParameters(), rule=TimeFitParameters())
    assert fit.refusal is not None
    assert "without the largest agencies" in fit.refusal


def test_agencies_with_as_many_services_each_tell_nothing_about_a_service() -> None:
    updates, complexity = simulate_log(LogKind(name="alike"), seed=1)
    alike = complexity.with_columns(service_count=pl.lit(5, dtype=pl.Int64))
    fit = fit_minutes(updates, alike, parameters=StaffingParameters(), rule=TimeFitParameters())
    assert fit.refusal is not None
    assert "All agencies of the log have 5 services" in fit.refusal


def test_a_short_log_is_refused_with_its_size() -> None:
    fit = fit_of(LogKind(name="short", updates=99))
    assert fit.refusal == "The log holds 99 different agencies; 100 are needed."
    assert fit.size.updates == 99


def test_many_updates_of_few_agencies_are_few_agencies() -> None:
    updates, complexity = simulate_log(LogKind(name="again", updates=60), seed=1)
    again = pl.concat([updates] * 5)
    fit = fit_minutes(again, complexity, parameters=StaffingParameters(), rule=TimeFitParameters())
    assert fit.refusal is not None
    assert "60 different agencies" in fit.refusal


def test_writing_every_update_twice_makes_nothing_more_certain() -> None:
    """Updates of one agency are one draw: copied lines must not narrow an interval."""
    updates, complexity = simulate_log(LogKind(name="once", updates=300), seed=2)
    once, twice = (
        fit_minutes(frame, complexity, parameters=StaffingParameters(), rule=TimeFitParameters())
        for frame in (updates, pl.concat([updates, updates]))
    )
    for one, other in zip(once.parts, twice.parts, strict=True):
        assert other.estimate == pytest.approx(one.estimate, rel=1e-4)
        assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.05)


def test_a_part_that_hardly_occurs_keeps_what_is_assumed_and_says_so() -> None:
    updates, complexity = simulate_log(LogKind(name="plain", updates=300), seed=5)
    plain = complexity.with_columns(extra_version_count=pl.lit(0, dtype=pl.Int64))
    fit = fit_minutes(updates, plain, parameters=StaffingParameters(), rule=TimeFitParameters())
    (language,) = [one for one in fit.parts if one.part == "language"]
    assert (language.low, language.estimate, language.high) == (2, 4, 6)
    assert language.reason == "only 0 updates have any; 20 are needed"


def test_what_is_assumed_of_one_part_widens_the_others() -> None:
    updates, complexity = simulate_log(LogKind(name="assumed", updates=300), seed=5)
    rule = TimeFitParameters()
    narrow = StaffingParameters(site_minutes=(4, 4, 4), term_minutes=(0.5, 0.5, 0.5))
    wide = StaffingParameters(site_minutes=(0, 4, 40), term_minutes=(0, 0.5, 30))
    one, other = (fit_minutes(updates, complexity, parameters=p, rule=rule) for p in (narrow, wide))
    assert other.parts[0].low <= one.parts[0].low
    assert other.parts[1].low < one.parts[1].low


def test_paces_of_curators_are_taken_out() -> None:
    """One takes twice as long as the other: what is left is the time of the average update."""
    kind = LogKind(name="two", updates=600, curators=1, scatter=0.2)
    updates, complexity = simulate_log(kind, seed=4)
    number = pl.int_range(pl.len())
    slow = (number % 2) == 0
    paced = updates.with_columns(
        minutes=pl.when(slow).then(pl.col("minutes") * 4 / 3).otherwise(pl.col("minutes") * 2 / 3),
        curator=pl.when(slow).then(pl.lit("slow")).otherwise(pl.lit("quick")),
    )
    fit = fit_minutes(paced, complexity, parameters=StaffingParameters(), rule=TimeFitParameters())
    assert fit.refusal is None
    assert fit.parts[1].estimate == pytest.approx(8, rel=0.1)
    assert fit.scatter == pytest.approx(0.2, abs=0.06)
    assert holds(fit, kind)


def test_a_single_writer_and_a_timer_left_running_are_told() -> None:
    updates, complexity = simulate_log(LogKind(name="one", curators=1), seed=1)
    longest = updates.with_columns(
        minutes=pl.when(pl.col("agency_uid") == "agency 7").then(5000.0).otherwise("minutes")
    )
    fit = fit_minutes(longest, complexity, parameters=StaffingParameters(), rule=TimeFitParameters())
    assert any("One curator wrote the log" in note for note in fit.notes)
    assert any("5,000 minutes on 2026-03-02" in note for note in fit.notes)


def test_the_minutes_fit_the_model() -> None:
    fit = fit_of(LogKind(name="model", updates=300), seed=6)
    fitted = StaffingParameters(**fit.minutes())
    assert [fitted.minutes(part)[1] for part in MINUTE_PARTS] == [one.estimate for one in fit.parts]
    assert all(one.low <= one.estimate <= one.high for one in fit.parts)


def test_the_order_of_the_updates_does_not_matter() -> None:
    updates, complexity = simulate_log(LogKind(name="order", updates=200), seed=7)
    rule = TimeFitParameters()
    one, other = (
        fit_minutes(frame, complexity, parameters=StaffingParameters(), rule=rule)
        for frame in (updates, updates.reverse())
    )
    assert [part.estimate for part in one.parts] == pytest.approx([part.estimate for part in other.parts], rel=1e-4)
    assert replace(one, parts=(), scatter=None) == replace(other, parts=(), scatter=None)
