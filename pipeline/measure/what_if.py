"""What another directory or another way of working would ask for: "+500 agencies", "target 98 %", "portal for 40 %"."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import polars as pl

from pipeline.measure.complexity import minutes_by_part
from pipeline.measure.staffing import BAND, Band, Staffing, estimate_staffing, update_hours_factor
from pipeline.measure.what_if_question import WhatIf, parse_what_if
from schemas.errors import UsageError
from schemas.staffing_parameters import StaffingParameters

__all__ = ["WhatIf", "WhatIfEstimate", "estimate_what_if", "parse_what_if"]


@dataclass(frozen=True, kw_only=True)
class WhatIfEstimate:
    """What a change asks for, held against today's directory.

    Attributes:
        what_if: The question.
        today_hours, today_fte: The estimate as it is.
        then_hours, then_fte: The estimate of a usual year after the change.
        difference_hours, difference_fte: `then` less today at the same assumptions; of a change that saves work the low end is the
            largest saving.
        minutes_per_agency: Minutes of one update of an agency that is added or goes; None when none does.
        first_year_hours, first_year_fte: What added agencies ask for in their first year: entered and updated once; None when none is
            added.
        later_year_hours, later_year_fte: What they ask for in each year after that; None likewise.
        parameters: The model after the change.
    """

    what_if: WhatIf
    today_hours: Band
    today_fte: Band
    then_hours: Band
    then_fte: Band
    difference_hours: Band
    difference_fte: Band
    minutes_per_agency: Band | None = None
    first_year_hours: Band | None = None
    first_year_fte: Band | None = None
    later_year_hours: Band | None = None
    later_year_fte: Band | None = None
    parameters: StaffingParameters = field(repr=False)

    def document(self) -> dict[str, object]:
        """Return the answer as one JSON document; bands by low, central and high."""
        bands = {
            name: None if band is None else asdict(band)
            for name, band in vars(self).items()
            if name not in ("what_if", "parameters")
        }
        return {"what_if": asdict(self.what_if), **bands}


def estimate_what_if(complexity: pl.DataFrame, *, what_if: WhatIf, parameters: StaffingParameters) -> WhatIfEstimate:
    """Estimate the hours and curators that a change asks for.

    Where services or sites of added agencies are not stated, the mean minutes of the directory's own bundles stand in; terms, edited
    service-at-site rows and language versions are taken from those means only when neither is stated.

    Args:
        complexity: `schemas.complexity.Complexity` rows of today's directory.
        what_if: The question.
        parameters: The model.

    Raises:
        UsageError: Means are wanted of a directory without agencies, or more agencies are to go than there are.
    """
    today = estimate_staffing(complexity, parameters=parameters)
    changed = changed_parameters(parameters, what_if)
    plain = estimate_staffing(complexity, parameters=changed)
    if not what_if.agencies:
        return _answer(what_if, today=today, then=plain.hours, changed=changed)
    _require_agencies(complexity, what_if)
    minutes = [_minutes_per_agency(complexity, what_if=what_if, parameters=changed, place=p) for p in range(len(BAND))]
    yearly = what_if.agencies * update_hours_factor(changed) * (1 + changed.interim_share)
    entering = max(what_if.agencies, 0) * changed.new_agency_hours
    later = _band([value * yearly for value in minutes])
    then = _band([max(getattr(plain.hours, name) + getattr(later, name), 0.0) for name in BAND])
    answer = _answer(what_if, today=today, then=then, changed=changed)
    is_added = what_if.agencies > 0
    first = _band([getattr(later, name) + entering for name in BAND])
    return WhatIfEstimate(
        **{name: getattr(answer, name) for name in _ANSWERED},
        minutes_per_agency=_band(minutes),
        first_year_hours=first if is_added else None,
        first_year_fte=_fte(first, changed) if is_added else None,
        later_year_hours=later if is_added else None,
        later_year_fte=_fte(later, changed) if is_added else None,
    )


_ANSWERED = (
    "what_if", "today_hours", "today_fte", "then_hours", "then_fte", "difference_hours", "difference_fte", "parameters",
)  # fmt: skip


def changed_parameters(parameters: StaffingParameters, what_if: WhatIf) -> StaffingParameters:
    """Return the model after the change: coverage, channels, updates a year, work besides updates.

    Agencies that move to a channel come from all channels alike: the others stay as they were among themselves.
    """
    changes: dict[str, object] = dict(what_if.changes)
    staying = 1 - sum(what_if.channels.values())
    if what_if.channels and parameters.channel_shares:
        shares = {name: share * staying for name, share in parameters.channel_shares.items()}
        changes["channel_shares"] = shares | {
            name: shares.get(name, 0.0) + moved for name, moved in what_if.channels.items()
        }
    elif what_if.channels:
        changes["channel_factor"] = parameters.channel_factor * staying + sum(
            moved * parameters.channel_factors[name] for name, moved in what_if.channels.items()
        )
    return parameters.model_copy(update=changes)


def _answer(what_if: WhatIf, *, today: Staffing, then: Band, changed: StaffingParameters) -> WhatIfEstimate:
    then_fte = _fte(then, changed)
    return WhatIfEstimate(
        what_if=what_if,
        today_hours=today.hours,
        today_fte=today.fte,
        then_hours=then,
        then_fte=then_fte,
        difference_hours=_less(then, today.hours),
        difference_fte=_less(then_fte, today.fte),
        parameters=changed,
    )


def _require_agencies(complexity: pl.DataFrame, what_if: WhatIf) -> None:
    is_stated = what_if.services_per_agency is not None and what_if.sites_per_agency is not None
    if complexity.is_empty() and not is_stated:
        raise UsageError(
            "There is no agency yet from which to take the mean numbers of services and sites.",
            advice='State them: "+500 agencies, 3 services, 1.5 sites".',
        )
    if -what_if.agencies > complexity.height:
        raise UsageError(f"{-what_if.agencies:,} agencies cannot go: the directory counts {complexity.height:,}.")


def _minutes_per_agency(
    complexity: pl.DataFrame, *, what_if: WhatIf, parameters: StaffingParameters, place: int
) -> float:
    is_own_mean = what_if.services_per_agency is None and what_if.sites_per_agency is None
    parts = minutes_by_part(parameters, place=place)
    means: dict[str, float] = {}
    if not complexity.is_empty():
        means = complexity.select(
            **{part: value.mean() for part, value in parts.items() if part != "agency"}
        ).to_dicts()[0]
    if what_if.services_per_agency is not None:
        means["service"] = what_if.services_per_agency * parameters.service_minutes[place]
    if what_if.sites_per_agency is not None:
        means["site"] = what_if.sites_per_agency * parameters.site_minutes[place]
    wanted = means if is_own_mean else {part: means[part] for part in ("service", "site")}
    return parameters.agency_minutes[place] + sum(wanted.values())


def _fte(hours: Band, parameters: StaffingParameters) -> Band:
    return _band([getattr(hours, name) / parameters.direct_hours for name in BAND])


def _less(one: Band, other: Band) -> Band:
    """Return a difference in the order of a band: what saves work saves most where most is assumed."""
    low, central, high = (getattr(one, name) - getattr(other, name) for name in BAND)
    return _band([min(low, central, high), central, max(low, central, high)])


def _band(values: list[float]) -> Band:
    return Band(**dict(zip(BAND, values, strict=True)))
