"""How alike two entities' names are: the best over all known names of both, words weighed by rarity."""

from __future__ import annotations

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from pipeline.match.compared import Compared
from pipeline.match.names import Names

#: Leftover words at least this alike count as the same word misspelled, in part from the lower to in full at the upper end
#: (project choice: "libary" / "library" is .92, "northside" / "southside" .78).
_MISSPELLED_FROM, _MISSPELLED_FULL = 0.80, 0.92
#: Likeness given to an acronym and the name it abbreviates: short initials agree by chance now and then (project choice).
_ACRONYM_LIKENESS = 0.82
#: A name of one word with at most this many letters is read as an acronym (project choice).
_ACRONYM_LETTERS = 6
#: Likeness given to a name that holds the whole of the other and more, when the shorter one is telling (project choice).
_CONTAINED_LIKENESS = 0.80
#: Weight of shared words from which a contained name is telling (project choice).
_CONTAINED_WEIGHT = 1.2


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
    rows = pair.select("a", "b").with_row_index("row")
    name = compared.names.name.select("entity", "name_row", "key_id", "is_main")
    joined = rows.join(
        name.rename({"entity": "a", "name_row": "name_a", "key_id": "key_a", "is_main": "main_a"}), on="a"
    ).join(name.rename({"entity": "b", "name_row": "name_b", "key_id": "key_b", "is_main": "main_b"}), on="b")
    likeness = _compare_forms(
        joined.select("key_a", "key_b").unique(), compared.names, clash_penalty=compared.profile.clash_penalty
    )
    joined = joined.join(likeness, on=["key_a", "key_b"], how="inner")
    # Two agencies may abbreviate themselves alike: an equal acronym is as weak as initials unless both go by it.
    is_short = (pl.col("is_short_a") & (pl.col("likeness") >= 1.0)) & ~(pl.col("main_a") & pl.col("main_b"))
    best = (
        joined.with_columns(
            likeness=pl.when(is_short).then(_ACRONYM_LIKENESS).otherwise("likeness"),
            is_acronym=pl.col("is_acronym") | is_short,
        )
        .sort(
            "row",
            "likeness",
            "shared",
            "main_a",
            "main_b",
            "name_a",
            "name_b",
            descending=[False, *[True] * 4, False, False],
        )
        .unique("row", keep="first", maintain_order=True)
    )
    return (
        rows.join(best.drop("a", "b", "key_a", "key_b", "main_a", "main_b", "is_short_a"), on="row", how="left")
        .with_columns(has_same_name=(pl.col("likeness") >= 1.0))
        .join(_compare_numbers(rows, compared.names), on="row", how="left")
        .join(_compare_stems(rows, compared), on="row", how="left")
        .with_columns(
            numbers_differ=pl.col("numbers_differ").fill_null(False) & ~pl.col("has_same_name").fill_null(False)
        )
        .sort("row")
        .drop("row", "a", "b")
    )


