from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipeline.measure.complexity import measure_complexity
from schemas.directory import Directory, join_directories
from schemas.staffing_parameters import StaffingParameters

AS_OF = date(2026, 11, 20)
Build = Callable[..., Directory]


def row_of(directory: Directory, uid: str = "A") -> dict[str, Any]:
    complexity = measure_complexity(directory, as_of=AS_OF, parameters=StaffingParameters())
    return next(row for row in complexity.to_dicts() if row["record_uid"] == uid)


def children(kind: str, count: int, **changes: Any) -> list[dict[str, Any]]:
    return [{"record_uid": f"{kind}{place}", "agency_uid": "A", **changes} for place in range(count)]


def test_only_counted_rows_make_work(directory_of: Build) -> None:
    """Link-only rows, inactive services and derived sites would blow up the curators asked for."""
    directory = directory_of(
        agency=[{"record_uid": "A"}, {"record_uid": "Z", "not_counted_reason": "inactive"}],
        site=[*children("s", 1), {"record_uid": "sd", "agency_uid": "A", "not_counted_reason": "derived"}],
        service=[*children("p", 2), {"record_uid": "pi", "agency_uid": "A", "not_counted_reason": "inactive"}],
        service_at_site=[
            {"record_uid": "x1", "agency_uid": "A", "not_counted_reason": "edited_service_at_site"},
            {"record_uid": "x2", "agency_uid": "A"},
            {"record_uid": "x3", "agency_uid": "A", "not_counted_reason": "link_only", "link_only": True},
            {"record_uid": "x4", "agency_uid": "A", "not_counted_reason": "inactive", "status": "inactive"},
            {"record_uid": "x5", "agency_uid": "A", "not_counted_reason": "derived", "origin": "derived"},
        ],
    )
    row = row_of(directory)
    assert (row["service_count"], row["site_count"], row["service_at_site_count"]) == (2, 1, 2)
    assert measure_complexity(directory, as_of=AS_OF, parameters=StaffingParameters()).height == 1


def test_terms_are_counted_once_per_service_and_targets_apart(directory_of: Build) -> None:
    """Repeated, joined or target codes would be reckoned as extra work, or be lost."""
    link = {"owner_kind": "service", "owner_uid": "p0"}
    directory = directory_of(
        agency=[{"record_uid": "A"}],
        service=[*children("p", 2), {"record_uid": "pi", "agency_uid": "A", "not_counted_reason": "inactive"}],
        taxonomy_link=[
            {**link, "code": "ZZ-1000"},
            {**link, "code": "ZZ-1000", "is_repeated": True},
            {**link, "code": "ZZ-2000", "joined_codes": ["ZZ-3000", "YZ-0500"]},
            {**link, "code": "ZZ-2000", "target_code": "YZ-0600"},
            {**link, "code": "YZ-0700"},
            {**link, "code": "ZZ-1000", "owner_uid": "p1"},
            {**link, "code": "ZZ-9000", "owner_uid": "pi"},
            {**link, "code": "ZZ-9000", "owner_kind": "agency", "owner_uid": "A"},
        ],
    )
    row = row_of(directory)
    # p0 has 1000, 2000 and 3000, p1 has 1000; targets of p0 are 0500, 0600 and 0700.
    assert (row["service_term_count"], row["target_term_count"]) == (4, 3)
    assert row["update_minutes"] == 20 + 2 * 8 + (4 - 2) * 0.5


def test_bundle_of_the_worked_example(directory_of: Build) -> None:
    """The minutes of a bundle are what every staffing figure rests on."""
    codes = [{"owner_kind": "service", "owner_uid": f"p{place % 6}", "code": f"ZZ-{place:04}"} for place in range(10)]
    directory = directory_of(
        agency=[{"record_uid": "A"}],
        site=children("s", 3),
        service=children("p", 6),
        service_at_site=children("x", 4, not_counted_reason="edited_service_at_site"),
        taxonomy_link=codes,
    )
    row = row_of(directory)
    assert row["update_minutes"] == 90
    assert row["complexity_score"] == pytest.approx(2.8125)
    assert row["tier"] == "T3"


