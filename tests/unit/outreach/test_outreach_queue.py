"""The verification queue on small centers, worked by hand."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.outreach.queue import Queue, plan_queue
from schemas.contract import schema_of
from schemas.errors import UsageError
from schemas.outreach import QueueBundle
from tests.queue_bundles import MONDAY, bundle, counting, frame, lasting, settings

WEDNESDAY = MONDAY + timedelta(days=2)
SUNDAY = MONDAY + timedelta(days=6)


def planned(queue: Queue) -> list[tuple[str, int]]:
    """Return the agencies and their weeks."""
    return queue.items.sort("week", "position").select("agency_uid", "week").rows()


def test_only_as_many_as_the_target_needs_most_used_first():
    """Without it curators verify agencies that the target does not need, or the wrong ones first."""
    # 20 agencies, 95 % are 19. Week 1: 17 count without work, so 2 are needed; week 2: 16, so 3.
    rows = [
        counting("a", WEDNESDAY, use=5),
        counting("b", WEDNESDAY, use=None),
        counting("c", WEDNESDAY, use=9),
        counting("d", WEDNESDAY + timedelta(days=7), use=100),
        *lasting(16),
    ]
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=4, parameters=settings())
    assert planned(queue) == [("c", 1), ("a", 1), ("b", 2)]
    assert queue.targets.get_column("needed").to_list() == [19, 19, 19, 19]
    assert queue.targets.get_column("counting_without").to_list() == [17, 16, 16, 16]
    assert queue.targets.get_column("counting_with").to_list() == [19, 19, 19, 19]
    assert queue.targets.get_column("share_with").to_list() == [0.95] * 4
    assert queue.targets.row(0, named=True)["week_end_on"] == SUNDAY
    assert queue.items.get_column("needed_by_on").to_list() == [SUNDAY, SUNDAY, SUNDAY + timedelta(days=7)]
    assert queue.items.get_column("week_start_on").to_list() == [MONDAY, MONDAY, MONDAY + timedelta(days=7)]


def test_what_counts_on_the_last_day_of_a_week_counts_at_its_end():
    """Without it the share at a week end is one day off."""
    rows = [counting("on", SUNDAY), counting("before", SUNDAY - timedelta(days=1))]
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=2, parameters=settings(target_share=1))
    assert queue.targets.get_column("counting_without").to_list() == [1, 0]
    assert planned(queue) == [("before", 1), ("on", 2)]


def test_arrears_come_first_never_verified_then_the_oldest_month_then_the_most_used():
    """Without it the agencies that callers ask for most wait, or the oldest are forgotten."""
    rows = [
        bundle("may-3", day=date(2025, 5, 3), use=1),
        bundle("may-28", day=date(2025, 5, 28), use=50),
        bundle("april", day=date(2025, 4, 30), use=0),
        bundle("never", use=0),
        counting("soon", WEDNESDAY, use=999),
    ]
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=1, parameters=settings(target_share=1, catch_up_by=SUNDAY))
    assert [uid for uid, _ in planned(queue)] == ["never", "april", "may-28", "may-3", "soon"]
    assert queue.items.get_column("position").to_list() == [1, 2, 3, 4, 5]
    assert queue.items.get_column("reason").to_list() == [
        "never verified",
        "overdue since 2026-05-01",
        "overdue since 2026-05-29",
        "overdue since 2026-05-04",
        f"counts until {WEDNESDAY}",
    ]
    assert queue.items.get_column("stage").to_list() == [
        "first_request",
        "check_existence",
        "check_existence",
        "check_existence",
        "last_call",
    ]


def test_a_center_below_its_target_catches_up_in_equal_steps():
    """Without it a backlog falls on one week."""
    rows = [*lasting(70), *(bundle(f"b{place:02}") for place in range(30))]
    steps = settings(catch_up_weeks=5, catch_up_weekly_share=0.01, look_ahead_weeks=6)
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=6, parameters=steps)
    assert queue.targets.get_column("needed").to_list() == [75, 80, 85, 90, 95, 95]
    assert queue.loads.get_column("agencies").to_list() == [5, 5, 5, 5, 5, 0]
    assert queue.notes[0] == (
        "Center c1: 70 of 100 agencies count today (70.0 %); with this queue the target of 95.0 % is reached by 2027-01-03."
    )


def test_the_steps_do_not_shrink_when_the_plan_is_made_anew():
    """Without it a center that plans every week comes closer and closer to its target and never gets there."""
    rows = [*lasting(93), *(bundle(f"b{place}") for place in range(7))]
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=2, parameters=settings(catch_up_weeks=13))
    assert queue.targets.get_column("needed").to_list() == [95, 95]


def test_the_target_is_reached_by_the_day_set():
    """Without it a director's deadline has no effect."""
    rows = [*lasting(70), *(bundle(f"b{place:02}") for place in range(30))]
    by = settings(catch_up_by=SUNDAY + timedelta(days=7))
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=2, parameters=by)
    assert queue.targets.get_column("needed").to_list() == [83, 95]
    past = settings(catch_up_by=MONDAY - timedelta(days=1), catch_up_weekly_share=0.1)
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=2, parameters=past)
    assert queue.targets.get_column("needed").to_list() == [80, 90]


