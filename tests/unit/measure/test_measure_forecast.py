from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipeline.measure.forecast import Forecast, forecast_share
from pipeline.measure.forecast_paths import group_cohorts, plan_steps, simulate_paths
from pipeline.measure.forecast_selection import age_class, estimate_selection
from pipeline.measure.pace import mark_events
from pipeline.measure.window import window_of
from schemas.enumerations import WindowKind
from schemas.forecast_parameters import AGE_LIMITS, ForecastParameters
from schemas.parameters import FreshnessRule

AS_OF = date(2026, 11, 27)
PLAIN = ForecastParameters(country="none", paths=200)


def cutoff_of(kind: WindowKind = WindowKind.ROLLING) -> Callable[[date], date]:
    return lambda day: window_of(FreshnessRule(), as_of=day, kind=kind).cutoff_on


def units_of(days: list[date | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"unit_id": [f"u{place:04}" for place in range(len(days))], "day": days},
        schema={"unit_id": pl.String, "day": pl.Date},
    )


def forecast(units: pl.DataFrame, events: pl.DataFrame | None = None, **changed: Any) -> Forecast:
    given: dict[str, Any] = {
        "as_of": AS_OF,
        "target_on": date(2026, 12, 31),
        "target_share": 0.95,
        "known_since": None,
        "cutoff": cutoff_of(),
        "parameters": PLAIN,
        "seed": "test",
    }
    known = units.filter(pl.col("day") <= given["as_of"]) if events is None else events
    return forecast_share(units, known, **(given | changed))


def test_what_is_certain_is_counted_from_the_calendar() -> None:
    """A funder would be told a floor that the calendar contradicts."""
    days = [
        date(2025, 11, 26),  # no longer counts today
        date(2025, 11, 27),  # counts today for the last time
        date(2025, 12, 30),  # stops counting the day before the target
        date(2025, 12, 31),  # counts on the target day for the last time
        date(2026, 3, 2),
        date(2026, 11, 28),  # later than today: as if blank
        None,
        *[date(2026, 6, 1)] * 13,
    ]
    found = forecast(units_of(days))
    assert (found.units, found.updated_now, found.expiring) == (20, 17, 2)
    assert found.share_without_work == 15 / 20
    # 95 % of 20 are 19.
    assert found.needed == 4
    # 28 November to 31 December 2026: 24 days from Monday to Friday, 4.8 weeks.
    assert found.needed_per_week == pytest.approx(4 / 4.8)
    assert found.share is not None
    assert 15 / 20 <= found.share.low <= found.share.central <= found.share.high <= 1


def test_path_is_weekly_and_ends_on_the_target() -> None:
    """The chart would end before the day that is asked for."""
    found = forecast(units_of([date(2026, 6, 1)] * 5), target_on=AS_OF + timedelta(days=17))
    assert (found.path.get_column("day") - AS_OF).dt.total_days().to_list() == [0, 7, 14, 17]
    assert found.path.row(0) == (AS_OF, 1.0, 1.0, 1.0, 1.0)


def test_target_on_the_next_day() -> None:
    """The shortest question there is would stop the command."""
    found = forecast(units_of([date(2025, 11, 27), date(2026, 11, 2)]), target_on=AS_OF + timedelta(days=1))
    # A Saturday: no business day is left, so no pace can be named.
    assert (found.expiring, found.needed, found.needed_per_week) == (1, 1, None)
    assert found.share is not None
    assert found.share.high == found.share_without_work == 0.5


def test_reached_without_work() -> None:
    """A center that may rest would be told to hurry."""
    found = forecast(units_of([date(2026, 6, 1)] * 20))
    assert (found.needed, found.needed_per_week, found.probability_of_target) == (0, 0.0, 1.0)


def test_holidays_shorten_what_is_left() -> None:
    """The weekly number would be too low by a week of holidays."""
    found = forecast(
        units_of([None] * 2 + [date(2026, 6, 1)] * 18), parameters=PLAIN.model_copy(update={"country": "US"})
    )
    # 24 weekdays less Christmas Day.
    assert found.needed_per_week == pytest.approx(1 / 4.6)


