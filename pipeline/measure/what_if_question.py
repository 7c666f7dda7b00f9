"""A question such as `+500 agencies, target 98 %` as values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.errors import UsageError
from schemas.staffing_parameters import Channel

_COUNT = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_PER_CENT = rf"({_NUMBER})\s*(?:%|per\s?cent)"
#: Between parts of a question; a comma with three digits behind it stands inside a number such as 1,200.
_SEPARATOR = re.compile(r"\s*(?:,(?![0-9]{3}(?![0-9]))\s*(?:and\s+)?|;\s*|\s+with\s+|\s+and\s+)\s*")
_A_YEAR = r"(?:\s+(?:a|per|each)\s+year)"
_CHANNELS = tuple(channel.value for channel in Channel)
_CLOSE = 1e-9
_EXAMPLES = (
    '"+500 agencies", "+500 agencies, 3 services, 1.5 sites", "-200 agencies", "target 98 %", "portal for 40 %", "calling for 25 %", '
    '"2 verifications a year", "40 new agencies", "120 audits", "80 merges", "interim 20 %", "direct 60 %", or several with commas between'
)


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A change to be tried.

    Attributes:
        agencies: Agencies that are added; negative when they go.
        services_per_agency, sites_per_agency: Expected means of those added; None takes the means of the directory.
        channels: Share of the agencies that moves to each channel; the rest stays as it is.
        changes: Parameters of the model that take another value, by name.
    """

    agencies: int = 0
    services_per_agency: float | None = None
    sites_per_agency: float | None = None
    channels: Mapping[Channel, float] = field(default_factory=dict)
    changes: Mapping[str, float | int] = field(default_factory=dict)


def parse_what_if(text: str) -> WhatIf:
    """Read a question.

    >>> parse_what_if("+500 agencies").agencies, parse_what_if("-200 agencies").agencies
    (500, -200)
    >>> parse_what_if("+1,200 agencies with 3 services and 1.5 sites each").sites_per_agency
    1.5
    >>> parse_what_if("target 98 %, 120 audits").changes
    {'target_coverage': 0.98, 'audits': 120}
    >>> parse_what_if("portal for 40 % and calling for 25 %").channels["calling"]
    0.25

    Raises:
        UsageError: A part cannot be read, is out of range or is said twice; it is named.
    """
    said: dict[str, Any] = {}
    changes: dict[str, float | int] = {}
    channels: dict[str, float] = {}
    for part in _SEPARATOR.split(text.strip()):
        name, value = _read(part, text)
        place = channels if name in _CHANNELS else changes if name in _PARAMETERS else said
        if name in place:
            raise UsageError(f"{part!r} in {text!r} says {_WORDS.get(name, name)} twice.", advice="Say it once.")
        place[name] = value
    if ("services_per_agency" in said or "sites_per_agency" in said) and said.get("agencies", 0) <= 0:
        raise UsageError(
            f"The question {text!r} states services or sites of agencies that nobody adds.",
            advice='Write it like "+500 agencies, 3 services, 1.5 sites".',
        )
    if sum(channels.values()) > 1 + _CLOSE:
        raise UsageError(
            f"The question {text!r} moves more than all agencies.", advice="Shares of channels reach 100 % at most."
        )
    return WhatIf(**said, channels={Channel(name): share for name, share in channels.items()}, changes=changes)


_PARAMETERS = (
    "target_coverage", "verifications_per_year", "new_agencies", "audits", "merges", "interim_share", "direct_share",
)  # fmt: skip
_WORDS = {
    "agencies": "agencies to add",
    "target_coverage": "the target",
    "services_per_agency": "services",
    "sites_per_agency": "sites",
}


def _read(part: str, text: str) -> tuple[str, Any]:
    """Return which number a part of the question is about, and the number."""
    for pattern, name, value in _FORMS:
        match = pattern.fullmatch(part)
        if match is not None:
            found = value(match)
            if found is None:
                raise UsageError(f"{part!r} in {text!r} is out of range.", advice=f"Such as {_EXAMPLES}.")
            return name, found
    raise UsageError(f"{part!r} in {text!r} cannot be read.", advice=f"Write it like {_EXAMPLES}.")


def _whole(match: re.Match[str]) -> int:
    return int(match[1].replace(",", ""))


def _signed(match: re.Match[str]) -> int | None:
    count = int(match[2].replace(",", ""))
    return (-count if match[1] == "-" else count) or None


def _share(match: re.Match[str]) -> float | None:
    share = float(match[1]) / 100
    return share if 0 < share <= 1 else None


def _any_share(match: re.Match[str]) -> float:
    return float(match[1]) / 100


def _times(match: re.Match[str]) -> float | None:
    return float(match[1]) or None


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_FORMS: tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str]], Any]], ...] = (
    (_form(rf"({_COUNT})\s+new\s+agenc(?:y|ies){_A_YEAR}?"), "new_agencies", _whole),
    (_form(rf"([+-]?)\s*({_COUNT})\s+agenc(?:y|ies)"), "agencies", _signed),
    (
        _form(rf"({_NUMBER})\s+services?(?:\s+(?:each|per agency))?"),
        "services_per_agency",
        lambda match: float(match[1]),
    ),
    (_form(rf"({_NUMBER})\s+sites?(?:\s+(?:each|per agency))?"), "sites_per_agency", lambda match: float(match[1])),
    (_form(rf"target\s+(?:of\s+)?{_PER_CENT}"), "target_coverage", _share),
    *((_form(rf"{channel}\s+for\s+{_PER_CENT}(?:\s+of\s+the\s+agencies)?"), channel, _share) for channel in _CHANNELS),
    (_form(rf"({_NUMBER})\s+verifications?{_A_YEAR}"), "verifications_per_year", _times),
    (_form(rf"({_COUNT})\s+audits?{_A_YEAR}?"), "audits", _whole),
    (_form(rf"({_COUNT})\s+merges?{_A_YEAR}?"), "merges", _whole),
    (_form(rf"interim\s+{_PER_CENT}"), "interim_share", _any_share),
    (_form(rf"direct\s+{_PER_CENT}"), "direct_share", _share),
)
