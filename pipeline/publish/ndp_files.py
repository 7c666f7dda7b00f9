"""The files of NDP-shaped bundles: one bundle per line, on wish one file per bundle, and the ids of what is gone."""

from __future__ import annotations

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
    if content.per_organization_files:
        (folder / FOLDER).mkdir()

    def work(source: Source) -> tuple[pl.Series, pl.Series]:
        tables = block_tables(source, content.context, Remarks())
        return tables["organization"]["id"], bundle_lines(tables)

    with (folder / BUNDLES_FILE).open("wb") as file:
        for ids, lines in worked_ahead(work, read_blocks(content.public, content.selection)):
            _write_lines(lines, file)
            if content.per_organization_files:
                _write_one_by_one(folder / FOLDER, ids, lines)
    if content.removed is not None:
        _write_removed(folder / REMOVED_FILE, content.removed)


def _write_lines(lines: pl.Series, file: BinaryIO) -> None:
    # The writer of tables is the fastest way from texts to bytes; without quotes a table of one column is its lines.
    lines.to_frame().write_csv(file, include_header=False, quote_style="never", line_terminator="\n")


def _write_one_by_one(folder: Path, ids: pl.Series, lines: pl.Series) -> None:
    for bundle_id, line in zip(ids.to_list(), lines.to_list(), strict=True):
        # Never over another one: where capitals make no difference, two ids could have the same name.
        with (folder / f"{quote(bundle_id, safe=' ')}.json").open("xb") as file:
            file.write(f"[{line}]\n".encode())


def _write_removed(path: Path, removed: pl.DataFrame) -> None:
    named = removed.select(pl.col("kind").replace_strict(RECORD_OBJECTS).alias("type"), "id").sort("type", "id")
    with path.open("wb") as file:
        for row in named.iter_rows(named=True):
            file.write(orjson.dumps(row) + b"\n")
