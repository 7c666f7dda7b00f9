"""What every export of a published night starts from, made once for all targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from flows.duplicate_verdicts import read_judgement
from flows.merge_choices import merged_view
from flows.settings import Resolved
from pipeline.curate.findings import shown_findings
from pipeline.publish.public_directory import Load, PublicDirectory, columns_read, make_public
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from schemas.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class ExportGround:
    """What may leave of the last published night.

    Args:
        public: What may leave, merge plans of people's verdicts applied.
        history: `schemas.history.FieldChange` of all nights.
        run_id: The night.
        only_center: The center asked for; None for all.
        withhold: Whether failing records are left out instead of refusing the export.
    """

    public: PublicDirectory
    history: pl.DataFrame
    run_id: str
    only_center: str | None
    withhold: bool


def read_export_ground(
    resolved: Resolved, *, place: Workspace, center: str | None, as_of: date | None, withhold: bool
) -> ExportGround:
    """Return what may leave of the last published night.

    Args:
        resolved: Settings.
        place: Workspace.
        center: Only this center; None for all.
        as_of: Day to speak of; the day of the night when not given.
        withhold: Whether failing records are left out instead of refusing the export.

    Raises:
        InputError: No night has been published yet.
        UsageError: There is no such center.
    """
    with open_published(place) as snapshot:
        known = snapshot.table("control.run_input").get_column("center_id").unique().sort().to_list()
        if center is not None and center not in known:
            raise UsageError(
                f"There is no center {center} in the last published night.", advice=f"Known: {', '.join(known)}."
            )
        judgement = read_judgement(place)
        # Merging looks at whole records; without a verdict nothing is merged, and a few columns are enough.
        directory = snapshot.directory() if judgement.keys else snapshot.part_of_directory(columns_read())
        findings = shown_findings(snapshot.table("quality.finding"))
        history = snapshot.table("history.field_change")
        pointer = snapshot.pointer
    _, merged = merged_view(place, judgement, directory, parameters=resolved.settings.merge)
    load = Load(directory=directory, findings=findings) if merged.aliases else None
    findings = merged.rename(findings)
    # Handed on and not kept: `make_public` gives up what it has done with, and a large directory is in memory once.
    handed_on = [merged.directory]
    del directory, merged
    public = make_public(
        handed_on.pop(),
        findings=findings,
        load=load,
        as_of=as_of or pointer.as_of,
        parameters=resolved.settings.export,
        privacy=resolved.settings.normalize.privacy,
        center_ids=None if center is None else [center],
        withhold=withhold,
    )
    return ExportGround(public=public, history=history, run_id=pointer.run_id, only_center=center, withhold=withhold)
