"""Laws of the verification queue that hold for all centers, hours and targets."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.outreach.leveling import taut_string
from pipeline.outreach.queue import Queue, plan_queue
from pipeline.outreach.stages import stage_outreach
from schemas.queue_parameters import QueueParameters
from tests.queue_bundles import MONDAY, bundle, counting, frame

WEEKS = 8
HAIR = 1e-4
SOME = settings(max_examples=25, deadline=None)
FEW = settings(max_examples=15, deadline=None)


@st.composite
def bundles(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return bundles of two centers and three curators or none, many of which expire within the weeks."""
    rows = []
    for place in range(draw(st.integers(1, 40))):
        common = {
            "center_id": draw(st.sampled_from(["c1", "c1", "c2"])),
            "curator": draw(st.sampled_from(["ann", "bob", "cy", None])),
            "minutes": draw(st.sampled_from([20.0, 32.0, 68.0, 90.5, 400.0])),
            "use": draw(st.sampled_from([None, 0, 3, 50])),
            "excluded_reason": draw(st.sampled_from([None] * 6 + ["temporarily closed"])),
        }
        left_days = draw(st.integers(-20, 7 * WEEKS + 20))
        if left_days < 0:
            day = draw(st.sampled_from([None, date(2025, 3, 5), date(2025, 11, 29), date(2024, 2, 29)]))
            rows.append(bundle(f"u{place:02}", day=day, **common))
        else:
            rows.append(counting(f"u{place:02}", MONDAY + timedelta(days=left_days), **common))
    return rows


HOURS = st.dictionaries(st.sampled_from(["ann", "bob", "cy"]), st.sampled_from([0.0, 0.5, 1.0, 2.5, 8.0]))
TARGETS = st.sampled_from([0.5, 0.8, 0.9, 0.95, 1.0])


def plan(rows: list[dict[str, Any]], **changes: Any) -> Queue:
    fixed: dict[str, Any] = {"look_ahead_weeks": WEEKS, "default_hours_per_week": 100.0}
    return plan_queue(frame(*rows), as_of=MONDAY, weeks=WEEKS, parameters=QueueParameters(**(fixed | changes)))


def keys(queue: Queue) -> list[tuple[str, str]]:
    return queue.items.select("center_id", "agency_uid").rows()


def still_counts(row: dict[str, Any], week: int) -> bool:
    return row["counts_until"] is not None and row["counts_until"] >= MONDAY + timedelta(days=7 * week - 1)


@SOME
@given(bundles(), HOURS, TARGETS, st.integers(0, 4))
def test_no_bundle_is_queued_twice_or_against_its_exclusion(rows, hours, target, level_weeks):
    """Without it an agency is called twice, or a closed one at all."""
    queue = plan(rows, hours_per_week=hours, target_share=target, level_weeks=level_weeks)
    queued = keys(queue)
    assert len(queued) == len(set(queued))
    assert set(queued) <= {(row["center_id"], row["agency_uid"]) for row in rows if row["excluded_reason"] is None}


@SOME
@given(bundles(), HOURS, TARGETS, st.integers(0, 4))
def test_no_week_holds_more_than_the_hours(rows, hours, target, level_weeks):
    """Without it a curator is asked for more than there is time for."""
    queue = plan(rows, hours_per_week=hours, default_hours_per_week=3.0, target_share=target, level_weeks=level_weeks)
    assert queue.loads.filter(pl.col("curator_minutes") > pl.col("hours_limit_minutes") + HAIR).is_empty()
    begun = queue.loads.get_column("agencies").sum()
    assert begun == queue.items.height
    short = queue.items.filter(pl.col("last_week") == pl.col("week"))
    whole = short.group_by("curator", "week").agg(pl.col("minutes").sum())
    limits = {row["curator"]: row["hours_limit_minutes"] for row in queue.loads.to_dicts() if row["curator"]}
    named = whole.filter(pl.col("curator").is_not_null()).to_dicts()
    assert all(row["minutes"] <= limits[row["curator"]] + HAIR for row in named)


@SOME
@given(bundles(), HOURS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, hours, shuffler):
    """Without it two exports of the same directory give two queues."""
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    first = plan(rows, hours_per_week=hours, default_hours_per_week=4.0)
    second = plan(shuffled, hours_per_week=hours, default_hours_per_week=4.0)
    assert first.items.equals(second.items)
    assert first.loads.equals(second.loads)
    assert first.targets.equals(second.targets)
    assert first.excluded.equals(second.excluded)
    assert first.notes == second.notes
    parameters = QueueParameters()
    assert stage_outreach(frame(*rows), as_of=MONDAY, parameters=parameters).equals(
        stage_outreach(frame(*shuffled), as_of=MONDAY, parameters=parameters)
    )


