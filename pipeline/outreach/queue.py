"""The verification queue: who verifies which agency in which week.

The smallest set of agencies that keeps, or brings, every center at its target; grouped by agency, for one contact covers all of its
sites and services; laid into weeks that are alike, within each curator's hours, and no earlier than that takes.

Week 1 begins on the day of the plan, and every week lasts seven days: a plan made on a Monday has calendar weeks. It looks a year ahead,
although fewer weeks are shown, so that many bundles that expire together are begun in time. Following week 1 and planning anew every week
is what it is made for: nothing needs to be remembered from one plan to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline.outreach.leveling import Schedule, schedule_bundles
from pipeline.outreach.queue_choice import Choice, Need, choose_bundles, need_by_week
from pipeline.outreach.queue_notes import note_queue
from pipeline.outreach.queue_order import DAYS_OF_WEEK, Ordered, order_bundles
from pipeline.outreach.queue_targets import Outcome, follow_queue, target_rows
from pipeline.outreach.stages import months_over, stage_days, stage_on
from schemas.contract import conform
from schemas.errors import UsageError
from schemas.outreach import OutreachStage, QueueExcluded, QueueItem, QueueLoad
from schemas.queue_parameters import QueueParameters

#: A verification counts for a year; further ahead, what is verified now would have to be verified again.
_MOST_WEEKS = 52


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The queue of some weeks.

    Attributes:
        as_of: Day of the plan, first day of week 1.
        weeks: Weeks shown.
        items: `schemas.outreach.QueueItem`, by center, curator, week and position.
        loads: `schemas.outreach.QueueLoad`: every curator and week, also without work.
        targets: `schemas.outreach.QueueTarget`: every center and week end.
        excluded: `schemas.outreach.QueueExcluded`: left out although due within these weeks.
        notes: What does not go as it should, or was assumed, one sentence each.
    """

    as_of: date
    weeks: int
    items: pl.DataFrame
    loads: pl.DataFrame
    targets: pl.DataFrame
    excluded: pl.DataFrame
    notes: tuple[str, ...]


def plan_queue(bundles: pl.DataFrame, *, as_of: date, weeks: int, parameters: QueueParameters) -> Queue:
    """Plan who verifies which agency in which week.

    Args:
        bundles: `schemas.outreach.QueueBundle` rows, one per counted agency; in any order.
        as_of: First day of week 1.
        weeks: Weeks to show, 1 to 52.
        parameters: Targets, hours, catching up and steps of outreach.

    Returns:
        The queue. It depends on the bundles, not on their order. When hours suffice, no fewer verifications would do.

    Raises:
        UsageError: Fewer than 1 or more than 52 weeks.
    """
    if not 1 <= weeks <= _MOST_WEEKS:
        raise UsageError(
            f"A queue of {weeks} weeks cannot be planned.",
            advice=f"Ask for 1 to {_MOST_WEEKS} weeks: what is verified now counts for a year.",
        )
    horizon = max(weeks, parameters.look_ahead_weeks)
    ordered = order_bundles(bundles, as_of=as_of, parameters=parameters)
    catch_up_by = parameters.catch_up_by
    days_left = None if catch_up_by is None else (catch_up_by - as_of).days
    need = need_by_week(ordered, days_left=days_left, weeks=horizon, parameters=parameters)
    choice, schedule, outcome = _best_plan(ordered, need, horizon=horizon, parameters=parameters)
    items = _items(ordered, choice, schedule, as_of=as_of, weeks=weeks, parameters=parameters)
    targets = target_rows(ordered, need, outcome, as_of=as_of, weeks=weeks)
    return Queue(
        as_of=as_of,
        weeks=weeks,
        items=items,
        loads=_loads(ordered, choice, schedule, as_of=as_of, weeks=weeks),
        targets=targets,
        excluded=_excluded(ordered, weeks=weeks),
        notes=note_queue(ordered, need, outcome, as_of=as_of, weeks=weeks, parameters=parameters),
    )


def _best_plan(
    ordered: Ordered, need: Need, *, horizon: int, parameters: QueueParameters
) -> tuple[Choice, Schedule, Outcome]:
    """Return the plan that misses the fewest agencies over all week ends.

    First every minute is counted on. Where whole bundles do not fill the weeks so well that all come in time, a second plan counts on
    less of crowded workers and so gives more to others.
    """
    plans = []
    for paces in (ordered.limits, ordered.paces):
        choice = choose_bundles(ordered, need, paces=paces)
        schedule = schedule_bundles(
            ordered.minutes[choice.place],
            worker=ordered.worker[choice.place],
            due=choice.due,
            rank=ordered.rank[choice.place],
            limits=ordered.limits,
            paces=ordered.paces,
            weeks=horizon,
            level_weeks=parameters.level_weeks,
        )
        outcome = follow_queue(ordered, need, choice, schedule)
        missed = int(np.maximum(0, np.minimum(need.needed, need.without + need.reachable) - outcome.counting).sum())
        plans.append((missed, choice, schedule, outcome))
        if not missed:
            break
    _, choice, schedule, outcome = min(plans, key=lambda plan: plan[0])
    return choice, schedule, outcome


