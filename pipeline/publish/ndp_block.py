"""A block of bundles as flat tables: what is worked on at one time, so that memory does not grow with the directory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from pipeline.publish.ndp_selection import NdpSelection
from pipeline.publish.public_directory import PublicDirectory

#: Bundles worked on at one time.
BUNDLES = 2_000

#: Columns of what has no counterpart: object, member, our word (null where none is shown), id of the record.
UNMAPPED_SCHEMA: Mapping[str, type[pl.DataType]] = {
    "table": pl.String,
    "column": pl.String,
    "word": pl.String,
    "id": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """The rows of a directory that go into some bundles.

    Args:
        records: By kind, the columns of `PublicDirectory` with `id`, `org_id` and for a service at a site `service_id`,
            `location_id`. Sorted by bundle and id.
        owned: By table, the columns of `PublicDirectory` with `owner_id`.
    """

    records: Mapping[str, pl.DataFrame]
    owned: Mapping[str, pl.DataFrame]


@dataclass(kw_only=True)
class Remarks:
    """What was noticed on the way.

    Args:
        unmapped: Frames with the columns of `UNMAPPED_SCHEMA`.
        removed: Values left out of records that are written, by reason.
        targets_only: Ids of services with a taxonomy link of target terms only, once per link.
    """

    unmapped: list[pl.DataFrame] = field(default_factory=list)
    removed: Counter[str] = field(default_factory=Counter)
    targets_only: list[pl.Series] = field(default_factory=list)

    def tell(self, frame: pl.DataFrame, *, table: str, column: str, word: pl.Expr, owner: str = "id") -> None:
        """Note rows of which a value has no counterpart.

        Args:
            frame: The rows.
            table: Object.
            column: Member.
            word: Our word.
            owner: Column with the id of the record.
        """
        if frame.height:
            self.unmapped.append(
                frame.select(
                    pl.lit(table).alias("table"),
                    pl.lit(column).alias("column"),
                    word.cast(pl.String).alias("word"),
                    pl.col(owner).alias("id"),
                )
            )


def read_blocks(public: PublicDirectory, selection: NdpSelection, *, size: int = BUNDLES) -> Iterator[Source]:
    """Return the rows of the written records, some bundles at a time, in the order of the bundles."""
    tables = public.tables()
    for first in range(0, selection.bundles, size):
        yield Source(
            records={
                kind: _gather(tables[kind], _slice(keys, first, first + size))
                for kind, keys in selection.records.items()
            },
            owned={
                name: _gather(tables[name].drop("owner_kind"), _slice(keys, first, first + size))
                for name, keys in selection.owned.items()
            },
        )


def _slice(keys: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    start, end = (int(keys["bundle"].search_sorted(bundle)) for bundle in (first, last))
    return keys.slice(start, end - start)


def _gather(table: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([table[keys["row"]], keys.drop("row", "bundle")], how="horizontal")