def _compare_forms(forms: pl.DataFrame, names: Names, *, clash_penalty: float) -> pl.DataFrame:
    """Compare distinct pairs of name forms: likeness by shared words, misspellings, containment and initials."""
    key = names.key.select("key_id", "key", "squeezed", "weight", "tokens", "word_count", "initials")
    pairs = (
        forms.sort("key_a", "key_b")
        .with_row_index("form")
        .join(
            key.rename({name: f"{name}_a" for name in key.columns} | {"key_id": "key_a", "key": "text_a"}), on="key_a"
        )
        .join(
            key.rename({name: f"{name}_b" for name in key.columns} | {"key_id": "key_b", "key": "text_b"}), on="key_b"
        )
        .with_columns(common=pl.col("tokens_a").list.set_intersection("tokens_b"))
    )
    pairs = pairs.join(
        _sum_weights(pairs.select("form", tokens="common"), names.token).rename({"weight": "shared"}), on="form"
    )
    total = pl.col("weight_a") + pl.col("weight_b")
    exact = (pl.col("text_a") == pl.col("text_b")) | (pl.col("squeezed_a") == pl.col("squeezed_b"))
    smaller = pl.min_horizontal("weight_a", "weight_b")
    pairs = pairs.join(_misspelled(pairs, names), on="form", how="left").with_columns(
        misspelled=pl.col("misspelled").fill_null(0.0)
    )
    left = pl.col("weight_a") + pl.col("weight_b") - 2 * pl.col("shared")
    is_acronym = _is_acronym("a", "b") | _is_acronym("b", "a")
    is_contained = (pl.col("shared") >= 0.999 * smaller) & (pl.col("shared") >= _CONTAINED_WEIGHT)
    # A telling word on each side that the other lacks ("Jubilee Housing" / "Jubilee Jobs") says more than many shared ones.
    clash = (1 - pl.col("misspelled")) * (smaller - pl.col("shared")).clip(0.0, 1.0)
    likeness = pl.max_horizontal(
        (2 * pl.col("shared") + pl.col("misspelled") * left) / total - clash_penalty * clash,
        pl.when(is_acronym).then(_ACRONYM_LIKENESS).otherwise(0.0),
        pl.when(is_contained).then(_CONTAINED_LIKENESS).otherwise(0.0),
    )
    return pairs.select(
        "key_a",
        "key_b",
        likeness=pl.when(exact).then(1.0).otherwise(pl.min_horizontal(likeness, pl.lit(0.99))),
        # What a misspelled word shares is worth what the word is worth; squeezed forms may share no word at all.
        shared=pl.when(exact | is_acronym)
        .then(pl.max_horizontal("shared", "weight_a", "weight_b"))
        .otherwise(pl.col("shared") + pl.col("misspelled") * left / 2),
        is_acronym=is_acronym & ~exact,
        is_short_a=(pl.col("word_count_a") == 1) & (pl.col("squeezed_a").str.len_chars() <= _ACRONYM_LETTERS),
    )


def _is_acronym(short: str, long: str) -> pl.Expr:
    """Tell whether one name is a single word that is the initials of the other."""
    return (
        (pl.col(f"word_count_{short}") == 1)
        & (pl.col(f"word_count_{long}") >= 3)
        & (pl.col(f"squeezed_{short}") == pl.col(f"initials_{long}"))
    )


def _sum_weights(tokens: pl.DataFrame, token: pl.DataFrame) -> pl.DataFrame:
    """Return `form` and the sum of the weights of its tokens, 0 for none."""
    flat = tokens.explode("tokens", keep_nulls=False, empty_as_null=False).with_columns(
        weight=pl.lit(token["weight"]).gather(pl.col("tokens"))
    )
    sums = flat.group_by("form").agg(pl.col("weight").sum())
    return tokens.select("form").join(sums, on="form", how="left").with_columns(pl.col("weight").fill_null(0.0))


