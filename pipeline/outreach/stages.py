"""Which step of outreach a bundle has reached: from the first request to the question whether the agency still exists.

    last verification --10 months--> first request --14 days--> reminder --28--> other contact --42--> last call
                      --18 months------------------------------------------------------------> check existence

When the day of a form is known, that day is the first request and the others follow from it. A form sent before the last
verification was answered by it and says nothing any more.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contract import conform
from schemas.outreach import OutreachStage, StagedBundle
from schemas.queue_parameters import QueueParameters

_FIRST_DAY = "first_day_of_{}"


def stage_outreach(bundles: pl.DataFrame, *, as_of: date, parameters: QueueParameters) -> pl.DataFrame:
    """Return the step of outreach that every bundle has reached.

    A bundle that was never verified, and to which no form was sent, is at its first request now.

    Args:
        bundles: `schemas.outreach.QueueBundle` rows.
        as_of: Day of the answer.
        parameters: Months and days of the steps.

    Returns:
        `schemas.outreach.StagedBundle` rows, one per bundle, by center and agency. Excluded bundles have no step.
    """
    dated = bundles.with_columns(stage_days(as_of=as_of, parameters=parameters))
    is_queued = pl.col("excluded_reason").is_null()
    steps = {stage.value: pl.col(_FIRST_DAY.format(stage)) for stage in OutreachStage}
    reached = {stage: pl.when(is_queued & (day <= as_of)) for stage, day in reversed(steps.items())}
    coming = {stage: pl.when(is_queued & (day > as_of)) for stage, day in steps.items()}
    staged = dated.with_columns(
        stage=pl.coalesce(*(when.then(pl.lit(stage)) for stage, when in reached.items())),
        stage_since_on=pl.coalesce(*(when.then(steps[stage]) for stage, when in reached.items())),
        next_stage=pl.coalesce(*(when.then(pl.lit(stage)) for stage, when in coming.items())),
        next_stage_on=pl.coalesce(*(when.then(steps[stage]) for stage, when in coming.items())),
    )
    return conform(staged.sort("center_id", "agency_uid"), StagedBundle)


def stage_days(*, as_of: date, parameters: QueueParameters) -> list[pl.Expr]:
    """Return the first day of every step, as columns `first_day_of_...`; needs `day` and `contacted_on`.

    Args:
        as_of: First request of a bundle that was never verified.
        parameters: Months and days of the steps.
    """
    day, sent_on = pl.col("day"), pl.col("contacted_on")
    is_open = sent_on.is_not_null() & (day.is_null() | (day < sent_on))
    first = (
        pl.when(is_open)
        .then(sent_on)
        .when(day.is_null())
        .then(pl.lit(as_of))
        .otherwise(months_over(day, months=parameters.first_request_months))
    )
    months_between = parameters.check_existence_months - parameters.first_request_months
    check = (
        pl.when(is_open | day.is_null())
        .then(first.dt.offset_by(f"{months_between}mo"))
        .otherwise(months_over(day, months=parameters.check_existence_months))
    )
    days = {
        OutreachStage.FIRST_REQUEST: first,
        OutreachStage.REMINDER: first.dt.offset_by(f"{parameters.reminder_days}d"),
        OutreachStage.OTHER_CONTACT: first.dt.offset_by(f"{parameters.other_contact_days}d"),
        OutreachStage.LAST_CALL: first.dt.offset_by(f"{parameters.last_call_days}d"),
        OutreachStage.CHECK_EXISTENCE: check,
    }
    return [days[stage].alias(_FIRST_DAY.format(stage)) for stage in OutreachStage]


def stage_on(day: pl.Expr) -> pl.Expr:
    """Return the step reached on a day; null before the first. Needs the columns of `stage_days`.

    Args:
        day: The day.
    """
    return pl.coalesce(
        *(
            pl.when(pl.col(_FIRST_DAY.format(stage)) <= day).then(pl.lit(stage.value))
            for stage in reversed(tuple(OutreachStage))
        )
    )


def months_over(day: pl.Expr, *, months: int) -> pl.Expr:
    """Return the first day that is more than some calendar months after a day, as the freshness bands count.

    Counted back from a day, months end at the end of a shorter month: from 28 February 2024 ten months back is 28 April 2023, from
    29 February 2024 it is 29 April, and from 1 March 1 May. So what was verified on 29 or 30 April is over ten months old on 1 March.

    Args:
        day: The day.
        months: Months.
    """
    later = day.dt.offset_by(f"{months}mo")
    return pl.when(day.dt.month_end() == day).then(later.dt.month_end()).otherwise(later).dt.offset_by("1d")
