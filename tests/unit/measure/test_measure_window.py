from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.measure.window import band_of, months_before, window_of
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
