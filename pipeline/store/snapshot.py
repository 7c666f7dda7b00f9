"""Published snapshots: versioned, compact, read-only copies, and the pointer to the current one.

Readers never open the working file: one writer there excludes everyone. They open the snapshot that the pointer names, which
is replaced by an atomic rename after the snapshot is complete.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast

import duckdb
import polars as pl

from pipeline.store.connection import connect, told_in_words
from pipeline.store.working import WorkingFile
from pipeline.store.workspace import Workspace
from schemas.contract import schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.errors import InputError, StorageError
from schemas.tables import STORED_TABLES


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """What the pointer file says.

    Attributes:
        run_id: Run that was published last.
        snapshot: File name in the folder `published`.
        as_of: Day the run speaks of.
        published_at: Moment of publication, UTC.
    """

    run_id: str
    snapshot: str
    as_of: date
    published_at: datetime


@dataclass(frozen=True)
class Snapshot:
    """An open snapshot. Make it with `open_published`.

    Attributes:
        pointer: Which run it is.
        connection: Read-only connection that can touch no other file.
    """

    pointer: Pointer
    connection: duckdb.DuckDBPyConnection

    def table(self, name: str) -> pl.DataFrame:
        """Return a stored table by its qualified name, keeping its contract.

        Raises:
            InputError: The snapshot was published by an earlier release that had no such table or columns.
        """
        return self._columns(name, "*", schema_of(STORED_TABLES[name]))

    def directory(self) -> Directory:
        """Return the canonical tables."""
        return Directory.of(**{name: self.table(f"core.{name}") for name in CORE_TABLES})

    def part_of_directory(self, columns: Mapping[str, Sequence[str]]) -> Directory:
        """Return some columns of the canonical tables, for what needs no others: a fraction of the memory.

        Args:
            columns: Columns by name of table; a table that is not named is empty.
        """
        frames = {}
        for name, model in CORE_TABLES.items():
            asked = columns.get(name)
            schema = schema_of(model)
            if asked is None:
                frames[name] = pl.DataFrame(schema=schema)
                continue
            wanted = {column: schema[column] for column in asked}
            # Names of columns come from our own contracts.
            frames[name] = self._columns(f"core.{name}", ", ".join(f'"{column}"' for column in wanted), wanted)
        return Directory(**frames)

    def count(self, name: str) -> int:
        """Return the number of rows of a stored table."""
        with _told_of_age():
            ((rows,),) = self.connection.sql(f"SELECT count(*) FROM {name}").fetchall()  # noqa: S608 - ours
        return int(rows)

    def batches(self, name: str, columns: Sequence[str], *, rows: int) -> Iterator[pl.DataFrame]:
        """Return some columns of a stored table in pieces, one after the other: the table is never in memory as a whole.

        Other tables may be read meanwhile. The rows come in the order of the table, the same every time.

        Args:
            name: Qualified name of the table.
            columns: Columns by name.
            rows: About how many rows a piece has.

        Yields:
            Pieces, each keeping the contract; of a table without rows one piece without rows.

        Raises:
            InputError: The snapshot was published by an earlier release that had no such table or columns.
        """
        schema = schema_of(STORED_TABLES[name])
        wanted = pl.Schema({column: schema[column] for column in columns})
        selected = ", ".join(f'"{column}"' for column in wanted)
        # A cursor of its own: another query of the same connection would end this one.
        with self.connection.cursor() as cursor:
            with _told_of_age():
                reader = cursor.sql(f"SELECT {selected} FROM {name}").to_arrow_reader(rows)  # noqa: S608 - ours
            is_empty = True
            for batch in reader:
                is_empty = False
                yield cast("pl.DataFrame", pl.from_arrow(batch)).cast(wanted)
            if is_empty:
                yield pl.DataFrame(schema=wanted)

    def _columns(self, name: str, selected: str, wanted: Mapping[str, pl.DataType]) -> pl.DataFrame:
        with _told_of_age():
            frame: pl.DataFrame = self.connection.sql(f"SELECT {selected} FROM {name}").pl()  # noqa: S608 - ours
        if not set(wanted) <= set(frame.columns):
            raise _of_earlier_release()
        return frame.select(list(wanted)).cast(pl.Schema(wanted))


@contextmanager
def _told_of_age() -> Iterator[None]:
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as fault:
        raise _of_earlier_release() from fault


def _of_earlier_release() -> InputError:
    return InputError(
        "The last night was published by an earlier release of resdir.",
        advice="Run `resdir nightly` once; it brings everything to the new form.",
    )


def publish_snapshot(working: WorkingFile, *, run_id: str, as_of: date, now: datetime, keep: int) -> Path:
    """Copy the working file into a new snapshot and point to it.

    Args:
        working: The open working file, committed.
        run_id: Run that is published.
        as_of: Day it speaks of.
        now: Moment of publication, UTC.
        keep: Snapshots to keep, the new one included; at least 1.

    Returns:
        Path of the new snapshot.

    Raises:
        StorageError: The disk refuses. The pointer still names the last good snapshot.
    """
    folder = working.workspace.published
    target = folder / f"run_{run_id}.duckdb"
    unfinished = folder / f".unfinished_{run_id}.duckdb"
    with told_in_words(target):
        try:
            _copy_database(working, unfinished)
            unfinished.replace(target)
            _write_pointer(
                working.workspace, Pointer(run_id=run_id, snapshot=target.name, as_of=as_of, published_at=now)
            )
        finally:
            _forget_unfinished(folder)
    _forget_old(folder, keep=keep, current=target)
    return target


def read_pointer(workspace: Workspace) -> Pointer | None:
    """Return what the pointer says, or None when nothing was published yet.

    Raises:
        StorageError: The pointer file is unreadable.
    """
    if not workspace.pointer.is_file():
        return None
    try:
        said = json.loads(workspace.pointer.read_text(encoding="utf-8"))
        return Pointer(
            run_id=said["run_id"],
            snapshot=said["snapshot"],
            as_of=date.fromisoformat(said["as_of"]),
            published_at=datetime.fromisoformat(said["published_at"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise StorageError(
            f"The pointer {workspace.pointer} cannot be read.",
            advice="Run `resdir nightly` again; it writes a new one.",
        ) from fault


def kept_runs(workspace: Workspace) -> list[str]:
    """Return the runs whose snapshots are kept, the earliest first."""
    return sorted(path.stem.removeprefix("run_") for path in workspace.published.glob("run_*.duckdb"))


@contextmanager
def open_published(
    workspace: Workspace, *, run_id: str | None = None, memory_limit: str | None = None
) -> Iterator[Snapshot]:
    """Open the current snapshot for reading, or that of an earlier run. A run may publish a newer one meanwhile.

    Args:
        workspace: Where it lies.
        run_id: An earlier run, see `kept_runs`; None opens the current one. The pointer of the snapshot is the current one.
        memory_limit: How much memory reading may take, such as `300MB`, for reading in pieces; None for DuckDB's own limit.

    Raises:
        InputError: Nothing was published yet.
        StorageError: The snapshot is gone or damaged.
    """
    pointer = read_pointer(workspace)
    if pointer is None:
        raise InputError(
            f"Nothing was published yet in {workspace.root}.", advice="Run `resdir nightly EXPORT --center ID` first."
        )
    path = workspace.published / (pointer.snapshot if run_id is None else f"run_{run_id}.duckdb")
    if not path.is_file():
        raise StorageError(f"The snapshot {path} is gone.", advice="Run `resdir nightly` again; it makes a new one.")
    connection = connect(path, read_only=True, memory_limit=memory_limit)
    try:
        yield Snapshot(pointer=pointer, connection=connection)
    finally:
        connection.close()


def _copy_database(working: WorkingFile, target: Path) -> None:
    connection = working.connection
    target.unlink(missing_ok=True)
    ((current,),) = connection.execute("SELECT current_database()").fetchall()
    quoted = str(target).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS snapshot")
    try:
        connection.execute(f'COPY FROM DATABASE "{current}" TO snapshot')
    finally:
        connection.execute("DETACH snapshot")


def _write_pointer(workspace: Workspace, pointer: Pointer) -> None:
    text = json.dumps(
        {
            "run_id": pointer.run_id,
            "snapshot": pointer.snapshot,
            "as_of": pointer.as_of.isoformat(),
            "published_at": pointer.published_at.isoformat(),
        },
        indent=2,
    )
    unfinished = workspace.pointer.with_suffix(".tmp")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(workspace.pointer)


def _forget_unfinished(folder: Path) -> None:
    # Of this run when it failed, and of runs that were killed: only one run at a time gets here.
    for path in folder.glob(".unfinished_*"):
        with suppress(OSError):
            path.unlink()


def _forget_old(folder: Path, *, keep: int, current: Path) -> None:
    old = sorted(
        (path for path in folder.glob("run_*.duckdb") if path != current), key=lambda path: path.name, reverse=True
    )
    for path in old[max(keep - 1, 0) :]:
        # A reader may still hold an old snapshot (Windows then refuses); the next run tries again.
        with suppress(OSError):
            path.unlink()
