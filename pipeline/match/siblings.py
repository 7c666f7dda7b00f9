"""Sites and services of one agency under one name: entered twice, or branches."""

from __future__ import annotations

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from schemas.directory import Directory
from schemas.enumerations import Origin

#: Likeness of two names, 0-100 with the words sorted, below which no slip is looked for (bounds the work).
_SIMILAR_NAME = 88.0
#: Letters of a word in which one other letter is a slip, and words that two names must share for one to lack a further one
#: (project choice: shorter ones are mostly other words).
_LETTERS_OF_SLIP, _WORDS_OF_LONG_NAME = 6, 4
#: Different names of one agency that are compared with each other; with more, equal names only (bounds the work).
_MOST_SIBLINGS = 300
_TAKES_PART = (
    pl.col("is_counted")
    & (pl.col("origin") == Origin.DELIVERED)
    & pl.col("name_key").is_not_null()
    & pl.col("agency_uid").is_not_null()
)


def alike_siblings(directory: Directory) -> pl.DataFrame:
    """Return the sites and services that have another of their kind and agency under the same or nearly the same name.

    Every record is held against those of its agency that come before it in the order of their numbers. Numbers in names must be
    equal. Only counted records that the export delivers take part.

    Args:
        directory: The canonical tables.

    Returns:
        `center_id`, `kind`, `record_uid`, `first_uid` (the earlier record), in this order sorted; a record may have several rows.
    """
    columns = ("center_id", "kind", "record_uid", "agency_uid", "native_id", "name_key")
    named = pl.concat([table.filter(_TAKES_PART).select(columns) for table in (directory.site, directory.service)])
    rows = named.sort(
        "center_id", "kind", "agency_uid", pl.col("native_id").str.len_chars(), "native_id", "record_uid"
    ).with_row_index("rank")
    alike = _alike(rows)
    return (
        alike.join(rows.select("rank", "center_id", "kind", "record_uid"), on="rank")
        .join(rows.select(first="rank", first_uid="record_uid"), on="first")
        .select("center_id", "kind", "record_uid", "first_uid")
        .sort("center_id", "kind", "record_uid", "first_uid")
    )


def _alike(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rank` and `first` of records of one agency and kind whose names are equal or similar."""
    agency = ["center_id", "kind", "agency_uid"]
    key = rows.select("rank", *agency, "name_key").drop_nulls("agency_uid")
    first = pl.col("rank").min().over(*agency, "name_key")
    equal = key.with_columns(first=first).filter(pl.col("first") != pl.col("rank")).select("rank", "first")
    distinct = key.unique([*agency, "name_key"], keep="first", maintain_order=True)
    distinct = distinct.filter(pl.len().over(agency).is_between(2, _MOST_SIBLINGS))
    pairs = distinct.join(distinct, on=agency, suffix="_first").filter(pl.col("rank_first") < pl.col("rank"))
    digits, digits_first = (pl.col(name).str.extract_all(r"\d+").list.sort() for name in ("name_key", "name_key_first"))
    pairs = pairs.filter(digits == digits_first)
    if pairs.is_empty():
        return equal
    likeness = process.cpdist(
        pairs["name_key"].to_list(), pairs["name_key_first"].to_list(), scorer=fuzz.token_sort_ratio,
        score_cutoff=_SIMILAR_NAME, dtype=np.float32,
    )  # fmt: skip
    similar = _same_but_for_a_slip(pairs.filter(pl.Series(likeness >= _SIMILAR_NAME)))
    return pl.concat([equal, similar.select("rank", first="rank_first")])


def _same_but_for_a_slip(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs whose names differ by a slip in one word, or by one word that a long name lacks.

    Names of one agency often share most of their words and differ in the one that matters ("Miner School" / "Mason School").
    """
    words, words_first = (pl.col(name).str.split(" ").list.unique() for name in ("name_key", "name_key_first"))
    split = pairs.with_columns(
        own=words.list.set_difference(words_first),
        first_own=words_first.list.set_difference(words),
        shared=words.list.set_intersection(words_first).list.len(),
    )
    lacking = split.filter(
        (pl.col("own").list.len() + pl.col("first_own").list.len() == 1) & (pl.col("shared") >= _WORDS_OF_LONG_NAME)
    )
    single = split.filter((pl.col("own").list.len() == 1) & (pl.col("first_own").list.len() == 1)).with_columns(
        pl.col("own", "first_own").list.first()
    )
    if single.is_empty():
        return lacking.select("rank", "rank_first")
    slips = process.cpdist(single["own"].to_list(), single["first_own"].to_list(), scorer=OSA.distance, dtype=np.int32)
    shorter = pl.min_horizontal(pl.col("own").str.len_chars(), pl.col("first_own").str.len_chars())
    slipped = single.filter(pl.Series(slips <= 1) & (shorter >= _LETTERS_OF_SLIP))
    return pl.concat([lacking.select("rank", "rank_first"), slipped.select("rank", "rank_first")])
