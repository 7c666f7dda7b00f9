"""Everything that is known about staffing: the estimate, the calibrated one, curators at work, and how it moved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from pydantic import ValidationError

from flows.calibrations import Calibration
from flows.settings import Resolved
from pipeline.measure.calibration import HIGHEST_FACTOR, LOWEST_FACTOR, scaled
from pipeline.measure.staffing import BAND, Band, Staffing, estimate_staffing
from pipeline.measure.what_if import WhatIf, estimate_what_if
from pipeline.measure.workload import (
    ObservedWorkload,
    count_audits,
    count_merges,
    count_new_agencies,
    settle_workload,
)
from pipeline.store.snapshot import Snapshot
from schemas.contract import conform
from schemas.directory import Directory
from schemas.measures import Measure
from schemas.night import CenterCurators, StaffingFigures
from schemas.staffing_parameters import StaffingParameters

#: Work that belongs to no center alone.
_UNDIVIDED = ("new_agencies", "audits", "merges")


@dataclass(frozen=True, kw_only=True)
class CenterAtWork:
    """One center: what it would need and who is there. Numbers of curators are None when they are not known.

    Attributes:
        center_id: The center.
        agencies, services: Counted records.
        estimated: FTE for updates and changes in between.
        calibrated: The same by its own calibration; None without one.
        actual_fte: Curators at work, as the settings say.
    """

    center_id: str
    agencies: int
    services: int
    estimated: Band
    calibrated: Band | None
    actual_fte: float | None

    @property
    def best(self) -> Band:
        """The calibrated band where there is one."""
        return self.calibrated or self.estimated

    def document(self) -> dict[str, object]:
        """Return it as one JSON document."""
        fte = self.actual_fte
        return {
            "center_id": self.center_id,
            "agencies": self.agencies,
            "services": self.services,
            "estimated_fte": self.estimated.rounded(4),
            "calibrated_fte": None if self.calibrated is None else self.calibrated.rounded(4),
            "actual_fte": fte,
            "agencies_per_fte": None if fte is None else round(self.agencies / fte, 1),
            "services_per_fte": None if fte is None else round(self.services / fte, 1),
            "actual_to_estimated": None
            if fte is None or not self.estimated.central
            else round(fte / self.estimated.central, 3),
        }


@dataclass(frozen=True, kw_only=True)
class StaffingView:
    """The staffing of a directory or of one center.

    Attributes:
        estimate: By the assumptions of the settings.
        calibrated: The band with every center's calibration applied where it has one; None when none has.
        centers: Every center, in the order of their ids.
        calibrations: What is in force, by center.
        observed: Work besides updates that the directory shows.
        notes: What must be told, one sentence each, those of the estimate among them.
        parameters: The model that was used, with numbers in the place of `observed`.
    """

    estimate: Staffing
    calibrated: Band | None
    centers: tuple[CenterAtWork, ...]
    calibrations: Mapping[str, Calibration]
    observed: ObservedWorkload
    notes: tuple[str, ...]
    parameters: StaffingParameters

    def figures(self, *, as_of: date) -> pl.DataFrame:
        """Return the bands as `schemas.measures.Measure` rows; the calibrated ones under `staffing_calibrated_fte`.

        Args:
            as_of: Day of the directory.
        """
        calibrated = [(None, self.calibrated), *((one.center_id, one.calibrated) for one in self.centers)]
        rows = [
            {"center_id": center, "value": name, "numerator": getattr(band, name)}
            for center, band in calibrated
            if band is not None
            for name in BAND
        ]
        told = pl.DataFrame(rows, schema={"center_id": pl.String, "value": pl.String, "numerator": pl.Float64})
        return pl.concat(
            [
                self.estimate.figures(as_of=as_of),
                conform(
                    told.with_columns(
                        as_of=pl.lit(as_of), measure=pl.lit("staffing_calibrated_fte"), dimension=pl.lit("band")
                    ),
                    Measure,
                ),
            ]
        )

    def document(self) -> dict[str, object]:
        """Return everything as one JSON document; the keys of the estimate stand at its top."""
        return {
            **self.estimate.document(),
            "calibrated": None
            if self.calibrated is None
            else {f"{name}_fte": value for name, value in self.calibrated.rounded(4).items()},
            "calibrations": [self.calibrations[center].document() for center in sorted(self.calibrations)],
            "at_work": [center.document() for center in self.centers],
            "notes": list(self.notes),
        }


def observe_workload(
    directory: Directory, *, pair_state: pl.DataFrame, scored: pl.DataFrame, audit_size: int, as_of: date
) -> ObservedWorkload:
    """Return the work besides updates that a directory shows.

    Args:
        directory: One or many centers.
        pair_state: `schemas.verdicts.PairState` of these centers.
        scored: `schemas.matching.ScoredPair`.
        audit_size: Records of the standing monthly sample.
        as_of: Day the directory speaks of.
    """
    return ObservedWorkload(
        new_agencies=count_new_agencies(directory, as_of=as_of),
        audits=count_audits(audit_size),
        merges=count_merges(pair_state, scored),
    )


def view_staffing(
    complexity: pl.DataFrame,
    *,
    resolved: Resolved,
    observed: ObservedWorkload,
    calibrations: Mapping[str, Calibration],
) -> StaffingView:
    """Return what is known about the staffing of bundles.

    Args:
        complexity: `schemas.complexity.Complexity` rows of the centers asked for.
        resolved: Settings: the model, and the curators at work of each center.
        observed: Work besides updates that these centers show.
        calibrations: What is in force, by center.
    """
    parameters, told = settle_workload(resolved.settings.staffing, observed=observed)
    estimate = estimate_staffing(complexity, parameters=parameters)
    in_force = {
        center: calibrations[center] for center in estimate.by_center["center_id"].to_list() if center in calibrations
    }
    centers = tuple(
        CenterAtWork(
            center_id=row["center_id"],
            agencies=row["agencies"],
            services=row["services"],
            estimated=Band(**{name: row[f"fte_{name}"] for name in BAND}),
            calibrated=_calibrated(complexity, in_force.get(row["center_id"]), parameters=parameters),
            actual_fte=resolved.center(row["center_id"]).curator_fte,
        )
        for row in estimate.by_center.to_dicts()
    )
    calibrated = Band(
        **{
            name: _besides(estimate, in_force, name=name) + sum(getattr(one.best, name) for one in centers)
            for name in BAND
        }
    )
    return StaffingView(
        estimate=estimate,
        calibrated=calibrated if in_force else None,
        centers=centers,
        calibrations=in_force,
        observed=observed,
        notes=(*estimate.notes, *told, *_doubts(in_force, model=resolved.settings.staffing)),
        parameters=parameters,
    )


def _besides(estimate: Staffing, calibrations: Mapping[str, Calibration], *, name: str) -> float:
    """Return the FTE for new agencies, audits and merges at one end of the band, with the centers' factors.

    A factor was made with this work in it. Which center does how much of it is not known: it is taken to be done as the updates are.
    """
    hours = float(estimate.workings.filter(pl.col("part").is_in(_UNDIVIDED))[f"hours_{name}"].sum())
    plain = estimate.by_center[f"hours_{name}"].sum()
    scaled_hours = sum(
        row[f"hours_{name}"] * (calibrations[row["center_id"]].factor if row["center_id"] in calibrations else 1.0)
        for row in estimate.by_center.to_dicts()
    )
    return hours / estimate.parameters.direct_hours * (scaled_hours / plain if plain else 1.0)


def _doubts(calibrations: Mapping[str, Calibration], *, model: StaffingParameters) -> list[str]:
    """Return what speaks against the factors in force, one sentence each."""
    doubts = []
    for center, one in sorted(calibrations.items()):
        if not LOWEST_FACTOR <= one.factor <= HIGHEST_FACTOR:
            doubts.append(
                f"The factor of {center} is {one.factor:.2f}, outside {LOWEST_FACTOR:g} to {HIGHEST_FACTOR:g}: check the inputs before "
                "it is used."
            )
        if one.model is not None and _model(one.model) != _model(model.model_dump(mode="json")):
            doubts.append(
                f"The settings of the model are not those with which the factor of {center} was made: make it anew with --calibrate."
            )
    return doubts


def _calibrated(
    complexity: pl.DataFrame, calibration: Calibration | None, *, parameters: StaffingParameters
) -> Band | None:
    """Return the FTE for updates and changes in between of one center by its calibration."""
    if calibration is None:
        return None
    plain = calibration.applied(parameters).model_copy(update=dict.fromkeys(_UNDIVIDED, 0))
    own = complexity.filter(pl.col("center_id") == calibration.center_id)
    return scaled(estimate_staffing(own, parameters=plain).fte, calibration.factor)


def calibrated_then(view: StaffingView, complexity: pl.DataFrame, *, what_if: WhatIf) -> Band | None:
    """Return the FTE after a change by a center's own calibration; None of several centers, and of one that has none.

    Args:
        view: The staffing of one center.
        complexity: `schemas.complexity.Complexity` rows of it.
        what_if: The question.

    Raises:
        UsageError: As `estimate_what_if`.
    """
    if len(view.centers) != 1 or not view.calibrations:
        return None
    (one,) = view.calibrations.values()
    answer = estimate_what_if(complexity, what_if=what_if, parameters=one.applied(view.parameters))
    return scaled(answer.then_fte, one.factor)


def staffing_figures(view: StaffingView) -> StaffingFigures:
    """Return the staffing as the reports of a night tell it."""
    low, central, high = _rounded(view.estimate.fte)
    return StaffingFigures(
        low_fte=low,
        central_fte=central,
        high_fte=high,
        caveats=view.estimate.caveats,
        calibrated=None if view.calibrated is None else _rounded(view.calibrated),
        centers=tuple(
            CenterCurators(
                center_id=one.center_id,
                estimated=_rounded(one.estimated),
                calibrated=None if one.calibrated is None else _rounded(one.calibrated),
                actual_fte=one.actual_fte,
            )
            for one in view.centers
        ),
        notes=view.notes,
    )


def _rounded(band: Band) -> tuple[float, float, float]:
    return round(band.low, 4), round(band.central, 4), round(band.high, 4)


def staffing_trend(measures: pl.DataFrame, runs: pl.DataFrame, *, center_id: str | None) -> pl.DataFrame:
    """Return how the estimate moved, night by night.

    Args:
        measures: `schemas.measures.StoredMeasure`.
        runs: `schemas.control.Run`; `settings` tells whether the model was another one.
        center_id: One center; None for all together.

    Returns:
        One row per published night, the last run of each day: `as_of`, `run_id`, `low`, `central`, `high` (FTE), `agencies` (counted;
        null when the night did not tell), `is_other_model` (whether the settings of the model differ from those of the night before).
    """
    same_center = pl.col("center_id").eq_missing(pl.lit(center_id, dtype=pl.String))
    bands = measures.filter(
        (pl.col("measure") == "staffing_fte") & (pl.col("dimension") == "band") & same_center
    ).pivot("value", index=["as_of", "run_id"], values="numerator")
    if bands.is_empty():
        return _no_nights()
    agencies = measures.filter(
        (pl.col("measure") == "complete_agency_update") & (pl.col("dimension") == "all") & same_center
        if center_id is None
        else (pl.col("measure") == "complete_agency_update")
        & (pl.col("dimension") == "center")
        & (pl.col("value") == center_id)
    ).select("run_id", agencies=pl.col("denominator").cast(pl.Int64))
    models = pl.DataFrame(
        [
            (row["run_id"], _model(json.loads(row["settings"]).get("staffing", {})))
            for row in runs.select("run_id", "settings").to_dicts()
        ],
        schema={"run_id": pl.String, "model": pl.String},
        orient="row",
    )
    return (
        bands.join(agencies.unique("run_id"), on="run_id", how="left")
        .join(models, on="run_id", how="left")
        .sort("as_of", "run_id")
        .unique("as_of", keep="last", maintain_order=True)
        .with_columns(is_other_model=(pl.col("model") != pl.col("model").shift()).fill_null(value=False))
        .select("as_of", "run_id", *BAND, "agencies", "is_other_model")
    )


def _no_nights() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "as_of": pl.Date,
            "run_id": pl.String,
            **dict.fromkeys(BAND, pl.Float64),
            "agencies": pl.Int64,
            "is_other_model": pl.Boolean,
        }
    )


def _model(said: Mapping[str, Any]) -> str:
    """Return the settings of the staffing model as one text, by which two nights are compared.

    What a release did not know yet takes today's default, so that a new key alone is no other model.
    """
    with suppress(ValidationError):
        said = StaffingParameters.model_validate(said).model_dump(mode="json")
    return json.dumps(said, sort_keys=True)


def read_view(
    snapshot: Snapshot,
    complexity: pl.DataFrame,
    directory: Directory,
    *,
    resolved: Resolved,
    calibrations: Mapping[str, Calibration],
    as_of: date,
    centers: Sequence[str] | None = None,
) -> StaffingView:
    """Return the staffing of a published night, or of some of its centers.

    Args:
        snapshot: The open snapshot.
        complexity: `schemas.complexity.Complexity` rows of the centers asked for.
        directory: Its canonical tables, of these centers.
        resolved: Settings.
        calibrations: What is in force, by center.
        as_of: Day of the figures.
        centers: Centers asked for; None for all.
    """
    states = snapshot.table("matching.pair_state")
    if centers is not None:
        states = states.filter(pl.col("center_id_a").is_in(centers) & pl.col("center_id_b").is_in(centers))
    observed = observe_workload(
        directory,
        pair_state=states,
        scored=snapshot.table("matching.scored_pair"),
        audit_size=resolved.settings.audit.size,
        as_of=as_of,
    )
    return view_staffing(complexity, resolved=resolved, observed=observed, calibrations=calibrations)
