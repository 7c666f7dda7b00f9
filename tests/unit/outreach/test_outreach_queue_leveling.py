"""How work is laid into weeks, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.outreach.leveling import Schedule, schedule_bundles, taut_string


def schedule(minutes: list[float], due: list[int], *, limit: float, weeks: int = 4, level_weeks: int = 0) -> Schedule:
    """Lay the bundles of one worker into weeks, in the order given."""
    return schedule_bundles(
        np.array(minutes, dtype=np.float64),
        worker=np.zeros(len(minutes), dtype=np.int64),
        due=np.array(due, dtype=np.int64),
        rank=np.arange(len(minutes)),
        limits=np.array([limit]),
        paces=np.array([limit]),
        weeks=weeks,
        level_weeks=level_weeks,
    )


def test_as_late_as_possible_when_nothing_is_to_be_leveled():
    """Without it agencies are verified too early, and again too early next year."""
    assert schedule([60, 60, 60], [2, 4, 4], limit=600).week.tolist() == [2, 4, 4]


def test_a_lump_is_begun_in_time_for_the_hours():
    """Without it many agencies stamped on one day all come due in a week that cannot hold them."""
    assert schedule([60] * 5, [4] * 5, limit=120).week.tolist() == [2, 3, 3, 4, 4]


@pytest.mark.parametrize(("level_weeks", "weeks"), [(0, [4, 4, 4, 4]), (1, [3, 3, 4, 4]), (3, [1, 2, 3, 4])])
def test_work_is_brought_forward_only_as_far_as_allowed(level_weeks, weeks):
    """Without it even weeks cost more contacts than anybody wants to make."""
    assert schedule([60] * 4, [4] * 4, limit=600, level_weeks=level_weeks).week.tolist() == weeks


def test_whole_bundles_are_packed_within_the_hours():
    """Without it a curator is given more than a week holds."""
    laid = schedule([70, 70, 50, 50], [2, 2, 2, 2], limit=120, weeks=2)
    load = np.bincount(laid.piece_week, weights=laid.piece_minutes)
    assert load.tolist() == [0.0, 120.0, 120.0]


def test_what_does_not_fit_in_time_comes_later():
    """Without it work that no week can hold would vanish from the plan."""
    laid = schedule([70, 70], [1, 2], limit=100, weeks=2)
    assert laid.week.tolist() == [1, 2]
    crowded = schedule([60, 60, 60], [2, 2, 2], limit=90, weeks=3)
    assert sorted(crowded.week.tolist()) == [1, 2, 3]


def test_the_string_keeps_to_its_curves_and_has_the_lowest_peak():
    """Without it one week is heavier than it must be."""
    lower = np.array([0.0, 0.0, 10.0, 10.0, 40.0])
    upper = np.array([0.0, 10.0, 10.0, 40.0, 40.0])
    assert taut_string(lower, upper).tolist() == [0.0, 5.0, 10.0, 25.0, 40.0]
