"""A large published night made into what may leave block by block: no table of it is ever in memory as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from flows.duplicate_verdicts import Judgement, plan_ids
from flows.merge_choices import merged_view
from flows.settings import Resolved
from pipeline.curate.findings import SHOWN
from pipeline.publish.collect_private import collect_from_parts
from pipeline.publish.families import NODE_COLUMNS, Blocks, owner_block, part_into_blocks, record_nodes
from pipeline.publish.public_blocks import SELECTION, PublicBlocks, frame_names, frames_of, from_frames
from pipeline.publish.public_directory import (
    RECORD_KINDS,
    PublicDirectory,
    columns_collected,
    columns_read,
    columns_selected,
    public_part,
    with_merged,
)
from pipeline.publish.public_records import Selection, select_public
from pipeline.publish.working_ahead import worked_ahead
from pipeline.store.block_files import BlockFiles
from pipeline.store.snapshot import Snapshot, open_published
from pipeline.store.snapshot_parts import ROWS, part_snapshot
from pipeline.store.workspace import Workspace
from schemas.contract import schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.history import FieldChange
from schemas.private_values import PrivateValues

#: What DuckDB may keep in memory while a large snapshot is read piece by piece (project choice).
_READING = "200MB"
_HISTORY, _BEFORE, _HELD = "history", "selection before merging", "held back"
#: What is asked of findings here: which records they keep in.
_HELD_COLUMNS = ("center_id", "record_uid", "kind", "rule_id", "is_held_back")


@dataclass(frozen=True, kw_only=True)
class BlocksOfNight:
    """What may leave of a night, in blocks.

    Args:
        public: What may leave.
        kept: Where it lies, with the history of every block; closed by whoever has no more use for it.
    """

    public: PublicBlocks
    kept: BlockFiles

    def history(self, number: int | None) -> pl.DataFrame:
        """Return `schemas.history.FieldChange` of changed fields of a block's records; of all blocks when none is named."""
        names = list(schema_of(FieldChange))
        return self.kept.columns(_HISTORY, names) if number is None else self.kept.read(_HISTORY, number)


def read_blocks(
    resolved: Resolved,
    *,
    place: Workspace,
    judgement: Judgement,
    center: str | None,
    as_of: date,
    withhold: bool,
    size: int,
) -> BlocksOfNight:
    """Return what may leave of the last published night, parted into blocks on disk.

    Args:
        resolved: Settings.
        place: Workspace; the blocks lie in its folder of exports until they are closed.
        judgement: What people decided about duplicates.
        center: Only this center; None for all.
        as_of: Day to speak of.
        withhold: Whether failing records are left out instead of refusing the export.
        size: Agencies, sites, services and links in a block, about.

    Raises:
        StorageError: The disk refuses.
    """
    select = partial(select_public, center_ids=None if center is None else [center], withhold=withhold)
    with ExitStack() as on_fault:
        kept = on_fault.enter_context(BlockFiles(place.exports))
        with BlockFiles(place.exports) as delivered, BlockFiles(place.exports) as merged:
            with open_published(place, memory_limit=_READING) as snapshot:
                count, held = _part(snapshot, delivered, kept, judgement=judgement, size=size)
            is_merged = bool(judgement.keys) and _merge(
                delivered, merged, held, resolved, place=place, judgement=judgement, count=count
            )
            night = _Night(delivered=delivered, merged=merged if is_merged else None, kept=kept, held=held, count=count)
            centers = sorted(night.decide(select))
            values = night.collect()
            make = partial(
                public_part,
                values=values,
                as_of=as_of,
                parameters=resolved.settings.export,
                privacy=resolved.settings.normalize.privacy,
                center_ids=centers,
            )
            removed = night.make_public(make)
        on_fault.pop_all()

    def read(number: int) -> PublicDirectory:
        return from_frames(
            {name: kept.read(name, number) for name in frame_names()},
            removed=removed[number],
            as_of=as_of,
            center_ids=tuple(centers),
            values=values,
        )

    blocks = PublicBlocks(
        as_of=as_of,
        center_ids=tuple(centers),
        private_values=values,
        count=count,
        read=read,
        columns=kept.columns,
    )
    return BlocksOfNight(public=blocks, kept=kept)


