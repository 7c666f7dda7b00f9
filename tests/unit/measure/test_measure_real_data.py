"""The measures on real exports, against figures worked out from the raw files alone."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline.measure.bundle_work import collect_bundle_work
from pipeline.measure.complexity import measure_complexity
from pipeline.measure.dated_records import date_directory
from pipeline.measure.forecast import forecast_share
from pipeline.measure.freshness import Freshness, measure_freshness
from pipeline.measure.freshness_cases import MEASURES
from pipeline.measure.staffing import estimate_staffing
from pipeline.measure.window import window_of
from pipeline.outreach.queue import plan_queue
from schemas.contract import empty_table
from schemas.directory import Directory, join_directories
from schemas.forecast_parameters import ForecastParameters
from schemas.merging import MergeMember
from schemas.parameters import FreshnessRule
from schemas.queue_parameters import QueueParameters
from schemas.staffing_parameters import StaffingParameters
from tests.real_exports import normalize_once

pytestmark = pytest.mark.real_data

LAST_VERIFIED = date(2014, 4, 9)
LAST_EDITED = date(2012, 7, 24)
COUNTED = {"Active", "Active, but do not refer"}

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[Row]:
    """The raw lines of the export."""
    with (shared / "data/dc211/dc211_export.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def dc211(shared: Path) -> Directory:
    return normalize_once(shared / "data/dc211/dc211_export.csv", "dc211").directory


@pytest.fixture(scope="module")
def miami211(shared: Path) -> Directory:
    return normalize_once(shared / "data/miami211", "miami211").directory


def day_of(text: str) -> date | None:
    """Read `8/17/11 0:00`; everything else is blank."""
    try:
        return datetime.strptime(text.strip(), "%m/%d/%y %H:%M").date()  # noqa: DTZ007 - a calendar day
    except ValueError:
        return None


def within(rows: list[Row], column: str, first: date, last: date) -> list[Row]:
    return [row for row in rows if (day := day_of(row[column])) is not None and first <= day <= last]


def measured(directory: Directory, as_of: date) -> Freshness:
    return measure_freshness(directory, as_of=as_of, rule=FreshnessRule())


def share_of(freshness: Freshness, measure: str) -> tuple[object, object, object]:
    figure = freshness.headline(measure)
    return figure["numerator"], figure["denominator"], figure["unknown"]


def test_raw_shares_of_the_file(rows: list[Row]) -> None:
    """The two figures anybody gets from the raw file: 3.9 % by verification, 95.5 % by edit, a year back from each column."""
    assert len(rows) == 2132
    assert max(day for row in rows if (day := day_of(row["LastVerifiedOn"]))) == LAST_VERIFIED
    assert max(day for row in rows if (day := day_of(row["UpdatedOn"]))) == LAST_EDITED
    year = timedelta(days=365)
    verified = within(rows, "LastVerifiedOn", LAST_VERIFIED - year, LAST_VERIFIED)
    edited = within(rows, "UpdatedOn", LAST_EDITED - year, LAST_EDITED)
    assert (len(verified), round(len(verified) / len(rows) * 100, 1)) == (83, 3.9)
    assert (len(edited), round(len(edited) / len(rows) * 100, 1)) == (2036, 95.5)


def test_verified_share_differs_from_the_raw_one_by_rows_that_do_not_count(rows: list[Row], dc211: Directory) -> None:
    """The published share could not be explained to the center whose file it comes from."""
    raw = within(rows, "LastVerifiedOn", date(2013, 4, 9), LAST_VERIFIED)
    # Calendar months: no difference here, 365 days before 2014-04-09 is 2013-04-09 as well.
    assert len(raw) == 83
    # Rows that do not count: 77 of the 83 are inactive, none has a blank status.
    by_status = defaultdict(int)
    for row in raw:
        by_status[row["AgencyStatus"]] += 1
    assert dict(by_status) == {"Inactive": 77, "Active": 6}
    # Denominator: 2,132 lines less 361 inactive and 8 without status.
    counted = [row for row in rows if row["AgencyStatus"] in COUNTED]
    assert len(rows) - len(counted) == 361 + 8
    assert share_of(measured(dc211, LAST_VERIFIED), "verified_record") == (83 - 77, 2132 - 361 - 8, 0)


def test_edited_share_differs_from_the_raw_one_by_its_day(rows: list[Row], dc211: Directory) -> None:
    """Edits of 2012 must not count as edits of the year to April 2014, however good that would look."""
    counted = [row for row in rows if row["AgencyStatus"] in COUNTED]
    blank = sum(day_of(row["UpdatedOn"]) is None for row in counted)
    # One day for all three figures: on 2014-04-09 the last edit is 20 months old.
    assert share_of(measured(dc211, LAST_VERIFIED), "edited_record") == (0, 1763, blank)
    # On the last day of the column: 2,036 less those of inactive rows and rows without status.
    raw = within(rows, "UpdatedOn", LAST_EDITED - timedelta(days=365), LAST_EDITED)
    left_out = [row for row in raw if row["AgencyStatus"] not in COUNTED]
    # Calendar months reach from 2011-07-24, one day further back than 365 days, for 2012 has a 29 February.
    one_day_more = within(counted, "UpdatedOn", date(2011, 7, 24), date(2011, 7, 24))
    numerator, denominator, unknown = share_of(measured(dc211, LAST_EDITED), "edited_record")
    assert numerator == len(raw) - len(left_out) + len(one_day_more)
    assert (len(left_out), len(one_day_more), numerator) == (351, 0, 1685)
    assert (denominator, unknown) == (1763, blank)


def test_headline_needs_the_agency_and_all_its_services(rows: list[Row], dc211: Directory) -> None:
    """Worked out again from the raw lines: per active agency the oldest day over itself and its active children."""
    counted = [row for row in rows if row["AgencyStatus"] in COUNTED]
    days: dict[str, list[date | None]] = {
        row["ResourceAgencyNum"]: [day_of(row["LastVerifiedOn"])]
        for row in counted
        if row["TaxonomyLevelName"] == "Agency"
    }
    for row in counted:
        if row["TaxonomyLevelName"] != "Agency" and row["ParentAgencyNum"] in days:
            days[row["ParentAgencyNum"]].append(day_of(row["LastVerifiedOn"]))
    complete = sum(all(day is not None and day >= date(2013, 4, 9) for day in found) for found in days.values())
    freshness = measured(dc211, LAST_VERIFIED)
    assert share_of(freshness, "complete_agency_update") == (complete, len(days), 0) == (2, 427, 0)
    # Four of the six verified records are therefore no complete update, or belong to another agency's.
    assert freshness.headline("verified_record")["share"] == pytest.approx(6 / 1763)
    assert freshness.level_notes == (
        "Center dc211: the date of a bundle is the oldest over its agencies, sites and services.",
    )


def test_mass_stamp_of_the_real_file_is_shown(rows: list[Row], dc211: Directory) -> None:
    """The share of records stamped on one day stands beside the figures."""
    counted = [row for row in rows if row["AgencyStatus"] in COUNTED]
    by_day: dict[date | None, int] = defaultdict(int)
    for row in counted:
        by_day[day_of(row["LastVerifiedOn"])] += 1
    day = max(by_day, key=lambda key: by_day[key])
    found = measured(dc211, LAST_VERIFIED).frequent_days.row(0)
    assert found[1:4] == ("verified_on", day, by_day[day]) == ("verified_on", date(2011, 12, 6), 137)


def test_export_without_dates_is_unknown_not_zero(miami211: Directory) -> None:
    """A center whose export has no dates would be shown 0 % updated."""
    freshness = measured(miami211, LAST_VERIFIED)
    for measure in MEASURES:
        figure = freshness.headline(measure)
        assert figure["share"] is None
        assert str(figure["reason"]).startswith("The export has no ")
    assert freshness.headline()["denominator"] == 1074
    assert not freshness.figures.filter(center_id="miami211", measure="verified_record", share=0.0).height


def test_two_real_centers_together_keep_the_unknown_one_out(dc211: Directory, miami211: Directory) -> None:
    """The state's share would fall because of a center of which nothing is known."""
    both = measured(join_directories([dc211, miami211]), LAST_VERIFIED)
    assert share_of(both, "complete_agency_update") == (2, 427, 0)
    assert both.headline()["kept_out"] == [
        {
            "center_id": "miami211",
            "record_count": 1074,
            "reason": "The export has no verification date that counts.",
        }
    ]


