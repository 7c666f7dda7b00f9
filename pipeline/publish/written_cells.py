"""Every text of a written package, read again as a stranger would: from CSV, JSON, JSON Lines, XML, Parquet, text and archives.

A file is read in parts, so that its size does not matter. Of each part every text is looked at, each distinct one once: values repeat
a lot, and most of a file is names of members, tags and ids. Only a text that proves private is looked for again, to tell its place.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl

from pipeline.publish.text_pieces import json_pieces, pieces_of, values_of
from pipeline.publish.working_ahead import worked_ahead

#: Rows of a table, and bytes of another file, that are looked at together.
_ROWS, _BYTES = 100_000, 4_000_000
#: Signs that JSON writes as two characters; a number broken by one would not be seen.
_JSON_SIGNS = (r"\\", r"\n", r"\r", r"\t", r"\b", r"\f", r"\"")
_JSON_BLANKS = str.maketrans(dict.fromkeys('\\\n\r\t\b\f"', " "))
#: Signs that JSON may write by their number: such a text is read by a reader of JSON.
_JSON_CODE = r"\\u[0-9A-Fa-f]{4}"
_JSON_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
#: Member that holds the id of an object: half of all distinct values.
_ID = "id"
#: Bytes of a text in JSON up to which it is too short for a number, an address or a name.
_SHORTEST = 4
_XML_SIGNS = ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#10;", "&#13;", "&#9;")
_BARE_TAG = r"^/?[\w.:-]+>"
_TAG = re.compile(r"\s*/?(?:[\w.-]+:)?([\w.-]+)")
_ATTRIBUTE = re.compile(r'([\w.:-]+)\s*=\s*"([^"]*)"')

_NONE = pl.Series("text", [], dtype=pl.String)

#: A place (column, member, element or attribute) and what stands there.
Cell = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Places:
    """Places of which something is known, by the name of their column, member, element or attribute.

    Args:
        passed_over: Those that hold nothing to be searched, as a regular expression. Columns of tables with such a name are not read.
        streets: Those that hold streets, which are told apart.
    """

    passed_over: str
    streets: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class WrittenTexts:
    """Texts of a part of a file, each distinct one once.

    Args:
        others: What stands anywhere.
        streets: What stands in places of streets and was seen to.
    """

    others: pl.Series
    streets: pl.Series


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A file of a package. Make it with `written_files`.

    Args:
        name: Path below the folder of the package; of a member of an archive behind that of the archive.
        path: Where it lies.
        places: Places of which something is known.
    """

    name: str
    path: Path
    places: Places

    def texts(self) -> Iterator[WrittenTexts]:
        """Return every text of the file, part by part; of JSON and XML with blanks in place of signs for single characters."""
        end = self.path.suffix.lower()
        if end in (".csv", ".parquet"):
            yield from worked_ahead(partial(_texts_of_rows, places=self.places), self._rows())
        elif end in (".jsonl", ".json"):
            parts = _parts(self.path, b"\n" if end == ".jsonl" else None)
            yield from worked_ahead(partial(_texts_of_json, places=self.places, is_lines=end == ".jsonl"), parts)
        elif end == ".xml":
            yield from worked_ahead(partial(_texts_of_xml, places=self.places), _parts(self.path, b"<"))
        else:
            for part in _parts(self.path, b"\n"):
                yield WrittenTexts(others=_split(part, "\n").unique(), streets=_NONE)

    def cells(self, wanted: Collection[str]) -> Iterator[Cell]:
        """Return the cells in which some of the texts of `texts` stand: place and text of each, as a reader of the format has it."""
        end = self.path.suffix.lower()
        if end in (".csv", ".parquet"):
            for rows in self._rows():
                for column in rows.columns:
                    yield from ((column, str(text)) for text in _only(rows[column], wanted))
        elif end == ".jsonl":
            for part in _parts(self.path, b"\n"):
                for line in _lines_of_json(part, wanted):
                    yield from _wanted_of_json(line, wanted)
        elif end == ".json":
            yield from _wanted_of_json(self.path.read_text(encoding="utf-8"), wanted)
        elif end == ".xml":
            for part in _parts(self.path, b"<"):
                pieces = _split(part, "<")
                for piece in pieces.filter(_text_of_xml(pieces).is_in(list(wanted))):
                    yield from _of_xml(piece)
        else:
            for part in _parts(self.path, b"\n"):
                yield from (("text", str(text)) for text in _only(_split(part, "\n"), wanted))

    def _rows(self) -> Iterator[pl.DataFrame]:
        is_text = self.path.suffix.lower() == ".csv"
        table = pl.scan_csv(self.path, infer_schema=False) if is_text else pl.scan_parquet(self.path)
        columns = [
            column
            for column, dtype in table.collect_schema().items()
            if dtype == pl.String and not re.search(self.places.passed_over, column)
        ]
        for rows in table.select(columns).collect_batches(chunk_size=_ROWS):
            if rows.height:
                yield rows


@contextmanager
def written_files(folder: Path, *, places: Places) -> Iterator[list[WrittenFile]]:
    """Return all files below a folder in the order of their names; archives lie unpacked beside themselves meanwhile.

    Args:
        folder: Folder of a written package.
        places: Places of which something is known.
    """
    with ExitStack() as stack:
        yield [WrittenFile(name=name, path=path, places=places) for name, path in _files_below(folder, "", stack)]


def _files_below(folder: Path, before: str, stack: ExitStack) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = f"{before}{path.relative_to(folder).as_posix()}"
        if path.is_file() and path.suffix.lower() == ".zip":
            unpacked = stack.enter_context(tempfile.TemporaryDirectory(dir=path.parent, prefix="."))
            with zipfile.ZipFile(path) as archive:
                archive.extractall(unpacked)
            yield from _files_below(Path(unpacked), f"{name}/", stack)
        elif path.is_file():
            yield name, path


