"""Parameters of the report of a month, quarter or year: what a center adds to it, and how much is listed."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from schemas.parameters import Parameters


class ReportParameters(Parameters):
    """What the center supplies to its reports, and the length of lists."""

    visitors: str = Field(
        default="",
        description="CSV file of the visitors of the online directory, relative to the settings file: columns `month` (2026-11) or "
        "`date` (2026-11-20), `visitors`, and `center` where there are several. Empty: the line says `not given`.",
    )
    given: dict[str, str | int | float] = Field(
        default={},
        description="Other numbers that the center supplies, printed as given: name and number or text, such as "
        '`"Calls answered" = 12034`.',
    )
    policy_reviewed_on: dict[str, date] = Field(
        default={},
        description="Policies of the directory and the day of their last review, such as `Inclusion policy` and 2026-02-01.",
    )
    top_rows: int = Field(
        default=15,
        ge=3,
        le=200,
        description="Rows of a list that are shown; the true total stands beside it (project choice).",
    )
    trend_months: int = Field(
        default=13,
        ge=1,
        le=120,
        description="Months that trends go back from the end of the period (project choice: a year and the month it began in).",
    )
    within_days: int = Field(
        default=30, ge=0, description="Days in which a finding should be mended, for `in time` (project choice)."
    )
    stale_days: int = Field(
        default=7,
        ge=0,
        description="A night that is more days older than the end of the period is warned of [assumption: a week].",
    )
