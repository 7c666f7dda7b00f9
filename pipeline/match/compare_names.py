"""How alike two entities' names are: the best over all known names of both, words weighed by rarity."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.match.compare_forms import ACRONYM_LIKENESS, FormLikeness, compare_forms
from pipeline.match.compared import Compared
from pipeline.match.names import Names
from pipeline.match.numbered import Numbers, Spans, by_entity, first_best, in_rows

#: A name of one word with at most this many letters is read as an acronym (project choice).
_ACRONYM_LETTERS = 6


def compare_names(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Return how alike the names of each pair are.

    Args:
        pair: `a`, `b` (entity numbers).
        compared: Prepared entities.

    Returns:
        One row per pair, in the order of `pair`: `name_a`, `name_b` (name rows of the best two names), `likeness` (0-1), `shared`
        (weight of the shared words), `has_same_name` (some name of both in one form), `is_acronym`, `numbers_differ`,
        `stem_weight` (weight of the words the main names share), `is_branch_pattern`, `is_branch_conflict` (both name another place),
        `is_part_pattern`. All null where a name is missing.
    """
    names = compared.names
    a, b = (pair[side].cast(pl.Int64).to_numpy() for side in ("a", "b"))
    row, name_a, name_b = Spans.of(names.name["entity"], count=compared.count).crossed(a, b)
    key = names.name["key_id"].cast(pl.Int64).to_numpy()
    forms, which = np.unique((key[name_a] << 32) | key[name_b], return_inverse=True)
    found = compare_forms(forms >> 32, forms & 0xFFFFFFFF, names, clash_penalty=compared.profile.clash_penalty)
    best = _best_names(row, (name_a, name_b), found, forms, which, names)
    stems = _compare_stems(a, b, row, (name_a, name_b), found, which, compared)
    parts = [in_rows(best, count=len(a)), _compare_numbers(pair, compared), in_rows(stems, count=len(a))]
    return pl.concat(parts, how="horizontal").select(
        "name_a",
        "name_b",
        "likeness",
        "shared",
        "is_acronym",
        (pl.col("likeness") >= 1.0).alias("has_same_name"),
        "numbers_a",
        "numbers_b",
        numbers_differ=pl.col("numbers_differ").fill_null(value=False)
        & ~(pl.col("likeness") >= 1.0).fill_null(value=False),
        stem_weight="stem_weight",
        is_branch_pattern="is_branch_pattern",
        is_branch_conflict="is_branch_conflict",
        is_part_pattern="is_part_pattern",
    )


def _best_names(
    row: Numbers, rows: tuple[Numbers, Numbers], found: FormLikeness, forms: Numbers, which: Numbers, names: Names
) -> pl.DataFrame:
    """Return the best two names of each pair: the most alike, then those that share most, then main names, then the first."""
    is_main = names.name["is_main"].to_numpy()
    main_a, main_b = (is_main[side] for side in rows)
    is_short_key = names.key.select(
        (pl.col("word_count") == 1) & (pl.col("squeezed").str.len_chars() <= _ACRONYM_LETTERS)
    ).to_series()
    # Two agencies may abbreviate themselves alike: an equal acronym is as weak as initials unless both go by it.
    is_short = (is_short_key.to_numpy()[forms >> 32] & (found.likeness >= 1.0))[which] & ~(main_a & main_b)
    likeness = np.where(is_short, ACRONYM_LIKENESS, found.likeness[which])
    shared = found.shared[which]
    best = first_best(row, likeness, shared, main_a, main_b)
    return pl.DataFrame(
        {
            "row": row[best],
            "name_a": rows[0][best],
            "name_b": rows[1][best],
            "likeness": likeness[best],
            "shared": shared[best],
            "is_acronym": found.is_acronym[which[best]] | is_short[best],
        },
        schema_overrides={"name_a": pl.UInt32, "name_b": pl.UInt32},
    )


def _compare_numbers(pair: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Tell whether both main names hold numbers and the numbers differ."""
    numbers = by_entity(compared.names.number, count=compared.count).with_columns(told=pl.col("numbers").list.join(" "))
    sides = [numbers[pair[side]].rename({name: f"{name}_{side}" for name in numbers.columns}) for side in ("a", "b")]
    return pl.concat(sides, how="horizontal").select(
        "numbers_a", "numbers_b", numbers_differ=pl.col("told_a") != pl.col("told_b")
    )


def _compare_stems(
    a: Numbers,
    b: Numbers,
    row: Numbers,
    rows: tuple[Numbers, Numbers],
    found: FormLikeness,
    which: Numbers,
    compared: Compared,
) -> pl.DataFrame:
    """Tell whether the main names are branches of one stem: telling shared words, and place or branch words left over."""
    names, count = compared.names, compared.count
    main = names.name.filter("is_main").unique("entity", keep="first", maintain_order=True)
    main_row = np.full(count, -1, dtype=np.int64)
    main_row[main["entity"].to_numpy()] = main["name_row"].to_numpy()
    both = np.flatnonzero((rows[0] == main_row[a[row]]) & (rows[1] == main_row[b[row]]))
    pair, form = row[both], which[both]
    is_stem = found.common[form] >= compared.profile.stem_weight
    local_a, local_b = found.is_local_a[form], found.is_local_b[form]
    none_left_a, none_left_b = found.left_a[form] == 0, found.left_b[form] == 0
    head, key = _heads(names, main, count=count)
    head_a, head_b = head[a[pair]], head[b[pair]]
    has_same_head = (head_a == head_b) & (head_a >= 0)
    is_part = ((head_a == key[b[pair]]) & (head_a >= 0)) | ((head_b == key[a[pair]]) & (head_b >= 0))
    return pl.DataFrame(
        {
            "row": pair,
            "stem_weight": found.common[form],
            "is_branch_pattern": is_stem & ((local_a & local_b) | (local_a & none_left_b) | (local_b & none_left_a)),
            "is_branch_conflict": local_a & local_b,
            # "Head - Part" beside "Head", or beside "Head - Other part".
            "is_part_pattern": is_stem
            & ((is_part & ~local_a & ~local_b) | (has_same_head & ~none_left_a & ~none_left_b)),
        }
    )


def _heads(names: Names, main: pl.DataFrame, *, count: int) -> tuple[Numbers, Numbers]:
    """Return by entity a number for the first part of its main name, and for its whole main name where that is a first part; else -1."""
    known = names.head.select(pl.col("head_key").unique().sort()).with_row_index("number")
    heads = names.head.unique("entity", keep="first", maintain_order=True).join(known, on="head_key", how="inner")
    wholes = main.join(
        names.key.select("key_id", "key").join(known, left_on="key", right_on="head_key", how="inner"),
        on="key_id",
        how="inner",
    )
    numbers = []
    for found in (heads, wholes):
        number = np.full(count, -1, dtype=np.int64)
        number[found["entity"].to_numpy()] = found["number"].to_numpy()
        numbers.append(number)
    return numbers[0], numbers[1]
