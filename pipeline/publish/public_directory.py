"""The part of a directory that may leave the house: what every export format is written from.

Order of work: decide which records may leave, collect what is private, keep the listed columns of what leaves (default deny),
take away places that must not be located and what is not told as of the day, then take private values out of every text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import polars as pl

from pipeline.publish.collect_private import collect_private_values
from pipeline.publish.public_contacts import public_contacts, without_personal_email
from pipeline.publish.public_dates import tell_as_of
from pipeline.publish.public_directions import placeless_records, without_directions
from pipeline.publish.public_phones import public_phones
from pipeline.publish.public_places import PublicPlaces, public_places
from pipeline.publish.public_records import KEY, Selection, select_public
from pipeline.publish.public_texts import scrub_frames, without_private_codes
from pipeline.publish.withheld_values import EMPTY, withheld_rows
from schemas.directory import Directory
from schemas.enumerations import RecordKind, WithheldReason
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters
from schemas.private_values import PrivateValues
from schemas.public_columns import public_tables

#: Kinds of records in the order in which they refer to each other.
RECORD_KINDS: tuple[str, ...] = tuple(str(kind) for kind in RecordKind)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What was delivered, when the directory to be written has agencies merged.

    Args:
        directory: The canonical tables before merging.
        findings: Finding frame, about the records before merging.
    """

    directory: Directory
    findings: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class PublicDirectory:
    """Records and values that may leave, in our own terms. Frames hold the columns of `schemas/public_columns.toml` and no other.

    Args:
        agency: Agencies that leave. `verified_on`, `edited_on`, `created_on` are never after `as_of`; `alert` stands only while
            `as_of` lies in its dates. `parent_uid` is null when the parent does not leave.
        site: Sites that leave, with `is_located` (Boolean): where it is false, street, ZIP, coordinates and directions are null, and
            city, county and state too unless the parameters keep them. `agency_uid` is null when the agency does not leave.
        service: Services that leave.
        service_at_site: Links that leave; both ends leave too.
        phone: Public numbers of records that leave, with `number` (text): `(217) 555-0101`, a short code, or as delivered.
        address: Addresses that may be told, of records that leave, one row per address; the physical address of a site that came
            on the site itself is here too. `country` is taken from the state code where it was not delivered.
        contact: Public contacts of records that leave.
        taxonomy_link: Links of records that leave.
        schedule: Structured hours of records that leave.
        withheld_value: One row per value of a leaving record that stays: `center_id`, `owner_kind`, `owner_uid`, `what` (`phone`,
            `address`, `contact`), `detail` (type of phone or kind of address; null when unknown), `reason` (`flagged_private`,
            `confidential_place`, `same_place`). Never the value.
        selection: The verdict on every record of the delivery.
        removed: How many values of records that leave were left out, by reason.
        as_of: Day the data speaks of.
        center_ids: Centers in it, sorted.
        private_values: What must not be found in anything written from this.
    """

    agency: pl.DataFrame
    site: pl.DataFrame
    service: pl.DataFrame
    service_at_site: pl.DataFrame
    phone: pl.DataFrame
    address: pl.DataFrame
    contact: pl.DataFrame
    taxonomy_link: pl.DataFrame
    schedule: pl.DataFrame
    withheld_value: pl.DataFrame = field(default_factory=EMPTY.clone)
    selection: Selection
    removed: Mapping[str, int]
    as_of: date
    center_ids: tuple[str, ...]
    private_values: PrivateValues = field(repr=False)

    def records(self) -> dict[str, pl.DataFrame]:
        """Return the frames of the four kinds of records by kind."""
        return {kind: cast("pl.DataFrame", getattr(self, kind)) for kind in RECORD_KINDS}

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return all frames by the name of their canonical table."""
        return {name: cast("pl.DataFrame", getattr(self, name)) for name in public_tables()}

    def with_tables(self, frames: Mapping[str, pl.DataFrame], *, selection: Selection) -> PublicDirectory:
        """Return the same with other frames, and the verdicts that explain them."""
        changed: dict[str, Any] = {**frames, "selection": selection}
        return replace(self, **changed)

    def owners(self) -> pl.DataFrame:
        """Return the records as owners: `center_id`, `owner_kind`, `owner_uid`, `owner_native_id`."""
        return pl.concat([_as_owners(frame, kind) for kind, frame in self.records().items()])


def make_public(
    directory: Directory,
    *,
    findings: pl.DataFrame,
    as_of: date,
    parameters: ExportParameters,
    privacy: PrivacyParameters,
    center_ids: Sequence[str] | None = None,
    withhold: bool = True,
    load: Load | None = None,
) -> PublicDirectory:
    """Return what of a directory may leave.

    Args:
        directory: The canonical tables of one or many centers, or their columns in `columns_read`.
        findings: Finding frame; findings with `is_held_back` keep their record in.
        as_of: Day the data speaks of; later dates are not told, temporary messages only while it lies in their dates.
        parameters: What may be told of contacts.
        privacy: What of a private address may be told.
        center_ids: Centers to export; None for all.
        withhold: Whether records without their parent are left out; otherwise they are here, and the pre-flight has errors.
        load: What the directory was before agencies were merged: its private values are searched for too, and records that
            were taken up are listed as withheld, so that the counts of what was delivered add up.
    """
    selection = select_public(directory, findings=findings, center_ids=center_ids, withhold=withhold)
    values = collect_private_values(directory, selection)
    if load is not None:
        before = select_public(load.directory, findings=load.findings, center_ids=center_ids, withhold=withhold)
        values |= collect_private_values(load.directory, before)
        selection = with_merged(selection, before)
    # Handed on and not kept: what leaves is a copy, and a large directory would be in memory twice.
    handed_on = [directory]
    del directory
    return public_part(handed_on, selection, values=values, as_of=as_of, parameters=parameters, privacy=privacy)


def public_part(
    handed_on: list[Directory],
    selection: Selection,
    *,
    values: PrivateValues,
    as_of: date,
    parameters: ExportParameters,
    privacy: PrivacyParameters,
    center_ids: Sequence[str] | None = None,
) -> PublicDirectory:
    """Return what of a directory, or of one block of whole families of agencies, may leave.

    Args:
        handed_on: The canonical tables in a list of one, which is emptied: they are given up while this works.
        selection: The verdict on every record.
        values: What must not be seen, of the whole directory.
        as_of: Day the data speaks of.
        parameters: What may be told of contacts.
        privacy: What of a private address may be told.
        center_ids: Centers of the whole directory, sorted, when this is one block of it; None: those of the selection.
    """
    directory = handed_on.pop()
    leaving = {
        kind: getattr(directory, kind).join(selection.leaving(kind), on=list(KEY), how="semi") for kind in RECORD_KINDS
    }
    owners = pl.concat([_as_owners(frame, kind) for kind, frame in leaving.items()])
    # Of the rest only what decides is kept.
    directory = _deciding_part(directory)
    removed: Counter[str] = Counter()
    places = public_places(
        directory, leaving["site"], owners, values=values, keep_city=privacy.keep_city_of_private_address
    )
    removed.update(places.removed)
    phones, phones_removed = public_phones(directory.phone, owners)
    removed.update(phones_removed)
    contacts, contacts_removed = public_contacts(directory.contact, owners, parameters=parameters)
    removed.update(contacts_removed)
    withheld = _withheld_values(directory, owners, places)
    placeless = placeless_records(
        directory, hidden_sites=places.hidden_sites, private_addresses=places.private_addresses
    )
    frames = {
        **leaving,
        "site": places.site,
        "phone": phones,
        "address": places.address,
        "contact": contacts,
        "taxonomy_link": _of(directory.taxonomy_link, owners),
        "schedule": _of(directory.schedule, owners),
    }
    agencies = leaving["agency"].select("record_uid")
    del directory, leaving, places, phones, contacts
    for kind in RECORD_KINDS:
        frames[kind], late = tell_as_of(frames[kind], as_of=as_of)
        removed.update(late)
        frames[kind], personal = without_personal_email(frames[kind], parameters=parameters)
        removed.update(personal)
    frames, located = without_directions(frames, public_tables(), placeless)
    removed.update(located)
    frames["agency"] = _within(frames["agency"], "parent_uid", agencies)
    frames["site"] = _within(frames["site"], "agency_uid", agencies)
    kept = {
        name: frames[name].select(*table.columns, *(column for column in _MADE_HERE.get(name, ())))
        for name, table in public_tables().items()
    }
    del frames
    kept, scrubbed = scrub_frames(kept, public_tables(), values)
    removed.update(scrubbed)
    kept["taxonomy_link"], removed["private_value_for_code"] = without_private_codes(kept["taxonomy_link"], values)
    # A number or contact of which nothing is left says nothing any more.
    kept["phone"] = kept["phone"].filter(pl.col("number").is_not_null())
    kept["contact"] = kept["contact"].filter(
        pl.any_horizontal(pl.col(column).is_not_null() for column in ("name", "title", "email", "phone"))
    )
    return PublicDirectory(
        **kept,
        withheld_value=withheld,
        selection=selection,
        removed={reason: count for reason, count in sorted(removed.items()) if count},
        as_of=as_of,
        center_ids=centers_of(selection) if center_ids is None else tuple(center_ids),
        private_values=values,
    )


#: Columns that decide what may leave and never do; beside the public ones all that is read of a directory.
_DECIDING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        RECORD_KINDS,
        (
            "agency_native_id",
            "not_counted_reason",
            "withheld_reason",
            "is_confidential_place",
            "curator",
            "verified_by",
            "verified_by_email",
            "email_written",
        ),
    ),
    "phone": ("is_private",),
    "address": ("is_private", "latitude", "longitude"),
    "contact": ("is_private",),
}


def columns_read() -> dict[str, tuple[str, ...]]:
    """Return the columns of the canonical tables that `make_public` reads, by table."""
    read = {name: (*table.columns, *_DECIDING.get(name, ())) for name, table in public_tables().items()}
    return {**read, "site": (*read["site"], "is_address_private")}


#: Public columns that tell what is private, beside those that decide.
_COLLECTED = frozenset(
    {
        *KEY, "kind", "agency_uid", "service_uid", "site_uid", "name", "email", "line1", "line2", "city", "postal_code", "latitude",
        "longitude", "owner_kind", "owner_uid", "e164", "short_code", "number_written", "extension", "phone", "address_kind",
    }
)  # fmt: skip


def columns_collected() -> dict[str, tuple[str, ...]]:
    """Return the columns of the canonical tables that tell which values are private, by table: far fewer than `columns_read`."""
    return {
        name: tuple(column for column in columns if column in _COLLECTED or column not in public_tables()[name].columns)
        for name, columns in columns_read().items()
        if name not in ("taxonomy_link", "schedule")
    }


#: Columns by which `select_public` decides.
_SELECTED = (
    *KEY, "kind", "agency_uid", "agency_native_id", "origin", "status", "not_counted_reason", "withheld_reason", "verified_on",
)  # fmt: skip


def columns_selected() -> dict[str, tuple[str, ...]]:
    """Return the columns of the canonical tables that `select_public` reads, by table."""
    return {
        **dict.fromkeys(RECORD_KINDS, _SELECTED),
        "service_at_site": (*_SELECTED, "service_uid", "site_uid", "link_only"),
    }


#: Columns of records that are asked after it is known which of them leave.
_ASKED_LATER: Mapping[str, tuple[str, ...]] = {
    "agency": (*KEY, "kind", "agency_uid", "is_confidential_place"),
    "site": (*KEY, "kind", "agency_uid", "is_confidential_place", "is_address_private", "line1", "line2", "city",
             "postal_code", "latitude", "longitude"),
    "service": (*KEY, "kind", "is_confidential_place"),
    "service_at_site": (*KEY, "kind", "service_uid", "site_uid", "is_confidential_place"),
}  # fmt: skip


def _deciding_part(directory: Directory) -> Directory:
    return replace(directory, **{kind: getattr(directory, kind).select(names) for kind, names in _ASKED_LATER.items()})


#: Columns that are not in the canonical tables: made from public columns only.
_MADE_HERE: Mapping[str, tuple[str, ...]] = {"site": ("is_located",), "phone": ("number",)}


def _as_owners(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    return frame.select(
        KEY[0],
        pl.lit(kind).alias("owner_kind"),
        pl.col(KEY[1]).alias("owner_uid"),
        pl.col("native_id").alias("owner_native_id"),
    )


def _of(rows: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    return rows.join(owners, on=["center_id", "owner_kind", "owner_uid"], how="semi", maintain_order="left")


def _within(frame: pl.DataFrame, column: str, parents: pl.DataFrame) -> pl.DataFrame:
    """Empty a reference to a record that does not leave."""
    known = pl.col(column).is_in(parents["record_uid"].implode())
    return frame.with_columns(pl.when(known).then(column).alias(column))


def _withheld_values(directory: Directory, owners: pl.DataFrame, places: PublicPlaces) -> pl.DataFrame:
    flagged = str(WithheldReason.FLAGGED_PRIVATE)
    return pl.concat(
        [
            withheld_rows(
                _of(directory.phone.filter("is_private"), owners), what="phone", detail="type", reason=flagged
            ),
            withheld_rows(
                _of(directory.contact.filter("is_private"), owners), what="contact", detail=None, reason=flagged
            ),
            places.withheld,
        ]
    )


def centers_of(selection: Selection) -> tuple[str, ...]:
    """Return the centers whose records are exported, sorted."""
    return tuple(sorted(selection.records["center_id"].unique()))


def with_merged(selection: Selection, before: Selection) -> Selection:
    """Return the verdicts with the records that were delivered and are taken up in another one.

    Args:
        selection: Verdicts on the records after merging.
        before: Verdicts on the records as they were delivered.
    """
    merged = before.records.join(selection.records, on=[*KEY, "kind"], how="anti").with_columns(
        reason=pl.lit(str(WithheldReason.MERGED)), rule_id=pl.lit(None, dtype=pl.String)
    )
    return Selection(records=pl.concat([selection.records, merged]).sort("kind", *KEY))
