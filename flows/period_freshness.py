"""The share updated at the end of a period, how it moved and where it goes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from flows.period_ground import PeriodGround
from flows.period_scope import in_scope, of_center, own_dimension, share_figure
from flows.verification_work import forecast_directory, forecast_end
from pipeline.measure.freshness import WITHOUT_SUSPICIOUS
from pipeline.measure.freshness_cases import EDITED, HEADLINE, VERIFIED
from pipeline.measure.freshness_figures import count_bands
from pipeline.measure.freshness_trend import list_nights, reconstruct_days
from pipeline.measure.window import window_of
from schemas.directory import Directory
from schemas.enumerations import WindowKind
from schemas.night import ForecastFigures, ShareFigure
from schemas.period import Scope
from schemas.period_facts import FreshnessFacts, SharePart, SharePoint

_NOT_TOLD = ShareFigure(
    numerator=None, denominator=None, unknown=None, share=None, reason="The night did not tell this figure."
)


def freshness_facts(ground: PeriodGround, scope: Scope) -> FreshnessFacts:
    """Return what a report tells of the freshness of its scope."""
    rule = ground.resolved.settings.freshness
    own = of_center(scope) & own_dimension(scope)
    windows = [
        SharePart(
            value=kind.value,
            figure=figure,
            before=_figure(ground, own & (pl.col("measure") == f"{HEADLINE}_{kind.value}"), before=True),
        )
        for kind in (WindowKind.FISCAL_YEAR, WindowKind.CALENDAR_YEAR)
        if (figure := _figure(ground, own & (pl.col("measure") == f"{HEADLINE}_{kind.value}"))) is not None
    ]
    readings = tuple(
        SharePart(
            value=measure,
            figure=_figure(ground, own & (pl.col("measure") == measure)) or _NOT_TOLD,
            before=_figure(ground, own & (pl.col("measure") == measure), before=True),
        )
        for measure in (HEADLINE, VERIFIED, EDITED)
    )
    is_whole = scope.curator is None
    return FreshnessFacts(
        readings=readings,
        windows=tuple(windows),
        cutoff=window_of(rule, as_of=ground.chosen.as_of).cutoff_on,
        window_months=rule.window_months,
        band_months=(rule.due_months, rule.window_months, rule.stale_months),
        bands=_bands(ground, scope),
        by_center=_parts(ground, scope, dimension="center") if is_whole and scope.center_id is None else (),
        by_county=_parts(ground, scope, dimension="county") if is_whole else (),
        by_curator=_parts(ground, scope, dimension="curator") if is_whole else (),
        trend=_trend(ground, scope),
        forecast=_forecast(ground, scope) if is_whole else None,
        suspicious=_suspicious(ground, scope) if is_whole else {},
        without_suspicious=_figure(ground, own & (pl.col("measure") == f"{HEADLINE}_{WITHOUT_SUSPICIOUS}")),
        small_units=ground.resolved.settings.rules.smallest_cell,
        notes=_notes(ground, scope),
    )


def _figure(ground: PeriodGround, wanted: pl.Expr, *, before: bool = False) -> ShareFigure | None:
    run_id = ground.chosen.before_run_id if before else ground.chosen.run_id
    rows = ground.measures.filter((pl.col("run_id") == (run_id or "")) & wanted).to_dicts()
    return share_figure(rows[0] if rows else None)


def _parts(ground: PeriodGround, scope: Scope, *, dimension: str) -> tuple[SharePart, ...]:
    rows = ground.measures.filter(
        (pl.col("measure") == HEADLINE) & (pl.col("dimension") == dimension) & of_center(scope)
    ).sort("value")
    before = {
        row["value"]: row for row in rows.filter(pl.col("run_id") == (ground.chosen.before_run_id or "")).to_dicts()
    }
    return tuple(
        SharePart(
            value=row["value"], figure=share_figure(row) or _NOT_TOLD, before=share_figure(before.get(row["value"]))
        )
        for row in rows.filter(pl.col("run_id") == ground.chosen.run_id).to_dicts()
    )


def _bands(ground: PeriodGround, scope: Scope) -> dict[str, dict[str, int]]:
    """Return the counted records by kind and band; only the whole when the records of the night are gone."""
    if ground.cases is not None:
        cases = ground.cases.filter(in_scope(scope))
        if cases.is_empty():
            return {}
        rows = count_bands(cases).filter(pl.col("record_count").is_not_null() & of_center(scope))
        told = rows.select("kind", "band", "record_count")
    else:
        told = ground.measures.filter(
            (pl.col("run_id") == ground.chosen.run_id)
            & (pl.col("measure") == VERIFIED)
            & (pl.col("dimension") == "band")
            & pl.col("numerator").is_not_null()
            & pl.lit(scope.curator is None)
            & of_center(scope)
        ).select(pl.lit("all").alias("kind"), "value", pl.col("numerator").cast(pl.Int64))
    found: dict[str, dict[str, int]] = {}
    for kind, band, count in told.iter_rows():
        found.setdefault(kind, {})[band] = count
    return found


def _suspicious(ground: PeriodGround, scope: Scope) -> dict[str, int]:
    rows = ground.measures.filter(
        (pl.col("run_id") == ground.chosen.run_id) & (pl.col("measure") == "suspicious_verification") & of_center(scope)
    )
    return {row["value"]: int(row["numerator"] or 0) for row in rows.sort("value").to_dicts()}


def _trend(ground: PeriodGround, scope: Scope) -> tuple[SharePoint, ...]:
    """Return the headline over the nights, and before the first one the range that the dates leave open."""
    dimension, value = ("all", "all") if scope.curator is None else ("curator", scope.curator)
    nights = list_nights(ground.trend, measure=HEADLINE, center_id=scope.center_id, dimension=dimension, value=value)
    points = [
        SharePoint(day=row["as_of"], share=row["share"], low=row["share_low"], high=row["share_high"])
        for row in nights.to_dicts()
    ]
    if scope.curator is not None or ground.state is None:
        return tuple(points)
    first_on = ground.joined[scope.center_id] if scope.center_id else min(ground.joined.values())
    days = [day for day in _month_ends(ground.trend_from, first_on) if day < first_on]
    if not days:
        return tuple(points)
    directory = _scoped(ground.state.directory, scope)
    earlier = reconstruct_days(
        directory,
        days=days,
        verifications=ground.first_verifications,
        as_of=ground.chosen.as_of,
        rule=ground.resolved.settings.freshness,
        measure=HEADLINE,
        dated=ground.dated if scope.center_id is None else None,
    )
    told = [
        SharePoint(
            day=row["as_of"],
            share=row["share"],
            low=row["share_low"],
            high=row["share_high"],
            is_reconstructed=True,
        )
        for row in earlier.to_dicts()
        if row["share_low"] is not None
    ]
    return (*told, *points)


def _month_ends(first: date, last: date) -> list[date]:
    days, day = [], first
    while day <= last:
        end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        days.append(end)
        day = end + timedelta(days=1)
    return days


def _scoped(directory: Directory, scope: Scope) -> Directory:
    return directory if scope.center_id is None else directory.of_centers([scope.center_id])


def _forecast(ground: PeriodGround, scope: Scope) -> ForecastFigures | None:
    """Return where the share goes: of all centers as the night told it, of one center worked out from the night's records."""
    settings = ground.resolved.settings
    if scope.center_id is None:
        stored = ground.document["freshness"].get("forecast")
        return None if stored is None else _stored_forecast(stored, confidence=settings.forecast.confidence)
    if ground.state is None:
        return None
    as_of = ground.chosen.as_of
    told = forecast_directory(
        _scoped(ground.state.directory, scope),
        verifications=ground.verifications_of(scope.center_id),
        as_of=as_of,
        target_on=forecast_end(as_of, rule=settings.freshness),
        target_share=settings.queue.target_of(scope.center_id),
        settings=settings,
    )
    share, pace = told.share, told.pace_per_week
    return ForecastFigures(
        target_on=told.target_on,
        low=None if share is None else share.low,
        central=None if share is None else share.central,
        high=None if share is None else share.high,
        confidence=told.confidence,
        without_work=told.share_without_work,
        target_share=told.target_share,
        needed_per_week=told.needed_per_week,
        pace_per_week=None if pace is None else pace.central,
        reason=told.reason,
    )


def _stored_forecast(told: dict[str, Any], *, confidence: float) -> ForecastFigures:
    share = told["share"] or {}
    return ForecastFigures(
        target_on=date.fromisoformat(told["target_date"]),
        low=share.get("low"),
        central=share.get("central"),
        high=share.get("high"),
        confidence=confidence,
        without_work=told["share_without_work"],
        target_share=told["target_share"],
        needed_per_week=told["needed_per_week"],
        pace_per_week=told["pace_per_week"],
        reason=told.get("reason"),
    )


def _notes(ground: PeriodGround, scope: Scope) -> tuple[str, ...]:
    """Say which centers a share over all centers does not speak of."""
    if scope.center_id is not None or scope.curator is not None:
        return ()
    unknown = ground.measures.filter(
        (pl.col("run_id") == ground.chosen.run_id)
        & (pl.col("measure") == HEADLINE)
        & (pl.col("dimension") == "all")
        & pl.col("center_id").is_not_null()
        & pl.col("share").is_null()
    ).sort("center_id")
    return tuple(
        f"Center {row['center_id']}: its {int(row['denominator'] or 0):,} agencies are kept out of the share over all centers. "
        f"{row['reason'] or ''}".strip()
        for row in unknown.to_dicts()
    )
