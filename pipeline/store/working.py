"""The working file: held by one run at a time, written in one transaction.

Everything about the last night is recomputed and replaced; runs, measures and audit draws are added to. A run killed at any
moment leaves the file as the last committed run left it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from pipeline.store.connection import connect, told_in_words
from pipeline.store.migrate import migrate
from pipeline.store.workspace import Workspace
from schemas.contract import check, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.errors import ContractError
from schemas.tables import STORED_TABLES

#: Tables whose rows belong to one center's last export: replaced for the centers of the run, kept for the others.
REPLACED_BY_CENTER: tuple[str, ...] = (
    "control.carried",
    "control.layout_note",
    "control.filled_cells",
    "raw.header",
    "raw.row",
    "raw.reject",
    *(f"core.{name}" for name in CORE_TABLES),
    "quality.note",
)

#: Tables computed over all centers together: replaced as a whole.
REPLACED_WHOLE: tuple[str, ...] = (
    "quality.finding",
    "quality.not_applicable",
    "history.verification",
    "matching.block",
    "matching.scored_pair",
    "matching.pair_reason",
    "matching.cluster",
    "matching.cluster_alias",
    "matching.pair_state",
    "matching.merge_member",
    "matching.merged_value",
    "matching.merge_step",
    "auditing.answer",
    "auditing.score",
    "auditing.result",
)

#: Tables that only grow; a run that is repeated replaces its own rows.
ADDED_TO: dict[str, str] = {
    "control.run": "run_id",
    "control.run_input": "run_id",
    "control.input_file": "run_id",
    "quality.finding_event": "run_id",
    "history.field_change": "run_id",
    "history.rekeyed": "run_id",
    "history.signal": "run_id",
    "measure.measure": "run_id",
    "auditing.draw": "batch_id",
    "auditing.draw_item": "batch_id",
    "auditing.stratum": "batch_id",
    "auditing.automatic_score": "batch_id",
}


@dataclass(frozen=True)
class WorkingFile:
    """The open working file. Make it with `open_working`.

    Attributes:
        workspace: Where it lies.
        connection: The one connection that holds the lock.
    """

    workspace: Workspace
    connection: duckdb.DuckDBPyConnection


@contextmanager
def open_working(workspace: Workspace, *, now: datetime) -> Iterator[WorkingFile]:
    """Hold the working file for a run, brought to the newest form.

    Raises:
        BusyError: Another run holds it.
        StorageError: It is damaged, of a newer release, or the disk refuses.
    """
    workspace.prepare()
    connection = connect(workspace.working_file)
    try:
        with told_in_words(workspace.working_file):
            migrate(connection, now=now)
        yield WorkingFile(workspace=workspace, connection=connection)
    finally:
        connection.close()


def read_table(working: WorkingFile, table: str, *, without_centers: Sequence[str] = ()) -> pl.DataFrame:
    """Return a stored table, keeping its contract.

    Args:
        working: The open working file.
        table: Qualified name from `schemas.tables`.
        without_centers: Centers whose rows are left out; only for tables with a `center_id`.
    """
    wanted = schema_of(STORED_TABLES[table])
    with told_in_words(working.workspace.working_file):
        if without_centers:
            query = f"SELECT * FROM {table} WHERE NOT list_contains(?, center_id)"  # noqa: S608 - table is a known name
            frame: pl.DataFrame = working.connection.sql(query, params=[list(without_centers)]).pl()
        else:
            frame = working.connection.sql(f"SELECT * FROM {table}").pl()  # noqa: S608 - table is a known name
    return frame.select(list(wanted)).cast(pl.Schema(wanted))


def read_directory(working: WorkingFile) -> Directory:
    """Return the canonical tables of the last run."""
    return Directory.of(**{name: read_table(working, f"core.{name}") for name in CORE_TABLES})


def save_night(working: WorkingFile, tables: Mapping[str, pl.DataFrame], *, centers: Sequence[str]) -> dict[str, int]:
    """Write a run in one transaction.

    Args:
        working: The open working file.
        tables: Frames by qualified table name; tables not named stay as they are.
        centers: Centers whose rows are replaced.

    Returns:
        Rows written per table.

    Raises:
        ContractError: A frame breaks its table's contract; nothing is written.
        StorageError: The disk refuses; nothing is written.
    """
    for table, frame in tables.items():
        check(frame, STORED_TABLES[table])
    _refuse_repeated_keys(tables)
    connection = working.connection
    with told_in_words(working.workspace.working_file):
        connection.execute("BEGIN")
        try:
            for table, frame in tables.items():
                _replace(connection, table, frame, centers=centers)
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise
    return {table: frame.height for table, frame in tables.items()}


def _refuse_repeated_keys(tables: Mapping[str, pl.DataFrame]) -> None:
    for table, frame in tables.items():
        if table.startswith("core.") and table != "core.translation":
            keys = frame.select("center_id", "record_uid")
            if keys.is_duplicated().any():
                raise ContractError(
                    f"The table {table} holds a key twice: {keys.filter(keys.is_duplicated()).head(1).rows()}."
                )


def _replace(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame, *, centers: Sequence[str]) -> None:
    if table in REPLACED_BY_CENTER:
        connection.execute(f"DELETE FROM {table} WHERE list_contains(?, center_id)", [list(centers)])  # noqa: S608 - known name
    elif table in REPLACED_WHOLE:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - known name
    else:
        key = ADDED_TO[table]
        keys = frame.get_column(key).unique().sort().to_list()
        connection.execute(f"DELETE FROM {table} WHERE list_contains(?, {key})", [keys])  # noqa: S608 - known names
    if frame.is_empty():
        return
    connection.register("incoming", frame)
    try:
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")  # noqa: S608 - known name
    finally:
        connection.unregister("incoming")


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    # After a fatal fault the connection refuses even the rollback; closing it rolls back.
    try:
        connection.execute("ROLLBACK")
    except duckdb.Error:
        return