def test_calendar_year_begins_anew() -> None:
    """Work of December would be promised to count in January, or work of January would be missed."""
    days: list[date | None] = [date(2026, 11, 27) - timedelta(days=place * 3 % 90) for place in range(300)]
    found = forecast(
        units_of(days), target_on=date(2027, 1, 15), target_share=0.5, cutoff=cutoff_of(WindowKind.CALENDAR_YEAR)
    )
    assert found.share_now == 1.0
    assert (found.expiring, found.share_without_work) == (300, 0.0)
    assert found.needed == 150
    # 1 to 15 January 2027 hold 11 weekdays; only verifications of these days count on the 15th.
    assert found.needed_per_week == pytest.approx(150 / 2.2)
    # 300 in 90 days are 4.7 a weekday; 11 weekdays are 51, or 17 %.
    assert found.share is not None
    assert 0.1 < found.share.low < 0.17 < found.share.high < 0.25
    before = found.path.filter(pl.col("day") <= date(2026, 12, 31))
    assert before.get_column("share_low").to_list() == [1.0] * before.height


def test_nobody_verifies_so_the_floor_is_the_forecast() -> None:
    """Work would be promised that nobody does."""
    days: list[date | None] = [date(2025, 12, 1) + timedelta(days=place) for place in range(100)]
    found = forecast(units_of(days))
    assert found.share is not None
    assert found.share.low == found.share.high == found.share_without_work
    assert found.pace_per_week is not None
    assert found.pace_per_week.high == 0
    assert any("Nobody verified" in one for one in found.basis)


@pytest.mark.parametrize(("days", "word"), [([], "no counted agency"), ([None, None], "No counted agency has")])
def test_unknown_is_a_reason_not_a_number(days: list[date | None], word: str) -> None:
    """A center without dates would be told 0 %."""
    found = forecast(units_of(days))
    assert found.reason is not None
    assert word in found.reason
    assert found.share is None
    assert found.share_now is None
    assert found.needed is None
    assert found.path.is_empty()


def test_target_before_today_is_refused() -> None:
    """A slip of the pen would give a forecast of the past."""
    with pytest.raises(ValueError, match="later than"):
        forecast(units_of([AS_OF]), target_on=AS_OF)


