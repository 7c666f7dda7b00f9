"""Nested objects to rows of tables: the one walk over the objects that cannot be avoided, then columns of text.

An object's row is what it says itself; what is nested becomes rows of other tables, tied by ids that the nesting tells. Rows are
turned into frames some thousands at a time, so that only these are in memory as objects of Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import polars as pl

from pipeline.ingest.hsds_json_shape import KINDS, Kind, Nested
from pipeline.ingest.json_records import text_of

#: Where a row comes from. No member has such a name, because a text with a NUL character is refused.
FILE, LINE = "\0file", "\0line"
#: Rows of one table that are turned into a frame at once (measured: more only cost memory).
_CHUNK_ROWS = 20_000
#: Objects of one kind that are remembered, so that one which comes again is not walked again (project choice).
_REMEMBERED = 4_000

_Row = dict[str, Any]
_TEXTS = {str, type(None)}


class RowCollector:
    """Takes records of files and gives the rows of all tables.

    Attributes:
        kinds: Kinds of which there is a row, by file of the table.
        roots: Records taken by name of their kind; nested objects are not counted.
        blank_members: Members that some object has without a value (`null`), by file of the table.
        other_owners: How often an object names another owner than the object around it, by `file:column`.
    """

    def __init__(self) -> None:
        self.kinds: dict[str, Kind] = {}
        self.roots: dict[str, int] = {}
        self.blank_members: dict[str, set[str]] = {}
        self.other_owners: dict[str, int] = {}
        self._file = ""
        self._rows: dict[str, list[_Row]] = {}
        self._lines: dict[str, list[int]] = {}
        self._frames: dict[str, list[pl.DataFrame]] = {}
        self._seen: dict[str, dict[Any, _Row]] = {}

    def start_file(self, name: str) -> None:
        """Let the next records come from a file."""
        self._flush_all()
        self._file = name

    def take(self, record: _Row, kind: Kind, *, line: int) -> None:
        """Take one record with everything nested in it."""
        self.roots[kind.name] = self.roots.get(kind.name, 0) + 1
        self._take(record, kind, line, {})

    def finish(self) -> dict[str, pl.DataFrame]:
        """Return the rows by file of their table: `FILE`, `LINE`, and the members as text, null where an object has none."""
        self._flush_all()
        frames, self._frames = self._frames, {}
        return {file: pl.concat(parts, how="diagonal") for file, parts in frames.items()}

    def _take(self, members: _Row, kind: Kind, line: int, ties: Mapping[str, str]) -> None:
        row: _Row = {}
        nested: list[tuple[Nested, Any]] = []
        for name, value in members.items():
            if value.__class__ is str:
                row[name] = value
            elif value.__class__ is list or value.__class__ is dict:
                member = kind.members.get(name)
                if member is None or not _holds_objects(value):
                    row[name] = value
                else:
                    nested.append((member, value))
            elif value is None:
                self.blank_members.setdefault(kind.file, set()).add(name)
            else:
                row[name] = value
        for column, owner in ties.items():
            if column in row:
                self._count_other(row, kind, column, owner)
            row[column] = owner
        if nested:
            owner = _id_of(row)
            for member, value in nested:
                self._take_nested(row, kind, line, owner, member, value)
        file = kind.file
        rows = self._rows.get(file)
        if rows is None:
            self.kinds[file] = kind
            rows = self._rows[file] = []
            self._lines[file] = []
        rows.append(row)
        self._lines[file].append(line)
        if len(rows) >= _CHUNK_ROWS:
            self._flush(file)

    def _take_nested(
        self,
        row: _Row,
        kind: Kind,
        line: int,
        owner: str,
        member: Nested,
        value: Any,  # noqa: ANN401 - object or list
    ) -> None:
        objects = value if value.__class__ is list else [value]
        if member.is_named:
            for one in objects:
                if one is not None:
                    self._take_named(row, kind, line, member, one)
            return
        ties = {member.column: owner} if owner else {}
        if member.entity:
            ties[member.entity] = kind.name
        inner = KINDS[member.table]
        for one in objects:
            if one is not None:
                self._take(one, inner, line, ties)

    def _take_named(self, row: _Row, kind: Kind, line: int, member: Nested, members: _Row) -> None:
        named, given = _id_of(members), row.get(member.column)
        if named:
            if given:
                self._count_other(row, kind, member.column, named)
            row[member.column] = named
        elif given:
            members = {**members, "id": given}
        if not self._is_known(member.table, named, members):
            self._take(members, KINDS[member.table], line, {})

    def _is_known(self, table: str, named: str, members: _Row) -> bool:
        """Tell whether the same object has been taken before; ask only of objects that stand for themselves."""
        if not named:
            return False
        seen = self._seen.setdefault(table, {})
        if seen.get(named) == members:
            return True
        if len(seen) >= _REMEMBERED:
            seen.clear()
        seen[named] = members
        return False

    def _count_other(self, row: _Row, kind: Kind, column: str, owner: str) -> None:
        given = row.get(column)
        if given and given != owner and column in _IDS and text_of(given).strip() != owner.strip():
            key = f"{kind.file}:{column}"
            self.other_owners[key] = self.other_owners.get(key, 0) + 1

    def _flush_all(self) -> None:
        for file in self._rows:
            self._flush(file)

    def _flush(self, file: str) -> None:
        rows, lines = self._rows[file], self._lines[file]
        if not rows:
            return
        names = dict.fromkeys(chain.from_iterable(rows))
        columns = [
            pl.Series(FILE, [self._file], dtype=pl.String).new_from_index(0, len(rows)),
            pl.Series(LINE, lines, dtype=pl.Int64),
            *(_column(name, [row.get(name) for row in rows]) for name in names),
        ]
        self._frames.setdefault(file, []).append(pl.DataFrame(columns))
        self._rows[file], self._lines[file] = [], []


def _ids() -> frozenset[str]:
    nested = (member for kind in KINDS.values() for member in kind.members.values())
    return frozenset(member.column for member in nested)


#: Columns with the id of another object.
_IDS = _ids()


def _holds_objects(value: Any) -> bool:  # noqa: ANN401 - object or list
    """Tell whether what a member holds can be rows; a list of texts where objects belong is kept as it is."""
    return value.__class__ is dict or all(one.__class__ is dict or one is None for one in value)


def _id_of(members: _Row) -> str:
    found = members.get("id")
    return "" if found is None else text_of(found).strip()


def _column(name: str, values: list[Any]) -> pl.Series:
    if not set(map(type, values)) <= _TEXTS:
        values = [None if value is None else text_of(value) for value in values]
    return pl.Series(name, values, dtype=pl.String)
