"""Comparison forms of addresses.

Written addresses stay as they are; only the keys treat `100 N. Main Street, Suite 5` and `100 North Main St Ste 5` alike.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalize.address_words import ADDRESS_WORDS, UNIT_WORDS
from pipeline.normalize.distinct import map_distinct
from pipeline.normalize.names import without_accents

#: Words that say that a street line holds no street because the place is kept secret.
HIDDEN_PLACE = r"(?i)\b(?:confidential|undisclosed)\b"

_BOX = r"\b(?:p ?o|post office|postal) ?(?:box|drawer)\b|\bpobox\b"
_UNIT = rf" (?:{'|'.join(UNIT_WORDS)}) (?:no |number )?([a-z]{{0,2}}[0-9][a-z0-9]*(?: [a-z]\b)?|[a-z](?: ?[0-9]+)?\b)"
_UNIT_BEFORE = r" ([0-9]+(?:st|nd|rd|th)|ground|main|lower|upper) (?:fl|level)\b"
_STARTS_LIKE_STREET = rf"^ (?:[0-9]+[a-z]? |[0-9]+ |{_BOX})"


def address_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the comparison forms of addresses.

    Args:
        frame: Needs `line1`, `line2`, `city`, `postal_code`, all text; null when unknown.

    Returns:
        One row per address: `address_key` (street without unit, city and five digits of the ZIP, parted by `|`; null
        without any line), `unit_key` (suite, floor, building and what else the lines say) and `house_number_key`.

    >>> keys = address_keys(pl.DataFrame({
    ...     "line1": ["100 N. Main Street, Suite 5", "Harbor Hall"],
    ...     "line2": [None, "100 North Main St #5"],
    ...     "city": ["Springfield", "SPRINGFIELD"],
    ...     "postal_code": ["62701-1234", "62701"],
    ... }))
    >>> keys.rows()
    [('100 n main st|springfield|62701', '5', '100'), ('100 n main st|springfield|62701', '5 hbr hall', '100')]
    """
    lines = frame.select(_words(frame["line1"]).alias("line1"), _words(frame["line2"]).alias("line2"))
    # The street stands in the second line when the first names the building.
    is_second = lines["line1"].is_null() | (
        lines["line2"].str.contains(_STARTS_LIKE_STREET) & ~lines["line1"].str.contains(_STARTS_LIKE_STREET)
    ).fill_null(value=False)
    street = pl.select(pl.when(is_second).then(lines["line2"]).otherwise(lines["line1"])).to_series()
    other = pl.select(pl.when(is_second).then(lines["line1"]).otherwise(lines["line2"])).to_series()
    # A second line that repeats the first adds nothing.
    rest = pl.select(pl.when(other != street).then(other)).to_series().fill_null("")
    bare = street.str.replace_all(_UNIT, " ").str.replace_all(_UNIT_BEFORE, " ")
    units = street.str.extract_all(rf"{_UNIT}|{_UNIT_BEFORE}").list.join(" ")
    unit_words = pl.select(pl.concat_str(units.fill_null(""), rest, separator=" ")).to_series()
    unit_key = _tidy(unit_words.str.replace_all(rf" (?:{'|'.join(UNIT_WORDS)}|level|no|number)\b", " "))
    city = _tidy(without_accents(frame["city"]).str.replace_all(r"[^\p{L}\p{N}]+", " ")).fill_null("")
    short_zip = pl.coalesce(
        frame["postal_code"].str.extract(r"^\s*([0-9]{5})\b", 1),
        frame["postal_code"].str.to_lowercase().str.replace_all("[^a-z0-9]", ""),
    )
    keyed = _tidy(bare)
    return pl.select(
        pl.format("{}|{}|{}", keyed, city, pl.select(short_zip).to_series().fill_null("")).alias("address_key"),
        unit_key.alias("unit_key"),
        keyed.str.extract(r"^([0-9]+)(?:[a-z]| |$)", 1).alias("number"),
        keyed.str.contains(r"^[0-9]+(?:st|nd|rd|th)\b").alias("is_ordinal"),
    ).select(
        "address_key",
        "unit_key",
        pl.when(pl.col("is_ordinal").not_()).then("number").alias("house_number_key"),
    )


def is_secret_line(values: pl.Series) -> pl.Series:
    """Tell where a street line says that the place is secret.

    >>> is_secret_line(pl.Series(["Confidential", "12 Main St", None])).to_list()
    [True, False, False]
    """
    return values.str.contains(HIDDEN_PLACE).fill_null(value=False)


def _words(values: pl.Series) -> pl.Series:
    # Blanks around every word, so that a word is found by its blanks; null when nothing is left.
    def read(distinct: pl.Series) -> pl.DataFrame:
        plain = without_accents(distinct).str.replace_all(r"['’`]", "").str.replace_all("#", " unit ", literal=True)
        spaced = pl.select(pl.format("  {}  ", plain)).to_series().str.replace_all(r"[^\p{L}\p{N}]+", "  ")
        mapped = spaced.str.replace_many(
            [f" {variant} " for variant in ADDRESS_WORDS], [f" {short} " for short in ADDRESS_WORDS.values()]
        )
        single = mapped.str.replace_all(" +", " ")
        # Twice, because neighbors share the blank between them.
        paired = single
        for _ in range(2):
            paired = paired.str.replace_all(r" ([ns]) ([ew]) ", " ${1}${2} ")
        boxed = paired.str.replace_all(_BOX, "pobox").str.replace_all(r" unit unit ", " unit ")
        return pl.select(pl.when(boxed.str.strip_chars() != "").then(boxed).alias("words"))

    return map_distinct(values, read)["words"]


def _tidy(values: pl.Series) -> pl.Series:
    single = values.str.replace_all(" +", " ").str.strip_chars()
    return pl.select(pl.when(single != "").then(single)).to_series()
