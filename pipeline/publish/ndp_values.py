"""Values of a record that become words of the receiver's lists and keep their text beside them."""

from __future__ import annotations

import polars as pl

from pipeline.publish.ndp_block import Remarks
from pipeline.publish.ndp_words import NdpWords, phrases


def _years(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.replace(r"\.0$", "")


_FROM, _TO = pl.col("minimum_age").is_not_null(), pl.col("maximum_age").is_not_null()

#: The ages of a service as a line of text; null without any. The format has no member for ages.
AGES = (
    pl.when(_FROM & _TO)
    .then(pl.concat_str(pl.lit("Ages: "), _years("minimum_age"), pl.lit(" to "), _years("maximum_age")))
    .when(_FROM)
    .then(pl.concat_str(pl.lit("Ages: "), _years("minimum_age"), pl.lit(" and over")))
    .when(_TO)
    .then(pl.concat_str(pl.lit("Ages: up to "), _years("maximum_age")))
)

#: Member of the object that holds the words, by list.
_MEMBERS = {"eligibility": "eligibility.types", "documents": "documents.types", "accessibility": "accessibility.types"}


def language_columns(records: pl.DataFrame, *, table: str, words: NdpWords, remarks: Remarks) -> pl.DataFrame:
    """Add `language_codes` (list, in the order of the record) and `language_text`: what is in no list, as written."""
    # Few different lists stand in many records: each is read once.
    listed = records.with_columns(pl.col("languages").list.join("\x1e", ignore_nulls=True).alias("key"))
    named = (
        listed.select("key", "languages")
        .unique("key", maintain_order=True)
        .explode("languages", keep_nulls=False, empty_as_null=False)
        .select("key", pl.col("languages").str.strip_chars().alias("language"))
        .filter(pl.col("language") != "")
        .unique(maintain_order=True)
    )
    found = named.join(
        phrases(named, "language", words.several["language"]), on="language", how="left", maintain_order="left"
    )
    unknown = found.filter(~pl.col("is_whole")).select("key", "language")
    remarks.tell(
        listed.select("id", "key").join(unknown, on="key", how="inner"),
        table=table,
        column="languages.codes",
        word=pl.col("language"),
    )
    codes = found.group_by("key", maintain_order=True).agg(
        pl.col("words")
        .explode(keep_nulls=False, empty_as_null=False)
        .unique(maintain_order=True)
        .alias("language_codes"),
        pl.col("language").filter(~pl.col("is_whole")).str.join("; ").alias("language_text"),
    )
    return (
        listed.join(codes, on="key", how="left", maintain_order="left")
        .with_columns(
            pl.col("language_codes").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            pl.when(pl.col("language_text") != "").then("language_text").alias("language_text"),
        )
        .drop("key")
    )


def text_types(records: pl.DataFrame, column: str, *, table: str, words: NdpWords, remarks: Remarks) -> pl.DataFrame:
    """Add `<column>_types`: the words that phrases of a text stand for (list); a text of which nothing is found is noted."""
    name = f"{column}_types"
    looked = phrases(records, column, words.several[column]).select(column, pl.col("words").alias(name))
    found = records.join(looked, on=column, how="left", maintain_order="left").with_columns(
        pl.col(name).fill_null(pl.lit([], dtype=pl.List(pl.String)))
    )
    remarks.tell(
        found.filter(pl.col(column).is_not_null() & (pl.col(name).list.len() == 0)),
        table=table,
        column=_MEMBERS[column],
        word=pl.col(column),
    )
    return found
