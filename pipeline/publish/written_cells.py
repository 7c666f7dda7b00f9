"""Every text of a written package, read again as a stranger would: from CSV, JSON, JSON Lines, XML, Parquet, text and archives."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from lxml import etree

#: Texts looked at together: bounds the memory, whatever the size of a file.
_BLOCK = 200_000
_SCHEMA = {"place": pl.String, "text": pl.String}


def written_cells(folder: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    """Return the texts of all files below a folder, block by block.

    Returns:
        The file's path below the folder, and a frame of `place` (column, member, element or attribute) and `text`.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            for block in _cells_of(path):
                yield name, block


def _cells_of(path: Path) -> Iterator[pl.DataFrame]:
    end = path.suffix.lower()
    if end == ".csv":
        yield from _of_tables(pl.scan_csv(path, infer_schema=False))
    elif end == ".parquet":
        yield from _of_tables(pl.scan_parquet(path))
    elif end == ".xml":
        yield from _blocks(_of_xml(path))
    elif end == ".jsonl":
        yield from _blocks(_of_json_lines(path))
    elif end == ".json":
        yield from _blocks(_of_json(orjson.loads(path.read_bytes()), ""))
    elif end == ".zip":
        yield from _of_archive(path)
    else:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from _blocks(("text", line) for line in file)


def _of_tables(table: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    names = [name for name, dtype in table.collect_schema().items() if dtype == pl.String]
    for name in names:
        texts = table.select(pl.col(name).alias("text")).drop_nulls().unique().collect()
        yield texts.select(pl.lit(name).alias("place"), "text")


def _of_archive(path: Path) -> Iterator[pl.DataFrame]:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as unpacked:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(unpacked)
        for _, block in written_cells(Path(unpacked)):
            yield block


def _blocks(cells: Iterator[tuple[str, str]]) -> Iterator[pl.DataFrame]:
    places: list[str] = []
    texts: list[str] = []
    for place, text in cells:
        places.append(place)
        texts.append(text)
        if len(texts) >= _BLOCK:
            yield pl.DataFrame({"place": places, "text": texts}, schema=_SCHEMA)
            places, texts = [], []
    if texts:
        yield pl.DataFrame({"place": places, "text": texts}, schema=_SCHEMA)


def _of_json_lines(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        for line in file:
            yield from _of_json(orjson.loads(line), "")


def _of_json(value: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _of_json(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from _of_json(member, place)
    elif value is not None and not isinstance(value, bool):
        yield place, str(value)


def _of_xml(path: Path) -> Iterator[tuple[str, str]]:
    for _, element in etree.iterparse(path, resolve_entities=False, no_network=True, huge_tree=True):
        place = etree.QName(element).localname
        if element.text and element.text.strip():
            yield place, element.text
        for name, text in element.attrib.items():
            yield f"{place}@{name}", str(text)
        element.clear()
        # The parts before this one are done with; without this the emptied elements would pile up.
        while element.getprevious() is not None and (parent := element.getparent()) is not None:
            del parent[0]
