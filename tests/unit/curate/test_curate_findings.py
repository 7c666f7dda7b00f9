"""Findings over the nights: opened, kept, fixed, come back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from pipeline.curate.acceptances import ACCEPTED, REOPENED, read_acceptances
from pipeline.curate.finding_events import list_events
from pipeline.curate.findings import open_findings, shown_findings, track_findings
from pipeline.curate.fix_rates import count_fix_rates
from pipeline.curate.moved_findings import move_findings
from schemas.contract import conform, empty_table
from schemas.quality import Finding, TrackedFinding

FIRST, SECOND, THIRD = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)


def finding(finding_id: str, **changes) -> pl.DataFrame:
    values = {
        "finding_id": finding_id,
        "center_id": "test",
        "record_uid": f"uid-{finding_id}",
        "kind": "agency",
        "rule_id": "ID-003",
        "severity": "error",
        "is_held_back": False,
        "field": "record_owner",
        "expected": "a code",
        "message": "No owner.",
        "how_to_fix": "Enter it.",
        **changes,
    }
    return conform(pl.DataFrame([values]), Finding)


def night(*findings: pl.DataFrame, before: pl.DataFrame, as_of: date, read=("test",), **known) -> pl.DataFrame:
    shown = pl.concat(findings) if findings else empty_table(Finding)
    return track_findings(shown, before=before, as_of=as_of, read_centers=list(read), **known)


def records(*uids: str, is_counted: bool = True) -> pl.DataFrame:
    return pl.DataFrame(
        [("test", "agency", uid, is_counted) for uid in uids],
        schema={"center_id": pl.String, "kind": pl.String, "record_uid": pl.String, "is_counted": pl.Boolean},
        orient="row",
    )


def entry(kind: str = ACCEPTED, *, until: date = SECOND, value: str | None = None, finding_id: str = "a"):
    payload = {"until": until.isoformat(), "reason": "agency moves in May", "value": value}
    return (datetime(2026, 11, 18, 9, tzinfo=UTC), "Renata", kind, finding_id, payload)


def life(tracked: pl.DataFrame) -> list[tuple]:
    return tracked.select("finding_id", "status", "first_seen_on", "last_seen_on", "closed_on").rows()


NOTHING = empty_table(TrackedFinding)


def test_a_new_finding_opens_tonight():
    """A curator must see since when something is wrong."""
    assert life(night(finding("a"), before=NOTHING, as_of=FIRST)) == [("a", "open", FIRST, FIRST, None)]


def test_a_finding_that_stays_keeps_its_first_day():
    """Its age must grow from night to night, not start anew."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    assert life(night(finding("a"), before=first, as_of=THIRD)) == [("a", "open", FIRST, THIRD, None)]


def test_a_corrected_record_closes_its_finding():
    """Nobody should have to tick off what the next export shows as done."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    assert life(night(before=first, as_of=SECOND)) == [("a", "fixed", FIRST, FIRST, SECOND)]


def test_a_fixed_finding_keeps_the_night_it_was_fixed():
    """Later nights must not move the day on which it was fixed."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    second = night(before=first, as_of=SECOND)
    assert life(night(before=second, as_of=THIRD)) == [("a", "fixed", FIRST, FIRST, SECOND)]


def test_a_finding_that_comes_back_is_open_again_with_its_history():
    """A fault that returns is an old acquaintance, not a new one."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    second = night(before=first, as_of=SECOND)
    third = night(finding("a"), before=second, as_of=THIRD)
    assert life(third) == [("a", "reappeared", FIRST, THIRD, None)]
    assert third["times_reappeared"].to_list() == [1]
    assert open_findings(third).height == 1


def test_findings_of_a_center_that_was_not_read_stay_open():
    """A center whose export did not arrive has fixed nothing."""
    first = night(finding("a", center_id="east"), before=NOTHING, as_of=FIRST)
    assert life(night(before=first, as_of=SECOND, read=("west",))) == [("a", "open", FIRST, FIRST, None)]


def test_the_same_night_twice_changes_nothing():
    """Running a night again must not age or close anything."""
    first = night(finding("a"), finding("b"), before=NOTHING, as_of=FIRST)
    again = night(finding("b"), finding("a"), before=first, as_of=FIRST)
    assert again.equals(first)
    assert open_findings(again).equals(pl.concat([finding("a"), finding("b")]))


@pytest.mark.parametrize(
    ("delivered", "rule_id", "ended"),
    [
        (records("uid-a"), "CMP-A-NAME", "fixed"),
        (records("uid-b"), "CMP-A-NAME", "removed"),
        (records("uid-a", is_counted=False), "CMP-A-NAME", "removed"),
        (records("uid-a", is_counted=False), "ID-003", "fixed"),  # asked of every delivered record
    ],
)
def test_a_finding_that_nobody_mended_is_not_called_fixed(delivered, rule_id, ended):
    """A record that left the export, or no longer counts, must not raise anybody's fix rate."""
    first = night(finding("a", rule_id=rule_id), before=NOTHING, as_of=FIRST)
    assert night(before=first, as_of=SECOND, delivered=delivered)["status"].to_list() == [ended]


