"""The present values of records as a form shows them: one row per value, private ones marked."""

from __future__ import annotations

import polars as pl

from pipeline.outreach.packet_fields import STANDING
from pipeline.outreach.packet_privacy import Kept
from pipeline.workbook.phone_text import phone_text
from schemas.directory import Directory
from schemas.enumerations import AddressKind, Origin, RecordKind, Status

_KEY = ("center_id", "kind", "record_uid")
_STATUS_WORDS = {
    Status.ACTIVE.value: "Listed as open",
    Status.ACTIVE_DO_NOT_REFER.value: "Listed; callers are not sent there",
    Status.TEMPORARILY_CLOSED.value: "Listed as temporarily closed",
}
_ADDRESS_FIELDS = {
    AddressKind.PHYSICAL.value: "address",
    AddressKind.MAILING.value: "mailing",
    AddressKind.OTHER.value: "other_address",
}
_NOT_NAMED = "a site that is on file, not shown here"
#: Columns of every frame of values.
_COLUMNS = (*_KEY, "field", "entry", "shown", "is_hidden", "entry_place")


def values_of(members: pl.DataFrame, *, directory: Directory, kept: Kept) -> pl.DataFrame:
    """Return what the directory says about some records.

    Args:
        members: `center_id`, `kind`, `record_uid`, `is_private_record`, see `packet_profile.form_members`.
        directory: The directory.
        kept: What must not be shown.

    Returns:
        `center_id`, `kind`, `record_uid`, `field`, `entry` (empty where a record has one value), `shown` (never empty), `is_hidden`
        (`shown` is the private value then: it is not to be printed) and `entry_place` (order among several).
    """
    values = pl.concat(
        [
            _texts(members, directory),
            _sites(members, directory),
            _phones(members, directory),
            _addresses(members, directory, kept),
            _contacts(members, directory),
        ]
    )
    return values.with_columns(pl.col("shown").str.strip_chars()).filter(
        pl.col("shown").is_not_null() & (pl.col("shown") != "")
    )


