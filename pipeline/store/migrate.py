"""Forward-only migrations: numbered `.sql` files, each applied once, each in a transaction."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

import duckdb

from schemas.errors import StorageError

_CONTROL = """
CREATE SCHEMA IF NOT EXISTS control;
CREATE TABLE IF NOT EXISTS control.migration (number BIGINT NOT NULL, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL);
"""


def migrations() -> list[tuple[int, str, str]]:
    """Return number, name and SQL of every migration, in order."""
    folder = files("pipeline.store").joinpath("migrations")
    found = sorted(
        (entry.name, entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql")
    )
    return [(int(name.split("_")[0]), name.removesuffix(".sql"), sql) for name, sql in found]


def migrate(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> list[str]:
    """Bring the database to the newest form.

    Returns:
        Names of the migrations applied, in order; empty when there was nothing to do.

    Raises:
        StorageError: The file was written by a newer release.
    """
    connection.execute(_CONTROL)
    done = {number for (number,) in connection.execute("SELECT number FROM control.migration").fetchall()}
    known = migrations()
    newer = done - {number for number, _, _ in known}
    if newer:
        raise StorageError(
            f"The working file was written by a newer resdir (migration {max(newer)}).",
            advice="Use that release or a newer one.",
        )
    applied = []
    for number, name, sql in known:
        if number in done:
            continue
        connection.execute("BEGIN")
        try:
            connection.execute(sql)
            connection.execute(
                "INSERT INTO control.migration VALUES (?, ?, ?)", [number, name, now.replace(tzinfo=None)]
            )
            connection.execute("COMMIT")
        except duckdb.Error:
            connection.execute("ROLLBACK")
            raise
        applied.append(name)
    return applied
