"""Findings of a working file from before their life was kept."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from pipeline.store.migrate import migrate, migrations

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


def test_findings_of_an_earlier_release_come_along(tmp_path):
    """An update of the program would stop with the first night, or forget since when records are wrong."""
    with duckdb.connect(str(tmp_path / "old.duckdb")) as old:
        number, name, sql = migrations()[0]
        old.execute("CREATE SCHEMA control")
        old.execute("CREATE TABLE control.migration (number BIGINT, name VARCHAR, applied_at TIMESTAMP)")
        old.execute(sql)
        old.execute("INSERT INTO control.migration VALUES (?, ?, now()::TIMESTAMP)", [number, name])
        old.execute(
            "INSERT INTO quality.finding SELECT 'f' || i, 'c', 'r' || i, 'agency', NULL, NULL, NULL, NULL, 'ID-003', 'error', "
            "false, 'x', NULL, 'e', 'm', 'h', 'open', DATE '2026-01-01', DATE '2026-01-02', NULL FROM range(3000) t(i)"
        )
    with duckdb.connect(str(tmp_path / "old.duckdb")) as now:
        migrate(now, now=MOMENT)
        query = "SELECT times_reappeared, accepted_until, min(first_seen_on)::VARCHAR, count(*) FROM quality.finding GROUP BY ALL"
        assert now.execute(query).fetchall() == [(0, None, "2026-01-01", 3000)]
        assert now.execute("SELECT count(*) FROM quality.finding_event").fetchall() == [(0,)]
