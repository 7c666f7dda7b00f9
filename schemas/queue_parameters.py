"""Parameters of the queue: what must be verified, by whom, in which week."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from schemas.parameters import Parameters

_Share = Annotated[float, Field(gt=0, le=1)]
_Hours = Annotated[float, Field(ge=0, le=168)]

#: Days of the shortest month: whatever lies within that many days a month comes before the end of the month.
_SHORTEST_MONTH_DAYS = 28


class QueueParameters(Parameters):
    """Target, hours and outreach steps of the verification queue."""

    target_share: float = Field(
        default=0.95,
        gt=0,
        le=1,
        description="Share of agencies whose whole bundle is to count as verified at every week end (project choice: no target is "
        "published; centers report 93 to 100 %).",
    )
    weeks: int = Field(
        default=13, ge=1, le=52, description="Weeks planned: this one and the next twelve (project choice: a quarter)."
    )
    center_target_share: dict[str, _Share] = Field(
        default={}, description="Target of single centers, by center id; the others have `target_share`."
    )
    catch_up_weeks: int = Field(
        default=13,
        ge=1,
        le=52,
        description="Weeks in which a center below its target catches up, in equal steps (project choice: a quarter).",
    )
    catch_up_weekly_share: float = Field(
        default=0.02,
        gt=0,
        le=1,
        description="Least step of catching up, in agencies of the center a week. Without it a queue that is made anew every week would "
        "always be `catch_up_weeks` from its target (project choice: 26 points in a quarter).",
    )
    catch_up_by: date | None = Field(
        default=None,
        description="Day by which the target is to be reached, in place of the two settings above while it lies ahead.",
    )
    hours_per_week: dict[str, _Hours] = Field(
        default={},
        description="Hours a week that a curator has for verification, by curator, in all centers together; 0 for one on leave.",
    )
    default_hours_per_week: float = Field(
        default=20.8,
        ge=0,
        le=168,
        description="Hours a week of a curator who is not named in `hours_per_week` (assumption: 1,776 productive hours a year x 0.70 "
        "direct / 52 weeks / 1.15 for changes in between, as in `[staffing]`).",
    )
    unnamed_hours_per_week: dict[str, _Hours] = Field(
        default={},
        description="Hours a week for bundles without curator, by center id; others have `default_hours_per_week`.",
    )
    look_ahead_weeks: int = Field(
        default=52,
        ge=1,
        le=52,
        description="Weeks looked at so that many bundles that expire together are begun in time. What is verified now counts for a "
        "year, so no more than 52 (project choice).",
    )
    level_weeks: int = Field(
        default=1,
        ge=0,
        le=52,
        description="Weeks by which a verification may be brought forward only to make weeks alike; hours that do not suffice otherwise "
        "bring it forward as far as needed. Every week early shortens the cycle of a year by one: in simulations 0 cost up to 2 %, 1 up "
        "to 4 % and 2 up to 6 % more verifications than the fewest, and 1 made ordinary weeks about alike (project choice).",
    )
    window_months: int = Field(
        default=12,
        ge=1,
        description="Months that a verification counts, as `[freshness] window_months`: for the words `overdue since`, and to know what "
        "counted on the day before the plan [S: yearly].",
    )
    first_request_months: int = Field(
        default=10,
        ge=1,
        description="Months after the last verification when the first request is sent, as `[freshness] due_months` [W: 10 to 11].",
    )
    reminder_days: int = Field(
        default=14, ge=1, description="Days from the first request to the reminder (project choice)."
    )
    other_contact_days: int = Field(
        default=28,
        ge=1,
        description="Days from the first request until another contact of the agency is tried (project choice).",
    )
    last_call_days: int = Field(
        default=42, ge=1, description="Days from the first request to the last call (project choice)."
    )
    check_existence_months: int = Field(
        default=18,
        ge=1,
        description="Months after the last verification when it is checked that the agency still exists, as `[freshness] stale_months` "
        "(project choice).",
    )

    @model_validator(mode="after")
    def _steps_in_order(self) -> QueueParameters:
        """Refuse steps that would overtake each other."""
        if not self.reminder_days < self.other_contact_days < self.last_call_days:
            raise ValueError("reminder_days, other_contact_days and last_call_days must grow in this order")
        between = self.check_existence_months - self.first_request_months
        if self.last_call_days >= between * _SHORTEST_MONTH_DAYS:
            raise ValueError(
                f"check_existence_months must be later than first_request_months by more than last_call_days ({self.last_call_days} days)"
            )
        return self

    def target_of(self, center_id: str) -> float:
        """Return the target share of a center."""
        return self.center_target_share.get(center_id, self.target_share)

    def hours_of(self, curator: str | None, *, center_id: str) -> float:
        """Return the hours a week of a curator; for None those that a center has for bundles without curator."""
        if curator is None:
            return self.unnamed_hours_per_week.get(center_id, self.default_hours_per_week)
        return self.hours_per_week.get(curator, self.default_hours_per_week)
