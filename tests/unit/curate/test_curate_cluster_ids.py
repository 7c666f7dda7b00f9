"""Groups of duplicates under ids that last."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.curate.cluster_ids import KeptClusters, keep_cluster_ids, renumber_clusters
from pipeline.match.clusters import cluster_pairs
from schemas.contract import empty_table
from schemas.decided import pairs_frame
from schemas.matching import Cluster
from schemas.verdicts import ClusterAlias
from tests.verdict_entries import key, pair

NIGHTS = [date(2026, 11, day) for day in range(1, 28)]


class Nights:
    """Nights one after the other; each gets the links of its night."""

    def __init__(self) -> None:
        self.kept = KeptClusters(cluster=empty_table(Cluster), alias=empty_table(ClusterAlias))
        self.count = 0

    def next(self, *links: str, renumbered: dict[str, str] | None = None) -> dict[str, str]:
        """Return the id of each group, by its members."""
        pairs = pairs_frame([pair(*link) for link in links]).with_columns(score=pl.lit(0.99), band=pl.lit("duplicate"))
        found = cluster_pairs(pairs, walls=pairs_frame([]), largest=8).cluster
        before = renumber_clusters(
            self.kept.cluster, renumbered={key(old): key(new) for old, new in (renumbered or {}).items()}
        )
        self.kept = keep_cluster_ids(found, before=before, alias=self.kept.alias, as_of=NIGHTS[self.count])
        self.count += 1
        frame = self.kept.cluster
        assert frame.filter("is_anchor").height == frame["cluster_id"].n_unique()
        return {
            "".join(sorted(rows["record_uid"])): cluster
            for (cluster,), rows in frame.partition_by("cluster_id", as_dict=True).items()
        }


def test_an_unchanged_night_changes_no_id() -> None:
    """Notes of people point at ids."""
    nights = Nights()
    assert nights.next("ab", "bc", "xy") == nights.next("xy", "bc", "ab")
    assert set(nights.kept.cluster["since"]) == {NIGHTS[0]}


def test_a_group_that_grows_keeps_its_id() -> None:
    """A new member, even one that sorts first, is no new group."""
    nights = Nights()
    first = nights.next("bc")
    assert nights.next("bc", "ab")["abc"] == first["bc"]


def test_of_two_groups_that_join_the_older_id_stays_and_the_other_leads_to_it() -> None:
    """Nothing that somebody wrote down leads nowhere."""
    nights = Nights()
    nights.next("cd")
    second = nights.next("cd", "ab")
    joined = nights.next("cd", "ab", "bc")
    assert joined["abcd"] == second["cd"]
    assert nights.kept.alias.rows() == [(second["ab"], second["cd"])]
    third = nights.next("ce")
    assert third["ce"] == second["cd"]  # the anchor of the older group is in it
    assert nights.kept.alias.rows() == [(second["ab"], second["cd"])]


def test_of_a_split_the_part_with_the_anchor_keeps_the_id() -> None:
    """The other part is a new group, under an id that nobody had."""
    nights = Nights()
    whole = nights.next("ab", "bc", "cd")
    parts = nights.next("ab", "cd")
    assert parts["ab"] == whole["abcd"]
    assert parts["cd"] not in whole.values()


def test_when_the_anchor_leaves_the_largest_part_goes_on() -> None:
    """The group is still the same group without one of its records."""
    nights = Nights()
    whole = nights.next("ab", "bc", "cd")
    assert nights.next("bc", "cd")["bcd"] == whole["abcd"]


def test_a_part_never_gets_the_id_that_another_part_goes_on_with() -> None:
    """Two groups under one id would be merged by whoever acts on it."""
    nights = Nights()
    nights.next("ab")
    nights.next("ab", "bc")
    found = nights.next("bc")
    later = nights.next("bc", "ad")
    assert len(set(later.values())) == 2
    assert later["bc"] == found["bc"]


def test_new_numbers_change_no_id() -> None:
    """A center that moves to another software keeps its groups."""
    nights = Nights()
    first = nights.next("ab", "xy")
    moved = nights.next("mn", "op", renumbered={"a": "p", "b": "o", "x": "m", "y": "n"})
    assert (moved["op"], moved["mn"]) == (first["ab"], first["xy"])
