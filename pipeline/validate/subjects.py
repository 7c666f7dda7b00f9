"""The tables as the rules need them: each row with the facts about its parents and about the rows that belong to it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.directory import Directory
from schemas.enumerations import COUNTED_STATUSES, AddressKind, Origin, RecordKind
from schemas.notes import NoteKind

#: Record kinds in the order of the tables.
KINDS: tuple[str, ...] = tuple(RecordKind)

#: Kinds that are records of their own; a service at a site is a link between two of them.
OWN_RECORD_KINDS: tuple[str, ...] = (RecordKind.AGENCY, RecordKind.SITE, RecordKind.SERVICE)

#: Key of a record within the tables.
KEY: tuple[str, ...] = ("center_id", "record_uid")

#: Key of the owner of a phone, address, contact, link or schedule.
OWNER: tuple[str, ...] = ("center_id", "owner_kind", "owner_uid")

#: Flags that say where a record may be shown.
SHOW_FLAGS: tuple[str, ...] = ("exclude_from_website", "exclude_from_directory", "available_for_directory")


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """What the rules are asked of.

    Attributes:
        records: One frame per record kind: the canonical columns and the facts of `prepare_subjects`.
        owned: The frames phone, address, contact, taxonomy_link and schedule with `owner_is_counted`, `owner_is_withheld` and
            `owner_is_confidential`.
        notes: The notes with `is_counted`, `is_shown` and `is_withheld` of their record.
    """

    records: dict[str, pl.DataFrame]
    owned: dict[str, pl.DataFrame]
    notes: pl.DataFrame


def prepare_subjects(directory: Directory, *, notes: pl.DataFrame, no_address_markers: tuple[str, ...]) -> Subjects:
    """Return the tables joined with the facts that rules ask for.

    Facts on every record: `is_delivered`, `is_shown` (delivered, of a counted status, no mere link), `is_withheld`,
    `has_phone`, `has_physical`, `has_public_street`, `has_mailing`, `has_no_address_marker`, `has_director`,
    `has_main_contact`, `has_term`, `has_schedule`, `has_unreadable_edit`, `has_unreadable_verification`, `has_unclear_show_flag`,
    `has_parent_loop`. On sites, services and services at sites `agency_status`; on services at sites `service_status` and
    `site_status`; on services `has_site`; on agencies `has_service` and `has_active_child`.
    """
    facts = _owned_facts(directory, no_address_markers=no_address_markers)
    noted = _noted_facts(notes)
    records = {
        kind: _with_facts(_with_own_facts(directory.tables()[kind]), facts=facts, noted=noted, kind=kind)
        for kind in KINDS
    }
    agencies = directory.agency.select("center_id", agency_uid="record_uid", agency_status="status")
    for kind in (RecordKind.SITE, RecordKind.SERVICE, RecordKind.SERVICE_AT_SITE):
        records[kind] = records[kind].join(agencies, on=["center_id", "agency_uid"], how="left", maintain_order="left")
    records["service_at_site"] = _with_link_parents(records["service_at_site"], directory)
    records["service"] = _with_sites(records["service"], directory)
    records["agency"] = _with_children(records["agency"], directory)
    owners = pl.concat(
        frame.select(
            "center_id",
            owner_kind="kind",
            owner_uid="record_uid",
            owner_is_counted="is_counted",
            owner_is_withheld="is_withheld",
            owner_is_confidential="is_confidential_place",
        )
        for frame in records.values()
    )
    owned = {
        name: getattr(directory, name).join(owners, on=list(OWNER), how="left", maintain_order="left")
        for name in ("phone", "address", "contact", "taxonomy_link", "schedule")
    }
    return Subjects(records=records, owned=owned, notes=_with_record_facts(notes, records))


def _owned_facts(directory: Directory, *, no_address_markers: tuple[str, ...]) -> pl.DataFrame:
    """Return one row per owner with what belongs to it."""
    kind = pl.col("address_kind")
    street = pl.col("line1").is_not_null()
    folded = pl.col("line1").str.strip_chars().str.to_lowercase()
    is_marker = folded.is_in(list(no_address_markers)).fill_null(value=False)
    named = pl.col("name").is_not_null() | pl.col("title").is_not_null() | pl.col("is_private")
    phones = directory.phone.group_by(OWNER).agg(has_phone=pl.lit(value=True))
    addresses = directory.address.group_by(OWNER).agg(
        # A private address without a street was withheld at the source; withheld counts as present.
        has_physical=((kind == AddressKind.PHYSICAL) & (street | pl.col("is_private"))).any(),
        has_public_street=(
            (kind != AddressKind.MAILING) & street & ~is_marker & ~pl.col("is_flagged_private").fill_null(value=False)
        ).any(),
        has_mailing=(
            (kind == AddressKind.MAILING) & (street | pl.col("city").is_not_null() | pl.col("is_private"))
        ).any(),
        has_no_address_marker=is_marker.any(),
    )
    contacts = directory.contact.group_by(OWNER).agg(
        has_director=((pl.col("role") == "director") & named).any(),
        has_main_contact=((pl.col("role") == "main") & named).any(),
    )
    links = directory.taxonomy_link.group_by(OWNER).agg(has_term=pl.lit(value=True))
    schedules = directory.schedule.group_by(OWNER).agg(has_schedule=pl.lit(value=True))
    facts = phones
    for part in (addresses, contacts, links, schedules):
        facts = facts.join(part, on=list(OWNER), how="full", coalesce=True)
    return facts


def _noted_facts(notes: pl.DataFrame) -> pl.DataFrame:
    """Return one row per record with what normalize noticed about it."""
    kind, field = pl.col("note_kind"), pl.col("field")
    unreadable = kind == NoteKind.UNREADABLE_DATE
    return notes.group_by("center_id", "kind", "record_uid").agg(
        has_unreadable_edit=(unreadable & (field == "edited_on")).any(),
        has_unreadable_verification=(unreadable & (field == "verified_on")).any(),
        has_unclear_show_flag=((kind == NoteKind.UNCLEAR_FLAG) & field.is_in(list(SHOW_FLAGS))).any(),
        has_parent_loop=(kind == NoteKind.PARENT_LOOP).any(),
    )


def _with_own_facts(records: pl.DataFrame) -> pl.DataFrame:
    delivered = pl.col("origin") == Origin.DELIVERED
    link_only = pl.col("link_only") if "link_only" in records.columns else pl.lit(value=False)
    return records.with_columns(
        is_delivered=delivered,
        is_shown=delivered & pl.col("status").is_in([status.value for status in COUNTED_STATUSES]) & ~link_only,
        is_withheld=pl.col("withheld_reason").is_not_null(),
    )


def _with_facts(records: pl.DataFrame, *, facts: pl.DataFrame, noted: pl.DataFrame, kind: str) -> pl.DataFrame:
    mine = facts.filter(pl.col("owner_kind") == kind).drop("owner_kind").rename({"owner_uid": "record_uid"})
    about = noted.filter(pl.col("kind") == kind).drop("kind")
    joined = records.join(mine, on=list(KEY), how="left", maintain_order="left")
    joined = joined.join(about, on=list(KEY), how="left", maintain_order="left")
    new = [name for name in joined.columns if name not in records.columns]
    return joined.with_columns(pl.col(new).fill_null(value=False))


def _with_link_parents(links: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    services = directory.service.select("center_id", service_uid="record_uid", service_status="status")
    sites = directory.site.select("center_id", site_uid="record_uid", site_status="status")
    joined = links.join(services, on=["center_id", "service_uid"], how="left", maintain_order="left")
    return joined.join(sites, on=["center_id", "site_uid"], how="left", maintain_order="left")


def _with_sites(services: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    linked = (
        directory.service_at_site.filter(pl.col("site_native_id").is_not_null() | pl.col("site_uid").is_not_null())
        .group_by("center_id", record_uid="service_uid")
        .agg(has_site=pl.lit(value=True))
    )
    joined = services.join(linked, on=list(KEY), how="left", maintain_order="left")
    return joined.with_columns(pl.col("has_site").fill_null(value=False))


def _with_children(agencies: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    offering = (
        directory.service.filter("is_counted")
        .group_by("center_id", record_uid="agency_uid")
        .agg(has_service=pl.lit(value=True))
    )
    parents = (
        directory.agency.filter("is_counted")
        .group_by("center_id", record_uid="parent_uid")
        .agg(has_active_child=pl.lit(value=True))
    )
    joined = agencies.join(offering, on=list(KEY), how="left", maintain_order="left")
    joined = joined.join(parents, on=list(KEY), how="left", maintain_order="left")
    return joined.with_columns(pl.col("has_service", "has_active_child").fill_null(value=False))


def _with_record_facts(notes: pl.DataFrame, records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    facts = pl.concat(
        frame.select(
            "center_id", "kind", "record_uid", "is_counted", "is_shown", "is_withheld", "is_confidential_place"
        )
        for frame in records.values()
    )
    return notes.join(facts, on=["center_id", "kind", "record_uid"], how="left", maintain_order="left")
