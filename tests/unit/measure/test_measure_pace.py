from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.measure.business_days import describe_calendar, list_business_days
from pipeline.measure.forecast import with_overwritten
from pipeline.measure.forecast_selection import share_kept
from pipeline.measure.pace import WeeklyPace, count_weeks, mark_events, month_shares
from pipeline.measure.pace_level import draw_paces, fit_pace, month_factors
from schemas.forecast_parameters import ForecastParameters

AS_OF = date(2026, 11, 27)
PLAIN = ForecastParameters(country="none")


def events(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["unit_id", "day"], orient="row").with_columns(pl.col("day").str.to_date())


def count(
    frame: pl.DataFrame,
    *,
    known_since: date = AS_OF,
    units: int = 100,
    never: int = 0,
    parameters: ForecastParameters = PLAIN,
) -> WeeklyPace:
    calendar = list_business_days(date(2020, 1, 1), AS_OF, parameters=parameters)
    return count_weeks(
        mark_events(frame, as_of=AS_OF, known_since=known_since),
        unit_count=units,
        never_count=never,
        as_of=AS_OF,
        known_since=known_since,
        calendar=calendar,
        parameters=parameters,
    )


@pytest.mark.parametrize(
    ("parameters", "first_on", "last_on", "expected"),
    [
        # Thanksgiving is Thursday the 26th; the day after is open in the whole country and closed in Texas.
        (ForecastParameters(), "2026-11-23", "2026-11-29", 4),
        (ForecastParameters(subdivision="TX"), "2026-11-23", "2026-11-29", 3),
        (PLAIN, "2026-11-23", "2026-11-29", 5),
        # Independence Day 2026 is a Saturday, observed on Friday.
        (ForecastParameters(), "2026-06-29", "2026-07-05", 4),
        # Canada gives thanks in October.
        (ForecastParameters(country="CA", subdivision="ON"), "2026-10-12", "2026-10-16", 4),
        (ForecastParameters(extra_days_off=(date(2026, 12, 28), date(2026, 12, 29))), "2026-12-28", "2027-01-03", 2),
        (PLAIN, "2026-11-28", "2026-11-29", 0),
    ],
)
def test_business_days_of_a_week(parameters: ForecastParameters, first_on: str, last_on: str, expected: int) -> None:
    """A week of holidays would look like a slump, or be promised as a full one."""
    start, end = date.fromisoformat(first_on), date.fromisoformat(last_on)
    assert list_business_days(start, end, parameters=parameters).between(start, end) == expected


def test_new_year_on_a_saturday_closes_the_last_day_of_the_year() -> None:
    """The last working day before a report would be counted that nobody works."""
    last = date(2027, 12, 31)
    assert not list_business_days(last, last, parameters=ForecastParameters()).on(last)


def test_days_before_the_range_are_none() -> None:
    """A range that is over would count backwards."""
    calendar = list_business_days(AS_OF, AS_OF, parameters=PLAIN)
    assert calendar.between(AS_OF + timedelta(days=1), AS_OF) == 0


@pytest.mark.parametrize(("country", "subdivision"), [("US", "ON"), ("CA", "IL"), ("none", "IL"), ("US", "Illinois")])
def test_unknown_state_is_refused(country: str, subdivision: str) -> None:
    """A slip of the pen would quietly give the holidays of the whole country."""
    with pytest.raises(ValidationError, match=subdivision):
        ForecastParameters(country=country, subdivision=subdivision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"yearly_drift": (0.1, 0.2), "drift_weights": (1.0,)},
        {"yearly_drift": (0.1,), "drift_weights": (0.0,)},
        {"yearly_drift": (-0.1,), "drift_weights": (1.0,)},
        {"selection_weekly": (0.1, 0.2)},
    ],
)
def test_lists_that_do_not_fit_together_are_refused(wrong: dict[str, tuple[float, ...]]) -> None:
    """The night would stop in the middle of a forecast with a message about arrays."""
    with pytest.raises(ValidationError):
        ForecastParameters(**wrong)  # type: ignore[arg-type]


