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
    folded = pl.DataFrame({"text": texts.unique().sort()}).with_row_index("text_id")
    written = folded.select("text_id", written=pl.col("text").str.split(" ")).explode(
        "written", keep_nulls=False, empty_as_null=False
    )
    spelled, word = _vocabulary(written["written"].unique(), words=words)
    known = (
        written.join(spelled, on="written", how="inner", maintain_order="left")
        .select("text_id", "word_id", "is_ignored")
        .explode("word_id", "is_ignored", keep_nulls=False, empty_as_null=False)
    )
    telling = known.filter(~pl.col("is_ignored"))["text_id"].unique()
    flat = known.filter(~pl.col("is_ignored") | ~pl.col("text_id").is_in(telling.implode()))
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    is_first = (pl.col("text_id") != pl.col("text_id").shift()).fill_null(value=True)
    placed = flat.with_columns(is_first=is_first, row=row).with_columns(
        position=pl.col("row") - pl.when("is_first").then("row").forward_fill(),
        is_last=pl.col("is_first").shift(-1).fill_null(value=True),
    )
    number = pl.when(pl.col("is_last") & (pl.col("position") > 0)).then("last_number").otherwise("number")
    return (
        pl.concat([placed, word[placed["word_id"]]], how="horizontal")
        .with_columns(folded["text"].gather(placed["text_id"]), number=number)
        .select("text", "text_id", "position", pl.coalesce("number", "word").alias("word"), "initial", "number")
    )


