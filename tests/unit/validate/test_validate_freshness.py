"""Dates: calendar months, clamped month ends, and one band per record."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from pipeline.validate.freshness import cutoffs
from schemas.parameters import FreshnessRule
from tests.unit.validate.full_directory import full_parts, validate_parts

BANDS = ("FRE-001", "FRE-002", "FRE-003", "FRE-012")


@pytest.mark.parametrize(
    ("as_of", "ten", "twelve", "eighteen"),
    [
        (date(2026, 11, 21), date(2026, 1, 21), date(2025, 11, 21), date(2025, 5, 21)),
        (date(2024, 2, 29), date(2023, 4, 29), date(2023, 2, 28), date(2022, 8, 29)),
        (date(2025, 2, 28), date(2024, 4, 28), date(2024, 2, 28), date(2023, 8, 28)),
        (date(2026, 12, 31), date(2026, 2, 28), date(2025, 12, 31), date(2025, 6, 30)),
        (date(2026, 8, 31), date(2025, 10, 31), date(2025, 8, 31), date(2025, 2, 28)),
    ],
)
def test_months_are_calendar_months(as_of, ten, twelve, eighteen):
    """Counting days instead of months moves records over the line in leap years and at month ends."""
    bands = cutoffs(FreshnessRule(), as_of=as_of)
    assert (bands.current_on, bands.window_on, bands.stale_on) == (ten, twelve, eighteen)


@pytest.mark.parametrize("as_of", [date(2026, 11, 20), date(2024, 2, 29), date(2026, 12, 31)])
def test_each_day_stands_in_exactly_one_band(as_of):
    """Both ends count: the cutoff day is still in time, the day before is not, and no day is reported twice."""
    bands = cutoffs(FreshnessRule(), as_of=as_of)
    day = timedelta(days=1)
    expected = {
        as_of: None,
        bands.current_on: None,
        bands.current_on - day: "FRE-002",
        bands.window_on: "FRE-002",
        bands.window_on - day: "FRE-001",
        bands.stale_on: "FRE-001",
        bands.stale_on - day: "FRE-003",
        as_of + day: None,
    }
    cases = []
    for number, verified_on in enumerate(expected):
        case = full_parts(f"d{number}")
        for kind in ("agency", "site", "service"):
            case.one(kind).update(verified_on=verified_on, edited_on=verified_on, created_on=None)
        cases.append(case)
    findings = validate_parts(cases, as_of=as_of).findings
    for number, rule_id in enumerate(expected.values()):
        mine = findings.filter(pl.col("center_id") == f"d{number}", pl.col("rule_id").is_in(BANDS))
        assert mine.get_column("rule_id").to_list() == ([rule_id] * 3 if rule_id else [])


def test_a_future_verification_is_a_wrong_date_and_no_verification():
    """A typing error in the year must not buy a record years of rest, nor be reported as never verified."""
    parts = full_parts()
    parts.one("agency").update(verified_on=date(2062, 8, 10))
    findings = parts.validate().findings
    assert findings.select("rule_id", "field", "value").rows() == [("FRE-004", "verified_on", "2062-08-10")]


def test_a_level_without_dates_is_not_tracked_and_says_so():
    """Centers that date agencies only must not get one error per service."""
    parts = full_parts()
    for kind in ("site", "service"):
        parts.one(kind).update(verified_on=None)
    validation = parts.validate()
    assert validation.findings.is_empty()
    reasons = dict(validation.not_applicable.select("rule_id", "reason").rows())
    assert set(reasons) == {"FRE-001", "FRE-002", "FRE-003", "FRE-005", "FRE-006", "FRE-007", "FRE-012"}
    assert "Only 0 of 1 services have a verification date: the level is not tracked." in reasons["FRE-012"]


def test_the_smallest_tracked_share_counts_as_tracked():
    """At exactly five per cent the level is tracked, and the other nineteen records were never verified."""
    parts = full_parts()
    for number in range(10, 29):
        parts.add("site", str(number), verified_on=None)
    findings = parts.validate().findings
    assert findings.filter(pl.col("rule_id") == "FRE-012").height == 19
    parts.add("site", "29", verified_on=None)
    assert "FRE-012" not in parts.rules()


def test_partial_updates_name_how_many_are_missing():
    """The curator needs to know how far the update got."""
    parts = full_parts()
    parts.one("site").update(verified_on=date(2025, 11, 19), edited_on=None)
    findings = parts.validate().findings.filter(pl.col("rule_id") == "FRE-008")
    assert findings.select("kind", "value").rows() == [("agency", "1 of 2 sites and services not verified")]


def test_a_mass_stamp_is_one_finding_about_the_load():
    """Fifty findings about one import hide what happened; one finding with the figures tells it."""
    parts = full_parts()
    for number in range(10, 58):
        parts.add("site", str(number))
    findings = parts.validate().findings
    stamp = findings.filter(pl.col("rule_id") == "FRE-009")
    assert stamp.select("record_uid", "kind", "field", "value").rows() == [
        ("load", "load", "verified_on.2026-08-10", "51 of 51 records on 2026-08-10")
    ]


def test_unreadable_dates_are_named_as_such():
    """ "13/45/2026" is not in the future; the sentence must fit the fault."""
    parts = full_parts()
    parts.one("agency").update(verified_on=None)
    parts.note("unreadable_date", "verified_on", "13/45/2026")
    parts.add("agency", "9", url_domain_key="other.example.org")
    findings = parts.validate().findings.filter(pl.col("rule_id").str.starts_with("FRE"))
    assert findings.select("rule_id", "value", "message").rows() == [
        ("FRE-004", "13/45/2026", "The date cannot be read.")
    ]
