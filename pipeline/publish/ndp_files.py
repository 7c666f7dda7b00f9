"""The files of NDP-shaped bundles: one bundle per line, on wish one file per bundle, and the ids of what is gone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import orjson
import polars as pl

from pipeline.publish.ndp_block import Remarks, read_blocks
from pipeline.publish.ndp_bundles import bundles_of
from pipeline.publish.ndp_selection import NdpSelection
from pipeline.publish.ndp_shape import RECORD_OBJECTS
from pipeline.publish.ndp_tables import NdpContext, block_tables
from pipeline.publish.public_directory import PublicDirectory

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
    with (folder / BUNDLES_FILE).open("wb") as file:
        for ids, lines in _blocks(content):
            file.write(lines)
            if content.per_organization_files:
                _write_one_by_one(folder / FOLDER, ids, lines)
    if content.removed is not None:
        _write_removed(folder / REMOVED_FILE, content.removed)


def _blocks(content: NdpContent) -> Iterator[tuple[pl.Series, bytes]]:
    for source in read_blocks(content.public, content.selection):
        bundles = bundles_of(block_tables(source, content.context, Remarks()))
        lines = io.BytesIO()
        bundles.write_ndjson(lines)
        yield bundles["id"], lines.getvalue()


def _write_one_by_one(folder: Path, ids: pl.Series, lines: bytes) -> None:
    # Line ends inside of texts are escaped, so that every line end is one between bundles.
    for bundle_id, line in zip(ids.to_list(), lines.split(b"\n"), strict=False):
        with (folder / f"{quote(bundle_id, safe=' ')}.json").open("xb") as file:
            file.write(b"[" + line + b"]\n")


def _write_removed(path: Path, removed: pl.DataFrame) -> None:
    named = removed.select(pl.col("kind").replace_strict(RECORD_OBJECTS).alias("type"), "id").sort("type", "id")
    with path.open("wb") as file:
        for row in named.iter_rows(named=True):
            file.write(orjson.dumps(row) + b"\n")
