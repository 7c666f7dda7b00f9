"""Objects below a record of the NDP-shaped bundle: phones, contacts, addresses and schedules. Each row bears `owner_id`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.hsds_rows import lost, strict_email
from pipeline.publish.ndp_block import Remarks, Source
from pipeline.publish.ndp_ids import long_number
from pipeline.publish.ndp_json import json_objects
from pipeline.publish.ndp_shape import OPEN, PHONE
from pipeline.publish.ndp_text import tidy
from pipeline.publish.ndp_words import NdpWords
from pipeline.publish.public_phones import can_be_called
from schemas.enumerations import PhoneType

#: Types of a number that could be the record's main one; any other type says what it is.
_COULD_BE_MAIN = (PhoneType.MAIN, PhoneType.VOICE)
_NORTH_AMERICAN = r"^\s*(?:\+?1[ .-]?)?\(?([2-9][0-9]{2})\)?[ .-]{0,2}([2-9][0-9]{2})[ .-]?([0-9]{4})\s*$"
#: Slots are columns or places: `Phone2Number` comes before `Phone10Number`.
_SLOT_ORDER = (pl.col("slot").str.len_chars(), pl.col("slot"), pl.col("record_uid"))


def phone_rows(phones: pl.DataFrame, *, words: NdpWords) -> pl.DataFrame:
    """Return the phones of records, at most one of each the main one.

    The main number is the first that the center calls main, else the first without a type that says something else.

    Args:
        phones: `PublicDirectory.phone` with `owner_id`.
        words: Our types and the receiver's.
    """
    rows = tidy(phones, ("label", "note", "extension")).sort("owner_id", *_SLOT_ORDER)
    is_candidate = pl.col("type").is_null() | pl.col("type").is_in([str(kind) for kind in _COULD_BE_MAIN])
    first_named = (pl.col("type") == PhoneType.MAIN).fill_null(value=False)
    mains = (
        rows.with_row_index("place")
        .filter(is_candidate)
        .sort("owner_id", ~first_named, "place")
        .unique("owner_id", keep="first", maintain_order=True)
        .select("place", pl.lit(value=True).alias("is_main"))
    )
    marked = (
        rows.with_row_index("place")
        .join(mains, on="place", how="left", maintain_order="left")
        .with_columns(pl.col("is_main").fill_null(value=False))
    )
    known = pl.when(pl.col("type").is_null()).then(pl.lit("alternate")).otherwise(words.coded("type", "phone_type"))
    return marked.select(
        "owner_id",
        _dependent("phone").alias("id"),
        pl.col("label").alias("name"),
        pl.when("is_main").then(pl.lit("main")).otherwise(known).alias("type"),
        "number",
        "extension",
        pl.col("note").alias("description"),
        pl.col("is_main").alias("isMain"),
        pl.lit("public").alias("access"),
    )


def contact_rows(contacts: pl.DataFrame, *, remarks: Remarks) -> pl.DataFrame:
    """Return the public contacts of records, each with its one phone where it has any that can be called."""
    named = tidy(contacts, ("name", "title", "email", "phone"))
    parts = pl.col("phone").str.extract_groups(_NORTH_AMERICAN)
    area, exchange, line = (parts.struct.field(str(place)) for place in (1, 2, 3))
    written = pl.concat_str(pl.lit("("), area, pl.lit(") "), exchange, pl.lit("-"), line)
    rows = named.with_columns(
        pl.when(can_be_called("phone")).then(pl.coalesce(written, "phone")).alias("number"),
        strict_email("email").alias("strict_email"),
    )
    remarks.removed["unusable_email"] += lost(named, "email", strict_email("email"))
    remarks.removed["unusable_phone"] += rows.filter(pl.col("phone").is_not_null() & pl.col("number").is_null()).height
    told = rows.filter(
        pl.any_horizontal(pl.col(column).is_not_null() for column in ("name", "title", "strict_email", "number"))
    )
    phone = told.select(
        long_number("contact_phone", pl.col("center_id"), pl.col("record_uid")).alias("id"),
        pl.lit(None, dtype=pl.String).alias("name"),
        pl.lit("contact").alias("type"),
        "number",
        *(pl.lit(None, dtype=pl.String).alias(name) for name in ("extension", "description")),
        pl.lit(value=True).alias("isMain"),
        pl.lit("public").alias("access"),
    )
    told = told.with_columns(
        phone["id"].alias("phone_id"), json_objects(phone.to_dict(), PHONE, lists={}, rows=phone.height).alias("phones")
    )
    return told.sort("owner_id", *_SLOT_ORDER).select(
        "owner_id",
        _dependent("contact").alias("id"),
        "name",
        "title",
        pl.col("strict_email").alias("email"),
        pl.when(pl.col("number").is_not_null()).then("phones").alias("phones"),
        pl.when(pl.col("number").is_not_null()).then("phone_id").alias("phone_id"),
        (pl.col("role") == "main").fill_null(value=False).alias("isMain"),
        pl.lit("public").alias("access"),
    )


def address_rows(addresses: pl.DataFrame, sites: pl.DataFrame, *, words: NdpWords, remarks: Remarks) -> pl.DataFrame:
    """Return the addresses of locations.

    A site without a physical address of its own, or whose street is not told, has the region that may be told: city, county, state.
    Addresses of other records have no place in the format and are counted.

    Args:
        addresses: `PublicDirectory.address` with `owner_id`, `owner_kind`.
        sites: `PublicDirectory.site` with `id`.
        words: Countries.
        remarks: What has no counterpart.
    """
    of_sites = addresses.filter(pl.col("owner_kind") == "site")
    remarks.removed["address_without_place"] += addresses.height - of_sites.height
    has_one = of_sites.filter(pl.col("address_kind") == "physical").select(pl.col("owner_id").alias("id"))
    region = (
        sites.join(has_one, on="id", how="anti", maintain_order="left")
        .filter(pl.any_horizontal(pl.col(column).is_not_null() for column in ("line1", "city", "state", "postal_code")))
        .select(
            pl.col("id").alias("owner_id"),
            long_number("region", pl.col("center_id"), pl.col("record_uid")).alias("id"),
            pl.lit("physical").alias("address_kind"),
            *_PLACES,
            pl.lit("0").alias("slot"),
            "record_uid",
        )
    )
    given = of_sites.select(
        "owner_id", _dependent("address").alias("id"), "address_kind", *_PLACES, "slot", "record_uid"
    )
    rows = tidy(pl.concat([given, region]), ("line1", "line2", "city", "county", "postal_code")).with_columns(
        words.looked_up("country", "country").alias("country_word"),
        words.coded("address_kind", "address_type").alias("type"),
    )
    remarks.tell(
        rows.filter(pl.col("country").is_not_null() & pl.col("country_word").is_null()),
        table="address",
        column="country",
        word=pl.col("country"),
        owner="owner_id",
    )
    street = pl.concat_str("line1", "line2", separator=", ", ignore_nulls=True)
    return rows.sort("owner_id", pl.col("type") != "physical", *_SLOT_ORDER).select(
        "owner_id",
        "id",
        "type",
        pl.col("postal_code").alias("postalCode"),
        pl.when(street != "").then(street).alias("street"),
        "city",
        "county",
        "state",
        pl.col("country_word").alias("country"),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in ("geocode", "description")),
        pl.lit("public").alias("access"),
    )


_PLACES = ("line1", "line2", "city", "county", "state", "postal_code", "country")


def schedule_rows(source: Source, *, words: NdpWords, remarks: Remarks) -> pl.DataFrame:
    """Return the opening hours of services, locations and services at locations.

    One schedule per record and remark, with its spans in local time as delivered, also over midnight. The hours as text stand in every
    description, before the remark. A record with hours as text only has one schedule without spans.

    Args:
        source: Schedules and records with `hours`.
        words: Days.
        remarks: Hours of agencies are counted: the format has no place for them.
    """
    theirs = source.owned["schedule"]
    of_agencies = theirs.filter(pl.col("owner_kind") == "agency")["owner_id"].unique()
    texts = {
        kind: frame.select(pl.col("id").alias("owner_id"), "hours", "center_id")
        for kind, frame in source.records.items()
    }
    remarks.removed["hours_of_agency"] += pl.concat(
        [of_agencies, texts["agency"].filter(pl.col("hours").is_not_null())["owner_id"]]
    ).n_unique()
    told = pl.concat([texts[kind] for kind in ("site", "service", "service_at_site")])
    day = pl.col("weekday").replace_strict(_DAY_ORDER, default=None, return_dtype=pl.Int8)
    columns = ("owner_id", "place", "opens_at", "closes_at", "note")
    spans = (
        tidy(theirs.filter(pl.col("owner_kind") != "agency"), ("note",))
        .select("center_id", *(day.alias("place") if name == "place" else name for name in columns), "weekday")
        .sort(columns, nulls_last=True)
        .filter(pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in columns))
    )
    timed = (
        spans.join(
            _span_texts(spans.select(_SPAN).unique(), words),
            on=list(_SPAN),
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .group_by("owner_id", "note", maintain_order=True)
        .agg(pl.col("center_id").first(), "open")
        .with_columns(pl.col("open").list.join(","))
        .join(told.select("owner_id", "hours"), on="owner_id", how="left", maintain_order="left")
    )
    untimed = (
        told.filter(pl.col("hours").is_not_null())
        .join(timed, on="owner_id", how="anti", maintain_order="left")
        .select(
            "owner_id",
            pl.lit(None, dtype=pl.String).alias("note"),
            "center_id",
            pl.lit("").alias("open"),
            "hours",
        )
    )
    says_more = pl.col("note").is_not_null() & (pl.col("note") != pl.col("hours")).fill_null(value=True)
    description = pl.concat_str("hours", pl.when(says_more).then("note"), separator="\n", ignore_nulls=True)
    return pl.concat([timed, untimed]).select(
        "owner_id",
        long_number("schedule", pl.col("center_id"), pl.col("owner_id"), pl.col("note").fill_null("")).alias("id"),
        pl.lit("regular").alias("type"),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in ("validFrom", "validTo")),
        "open",
        pl.when(description != "").then(description).alias("description"),
    )


def _span_texts(spans: pl.DataFrame, words: NdpWords) -> pl.DataFrame:
    """Return different spans with their text, `open`: few stand in very many schedules."""
    span = spans.select(
        words.coded("weekday", "day").alias("day"),
        *(pl.col(ours).dt.strftime("%H:%M:%S").alias(theirs) for ours, theirs in _TIMES),
    )
    return spans.with_columns(json_objects(span.to_dict(), OPEN, lists={}, rows=span.height).alias("open"))


_DAY_ORDER: Mapping[str, int] = {name: place for place, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_TIMES = (("opens_at", "opensAt"), ("closes_at", "closesAt"))
_SPAN = ("weekday", "opens_at", "closes_at")


def _dependent(kind: str) -> pl.Expr:
    return long_number(kind, pl.col("center_id"), pl.col("record_uid"))
