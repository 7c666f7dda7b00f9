"""Builders of entries of the decision log about pairs of agencies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.curate.verdict_log import DECIDED, RENUMBERED, WITHDRAWN, LogEntry

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


class Log:
    """A decision log that a test writes entry by entry."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []

    def _add(self, kind: str, by: str, **payload) -> int:
        sequence = len(self.entries) + 1
        self.entries.append(
            LogEntry(
                sequence=sequence,
                decided_at=START + timedelta(days=sequence),
                decided_by=by,
                kind=kind,
                subject="x",
                payload=payload,
            )
        )
        return sequence

    def say(self, a: str, b: str, verdict: str, *, by: str = "Ana", overrules=(), values=None) -> int:
        """Add a verdict on two agencies of center `c`."""
        values = values or {}
        records = [
            {
                "center_id": "c",
                "record_uid": uid,
                "native_id": uid,
                "name": f"Name {uid}",
                "values": values.get(uid, {}),
            }
            for uid in sorted([a, b])
        ]
        return self._add(
            DECIDED, by, verdict=verdict, reason="looked", records=records, score=0.9, band="duplicate",
            overrules=list(overrules),
        )  # fmt: skip

    def withdraw(self, entry: int, *, by: str = "Ana") -> int:
        """Add a withdrawal."""
        return self._add(WITHDRAWN, by, entry=entry, reason="mistake")

    def renumber(self, old: str, new: str) -> int:
        """Add a new number."""
        return self._add(RENUMBERED, "resdir", center_id="c", old_uid=old, new_uid=new, run_id="r")


def key(uid: str) -> tuple[str, str]:
    return ("c", uid)


def pair(a: str, b: str):
    first, second = sorted([key(a), key(b)])
    return first, second
