"""Proposed groups of duplicates: verdicts first, then the strongest links, never across a wall, never too large.

Single weak links make no chains: a link joins two groups only when no pair between them speaks against it, and every group tells
its weakest link. Links that would make a group too large are not made; the group is held for a person instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from schemas.contract import conform, schema_of
from schemas.decided import PAIR_SIDES, DecidedPairs
from schemas.enumerations import PairBand
from schemas.identity import pair_id
from schemas.matching import Cluster

_Record = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """Proposed groups.

    Attributes:
        cluster: A `Cluster` frame; ids are those of a first night, see `pipeline.curate.cluster_ids`.
        refused_wall_count: Links of the band `duplicate` not made because two records of the joined group speak against it.
        refused_size_count: Links not made because the group would be larger than allowed; such groups are left to a person.
    """

    cluster: pl.DataFrame
    refused_wall_count: int
    refused_size_count: int


def cluster_pairs(
    pairs: pl.DataFrame,
    *,
    walls: pl.DataFrame,
    largest: int,
    decided: DecidedPairs | None = None,
    before: pl.DataFrame | None = None,
) -> Clusters:
    """Return the groups that verdicts and the pairs of the band `duplicate` form.

    Args:
        pairs: Needs `center_id_a`, `uid_a`, `center_id_b`, `uid_b`, `score`, `band`.
        walls: Pairs whose evidence forbids one group: the same id columns. A verdict is stronger than evidence.
        largest: Most records in a group; what people called one is not cut.
        decided: Verdicts in force; free of contradictions.
        before: Groups of the night before under present numbers (`cluster_id`, `center_id`, `record_uid`). Of links that are
            equally strong those inside a group come first, so that new numbers alone change no group.

    Returns:
        Groups of two and more. `weakest_score` is the lowest score among the links that made the group, 1 for a group of verdicts
        alone.
    """
    said = decided or DecidedPairs()
    settled = pl.concat([said.same, said.different, said.open_question])
    links = (
        pairs.filter(pl.col("band") == PairBand.DUPLICATE)
        .join(settled, on=list(PAIR_SIDES), how="anti")
        .with_columns(strength=_strength(pairs))
    )
    links = _mark_together(links, before).sort(
        "strength", "was_together", *PAIR_SIDES, descending=[True, True, False, False, False, False]
    )
    evidence = walls.select(PAIR_SIDES).join(said.same, on=list(PAIR_SIDES), how="anti")
    groups = _Groups(walls=map(_records, evidence.iter_rows()), largest=largest)
    for first, second in map(_records, said.same.sort(PAIR_SIDES).iter_rows()):
        groups.confirm(first, second)
    groups.forbid(map(_records, said.different.iter_rows()))
    for *ids, score in links.select(*PAIR_SIDES, "score").iter_rows():
        first, second = _records(ids)
        groups.link(first, second, score=score)
    rows = [
        {
            "cluster_id": first_cluster_id(group.members[0]),
            "center_id": center,
            "record_uid": uid,
            "weakest_score": group.weakest,
            "size": len(group.members),
            "is_confirmed": group.is_confirmed,
            "is_held_for_review": group.is_held,
            "weakest_pair_id": group.weakest_pair,
        }
        for group in groups.sorted_groups()
        for center, uid in group.members
    ]
    frame = pl.DataFrame(
        rows, schema={name: schema_of(Cluster)[name] for name in rows[0]} if rows else schema_of(Cluster)
    )
    return Clusters(
        cluster=conform(frame.sort("cluster_id", "center_id", "record_uid"), Cluster),
        refused_wall_count=groups.refused_wall,
        refused_size_count=groups.refused_size,
    )


def _strength(pairs: pl.DataFrame) -> pl.Expr:
    """Return by what links are ordered: the sum of the evidence where it is known, for scores near one are all alike.

    Rounded, so that the order in which the signals were added up, which depends on the numbers of the records, decides nothing.
    """
    return pl.col("bits" if "bits" in pairs.columns else "score").round(6)


def _mark_together(links: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    """Add `was_together`: whether both records were in one group the night before."""
    if before is None or before.is_empty():
        return links.with_columns(was_together=pl.lit(value=False))
    sides = [
        before.select(
            pl.col("center_id").alias(f"center_id_{side}"),
            pl.col("record_uid").alias(f"uid_{side}"),
            pl.col("cluster_id").alias(f"group_{side}"),
        )
        for side in ("a", "b")
    ]
    joined = links.join(sides[0], on=["center_id_a", "uid_a"], how="left").join(
        sides[1], on=["center_id_b", "uid_b"], how="left"
    )
    return joined.with_columns(was_together=(pl.col("group_a") == pl.col("group_b")).fill_null(value=False))


def first_cluster_id(member: _Record) -> str:
    """Return the id that a new group gets: it is made of its first member, sorted."""
    return hashlib.sha256(f"cluster\x1f{member[0]}\x1f{member[1]}".encode()).hexdigest()[:16]


@dataclass(kw_only=True)
class _Group:
    """A group while it grows.

    `weakest` is the lowest score among its links, `weakest_pair` the pair of that link; verdicts are no weak links.
    """

    members: list[_Record]
    weakest: float = 1.0
    weakest_pair: str | None = None
    is_confirmed: bool = True
    is_held: bool = False


@dataclass(kw_only=True)
class _Groups:
    """Union of records that knows which groups must stay apart."""

    walls: Iterable[tuple[_Record, _Record]]
    largest: int
    refused_wall: int = 0
    refused_size: int = 0
    _group: dict[_Record, _Group] = field(default_factory=dict)
    _walls: dict[_Record, set[_Record]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.forbid(self.walls)

    def forbid(self, walls: Iterable[tuple[_Record, _Record]]) -> None:
        """Keep the records of each pair apart."""
        for first, second in walls:
            self._walls.setdefault(first, set()).add(second)
            self._walls.setdefault(second, set()).add(first)

    def sorted_groups(self) -> list[_Group]:
        """Return the groups with sorted members, in order of their first member."""
        groups = {id(group): group for group in self._group.values()}
        for group in groups.values():
            group.members.sort()
        return sorted(groups.values(), key=lambda group: group.members[0])

    def confirm(self, first: _Record, second: _Record) -> None:
        """Join two records that people called one."""
        one, other = self._of(first), self._of(second)
        if one is not other:
            self._join(one, other)

    def link(self, first: _Record, second: _Record, *, score: float) -> None:
        """Join the groups of two records unless a wall or the size forbids it."""
        one = self._group.get(first) or _Group(members=[first])
        other = self._group.get(second) or _Group(members=[second])
        if one is other:
            return
        small, large = sorted([one, other], key=lambda group: len(group.members))
        inside = set(large.members)
        if any(not inside.isdisjoint(self._walls.get(member, ())) for member in small.members):
            self.refused_wall += 1
            return
        if len(inside) + len(small.members) > self.largest:
            self.refused_size += 1
            one.is_held = other.is_held = True
            return
        self._group.setdefault(first, one)
        self._group.setdefault(second, other)
        joined = self._join(one, other)
        joined.is_confirmed = False
        if score < joined.weakest:
            joined.weakest, joined.weakest_pair = score, pair_id(*first, *second)

    def _of(self, record: _Record) -> _Group:
        return self._group.setdefault(record, _Group(members=[record]))

    def _join(self, one: _Group, other: _Group) -> _Group:
        one.members += other.members
        one.is_confirmed &= other.is_confirmed
        one.is_held |= other.is_held
        if other.weakest < one.weakest:
            one.weakest, one.weakest_pair = other.weakest, other.weakest_pair
        for member in other.members:
            self._group[member] = one
        return one


def _records(ids: Iterable[str]) -> tuple[_Record, _Record]:
    center_a, uid_a, center_b, uid_b = ids
    return (center_a, uid_a), (center_b, uid_b)
