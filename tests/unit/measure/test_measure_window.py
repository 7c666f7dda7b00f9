from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from pipeline.measure.window import band_of, counts_until, months_before, period_end, window_of
from schemas.enumerations import WindowKind
from schemas.parameters import FreshnessRule


@pytest.mark.parametrize(
    ("as_of", "due", "cutoff", "stale"),
    [
        ("2026-11-21", "2026-01-21", "2025-11-21", "2025-05-21"),
        ("2024-02-29", "2023-04-29", "2023-02-28", "2022-08-29"),
        ("2025-02-28", "2024-04-28", "2024-02-28", "2023-08-28"),
        ("2026-12-31", "2026-02-28", "2025-12-31", "2025-06-30"),
        ("2026-08-31", "2025-10-31", "2025-08-31", "2025-02-28"),
    ],
)
def test_window_counts_calendar_months_and_clamps_the_end(as_of: str, due: str, cutoff: str, stale: str) -> None:
    """A cutoff one day off moves whole batches of verifications in or out of the published share."""
    window = window_of(FreshnessRule(), as_of=date.fromisoformat(as_of))
    assert [day.isoformat() for day in (window.due_on, window.cutoff_on, window.stale_on)] == [due, cutoff, stale]


def test_window_agrees_with_polars() -> None:
    """Two readings of "a year ago" in one program would print two different shares."""
    days = pl.date_range(date(2023, 12, 1), date(2025, 3, 31), eager=True)
    for months in (1, 10, 12, 18):
        ours = [months_before(day, months=months) for day in days]
        assert ours == days.dt.offset_by(f"-{months}mo").to_list()


def test_months_before_the_first_year_is_the_first_day() -> None:
    """An absurdly wide window must mean "ever", not a crash of the night."""
    assert months_before(date(2026, 1, 1), months=100_000) == date.min


def test_bands_include_their_first_day() -> None:
    """A record verified exactly ten, twelve or eighteen months ago would be chased too early."""
    window = window_of(FreshnessRule(), as_of=date(2026, 11, 21))
    days = ["2026-11-21", "2026-01-21", "2026-01-20", "2025-11-21", "2025-11-20", "2025-05-21", "2025-05-20", None]
    frame = pl.DataFrame({"day": days}).with_columns(pl.col("day").str.to_date())
    bands = frame.select(band_of(pl.col("day"), window=window)).to_series().to_list()
    assert bands == ["current", "current", "due", "due", "overdue", "overdue", "stale", "never"]


@pytest.mark.parametrize(
    ("kind", "as_of", "cutoff"),
    [
        (WindowKind.CALENDAR_YEAR, "2026-01-01", "2026-01-01"),
        (WindowKind.CALENDAR_YEAR, "2026-12-31", "2026-01-01"),
        (WindowKind.FISCAL_YEAR, "2026-06-30", "2025-07-01"),
        (WindowKind.FISCAL_YEAR, "2026-07-01", "2026-07-01"),
    ],
)
def test_years_begin_on_their_first_day_and_leave_the_bands_alone(kind: WindowKind, as_of: str, cutoff: str) -> None:
    """A report by fiscal year would take in the last year's work, or call a fresh record overdue in July."""
    day = date.fromisoformat(as_of)
    window = window_of(FreshnessRule(), as_of=day, kind=kind)
    rolling = window_of(FreshnessRule(), as_of=day)
    assert window.cutoff_on == date.fromisoformat(cutoff)
    assert (window.due_on, window.overdue_on, window.stale_on) == (
        rolling.due_on,
        rolling.overdue_on,
        rolling.stale_on,
    )


@pytest.mark.parametrize("kind", list(WindowKind))
@pytest.mark.parametrize("months", [12, 10, 1])
def test_counts_until_is_the_last_day_whose_window_still_reaches_back(kind: WindowKind, months: int) -> None:
    """A request would go out a day late, or a queue would drop an agency that still counts."""
    rule = FreshnessRule(window_months=months, fiscal_year_start_month=10)
    days = pl.date_range(date(2023, 1, 1), date(2025, 3, 31), eager=True)
    until = pl.DataFrame({"day": days}).select(counts_until(pl.col("day"), rule=rule, kind=kind)).to_series()
    for day, last in zip(days, until, strict=True):
        assert window_of(rule, as_of=last, kind=kind).cutoff_on <= day
        assert window_of(rule, as_of=last + timedelta(days=1), kind=kind).cutoff_on > day


def test_a_period_ends_with_its_year() -> None:
    """A forecast "to the year's end" would aim at the wrong day."""
    assert period_end(date(2026, 11, 28), rule=FreshnessRule()) == date(2026, 12, 31)
    assert period_end(date(2026, 6, 30), rule=FreshnessRule(), kind=WindowKind.FISCAL_YEAR) == date(2026, 6, 30)