def test_effort_of_the_real_center(rows: list[Row], dc211: Directory) -> None:
    """The counts behind the curators asked for, again from the raw lines."""
    counted = [row for row in rows if row["AgencyStatus"] in COUNTED]
    agencies = {row["ResourceAgencyNum"] for row in counted if row["TaxonomyLevelName"] == "Agency"}
    services = [row for row in counted if row["TaxonomyLevelName"] == "Program" and row["ParentAgencyNum"] in agencies]
    terms = 0
    for row in services:
        codes = {code.strip() for cell in row["TaxonomyCodes"].split(";") for code in cell.split("*")}
        terms += sum(bool(code) and not code.startswith("Y") for code in codes)
    complexity = measure_complexity(dc211, as_of=LAST_VERIFIED, parameters=StaffingParameters())
    sums = complexity.select("service_count", "service_term_count").sum().row(0)
    assert complexity.height == len(agencies) == 427
    assert sums == (len(services), terms)
    staffing = estimate_staffing(complexity, parameters=StaffingParameters())
    assert staffing.fte.low < staffing.fte.central < staffing.fte.high
    assert any("only 1 site that" in note for note in staffing.notes)


def test_what_is_certain_of_the_real_forecast(rows: list[Row], dc211: Directory) -> None:
    """When the verifications of 2014 expire is known from the raw lines alone."""
    dated = date_directory(dc211, as_of=LAST_VERIFIED, rule=FreshnessRule())
    end = date(2014, 12, 31)
    told = forecast_share(
        dated.bundles.select("day", unit_id="unit"),
        dated.bundles.select("day", unit_id="unit").drop_nulls(),
        as_of=LAST_VERIFIED,
        target_on=end,
        target_share=0.95,
        known_since=None,
        cutoff=lambda day: window_of(FreshnessRule(), as_of=day).cutoff_on,
        parameters=ForecastParameters(),
        seed="dc211",
    )
    days = defaultdict(list)
    for row in rows:
        if row["AgencyStatus"] in COUNTED:
            own = row["TaxonomyLevelName"] == "Agency"
            days[row["ResourceAgencyNum"] if own else row["ParentAgencyNum"]].append(day_of(row["LastVerifiedOn"]))
    agencies = [row for row in rows if row["AgencyStatus"] in COUNTED and row["TaxonomyLevelName"] == "Agency"]
    oldest = [min(day or date.min for day in days[row["ResourceAgencyNum"]]) for row in agencies]
    still = sum(day >= date(2013, 12, 31) for day in oldest)
    assert (told.units, told.updated_now) == (427, 2)
    assert told.share_without_work == pytest.approx(still / 427)
    assert told.needed == 406 - still  # 95 % of 427 are 405.65
    assert told.share is not None
    assert told.share_without_work <= told.share.low <= told.share.high <= 1


