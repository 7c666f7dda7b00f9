"""`resdir audit worksheet` and `record`: worksheets out, and the answers that come back in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import Parameter

from flows.audit_files import auditors_of, file_names, items_of
from flows.audit_ground import AuditView, read_audit_view
from flows.audits import curators_of, known_auditors, read_audits
from flows.cli.terminal import Common, say, show, show_json, show_table
from flows.clock import now
from flows.drawn import KIND as DRAWN
from flows.drawn import drawn_payload
from pipeline.audit.answers import KIND as ANSWERED
from pipeline.audit.calibration import compare_opinions, differing_items
from pipeline.audit.draw import AuditDraw
from pipeline.audit.frame import audit_frame
from pipeline.audit.read_worksheet import ReadWorksheet, read_worksheet
from pipeline.audit.worksheet import write_worksheet
from pipeline.audit.worksheet_file import SheetContent, open_worksheet
from pipeline.publish.collect_private import load_private_values
from pipeline.publish.wording import count_of
from pipeline.store.decisions import NewDecision, append_decisions, read_decisions
from pipeline.store.workspace import Workspace
from schemas.errors import InputError, UsageError

#: What is written where: records, questions (None: all) and auditor.
_Files = dict[Path, tuple[pl.DataFrame, set[tuple[str, str, str]] | None, str | None]]


def worksheet(
    batch: str,
    *,
    output: Path,
    auditor: str | None = None,
    third: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write the worksheet of a batch: one file for each auditor, or one for all where nobody is assigned.

    Args:
        batch: Batch id, as `audit draw` or the nightly summary names it.
        output: The .xlsx file to write; a file that is already there is kept. With several auditors each name is added to it.
        auditor: Only the worksheet of this auditor.
        third: A worksheet for a third opinion: the questions on which two auditors differ, without their answers. Needs --auditor.
        common: What every command takes.
    """
    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{output} is no .xlsx file.", advice="Name it like audit.xlsx.")
    resolved = common.resolve()
    view = read_audit_view(common.place(resolved), settings=resolved.settings, as_of=common.as_of)
    drawn = view.audits.find(batch)
    files: _Files
    if third:
        files = {output: (*_third_opinion(view, drawn, auditor), auditor)}
    elif auditor is not None:
        own = items_of(drawn, auditor)
        if own.is_empty():
            names = ", ".join(auditors_of(drawn))
            raise UsageError(
                f"{auditor} has no records in {batch}.",
                advice=f"Auditors: {names}." if names else "Nobody is assigned: leave --auditor out.",
            )
        files = {output: (own, None, auditor)}
    else:
        files = _all_files(drawn, output)
    for path in files:
        if path.exists():
            raise UsageError(
                f"{path} is already there.", advice="An auditor may be filling it in: choose another name."
            )
    private = load_private_values(view.ground.directory, findings=view.ground.findings)
    for path, (items, only, name) in files.items():
        write_worksheet(
            items.with_columns(pl.lit(name, dtype=pl.String).alias("auditor")),
            view.ground.directory,
            batch=drawn.draw,
            path=path,
            findings=view.ground.findings,
            private=private,
            automatic=None if third else drawn.automatic,
            auditor=name,
            only_items=only,
            purpose="third" if third else "audit",
        )
    if common.json:
        written = [
            {"path": str(path), "auditor": name, "records": items.height} for path, (items, _, name) in files.items()
        ]
        show_json(
            {"batch_id": drawn.batch_id, "records": sum(row["records"] for row in written), "worksheets": written}
        )
        return 0
    for path, (items, _, name) in files.items():
        show(f"{count_of(items.height, 'record')}{f' for {name}' if name else ''} written to {path}.")
    say(f"Hand it back with: resdir audit record {next(iter(files))}")
    return 0


