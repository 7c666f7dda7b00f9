"""Which bundles must be verified, and by which week end, so that no week end falls below the target.

Per center, with N agencies and a target of M of them (all at week ends w):

    without(w)   agencies that still count if nobody does anything; never grows
    needed(w)    M; while catching up less, in equal steps from what counted on the day before the plan
    R(w)         needed(w) - without(w): verifications needed by then, in all; never shrinks

Every verification lasts for more than the weeks looked at, and so counts once from its week on, whichever bundle it is, as long as that
bundle would not have counted anyway. So no set smaller than R(last week) can do, and any R(w) bundles that have ceased to count by w
do for week w: there are enough of them, for N - without(w) = R(w) + (N - needed(w)). They are taken in the order of verification.
Only bundles that must not be queued can make them too few; that part of the target is out of reach, and is told.

A worker's hours bound the minutes due by each week end; within that bound they can be done in the order in which they are due. A bundle
that would exceed it is passed over for that week, and the next in order, of whatever worker, takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.outreach.queue_order import DAYS_OF_WEEK, Flags, Floats, Ordered, Whole
from schemas.queue_parameters import QueueParameters

#: Keeps 0.95 x 20 from becoming 20 instead of 19.
_HAIR = 1e-9


@dataclass(frozen=True, kw_only=True)
class Need:
    """What every center needs: arrays with one row per center, those by week with weeks 1, 2, ... as columns.

    Attributes:
        agencies: Counted agencies.
        shares: Target share.
        targets: Agencies that must count to reach the target.
        counting: Agencies that count on the day of the plan.
        needed: Agencies that must count, by week end.
        without: Agencies that count if nobody does anything, by week end.
        reachable: Verifications that are needed and possible, by week end: R(w), less what only excluded bundles could bring.
    """

    agencies: Whole
    shares: Floats
    targets: Whole
    counting: Whole
    needed: Whole
    without: Whole
    reachable: Whole

    @property
    def asked(self) -> Whole:
        """Verifications needed, by week end: R(w)."""
        return np.asarray(np.maximum(0, self.needed - self.without), dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The chosen bundles.

    Attributes:
        place: Places in the arrays of `Ordered`, in the order in which they are due.
        due: Week by whose end each is needed, from 1.
    """

    place: Whole
    due: Whole


def need_by_week(ordered: Ordered, *, days_left: int | None, weeks: int, parameters: QueueParameters) -> Need:
    """Return what every center needs by each week end.

    Args:
        ordered: All bundles.
        days_left: Days from the day of the plan to `catch_up_by`, 0 for the day itself; None when none is set.
        weeks: Weeks looked at.
        parameters: Targets and catching up.
    """
    size = len(ordered.centers)
    agencies = np.bincount(ordered.center, minlength=size).astype(np.int64)
    shares = np.array([parameters.target_of(center_id) for center_id in ordered.centers], dtype=np.float64)
    targets = np.ceil(shares * agencies - _HAIR).astype(np.int64)
    ceased = _ceased_by_week(ordered, np.ones(ordered.center.size, dtype=np.bool_), weeks=weeks)
    without = agencies[:, None] - ceased
    counting, without = without[:, 0], without[:, 1:]
    # A plan is made after the night in which many may have ceased at once. Those are no arrears: the last week end held them.
    before = counting + np.bincount(ordered.center, weights=ordered.has_just_ceased, minlength=size).astype(np.int64)
    missing = np.maximum(0, targets - before)
    steps = _steps(missing, agencies, days_left=days_left, parameters=parameters)
    caught_up = np.ceil(steps[:, None] * np.arange(1, weeks + 1) - _HAIR).astype(np.int64)
    needed = np.minimum(targets[:, None], np.where(missing[:, None] > 0, before[:, None] + caught_up, targets[:, None]))
    possible = _ceased_by_week(ordered, ordered.is_open, weeks=weeks)[:, 1:]
    return Need(
        agencies=agencies,
        shares=shares,
        targets=targets,
        counting=counting,
        needed=needed,
        without=without,
        reachable=np.minimum(np.maximum(0, needed - without), possible),
    )