def test_what_ceased_over_night_is_no_backlog():
    """Without it a mass stamp that expires on Sunday lets the next week end slip below the target."""
    ceased = [bundle(f"c{place}", day=date(2025, 11, 29)) for place in range(10)]
    earlier = [bundle(f"c{place}", day=date(2025, 11, 28)) for place in range(10)]
    sets = settings(catch_up_weekly_share=0.01)
    over_night = plan_queue(frame(*lasting(90), *ceased), as_of=MONDAY, weeks=1, parameters=sets)
    backlog = plan_queue(frame(*lasting(90), *earlier), as_of=MONDAY, weeks=1, parameters=sets)
    assert over_night.items.height == 5
    assert backlog.items.height == 1


def test_a_colleague_takes_over_when_hours_do_not_suffice():
    """Without it the target is missed although somebody else has time."""
    rows = [
        *lasting(16),
        *(bundle(f"a{place}", day=date(2025, 5, 1), use=9) for place in range(3)),
        bundle("b", curator="bob", day=date(2025, 9, 1)),
    ]
    sets = settings(target_share=0.9, hours_per_week={"ann": 1.0}, catch_up_by=SUNDAY)
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=1, parameters=sets)
    assert planned(queue) == [("a0", 1), ("b", 1)]
    assert queue.targets.get_column("shortfall").to_list() == [0]


def test_a_shortfall_is_told_in_hours_and_agencies():
    """Without it nobody knows how many hours are missing."""
    rows = [*lasting(15), *(bundle(f"a{place}", minutes=90.0) for place in range(5))]
    sets = settings(hours_per_week={"ann": 2.0}, catch_up_by=SUNDAY + timedelta(days=7))
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=2, parameters=sets)
    assert queue.loads.get_column("minutes").to_list() == [90.0, 90.0]
    assert queue.targets.get_column("shortfall").to_list() == [1, 2]
    assert queue.notes == (
        "Center c1: 15 of 20 agencies count today (75.0 %); with this queue the target of 95.0 % is reached by 2026-12-27.",
        (
            "Center c1: the target of 95.0 % cannot be reached by 2026-12-13 within the hours given: 3.0 hours are missing, "
            "for 2 agencies; it reaches 85.0 %."
        ),
    )


def test_a_bundle_longer_than_a_week_is_spread_over_weeks():
    """Without it a hospital with hundreds of services can never be planned."""
    rows = [*lasting(19, curator="bob"), counting("big", WEDNESDAY + timedelta(days=21), minutes=150.0)]
    sets = settings(target_share=1, hours_per_week={"ann": 1.0})
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=4, parameters=sets)
    item = queue.items.row(0, named=True)
    assert (item["week"], item["last_week"]) == (2, 4)
    loads = queue.loads.filter(pl.col("curator") == "ann")
    assert loads.get_column("minutes").to_list() == [0.0, 30.0, 60.0, 60.0]
    assert loads.get_column("agencies").to_list() == [0, 1, 0, 0]
    assert "take longer than a whole week's hours" in queue.notes[-1]


