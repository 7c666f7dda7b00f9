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


def connect(path: Path, *, read_only: bool = False, memory_limit: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database file.

    Args:
        path: The file.
        read_only: Whether it is only read.
        memory_limit: How much memory reading may take, such as `300MB`; None for DuckDB's own limit. For reading only.

    Raises:
        BusyError: Another process holds it.
        StorageError: It is damaged, or the disk refuses.
    """
    with told_in_words(path):
        if read_only:
            limit = {} if memory_limit is None else {"memory_limit": memory_limit}
            return duckdb.connect(path, read_only=True, config={**READ_ONLY_CONFIG, **limit})
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
    except duckdb.Error as fault:
        # A full disk may show as a fault of input and output, of the transaction, or as a fatal one: the text tells.
        worded = _worded(fault, path)
        if worded is None:
            raise
        raise worded from fault
    except OSError as fault:
        raise StorageError(
            f"{path} cannot be used: {fault.strerror or fault}.",
            advice="Free some room or check the rights on the folder, then run again. The last published night is untouched.",
        ) from fault


def _worded(fault: duckdb.Error, path: Path) -> ResdirError | None:
    text = str(fault)
    holder = re.search(r"PID (\d+)", text)
    if "Could not set lock" in text or "being used by another process" in text:
        who = f" (process {holder.group(1)})" if holder else ""
        return BusyError(
            f"The working file {path} is in use by another run{who}.",
            advice="Wait until it has ended, then run again.",
        )
    if "not a valid DuckDB" in text or "orrupt" in text:
        return StorageError(
            f"The database file {path} is damaged or is not ours.",
            advice="Move it away and run again: the night is computed anew from the exports; published snapshots are untouched.",
        )
    if "No space left" in text or "not enough space" in text or "disk full" in text.lower():
        return StorageError(
            f"There is no room left on the disk for {path}.",
            advice="Free some room and run again. The last published night is untouched.",
        )
    if isinstance(fault, duckdb.IOException | duckdb.FatalException | duckdb.OutOfMemoryException):
        return StorageError(
            f"The database file {path} cannot be used: {text.splitlines()[0]}",
            advice="Run `resdir doctor`. The last published night is untouched.",
        )
    return None
