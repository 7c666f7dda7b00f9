"""Bytes of text to rows: a strict reading of separated values that loses no line.

The reader is told separator and quotes and never guesses them per file, because one stray quote makes a guessing reader drop
quoting and split good cells. Every line of the text ends as a row read, a rejected row or a counted blank row.

Rows whose quotes are regular are found by position, a block at a time (`regular_rows.py`). Their cells are read by the CSV reader of
polars where every byte can be accounted for (`quick_cells.py`), else cut out by position too. Where a row is not regular, or not as
wide as the header, it alone is read by Python's strict reader, which decides and finds the words. All ways give the same rows.

A quote that opens a cell and never closes would swallow the rest of the file. It is noticed when a row grows over more lines
than any real cell, or when the file ends inside it; then every line from there on is rejected.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import polars_hash as plh
import pyarrow as pa

from pipeline.ingest.quick_cells import read_cells
from pipeline.ingest.regular_rows import (
    Bytes,
    Mask,
    Places,
    RegularRows,
    cell_name,
    find_cells,
    find_rows,
    holds_only_blanks,
    make_columns,
    row_texts,
)
from schemas.contract import conform, empty_table
from schemas.errors import InputError
from schemas.parameters import IngestParameters
from schemas.raw import RawReject, RawRow

#: A line with its end, which may be CRLF, LF or CR alone. Other characters that Python counts as line ends are text.
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
#: Separators a header can prove, the usual one first.
_SEPARATORS = (",", "\t", ";", "|")
#: Bytes looked at in one go: large enough to be fast, small enough to keep memory low (measured).
_BLOCK_BYTES = 16_000_000
#: Bytes looked at behind an irregular row, so that many of them do not cost a whole block each (project choice).
_SMALL_BLOCK_BYTES = 64_000
#: A row that does not end within this many bytes is left to the strict reader (project choice).
_LONGEST_BLOCK_BYTES = 128_000_000
#: Rows that the strict reader takes at most before the quick way is tried again (project choice).
_MOST_STRICT_ROWS = 4_096
#: Rows turned into a frame at once by the strict reader (measured).
_CHUNK_ROWS = 20_000
#: Fewer rows are not handed on: what is built of them costs about the same for a few rows as for thousands (measured).
_FEWEST_ROWS = 10_000
#: Bytes and columns beyond which a first line is no header (project choice; known exports have 6,000 bytes and 200 columns).
_LONGEST_HEADER = 1_000_000
_MOST_COLUMNS = 10_000
#: Characters of a rejected line that are kept; a whole file without line ends would be one (project choice).
_LONGEST_REJECT = 1_000_000
_NEWLINES = ("", "LF", "CRLF", "CR")


@dataclass(frozen=True, kw_only=True)
class ParsedTable:
    """Rows of one file.

    Attributes:
        header: Column names exactly as written.
        rows: Frame as `RawRow`, without unreadable rows.
        cells: The wanted columns of the same rows, in the same order; the names are those of `cell_name`.
        rejects: Frame as `RawReject`.
        blank_count: Wholly blank rows.
        newline: `LF`, `CRLF`, `CR` or `mixed`: how rows end, line breaks inside cells not counted.
        separator: Cell separator.
        loose_quotes: Lines of rows in which a quote inside a quoted cell is not doubled; such cells may have lost a quote.
    """

    header: tuple[str, ...]
    rows: pl.DataFrame
    cells: pl.DataFrame
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
    longest_cell: int
    longest_row_lines: int
    block: Bytes
    buffer: pa.Buffer
    width: int = 0
    places: tuple[int, ...] = ()
    lines: list[int] = field(default_factory=list)
    bounds: list[tuple[int, int]] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    chunks: list[pl.DataFrame] = field(default_factory=list)
    rejects: list[tuple[int, str, str]] = field(default_factory=list)
    blank_count: int = 0
    row_ends: set[str] = field(default_factory=set)
    loose_quotes: list[int] = field(default_factory=list)

    @property
    def longest_row(self) -> int:
        """Characters beyond which no row of this width can be whole, every quote doubled and every cell quoted."""
        return self.width * (2 * self.longest_cell + 3)


class _NeverClosed(Exception):  # noqa: N818 - a signal between two functions of this file, never seen outside
    """A row has grown over more lines than the limit."""


class _TooLong(Exception):  # noqa: N818 - as above
    """A line is longer than any row can be."""


class _Lines:
    """Lines of a text from one place on, remembering those of the row that is being read."""

    def __init__(self, reading: _Reading, *, place: int, line: int) -> None:
        self._matches = _LINE.finditer(reading.block.data, place)
        self._limit = reading.longest_row_lines
        self._longest = reading.longest_row or _LONGEST_HEADER
        self.count = line - 1
        self.of_row: list[str] = []
        self.is_exhausted = False
        self.row_place = place
        self.place = place

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.of_row) >= self._limit:
            raise _NeverClosed
        match = next(self._matches, None)
        if match is None:
            self.is_exhausted = True
            raise StopIteration
        line = bytes(match.group()).decode()
        self.place = match.end()
        self.count += 1
        self.of_row.append(line)
        if len(line) > self._longest:
            raise _TooLong
        return line

    def finish_row(self) -> None:
        """Forget the lines of the row, which has been counted."""
        self.of_row = []
        self.row_place = self.place

    @property
    def row_start(self) -> int:
        """Line on which the row starts, from 1."""
        return self.count - len(self.of_row) + 1

    @property
    def bounds(self) -> tuple[int, int]:
        """Where the text of the row starts and ends, without its line end."""
        line = self.of_row[-1]
        return self.row_place, self.place - (len(line) - len(line.rstrip("\r\n")) if line[-1:] in "\r\n" else 0)

    def rest(self) -> Iterator[str]:
        """Return the lines of the unfinished row, then all that follow."""
        yield from self.of_row
        for match in self._matches:
            self.count += 1
            self.place = match.end()
            yield bytes(match.group()).decode()


def parse_table(
    text: str | bytes | memoryview,
    *,
    name: str,
    center_id: str,
    parameters: IngestParameters,
    choose: Callable[[tuple[str, ...]], Iterable[int]] | None = None,
    condense: Callable[[ParsedTable], ParsedTable] | None = None,
    row_by_row: bool = False,
) -> ParsedTable:
    """Return the rows of a separated text.

    Args:
        text: The whole file, not empty; bytes are UTF-8.
        name: File name for messages and for `source_file`.
        center_id: Center that delivered the file.
        parameters: Limits.
        choose: Given the header, the places (from 0) of the columns whose cells are wanted; all when not given.
        condense: Given the rows of a part of the file, what of it is kept: it may leave out rows, with rejects or a count in
            their place, and cells (of every part the same). So a large file is never in memory cell by cell.
        row_by_row: Whether the strict reader reads every row. Slower, and the same by law (`tests/property`).

    Returns:
        Rows and rejects in the order of the file. Rows read, rejected and blank together are all rows of the file. The texts of rows
        are views into the bytes, which stay in memory as long as the frames.

    Raises:
        InputError: The header cannot be read.
    """
    data = text.encode() if isinstance(text, str) else text
    reading = _Reading(
        center_id=center_id,
        name=name,
        separator=find_separator(_first_line(data, name=name)),
        longest_cell=parameters.longest_cell,
        longest_row_lines=parameters.longest_row_lines,
        block=np.frombuffer(data, dtype=np.uint8),
        buffer=pa.py_buffer(data),
    )
    lines = _Lines(reading, place=0, line=1)
    header = _read_header(csv.reader(lines, delimiter=reading.separator, strict=True), lines, reading)
    reading.width = len(header)
    reading.places = tuple(range(len(header))) if choose is None else tuple(sorted(set(choose(header))))
    frames = _read_parts(reading, place=lines.place, line=lines.count + 1, row_by_row=row_by_row)
    tables = (_as_table(frame, header=header, reading=reading) for frame in frames)
    parts = list(tables) if condense is None else _condense_beside(tables, condense)
    return _join_parts(parts, header=header, reading=reading)


def _condense_beside(
    tables: Iterable[ParsedTable], condense: Callable[[ParsedTable], ParsedTable]
) -> list[ParsedTable]:
    """Return what is kept of each part, in their order; while one is condensed the next one is read, and no more than that."""
    parts: list[ParsedTable] = []
    with ThreadPoolExecutor(max_workers=1) as beside:
        waiting: Future[ParsedTable] | None = None
        for table in tables:
            if waiting is not None:
                parts.append(waiting.result())
            waiting = beside.submit(condense, table)
        if waiting is not None:
            parts.append(waiting.result())
    return parts


def _as_table(frame: pl.DataFrame, *, header: tuple[str, ...], reading: _Reading) -> ParsedTable:
    names = [cell_name(place) for place in reading.places]
    return ParsedTable(
        header=header,
        rows=frame.drop(names),
        cells=frame.select(names),
        rejects=empty_table(RawReject),
        blank_count=0,
        newline=_name_newline(reading.row_ends),
        separator=reading.separator,
    )


def _join_parts(parts: list[ParsedTable], *, header: tuple[str, ...], reading: _Reading) -> ParsedTable:
    rejects = [part.rejects for part in parts if part.rejects.height]
    return ParsedTable(
        header=header,
        rows=pl.concat([part.rows for part in parts]),
        cells=pl.concat([part.cells for part in parts]),
        rejects=pl.concat([_reject_frame(reading), *rejects]).sort("source_line"),
        blank_count=reading.blank_count + sum(part.blank_count for part in parts),
        newline=_name_newline(reading.row_ends),
        separator=reading.separator,
        loose_quotes=tuple(reading.loose_quotes),
    )


def _first_line(data: bytes | memoryview, *, name: str) -> str:
    for match in _LINE.finditer(data):
        if match.end() - match.start() > _LONGEST_HEADER:
            raise InputError(
                f"{name}, line 1: the line with the column names is {match.end() - match.start():,} bytes long.",
                advice="No header is that long: the line ends of the file may be lost. Export it again as CSV.",
            )
        line = bytes(match.group()).decode()
        if line.strip():
            return line
    return ""


def find_separator(text: str) -> str:
    r"""Return the separator of the header: a comma, unless a tab, a semicolon or a bar splits it into more names.

    >>> find_separator("id;name;note, if any\n"), find_separator("id\n")
    (';', ',')
    """
    return max(_SEPARATORS, key=lambda separator: _count_names(text, separator))


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
                lines.finish_row()
                _refuse_wide(cells, name=reading.name)
                return tuple(cells)
            reading.blank_count += 1
            lines.finish_row()
    except (_NeverClosed, _TooLong, csv.Error) as fault:
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


def _refuse_wide(cells: list[str], *, name: str) -> None:
    if len(cells) > _MOST_COLUMNS:
        raise InputError(
            f"{name}, line 1: the header has {len(cells):,} columns, more than {_MOST_COLUMNS:,}.",
            advice="The line ends of the file may be lost, or it is no table of records. Export it again as CSV.",
        )


def _read_parts(reading: _Reading, *, place: int, line: int, row_by_row: bool) -> Iterator[pl.DataFrame]:
    """Return the rows of the file in parts of some thousands, in their order; the last part may be empty."""
    if row_by_row:
        _read_strictly(reading, place=place, line=line, most_rows=None)
    else:
        yield from _read_blocks(reading, place=place, line=line)
    _close_chunk(reading)
    empty = empty_table(RawRow).with_columns(
        pl.lit(None, dtype=pl.String).alias(cell_name(place)) for place in reading.places
    )
    yield pl.concat([empty, *_take_chunks(reading)])


def _take_chunks(reading: _Reading) -> list[pl.DataFrame]:
    chunks, reading.chunks = reading.chunks, []
    return chunks


def _read_blocks(reading: _Reading, *, place: int, line: int) -> Iterator[pl.DataFrame]:
    """Read regular rows a block at a time, and the rows between them strictly."""
    size, strict_rows, end = _BLOCK_BYTES, 1, len(reading.block)
    while place < end:
        stop = min(place + size, end)
        block = reading.block[place:stop]
        rows = find_rows(
            block,
            following=None if stop == end else int(reading.block[stop]),
            separator=ord(reading.separator),
            longest_row_lines=reading.longest_row_lines,
            longest_row=reading.longest_row,
        )
        _take_regular(rows, block[: rows.stop], reading, place=place, line=line)
        place, line = place + rows.stop, line + int(rows.line_counts.sum())
        is_endless = not rows.stop and size >= _LONGEST_BLOCK_BYTES
        if rows.is_broken or is_endless:
            # Where irregular rows follow each other closely, more of them are read strictly at once.
            strict_rows = min(2 * strict_rows, _MOST_STRICT_ROWS) if len(rows.starts) < strict_rows else 1
            place, line = _read_strictly(reading, place=place, line=line, most_rows=strict_rows)
            size = _SMALL_BLOCK_BYTES
        elif rows.stop:
            size = min(4 * size, _BLOCK_BYTES)
        else:
            size = 4 * size
        if sum(chunk.height for chunk in reading.chunks) >= _FEWEST_ROWS:
            yield pl.concat(_take_chunks(reading))


def _take_regular(rows: RegularRows, block: Bytes, reading: _Reading, *, place: int, line: int) -> None:
    if not len(rows.starts):
        return
    separator = ord(reading.separator)
    _close_chunk(reading)
    lines = line + np.cumsum(rows.line_counts) - rows.line_counts
    read = read_cells(block, rows, separator=reading.separator, width=reading.width, places=reading.places)
    cells = None if read is not None else find_cells(block, rows, separator=separator, width=reading.width)
    has_width = np.ones(len(rows.starts), dtype=bool) if cells is None else cells.has_width
    is_blank, may_be_blank = holds_only_blanks(block, rows, separator=separator)
    reading.blank_count += int(is_blank.sum())
    asked = ~is_blank & (~has_width | may_be_blank | _may_be_refused(rows, block, reading))
    is_taken = has_width & ~is_blank
    for row in np.flatnonzero(asked):
        # Most are rejected or blank; the others stay where they are.
        is_taken[row] = _would_take(reading, place=place + int(rows.starts[row]), line=int(lines[row]))
    reading.row_ends |= {_NEWLINES[code] for code in np.unique(rows.newlines[is_taken])}
    if is_taken.any():
        buffer = reading.buffer.slice(place, len(block))
        if read is not None:
            frame = row_texts(block, buffer=buffer, rows=rows).to_frame("text").hstack(read)
            frame = frame if is_taken.all() else frame.filter(pl.Series(is_taken))
        elif cells is not None:
            frame = make_columns(
                block,
                buffer=buffer,
                rows=rows,
                cells=cells,
                kept=is_taken[cells.has_width],
                places=reading.places,
                width=reading.width,
            )
        reading.chunks.append(_name_rows(frame, reading, lines=pl.Series(lines[is_taken], dtype=pl.Int64)))


def _may_be_refused(rows: RegularRows, block: Bytes, reading: _Reading) -> Mask:
    """Return which rows hold a NUL character or are so long that a cell may be too long."""
    asked: Mask = rows.ends - rows.starts > reading.longest_cell
    nothing: Places = np.flatnonzero(block == 0)
    if len(nothing):
        asked[np.searchsorted(rows.starts, nothing, side="right") - 1] = True
    return asked


def _would_take(reading: _Reading, *, place: int, line: int) -> bool:
    """Let the strict reader reject or count one regular row; tell whether it takes it."""
    kept = len(reading.cells)
    _read_strictly(reading, place=place, line=line, most_rows=1)
    is_taken = len(reading.cells) > kept
    if is_taken:
        del reading.cells[kept:], reading.lines[kept:], reading.bounds[kept:]
    return is_taken


def _read_strictly(reading: _Reading, *, place: int, line: int, most_rows: int | None) -> tuple[int, int]:
    """Read rows one by one from a place on; return the place and line behind them."""
    lines = _Lines(reading, place=place, line=line)
    rows = csv.reader(lines, delimiter=reading.separator, strict=True)
    count = 0
    while most_rows is None or count < most_rows:
        if not _read_row(rows, lines, reading):
            return len(reading.block), lines.count + 1
        count += 1
    return lines.place, lines.count + 1


def _read_row(rows: Iterator[list[str]], lines: _Lines, reading: _Reading) -> bool:
    """Read one row; tell whether there may be another."""
    try:
        cells = next(rows)
    except StopIteration:
        return False
    except _NeverClosed:
        _reject_rest(lines, reading, within=f"{len(lines.of_row):,} lines")
        return False
    except _TooLong:
        _reject(lines, reading, reason=f"the row is {len(lines.of_row[-1]):,} characters long, no row can be")
    except csv.Error as fault:
        # The strict reader complains at the end of the file when a quote is still open.
        if lines.is_exhausted:
            _reject_rest(lines, reading, within="the file")
            return False
        _take_loose(lines, reading, fault=str(fault))
    else:
        _take(cells, lines, reading)
    return True


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
        lines.finish_row()
    elif len(cells) != reading.width:
        _reject(lines, reading, reason=_describe_width(cells, lines, reading))
    elif _holds_long_cell(cells, reading):
        # The reader has a limit of its own, which other libraries of this process may have raised.
        _reject(lines, reading, reason=_too_long(reading))
    elif any("\x00" in cell for cell in cells):
        _reject(lines, reading, reason="the row holds a NUL character, which no text has")
    else:
        reading.lines.append(lines.row_start)
        reading.bounds.append(lines.bounds)
        reading.cells.append(cells)
        reading.row_ends.add(_line_end(lines.of_row))
        lines.finish_row()
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
    text = "".join(lines.of_row).rstrip("\r\n")
    if len(text) > _LONGEST_REJECT:
        reason += f"; the first {_LONGEST_REJECT:,} of {len(text):,} characters are kept"
        text = text[:_LONGEST_REJECT]
    reading.rejects.append((lines.row_start, reason, text))
    lines.finish_row()


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
    columns = {
        cell_name(place): pl.Series([cells[place] for cells in reading.cells], dtype=pl.String)
        for place in reading.places
    }
    texts = [bytes(reading.block[start:end]).decode() for start, end in reading.bounds]
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)} | columns)
    reading.chunks.append(_name_rows(frame, reading, lines=pl.Series(reading.lines, dtype=pl.Int64)))
    reading.lines, reading.cells, reading.bounds = [], [], []


def _name_rows(frame: pl.DataFrame, reading: _Reading, *, lines: pl.Series) -> pl.DataFrame:
    """Return texts and cells with the columns of `RawRow` before them."""
    names = [cell_name(place) for place in reading.places]
    return frame.select(
        pl.lit(reading.center_id).alias("center_id"),
        pl.lit(reading.name).alias("source_file"),
        lines.alias("source_line"),
        plh.col("text").chash.sha2_256().str.head(32).alias("row_hash"),
        "text",
        *names,
    )


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
