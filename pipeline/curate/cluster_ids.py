"""Ids of groups of duplicates that stay the same from night to night.

A group keeps the id it had. When groups join, the oldest id stays and the others become its aliases; when a group is split, the part
with the anchor keeps the id and the other parts get new ones. Neither the order of rows nor the run has any part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.contract import conform, empty_table
from schemas.decided import Key
from schemas.matching import Cluster
from schemas.verdicts import ClusterAlias


@dataclass(frozen=True, kw_only=True)
class KeptClusters:
    """Groups under their lasting ids.

    Attributes:
        cluster: `Cluster`, with `is_anchor` and `since`.
        alias: `ClusterAlias`: every former id, those of earlier nights too, with the id of today.
    """

    cluster: pl.DataFrame
    alias: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A group of the night before: its id, since when, and its members under their present numbers."""

    cluster_id: str
    since: date
    anchor: Key
    members: frozenset[Key]


def keep_cluster_ids(
    cluster: pl.DataFrame,
    *,
    before: pl.DataFrame,
    alias: pl.DataFrame,
    as_of: date,
) -> KeptClusters:
    """Return tonight's groups under the ids that they had.

    Args:
        cluster: `Cluster` of tonight, with the ids of a first night.
        before: `Cluster` of the night before under present numbers, see `renumber_clusters`.
        alias: `ClusterAlias` of the night before.
        as_of: Day of tonight, for groups that are new.
    """
    known = _read(before)
    members: dict[str, list[Key]] = {}
    for first_id, center, uid in cluster.select("cluster_id", "center_id", "record_uid").iter_rows():
        members.setdefault(first_id, []).append((center, uid))
    heirs: dict[str, list[_Known]] = {}
    for one in known:
        heir = _heir(one, members)
        if heir is not None:
            heirs.setdefault(heir, []).append(one)
    taken = {one.cluster_id for one in known} | set(alias["alias_id"])
    rows: list[tuple[str, str, date, Key]] = []
    now = dict(alias.select("alias_id", "cluster_id").iter_rows())
    for first_id in sorted(members):
        owned = sorted(heirs.get(first_id, []), key=lambda one: (one.since, one.cluster_id))
        if owned:
            oldest, *others = owned
            anchor = oldest.anchor if oldest.anchor in members[first_id] else min(members[first_id])
            rows.append((first_id, oldest.cluster_id, oldest.since, anchor))
            now |= dict.fromkeys((one.cluster_id for one in others), oldest.cluster_id)
            taken.add(oldest.cluster_id)
            continue
        rows.append((first_id, _free_id(first_id, taken), as_of, min(members[first_id])))
        taken.add(rows[-1][1])
    return KeptClusters(cluster=_named(cluster, rows), alias=_aliases(now, standing={row[1] for row in rows}))


def renumber_clusters(before: pl.DataFrame, *, renumbered: Mapping[Key, Key]) -> pl.DataFrame:
    """Return groups with their members under present numbers.

    Args:
        before: `Cluster` of the night before.
        renumbered: Agencies that came back under another number: old key to new key.
    """
    if not renumbered:
        return before
    names = pl.DataFrame(
        [(*old, new[1]) for old, new in renumbered.items()],
        schema={"center_id": pl.String, "record_uid": pl.String, "new": pl.String},
        orient="row",
    )
    moved = before.join(names, on=["center_id", "record_uid"], how="left")
    return moved.with_columns(record_uid=pl.coalesce("new", "record_uid")).select(before.columns)


def _read(before: pl.DataFrame) -> list[_Known]:
    found: dict[str, list[tuple[Key, bool, date]]] = {}
    columns = ("cluster_id", "center_id", "record_uid", "is_anchor", "since")
    for cluster_id, center, uid, is_anchor, since in before.select(columns).iter_rows():
        found.setdefault(cluster_id, []).append(((center, uid), bool(is_anchor), since or date.min))
    known = []
    for cluster_id, rows in found.items():
        anchors = sorted(key for key, is_anchor, _ in rows if is_anchor)
        known.append(
            _Known(
                cluster_id=cluster_id,
                since=min(since for _, _, since in rows),
                anchor=anchors[0] if anchors else min(key for key, _, _ in rows),
                members=frozenset(key for key, _, _ in rows),
            )
        )
    return sorted(known, key=lambda one: one.cluster_id)


def _heir(one: _Known, members: Mapping[str, list[Key]]) -> str | None:
    """Return tonight's group that goes on with a group: the one with its anchor, else the one with most of its members."""
    shares = {first_id: len(one.members & set(keys)) for first_id, keys in members.items() if one.members & set(keys)}
    if not shares:
        return None
    with_anchor = [first_id for first_id in shares if one.anchor in members[first_id]]
    return with_anchor[0] if with_anchor else min(shares, key=lambda first_id: (-shares[first_id], first_id))


def _free_id(first_id: str, taken: set[str]) -> str:
    """Return an id that no other group has or had: the first member may have been in a group that others went on with."""
    candidate, number = first_id, 1
    while candidate in taken:
        number += 1
        candidate = f"{first_id}-{number}"
    return candidate


def _named(cluster: pl.DataFrame, rows: list[tuple[str, str, date, Key]]) -> pl.DataFrame:
    if not rows:
        return empty_table(Cluster)
    names = pl.DataFrame(
        [(first_id, cluster_id, since, *anchor) for first_id, cluster_id, since, anchor in rows],
        schema={"first": pl.String, "kept": pl.String, "kept_since": pl.Date, "ca": pl.String, "ua": pl.String},
        orient="row",
    )
    named = cluster.join(names, left_on="cluster_id", right_on="first", how="inner").with_columns(
        cluster_id="kept",
        since="kept_since",
        is_anchor=(pl.col("center_id") == pl.col("ca")) & (pl.col("record_uid") == pl.col("ua")),
    )
    return conform(named.sort("cluster_id", "center_id", "record_uid"), Cluster)


def _aliases(now: Mapping[str, str], *, standing: set[str]) -> pl.DataFrame:
    """Return the aliases with chains followed to their end; an id that names a group again is no alias."""
    rows = []
    for alias_id in sorted(set(now) - standing):
        target, seen = alias_id, {alias_id}
        while target in now and target not in standing and now[target] not in seen:
            target = now[target]
            seen.add(target)
        rows.append((alias_id, target))
    schema = {"alias_id": pl.String, "cluster_id": pl.String}
    return conform(pl.DataFrame(rows, schema=schema, orient="row"), ClusterAlias)
