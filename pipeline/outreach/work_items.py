"""Work that follows from returned forms, beside what the directory says now; it closes by itself when a night shows it done.

The state of an item is worked out from the log and the last night, never stored: a line said to be right by a corrected copy withdraws
the item, a decision of a person settles it, and the directory closes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipeline.outreach.work_state import DirectoryNow, Present, Standing
from pipeline.workbook.checksums import checksum
from schemas.contract import conform, schema_of
from schemas.enumerations import RecordKind
from schemas.packets import (
    HIDDEN,
    MISSING_LINES,
    NOTHING,
    FormLine,
    ItemAction,
    ItemStatus,
    LineAnswer,
    Packet,
    Represents,
    ReturnedLine,
    Verifier,
    WorkItem,
)

#: The line of an item that asks for the verification itself.
VERIFICATION = "verification"
#: Who closed an item that the directory shows done.
DIRECTORY = "the directory"
_BY_PARTNER = "Filled in by a partner organization: your center decides whether that verifies it."
_NOT_SAID = "Not said on whose behalf: ask before it counts."

_LineKey = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Return:
    """One reading of a form.

    Attributes:
        sequence: Place in the decision log.
        packet_id: Form.
        verifier: Who filled it in.
        read_on: Day it was read.
        file: Name of the file.
        lines: Answers that were new.
        is_complete: Whether every line was settled, so that the whole can be verified.
    """

    sequence: int
    packet_id: str
    verifier: Verifier
    read_on: date
    file: str
    lines: tuple[ReturnedLine, ...]
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What a person decided about an item.

    Attributes:
        sequence: Place in the decision log.
        item_id: Item.
        status: `done`, `dismissed` or `open` (taken up again).
        by, reason: Who and why.
        on: Day.
    """

    sequence: int
    item_id: str
    status: str
    by: str
    reason: str
    on: date


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What one person said last of one line, with what came before."""

    last: Return
    line: ReturnedLine
    earlier: tuple[ReturnedLine, ...]


def item_id(packet_id: str, line_id: str, person: str) -> str:
    """Return the id of an item: the same whenever the same person speaks of the same line.

    Args:
        packet_id: Form.
        line_id: Line, or `VERIFICATION`.
        person: Name of who filled it in.
    """
    return f"item-{checksum((packet_id, line_id, person.casefold()))[:8]}"


def work_items(
    packets: Mapping[str, Packet], returns: Sequence[Return], settlements: Sequence[Settlement], *, present: Present
) -> pl.DataFrame:
    """Return all work items with where they stand.

    Args:
        packets: Forms by id.
        returns: Readings, in the order of the log.
        settlements: Decisions about items, in the order of the log.
        present: What the last night says.

    Returns:
        `WorkItem`, open ones first, by center, agency, record and field.
    """
    said = _last_said(returns)
    settled = {one.item_id: one for one in settlements}
    now = DirectoryNow(present)
    lines = {(packet_id, line.line_id): line for packet_id, packet in packets.items() for line in packet.lines}
    others: dict[_LineKey, list[_Said]] = {}
    for (packet_id, line_id, _), one in said.items():
        others.setdefault((packet_id, line_id), []).append(one)
    rows = []
    for (packet_id, line_id, _), one in said.items():
        if _asks_for_work(one):
            line = lines[packet_id, line_id]
            row = _item(packets[packet_id], line, one, now=now, settled=settled)
            rows.append(row | {"conflict": _conflict(one, others[packet_id, line_id])})
    rows += [_confirmation(packets[one.packet_id], one, now=now, settled=settled) for one in _complete(returns)]
    frame = conform(pl.DataFrame(rows, schema=schema_of(WorkItem), orient="row"), WorkItem)
    is_open = pl.col("status") == ItemStatus.OPEN.value
    return frame.sort(
        ~is_open, "center_id", "agency_name", "agency_uid", "packet_id", "record_name", "field", "verifier", "item_id"
    )


def _last_said(returns: Sequence[Return]) -> dict[tuple[str, str, str], _Said]:
    """Return what every person said last of every line, by form, line and folded name."""
    said: dict[tuple[str, str, str], _Said] = {}
    for one in returns:
        for line in one.lines:
            key = (one.packet_id, line.line_id, one.verifier.name.casefold())
            before = said.get(key)
            earlier = () if before is None else (*before.earlier, before.line)
            said[key] = _Said(last=one, line=line, earlier=earlier)
    return said


def _complete(returns: Sequence[Return]) -> Iterator[Return]:
    """Return the last reading of every form by every person, if it settles every line."""
    last: dict[tuple[str, str], Return] = {}
    for one in returns:
        last[one.packet_id, one.verifier.name.casefold()] = one
    return (one for one in last.values() if one.is_complete)


def _asks_for_work(said: _Said) -> bool:
    """Tell whether a line needs a curator, or did before a corrected copy."""
    return any(one.answer != LineAnswer.RIGHT.value for one in (said.line, *said.earlier))


def _item(
    packet: Packet, line: FormLine, said: _Said, *, now: DirectoryNow, settled: Mapping[str, Settlement]
) -> dict[str, Any]:
    is_right = said.line.answer == LineAnswer.RIGHT.value
    # What is withdrawn is told as it was last asked for.
    asked = next(one for one in (said.line, *reversed(said.earlier)) if one.answer != LineAnswer.RIGHT.value)
    action = _action(line, asked)
    standing = now.standing(packet, line, asked, action)
    own_id = item_id(packet.packet_id, line.line_id, said.last.verifier.name)
    if is_right:
        state = _State(status=ItemStatus.WITHDRAWN, on=said.last.read_on, by=said.last.verifier.name, reason=None)
    else:
        state = _state(settled.get(own_id), since=said.last.sequence, standing=standing)
    remark = " ".join(part for part in (asked.remark, asked.doubt, standing.notice) if part)
    return _row(packet, said.last, state, standing, now=now) | {
        "item_id": own_id,
        "kind": line.kind,
        "record_uid": standing.record_uid,
        "native_id": line.native_id,
        "record_name": line.part,
        "field": line.field,
        "what": line.what,
        "action": action.value,
        "shown": HIDDEN if line.is_hidden else asked.shown or NOTHING,
        "proposed": HIDDEN if asked.is_private and not asked.proposed else asked.proposed,
        "remark": remark,
        "earlier": "; then ".join(_spoken(one) for one in said.earlier) or None,
        "file": f"{said.last.file}, row {asked.file_row}",
    }


def _confirmation(
    packet: Packet, one: Return, *, now: DirectoryNow, settled: Mapping[str, Settlement]
) -> dict[str, Any]:
    """Return the item that asks for the verification of an agency with its sites and services."""
    standing = now.verification(packet, one.verifier.verified_on)
    own_id = item_id(packet.packet_id, VERIFICATION, one.verifier.name)
    agency = next(line for line in packet.lines if line.kind == RecordKind.AGENCY.value)
    by = ", ".join(part for part in (one.verifier.name, one.verifier.title) if part)
    remarks = [standing.notice]
    if one.verifier.represents != Represents.AGENCY.value:
        remarks.append(_BY_PARTNER if one.verifier.represents else _NOT_SAID)
    return _row(packet, one, _state(settled.get(own_id), since=one.sequence, standing=standing), standing, now=now) | {
        "item_id": own_id,
        "kind": agency.kind,
        "record_uid": standing.record_uid,
        "native_id": agency.native_id,
        "record_name": agency.part,
        "field": VERIFICATION,
        "what": "Verification",
        "action": ItemAction.CONFIRM.value,
        "shown": "",
        "proposed": f"Confirmed by {by} on {one.verifier.verified_on.isoformat()}, once the changes asked for are entered",
        "remark": " ".join(part for part in remarks if part),
        "conflict": None,
        "earlier": None,
        "file": one.file,
    }


def _row(packet: Packet, one: Return, state: _State, standing: Standing, *, now: DirectoryNow) -> dict[str, Any]:
    """Return the columns that all items share."""
    verifier = one.verifier
    on_behalf = f"for {verifier.represents}" if verifier.represents else ""
    return {
        "packet_id": packet.packet_id,
        "center_id": packet.center_id,
        "curator": now.curator(packet, standing),
        "agency_uid": now.uid(packet.center_id, RecordKind.AGENCY.value, packet.agency_uid),
        "agency_name": packet.name,
        "value_now": standing.value_now,
        "is_moved": standing.is_moved,
        "verifier": ", ".join(part for part in (verifier.name, verifier.title, verifier.contact, on_behalf) if part),
        "verified_on": verifier.verified_on,
        "read_on": one.read_on,
        "status": state.status.value,
        "closed_on": state.on,
        "closed_by": state.by,
        "reason": state.reason,
    }


@dataclass(frozen=True, kw_only=True)
class _State:
    status: ItemStatus
    on: date | None = None
    by: str | None = None
    reason: str | None = None


def _state(decided: Settlement | None, *, since: int, standing: Standing) -> _State:
    """Return where an item stands: what a person decided after the form was read, else what the directory shows."""
    if decided is not None and decided.sequence > since and decided.status != ItemStatus.OPEN.value:
        return _State(status=ItemStatus(decided.status), on=decided.on, by=decided.by, reason=decided.reason)
    if standing.done_on is not None:
        return _State(status=ItemStatus.DONE, on=standing.done_on, by=DIRECTORY)
    return _State(status=ItemStatus.OPEN)


def _action(line: FormLine, said: ReturnedLine) -> ItemAction:
    if said.answer == LineAnswer.UNSURE.value:
        return ItemAction.ASK
    if line.field in MISSING_LINES:
        return ItemAction.ADD
    if said.answer == LineAnswer.REMOVE.value:
        return ItemAction.REMOVE
    return ItemAction.ASK if line.is_hidden else ItemAction.CHANGE


def _conflict(one: _Said, all_of_line: Sequence[_Said]) -> str | None:
    """Return what other persons said last of the same line, if it differs."""
    name = one.last.verifier.name.casefold()
    differing = [
        f"{other.last.verifier.name} says: {_spoken(other.line)}"
        for other in all_of_line
        if other.last.verifier.name.casefold() != name and _differ(one.line, other.line)
    ]
    return "; ".join(differing) or None


def _differ(one: ReturnedLine, other: ReturnedLine) -> bool:
    if one.answer != other.answer:
        return True
    return one.answer == LineAnswer.CHANGE.value and (one.keys or one.proposed) != (other.keys or other.proposed)


def _spoken(said: ReturnedLine) -> str:
    value = HIDDEN if said.is_private and not said.proposed else said.proposed
    return f"{said.answer}: {value}" if value else said.answer
