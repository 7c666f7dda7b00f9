"""The past: nights as published, days before the first night as a range, updates of whole bundles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl

from pipeline.measure.bundle_updates import list_bundle_updates, list_record_updates
from pipeline.measure.dated_records import date_records, track_levels
from pipeline.measure.freshness_trend import list_nights, reconstruct_days
from schemas.contract import schema_of
from schemas.directory import Directory
from schemas.history import Verification
from schemas.measures import StoredMeasure
from schemas.parameters import FreshnessRule

AS_OF = date(2026, 11, 20)
RULE = FreshnessRule()

Build = Callable[..., Directory]


def shown(*rows: tuple[str, str, date]) -> pl.DataFrame:
    """Return verifications: kind, record, day."""
    return pl.DataFrame(
        [
            {
                "center_id": "c1",
                "kind": kind,
                "record_uid": uid,
                "verified_on": day,
                "content_key": "x",
                "first_seen_on": day,
            }
            for kind, uid, day in rows
        ],
        schema=schema_of(Verification),
    )


def stored(*rows: dict[str, Any]) -> pl.DataFrame:
    base = dict.fromkeys(schema_of(StoredMeasure)) | {
        "measure": "complete_agency_update",
        "dimension": "all",
        "value": "all",
        "denominator": 10.0,
        "unknown": 0.0,
    }
    return pl.DataFrame([base | row for row in rows], schema=schema_of(StoredMeasure), orient="row")


def test_of_two_runs_for_one_day_the_later_one_is_told() -> None:
    """A night that was run again after a correction would stay in the trend as it was."""
    nights = list_nights(
        stored(
            {"run_id": "r2", "as_of": date(2026, 11, 2), "numerator": 6.0, "share": 0.6},
            {"run_id": "r1", "as_of": date(2026, 11, 2), "numerator": 5.0, "share": 0.5},
            {"run_id": "r0", "as_of": date(2026, 11, 1), "numerator": 4.0, "share": 0.4},
            {"run_id": "r2", "as_of": date(2026, 11, 2), "numerator": 1.0, "share": 0.1, "center_id": "c1"},
        ),
        measure="complete_agency_update",
    )
    assert nights.select("as_of", "run_id", "share").rows() == [
        (date(2026, 11, 1), "r0", 0.4),
        (date(2026, 11, 2), "r2", 0.6),
    ]


def test_a_later_date_leaves_open_what_was_before(directory_of: Build) -> None:
    """Today's dates would say that nothing was verified in spring, because all of it was verified again since."""
    directory = directory_of(
        agency=[
            {"record_uid": "kept", "verified_on": date(2026, 1, 10)},
            {"record_uid": "overwritten", "verified_on": date(2026, 8, 1)},
            {"record_uid": "expired", "verified_on": date(2025, 1, 10)},
            {"record_uid": "never"},
            {"record_uid": "new", "verified_on": date(2026, 8, 1), "created_on": date(2026, 7, 1)},
        ]
    )
    (point,) = reconstruct_days(
        directory, days=[date(2026, 4, 30)], verifications=shown(), as_of=AS_OF, rule=RULE,
        measure="complete_agency_update",
    ).to_dicts()  # fmt: skip
    assert (point["origin"], point["numerator"], point["unknown"], point["denominator"]) == ("reconstructed", 1, 1, 4)
    assert (point["share"], point["share_low"], point["share_high"]) == (None, 0.25, 0.5)


def test_what_an_earlier_night_showed_narrows_the_range(directory_of: Build) -> None:
    """The date of the first night is known although later nights show another."""
    directory = directory_of(agency=[{"record_uid": "A", "verified_on": date(2026, 8, 1)}])
    (point,) = reconstruct_days(
        directory, days=[date(2026, 4, 30)], verifications=shown(("agency", "A", date(2026, 2, 1))), as_of=AS_OF,
        rule=RULE, measure="verified_record",
    ).to_dicts()  # fmt: skip
    assert (point["share"], point["share_low"], point["share_high"]) == (1.0, 1.0, 1.0)


