"""Which block of a directory every record goes to, so that a large directory can be exported block by block.

Agencies that have anything to do with each other make a family: a parent agency and its parts, agencies whose services are offered
at each other's sites, agencies that hold copies of one record, agencies that were merged. A block is made of whole families, with
all their sites, services and links, so that nothing in a block refers to another one.

Records are named by the xxh3 hash of their id, 64 bits, the same on every machine. Two ids of one hash would only put their families
together, which is harmless: nothing is told apart by the hash alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import polars_hash as plh

Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

#: Columns of the tables of records that `record_nodes` reads, by kind of record.
NODE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agency": ("record_uid", "agency_uid", "parent_uid"),
    "site": ("record_uid", "agency_uid"),
    "service": ("record_uid", "agency_uid"),
    "service_at_site": ("record_uid", "agency_uid", "service_uid", "site_uid"),
}
#: Under which name the hash of a column is kept.
_KEPT_AS: Mapping[str, str] = {
    "record_uid": "record",
    "agency_uid": "agency",
    "parent_uid": "parent",
    "service_uid": "service",
    "site_uid": "site",
}
_NO_HASHES: Hashes = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """Where every record goes.

    Args:
        block_of: One row per record id: `record` (UInt64, hash of the id), `block` (UInt32, from 0). Sorted by `record`.
        count: Number of blocks; 0 when there is no record.
    """

    block_of: pl.DataFrame
    count: int


def record_nodes(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return what has to be kept of a piece of a table of records to know the families.

    Args:
        kind: Kind of record.
        frame: Rows with the columns `NODE_COLUMNS` of that kind (text; all but `record_uid` may be null); others are passed over.

    Returns:
        One row per record: `record`, `agency` (the record itself where it names none), for an agency `parent` and `record_uid`
        (text), for a link `service` and `site`; all but `record_uid` are UInt64, null where nothing is named.
    """
    hashed = frame.select(_hash_of(column).alias(_KEPT_AS[column]) for column in NODE_COLUMNS[kind])
    nodes = hashed.with_columns(pl.coalesce("agency", "record").alias("agency"))
    # Agencies are few: their ids are kept, for the order of the families.
    return nodes.with_columns(frame["record_uid"]) if kind == "agency" else nodes


def part_into_blocks(
    nodes: Mapping[str, Sequence[pl.DataFrame]], *, size: int, tied: Iterable[tuple[str, str]] = ()
) -> Blocks:
    """Say which block every record goes to.

    Families are taken in the order of the smallest `record_uid` among their agencies, those without an agency last, in the order of
    their smallest hash. A block is filled with consecutive families as long as it stays within `size`. Neither blocks nor what is in
    them depend on the order of rows.

    Args:
        nodes: Results of `record_nodes` by kind of record; kinds may be missing.
        size: Records (agencies, sites, services, links) in a block; a family that is larger is a block alone. At least 1.
        tied: Pairs of `record_uid` of agencies that have to be in one block for another reason, such as a confirmed merge.

    Raises:
        ValueError: `size` is less than 1.
    """
    if size < 1:
        raise ValueError("A block holds at least one record.")
    records = np.concatenate([_NO_HASHES, *(_hashes(frame, "record") for frame in _pieces(nodes))])
    if records.size == 0:
        return Blocks(block_of=pl.DataFrame(schema={"record": pl.UInt64, "block": pl.UInt32}), count=0)
    family = np.concatenate([_NO_HASHES, *(_hashes(frame, "agency") for frame in _pieces(nodes))])
    order = np.argsort(records)
    records, family = records[order], family[order]
    del order
    roots = _roots([*_ties_of_records(records, family), *_ties_of_kinds(nodes, records, family), _ties_given(tied)])
    family = roots.of(family)
    agencies = [
        pl.DataFrame({"family": roots.of(_hashes(frame, "agency")), "record_uid": frame["record_uid"]})
        for frame in nodes.get("agency", ())
    ]
    names, sizes = np.unique(family, return_counts=True)
    place, count = _places(names, sizes, _in_order(family, records, agencies), size=size)
    # Copies of a record are in one family, so that the first one speaks for all.
    is_first = np.concatenate([[True], records[1:] != records[:-1]])
    block = place[_search(names, family[is_first])]
    return Blocks(
        block_of=pl.DataFrame({"record": records[is_first], "block": block}).cast({"block": pl.UInt32}), count=count
    )