@dataclass(frozen=True, kw_only=True)
class _Night:
    """A night in blocks.

    Args:
        delivered: The canonical tables as they were delivered.
        merged: The same with the merge plans carried out; None where no agency is taken up in another one.
        kept: What is made of them.
        held: Which records findings keep in, before merging.
        count: Number of blocks.
    """

    delivered: BlockFiles
    merged: BlockFiles | None
    kept: BlockFiles
    held: pl.DataFrame
    count: int

    def decide(self, select: Callable[..., Selection]) -> set[str]:
        """Decide which records may leave; return the centers whose records are exported."""
        columns = columns_selected()

        def decide(number: int) -> set[str]:
            if self.merged is None:
                selection = select(directory_of(self.delivered, number, columns), findings=self.held)
            else:
                before = select(directory_of(self.delivered, number, columns), findings=self.held)
                self.kept.append(_BEFORE, number, before.records)
                findings = self.merged.read(_HELD, number)
                selection = with_merged(select(directory_of(self.merged, number, columns), findings=findings), before)
            self.kept.append(SELECTION, number, selection.records)
            return set(selection.records["center_id"].unique())

        return set().union(*worked_ahead(decide, range(self.count)))

    def collect(self) -> PrivateValues:
        """Return what must not be seen in anything that leaves."""
        values = collect_from_parts(partial(self._parts, self.merged or self.delivered, SELECTION))
        if self.merged is None:
            return values
        return values | collect_from_parts(partial(self._parts, self.delivered, _BEFORE))

    def _parts(self, source: BlockFiles, verdicts: str) -> Iterable[tuple[Directory, Selection]]:
        columns = columns_collected()

        def read(number: int) -> tuple[Directory, Selection]:
            return directory_of(source, number, columns), Selection(records=self.kept.read(verdicts, number))

        # The next part is read while one is looked at; no reference to one that was looked at stays here.
        yield from worked_ahead(read, range(self.count))

    def make_public(self, make: Callable[[list[Directory], Selection], PublicDirectory]) -> list[Mapping[str, int]]:
        """Make what may leave of every block; return how many values stay, by reason."""

        def work(number: int) -> Mapping[str, int]:
            public = make(
                [directory_of(self.merged or self.delivered, number)],
                Selection(records=self.kept.read(SELECTION, number)),
            )
            for name, frame in frames_of(public).items():
                # The verdicts are kept already.
                if name != SELECTION:
                    self.kept.append(name, number, frame)
            return public.removed

        return list(worked_ahead(work, range(self.count)))


def directory_of(files: BlockFiles, number: int, columns: Mapping[str, Sequence[str]] | None = None) -> Directory:
    """Return a block of the canonical tables, or some of their columns; tables that are not there are empty."""
    frames = {
        name: files.read(name, number, None if columns is None else columns[name])
        if name in files.tables and (columns is None or name in columns)
        else pl.DataFrame(schema=schema_of(model))
        for name, model in CORE_TABLES.items()
    }
    return Directory(**frames)


def _part(
    snapshot: Snapshot,
    delivered: BlockFiles,
    kept: BlockFiles,
    *,
    judgement: Judgement,
    size: int,
) -> tuple[int, pl.DataFrame]:
    """Part the tables; return the number of blocks, and which records findings keep in."""
    # Merging looks at whole records; without a verdict nothing is merged, and a few columns are enough. Tables of which nothing leaves,
    # such as translations, are not read for either.
    whole = {name: tuple(schema_of(CORE_TABLES[name])) for name in columns_read()}
    columns = whole if judgement.keys else columns_read()
    nodes = {
        kind: [record_nodes(kind, piece) for piece in snapshot.batches(f"core.{kind}", NODE_COLUMNS[kind], rows=ROWS)]
        for kind in RECORD_KINDS
    }
    tied = [(members[0][1], other) for members in plan_ids(judgement).values() for _, other in members[1:]]
    blocks = part_into_blocks(nodes, size=size, tied=tied)
    del nodes
    part_snapshot(snapshot, columns, files=delivered, place=partial(_place, blocks=blocks))
    _part_history(snapshot, kept, blocks)
    findings = [
        piece.filter(pl.col("is_held_back") & pl.col("status").is_in(SHOWN)).select(_HELD_COLUMNS)
        for piece in snapshot.batches("quality.finding", (*_HELD_COLUMNS, "status"), rows=ROWS)
    ]
    return max(blocks.count, 1), pl.concat(findings)


def _place(table: str, rows: pl.DataFrame, *, blocks: Blocks) -> pl.Series:
    column = "record_uid" if table in RECORD_KINDS else "owner_uid"
    return owner_block(rows.select(column), column, blocks.block_of)["block"]


def _part_history(snapshot: Snapshot, kept: BlockFiles, blocks: Blocks) -> None:
    for piece in snapshot.batches("history.field_change", list(schema_of(FieldChange)), rows=ROWS):
        # Only changes of a field can be told; added and removed records are known by the records themselves.
        changed = owner_block(piece.filter(pl.col("change") == "changed"), "record_uid", blocks.block_of)
        kept.append(_HISTORY, 0, changed.clear().drop("block"))
        for (block,), rows in changed.partition_by("block", as_dict=True, include_key=False).items():
            kept.append(_HISTORY, int(block), rows)


def _merge(
    delivered: BlockFiles,
    merged: BlockFiles,
    held: pl.DataFrame,
    resolved: Resolved,
    *,
    place: Workspace,
    judgement: Judgement,
    count: int,
) -> bool:
    """Put the blocks with the merge plans carried out into `merged`; return whether any agency is taken up in another one."""
    columns = columns_read()
    is_merged = False
    for number in range(count):
        _, view = merged_view(place, judgement, directory_of(delivered, number), parameters=resolved.settings.merge)
        is_merged = is_merged or bool(view.aliases)
        for name, names in columns.items():
            merged.append(name, number, view.directory.tables()[name].select(names))
        merged.append(_HELD, number, view.rename(held))
    return is_merged
