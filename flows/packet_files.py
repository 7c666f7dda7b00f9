"""Update forms of agencies as files, with the entries of the log by which they are known when they come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from flows.packets import read_packet_log, written_decision
from pipeline.outreach.packet_files import file_stems, unfinished_files
from pipeline.outreach.packet_form import PrintedForm, make_forms
from pipeline.outreach.packet_privacy import Kept
from pipeline.outreach.packet_profile import present_profile
from pipeline.publish.collect_private import collect_private_values, hidden_sites, private_addresses
from pipeline.publish.public_records import select_public
from pipeline.store.decisions import append_decisions
from pipeline.store.workspace import Workspace
from schemas.directory import Directory
from schemas.errors import UsageError
from schemas.packet_parameters import PacketParameters

#: Passes forms on one by one as they are written.
Watch = Callable[[list[PrintedForm]], Iterable[PrintedForm]]


@dataclass(frozen=True, kw_only=True)
class WrittenForm:
    """A form that was written.

    Attributes:
        form: The form.
        page, workbook: Its files.
    """

    form: PrintedForm
    page: Path
    workbook: Path


def kept_private(directory: Directory, *, findings: pl.DataFrame) -> Kept:
    """Return what a form must not show.

    Args:
        directory: The whole load, with everything private in it.
        findings: `schemas.quality.Finding`; those of privacy rules that hold a record back make it private.
    """
    selection = select_public(directory, findings=findings, center_ids=None, withhold=True)
    values = collect_private_values(directory, selection)
    return Kept(
        values=values,
        records=selection.private(),
        sites=hidden_sites(directory, values).select("center_id", "record_uid"),
        addresses=private_addresses(directory, values),
    )


def write_packets(
    agencies: pl.DataFrame,
    *,
    directory: Directory,
    kept: Kept,
    workspace: Workspace,
    folder: Path,
    parameters: PacketParameters,
    as_of: date,
    written_on: date,
    run_id: str,
    by: str | None,
    now: datetime,
    overwrite: bool,
    watch: Watch = list,
) -> list[WrittenForm]:
    """Write the forms of some agencies: all of them, or none.

    Args:
        agencies: `center_id`, `agency_uid`.
        directory: The directory.
        kept: What must not be shown.
        workspace: Where the decision log lies.
        folder: Folder of the files.
        parameters: Sender, way back, days to answer.
        as_of: Day of the directory.
        written_on: Day of writing.
        run_id: Night that is shown.
        by: Who sends them.
        now: Moment, for the log.
        overwrite: Whether files that are there are replaced.
        watch: Passes the forms on one by one as they are written, for a progress bar.

    Raises:
        UsageError: A file is there already, or the folder is a file.
        StorageError: The folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.", advice="Name a folder with --output.")
    profile = present_profile(agencies, directory=directory, kept=kept)
    forms = make_forms(profile, as_of=as_of, written_on=written_on, run_id=run_id, parameters=parameters)
    paths = [(folder / f"{stem}.html", folder / f"{stem}.xlsx") for stem in file_stems(forms)]
    if not overwrite:
        _require_free(paths)
    known = read_packet_log(workspace).packets
    with unfinished_files(watch(forms), paths) as finish:
        # Known first, then out: a form that nobody knows could not be read back.
        new = [
            written_decision(form.packet, files=[page.name, workbook.name], by=by)
            for form, (page, workbook) in zip(forms, paths, strict=True)
            if form.packet.packet_id not in known
        ]
        if new:
            append_decisions(workspace, new, now=now)
        finish()
    return [
        WrittenForm(form=form, page=page, workbook=workbook)
        for form, (page, workbook) in zip(forms, paths, strict=True)
    ]


def _require_free(paths: Sequence[tuple[Path, Path]]) -> None:
    there = [path for pair in paths for path in pair if path.exists()]
    if there:
        more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        raise UsageError(
            f"{there[0]} is already there{more}.",
            advice="Somebody may be filling it in: choose another folder, or replace it with --overwrite.",
        )
