"""Proposed groups."""

from __future__ import annotations

import polars as pl

from pipeline.match.clusters import cluster_pairs

_SCHEMA = {"center_id_a": pl.String, "uid_a": pl.String, "center_id_b": pl.String, "uid_b": pl.String}


def pairs(*rows: tuple[str, str, float]) -> pl.DataFrame:
    """Pairs of the band `duplicate` of one center."""
    return pl.DataFrame(
        [("c", first, "c", second, score, "duplicate") for first, second, score in rows],
        schema=_SCHEMA | {"score": pl.Float64, "band": pl.String},
        orient="row",
    )


def walls(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame([("c", first, "c", second) for first, second in rows], schema=_SCHEMA, orient="row")


def groups(frame: pl.DataFrame) -> list[list[str]]:
    """Members by group, sorted."""
    return sorted(frame.group_by("cluster_id").agg(pl.col("record_uid").sort())["record_uid"].to_list())


def test_links_make_groups() -> None:
    """Otherwise three copies of one agency are shown as three loose pairs."""
    found = cluster_pairs(pairs(("a", "b", 0.99), ("b", "c", 0.9), ("x", "y", 0.95)), walls=walls(), largest=8)
    assert groups(found.cluster) == [["a", "b", "c"], ["x", "y"]]
    assert found.cluster.filter(pl.col("record_uid") == "a").select("weakest_score", "size").row(0) == (0.9, 3)


def test_a_wall_keeps_groups_apart() -> None:
    """Otherwise one weak bridge joins two agencies that are known to be different."""
    found = cluster_pairs(
        pairs(("a", "b", 0.99), ("b", "c", 0.9), ("c", "d", 0.95)), walls=walls(("a", "d")), largest=8
    )
    assert groups(found.cluster) == [["a", "b"], ["c", "d"]]
    assert found.refused_wall_count == 1


def test_too_large_groups_are_left_to_a_person() -> None:
    """Otherwise one generic record pulls a whole directory into one group."""
    found = cluster_pairs(pairs(("a", "b", 0.99), ("b", "c", 0.98), ("c", "d", 0.97)), walls=walls(), largest=3)
    assert groups(found.cluster) == [["a", "b", "c"]]
    assert found.refused_size_count == 1


def test_group_ids_do_not_depend_on_order() -> None:
    """Otherwise a re-sorted export gives every group a new id and old notes point nowhere."""
    links = pairs(("a", "b", 0.99), ("b", "c", 0.9), ("x", "y", 0.95))
    one = cluster_pairs(links, walls=walls(), largest=8).cluster
    assert one.equals(cluster_pairs(links.reverse(), walls=walls(), largest=8).cluster)


def test_only_duplicates_are_grouped() -> None:
    """Otherwise possible pairs that nobody looked at are shown as groups."""
    maybe = pairs(("a", "b", 0.7)).with_columns(band=pl.lit("possible"))
    assert cluster_pairs(maybe, walls=walls(), largest=8).cluster.height == 0
