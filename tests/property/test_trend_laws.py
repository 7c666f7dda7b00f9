"""What is reconstructed of days before the first night is never wrong: the true share lies in the range."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.measure.freshness_trend import reconstruct_days
from pipeline.measure.window import window_of
from schemas.contract import empty_table
from schemas.history import Verification
from schemas.parameters import FreshnessRule
from tests.bundles import directory_of_rows

FIRST_NIGHT = date(2026, 11, 20)
RULE = FreshnessRule()
#: Days before the first night on which somebody verified a record.
HISTORIES = st.lists(st.integers(0, 1500), max_size=5)


@settings(max_examples=40)
@given(st.lists(st.tuples(HISTORIES, st.lists(HISTORIES, max_size=2)), min_size=1, max_size=6), st.integers(1, 900))
def test_the_true_share_of_a_past_day_lies_in_the_range(
    bundles: list[tuple[list[int], list[list[int]]]], back: int
) -> None:
    """A range that leaves the truth out would be worse than no figure."""
    day = FIRST_NIGHT - timedelta(days=back)
    agencies, services, days_of = [], [], {}
    for place, (own, children) in enumerate(bundles):
        uid = f"A{place}"
        days_of[uid] = [own, *children]
        agencies.append({"record_uid": uid, "agency_uid": uid, "verified_on": _last(own, on=FIRST_NIGHT)})
        services += [
            {"record_uid": f"{uid}-{number}", "agency_uid": uid, "verified_on": _last(child, on=FIRST_NIGHT)}
            for number, child in enumerate(children)
        ]
    directory = directory_of_rows(agency=agencies, service=services)
    rule = RULE.model_copy(update={"tracked_share": 0.0})
    points = reconstruct_days(
        directory, days=[day], verifications=empty_table(Verification), as_of=FIRST_NIGHT, rule=rule,
        measure="complete_agency_update",
    )  # fmt: skip
    (point,) = points.to_dicts()
    tracked = {
        "agency": any(row["verified_on"] for row in agencies),
        "service": any(row["verified_on"] for row in services),
    }
    if not any(tracked.values()):
        assert point["share_low"] is None
        return
    cutoff = window_of(RULE, as_of=day).cutoff_on
    true = 0
    for own, *children in days_of.values():
        members = [own] * tracked["agency"] + children * tracked["service"]
        true += bool(members) and all((_last(one, on=day) or date.min) >= cutoff for one in members)
    if point["denominator"] == len(bundles):
        assert point["share_low"] <= true / len(bundles) <= point["share_high"]
    else:  # agencies without a tracked record are in no bundle of the past
        assert point["numerator"] <= true <= point["numerator"] + point["unknown"]
    assert points.schema["share_low"] == pl.Float64


def _last(history: list[int], *, on: date) -> date | None:
    days = [FIRST_NIGHT - timedelta(days=back) for back in history]
    return max((day for day in days if day <= on), default=None)
