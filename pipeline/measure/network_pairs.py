"""Agencies that stand in the data of several centers, and who is named as the owner of the record."""

from __future__ import annotations

import polars as pl

from schemas.contract import conform
from schemas.directory import Directory
from schemas.enumerations import Origin, PairBand
from schemas.network import CrossCounts
from schemas.network_tables import CrossCenterPair
from schemas.verdicts import PairStanding, Verdict

#: Sorts of pairs, the surest first.
SORTS: tuple[str, ...] = ("copy", "confirmed", "duplicate", "possible")
#: Who is named as owner.
OWNERS: tuple[str, ...] = ("both", "one", "conflicting", "none", "not_known")

_SIDES = ("center_id_a", "uid_a", "center_id_b", "uid_b")
_DIFFERENT = "different"


def find_cross_pairs(directory: Directory, *, scored: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of agencies of two centers that are copies of one record, or may be one.

    Two centers that deliver the same unique identifier deliver copies of one record, whatever the rest says. Of the others, those in the
    bands duplicate and possible are told, and those that people decided about.

    Args:
        directory: All centers.
        scored: `schemas.matching.ScoredPair`.
        states: `schemas.verdicts.PairState`, for what people decided.

    Returns:
        `schemas.network_tables.CrossCenterPair`, the surest first.
    """
    agencies = directory.agency.filter(pl.col("origin") == Origin.DELIVERED).unique(
        ["center_id", "record_uid"], keep="first", maintain_order=True
    )
    owner = pl.col("record_owner").str.strip_chars()
    facts = agencies.select(
        "center_id",
        uid="record_uid",
        owner=pl.when(owner.str.len_chars() > 0).then(owner),
        is_counted="is_counted",
    )
    naming = facts.group_by("center_id").agg(names_owners=pl.col("owner").is_not_null().any())
    facts = facts.join(naming, on="center_id", how="left")
    pairs = pl.concat([_copies(facts), _matched(scored, states)], how="diagonal").unique(
        _SIDES, keep="first", maintain_order=True
    )
    for side in ("a", "b"):
        pairs = pairs.join(
            facts.select(
                pl.col("center_id").alias(f"center_id_{side}"),
                pl.col("uid").alias(f"uid_{side}"),
                *(pl.col(name).alias(f"{name}_{side}") for name in ("owner", "is_counted", "names_owners")),
            ),
            on=[f"center_id_{side}", f"uid_{side}"],
            how="inner",
        )
    order = pl.col("sort").replace_strict(
        {name: place for place, name in enumerate((*SORTS, _DIFFERENT))}, return_dtype=pl.Int64
    )
    return conform(
        pairs.with_columns(owner=_owner(), are_both_counted=pl.col("is_counted_a") & pl.col("is_counted_b")).sort(
            order, pl.col("score").fill_null(2.0), *_SIDES, descending=[False, True, *([False] * 4)]
        ),
        CrossCenterPair,
    )


def count_cross_pairs(pairs: pl.DataFrame) -> tuple[CrossCounts, ...]:
    """Return the pairs counted by the two centers, in the order of their ids.

    Args:
        pairs: From `find_cross_pairs`.
    """
    told = []
    for (first, second), rows in sorted(pairs.partition_by("center_id_a", "center_id_b", as_dict=True).items()):
        sorts = dict(rows.group_by("sort").len().iter_rows())
        left = rows.filter(pl.col("sort") != _DIFFERENT)
        owners = dict(left.group_by("owner").len().iter_rows())
        told.append(
            CrossCounts(
                center_a=str(first),
                center_b=str(second),
                sorts={name: sorts.get(name, 0) for name in SORTS},
                counted_twice=left.filter((pl.col("sort") == "copy") & pl.col("are_both_counted")).height,
                different=sorts.get(_DIFFERENT, 0),
                owners={name: owners.get(name, 0) for name in OWNERS},
            )
        )
    return tuple(told)


def centers_without_owners(directory: Directory) -> tuple[str, ...]:
    """Return the centers whose agencies name no record owner at all: of them nothing is known."""
    blank = pl.col("record_owner").str.strip_chars().fill_null("") == ""
    named = directory.agency.group_by("center_id").agg(is_blank=blank.all())
    return tuple(named.filter("is_blank")["center_id"].sort().to_list())


def _copies(facts: pl.DataFrame) -> pl.DataFrame:
    """Return every two agencies of one identifier in two centers."""
    keys = facts.select("uid", "center_id")
    return (
        keys.join(keys, on="uid", suffix="_b")
        .filter(pl.col("center_id") < pl.col("center_id_b"))
        .select(
            center_id_a="center_id",
            uid_a="uid",
            center_id_b="center_id_b",
            uid_b="uid",
            sort=pl.lit("copy"),
            score=pl.lit(None, dtype=pl.Float64),
        )
    )


def _matched(scored: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs across centers by band, or as people decided."""
    said = states.filter(
        pl.col("verdict").is_in([Verdict.SAME.value, Verdict.DIFFERENT.value])
        & (pl.col("standing") != PairStanding.DORMANT.value)
    ).select("pair_id", *(pl.col(name).alias(f"said_{name}") for name in _SIDES), "verdict")
    # A verdict stands whether or not the pair is scored.
    pairs = scored.select("pair_id", *_SIDES, "score", "band").join(said, on="pair_id", how="full", coalesce=True)
    sort = (
        pl.when(pl.col("verdict") == Verdict.SAME.value)
        .then(pl.lit("confirmed"))
        .when(pl.col("verdict") == Verdict.DIFFERENT.value)
        .then(pl.lit(_DIFFERENT))
        .when(pl.col("band").is_in([PairBand.DUPLICATE.value, PairBand.POSSIBLE.value]))
        .then("band")
    )
    return (
        pairs.with_columns(*(pl.coalesce(name, f"said_{name}").alias(name) for name in _SIDES), sort=sort)
        .filter(pl.col("sort").is_not_null() & (pl.col("center_id_a") != pl.col("center_id_b")))
        .select(*_SIDES, "sort", "score")
    )


def _owner() -> pl.Expr:
    """Return who is named as owner of the two records; codes are compared without regard to capitals."""
    has_a, has_b = pl.col("owner_a").is_not_null(), pl.col("owner_b").is_not_null()
    alike = pl.col("owner_a").str.to_lowercase() == pl.col("owner_b").str.to_lowercase()
    return (
        pl.when(has_a & has_b & alike)
        .then(pl.lit("both"))
        .when(has_a & has_b)
        .then(pl.lit("conflicting"))
        .when(has_a | has_b)
        .then(pl.lit("one"))
        .when(pl.col("names_owners_a") | pl.col("names_owners_b"))
        .then(pl.lit("none"))
        .otherwise(pl.lit("not_known"))
    )
