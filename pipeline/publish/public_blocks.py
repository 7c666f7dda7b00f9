"""What may leave of a directory, block by block: a small one is one block in memory, a large one is read from where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from pipeline.publish.package_changes import PackageChanges, keep_changes
from pipeline.publish.public_directory import PublicDirectory
from pipeline.publish.public_records import Selection
from schemas.private_values import PrivateValues
from schemas.public_columns import public_tables

#: Agencies, sites, services and links of a directory that is held in memory as a whole: it takes about a gigabyte, and blocks would take
#: a fifth more time (measured).
IN_MEMORY_RECORDS = 150_000
#: About how many of them are in a block of a larger directory. Bounds the memory: some blocks are worked on at a time, and so many
#: records with all that belongs to them take about a quarter of a gigabyte (measured).
BLOCK_RECORDS = 50_000

#: Tables of a public directory that are kept beside those of records and what belongs to them.
_FURTHER = ("withheld_value",)
#: The verdicts on all records, among the frames of a public directory.
SELECTION = "selection"


@dataclass(frozen=True, kw_only=True)
class PublicBlocks:
    """What may leave, in blocks of whole families of agencies: nothing in a block refers to another one.

    Args:
        as_of: Day the data speaks of.
        center_ids: Centers in it, sorted.
        private_values: What must not be found in anything written from this.
        count: Number of blocks; at least 1.
        read: Returns a block by its number.
        columns: Returns some columns of a table (by its name) of all blocks, one block after the other.
    """

    as_of: date
    center_ids: tuple[str, ...]
    private_values: PrivateValues = field(repr=False)
    count: int
    read: Callable[[int], PublicDirectory]
    columns: Callable[[str, Sequence[str]], pl.DataFrame]

    @classmethod
    def of(cls, public: PublicDirectory) -> PublicBlocks:
        """Return a public directory in memory as one block."""
        return cls(
            as_of=public.as_of,
            center_ids=public.center_ids,
            private_values=public.private_values,
            count=1,
            read=lambda _: public,
            columns=lambda table, names: public.tables()[table].select(names),
        )

    def __iter__(self) -> Iterator[PublicDirectory]:
        """Return the blocks in order."""
        return (self.read(number) for number in range(self.count))

    def changed(self, changes: PackageChanges) -> PublicDirectory:
        """Return the bundles in which anything changed as one public directory (see `keep_changes`).

        It is in memory as a whole: a delta holds what changed, and not more.
        """
        return join_blocks([keep_changes(block, changes) for block in self])


def join_blocks(blocks: Sequence[PublicDirectory]) -> PublicDirectory:
    """Return the directory that blocks make together; at least one."""
    if len(blocks) == 1:
        return blocks[0]
    frames = {name: pl.concat([frames_of(block)[name] for block in blocks]) for name in frames_of(blocks[0])}
    selection = Selection(records=frames.pop(SELECTION).sort("kind", "center_id", "record_uid"))
    removed: dict[str, int] = {}
    for block in blocks:
        for reason, count in block.removed.items():
            removed[reason] = removed.get(reason, 0) + count
    return replace(blocks[0].with_tables(frames, selection=selection), removed=dict(sorted(removed.items())))


def frame_names() -> tuple[str, ...]:
    """Return the names of the frames of a public directory, as `frames_of` gives them."""
    return (*public_tables(), *_FURTHER, SELECTION)


def frames_of(public: PublicDirectory) -> dict[str, pl.DataFrame]:
    """Return all frames of a public directory by name, to be kept somewhere; `from_frames` makes it again."""
    return {
        **public.tables(),
        **{name: getattr(public, name) for name in _FURTHER},
        SELECTION: public.selection.records,
    }


def from_frames(
    frames: Mapping[str, pl.DataFrame],
    *,
    removed: Mapping[str, int],
    as_of: date,
    center_ids: tuple[str, ...],
    values: PrivateValues,
) -> PublicDirectory:
    """Return the public directory of which `frames_of` gave the frames."""
    tables = {name: frame for name, frame in frames.items() if name != SELECTION}
    return PublicDirectory(
        **tables,
        selection=Selection(records=frames[SELECTION]),
        removed=removed,
        as_of=as_of,
        center_ids=center_ids,
        private_values=values,
    )