def test_a_bundle_is_certain_only_when_all_of_it_is(directory_of: Build) -> None:
    """One overwritten date among ten would pass for certainty."""
    directory = directory_of(
        agency=[{"record_uid": "A", "verified_on": date(2026, 2, 1)}],
        service=[{"record_uid": "p", "agency_uid": "A", "verified_on": date(2026, 9, 1)}],
    )
    (point,) = reconstruct_days(
        directory, days=[date(2026, 4, 30)], verifications=shown(), as_of=AS_OF, rule=RULE,
        measure="complete_agency_update",
    ).to_dicts()  # fmt: skip
    assert (point["share_low"], point["share_high"]) == (0.0, 1.0)


def test_centers_without_dates_stay_unknown(directory_of: Build) -> None:
    """Past months of an export without dates would be 0 %."""
    (point,) = reconstruct_days(
        directory_of(agency=[{"record_uid": "A"}]), days=[date(2026, 4, 30)], verifications=shown(), as_of=AS_OF,
        rule=RULE, measure="complete_agency_update",
    ).to_dicts()  # fmt: skip
    assert (point["denominator"], point["share"], point["share_low"], point["share_high"]) == (0, None, None, None)


def test_updates_of_a_bundle_are_the_oldest_days_of_each_round(directory_of: Build) -> None:
    """The pace would count an agency done when the first of its services was."""
    directory = directory_of(
        agency=[
            {"record_uid": "A", "verified_on": date(2026, 3, 1)},
            {"record_uid": "B", "verified_on": date(2026, 5, 1)},
        ],
        service=[
            {"record_uid": "p", "agency_uid": "A", "verified_on": date(2026, 3, 5)},
            {"record_uid": "young", "agency_uid": "A", "verified_on": date(2026, 3, 4)},
            {"record_uid": "blank", "agency_uid": "B"},
        ],
    )
    records = date_records(directory, as_of=AS_OF, rule=RULE)
    history = shown(
        ("agency", "A", date(2025, 2, 3)), ("service", "p", date(2025, 2, 1)), ("agency", "A", date(2026, 3, 1))
    )
    updates = list_bundle_updates(records, levels=track_levels(records, rule=RULE), verifications=history)
    # B was never completely updated: one of its services has no day.
    of_a = records.filter(pl.col("record_uid") == "A").item(0, "unit")
    assert updates.sort("day").select("unit_id", "day").rows() == [
        (of_a, date(2025, 2, 1)),
        (of_a, date(2026, 3, 1)),
    ]
    of_records = list_record_updates(records, verifications=history)
    assert of_records.filter(pl.col("unit_id") == "c1 agency A")["day"].to_list() == [
        date(2025, 2, 3),
        date(2026, 3, 1),
    ]
    assert of_records.height == 6


def test_a_bundle_is_not_older_than_its_agency(directory_of: Build) -> None:
    """Services without a day of creation made agencies of today count in the years before they were entered."""
    directory = directory_of(
        agency=[
            {"record_uid": "old", "verified_on": date(2026, 1, 10), "created_on": date(2020, 1, 1)},
            {"record_uid": "new", "verified_on": date(2026, 8, 1), "created_on": date(2026, 7, 1)},
        ],
        service=[
            {"record_uid": "p", "agency_uid": "old", "verified_on": date(2026, 1, 10)},
            {"record_uid": "q", "agency_uid": "new", "verified_on": date(2026, 8, 1)},
            {"record_uid": "r", "agency_uid": "new", "verified_on": date(2026, 8, 1), "created_on": date(2021, 1, 1)},
        ],
    )
    counts = {
        measure: reconstruct_days(
            directory, days=[date(2026, 2, 1)], verifications=shown(), as_of=AS_OF, rule=RULE, measure=measure
        )
        .select("denominator", "share_low", "share_high")
        .row(0)
        for measure in ("complete_agency_update", "verified_record")
    }
    assert counts == {
        "complete_agency_update": (1.0, 1.0, 1.0),
        # A service that was there before its agency (it came from another one) is a record all the same.
        "verified_record": (3.0, 2 / 3, 1.0),
    }
