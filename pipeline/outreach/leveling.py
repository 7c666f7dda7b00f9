"""The weeks in which chosen bundles are verified: in time, within hours, and as even as little haste allows.

Minutes done by the end of week w lie, for each worker, between two curves:

    lower   minutes due by w; where later weeks would not hold theirs, also what must be done ahead of them
    upper   minutes due by w + `level_weeks`: nothing is brought forward further, unless the lower curve asks for it

Of all ways between two curves the taut string, the shortest one, has the lowest peak; with the hours built into the lower curve it never
needs more of them. Where the curves leave no choice it works as late as possible: every week early shortens the cycle of a year.

Bundles are then laid along the string in the order in which they are due, each in the week in which its middle lies; that is never later
than its due week. Where a week would hold more than the hours through that rounding, single bundles are moved to the nearest week with
room. A bundle longer than a whole week's hours is begun in the week in which the string reaches its beginning, and its minutes are spread
over the weeks until its end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.outreach.queue_choice import sum_in_group
from pipeline.outreach.queue_order import Floats, Whole

#: Minutes below which sums count as equal; far less than the shortest bundle, far more than rounding.
_HAIR = 1e-5


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Weeks of the chosen bundles, in the order given.

    Attributes:
        week: Week in which each is begun, from 1.
        last_week: Week in which it is finished. Both are beyond the weeks looked at when no room was left.
        piece, piece_week, piece_minutes: Work by week: which bundle, in which week, how many minutes. One piece per bundle, but for
            those longer than a week's hours.
    """

    week: Whole
    last_week: Whole
    piece: Whole
    piece_week: Whole
    piece_minutes: Floats


def schedule_bundles(
    minutes: Floats,
    *,
    worker: Whole,
    due: Whole,
    rank: Whole,
    limits: Floats,
    paces: Floats,
    weeks: int,
    level_weeks: int,
) -> Schedule:
    """Lay bundles into weeks.

    Args:
        minutes: Minutes of each, at least 1.
        worker: Place of its worker in `limits`.
        due: Week by whose end it is needed, from 1.
        rank: Order among bundles of one worker and due week; no two alike.
        limits: Minutes a week of each worker.
        paces: Minutes of a week that whole bundles are sure to fill; no more than the limit.
        weeks: Weeks looked at.
        level_weeks: Weeks by which work may be brought forward for the sake of even weeks.

    Returns:
        The weeks. No worker has more minutes in a week than the limit. When the minutes due by each week end are within the limits, only
        rounding in full weeks can make a bundle late.
    """
    size = limits.size
    due_minutes = np.zeros((size, weeks))
    np.add.at(due_minutes, (worker, due - 1), minutes)
    strings = _strings(np.cumsum(due_minutes, axis=1), limits=limits, paces=paces, level_weeks=level_weeks)
    order = np.lexsort((rank, due, worker))
    week, last_week = np.empty_like(due), np.empty_like(due)
    load = np.zeros((size, weeks))
    ends = sum_in_group(minutes[order], worker[order])
    starts = ends - minutes[order]
    is_long = minutes[order] > limits[worker[order]] + _HAIR
    week[order] = np.where(
        is_long,
        _week_of(strings, worker[order], starts + _HAIR),
        _week_of(strings, worker[order], (starts + ends) / 2),
    )
    last_week[order] = np.where(is_long, _week_of(strings, worker[order], ends - _HAIR), week[order])
    spread = order[is_long]
    spread_minutes = np.diff(np.clip(strings[worker[spread]], starts[is_long, None], ends[is_long, None]), axis=1)
    np.add.at(load, worker[spread], spread_minutes)
    short = order[~is_long]
    np.add.at(load, (worker[short], week[short] - 1), minutes[short])
    for crowded in np.flatnonzero((load > limits[:, None] + _HAIR).any(axis=1)):
        its = short[worker[short] == crowded]
        week[its] = _relieve(minutes[its], week[its], due[its], load=load[crowded], limit=float(limits[crowded]))
        last_week[its] = week[its]
    part, part_week = np.nonzero(spread_minutes > _HAIR)
    return Schedule(
        week=week,
        last_week=last_week,
        piece=np.concatenate([short, spread[part]]),
        piece_week=np.concatenate([week[short], part_week + 1]),
        piece_minutes=np.concatenate([minutes[short], spread_minutes[part, part_week]]),
    )


def _strings(due_by: Floats, *, limits: Floats, paces: Floats, level_weeks: int) -> Floats:
    """Return the minutes done by the end of week 0, 1, 2, ... of each worker."""
    size, weeks = due_by.shape
    lower = np.hstack([np.zeros((size, 1)), due_by])
    released = lower[:, np.minimum(np.arange(weeks + 1) + level_weeks, weeks)]
    for week in range(weeks - 1, 0, -1):
        ahead = np.minimum(lower[:, week + 1] - paces, limits * week)
        lower[:, week] = np.maximum(lower[:, week], ahead)
    upper = np.maximum(released, lower)
    return np.array([taut_string(low, high) for low, high in zip(lower, upper, strict=True)]).reshape(size, weeks + 1)


