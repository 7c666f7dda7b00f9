"""Steps of outreach: their days, to the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from pipeline.outreach.stages import stage_outreach
from tests.queue_bundles import bundle, frame, settings


def stage(as_of: date, *, parameters: dict[str, int] | None = None, **changes: Any) -> dict[str, Any]:
    """Return where one bundle stands on a day."""
    return stage_outreach(frame(bundle("a", **changes)), as_of=as_of, parameters=settings(**(parameters or {}))).row(
        0, named=True
    )


VERIFIED = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("as_of", "now", "since", "then", "then_on"),
    [
        (date(2026, 11, 15), None, None, "first_request", date(2026, 11, 16)),
        (date(2026, 11, 16), "first_request", date(2026, 11, 16), "reminder", date(2026, 11, 30)),
        (date(2026, 11, 29), "first_request", date(2026, 11, 16), "reminder", date(2026, 11, 30)),
        (date(2026, 11, 30), "reminder", date(2026, 11, 30), "other_contact", date(2026, 12, 14)),
        (date(2026, 12, 14), "other_contact", date(2026, 12, 14), "last_call", date(2026, 12, 28)),
        (date(2026, 12, 28), "last_call", date(2026, 12, 28), "check_existence", date(2027, 7, 16)),
        (date(2027, 7, 15), "last_call", date(2026, 12, 28), "check_existence", date(2027, 7, 16)),
        (date(2027, 7, 16), "check_existence", date(2027, 7, 16), None, None),
    ],
)
def test_steps_follow_the_last_verification(as_of, now, since, then, then_on):
    """Without it an agency is reminded before it was asked, or never."""
    row = stage(as_of, day=VERIFIED)
    assert (row["stage"], row["stage_since_on"], row["next_stage"], row["next_stage_on"]) == (now, since, then, then_on)


@pytest.mark.parametrize(
    ("day", "first_on"),
    [
        (date(2025, 4, 28), date(2026, 3, 1)),  # until 28 February, the last day of that month
        (date(2025, 4, 30), date(2026, 3, 1)),
        (date(2025, 5, 1), date(2026, 3, 2)),
        (date(2023, 4, 28), date(2024, 2, 29)),  # a leap year has one day more
        (date(2023, 4, 29), date(2024, 3, 1)),
        (date(2023, 4, 30), date(2024, 3, 1)),
        (date(2024, 2, 29), date(2025, 1, 1)),  # end of month to end of month
        (date(2025, 2, 28), date(2026, 1, 1)),
        (date(2025, 2, 27), date(2025, 12, 28)),
    ],
)
def test_ten_months_end_as_the_freshness_bands_do(day, first_on):
    """Without it the queue calls an agency due on another day than the freshness report."""
    assert stage(first_on - timedelta(days=1), day=day)["next_stage_on"] == first_on
    assert stage(first_on, day=day)["stage"] == "first_request"
    # The band `due` begins when the day lies before ten months ago.
    months = pl.DataFrame({"on": [first_on - timedelta(days=1), first_on]}).select(pl.col("on").dt.offset_by("-10mo"))
    before, on = months.to_series()
    assert before <= day < on


def test_a_bundle_that_was_never_verified_is_asked_now():
    """Without it new agencies wait for a year."""
    row = stage(VERIFIED)
    assert (row["stage"], row["stage_since_on"]) == ("first_request", VERIFIED)
    assert (row["next_stage"], row["next_stage_on"]) == ("reminder", VERIFIED + timedelta(days=14))


def test_steps_count_from_the_day_of_the_form():
    """Without it an agency that got a form yesterday is called today."""
    sent = date(2026, 12, 1)
    old = stage(sent + timedelta(days=13), day=date(2023, 1, 1), contacted_on=sent)
    assert (old["stage"], old["stage_since_on"], old["next_stage"]) == ("first_request", sent, "reminder")
    never = stage(sent + timedelta(days=42), contacted_on=sent)
    assert (never["stage"], never["next_stage"], never["next_stage_on"]) == (
        "last_call",
        "check_existence",
        date(2027, 8, 1),
    )


def test_a_form_that_was_answered_says_nothing_any_more():
    """Without it last year's form makes this year's last call."""
    row = stage(date(2026, 6, 1), day=VERIFIED, contacted_on=VERIFIED - timedelta(days=20))
    assert (row["stage"], row["next_stage_on"]) == (None, date(2026, 11, 16))


def test_excluded_bundles_have_no_step_but_their_reason():
    """Without it a closed agency is called."""
    row = stage(VERIFIED, excluded_reason="temporarily closed")
    assert row["excluded_reason"] == "temporarily closed"
    assert {row[name] for name in ("stage", "stage_since_on", "next_stage", "next_stage_on")} == {None}


def test_days_and_months_are_settings():
    """Without it a center that asks after eleven months cannot say so."""
    own = {"first_request_months": 11, "reminder_days": 5}
    row = stage(date(2026, 12, 16), parameters=own, day=VERIFIED)
    assert (row["stage"], row["next_stage_on"]) == ("first_request", date(2026, 12, 21))
