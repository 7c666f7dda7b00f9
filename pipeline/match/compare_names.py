"""How alike two entities' names are: the best over all known names of both, words weighed by rarity."""

from __future__ import annotations

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from pipeline.match.compared import Compared
from pipeline.match.names import Names

#: Letter likeness, 0-100 without blanks, from which two names may differ by slips alone, and from which single words are
#: paired off: bounds the work, loses nothing that could count (project choice).
_SLIP_LETTERS, _MISSPELLED_LETTERS = 78.0, 50.0
#: Likeness of names that differ by slips alone (project choice).
_SLIP_LIKENESS = 0.95
#: What each slip in a word takes off its likeness, and the likeness of a word and its abbreviation (project choice).
_SLIP_COST, _ABBREVIATION_LIKENESS = 0.12, 0.85
#: A word in more records than this is a word of its own, no misspelling (project choice); in a large list the slips of a frequent
#: word are frequent too, so one misspelling to so many of the word, and one abbreviation to so many, are let through as well.
_MISSPELLED_RECORDS, _WORDS_PER_MISSPELLING, _WORDS_PER_ABBREVIATION = 2, 500, 20
#: A word of at least so many letters and so much weight may be written in two; looked for where hardly anything else is shared
#: (project choice: shorter ones stand inside others by chance).
_COMPOUND_LETTERS, _COMPOUND_WEIGHT, _COMPOUND_SHARED = 7, 0.6, 0.5
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
    ).join(
        name.rename({"entity": "b", "name_row": "name_b", "key_id": "key_b", "is_main": "main_b"}),
        on="b",
        how="inner",
        maintain_order="left",
    )
    likeness = _compare_forms(
        joined.select("key_a", "key_b").unique(), compared.names, clash_penalty=compared.profile.clash_penalty
    )
    joined = joined.join(likeness, on=["key_a", "key_b"], how="inner", maintain_order="left")
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
        rows.join(
            best.drop("a", "b", "key_a", "key_b", "main_a", "main_b", "is_short_a"),
            on="row",
            how="left",
            maintain_order="left",
        )
        .with_columns(has_same_name=(pl.col("likeness") >= 1.0))
        .join(_compare_numbers(rows, compared.names), on="row", how="left", maintain_order="left")
        .join(_compare_stems(rows, compared), on="row", how="left", maintain_order="left")
        .with_columns(
            numbers_differ=pl.col("numbers_differ").fill_null(False) & ~pl.col("has_same_name").fill_null(False)
        )
        .sort("row")
        .drop("row", "a", "b")
    )


def _compare_forms(forms: pl.DataFrame, names: Names, *, clash_penalty: float) -> pl.DataFrame:
    """Compare distinct pairs of name forms: likeness by shared words, misspellings, containment and initials."""
    # Forms are numbered without gaps, so that a form's row is found by its number; a join would have to put the pairs in order again.
    key = names.key.drop("key_id").rename({"key": "text"})
    pairs = forms.sort("key_a", "key_b").with_row_index("form")
    sides = [key[pairs[f"key_{side}"]].rename({name: f"{name}_{side}" for name in key.columns}) for side in ("a", "b")]
    pairs = pl.concat([pairs, *sides], how="horizontal").with_columns(
        common=pl.col("tokens_a").list.set_intersection("tokens_b"),
        left_a=pl.col("tokens_a").list.set_difference("tokens_b"),
        left_b=pl.col("tokens_b").list.set_difference("tokens_a"),
    )
    shared = _sum_weights(pairs.select("form", tokens="common"), names.token).rename({"weight": "shared"})
    pairs = pairs.join(shared, on="form").sort("form")
    letters = process.cpdist(
        pairs["squeezed_a"].to_list(), pairs["squeezed_b"].to_list(), scorer=fuzz.ratio, dtype=np.float32
    )
    pairs = pairs.with_columns(letters=pl.Series(letters.astype(np.float64), dtype=pl.Float64))
    pairs = (
        pairs.join(_slips(pairs, names.token), on="form", how="left", maintain_order="left")
        .join(_misspelled(pairs, names.token), on="form", how="left", maintain_order="left")
        .join(_compounds(pairs, names.token), on="form", how="left", maintain_order="left")
        .with_columns(pl.col("compound").fill_null(0.0))
        .with_columns(shared=pl.col("shared") + pl.col("compound"))
    )
    pairs = pairs.with_columns(
        pl.col("is_slip").fill_null(False), pl.col("credit", "surplus", "matched_a", "matched_b").fill_null(0.0)
    )
    return _combine(pairs, clash_penalty=clash_penalty)


