"""`resdir packet AGENCY… --output DIR`: update forms for agencies and local partners."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.cli.terminal import Common, require_center, say, show, show_json
from flows.clock import now
from flows.packet_choice import Asked, Chosen, choose_agencies, read_list
from flows.packet_files import WrittenForm, kept_private, write_packets
from pipeline.curate.findings import shown_findings
from pipeline.outreach.packet_form import PrintedForm
from pipeline.publish.wording import count_of
from pipeline.store.snapshot import open_published
from schemas.errors import UsageError
from schemas.packets import HIDDEN

#: Forms that are named on the terminal (--json names all), and from which a progress bar is worth it: twenty take about a second.
_NAMED = 20


def packet(
    *agencies: str,
    output: Path,
    list_file: Annotated[Path | None, Parameter(name="--list")] = None,
    center: str | None = None,
    by: str | None = None,
    overwrite: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write an update form for each agency: a page to print or mail, and a workbook to fill in and send back.

    The forms show the agency's own listing as of the last published night. Private values are not on them. What comes back is read with
    `resdir packet read`; nothing goes into a record by itself.

    Args:
        agencies: Number of the agency in the center's software, or its record_uid.
        output: Folder for the forms; it is made when it is not there.
        list_file: A file with one number a line, or a CSV with a column `record` (and `center`).
        center: Center, when a number stands in more than one.
        by: Who sends the forms.
        overwrite: Replace forms that are already there.
        common: What every command takes.
    """
    asked = [Asked(text=text.strip(), center=center) for text in agencies]
    if list_file is not None:
        asked += [Asked(text=one.text, center=one.center or center, where=one.where) for one in read_list(list_file)]
    if not asked:
        raise UsageError("Which agency?", advice="resdir packet 1234 --output forms, or --list FILE for many.")
    if by is not None and not by.strip():
        raise UsageError("--by is empty.", advice="Give the name of who sends the forms.")
    resolved = common.resolve()
    place = common.place(resolved)
    with open_published(place) as snapshot:
        require_center(snapshot, center)
        directory = snapshot.directory()
        findings = shown_findings(snapshot.table("quality.finding"))
        pointer = snapshot.pointer
    chosen = choose_agencies(asked, directory)
    named = [reason for one, reason in chosen.skipped if not one.where]
    if named:
        raise UsageError(named[0], advice="No form was written.")
    written = write_packets(
        chosen.agencies,
        directory=directory,
        kept=kept_private(directory, findings=findings),
        workspace=place,
        folder=output,
        parameters=resolved.settings.packet,
        as_of=pointer.as_of,
        written_on=common.day(resolved),
        run_id=pointer.run_id,
        by=None if by is None else by.strip(),
        now=now(),
        overwrite=overwrite,
        watch=_watched,
    )
    _tell(written, chosen, output=output, common=common)
    return 1 if chosen.skipped else 0


def _watched(forms: list[PrintedForm]) -> Iterable[PrintedForm]:
    """Show how far the writing is, where somebody is looking and it takes a while."""
    if len(forms) <= _NAMED or not sys.stderr.isatty():
        return forms
    from rich.console import Console
    from rich.progress import track

    return track(forms, description="Writing forms", console=Console(file=sys.stderr), transient=True)


def _tell(written: list[WrittenForm], chosen: Chosen, *, output: Path, common: Common) -> None:
    if common.json:
        show_json(
            {
                "written": len(written),
                "packets": [_document(one) for one in written],
                "skipped": [
                    {"where": one.where, "agency": one.text, "reason": reason} for one, reason in chosen.skipped
                ],
            }
        )
    else:
        show(f"{count_of(len(written), 'form')} written to {output}.")
        for one in written[:_NAMED]:
            document = _document(one)
            private = f", {document['not_shown']} kept private" if document["not_shown"] else ""
            show(
                f"  {document['name'] or '(no name)'}: {one.workbook.name} and .html, {document['lines']} lines{private}"
            )
        if len(written) > _NAMED:
            show(f"  … and {len(written) - _NAMED} more")
    for skipped, reason in chosen.skipped:
        say(f"{skipped.where}: no form. {reason}")
    senders = [one.form.sender for one in written]
    if any(not (sender.return_email or sender.return_address or sender.return_phone) for sender in senders):
        say(
            "The forms do not say where to send them back: set return_email and the like under [packet] in the settings."
        )
    if written:
        say("When they come back: resdir packet read FILE")


def _document(one: WrittenForm) -> dict[str, object]:
    packet_of = one.form.packet
    return {
        "packet_id": packet_of.packet_id,
        "center_id": packet_of.center_id,
        "agency_uid": packet_of.agency_uid,
        "native_id": packet_of.native_id,
        "name": packet_of.name,
        "as_of": packet_of.as_of.isoformat(),
        "written_on": packet_of.written_on.isoformat(),
        "reply_by": packet_of.reply_by.isoformat(),
        "lines": len(one.form.lines),
        "not_shown": sum(line.line.is_hidden or HIDDEN in line.shown for line in one.form.lines),
        "html": str(one.page),
        "xlsx": str(one.workbook),
    }
