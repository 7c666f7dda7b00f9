"""What each assumption of the staffing model does to the figure when it alone is moved to its ends."""

from __future__ import annotations

import polars as pl

from pipeline.measure.staffing import BAND, estimate_staffing
from schemas.staffing_parameters import MINUTE_PARTS, StaffingParameters

_RANGED = ("channel_factor", "target_coverage", "interim_share", "productive_hours", "direct_share")


def vary_parameters(complexity: pl.DataFrame, *, parameters: StaffingParameters) -> pl.DataFrame:
    """Move one parameter at a time to its low and high end and estimate again; the others stay central.

    Args:
        complexity: `schemas.complexity.Complexity` rows.
        parameters: Central values and ranges.

    Returns:
        One row per parameter: `parameter`, `low_value`, `low_fte`, `central_fte`, `high_value`, `high_fte`; the parameter
        that moves the figure most comes first. `low_value` is the end meant to give the lower FTE.
    """
    central = estimate_staffing(complexity, parameters=parameters).fte.central
    rows = []
    for name in (f"{part}_minutes" for part in MINUTE_PARTS):
        low, _, high = getattr(parameters, name)
        rows.append((name, low, high, _with_central(parameters, name, low), _with_central(parameters, name, high)))
    for name in _RANGED:
        low, high = getattr(parameters, f"{name}_range")
        rows.append((name, low, high, _moved(parameters, name, low), _moved(parameters, name, high)))
    return pl.DataFrame(
        [
            {
                "parameter": name,
                "low_value": low,
                "low_fte": estimate_staffing(complexity, parameters=lowered).fte.central,
                "central_fte": central,
                "high_value": high,
                "high_fte": estimate_staffing(complexity, parameters=raised).fte.central,
            }
            for name, low, high, lowered, raised in rows
        ]
    ).sort((pl.col("high_fte") - pl.col("low_fte")).abs(), pl.col("parameter"), descending=[True, False])


def tell_sensitivity(varied: pl.DataFrame) -> str:
    """Return in a sentence which assumption matters most.

    Args:
        varied: What `vary_parameters` returns.
    """
    first = varied.row(0, named=True)
    if first["low_fte"] == first["high_fte"]:
        return "No assumption moves the figure: there is nothing to keep up."
    return (
        f"What matters most is {first['parameter']}: between {first['low_value']:g} and {first['high_value']:g} it alone moves the "
        f"central figure from {first['low_fte']:.2f} to {first['high_fte']:.2f} FTE."
    )


def _moved(parameters: StaffingParameters, name: str, value: float) -> StaffingParameters:
    """Return the parameters with one value moved. The factor of the channels counts only without their shares."""
    changes: dict[str, object] = {name: value}
    if name == "channel_factor":
        changes["channel_shares"] = {}
    return parameters.model_copy(update=changes)


def _with_central(parameters: StaffingParameters, name: str, value: float) -> StaffingParameters:
    """Return the parameters with one central value moved; its ends stay as they are."""
    minutes = list(getattr(parameters, name))
    minutes[BAND.index("central")] = value
    return parameters.model_copy(update={name: tuple(minutes)})
