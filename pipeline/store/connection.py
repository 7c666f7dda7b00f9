"""Opening database files, with DuckDB's faults told in the user's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.errors import BusyError, ResdirError, StorageError

#: Reading a snapshot must not be able to touch any other file.
READ_ONLY_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "lock_configuration": "true",
}


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file.

    Raises:
        BusyError: Another process holds it.
        StorageError: It is damaged, or the disk refuses.
    """
    with told_in_words(path):
        if read_only:
            return duckdb.connect(path, read_only=True, config=READ_ONLY_CONFIG)
        return duckdb.connect(path)


@contextmanager
def told_in_words(path: Path) -> Iterator[None]:
    """Turn DuckDB's input and output faults into errors a user understands.

    Raises:
        BusyError: Another process holds the file.
        StorageError: The file is damaged, the disk is full, or writing is not allowed.
    """
    try:
        yield
    except (
        duckdb.IOException,
        duckdb.FatalException,
        duckdb.OutOfMemoryException,
        duckdb.SerializationException,
    ) as fault:
        raise _worded(fault, path) from fault
    except OSError as fault:
        raise StorageError(
            f"{path} cannot be used: {fault.strerror or fault}.",
            advice="Free some room or check the rights on the folder, then run again. The last published night is untouched.",
        ) from fault


def _worded(fault: duckdb.Error, path: Path) -> ResdirError:
    text = str(fault)
    holder = re.search(r"PID (\d+)", text)
    if "lock" in text and (
        "Conflicting lock" in text or "Could not set lock" in text or "being used by another" in text
    ):
        who = f" (process {holder.group(1)})" if holder else ""
        return BusyError(
            f"The working file {path} is in use by another run{who}.",
            advice="Wait until it has ended, then run again. `resdir doctor` shows who holds it.",
        )
    if "not a valid DuckDB" in text or "Corrupt" in text or "corrupt" in text:
        return StorageError(
            f"The database file {path} is damaged or is not ours.",
            advice="Move it away and run again: the night is computed anew from the exports; published snapshots are untouched.",
        )
    if "No space left" in text or "disk" in text.lower() or "Could not write" in text:
        return StorageError(
            f"There is no room left to write {path}.",
            advice="Free some room on the disk and run again. The last published night is untouched.",
        )
    return StorageError(
        f"The database file {path} cannot be used: {text.splitlines()[0]}",
        advice="Run `resdir doctor`. The last published night is untouched.",
    )
