from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from pipeline.measure.freshness import Evidence, Freshness, measure_freshness
from schemas.contract import schema_of
from schemas.directory import Directory
from schemas.history import Verification
from schemas.parameters import FreshnessRule
from schemas.quality import TrackedFinding

AS_OF = date(2026, 11, 20)
FRESH = date(2026, 3, 1)
YEARS_AGO = date(2023, 5, 1)

Build = Callable[..., Directory]


def finding(uid: str, rule_id: str, *, kind: str = "agency", **changes: Any) -> dict[str, Any]:
    row = dict.fromkeys(schema_of(TrackedFinding)) | {
        "finding_id": f"{uid}{rule_id}",
        "center_id": "c1",
        "record_uid": uid,
        "kind": kind,
        "rule_id": rule_id,
        "field": "phone.number",
        "status": "open",
        "first_seen_on": AS_OF,
    }
    return row | changes


def verification(uid: str, day: date, content: str, kind: str = "agency") -> dict[str, Any]:
    return {
        "center_id": "c1",
        "kind": kind,
        "record_uid": uid,
        "verified_on": day,
        "content_key": content,
        "first_seen_on": day,
    }


def measured(
    directory: Directory, findings: list[dict[str, Any]], verifications: list[dict[str, Any]] | None = None
) -> Freshness:
    return measure_freshness(
        directory,
        as_of=AS_OF,
        rule=FreshnessRule(),
        dimensions=("center", "curator", "branch"),
        evidence=Evidence(
            findings=pl.DataFrame(findings, schema=schema_of(TrackedFinding), orient="row"),
            verifications=pl.DataFrame(verifications or [], schema=schema_of(Verification), orient="row"),
        ),
    )


def reasons(freshness: Freshness) -> list[tuple[str, str]]:
    assert freshness.suspicions is not None
    return freshness.suspicions.select("record_uid", "reason").rows()


def agencies(directory_of: Build, *uids: str, **changes: Any) -> Directory:
    return directory_of(
        agency=[
            {"record_uid": uid, "verified_on": FRESH, "edited_on": FRESH, "curator": "Ann"} | changes for uid in uids
        ]
    )


def test_reasons_of_the_rules_become_reasons_of_records(directory_of: Build) -> None:
    """A date older than the record, or confirmed by nobody, would pass as a verification without a word."""
    freshness = measured(
        agencies(directory_of, "A", "B", "C"),
        [finding("A", "FRE-005"), finding("B", "FRE-007"), finding("C", "STY-001")],
    )
    assert reasons(freshness) == [("A", "before_created"), ("B", "no_verifier")]


def test_set_aside_leaves_the_denominator_and_the_headline_alone(directory_of: Build) -> None:
    """The share without suspicious dates would look better because records vanish, or the headline would quietly change."""
    freshness = measured(agencies(directory_of, "A", "B", "C", "D"), [finding("A", "FRE-005")])
    assert freshness.headline()["numerator"] == 4
    without = freshness.headline("complete_agency_update_without_suspicious")
    assert (without["numerator"], without["denominator"], without["unknown"]) == (3, 4, 0)
    by_curator = freshness.figures.filter(
        (pl.col("measure") == "verified_record_without_suspicious") & (pl.col("dimension") == "curator")
    )
    assert by_curator["numerator"].unique().to_list() == [3]


def test_one_questioned_child_sets_its_whole_bundle_aside(directory_of: Build) -> None:
    """An agency would stay complete on the strength of a date that nobody believes."""
    directory = directory_of(
        agency=[{"record_uid": "A", "verified_on": FRESH}],
        service=[{"record_uid": "p", "agency_uid": "A", "verified_on": FRESH}],
    )
    freshness = measured(directory, [finding("p", "FRE-005", kind="service")])
    assert freshness.headline()["numerator"] == 1
    assert freshness.headline("complete_agency_update_without_suspicious")["numerator"] == 0


def test_mass_stamped_day_takes_the_records_of_that_day_and_center(directory_of: Build) -> None:
    """A night on which everything was stamped would count as a year's work."""
    directory = directory_of(
        agency=[
            {"record_uid": "A", "verified_on": FRESH},
            {"record_uid": "B", "verified_on": date(2026, 3, 2)},
            {"record_uid": "C", "verified_on": FRESH, "center_id": "c2"},
        ]
    )
    stamped = finding("load", "FRE-009", kind="load", field="verified_on.2026-03-01")
    assert reasons(measured(directory, [stamped])) == [("A", "mass_stamp")]


def test_known_bad_phone_on_a_record_that_nobody_touched_for_years(directory_of: Build) -> None:
    """Somebody "confirmed" a number that cannot be dialled: the one sign that nobody asked."""
    bad = [finding("A", "FMT-001")]
    assert reasons(measured(agencies(directory_of, "A", edited_on=date(2024, 2, 1)), bad)) == [
        ("A", "unchanged_while_bad")
    ]
    # Changed in the two years before: somebody works on the record.
    assert reasons(measured(agencies(directory_of, "A", edited_on=date(2024, 4, 1)), bad)) == []
    # Nothing is bad about it.
    assert reasons(measured(agencies(directory_of, "A", edited_on=date(2024, 2, 1)), [finding("A", "STY-001")])) == []


def test_history_shows_what_edit_dates_hide(directory_of: Build) -> None:
    """Software that moves the edit date with every verification would hide that nothing was ever changed."""
    bad = [finding("A", "FMT-011", field="url")]
    same = [verification("A", YEARS_AGO, "x"), verification("A", date(2025, 2, 1), "x"), verification("A", FRESH, "x")]
    assert reasons(measured(agencies(directory_of, "A"), bad, same)) == [("A", "unchanged_while_bad")]
    changed = [
        verification("A", YEARS_AGO, "x"),
        verification("A", date(2025, 2, 1), "y"),
        verification("A", FRESH, "x"),
    ]
    assert reasons(measured(agencies(directory_of, "A"), bad, changed)) == []
    short = [verification("A", date(2025, 2, 1), "x"), verification("A", FRESH, "x")]
    assert reasons(measured(agencies(directory_of, "A"), bad, short)) == []


def test_an_audit_after_the_verification_proves_nothing_about_it(directory_of: Build) -> None:
    """A number that died last week would make last spring's honest call suspicious."""
    directory = agencies(directory_of, "A", edited_on=date(2023, 1, 1))
    early = finding("A", "AUD-002", field="accuracy.phones", first_seen_on=date(2026, 2, 1))
    late = finding("A", "AUD-002", field="accuracy.phones", first_seen_on=date(2026, 9, 1))
    assert reasons(measured(directory, [early])) == [("A", "unchanged_while_bad")]
    assert reasons(measured(directory, [late])) == []


def test_overdue_verifications_are_not_asked(directory_of: Build) -> None:
    """The list would fill with dates that count for nothing anyway."""
    assert reasons(measured(agencies(directory_of, "A", verified_on=date(2025, 1, 1)), [finding("A", "FRE-007")])) == []


def test_reasons_are_counted_by_center_and_a_record_once_in_all(directory_of: Build) -> None:
    """Two reasons for one record would count it twice."""
    freshness = measured(agencies(directory_of, "A", "B"), [finding("A", "FRE-005"), finding("A", "FRE-007")])
    rows = freshness.figures.filter(
        (pl.col("measure") == "suspicious_verification") & pl.col("center_id").is_null()
    ).select("value", "numerator", "denominator")
    assert rows.rows() == [("any", 1, 2), ("before_created", 1, 2), ("no_verifier", 1, 2)]
