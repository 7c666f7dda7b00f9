"""Names in comparison form: words, their weight by rarity, numbers and initials.

Words that stand in many names of the list at hand weigh little and rare ones much, so that "Springfield" joins nothing in a
directory full of Springfield.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.match.entities import Entities
from schemas.match_parameters import NameWords

#: Endings of plurals, taken off in this order; the first that fits a word of five letters or more is used.
_PLURALS: tuple[tuple[str, str], ...] = (
    (r"^(\w{2,})ies$", "${1}y"),
    (r"^(\w{2,}(?:ch|sh|x|ss|z))es$", "${1}"),
    (r"^(\w{3,}[^siu])s$", "${1}"),
)


#: A word that one in so many records has is as telling as any (project choice: the size of a large center's directory; smaller lists
#: are scaled to their own size, so nothing depends on it there).
_TELLING_RECORDS = 20_000


@dataclass(frozen=True, kw_only=True)
class Names:
    """Prepared names.

    Attributes:
        name: One row per known name: `name_row`, `entity`, `shown`, `is_main`, `key_id`.
        key: One row per distinct comparison form: `key_id`, `key` (sorted words), `squeezed` (words in order, no blanks),
            `weight` (sum of word weights), `tokens` (word numbers), `word_count`, `initials`.
        token: One row per word: `token`, `text`, `weight`, `record_count` (entities whose names hold it), `is_common`
            (word of the list of common words, or of a city), `is_place`
            (branch word, number, or word of a city of the list).
        position: One row per name form and word in reading order: `key_id`, `position`, `token`.
        number: One row per entity whose main name holds numbers: `entity`, `numbers` (sorted texts).
        head: One row per entity whose main name is written in two parts ("Head - Part"): `entity`, `head_key` (sorted words).
    """

    name: pl.DataFrame
    key: pl.DataFrame
    token: pl.DataFrame
    position: pl.DataFrame
    number: pl.DataFrame
    head: pl.DataFrame


def fold_text(text: pl.Expr) -> pl.Expr:
    """Return text without case, accents, apostrophes and punctuation; `&` reads as "and"; dotted letters join.

    >>> pl.select(fold_text(pl.lit("Y.M.C.A. of the Niños & O'Neill's"))).item()
    'ymca of the ninos and oneills'
    """
    return (
        text.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_all(r"['’‘`´]", "")
        .str.replace_all("&", " and ", literal=True)
        .str.replace_all(r"\b(\p{L})\.", "${1}")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars()
    )


def words_of(texts: pl.Series, *, words: NameWords) -> pl.DataFrame:
    """Return one row per text and compared word.

    Args:
        texts: Distinct names, none null.
        words: Word lists.

    Returns:
        `text`, `text_id` (number of the text), `position` (from 0, in reading order), `word`, `initial` (first letter as written),
        `number` (value when the word is a number, else null). A name made of ignored words alone keeps them; a name without letters
        and digits has no row.
    """
    spelled = {source: target.split() for source, target in words.spelled_alike.items()}
    folded = (
        pl.DataFrame({"text": texts.unique().sort()})
        .with_row_index("text_id")
        .with_columns(word=fold_text(pl.col("text")).str.split(" "))
    )
    flat = (
        folded.explode("word", keep_nulls=False, empty_as_null=False)
        .filter(pl.col("word") != "")
        .with_columns(is_ignored=pl.col("word").is_in(words.ignored))
        .filter(~pl.col("is_ignored") | pl.col("is_ignored").all().over("text_id"))
    )
    variants = pl.DataFrame(
        {"word": list(spelled), "variant": list(spelled.values())},
        schema={"word": pl.String, "variant": pl.List(pl.String)},
    )
    flat = (
        flat.join(variants, on="word", how="left", maintain_order="left")
        .with_columns(word=pl.col("variant").fill_null(pl.concat_list("word")))
        .explode("word")
        .with_columns(position=pl.int_range(pl.len(), dtype=pl.UInt32).over("text_id"))
    )
    is_last = pl.col("position") == pl.col("position").max().over("text_id")
    lone = {"i": "1", "v": "5", "x": "10"}
    number = (
        pl.when(pl.col("word").str.contains(r"^\d+(?:st|nd|rd|th)?$"))
        .then(pl.col("word").str.extract(r"^0*(\d+)", 1))
        .when(is_last & (pl.col("position") > 0) & pl.col("word").is_in(list(lone)))
        .then(pl.col("word").replace_strict(lone, default=None))
        .otherwise(pl.col("word").replace_strict(words.number_words, default=None))
    )
    return flat.with_columns(number=number, initial=pl.col("word").str.slice(0, 1)).select(
        "text",
        "text_id",
        "position",
        pl.coalesce("number", _singular(pl.col("word"))).alias("word"),
        "initial",
        "number",
    )


def prepare_names(entities: Entities, *, words: NameWords) -> Names:
    """Return the names of the entities in comparison form, with weights by rarity in this list.

    Args:
        entities: Uses `name`, and `place` for house numbers, which do not count as numbers of a name.
        words: Word lists.
    """
    flat = words_of(entities.name["text"].drop_nulls(), words=words)
    forms = (
        flat.group_by("text_id", maintain_order=True)
        .agg(
            pl.col("text").first(),
            key=pl.col("word").unique().sort().str.join(" "),
            squeezed=pl.col("word").str.join(""),
            initials=pl.col("initial").str.join(""),
            word_count=pl.len(),
        )
        .sort("key", "squeezed", "initials", "text")
        # Names that differ in order, case or punctuation alone share a form; the first text stands for it.
        .with_columns(key_id=pl.struct("key", "squeezed", "initials").rle_id().cast(pl.UInt32))
    )
    keys = forms.unique("key_id", keep="first", maintain_order=True)
    name = (
        entities.name.join(forms.select("text", "key_id"), on="text", how="inner", maintain_order="left")
        .select("entity", "key_id", "is_main", "shown")
        .sort("entity", ~pl.col("is_main"), "key_id", "shown")
        .unique(["entity", "key_id"], keep="first", maintain_order=True)
        .with_row_index("name_row")
    )
    position = (
        keys.select("key_id", "text_id")
        .join(flat, on="text_id", how="inner", maintain_order="left")
        .sort("key_id", "position")
    )
    cities = entities.place["city"].drop_nulls().unique()
    token = _weigh_tokens(name, position=position, count=entities.count, cities=cities, words=words)
    position = position.join(
        token.select("token", pl.col("text").alias("word")), on="word", how="inner", maintain_order="left"
    ).sort("key_id", "position")
    weights = (
        position.unique(["key_id", "token"])
        .join(token.select("token", "weight"), on="token", how="inner", maintain_order="left")
        .sort("key_id", "token")
        .group_by("key_id", maintain_order=True)
        .agg(weight=pl.col("weight").sum(), tokens=pl.col("token"))
    )
    key = keys.join(weights, on="key_id", how="inner", maintain_order="left").sort("key_id")
    return Names(
        name=name,
        key=key.select("key_id", "key", "squeezed", "weight", "tokens", "word_count", "initials"),
        token=token,
        position=position.select("key_id", "position", "token"),
        number=_numbers_of_main_names(entities, name=name, position=position),
        head=_heads_of_main_names(entities, words=words),
    )


def _singular(word: pl.Expr) -> pl.Expr:
    """Return the word without a plural ending; short words stay."""
    plurals = [pl.when(word.str.contains(pattern)).then(word.str.replace(pattern, end)) for pattern, end in _PLURALS]
    return pl.when(word.str.len_chars() < 5).then(word).otherwise(pl.coalesce(*plurals, word))


def _weigh_tokens(
    name: pl.DataFrame, *, position: pl.DataFrame, count: int, cities: pl.Series, words: NameWords
) -> pl.DataFrame:
    """Weigh each word: 1 when a single entity has it, towards 0 when all do; common words and cities are capped.

    The weight is log(1 + n / df) / log(1 + min(n, N)), at most 1: the inverse document frequency, scaled to the list's size up to N.
    Without N a word that one agency in ten thousand has would count for less and less as more centers are put together, although it
    tells as much as before.
    """
    spoken = pl.DataFrame({"word": position["word"].unique().sort()}).with_row_index("token")
    known = position.select("key_id", "word").join(spoken, on="word", how="inner", maintain_order="left")
    seen = (
        name.select("entity", "key_id")
        .join(known.select("key_id", "token"), on="key_id", how="inner", maintain_order="left")
        .select("token", "entity")
        .unique()
        .group_by("token")
        .agg(record_count=pl.len())
        .join(spoken, on="token", how="inner", maintain_order="left")
        .sort("token")
    )
    scale = (1 + pl.lit(float(min(count, _TELLING_RECORDS)))).log()
    rarity = ((1 + count / pl.col("record_count")).log() / scale).clip(upper_bound=1.0)
    branch = words_of(pl.Series(words.branch, dtype=pl.String), words=words)["word"].unique().to_list()
    common = (
        words_of(pl.Series([*words.common, *words.branch], dtype=pl.String), words=words)["word"].unique().to_list()
    )
    # Cities of the list say where an agency is; "(Los Angeles)" behind a name is not part of who it is.
    local = words_of(cities, words=words)["word"].unique().to_list()
    is_common = pl.col("text").is_in([*common, *local])
    return seen.select("token", "record_count", text="word").with_columns(
        weight=pl.when(is_common).then(pl.min_horizontal(rarity, pl.lit(words.common_weight))).otherwise(rarity),
        is_common=is_common,
        is_place=pl.col("text").is_in([*branch, *local]) | pl.col("text").str.contains(r"^\d+$"),
    )


def _numbers_of_main_names(entities: Entities, *, name: pl.DataFrame, position: pl.DataFrame) -> pl.DataFrame:
    """Collect the numbers in main names, without the entity's own house numbers."""
    houses = entities.place.select("entity", number=pl.col("house_number")).drop_nulls().unique()
    return (
        name.filter(pl.col("is_main"))
        .join(position.filter(pl.col("number").is_not_null()), on="key_id", how="inner", maintain_order="left")
        .select("entity", "number")
        .unique()
        .join(houses, on=["entity", "number"], how="anti")
        .sort("entity", "number")
        .group_by("entity", maintain_order=True)
        .agg(numbers=pl.col("number"))
    )


def _heads_of_main_names(entities: Entities, *, words: NameWords) -> pl.DataFrame:
    """Return what stands before a dash, colon or slash in main names, as sorted words."""
    heads = (
        entities.name.filter("is_main")
        .select("entity", text=pl.col("shown").str.extract(r"^(.{3,}?)(?:\s+[-–—:/]\s*|\s*[–—:]\s+)\S", 1))
        .drop_nulls("text")
    )
    keys = (
        words_of(heads["text"], words=words)
        .group_by("text", maintain_order=True)
        .agg(head_key=pl.col("word").unique().sort().str.join(" "))
    )
    return heads.join(keys, on="text", how="inner", maintain_order="left").select("entity", "head_key").sort("entity")