def _vocabulary(written: pl.Series, *, words: NameWords) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Bring everything that stands between blanks to its form once, which may be no word, one or several.

    Returns:
        `written`, `word_id` and `is_ignored` (lists: row numbers of the words it is compared as, and whether they tell nothing); and by
        row number `word` (without plural ending), `initial`, `number` (its value when it is one) and `last_number` (the same at the
        end of a name).
    """
    variants = pl.DataFrame(
        {"folded": list(words.spelled_alike), "word": [target.split() for target in words.spelled_alike.values()]},
        schema={"folded": pl.String, "word": pl.List(pl.String)},
    )
    spelled = (
        pl.DataFrame({"written": written, "folded": written})
        .with_columns(fold_text(pl.col("folded")).str.split(" "))
        .explode("folded", keep_nulls=False, empty_as_null=False)
        .filter(pl.col("folded") != "")
        .join(variants, on="folded", how="left", maintain_order="left")
        .with_columns(
            pl.col("word").fill_null(pl.concat_list("folded")), is_ignored=pl.col("folded").is_in(words.ignored)
        )
        .explode("word", keep_nulls=False, empty_as_null=False)
    )
    text = pl.col("word")
    digits = pl.when(text.str.contains(r"^\d+(?:st|nd|rd|th)?$")).then(text.str.extract(r"^0*(\d+)", 1))
    lone = text.replace_strict({"i": "1", "v": "5", "x": "10"}, default=None, return_dtype=pl.String)
    named = text.replace_strict(words.number_words, default=None, return_dtype=pl.String)
    word = spelled.select(text.unique())
    ids = word.with_row_index("word_id")
    return (
        spelled.join(ids, on="word", how="left", maintain_order="left")
        .group_by("written", maintain_order=True)
        .agg("word_id", "is_ignored"),
        word.select(
            _singular(text).alias("word"),
            initial=text.str.slice(0, 1),
            number=pl.coalesce(digits, named),
            last_number=pl.coalesce(digits, lone, named),
        ),
    )


def keys_of(texts: pl.Series, *, words: NameWords) -> pl.DataFrame:
    """Return the sorted words of each distinct text.

    Returns:
        `text` and `key` (the distinct words in order, with blanks between them); texts without a word have no row.
    """
    flat, word = _numbered_words(texts.drop_nulls(), words=words)
    text = flat.select("text_id", "text").unique("text_id", keep="any")
    return _sorted_words(flat, word).join(text, on="text_id", how="inner").select("text", "key")


def _numbered_words(texts: pl.Series, *, words: NameWords) -> tuple[pl.DataFrame, pl.Series]:
    """Return `words_of` with `token`, the place of the word among the distinct words in order, and these words."""
    flat = words_of(texts, words=words)
    word = flat["word"].unique().sort()
    return flat.join(word.to_frame().with_row_index("token"), on="word", how="left", maintain_order="left"), word


def _sorted_words(flat: pl.DataFrame, word: pl.Series) -> pl.DataFrame:
    """Return `text_id`, `tokens` (its distinct words in order) and `key` (the same spelled out), in order of the texts.

    Numbers are sorted instead of words, all at once: word by word and text by text it takes several times as long.
    """
    packed = flat.select(pl.col("text_id").cast(pl.UInt64) * 2**32 + pl.col("token")).to_series().unique().sort()
    apart = pl.DataFrame({"text_id": (packed // 2**32).cast(pl.UInt32), "tokens": (packed % 2**32).cast(pl.UInt32)})
    return (
        apart.with_columns(key=word.gather(apart["tokens"]))
        .group_by("text_id", maintain_order=True)
        .agg("tokens", "key")
        .with_columns(pl.col("key").list.join(" "))
    )


def prepare_names(entities: Entities, *, words: NameWords) -> Names:
    """Return the names of the entities in comparison form, with weights by rarity in this list.

    Args:
        entities: Uses `name`, and `place` for house numbers, which do not count as numbers of a name.
        words: Word lists.
    """
    flat, word = _numbered_words(entities.name["text"].drop_nulls(), words=words)
    forms = (
        flat.group_by("text_id", maintain_order=True)
        .agg(pl.col("text").first(), "word", "initial", "token", "number", word_count=pl.len())
        .with_columns(squeezed=pl.col("word").list.join(""), initials=pl.col("initial").list.join(""))
        .drop("word", "initial")
        .join(_sorted_words(flat, word), on="text_id", how="inner", maintain_order="left")
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
    cities = entities.place["city"].drop_nulls().unique()
    spoken = keys.select("key_id", pl.col("tokens").alias("token")).explode(
        "token", keep_nulls=False, empty_as_null=False
    )
    token = _weigh_tokens(name, spoken=spoken, word=word, count=entities.count, cities=cities, words=words)
    weight = (
        spoken.with_columns(weight=token["weight"].gather(spoken["token"]))
        .group_by("key_id", maintain_order=True)
        .agg(pl.col("weight").sum())
    )
    position = (
        keys.select("key_id", "token", "number")
        .explode("token", "number", keep_nulls=True, empty_as_null=False)
        .with_columns(position=pl.int_range(pl.len(), dtype=pl.UInt32))
        .with_columns(pl.col("position") - pl.col("position").min().over("key_id"))
    )
    return Names(
        name=name,
        key=keys.join(weight, on="key_id", how="inner", maintain_order="left").select(
            "key_id", "key", "squeezed", "weight", "tokens", "word_count", "initials"
        ),
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
    name: pl.DataFrame,
    *,
    spoken: pl.DataFrame,
    word: pl.Series,
    count: int,
    cities: pl.Series,
    words: NameWords,
) -> pl.DataFrame:
    """Weigh each word: 1 when a single entity has it, towards 0 when all do; common words and cities are capped.

    The weight is log(1 + n / df) / log(1 + min(n, N)), at most 1: the inverse document frequency, scaled to the list's size up to N.
    Without N a word that one agency in ten thousand has would count for less and less as more centers are put together, although it
    tells as much as before.
    """
    seen = (
        name.select("entity", "key_id")
        .join(spoken, on="key_id", how="inner")
        .select(pl.col("token").cast(pl.UInt64) * 2**32 + pl.col("entity"))
        .unique()
        .select(token=(pl.col("token") // 2**32).cast(pl.UInt32))
        .group_by("token")
        .agg(record_count=pl.len())
        .sort("token")
        .with_columns(word=word)
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
    keys = keys_of(heads["text"], words=words).rename({"key": "head_key"})
    return heads.join(keys, on="text", how="inner", maintain_order="left").select("entity", "head_key").sort("entity")
