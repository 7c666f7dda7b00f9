"""What every export of a published night starts from, made once for all targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Self

import polars as pl

from flows.duplicate_verdicts import read_judgement
from flows.export_blocks import read_blocks
from flows.merge_choices import merged_view
from flows.settings import Resolved
from pipeline.curate.findings import shown_findings
from pipeline.publish.public_blocks import BLOCK_RECORDS, IN_MEMORY_RECORDS, PublicBlocks
from pipeline.publish.public_directory import RECORD_KINDS, Load, columns_read, make_public
from pipeline.store.snapshot import open_published
from pipeline.store.workspace import Workspace
from schemas.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class ExportGround:
    """What may leave of the last published night. A context manager: what a large night put on disk is deleted at its end.

    Args:
        public: What may leave, merge plans of people's verdicts applied.
        history: Returns `schemas.history.FieldChange` of the records of a block; of all when none is named.
        run_id: The night.
        only_center: The center asked for; None for all.
        withhold: Whether failing records are left out instead of refusing the export.
        close: Deletes what is on disk.
    """

    public: PublicBlocks
    history: Callable[[int | None], pl.DataFrame]
    run_id: str
    only_center: str | None
    withhold: bool
    close: Callable[[], None]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_export_ground(
    resolved: Resolved,
    *,
    place: Workspace,
    center: str | None,
    as_of: date | None,
    withhold: bool,
    block_records: int | None = None,
) -> ExportGround:
    """Return what may leave of the last published night.

    Args:
        resolved: Settings.
        place: Workspace.
        center: Only this center; None for all.
        as_of: Day to speak of; the day of the night when not given.
        withhold: Whether failing records are left out instead of refusing the export.
        block_records: A night with more agencies, sites, services and links is worked on in blocks of about so many; None for
            `IN_MEMORY_RECORDS` and blocks of `BLOCK_RECORDS`.

    Raises:
        InputError: No night has been published yet.
        UsageError: There is no such center.
        StorageError: There is no room for the blocks.
    """
    judgement = read_judgement(place)
    with open_published(place) as snapshot:
        known = snapshot.table("control.run_input").get_column("center_id").unique().sort().to_list()
        if center is not None and center not in known:
            raise UsageError(
                f"There is no center {center} in the last published night.", advice=f"Known: {', '.join(known)}."
            )
        pointer = snapshot.pointer
        is_large = sum(snapshot.count(f"core.{kind}") for kind in RECORD_KINDS) > (block_records or IN_MEMORY_RECORDS)
        if not is_large:
            # Merging looks at whole records; without a verdict nothing is merged, and a few columns are enough.
            directory = snapshot.directory() if judgement.keys else snapshot.part_of_directory(columns_read())
            findings = shown_findings(snapshot.table("quality.finding"))
            history = snapshot.table("history.field_change")
    day = as_of or pointer.as_of
    if is_large:
        blocks = read_blocks(
            resolved,
            place=place,
            judgement=judgement,
            center=center,
            as_of=day,
            withhold=withhold,
            size=block_records or BLOCK_RECORDS,
        )
        return ExportGround(
            public=blocks.public,
            history=blocks.history,
            run_id=pointer.run_id,
            only_center=center,
            withhold=withhold,
            close=blocks.kept.close,
        )
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
        as_of=day,
        parameters=resolved.settings.export,
        privacy=resolved.settings.normalize.privacy,
        center_ids=None if center is None else [center],
        withhold=withhold,
    )
    return ExportGround(
        public=PublicBlocks.of(public),
        history=lambda _: history,
        run_id=pointer.run_id,
        only_center=center,
        withhold=withhold,
        close=lambda: None,
    )
