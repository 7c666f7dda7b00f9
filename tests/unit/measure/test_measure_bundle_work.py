"""Bundles as the queue takes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from pipeline.measure.bundle_work import BundleWork, collect_bundle_work
from pipeline.measure.complexity import measure_complexity
from schemas.contract import schema_of
from schemas.directory import Directory
from schemas.merging import MergeMember
from schemas.parameters import FreshnessRule
from schemas.staffing_parameters import StaffingParameters

AS_OF = date(2026, 11, 20)
FRESH = date(2026, 3, 1)
OLD = date(2025, 6, 1)

Build = Callable[..., Directory]


def members(*rows: dict[str, Any]) -> pl.DataFrame:
    base = dict.fromkeys(schema_of(MergeMember)) | {"plan_id": "p", "center_id": "c1", "state": "ready", "rule": "x"}
    return pl.DataFrame([base | row for row in rows], schema=schema_of(MergeMember), orient="row")


def collected(directory: Directory, plans: pl.DataFrame | None = None, **more: Any) -> BundleWork:
    return collect_bundle_work(
        directory,
        complexity=measure_complexity(directory, as_of=AS_OF, parameters=StaffingParameters()),
        as_of=AS_OF,
        rule=FreshnessRule(),
        members=members() if plans is None else plans,
        **more,
    )


def test_day_minutes_and_last_day_of_a_bundle(directory_of: Build) -> None:
    directory = directory_of(
        agency=[{"record_uid": "A", "native_id": "1", "verified_on": date(2026, 5, 1), "curator": "Ann"},
                {"record_uid": "B", "verified_on": OLD}],
        site=[{"record_uid": "s", "agency_uid": "A", "verified_on": FRESH}],
        service=[{"record_uid": "p", "agency_uid": "A", "verified_on": FRESH}],
    )  # fmt: skip
    rows = collected(directory).bundles.to_dicts()
    assert [(row["agency_uid"], row["day"], row["counts_until"]) for row in rows] == [
        ("A", FRESH, date(2027, 3, 1)),
        ("B", OLD, None),
    ]
    assert (rows[0]["minutes"], rows[0]["site_count"], rows[0]["service_count"], rows[0]["curator"]) == (
        32,
        1,
        1,
        "Ann",
    )
    assert rows[1]["minutes"] == 20


def test_closed_and_merging_agencies_are_left_out_with_the_reason(directory_of: Build) -> None:
    """Somebody would call an agency that is closed for the winter, or verify a record that is about to go."""
    directory = directory_of(
        agency=[{"record_uid": uid, "verified_on": FRESH} for uid in ("kept", "given_up", "done", "other")]
        + [{"record_uid": "closed", "verified_on": OLD, "status": "temporarily_closed"}]
    )
    plans = members(
        {"record_uid": "kept", "is_survivor": True},
        {"record_uid": "given_up", "is_survivor": False},
        {"record_uid": "done", "is_survivor": False, "state": "done"},
    )
    reasons = dict(collected(directory, plans).bundles.select("agency_uid", "excluded_reason").rows())
    assert reasons == {
        "kept": None,
        "given_up": "is taken up into another record by a merge plan",
        "done": None,
        "other": None,
        "closed": "temporarily closed",
    }


def test_a_center_without_dates_is_not_queued_as_a_whole(directory_of: Build) -> None:
    """Two thousand agencies would be due this week because the export has no column for it."""
    directory = directory_of(agency=[{"record_uid": "A", "verified_on": FRESH}, {"record_uid": "B", "center_id": "c2"}])
    work = collected(directory)
    assert work.bundles["center_id"].to_list() == ["c1"]
    assert work.notes == (
        "Center c2: its export has no verification date that counts, so none of its agencies is queued (1).",
    )


def test_use_and_forms_are_joined_by_center(directory_of: Build) -> None:
    directory = directory_of(
        agency=[{"record_uid": "A", "verified_on": FRESH}, {"record_uid": "A", "center_id": "c2", "verified_on": FRESH}]
    )
    use = pl.DataFrame({"center_id": ["c2"], "record_uid": ["A"], "use": [7]})
    sent = pl.DataFrame({"center_id": ["c1"], "agency_uid": ["A"], "contacted_on": [AS_OF]})
    rows = collected(directory, use=use, contacted=sent).bundles.select("center_id", "use", "contacted_on").rows()
    assert rows == [("c1", None, AS_OF), ("c2", 7, None)]
