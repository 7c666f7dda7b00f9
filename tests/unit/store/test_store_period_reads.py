"""What a report reads of a snapshot: free text of verifications is told only when it can be no person's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from pipeline.store.period_reads import read_finding_states, read_methods, read_nights
from pipeline.store.snapshot import Pointer, Snapshot
from schemas.errors import InputError

TABLES = ("agency", "site", "service", "service_at_site")


@pytest.fixture
def snapshot():
    """A snapshot in memory with the few columns that are read."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA core; CREATE SCHEMA quality")
    for name in TABLES:
        connection.execute(
            f"CREATE TABLE core.{name} (center_id VARCHAR, is_counted BOOLEAN, verified_on DATE, verification_method VARCHAR)"
        )
    yield Snapshot(
        pointer=Pointer(
            run_id="run", snapshot="x", as_of=date(2026, 11, 20), published_at=datetime(2026, 11, 20, tzinfo=UTC)
        ),
        connection=connection,
    )
    connection.close()


def verified(snapshot, method: str | None, count: int, *, center: str = "east") -> None:
    snapshot.connection.execute(
        "INSERT INTO core.service SELECT ?, true, DATE '2026-01-01', ? FROM range(?)", [center, method, count]
    )


def test_methods_that_may_name_somebody_come_together(snapshot):
    """`by phone with Ms. Rare` is written once; `phone` is written often."""
    verified(snapshot, "Phone", 4)
    verified(snapshot, "Phone", 3, center="west")
    verified(snapshot, "by phone with Odalys Brambleworth", 1)
    verified(snapshot, "call 555-0100", 9)
    verified(snapshot, "mail to a@b.example", 9)
    verified(snapshot, "x" * 41, 9)
    verified(snapshot, " ", 2)
    verified(snapshot, None, 2)
    found: dict[str | None, int] = {}
    for row in read_methods(snapshot).to_dicts():
        found[row["method"]] = found.get(row["method"], 0) + row["records"]
    assert found == {"Phone": 7, "(other)": 28, None: 4}


def test_ages_fall_into_their_bands(snapshot):
    """The day on which a band ends belongs to it."""
    snapshot.connection.execute(
        "CREATE TABLE quality.finding (center_id VARCHAR, curator VARCHAR, rule_id VARCHAR, severity VARCHAR, status VARCHAR, "
        "first_seen_on DATE)"
    )
    for days, status in ((0, "open"), (7, "open"), (8, "reappeared"), (366, "accepted"), (3, "fixed")):
        snapshot.connection.execute(
            "INSERT INTO quality.finding VALUES ('east', NULL, 'R', 'error', ?, DATE '2026-11-20' - CAST(? AS INTEGER))",
            [status, days],
        )
    states = read_finding_states(snapshot, as_of=date(2026, 11, 20), last_days=[7, 30, 90, 365])
    rows = states.sort("age_band").select("age_band", "is_accepted", "findings").rows()
    assert rows == [(0, False, 2), (1, False, 1), (4, True, 1)]


def test_a_snapshot_of_an_earlier_release_is_told(snapshot):
    with pytest.raises(InputError, match="earlier release"):
        read_nights(snapshot)
