"""Files of parts put one behind the other: moved where that is enough, else copied in pieces, never whole in memory."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

#: Bytes copied at a time.
_PIECE = 1 << 20


def join_files(target: Path, sources: Sequence[Path], *, has_header: bool = False) -> None:
    """Put files one behind the other into one; the sources are gone afterwards.

    Args:
        target: The file to make; it is not there yet.
        sources: The files, in order; those that are missing are passed over. Without any, nothing is made.
        has_header: Whether every file begins with the same line, which is kept once.
    """
    present = [source for source in sources if source.is_file()]
    if not present:
        return
    shutil.move(present[0], target)
    with target.open("ab") as file:
        for source in present[1:]:
            with source.open("rb") as piece:
                if has_header:
                    piece.readline()
                shutil.copyfileobj(piece, file, _PIECE)
            source.unlink()