def _misspelled(pairs: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Return how far the words that only one form has are the other's words misspelled, 0-1.

    The two leftovers are compared letter by letter as wholes, so that words run together or split are found as well.
    """
    left = pairs.select(
        "form",
        a=pl.col("tokens_a").list.set_difference("tokens_b"),
        b=pl.col("tokens_b").list.set_difference("tokens_a"),
    ).filter((pl.col("a").list.len() > 0) & (pl.col("b").list.len() > 0))
    if left.is_empty():
        return pl.DataFrame(schema={"form": pl.UInt32, "misspelled": pl.Float64})
    texts = left.select("form").with_columns(a=_texts_of(left, "a", names.token), b=_texts_of(left, "b", names.token))
    first, second = texts["a"].to_list(), texts["b"].to_list()
    letters = process.cpdist(first, second, scorer=fuzz.ratio, dtype=np.float32)
    starts = process.cpdist(first, second, scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
    alike = np.minimum(letters / 100.0, starts).astype(np.float64)
    misspelled = np.clip((alike - _MISSPELLED_FROM) / (_MISSPELLED_FULL - _MISSPELLED_FROM), 0.0, 1.0)
    # Digits are never misspellings of other digits.
    has_digit = texts.select(pl.col("a").str.contains(r"\d") | pl.col("b").str.contains(r"\d")).to_series().to_numpy()
    return texts.select("form").with_columns(misspelled=pl.Series(np.where(has_digit, 0.0, misspelled)))


def _texts_of(left: pl.DataFrame, side: str, token: pl.DataFrame) -> pl.Series:
    """Return the leftover words of one side as one text, words sorted."""
    return (
        left.select("form", word=pl.col(side))
        .explode("word")
        .with_columns(word=pl.lit(token["text"]).gather(pl.col("word")))
        .sort("form", "word")
        .group_by("form", maintain_order=True)
        .agg(pl.col("word").str.join(""))
    )["word"]


def _compare_numbers(rows: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Tell whether both main names hold numbers and the numbers differ."""
    number = names.number
    return (
        rows.join(number.rename({"entity": "a", "numbers": "numbers_a"}), on="a", how="left")
        .join(number.rename({"entity": "b", "numbers": "numbers_b"}), on="b", how="left")
        .select(
            "row",
            "numbers_a",
            "numbers_b",
            numbers_differ=pl.col("numbers_a").list.join(" ") != pl.col("numbers_b").list.join(" "),
        )
    )


def _compare_stems(rows: pl.DataFrame, compared: Compared) -> pl.DataFrame:
    """Tell whether the main names are branches of one stem: telling shared words, and place or branch words left over."""
    names = compared.names
    main = (
        names.name.filter("is_main")
        .unique("entity", keep="first", maintain_order=True)
        .join(names.key.select("key_id", "key", "tokens"), on="key_id", how="inner")
        .join(names.head, on="entity", how="left")
        .select("entity", "tokens", "key", "head_key")
    )
    places = names.token.filter("is_place")["token"].sort()
    stems = (
        rows.join(main.rename({name: f"{name}_a" for name in main.columns} | {"entity": "a"}), on="a", how="inner")
        .join(main.rename({name: f"{name}_b" for name in main.columns} | {"entity": "b"}), on="b", how="inner")
        .select(
            "row",
            is_part=(pl.col("head_key_a") == pl.col("key_b")).fill_null(False)
            | (pl.col("head_key_b") == pl.col("key_a")).fill_null(False),
            has_same_head=(pl.col("head_key_a") == pl.col("head_key_b")).fill_null(False),
            common=pl.col("tokens_a").list.set_intersection("tokens_b"),
            tokens_left_a=pl.col("tokens_a").list.set_difference("tokens_b"),
            tokens_left_b=pl.col("tokens_b").list.set_difference("tokens_a"),
        )
    )
    stem = _sum_weights(stems.select(form="row", tokens="common"), names.token).rename(
        {"form": "row", "weight": "stem_weight"}
    )
    local = places.implode() if places.len() else pl.Series([[]], dtype=pl.List(pl.UInt32))
    is_local = [
        (pl.col(f"tokens_left_{side}").list.set_intersection(pl.lit(local)).list.len() > 0).alias(f"is_local_{side}")
        for side in ("a", "b")
    ]
    left_count = {side: pl.col(f"tokens_left_{side}").list.len() for side in ("a", "b")}
    return (
        stems.join(stem, on="row", how="inner")
        .with_columns(is_local)
        .with_columns(
            is_branch_pattern=(pl.col("stem_weight") >= compared.profile.stem_weight)
            & (
                (pl.col("is_local_a") & pl.col("is_local_b"))
                | (pl.col("is_local_a") & (left_count["b"] == 0))
                | (pl.col("is_local_b") & (left_count["a"] == 0))
            ),
            is_branch_conflict=pl.col("is_local_a") & pl.col("is_local_b"),
            # "Head - Part" beside "Head", or beside "Head - Other part".
            is_part_pattern=(pl.col("stem_weight") >= compared.profile.stem_weight)
            & (
                (pl.col("is_part") & ~pl.col("is_local_a") & ~pl.col("is_local_b"))
                | (pl.col("has_same_head") & (left_count["a"] > 0) & (left_count["b"] > 0))
            ),
        )
        .select("row", "stem_weight", "is_branch_pattern", "is_branch_conflict", "is_part_pattern")
    )
