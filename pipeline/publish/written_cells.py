"""Every text of a written package, read again as a stranger would: from CSV, JSON, JSON Lines, XML, Parquet, text and archives.

A file is read in blocks, so that its size does not matter, and each block is searched as a whole; only what looks suspicious is taken
apart into its cells.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any

import orjson
import polars as pl

#: Rows of a table, and bytes of another file, that are looked at together.
_ROWS, _BYTES = 100_000, 32_000_000
#: Signs that JSON writes as two characters; a number broken by one would not be seen.
_JSON_SIGNS = (r"\n", r"\r", r"\t", r"\"")
#: A text with what makes it the name of a member, or a long number.
_JSON_VALUE = r'"(?:[^"\\]|\\.)*":?|[0-9]{7,}'
_JSON_UUID = r'^"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"$'
#: Bytes of a text, quotes included, up to which it is too short for a number, an address or a name.
_SHORTEST = 6
_XML_SIGNS = ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#10;", "&#13;", "&#9;")
_TAG = re.compile(r"\s*/?(?:[\w.-]+:)?([\w.-]+)")
_ATTRIBUTE = re.compile(r'([\w.:-]+)\s*=\s*"([^"]*)"')

#: A place (column, member, element or attribute) and what stands there.
Cell = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class WrittenBlock:
    """A part of a file.

    Args:
        file: Path below the folder of the package.
        texts: What stands in it, to be searched.
        cells: Takes apart the text at a place of `texts`.
    """

    file: str
    texts: pl.Series
    cells: Callable[[int], Iterator[Cell]]


def written_blocks(folder: Path, *, passed_over: str) -> Iterator[WrittenBlock]:
    """Return all files below a folder, block by block, in the order of their names.

    Args:
        folder: Folder of a written package.
        passed_over: Columns of tables that are not read, as a regular expression.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _blocks_of(path, path.relative_to(folder).as_posix(), passed_over)


def _blocks_of(path: Path, name: str, passed_over: str) -> Iterator[WrittenBlock]:
    end = path.suffix.lower()
    if end == ".csv":
        yield from _of_table(pl.scan_csv(path, infer_schema=False), name, passed_over)
    elif end == ".parquet":
        yield from _of_table(pl.scan_parquet(path), name, passed_over)
    elif end == ".jsonl":
        for lines in _parts(path, b"\n"):
            yield _of_json_lines(lines, name)
    elif end == ".json":
        cells = list(_of_json(orjson.loads(path.read_bytes()), ""))
        yield WrittenBlock(
            file=name, texts=_texts([text for _, text in cells]), cells=lambda place: iter([cells[place]])
        )
    elif end == ".xml":
        # Text holds no `<` but as an entity: between two of them stand one tag and the text behind it, whole.
        for pieces in _parts(path, b"<"):
            yield _of_xml(pieces, name)
    elif end == ".zip":
        yield from _of_archive(path, name, passed_over)
    else:
        for lines in _parts(path, b"\n"):
            yield _of_lines(lines, name)


def _of_table(table: pl.LazyFrame, name: str, passed_over: str) -> Iterator[WrittenBlock]:
    columns = [
        column
        for column, dtype in table.collect_schema().items()
        if dtype == pl.String and not re.search(passed_over, column)
    ]
    for rows in table.select(columns).collect_batches(chunk_size=_ROWS):
        if rows.height:
            yield _of_rows(rows, name)


def _of_rows(rows: pl.DataFrame, name: str) -> WrittenBlock:
    texts = pl.concat([rows[column].alias("text") for column in rows.columns], rechunk=False)

    def cells(place: int) -> Iterator[Cell]:
        yield rows.columns[place // rows.height], str(texts[place])

    return WrittenBlock(file=name, texts=texts, cells=cells)


def _of_json_lines(lines: list[bytes], name: str) -> WrittenBlock:
    decoded = _texts([line.decode() for line in lines])
    # Values only, and none too short to hold anything private: ids and names of members are the greater part of a line.
    written = (
        pl.DataFrame({"line": range(len(lines)), "text": decoded})
        .select("line", pl.col("text").str.extract_all(_JSON_VALUE))
        .explode("text")
        .filter(
            (pl.col("text").str.len_bytes() > _SHORTEST)
            & ~pl.col("text").str.ends_with(":")
            & ~pl.col("text").str.contains(_JSON_UUID)
        )
    )
    plain = written["text"].str.strip_chars('"').to_frame("text")
    plain = plain.select(pl.col("text").str.replace_many(dict.fromkeys(_JSON_SIGNS, " ")))

    @lru_cache(maxsize=1)
    def taken_apart(line: int) -> list[Cell]:
        return list(_of_json(orjson.loads(lines[line]), ""))

    def cells(place: int) -> Iterator[Cell]:
        line, text = written.row(place)
        wanted = orjson.loads(text) if text.startswith('"') else text
        # Places are asked in order, so that a line is taken apart once.
        return ((where, held) for where, held in taken_apart(line) if held == wanted)

    return WrittenBlock(file=name, texts=plain["text"], cells=cells)


def _of_json(value: Any, place: str) -> Iterator[Cell]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for member, held in value.items():
            yield from _of_json(held, member)
    elif isinstance(value, list):
        for held in value:
            yield from _of_json(held, place)
    elif value is not None and not isinstance(value, bool):
        yield place, str(value)


def _of_xml(pieces: list[bytes], name: str) -> WrittenBlock:
    decoded = [piece.decode() for piece in pieces]
    plain = (
        _texts(decoded)
        .to_frame("text")
        .select(pl.col("text").str.replace_many(dict.fromkeys(_XML_SIGNS, " ")))
        .to_series()
    )

    def cells(place: int) -> Iterator[Cell]:
        tag, _, text = decoded[place].partition(">")
        found = _TAG.match(tag)
        element = found[1] if found else ""
        yield element, unescape(text)
        for attribute, value in _ATTRIBUTE.findall(tag):
            yield f"{element}@{attribute}", unescape(value)

    return WrittenBlock(file=name, texts=plain, cells=cells)


def _of_lines(lines: list[bytes], name: str) -> WrittenBlock:
    texts = _texts([line.decode(errors="replace") for line in lines])
    return WrittenBlock(file=name, texts=texts, cells=lambda place: iter([("text", str(texts[place]))]))


def _of_archive(path: Path, name: str, passed_over: str) -> Iterator[WrittenBlock]:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as unpacked:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(unpacked)
        for block in written_blocks(Path(unpacked), passed_over=passed_over):
            yield WrittenBlock(file=f"{name}/{block.file}", texts=block.texts, cells=block.cells)


def _parts(path: Path, separator: bytes) -> Iterator[list[bytes]]:
    """Return what stands between separators, in lists of some megabytes; blank parts are left out."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BYTES):
            *whole, rest = (rest + block).split(separator)
            if whole:
                yield [part for part in whole if part.strip()]
    if rest.strip():
        yield [rest]


def _texts(texts: list[str]) -> pl.Series:
    return pl.Series("text", texts, dtype=pl.String)
