"""Numbers that a center's software gave, and which records of a whole directory bear one that another record bears already."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import polars_hash as plh

from pipeline.publish.public_directory import RECORD_KINDS

#: Gives columns of the records of a kind that may leave, of a whole directory, as they stand in `PublicDirectory`. Asked once or twice
#: per kind.
Columns = Callable[[str, Sequence[str]], pl.DataFrame]

#: Numbers that we gave to rows which we derived; a center would not find them in its software.
_OURS = "derived:"
#: Who keeps the plain number when several records bear it: the agency first.
_ORDER = {kind: place for place, kind in enumerate(("agency", "service", "site", "service_at_site"))}

#: What names a record.
RECORD = ("kind", "center_id", "record_uid")


def own_number() -> pl.Expr:
    """Return the number that the center's software gave, from `native_id`; null where it gave none."""
    number = pl.col("native_id").str.strip_chars()
    return pl.when((number != "") & ~number.str.starts_with(_OURS)).then(number)


def later_bearers(columns: Columns) -> pl.DataFrame:
    """Return the records whose number another record of the center bears already: `kind`, `center_id`, `record_uid`.

    Of those who bear one number the first keeps it: agency, service, site, service at site, and among these by id. Numbers are hashed
    first, and only records of which the hash stands twice are looked at, so that memory does not grow with the texts of a directory.

    Args:
        columns: Columns of the whole directory: `center_id`, `record_uid`, `native_id` are asked.
    """
    hashes = {kind: columns(kind, ["center_id", "native_id"]).select(_hash())["hash"] for kind in RECORD_KINDS}
    together = pl.concat([one.drop_nulls() for one in hashes.values()])
    repeated = together.filter(together.is_duplicated()).unique()
    suspects = [
        columns(kind, ["center_id", "record_uid", "native_id"])
        .filter(_hash().is_in(repeated.implode()))
        .select(pl.lit(kind).alias("kind"), "center_id", "record_uid", "native_id")
        for kind, own in hashes.items()
        if own.is_in(repeated.implode()).any()
    ]
    return later_of(pl.concat(suspects)) if suspects else pl.DataFrame(schema=dict.fromkeys(RECORD, pl.String))


def later_of(records: pl.DataFrame) -> pl.DataFrame:
    """Return those of some records whose number another of them bears already: `kind`, `center_id`, `record_uid`.

    Args:
        records: Needs `kind`, `center_id`, `record_uid`, `native_id`.
    """
    bearer = ["center_id", "number"]
    shared = records.select(*RECORD, own_number().alias("number")).filter(
        pl.col("number").is_not_null() & pl.struct(bearer).is_duplicated()
    )
    is_first = pl.struct(bearer).is_first_distinct()
    ordered = shared.sort(pl.col("kind").replace_strict(_ORDER, return_dtype=pl.Int8), "center_id", "record_uid")
    return ordered.filter(~is_first).select(RECORD)


def _hash() -> pl.Expr:
    return plh.concat_str([pl.col("center_id"), own_number()], separator="\x1f").nchash.xxh3_64(seed=0).alias("hash")


assert set(_ORDER) == set(RECORD_KINDS)
