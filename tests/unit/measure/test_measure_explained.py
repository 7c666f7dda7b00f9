"""Why a record counts or not, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.measure.freshness_explained import Explanation, explain_record
from schemas.contract import schema_of
from schemas.directory import Directory
from schemas.freshness import Suspicion
from schemas.parameters import FreshnessRule

AS_OF = date(2026, 11, 20)
FRESH = date(2026, 3, 1)
OLD = date(2025, 6, 1)

Build = Callable[..., Directory]


def explained(directory: Directory, uid: str, kind: str = "agency", **options: Any) -> Explanation:
    rule = FreshnessRule(**options.pop("rule", {}))
    return explain_record(directory, center_id="c1", kind=kind, record_uid=uid, as_of=AS_OF, rule=rule, **options)


def test_the_record_that_holds_the_bundle_back_is_named_first(directory_of: Build) -> None:
    """ "Not updated" would leave the curator to look through thirty services."""
    directory = directory_of(
        agency=[{"record_uid": "A", "native_id": "1", "name": "Alder House", "verified_on": FRESH}],
        service=[
            {"record_uid": "p", "agency_uid": "A", "native_id": "11", "name": "Meals", "verified_on": OLD},
            {"record_uid": "q", "agency_uid": "A", "native_id": "12", "name": "Beds", "verified_on": FRESH},
        ],
    )
    told = explained(directory, "A")
    # Without any date of an edit in the export nothing is known of edits.
    assert [verdict.counts for verdict in told.verdicts] == [False, True, None]
    assert "service 11 Meals, last verified 2025-06-01" in told.verdicts[0].sentence
    assert told.members["record_uid"].to_list() == ["p", "A", "q"]
    assert told.counts_until is None
    # The same bundle, asked by its service.
    assert explained(directory, "q", "service").verdicts[0] == told.verdicts[0]


def test_a_complete_bundle_says_until_when(directory_of: Build) -> None:
    """The next request is planned from that day."""
    directory = directory_of(
        agency=[{"record_uid": "A", "verified_on": date(2026, 5, 9)}],
        site=[{"record_uid": "s", "agency_uid": "A", "verified_on": FRESH}],
    )
    told = explained(directory, "A")
    assert told.verdicts[0].counts is True
    assert told.counts_until == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"verified_on": None}, "No day is given on which it was verified."),
        ({"verified_on": None, "verified_on_written": "13/45/2026"}, "'13/45/2026' cannot be read"),
        ({"verified_on": date(2026, 12, 1)}, "2026-12-01 lies in the future"),
        ({"verified_on": OLD}, "last verified on 2025-06-01, before 2025-11-20"),
    ],
)
def test_every_way_not_to_count_has_its_words(directory_of: Build, changes: dict[str, Any], words: str) -> None:
    told = explained(
        directory_of(agency=[{"record_uid": "A", **changes}, {"record_uid": "B", "verified_on": FRESH}]), "A"
    )
    assert told.verdicts[1].counts is False
    assert words in told.verdicts[1].sentence


def test_a_verification_by_nobody_is_told_when_that_matters(directory_of: Build) -> None:
    directory = directory_of(
        agency=[
            {"record_uid": "A", "verified_on": FRESH},
            {"record_uid": "B", "verified_on": FRESH, "verified_by": "x"},
        ]
    )
    assert explained(directory, "A").verdicts[1].counts is True
    told = explained(directory, "A", rule={"require_verifier": True})
    assert told.verdicts[1].counts is False
    assert "names nobody who confirmed it" in told.verdicts[1].sentence


@pytest.mark.parametrize(
    ("reason", "words"),
    [("inactive", "it is inactive"), ("other_owner", "another center owns it"), ("draft", "it is a draft")],
)
def test_rows_that_do_not_count_say_why(directory_of: Build, reason: str, words: str) -> None:
    directory = directory_of(agency=[{"record_uid": "A", "verified_on": FRESH, "not_counted_reason": reason}])
    told = explained(directory, "A")
    assert [verdict.counts for verdict in told.verdicts] == [None, None, None]
    assert words in told.verdicts[1].sentence
    assert told.members.is_empty()


def test_an_older_language_version_is_named_as_the_cause(directory_of: Build) -> None:
    directory = directory_of(
        agency=[{"record_uid": "A", "verified_on": FRESH, "language_of_record": "en"}],
        translation=[{"record_uid": "A", "kind": "agency", "verified_on": OLD, "language_of_record": "es"}],
    )
    told = explained(directory, "A")
    assert told.verdicts[1].counts is False
    assert "the record itself: 2026-03-01; a language version has another day" in told.verdicts[1].sentence


def test_questions_about_a_child_stand_at_its_agency(directory_of: Build) -> None:
    directory = directory_of(
        agency=[{"record_uid": "A", "verified_on": FRESH}],
        service=[{"record_uid": uid, "agency_uid": "A", "verified_on": FRESH} for uid in ("p", "q")],
    )
    suspicions = pl.DataFrame(
        [
            {"center_id": "c1", "kind": "service", "record_uid": uid, "agency_uid": "A", "verified_on": FRESH,
             "reason": "mass_stamp"}
            for uid in ("p", "q")
        ],
        schema=schema_of(Suspicion),
    )  # fmt: skip
    assert explained(directory, "A", suspicions=suspicions).questions == (
        "A large part of the directory carries the same day. (2 records of the bundle)",
    )
    assert explained(directory, "p", "service", suspicions=suspicions).questions == (
        "A large part of the directory carries the same day.",
    )


def test_where_no_date_is_known_at_all_no_record_is_said_to_be_late(directory_of: Build) -> None:
    """The share of such a center is unknown; "no" of each of its records would be a 0 % by another way."""
    told = explained(directory_of(agency=[{"record_uid": "A"}, {"record_uid": "B", "edited_on": FRESH}]), "A")
    assert [verdict.counts for verdict in told.verdicts] == [None, None, False]
    assert "The export has no verification date that counts." in told.verdicts[1].sentence
