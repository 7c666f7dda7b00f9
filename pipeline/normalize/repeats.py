"""One row per record: repeated keys settled, further language versions set apart.

The key of a record is its kind, its number and its language. The same key twice with the same content is one record; with
different content the first line of the file is kept, and both cases are noted.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.normalize.noticing import note_where
from schemas.notes import NoteKind

#: Spellings of English among language codes and names.
_ENGLISH = ("en", "eng", "english", "en-us", "en-ca")
_KEY = ("kind", "record_uid")


@dataclass(frozen=True)
class Settled:
    """Records after repeats and languages are settled.

    Attributes:
        records: One row per kind and `record_uid`: the version in the primary language.
        translations: Further language versions.
        dropped: Rows left out as repeats (`kind`, `source_file`, `source_line`, and `is_same`: whether the row says what the
            kept one says).
        notes: What was noted about repeats.
    """

    records: pl.DataFrame
    translations: pl.DataFrame
    dropped: pl.DataFrame
    notes: list[pl.DataFrame]


def settle_repeats(records: pl.DataFrame, *, content: pl.Series) -> Settled:
    """Return the records with one row per key, sorted by it.

    Args:
        records: Needs `center_id`, `kind`, `record_uid`, `native_id`, `language_of_record`, `source_file`, `source_line`.
        content: What the row says, one text per record; equal texts are equal content.
    """
    primary = primary_language(records["language_of_record"])
    keys = records.select(
        *_KEY,
        pl.col("language_of_record").str.to_lowercase().fill_null(primary or "").alias("__language"),
        "source_file",
        "source_line",
        content.alias("__content"),
    )
    # Keys are sorted alone and the wide rows are fetched once, in their final order.
    order = keys.select(pl.arg_sort_by(*_KEY)).to_series()
    if not keys[order].select(_is_like_above(*_KEY).any()).item():
        return Settled(
            records=records[order], translations=records.clear(), dropped=_dropped(records.clear()), notes=[]
        )
    return _settle(records, keys.with_row_index("__row"), primary=primary or "")


def _settle(records: pl.DataFrame, keys: pl.DataFrame, *, primary: str) -> Settled:
    keyed = keys.sort(*_KEY, "__language", "source_file", "source_line", "__content").with_columns(
        _is_like_above(*_KEY, "__language").not_().alias("__is_first"),
        pl.col("__content").first().over(*_KEY, "__language").alias("__first_content"),
    )
    repeated = keyed.filter(~pl.col("__is_first"))
    repeats = records[repeated["__row"]]
    is_same = repeated["__content"] == repeated["__first_content"]
    notes = [
        note_where(repeats, is_same, note_kind=NoteKind.REPEATED_ID_SAME, field="native_id", value="native_id"),
        note_where(repeats, ~is_same, note_kind=NoteKind.REPEATED_ID_DIFFERENT, field="native_id", value="native_id"),
    ]
    rank = (
        pl.when(pl.col("__language") == primary).then(0).when(pl.col("__language").is_in(_ENGLISH)).then(1).otherwise(2)
    )
    versions = keyed.filter("__is_first").sort(*_KEY, rank, "__language")
    is_main = versions.select(_is_like_above(*_KEY).not_()).to_series()
    return Settled(
        records=records[versions.filter(is_main)["__row"]],
        translations=records[versions.filter(~is_main)["__row"]],
        dropped=_dropped(repeats.with_columns(is_same.alias("is_same"))),
        notes=notes,
    )


def _is_like_above(*columns: str) -> pl.Expr:
    """Tell which rows of a sorted frame have the same cells as the row above."""
    return pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in columns) & (
        pl.int_range(pl.len()) > 0
    )


def _dropped(records: pl.DataFrame) -> pl.DataFrame:
    is_same = pl.col("is_same") if "is_same" in records.columns else pl.lit(value=True).alias("is_same")
    return records.select("kind", "source_file", "source_line", is_same)


def primary_language(languages: pl.Series) -> str | None:
    """Return the most frequent language of the load, folded; English wins a tie, then the alphabet.

    >>> primary_language(pl.Series(["fr", "en", "EN", "fr", None]))
    'en'
    """
    counts = languages.str.to_lowercase().drop_nulls().value_counts(name="count")
    counts.columns = ["language", "count"]
    if counts.is_empty():
        return None
    ranked = counts.sort("count", pl.col("language").is_in(_ENGLISH), "language", descending=[True, True, False])
    return str(ranked["language"][0])
