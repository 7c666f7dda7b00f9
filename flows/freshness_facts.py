"""Freshness, forecast and queue as the reports of a night tell them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from flows.verification_work import WorkList
from pipeline.measure.forecast import Forecast
from pipeline.measure.freshness import WITHOUT_SUSPICIOUS, Freshness
from pipeline.measure.freshness_cases import HEADLINE
from schemas.contract import conform
from schemas.enumerations import WindowKind
from schemas.measures import Measure
from schemas.night import (
    BandCount,
    ForecastFigures,
    FreshnessFigures,
    QueueFigures,
    QueueRow,
    ShareFigure,
    ShareRow,
)


def freshness_figures(freshness: Freshness, *, forecast: Forecast | None = None) -> FreshnessFigures:
    """Return the freshness figures as the reports tell them.

    Args:
        freshness: The figures of the night, of all centers.
        forecast: Where the headline goes.
    """
    rule = freshness.rule
    return FreshnessFigures(
        complete_agency_update=_share(freshness.headline("complete_agency_update")),
        verified_record=_share(freshness.headline("verified_record")),
        edited_record=_share(freshness.headline("edited_record")),
        definition=(
            f"Agencies whose own verification and that of every counted site and service fall between {freshness.cutoff_on} "
            f"and {freshness.as_of} ({rule.window_months} calendar months), out of all counted agencies."
        ),
        cutoff=freshness.cutoff_on,
        by_center=_rows(freshness, "center"),
        by_curator=_rows(freshness, "curator"),
        by_county=_rows(freshness, "county"),
        bands=tuple(
            BandCount(kind=row["kind"], band=row["band"], count=row["record_count"])
            for row in freshness.bands.filter(
                pl.col("center_id").is_null() & (pl.col("measure") == "verified_record") & (pl.col("kind") != "all")
            ).to_dicts()
            if row["record_count"] is not None
        ),
        band_definition=(
            f"Current: verified within {rule.due_months} months; due: {rule.due_months} to {rule.window_months}; overdue: "
            f"{rule.window_months} to {rule.stale_months}; stale: longer ago; never: no day that counts."
        ),
        notices=freshness.level_notes,
        without_suspicious=_further(freshness, f"{HEADLINE}_{WITHOUT_SUSPICIOUS}"),
        suspicious={
            row["value"]: int(row["numerator"])
            for row in freshness.figures.filter(
                (pl.col("measure") == "suspicious_verification") & pl.col("center_id").is_null()
            ).to_dicts()
        },
        fiscal_year=_further(freshness, f"{HEADLINE}_{WindowKind.FISCAL_YEAR.value}"),
        calendar_year=_further(freshness, f"{HEADLINE}_{WindowKind.CALENDAR_YEAR.value}"),
        forecast=None if forecast is None else _forecast(forecast),
    )


def queue_figures(work: WorkList) -> QueueFigures:
    """Return how much there is to verify, as the reports tell it."""
    first = work.queue.loads.filter((pl.col("week") == 1) & (pl.col("agencies") > 0))
    last = work.queue.targets["week_end_on"].max()
    left_out = work.queue.excluded.group_by("excluded_reason").agg(pl.len()).sort("excluded_reason")
    return QueueFigures(
        weeks=work.queue.weeks,
        until=last if isinstance(last, date) else None,
        this_week=tuple(
            QueueRow(
                center_id=row["center_id"],
                curator=row["curator"],
                agencies=row["agencies"],
                minutes=row["minutes"],
                limit_minutes=row["hours_limit_minutes"],
            )
            for row in first.sort("center_id", "curator", nulls_last=True).to_dicts()
        ),
        agencies=work.items.height,
        excluded=dict(left_out.rows()),
        notes=work.notes,
    )


def forecast_measures(forecast: Forecast, *, measure: str, center_id: str | None) -> pl.DataFrame:
    """Return a forecast as rows of `schemas.measures.Measure`: dimension `forecast`, its value the day and which end.

    The number of agencies a week that the target takes is the numerator of `..._needed_per_week`, which is no share.

    Args:
        forecast: The forecast.
        measure: What it is about.
        center_id: Center, or None for all together.
    """
    share = forecast.share
    ends = {"low": None, "central": None, "high": None} if share is None else share.rounded(6)
    rows = [
        {
            "value": f"{forecast.target_on} {end}",
            "measure": f"{measure}_forecast",
            "denominator": float(forecast.units),
            "numerator": None if one is None else one * forecast.units,
            "share": one,
            "reason": forecast.reason,
        }
        for end, one in ends.items()
    ]
    rows.append(
        {
            "value": str(forecast.target_on),
            "measure": f"{measure}_needed_per_week",
            "denominator": None,
            "numerator": forecast.needed_per_week,
            "share": None,
            "reason": forecast.reason or "A number of agencies, no share.",
        }
    )
    return conform(
        pl.DataFrame(rows, infer_schema_length=None).with_columns(
            as_of=pl.lit(forecast.as_of),
            center_id=pl.lit(center_id, dtype=pl.String),
            dimension=pl.lit("forecast"),
            unknown=pl.lit(None, dtype=pl.Float64),
        ),
        Measure,
    )


def queue_measures(work: WorkList, *, as_of: date) -> pl.DataFrame:
    """Return this week's queue as rows of `schemas.measures.Measure`: agencies of the week, out of all weeks, by curator and center.

    Args:
        work: The queue.
        as_of: Day of the plan.
    """
    loads = work.queue.loads.group_by("center_id", value=pl.col("curator").fill_null("(unknown)")).agg(
        numerator=pl.col("agencies").filter(pl.col("week") == 1).sum().cast(pl.Float64),
        denominator=pl.col("agencies").sum().cast(pl.Float64),
    )
    return conform(
        loads.with_columns(
            as_of=pl.lit(as_of),
            measure=pl.lit("queue_agencies_this_week"),
            dimension=pl.lit("curator"),
            unknown=pl.lit(None, dtype=pl.Float64),
            share=pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator")),
            reason=pl.when(pl.col("denominator") == 0).then(pl.lit("Nothing is queued.")),
        ).sort("center_id", "value"),
        Measure,
    )


def _forecast(forecast: Forecast) -> ForecastFigures:
    share, pace = forecast.share, forecast.pace_per_week
    return ForecastFigures(
        target_on=forecast.target_on,
        low=None if share is None else round(share.low, 4),
        central=None if share is None else round(share.central, 4),
        high=None if share is None else round(share.high, 4),
        confidence=forecast.confidence,
        without_work=forecast.share_without_work,
        target_share=forecast.target_share,
        needed_per_week=None if forecast.needed_per_week is None else round(forecast.needed_per_week, 2),
        pace_per_week=None if pace is None else round(pace.central, 2),
        reason=forecast.reason,
    )


def _further(freshness: Freshness, measure: str) -> ShareFigure | None:
    told = freshness.figures.filter((pl.col("measure") == measure) & (pl.col("dimension") == "all"))
    return None if told.is_empty() else _share(freshness.headline(measure))


def _share(figure: Mapping[str, Any]) -> ShareFigure:
    return ShareFigure(
        numerator=figure["numerator"],
        denominator=figure["denominator"],
        unknown=figure["unknown"],
        share=figure["share"],
        reason=figure.get("reason"),
    )


def _rows(freshness: Freshness, dimension: str) -> tuple[ShareRow, ...]:
    rows = freshness.figures.filter(
        pl.col("center_id").is_null()
        & (pl.col("measure") == "complete_agency_update")
        & (pl.col("dimension") == dimension)
    ).sort("denominator", "value", descending=[True, False], nulls_last=True)
    return tuple(
        ShareRow(
            value=row["value"],
            figure=ShareFigure(
                numerator=_whole(row["numerator"]),
                denominator=_whole(row["denominator"]),
                unknown=_whole(row["unknown"]),
                share=row["share"],
                reason=row["reason"],
            ),
        )
        for row in rows.to_dicts()
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
