"""Street and unit of an address as the USPS writes them, beside the lines as delivered.

Publication 28 abbreviates suffixes, directions and unit words; what is the name of a street stays as it is spelled. Nothing is
guessed: a word that is not at the place of a suffix or direction is a name, a number is never touched.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalize.distinct import map_distinct
from pipeline.normalize.street_words import (
    CAPITAL_WORDS,
    DIRECTION_FORMS,
    FLOOR_WORDS,
    LONE_UNIT_FORMS,
    PLAIN_SUFFIXES,
    SUFFIX_FORMS,
    UNIT_FORMS,
)

_BETWEEN = "\x1f"
_NUMBER = r"[0-9]+[A-Za-z]?(?:-[0-9]+[A-Za-z]?)?|[0-9]+/[0-9]+|[NSEWnsew][0-9]+"
_BOX = r"(?i)\b(?:p\.? ?o\.?|post office|postal) ?(?:box|drawer|bin|lockbox)\b\.?|\bpob(?:ox)?\b\.?"
_RURAL = r"(?i)\b(?:rural route|r\.? ?r\.?|r\.?f\.?d\.?)(?: ?(?:#|no\.?))? ?([0-9])"
_CONTRACT = r"(?i)\b(?:highway contract(?: route)?|h\.?c\.?(?: ?r\.?)?) ?#? ?([0-9])"
#: A line (or part of one) that is a street: it begins with a house number, a box or a route.
_STREET_START = rf"(?i)^(?:(?:{_NUMBER}) .*[a-z]|[0-9]+(?:st|nd|rd|th) |po box\b|rr [0-9]|hc [0-9])"

_VALUE = r"(?:[a-z]{0,2}-?[0-9]+(?: ?[a-z]\b|[a-z]{2}\b)?(?:[-/&][a-z0-9]+)*|[a-z](?:-?[0-9]+)?)(?:st|nd|rd|th)?"
_IDENTIFIER = rf"(?:no\.? |number |# ?)?{_VALUE}"
_ORDINAL = r"[0-9]+(?:st|nd|rd|th)|" + "|".join(FLOOR_WORDS)
#: `FL` before more than three digits is Florida before its ZIP code.
_UNIT_WORDS = "|".join(
    sorted((word for word in UNIT_FORMS if word not in ("#", "floor", "flr", "fl")), key=len, reverse=True)
)
_SHORT_FLOOR = (
    r"\b(?:floor|flr|fl)\.? (?:no\.? |number |# ?)?(?:[0-9]{1,3}[a-z]?(?:-[0-9]{1,3})?|[a-z])(?:st|nd|rd|th)?\b"
)
_UNIT = (
    rf"(?:\b(?:{_UNIT_WORDS})\.? {_IDENTIFIER}|{_SHORT_FLOOR}|# ?{_IDENTIFIER}|\b(?:{_ORDINAL}) (?:floor|flr|fl)\b\.?)"
)
_LONE = "|".join(sorted(LONE_UNIT_FORMS, key=len, reverse=True))
#: Units stand at the end of a part, one after the other; elsewhere the words belong to names.
_UNITS_AT_END = rf"(?i)(?:^| |- ?)((?:{_UNIT}[ -]*)*(?:{_UNIT}|\b(?:rear|basement|bsmt|penthouse)))\.?$"
_ONLY_UNITS = rf"(?i)^(?:{_UNIT}[ -]*|(?:{_LONE})\b[ .]*)+$"
_NO_UNIT = r"(?i)^(?:rr|hc) [0-9]"


def read_streets(line1: pl.Series, line2: pl.Series) -> pl.DataFrame:
    """Return street and unit of addresses.

    Args:
        line1: First line, one line of plain text; null when blank.
        line2: Second line.

    Returns:
        One row per address: `street` (house number, directions, name and suffix, or the box; null without any) and `unit`
        (suite, apartment, floor, room, building; null without any). The street is taken from the second line when only that
        one begins like a street. Remarks in round brackets, names of buildings beside a street, and places after it are left
        to the lines as delivered.

    >>> read_streets(
    ...     pl.Series(["100 N. Main Street, Suite 5", "P.O. BOX 12", "Harbor Hall", "123 North Avenue"]),
    ...     pl.Series([None, None, "5TH AVENUE NORTH 2nd floor", "#3"]),
    ... ).rows()
    [('100 N Main St', 'Ste 5'), ('PO Box 12', None), ('5th Ave N', '2nd Fl'), ('123 North Ave', '# 3')]
    """
    pairs = pl.select(pl.concat_str([line1, line2], separator=_BETWEEN, ignore_nulls=False)).to_series()
    joined = pl.select(
        pl.when(line1.is_null() & line2.is_null())
        .then(None)
        .otherwise(pl.coalesce(pairs, line1, pl.lit(_BETWEEN) + line2))
    ).to_series()
    return map_distinct(joined, _read)


def _read(values: pl.Series) -> pl.DataFrame:
    # One row per part of a line; parts are parted by commas.
    lines = values.str.split(_BETWEEN)
    parts = (
        pl.DataFrame({"line": lines})
        .with_row_index("row")
        .with_columns(pl.col("line").list.eval(_plain_line(pl.element())))
        .explode("line")
        .with_columns(pl.int_range(pl.len()).over("row").alias("line_number"))
        .filter(pl.col("line") != "")
        .with_columns(pl.col("line").str.split(",").alias("part"))
        .explode("part")
        .with_columns(pl.col("part").str.strip_chars(" -.:/"))
        .filter(pl.col("part") != "")
    )
    split = parts.with_columns(_units_of(pl.col("part")).alias("units")).with_columns(
        pl.when(pl.col("units").is_null())
        .then("part")
        .otherwise(pl.col("part").str.head(-pl.col("units").str.len_chars().cast(pl.Int64)).str.strip_chars(" -.:/"))
        .alias("rest")
    )
    starts = split.with_columns(pl.col("rest").str.contains(_STREET_START).alias("is_start"))
    streets = (
        starts.filter(pl.col("rest") != "")
        .sort("row", pl.col("is_start").not_(), maintain_order=True)
        .with_columns(pl.col("line_number").first().over("row").alias("chosen"))
        .group_by("row", maintain_order=True)
        # Without a street, all of the first line that has words is kept: nobody knows which part matters.
        .agg(
            pl.when(pl.col("is_start").any())
            .then(pl.col("rest").first())
            .otherwise(pl.col("rest").filter(pl.col("line_number") == pl.col("chosen")).str.join(", "))
            .first()
            .alias("bare")
        )
    )
    units = (
        starts.filter(pl.col("units").is_not_null())
        .group_by("row", maintain_order=True)
        .agg(pl.col("units").str.join(" ").alias("unit_text"))
    )
    rows = (
        pl.DataFrame({"row": range(len(values))}, schema={"row": pl.UInt32})
        .join(streets, on="row", how="left", maintain_order="left")
        .join(units, on="row", how="left", maintain_order="left")
    )
    return pl.select(_street_forms(rows["bare"]).alias("street"), _unit_forms(rows["unit_text"]).alias("unit"))


def _plain_line(line: pl.Expr) -> pl.Expr:
    return (
        line.str.replace_all(r"\([^()]*\)", " ")
        .str.replace_all(";", ",", literal=True)
        .str.replace_all(_BOX, "PO Box ")
        .str.replace_all(_RURAL, "RR $1")
        .str.replace_all(_CONTRACT, "HC $1")
        .str.replace_all(r"(?i)\bpo box[ .:]*(?:#|no\b\.?|number)? *", "PO Box ")
        .str.replace_all("#", " # ", literal=True)
        .str.replace_all(r"\s+", " ")
        .str.replace_all(r" ,", ",")
        .str.strip_chars(" ,")
        .str.replace(r"^([0-9]+[A-Za-z]?), ?", "$1 ")
        .str.replace(r"(?i)^((?:RR|HC) [0-9]+[a-z]?), ?(box\b)", "$1 $2")
    )


def _units_of(part: pl.Expr) -> pl.Expr:
    at_end = part.str.extract(_UNITS_AT_END, 1)
    is_whole = part.str.contains(_ONLY_UNITS)
    return pl.when(is_whole).then(part).when(part.str.contains(_NO_UNIT).not_()).then(at_end)


def _unit_forms(texts: pl.Series) -> pl.Series:
    def read(distinct: pl.Series) -> pl.DataFrame:
        marked = distinct.str.replace_all(r"(?i)\b(?:no\.?|number) ", " ").str.replace_all(r"[.]", " ")
        # `Suite # 5` says the same as `Suite 5`.
        bare = marked.str.replace_all(rf"(?i)\b({_UNIT_WORDS}|floor|flr|fl) +# *", "$1 ").str.replace_all(
            r" - |\s+", " "
        )
        tokens = (
            pl.DataFrame({"token": bare.str.strip_chars().str.split(" ")})
            .with_row_index("row")
            .explode("token")
            .with_columns(pl.col("token").str.strip_chars(" -"))
        )
        lower = pl.col("token").str.to_lowercase()
        forms = UNIT_FORMS | {word: form for word, form in LONE_UNIT_FORMS.items() if " " not in word}
        mapped = tokens.filter(pl.col("token") != "").with_columns(
            pl.coalesce(
                lower.replace_strict(forms, default=None, return_dtype=pl.String),
                pl.when(lower.str.contains("^[0-9]+(?:st|nd|rd|th)$")).then(lower),
                pl.when(lower.str.contains("^[a-z]{3,}$")).then(lower.str.to_titlecase()),
                pl.col("token").str.to_uppercase(),
            )
        )
        return _joined(mapped, len(distinct))

    return map_distinct(texts, read)["text"]


def _street_forms(streets: pl.Series) -> pl.Series:
    def read(distinct: pl.Series) -> pl.DataFrame:
        # Words with figures and boxes are written by one rule, whatever the case of the line.
        words = distinct.str.replace_all(r"\S*[0-9]\S*|PO Box", "")
        has_one_case = ~words.str.contains("[a-z]") | ~words.str.contains("[A-Z]")
        number_count = (
            distinct.str.extract(rf"^((?:(?:{_NUMBER}) )+)", 1).str.count_matches(" ").fill_null(0).cast(pl.Int64)
        )
        tokens = (
            pl.DataFrame({"token": distinct.str.split(" "), "is_one_case": has_one_case, "number_count": number_count})
            .with_row_index("row")
            .explode("token")
            .with_columns(_bare_token(pl.col("token")))
            .filter(pl.col("token") != "")
        )
        return _joined(_mapped_tokens(tokens), len(distinct))

    text = map_distinct(streets, read)["text"]
    # Two words of one direction after the suffix are one direction.
    return text.str.replace(r"^(.+ (?:[A-Z][a-z]+)) ([NS]) ([EW])$", "$1 $2$3")


def _bare_token(token: pl.Expr) -> pl.Expr:
    trimmed = token.str.strip_chars(" .;:")
    return (
        pl.when(trimmed.str.contains(r"[0-9]")).then(trimmed).otherwise(trimmed.str.replace_all(".", "", literal=True))
    )


def _mapped_tokens(tokens: pl.DataFrame) -> pl.DataFrame:
    lower = pl.col("token").str.strip_chars_end(",").str.to_lowercase()
    placed = tokens.with_columns(
        lower.alias("lower"),
        (pl.int_range(pl.len()).over("row") - pl.col("number_count")).alias("place"),
        (pl.len().over("row") - pl.int_range(pl.len()).over("row") - 1).alias("from_end"),
    ).with_columns(
        pl.col("lower").replace_strict(SUFFIX_FORMS, default=None, return_dtype=pl.String).alias("suffix"),
        pl.col("lower").replace_strict(DIRECTION_FORMS, default=None, return_dtype=pl.String).alias("direction"),
    )
    is_direction = pl.col("direction").is_not_null()
    in_name = pl.col("place") >= 1
    # Directions at the end, one or two of them, with a name before.
    is_last = is_direction & (pl.col("from_end") == 0) & in_name
    is_before_last = (
        is_direction & (pl.col("from_end") == 1) & in_name & is_last.shift(-1, fill_value=False)
        & pl.col("suffix").shift(1).is_not_null()
        & pl.col("direction").is_in(["N", "S"]) & pl.col("direction").shift(-1).is_in(["E", "W"])
    )  # fmt: skip
    marked = placed.with_columns((is_last | is_before_last).alias("is_after")).with_columns(
        pl.col("is_after").cast(pl.Int64).sum().over("row").alias("after_count")
    )
    is_suffix = (pl.col("from_end") == pl.col("after_count")) & in_name & pl.col("suffix").is_not_null()
    marked = marked.with_columns(is_suffix.alias("is_suffix"))
    is_street = (pl.col("number_count") > 0) | pl.col("lower").str.contains("^[0-9]+(?:st|nd|rd|th)$").first().over(
        "row"
    )
    is_street = is_street | (pl.col("is_suffix") & pl.col("suffix").is_in(list(PLAIN_SUFFIXES))).any().over("row")
    has_comma = pl.col("token").str.ends_with(",").any().over("row")
    next_is_name = (
        (pl.col("from_end") > 0)
        & ~pl.col("is_suffix").shift(-1, fill_value=False)
        & ~pl.col("is_after").shift(-1, fill_value=False)
        & pl.col("direction").shift(-1).is_null()
    )
    is_before = is_direction & (pl.col("place") == 0) & next_is_name
    form = pl.when(pl.col("is_suffix")).then("suffix").when(is_before | pl.col("is_after")).then("direction")
    return marked.with_columns(
        pl.coalesce(
            pl.when(is_street & ~has_comma).then(form),
            pl.when(pl.col("is_one_case")).then(_cased(pl.col("token"))),
            pl.when(pl.col("lower").str.contains("^[0-9]+(?:st|nd|rd|th)$")).then(pl.col("token").str.to_lowercase()),
            "token",
        ).alias("token")
    )


def _cased(token: pl.Expr) -> pl.Expr:
    lower = token.str.to_lowercase()
    is_ordinal = lower.str.contains("^[0-9]+(?:st|nd|rd|th),?$")
    has_digit = lower.str.contains("[0-9]")
    bare = lower.str.strip_chars_end(",")
    keeps_capitals = bare.is_in(sorted(CAPITAL_WORDS)) | bare.str.contains("^[a-z]$")
    first = lower.str.slice(0, 1).str.to_uppercase()
    second = lower.str.slice(2, 1).str.to_uppercase()
    return (
        pl.when(is_ordinal)
        .then(lower)
        .when(has_digit | keeps_capitals)
        .then(token.str.to_uppercase())
        .when(lower.str.contains("^[a-z]'[a-z]{2}"))
        .then(first + "'" + second + lower.str.slice(3))
        .otherwise(first + lower.str.slice(1))
    )


def _joined(tokens: pl.DataFrame, count: int) -> pl.DataFrame:
    texts = tokens.group_by("row", maintain_order=True).agg(pl.col("token").str.join(" ").alias("text"))
    return (
        pl.DataFrame({"row": range(count)}, schema={"row": pl.UInt32})
        .join(texts, on="row", how="left", maintain_order="left")
        .select("text")
    )
