"""Objects of any HSDS table with everything nested in them, for a choice of rows."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, Future

import polars as pl

from pipeline.publish.hsds_json_links import Links, all_rows
from pipeline.publish.hsds_json_members import Single, listed_members, single_members
from pipeline.publish.hsds_json_text import Cells, Objects, look_at_cells
from schemas.hsds_tables import hsds_tables


class Composer:
    """Composes JSON objects of the rows of a package. What is found out of whole tables is kept.

    Args:
        tables: Frames of text by table name. Tables and columns that the version does not know are passed over.
        version: Version of HSDS.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame], *, version: str) -> None:
        self.tables = {name: _sorted(tables[name]) for name in hsds_tables(version)}
        self.version = version
        self.links = Links(self.tables)
        self._cells: dict[tuple[str, str], Cells] = {}
        self._bodies: dict[str, pl.Series] = {}

    def prepare(self, pool: Executor) -> None:
        """Find out of the whole tables what their objects need, side by side, before threads ask for the same thing at once."""
        work: list[Future[object]] = []
        for name, table in hsds_tables(self.version).items():
            # Ids of owners are told by the nesting, and seldom written.
            own = [column.name for column in table.columns if column.refers_to is None]
            work.append(pool.submit(self._look_at, name, own))
            work += [pool.submit(self.links.owned, name, listed) for listed in listed_members(name, self.version)]
        for part in work:
            part.result()

    def objects(self, table: str, rows: pl.Series, *, without: tuple[str | None, ...] = ()) -> Objects:
        """Return the objects of some rows of a table.

        Args:
            table: Name of the table.
            rows: Row numbers, in the order wanted.
            without: Columns and members to leave out.
        """
        cells = self._filled(table, without)
        frame = self.tables[table].select(cell.name for cell in cells)[rows]
        objects = Objects(rows=frame.select(cell.member().alias(cell.name) for cell in cells))
        for listed in listed_members(table, self.version):
            owned = None if listed.name in without else self.links.owned(table, listed)
            pairs = owned.of(rows) if owned is not None else None
            if pairs is not None and not pairs.is_empty():
                within = self.objects(listed.table, pairs["row"], without=(listed.column, listed.entity))
                objects = objects.having_list(listed.name, pairs["place"], within.bodies())
        for single in single_members(table, self.version):
            if single.name not in without and not self.tables[single.table].is_empty():
                targets = self.links.targets(table, single).gather(rows)
                objects = with_single(objects, single, self._all(single.table).gather(targets))
        return objects

    def _filled(self, table: str, without: tuple[str | None, ...]) -> list[Cells]:
        """Return how the columns of a table are written that have any cell."""
        columns = [column.name for column in hsds_tables(self.version)[table].columns if column.name not in without]
        self._look_at(table, [column for column in columns if (table, column) not in self._cells])
        cells = (self._cells[table, column] for column in columns)
        return [cell for cell in cells if cell.shape is not None]

    def _look_at(self, table: str, columns: list[str]) -> None:
        numbers = [column.name for column in hsds_tables(self.version)[table].columns if column.type == "number"]
        looked = look_at_cells(self.tables[table].select(columns), numbers=numbers, table=table)
        self._cells.update(((table, column), cells) for column, cells in looked.items())

    def _all(self, table: str) -> pl.Series:
        """Return the body of every row of a small table that many objects name, such as terms."""
        if table not in self._bodies:
            self._bodies[table] = self.objects(table, all_rows(self.tables[table])).bodies()
        return self._bodies[table]


def with_single(objects: Objects, member: Single, bodies: pl.Series) -> Objects:
    """Return objects with a member that holds one object; where it is there, the column with its id is not.

    Args:
        objects: The owners.
        member: The member.
        bodies: Body of its value by owner; null where there is none.
    """
    if member.column in objects.rows.columns:
        kept = pl.when(bodies.is_null()).then(member.column).alias(member.column)
        objects = Objects(rows=objects.rows.with_columns(kept))
    return objects.having_object(member.name, bodies)


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table sorted by id, as tables of a package are."""
    return frame if frame["id"].is_sorted() else frame.sort("id", maintain_order=True)