def steady_center(*, units: int = 600, weeks: int = 160) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a center that verifies the unit that waited longest, 600 in 52 weeks; every tenth is never reached."""
    rows = []
    for week in range(weeks):
        monday = AS_OF - timedelta(days=4) - timedelta(weeks=weeks - 1 - week)
        for place in range(units // 52 + 1):
            one = (week * (units // 52 + 1) + place) % units
            rows.append((f"u{one:04}", monday + timedelta(days=place % 5)))
    events = pl.DataFrame(rows, schema={"unit_id": pl.String, "day": pl.Date}, orient="row")
    return events.group_by("unit_id").agg(pl.col("day").max()), events


def test_steady_center_stays_where_it_is() -> None:
    """A center that renews everybody within 50 weeks would be told that it falls behind."""
    units, events = steady_center()
    found = forecast(units, events, known_since=AS_OF - timedelta(weeks=110), target_on=AS_OF + timedelta(days=120))
    assert found.share is not None
    assert found.pace_per_week is not None
    assert found.pace_per_week.central == pytest.approx(12, rel=0.06)
    assert found.share_now == 1.0
    assert found.share.central > 0.97
    assert any("Months differ" in one for one in found.basis)


def test_two_years_ahead_units_expire_twice() -> None:
    """A forecast for the year after next would count a verification for ever."""
    units, events = steady_center()
    events = events.filter(pl.col("day") <= AS_OF - timedelta(weeks=0))
    found = forecast(units, events, known_since=AS_OF - timedelta(weeks=110), target_on=AS_OF + timedelta(days=730))
    assert found.share_without_work == 0.0
    assert found.needed == 570
    assert found.share is not None
    assert 0.6 < found.share.low < found.share.central <= 1


def test_basis_says_what_the_forecast_rests_on() -> None:
    """A coordinator could not tell a forecast from history from one from assumptions."""
    units, events = steady_center()
    without = forecast(units)
    assert any("from today's dates alone" in one for one in without.basis)
    assert any("is assumed" in one for one in without.basis)
    assert any("season is not used" in one for one in without.basis)
    known = forecast(units, events, known_since=AS_OF - timedelta(weeks=40))
    assert any("40 of them from the nights kept" in one for one in known.basis)
    assert all(any("not foreseen" in one for one in found.basis) for found in (without, known))


def test_mass_stamped_day_is_named_and_left_out() -> None:
    """An import would be taken for the pace of the center."""
    days: list[date | None] = [date(2026, 11, 25)] * 80 + [AS_OF - timedelta(days=7 * one) for one in range(20)]
    found = forecast(units_of(days))
    assert any("2026-11-25" in one and "80 agencies" in one for one in found.basis)
    assert found.pace_per_week is not None
    assert found.pace_per_week.central < 4


def test_age_classes_begin_on_their_month() -> None:
    """What is due would be taken for young."""
    month = 365.25 / 12 / 7
    weeks = np.array([0, 7.9 * month, 8.1 * month, 12.1 * month, 19 * month, np.inf])
    found = age_class(weeks, year_days=365)
    assert found.tolist() == [0, 0, 1, AGE_LIMITS.index(12) + 1, len(AGE_LIMITS), len(AGE_LIMITS)]


def test_selection_is_seen_in_the_history() -> None:
    """A center that works by age would be forecast as if it picked at random."""
    units, events = steady_center()
    since = AS_OF - timedelta(weeks=100)
    found = estimate_selection(
        mark_events(events, as_of=AS_OF, known_since=since),
        units,
        as_of=AS_OF,
        known_since=since,
        mass_days=[],
        year_days=365,
        parameters=PLAIN,
    )
    # Everybody is renewed after 50 weeks, which is 11.5 months: nobody earlier.
    assert found.weekly[0] < 0.001
    assert found.weekly[5:7].max() > 10 * found.weekly[3]
    assert found.seen == pytest.approx(100 * 12, abs=24)


def test_without_history_the_profile_is_assumed() -> None:
    """Three nights of history would be taken for a habit."""
    units, events = steady_center()
    since = AS_OF - timedelta(weeks=3)
    found = estimate_selection(
        mark_events(events, as_of=AS_OF, known_since=since),
        units,
        as_of=AS_OF,
        known_since=since,
        mass_days=[],
        year_days=365,
        parameters=PLAIN,
    )
    assert found.seen == 0
    assert found.weekly.tolist() == list(PLAIN.selection_weekly)


def test_work_is_done_exactly_while_there_is_something_to_do() -> None:
    """Verifications would be lost or made up on the way."""
    steps = plan_steps(as_of=AS_OF, target_on=AS_OF + timedelta(days=180), cutoff=cutoff_of())
    days = pl.Series([AS_OF - timedelta(days=place) for place in range(400)] * 3 + [None] * 20)
    cohorts = group_cohorts(days, as_of=AS_OF, cutoff_on=cutoff_of()(AS_OF), steps=steps)
    assert cohorts.size.sum() == 1220
    work = np.full((2, len(steps.days)), 20.0)
    work[1] = 0.0
    weekly = np.tile(np.linspace(0.01, 0.2, 29), (2, 1))
    paths = simulate_paths(cohorts, steps=steps, work=work, weekly=weekly, year_days=365, hardest=10.0)
    assert paths.verified[0] == pytest.approx(np.cumsum(work[0]), rel=1e-4)
    assert not paths.verified[1].any()
    without = [sum(day is not None and day >= first for day in days.to_list()) for first in steps.cutoffs]
    assert paths.counting[1].tolist() == without


def test_a_day_on_which_much_stops_counting_ends_a_step() -> None:
    """Work of the days before New Year would count in the new year."""
    steps = plan_steps(
        as_of=date(2026, 12, 28), target_on=date(2027, 1, 11), cutoff=cutoff_of(WindowKind.CALENDAR_YEAR)
    )
    assert [day.isoformat() for day in steps.days] == ["2026-12-31", "2027-01-04", "2027-01-11"]
    assert steps.is_shown.tolist() == [False, True, True]
    assert steps.lengths == (3, 4, 7)
