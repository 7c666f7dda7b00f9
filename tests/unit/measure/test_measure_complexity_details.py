"""The complexity report: what is counted besides the minutes, how it is spread, and why the dearest are dear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import polars as pl
import pytest

from pipeline.measure.complexity import measure_complexity
from pipeline.measure.complexity_details import detail_complexity, spread_complexity
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.quality import Finding
from schemas.staffing_parameters import MINUTE_PARTS, StaffingParameters

AS_OF = date(2026, 11, 20)
CENTRAL = StaffingParameters()
Build = Callable[..., Directory]


def details(directory: Directory, findings: pl.DataFrame | None = None) -> pl.DataFrame:
    return detail_complexity(directory, findings=findings, as_of=AS_OF, parameters=CENTRAL)


def row_of(frame: pl.DataFrame, uid: str = "A") -> dict[str, Any]:
    return frame.filter(pl.col("record_uid") == uid).row(0, named=True)


@pytest.fixture
def town(directory_of: Build) -> Directory:
    """A with three services at two sites, its child B without anything."""
    return directory_of(
        agency=[
            {"record_uid": "A", "description": "12345", "hours": "Mon-Fri  9-5", "curator": "Ann"},
            {"record_uid": "B", "parent_uid": "A", "curator": "Ben"},
            {"record_uid": "C", "parent_uid": "A", "not_counted_reason": "inactive"},
        ],
        site=[
            {"record_uid": "s0", "agency_uid": "A", "hours": "mon-fri 9-5"},
            {"record_uid": "s1", "agency_uid": "A"},
        ],
        service=[
            {"record_uid": "p0", "agency_uid": "A", "eligibility": "123", "fees": "12"},
            {"record_uid": "p1", "agency_uid": "A", "hours": "Sat"},
            {"record_uid": "p2", "agency_uid": "A"},
            {"record_uid": "pi", "agency_uid": "A", "description": "long", "not_counted_reason": "inactive"},
        ],
        schedule=[
            {"owner_kind": "site", "owner_uid": "s1", "weekday": "MO", "opens_at": time(9), "closes_at": time(17)},
            {"owner_kind": "site", "owner_uid": "s0", "weekday": "MO", "opens_at": time(8), "closes_at": time(17)},
        ],
    )


def test_hours_texts_and_children_are_counted(town: Directory) -> None:
    row = row_of(details(town))
    # The agency and its first site say the same in other letters; the second site says it as a week; one service has its own.
    assert row["hours_variant_count"] == 3
    assert row["text_length"] == 5 + len("Mon-Fri  9-5") + len("mon-fri 9-5") + 3 + 2 + 3
    assert row["child_agency_count"] == 1
    assert row["missing_element_count"] is None


def test_only_missing_mandatory_elements_count(town: Directory) -> None:
    base = {"center_id": "c1", "agency_uid": "A"}
    rows = [
        {**base, "rule_id": rule} for rule in ("CMP-A-DESC", "CMP-P-ELIG", "CMP-A-EIN", "FRE-001", "CMP-PLACEHOLDER")
    ]
    findings = pl.DataFrame([*rows, {**base, "agency_uid": None, "rule_id": "CMP-P-ELIG"}])
    center = town.agency["center_id"][0]
    found = details(town, findings.with_columns(center_id=pl.lit(center)))
    assert row_of(found)["missing_element_count"] == 2
    assert row_of(found, "B")["missing_element_count"] == 0


def test_the_parts_are_the_minutes(town: Directory) -> None:
    frame = details(town, empty_table(Finding))
    whole = frame.select(pl.sum_horizontal(f"{part}_part_minutes" for part in MINUTE_PARTS))
    assert whole.to_series().to_list() == frame["update_minutes"].to_list()
    assert frame.filter(pl.col("low_minutes") > pl.col("update_minutes")).is_empty()
    assert frame.filter(pl.col("high_minutes") < pl.col("update_minutes")).is_empty()
    plain = measure_complexity(town, as_of=AS_OF, parameters=CENTRAL)
    assert frame.select(plain.columns).sort("record_uid").equals(plain.sort("record_uid"))


def test_the_dearest_comes_first_and_says_why(town: Directory) -> None:
    first, second = details(town).to_dicts()
    assert (
        first["reason"]
        == "3 services (24 min), the agency itself (20 min), 2 sites (8 min); 1.6 times the simplest agency"
    )
    assert second["reason"] == "the agency itself (20 min); 0.6 times the simplest agency"


def test_the_spread_adds_up_to_the_whole(town: Directory) -> None:
    frame = details(town)
    centers, curators = (spread_complexity(frame, by_curator=by) for by in (False, True))
    assert centers["agencies"].sum() == curators["agencies"].sum() == 2
    assert centers["minutes"].sum() == curators["minutes"].sum() == frame["update_minutes"].sum()
    assert curators["curator"].to_list() == ["Ann", "Ben"]
    assert centers.row(0, named=True)["median_minutes"] == (52 + 20) / 2
    tiers = curators.select("T1", "T2", "T3", "T4").sum_horizontal()
    assert tiers.to_list() == curators["agencies"].to_list()


def test_an_empty_directory_has_an_empty_report(directory_of: Build) -> None:
    frame = details(directory_of())
    assert frame.is_empty()
    assert spread_complexity(frame, by_curator=True).is_empty()
