"""Files of parts put one behind the other: moved where that is enough, else copied in pieces, never whole in memory."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import BinaryIO

#: Bytes copied at a time.
_PIECE = 1 << 20


def join_files(
    target: Path, sources: Sequence[Path], *, has_header: bool = False, without: Collection[bytes] = ()
) -> None:
    """Put files one behind the other into one; the sources are gone afterwards.

    Args:
        target: The file to make; it is not there yet.
        sources: The files, in order; those that are missing are passed over. Without any, nothing is made.
        has_header: Whether every file begins with the same line, which is kept once.
        without: Bytes that are taken out wherever they stand in a line.
    """
    present = [source for source in sources if source.is_file()]
    if not present:
        return
    if not without:
        shutil.move(present.pop(0), target)
    with target.open("ab") as file:
        for place, source in enumerate(present):
            with source.open("rb") as piece:
                if has_header and (place or not without):
                    piece.readline()
                if without:
                    _copy_without(piece, file, without)
                else:
                    shutil.copyfileobj(piece, file, _PIECE)
            source.unlink()


def _copy_without(source: BinaryIO, target: BinaryIO, without: Collection[bytes]) -> None:
    while lines := source.readlines(_PIECE):
        together = b"".join(lines)
        for told in without:
            together = together.replace(told, b"")
        target.write(together)
