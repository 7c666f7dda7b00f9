"""Rows that belong to records: identifiers, phones, addresses, contacts, hours, areas, languages and the like."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.dependent_ids import with_id
from pipeline.publish.hsds_records import Built
from pipeline.publish.hsds_rows import lost, of_owners, owner_columns, strict_email
from pipeline.publish.languages import LANGUAGE_CODES
from pipeline.publish.public_phones import can_be_called
from pipeline.publish.public_records import KEY
from schemas.enumerations import AddressKind, PhoneType
from schemas.export_parameters import ExportParameters

_KINDS = ("agency", "site", "service", "service_at_site")

#: Our phone types -> type and description of HSDS, whose types follow RFC 6350.
_PHONE_TYPES = {
    PhoneType.MAIN: ("voice", "Main"),
    PhoneType.VOICE: ("voice", None),
    PhoneType.FAX: ("fax", None),
    PhoneType.TTY: ("textphone", None),
    PhoneType.TOLL_FREE: ("voice", "Toll-free"),
    PhoneType.HOTLINE: ("voice", "Hotline"),
    PhoneType.BUSINESS: ("voice", "Business line"),
    PhoneType.OUT_OF_AREA: ("voice", "From outside the area"),
    PhoneType.AFTER_HOURS: ("voice", "After hours"),
    PhoneType.CELL: ("cell", None),
    PhoneType.TEXT: ("text", None),
    PhoneType.OTHER: ("voice", None),
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: Days as bits -> their names in order.
_BYDAY = {
    days: ",".join(day for place, day in enumerate(_DAYS) if days >> place & 1) for days in range(1 << len(_DAYS))
}


def identifier_rows(agencies: pl.DataFrame) -> pl.DataFrame:
    """Return the federal employer number and the native id of every agency that leaves."""
    ein = agencies.filter(pl.col("ein").is_not_null()).select(
        *KEY,
        "native_id",
        pl.lit("ein").alias("slot"),
        pl.lit("US-EIN").alias("identifier_scheme"),
        pl.lit("EIN").alias("identifier_type"),
        pl.col("ein").alias("identifier"),
    )
    number = agencies.filter(pl.col("native_id").is_not_null()).select(
        *KEY,
        "native_id",
        pl.lit("native_id").alias("slot"),
        pl.col("center_id").alias("identifier_scheme"),
        pl.lit("record number").alias("identifier_type"),
        pl.col("native_id").alias("identifier"),
    )
    rows = with_id(pl.concat([ein, number]), kind="organization_identifier", owner_kind="agency", slot="slot")
    return rows.with_columns(pl.col("record_uid").alias("organization_id"))


def phone_rows(phones: pl.DataFrame, contacts: pl.DataFrame) -> Built:
    """Return the public phones of records that leave, and of their public contacts.

    An extension that is not a plain number goes to the description, where it keeps its zeros.

    Args:
        phones: `PublicDirectory.phone`.
        contacts: Rows of `contact_rows`.
    """
    types = {str(kind): names[0] for kind, names in _PHONE_TYPES.items()}
    words = {str(kind): names[1] for kind, names in _PHONE_TYPES.items() if names[1]}
    is_number = pl.col("extension").str.contains(r"^(?:0|[1-9][0-9]{0,9})$").fill_null(value=False)
    label = pl.coalesce("label", pl.col("type").replace_strict(words, default=None, return_dtype=pl.String))
    odd_extension = pl.when(~is_number & pl.col("extension").is_not_null()).then(
        pl.concat_str(pl.lit("ext. "), "extension")
    )
    rows = phones.select(
        pl.col("record_uid").alias("id"),
        *owner_columns(_KINDS),
        pl.lit(None, dtype=pl.String).alias("contact_id"),
        "number",
        pl.when(is_number).then("extension").alias("extension"),
        pl.col("type").replace_strict(types, default=None, return_dtype=pl.String).alias("type"),
        pl.concat_str(label, odd_extension, "note", separator="; ", ignore_nulls=True).alias("description"),
    )
    named = contacts.filter(pl.col("phone").is_not_null()).with_columns(pl.lit("phone").alias("phone_slot"))
    of_contacts = with_id(named, kind="phone", owner_kind="contact", slot="phone_slot").select(
        "id",
        *(pl.lit(None, dtype=pl.String).alias(column) for column in rows.columns[1:5]),
        pl.col("record_uid").alias("contact_id"),
        pl.col("phone").alias("number"),
        *(pl.lit(None, dtype=pl.String).alias(column) for column in ("extension", "type", "description")),
    )
    usable = of_contacts.filter(can_be_called("number"))
    return pl.concat([rows, usable]), {"unusable_phone": of_contacts.height - usable.height}


def contact_rows(contacts: pl.DataFrame) -> Built:
    """Return the public contacts of records that leave, with the columns that their phones need."""
    named = contacts.filter(
        pl.col("name").is_not_null() | pl.col("title").is_not_null() | pl.col("email").is_not_null()
    )
    rows = named.with_columns(
        pl.col("record_uid").alias("id"), *owner_columns(_KINDS), strict_email("email").alias("email")
    )
    return rows, {"unusable_email": lost(named, "email", strict_email("email"))}


def address_rows(addresses: pl.DataFrame) -> Built:
    """Return the complete addresses of sites that leave: street, city, state, ZIP and country. Incomplete ones are counted.

    Args:
        addresses: `PublicDirectory.address`.
    """
    of_sites = addresses.filter(pl.col("owner_kind") == "site")
    known = of_sites.filter(pl.col("address_kind") != AddressKind.OTHER)
    rows = known.select(
        pl.col("record_uid").alias("id"),
        pl.col("owner_uid").alias("location_id"),
        pl.when(pl.col("address_kind") == AddressKind.MAILING)
        .then(pl.lit("postal"))
        .otherwise(pl.lit("physical"))
        .alias("address_type"),
        pl.col("line1").alias("address_1"),
        pl.col("line2").alias("address_2"),
        "city",
        pl.col("county").alias("region"),
        pl.col("state").alias("state_province"),
        "postal_code",
        "country",
    )
    complete = rows.drop_nulls(["address_1", "city", "state_province", "postal_code", "country"])
    return complete, {
        "incomplete_address": rows.height - complete.height,
        "address_of_other_kind": of_sites.height - known.height,
    }


def schedule_rows(
    schedules: pl.DataFrame, owners: pl.DataFrame, records: Mapping[str, pl.DataFrame], *, parameters: ExportParameters
) -> pl.DataFrame:
    """Return opening hours of services, locations and services at locations.

    One row per distinct span of time with its days; a span over midnight becomes two. The hours in words stand in the description,
    of one row without times where they came as text only. Times carry the center's standard-time offset, so that files do not
    change with the clocks.
    """
    kinds = ("site", "service", "service_at_site")
    numbered = owners.filter(pl.col("owner_kind").is_in(kinds)).sort("center_id", "owner_kind", "owner_uid")
    numbered = numbered.with_row_index("owner")
    theirs = of_owners(schedules, numbered).select("owner", "weekday", "opens_at", "closes_at", "note")
    spans = _within_days(theirs)
    # Days are set as bits of one number: half a million rows need not be sorted for it. Owners are told by their number.
    bit = pl.col("weekday").replace_strict(
        {name: 1 << place for place, name in enumerate(_DAYS)}, return_dtype=pl.UInt8
    )
    weekly = (
        spans.select("owner", "opens_at", "closes_at", "note", bit.alias("days"))
        .group_by("owner", "opens_at", "closes_at", "note")
        .agg(pl.col("days").bitwise_or().fill_null(0))
        .sort("owner", "opens_at", "closes_at", "note")
        .with_columns(pl.col("days").replace_strict(_BYDAY, return_dtype=pl.String).alias("byday"))
        .join(numbered, on="owner", how="left", maintain_order="left")
        .with_columns(pl.col("owner_uid").alias("record_uid"), pl.col("owner_native_id").alias("native_id"))
        .with_columns(
            pl.concat_str(
                "byday",
                pl.col("opens_at").cast(pl.String),
                pl.col("closes_at").cast(pl.String),
                "note",
                separator=" ",
                ignore_nulls=True,
            ).alias("slot")
        )
    )
    offset = _offset(parameters.utc_offset_hours)
    # The words say what times cannot: by appointment, on holidays, every second week.
    words = pl.concat([records[kind].select(*KEY, pl.lit(kind).alias("owner_kind"), "hours") for kind in kinds])
    told_in_words = weekly.join(words, on=[*KEY, "owner_kind"], how="left", maintain_order="left")
    timed = with_id(told_in_words, kind="schedule", owner_kind=None, slot="slot").select(
        "id",
        *owner_columns(kinds),
        pl.lit(parameters.utc_offset_hours).alias("timezone"),
        pl.lit("MO").alias("wkst"),
        pl.lit("WEEKLY").alias("freq"),
        pl.lit(1).alias("interval"),
        "byday",
        pl.coalesce("note", "hours").alias("description"),
        (pl.col("opens_at").dt.strftime("%H:%M:%S") + offset).alias("opens_at"),
        (pl.col("closes_at").dt.strftime("%H:%M:%S") + offset).alias("closes_at"),
    )
    timed_owners = numbered.join(theirs.select("owner").unique(), on="owner", how="semi").select(
        "center_id", pl.col("owner_uid").alias("record_uid"), "owner_kind"
    )
    texts = []
    for kind in kinds:
        untimed = (
            records[kind]
            .filter(pl.col("hours").is_not_null())
            .join(timed_owners.filter(pl.col("owner_kind") == kind), on=list(KEY), how="anti")
        )
        rows = untimed.select(
            *KEY,
            "native_id",
            pl.lit(kind).alias("owner_kind"),
            pl.col("record_uid").alias("owner_uid"),
            "hours",
            pl.lit("hours").alias("slot"),
        )
        texts.append(rows)
    told = with_id(pl.concat(texts), kind="schedule", owner_kind=None, slot="slot").select(
        "id", *owner_columns(kinds), pl.col("hours").alias("description")
    )
    return pl.concat([timed, told], how="diagonal")


def service_area_rows(services: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return areas served: one row per unit, or one with the text when there are no units."""
    return _lists_or_text(
        {"service": services, "service_at_site": links},
        kind="service_area",
        units="area_served_units",
        text="area_served",
        unit_column="name",
        text_column="description",
    )


