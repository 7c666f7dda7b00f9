"""Tables parted into blocks in a temporary folder, from which one block at a time is read back."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import polars as pl
import psutil

from pipeline.store.connection import told_in_words
from schemas.errors import StorageError

#: Measured on 100,000 services: a third of the bytes of uncompressed files for 0.3 s more of writing and reading in all.
_COMPRESSION: Final = "lz4"
#: Strings are written as they lie in the rows of the piece. The newer form writes every text that the piece was cut from.
_STRINGS = pl.CompatLevel.oldest()


_PREFIX = ".blocks_"


class BlockFiles:
    """Tables in blocks, in a folder of its own that is deleted at the end. Use it as a context manager, or call `close`.

    Folders of runs of this machine that were killed before they could delete theirs are deleted first.

    There is one file per table and block, to which pieces are appended as Arrow IPC streams; where each piece begins is known here.

    Args:
        folder: Where the temporary folder is made; made too when it is not there.

    Raises:
        StorageError: The folder cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        with told_in_words(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _delete_left_behind(folder)
            self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{_machine()}_{os.getpid()}_", dir=folder))
        self._schemas: dict[str, pl.Schema] = {}
        self._lengths: dict[tuple[str, int], list[int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the folder and all that is in it. Nothing happens the second time."""
        # What came before is what the user has to hear of, not that a folder stays behind.
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that were begun, in the order in which they were."""
        return tuple(self._schemas)

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks that have rows in any table, sorted."""
        return tuple(sorted({block for _, block in self._lengths}))

    def append(self, table: str, block: int, frame: pl.DataFrame) -> None:
        """Add rows to a block of a table. A frame without rows only tells which columns the table has.

        Raises:
            ValueError: The columns or dtypes are not those of the rows appended to this table before.
            StorageError: The disk is full or cannot be written to.
        """
        if self._schemas.setdefault(table, frame.schema) != frame.schema:
            raise ValueError(f"The table {table} was begun with other columns.")
        if frame.is_empty():
            return
        stream = frame.write_ipc_stream(None, compression=_COMPRESSION, compat_level=_STRINGS).getbuffer()
        path = self._path(table, block)
        with told_in_words(path), path.open("ab") as file:
            file.write(stream)
        self._lengths.setdefault((table, block), []).append(stream.nbytes)

    def read(self, table: str, block: int, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return a block of a table, rows in the order in which they were appended.

        Args:
            table: Name of the table.
            block: Number of the block; one without rows gives a frame without rows.
            columns: Columns to return, in this order; None for all.

        Raises:
            KeyError: Nothing was ever appended to the table.
            StorageError: The file cannot be read, or was changed by others.
        """
        return self._joined(table, self._pieces(table, block, columns), columns)

    def columns(self, table: str, names: Sequence[str]) -> pl.DataFrame:
        """Return some columns of a table over all blocks, one block after the other.

        Raises:
            KeyError: Nothing was ever appended to the table.
            StorageError: A file cannot be read, or was changed by others.
        """
        return self._joined(
            table, [piece for block in self.blocks for piece in self._pieces(table, block, names)], names
        )

    def _joined(self, table: str, pieces: list[pl.DataFrame], columns: Sequence[str] | None) -> pl.DataFrame:
        schema = self._schemas[table]
        if not pieces:
            return pl.DataFrame(schema={name: schema[name] for name in (schema if columns is None else columns)})
        return pl.concat(pieces, rechunk=True)

    def _pieces(self, table: str, block: int, columns: Sequence[str] | None) -> list[pl.DataFrame]:
        lengths = self._lengths.get((table, block), [])
        if not lengths:
            return []
        path = self._path(table, block)
        wanted = None if columns is None else list(columns)
        pieces = []
        with told_in_words(path), path.open("rb") as file:
            for length in lengths:
                stream = file.read(length)
                if len(stream) < length:
                    raise _of_other_hands(path)
                piece = pl.read_ipc_stream(stream, columns=wanted)
                # The columns come as they lie in the file.
                pieces.append(piece if wanted is None else piece.select(wanted))
        return pieces

    def _path(self, table: str, block: int) -> Path:
        return self.folder / f"{table}.{block}.arrows"


def _of_other_hands(path: Path) -> StorageError:
    return StorageError(
        f"The temporary file {path} was changed while it was in use.",
        advice="Let nothing clean up that folder meanwhile, and run again. The last published night is untouched.",
    )


def _machine() -> str:
    """Return the name of this machine, as far as it can stand in the name of a folder."""
    return re.sub(r"[^A-Za-z0-9-]", "-", platform.node()) or "here"


def _delete_left_behind(folder: Path) -> None:
    for path in folder.glob(f"{_PREFIX}{_machine()}_*"):
        process = path.name.removeprefix(f"{_PREFIX}{_machine()}_").partition("_")[0]
        if process.isdigit() and not psutil.pid_exists(int(process)):
            shutil.rmtree(path, ignore_errors=True)
