"""Sites and addresses that may be told: what must not be located loses street and coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipeline.publish.collect_private import confidential_owners, hidden_sites, private_addresses
from pipeline.publish.dependent_ids import with_id
from pipeline.publish.public_records import KEY
from pipeline.publish.withheld_values import withheld_rows
from schemas.directory import Directory
from schemas.enumerations import AddressKind, RecordKind, WithheldReason
from schemas.private_values import PrivateValues

_OWNER = ["center_id", "owner_kind", "owner_uid"]
_PLACES = ("line1", "line2", "city", "county", "state", "postal_code", "country")
#: What tells where a place is, beside its region.
_LOCATING = ("line1", "line2", "postal_code", "latitude", "longitude")
_REGION = ("city", "county", "state")
#: Reasons of `hidden_sites` in the words of the withheld list.
_REASONS = {"private_address": str(WithheldReason.FLAGGED_PRIVATE)}


@dataclass(frozen=True, kw_only=True)
class PublicPlaces:
    """Sites and addresses that may be told.

    Args:
        site: Sites with `is_located`; what must not be told is null.
        address: Addresses of records that leave, as `PublicDirectory.address`.
        withheld: Addresses that stay, as `PublicDirectory.withheld_value`.
        removed: How many values stay, by reason.
        hidden_sites: Sites that must not be located: `center_id`, `record_uid`, `reason`.
        private_addresses: Addresses that must not leave: `center_id`, `record_uid` of the row.
    """

    site: pl.DataFrame
    address: pl.DataFrame
    withheld: pl.DataFrame
    removed: Mapping[str, int]
    hidden_sites: pl.DataFrame
    private_addresses: pl.DataFrame


def public_places(
    directory: Directory, sites: pl.DataFrame, owners: pl.DataFrame, *, values: PrivateValues, keep_city: bool
) -> PublicPlaces:
    """Return what may be told of places.

    Args:
        directory: The whole load.
        sites: Sites that leave.
        owners: All records that leave: `center_id`, `owner_kind`, `owner_uid`.
        values: What must not be seen.
        keep_city: Whether a place that must not be located keeps city, county and state, and its public mailing address.
    """
    hidden = hidden_sites(directory, values)
    marked = sites.join(hidden, on=list(KEY), how="left", maintain_order="left")
    is_shown = pl.col("reason").is_null()
    in_range = pl.col("latitude").is_between(-90, 90) & pl.col("longitude").is_between(-180, 180)
    told = marked.with_columns(
        is_shown.alias("is_located"),
        *(
            pl.when(is_shown).then(column).alias(column)
            for column in _LOCATING
            if column not in ("latitude", "longitude")
        ),
        *(pl.when(is_shown & in_range).then(column).alias(column) for column in ("latitude", "longitude")),
        *(pl.when(is_shown | keep_city).then(column).alias(column) for column in _REGION),
    )
    kept_in = private_addresses(directory, values)
    addresses, stays, address_counts = _addresses(
        directory, sites, owners, hidden=hidden, kept_in=kept_in, keep_city=keep_city
    )
    not_told = marked.filter(~is_shown)
    removed = {
        **{
            f"site_not_located_{reason}": count
            for reason, count in not_told.group_by("reason").len().sort("reason").iter_rows()
        },
        "private_coordinates": not_told["latitude"].count(),
        "coordinates_out_of_range": marked.filter(is_shown & ~in_range).height,
        **address_counts,
    }
    return PublicPlaces(
        site=told.drop("reason"),
        address=addresses,
        withheld=stays,
        removed=removed,
        hidden_sites=hidden,
        private_addresses=kept_in,
    )


def _addresses(
    directory: Directory,
    sites: pl.DataFrame,
    owners: pl.DataFrame,
    *,
    hidden: pl.DataFrame,
    kept_in: pl.DataFrame,
    keep_city: bool,
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    """Return addresses that may be told, the withheld ones, and counts."""
    delivered = directory.address.join(owners, on=_OWNER, how="semi", maintain_order="left")
    marks = delivered.join(
        kept_in.with_columns(pl.lit(value=True).alias("is_kept_in")),
        on=list(KEY),
        how="left",
        maintain_order="left",
    ).join(_secret_owners(directory, hidden), on=_OWNER, how="left", maintain_order="left")
    may_be_told = pl.col("is_kept_in").is_null() & (
        pl.col("secret").is_null() | (pl.lit(keep_city) & (pl.col("address_kind") == AddressKind.MAILING))
    )
    given = marks.filter(may_be_told)
    stays = marks.filter(~may_be_told)
    own = _own_addresses(directory, sites)
    own_hidden = own.join(hidden, on=list(KEY), how="inner", maintain_order="left")
    own_shown = own.join(hidden, on=list(KEY), how="anti", maintain_order="left")
    columns = ("center_id", "record_uid", "native_id", "owner_kind", "owner_uid", "slot", "address_kind", *_PLACES)
    rows = pl.concat([given.select(columns), _with_ids(own_shown).select(columns)]).with_columns(
        pl.coalesce("country", pl.when(pl.col("state").str.contains("^[A-Z]{2}$")).then(pl.lit("US"))).alias("country")
    )
    reason = pl.coalesce(
        pl.col("secret").replace(_REASONS), pl.lit(str(WithheldReason.FLAGGED_PRIVATE), dtype=pl.String)
    )
    withheld = pl.concat(
        [
            withheld_rows(stays, what="address", detail="address_kind", reason=reason),
            withheld_rows(
                own_hidden.with_columns(pl.col("record_uid").alias("owner_uid"), pl.col("reason").alias("secret")),
                what="address",
                detail="address_kind",
                reason=reason,
            ),
        ]
    )
    return rows, withheld, {"private_address": withheld.height}


def _secret_owners(directory: Directory, hidden: pl.DataFrame) -> pl.DataFrame:
    """Return `center_id`, `owner_kind`, `owner_uid`, `secret`: records whose place must not be told, with the reason."""
    sites = hidden.select(
        "center_id",
        pl.lit(str(RecordKind.SITE)).alias("owner_kind"),
        pl.col("record_uid").alias("owner_uid"),
        pl.col("reason").alias("secret"),
    )
    marked = confidential_owners(directory).select(
        *_OWNER, pl.lit(str(WithheldReason.CONFIDENTIAL_PLACE)).alias("secret")
    )
    return pl.concat([sites, marked]).unique(_OWNER, keep="first", maintain_order=True)


def _own_addresses(directory: Directory, sites: pl.DataFrame) -> pl.DataFrame:
    """Return the addresses that stand on sites and have no row of their own."""
    has_row = directory.address.filter(
        (pl.col("owner_kind") == RecordKind.SITE) & (pl.col("address_kind") == AddressKind.PHYSICAL)
    ).select("center_id", pl.col("owner_uid").alias("record_uid"))
    return (
        sites.join(has_row, on=list(KEY), how="anti", maintain_order="left")
        .filter(pl.col("line1").is_not_null())
        .with_columns(
            pl.lit(str(RecordKind.SITE)).alias("owner_kind"),
            pl.lit("physical").alias("slot"),
            pl.lit(str(AddressKind.PHYSICAL)).alias("address_kind"),
        )
    )


def _with_ids(own: pl.DataFrame) -> pl.DataFrame:
    made = with_id(own, kind="address", owner_kind="site", slot="slot")
    return made.with_columns(pl.col("record_uid").alias("owner_uid"), pl.col("id").alias("record_uid"))
