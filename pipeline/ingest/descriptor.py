"""What a package's descriptor is believed: which of two files of one table is meant. Its version and fields are not asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.ingest.delivery import DESCRIPTOR, Delivery
from schemas.layout import FileLayout

#: Files named in one sentence; further ones are counted (project choice).
_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """What a package says of itself.

    Attributes:
        place: Path of the descriptor inside the delivery; empty when there is none.
        fault: What makes it unusable, to stand behind its name; empty when nothing does.
        files: Names of the files that it lists, as written, without their folders.
    """

    place: str = ""
    fault: str = ""
    files: tuple[str, ...] = ()

    @property
    def listed(self) -> frozenset[str]:
        """The case-folded names of the files; empty when there is no descriptor that can be used."""
        return frozenset(name.casefold() for name in self.files)


def read_descriptor(delivery: Delivery, *, folder: str) -> Descriptor:
    """Return the nearest descriptor, in the folder or above it. One that cannot be used is no error: the tables decide."""
    place = PurePosixPath(folder)
    for above in (place, *place.parents):
        path = (above / DESCRIPTOR).as_posix()
        read = delivery.files.get(path)
        if read is not None:
            return _parse(read(), place=path)
    return Descriptor()


def _parse(data: bytes, *, place: str) -> Descriptor:
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        return Descriptor(place=place, fault=f"is not UTF-8 (byte {fault.start:,})")
    except json.JSONDecodeError as fault:
        return Descriptor(place=place, fault=f"is not valid JSON (line {fault.lineno:,})")
    except RecursionError:
        return Descriptor(place=place, fault="is nested too deeply")
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list):
        return Descriptor(place=place, fault="has no list of resources")
    paths = [one.get("path") for one in resources if isinstance(one, dict)]
    return Descriptor(place=place, files=tuple(PurePosixPath(path).name for path in paths if isinstance(path, str)))


def describe_descriptor(descriptor: Descriptor, *, present: Iterable[str], read: Sequence[str]) -> tuple[str, ...]:
    """Return what is wrong with a descriptor, one sentence each.

    Args:
        descriptor: What the package says of itself.
        present: Names of all files in the folder.
        read: Names of the tables that are read.
    """
    if descriptor.fault:
        return (f"{descriptor.place} {descriptor.fault}; it is passed over, and the tables are read as they are.",)
    if not descriptor.place:
        return ()
    there = {name.casefold() for name in present}
    lacking = sorted({name for name in descriptor.files if name.casefold() not in there})
    unlisted = [name for name in read if name.casefold() not in descriptor.listed]
    notices = []
    if lacking:
        notices.append(f"{descriptor.place} lists files that are not there: {len(lacking):,} ({_shown(lacking)}).")
    if unlisted:
        notices.append(
            f"{descriptor.place} does not list tables that are there and are read: {len(unlisted):,} ({_shown(unlisted)})."
        )
    return tuple(notices)


def _shown(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return f"{', '.join(names[:_SHOWN])}{f' and {more:,} more' if more > 0 else ''}"


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
