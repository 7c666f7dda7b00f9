"""Parameters of the forecast of the annual update percentage (docs/forecast.md)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from schemas.parameters import Parameters

#: Age classes, in twelfths of the longest time a verification counts (months of the rolling year): each class ends where the next begins.
#: The first ends at 8 months, the last has no end; those never verified are taken like the last.
AGE_LIMITS: tuple[float, ...] = (8, 9, 10, 10.5, 11, 11.5, 12, 12.5, 13, 14, 15, 16.5, 18)


class ForecastParameters(Parameters):
    """How the share updated is carried forward to a day."""

    country: Literal["US", "CA", "none"] = Field(
        default="US",
        description="Whose public holidays are no business days; `none`: Monday to Friday all year (project choice).",
    )
    subdivision: str | None = Field(
        default=None,
        description="State or province whose holidays also count, such as IL or ON; blank: those of the whole country.",
    )
    extra_days_off: tuple[date, ...] = Field(
        default=(), description="Further days on which nobody verifies, such as the days between the years."
    )
    confidence: float = Field(
        default=0.8, gt=0, lt=1, description="Share of simulated futures inside low and high (project choice)."
    )
    paths: int = Field(default=2000, ge=100, le=50_000, description="Simulated futures (project choice).")
    recent_weeks: int = Field(
        default=26,
        ge=4,
        le=52,
        description="Weeks before the first kept night of which today's dates still tell the pace; in earlier ones too many dates have "
        "been overwritten since (project choice).",
    )
    most_weeks: int = Field(
        default=156, ge=26, le=520, description="Weeks of kept nights used at most for the pace (project choice)."
    )
    mass_share: float = Field(
        default=0.1,
        gt=0,
        le=1,
        description="A day on which more than this share of the directory was verified is no pace and is left out (as FRE-009).",
    )
    mass_count: int = Field(
        default=50, ge=1, description="Fewest verifications of a day that is left out so (project choice)."
    )
    yearly_drift: tuple[float, ...] = Field(
        default=(0.05, 0.1, 0.2, 0.35, 0.6),
        min_length=1,
        description="Candidates for how far the pace wanders in a year, as a share of it; the smallest keeps even the steadiest history "
        "from promising that nobody will ever leave (assumption).",
    )
    drift_weights: tuple[float, ...] = Field(
        default=(0.6, 0.25, 0.1, 0.04, 0.01),
        min_length=1,
        description="How likely each of them is before any week was seen (assumption).",
    )
    season_months: int = Field(
        default=24,
        ge=12,
        description="Months of kept nights from which month factors are used (project choice).",
    )
    unknown_season: float = Field(
        default=0.15,
        ge=0,
        le=0.5,
        description="Before that: how far the pace of a month may differ, as a share of it. Only widens the range (assumption).",
    )
    selection_weekly: tuple[float, ...] = Field(
        default=(0.002, 0.003, 0.006, 0.015, 0.03, 0.06, 0.1, 0.15, 0.18, 0.18, 0.16, 0.13, 0.08, 0.02),
        description="Assumed chance per week that an agency is verified at the usual pace, by months since its last verification: below 8, "
        "8-10, 10-11, 11-12, 12-13, 13-15, 15-18, above 18 and never (assumption).",
    )
    selection_prior: float = Field(
        default=6.0,
        gt=0,
        description="How many seen verifications of a class the assumed chance is worth (project choice).",
    )
    selection_change: float = Field(
        default=0.35,
        ge=0,
        le=2,
        description="How far the appetite for agencies that are not yet due may change from what was seen, as a share of it (assumption).",
    )
    selection_half_life: float = Field(
        default=26.0, gt=0, description="Weeks after which what was seen of picking counts half (project choice)."
    )
    selection_weeks: int = Field(
        default=104, ge=8, le=520, description="Weeks of kept nights used at most for who is verified (project choice)."
    )
    hardest_pace: float = Field(
        default=10.0,
        gt=1,
        description="How many times its usual chance an agency can have at most, when few are left to verify (assumption).",
    )

    @model_validator(mode="after")
    def _fit_together(self) -> ForecastParameters:
        """Refuse lists of different lengths, and a subdivision that the country does not have."""
        if len(self.yearly_drift) != len(self.drift_weights) or min(self.drift_weights) <= 0:
            raise ValueError("drift_weights needs one positive number for each of yearly_drift")
        if min(self.yearly_drift) < 0:
            raise ValueError("yearly_drift must not be negative")
        if len(self.selection_weekly) != len(AGE_LIMITS) + 1 or not all(0 < one < 1 for one in self.selection_weekly):
            raise ValueError(f"selection_weekly needs {len(AGE_LIMITS) + 1} chances between 0 and 1")
        if self.subdivision is not None:
            # 20 ms to import, and only asked for where a subdivision is set.
            import holidays

            known = [] if self.country == "none" else holidays.list_supported_countries()[self.country]
            if self.subdivision not in known:
                raise ValueError(
                    f"{self.country} has no state or province {self.subdivision!r}; write it like IL or ON"
                )
        return self
