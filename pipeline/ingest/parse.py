"""Text to rows: a strict reading of separated values that loses no line.

The reader is told separator and quotes and never guesses them per file, because one stray quote makes a guessing reader drop
quoting and split good cells. Every line of the text ends as a row read, a rejected row or a counted blank row.

A quote that opens a cell and never closes would swallow the rest of the file. It is noticed when a row grows over more lines
than any real cell, or when the file ends inside it; then every line from there on is rejected.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from schemas.contract import conform, empty_table
from schemas.errors import InputError
from schemas.parameters import IngestParameters
from schemas.raw import RawReject, RawRow

#: A line with its end, which may be CRLF, LF or CR alone. Other characters that Python counts as line ends are text.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
#: Separators a header can prove, the usual one first.
_SEPARATORS = (",", "\t", ";")
#: Rows turned into a frame at once: large enough to be fast, small enough to keep memory low (measured).
_CHUNK_ROWS = 20_000
#: Stands behind each cell in the row hash, so that `ab|c` and `a|bc` differ.
_CELL_END = "\x1f"


@dataclass(frozen=True, kw_only=True)
class ParsedTable:
    """Rows of one file.

    Attributes:
        header: Column names exactly as written.
        rows: Frame as `RawRow`, without unreadable rows.
        rejects: Frame as `RawReject`.
        blank_count: Wholly blank rows.
        newline: `LF`, `CRLF`, `CR` or `mixed`: how rows end, line breaks inside cells not counted.
        separator: Cell separator.
        loose_quotes: Lines of rows in which a quote inside a quoted cell is not doubled; such cells may have lost a quote.
    """

    header: tuple[str, ...]
    rows: pl.DataFrame
    rejects: pl.DataFrame
    blank_count: int
    newline: str
    separator: str
    loose_quotes: tuple[int, ...] = ()


@dataclass(kw_only=True)
class _Reading:
    """What has been read so far."""

    center_id: str
    name: str
    separator: str
    may_hold_nul: bool
    longest_cell: int
    width: int = 0
    lines: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    chunks: list[pl.DataFrame] = field(default_factory=list)
    rejects: list[tuple[int, str, str]] = field(default_factory=list)
    blank_count: int = 0
    row_ends: set[str] = field(default_factory=set)
    loose_quotes: list[int] = field(default_factory=list)


class _NeverClosed(Exception):  # noqa: N818 - a signal between two functions of this file, never seen outside
    """A row has grown over more lines than the limit."""


class _Lines:
    """Lines of a text, remembering those of the row that is being read."""

    def __init__(self, text: str, *, longest_row_lines: int) -> None:
        self._matches = _LINE.finditer(text)
        self._limit = longest_row_lines
        self.count = 0
        self.of_row: list[str] = []
        self.is_exhausted = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.of_row) >= self._limit:
            raise _NeverClosed
        match = next(self._matches, None)
        if match is None:
            self.is_exhausted = True
            raise StopIteration
        line = match.group()
        self.count += 1
        self.of_row.append(line)
        return line

    @property
    def row_start(self) -> int:
        """Line on which the row starts, from 1."""
        return self.count - len(self.of_row) + 1

    def rest(self) -> Iterator[str]:
        """Return the lines of the unfinished row, then all that follow."""
        yield from self.of_row
        for match in self._matches:
            self.count += 1
            yield match.group()


def parse_table(text: str, *, name: str, center_id: str, parameters: IngestParameters) -> ParsedTable:
    """Return the rows of a separated text.

    Args:
        text: The whole file, not empty.
        name: File name for messages and for `source_file`.
        center_id: Center that delivered the file.
        parameters: Limits.

    Returns:
        Rows and rejects in the order of the file. Rows read, rejected and blank together are all rows of the file.

    Raises:
        InputError: The header cannot be read.
    """
    separator = find_separator(text)
    lines = _Lines(text, longest_row_lines=parameters.longest_row_lines)
    rows = csv.reader(lines, delimiter=separator, strict=True)
    reading = _Reading(
        center_id=center_id,
        name=name,
        separator=separator,
        may_hold_nul="\x00" in text,
        longest_cell=parameters.longest_cell,
    )
    header = _read_header(rows, lines, reading)
    reading.width = len(header)
    _read_rows(rows, lines, reading)
    _close_chunk(reading)
    return ParsedTable(
        header=header,
        rows=pl.concat([empty_table(RawRow), *reading.chunks]),
        rejects=_reject_frame(reading),
        blank_count=reading.blank_count,
        newline=_name_newline(reading.row_ends),
        separator=separator,
        loose_quotes=tuple(reading.loose_quotes),
    )


def find_separator(text: str) -> str:
    r"""Return the separator of the header: a comma, unless a tab or semicolon splits it into more names.

    >>> find_separator("id;name;note, if any\n1;a;b\n"), find_separator("id\n1\n")
    (';', ',')
    """
    first = next((match.group() for match in _LINE.finditer(text) if match.group().strip()), "")
    return max(_SEPARATORS, key=lambda separator: _count_names(first, separator))


def _count_names(line: str, separator: str) -> int:
    try:
        names = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return 0
    # A quoted name that holds the wrong separator falls into pieces with a quote in them.
    return sum('"' not in name for name in names)


def _read_header(rows: Iterator[list[str]], lines: _Lines, reading: _Reading) -> tuple[str, ...]:
    try:
        for cells in rows:
            if not _is_blank(cells):
                _refuse_nul(cells, name=reading.name)
                reading.row_ends.add(_line_end(lines.of_row))
                lines.of_row = []
                return tuple(cells)
            reading.blank_count += 1
            lines.of_row = []
    except (_NeverClosed, csv.Error) as fault:
        raise InputError(
            f"The header of {reading.name} cannot be read: a quote opens on line {lines.row_start:,} and does not close.",
            advice="Check the first line; in a CSV file a quote inside a quoted name is doubled.",
        ) from fault
    raise InputError(f"{reading.name} has no header.", advice="Export it again with column names in the first line.")


def _refuse_nul(cells: list[str], *, name: str) -> None:
    if any("\x00" in cell for cell in cells):
        raise InputError(
            f"{name} is not a text file: the header holds NUL characters.",
            advice="Perhaps it is UTF-16 without its mark; export it again as CSV in UTF-8.",
        )


def _read_rows(rows: Iterator[list[str]], lines: _Lines, reading: _Reading) -> None:
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except _NeverClosed:
            _reject_rest(lines, reading, within=f"{len(lines.of_row):,} lines")
            return
        except csv.Error as fault:
            # The strict reader complains at the end of the file when a quote is still open.
            if lines.is_exhausted:
                _reject_rest(lines, reading, within="the file")
                return
            _take_loose(lines, reading, fault=str(fault))
            continue
        _take(cells, lines, reading)


def _take_loose(lines: _Lines, reading: _Reading, *, fault: str) -> None:
    """Take a row in which a quote inside a quoted cell is not doubled, if it is whole when read leniently."""
    if "field limit" in fault:
        _reject(lines, reading, reason=_too_long(reading))
        return
    text = [*lines.of_row[:-1], lines.of_row[-1].rstrip("\r\n") + "\n"]
    try:
        rows = list(csv.reader(text, delimiter=reading.separator))
    except csv.Error:
        rows = []
    # Read leniently an open quote would swallow the line end, which then stands in the last cell.
    is_whole = len(rows) == 1 and len(rows[0]) == reading.width and not rows[0][-1].endswith("\n")
    if not is_whole:
        _reject(lines, reading, reason=f"the line cannot be read as separated values: {fault}")
        return
    reading.loose_quotes.append(lines.row_start)
    _take(rows[0], lines, reading)


def _take(cells: list[str], lines: _Lines, reading: _Reading) -> None:
    if _is_blank(cells):
        reading.blank_count += 1
        lines.of_row = []
    elif len(cells) != reading.width:
        _reject(lines, reading, reason=_describe_width(cells, lines, reading))
    elif _holds_long_cell(cells, reading):
        # The reader has a limit of its own, which other libraries of this process may have raised.
        _reject(lines, reading, reason=_too_long(reading))
    elif reading.may_hold_nul and any("\x00" in cell for cell in cells):
        _reject(lines, reading, reason="the row holds a NUL character, which no text has")
    else:
        reading.lines.append(lines.row_start)
        reading.cells.append(cells)
        reading.row_ends.add(_line_end(lines.of_row))
        lines.of_row = []
        if len(reading.cells) >= _CHUNK_ROWS:
            _close_chunk(reading)


def _holds_long_cell(cells: list[str], reading: _Reading) -> bool:
    return max(map(len, cells)) > reading.longest_cell


def _too_long(reading: _Reading) -> str:
    return f"a cell holds more than {reading.longest_cell:,} characters"


def _is_blank(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _line_end(of_row: list[str]) -> str:
    last = of_row[-1]
    return "CRLF" if last.endswith("\r\n") else "CR" if last.endswith("\r") else "LF" if last.endswith("\n") else ""


def _describe_width(cells: list[str], lines: _Lines, reading: _Reading) -> str:
    reason = f"the row has {len(cells):,} cells, the header has {reading.width:,}"
    if len(lines.of_row) > 1:
        reason += f"; it spans lines {lines.row_start:,} to {lines.count:,}, perhaps because a quote does not close"
    return reason


def _reject(lines: _Lines, reading: _Reading, *, reason: str) -> None:
    reading.rejects.append((lines.row_start, reason, "".join(lines.of_row).rstrip("\r\n")))
    lines.of_row = []


def _reject_rest(lines: _Lines, reading: _Reading, *, within: str) -> None:
    start = lines.row_start
    reason = f"a quote that opens on line {start:,} does not close within {within}; nothing from there on can be read"
    for number, line in enumerate(lines.rest(), start=start):
        if line.strip():
            reading.rejects.append((number, reason, line.rstrip("\r\n")))
        else:
            reading.blank_count += 1


def _close_chunk(reading: _Reading) -> None:
    if not reading.cells:
        return
    # One flat column cut into rows is several times faster to build than a column of lists.
    flat = pl.Series("cells", [cell for cells in reading.cells for cell in cells], dtype=pl.String)
    chunk = pl.DataFrame(
        {
            "center_id": pl.Series([reading.center_id] * len(reading.cells), dtype=pl.String),
            "source_file": pl.Series([reading.name] * len(reading.cells), dtype=pl.String),
            "source_line": pl.Series(reading.lines, dtype=pl.Int64),
            "row_hash": pl.Series([_hash_row(cells) for cells in reading.cells], dtype=pl.String),
            "cells": flat.reshape((-1, reading.width)).arr.to_list(),
        }
    )
    reading.chunks.append(chunk)
    reading.lines, reading.cells = [], []


def _hash_row(cells: list[str]) -> str:
    return hashlib.sha256((_CELL_END.join(cells) + _CELL_END).encode()).hexdigest()[:32]


def _reject_frame(reading: _Reading) -> pl.DataFrame:
    lines, reasons, texts = zip(*reading.rejects, strict=True) if reading.rejects else ((), (), ())
    frame = pl.DataFrame(
        {
            "source_line": pl.Series(lines, dtype=pl.Int64),
            "reason": pl.Series(reasons, dtype=pl.String),
            "text": pl.Series(texts, dtype=pl.String),
        }
    ).with_columns(center_id=pl.lit(reading.center_id), source_file=pl.lit(reading.name))
    return conform(frame, RawReject)


def _name_newline(row_ends: set[str]) -> str:
    found = row_ends - {""}
    return next(iter(found)) if len(found) == 1 else "mixed" if found else "LF"
