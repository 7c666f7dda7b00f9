"""Keys of AIRS XML: whole numbers, as its schema wants them, made from native ids that need not be any.

A native id of digits is its own key. Any other id, one with a leading zero (a number would lose it), and one that several records of a
kind share (centers count for themselves) give the first 60 bits of the SHA-256 of the `record_uid` as a decimal number: the same
every night, and listed beside the file, so that a reader can find the record again.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import polars_hash as plh

from pipeline.publish.airs_words import KEY

#: Hexadecimal digits that make up a key: 60 bits.
_DIGITS = 15
#: Elements of ours that stand for no record, and what their key is made from.
MADE_SITES: Mapping[str, str] = {
    "agency_location": "the address of the agency itself",
    "services_without_site": "the place under which services without a site stand",
    "site_of_another_agency": "a site at which another agency works, written under that agency too",
}
#: Columns of `airs_keys.csv`.
KEY_COLUMNS = ("kind", "record_uid", "native_id", "key")


def with_keys(records: pl.DataFrame, *, shared: pl.Series | None = None) -> pl.DataFrame:
    """Return records of one kind with `key` (text).

    Args:
        records: Needs `record_uid` and `native_id`.
        shared: Native ids that several records of the whole directory share (`shared_numbers`), when these are some of its records
            only. Ids that stand twice among these are shared anyway.
    """
    native = _native_id()
    is_shared = native.is_duplicated()
    if shared is not None and shared.len():
        is_shared = is_shared | native.is_in(shared.implode()).fill_null(value=False)
    return records.with_columns(
        pl.when(native.str.contains(KEY).fill_null(value=False) & ~is_shared)
        .then(native)
        .otherwise(hashed("record_uid"))
        .alias("key")
    )


def shared_numbers(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.Series]:
    """Return the native ids that cannot be keys because several records of a kind have them, by kind.

    Args:
        frames: Kind -> the records of the whole directory that may leave, of which only `native_id` is looked at.

    Returns:
        Kind -> whole numbers as text, without outer blanks, sorted. Other ids are never keys, shared or not.
    """
    return {
        kind: frame.select(_native_id().alias("native_id"))
        .filter(pl.col("native_id").str.contains(KEY))
        .filter(pl.col("native_id").is_duplicated())
        .to_series()
        .unique()
        .sort()
        for kind, frame in frames.items()
    }


def _native_id() -> pl.Expr:
    return pl.col("native_id").str.strip_chars()


def hashed(column: str) -> pl.Expr:
    """Return the key made from a text: the first 60 bits of its SHA-256, as a decimal number in text.

    >>> pl.DataFrame({"record_uid": ["b96c0eb7-209b-5d90-b459-deef5a4e1513"]}).select(hashed("record_uid")).item()
    '641558999370965519'
    """
    digest = plh.col(column).chash.sha2_256().str.head(_DIGITS)
    return digest.str.to_integer(base=16, dtype=pl.Int64).cast(pl.String)


def with_made_keys(frame: pl.DataFrame, made: str) -> pl.DataFrame:
    """Return elements that stand for no record of their own, with `key`.

    Args:
        frame: Needs `made_from`: the `record_uid` of the agency; for a site of another agency that of the site and of the agency, with a
            blank between.
        made: What they are, of `MADE_SITES`.
    """
    named = frame.with_columns(pl.concat_str(pl.lit(f"{made}:"), "made_from").alias("key"))
    return named.with_columns(hashed("key").alias("key"))


def key_order(column: str = "key") -> list[pl.Expr]:
    """Return what keys are sorted by: the number, however long."""
    return [pl.col(column).str.len_bytes(), pl.col(column)]


def key_list(records: Mapping[str, pl.DataFrame], made: pl.DataFrame) -> pl.DataFrame:
    """Return one row per key that is no native id, sorted: `kind`, `record_uid`, `native_id`, `key`.

    Args:
        records: Kind -> its records in the file with `record_uid`, `native_id`, `key`.
        made: Elements that stand for no record, in the same columns with `kind` of `MADE_SITES`.
    """
    parts = [
        frame.filter((pl.col("key") != pl.col("native_id").str.strip_chars()).fill_null(value=True)).select(
            pl.lit(kind).alias("kind"), *KEY_COLUMNS[1:]
        )
        for kind, frame in records.items()
    ]
    return sorted_keys(pl.concat([*parts, made.select(KEY_COLUMNS)]))


def sorted_keys(keys: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the list of keys in its order, none twice."""
    return keys.unique().sort(KEY_COLUMNS)