@SOME
@given(bundles(), TARGETS, st.integers(0, 4))
def test_with_enough_hours_exactly_as_many_are_due_as_the_target_needs(rows, target, level_weeks):
    """Without it somebody verifies more than needed, or the share falls below the target."""
    queue = plan(rows, target_share=target, level_weeks=level_weeks)
    for center_id in {row["center_id"] for row in rows}:
        own = [row for row in rows if row["center_id"] == center_id]
        needed = queue.targets.filter(pl.col("center_id") == center_id).get_column("needed").to_list()
        assert needed[-1] <= math.ceil(target * len(own) - 1e-9)
        items = queue.items.filter(pl.col("center_id") == center_id)
        for week in range(1, WEEKS + 1):
            end = MONDAY + timedelta(days=7 * week - 1)
            asked = max(0, needed[week - 1] - sum(still_counts(row, week) for row in own))
            possible = sum(row["excluded_reason"] is None and not still_counts(row, week) for row in own)
            assert items.filter(pl.col("needed_by_on") <= end).height == min(asked, possible)
            assert items.filter(pl.col("last_week") <= week).height >= min(asked, possible)


@SOME
@given(bundles(), HOURS, TARGETS)
def test_what_is_due_would_not_have_counted_by_then(rows, hours, target):
    """Without it a verification is planned that brings nothing by the week end it is needed for."""
    queue = plan(rows, hours_per_week=hours, default_hours_per_week=4.0, target_share=target)
    assert queue.items.filter(pl.col("counts_until") >= pl.col("needed_by_on")).is_empty()


@SOME
@given(bundles(), HOURS, TARGETS)
def test_the_promised_counts_are_those_of_a_recount(rows, hours, target):
    """Without it the page promises a share that following the queue does not bring."""
    queue = plan(rows, hours_per_week=hours, default_hours_per_week=4.0, target_share=target)
    finished = {(row["center_id"], row["agency_uid"]): row["last_week"] for row in queue.items.to_dicts()}
    for row in queue.targets.to_dicts():
        own = [one for one in rows if one["center_id"] == row["center_id"]]
        week = row["week"]
        without = sum(still_counts(one, week) for one in own)
        with_queue = sum(
            still_counts(one, week) or finished.get((one["center_id"], one["agency_uid"]), WEEKS + 1) <= week
            for one in own
        )
        assert (row["counting_without"], row["counting_with"]) == (without, with_queue)
        assert row["shortfall"] == max(0, row["needed"] - with_queue)


@SOME
@given(bundles())
def test_a_higher_target_drops_nobody(rows):
    """Without it raising the target would take agencies out of the queue."""
    # Only with enough hours: otherwise others may fit them better.
    lower, higher = plan(rows, target_share=0.7), plan(rows, target_share=0.9)
    assert set(keys(lower)) <= set(keys(higher))


@FEW
@given(bundles(), st.integers(0, 3))
def test_more_leveling_never_makes_anything_late(rows, level_weeks):
    """Without it even weeks would be paid for with the target."""
    queue = plan(rows, level_weeks=level_weeks)
    end = pl.col("week_start_on") + pl.duration(days=6)
    assert queue.items.filter((pl.col("last_week") == pl.col("week")) & (end > pl.col("needed_by_on"))).is_empty()


@SOME
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 3)), min_size=1, max_size=20))
def test_the_string_has_the_lowest_peak_between_its_curves(steps):
    """Without it one week is heavier than it must be."""
    lower = np.concatenate([[0.0], np.cumsum([float(step) for step, _ in steps])])
    lead = steps[0][1]
    upper = lower[np.minimum(np.arange(lower.size) + lead, lower.size - 1)]
    string = taut_string(lower, upper)
    assert (string >= lower - HAIR).all()
    assert (string <= upper + HAIR).all()
    assert string[0] == 0
    upper_from_0 = upper.copy()
    upper_from_0[0] = 0.0
    least = max(
        (lower[stop] - upper_from_0[start]) / (stop - start)
        for start in range(lower.size)
        for stop in range(start + 1, lower.size)
    )
    assert np.diff(string).max() <= max(least, 0.0) + HAIR