def test_calendar_is_described_in_words() -> None:
    """A coordinator could not see which holidays were taken."""
    assert "no public holidays" in describe_calendar(PLAIN)
    assert "Canada and of ON" in describe_calendar(ForecastParameters(country="CA", subdivision="ON"))
    assert "1 further day off" in describe_calendar(ForecastParameters(extra_days_off=(AS_OF,)))


def test_weeks_end_on_the_day_of_the_forecast() -> None:
    """Half a week at the end would look like a slump."""
    found = count(
        events(("a", "2026-11-14"), ("b", "2026-11-20"), ("c", "2026-11-21"), ("d", "2026-11-27"), ("e", "2026-11-28"))
    )
    assert found.count.tolist() == [2, 2]
    assert found.first_on == date(2026, 11, 14)
    assert found.business_days.tolist() == [5, 5]
    assert found.kept_weeks == 0


def test_only_recent_weeks_are_used_without_history() -> None:
    """Weeks of which most dates have been overwritten would pull the pace down."""
    found = count(events(("a", "2020-01-01"), ("b", "2026-11-27")))
    assert found.count.size == 26
    assert found.count.sum() == 1


def test_kept_nights_add_to_the_recent_stretch() -> None:
    """A year of history would be thrown away."""
    since = AS_OF - timedelta(weeks=52)
    found = count(events(("a", "2020-01-01"), ("a", "2026-11-27")), known_since=since)
    assert (found.count.size, found.kept_weeks) == (78, 52)


def test_mass_stamped_day_is_no_pace() -> None:
    """One import would be promised to happen every week."""
    stamped = pl.DataFrame({"unit_id": [f"u{one}" for one in range(60)], "day": [date(2026, 11, 25)] * 60})
    found = count(pl.concat([stamped, events(("a", "2026-11-24"), ("b", "2026-11-14"))]), units=500)
    assert found.mass_days == ((date(2026, 11, 25), 60),)
    assert found.count.tolist() == [1, 1]
    assert found.business_days.tolist() == [5, 4]
    assert count(stamped, units=600).mass_days == ()


def test_new_agencies_are_no_pace_of_a_constant_directory() -> None:
    """Entering new agencies would be promised as renewals of the old ones."""
    since = AS_OF - timedelta(weeks=10)
    frame = events(("a", "2026-01-05"), ("a", "2026-11-24"), ("new", "2026-11-25"))
    assert count(frame, known_since=since).count[-1] == 1
    assert count(frame, known_since=since).first_known == 1
    # One agency still waits for its first verification, so the first one of another was work on the same pile.
    assert count(frame, known_since=since, never=1).count[-1] == 2


def test_several_verifications_of_a_day_are_one() -> None:
    """A record listed twice would double the pace."""
    found = mark_events(events(("a", "2026-11-20"), ("a", "2026-11-20")), as_of=AS_OF, known_since=AS_OF)
    assert found.height == 1


def test_month_shares_follow_business_days() -> None:
    """A week across a month's end would belong to one month alone."""
    calendar = list_business_days(date(2026, 11, 1), date(2026, 12, 31), parameters=PLAIN)
    days, months = month_shares(date(2026, 11, 28), [7, 2], calendar=calendar)
    # The second stretch is a weekend.
    assert days.tolist() == [5, 0]
    assert not months[1].any()
    # Monday 30 November, then Tuesday to Friday of December.
    assert months[0, 10:].tolist() == [0.2, 0.8]


def weeks_of(counts: list[float], *, first_on: date = date(2024, 1, 6)) -> WeeklyPace:
    size = len(counts)
    calendar = list_business_days(first_on, first_on + timedelta(weeks=size), parameters=PLAIN)
    days, months = month_shares(first_on, [7] * size, calendar=calendar)
    return WeeklyPace(
        count=np.array(counts),
        business_days=days,
        months=months,
        mass_days=(),
        first_on=first_on,
        kept_weeks=size,
        first_known=0,
    )


