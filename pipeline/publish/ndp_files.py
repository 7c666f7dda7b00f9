"""The files of NDP-shaped bundles: one bundle per line, on wish one file per bundle, and the ids of what is gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import orjson
import polars as pl

from pipeline.publish.ndp_block import Remarks, Source, read_blocks
from pipeline.publish.ndp_bundles import bundle_lines
from pipeline.publish.ndp_selection import NdpSelection
from pipeline.publish.ndp_shape import RECORD_OBJECTS
from pipeline.publish.ndp_tables import NdpContext, block_tables
from pipeline.publish.public_directory import PublicDirectory
from pipeline.publish.working_ahead import worked_ahead
from schemas.errors import ContractError

BUNDLES_FILE = "organizations.jsonl"
FOLDER = "organizations"
REMOVED_FILE = "removed.jsonl"


@dataclass(frozen=True, kw_only=True)
class NdpContent:
    """What the files are written from.

    Args:
        public: What may leave.
        selection: Which of it is written, and where.
        context: Words, owners and terms.
        per_organization_files: Whether every bundle has a file of its own too.
        removed: Records that are gone: `kind`, `id`; None when that was not asked.
    """

    public: PublicDirectory
    selection: NdpSelection
    context: NdpContext
    per_organization_files: bool
    removed: pl.DataFrame | None


def write_bundles(folder: Path, *, content: NdpContent) -> None:
    """Write the bundles into an empty folder, some at a time; the same data gives the same bytes.

    `organizations.jsonl` holds one bundle per line, in the order of ids. `organizations/<id>.json` holds an array of one, as the receiver
    answers; signs that a file name cannot hold stand as %XX. `removed.jsonl` holds a line `{"type": …, "id": …}` per record that is
    gone: the format knows a status `deleted`, but a bundle needs the name of the agency, which nobody has any more.
    """

    def work(source: Source) -> tuple[pl.Series, pl.Series]:
        tables = block_tables(source, content.context, Remarks())
        return tables["organization"]["id"], bundle_lines(tables)

    with bundle_files(folder, per_organization_files=content.per_organization_files) as write:
        for ids, lines in worked_ahead(work, read_blocks(content.public, content.selection)):
            write(ids, lines)
    if content.removed is not None:
        write_removed(folder, content.removed)


@contextmanager
def bundle_files(folder: Path, *, per_organization_files: bool) -> Iterator[Callable[[pl.Series, pl.Series], None]]:
    """Begin the files of bundles in an empty folder and give what writes some bundles: their ids and their lines, both in order."""
    if per_organization_files:
        (folder / FOLDER).mkdir()
    with (folder / BUNDLES_FILE).open("wb") as file:

        def write(ids: pl.Series, lines: pl.Series) -> None:
            _write_lines(lines, file)
            if per_organization_files:
                _write_one_by_one(folder / FOLDER, ids, lines)

        yield write


def move_bundles(folder: Path, *, written: Path) -> None:
    """Move files that are written already to an empty folder. They can be moved once.

    Args:
        folder: Where they go.
        written: Where `bundle_files` and `write_removed` wrote them; empty afterwards.

    Raises:
        ContractError: They are not there any more: a bug of ours.
    """
    if not (written / BUNDLES_FILE).is_file():
        raise ContractError("The files of this package were moved away before; a package writes them once.")
    for path in sorted(written.iterdir()):
        shutil.move(path, folder / path.name)


def write_removed(folder: Path, removed: pl.DataFrame) -> None:
    """Write `removed.jsonl`.

    Args:
        folder: Where.
        removed: Records that are gone: `kind`, `id`.
    """
    named = removed.select(pl.col("kind").replace_strict(RECORD_OBJECTS).alias("type"), "id").sort("type", "id")
    with (folder / REMOVED_FILE).open("wb") as file:
        for row in named.iter_rows(named=True):
            file.write(orjson.dumps(row) + b"\n")


def _write_lines(lines: pl.Series, file: BinaryIO) -> None:
    # The writer of tables is the fastest way from texts to bytes; without quotes a table of one column is its lines.
    lines.to_frame().write_csv(file, include_header=False, quote_style="never", line_terminator="\n")


def _write_one_by_one(folder: Path, ids: pl.Series, lines: pl.Series) -> None:
    for bundle_id, line in zip(ids.to_list(), lines.to_list(), strict=True):
        # Never over another one: where capitals make no difference, two ids could have the same name.
        with (folder / f"{quote(bundle_id, safe=' ')}.json").open("xb") as file:
            file.write(f"[{line}]\n".encode())
