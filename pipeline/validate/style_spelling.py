"""Rule STY-031: lower-case words that no list knows and that are one letter away from a known word.

Names are full of rare words, so capitalised words are never asked, and neither are words of any name, city or county of the
center. A word that several agencies use is the language of the field, and one made of known parts ("homebuyers") is right. What
is left is named only when a known word is one letter away: this finds slips of the keys and leaves jargon alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import polars as pl

from pipeline.validate.style_texts import SLIP_SCHEMA, slips_of
from schemas.style_parameters import StyleParameters

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Letters of the shorter half of a word made of two.
_SHORTEST_HALF = 4
#: Exports cut cells at a fixed length (255 is usual), often inside a word: the last word of a text that is at least so long and
#: ends without a sign is not looked up.
_CUT_FROM = 100
#: Words of a text that must be looked up before its share of unknown words says anything about its language.
_FEWEST_FOR_LANGUAGE = 5


def find_misspellings(
    texts: pl.DataFrame, *, uses: pl.DataFrame, names: pl.DataFrame, style: StyleParameters
) -> pl.DataFrame:
    """Return a slip for every text with possible misspellings: the words, each with the known word it is, where that is clear.

    Args:
        texts: As `list_texts` returns them.
        uses: As `gather_uses` returns them.
        names: `center_id`, `name`: names, cities and counties of the center's records.
        style: Allowed words and thresholds.
    """
    words = _words_of(texts.filter("is_english"), style=style)
    unknown = _unknown_words(words, style=style)
    if unknown.is_empty():
        return pl.DataFrame(schema=SLIP_SCHEMA)
    rare = _without_names(_without_shared(unknown, texts=texts, uses=uses, style=style), names)
    corrections = _near_words(rare, words=words, style=style)
    told = (
        rare.join(corrections, on=["center_id", "word"])
        .sort("text_key", "position")
        .unique(["text_key", "word"], keep="first", maintain_order=True)
        .group_by("text_key", maintain_order=True)
        .agg(
            passage=pl.when(pl.col("suggested").is_null())
            .then("word")
            .otherwise(pl.format("{} → {}", "word", "suggested"))
            .str.join("; ")
        )
    )
    return slips_of(told, rule_id="STY-031", passage=pl.col("passage"))


@cache
def word_list() -> Mapping[str, int]:
    """Return the English word list with the frequency of each word (pyspellchecker, MIT). Read once, when first needed."""
    from spellchecker import SpellChecker

    frequencies: Mapping[str, int] = SpellChecker(language="en").word_frequency.dictionary
    return frequencies


def nearest_word(word: str, *, used: frozenset[str], style: StyleParameters) -> str | None:
    """Return the likeliest known word that one letter more, less, other or swapped makes of a word; None when there is none.

    A word of the same directory is likelier than any other, then the more frequent one.
    """
    ranked = _near_by_likelihood(word, used=used, style=style)
    return ranked[0] if ranked else None


def suggested_word(word: str, *, used: frozenset[str], style: StyleParameters) -> str | None:
    """Return the nearest word where little speaks against it; None where it would be a guess.

    It must be clearly more frequent than every other near word and begin with the same letter (people rarely miss the first letter
    of a word: Pollock and Zamora 1984, Communications of the ACM 27, give 7.8 % of slips), and the word must not be two with the
    blank lost between them ("walkins", "doorsto").
    """
    nearest, *others = _near_by_likelihood(word, used=used, style=style) or [""]
    known = word_list()
    is_sure = (
        nearest[:1] == word[:1]
        and all(known[nearest] >= style.spelling_lead * known[other] for other in others)
        and not _is_two_words(word, style=style)
    )
    return nearest if is_sure else None


def _near_by_likelihood(word: str, *, used: frozenset[str], style: StyleParameters) -> list[str]:
    known = word_list()
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    near = {head + tail[1:] for head, tail in parts if tail}
    near |= {head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1}
    near |= {head + letter + tail[1:] for head, tail in parts if tail for letter in _LETTERS}
    near |= {head + letter + tail for head, tail in parts for letter in _LETTERS}
    ranked = sorted(
        (each not in used, -known[each], each)
        for each in near
        if each in known and (each in used or known[each] >= style.spelling_frequency)
    )
    return [each for _, _, each in ranked]


def _is_two_words(word: str, *, style: StyleParameters) -> bool:
    """Return whether a word is a known one of some length and a short one behind it."""
    known = word_list()
    return any(
        min(known.get(word[:place], 0), known.get(word[place:], 0)) >= style.spelling_frequency
        for place in range(_SHORTEST_HALF, len(word) - 1)
    )


def is_built_right(word: str, *, style: StyleParameters) -> bool:
    """Return whether a word is a known one with a usual beginning or end, or two known ones in one."""
    known = word_list()
    if any(_stem_is_known(word, ending) for ending in style.word_endings):
        return True
    if any(word.startswith(each) and _is_known_half(word[len(each) :]) for each in style.word_beginnings):
        return True
    halves = range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1)
    return any(
        min(known.get(word[:place], 0), known.get(word[place:], 0)) >= style.spelling_frequency for place in halves
    )


def _stem_is_known(word: str, ending: str) -> bool:
    if not word.endswith(ending):
        return False
    stem = word.removesuffix(ending)
    return any(_is_known_half(each) for each in (stem, f"{stem}e", f"{stem[:-1]}y" if stem.endswith("i") else stem))


def _is_known_half(part: str) -> bool:
    return len(part) >= _SHORTEST_HALF and part in word_list()


def _words_of(texts: pl.DataFrame, *, style: StyleParameters) -> pl.DataFrame:
    """Return the words that can be looked up, with their place in the text."""
    token = r"[\p{L}\p{N}_'’./]+"  # noqa: S105 - a pattern for words
    shape = rf"^[a-z]{{{style.spelling_letters},}}$"
    plain = pl.col("plain")
    whole = (
        pl.when("is_cut")
        .then(plain.str.replace(r"\S+\s*$", ""))
        .when(plain.str.len_chars() >= _CUT_FROM)
        .then(plain.str.replace(r"\S*[\p{L}\p{N}]\s*$", ""))
        .otherwise(plain)
    )
    return (
        texts.select("center_id", "text_key", word=whole.str.extract_all(token))
        .explode("word", empty_as_null=True)
        .with_columns(word=pl.col("word").str.replace(r"['’]s?$|[.'’/]+$", "").str.replace(r"^['’./]+", ""))
        .with_row_index("position")
        .filter(pl.col("word").str.contains(shape))
    )


def _unknown_words(words: pl.DataFrame, *, style: StyleParameters) -> pl.DataFrame:
    distinct = words.get_column("word").unique().to_list()
    known = word_list()
    allowed = {*style.allowed_words, *_parts_of(style.preferred_usage)}
    unknown = pl.Series("word", sorted(word for word in distinct if word not in known), dtype=pl.String)
    per_text = (
        words.with_columns(is_unknown=pl.col("word").is_in(unknown.to_list()))
        .group_by("text_key")
        .agg(share=pl.col("is_unknown").mean(), looked_up=pl.len())
    )
    foreign = per_text.filter(
        pl.col("looked_up") >= _FEWEST_FOR_LANGUAGE, pl.col("share") >= style.spelling_foreign_share
    )
    asked = [word for word in unknown if word not in allowed and not is_built_right(word, style=style)]
    return words.filter(pl.col("word").is_in(asked)).join(foreign, on="text_key", how="anti", maintain_order="left")


def _parts_of(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in phrase.replace("-", " ").split()}


def _without_shared(
    unknown: pl.DataFrame, *, texts: pl.DataFrame, uses: pl.DataFrame, style: StyleParameters
) -> pl.DataFrame:
    """Return the words without those that several agencies of the center use."""
    keys = texts.join(unknown.select("text_key").unique(), on="text_key", how="semi").select(
        "center_id", "text", "text_key"
    )
    owners = uses.join(keys, on=["center_id", "text"]).select("text_key", "agency_uid").unique()
    shared = (
        unknown.select("center_id", "text_key", "word")
        .unique()
        .join(owners, on="text_key")
        .group_by("center_id", "word")
        .agg(agencies=pl.col("agency_uid").n_unique())
        .filter(pl.col("agencies") >= style.spelling_agencies)
    )
    return unknown.join(shared, on=["center_id", "word"], how="anti", maintain_order="left")


def _without_names(unknown: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    parts = (
        names.select("center_id", word=pl.col("name").str.to_lowercase().str.extract_all(r"\p{L}+"))
        .explode("word", empty_as_null=True)
        .unique()
    )
    return unknown.join(parts, on=["center_id", "word"], how="anti", maintain_order="left")


def _near_words(rare: pl.DataFrame, *, words: pl.DataFrame, style: StyleParameters) -> pl.DataFrame:
    """Return `center_id`, `word` and `suggested` (null where none is clear) for every word that has a near one."""
    asked = rare.select("center_id", "word").unique().sort("word", "center_id").head(style.spelling_lookups)
    known = word_list()
    used_by = {
        str(center): frozenset(word for word in used.get_column("word").unique() if word in known)
        for (center,), used in words.partition_by("center_id", as_dict=True).items()
    }
    rows = [
        (center, word, suggested_word(word, used=used_by[center], style=style))
        for center, word in asked.iter_rows()
        if nearest_word(word, used=used_by[center], style=style) is not None
    ]
    schema = {"center_id": pl.String, "word": pl.String, "suggested": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
