"""Undoing a run that was stored but never published, so that what people see and what the next night compares with are the same."""

from __future__ import annotations

import shutil
from datetime import datetime

import polars as pl

from pipeline.store.connection import told_in_words
from pipeline.store.snapshot import open_published, read_pointer
from pipeline.store.working import open_working, read_table, save_night
from pipeline.store.workspace import Workspace


def undo_unpublished(workspace: Workspace, *, now: datetime) -> tuple[str, ...]:
    """Bring the working file back to the last published night, if a later run was stored in it and never published.

    A run is stored first and published then; a full disk or a killed process can come between. The snapshot is a copy of the whole
    working file, so nothing else is needed. Rows about stopped runs are kept: they were never meant to be published.

    Args:
        workspace: Where it lies.
        now: Moment, UTC.

    Returns:
        Names of the runs that were undone; empty when there was nothing to undo.

    Raises:
        BusyError: Another run holds the working file.
        StorageError: The disk refuses; the working file stays as it is.
    """
    if not workspace.working_file.is_file():
        return ()
    with open_working(workspace, now=now) as working:
        runs = read_table(working, "control.run")
    pointer = read_pointer(workspace)
    if pointer is None:
        published: set[str] = set()
    elif not (workspace.published / pointer.snapshot).is_file():
        # Nothing to go back to; the next night publishes what is stored.
        return ()
    else:
        with open_published(workspace) as snapshot:
            published = set(snapshot.table("control.run").get_column("run_id"))
    later = runs.filter(~pl.col("run_id").is_in(sorted(published)))
    undone = later.filter(pl.col("status") == "published").get_column("run_id").sort().to_list()
    if not undone:
        return ()
    _replace(workspace, snapshot=None if pointer is None else pointer.snapshot)
    stopped = later.filter(pl.col("status") != "published")
    if stopped.height:
        with open_working(workspace, now=now) as working:
            save_night(working, {"control.run": stopped}, centers=[])
    return tuple(undone)


def _replace(workspace: Workspace, *, snapshot: str | None) -> None:
    target = workspace.working_file
    with told_in_words(target):
        if snapshot is None:
            target.unlink()
        else:
            unfinished = target.with_suffix(".restoring")
            shutil.copyfile(workspace.published / snapshot, unfinished)
            unfinished.replace(target)
        # What DuckDB had not yet written into the old file belongs to the run that is undone.
        target.with_suffix(".duckdb.wal").unlink(missing_ok=True)
