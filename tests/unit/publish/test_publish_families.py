"""Which block every record goes to: what is tied stays together, and nothing depends on the order of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import pytest

from pipeline.publish.families import NODE_COLUMNS, Blocks, owner_block, part_into_blocks, record_nodes

Row = tuple[str | None, ...]


def frame(kind: str, rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys(NODE_COLUMNS[kind], pl.String), orient="row")


def parted(
    records: Mapping[str, Sequence[Row]], *, size: int = 1, tied: Sequence[tuple[str, str]] = ()
) -> tuple[list[set[str]], Blocks]:
    """Return the ids in every block; with the smallest size a block is a family."""
    frames = {kind: frame(kind, rows) for kind, rows in records.items()}
    blocks = part_into_blocks({kind: [record_nodes(kind, rows)] for kind, rows in frames.items()}, size=size, tied=tied)
    members: list[set[str]] = [set() for _ in range(blocks.count)]
    for rows in frames.values():
        placed = owner_block(rows, "record_uid", blocks.block_of)
        for uid, block in placed.select("record_uid", "block").iter_rows():
            members[block].add(uid)
    return members, blocks


TWO = [("a1", "a1", None), ("a2", "a2", None)]


def test_an_agency_stands_with_its_sites_services_and_links():
    members, _ = parted(
        {
            "agency": TWO,
            "site": [("s1", "a1"), ("s2", "a2")],
            "service": [("v2", "a2"), ("v1", "a1")],
            "service_at_site": [("l1", "a1", "v1", "s1"), ("l2", "a2", "v2", "s2")],
        }
    )
    assert members == [{"a1", "s1", "v1", "l1"}, {"a2", "s2", "v2", "l2"}]


def test_a_parent_and_its_parts_are_a_family_however_deep():
    members, _ = parted({"agency": [("a1", "a1", "a3"), ("a2", "a2", None), ("a3", "a3", "a4"), ("a4", "a4", None)]})
    assert members == [{"a1", "a3", "a4"}, {"a2"}]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(("l1", "a1", "v2", "s1"), id="the service is another agency's"),
        pytest.param(("l1", "a1", "v1", "s2"), id="the site is another agency's"),
        pytest.param(("l1", None, "v1", "s2"), id="the link names no agency"),
        pytest.param(("l1", "a2", "v1", None), id="the link names another agency than its service"),
    ],
)
def test_a_link_ties_the_agencies_it_touches(link):
    members, _ = parted(
        {
            "agency": [*TWO, ("a3", "a3", None)],
            "site": [("s1", "a1"), ("s2", "a2")],
            "service": [("v1", "a1"), ("v2", "a2")],
            "service_at_site": [link],
        }
    )
    assert members == [{"a1", "a2", "s1", "s2", "v1", "v2", "l1"}, {"a3"}]


def test_copies_of_a_record_tie_the_agencies_that_hold_them():
    """Only one of the copies leaves, and which one is decided by looking at all of them."""
    members, blocks = parted({"agency": [*TWO, ("a3", "a3", None)], "site": [("s1", "a3"), ("s1", "a1")]})
    assert members == [{"a1", "a3", "s1"}, {"a2"}]
    assert blocks.block_of["record"].is_unique().all()


def test_merged_agencies_are_one_family_also_with_one_that_is_gone():
    members, _ = parted({"agency": [*TWO, ("a3", "a3", None)]}, tied=[("a1", "gone"), ("gone", "a3"), ("a2", "a2")])
    assert members == [{"a1", "a3"}, {"a2"}]


def test_an_agency_that_names_another_as_its_agency_stands_with_it_and_its_own_sites():
    members, _ = parted(
        {"agency": [("a1", "a3", None), ("a2", None, None), ("a3", "a3", None)], "site": [("s1", "a1")]}
    )
    assert members == [{"a1", "a3", "s1"}, {"a2"}]


def test_what_an_unknown_agency_owns_stays_together():
    members, _ = parted({"agency": TWO, "service": [("v1", "gone"), ("v2", "gone")]})
    assert members == [{"a1"}, {"a2"}, {"v1", "v2"}]


def test_links_to_records_that_are_missing_tie_nothing():
    members, _ = parted({"agency": TWO, "service_at_site": [("l1", "a1", "gone", None), ("l2", "a2", "gone", "gone")]})
    assert members == [{"a1", "l1"}, {"a2", "l2"}]


def test_records_without_an_agency_are_tied_by_their_links_and_come_last():
    members, _ = parted(
        {
            "agency": TWO,
            "site": [("s1", None)],
            "service": [("v1", None)],
            "service_at_site": [("l1", None, "v1", "s1")],
        }
    )
    assert members == [{"a1"}, {"a2"}, {"s1", "v1", "l1"}]


def test_families_come_in_the_order_of_their_smallest_agency():
    """The order of blocks is that of what is written: it must not change with a new record of another family."""
    members, _ = parted({"agency": [("c", "c", "b"), ("d", "d", "a"), ("a", "a", None), ("b", "b", None)]})
    assert members == [{"a", "d"}, {"b", "c"}]


def test_consecutive_families_fill_a_block_up_to_the_size():
    agencies = [(uid, uid, None) for uid in "abcdefg"]
    sites = [(f"s{number}", "d") for number in range(4)]
    members, _ = parted({"agency": agencies, "site": sites}, size=2)
    # The family of d has five records: more than a block, so it stands alone.
    assert members == [{"a", "b"}, {"c"}, {"d", "s0", "s1", "s2", "s3"}, {"e", "f"}, {"g"}]


def test_a_directory_within_the_size_is_one_block():
    members, blocks = parted({"agency": TWO, "site": [("s1", None)]}, size=3)
    assert (blocks.count, members) == (1, [{"a1", "a2", "s1"}])


def test_rows_whose_owner_is_missing_go_to_the_first_block():
    """Nothing is lost before it is decided what may leave."""
    _, blocks = parted({"agency": TWO})
    rows = pl.DataFrame({"owner_uid": ["a2", "gone", None, "a1"], "number": [1, 2, 3, 4]})
    placed = owner_block(rows, "owner_uid", blocks.block_of)
    assert placed.drop("block").equals(rows)
    assert placed["block"].to_list() == [1, 0, 0, 0]
    assert placed.schema["block"] == pl.UInt32


def test_a_directory_without_records_has_no_blocks_and_loses_no_row():
    blocks = part_into_blocks({"agency": [record_nodes("agency", frame("agency", []))]}, size=5)
    assert (blocks.count, blocks.block_of.height) == (0, 0)
    assert dict(blocks.block_of.schema) == {"record": pl.UInt64(), "block": pl.UInt32()}
    placed = owner_block(pl.DataFrame({"owner_uid": ["gone"]}), "owner_uid", blocks.block_of)
    assert placed["block"].to_list() == [0]


def test_a_block_without_room_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        part_into_blocks({}, size=0)