def choose_bundles(ordered: Ordered, need: Need, *, paces: Floats) -> Choice:
    """Choose the bundles to verify.

    Args:
        ordered: All bundles.
        need: Verifications needed by each week end.
        paces: Minutes that each worker does in every week after the first; the first has all that are given.

    Returns:
        As many bundles as needed, fewer only when hours do not suffice. Each has ceased to count by the week end it is due at.
    """
    weeks = need.reachable.shape[1]
    filled = np.zeros(len(ordered.centers), dtype=np.int64)
    used = np.zeros(ordered.workers.height)
    pool = np.empty(0, dtype=np.int64)
    joining = _joining(ordered, weeks=weeks)
    chosen, due = [], []
    for week in range(1, weeks + 1):
        # Sorted places are the order of verification within each center.
        pool = np.sort(np.concatenate([pool, joining[week - 1]]))
        budget = ordered.limits + paces * (week - 1)
        picked = _fill_week(ordered, pool, wanted=need.reachable[:, week - 1] - filled, used=used, budget=budget)
        filled += np.bincount(ordered.center[picked], minlength=filled.size)
        pool = pool[~np.isin(pool, picked, assume_unique=True)]
        chosen.append(picked[np.argsort(ordered.rank[picked])])
        due.append(np.full(picked.size, week, dtype=np.int64))
    return Choice(place=np.concatenate(chosen), due=np.concatenate(due))


def _fill_week(ordered: Ordered, pool: Whole, *, wanted: Whole, used: Floats, budget: Floats) -> Whole:
    """Return the places that fill a week's needs as far as hours allow, and add their minutes to `used`."""
    left = wanted.copy()
    pool = pool[left[ordered.center[pool]] > 0]
    picked = [np.empty(0, dtype=np.int64)]
    while pool.size:
        worker = ordered.worker[pool]
        # A bundle too long for what is left of its worker's hours must not keep shorter ones out.
        pool = pool[used[worker] + ordered.minutes[pool] <= budget[worker] + _HAIR]
        pool = pool[left[ordered.center[pool]] > 0]
        wished = pool[_rank_in_group(ordered.center[pool]) < left[ordered.center[pool]]]
        if not wished.size:
            break
        taken = wished[_fits(ordered, wished, used=used, budget=budget)]
        picked.append(taken)
        np.add.at(used, ordered.worker[taken], ordered.minutes[taken])
        left -= np.bincount(ordered.center[taken], minlength=left.size)
        pool = pool[~np.isin(pool, taken, assume_unique=True)]
    return np.concatenate(picked)


def _fits(ordered: Ordered, wished: Whole, *, used: Floats, budget: Floats) -> Flags:
    """Tell which bundles fit their worker's hours when done in order; the first of each worker always does."""
    # One number per bundle sorts faster than two.
    order = np.argsort(ordered.worker[wished] * ordered.rank.size + ordered.rank[wished])
    worker = ordered.worker[wished][order]
    fits = np.empty(wished.size, dtype=np.bool_)
    fits[order] = used[worker] + sum_in_group(ordered.minutes[wished][order], worker) <= budget[worker] + _HAIR
    return fits


def sum_in_group(values: Floats, group: Whole) -> Floats:
    """Return running sums that begin anew with each group; rows of a group stand together."""
    if not values.size:
        return values
    sums = np.cumsum(values)
    starts = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    before = sums[starts] - values[starts]
    return np.asarray(sums - np.repeat(before, np.diff(starts, append=group.size)))


def _rank_in_group(group: Whole) -> Whole:
    """Return 0, 1, 2, ... within each group; rows of a group stand together."""
    if not group.size:
        return group
    starts = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    return np.arange(group.size) - np.repeat(starts, np.diff(starts, append=group.size))


def _joining(ordered: Ordered, *, weeks: int) -> list[Whole]:
    """Return the places that become candidates in each week; week 1 also has those that do not count now."""
    places = np.flatnonzero(ordered.is_open & (ordered.ceases <= weeks))
    week = np.maximum(1, ordered.ceases[places])
    order = np.argsort(week, kind="stable")
    return np.split(places[order], np.searchsorted(week[order], np.arange(2, weeks + 1)))


def _ceased_by_week(ordered: Ordered, is_asked: Flags, *, weeks: int) -> Whole:
    """Return how many bundles of each center have ceased to count by week end 0 (now), 1, 2, ..."""
    within = is_asked & (ordered.ceases <= weeks)
    counts = np.zeros((len(ordered.centers), weeks + 1), dtype=np.int64)
    np.add.at(counts, (ordered.center[within], ordered.ceases[within]), 1)
    return np.cumsum(counts, axis=1)


def _steps(missing: Whole, agencies: Whole, *, days_left: int | None, parameters: QueueParameters) -> Floats:
    """Return the agencies a week by which each center catches up."""
    if days_left is not None and days_left >= 0:
        return missing / max(1, (days_left + 1) // DAYS_OF_WEEK)
    least = parameters.catch_up_weekly_share * agencies
    return np.asarray(np.maximum(missing / parameters.catch_up_weeks, least), dtype=np.float64)
