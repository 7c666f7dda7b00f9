"""What a form must not show, though it goes to the agency itself: it can be intercepted, or handed on."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.packets import HIDDEN
from schemas.private_values import PrivateValues, clean_texts, find_kinds, suspected_texts


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept private in the whole load.

    Attributes:
        values: Values that must not be seen, wherever they are repeated.
        records: Records that are private by a flag, a rule or their agency: `center_id`, `kind`, `record_uid`.
        sites: Sites that must not be located: `center_id`, `record_uid`.
        addresses: Addresses that must not leave: `center_id`, `record_uid` of the address row.
    """

    values: PrivateValues
    records: pl.DataFrame
    sites: pl.DataFrame
    addresses: pl.DataFrame


def hide_repeated(lines: pl.DataFrame, values: PrivateValues) -> pl.DataFrame:
    """Return the lines without the private values that their texts repeat.

    From prose the sentence goes and the rest is marked; any other value is hidden as a whole. Rows of addresses are compared as places
    elsewhere, so streets are not looked for in them.

    Args:
        lines: Rows with `shown`, `compare`, `is_hidden`, `is_prose`.
        values: What must not be seen.

    Returns:
        The rows with `shown` and `is_hidden` as they may be printed, and `is_whole`.
    """
    is_address = pl.col("compare") == "address"
    parts = []
    for rows, asked in (
        (lines.filter(is_address), values.without_streets()),
        (lines.filter(~is_address), values),
    ):
        shown = rows.filter(~pl.col("is_hidden"))["shown"].drop_nulls().unique().sort()
        cleaned = clean_texts(shown.filter(suspected_texts(shown, asked)), asked)
        left = {text: rest for text, (_, rest) in cleaned.items()}
        found = pl.DataFrame(
            {"shown": list(left), "left": list(left.values()), "is_told": [True] * len(left)},
            schema={"shown": pl.String, "left": pl.String, "is_told": pl.Boolean},
        )
        parts.append(rows.join(found, on="shown", how="left"))
    told = pl.col("is_told").fill_null(value=False) & ~pl.col("is_hidden")
    keeps_part = told & pl.col("is_prose") & pl.col("left").is_not_null()
    is_hidden = pl.col("is_hidden") | (told & ~keeps_part)
    return (
        pl.concat(parts)
        .with_columns(
            shown=pl.when(is_hidden)
            .then(pl.lit(HIDDEN))
            .when(keeps_part)
            .then(pl.format("{{}} [a part of this text is {}]".format(HIDDEN), "left"))  # noqa: UP032 - two kinds of braces
            .otherwise("shown"),
            is_hidden=is_hidden,
            is_whole=~is_hidden & ~keeps_part,
        )
        .drop("left", "is_told")
    )


def holds_private(texts: pl.Series, values: PrivateValues) -> pl.Series:
    """Return which texts repeat a private value.

    Args:
        texts: Texts.
        values: What must not be seen.
    """
    return texts.fill_null("").is_in(list(find_kinds(texts.drop_nulls(), values)))