def test_a_rule_that_is_no_longer_asked_withdraws_its_findings():
    """Switching a rule off, or losing its column, mends nothing."""
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    gone = pl.DataFrame({"center_id": ["test"], "rule_id": ["ID-003"], "reason": ["no such column"]})
    here = records("uid-a")
    assert night(before=first, as_of=SECOND, delivered=here, not_applicable=gone)["status"].to_list() == ["withdrawn"]
    off = frozenset({"ID-003"})
    assert night(before=first, as_of=SECOND, delivered=here, disabled_rules=off)["status"].to_list() == ["withdrawn"]


def test_a_record_that_only_grew_older_was_not_fixed():
    """Overdue that became stale is worse, not mended."""
    same = {"record_uid": "uid-x", "field": "verified_on"}
    first = night(finding("a", rule_id="FRE-001", **same), before=NOTHING, as_of=FIRST)
    second = night(finding("b", rule_id="FRE-003", **same), before=first, as_of=SECOND, delivered=records("uid-x"))
    assert dict(second.select("finding_id", "status").rows()) == {"a": "withdrawn", "b": "open"}


def test_a_rekeyed_record_keeps_the_life_of_its_findings():
    """A new number from the software must not make an old fault young."""
    first = night(finding("old", record_uid="uid-1"), before=NOTHING, as_of=FIRST)
    moved = pl.DataFrame({"center_id": ["test"], "old_record_uid": ["uid-1"], "new_record_uid": ["uid-2"]})
    here = records("uid-2")
    shown = finding("new", record_uid="uid-2")
    before = move_findings(first, rekeyed=moved, findings=shown)
    second = night(shown, before=before, as_of=SECOND, delivered=here)
    assert life(second) == [("new", "open", FIRST, SECOND, None)]
    third = night(before=move_findings(first, rekeyed=moved, findings=shown.clear()), as_of=SECOND, delivered=here)
    assert third["status"].to_list() == ["fixed"], "it is there under its new number, and mended"


def test_an_exception_holds_until_its_last_day():
    """Nobody is reminded of what was accepted; the day after its last day it is open again."""
    taken = read_acceptances([entry(until=SECOND)])
    first = night(finding("a"), before=NOTHING, as_of=FIRST)
    second = night(finding("a"), before=first, as_of=SECOND, acceptances=taken)
    assert second.select("status", "accepted_until", "accepted_by", "accepted_reason").rows() == [
        ("accepted", SECOND, "Renata", "agency moves in May")
    ]
    assert open_findings(second).is_empty()
    assert shown_findings(second).height == 1
    third = night(finding("a"), before=second, as_of=THIRD, acceptances=taken)
    assert third.select("status", "accepted_until", "first_seen_on").rows() == [("open", None, FIRST)]


def test_an_exception_lapses_when_the_value_changes():
    """What was accepted is one value, not whatever comes later; case and blanks are the same value."""
    taken = read_acceptances([entry(until=THIRD, value="Box  12")])
    same = night(finding("a", value="box 12"), before=NOTHING, as_of=SECOND, acceptances=taken)
    other = night(finding("a", value="Box 13"), before=NOTHING, as_of=SECOND, acceptances=taken)
    assert [one["status"][0] for one in (same, other)] == ["accepted", "open"]


def test_the_last_entry_of_the_log_counts():
    """Taking an exception back is another entry; taking it again is a third."""
    assert read_acceptances([entry(), entry(REOPENED)]).is_empty()
    assert read_acceptances([entry(), entry(REOPENED), entry(until=THIRD)])["accepted_until"].to_list() == [THIRD]


def events(tracked, before, taken=None, as_of=SECOND):
    taken = read_acceptances([]) if taken is None else taken
    listed = list_events(tracked, before=before, acceptances=taken, run_id="r", as_of=as_of)
    return dict(listed.select("finding_id", "event").rows())


