"""Laws of parting a directory into blocks, against a union-find one can read, and of the files the blocks lie in."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.publish.families import NODE_COLUMNS, Blocks, owner_block, part_into_blocks, record_nodes
from pipeline.store.block_files import BlockFiles

MANY = settings(max_examples=60, deadline=None)
FEW = settings(max_examples=25, deadline=None)

Rows = dict[str, list[tuple[str | None, ...]]]
# Few ids, so that references meet, records repeat and some name what is not there.
_IDS = {kind: [f"{letter}{number}" for number in range(6)] for kind, letter in zip(NODE_COLUMNS, "asvl", strict=True)}
_REFERS = {"agency_uid": "agency", "parent_uid": "agency", "service_uid": "service", "site_uid": "site"}


def _column(kind: str, column: str) -> st.SearchStrategy[str | None]:
    if column == "record_uid":
        return st.sampled_from(_IDS[kind])
    return st.one_of(st.none(), st.none(), st.sampled_from(_IDS[_REFERS[column]]))


DIRECTORIES: st.SearchStrategy[Rows] = st.fixed_dictionaries(
    {
        kind: st.lists(st.tuples(*(_column(kind, column) for column in columns)), max_size=7)
        for kind, columns in NODE_COLUMNS.items()
    }
)
TIED = st.lists(st.tuples(st.sampled_from(_IDS["agency"]), st.sampled_from(_IDS["agency"])), max_size=2)


def families(rows: Rows, tied: list[tuple[str, str]]) -> list[list[str]]:
    """Return the ids of records in every family, one id per row, found slowly."""
    above: dict[str, str] = {}

    def top(uid: str) -> str:
        while above.setdefault(uid, uid) != uid:
            uid = above[uid]
        return uid

    def tie(one: str, other: str) -> None:
        above[top(one)] = top(other)

    there = {row[0] for table in rows.values() for row in table}
    for table in rows.values():
        for record, agency, *_ in table:
            if agency is not None:
                tie(str(record), agency)
    for record, _, parent in rows["agency"]:
        if parent is not None:
            tie(str(record), parent)
    for record, _, *ends in rows["service_at_site"]:
        for end in ends:
            if end in there:
                tie(str(record), str(end))
    for one, other in tied:
        tie(one, other)
    found: dict[str, list[str]] = {}
    for table in rows.values():
        for record, *_ in table:
            found.setdefault(top(str(record)), []).append(str(record))
    return list(found.values())


def part(rows: Rows, *, size: int, tied: list[tuple[str, str]], pieces: int = 1) -> Blocks:
    frames = {
        kind: pl.DataFrame(rows[kind], schema=dict.fromkeys(columns, pl.String), orient="row")
        for kind, columns in NODE_COLUMNS.items()
    }
    nodes = {
        kind: [record_nodes(kind, piece) for piece in frame.iter_slices(max(1, -(-frame.height // pieces)))]
        for kind, frame in frames.items()
    }
    return part_into_blocks(nodes, size=size, tied=tied)


def blocks_of(uids: list[str], blocks: Blocks) -> list[int]:
    return owner_block(
        pl.DataFrame({"owner_uid": uids}, schema={"owner_uid": pl.String}), "owner_uid", blocks.block_of
    )["block"].to_list()


@MANY
@given(rows=DIRECTORIES, tied=TIED)
def test_with_the_smallest_blocks_a_block_is_a_family(rows, tied):
    expected = families(rows, tied)
    blocks = part(rows, size=1, tied=tied)
    assert blocks.count == len(expected)
    of_families = [set(blocks_of(family, blocks)) for family in expected]
    assert all(len(of_one) == 1 for of_one in of_families)
    assert set().union(*of_families) == set(range(blocks.count))


@MANY
@given(rows=DIRECTORIES, tied=TIED, size=st.integers(1, 20))
def test_blocks_hold_whole_families_within_the_size_and_nothing_is_lost(rows, tied, size):
    expected = families(rows, tied)
    blocks = part(rows, size=size, tied=tied)
    records = [record for family in expected for record in family]
    assert blocks.block_of.height == len(set(records))
    inside: dict[int, list[int]] = {}
    for family in expected:
        (block,) = set(blocks_of(family, blocks))
        inside.setdefault(block, []).append(len(family))
    assert sorted(inside) == list(range(blocks.count))
    assert all(sum(sizes) <= size or len(sizes) == 1 for sizes in inside.values())
    # No block could have taken up all of the next one.
    assert all(sum(inside[one]) + sum(inside[after]) > size for one, after in pairwise(sorted(inside)))


@MANY
@given(rows=DIRECTORIES, tied=TIED, size=st.integers(1, 20), pieces=st.integers(1, 4), data=st.data())
def test_neither_order_nor_pieces_of_the_rows_matter(rows, tied, size, pieces, data):
    shuffled: Any = {kind: data.draw(st.permutations(table)) for kind, table in rows.items()}
    other_way = [(other, one) for one, other in reversed(tied)]
    one = part(rows, size=size, tied=tied)
    other = part(shuffled, size=size, tied=other_way, pieces=pieces)
    assert one.count == other.count
    assert one.block_of.equals(other.block_of)


@MANY
@given(rows=DIRECTORIES, tied=TIED)
def test_families_with_agencies_come_first_in_the_order_of_their_ids(rows, tied):
    blocks = part(rows, size=1, tied=tied)
    smallest: dict[int, str] = {}
    agencies = sorted({str(record) for record, *_ in rows["agency"]})
    for uid, block in zip(agencies, blocks_of(agencies, blocks), strict=True):
        smallest.setdefault(block, uid)
    assert list(smallest) == list(range(len(smallest)))


_CELLS: dict[str, tuple[pl.DataType, st.SearchStrategy[Any]]] = {
    "text": (pl.String(), st.text(max_size=20)),
    "texts": (pl.List(pl.String), st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=3)),
    "day": (pl.Date(), st.dates()),
    "time": (pl.Time(), st.times()),
    "yes": (pl.Boolean(), st.booleans()),
    "degrees": (pl.Float64(), st.floats(allow_nan=False)),
    "line": (pl.Int64(), st.integers(-(2**63), 2**63 - 1)),
    "hash": (pl.UInt64(), st.integers(0, 2**64 - 1)),
    "nothing": (pl.String(), st.none()),
}
_SCHEMA = {name: dtype for name, (dtype, _) in _CELLS.items()}
_ROWS = st.lists(
    st.fixed_dictionaries({name: st.one_of(st.none(), cells) for name, (_, cells) in _CELLS.items()}), max_size=6
)


@FEW
@given(pieces=st.lists(st.tuples(st.integers(0, 2), _ROWS), min_size=1, max_size=5))
def test_block_files_give_back_what_was_appended(pieces):
    with tempfile.TemporaryDirectory() as folder, BlockFiles(Path(folder)) as files:
        frames = [(block, pl.DataFrame(rows, schema=_SCHEMA, orient="row")) for block, rows in pieces]
        for block, frame in frames:
            files.append("phone", block, frame)
        whole = []
        for block in range(3):
            empty = pl.DataFrame(schema=_SCHEMA)
            expected = pl.concat([empty, *(frame for of_block, frame in frames if of_block == block)])
            whole.append(expected)
            assert files.read("phone", block).equals(expected)
            assert dict(files.read("phone", block).schema) == _SCHEMA
            assert files.read("phone", block, ["day", "text"]).equals(expected.select("day", "text"))
        assert files.columns("phone", ["texts", "yes"]).equals(pl.concat(whole).select("texts", "yes"))
        assert files.blocks == tuple(block for block, frame in enumerate(whole) if frame.height)