def record(
    *files: Path,
    by: str | None = None,
    correct: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Read filled worksheets back. Good rows are written down, also of half-filled sheets; every other row is told with its reason.

    Handing a file in twice changes nothing; handing in a corrected one keeps the earlier answers in the log. Exit code 1 when
    something was refused.

    Args:
        files: The .xlsx files.
        by: Who filled them in, where the sheet does not say.
        correct: Replace answers that were recorded from a file that somebody else had saved.
        dry_run: Tell what would happen and write nothing.
        common: What every command takes.
    """
    if not files:
        raise UsageError("Which worksheet?", advice="resdir audit record FILE.xlsx")
    resolved = common.resolve()
    place = common.place(resolved)
    documents = []
    # A file that cannot be read at all is told before anything is written.
    contents = {file: open_worksheet(file) for file in files}
    view = read_audit_view(place, settings=resolved.settings, as_of=common.as_of)
    _require_known(contents, view)
    for file, content in contents.items():
        # What the file before brought is known to this one.
        audits = read_audits(place, parameters=resolved.settings.audit, stored=view.audits.draws)
        batch = audits.find(content.identity["batch_id"])
        frame = audit_frame(view.ground.directory, unit=str(batch.draw.item(0, "unit")))
        read = read_worksheet(
            content,
            batch=batch,
            answers=audits.answers,
            auditors=known_auditors(resolved.settings.audit),
            curators=curators_of(frame),
            by=by,
            saved_before={
                name: who for (batch_id, name), who in audits.saved_by.items() if batch_id == batch.batch_id and who
            },
            is_correction=correct,
        )
        if read.rows and not dry_run:
            _write_down(place, batch, read, file=file, saved_by=content.saved_by)
        documents.append(_document(file, batch, read, dry_run=dry_run))
        if not common.json:
            _tell(file, batch, read, dry_run=dry_run)
    if common.json:
        show_json(documents[0] if len(documents) == 1 else documents)
    return 1 if any(document["refused"] for document in documents) else 0


def _require_known(contents: Mapping[Path, SheetContent], view: AuditView) -> None:
    """Stop when a worksheet belongs to no batch of this workspace.

    Raises:
        InputError: Names file and batch.
    """
    known = set(view.audits.draws.draw["batch_id"].to_list())
    for file, content in contents.items():
        if content.identity["batch_id"] not in known:
            raise InputError(
                f"{file.name} belongs to the batch {content.identity['batch_id']}, which was never drawn here.",
                advice="Hand it in where it was drawn; --workspace chooses the workspace.",
            )


def _all_files(drawn: AuditDraw, output: Path) -> _Files:
    names = auditors_of(drawn)
    nobody = items_of(drawn, None)
    if len(names) == 1 and nobody.is_empty():
        return {output: (items_of(drawn, names[0]), None, names[0])}
    files: _Files = {
        output.with_name(f"{output.stem}-{part}{output.suffix}"): (items_of(drawn, name), None, name)
        for name, part in file_names(names).items()
    }
    if not nobody.is_empty():
        files[output] = (nobody, None, None)
    if not files:
        raise UsageError(
            f"Every record of {drawn.batch_id} was drawn in an earlier batch already.",
            advice="Hand in the worksheets of that batch.",
        )
    return files


def _third_opinion(
    view: AuditView, drawn: AuditDraw, auditor: str | None
) -> tuple[pl.DataFrame, set[tuple[str, str, str]]]:
    """Return the records and questions on which two auditors differ and nobody has given a third opinion."""
    if auditor is None:
        raise UsageError("A third opinion needs a person.", advice="Give --auditor NAME.")
    opinions = compare_opinions(view.audits.carried.filter(pl.col("batch_id") == drawn.batch_id))
    open_ones = differing_items(opinions).filter(pl.col("third").is_null())
    if open_ones.is_empty():
        raise UsageError(
            f"There is nothing to settle in {drawn.batch_id}: no two opinions differ, or a third was given.",
            advice="See resdir audit result.",
        )
    folded = auditor.casefold()
    taken = [
        folded in ((first or "").casefold(), (second or "").casefold())
        for first, second in open_ones.select("auditor_first", "auditor_second").iter_rows()
    ]
    left = open_ones.filter(~pl.Series(taken, dtype=pl.Boolean))
    if left.is_empty():
        raise UsageError(
            f"{auditor} gave one of the two opinions on all of these records.", advice="Name somebody else."
        )
    keys = ["center_id", "record_uid"]
    items = drawn.items.join(left.select(keys).unique(), on=keys, how="semi", maintain_order="left")
    return items, set(left.select(*keys, "item_id").iter_rows())


def _write_down(place: Workspace, batch: AuditDraw, read: ReadWorksheet, *, file: Path, saved_by: str) -> None:
    """Add the answers to the log, with the draw itself where only a night knew it."""
    decisions = []
    if batch.batch_id not in {decision.subject for decision in read_decisions(place, kind=DRAWN)}:
        decisions.append(
            NewDecision(kind=DRAWN, subject=batch.batch_id, payload=drawn_payload(batch), decided_by="resdir")
        )
    by_role = {
        role: [
            {name: value for name, value in row.items() if name != "role"} for row in read.rows if row["role"] == role
        ]
        for role in sorted({str(row["role"]) for row in read.rows})
    }
    decisions += [
        NewDecision(
            kind=ANSWERED,
            subject=batch.batch_id,
            payload={
                "auditor": read.auditor,
                "role": role,
                "file": file.name,
                "saved_by": saved_by,
                "rows": rows,
            },
            decided_by=read.auditor,
        )
        for role, rows in by_role.items()
    ]
    append_decisions(place, decisions, now=now())


def _document(file: Path, batch: AuditDraw, read: ReadWorksheet, *, dry_run: bool) -> dict[str, object]:
    return {
        "file": file.name,
        "batch_id": batch.batch_id,
        "auditor": read.auditor,
        "recorded": 0 if dry_run else len(read.rows),
        "would_record": len(read.rows) if dry_run else None,
        "known": read.known,
        "records": {"done": read.done, "half_filled": read.half_filled, "untouched": read.untouched},
        "refused": [asdict(one) for one in read.refused],
        "warnings": [asdict(one) for one in read.warnings],
        "corrections": [asdict(one) for one in read.corrections],
    }


def _tell(file: Path, batch: AuditDraw, read: ReadWorksheet, *, dry_run: bool) -> None:
    verb = "would be recorded" if dry_run else "recorded"
    show(
        f"{file.name}: {count_of(len(read.rows), 'answer')} of {read.auditor} {verb}, {read.known:,} known before. "
        f"Records: {read.done:,} done, {read.half_filled:,} half-filled, {read.untouched:,} not begun."
    )
    if read.corrections:
        show_table(
            "Corrected",
            ("row", "record", "item", "before", "now"),
            [(one.row, one.record, one.item_id, one.before, one.after) for one in read.corrections],
            right=("row",),
        )
    for title, remarks in (("Refused", read.refused), ("Odd, but read", read.warnings)):
        if remarks:
            show_table(
                title,
                ("sheet", "row", "column", "what"),
                [(one.sheet, one.row or "", one.column, one.message) for one in remarks],
                right=("row",),
            )
    if not read.refused and read.done:
        say(f"Results: resdir audit result {batch.batch_id}")
