"""Laws of periods: every day lies in exactly one month, quarter and year, and one period ends the day before the next begins."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from flows.period_choice import choose_nights, last_finished
from pipeline.measure.periods import period_before, period_holding, period_named
from schemas.period import PeriodKind

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
KINDS = st.sampled_from(PeriodKind)
MONTHS = st.integers(min_value=1, max_value=12)


@given(day=DAYS, kind=KINDS, month=MONTHS)
def test_a_day_lies_in_the_period_that_holds_it_and_in_no_other(day, kind, month):
    """A finding of the last evening of a quarter must be told in one report, not in two and not in none."""
    period = period_holding(day, kind=kind, fiscal_month=month)
    assert period.holds(day)
    before = period_before(period, fiscal_month=month)
    after = period_holding(period.last_on + timedelta(days=1), kind=kind, fiscal_month=month)
    assert not before.holds(day)
    assert not after.holds(day)
    assert before.last_on + timedelta(days=1) == period.first_on
    assert after.first_on == period.last_on + timedelta(days=1)


@given(day=DAYS, kind=KINDS, month=MONTHS)
def test_the_name_of_a_period_finds_it_again(day, kind, month):
    """What stands in a file's name is what is asked for with --of."""
    period = period_holding(day, kind=kind, fiscal_month=month)
    assert period_named(period.name, fiscal_month=month) == period


@given(day=DAYS, kind=KINDS, month=MONTHS)
def test_a_finished_period_is_over(day, kind, month):
    """The scheduled report must not speak of a quarter that goes on."""
    period = last_finished(day, kind=kind, fiscal_month=month)
    assert period.last_on < day
    assert period_holding(day, kind=kind, fiscal_month=month).first_on == period.last_on + timedelta(days=1)


@given(day=DAYS, month=MONTHS)
def test_a_year_holds_four_quarters_and_twelve_months(day, month):
    """Monthly figures must add up to those of the quarter and the year."""
    for kind, most in (
        (PeriodKind.YEAR, 366),
        (PeriodKind.FISCAL_YEAR, 366),
        (PeriodKind.QUARTER, 92),
        (PeriodKind.MONTH, 31),
    ):
        period = period_holding(day, kind=kind, fiscal_month=month)
        assert period.first_on.day == 1
        assert (period.last_on + timedelta(days=1)).day == 1
        assert most - 3 <= (period.last_on - period.first_on).days + 1 <= most


@given(
    nights=st.lists(st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31)), min_size=1, unique=True),
    day=st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31)),
    kind=KINDS,
)
def test_the_night_of_a_report_is_the_last_one_not_after_its_end(nights, day, kind):
    """Figures of a later night would credit a quarter with the work of the next."""
    frame = pl.DataFrame({"run_id": [f"{night:%Y%m%d}" for night in nights], "as_of": nights})
    period = period_holding(day, kind=kind, fiscal_month=7)
    known = [night for night in nights if night <= day]
    if not known:
        return
    chosen = choose_nights(frame, period=period, day=day, stale_days=7)
    assert chosen.as_of == max(known)
    assert chosen.until == min(day, period.last_on)
    earlier = [night for night in nights if night < period.first_on]
    assert chosen.before_on == (max(earlier) if earlier else None)
    is_late = (chosen.until - chosen.as_of).days > 7
    assert any("figures are those of" in warning for warning in chosen.warnings) == (
        is_late or chosen.as_of < period.first_on
    )
