"""`resdir network`: many centers side by side, and the small summaries by which they are exchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.cli.terminal import Common, say, show, show_json, show_table
from flows.network_facts import network_facts
from flows.network_files import document_of, network_form, write_network
from flows.network_ground import centers_read, read_night, summarize_centers
from flows.network_held import check_summary, forget_summary, keep_summary, read_summary, write_summary
from flows.network_state import read_state
from pipeline.publish.cell_text import NUMERIC, cell_text
from pipeline.publish.network_json import network_json, summary_words
from schemas.errors import InputError, UsageError
from schemas.report_document import ReportTable

#: Exit code when a file could not be taken.
_BAD_INPUT = 3


def network(
    *,
    output: Path | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Show the centers of a network side by side: records, share updated, findings, curators, counties, agencies in several centers.

    Centers of this workspace, summaries that other centers sent, and figures that were published ([network] of the settings). Sorted by
    name; it is no ranking.

    Args:
        output: Write it to a file: .html, .pdf, .xlsx, .csv (one row per center), .json or .md.
        common: What every command takes; with --as-of a past day, the last night that speaks of that day or one before it is told.
    """
    if output is not None:
        network_form(output)
    resolved = common.resolve()
    facts = network_facts(resolved, place=common.place(resolved), as_of=common.day(resolved))
    if not facts.centers and not facts.published:
        unused = "".join(f" {note}" for note in facts.notes if note.endswith("not used."))
        raise InputError(
            "There is no center to show: nothing was published here, no summary is used and the settings quote no figures."
            + unused,
            advice="Run `resdir nightly`, include a summary with `resdir network include`, or list [[network.published]].",
        )
    if output is not None:
        write_network(facts, output)
        say(f"Written to {output}.")
    if common.json:
        show_json(network_json(facts))
        return 0
    document = document_of(facts)
    for note in facts.notes:
        say(f"Note: {note}")
    show(f"{document.title}. {document.subtitle}")
    for sentence in document.summary:
        show(f"  {sentence}")
    if output is None:
        for section in document.sections:
            show(f"\n{section.heading}")
            for paragraph in section.paragraphs:
                show(f"  {paragraph}")
            for table in section.tables:
                # The long list of counties is told above in words.
                if not table.is_folded:
                    _print(table)
            for note in section.notes:
                show(f"- {note}")
    return 0


def _print(table: ReportTable) -> None:
    headings = [column.heading for column in table.columns]
    show_table(
        table.title + ("" if table.of_rows is None else f" ({table.of_rows:,} in all)"),
        headings,
        [[cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows],
        right=[column.heading for column in table.columns if column.kind in NUMERIC],
    )
    for note in table.notes:
        show(f"- {note}")


def summarize(
    *,
    output: Path,
    center: str | None = None,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Write the figures of a center as a small file for the network: counts and shares, no record, no name of an agency or person.

    Args:
        output: The file to write: .json.
        center: Which center; may be left out when the workspace reads one only.
        common: What every command takes.
    """
    if output.suffix.lower() != ".json":
        raise UsageError(f"{output}: a summary is written as .json.", advice="Name it like my_center.json.")
    resolved = common.resolve()
    place = common.place(resolved)
    night = read_night(resolved, place=place, day=common.day(resolved))
    if night is None:
        raise InputError(
            f"Nothing was published yet in {place.root}.", advice="Run `resdir nightly EXPORT --center ID` first."
        )
    known = ", ".join(night.centers)
    if center is None and len(night.centers) > 1:
        raise UsageError("The workspace reads several centers.", advice=f"Add --center with one of {known}.")
    chosen = center or next(iter(night.centers))
    if chosen not in night.centers:
        raise UsageError(f"There is no center {chosen} in the last published night.", advice=f"Known: {known}.")
    (told,) = summarize_centers(resolved, night=night, center_ids=[chosen], state=read_state(resolved))
    summary = told.summary
    write_summary(summary, output)
    if common.json:
        show_json({"path": str(output), "summary": summary.model_dump(mode="json")})
        return 0
    show(f"Summary of {summary_words(summary)} written to {output}.")
    say("It holds counts and shares; no record, no name of an agency or person.")
    return 0


def include(
    files: tuple[Path, ...],
    /,
    *,
    replace: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Take summaries of other centers into the network. Each file is taken as a whole or not at all.

    Args:
        files: Files that `resdir network summarize` wrote.
        replace: Take a summary although a newer one of that center is kept.
        common: What every command takes.
    """
    if not files:
        raise UsageError("No file is named.", advice="Name the files: resdir network include a.json b.json")
    resolved = common.resolve()
    place = common.place(resolved)
    day = common.day(resolved)
    own = {one.id for one in resolved.settings.centers} | centers_read(place)
    taken, refused = [], []
    for path in files:
        try:
            summary = read_summary(path)
            check_summary(summary, path=path, place=place, own=own, day=day, replace=replace)
        except InputError as fault:
            refused.append({"path": str(path), "message": fault.message, "advice": fault.advice})
            continue
        kept = keep_summary(summary, place=place)
        taken.append(
            {"path": str(path), "center_id": summary.center_id, "as_of": summary.as_of.isoformat(), "kept": str(kept)}
        )
        if not common.json:
            show(f"Taken: {summary_words(summary)}.")
    if common.json:
        show_json({"included": taken, "refused": refused})
    for one in refused:
        say(f"Refused: {one['message']}" + (f" {one['advice']}" if one["advice"] else ""))
    return _BAD_INPUT if refused else 0


def forget(
    center: str,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - a frozen value
) -> int:
    """Take the summary of a center out of the network again.

    Args:
        center: The center's short name.
        common: What every command takes.
    """
    path = forget_summary(center, place=common.place(common.resolve()))
    if common.json:
        show_json({"center_id": center, "removed": str(path)})
    else:
        show(f"The summary of {center} is no longer in the network.")
    return 0