def _combine(pairs: pl.DataFrame, *, clash_penalty: float) -> pl.DataFrame:
    """Take the best of what words, slips, containment and initials say."""
    exact = (pl.col("text_a") == pl.col("text_b")) | (pl.col("squeezed_a") == pl.col("squeezed_b"))
    smaller = pl.min_horizontal("weight_a", "weight_b")
    is_acronym = _is_acronym("a", "b") | _is_acronym("b", "a")
    is_contained = (pl.col("shared") >= 0.999 * smaller) & (pl.col("shared") >= _CONTAINED_WEIGHT)
    # A telling word on each side that the other lacks ("Jubilant Housing" / "Jubilant Jobs") says more than many shared ones.
    unmatched = pl.min_horizontal(
        pl.col("weight_a") - pl.col("shared") - pl.col("matched_a"),
        pl.col("weight_b") - pl.col("shared") - pl.col("matched_b"),
    )
    by_words = (2 * pl.col("shared") + pl.col("credit")) / (pl.col("weight_a") + pl.col("weight_b") - pl.col("surplus"))
    likeness = pl.max_horizontal(
        by_words - clash_penalty * unmatched.clip(0.0, 1.0),
        pl.when("is_slip").then(_SLIP_LIKENESS).otherwise(0.0),
        pl.when(is_acronym).then(_ACRONYM_LIKENESS).otherwise(0.0),
        pl.when(is_contained).then(_CONTAINED_LIKENESS).otherwise(0.0),
    )
    return pairs.select(
        "key_a",
        "key_b",
        likeness=pl.when(exact).then(1.0).otherwise(likeness.clip(0.0, 0.99)),
        # Forms that differ in blanks alone, slips and initials may share no word at all.
        shared=pl.when(exact)
        .then(pl.max_horizontal("shared", smaller))
        .when(pl.col("is_slip") | is_acronym)
        .then(pl.max_horizontal("shared", smaller, pl.when(is_acronym).then(pl.max_horizontal("weight_a", "weight_b"))))
        .otherwise(pl.col("shared") + pl.col("credit") / 2),
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
    return (
        tokens.select("form")
        .join(sums, on="form", how="left", maintain_order="left")
        .with_columns(pl.col("weight").fill_null(0.0))
    )


def _slips(pairs: pl.DataFrame, token: pl.DataFrame) -> pl.DataFrame:
    """Tell which forms differ by a few slips of the pen, blanks not counted ("Lantern House" / "LanternHuose").

    One slip (a letter more, less, other, or two changed places) is allowed from 8 letters on, two from 16, three from 28. Other
    digits, or other place and branch words on both sides, are never slips. Where a single word differs it is judged by its own
    length, not by the whole name's ("Birch Affairs" / "Larch Affairs").
    """
    near = pairs.filter(pl.col("letters") >= _SLIP_LETTERS).select(
        "form",
        "squeezed_a",
        "squeezed_b",
        length=pl.min_horizontal(pl.col("squeezed_a").str.len_chars(), pl.col("squeezed_b").str.len_chars()),
        is_moved=_has_place("left_a", token) & _has_place("left_b", token),
        is_one_word=(pl.col("left_a").list.len() == 1) & (pl.col("left_b").list.len() == 1),
    )
    if near.is_empty():
        return pl.DataFrame(schema={"form": pl.UInt32, "is_slip": pl.Boolean})
    slips = process.cpdist(
        near["squeezed_a"].to_list(), near["squeezed_b"].to_list(), scorer=OSA.distance, dtype=np.int32
    )
    digits = {side: pl.col(f"squeezed_{side}").str.extract_all(r"\d") for side in ("a", "b")}
    allowed = (
        pl.when(pl.col("length") >= 28).then(3).when(pl.col("length") >= 16).then(2).when(pl.col("length") >= 8).then(1)
    )
    return near.with_columns(slips=pl.Series(slips, dtype=pl.Int32)).select(
        "form",
        is_slip=(
            (pl.col("slips") <= allowed) & ~pl.col("is_moved") & ~pl.col("is_one_word") & (digits["a"] == digits["b"])
        ).fill_null(False),
    )


def _has_place(column: str, token: pl.DataFrame) -> pl.Expr:
    """Tell whether a list of tokens holds a place, branch word or number."""
    places = token.filter("is_place")["token"].sort()
    local = pl.Series([places], dtype=pl.List(pl.UInt32))
    return pl.col(column).list.set_intersection(pl.lit(local)).list.len() > 0


def _misspelled(pairs: pl.DataFrame, token: pl.DataFrame) -> pl.DataFrame:
    """Pair off words that only one form has with the other's words they misspell or abbreviate.

    Returns:
        Per form with such words: `credit` (likeness times weight, both sides), `surplus` (weight that a misspelled word has only
        because it is rare), `matched_a`, `matched_b` (weight of the words paired off).
    """
    left = pairs.filter(pl.col("letters") >= _MISSPELLED_LETTERS).select("form", "left_a", "left_b")
    crossed = (
        left.select("form", word_a="left_a")
        .explode("word_a", keep_nulls=False, empty_as_null=False)
        .join(
            left.select("form", word_b="left_b").explode("word_b", keep_nulls=False, empty_as_null=False),
            on="form",
            how="inner",
        )
    )
    alike = _compare_words(crossed.select("word_a", "word_b").unique(), token)
    matched = (
        crossed.join(alike, on=["word_a", "word_b"], how="inner", maintain_order="left")
        .sort("form", "likeness", "word_a", "word_b", descending=[False, True, False, False])
        .unique(["form", "word_a"], keep="first", maintain_order=True)
        .unique(["form", "word_b"], keep="first", maintain_order=True)
    )
    smaller = pl.min_horizontal("weight_a", "weight_b")
    return matched.group_by("form").agg(
        credit=(2 * pl.col("likeness") * smaller).sum(),
        surplus=(pl.col("weight_a") + pl.col("weight_b") - 2 * smaller).sum(),
        matched_a=pl.col("weight_a").sum(),
        matched_b=pl.col("weight_b").sum(),
    )


def _compounds(pairs: pl.DataFrame, token: pl.DataFrame) -> pl.DataFrame:
    """Find a telling word of one form that the other writes in two ("Bunnyland" / "Bunny Land").

    Returns:
        Per form with such a word: `compound`, its weight; the heaviest of both sides.
    """
    unlike = pairs.filter(pl.col("shared") < _COMPOUND_SHARED)
    words = token.filter(
        (pl.col("weight") >= _COMPOUND_WEIGHT) & (pl.col("text").str.len_chars() >= _COMPOUND_LETTERS)
    ).select("token", "text", "weight")
    found = [
        unlike.select("form", token=f"left_{own}", other=f"squeezed_{other}")
        .explode("token", keep_nulls=False, empty_as_null=False)
        .join(words, on="token", how="inner", maintain_order="left")
        .filter(pl.col("other").str.contains(pl.col("text"), literal=True))
        .select("form", "weight")
        for own, other in (("a", "b"), ("b", "a"))
    ]
    return pl.concat(found).group_by("form").agg(compound=pl.col("weight").max())


def _compare_words(words: pl.DataFrame, token: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of words that are one, misspelled or abbreviated, with their likeness and weights.

    A misspelling is a word hardly anybody else has; "health" and "wealth" are both words. An abbreviation is the beginning of a
    common word, or, when hardly anybody else has it, of any long one.
    """
    word = token.select(pl.col("token").alias("word"), "text", "weight", "record_count", "is_common")
    both = (
        words.sort("word_a", "word_b")
        .join(
            word.rename({name: f"{name}_a" for name in word.columns}), on="word_a", how="inner", maintain_order="left"
        )
        .join(
            word.rename({name: f"{name}_b" for name in word.columns}), on="word_b", how="inner", maintain_order="left"
        )
        .filter(~pl.col("text_a").str.contains(r"\d") & ~pl.col("text_b").str.contains(r"\d"))
    )
    if both.is_empty():
        return pl.DataFrame(
            schema={
                "word_a": pl.UInt32,
                "word_b": pl.UInt32,
                "likeness": pl.Float64,
                "weight_a": pl.Float64,
                "weight_b": pl.Float64,
            }
        )
    slips = process.cpdist(both["text_a"].to_list(), both["text_b"].to_list(), scorer=OSA.distance, dtype=np.int32)
    length = pl.min_horizontal(pl.col("text_a").str.len_chars(), pl.col("text_b").str.len_chars())
    same_start = pl.col("text_a").str.slice(0, 1) == pl.col("text_b").str.slice(0, 1)
    allowed = pl.when((length >= 7) & same_start).then(2).when(length >= 4).then(1).otherwise(0)
    rarer, frequent = (
        extreme("record_count_a", "record_count_b") for extreme in (pl.min_horizontal, pl.max_horizontal)
    )
    is_rare = (rarer <= _MISSPELLED_RECORDS) | (rarer * _WORDS_PER_MISSPELLING <= frequent)
    is_misspelled = (pl.col("slips") <= allowed) & is_rare & ~(pl.col("is_common_a") & pl.col("is_common_b"))
    starts = _abbreviates("a", "b", length=length) | _abbreviates("b", "a", length=length)
    return (
        both.with_columns(slips=pl.Series(slips, dtype=pl.Int32))
        .with_columns(
            likeness=pl.when(is_misspelled)
            .then(1 - _SLIP_COST * pl.col("slips"))
            .when(starts)
            .then(_ABBREVIATION_LIKENESS)
        )
        .drop_nulls("likeness")
        .select("word_a", "word_b", "likeness", "weight_a", "weight_b")
    )


def _abbreviates(short: str, long: str, *, length: pl.Expr) -> pl.Expr:
    """Tell whether one word is the beginning of the other and may stand for it."""
    is_long = pl.col(f"text_{long}").str.len_chars() >= 7
    count = pl.col(f"record_count_{short}")
    is_rare = (count <= _MISSPELLED_RECORDS) | (count * _WORDS_PER_ABBREVIATION <= pl.col(f"record_count_{long}"))
    is_unusual = is_rare & (length >= 4) & is_long
    return pl.col(f"text_{long}").str.starts_with(pl.col(f"text_{short}")) & (
        (pl.col(f"is_common_{long}") & (length >= 3)) | is_unusual
    )


def _compare_numbers(rows: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Tell whether both main names hold numbers and the numbers differ."""
    number = names.number
    return (
        rows.join(number.rename({"entity": "a", "numbers": "numbers_a"}), on="a", how="left", maintain_order="left")
        .join(number.rename({"entity": "b", "numbers": "numbers_b"}), on="b", how="left", maintain_order="left")
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
        .join(names.key.select("key_id", "key", "tokens"), on="key_id", how="inner", maintain_order="left")
        .join(names.head, on="entity", how="left", maintain_order="left")
        .select("entity", "tokens", "key", "head_key")
    )
    stems = (
        rows.join(
            main.rename({name: f"{name}_a" for name in main.columns} | {"entity": "a"}),
            on="a",
            how="inner",
            maintain_order="left",
        )
        .join(
            main.rename({name: f"{name}_b" for name in main.columns} | {"entity": "b"}),
            on="b",
            how="inner",
            maintain_order="left",
        )
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
    is_local = [_has_place(f"tokens_left_{side}", names.token).alias(f"is_local_{side}") for side in ("a", "b")]
    left_count = {side: pl.col(f"tokens_left_{side}").list.len() for side in ("a", "b")}
    return (
        stems.join(stem, on="row", how="inner", maintain_order="left")
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
