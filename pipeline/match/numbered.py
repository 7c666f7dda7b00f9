"""Rows found by their number instead of by a join: what keeps the comparison of a million pairs short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def by_entity(frame: pl.DataFrame, *, count: int) -> pl.DataFrame:
    """Return one row per entity 0, 1, 2, … without the column `entity`; null where the frame has none. At most one row each."""
    return in_rows(frame.rename({"entity": "row"}), count=count)


def in_rows(found: pl.DataFrame, *, count: int) -> pl.DataFrame:
    """Return `count` rows in the order of the column `row`, which is dropped; null where no row was found. None stands twice."""
    place = np.full(count, -1, dtype=np.int64)
    place[found["row"].to_numpy()] = np.arange(found.height)
    index = pl.Series(place, dtype=pl.Int64)
    return found.drop("row").select(pl.all().gather(index.set(index < 0, None).cast(pl.UInt32)))


def repeated(rows: pl.DataFrame, *, by: list[str]) -> pl.DataFrame:
    """Return the rows whose values may stand in another row too, with `row`, their number: all that do, and hardly any other.

    Values that are told apart by their hash alone need not be looked at.
    """
    is_repeated = rows.select(pl.struct(by).hash().is_duplicated()).to_series()
    return rows.with_row_index("row").filter(is_repeated)


def numbers_of(values: pl.Series) -> Numbers:
    """Return a number for every distinct value, -1 for null. Which number a value gets may be another in every run."""
    if values.dtype == pl.String:
        values = values.cast(pl.Categorical).to_physical()
    return values.cast(pl.Int64).fill_null(-1).to_numpy()


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Where the rows of each entity stand in a frame sorted by entity.

    Attributes:
        begin: By entity, the row with which its rows begin.
        count: By entity, how many it has.
    """

    begin: Numbers
    count: Numbers

    @classmethod
    def of(cls, entity: pl.Series, *, count: int) -> Spans:
        """Return the spans of a sorted column of entity numbers."""
        counts = np.bincount(entity.to_numpy(), minlength=count).astype(np.int64)
        return cls(begin=np.cumsum(counts) - counts, count=counts)

    def crossed(self, a: Numbers, b: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return every row of one side beside every row of the other.

        Returns:
            Number of the pair, row of the first, row of the second; in this order sorted.
        """
        size = self.count[a] * self.count[b]
        pair = np.repeat(np.arange(len(a)), size)
        within = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size)
        width = self.count[b][pair]
        return pair, self.begin[a][pair] + within // width, self.begin[b][pair] + within % width


def first_best(group: Numbers, *measures: NDArray[Any]) -> Numbers:
    """Return for every group the place of its first row among those with the greatest measures.

    Args:
        group: Sorted group numbers.
        measures: Compared one after the other, each among the rows that the ones before left.
    """
    if not len(group):
        return np.zeros(0, dtype=np.int64)
    begin = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    size = np.diff(begin, append=len(group))
    left = np.ones(len(group), dtype=bool)
    for measure in measures:
        lowest = measure.min() if measure.dtype != np.bool_ else False
        among = np.where(left, measure, lowest)
        left &= among == np.repeat(np.maximum.reduceat(among, begin), size)
    places = np.flatnonzero(left)
    return places[np.flatnonzero(np.diff(group[places], prepend=group[0] - 1))]
