"""The decision log: what people decided, append-only, in one SQLite file that several processes may write to.

A decision is never changed or removed; undoing one is another entry. The file refuses updates and deletions itself.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.store.workspace import Workspace
from schemas.errors import BusyError, StorageError

#: Seconds to wait for another writer; an entry takes milliseconds.
_PATIENCE_SECONDS = 30.0

_TABLE = """
CREATE TABLE IF NOT EXISTS decision (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS decision_is_never_changed BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER IF NOT EXISTS decision_is_never_removed BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
"""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One entry of the log.

    Attributes:
        sequence: Place in the log, from 1.
        decided_at: Moment, UTC.
        decided_by: Who decided; `resdir` when the program acted for nobody in particular.
        kind: Such as `audit_draw`.
        subject: What it is about, such as a batch id.
        payload: Everything else, as JSON values.
    """

    sequence: int
    decided_at: datetime
    decided_by: str
    kind: str
    subject: str
    payload: dict[str, Any]


def decisions_file(workspace: Workspace) -> Path:
    """Return where the log lies."""
    return workspace.root / "decisions.sqlite"


@dataclass(frozen=True, kw_only=True)
class NewDecision:
    """An entry to be added.

    Attributes:
        kind: Such as `audit_draw`.
        subject: What it is about.
        payload: Everything else, as JSON values.
        decided_by: Who decides.
    """

    kind: str
    subject: str
    payload: dict[str, Any]
    decided_by: str


def append_decision(
    workspace: Workspace, *, kind: str, subject: str, payload: dict[str, Any], decided_by: str, now: datetime
) -> None:
    """Add one entry.

    Raises:
        BusyError: Another process kept the log locked for half a minute.
        StorageError: The disk refuses, or the file is damaged.
    """
    append_decisions(
        workspace, [NewDecision(kind=kind, subject=subject, payload=payload, decided_by=decided_by)], now=now
    )


def append_decisions(workspace: Workspace, decisions: Sequence[NewDecision], *, now: datetime) -> list[int]:
    """Add several entries in one transaction: all of them or none.

    Returns:
        Their places in the log, in order.

    Raises:
        BusyError: Another process kept the log locked for half a minute.
        StorageError: The disk refuses, or the file is damaged; nothing was added.
    """
    workspace.prepare()
    places: list[int] = []
    with _open(workspace) as log, log:
        for one in decisions:
            cursor = log.execute(
                "INSERT INTO decision (decided_at, decided_by, kind, subject, payload) VALUES (?, ?, ?, ?, ?)",
                (
                    now.isoformat(),
                    one.decided_by,
                    one.kind,
                    one.subject,
                    json.dumps(one.payload, ensure_ascii=False, sort_keys=True),
                ),
            )
            places.append(int(cursor.lastrowid or 0))
    return places


def read_decisions(workspace: Workspace, *, kind: str, or_kinds: Sequence[str] = ()) -> list[Decision]:
    """Return the entries of a kind, or of several, in the order in which they were made; none when there is no log yet."""
    if not decisions_file(workspace).is_file():
        return []
    with _open(workspace) as log:
        rows = log.execute(
            "SELECT sequence, decided_at, decided_by, kind, subject, payload FROM decision "
            "WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY sequence",
            (json.dumps([kind, *or_kinds]),),
        ).fetchall()
    return [
        Decision(
            sequence=sequence,
            decided_at=datetime.fromisoformat(at),
            decided_by=by,
            kind=of_kind,
            subject=subject,
            payload=json.loads(payload),
        )
        for sequence, at, by, of_kind, subject, payload in rows
    ]


def count_decisions(workspace: Workspace) -> tuple[int, datetime | None]:
    """Return how many entries the log holds and the moment of the last one; the file is checked from end to end.

    Raises:
        BusyError: Another process kept the log locked for half a minute.
        StorageError: The file is damaged.
    """
    with _open(workspace) as log:
        ((verdict,),) = log.execute("PRAGMA integrity_check(1)").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        count, last = log.execute("SELECT count(*), max(decided_at) FROM decision").fetchone()
    return count, None if last is None else datetime.fromisoformat(last)


@contextmanager
def _open(workspace: Workspace) -> Iterator[sqlite3.Connection]:
    path = decisions_file(workspace)
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE_SECONDS)) as log:
            log.execute("PRAGMA journal_mode = WAL")
            log.execute("PRAGMA synchronous = FULL")
            log.executescript(_TABLE)
            yield log
    except sqlite3.OperationalError as fault:
        if "locked" in str(fault) or "busy" in str(fault):
            raise BusyError(f"The decision log {path} is in use.", advice="Try again in a moment.") from fault
        raise StorageError(
            f"The decision log {path} cannot be used: {fault}.", advice="Check disk and rights."
        ) from fault
    except sqlite3.DatabaseError as fault:
        raise StorageError(
            f"The decision log {path} is damaged: {fault}.", advice="Restore it from a backup before anything else."
        ) from fault
