"""Proposed groups of duplicates: strongest links first, never across strong evidence against, never too large."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from schemas.contract import conform
from schemas.enumerations import PairBand
from schemas.matching import Cluster

_SIDES = ("center_id_a", "uid_a", "center_id_b", "uid_b")
_Record = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """Proposed groups.

    Attributes:
        cluster: A `Cluster` frame.
        refused_wall_count: Links of the band `duplicate` not made because two records of the joined group speak against it.
        refused_size_count: Links not made because the group would be larger than allowed; such groups are left to a person.
    """

    cluster: pl.DataFrame
    refused_wall_count: int
    refused_size_count: int


def cluster_pairs(pairs: pl.DataFrame, *, walls: pl.DataFrame, largest: int) -> Clusters:
    """Return the groups that the pairs of the band `duplicate` form.

    Args:
        pairs: Needs `center_id_a`, `uid_a`, `center_id_b`, `uid_b`, `score`, `band`.
        walls: Pairs that must not end in one group: the same id columns.
        largest: Most records in a group.

    Returns:
        Groups of two and more. `weakest_score` is the lowest score among the links that made the group.
    """
    links = pairs.filter(pl.col("band") == PairBand.DUPLICATE).sort(
        "score", *_SIDES, descending=[True, False, False, False, False]
    )
    groups = _Groups(walls=((_records(row)) for row in walls.select(_SIDES).iter_rows()), largest=largest)
    for *ids, score in links.select(*_SIDES, "score").iter_rows():
        first, second = _records(ids)
        groups.link(first, second, score=score)
    rows = [
        {
            "cluster_id": _cluster_id(members[0]),
            "center_id": center,
            "record_uid": uid,
            "weakest_score": groups.weakest[root],
            "size": len(members),
        }
        for root, members in ((root, sorted(members)) for root, members in groups.members.items())
        for center, uid in members
    ]
    schema = {
        "cluster_id": pl.String,
        "center_id": pl.String,
        "record_uid": pl.String,
        "weakest_score": pl.Float64,
        "size": pl.Int64,
    }
    frame = pl.DataFrame(rows, schema=schema).sort("cluster_id", "center_id", "record_uid")
    return Clusters(
        cluster=conform(frame, Cluster), refused_wall_count=groups.refused_wall, refused_size_count=groups.refused_size
    )


class _Groups:
    """Union of records that knows which groups must stay apart."""

    def __init__(self, *, walls: Iterable[tuple[_Record, _Record]], largest: int) -> None:
        self.members: dict[_Record, list[_Record]] = {}
        self.weakest: dict[_Record, float] = {}
        self.refused_wall = 0
        self.refused_size = 0
        self._root: dict[_Record, _Record] = {}
        self._largest = largest
        self._walls: dict[_Record, set[_Record]] = {}
        for first, second in walls:
            self._walls.setdefault(first, set()).add(second)
            self._walls.setdefault(second, set()).add(first)

    def link(self, first: _Record, second: _Record, *, score: float) -> None:
        """Join the groups of two records unless a wall or the size forbids it."""
        one, other = self._root.get(first, first), self._root.get(second, second)
        if one == other:
            return
        ours, theirs = self.members.get(one, [one]), self.members.get(other, [other])
        if any(member in self._walls.get(own, ()) for own in ours for member in theirs):
            self.refused_wall += 1
            return
        if len(ours) + len(theirs) > self._largest:
            self.refused_size += 1
            return
        weakest = min(score, self.weakest.pop(one, 1.0), self.weakest.pop(other, 1.0))
        self.members.pop(other, None)
        self.members[one] = [*ours, *theirs]
        self.weakest[one] = weakest
        for member in self.members[one]:
            self._root[member] = one


def _records(ids: Iterable[str]) -> tuple[_Record, _Record]:
    center_a, uid_a, center_b, uid_b = ids
    return (center_a, uid_a), (center_b, uid_b)


def _cluster_id(member: _Record) -> str:
    """Return the id of the group whose first member, sorted, is given."""
    return hashlib.sha256(f"cluster\x1f{member[0]}\x1f{member[1]}".encode()).hexdigest()[:16]
