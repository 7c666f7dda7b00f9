"""Rows of an AIRS file gathered as tables: what the rest of ingest reads as if each table had come as a file of its own.

    elements ─ Collector.add ─► rows of many tables ─ Collector.finish ─► Table for raw, Table for building

A row says on which line of the XML its element begins. What belongs to a record is built as if it stood on the line of the
record, so that of a record that came twice everything is left out or kept together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import polars as pl
import polars_hash as plh

from pipeline.ingest.airs_status import with_status
from pipeline.ingest.columns import name_columns
from pipeline.ingest.parse import ParsedTable
from pipeline.ingest.regular_rows import cell_name
from pipeline.ingest.tables import Table
from schemas.contract import conform, empty_table
from schemas.raw import RawReject, RawRow

#: Tables whose rows are records.
RECORD_TABLES: tuple[str, ...] = ("agency", "site", "service", "service_at_site")
#: Beginning of the names of columns that were worked out, and are not in the XML.
WORKED_OUT = "="
#: Columns that say where a row came from, where the line alone does not.
LINE, FILE = "=line", "=file"
#: Rows turned into a frame at once; dictionaries take many times the room (project choice).
_PART_ROWS = 5_000
#: Columns of a part beside its cells; no path of an element begins so.
_PLACE, _TEXT, _OF, _OF_ROW = "::line", "::text", "::of", "::of row"
_OWN: dict[str, pl.DataType] = {_PLACE: pl.Int64(), _TEXT: pl.String(), _OF: pl.String(), _OF_ROW: pl.Int64()}


class Place(NamedTuple):
    """A row: its table, and its number in it from 0."""

    table: str
    row: int


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """One XML file as it was read.

    Attributes:
        name: Name inside the delivery.
        sha256, bytes_count, encoding, newline: As in `InputFile`.
    """

    name: str
    sha256: str
    bytes_count: int
    encoding: str
    newline: str


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The tables of a delivery.

    Attributes:
        tables: By name; for the raw tables.
        placed: The same, rows of what belongs to a record on the line of that record; for building.
        is_numbered: Whether rows are numbered because lines do not tell them apart.
    """

    tables: dict[str, Table]
    placed: dict[str, Table]
    is_numbered: bool


