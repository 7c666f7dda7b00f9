"""Building a package, whole or of what changed: a small directory at once, a large one block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import polars as pl

from flows.export_ground import ExportGround
from flows.export_targets import BuildRequest, Target
from flows.settings import Resolved
from pipeline.publish.export_package import Package
from pipeline.publish.joined_package import Part, as_part
from pipeline.publish.package_changes import PackageChanges, record_contents
from pipeline.publish.working_ahead import worked_ahead
from pipeline.store.block_files import BlockFiles
from pipeline.store.workspace import Workspace
from schemas.errors import StorageError

_CONTENTS = "contents"


@dataclass(frozen=True, kw_only=True)
class WorkFolder:
    """Where an export is made before it is released; deleted at the end. Make it with `WorkFolder.of`.

    Args:
        files: The folder, and the contents of all blocks.
    """

    files: BlockFiles

    @classmethod
    @contextmanager
    def of(cls, place: Workspace) -> Iterator[Self]:
        """Make one in a workspace.

        Raises:
            StorageError: The disk refuses, now or while something is written into it.
        """
        try:
            with BlockFiles(place.exports) as files:
                yield cls(files=files)
        except OSError as fault:
            raise StorageError(
                f"The export could not be prepared in {place.exports}: {fault.strerror or fault}.",
                advice="Check the free space and the rights of that folder; earlier packages are unchanged.",
            ) from fault

    def folder(self, name: str) -> Path:
        """Return a new empty folder in it."""
        path = self.files.folder / name
        path.mkdir(parents=True)
        return path


@dataclass(frozen=True, kw_only=True)
class Whole:
    """The package of everything.

    Args:
        package: The package.
        contents: Returns the contents of its records (`record_contents`) in pieces.
    """

    package: Package
    contents: Callable[[], Iterable[pl.DataFrame]]


def build_whole(
    ground: ExportGround, target: Target, *, resolved: Resolved, work: WorkFolder, is_released: bool
) -> Whole:
    """Return the package of everything that may leave.

    Args:
        ground: What may leave.
        target: The target.
        resolved: Settings.
        work: Where files of blocks are written; the package is written from them.
        is_released: Whether it is to be written; otherwise only its contents are asked, and it cannot be written.
    """
    blocks = ground.public
    request = _request(ground, target, resolved=resolved, removed=None)
    if blocks.count == 1:
        public = blocks.read(0)
        scratch = work.folder("whole") if is_released else None
        package = target.build(
            request(public=public, history=ground.history(0), scratch=scratch, is_part=False, removed=None)
        )
        contents = record_contents(public, package.written)
        return Whole(package=package, contents=lambda: [contents])
    parts: list[Part] = []

    def make(number: int) -> tuple[Part, pl.DataFrame]:
        public = blocks.read(number)
        folder = work.folder(f"block_{number:05}")
        package = target.build(
            request(
                public=public,
                history=ground.history(number),
                scratch=work.folder(f"made_{number:05}") if is_released else None,
                is_part=True,
                removed=None,
            )
        )
        # Faults of all blocks are told; files are written for a package that may be released only.
        if is_released and not package.preflight.errors:
            package.write_files(folder)
        return as_part(package, folder), record_contents(public, package.written)

    for number, (part, contents) in enumerate(worked_ahead(make, range(blocks.count))):
        parts.append(part)
        work.files.append(_CONTENTS, number, contents)
    return Whole(
        package=target.join(parts, resolved),
        contents=lambda: (work.files.read(_CONTENTS, number) for number in range(blocks.count)),
    )


def build_changes(
    ground: ExportGround, target: Target, changes: PackageChanges, *, resolved: Resolved, work: WorkFolder
) -> Package:
    """Return the package of the bundles in which anything changed since an earlier export.

    Args:
        ground: What may leave.
        target: The target.
        changes: What changed.
        resolved: Settings.
        work: Where files may be written before they are released.
    """
    request = _request(ground, target, resolved=resolved, removed=changes.removed)
    return target.build(
        request(
            public=ground.public.changed(changes),
            history=ground.history(None),
            scratch=work.folder("changes"),
            is_part=False,
            removed=changes.removed,
        )
    )


def _request(
    ground: ExportGround, target: Target, *, resolved: Resolved, removed: pl.DataFrame | None
) -> Callable[..., BuildRequest]:
    """Return what makes a request, with all that is the same for every block."""
    return partial(
        BuildRequest,
        resolved=resolved,
        run_id=ground.run_id,
        withhold=ground.withhold,
        whole=target.look_at(ground.public, resolved, removed),
    )
