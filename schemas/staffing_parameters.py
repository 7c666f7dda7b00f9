"""Parameters of the staffing model, each with its unit and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from schemas.parameters import Parameters

ASSUMPTION = "assumption"
#: Hours of a year: 2,080 less holidays 68, sick leave 75, annual leave 155.7 and administrative time 4.8.
_HOURS_BASIS = "US Social Security Administration, POMS 0439503230"
_GUIDE_BASIS = "211 Illinois Service Guide: records are due yearly"

#: Parts of a bundle that take minutes, in the order in which they are told.
MINUTE_PARTS: tuple[str, ...] = ("agency", "service", "site", "service_at_site", "term", "language")

#: A number of the year, or `observed`: as many as the directory shows.
Workload = Annotated[int, Field(ge=0)] | Literal["observed"]
_Minutes = tuple[float, float, float]
_Share = Annotated[float, Field(ge=0, le=1)]


class Channel(StrEnum):
    """How agencies answer when they are asked to verify."""

    PORTAL = "portal"
    MIXED = "mixed"
    CALLING = "calling"


@dataclass(frozen=True, kw_only=True)
class ParameterRow:
    """One parameter of the model as it is told to people.

    Attributes:
        name: Its key in the settings.
        low: Lower end of its range; None when it has none.
        central: The value that is used; `observed` for a number that the directory shows.
        high: Upper end of its range; None likewise.
        unit: Its unit.
        basis: Where it comes from: a source, or `assumption`.
    """

    name: str
    low: float | None
    central: float | str
    high: float | None
    unit: str
    basis: str


def _field(default: Any, *, unit: str, basis: str, text: str, **limits: Any) -> Any:  # noqa: ANN401 - pydantic's own types
    extra: dict[str, Any] = {"unit": unit, "basis": basis}
    return Field(default=default, description=f"{text} ({unit}; {basis}).", json_schema_extra=extra, **limits)


class StaffingParameters(Parameters):
    """The staffing model: minutes are assumptions, hours of a year are sourced (docs/staffing.md)."""

    agency_minutes: _Minutes = _field(
        (14.0, 20.0, 28.0),
        unit="min per update",
        basis=ASSUMPTION,
        text="Low, central, high: contact, log, agency record",
    )
    service_minutes: _Minutes = _field(
        (5.5, 8.0, 11.0), unit="min per service", basis=ASSUMPTION, text="Low, central, high"
    )
    site_minutes: _Minutes = _field((3.0, 4.0, 5.0), unit="min per site", basis=ASSUMPTION, text="Low, central, high")
    service_at_site_minutes: _Minutes = _field(
        (1.0, 2.0, 3.0),
        unit="min per edited service at a site",
        basis=f"{ASSUMPTION}; that link-only rows are left out: iCarol help pages",
        text="Low, central, high; link-only rows take none",
    )
    term_minutes: _Minutes = _field(
        (0.0, 0.5, 1.0),
        unit="min per service term beyond one per service",
        basis=ASSUMPTION,
        text="Low, central, high",
    )
    language_minutes: _Minutes = _field(
        (2.0, 4.0, 6.0),
        unit="min per further language version of a service or site",
        basis=ASSUMPTION,
        text="Low, central, high",
    )
    channel_factor: float = _field(
        1.0, unit="factor", basis=ASSUMPTION, text="How agencies answer, when channel_shares is empty", gt=0
    )
    channel_shares: dict[Channel, _Share] = Field(
        default={},
        description="Share of the agencies that answer by portal, mixed or calling; together 1. Empty: channel_factor counts.",
    )
    channel_factors: dict[Channel, Annotated[float, Field(gt=0)]] = _field(
        {Channel.PORTAL: 0.8, Channel.MIXED: 1.0, Channel.CALLING: 1.3},
        unit="factor",
        basis=f"{ASSUMPTION}; that a portal saves work: iCarol help pages",
        text="Time that an update takes by each channel, against mixed",
    )
    verifications_per_year: float = _field(
        1.0, unit="a year", basis=_GUIDE_BASIS, text="Verifications of each record", gt=0
    )
    target_coverage: float = _field(
        1.0, unit="share", basis=_GUIDE_BASIS, text="Share of the directory to be verified in a year", gt=0, le=1
    )
    interim_share: float = _field(
        0.15, unit="share of the update hours", basis=ASSUMPTION, text="Changes between the yearly updates", ge=0
    )
    new_agency_hours: float = _field(2.0, unit="hours", basis=ASSUMPTION, text="Per new agency", ge=0)
    audit_hours: float = _field(0.5, unit="hours", basis=ASSUMPTION, text="Per audited record", ge=0)
    merge_hours: float = _field(0.5, unit="hours", basis=ASSUMPTION, text="Per merged duplicate", ge=0)
    new_agencies: Workload = _field(
        0,
        unit="a year",
        basis="the center",
        text="New agencies expected, or `observed`: those entered in the last twelve months",
    )
    audits: Workload = _field(
        0, unit="a year", basis="the center", text="Audited records expected, or `observed`: twelve months' samples"
    )
    merges: Workload = _field(
        0, unit="a year", basis="the center", text="Merged duplicates expected, or `observed`: those that wait now"
    )
    productive_hours: float = _field(
        1776.0, unit="hours a year", basis=_HOURS_BASIS, text="Productive hours of one full-time curator", gt=0
    )
    direct_share: float = _field(
        0.70,
        unit="share of the productive hours",
        basis=ASSUMPTION,
        text="Time spent on records; the rest is meetings, training, reports, disasters",
        gt=0,
        le=1,
    )
    channel_factor_range: tuple[float, float] = Field(
        default=(0.8, 1.3), description="Ends tried in the sensitivity table: portal, calling (assumption)."
    )
    target_coverage_range: tuple[float, float] = Field(
        default=(0.85, 1.0), description="Ends tried in the sensitivity table (assumption)."
    )
    interim_share_range: tuple[float, float] = Field(
        default=(0.05, 0.30), description="Ends tried in the sensitivity table (assumption)."
    )
    productive_hours_range: tuple[float, float] = Field(
        default=(1776.0, 1600.0), description="Ends tried in the sensitivity table; the fewer hours, the more FTE."
    )
    direct_share_range: tuple[float, float] = Field(
        default=(0.85, 0.60), description="Ends tried in the sensitivity table; the smaller the share, the more FTE."
    )
    tier_services: tuple[int, int, int] = Field(
        default=(2, 5, 15), description="Fewest services of tiers T2, T3, T4 (assumption; tiers never enter minutes)."
    )
    tier_sites: tuple[int, int, int] = Field(
        default=(2, 4, 10), description="Fewest sites of tiers T2, T3, T4 (the same)."
    )

    @model_validator(mode="after")
    def _low_to_high(self) -> StaffingParameters:
        """Refuse minutes that do not rise from low to high, and shares of channels that are not the whole."""
        for part in MINUTE_PARTS:
            low, central, high = self.minutes(part)
            if not 0 <= low <= central <= high:
                raise ValueError(f"{part}_minutes must rise from low over central to high and not be negative")
        total = sum(self.channel_shares.values())
        if self.channel_shares and abs(total - 1) > 1e-6:
            raise ValueError(f"channel_shares add up to {total:g}, not to 1")
        if missing := [channel for channel in self.channel_shares if channel not in self.channel_factors]:
            raise ValueError(f"channel_factors has no factor for {missing[0]}")
        return self

    def minutes(self, part: str) -> tuple[float, float, float]:
        """Return low, central and high minutes of a part, one of `MINUTE_PARTS`."""
        low, central, high = getattr(self, f"{part}_minutes")
        return low, central, high

    @property
    def effective_channel(self) -> float:
        """Factor of the channels by which agencies answer: weighted by their shares, or `channel_factor` without shares."""
        if not self.channel_shares:
            return self.channel_factor
        return sum(share * self.channel_factors[channel] for channel, share in self.channel_shares.items())

    @property
    def direct_hours(self) -> float:
        """Hours a year that one full-time curator spends on records."""
        return self.productive_hours * self.direct_share

    def rows(self) -> Iterator[ParameterRow]:
        """Return every parameter of the model with range, unit and basis, in the order of the formula."""
        for name, field in type(self).model_fields.items():
            extra = field.json_schema_extra
            if not isinstance(extra, dict) or name == "channel_factors":
                continue
            value, unit, basis = getattr(self, name), str(extra["unit"]), str(extra["basis"])
            if isinstance(value, tuple):
                yield ParameterRow(name=name, low=value[0], central=value[1], high=value[2], unit=unit, basis=basis)
                continue
            low, high = getattr(self, f"{name}_range", (None, None))
            if name == "channel_factor":
                value = self.effective_channel
            yield ParameterRow(name=name, low=low, central=value, high=high, unit=unit, basis=basis)