def _texts(members: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    tables = directory.tables()
    parts = []
    for kind in (kind.value for kind in RecordKind):
        rows = members.filter(pl.col("kind") == kind).join(
            tables[kind].unique(["center_id", "record_uid"], keep="first", maintain_order=True).drop("kind", "name"),
            on=["center_id", "record_uid"],
            how="inner",
            suffix="_of_table",
        )
        is_reachable = pl.col("is_private_record")
        for field, value in _text_columns(kind).items():
            # Ways to reach a private record are hidden; what it does is told as far as it repeats nothing private.
            hidden = is_reachable if field in ("email", "url") else pl.lit(value=False)
            parts.append(_rows(rows, field, value, is_hidden=hidden))
    return pl.concat(parts)


def _text_columns(kind: str) -> dict[str, pl.Expr]:
    def joined(column: str) -> pl.Expr:
        return pl.col(column).list.join("; ")

    status = pl.col("status").replace_strict(_STATUS_WORDS, default=None, return_dtype=pl.String)
    shared = {
        STANDING: status,
        "description": pl.col("description"),
        "email": pl.coalesce("email", "email_written"),
        "url": pl.coalesce("url", "url_written"),
        "hours": pl.col("hours"),
        "languages": joined("languages"),
        "accessibility": pl.col("accessibility"),
        "accreditations": pl.col("accreditations"),
        "alert": pl.concat_str(
            "alert",
            pl.format(" (from {})", pl.col("alert_from_on").dt.strftime("%Y-%m-%d")),
            pl.format(" (until {})", pl.col("alert_to_on").dt.strftime("%Y-%m-%d")),
            ignore_nulls=True,
        ),
    }
    if kind != RecordKind.SERVICE_AT_SITE.value:
        # The name of a service at a site is that of the service.
        shared |= {"name": pl.col("record_name"), "aka": joined("aka")}
    if kind == RecordKind.AGENCY.value:
        return {**shared, "legal_status": pl.col("legal_status")}
    if kind == RecordKind.SITE.value:
        return shared
    years = [pl.col(name).cast(pl.Int64, strict=False) for name in ("minimum_age", "maximum_age")]
    ages = pl.concat_str(
        pl.format("from {}", years[0]), pl.format("up to {}", years[1]), separator=" ", ignore_nulls=True
    )
    return {
        **shared,
        "eligibility": pl.col("eligibility"),
        "ages": pl.when(ages != "").then(pl.format("{} years", ages)),
        "area": pl.coalesce(
            "area_served", pl.when(pl.col("area_served_units").list.len() > 0).then(joined("area_served_units"))
        ),
        "intake": pl.col("intake"),
        "documents": pl.col("documents"),
        "fees": pl.col("fees"),
        "payment": joined("payment_methods"),
    }


def _sites(members: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    """Return the sites of every service, by name; one that is not on the form is told of without its name."""
    services = members.filter(pl.col("kind") == RecordKind.SERVICE.value).select(
        *_KEY, service_uid="record_uid", is_private_record="is_private_record"
    )
    named = members.filter(pl.col("kind") == RecordKind.SITE.value).select(
        "center_id", "record_name", site_uid="record_uid"
    )
    active = directory.site.filter(pl.col("origin") == Origin.DELIVERED.value).filter("is_counted")
    there = active.select("center_id", site_uid="record_uid").unique()
    names = (
        directory.service_at_site.filter(pl.col("site_uid").is_not_null())
        .select("center_id", "service_uid", "site_uid")
        .unique()
        .join(there, on=["center_id", "site_uid"], how="semi")
        .join(services, on=["center_id", "service_uid"], how="inner")
        .join(named, on=["center_id", "site_uid"], how="left")
        .with_columns(pl.col("record_name").fill_null(_NOT_NAMED))
        .group_by(_KEY)
        .agg(pl.col("record_name").sort(), pl.col("is_private_record").first())
    )
    return _rows(names, "sites", pl.col("record_name").list.join("; "), is_hidden=pl.lit(value=False))


def _phones(members: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    phones = _owned(members, directory.phone).rename({"label": "number_label"})
    return _rows(
        phones,
        "phone",
        phone_text(),
        is_hidden=pl.col("is_private") | pl.col("is_private_record"),
        entry=pl.col("slot"),
    )


def _addresses(members: pl.DataFrame, directory: Directory, kept: Kept) -> pl.DataFrame:
    site = RecordKind.SITE.value
    confidential = directory.records().filter("is_confidential_place")
    secret_owners = pl.concat(
        [
            confidential.select("center_id", owner_kind="kind", owner_uid="record_uid"),
            kept.sites.select("center_id", pl.lit(site).alias("owner_kind"), owner_uid="record_uid"),
            kept.records.select("center_id", owner_kind="kind", owner_uid="record_uid"),
        ]
    ).unique()
    owner = ["center_id", "owner_kind", "owner_uid"]
    every = directory.address.join(secret_owners.with_columns(is_secret_owner=True), on=owner, how="left").join(
        kept.addresses.unique().with_columns(is_kept=True), on=["center_id", "record_uid"], how="left"
    )
    is_secret = (
        pl.col("is_private")
        | pl.col("is_secret_owner").fill_null(value=False)
        | pl.col("is_kept").fill_null(value=False)
    )
    # The same place under another record would give a secret address away.
    is_same_place = (is_secret & pl.col("address_key").is_not_null()).any().over("center_id", "address_key")
    addresses = _owned(members, every.with_columns(is_secret=is_secret | is_same_place)).filter(
        pl.col("origin") == Origin.DELIVERED.value
    )
    written = pl.concat_str(
        "line1",
        "line2",
        "city",
        pl.concat_str("state", "postal_code", separator=" ", ignore_nulls=True),
        separator=", ",
        ignore_nulls=True,
    ).str.strip_chars(" ,")
    field = pl.col("address_kind").replace_strict(_ADDRESS_FIELDS, default="other_address", return_dtype=pl.String)
    return _rows(addresses, field, written, is_hidden=pl.col("is_secret"), entry=pl.col("slot"))


def _contacts(members: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    contacts = _owned(members, directory.contact)
    person = pl.concat_str("name", "title", "phone", "email", separator=", ", ignore_nulls=True)
    field = pl.when(pl.col("role") == "director").then(pl.lit("director")).otherwise(pl.lit("contact"))
    return _rows(
        contacts,
        field,
        person,
        is_hidden=pl.col("is_private") | pl.col("is_private_record"),
        entry=pl.concat_str("role", "slot", separator=" ", ignore_nulls=True),
    )


def _owned(members: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a table that belong to the records, in its order, with what is known of the records."""
    owners = members.select(*_KEY, "is_private_record").rename({"kind": "owner_kind", "record_uid": "owner_uid"})
    return (
        table.drop("record_uid")
        .with_row_index("row")
        .join(owners, on=["center_id", "owner_kind", "owner_uid"], how="inner")
        .rename({"owner_kind": "kind", "owner_uid": "record_uid"})
        .sort("row")
    )


def _rows(
    rows: pl.DataFrame,
    field: str | pl.Expr,
    value: pl.Expr,
    *,
    is_hidden: pl.Expr,
    entry: pl.Expr | None = None,
) -> pl.DataFrame:
    named = pl.lit(field) if isinstance(field, str) else field
    return rows.select(
        *_KEY,
        field=named,
        entry=pl.lit("") if entry is None else entry.fill_null(""),
        shown=value,
        is_hidden=is_hidden,
        entry_place=pl.int_range(pl.len(), dtype=pl.Int64),
    ).select(_COLUMNS)
