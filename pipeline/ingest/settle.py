"""Files that are still being written: waited for a moment before they are read, and compared again when all is read.

Nobody tells when an export is finished. A file that was written to a moment ago may still grow, so it is left alone until its
last change is some seconds old. What has changed from its listing to the end of ingest is refused: half an export would be
taken for the whole, and its missing records for removed ones.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from time import sleep, time

from schemas.errors import InputError

_ADVICE = "Wait until the export is finished, then run again."

#: Path of a file to what the disk said of it.
Found = Mapping[Path, os.stat_result]


def wait_until_settled(found: Found, *, settle_seconds: float) -> float:
    """Sleep until the last change of every file is some seconds old, and return how long that was.

    Args:
        found: The files.
        settle_seconds: Age of the last change, in seconds, from which a file is taken for finished. A last change in the
            future (another machine's clock) is waited for no longer than this.
    """
    if not found:
        return 0.0
    youngest = time() - max(one.st_mtime for one in found.values())
    seconds = min(max(settle_seconds - youngest, 0.0), settle_seconds)
    if seconds > 0:
        sleep(seconds)
    return seconds


def refuse_changed(before: Found, now: Found) -> None:
    """Stop when a file has been written to, has come or has gone since it was listed.

    Raises:
        InputError: Names the first such file.
    """
    for path in sorted({*before, *now}):
        first, last = before.get(path), now.get(path)
        if first is None:
            raise InputError(f"{path.name} came while the delivery was being read.", advice=_ADVICE)
        if last is None:
            raise InputError(f"{path.name} was taken away while the delivery was being read.", advice=_ADVICE)
        refuse_written(path, first, last)


def refuse_written(path: Path, before: os.stat_result, now: os.stat_result) -> None:
    """Stop when size or last change of a file are others than before.

    Raises:
        InputError: Tells both sizes.
    """
    if (before.st_size, before.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
        raise InputError(
            f"{path.name} was being written while it was read: it had {before.st_size:,} bytes at first and has "
            f"{now.st_size:,} now.",
            advice=_ADVICE,
        )
