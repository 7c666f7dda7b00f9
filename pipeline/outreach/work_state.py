"""What the directory says now about a line of a returned form, and whether the work is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipeline.outreach.packet_fields import STANDING
from pipeline.outreach.work_history import Key, Seen
from schemas.enumerations import RecordKind
from schemas.packets import (
    HIDDEN,
    MISSING_LINES,
    NOTHING,
    FormLine,
    ItemAction,
    Packet,
    ReturnedLine,
)

_AGENCY = RecordKind.AGENCY.value


@dataclass(frozen=True, kw_only=True)
class Present:
    """What the last night says.

    Attributes:
        profile: `schemas.packets.ProfileLine` of the agencies with items.
        records: `schemas.directory.RECORD_COLUMNS` of the whole directory.
        renumbered: Present number of records that came back under another one, by center, kind and old number.
        tracked: Center and kind of the levels on which verification days are kept.
        seen: What nights since then showed.
        as_of: Day of the last night.
    """

    profile: pl.DataFrame
    records: pl.DataFrame
    renumbered: Mapping[Key, str]
    tracked: frozenset[tuple[str, str]]
    seen: Seen
    as_of: date


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a line stands in the directory.

    Attributes:
        kind, record_uid: The record, under its present number.
        value_now: The value now.
        is_moved: Whether the directory no longer says what the form showed.
        done_on: Night that showed the work done; None while it is to be done.
        notice: What to look at before the value is entered; empty when there is nothing.
    """

    kind: str
    record_uid: str
    value_now: str
    is_moved: bool
    done_on: date | None
    notice: str = ""


class DirectoryNow:
    """The last night, looked up by record and field."""

    def __init__(self, present: Present) -> None:
        """Index the night.

        Args:
            present: What it says.
        """
        self._present = present
        self._lines: dict[tuple[Key, str], list[dict[str, Any]]] = {}
        for row in present.profile.to_dicts():
            key = (row["center_id"], row["kind"], row["record_uid"])
            self._lines.setdefault((key, row["field"]), []).append(row)
        agencies = present.profile.select("center_id", "agency_uid").unique()
        self._records = {
            (row["center_id"], row["kind"], row["record_uid"]): row
            for row in present.records.join(agencies, on=["center_id", "agency_uid"], how="semi")
            .unique(["center_id", "kind", "record_uid"], keep="first", maintain_order=True)
            .to_dicts()
        }

    def uid(self, center_id: str, kind: str, record_uid: str) -> str:
        """Return the present number of a record."""
        return self._present.renumbered.get((center_id, kind, record_uid), record_uid)

    def curator(self, packet: Packet, standing: Standing) -> str | None:
        """Return who curates a record, or its agency."""
        agency = self.uid(packet.center_id, _AGENCY, packet.agency_uid)
        for kind, uid in ((standing.kind, standing.record_uid), (_AGENCY, agency)):
            found = self._records.get((packet.center_id, kind, uid))
            if found is not None and found["curator"]:
                return str(found["curator"])
        return None

    def standing(self, packet: Packet, line: FormLine, said: ReturnedLine, action: ItemAction) -> Standing:
        """Return where a line stands.

        Args:
            packet: The form.
            line: The line.
            said: What was said of it.
            action: What is to be done.
        """
        uid = self.uid(packet.center_id, line.kind, line.record_uid)
        key = (packet.center_id, line.kind, uid)
        if line.field in MISSING_LINES:
            return Standing(kind=line.kind, record_uid=uid, value_now="", is_moved=False, done_on=None)
        rows = self._lines.get((key, line.field), [])
        is_there = (key, STANDING) in self._lines
        value, is_moved = self._value_now(line, said, rows, is_there=is_there)
        notice = (
            f"The directory has changed since the form was written: it said “{said.shown or NOTHING}”."
            if is_moved
            else ""
        )
        return Standing(
            kind=line.kind,
            record_uid=uid,
            value_now=value,
            is_moved=is_moved,
            done_on=self._done_on(packet, line, said, action, key=key, rows=rows, is_there=is_there),
            notice=notice,
        )

    def _value_now(
        self, line: FormLine, said: ReturnedLine, rows: list[dict[str, Any]], *, is_there: bool
    ) -> tuple[str, bool]:
        if not is_there:
            return "(the record is closed, gone or kept private now)", True
        values = [row for row in rows if row["shown"]]
        if line.is_hidden:
            return HIDDEN, False
        if line.is_empty:
            return "; ".join(row["shown"] for row in values) or NOTHING, bool(values)
        same = next((row for row in values if _exact(row["shown"]) == _exact(said.shown)), None)
        if same is not None:
            return str(same["shown"]), False
        same = next((row for row in values if row["entry"] == line.entry), None)
        return str(same["shown"]) if same is not None else "; ".join(row["shown"] for row in values) or NOTHING, True

    def _done_on(
        self,
        packet: Packet,
        line: FormLine,
        said: ReturnedLine,
        action: ItemAction,
        *,
        key: Key,
        rows: list[dict[str, Any]],
        is_there: bool,
    ) -> date | None:
        present = self._present
        if action is ItemAction.CHANGE and said.keys:
            on = present.seen.value_on(key, line.field, said.keys[0], since=packet.as_of)
            is_said = any(said.keys[0] in row["keys"] for row in rows)
            # A number that stood beside the wrong one all the time does not tell that the wrong one is gone.
            is_old_gone = said.keys[0].startswith("=") or not any(
                said.shown_keys == tuple(row["keys"][:1]) for row in rows
            )
            return on or (present.as_of if is_said and is_old_gone else None)
        if action is ItemAction.REMOVE:
            if not is_there:
                return present.seen.ended.get(key, present.as_of)
            is_value = line.field != STANDING and not line.is_hidden and bool(said.shown_keys)
            if is_value and not any(said.shown_keys[0] in row["keys"] for row in rows):
                return present.as_of
        return None

    def verification(self, packet: Packet, day: date) -> Standing:
        """Return how far the verification of a form is entered.

        Args:
            packet: The form.
            day: Day on which the agency confirmed.
        """
        uid = self.uid(packet.center_id, _AGENCY, packet.agency_uid)
        asked = {
            (packet.center_id, line.kind, self.uid(packet.center_id, line.kind, line.record_uid))
            for line in packet.lines
            if line.kind != RecordKind.SERVICE_AT_SITE.value
        }
        # Records that are gone, or of a level without verification days, cannot be verified any more.
        wanted = {
            key
            for key in asked
            if key[1] == _AGENCY
            or ((packet.center_id, key[1]) in self._present.tracked and (key, STANDING) in self._lines)
        }
        entered = {key for key in wanted if (self._verified(key) or date.min) >= day}
        nights = [self._present.seen.verified_on(key, day) or self._present.as_of for key in entered]
        last = self._verified((packet.center_id, _AGENCY, uid))
        return Standing(
            kind=_AGENCY,
            record_uid=uid,
            value_now=f"agency verified {last.isoformat() if last else 'never'}; {len(entered)} of {len(wanted)} records since {day}",
            is_moved=False,
            done_on=max(nights) if wanted and entered == wanted else None,
            notice=f"Agency with its sites and services: {len(wanted)} records.",
        )

    def _verified(self, key: Key) -> date | None:
        found = self._records.get(key)
        day: date | None = None if found is None else found["verified_on"]
        # A day that lies ahead is a slip, no verification.
        return None if day is None or day > self._present.as_of else day


def _exact(text: str) -> str:
    return " ".join(text.split())