def taut_string(lower: Floats, upper: Floats) -> Floats:
    """Return the shortest path between two curves, from 0 to their common end.

    >>> taut_string(np.array([0.0, 0.0, 0.0, 9.0]), np.array([0.0, 9.0, 9.0, 9.0])).tolist()
    [0.0, 3.0, 6.0, 9.0]
    >>> taut_string(np.array([0.0, 6.0, 6.0, 9.0]), np.array([0.0, 9.0, 9.0, 9.0])).tolist()
    [0.0, 6.0, 7.5, 9.0]

    Args:
        lower: Lower curve; begins with 0.
        upper: Upper curve, nowhere below the lower one; both end alike.
    """
    low, high = lower.tolist(), upper.tolist()
    last = len(low) - 1
    knots, heights = [0], [0.0]
    while knots[-1] < last:
        at, height = knots[-1], heights[-1]
        low_slope, high_slope, low_at, high_at = -np.inf, np.inf, at, at
        knot = (last, low[last])
        for place in range(at + 1, last + 1):
            floor, ceiling = (low[place] - height) / (place - at), (high[place] - height) / (place - at)
            if floor > high_slope:
                knot = (high_at, high[high_at])
                break
            if ceiling < low_slope:
                knot = (low_at, low[low_at])
                break
            if floor >= low_slope:
                low_slope, low_at = floor, place
            if ceiling <= high_slope:
                high_slope, high_at = ceiling, place
        knots.append(knot[0])
        heights.append(knot[1])
    return np.interp(np.arange(last + 1), knots, heights)


def _week_of(strings: Floats, worker: Whole, minutes: Floats) -> Whole:
    """Return the first week by whose end a worker's string has reached a number of minutes; the last week when it never does."""
    size, points = strings.shape
    # One search for all workers: every string is lifted above the one before.
    lift = float(strings[:, -1].max(initial=0.0)) + 1.0
    lifted = (strings + lift * np.arange(size)[:, None]).ravel()
    found = np.searchsorted(lifted, minutes + lift * worker) - worker * points
    return np.asarray(np.clip(found, 1, points - 1), dtype=np.int64)


def _relieve(minutes: Floats, week: Whole, due: Whole, *, load: Floats, limit: float) -> Whole:
    """Return weeks in which no week holds more than the limit; `load` is kept in step.

    Args:
        minutes: Minutes of each bundle of one worker, none above the limit.
        week: Its week.
        due: Its due week.
        load: Minutes by week.
        limit: Minutes of a week.
    """
    weeks = load.size
    settled = week.copy()
    for full in range(weeks, 0, -1):
        while load[full - 1] > limit + _HAIR:
            inside = np.flatnonzero(settled == full)
            if not inside.size:
                break
            enough = inside[minutes[inside] >= load[full - 1] - limit - _HAIR]
            # The shortest that is enough; if none is, the longest.
            mover = int(enough[np.argmin(minutes[enough])] if enough.size else inside[np.argmax(minutes[inside])])
            to = _nearest_room(load, full, due=int(due[mover]), minutes=float(minutes[mover]), limit=limit)
            if to > due[mover]:
                swapped = _swap(minutes, settled, due, load=load, week=full, limit=limit)
                if swapped is not None:
                    mover, other = swapped
                    to = int(settled[other])
                    load[to - 1] -= minutes[other]
                    load[full - 1] += minutes[other]
                    settled[other] = full
            load[full - 1] -= minutes[mover]
            settled[mover] = to
            if to <= weeks:
                load[to - 1] += minutes[mover]
    return settled


def _nearest_room(load: Floats, week: int, *, due: int, minutes: float, limit: float) -> int:
    """Return the week to move to: later if still in time, else earlier, else late; one past the last when all are full."""
    has_room = load + minutes <= limit + _HAIR
    in_time = np.flatnonzero(has_room[week:due])
    if in_time.size:
        return week + int(in_time[0]) + 1
    earlier = np.flatnonzero(has_room[: week - 1])
    if earlier.size:
        return int(earlier[-1]) + 1
    late = np.flatnonzero(has_room[week:])
    return week + int(late[0]) + 1 if late.size else load.size + 1


def _swap(
    minutes: Floats, settled: Whole, due: Whole, *, load: Floats, week: int, limit: float
) -> tuple[int, int] | None:
    """Return a bundle of an overfull week and one of another week that can change places, both in time; None when there are none."""
    own, others = np.flatnonzero(settled == week), np.flatnonzero(settled != week)
    others = others[(settled[others] <= load.size) & (due[others] >= week)]
    freed = minutes[own][:, None] - minutes[others][None, :]
    other_load = load[settled[others] - 1]
    can = (
        (load[week - 1] - freed <= limit + _HAIR)
        & (other_load + freed <= limit + _HAIR)
        & (settled[others] <= due[own][:, None])
    )
    if not can.any():
        return None
    # The nearest week, and the later of two.
    distance = np.abs(settled[others] - week) * 2 - (settled[others] > week)
    best = int(np.argmin(np.where(can, distance, np.iinfo(np.int64).max)))
    return int(own[best // others.size]), int(others[best % others.size])