def _texts_of_rows(rows: pl.DataFrame, *, places: Places) -> WrittenTexts:
    return WrittenTexts(
        others=_distinct([rows[column] for column in rows.columns if column not in places.streets]),
        streets=_distinct([rows[column] for column in rows.columns if column in places.streets]),
    )


def _texts_of_json(part: bytes, *, places: Places, is_lines: bool) -> WrittenTexts:
    coded: list[str] = []
    if b"\\u" in part:
        lines = _split(part, "\n") if is_lines else _whole(part)
        is_coded = lines.str.contains(_JSON_CODE)
        coded = [str(text) for line in lines.filter(is_coded) for _, text in _of_json(orjson.loads(line), "")]
        part = "\n".join(lines.filter(~is_coded).to_list()).encode()
    # What stands between two quotation marks is a value, a name of a member, or signs and numbers between them.
    pieces = json_pieces(part)
    passed_over = [_ID] if re.search(places.passed_over, _ID) else []
    values = values_of(pieces, [*sorted(places.streets), *passed_over])
    is_wanted = pieces.lengths() > _SHORTEST
    is_street = np.zeros(len(is_wanted), dtype=np.bool_)
    for member, found in values.items():
        is_wanted[found] = False
        is_street[found] = member in places.streets
    others = _blanked(pieces.distinct(is_wanted))
    return WrittenTexts(
        others=pl.concat([others.filter(~others.str.contains(_JSON_UUID)), pl.Series("text", coded, dtype=pl.String)]),
        streets=_blanked(pieces.distinct(is_street)),
    )


def _texts_of_xml(part: bytes, *, places: Places) -> WrittenTexts:
    # Text holds no `<` but as an entity: between two of them stand one tag and the text behind it, whole.
    pieces = pieces_of(part, "<").distinct()
    is_street = pieces.str.contains(f"^(?:{'|'.join(sorted(places.streets)) or '[^>]'})>")
    return WrittenTexts(
        others=_text_of_xml(pieces.filter(~is_street)).unique(), streets=_text_of_xml(pieces.filter(is_street))
    )


def _lines_of_json(part: bytes, wanted: Collection[str]) -> pl.Series:
    lines = _split(part, "\n")
    # Numbers stand between signs, and the end of a line may be one of them.
    telling = {bit for text in wanted for bit in text.split("\n") if any(sign.isalnum() for sign in bit)}
    return lines.filter(_contains_any(_blanked(lines), telling) | lines.str.contains(_JSON_CODE))


def _wanted_of_json(document: str, wanted: Collection[str]) -> Iterator[Cell]:
    known = frozenset(wanted)
    for place, held in _of_json(orjson.loads(document), ""):
        if isinstance(held, str):
            if held in known or held.translate(_JSON_BLANKS) in known:
                yield place, held
        # A number stands between signs.
        elif any(str(held) in text for text in known):
            yield place, str(held)


def _of_json(value: Any, place: str) -> Iterator[tuple[str, str | int | float]]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for member, held in value.items():
            yield from _of_json(held, member)
    elif isinstance(value, list):
        for held in value:
            yield from _of_json(held, place)
    elif value is not None and not isinstance(value, bool):
        yield place, value


def _of_xml(piece: str) -> Iterator[Cell]:
    tag, _, text = piece.partition(">")
    found = _TAG.match(tag)
    element = found[1] if found else ""
    yield element, unescape(text)
    for attribute, value in _ATTRIBUTE.findall(tag):
        yield f"{element}@{attribute}", unescape(value)


def _blanked(lines: pl.Series) -> pl.Series:
    return _with_blanks(lines, _JSON_SIGNS)


def _text_of_xml(pieces: pl.Series) -> pl.Series:
    """Return pieces without their tag, where it has no attributes that could hold anything, and with blanks in place of signs."""
    return _with_blanks(pieces.str.replace(_BARE_TAG, ""), _XML_SIGNS)


def _with_blanks(texts: pl.Series, signs: Collection[str]) -> pl.Series:
    return texts.to_frame("text").select(pl.col("text").str.replace_many(dict.fromkeys(signs, " "))).to_series()


def _contains_any(texts: pl.Series, wanted: Collection[str]) -> pl.Series:
    return texts.to_frame("text").select(pl.col("text").str.contains_any(list(wanted))).to_series()


def _only(texts: pl.Series, wanted: Collection[str]) -> pl.Series:
    return texts.filter(texts.is_in(list(wanted)).fill_null(value=False))


def _distinct(texts: list[pl.Series]) -> pl.Series:
    return pl.concat([_NONE, *(one.alias("text") for one in texts)], rechunk=False).unique().drop_nulls()


def _whole(part: bytes) -> pl.Series:
    # Twice as fast as from a text of Python.
    try:
        return pl.Series("text", [part], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        # Bytes that are no UTF-8 stand as a sign for what cannot be read.
        return pl.Series("text", [part.decode(errors="replace")], dtype=pl.String)


def _split(part: bytes, separator: str) -> pl.Series:
    pieces = _whole(part).str.split(separator).explode()
    return pieces.filter(pieces.str.contains(r"\S"))


def _parts(path: Path, separator: bytes | None) -> Iterator[bytes]:
    """Return a file in parts of some megabytes that end with a separator; whole without one."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_BYTES if separator else -1):
            end = block.rfind(separator) + 1 if separator else len(block)
            if end:
                yield rest + block[:end]
                rest = block[end:]
            else:
                rest += block
    if rest:
        yield rest