def test_excluded_bundles_stay_in_the_denominator_and_are_listed():
    """Without it a closed agency is called, or the share is counted without it."""
    closed = [bundle(f"x{place}", excluded_reason="temporarily closed") for place in range(2)]
    rows = [*lasting(17), *lasting(1, prefix="y", excluded_reason="in a merge plan"), *closed]
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=2, parameters=settings(catch_up_by=SUNDAY))
    assert queue.items.is_empty()
    assert queue.excluded.select("agency_uid", "excluded_reason").rows() == [
        ("x0", "temporarily closed"),
        ("x1", "temporarily closed"),
    ]
    assert queue.targets.get_column("denominator").to_list() == [20, 20]
    assert queue.targets.get_column("shortfall").to_list() == [1, 1]
    assert any("bundles that must not be queued keep 1 agency" in note for note in queue.notes)


def test_bundles_without_curator_are_a_group_of_their_own():
    """Without it agencies that nobody looks after are never verified."""
    rows = [*lasting(18), bundle("a", curator=None), bundle("b", curator=None)]
    sets = settings(target_share=1, unnamed_hours_per_week={"c1": 1.0}, catch_up_by=SUNDAY + timedelta(days=7))
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=2, parameters=sets)
    assert planned(queue) == [("a", 1), ("b", 2)]
    nobody = queue.loads.filter(pl.col("curator").is_null())
    assert nobody.get_column("hours_limit_minutes").to_list() == [60.0, 60.0]
    assert any("nobody is named as curator of 2 agencies, 2 of them in this queue" in note for note in queue.notes)


def test_the_hours_of_a_curator_hold_for_all_centers_together():
    """Without it a curator of two centers is planned twice."""
    rows = [bundle(f"{center}{place}", center_id=center) for center in ("c1", "c2") for place in range(2)]
    sets = settings(target_share=1, hours_per_week={"ann": 2.0}, catch_up_by=SUNDAY + timedelta(days=7))
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=2, parameters=sets)
    assert queue.loads.get_column("minutes").to_list() == [60.0] * 4
    assert queue.loads.get_column("curator_minutes").to_list() == [120.0] * 4
    assert queue.items.group_by("week").agg(pl.col("position").sort()).sort("week").get_column(
        "position"
    ).to_list() == [
        [1, 2],
        [1, 2],
    ]


def test_every_center_has_its_own_target():
    """Without it one contract's target holds for all."""
    rows = [
        row | {"center_id": center}
        for center in ("c1", "c2")
        for row in [*lasting(8, prefix=center), bundle(f"{center}a"), bundle(f"{center}b")]
    ]
    sets = settings(center_target_share={"c2": 0.8}, catch_up_by=SUNDAY)
    queue = plan_queue(frame(*rows), as_of=MONDAY, weeks=1, parameters=sets)
    assert queue.targets.select("center_id", "target_count", "counting_with").rows() == [("c1", 10, 10), ("c2", 8, 8)]
    assert set(queue.items.get_column("center_id")) == {"c1"}


def test_assumed_hours_are_told():
    """Without it an assumption passes for a fact."""
    queue = plan_queue(frame(*lasting(3)), as_of=MONDAY, weeks=1, parameters=settings(default_hours_per_week=20.8))
    assert queue.notes == ("No hours are set for ann: 20.8 hours a week are assumed.",)


def test_a_center_without_any_day_is_told():
    """Without it a center whose software exports no dates looks as if it had never worked."""
    queue = plan_queue(frame(bundle("a"), bundle("b")), as_of=MONDAY, weeks=1, parameters=settings())
    assert any("no bundle has a verification day" in note for note in queue.notes)


def test_nothing_in_nothing_out():
    """Without it a network without agencies ends in a trace."""
    queue = plan_queue(pl.DataFrame(schema=schema_of(QueueBundle)), as_of=MONDAY, weeks=13, parameters=settings())
    assert queue.items.is_empty()
    assert queue.loads.is_empty()
    assert queue.targets.is_empty()
    assert queue.notes == ()


@pytest.mark.parametrize("weeks", [0, 53])
def test_weeks_that_cannot_be_planned_are_refused(weeks):
    """Without it a plan for two years would count verifications that have expired."""
    with pytest.raises(UsageError, match=f"A queue of {weeks} weeks"):
        plan_queue(frame(*lasting(1)), as_of=MONDAY, weeks=weeks, parameters=settings())


def test_steps_that_overtake_each_other_are_refused():
    """Without it a last call could come before the reminder."""
    with pytest.raises(ValidationError, match="must grow in this order"):
        settings(reminder_days=50)
    with pytest.raises(ValidationError, match="check_existence_months"):
        settings(check_existence_months=11)
