"""Ids of the NDP-shaped bundle: the owner's code, a hyphen and the number that the center's software gave.

A record without a number of the center, or whose number another record of the export bears already, gets a long number made from what
it is: the same every night. Dependent rows get such numbers too, without the owner's code, as the receiver's own answers have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import polars as pl
import polars_hash as plh

from pipeline.publish.ndp_numbers import RECORD, Columns, later_bearers, later_of, own_number
from pipeline.publish.public_directory import RECORD_KINDS, PublicDirectory
from schemas.errors import UsageError
from schemas.ndp_parameters import NdpParameters, checked_owner_code


class Agencies(Protocol):
    """Centers of an export and the owners of their agencies: a directory that is in memory, or what is known of a larger one."""

    @property
    def center_ids(self) -> tuple[str, ...]:
        """Centers, sorted."""

    @property
    def agency(self) -> pl.DataFrame:
        """Agencies, or one row for several alike: `center_id`, `record_owner`."""


def owner_prefixes(
    public: Agencies, *, parameters: NdpParameters, further_centers: Sequence[str] = ()
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


def record_ids(
    public: PublicDirectory, *, prefixes: Mapping[str, str], later: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return `kind`, `center_id`, `record_uid`, `id` of every record that may leave. No id stands twice.

    Args:
        public: What may leave: a whole directory, or a block of one.
        prefixes: What `owner_prefixes` gave for the whole.
        later: What `later_bearers` gave for the whole; None: `public` is the whole.
    """
    frames = public.records()
    if later is None:
        later = later_bearers(lambda kind, names: frames[kind].select(names))
    records = pl.concat(
        [
            frame.select(pl.lit(kind).alias("kind"), "center_id", "record_uid", "native_id")
            for kind, frame in frames.items()
        ]
    )
    return _with_ids(records, prefixes=prefixes, later=later)


def ids_in_use(
    columns: Columns, removed: pl.DataFrame, *, prefixes: Mapping[str, str], later: pl.DataFrame
) -> pl.DataFrame:
    """Return those plain ids of records that are gone which a record of the whole bears: `id`.

    Args:
        columns: Columns of the whole directory: `center_id`, `record_uid`, `native_id` are asked.
        removed: Needs `kind`, `center_id`, `record_uid`, `native_id`.
        prefixes: What `owner_prefixes` gave.
        later: What `later_bearers` gave for the whole.
    """
    asked = removed.select(_plain(prefixes).alias("id"))["id"].drop_nulls().unique().implode()
    return pl.concat(
        [
            _with_ids(
                columns(kind, ["center_id", "record_uid", "native_id"]).with_columns(pl.lit(kind).alias("kind")),
                prefixes=prefixes,
                later=later,
            )
            .select("id")
            .filter(pl.col("id").is_in(asked))
            for kind in RECORD_KINDS
        ]
    )


def removed_ids(removed: pl.DataFrame, ids: pl.DataFrame, *, prefixes: Mapping[str, str]) -> pl.DataFrame:
    """Return `kind`, `center_id`, `record_uid`, `id` of records that are gone. No id of a record that is there is among them.

    Args:
        removed: Needs `kind`, `center_id`, `record_uid`, `native_id`.
        ids: What `record_ids` or `ids_in_use` gave for the records that are there.
        prefixes: What `owner_prefixes` gave.
    """
    return _with_ids(removed, prefixes=prefixes, later=later_of(removed), taken=ids["id"])


def _plain(prefixes: Mapping[str, str]) -> pl.Expr:
    """Return the code of the center and the number that its software gave; null where it gave none."""
    return pl.concat_str(_prefix(prefixes), own_number(), separator="-")


def _prefix(prefixes: Mapping[str, str]) -> pl.Expr:
    return pl.col("center_id").replace_strict(dict(prefixes), default=None, return_dtype=pl.String)


def _with_ids(
    records: pl.DataFrame, *, prefixes: Mapping[str, str], later: pl.DataFrame, taken: pl.Series | None = None
) -> pl.DataFrame:
    made = pl.concat_str(
        _prefix(prefixes), long_number(pl.col("center_id"), pl.col("kind"), pl.col("record_uid")), separator="-"
    )
    keeps = pl.col("plain").is_not_null() & pl.col("is_later").is_null()
    if taken is not None:
        keeps &= ~pl.col("plain").is_in(taken.implode())
    return (
        records.select(*RECORD, _plain(prefixes).alias("plain"))
        .join(
            later.select(*RECORD, pl.lit(value=True).alias("is_later")),
            on=list(RECORD),
            how="left",
            maintain_order="left",
        )
        .select(*RECORD, pl.when(keeps).then("plain").otherwise(made).alias("id"))
    )
