"""Plain sentences about the queue: what cannot be reached, and what was assumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import polars as pl

from pipeline.outreach.queue_choice import Need
from pipeline.outreach.queue_order import Ordered, week_end
from pipeline.outreach.queue_targets import Outcome
from schemas.queue_parameters import QueueParameters

_MINUTES_PER_HOUR = 60.0
_MOST_NAMES = 5


def note_queue(
    ordered: Ordered, need: Need, outcome: Outcome, *, as_of: date, weeks: int, parameters: QueueParameters
) -> tuple[str, ...]:
    """Return the notes: of each center, then of curators.

    Args:
        ordered: All bundles.
        need: What each center needs.
        outcome: What the queue brings.
        as_of: First day of week 1.
        weeks: Weeks shown.
        parameters: Default hours.
    """
    notes: list[str] = []
    for place, center_id in enumerate(ordered.centers):
        said = [
            *_catching_up(need, outcome, place, as_of=as_of),
            *_shortfall(ordered, need, outcome, place, as_of=as_of, weeks=weeks),
            *_left_out(need, place, as_of=as_of, weeks=weeks),
        ]
        notes += [f"Center {center_id}: {sentence}" for sentence in said]
    notes += _without_days(ordered)
    notes += _without_curator(ordered, outcome, weeks=weeks)
    notes += _without_hours(ordered, parameters=parameters)
    notes += _long_ones(ordered, outcome, weeks=weeks)
    return tuple(notes)


def _catching_up(need: Need, outcome: Outcome, place: int, *, as_of: date) -> Iterator[str]:
    """Tell where a center stands that is below its target today, and when it gets there."""
    counting, agencies = int(need.counting[place]), int(need.agencies[place])
    if counting >= need.targets[place]:
        return
    reached = np.flatnonzero(outcome.counting[place] >= need.targets[place])
    when = (
        f"is reached by {week_end(as_of, int(reached[0]) + 1)}"
        if reached.size
        else f"is not reached within {outcome.counting.shape[1]} weeks"
    )
    yield (
        f"{counting:,} of {agencies:,} agencies count today ({_percent(counting / agencies)}); with this queue the target of "
        f"{_percent(float(need.shares[place]))} {when}."
    )


def _shortfall(ordered: Ordered, need: Need, outcome: Outcome, place: int, *, as_of: date, weeks: int) -> Iterator[str]:
    """Tell what the hours do not suffice for."""
    agencies = int(need.agencies[place])
    within_reach = need.without[place] + need.reachable[place]
    short = np.minimum(need.needed[place], within_reach) - outcome.counting[place]
    short = np.maximum(0, short[:weeks])
    if not short.any():
        return
    last = int(short[-1])
    if last:
        needed = int(need.needed[place, weeks - 1])
        is_step = needed < need.targets[place]
        goal = (
            f"the step of {_percent(needed / agencies)} towards the target"
            if is_step
            else f"the target of {_percent(float(need.shares[place]))}"
        )
        hours = _minutes_of_next(ordered, outcome, place, count=last, weeks=weeks) / _MINUTES_PER_HOUR
        reached = int(outcome.counting[place, weeks - 1]) / agencies
        yield (
            f"{goal} cannot be reached by {week_end(as_of, weeks)} within the hours given: {hours:,.1f} hours are missing, for "
            f"{_agencies(last)}; it reaches {_percent(reached)}."
        )
        return
    if need.counting[place] < need.targets[place]:
        # The steps of catching up are ours; when the target is reached has been told.
        return
    worst = int(short.argmax())
    yield (
        f"up to {_agencies(int(short.max()))} fewer than needed count at {int((short > 0).sum())} of {weeks} week ends, for the hours "
        f"do not suffice earlier; the least share is {_percent(int(outcome.counting[place, worst]) / agencies)} on "
        f"{week_end(as_of, worst + 1)}."
    )


def _left_out(need: Need, place: int, *, as_of: date, weeks: int) -> Iterator[str]:
    """Tell how far bundles that must not be queued keep a center from its target."""
    beyond = int(need.asked[place, weeks - 1] - need.reachable[place, weeks - 1])
    if beyond:
        yield (
            f"bundles that must not be queued keep {_agencies(beyond)} from being updated that the target needs by "
            f"{week_end(as_of, weeks)}; more hours would not help."
        )


def _minutes_of_next(ordered: Ordered, outcome: Outcome, place: int, *, count: int, weeks: int) -> float:
    """Return the minutes of the next bundles in order that the queue leaves undone."""
    is_done = (outcome.done_in > 0) & (outcome.done_in <= weeks)
    waiting = (ordered.center == place) & ordered.is_open & ~is_done & (ordered.ceases <= weeks)
    return float(ordered.minutes[np.flatnonzero(waiting)[:count]].sum())


def _without_days(ordered: Ordered) -> list[str]:
    blank = ordered.rows.group_by("center_id").agg(is_blank=pl.col("day").is_null().all()).filter("is_blank")
    return [
        f"Center {center_id}: no bundle has a verification day, so every agency is taken for never verified."
        for center_id in blank.get_column("center_id").sort()
    ]


def _without_curator(ordered: Ordered, outcome: Outcome, *, weeks: int) -> list[str]:
    """Tell how many agencies of the queue have nobody named."""
    unnamed = ordered.rows.with_columns(done_in=pl.Series(outcome.done_in, dtype=pl.Int64)).filter(
        pl.col("curator").is_null() & pl.col("excluded_reason").is_null()
    )
    counts = unnamed.group_by("center_id").agg(pl.len(), queued=pl.col("done_in").is_between(1, weeks).sum())
    return [
        f"Center {row['center_id']}: nobody is named as curator of {_agencies(row['len'])}, {row['queued']:,} of them in this queue; "
        "they are planned as the work of one more person."
        for row in counts.sort("center_id").to_dicts()
    ]


def _without_hours(ordered: Ordered, *, parameters: QueueParameters) -> list[str]:
    """Tell for whom the hours are assumed."""
    names = ordered.workers.filter("is_assumed").get_column("curator").to_list()
    if not names:
        return []
    assumed = f"{parameters.default_hours_per_week:g} hours a week are assumed"
    if len(names) == 1:
        return [f"No hours are set for {names[0]}: {assumed}."]
    return [f"No hours are set for {len(names):,} curators ({_listed(names)}): {assumed} for each."]


def _long_ones(ordered: Ordered, outcome: Outcome, *, weeks: int) -> list[str]:
    """Tell how many bundles of the queue take longer than a week's hours."""
    limits = ordered.limits[ordered.worker]
    count = int(((outcome.done_in > 0) & (outcome.done_in <= weeks) & (ordered.minutes > limits)).sum())
    if not count:
        return []
    return [
        f"{_agencies(count)} in this queue take longer than a whole week's hours and are spread over several weeks."
    ]


def _agencies(count: int) -> str:
    return "1 agency" if count == 1 else f"{count:,} agencies"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} and {len(names) - _MOST_NAMES:,} more"
