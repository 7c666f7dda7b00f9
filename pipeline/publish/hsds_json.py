"""HSDS as nested JSON, one object per line, made from the finished tables of a package.

Two root objects, because the official shapes need both: an organization holds its locations but officially no services, and a service
holds its organization. `organizations.jsonl` holds everything once: each organization with its locations and, as a member of ours,
its services. `services.jsonl` is what official readers take: each service with its organization and whole locations.

What keeps the files small, and is valid by the official schemas:

- Inside an organization a link to one of its own locations names it by the required members of a location, `id` and
  `location_type`; the whole location stands in `locations` of the same line. A location of somebody else is there whole.
- The organization inside a service is there without `services` and without `locations`. Both are optional; with them an agency of a
  hundred services and a hundred sites would be written ten thousand times. The locations of the service are there whole.
- An id that the nesting tells already is left out, as the official examples do: of the owner, and of an object that is there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import polars as pl

from pipeline.publish.hsds_json_directory import NestedDirectory
from pipeline.publish.hsds_json_links import all_rows
from pipeline.publish.hsds_json_objects import Composer
from schemas.hsds_tables import SIDE_TABLE

#: Kind of object -> file.
FILES: Mapping[str, str] = {
    "organization": "organizations.jsonl",
    "service": "services.jsonl",
    "location": "locations.jsonl",
    SIDE_TABLE: f"{SIDE_TABLE}.jsonl",
}
#: Kinds whose file is there only when it has a line.
_ONLY_WHEN_FILLED = ("location",)
#: Organizations, services and locations worked up at a time: bounds the memory, and changes no byte.
BLOCK_SIZE = 8_000
#: Blocks worked up side by side; polars alone keeps little more than one core busy with texts.
_AT_ONCE = 2


def nest_organizations(
    tables: Mapping[str, pl.DataFrame], *, version: str = "3.1", block_size: int = BLOCK_SIZE
) -> Iterator[dict[str, pl.Series]]:
    """Return a directory as nested JSON texts, block after block of organizations.

    Members are sorted by name; empty ones are left out. Numbers of the tables are JSON numbers, everything else is a string.

    Args:
        tables: The finished tables, frames of text by name: `HsdsPackage.tables`. What the version does not know is left out.
        version: One of `schemas.hsds_tables.HSDS_VERSIONS`.
        block_size: Organizations, services and locations at a time.

    Yields:
        JSON texts by kind, one object each. `organization`: with everything in it, sorted by id. `service`: as root objects, sorted by
        organization, then by id; services without an organization last. `location`: those of no organization, sorted by id.
        `resdir_records`: rows of our side table, sorted by id.

    Raises:
        ContractError: A cell of a number column is no number.
    """
    composer = Composer(tables, version=version)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        composer.prepare(pool)
        directory = NestedDirectory(composer)
        yield from _ahead(pool, directory.of_organizations, directory.blocks(block_size))
    for services in _slices(directory.services_of_nobody(), block_size):
        yield {"service": directory.of_services_of_nobody(services)}
    for kind, rows in (
        ("location", directory.locations_of_nobody()),
        (SIDE_TABLE, all_rows(composer.tables[SIDE_TABLE])),
    ):
        for some in _slices(rows, block_size):
            yield {kind: composer.objects(kind, some).lines()}


def write_hsds_json(tables: Mapping[str, pl.DataFrame], folder: Path, *, version: str = "3.1") -> dict[str, int]:
    """Write the nested files into a folder; the same tables give the same bytes.

    `organizations.jsonl`, `services.jsonl`, `resdir_records.jsonl`, and `locations.jsonl` when there are locations that belong to no
    organization. UTF-8, one object per line, each line ended by LF; see `nest_organizations` for their order.

    Args:
        tables: The finished tables; see `nest_organizations`.
        folder: An existing folder without these files.
        version: One of `schemas.hsds_tables.HSDS_VERSIONS`.

    Returns:
        Objects written by kind: `organization`, `service`, `location` (those of no organization), `resdir_records`.

    Raises:
        ContractError: A cell of a number column is no number.
    """
    written = dict.fromkeys(FILES, 0)
    with ExitStack() as stack:
        files = {
            kind: stack.enter_context((folder / file).open("wb"))
            for kind, file in FILES.items()
            if kind not in _ONLY_WHEN_FILLED
        }
        for block in nest_organizations(tables, version=version):
            for kind, texts in block.items():
                if kind not in files:
                    files[kind] = stack.enter_context((folder / FILES[kind]).open("wb"))
                _write_lines(texts, files[kind])
                written[kind] += len(texts)
    return written


def _ahead(
    pool: Executor, work: Callable[[pl.Series], dict[str, pl.Series]], blocks: Iterable[pl.Series]
) -> Iterator[dict[str, pl.Series]]:
    """Work up blocks side by side and return the results in order; no block is begun before there is room for it."""
    waiting: deque[Future[dict[str, pl.Series]]] = deque()
    for block in blocks:
        waiting.append(pool.submit(work, block))
        if len(waiting) >= _AT_ONCE:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _slices(rows: pl.Series, size: int) -> Iterator[pl.Series]:
    for start in range(0, len(rows), size):
        yield rows.slice(start, size)


def _write_lines(texts: pl.Series, file: BinaryIO) -> None:
    # The writer of tables is the fastest way from texts to bytes; without quotes a table of one column is its lines.
    texts.to_frame().write_csv(file, include_header=False, quote_style="never", line_terminator="\n")