def test_every_change_of_state_is_one_event():
    """Trends and fix rates are counted from these."""
    taken = read_acceptances([entry(finding_id="d")])
    first = night(*[finding(name) for name in "abd"], before=NOTHING, as_of=FIRST)
    here = records("uid-a", "uid-c", "uid-d")
    second = night(finding("c"), finding("d"), before=first, as_of=SECOND, delivered=here, acceptances=taken)
    assert events(second, first, taken) == {"a": "fixed", "b": "removed", "c": "opened", "d": "accepted"}
    assert events(second, second, taken) == {}
    third = night(*[finding(name) for name in "abcd"], before=second, as_of=THIRD, acceptances=taken)
    assert events(third, second, taken, as_of=THIRD) == {"a": "reappeared", "b": "returned", "d": "expired"}
    lapsed = night(finding("d", value="new"), before=second, as_of=SECOND, acceptances=taken, delivered=here)
    assert events(lapsed, second, taken)["d"] == "lapsed"
    back = night(finding("d"), before=second, as_of=SECOND, delivered=here)
    assert events(back, second)["d"] == "taken_back"


def test_fix_rates_leave_out_what_nobody_mended():
    """Fixed / (fixed + still open): a record that left the export is in neither."""
    names = {"curator": "Renata"}
    here = records("uid-a", "uid-c", "uid-d")
    first = night(*[finding(name, **names) for name in "abcd"], before=NOTHING, as_of=FIRST)
    second = night(finding("c", **names), finding("d", **names), before=first, as_of=THIRD, delivered=here)
    none = read_acceptances([])
    listed = pl.concat(
        [
            list_events(first, before=NOTHING, acceptances=none, run_id="1", as_of=FIRST),
            list_events(second, before=first, acceptances=none, run_id="2", as_of=THIRD),
        ]
    )
    rates = count_fix_rates(listed, second, by="curator", as_of=THIRD, days=30, smallest_cell=10)
    assert rates.select("value", "opened", "fixed", "still_open", "total", "median_days_to_fix", "is_small").rows() == [
        ("Renata", 4, 1, 2, 3, 2.0, True)
    ]
    assert rates["fix_rate"][0] == pytest.approx(1 / 3)
    assert count_fix_rates(listed, second, by="curator", as_of=FIRST, days=1, smallest_cell=1)["fixed"].to_list() == [0]


def test_an_earlier_day_makes_nothing_older_that_was_not_read():
    """A night run once more for another center would put days on the faults of all."""
    first = night(finding("a", center_id="east"), before=NOTHING, as_of=SECOND, read=("east",))
    again = night(finding("a", center_id="east"), before=first, as_of=FIRST, read=("west",))
    assert life(again) == [("a", "open", SECOND, SECOND, None)]
    gone = night(before=first, as_of=FIRST, read=("east",))
    assert life(gone) == [("a", "fixed", SECOND, SECOND, SECOND)], "it cannot close before it was seen"


def test_a_finding_that_is_new_and_accepted_is_both_in_the_history():
    """What came less what went must be what is shown."""
    taken = read_acceptances([entry(until=THIRD)])
    first = night(finding("a"), before=NOTHING, as_of=FIRST, acceptances=taken)
    listed = list_events(first, before=NOTHING, acceptances=taken, run_id="r", as_of=FIRST)
    assert listed["event"].to_list() == ["accepted", "opened"]


def test_a_rule_unasked_of_one_kind_is_still_asked_of_the_others():
    """A rule that a center cannot be asked of its sites would deny curators every agency they mended."""
    off = pl.DataFrame({"center_id": ["test"], "rule_id": ["FMT-001"], "reason": ["Not carried for sites."]})
    same = {"rule_id": "FMT-001"}
    first = night(
        finding("a", **same), finding("b", **same), finding("s", kind="site", **same), before=NOTHING, as_of=FIRST
    )
    here = pl.concat([records("uid-a", "uid-b"), records("uid-s").with_columns(kind=pl.lit("site"))])
    second = night(finding("b", **same), before=first, as_of=SECOND, delivered=here, not_applicable=off)
    assert dict(second.select("finding_id", "status").rows()) == {"a": "fixed", "b": "open", "s": "withdrawn"}


def test_in_time_is_judged_only_of_what_had_the_time():
    """A curator would be called late for what came last night."""
    here = records("uid-a", "uid-b", "uid-c")
    first = night(finding("a"), finding("b"), before=NOTHING, as_of=FIRST)
    second = night(finding("b"), finding("c"), before=first, as_of=THIRD, delivered=here)
    listed = list_events(second, before=first, acceptances=read_acceptances([]), run_id="2", as_of=THIRD)
    period = {"by": "rule_id", "as_of": THIRD, "days": 30, "smallest_cell": 1}
    columns = ("in_time", "late", "in_time_share")
    two_days = count_fix_rates(listed, second, within_days=2, **period)
    one_day = count_fix_rates(listed, second, within_days=1, **period)
    assert two_days.select(columns).rows() == [(1, 0, 1.0)]
    assert one_day.select(columns).rows() == [(0, 2, 0.0)]
