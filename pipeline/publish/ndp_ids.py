"""Ids of the NDP-shaped bundle: the owner's code, a hyphen and the number that the center's software gave.

A record without a number of the center, or whose number another record of the export bears already, gets a long number made from what
it is: the same every night. Dependent rows get such numbers too, without the owner's code, as the receiver's own answers have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import polars_hash as plh

from pipeline.publish.public_directory import RECORD_KINDS, PublicDirectory
from schemas.errors import UsageError
from schemas.ndp_parameters import NdpParameters, checked_owner_code

#: Numbers that we gave to rows which we derived; a center would not find them in its software.
_OURS = "derived:"
#: Who keeps the plain number when several records bear it: the agency first.
_ORDER = {kind: place for place, kind in enumerate(("agency", "service", "site", "service_at_site"))}


def owner_prefixes(
    public: PublicDirectory, *, parameters: NdpParameters, further_centers: Sequence[str] = ()
) -> dict[str, str]:
    """Return the code that stands before the numbers of every center.

    From the settings, else the record owner that all agencies of the center have.

    Args:
        public: What may leave.
        parameters: `owner_code` and `owner_codes`.
        further_centers: Centers of which only records that are gone are named.

    Raises:
        UsageError: A center has no code and its agencies no common record owner, or two centers have the same code: their numbers
            would run into each other.
    """
    centers = sorted({*public.center_ids, *further_centers})
    needed = {*public.agency["center_id"].unique(), *further_centers}
    codes: dict[str, str] = {}
    for center in centers:
        own = parameters.owner_code if len(centers) == 1 else ""
        code = parameters.owner_codes.get(center) or own or sole_owner(public.agency, center)
        if code:
            codes[center] = code
        elif center in needed:
            name = "owner_code" if len(centers) == 1 else "owner_codes"
            raise UsageError(
                f"Nothing says with which code the records of the center {center} go to the receiver: the settings have no "
                f"[export_ndp] {name} for it, and its agencies do not all have one record owner.",
                advice=f"Set [export_ndp] {name} in curation.toml.",
            )
    for center, code in codes.items():
        same = [other for other, theirs in codes.items() if theirs.lower() == code.lower() and other != center]
        if same:
            raise UsageError(
                f"The centers {center} and {same[0]} have the same code {code}: their records would get the same numbers.",
                advice="Give each its own in [export_ndp] owner_codes.",
            )
    return codes


def sole_owner(agencies: pl.DataFrame, center_id: str) -> str | None:
    """Return the record owner of a center's agencies when they have one and no other, and it can be a code."""
    owners = agencies.filter(pl.col("center_id") == center_id)["record_owner"].drop_nulls().str.strip_chars().unique()
    if len(owners) != 1:
        return None
    try:
        return checked_owner_code(str(owners[0]))
    except ValueError:
        return None


def long_number(*parts: pl.Expr | str) -> pl.Expr:
    """Return a number as text made from what names a row: XXH64, so that it depends on nothing else."""
    named = [pl.lit(part) if isinstance(part, str) else part for part in parts]
    return plh.concat_str(named, separator="\x1f").nchash.xxhash64().cast(pl.String)


def record_ids(public: PublicDirectory, *, prefixes: Mapping[str, str]) -> pl.DataFrame:
    """Return `kind`, `center_id`, `record_uid`, `id` of every record that may leave. No id stands twice."""
    records = pl.concat(
        [
            frame.select(pl.lit(kind).alias("kind"), "center_id", "record_uid", "native_id")
            for kind, frame in public.records().items()
        ]
    )
    return _with_ids(records, prefixes=prefixes, taken=None)


def removed_ids(removed: pl.DataFrame, ids: pl.DataFrame, *, prefixes: Mapping[str, str]) -> pl.DataFrame:
    """Return `kind`, `center_id`, `record_uid`, `id` of records that are gone. No id of a record that is there is among them.

    Args:
        removed: Needs `kind`, `center_id`, `record_uid`, `native_id`.
        ids: What `record_ids` gave for the records that are there.
        prefixes: What `owner_prefixes` gave.
    """
    return _with_ids(removed.select("kind", "center_id", "record_uid", "native_id"), prefixes=prefixes, taken=ids["id"])


def _with_ids(records: pl.DataFrame, *, prefixes: Mapping[str, str], taken: pl.Series | None) -> pl.DataFrame:
    prefix = pl.col("center_id").replace_strict(dict(prefixes), default=None, return_dtype=pl.String)
    number = pl.col("native_id").str.strip_chars()
    is_theirs = (number != "") & ~number.str.starts_with(_OURS)
    named = records.with_columns(
        pl.when(is_theirs).then(pl.concat_str(prefix, number, separator="-")).alias("plain"),
        pl.concat_str(
            prefix, long_number(pl.col("center_id"), pl.col("kind"), pl.col("record_uid")), separator="-"
        ).alias("made"),
    )
    # Few numbers stand twice: only those are put in order.
    shared = named.filter(pl.col("plain").is_not_null() & pl.col("plain").is_duplicated())
    first = (
        shared.sort(pl.col("kind").replace_strict(_ORDER, return_dtype=pl.Int8), "center_id", "record_uid")
        .unique("plain", keep="first", maintain_order=True)
        .select("kind", "center_id", "record_uid", pl.lit(value=True).alias("is_first"))
    )
    keeps = pl.col("plain").is_not_null() & (
        ~pl.col("plain").is_duplicated() | pl.col("is_first").fill_null(value=False)
    )
    if taken is not None:
        keeps &= ~pl.col("plain").is_in(taken.implode())
    return (
        named.join(first, on=["kind", "center_id", "record_uid"], how="left", maintain_order="left")
        .with_columns(pl.when(keeps).then("plain").otherwise("made").alias("id"))
        .select("kind", "center_id", "record_uid", "id")
    )


assert set(_ORDER) == set(RECORD_KINDS)
