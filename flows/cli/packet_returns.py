"""`resdir packet read FILE…`: forms that came back, judged line by line; corrections become work items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from flows.cli.terminal import Common, say, show, show_json, show_table
from flows.clock import now
from flows.packets import PacketLog, read_packet_log, returned_decision
from pipeline.curate.findings import shown_findings
from pipeline.outreach.packet_file import FormContent, open_form
from pipeline.outreach.packet_read import ReadForm, read_form
from pipeline.outreach.work_items import VERIFICATION, item_id
from pipeline.publish.collect_private import load_private_values
from pipeline.publish.wording import count_of
from pipeline.store.decisions import NewDecision, append_decisions
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from schemas.errors import InputError, UsageError
from schemas.packets import LineAnswer, ReturnedLine, Verifier
from schemas.private_values import PrivateValues


def read(
    *files: Path,
    by: str | None = None,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Read update forms that came back. Corrections become work items beside the value now; no record is changed.

    A file that is damaged, foreign or unsigned stops everything (exit code 3) and nothing of any file is taken. Inside a good file each
    line stands for itself: those that cannot be taken are told with row and column (exit code 1), the others are kept. Reading the same
    file again changes nothing; a corrected copy replaces what the same person said before, and the log keeps both.

    Args:
        files: The .xlsx forms.
        by: Who reads them in.
        dry_run: Tell what would happen and keep nothing.
        common: What every command takes.
    """
    if not files:
        raise UsageError("Which form?", advice="resdir packet read FILE.xlsx")
    resolved = common.resolve()
    place = common.place(resolved)
    today = common.day(resolved)
    # A file that cannot be read at all is told before anything is kept.
    contents = {file: open_form(file) for file in files}
    log = read_packet_log(place)
    _require_known(contents, log)
    private = _private(place)
    pending: list[NewDecision] = []
    reads: list[tuple[Path, ReadForm, bool]] = []
    said: dict[str, dict[str, dict[str, ReturnedLine]]] = {}
    last: dict[tuple[str, str], tuple[Verifier, bool]] = {}
    for file, content in contents.items():
        packet_id = content.identity["packet_id"]
        # What the file before brought is known to this one.
        before = said.setdefault(packet_id, log.said_before(packet_id))
        one = read_form(
            content,
            packet=log.packets[packet_id],
            earlier=before,
            today=today,
            longest=resolved.settings.packet.longest_answer,
            private=private,
        )
        before.setdefault(one.verifier.name.casefold(), {}).update({line.line_id: line for line in one.lines})
        person = (packet_id, one.verifier.name.casefold())
        is_new = bool(one.lines) or last.get(person, _last(log, one)) != (one.verifier, one.is_complete)
        last[person] = (one.verifier, one.is_complete)
        if is_new:
            pending.append(returned_decision(one, file=file.name, saved_by=content.saved_by, read_on=today, by=by))
        reads.append((file, one, is_new))
    if pending and not dry_run:
        append_decisions(place, pending, now=now())
    documents = [_document(file, one, is_kept=is_new and not dry_run) for file, one, is_new in reads]
    if common.json:
        show_json(documents[0] if len(documents) == 1 else documents)
    else:
        for file, one, is_new in reads:
            _tell(file, one, is_new=is_new, dry_run=dry_run)
        if any(document["items"] for document in documents) and not dry_run:
            say("The work: resdir packet items")
    return 1 if any(one.refused for _, one, _ in reads) else 0


def _require_known(contents: Mapping[Path, FormContent], log: PacketLog) -> None:
    """Stop when a form was not written in this workspace.

    Raises:
        InputError: Names file and form.
    """
    for file, content in contents.items():
        packet_id = content.identity["packet_id"]
        if packet_id not in log.packets:
            raise InputError(
                f"{file.name} is the form {packet_id}, which was not written here (center "
                f"{content.identity.get('center_id') or 'unknown'}).",
                advice="Read it where it was written; --workspace chooses the workspace.",
            )


def _private(place: Workspace) -> PrivateValues:
    with open_published(place) as snapshot:
        findings = shown_findings(snapshot.table("quality.finding"))
        return load_private_values(snapshot.directory(), findings=findings)


def _last(log: PacketLog, one: ReadForm) -> tuple[Verifier, bool] | None:
    """Return who was said to have filled in the form when it was read last, and whether it settled every line."""
    last = log.last_return(one.packet.packet_id, one.verifier.name)
    return None if last is None else (last.verifier, last.is_complete)


def _document(file: Path, one: ReadForm, *, is_kept: bool) -> dict[str, Any]:
    packet, person = one.packet, one.verifier
    lines = {line.line_id: line for line in packet.lines}
    return {
        "file": file.name,
        "packet_id": packet.packet_id,
        "center_id": packet.center_id,
        "agency_uid": packet.agency_uid,
        "native_id": packet.native_id,
        "name": packet.name,
        "verifier": asdict(person) | {"verified_on": _iso(person.verified_on)},
        "is_kept": is_kept,
        "new": len(one.lines),
        "known": one.known,
        "unanswered": one.unanswered,
        "is_complete": one.is_complete,
        "confirmation": item_id(packet.packet_id, VERIFICATION, person.name) if one.is_complete else None,
        "items": [
            {
                "item_id": item_id(packet.packet_id, line.line_id, person.name),
                "record_uid": lines[line.line_id].record_uid,
                "part": lines[line.line_id].part,
                "field": lines[line.line_id].field,
                "what": lines[line.line_id].what,
                "answer": line.answer,
                "shown": line.shown,
                "proposed": line.proposed,
                "remark": line.remark,
                "row": line.file_row,
            }
            for line in one.lines
            if line.answer != LineAnswer.RIGHT.value
        ],
        "superseded": [
            {"part": line.part, "what": line.what, "before": " ".join((said.answer, said.proposed)).strip()}
            for line, said in one.superseded
        ],
        "refused": [asdict(remark) for remark in one.refused],
        "warnings": [asdict(remark) for remark in one.warnings],
    }


def _iso(day: date) -> str:
    return day.isoformat()


def _tell(file: Path, one: ReadForm, *, is_new: bool, dry_run: bool) -> None:
    document = _document(file, one, is_kept=is_new)
    count = len(document["items"])
    verb = "would make" if dry_run else "makes"
    show(
        f"{file.name}: {one.packet.name or 'an agency'}, by {one.verifier.name} on {one.verifier.verified_on}. "
        f"{count_of(one.known, 'answer')} known before, {len(one.lines):,} new; it {verb} {count_of(count, 'work item')}."
    )
    if one.is_complete:
        show(f"  Every line was settled: enter the verification ({document['confirmation']}).")
    elif one.unanswered:
        show(f"  {count_of(one.unanswered, 'line')} without an answer: no verification of the whole.")
    if document["items"]:
        show_table(
            "Work items",
            ("item", "part", "what", "on the form", "answer", "proposed"),
            [
                (item["item_id"], item["part"], item["what"], item["shown"], item["answer"], item["proposed"])
                for item in document["items"]
            ],
        )
    for title, remarks in (("Refused", one.refused), ("Odd, but read", one.warnings)):
        if remarks:
            show_table(
                title,
                ("sheet", "row", "column", "what"),
                [(remark.sheet, remark.row or "", remark.column, remark.message) for remark in remarks],
                right=("row",),
            )
