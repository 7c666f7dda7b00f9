"""What opened and closed tonight, as Prefect's page shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from pipeline.publish.moved_findings import summarize_moved
from pipeline.publish.report import render_report
from pipeline.publish.summary import summarize_night
from schemas.night import (
    CenterFacts,
    DuplicateFigures,
    FreshnessFigures,
    MovedFinding,
    MovedFindings,
    NightFacts,
    ShareFigure,
)

DAY = date(2026, 11, 20)
_NONE = ShareFigure(numerator=None, denominator=None, unknown=None, share=None)


def facts(**changes) -> NightFacts:
    center = CenterFacts(
        center_id="east", format="icarol", input_sha256="0", rows_read=1, rows_rejected=0, records={}, findings={},
        findings_by_rule={}, findings_life={"opened": 12, "fixed": 1}, changes={},
    )  # fmt: skip
    plain = NightFacts(
        run_id="r",
        as_of=DAY,
        status="published",
        centers=(center,),
        duplicates=DuplicateFigures(candidate_pairs=0, duplicate=0, possible=0, decided=0, reopened=0, clusters=0),
        freshness=FreshnessFigures(
            complete_agency_update=_NONE, verified_record=_NONE, edited_record=_NONE, definition="", cutoff=DAY
        ),
    )
    return replace(plain, **changes)


def moved(event: str, **changes) -> MovedFinding:
    one = MovedFinding(
        event=event, finding_id="a" * 16, center_id="east", rule_id="FMT-001", severity="error",
        record="Oak | House (7)", field="phone", value="*555*", how_to_fix="Enter ten digits.",
    )  # fmt: skip
    return replace(one, **changes)


def test_counts_come_first_then_records_with_how_to_fix_them():
    """The page would tell that something opened, and not what to do about it."""
    rule = MovedFindings(rule_id="FMT-001", severity="error", opened=11, reappeared=0, fixed=1, other_ended=3)
    told = summarize_moved(facts(moved_findings=(rule,), moved_first=(moved("opened"), moved("fixed"))))
    assert "| FMT-001 | error | 11 | 0 | 1 | 3 |" in told
    assert "- error FMT-001, east, Oak \\| House (7), phone: \\*555\\*. Enter ten digits." in told
    assert "12 in all" in told
    fixed = told[told.index("## Fixed") :]
    assert "Enter ten digits." not in fixed, "nothing is left to do"
    assert "in all" not in fixed


def test_a_quiet_or_stopped_night_says_so():
    """An empty page would look like a fault of the program."""
    assert "No finding opened or closed" in summarize_moved(facts())
    assert "Nothing was published" in summarize_moved(facts(status="gated"))


def test_records_that_must_not_be_named_are_withheld():
    """Prefect's pages are open to whoever reaches the server."""
    from flows.night_facts import WITHHELD, _moved_first
    from pipeline.curate.changes import ChangeCounts
    from schemas.contract import conform
    from schemas.quality import FindingEvent, TrackedFinding

    row = {
        "center_id": "east", "rule_id": "FMT-001", "severity": "error", "kind": "agency", "is_held_back": False,
        "field": "phone", "value": "555", "expected": "x", "message": "m", "how_to_fix": "h", "status": "open",
        "first_seen_on": DAY, "last_seen_on": DAY, "times_reappeared": 0,
    }  # fmt: skip
    rows = [
        {**row, "finding_id": name, "record_uid": name, "record_name": f"House {name}", "native_id": "7"}
        for name in ("open", "secret")
    ]
    tracked = conform(pl.DataFrame(rows), TrackedFinding)
    events = conform(
        tracked.with_columns(
            run_id=pl.lit("r"), as_of=pl.lit(DAY), event=pl.lit("opened"), days_open=pl.lit(0).cast(pl.Int64)
        ),
        FindingEvent,
    )

    class Frames:
        """The three frames that matter."""

        changes = {"east": ChangeCounts()}  # noqa: RUF012 - never changed

    Frames.tracked, Frames.events = tracked, events  # type: ignore[attr-defined]
    may = tracked.filter(pl.col("finding_id") == "open").select("center_id", "record_uid", "kind")
    told = {one.finding_id: one for one in _moved_first(Frames(), may_be_named=may)}  # type: ignore[arg-type]
    assert (told["open"].record, told["open"].value) == ("House open (7)", "555")
    assert (told["secret"].record, told["secret"].value) == (WITHHELD, WITHHELD)


def test_a_center_on_its_first_night_opened_nothing():
    """A new center's thousands of findings would bury what happened to the others."""
    from flows.night_facts import _moved_by_rule
    from pipeline.curate.changes import ChangeCounts
    from schemas.contract import conform
    from schemas.quality import FindingEvent

    rows = [
        {
            "run_id": "r", "as_of": DAY, "finding_id": f"{center}{place}", "event": event, "center_id": center,
            "rule_id": "FMT-001", "severity": "error", "kind": "agency", "record_uid": "u", "curator": None, "days_open": 0,
        }
        for place, (center, event) in enumerate(
            [("east", "opened"), ("east", "taken_back"), ("east", "removed"), ("east", "accepted"), ("new", "opened")]
        )
    ]  # fmt: skip

    class Frames:
        """The two frames that matter."""

        changes = {"east": ChangeCounts(), "new": ChangeCounts(is_first=True)}  # noqa: RUF012 - never changed
        events = conform(pl.DataFrame(rows), FindingEvent)

    moved_rules = _moved_by_rule(Frames())  # type: ignore[arg-type]
    assert moved_rules.rows() == [("FMT-001", "error", 2, 0, 0, 1)]


def test_the_table_ends_with_what_the_text_counts_and_says_what_it_leaves_out():
    """The figures of the page would contradict each other."""
    rule = MovedFindings(rule_id="FMT-001", severity="error", opened=10, reappeared=0, fixed=1, other_ended=0)
    night = facts(moved_findings=(rule,), moved_rule_count=15)
    page = render_report(night)
    assert "Showing the first 1 of 15 rules" in page
    assert (
        '<th scope="row">all rules</th><td></td><td class="n">12</td><td class="n">0</td><td class="n">1</td>' in page
    )
    assert "12 opened, 1 was fixed" in summarize_night(night)
    assert "| all rules | | 12 | 0 | 1 | 0 |" in summarize_moved(night)
    assert "Showing the first" not in render_report(facts(moved_findings=(rule,), moved_rule_count=1))


def test_the_report_has_a_table_of_what_opened_and_closed():
    """The page would tell how many are open, and not whether the night made it better."""
    rule = MovedFindings(rule_id="FMT-001", severity="error", opened=1234, reappeared=2, fixed=1, other_ended=3)
    page = render_report(facts(moved_findings=(rule,)))
    table = page[page.index("Opened and closed since the last night") :]
    table = table[: table.index("</table>")]
    assert '<th scope="row">FMT-001</th><td>error</td><td class="n">1,234</td><td class="n">2</td>' in table
    assert '<th scope="col" class="n">ended otherwise</th>' in table
    assert "<caption>" in table
    assert "Opened and closed since" not in render_report(facts())
