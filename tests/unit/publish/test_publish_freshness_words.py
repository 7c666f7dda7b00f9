"""The annual update percentage, its doubts, where it goes and who works on it, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipeline.publish.freshness_words import forecast_words, queue_words, set_aside_words, year_words
from schemas.night import ForecastFigures, FreshnessFigures, QueueFigures, QueueRow, ShareFigure

SHARE = ShareFigure(numerator=45, denominator=50, unknown=1, share=0.9)
FRESH = FreshnessFigures(
    complete_agency_update=SHARE, verified_record=SHARE, edited_record=SHARE, definition="", cutoff=date(2025, 11, 20)
)
FORECAST = ForecastFigures(
    target_on=date(2026, 12, 31),
    low=0.735,
    central=0.765,
    high=0.8,
    confidence=0.8,
    without_work=0.692,
    target_share=0.95,
    needed_per_week=15.2,
    pace_per_week=5.5,
)


def test_doubts_are_told_with_their_reasons_and_only_where_there_are_any() -> None:
    """A second percentage without a reason would be the next thing to quarrel about."""
    doubtful = replace(
        FRESH,
        without_suspicious=ShareFigure(numerator=40, denominator=50, unknown=1, share=0.8),
        suspicious={"any": 5, "mass_stamp": 4, "no_verifier": 2},
    )
    told = set_aside_words(doubtful)
    assert told is not None
    assert told.startswith(
        "Without verifications that deserve a question: 80.0 % (40 of 50 agencies). 5 records: 4 stamped"
    )
    assert "2 confirmed by nobody who is named" in told
    assert set_aside_words(FRESH) is None
    assert set_aside_words(replace(doubtful, suspicious={})) is None


def test_years_that_cannot_be_known_are_not_told() -> None:
    unknown = ShareFigure(numerator=None, denominator=50, unknown=50, share=None, reason="No dates.")
    assert year_words(replace(FRESH, fiscal_year=unknown)) is None
    assert (
        year_words(replace(FRESH, calendar_year=SHARE))
        == "The same by other years: 90.0 % since the calendar year began."
    )


def test_a_forecast_is_told_with_its_range_and_what_the_target_takes() -> None:
    """A single number for December would be read as a promise."""
    assert forecast_words(FORECAST) == (
        "On 31 December 2026: 76.5 %, in 80 of 100 cases between 73.5 % and 80.0 %. If nobody verified anything: 69.2 %. "
        "95.0 % takes 15.2 agencies a week; the pace of late is 5.5."
    )
    assert forecast_words(replace(FORECAST, needed_per_week=0.0)).endswith("95.0 % is reached without further work.")
    assert forecast_words(replace(FORECAST, needed_per_week=None)).endswith("can no longer be reached by then.")


def test_a_forecast_of_nothing_says_why() -> None:
    nothing = replace(
        FORECAST, low=None, central=None, high=None, without_work=None, needed_per_week=None, reason="There is no date."
    )
    assert forecast_words(nothing) == "On 31 December 2026: not known. There is no date."


def test_the_queue_is_told_for_this_week_and_for_all() -> None:
    row = QueueRow(center_id="c1", curator=None, agencies=1, minutes=90.0, limit_minutes=1248.0)
    queue = QueueFigures(weeks=13, until=date(2027, 2, 18), this_week=(row,), agencies=20)
    assert queue_words(queue) == (
        "This week: 1 agency, about 2 hours. In all 13 weeks until 18 February 2027: 20 agencies."
    )
