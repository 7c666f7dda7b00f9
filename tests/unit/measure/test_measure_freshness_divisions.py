"""Shares by branch and language, and by fiscal and calendar year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from pipeline.measure.freshness import Freshness, measure_freshness
from schemas.directory import Directory
from schemas.enumerations import WindowKind
from schemas.parameters import FreshnessRule

AS_OF = date(2026, 11, 20)
FRESH = date(2026, 3, 1)
OLD = date(2025, 6, 1)

Build = Callable[..., Directory]


def shares(freshness: Freshness, measure: str, dimension: str) -> dict[str, tuple[float, float, float]]:
    rows = freshness.figures.filter(
        (pl.col("measure") == measure) & (pl.col("dimension") == dimension) & pl.col("center_id").is_null()
    )
    return {row["value"]: (row["numerator"], row["denominator"], row["unknown"]) for row in rows.to_dicts()}


def test_an_agency_stands_in_every_branch_of_its_services(directory_of: Build) -> None:
    """The coordinator for housing would not see an agency that also gives food."""
    directory = directory_of(
        agency=[{"record_uid": uid, "verified_on": FRESH} for uid in ("A", "B", "C")],
        service=[
            {"record_uid": "p1", "agency_uid": "A", "verified_on": FRESH},
            {"record_uid": "p2", "agency_uid": "A", "verified_on": OLD},
            {"record_uid": "p3", "agency_uid": "B", "verified_on": FRESH},
            {"record_uid": "p4", "agency_uid": "B", "verified_on": None},
        ],
        taxonomy_link=[
            {"owner_kind": "service", "owner_uid": "p1", "code": "QD-1800", "joined_codes": ["XH-1000", "YB-1000"]},
            {"owner_kind": "service", "owner_uid": "p2", "code": "qd-1800"},
            {"owner_kind": "service", "owner_uid": "p3", "code": "XH-3000", "target_code": "YB-1000"},
        ],
    )
    freshness = measure_freshness(directory, as_of=AS_OF, rule=FreshnessRule(), dimensions=("branch",))
    assert shares(freshness, "complete_agency_update", "branch") == {
        "Q": (0, 1, 0),
        "X": (0, 2, 1),
        "(unknown)": (1, 1, 0),
    }
    # p1 stands in both branches; p4 has no term; agencies have none by themselves.
    assert shares(freshness, "verified_record", "branch") == {
        "Q": (1, 2, 0),
        "X": (2, 2, 0),
        "(unknown)": (0, 1, 1),
    }


def test_each_language_version_counts_by_its_own_days(directory_of: Build) -> None:
    """The older date of two languages would hide which of them lags behind."""
    directory = directory_of(
        agency=[
            {"record_uid": uid, "verified_on": FRESH, "edited_on": OLD, "language_of_record": "en"}
            for uid in ("A", "B")
        ],
        site=[
            {"record_uid": uid, "agency_uid": agency, "verified_on": FRESH, "language_of_record": "en"}
            for uid, agency in (("s", "A"), ("s2", "B"))
        ],
        translation=[
            {"record_uid": "A", "kind": "agency", "verified_on": OLD, "edited_on": FRESH, "language_of_record": "es"},
            {"record_uid": "s", "kind": "site", "verified_on": None, "language_of_record": "es"},
            {"record_uid": "B", "kind": "agency", "verified_on": OLD, "status": "inactive", "language_of_record": "es"},
        ],
    )
    freshness = measure_freshness(directory, as_of=AS_OF, rule=FreshnessRule(), dimensions=("language",))
    assert shares(freshness, "verified_record", "language") == {"en": (4, 4, 0), "es": (0, 2, 1)}
    assert shares(freshness, "edited_record", "language") == {"en": (0, 4, 2), "es": (1, 2, 1)}
    assert shares(freshness, "complete_agency_update", "language") == {"en": (2, 2, 0), "es": (0, 1, 1)}


def test_years_are_told_beside_the_rolling_window(directory_of: Build) -> None:
    """A funder who asks by fiscal year would be given another figure under the same name."""
    days = [date(2025, 12, 1), date(2026, 2, 1), date(2026, 7, 1)]
    directory = directory_of(agency=[{"record_uid": str(day), "verified_on": day} for day in days])
    freshness = measure_freshness(
        directory,
        as_of=AS_OF,
        rule=FreshnessRule(),
        dimensions=(),
        further_windows=(WindowKind.FISCAL_YEAR, WindowKind.CALENDAR_YEAR),
    )
    assert freshness.headline()["numerator"] == 3
    assert freshness.headline("complete_agency_update_fiscal_year")["numerator"] == 1
    assert freshness.headline("complete_agency_update_calendar_year")["numerator"] == 2
    alone = measure_freshness(
        directory, as_of=AS_OF, rule=FreshnessRule(), dimensions=(), window_kind=WindowKind.FISCAL_YEAR
    )
    assert (alone.headline()["numerator"], alone.cutoff_on) == (1, date(2026, 7, 1))


def test_unknown_stays_unknown_in_every_division(directory_of: Build) -> None:
    """An export without dates would be 0 % by language."""
    directory = directory_of(agency=[{"record_uid": "A"}, {"record_uid": "B"}])
    freshness = measure_freshness(directory, as_of=AS_OF, rule=FreshnessRule(), dimensions=("branch", "language"))
    told = freshness.figures.filter(pl.col("dimension").is_in(["branch", "language"]))
    assert told.height
    assert told["share"].null_count() == told.height == told["reason"].drop_nulls().len()