def owner_block(frame: pl.DataFrame, column: str, block_of: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the block they go to.

    Args:
        frame: Rows of any table.
        column: Column with the id of a record: `record_uid` of records, `owner_uid` of what belongs to a record.
        block_of: See `Blocks`.

    Returns:
        The frame with `block` (UInt32). Rows whose record is not there, or that name none, go to block 0: nothing is lost before it
        is decided what may leave.
    """
    return frame.with_columns(_block_of_ids(frame.select(_hash_of(column)).to_series(), block_of).alias("block"))


def _block_of_ids(hashes: pl.Series, block_of: pl.DataFrame) -> pl.Series:
    asked = hashes.fill_null(0).to_numpy()
    if block_of.is_empty():
        return pl.Series(np.zeros(asked.size, dtype=np.uint32))
    position, is_known = _find(asked, block_of["record"].to_numpy())
    is_known &= hashes.is_not_null().to_numpy()
    return pl.Series(np.where(is_known, block_of["block"].to_numpy()[position], 0).astype(np.uint32))


def _hash_of(column: str) -> pl.Expr:
    return plh.col(column).nchash.xxh3_64(seed=0)


def _pieces(nodes: Mapping[str, Sequence[pl.DataFrame]]) -> Iterable[pl.DataFrame]:
    for kind in NODE_COLUMNS:
        yield from nodes.get(kind, ())


def _hashes(frame: pl.DataFrame, column: str) -> Hashes:
    return frame[column].to_numpy()


def _find(asked: Hashes, known: Hashes) -> tuple[Positions, npt.NDArray[np.bool_]]:
    """Return where each hash stands among sorted ones, and whether it stands there at all."""
    position = _search(known, asked)
    return position, known[position] == asked


def _search(known: Hashes, asked: Hashes) -> Positions:
    """Return where each hash stands among sorted ones; one that is not there gets any place."""
    # In order they are found in a third of the time: a search begins where the one before has ended, near in memory.
    order = np.argsort(asked)
    position = np.empty(asked.size, dtype=np.int64)
    position[order] = np.minimum(np.searchsorted(known, asked[order]), known.size - 1)
    return position


Ties = tuple[Hashes, Hashes]


@dataclass(frozen=True, kw_only=True)
class _Roots:
    """Hashes that are tied to others, sorted, and the smallest of those each is tied to."""

    tied: Hashes
    root: Hashes

    def of(self, family: Hashes) -> Hashes:
        """Return the smallest hash that each one is tied to: itself when there is no other."""
        if self.tied.size == 0:
            return family
        position, is_tied = _find(family, self.tied)
        return np.where(is_tied, self.root[position], family)


def _ties_of_records(records: Hashes, agencies: Hashes) -> list[Ties]:
    """Return ties between agencies that hold one record: copies in several centers, or repeats. The records are sorted."""
    is_repeat = records[1:] == records[:-1]
    return [_differing(agencies[:-1][is_repeat], agencies[1:][is_repeat])]


def _ties_of_kinds(nodes: Mapping[str, Sequence[pl.DataFrame]], records: Hashes, agencies: Hashes) -> Iterable[Ties]:
    for frame in nodes.get("agency", ()):
        own = frame.select("record", "agency", "parent")
        # An agency that names another one as its agency is known to others by its own id.
        yield _differing(_hashes(own, "record"), _hashes(own, "agency"))
        parts = own.drop_nulls("parent")
        yield _differing(_hashes(parts, "agency"), _hashes(parts, "parent"))
    for frame in nodes.get("service_at_site", ()):
        for column in ("service", "site"):
            links = frame.select("agency", column).drop_nulls(column)
            position, is_known = _find(_hashes(links, column), records)
            yield _differing(_hashes(links, "agency")[is_known], agencies[position[is_known]])


def _ties_given(tied: Iterable[tuple[str, str]]) -> Ties:
    pairs = pl.DataFrame(list(tied), schema={"one": pl.String, "other": pl.String}, orient="row")
    hashed = pairs.select(_hash_of("one"), _hash_of("other"))
    return _differing(_hashes(hashed, "one"), _hashes(hashed, "other"))


def _differing(one: Hashes, other: Hashes) -> Ties:
    differs = one != other
    return one[differs], other[differs]


def _roots(ties: Sequence[Ties]) -> _Roots:
    """Return what is tied together, however long the way: a union-find over all ties at once."""
    one = np.concatenate([_NO_HASHES, *(pair[0] for pair in ties)])
    other = np.concatenate([_NO_HASHES, *(pair[1] for pair in ties)])
    tied = np.unique(np.concatenate([one, other]))
    left, right = np.searchsorted(tied, one), np.searchsorted(tied, other)
    root = np.arange(tied.size)
    while True:
        high, low = np.maximum(root[left], root[right]), np.minimum(root[left], root[right])
        is_apart = high != low
        if not is_apart.any():
            return _Roots(tied=tied, root=tied[root])
        left, right, high, low = left[is_apart], right[is_apart], high[is_apart], low[is_apart]
        # Every root takes the smallest root it is tied to; roots only ever go down, so that there are no circles.
        np.minimum.at(root, high, low)
        while not np.array_equal(above := root[root], root):
            root = above


def _in_order(family: Hashes, records: Hashes, agencies: Sequence[pl.DataFrame]) -> Hashes:
    """Return the families in their order, each once."""
    named = (
        pl.concat(agencies).group_by("family").agg(pl.col("record_uid").min()).sort("record_uid")["family"].to_numpy()
        if agencies
        else _NO_HASHES
    )
    is_nameless = np.isin(family, named, invert=True)
    # The records are sorted, so that each family is met at its smallest hash first.
    nameless, first = np.unique(family[is_nameless], return_index=True)
    smallest = records[is_nameless][first]
    return np.concatenate([named, nameless[np.argsort(smallest)]])


def _places(names: Hashes, sizes: Positions, in_order: Hashes, *, size: int) -> tuple[Positions, int]:
    """Return the block of every family, in the order of `names`, and the number of blocks."""
    position = _search(names, in_order)
    until = np.cumsum(sizes[position])
    starts = [0]
    while starts[-1] < until.size:
        start = starts[-1]
        before = int(until[start - 1]) if start else 0
        starts.append(max(start + 1, int(np.searchsorted(until, before + size, side="right"))))
    place = np.empty(names.size, dtype=np.int64)
    place[position] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return place, len(starts) - 1