@dataclass(kw_only=True)
class Collector:
    """Gathers rows while the files are read.

    Attributes:
        center_id: Center that delivered them.
        names: Tables that are there even without a row.
    """

    center_id: str
    names: Sequence[str]
    _waiting: dict[str, list[dict[str, str | int | None]]] = field(default_factory=dict)
    _columns: dict[str, dict[str, None]] = field(default_factory=dict)
    _parts: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def add(
        self, table: str, *, file: str, line: int, text: str, cells: Mapping[str, str], of: Place | None = None
    ) -> Place:
        """Add a row and return where it is.

        Args:
            table: Its table.
            file: Name of the XML file.
            line: Line on which its element begins.
            text: The element as written.
            cells: Texts by column.
            of: The row of the record that it belongs to.
        """
        waiting = self._waiting.setdefault(table, [])
        row: dict[str, str | int | None] = {**cells, LINE: str(line), FILE: file, _PLACE: line, _TEXT: text}
        if of is not None:
            row |= {_OF: of.table, _OF_ROW: of.row}
        waiting.append(row)
        columns = self._columns.setdefault(table, {})
        columns.update(dict.fromkeys(cells))
        if len(waiting) >= _PART_ROWS:
            self._close(table)
        number = self._counts.get(table, 0)
        self._counts[table] = number + 1
        return Place(table, number)

    def _close(self, table: str) -> None:
        rows = self._waiting.pop(table, [])
        if rows:
            columns = [*self._columns[table], LINE, FILE]
            schema: dict[str, pl.DataType] = dict.fromkeys(columns, pl.String()) | _OWN
            part = pl.DataFrame(
                {name: pl.Series([row.get(name) for row in rows], dtype=dtype) for name, dtype in schema.items()}
            )
            self._parts.setdefault(table, []).append(part)

    def finish(self, files: Sequence[ReadFile]) -> Gathered:
        """Return all rows as tables.

        Args:
            files: The XML files; their hashes and sizes together are told with every table.
        """
        frames = {name: self._take(name) for name in dict.fromkeys((*self.names, *self._columns))}
        frames |= {name: with_status(frames[name]) for name in RECORD_TABLES if name in frames}
        is_numbered = len(files) > 1 or any(
            frame[_PLACE].is_duplicated().any() for name, frame in frames.items() if name in RECORD_TABLES
        )
        if is_numbered:
            frames = {name: _numbered(frame) for name, frame in frames.items()}
        dropped = [name for name, is_dropped in ((FILE, len(files) == 1), (LINE, not is_numbered)) if is_dropped]
        lines = {name: frames[name][_PLACE] for name in RECORD_TABLES if name in frames}
        tables, placed = {}, {}
        for name, frame in frames.items():
            tables[name] = self._as_table(name, frame.drop(dropped), files=files)
            placed[name] = _on_line_of_record(tables[name], frame.select(_OF, _OF_ROW), lines=lines)
        return Gathered(tables=tables, placed=placed, is_numbered=is_numbered)

    def _take(self, name: str) -> pl.DataFrame:
        self._close(name)
        schema: dict[str, pl.DataType] = {LINE: pl.String(), FILE: pl.String()} | _OWN
        empty = pl.DataFrame(schema=schema)
        return pl.concat([empty, *self._parts.pop(name, [])], how="diagonal")

    def _as_table(self, name: str, frame: pl.DataFrame, *, files: Sequence[ReadFile]) -> Table:
        # The same columns in the same order, whichever element came first.
        columns = sorted((one for one in frame.columns if one not in _OWN), key=_column_order)
        rows = frame.select(
            pl.lit(self.center_id).alias("center_id"),
            pl.lit(name).alias("source_file"),
            pl.col(_PLACE).alias("source_line"),
            plh.col(_TEXT).chash.sha2_256().str.head(32).alias("row_hash"),
            pl.col(_TEXT).alias("text"),
        )
        cells = frame.select(pl.col(one).fill_null("").alias(cell_name(place)) for place, one in enumerate(columns))
        parsed = ParsedTable(
            header=tuple(columns),
            rows=conform(rows, RawRow),
            cells=cells,
            rejects=empty_table(RawReject),
            blank_count=0,
            newline=_one_of((file.newline for file in files), otherwise="mixed"),
            separator="-",
        )
        return Table(
            name=name,
            header=name_columns(columns),
            parsed=parsed,
            sha256=files[0].sha256 if len(files) == 1 else "",
            bytes_count=sum(file.bytes_count for file in files),
            encoding=_one_of((file.encoding for file in files), otherwise="mixed"),
        )


def _column_order(name: str) -> tuple[bool, str]:
    return (not name.startswith(WORKED_OUT), name)


def _one_of(words: Iterable[str], *, otherwise: str) -> str:
    found = set(words)
    return found.pop() if len(found) == 1 else otherwise


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + 1).alias(_PLACE))


def _on_line_of_record(table: Table, owners: pl.DataFrame, *, lines: Mapping[str, pl.Series]) -> Table:
    """Return the table with the rows of a record's own things on the record's line."""
    if not owners[_OF].count():
        return table
    known = pl.concat(
        [
            pl.DataFrame({_OF: pl.repeat(name, len(line), dtype=pl.String, eager=True), "line": line}).with_columns(
                pl.int_range(pl.len(), dtype=pl.Int64).alias(_OF_ROW)
            )
            for name, line in lines.items()
        ]
    )
    found = owners.join(known, on=[_OF, _OF_ROW], how="left", maintain_order="left")
    rows = table.parsed.rows.with_columns(
        pl.coalesce(found[_OF], pl.col("source_file")).alias("source_file"),
        pl.coalesce(found["line"], pl.col("source_line")).alias("source_line"),
    )
    return replace(table, parsed=replace(table.parsed, rows=rows))
