"""What a larger directory would ask for: "+500 agencies"."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from pipeline.measure.complexity import minutes_by_part
from pipeline.measure.staffing import BAND, Band, update_hours_factor
from schemas.errors import UsageError
from schemas.staffing_parameters import StaffingParameters

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_AGENCIES = re.compile(r"\+?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)\s+agenc(?:y|ies)", re.IGNORECASE)
_CHILDREN = re.compile(rf"({_NUMBER})\s+(service|site)s?(?:\s+(?:each|per agency))?", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:,\s+(?:and\s+)?|;\s*|\s+with\s+|\s+and\s+)\s*")


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A community to be added.

    Attributes:
        agencies: New agencies.
        services_per_agency, sites_per_agency: Expected means; None takes the means of the directory.
    """

    agencies: int
    services_per_agency: float | None = None
    sites_per_agency: float | None = None


@dataclass(frozen=True, kw_only=True)
class WhatIfEstimate:
    """What the addition asks for, on top of today's directory.

    Attributes:
        what_if: The question.
        minutes_per_agency: Minutes of one update of a new bundle.
        first_year_hours, first_year_fte: Entering the agencies and updating them once.
        later_year_hours, later_year_fte: Each year after that.
    """

    what_if: WhatIf
    minutes_per_agency: Band
    first_year_hours: Band
    first_year_fte: Band
    later_year_hours: Band
    later_year_fte: Band


def parse_what_if(text: str) -> WhatIf:
    """Read a question such as `+500 agencies` or `+500 agencies, 3 services, 1.5 sites`.

    >>> parse_what_if("+500 agencies")
    WhatIf(agencies=500, services_per_agency=None, sites_per_agency=None)
    >>> parse_what_if("+1,200 agencies with 3 services and 1.5 sites each").sites_per_agency
    1.5

    Raises:
        UsageError: The text is no such question.
    """
    first, *rest = _SEPARATOR.split(text.strip())
    agencies = _AGENCIES.fullmatch(first)
    children = [_CHILDREN.fullmatch(part) for part in rest]
    means: dict[str, float] = {}
    for match in children:
        if match is not None:
            means[match[2].lower()] = float(match[1])
    if agencies is None or len(means) != len(children):
        raise UsageError(
            f"The question {text!r} cannot be read.",
            advice='Write it like "+500 agencies" or "+500 agencies, 3 services, 1.5 sites" (services and sites per agency).',
        )
    return WhatIf(
        agencies=int(agencies[1].replace(",", "")),
        services_per_agency=means.get("service"),
        sites_per_agency=means.get("site"),
    )


def estimate_what_if(complexity: pl.DataFrame, *, what_if: WhatIf, parameters: StaffingParameters) -> WhatIfEstimate:
    """Estimate the hours and curators that an addition asks for.

    Where services or sites are not stated, the mean minutes of the directory's own bundles stand in; terms, edited
    service-at-site rows and language versions are taken from those means only when neither is stated.

    Args:
        complexity: `schemas.complexity.Complexity` rows of today's directory.
        what_if: The question.
        parameters: The model.

    Raises:
        UsageError: Means are wanted of a directory without agencies.
    """
    is_stated = what_if.services_per_agency is not None and what_if.sites_per_agency is not None
    if complexity.is_empty() and not is_stated:
        raise UsageError(
            "There is no agency yet from which to take the mean numbers of services and sites.",
            advice='State them: "+500 agencies, 3 services, 1.5 sites".',
        )
    minutes = [
        _minutes_per_agency(complexity, what_if=what_if, parameters=parameters, place=p) for p in range(len(BAND))
    ]
    yearly = what_if.agencies * update_hours_factor(parameters) * (1 + parameters.interim_share)
    entering = what_if.agencies * parameters.new_agency_hours
    direct_hours = parameters.direct_hours
    later = [value * yearly for value in minutes]
    first = [value + entering for value in later]
    return WhatIfEstimate(
        what_if=what_if,
        minutes_per_agency=_band(minutes),
        first_year_hours=_band(first),
        first_year_fte=_band([value / direct_hours for value in first]),
        later_year_hours=_band(later),
        later_year_fte=_band([value / direct_hours for value in later]),
    )


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


def _band(values: list[float]) -> Band:
    return Band(**dict(zip(BAND, values, strict=True)))
