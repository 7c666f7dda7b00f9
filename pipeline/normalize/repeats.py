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
        dropped: Rows left out as repeats (`kind`, `source_file`, `source_line`).
        notes: What was noted about repeats.
    """

    records: pl.DataFrame
    translations: pl.DataFrame
    dropped: pl.DataFrame
    notes: list[pl.DataFrame]


def settle_repeats(records: pl.DataFrame, *, content: pl.Series) -> Settled:
    """Return the records with one row per key.

    Args:
        records: Needs `center_id`, `kind`, `record_uid`, `native_id`, `language_of_record`, `source_file`, `source_line`.
        content: What the row says, one text per record; equal texts are equal content.
    """
    primary = primary_language(records["language_of_record"])
    keyed = records.with_columns(
        content.alias("__content"),
        pl.col("language_of_record").str.to_lowercase().fill_null(primary or "").alias("__language"),
    ).sort(*_KEY, "__language", "source_file", "source_line", "__content")
    group = pl.struct(*_KEY, "__language")
    keyed = keyed.with_columns(
        group.is_first_distinct().alias("__is_first"),
        pl.col("__content").first().over(*_KEY, "__language").alias("__first_content"),
    )
    repeated = keyed.filter(~pl.col("__is_first"))
    is_same = pl.col("__content") == pl.col("__first_content")
    notes = [
        note_where(repeated, is_same, note_kind=NoteKind.REPEATED_ID_SAME, field="native_id", value="native_id"),
        note_where(repeated, ~is_same, note_kind=NoteKind.REPEATED_ID_DIFFERENT, field="native_id", value="native_id"),
    ]
    rank = (
        pl.when(pl.col("__language") == (primary or ""))
        .then(0)
        .when(pl.col("__language").is_in(_ENGLISH))
        .then(1)
        .otherwise(2)
    )
    versions = keyed.filter("__is_first").sort(*_KEY, rank, "__language")
    is_main = pl.struct(*_KEY).is_first_distinct()
    bare = records.columns
    return Settled(
        records=versions.filter(is_main).select(bare),
        translations=versions.filter(~is_main).select(bare),
        dropped=repeated.select("kind", "source_file", "source_line"),
        notes=notes,
    )


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