def test_further_languages_add_versions_of_services_and_sites(directory_of: Build) -> None:
    """Centers that keep two languages do the work twice; it would not be seen."""
    directory = directory_of(
        agency=[{"record_uid": "A"}],
        site=children("s", 1),
        service=children("p", 2),
        translation=[
            {"record_uid": uid, "kind": kind}
            for uid, kind in (("A", "agency"), ("s0", "site"), ("p0", "service"), ("p1", "service"))
        ],
    )
    row = row_of(directory)
    assert (row["language_version_count"], row["extra_version_count"]) == (2, 3)
    assert row["update_minutes"] == 52


def test_other_counts_of_the_bundle(directory_of: Build) -> None:
    """The complexity report would show a busy agency as a simple one."""
    phone = {"owner_kind": "site", "owner_uid": "s0", "number_written": "as written"}
    directory = directory_of(
        agency=[{"record_uid": "A", "languages": ["Polish"], "verified_on": date(2026, 11, 10)}],
        site=children("s", 1, languages=["polish", "Spanish"]),
        service=children("p", 2, area_served_units=["IL - X County", "IL - Y County"]),
        phone=[
            {**phone, "e164": "+12175550100"},
            {**phone, "e164": "+12175550100", "owner_kind": "agency", "owner_uid": "A"},
            {**phone, "short_code": "211"},
            phone,
        ],
    )
    row = row_of(directory)
    assert (row["language_count"], row["area_unit_count"], row["phone_count"]) == (2, 2, 3)
    assert row["verification_age_days"] == 10


def test_future_verification_has_no_age(directory_of: Build) -> None:
    """A mistyped year would show a negative age."""
    row = row_of(directory_of(agency=[{"record_uid": "A", "verified_on": date(2027, 1, 1)}]))
    assert row["verified_on"] is None
    assert row["verification_age_days"] is None


@pytest.mark.parametrize(
    ("services", "sites", "tier"),
    [
        (0, 0, "T1"),
        (1, 1, "T1"),
        (2, 1, "T2"),
        (4, 3, "T2"),
        (5, 1, "T3"),
        (1, 4, "T3"),
        (14, 9, "T3"),
        (15, 0, "T4"),
        (1, 10, "T4"),
        (1, 2, "T2"),
    ],
)
def test_highest_tier_counts(directory_of: Build, services: int, sites: int, tier: str) -> None:
    """Strata of the audits and the complexity report would be mixed up."""
    directory = directory_of(agency=[{"record_uid": "A"}], site=children("s", sites), service=children("p", services))
    assert row_of(directory)["tier"] == tier


def test_copies_in_two_centers_stay_apart(directory_of: Build) -> None:
    """Two centers with copies of one agency would be charged with each other's services."""
    directory = join_directories(
        [
            directory_of(agency=[{"record_uid": "A"}], service=children("p", 3)),
            directory_of(agency=[{"record_uid": "A", "center_id": "c2"}], service=children("p", 1, center_id="c2")),
        ]
    )
    complexity = measure_complexity(directory, as_of=AS_OF, parameters=StaffingParameters())
    assert complexity.select("center_id", "service_count").rows() == [("c1", 3), ("c2", 1)]


def test_agency_delivered_twice_is_one_bundle(directory_of: Build) -> None:
    """The children of an agency delivered twice would be counted twice."""
    directory = directory_of(agency=[{"record_uid": "A"}, {"record_uid": "A"}], service=children("p", 2))
    complexity = measure_complexity(directory, as_of=AS_OF, parameters=StaffingParameters())
    assert complexity.get_column("service_count").to_list() == [2]


def test_empty_directory_has_no_bundle(directory_of: Build) -> None:
    """The first night of a new center must not fall over."""
    assert measure_complexity(directory_of(), as_of=AS_OF, parameters=StaffingParameters()).is_empty()
