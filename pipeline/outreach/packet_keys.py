"""Comparison forms: by which a proposed value is known again when the directory says it, however it is written there.

Phones are compared by their digits, web addresses without `https://www.`, addresses with the usual short words, lists in any order,
all else by letters and digits alone. Of an address the street line alone, of a person name and title or the name alone are forms too.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

#: Words of an address and the form in which they are compared (USPS Publication 28, the frequent ones).
_ADDRESS_WORDS: Mapping[str, str] = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr", "lane": "ln",
    "court": "ct", "place": "pl", "parkway": "pkwy", "highway": "hwy", "terrace": "ter", "circle": "cir", "square": "sq",
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw", "suite": "ste", "apartment": "apt", "floor": "fl", "room": "rm", "building": "bldg",
}  # fmt: skip
_NUMBER = r"(?:\+?1[\s.\-]*)?\(?([2-9]\d{2})\)?[\s.\-/]*(\d{3})[\s.\-]*(\d{4})"
_SHORT_NUMBER = r"^\D{0,12}(\d{3,6})\b"
_EXTENSION = r"(?i)(?:ext(?:ension)?|x|#)[\s.:]*(\d{1,6})"


def add_keys(frame: pl.DataFrame, *, text: str = "shown", keys: str = "keys") -> pl.DataFrame:
    """Add the comparison forms of a column, by the way that `compare` names.

    Args:
        frame: Rows with `compare` and the text.
        text: Column of the text.
        keys: Name of the new column, List(String): first the form that a proposal is looked for by, then looser ones where there are
            any, last `=` with the exact text. Empty where there is no text.
    """
    value = pl.col(text).fill_null("").str.normalize("NFKC")
    plain = _words(value)
    compare = pl.col("compare")
    first = (
        pl.when(compare == "phone")
        .then(
            pl.when(_number(value).is_null())
            .then(plain)
            .otherwise(pl.concat_str(_number(value), pl.format("x{}", _extension(value)), ignore_nulls=True))
        )
        .when(compare == "address")
        .then(_address(value))
        .when(compare == "email")
        .then(value.str.to_lowercase().str.strip_chars())
        .when(compare == "url")
        .then(
            value.str.to_lowercase()
            .str.strip_chars()
            .str.replace(r"^https?://", "")
            .str.replace(r"^www\.", "")
            .str.strip_chars_end("/")
        )
        .when(compare == "words")
        .then(_list(value))
        .otherwise(plain)
    )
    cut = value.str.split(",").list
    looser = (
        pl.when(compare == "phone")
        .then(_number(value))
        .when(compare == "address")
        .then(_address(cut.first()))
        .when(compare == "person")
        .then(_words(cut.head(2).list.join(" ")))
    )
    loosest = pl.when(compare == "person").then(_words(cut.first()))
    exact = pl.format("={}", value.str.replace_all(r"\s+", " ").str.strip_chars())
    listed = pl.concat_list(first, looser, loosest, exact).list.drop_nulls().list.unique(maintain_order=True)
    is_there = value.str.strip_chars() != ""
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return frame.with_columns(
        pl.when(is_there).then(listed.list.filter(pl.element() != "")).otherwise(nothing).alias(keys)
    )


def _words(value: pl.Expr) -> pl.Expr:
    return value.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


def _number(value: pl.Expr) -> pl.Expr:
    parts = [value.str.extract(_NUMBER, group) for group in (1, 2, 3)]
    return pl.coalesce(pl.concat_str(parts), value.str.extract(_SHORT_NUMBER, 1))


def _extension(value: pl.Expr) -> pl.Expr:
    return value.str.extract(_EXTENSION, 1)


def _address(value: pl.Expr) -> pl.Expr:
    # Every word gets blanks of its own, so that neighbours are both replaced.
    spaced = pl.format(" {} ", _words(value.str.replace_all(r"\b(\d{5})-\d{4}\b", "$1")).str.replace_all(" ", "  "))
    short = spaced.str.replace_many(
        [f" {word} " for word in _ADDRESS_WORDS], [f" {word} " for word in _ADDRESS_WORDS.values()]
    )
    return short.str.replace_all(r"\s+", " ").str.strip_chars()


def _list(value: pl.Expr) -> pl.Expr:
    parts = (
        value.str.to_lowercase()
        .str.split(";")
        .list.eval(pl.element().str.split(",").explode().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars())
    )
    return parts.list.filter(pl.element() != "").list.unique().list.sort().list.join("; ")
