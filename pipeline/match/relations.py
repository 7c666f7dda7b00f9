"""Pairs that belong together without being one: parent and child, chapters, shared sponsors, an agency's own program."""

from __future__ import annotations

import polars as pl

from pipeline.match.compared import Compared

PARENT_AND_CHILD = "parent_and_child"
CHAPTERS = "chapters"
SHARED_SPONSOR = "shared_sponsor"
OWN_PROGRAM = "own_program"


def relation_of_pairs(pairs: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Add `relation`: the class of a pair that must not be asked as "duplicate or not"; null for all others.

    - `parent_and_child`: one agency is the parent of the other;
    - `chapters`: both have the same parent, or their names are one stem with different places or branch words and neither an
      address nor an identifier says that they are one;
    - `shared_sponsor`: the same employer number under names that do not agree, unless phone, address and all services agree as well:
      then one of the two is asked about as renamed;
    - `own_program`: one agency's name is the name of a service of the other, under another agency name; or one name is the other's
      with a part of it behind a dash ("Hospital" / "Hospital - Breast Care"), or both are parts of one head.

    Args:
        pairs: As `score_pairs` has weighed them.
        compared: Prepared entities.
    """
    profile = compared.profile
    parent = compared.entity.select("parent", "parent_key")
    parents = [
        parent[pairs[side]].rename({"parent": f"parent_{side}", "parent_key": f"parent_key_{side}"})
        for side in ("a", "b")
    ]
    joined = pl.concat([pairs, *parents], how="horizontal").join(
        _own_programs(pairs, compared), on=["a", "b"], how="left", maintain_order="left"
    )
    is_parent = (pl.col("parent_a") == pl.col("b")).fill_null(False) | (pl.col("parent_b") == pl.col("a")).fill_null(
        False
    )
    same_parent = (pl.col("parent_key_a") == pl.col("parent_key_b")).fill_null(False)
    same_ein = pl.col("ein_row_a").is_not_null()
    has_address = pl.col("is_place_shared").fill_null(False) & (pl.col("address_bits") > 0)
    has_identifier = pl.col("ein_bits").fill_null(0.0) > 0
    # A name that differs by a slip alone is the same name, not another part.
    other_name = pl.col("likeness").fill_null(0.0) < profile.same_name_likeness
    pattern = pl.col("is_branch_pattern").fill_null(False) & other_name
    contact = pl.max_horizontal(
        pl.col(f"{signal}_bits").fill_null(0.0) for signal in ("phone", "email", "domain", "address")
    )
    unlike = pl.col("likeness").fill_null(0.0) < profile.shared_sponsor_likeness
    part = pl.col("is_part_pattern").fill_null(False) & other_name & ~has_identifier
    is_read_from_names = pl.lit(profile.chapters_are_related) & (
        (contact >= profile.support_bits) | (pl.col("score") >= profile.possible_score)
    )
    relation = (
        pl.when(is_parent)
        .then(pl.lit(PARENT_AND_CHILD))
        .when(same_parent)
        .then(pl.lit(CHAPTERS))
        .when(same_ein & unlike & pl.col("renamed_bits").is_null())
        .then(pl.lit(SHARED_SPONSOR))
        .when(pl.col("program").is_not_null() & other_name & (contact >= profile.support_bits))
        .then(pl.lit(OWN_PROGRAM))
        .when(is_read_from_names & pattern & ~has_address & ~has_identifier)
        .then(pl.lit(CHAPTERS))
        .when(is_read_from_names & part)
        .then(pl.lit(OWN_PROGRAM))
    )
    return joined.with_columns(relation=relation, is_same_parent=same_parent).drop(
        "parent_a", "parent_b", "parent_key_a", "parent_key_b"
    )


def _own_programs(pairs: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return the pairs in which the main name of one is the name of a service of the other, with that service name."""
    names = compared.names
    programs = compared.program.select("key").unique()
    main = (
        names.name.filter("is_main")
        .join(
            names.key.filter(pl.col("weight") >= compared.profile.stem_weight).join(programs, on="key", how="semi"),
            on="key_id",
            how="inner",
        )
        .select("entity", "key")
    )
    found = []
    for agency, owner in (("a", "b"), ("b", "a")):
        found.append(
            pairs.select("a", "b")
            .join(main, left_on=agency, right_on="entity", how="inner", maintain_order="left")
            .join(
                compared.program.rename({"entity": owner, "shown": "program"}),
                on=[owner, "key"],
                how="inner",
                maintain_order="left",
            )
            .select("a", "b", "program")
        )
    return pl.concat(found).sort("a", "b", "program").unique(["a", "b"], keep="first", maintain_order=True)
