"""Curators needed and at work: as the night told it, with the calibration and the workings where they can be worked out."""

from __future__ import annotations

from datetime import date

import polars as pl

from flows.calibrations import read_calibrations
from flows.period_ground import PeriodGround
from flows.staffing_facts import StaffingView, read_view
from pipeline.measure.staffing import BAND, CAVEATS, Band
from pipeline.store.snapshot import open_published
from schemas.period import Scope
from schemas.period_facts import CenterStaffing, StaffingFacts

#: Counted agencies up to which the workings are told: they take the whole directory, which a nation's takes too long to read (project
#: choice).
_MOST_AGENCIES = 20_000
#: FTE by which the workings may differ from what the night told, by rounding.
_ALMOST = 0.005

#: Parts of the workload in words.
_PARTS = {
    "agency": "agencies",
    "service": "services",
    "site": "sites",
    "service_at_site": "services at sites with a text of their own",
    "term": "taxonomy terms",
    "language": "further languages",
    "interim": "changes in between",
    "new_agencies": "new agencies",
    "audits": "audits",
    "merges": "merging duplicates",
}


def staffing_facts(ground: PeriodGround, scope: Scope) -> StaffingFacts | None:
    """Return the curators needed and at work; None when the night did not tell."""
    chosen = ground.chosen
    rows = ground.measures.filter(pl.col("dimension") == "band").filter(pl.col("measure").str.starts_with("staffing_"))
    bands = {
        (row["run_id"], row["center_id"], row["measure"], row["value"]): row["numerator"] for row in rows.to_dicts()
    }

    def band(run_id: str | None, center_id: str | None, measure: str) -> tuple[float, float, float] | None:
        values = [bands.get((run_id, center_id, measure, name)) for name in BAND]
        low, central, high = values
        return None if low is None or central is None or high is None else (low, central, high)

    fte = band(chosen.run_id, scope.center_id, "staffing_fte")
    if fte is None:
        return None
    centers = ground.centers if scope.center_id is None else (scope.center_id,)
    told = {center: ground.resolved.center(center) for center in centers}
    at_work = [one.curator_fte for one in told.values()]
    known = [fte for fte in at_work if fte is not None]
    parameters = ground.resolved.settings.staffing
    hours = band(chosen.run_id, scope.center_id, "staffing_hours")
    # The night may have been reckoned under other settings: then the hours of a year are not those of today.
    direct = parameters.productive_hours * parameters.direct_share
    is_same = hours is not None and fte[1] > 0 and abs(hours[1] / fte[1] - direct) < 0.5
    view = staffing_view(ground, scope)
    return StaffingFacts(
        fte=fte,
        hours=hours,
        before=band(chosen.before_run_id, scope.center_id, "staffing_fte"),
        by_center=tuple(
            CenterStaffing(
                center_id=center,
                low=own[0],
                central=own[1],
                high=own[2],
                actual=told[center].curator_fte,
                certified_share=told[center].certified_share,
            )
            for center in centers
            if (own := band(chosen.run_id, center, "staffing_fte")) is not None
        ),
        actual=sum(known) if known and len(known) == len(at_work) else None,
        calibrated=None if view is None or view.calibrated is None else _ends(view.calibrated),
        workings=_workings(view, fte=fte),
        productive_hours=parameters.productive_hours if is_same else None,
        direct_share=parameters.direct_share if is_same else None,
        trend=_staffing_trend(ground, scope),
        caveats=CAVEATS if view is None else (*view.notes, *CAVEATS),
    )


def _staffing_trend(ground: PeriodGround, scope: Scope) -> tuple[tuple[date, float, float, float], ...]:
    own = ground.trend.filter(
        (pl.col("measure") == "staffing_fte")
        & (pl.col("dimension") == "band")
        & pl.col("center_id").eq_missing(pl.lit(scope.center_id, dtype=pl.String))
    )
    days: dict[date, dict[str, float]] = {}
    for row in own.sort("as_of").to_dicts():
        days.setdefault(row["as_of"], {})[row["value"]] = row["numerator"]
    return tuple((day, *(band[name] for name in BAND)) for day, band in days.items() if len(band) == len(BAND))  # type: ignore[misc]


def staffing_view(ground: PeriodGround, scope: Scope) -> StaffingView | None:
    """Return the staffing of the night with its workings; None when its records are gone or the directory is very large."""
    if ground.state is None or ground.state.directory.agency.filter("is_counted").height > _MOST_AGENCIES:
        return None
    directory, complexity = ground.bundles
    centers = None if scope.center_id is None else [scope.center_id]
    if centers is not None:
        directory = directory.of_centers(centers)
        complexity = complexity.filter(pl.col("center_id").is_in(centers))
    with open_published(ground.place, run_id=ground.chosen.run_id) as snapshot:
        return read_view(
            snapshot,
            complexity,
            directory,
            resolved=ground.resolved,
            calibrations=read_calibrations(ground.place),
            as_of=ground.chosen.as_of,
            centers=centers,
        )


def _workings(
    view: StaffingView | None, *, fte: tuple[float, float, float]
) -> tuple[tuple[str, float | None, str, float, float, float], ...]:
    """Return the parts of the workload; none when they make another figure than the night told, as after a change of the settings."""
    if view is None or any(abs(one - told) > _ALMOST for one, told in zip(_ends(view.estimate.fte), fte, strict=True)):
        return ()
    return tuple(
        (
            _PARTS.get(row["part"], row["part"]),
            None if row["part"] == "interim" else row["amount"],
            f"{row['amount'] * 100:g} % of the update hours" if row["part"] == "interim" else row["unit"],
            row["hours_low"],
            row["hours_central"],
            row["hours_high"],
        )
        for row in view.estimate.workings.to_dicts()
    )


def _ends(band: Band) -> tuple[float, float, float]:
    return band.low, band.central, band.high
