"""Which rows belong to which, by row number: asked once of whole tables, so that blocks of a directory need no search for ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.publish.hsds_json_members import Listed, Single

#: Type of a row number.
ROW = pl.UInt32


def all_rows(table: pl.DataFrame) -> pl.Series:
    """Return the row numbers of a table."""
    return pl.int_range(table.height, dtype=ROW, eager=True)


@dataclass(frozen=True, kw_only=True)
class Owned:
    """Rows of a table grouped by the row that owns them.

    Args:
        rows: Row numbers of the owned, owner after owner, rising within each.
        starts: Where the rows of each owner start in `rows`; one more entry than owners, so that each ends where the next starts.
    """

    rows: pl.Series
    starts: pl.Series

    def of(self, owners: pl.Series) -> pl.DataFrame:
        """Return the rows of some owners: `place` (place of the owner in the list) and `row`, in the order of the list."""
        spans = pl.DataFrame({"start": self.starts.gather(owners), "end": self.starts.gather(owners + 1)})
        slots = (
            spans.select(pl.int_range(pl.len(), dtype=ROW).alias("place"), pl.int_ranges("start", "end", dtype=ROW))
            .filter(pl.col("start").list.len() > 0)
            .explode("start")
        )
        return slots.select("place", self.rows.gather(slots["start"]).alias("row"))

    def counts(self) -> pl.Series:
        """Return how many rows each owner has."""
        return self.starts.slice(1) - self.starts.head(len(self.starts) - 1)


class Links:
    """The ties between the rows of a package.

    Args:
        tables: Frames of text by table name.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._tables = tables
        self._owned: dict[tuple[str, str], Owned | None] = {}
        self._targets: dict[tuple[str, str], pl.Series] = {}
        self._numbered: dict[str, pl.DataFrame] = {}

    def owned(self, owner: str, member: Listed) -> Owned | None:
        """Return the rows that a member holds, by row of the owner; None when it holds none anywhere."""
        key = (owner, member.name)
        if key not in self._owned:
            self._owned[key] = self._find_owned(owner, member)
        return self._owned[key]

    def targets(self, owner: str, member: Single) -> pl.Series:
        """Return for every row of the owner the row that a member holds; null when there is none."""
        key = (owner, member.name)
        if key not in self._targets:
            self._targets[key] = self._rows_of(self._tables[owner][member.column], member.table)
        return self._targets[key]

    def _find_owned(self, owner: str, member: Listed) -> Owned | None:
        table = self._tables[member.table]
        tied = table.select(
            pl.int_range(pl.len(), dtype=ROW).alias("row"),
            member.column,
            *([member.entity] if member.entity is not None else []),
        )
        if member.entity is not None:
            tied = tied.filter(pl.col(member.entity) == owner)
        tied = tied.drop_nulls(member.column)
        if tied.is_empty():
            return None
        found = tied.select("row", self._rows_of(tied[member.column], owner).alias("owner")).drop_nulls("owner")
        if found.is_empty():
            return None
        found = found.sort("owner", maintain_order=True)
        every = pl.int_range(self._tables[owner].height + 1, dtype=ROW, eager=True)
        return Owned(rows=found["row"], starts=found["owner"].search_sorted(every).cast(ROW))

    def _rows_of(self, ids: pl.Series, table: str) -> pl.Series:
        if table not in self._numbered:
            numbered = self._tables[table].select("id", pl.int_range(pl.len(), dtype=ROW).alias("row"))
            # Of two rows of one id, which the pre-flight reports, the first one stands for both.
            self._numbered[table] = numbered.unique("id", keep="first", maintain_order=True)
        found = ids.alias("id").to_frame().join(self._numbered[table], on="id", how="left", maintain_order="left")
        return found["row"]
