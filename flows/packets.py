"""Update forms in the decision log: which were written, what came back, and what was decided about the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from pipeline.outreach.packet_read import ReadForm
from pipeline.outreach.work_items import Return, Settlement
from pipeline.store.decisions import Decision, NewDecision, read_decisions
from pipeline.store.workspace import Workspace
from schemas.contract import conform, schema_of
from schemas.enumerations import RecordKind
from schemas.packets import (
    RETURNED,
    SETTLED,
    WRITTEN,
    ContactedDay,
    FormLine,
    Packet,
    PacketState,
    ReturnedLine,
    Verifier,
)

#: Who writes down what nobody is named for.
PROGRAM = "resdir"


@dataclass(frozen=True, kw_only=True)
class PacketLog:
    """The decision log as far as it is about update forms.

    Attributes:
        packets: Forms by id, in the order in which they were written.
        sent_by: Who wrote each.
        returns: What came back, in the order of the log.
        settlements: Decisions about work items, in the order of the log.
    """

    packets: dict[str, Packet]
    sent_by: dict[str, str]
    returns: tuple[Return, ...]
    settlements: tuple[Settlement, ...]

    def said_before(self, packet_id: str) -> dict[str, dict[str, ReturnedLine]]:
        """Return what was read of a form before, by folded name of the person and line."""
        said: dict[str, dict[str, ReturnedLine]] = {}
        for one in self.returns:
            if one.packet_id == packet_id:
                said.setdefault(one.verifier.name.casefold(), {}).update({line.line_id: line for line in one.lines})
        return said

    def last_return(self, packet_id: str, person: str) -> Return | None:
        """Return the last reading of a form that a person filled in."""
        folded = person.casefold()
        own = [one for one in self.returns if (one.packet_id, one.verifier.name.casefold()) == (packet_id, folded)]
        return own[-1] if own else None


def read_packet_log(workspace: Workspace) -> PacketLog:
    """Return what the decision log says about update forms.

    Args:
        workspace: Where it lies.
    """
    packets: dict[str, Packet] = {}
    sent_by: dict[str, str] = {}
    returns: list[Return] = []
    settlements: list[Settlement] = []
    for entry in read_decisions(workspace, kind=WRITTEN, or_kinds=(RETURNED, SETTLED)):
        if entry.kind == WRITTEN:
            packets[entry.subject] = _packet(entry)
            sent_by[entry.subject] = entry.decided_by
        elif entry.kind == RETURNED:
            returns.append(_return(entry))
        else:
            settlements.append(_settlement(entry))
    return PacketLog(packets=packets, sent_by=sent_by, returns=tuple(returns), settlements=tuple(settlements))


def written_decision(packet: Packet, *, files: Sequence[str], by: str | None) -> NewDecision:
    """Return a written form as an entry of the log: ids and hashes of its lines, no values.

    Args:
        packet: The form.
        files: Names of its files.
        by: Who sends it.
    """
    days = {name: getattr(packet, name).isoformat() for name in ("as_of", "written_on", "reply_by")}
    payload = asdict(packet) | days | {"files": list(files)}
    payload.pop("packet_id")
    return NewDecision(kind=WRITTEN, subject=packet.packet_id, payload=payload, decided_by=by or PROGRAM)


def returned_decision(read: ReadForm, *, file: str, saved_by: str, read_on: date, by: str | None) -> NewDecision:
    """Return what came back as an entry of the log.

    Args:
        read: What the form says.
        file: Name of the file.
        saved_by: Who saved it last, as the spreadsheet program says.
        read_on: Day of reading.
        by: Who read it in.
    """
    verifier = asdict(read.verifier) | {"verified_on": read.verifier.verified_on.isoformat()}
    payload = {
        "center_id": read.packet.center_id,
        "agency_uid": read.packet.agency_uid,
        "verifier": verifier,
        "read_on": read_on.isoformat(),
        "file": file,
        "saved_by": saved_by,
        "is_complete": read.is_complete,
        "lines": [asdict(line) for line in read.lines],
    }
    return NewDecision(kind=RETURNED, subject=read.packet.packet_id, payload=payload, decided_by=by or PROGRAM)


def contacted_days(
    workspace: Workspace, *, renumbered: Mapping[tuple[str, str, str], str] | None = None
) -> pl.DataFrame:
    """Return when each agency was last sent a form, and when an answer to it was read back.

    Args:
        workspace: Where the log lies.
        renumbered: Present number of records that came back under another one, by center, kind and old number
            (`pipeline.audit.faults.follow_numbers`); None leaves agencies under the number that the form was written for.

    Returns:
        `schemas.packets.ContactedDay`: `center_id`, `agency_uid`, `contacted_on` (Date of the newest form), `returned_on` (Date of the
        last answer to that form; null while there is none), by center and agency.
    """
    states = packet_states(read_packet_log(workspace), as_of=date.max)
    if renumbered and states.height:
        keys = states.select("center_id", "agency_uid").rows()
        now = [renumbered.get((center, RecordKind.AGENCY.value, uid), uid) for center, uid in keys]
        states = states.with_columns(agency_uid=pl.Series(now, dtype=pl.String))
    newest = states.with_row_index("row").sort("written_on", "row").group_by("center_id", "agency_uid").last()
    return conform(newest.rename({"written_on": "contacted_on"}).sort("center_id", "agency_uid"), ContactedDay)


def packet_states(log: PacketLog, *, as_of: date) -> pl.DataFrame:
    """Return the forms that were written and whether they came back.

    Args:
        log: The log.
        as_of: Day asked about.

    Returns:
        `PacketState`, in the order in which they were written.
    """
    answered = {one.packet_id: one for one in log.returns}
    rows = []
    for packet in log.packets.values():
        one = answered.get(packet.packet_id)
        state = "returned" if one is not None else "late" if as_of > packet.reply_by else "out"
        rows.append(
            {
                "packet_id": packet.packet_id,
                "center_id": packet.center_id,
                "agency_uid": packet.agency_uid,
                "native_id": packet.native_id,
                "agency_name": packet.name,
                "written_on": packet.written_on,
                "sent_by": log.sent_by[packet.packet_id],
                "reply_by": packet.reply_by,
                "returned_on": None if one is None else one.read_on,
                "returned_by": None if one is None else one.verifier.name,
                "days": ((as_of if one is None else one.read_on) - packet.written_on).days,
                "state": state,
            }
        )
    return conform(pl.DataFrame(rows, schema=schema_of(PacketState), orient="row"), PacketState)


def _packet(entry: Decision) -> Packet:
    said = entry.payload
    return Packet(
        packet_id=entry.subject,
        center_id=said["center_id"],
        agency_uid=said["agency_uid"],
        native_id=said["native_id"],
        name=said["name"],
        as_of=date.fromisoformat(said["as_of"]),
        written_on=date.fromisoformat(said["written_on"]),
        reply_by=date.fromisoformat(said["reply_by"]),
        run_id=said["run_id"],
        lines=tuple(FormLine(**line) for line in said["lines"]),
    )


def _return(entry: Decision) -> Return:
    said = entry.payload
    verifier = said["verifier"] | {"verified_on": date.fromisoformat(said["verifier"]["verified_on"])}
    return Return(
        sequence=entry.sequence,
        packet_id=entry.subject,
        verifier=Verifier(**verifier),
        read_on=date.fromisoformat(said["read_on"]),
        file=said["file"],
        lines=tuple(_line(line) for line in said["lines"]),
        is_complete=said["is_complete"],
    )


def _line(said: dict[str, Any]) -> ReturnedLine:
    return ReturnedLine(**said | {"keys": tuple(said["keys"]), "shown_keys": tuple(said["shown_keys"])})


def _settlement(entry: Decision) -> Settlement:
    return Settlement(
        sequence=entry.sequence,
        item_id=entry.subject,
        status=entry.payload["status"],
        by=entry.decided_by,
        reason=entry.payload["reason"],
        on=date.fromisoformat(entry.payload["on"]),
    )