def ahead(
    pace: WeeklyPace, *, has_season: bool = False, steps: int = 4, month: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    draws = draw_paces(
        fit_pace(pace, has_season=has_season, parameters=PLAIN),
        business_days=np.full(steps, 5.0),
        months=np.eye(12)[[month] * steps],
        lengths=np.full(steps, 7.0),
        paths=2000,
        rng=np.random.default_rng(1),
    )
    return draws.work, draws.present


def test_even_pace_goes_on() -> None:
    """A center that verifies twenty a week would be told another number."""
    work, present = ahead(weeks_of([20.0, 22.0, 18.0, 21.0, 19.0] * 6))
    assert np.median(present) == pytest.approx(20, rel=0.05)
    assert work.mean() == pytest.approx(20, rel=0.05)
    low, high = np.quantile(work[:, 0], [0.1, 0.9])
    assert 12 < low < 18 < 22 < high < 28


def test_level_follows_a_lasting_change() -> None:
    """After a curator left the old pace would be promised for a year."""
    _, present = ahead(weeks_of([40.0] * 40 + [20.0] * 20))
    assert np.median(present) == pytest.approx(20, rel=0.15)


def test_short_history_gives_a_wider_range() -> None:
    """Four weeks would be trusted like a year."""
    noisy = [14.0, 26.0, 20.0, 31.0, 9.0]
    spreads = [np.subtract(*np.quantile(ahead(weeks_of(noisy * times))[1], [0.9, 0.1])) for times in (1, 12)]
    assert spreads[0] > 1.5 * spreads[1]


def test_month_factors_are_learned_and_shrunk() -> None:
    """Quiet summers would come as a surprise every year; one odd month would be promised for ever."""
    counts = [10.0 if (date(2023, 1, 7) + timedelta(weeks=week)).month in (7, 8) else 20.0 for week in range(130)]
    pace = weeks_of(counts, first_on=date(2023, 1, 7))
    factors = month_factors(fit_pace(pace, has_season=True, parameters=PLAIN))
    assert 0.5 < factors[6] < 0.75
    assert 0.95 < factors[2] < 1.25
    assert ahead(pace, has_season=True, month=6)[0].mean() < 0.75 * ahead(pace, has_season=True, month=2)[0].mean()


def test_without_any_verification_the_pace_is_zero() -> None:
    """Work would be promised where nobody works."""
    work, present = ahead(weeks_of([0.0] * 10))
    assert not work.any()
    assert not present.any()
    assert month_factors(fit_pace(weeks_of([0.0] * 10), has_season=True, parameters=PLAIN)).tolist() == [1.0] * 12


def test_dates_that_were_overwritten_since_are_added_before_the_first_kept_night() -> None:
    """The pace of a center on its first night would be told too low: part of last summer's dates is gone."""
    parameters = ForecastParameters()
    weeks = share_kept(np.array([0.0, 1.0, 26.0]), year_days=365, parameters=parameters)
    assert weeks[0] == 1
    assert weeks[1] == pytest.approx(0.998)
    assert weeks[2] == pytest.approx(0.998**26)
    pace = WeeklyPace(
        count=np.array([10.0, 10.0, 10.0]),
        business_days=np.full(3, 5.0),
        months=np.zeros((3, 12)),
        mass_days=(),
        first_on=date(2026, 1, 5),
        kept_weeks=1,
        first_known=0,
    )
    # The first kept night is in the last week: its verifications are all known.
    told = with_overwritten(pace, known_since=date(2026, 1, 19), year_days=365, parameters=parameters)
    assert told.count[0] > told.count[1] > 10
    assert told.count[2] == 10
