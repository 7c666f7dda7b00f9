"""What the queue brings: how many agencies of each center count at each week end, with it and without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline.outreach.leveling import Schedule
from pipeline.outreach.queue_choice import Choice, Need
from pipeline.outreach.queue_order import DAYS_OF_WEEK, Ordered, Whole
from schemas.contract import conform
from schemas.outreach import QueueTarget


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What comes of following the queue.

    Attributes:
        counting: Agencies that count, by center (rows) and week end (columns: weeks 1, 2, ...).
        done_in: Week in which each bundle of `Ordered` is verified; 0 when it is not.
    """

    counting: Whole
    done_in: Whole


def follow_queue(ordered: Ordered, need: Need, choice: Choice, schedule: Schedule) -> Outcome:
    """Return what comes of following the queue over all weeks looked at.

    Args:
        ordered: All bundles.
        need: What counts without work.
        choice: Chosen bundles.
        schedule: Their weeks.
    """
    centers, weeks = need.without.shape
    done_in = np.zeros(ordered.center.size, dtype=np.int64)
    done_in[choice.place] = np.where(schedule.last_week <= weeks, schedule.last_week, 0)
    done = np.flatnonzero(done_in)
    # One verified before it ceased counted anyway until then.
    gained_in = np.maximum(done_in[done], ordered.ceases[done])
    within = gained_in <= weeks
    gained = np.zeros((centers, weeks), dtype=np.int64)
    np.add.at(gained, (ordered.center[done[within]], gained_in[within] - 1), 1)
    return Outcome(counting=need.without + np.cumsum(gained, axis=1), done_in=done_in)


def target_rows(ordered: Ordered, need: Need, outcome: Outcome, *, as_of: date, weeks: int) -> pl.DataFrame:
    """Return `schemas.outreach.QueueTarget` rows, by center and week.

    Args:
        ordered: All bundles.
        need: Targets.
        outcome: What the queue brings.
        as_of: First day of week 1.
        weeks: Weeks shown.
    """
    size = len(ordered.centers)
    rows = pl.DataFrame(
        {
            "center_id": pl.Series(np.repeat(np.array(ordered.centers, dtype=object), weeks).tolist(), dtype=pl.String),
            "week": np.tile(np.arange(1, weeks + 1, dtype=np.int64), size),
            "denominator": np.repeat(need.agencies, weeks),
            "target_share": np.repeat(need.shares, weeks),
            "target_count": np.repeat(need.targets, weeks),
            "needed": need.needed[:, :weeks].ravel(),
            "counting_without": need.without[:, :weeks].ravel(),
            "counting_with": outcome.counting[:, :weeks].ravel(),
        }
    )
    filled = rows.with_columns(
        week_end_on=pl.lit(as_of) + pl.duration(days=DAYS_OF_WEEK * pl.col("week") - 1),
        shortfall=(pl.col("needed") - pl.col("counting_with")).clip(lower_bound=0),
        share_without=pl.col("counting_without") / pl.col("denominator"),
        share_with=pl.col("counting_with") / pl.col("denominator"),
    )
    return conform(filled, QueueTarget)