def test_nothing_is_forecast_or_queued_of_an_export_without_dates(miami211: Directory) -> None:
    """All of Miami's 1,074 agencies would be due this week, or forecast at 0 %."""
    dated = date_directory(miami211, as_of=LAST_VERIFIED, rule=FreshnessRule())
    told = forecast_share(
        dated.bundles.select("day", unit_id="unit"),
        dated.bundles.select("day", unit_id="unit").drop_nulls(),
        as_of=LAST_VERIFIED,
        target_on=date(2014, 12, 31),
        target_share=0.95,
        known_since=None,
        cutoff=lambda day: window_of(FreshnessRule(), as_of=day).cutoff_on,
        parameters=ForecastParameters(),
        seed="miami211",
    )
    assert told.share is None
    assert told.needed is None
    assert told.reason
    work = collect_bundle_work(
        miami211,
        complexity=measure_complexity(miami211, as_of=LAST_VERIFIED, parameters=StaffingParameters()),
        as_of=LAST_VERIFIED,
        rule=FreshnessRule(),
        members=empty_table(MergeMember),
    )
    assert work.bundles.is_empty()
    assert work.notes == (
        "Center miami211: its export has no verification date that counts, so none of its agencies is queued (1,074).",
    )


def test_the_real_queue_is_the_fewest_that_reach_the_target(dc211: Directory) -> None:
    """425 of 427 agencies are overdue: what reaches 95 % in 13 weeks is 404 of them, and no more."""
    work = collect_bundle_work(
        dc211,
        complexity=measure_complexity(dc211, as_of=LAST_VERIFIED, parameters=StaffingParameters()),
        as_of=LAST_VERIFIED,
        rule=FreshnessRule(),
        members=empty_table(MergeMember),
    )
    parameters = QueueParameters(catch_up_by=date(2014, 7, 8), level_weeks=0, default_hours_per_week=168)
    queue = plan_queue(work.bundles, as_of=LAST_VERIFIED, weeks=13, parameters=parameters)
    last = queue.targets.filter(pl.col("week") == 13).row(0, named=True)
    assert (last["target_count"], last["counting_with"], last["shortfall"]) == (406, 406, 0)
    assert queue.items["agency_uid"].n_unique() == queue.items.height == 406 - last["counting_without"]
