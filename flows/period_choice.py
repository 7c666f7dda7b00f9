"""Which period a report speaks of, and which nights stand for its end and for the end of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from flows.past_nights import night_of
from pipeline.measure.periods import period_before, period_holding, period_named
from pipeline.publish.wording import day as day_words
from schemas.errors import InputError, UsageError
from schemas.period import Period, PeriodKind


@dataclass(frozen=True, kw_only=True)
class ChosenNights:
    """A period and its nights.

    Attributes:
        period: The period.
        until: Last day spoken of: that of the period, or the day of the report while it runs.
        is_running: Whether the period is not over on the day of the report.
        run_id: Night whose figures are told: the last one not after `until`.
        as_of: Its day.
        before_run_id: Last night before the period; None when there is none.
        before_on: Its day.
        first_on: Day of the first night of all.
        nights: Nights in the period.
        warnings: What the reader has to know about that choice.
    """

    period: Period
    until: date
    is_running: bool
    run_id: str
    as_of: date
    before_run_id: str | None
    before_on: date | None
    first_on: date
    nights: int
    warnings: tuple[str, ...]


def choose_period(*, kind: PeriodKind | None, of: str | None, day: date, fiscal_month: int) -> Period:
    """Return the period that is asked for.

    Args:
        kind: Kind that was asked for; None takes that of the name, or a month.
        of: Its name; None takes the one in which `day` lies.
        day: Day of the report.
        fiscal_month: Month with which the fiscal year begins.

    Raises:
        UsageError: The name is none, is of another kind, or names a period that begins after the day.
    """
    if of is None:
        return period_holding(day, kind=kind or PeriodKind.MONTH, fiscal_month=fiscal_month)
    named = period_named(of, fiscal_month=fiscal_month)
    years = {PeriodKind.YEAR, PeriodKind.FISCAL_YEAR}
    if kind is not None and kind != named.kind and not {kind, named.kind} <= years:
        raise UsageError(
            f"--period {kind} and --of {of} do not go together.", advice="Leave --period out: the name says what it is."
        )
    if named.first_on > day:
        raise UsageError(
            f"--of: {named.words} begins after the day of the report, {day}.",
            advice="Name an earlier period, or give a later day with --as-of.",
        )
    return named


def last_finished(day: date, *, kind: PeriodKind, fiscal_month: int) -> Period:
    """Return the last period of a kind that is over on a day; on its last day it is not over yet."""
    return period_before(period_holding(day, kind=kind, fiscal_month=fiscal_month), fiscal_month=fiscal_month)


def choose_nights(nights: pl.DataFrame, *, period: Period, day: date, stale_days: int) -> ChosenNights:
    """Return the nights that stand for a period.

    Args:
        nights: `run_id`, `as_of` of the published nights.
        period: The period.
        day: Day of the report, which ends a period that is not over.
        stale_days: A night that is more days older than the end of the period is warned of.

    Raises:
        InputError: No night speaks of the period or a day before its end.
    """
    until = min(period.last_on, day)
    is_running = day < period.last_on
    days = nights["as_of"].sort().to_list()
    run_id = night_of(nights, until)
    if run_id is None:
        first = f" The first night is of {day_words(days[0])}." if days else ""
        raise InputError(
            f"Nothing is known of {period.words}: no night speaks of {day_words(until)} or a day before.{first}",
            advice="Dates in a directory are overwritten, so that a time before the first night cannot be told later. "
            "`resdir freshness trend` shows how far it can be narrowed down.",
        )
    as_of: date = nights.filter(pl.col("run_id") == run_id)["as_of"].to_list()[0]
    before = night_of(nights, period.first_on - timedelta(days=1))
    before_on = None if before is None else nights.filter(pl.col("run_id") == before)["as_of"].to_list()[0]
    inside = nights.filter(pl.col("as_of").is_between(period.first_on, until))["as_of"].n_unique()
    return ChosenNights(
        period=period,
        until=until,
        is_running=is_running,
        run_id=run_id,
        as_of=as_of,
        before_run_id=before,
        before_on=before_on,
        first_on=days[0],
        nights=inside,
        warnings=tuple(
            _warnings(
                period, until=until, is_running=is_running, as_of=as_of, first_on=days[0], before_on=before_on,
                stale_days=stale_days,
            )
        ),
    )  # fmt: skip


def _warnings(
    period: Period,
    *,
    until: date,
    is_running: bool,
    as_of: date,
    first_on: date,
    before_on: date | None,
    stale_days: int,
) -> list[str]:
    told = []
    end = "the day of this report" if is_running else "the end of the period"
    late = (until - as_of).days
    if not period.holds(as_of):
        told.append(
            f"No night was run in this period: the figures are those of {day_words(as_of)}, {late:,} days before {end}, and nothing can "
            "be said of what happened in the period."
        )
    elif late > stale_days:
        told.append(
            f"The figures are those of the night of {day_words(as_of)}, {late:,} days before {end}: no later night was kept."
        )
    if before_on is None:
        told.append(
            f"The first night of all is of {day_words(first_on)}, in this period: there is nothing to compare it with, and what the first "
            "night found is counted apart from what was found later."
        )
    elif (period.first_on - before_on).days - 1 > stale_days:
        told.append(
            f"What was before is told by the night of {day_words(before_on)}, {(period.first_on - before_on).days - 1:,} days before the "
            "period began: changes since then are counted as changes of the period."
        )
    return told
