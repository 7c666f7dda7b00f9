"""Builders of summaries and of a network of invented centers: a test names only what matters to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.measure.county_coverage import cover_counties
from pipeline.measure.network import sum_network, sum_published
from schemas.network import (
    County,
    Coverage,
    CrossCounts,
    CrossDuplicates,
    CrossPair,
    NetworkCenter,
    NetworkFacts,
    State,
)
from schemas.network_parameters import PublishedCenter
from schemas.network_summary import CenterSummary, Definition

AS_OF = date(2026, 11, 20)
DEFINITION = Definition(window_months=12, tracked_share=0.05, require_verifier=False)


def summary_values(center_id: str = "east", **changes: Any) -> dict[str, Any]:
    """Return the values of a valid summary, with changes of whole parts."""
    return {
        "document": "resdir network summary",
        "version": 1,
        "center_id": center_id,
        "center_name": f"{center_id.capitalize()} 211",
        "as_of": "2026-11-20",
        "program_version": "0.0",
        "counted": {"agency": 40, "site": 60, "service": 100, "service_at_site": 0},
        "shares": {
            "complete_agency_update": {"numerator": 30, "denominator": 40, "unknown": 4, "reason": None},
            "verified_record": {"numerator": 150, "denominator": 200, "unknown": 10, "reason": None},
            "edited_record": {"numerator": 180, "denominator": 200, "unknown": 0, "reason": None},
        },
        "definition": DEFINITION.model_dump(),
        "cutoff_on": "2025-11-20",
        "findings": {"error": 3, "warning": 20, "info": 50},
        "findings_by_rule": [
            {"rule_id": "CMP-P-ELIG", "severity": "error", "count": 3},
            {"rule_id": "FMT-001", "severity": "warning", "count": 20},
            {"rule_id": "STY-030", "severity": "info", "count": 50},
        ],
        "staffing": {
            "curator_fte": 2.0,
            "certified_share": 0.5,
            "estimated_fte": {"low": 0.02, "central": 0.03, "high": 0.04},
            "update_minutes": {"low": 1200.0, "central": 1800.0, "high": 2400.0},
        },
        "counties": ["Cook"],
        "counties_from": "settings",
        "duplicates": {"duplicate": 1, "possible": 2, "asked": 3},
        **changes,
    }


def summary(center_id: str = "east", **changes: Any) -> CenterSummary:
    """Return a valid summary, with changes of whole parts."""
    return CenterSummary.model_validate(summary_values(center_id, **changes), strict=False)


def without_share(reason: str = "The export has no verification date that counts.") -> dict[str, Any]:
    """Return readings of which the headline is not known."""
    values = summary_values()["shares"]
    unknown = {"numerator": None, "denominator": None, "unknown": None, "reason": reason}
    return {**values, "complete_agency_update": unknown}


_COUNTIES = ("17015 Carroll", "17031 Cook", "17039 De Witt", "17043 DuPage", "17163 St. Clair", "17199 Williamson")

#: A state of six counties, two by three tiles.
STATE = State(
    name="Illinois",
    code="IL",
    counties=tuple(
        County(fips=said[:5], name=said[6:], short=said[6:11], column=place % 2, row=place // 2)
        for place, said in enumerate(_COUNTIES)
    ),
)


def coverage_of(*centers: CenterSummary, basis: str = "measured") -> Coverage:
    """Return who serves the six counties."""
    return cover_counties(
        STATE, centers=[(one.center_id, one.center_name, one.counties) for one in centers], basis=basis
    )


def network(*centers: CenterSummary, published: tuple[PublishedCenter, ...] = (), **changes: Any) -> NetworkFacts:
    """Return a network of centers, the last one from its summary; nothing published when not given."""
    coverage = coverage_of(*centers) if centers else None
    values: dict[str, Any] = {
        "name": "Prairie network",
        "as_of": AS_OF,
        "program_version": "0.0",
        "centers": tuple(
            NetworkCenter(
                summary=one,
                is_included=one is centers[-1],
                age_days=(AS_OF - one.as_of).days,
                is_stale=(AS_OF - one.as_of).days > 7,
                county_count=None if one.counties is None else len(one.counties),
            )
            for one in centers
        ),
        "total": sum_network(centers, definition=DEFINITION) if centers else None,
        "coverage": coverage,
        "published_coverage": None,
        "cross": None,
        "published": published,
        "published_total": sum_published(published) if published else None,
        "notes": (),
        "rule_words": "Share updated: of all counted agencies.",
        "stale_days": 7,
    }
    return NetworkFacts(**{**values, **changes})


def cross_duplicates() -> CrossDuplicates:
    """Return a few pairs across two centers."""
    return CrossDuplicates(
        by_centers=(
            CrossCounts(
                center_a="east",
                center_b="west",
                sorts={"copy": 1, "confirmed": 0, "duplicate": 1, "possible": 0},
                counted_twice=1,
                different=2,
                owners={"both": 0, "one": 1, "conflicting": 1, "none": 0, "not_known": 0},
            ),
        ),
        pairs=(
            CrossPair(
                center_a="east",
                center_b="west",
                name_a="Marlow Lantern Project",
                name_b="Marlow Lantern Project",
                native_id_a="100",
                native_id_b="279c4ea1-8d15-5dfb-856a-4322a716607a",
                sort="copy",
                score=None,
                owner="one",
                owners=("EAST01", None),
            ),
            CrossPair(
                center_a="east",
                center_b="west",
                name_a="withheld",
                name_b="withheld",
                native_id_a=None,
                native_id_b=None,
                sort="duplicate",
                score=0.97,
                owner="conflicting",
                owners=("EAST01", "WEST02"),
            ),
        ),
        pair_count=2,
        owner_conflicts=1,
        without_owners=(),
    )
