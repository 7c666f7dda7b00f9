"""Which period and which nights a report speaks of."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.period_choice import choose_nights, choose_period
from pipeline.measure.periods import period_named
from schemas.errors import InputError, UsageError
from schemas.period import PeriodKind

DAY = date(2026, 11, 20)


def chosen(*days: date, of: str = "2026-11", day: date = DAY):
    nights = pl.DataFrame(
        {"run_id": [f"{one:%Y%m%d}" for one in days], "as_of": list(days)},
        schema={"run_id": pl.String, "as_of": pl.Date},
    )
    return choose_nights(nights, period=period_named(of, fiscal_month=7), day=day, stale_days=7)


@pytest.mark.parametrize(
    ("kind", "of", "name"),
    [
        (None, None, "2026-11"),
        (PeriodKind.QUARTER, None, "2026-Q4"),
        (PeriodKind.YEAR, None, "2026"),
        (None, "2026-q3", "2026-Q3"),
        (PeriodKind.YEAR, "FY2027", "FY2027"),
        (None, "FY2026", "FY2026"),
        (PeriodKind.YEAR, "2025", "2025"),
    ],
)
def test_the_period_is_the_one_asked_for(kind, of, name):
    """The name says what it is; without a name it is the one in which the day lies."""
    assert choose_period(kind=kind, of=of, day=DAY, fiscal_month=7).name == name


def test_the_fiscal_year_is_named_by_the_year_in_which_it_ends():
    """FY2027 of a center whose year begins in July is not the calendar year 2027."""
    period = period_named("FY2027", fiscal_month=7)
    assert (period.first_on, period.last_on) == (date(2026, 7, 1), date(2027, 6, 30))
    assert period_named("FY2027", fiscal_month=1).first_on == date(2027, 1, 1)


@pytest.mark.parametrize("of", ["2026-13", "2026-Q5", "26", "November", "", "2026-00", "FY26", "0000", "２０２６"])
def test_what_names_no_period_is_refused_with_examples(of):
    """A slip must not give the report of another time."""
    with pytest.raises(UsageError, match="names no period") as refused:
        choose_period(kind=None, of=of, day=DAY, fiscal_month=7)
    assert "2026-Q4" in refused.value.advice


def test_a_kind_and_a_name_that_disagree_are_refused():
    """--period month --of 2026-Q4 asks for two things."""
    with pytest.raises(UsageError, match="do not go together"):
        choose_period(kind=PeriodKind.MONTH, of="2026-Q4", day=DAY, fiscal_month=7)


def test_a_period_to_come_is_refused():
    """Nothing is known of next quarter."""
    with pytest.raises(UsageError, match="begins after"):
        choose_period(kind=None, of="2027-Q1", day=DAY, fiscal_month=7)


def test_a_running_period_is_told_to_date():
    """November is not over on the 20th."""
    found = chosen(date(2026, 10, 31), DAY)
    assert found.is_running
    assert (found.until, found.as_of, found.before_on, found.nights) == (DAY, DAY, date(2026, 10, 31), 1)
    assert found.warnings == ()
    assert not chosen(date(2026, 10, 31), date(2026, 11, 30), day=date(2026, 11, 30)).is_running


def test_a_night_older_than_a_week_is_warned_of():
    """A report of September made from the figures of the 15th must say so; a week is no news."""
    (warning,) = chosen(date(2026, 8, 31), date(2026, 9, 15), of="2026-09").warnings
    assert "15 September 2026, 15 days before the end of the period" in warning
    assert chosen(date(2026, 8, 31), date(2026, 9, 23), of="2026-09").warnings == ()


def test_a_period_without_a_night_says_that_nothing_of_it_is_known():
    """The figures of October do not become those of November by asking."""
    found = chosen(date(2026, 10, 20), of="2026-11")
    assert found.nights == 0
    assert "No night was run in this period" in found.warnings[0]


def test_a_first_night_in_the_period_is_told():
    """All that the first night found would look like a flood of new faults."""
    found = chosen(date(2026, 11, 3), DAY)
    assert found.before_on is None
    assert "first night of all" in found.warnings[0]


def test_an_old_night_before_is_told():
    """Changes since July are no changes of November."""
    assert "days before the period began" in chosen(date(2026, 7, 1), DAY).warnings[0]


def test_a_period_before_the_first_night_is_refused_in_words():
    """Dates are overwritten: what was then cannot be told now."""
    with pytest.raises(
        InputError, match=r"Nothing is known of August 2026.*first night is of 30 September 2026"
    ) as refused:
        chosen(date(2026, 9, 30), of="2026-08")
    assert "overwritten" in refused.value.advice
