"""What a package's descriptor is believed: which of two files of one table is meant. Its version and fields are not asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePosixPath

from pipeline.ingest.delivery import DESCRIPTOR, Delivery
from schemas.layout import FileLayout


def listed_files(delivery: Delivery, *, folder: str) -> frozenset[str]:
    """Return the case-folded names of the files that the nearest descriptor lists, in the folder or above it.

    Returns:
        Empty when there is no descriptor, or when it cannot be read: the tables themselves decide then.
    """
    place = PurePosixPath(folder)
    for above in (place, *place.parents):
        read = delivery.files.get((above / DESCRIPTOR).as_posix())
        if read is not None:
            return _names_in(read())
    return frozenset()


def _names_in(data: bytes) -> frozenset[str]:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        return frozenset()
    resources = content.get("resources") if isinstance(content, dict) else None
    paths = [one.get("path") for one in resources if isinstance(one, dict)] if isinstance(resources, list) else []
    return frozenset(PurePosixPath(path).name.casefold() for path in paths if isinstance(path, str))


def choose_files(
    known: Sequence[str], *, layouts: Sequence[FileLayout], listed: frozenset[str]
) -> tuple[list[str], list[str]]:
    """Return the files that are read, and those that stand for a table which another file already holds.

    Args:
        known: File names that the layout knows.
        layouts: The tables, each with the names under which it may come, the usual one first.
        listed: Names that the descriptor lists.
    """
    chosen: list[str] = []
    for layout in layouts:
        order = [name.casefold() for name in layout.names]
        candidates = sorted(
            (file for file in known if file.casefold() in order), key=lambda file: order.index(file.casefold())
        )
        if not candidates:
            continue
        meant = [file for file in candidates if file.casefold() in listed]
        chosen.append((meant or candidates)[0])
    return sorted(chosen), [file for file in known if file not in chosen]
