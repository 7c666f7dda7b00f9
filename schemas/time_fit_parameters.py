"""Parameters of the calibration from a time log: when it speaks and when it refuses."""

from __future__ import annotations

from pydantic import Field

from schemas.parameters import Parameters


class TimeFitParameters(Parameters):
    """How minutes are drawn from a curators' time log, and when the log cannot tell them."""

    fewest_bundles: int = Field(
        default=100, ge=30, description="Different agencies that a log must hold (assumption: docs/staffing.md)."
    )
    gap_days: int = Field(
        default=60, ge=1, description="Longest pause, in days, between entries that are one update (project choice)."
    )
    confidence: float = Field(
        default=0.95,
        gt=0.5,
        lt=1,
        description="Share of logs for which all intervals together hold the true minutes (Bonferroni; project choice).",
    )
    largest_inflation: float = Field(
        default=5.0,
        gt=1,
        description="Variance inflation from which two counts move together too much to be told apart (project choice: 5, a common limit; "
        "it is a correlation of 0.89 between two counts).",
    )
    fewest_with_part: int = Field(
        default=20,
        ge=5,
        description="Updates that must have edited services at sites, further terms or further languages for their minutes to be told "
        "(project choice).",
    )
    widest_interval: float = Field(
        default=1.0,
        gt=0,
        description="Half width of an interval against the minutes assumed from which a part is not told: at 1 it is uncertain by "
        "as much as it is assumed to take (project choice).",
    )
    outlier_ratio: float = Field(
        default=5.0,
        gt=1,
        description="Times the expected minutes from which an update is named: perhaps a timer was left running (project choice).",
    )
    smallest_group: int = Field(
        default=10,
        ge=2,
        description="Updates of a curator from which their own pace is taken out; those with fewer are taken together (project choice).",
    )
