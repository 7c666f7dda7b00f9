"""The staffing model held against a center's own curators: one factor, and nothing more.

    k = actual FTE x direct hours of a year / workload hours at the share really updated
    calibrated FTE = k x modelled FTE

One figure of one year fits one factor. It takes up skill, channels, idle time and records that were not counted alike, so it says
nothing about minutes per service.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from pipeline.measure.staffing import BAND, Band, estimate_staffing
from schemas.errors import UsageError
from schemas.staffing_parameters import StaffingParameters

#: Beyond these the inputs are more likely wrong than the minutes [assumption of the model's authors, docs/staffing.md].
LOWEST_FACTOR, HIGHEST_FACTOR = 0.5, 2.0


@dataclass(frozen=True, kw_only=True)
class FactorCalibration:
    """A factor from a center's own curators.

    Attributes:
        factor: k; the modelled figure times this is the calibrated one.
        actual_fte: Curators at work, full-time equivalents.
        updated_share: Share of the directory that they really updated in the year.
        workload_hours: Hours a year that the model takes for that share.
        direct_hours: Hours a year of one curator on records.
    """

    factor: float
    actual_fte: float
    updated_share: float
    workload_hours: float
    direct_hours: float

    @property
    def is_doubtful(self) -> bool:
        """Whether the inputs should be looked at before the factor is used."""
        return not LOWEST_FACTOR <= self.factor <= HIGHEST_FACTOR


def calibrate_factor(
    complexity: pl.DataFrame, *, parameters: StaffingParameters, actual_fte: float, updated_share: float
) -> FactorCalibration:
    """Return the factor that makes the model tell the curators who are at work.

    Args:
        complexity: `schemas.complexity.Complexity` rows of the center.
        parameters: The model.
        actual_fte: Curators at work in the year, full-time equivalents.
        updated_share: Share of the directory that they updated in it, above 0 and at most 1.

    Raises:
        UsageError: A number is out of range, or the directory takes no work at all.
    """
    if not (actual_fte > 0 and math.isfinite(actual_fte)):
        raise UsageError(f"{actual_fte:g} curators cannot be calibrated from.", advice="Give the FTE, such as 4.")
    if not 0 < updated_share <= 1:
        raise UsageError(
            f"The share really updated is {updated_share:g}.",
            advice="Give it between 0 and 1, such as --updated-share 0.93.",
        )
    really = parameters.model_copy(update={"target_coverage": updated_share})
    hours = estimate_staffing(complexity, parameters=really).hours.central
    if hours <= 0:
        raise UsageError(
            "The directory has no counted agency and no other work: there is nothing to calibrate from.",
            advice="Run a night first, or name another center.",
        )
    return FactorCalibration(
        factor=actual_fte * parameters.direct_hours / hours,
        actual_fte=actual_fte,
        updated_share=updated_share,
        workload_hours=hours,
        direct_hours=parameters.direct_hours,
    )


def scaled(band: Band, factor: float) -> Band:
    """Return a band times a factor; its ends keep their distance in per cent."""
    return Band(**{name: getattr(band, name) * factor for name in BAND})
