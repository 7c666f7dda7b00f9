"""Parts of an export as NDP-shaped bundles put together to one: their files, and what only all parts together can say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from heapq import merge
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from pipeline.publish.ndp_checks import id_twice
from pipeline.publish.ndp_faults import WORD_CHECK, most_frequent_words
from pipeline.publish.ndp_files import BUNDLES_FILE, FOLDER, REMOVED_FILE
from pipeline.publish.preflight import Fault
from schemas.errors import ContractError

#: Bytes read and written at one time, per file.
_CHUNK = 1 << 20
#: What follows the id in the line of a bundle; in the id itself a quotation mark has a backslash before it.
_AFTER_ID = b',"name":'


def join_ndp(folder: Path, parts: Sequence[Path], *, per_organization_files: bool) -> None:
    """Put the files of parts together in an empty folder; the bytes are those of a package that was made as a whole.

    The bundles of the parts stand in `organizations.jsonl` in the order of ids, whatever parts they come from. Files of single bundles
    are moved. Memory: one line and 1 MiB per part.

    Args:
        folder: Where the files go.
        parts: Folders into which the parts were written; they are emptied of `organizations/` and `removed.jsonl` only.
        per_organization_files: Whether every bundle has a file of its own too.

    Raises:
        ContractError: Two parts have a list of what is gone, or a file of one bundle: a bug of ours.
    """
    with ExitStack() as opened, (folder / BUNDLES_FILE).open("wb", buffering=_CHUNK) as file:
        lines = [_bundles(opened, part / BUNDLES_FILE) for part in parts]
        file.writelines(line for _, line in merge(*lines))
    if per_organization_files:
        (folder / FOLDER).mkdir()
        for part in parts:
            for path in sorted((part / FOLDER).iterdir()):
                _move(path, folder / FOLDER / path.name)
    for part in parts:
        if (part / REMOVED_FILE).is_file():
            _move(part / REMOVED_FILE, folder / REMOVED_FILE)


def repeated_ids(parts: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Return the error that ids of records stand twice in different parts; empty when there are none.

    Ids that stand twice within one part are among that part's own errors: added up, the counts are those of the whole.

    Args:
        parts: `ExportPackage.part` of every part.
    """
    hashes = [part["record_ids"] for part in parts]
    if not hashes:
        return []
    within = sum(len(one) - one.n_unique() for one in hashes)
    together = pl.concat(hashes)
    across = len(together) - together.n_unique() - within
    return [id_twice(across)] if across else []


def with_common_words(warnings: Sequence[Fault], parts: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Return the warnings of all parts with the words without a counterpart that are the most frequent in all of them.

    Args:
        warnings: Warnings with their counts added up; `values` of those that name words are replaced.
        parts: `ExportPackage.part` of every part.
    """
    words = most_frequent_words([part["words"] for part in parts])
    return tuple(
        replace(fault, values=words.get((fault.table, fault.column), ())) if fault.check == WORD_CHECK else fault
        for fault in warnings
    )


def _bundles(opened: ExitStack, path: Path) -> Iterator[tuple[str, bytes]]:
    """Return the lines of a file with the ids of their bundles."""
    file = opened.enter_context(path.open("rb", buffering=_CHUNK))
    return ((_bundle_id(line), line) for line in file)


def _bundle_id(line: bytes) -> str:
    return str(orjson.loads(line[: line.index(_AFTER_ID)] + b"}")["id"])


def _move(path: Path, place: Path) -> None:
    # Never over another one: where capitals make no difference, two ids could have the same name.
    if place.exists():
        raise ContractError(f"Two parts of an export have a file {place.name}.")
    shutil.move(path, place)