def language_rows(services: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """Return one row per language of a service or location, with its code where the name is a common one."""
    parts = [
        frame.select(
            *KEY,
            "native_id",
            pl.lit(kind).alias("owner_kind"),
            pl.col("record_uid").alias("owner_uid"),
            pl.col("languages").list.unique(maintain_order=True).alias("name"),
        ).explode("name")
        for kind, frame in {"service": services, "site": sites}.items()
    ]
    named = pl.concat(parts).filter(pl.col("name").is_not_null())
    code = (
        pl.col("name")
        .str.strip_chars()
        .str.to_lowercase()
        .replace_strict(LANGUAGE_CODES, default=None, return_dtype=pl.String)
    )
    return with_id(named, kind="language", owner_kind=None, slot="name").with_columns(
        *owner_columns(("service", "site")), code.alias("code")
    )


def accessibility_rows(sites: pl.DataFrame) -> pl.DataFrame:
    """Return one row per location that tells about access for people with disabilities."""
    return _one_text(sites, "accessibility", kind="accessibility", owner="site", column="description")


def required_document_rows(services: pl.DataFrame) -> pl.DataFrame:
    """Return one row per service that names documents to bring."""
    return _one_text(services, "documents", kind="required_document", owner="service", column="document")


def funding_rows(agencies: pl.DataFrame) -> pl.DataFrame:
    """Return one row per organization that names its sources of funds."""
    return _one_text(agencies, "funding", kind="funding", owner="agency", column="source")


def _within_days(schedules: pl.DataFrame) -> pl.DataFrame:
    """Split spans over midnight in two, so that each closes after it opens."""
    crosses = pl.col("closes_at") < pl.col("opens_at")
    following = dict(zip(_DAYS, (*_DAYS[1:], _DAYS[0]), strict=True))
    evening = schedules.with_columns(pl.when(crosses).then(pl.time(23, 59)).otherwise("closes_at").alias("closes_at"))
    morning = schedules.filter(crosses & (pl.col("closes_at") > pl.time(0, 0))).with_columns(
        pl.col("weekday").replace_strict(following, return_dtype=pl.String), pl.time(0, 0).alias("opens_at")
    )
    return pl.concat([evening, morning])


def _offset(hours: float) -> str:
    """Return an offset as text.

    >>> _offset(-6), _offset(5.5)
    ('-06:00', '+05:30')
    """
    minutes = round(abs(hours) * 60)
    return f"{'-' if hours < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _lists_or_text(
    owners: dict[str, pl.DataFrame], *, kind: str, units: str, text: str, unit_column: str, text_column: str
) -> pl.DataFrame:
    parts = []
    for owner_kind, frame in owners.items():
        shared = frame.select(
            *KEY,
            "native_id",
            pl.lit(owner_kind).alias("owner_kind"),
            pl.col("record_uid").alias("owner_uid"),
            pl.col(units).list.unique(maintain_order=True).alias(unit_column),
            pl.col(text).alias(text_column),
        )
        has_units = pl.col(unit_column).list.len() > 0
        listed = (
            shared.filter(has_units).explode(unit_column).with_columns(pl.lit(None, dtype=pl.String).alias(text_column))
        )
        told = shared.filter(~has_units & pl.col(text_column).is_not_null()).with_columns(
            pl.lit(None, dtype=pl.String).alias(unit_column)
        )
        parts += [listed, told]
    rows = pl.concat(parts).with_columns(pl.coalesce(unit_column, pl.lit("text")).alias("slot"))
    return with_id(rows, kind=kind, owner_kind=None, slot="slot").with_columns(owner_columns(tuple(owners)))


def _one_text(frame: pl.DataFrame, source: str, *, kind: str, owner: str, column: str) -> pl.DataFrame:
    rows = frame.filter(pl.col(source).is_not_null()).select(
        *KEY,
        "native_id",
        pl.lit(owner).alias("owner_kind"),
        pl.col("record_uid").alias("owner_uid"),
        pl.col(source).alias(column),
        pl.lit("text").alias("slot"),
    )
    return with_id(rows, kind=kind, owner_kind=None, slot="slot").with_columns(owner_columns((owner,)))