def _items(
    ordered: Ordered, choice: Choice, schedule: Schedule, *, as_of: date, weeks: int, parameters: QueueParameters
) -> pl.DataFrame:
    """Return the rows of the weeks shown."""
    shown = schedule.week <= weeks
    place = choice.place[shown]
    first_day = pl.lit(as_of)
    rows = ordered.rows[place].with_columns(
        pl.Series("week", schedule.week[shown], dtype=pl.Int64),
        pl.Series("last_week", schedule.last_week[shown], dtype=pl.Int64),
        pl.Series("due", choice.due[shown], dtype=pl.Int64),
        pl.Series("rank", ordered.rank[place], dtype=pl.Int64),
        *stage_days(as_of=as_of, parameters=parameters),
    )
    begun = rows.with_columns(week_start_on=first_day + pl.duration(days=DAYS_OF_WEEK * (pl.col("week") - 1)))
    # A curator of several centers has one week with one order.
    position = pl.col("rank").rank("ordinal").over("curator", "unnamed_center_id", "week")
    finished = begun.with_columns(
        position=position.cast(pl.Int64),
        needed_by_on=first_day + pl.duration(days=DAYS_OF_WEEK * pl.col("due") - 1),
        # What is brought forward before its first request is due is asked for the first time.
        stage=stage_on(pl.col("week_start_on")).fill_null(OutreachStage.FIRST_REQUEST.value),
        reason=_reason(parameters),
    )
    return conform(finished.sort("center_id", "curator", "week", "position", nulls_last=True), QueueItem)


def _reason(parameters: QueueParameters) -> pl.Expr:
    """Return why a bundle is in the queue, in words."""
    overdue_since = months_over(pl.col("day"), months=parameters.window_months)
    return (
        pl.when(pl.col("ceases") > 0)
        .then(pl.format("counts until {}", pl.col("counts_until").dt.to_string("iso")))
        .when(pl.col("day").is_null())
        .then(pl.lit("never verified"))
        .otherwise(pl.format("overdue since {}", overdue_since.dt.to_string("iso")))
    )


def _loads(ordered: Ordered, choice: Choice, schedule: Schedule, *, as_of: date, weeks: int) -> pl.DataFrame:
    """Return every center, curator and week, also those without work."""
    worker = ["curator", "unnamed_center_id"]
    grid = (
        ordered.rows.filter(pl.col("excluded_reason").is_null())
        .select("center_id", *worker)
        .unique()
        .join(ordered.workers.select(*worker, "worker", "limit_minutes"), on=worker, how="left", nulls_equal=True)
        .join(pl.DataFrame({"week": range(1, weeks + 1)}, schema={"week": pl.Int64}), how="cross")
    )
    place = choice.place[schedule.piece]
    work = (
        pl.DataFrame(
            {
                "center_id": ordered.rows.get_column("center_id")[place],
                "worker": pl.Series(ordered.worker[place], dtype=grid.schema["worker"]),
                "week": schedule.piece_week,
                "minutes": schedule.piece_minutes,
                "is_begun": schedule.piece_week == schedule.week[schedule.piece],
            }
        )
        .sort("center_id", "worker", "week", "minutes")
        .group_by("center_id", "worker", "week", maintain_order=True)
        .agg(agencies=pl.col("is_begun").sum().cast(pl.Int64), minutes=pl.col("minutes").sum())
    )
    loads = (
        grid.join(work, on=["center_id", "worker", "week"], how="left")
        .with_columns(pl.col("agencies", "minutes").fill_null(0))
        .sort("center_id", "curator", "week", nulls_last=True)
        .with_columns(
            curator_minutes=pl.col("minutes").sum().over("worker", "week"),
            hours_limit_minutes=pl.col("limit_minutes"),
            week_start_on=pl.lit(as_of) + pl.duration(days=DAYS_OF_WEEK * (pl.col("week") - 1)),
        )
    )
    return conform(loads, QueueLoad)


def _excluded(ordered: Ordered, *, weeks: int) -> pl.DataFrame:
    """Return the bundles left out that will not count at the last week end."""
    rows = ordered.rows.filter(pl.col("excluded_reason").is_not_null() & (pl.col("ceases") <= weeks))
    return conform(rows.sort("center_id", "curator", "place", nulls_last=True), QueueExcluded)
