"""Parting the tables of a snapshot into blocks on disk, so that none is ever in memory as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl

from pipeline.store.block_files import BlockFiles
from pipeline.store.snapshot import Snapshot

#: Rows read at a time.
ROWS = 10_000
#: Bytes of rows that are held back until they are written, so that a block is not written in crumbs.
HELD_BACK = 32 * 1024 * 1024
_BLOCK = "block of the row"


def part_snapshot(
    snapshot: Snapshot,
    columns: Mapping[str, Sequence[str]],
    *,
    files: BlockFiles,
    place: Callable[[str, pl.DataFrame], pl.Series],
    rows: int = ROWS,
    held_back: int = HELD_BACK,
) -> None:
    """Append every row of the canonical tables to its block. The rows of a block keep the order they have in the snapshot.

    Args:
        snapshot: An open snapshot, best opened with a `memory_limit`.
        columns: Columns by name of table; tables that are not named are passed over. A named table without rows is begun all the same.
        files: Where the rows go, by name of table.
        place: Given the name of a table and some of its rows, returns the block (whole number, from 0) of every row.
        rows: About how many rows are read at a time.
        held_back: Bytes of rows held in memory before they are written.

    Raises:
        InputError: The snapshot was published by an earlier release that had no such table or columns.
        StorageError: The disk is full or cannot be written to.
    """
    # One piece is written while the next are read: rows stay in order, and no more than two loads are in memory.
    with ThreadPoolExecutor(max_workers=1) as writing:
        last: Future[None] | None = None
        for table, pieces in _loads(snapshot, columns, place, rows=rows, held_back=held_back):
            if last is not None:
                last.result()
            last = writing.submit(_append, files, table, pieces)
        if last is not None:
            last.result()


def _loads(
    snapshot: Snapshot,
    columns: Mapping[str, Sequence[str]],
    place: Callable[[str, pl.DataFrame], pl.Series],
    *,
    rows: int,
    held_back: int,
) -> Iterator[tuple[str, list[pl.DataFrame]]]:
    """Return the tables in loads of pieces, every row with its block."""
    for table, asked in columns.items():
        waiting: list[pl.DataFrame] = []
        size = 0
        for piece in snapshot.batches(f"core.{table}", asked, rows=rows):
            waiting.append(piece.with_columns(place(table, piece).alias(_BLOCK)))
            size += int(waiting[-1].estimated_size())
            if size >= held_back:
                yield table, waiting
                waiting, size = [], 0
        if waiting:
            yield table, waiting


def _append(files: BlockFiles, table: str, waiting: Sequence[pl.DataFrame]) -> None:
    together = pl.concat(waiting)
    files.append(table, 0, together.clear().drop(_BLOCK))
    parts = together.partition_by(_BLOCK, as_dict=True, maintain_order=True, include_key=False)
    for (block,), part in sorted(parts.items(), key=lambda item: item[0]):
        files.append(table, int(block), part)
