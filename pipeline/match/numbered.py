"""Rows found by their number instead of by a join: what keeps the comparison of a million pairs short."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
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


def shared_numbers_of(values: pl.Series) -> Numbers:
    """Return a number for every value that stands in several rows, -1 for null and for values in one row."""
    rows = repeated(values.to_frame("value"), by=["value"])
    numbers = np.full(len(values), -1, dtype=np.int64)
    numbers[rows["row"].to_numpy()] = numbers_of(rows["value"])
    return numbers


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

    def rows(self, entity: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rows of each entity one after the other: place of the entity, row."""
        size = self.count[entity]
        place = np.repeat(np.arange(len(entity)), size)
        return place, np.arange(len(place)) + np.repeat(self.begin[entity] - (np.cumsum(size) - size), size)

    def crossed(self, a: Numbers, b: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return every row of one side beside every row of the other.

        Returns:
            Number of the pair, row of the first, row of the second; in this order sorted.
        """
        one, first = self.rows(a)
        other, second = self.rows(b[one])
        return one[other], first[other], second

    def parts(self, a: Numbers, b: Numbers, *, at_once: int) -> list[slice]:
        """Cut the pairs into parts that make about so many rows beside rows; at least one part."""
        # One more for each pair: also pairs without rows are some work.
        work = np.cumsum(self.count[a] * self.count[b] + 1) // at_once
        cuts = [*np.flatnonzero(np.diff(work, prepend=-1)), len(work)]
        return [slice(begin, end) for begin, end in pairwise(cuts)] or [slice(0, 0)]


#: Marks of two sides held against each other in one go; bounds the memory, changes no result (project choice).
_MARKS_AT_ONCE = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Values that entities have, as numbers; none twice for one entity.

    Attributes:
        spans: Where the values of each entity stand.
        number: The values.
    """

    spans: Spans
    number: Numbers

    @classmethod
    def of(cls, entity: pl.Series, values: pl.Series, *, count: int) -> Marks:
        """Return the distinct values of each entity that are not null."""
        number = numbers_of(values)
        packed = (entity.cast(pl.Int64).to_numpy() << 32) | number
        packed = pl.Series(packed[number >= 0]).unique().sort().to_numpy()
        return cls(spans=Spans.of(pl.Series(packed >> 32), count=count), number=packed & 0xFFFFFFFF)

    def are_shared(self, a: Numbers, b: Numbers) -> pl.Series:
        """Tell of each pair whether both have a value in common; null where one has none."""
        found = np.zeros(len(a), dtype=bool)
        for part in self.spans.parts(a, b, at_once=_MARKS_AT_ONCE):
            pair, first, second = self.spans.crossed(a[part], b[part])
            found[part.start + pair[self.number[first] == self.number[second]]] = True
        has_both = (self.spans.count[a] > 0) & (self.spans.count[b] > 0)
        return pl.Series(found).set(pl.Series(~has_both), None)


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
