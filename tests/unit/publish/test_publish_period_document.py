"""The report of a period as a document: what is not known says so, what is small says so, nobody is ranked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from pipeline.measure.periods import period_named
from pipeline.publish.period_document import headlines_of, period_document, summary_of
from pipeline.publish.period_json import period_json
from schemas.night import ForecastFigures, ShareFigure
from schemas.period import Scope
from schemas.period_facts import (
    AuditRound,
    Count,
    DuplicateFacts,
    FindingFacts,
    FixFacts,
    FreshnessFacts,
    GatheringFacts,
    MovedCounts,
    PeriodFacts,
    RecordFacts,
    SharePart,
    SharePoint,
    StaffingFacts,
    VisitorFacts,
)

AS_OF = date(2026, 12, 31)
UNKNOWN = ShareFigure(numerator=None, denominator=12, unknown=12, share=None, reason="The export has no such date.")


def share(met: int, of: int, unknown: int = 0) -> ShareFigure:
    return ShareFigure(numerator=met, denominator=of, unknown=unknown, share=met / of)


def freshness(**changes) -> FreshnessFacts:
    readings = tuple(
        SharePart(value=name, figure=share(90, 120, 4), before=share(84, 120, 6))
        for name in ("complete_agency_update", "verified_record", "edited_record")
    )
    made = FreshnessFacts(
        readings=readings,
        windows=(),
        cutoff=date(2025, 12, 31),
        window_months=12,
        band_months=(10, 12, 18),
        bands={"all": {"current": 80, "due": 10, "overdue": 20, "stale": 6, "never": 4}},
        trend=(SharePoint(day=date(2026, 9, 30), share=0.7), SharePoint(day=AS_OF, share=0.75)),
    )
    return replace(made, **changes)


def facts(**changes) -> PeriodFacts:
    """A quarter about which everything is known."""
    counts = {"open_before": 40, "opened": 10, "reappeared": 1, "fixed": 20, "other_ended": 2, "open_now": 29}
    made = PeriodFacts(
        period=period_named("2026-Q4", fiscal_month=7),
        scope=Scope(),
        until=AS_OF,
        is_running=False,
        as_of=AS_OF,
        run_id="run",
        before_on=date(2026, 9, 30),
        first_night_on=date(2026, 1, 1),
        nights=92,
        program_version="1",
        records=RecordFacts(
            counted=(
                Count(name="agency", now=120, before=118),
                Count(name="site", now=1, before=1),
                Count(name="service", now=600, before=610),
            )
        ),
        freshness=freshness(),
        findings=FindingFacts(
            total=MovedCounts(value="all", **counts),
            by_severity=(
                MovedCounts(value="error", **counts),
                MovedCounts(value="warning", open_before=0, open_now=0),
                MovedCounts(value="info", open_before=0, open_now=0),
            ),
        ),
        audits=(),
        duplicates=DuplicateFacts(
            counts=tuple(Count(name=name, now=3) for name in ("duplicate", "possible", "asked")), verdicts={"same": 2}
        ),
        staffing=StaffingFacts(fte=(2.0, 3.0, 4.0)),
        visitors=VisitorFacts(months=((date(2026, 10, 1), None),)),
        gathering=GatheringFacts(),
    )
    return replace(made, **changes)


def told(made: PeriodFacts) -> str:
    return json.dumps(period_json(made, period_document(made)), ensure_ascii=False)


def tables(made: PeriodFacts):
    return {table.table_id: table for table in period_document(made).tables()}


def test_headlines_stand_with_what_they_rest_on():
    headlines = {one.label: one for one in headlines_of(facts())}
    updated = headlines["Agencies completely updated in the last year"]
    assert (updated.value, updated.change) == ("75.0 %", "up 5.0 points since 30 September 2026")
    assert updated.basis == "90 of 120 agencies; 4 of the 120 have no date and count as not updated"
    assert headlines["Counted agencies"].change == "2 more since 30 September 2026"
    assert headlines["Open errors"].change == "11 fewer since 30 September 2026"
    assert headlines["Curators needed"].value == "3.0 FTE"
    assert "2.0 to 4.0" in headlines["Curators needed"].basis
    assert headlines["Records with a fault, by audit"].value == "unknown"


def test_a_share_that_is_not_known_is_never_a_number():
    """0 % would be read as nobody having worked."""
    unknown = tuple(SharePart(value=part.value, figure=UNKNOWN) for part in facts().freshness.readings)
    made = facts(freshness=freshness(readings=unknown, bands={}, trend=()))
    assert headlines_of(made)[1].value == "unknown"
    assert headlines_of(made)[1].basis == "The export has no such date."
    assert "not known. The export has no such date." in summary_of(made)[1]
    row = tables(made)["freshness-readings"].rows[0]
    assert row[4] is None
    assert "0.0 %" not in told(made)


def test_an_edit_is_never_called_an_update():
    """A directory of which every record was saved by an import is not updated."""
    readings = tables(facts())["freshness-readings"]
    assert "Updated" not in [column.heading for column in readings.columns]
    assert "never called updated" in readings.rows[2][0]


def test_without_an_earlier_night_nothing_is_compared():
    made = facts(before_on=None, records=RecordFacts(counted=(Count(name="agency", now=120),)))
    assert all(one.change is None for one in headlines_of(made))
    assert "since" not in summary_of(made)[0]


def test_a_running_period_is_told_to_date():
    assert "to date (31 December 2026)" in period_document(facts(is_running=True)).subtitle
    assert "to date" not in period_document(facts()).subtitle


def test_parts_are_sorted_by_name_and_small_ones_are_marked():
    """A list by share is a ranking of persons."""
    parts = (SharePart(value="Ann", figure=share(1, 2)), SharePart(value="Zed", figure=share(90, 100)))
    table = tables(facts(freshness=freshness(by_curator=parts)))["freshness-by-curator"]
    assert [row[0] for row in table.rows] == ["Ann", "Zed"]
    assert [row[-1] for row in table.rows] == ["fewer than 10", None]
    assert any("not a measure of any person's work" in note for note in table.notes)


def test_lists_are_cut_with_the_true_total_beside():
    parts = tuple(SharePart(value=f"County {place:03}", figure=share(1, 20)) for place in range(400))
    table = tables(facts(freshness=freshness(by_county=parts)))["freshness-by-county"]
    assert (len(table.rows), table.of_rows) == (120, 400)
    assert table.where_all is not None


def test_a_forecast_is_told_with_its_range():
    forecast = ForecastFigures(
        target_on=date(2027, 6, 30), low=0.7, central=0.8, high=0.9, confidence=0.8, without_work=0.5, target_share=0.95,
        needed_per_week=None, pace_per_week=2.0,
    )  # fmt: skip
    made = facts(freshness=freshness(forecast=forecast))
    assert "between 70.0 % and 90.0 %" in summary_of(made)[2]
    assert "can no longer be reached" in summary_of(made)[2]
    unknown = replace(forecast, central=None, low=None, high=None, reason="No date.")
    assert headlines_of(facts(freshness=freshness(forecast=unknown)))[2].value == "unknown"


def test_an_audit_of_few_records_says_so():
    few = AuditRound(
        batch_id="audit-1", drawn_on=date(2026, 11, 1), unit="agency", center_id=None, drawn=32, done=5, speaks_for=120,
        record_error_rate=(0.4, 0.118, 0.769), critical_error_rate=(0.0, 0.0, 0.434), score=(88.0, 70.0, 100.0),
    )  # fmt: skip
    made = facts(audits=(few,))
    assert "40.0 % (11.8 to 76.9 %) of the records have a fault, from 5 agencies audited" in summary_of(made)[3]
    (row,) = tables(made)["audits-rounds"].rows
    assert row[-1] == "rests on 5 agencies: the interval is wide"
    assert {one.label: one for one in headlines_of(made)}["Records with a fault, by audit"].basis.startswith(
        "interval 11.8 to 76.9 %"
    )


@pytest.mark.parametrize("curator", ["Ann", 'Ann "the desk" O\'Neil', "<b>Ann</b>"])
def test_the_report_of_a_curator_measures_nobody(curator):
    counted = (Count(name="agency", now=12, before=12), Count(name="record", now=40, before=41))
    made = facts(
        scope=Scope(curator=curator, title=curator),
        records=RecordFacts(counted=counted),
        audits=None,
        duplicates=None,
        staffing=None,
        visitors=None,
        gathering=None,
    )
    document = period_document(made)
    assert "not a measure of any person's work" in told(made)
    assert {section.section_id for section in document.sections} == {
        "records",
        "freshness",
        "findings",
        "work",
        "method",
    }
    assert "audit" not in " ".join(document.summary)


def test_rates_of_few_findings_are_marked():
    rates = (
        FixFacts(value="Ann", fixed=2, still_open=1, fix_rate=2 / 3, in_time_share=None, median_days_to_fix=4.0, is_small=True),
        FixFacts(value="(unknown)", fixed=0, still_open=90, fix_rate=0.0, in_time_share=0.0, median_days_to_fix=None, is_small=False),
    )  # fmt: skip
    table = tables(facts(findings=replace(facts().findings, fix_rates=rates)))["findings-fix-rates"]
    assert table.rows[0][-1] == "fewer than 10 findings: too few to say much"
    assert table.rows[1][0] == "(no curator named)"


def test_visitors_that_are_not_given_are_a_labelled_line():
    assert summary_of(facts())[-1].endswith("Visitors of the online directory: not given.")
    (month, total) = tables(facts())["visitors-months"].rows
    assert month == ("October 2026", None)
    assert total[1] is None
    part = VisitorFacts(months=((date(2026, 10, 1), 5), (date(2026, 11, 1), None)), total=5, before=9, source="v.csv")
    assert summary_of(facts(visitors=part))[-1].endswith("5 in 1 of 2 months; the others are not given.")
    whole = VisitorFacts(months=((date(2026, 10, 1), 5),), total=5, before=9, source="v.csv")
    assert summary_of(facts(visitors=whole))[-1].endswith("5, 4 fewer than in the period before.")


def test_a_calibrated_figure_stands_beside_the_assumed_one():
    staffing = StaffingFacts(
        fte=(2.0, 3.0, 4.0), calibrated=(2.5, 3.5, 4.5), actual=4.0, workings=(("agencies", 120.0, "agencies", 1.0, 2.0, 3.0),)
    )  # fmt: skip
    (section,) = [one for one in period_document(facts(staffing=staffing)).sections if one.section_id == "staffing"]
    assert "2.0 to 4.0 full-time curators (central figure 3.0); 4 at work" in section.paragraphs[0]
    assert (
        section.paragraphs[1]
        == "Calibrated with the center's own figures: 2.5 to 4.5 full-time curators (central figure 3.5)."
    )
    assert tables(facts(staffing=staffing))["staffing-workings"].rows[0][0] == "agencies"


def test_figures_have_one_form_in_json():
    """Scripts read shares as 0-1 and days as ISO dates."""
    document = period_json(facts(), period_document(facts()))
    assert json.loads(json.dumps(document)) == document
    (readings,) = [
        one for section in document["sections"] for one in section["tables"] if one["id"] == "freshness-readings"
    ]
    assert readings["columns"][0] == "reading"
    assert readings["rows"][0][4] == 0.75
