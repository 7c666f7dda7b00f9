"""Table of everything the complexity report tells of an agency."""

from __future__ import annotations

import polars as pl

from schemas.complexity import Complexity
from schemas.contract import optional, required


class ComplexityDetail(Complexity):
    """One row per counted agency: the counts that make its minutes, and those that only show what it is like."""

    hours_variant_count: pl.Int64 = required(
        "Distinct opening hours over the counted records of the bundle, as texts and as structured schedules."
    )
    text_length: pl.Int64 = required(
        "Characters of descriptions, eligibility, fees, documents, intake and area texts of its counted records."
    )
    child_agency_count: pl.Int64 = required("Counted agencies that name this one as their parent.")
    missing_element_count: pl.Int64 = optional(
        "Open findings of the bundle about mandatory elements that are missing; null when findings are not known."
    )
    agency_part_minutes: pl.Float64 = required("Central minutes for the agency record and the contact.")
    service_part_minutes: pl.Float64 = required("Central minutes for services.")
    site_part_minutes: pl.Float64 = required("Central minutes for sites.")
    service_at_site_part_minutes: pl.Float64 = required("Central minutes for edited services at sites.")
    term_part_minutes: pl.Float64 = required("Central minutes for service terms beyond one per service.")
    language_part_minutes: pl.Float64 = required("Central minutes for further language versions.")
    low_minutes: pl.Float64 = required("Minutes of one update with all minutes at their low end.")
    high_minutes: pl.Float64 = required("Minutes of one update with all minutes at their high end.")
    reason: pl.String = required("What makes most of the minutes, in words.")
