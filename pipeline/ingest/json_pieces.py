"""Where the records of a JSON text stand: one per line, or one after the other in an array, in a page, or one alone.

Nothing of a record is kept while it is looked for, so that a large file is never in memory as objects of Python.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from pipeline.ingest.json_records import DEEPEST, JsonFault, fault_of

#: Member of a page of an API that holds the records.
CONTENTS = "contents"
#: Ends of names of files with one record per line.
_LINES_ENDS = (".jsonl", ".ndjson")
_LINE = re.compile(rb"[^\n]+")
_LINE_OF_RETURNS = re.compile(rb"[^\r]+")
_BLANKS = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Places of the records of one file.

    Attributes:
        places: Line on which a record starts (from 1), its first byte and the byte behind it. Blank lines have nothing between.
        page: The other members of a page, such as `total_pages`; empty when the file is none.
        has_lines: Whether each record is one line.
        newline: How lines end: `LF`, `CRLF`, `CR` or `mixed`.
    """

    places: Iterator[tuple[int, int, int]]
    page: dict[str, Any]
    has_lines: bool
    newline: str


def find_pieces(data: bytes, *, name: str) -> Pieces:
    """Return where the records of a JSON text stand.

    Args:
        data: The whole text in UTF-8, not blank.
        name: Name of the file; its ending tells JSON Lines where the first line is broken.

    Raises:
        JsonFault: The text as a whole is not JSON, or no record can stand in it. Of JSON Lines no line is read yet.
    """
    newline = _name_newline(data)
    if _has_lines(data, name=name):
        return Pieces(places=_find_lines(data, newline=newline), page={}, has_lines=True, newline=newline)
    text = data.decode()
    page: dict[str, Any] = {}
    try:
        bounds = _find_records(text, page)
    except json.JSONDecodeError as fault:
        raise fault_of(fault) from fault
    except RecursionError as fault:
        raise JsonFault(f"lists and objects stand inside each other more than {DEEPEST} deep") from fault
    return Pieces(places=_as_bytes(text, bounds), page=page, has_lines=False, newline=newline)


def _has_lines(data: bytes, *, name: str) -> bool:
    first = (_LINE_OF_RETURNS if b"\n" not in data else _LINE).search(data, _start(data))
    line = b"" if first is None else first.group().strip()
    if line.startswith(b"[") or line == b"{":
        return False
    if name.lower().endswith(_LINES_ENDS):
        return True
    if first is None or not line.startswith(b"{") or not data[first.end() :].strip():
        return False
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _start(data: bytes) -> int:
    found = re.search(rb"[^ \t\r\n]", data)
    return 0 if found is None else found.start()


def _find_lines(data: bytes, *, newline: str) -> Iterator[tuple[int, int, int]]:
    lines = _LINE_OF_RETURNS if newline == "CR" else _LINE
    line, place = 1, 0
    for found in lines.finditer(data):
        start, end = found.span()
        for empty in range(place, start):
            # What lies between is line ends alone; the first of them ends the line before.
            if empty > place or place == 0:
                yield line, empty, empty
            line += 1
        place = end
        # A text in JSON starts and ends with a sign, so blanks around it are none of its own.
        while start < end and data[end - 1] in b" \t\r":
            end -= 1
        while start < end and data[start] in b" \t\r":
            start += 1
        yield line, start, end


def _name_newline(data: bytes) -> str:
    feeds, both = data.count(b"\n"), data.count(b"\r\n")
    if not feeds:
        return "CR" if b"\r" in data.strip() else "LF"
    return "CRLF" if both == feeds else "mixed" if both else "LF"


def _find_records(text: str, page: dict[str, Any]) -> list[tuple[int, int]]:
    start = _skip(text, 0)
    if text.startswith("[", start):
        bounds, end = _find_elements(text, start)
    elif text.startswith("{", start):
        bounds, end = _find_in_object(text, start, page)
    else:
        _, end = _SCAN.raw_decode(text, start)
        if _skip(text, end) == len(text):
            raise JsonFault("it is a single value, not an object or a list of objects", line=1, column=start + 1)
        bounds = []
    end = _skip(text, end)
    if end < len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    return bounds


def _find_elements(text: str, start: int) -> tuple[list[tuple[int, int]], int]:
    """Return the bounds of the elements of the list that starts here, and the place behind it."""
    bounds: list[tuple[int, int]] = []
    place = _skip(text, start + 1)
    if text.startswith("]", place):
        return bounds, place + 1
    while True:
        _, end = _SCAN.raw_decode(text, place)
        bounds.append((place, end))
        place = _skip(text, end)
        if text.startswith("]", place):
            return bounds, place + 1
        place = _skip(text, _behind(text, place, ",", otherwise="Expecting ',' delimiter"))


def _find_in_object(text: str, start: int, page: dict[str, Any]) -> tuple[list[tuple[int, int]], int]:
    """Return the bounds of the records of a page, or of the object itself, and the place behind it.

    Members before `contents` are kept, because only that member tells a page.
    """
    members: dict[str, Any] = {}
    found: list[tuple[int, int]] | None = None
    place = _skip(text, start + 1)
    while not text.startswith("}", place):
        if members or found is not None:
            place = _skip(text, _behind(text, place, ",", otherwise="Expecting ',' delimiter"))
        if not text.startswith('"', place):
            raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, place)
        name, place = _SCAN.raw_decode(text, place)
        place = _skip(text, _behind(text, _skip(text, place), ":", otherwise="Expecting ':' delimiter"))
        if name == CONTENTS and found is None and text.startswith("[", place):
            found, place = _find_elements(text, place)
        else:
            value, place = _SCAN.raw_decode(text, place)
            # A page says in numbers and words how much there is; a record's own lists are only passed over.
            members[name] = None if isinstance(value, (list, dict)) else value
        place = _skip(text, place)
    if found is None or "id" in members:
        return [(start, place + 1)], place + 1
    page.update({CONTENTS: len(found), **members})
    return found, place + 1


def _behind(text: str, place: int, sign: str, *, otherwise: str) -> int:
    if not text.startswith(sign, place):
        raise json.JSONDecodeError(otherwise, text, place)
    return place + 1


def _skip(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return place if found is None else found.end()


def _as_bytes(text: str, bounds: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    is_ascii = text.isascii()
    line, place, byte = 1, 0, 0
    for start, end in bounds:
        line += text.count("\n", place, start)
        first = start if is_ascii else byte + len(text[place:start].encode())
        last = end if is_ascii else first + len(text[start:end].encode())
        yield line, first, last
        line += text.count("\n", start, end)
        place, byte = end, last


#: Numbers are left as text: what they are is asked of each record alone.
_SCAN = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
