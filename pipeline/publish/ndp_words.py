"""The words of the NDP-shaped bundle: which of ours stands for which of the receiver's, and what has no counterpart.

The tables are data (`ndp_words.toml`); a center adds words of its own in the settings. Nothing is guessed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from schemas.errors import UsageError

#: Where one phrase ends and the next begins.
_BETWEEN_PHRASES = r"(?i)(?:[,;/&•\n]|\band\b)"
#: Words of the language list that name no language.
_NO_LANGUAGE = ("other", "unknown")
#: Lists whose values are looked up phrase by phrase.
BY_PHRASE = ("eligibility", "documents", "accessibility", "language")
#: Lists whose values are looked up as a whole.
WHOLE = ("legal_status", "tax_status", "fees", "country")
#: Closed lists of ours.
CLOSED = ("phone_type", "address_type", "day")


@dataclass(frozen=True, kw_only=True)
class NdpWords:
    """The tables.

    Args:
        allowed: The receiver's lists by name.
        closed: List -> our word -> the receiver's, for closed lists of ours.
        one: List -> our word in lower case -> the receiver's, for values looked up as a whole.
        several: List -> our phrase in lower case -> the receiver's words.
        status: Our status -> members `status`, and where there are any `reason_inactive`, `access`, `with_message`.
        access_order: Words for who may see a record, the strictest first.
        nations: Name of a country in lower case -> as the receiver writes it.
        provinces: Code of a Canadian province -> its name.
    """

    allowed: Mapping[str, tuple[str, ...]]
    closed: Mapping[str, Mapping[str, str]]
    one: Mapping[str, Mapping[str, str]]
    several: Mapping[str, Mapping[str, tuple[str, ...]]]
    status: Mapping[str, Mapping[str, str]]
    access_order: tuple[str, ...]
    nations: Mapping[str, str]
    provinces: Mapping[str, str]

    def looked_up(self, column: str, name: str) -> pl.Expr:
        """Return the receiver's word for the whole value of a column (text); null where there is none."""
        return fold(pl.col(column)).replace_strict(self.one[name], default=None, return_dtype=pl.String)

    def coded(self, column: str, name: str) -> pl.Expr:
        """Return the receiver's word for a column that holds words of a closed list of ours."""
        return pl.col(column).replace_strict(self.closed[name], default=None, return_dtype=pl.String)


def ndp_words(own: Mapping[str, Mapping[str, str | tuple[str, ...]]] | None = None) -> NdpWords:
    """Return the tables with the words of a center.

    Args:
        own: `NdpParameters.words`.

    Raises:
        UsageError: A word of the center stands for one that the receiver's list does not have.
    """
    declared = _declared()
    allowed = {name: tuple(words) for name, words in declared["allowed"].items()}
    tables: dict[str, dict[str, tuple[str, ...]]] = {
        name: {word.lower(): _as_tuple(meant) for word, meant in declared[name].items()}
        for name in (*WHOLE, *BY_PHRASE)
    }
    tables["language"] |= {word.replace("_", " "): (word,) for word in allowed["language"] if word not in _NO_LANGUAGE}
    for name, words in (own or {}).items():
        for word, meant in words.items():
            tables[name][_folded(word)] = _checked(name, word, _as_tuple(meant), allowed)
    return NdpWords(
        allowed=allowed,
        closed={name: declared[name] for name in CLOSED},
        one={name: {word: meant[0] for word, meant in tables[name].items()} for name in WHOLE},
        several={name: tables[name] for name in BY_PHRASE},
        status=declared["status"],
        access_order=tuple(declared["access"]["order"]),
        nations=declared["nation"],
        provinces=declared["province"],
    )


def fold(text: pl.Expr) -> pl.Expr:
    """Return text as the tables have it: lower case, single blanks, no outer blanks, no full stop at the end."""
    return text.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars().str.strip_chars_end(". ")


def phrases(frame: pl.DataFrame, column: str, table: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Look texts up as a whole, and where that gives nothing phrase by phrase.

    Args:
        frame: Needs the column; every distinct text is looked up once.
        column: The column.
        table: Phrase -> the receiver's words.

    Returns:
        One row per distinct text: the column, `words` (list of text, none twice, in the order of the text) and `is_whole`
        (Boolean), whether everything in the text was found.
    """
    texts = frame.select(pl.col(column).drop_nulls().unique()).with_row_index("row")
    meant = {phrase: " ".join(words) for phrase, words in table.items()}  # the receiver's words hold no blanks

    def looked_up(phrase: pl.Expr) -> pl.Expr:
        return phrase.replace_strict(meant, default=None, return_dtype=pl.String).alias("words")

    longest = 2 * max(map(len, meant))
    whole = (
        texts.filter(pl.col(column).str.len_chars() <= longest)
        .select("row", looked_up(fold(pl.col(column))))
        .drop_nulls("words")
    )
    # Most sentences hold no phrase of the table: those need not be taken apart.
    split = (
        texts.join(whole, on="row", how="anti", maintain_order="left")
        .filter(pl.col(column).str.contains_any(list(meant), ascii_case_insensitive=True))
        .select("row", pl.col(column).str.split(_BETWEEN_PHRASES, literal=False).alias("phrase"))
        .explode("phrase")
        .filter(pl.col("phrase").str.strip_chars() != "")
        .select("row", looked_up(fold(pl.col("phrase"))))
        .group_by("row", maintain_order=True)
        .agg(
            pl.col("words").drop_nulls().str.join(" ").alias("found"),
            pl.col("words").is_not_null().all().alias("all_found"),
        )
    )
    both = texts.join(whole, on="row", how="left", maintain_order="left").join(
        split, on="row", how="left", maintain_order="left"
    )
    return both.select(
        column,
        pl.coalesce("words", "found")
        .fill_null("")
        .str.split(" ")
        .list.filter(pl.element() != "")
        .list.unique(maintain_order=True)
        .alias("words"),
        (pl.col("words").is_not_null() | pl.col("all_found").fill_null(value=False)).alias("is_whole"),
    )


def _checked(name: str, word: str, meant: tuple[str, ...], allowed: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    missing = [one for one in meant if one not in allowed[name]]
    if missing or not meant or (name in WHOLE and len(meant) > 1):
        raise UsageError(
            f"The settings say in [export_ndp.words.{name}] that {word!r} is {' and '.join(meant) or 'nothing'}, which is not one "
            "word of the receiver's list.",
            advice="Its words are: " + ", ".join(allowed[name]) + ".",
        )
    return meant


def _folded(word: str) -> str:
    return pl.select(fold(pl.lit(word))).item()  # type: ignore[no-any-return]


def _as_tuple(meant: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (meant,) if isinstance(meant, str) else tuple(meant)


@cache
def _declared() -> dict[str, Any]:
    text = resources.files("pipeline.publish").joinpath("ndp_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
