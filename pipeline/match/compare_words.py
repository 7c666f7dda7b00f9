"""Words of two names that are one, misspelled or abbreviated."""

from __future__ import annotations

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

#: What each slip in a word takes off its likeness, and the likeness of a word and its abbreviation (project choice).
_SLIP_COST, _ABBREVIATION_LIKENESS = 0.12, 0.85
#: A word in more records than this is a word of its own, no misspelling (project choice); in a large list the slips of a frequent
#: word are frequent too, so one misspelling to so many of the word, and one abbreviation to so many, are let through as well.
_MISSPELLED_RECORDS, _WORDS_PER_MISSPELLING, _WORDS_PER_ABBREVIATION = 2, 500, 20


def compare_words(words: pl.DataFrame, token: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of words that are one, misspelled or abbreviated.

    A misspelling is a word hardly anybody else has; "health" and "wealth" are both words. An abbreviation is the beginning of a
    common word, or, when hardly anybody else has it, of any long one.

    Args:
        words: `word_a`, `word_b` (word numbers), none twice.
        token: `Names.token`.

    Returns:
        `word_a`, `word_b`, `likeness` (0-1) and the weights `weight_a`, `weight_b`, sorted by the words.
    """
    word = token.select(pl.col("token").alias("word"), "text", "weight", "record_count", "is_common")
    both = (
        words.cast(pl.UInt32)
        .sort("word_a", "word_b")
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
