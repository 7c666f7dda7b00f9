"""Where HSDS nests which table: the members of its JSON objects that hold other objects, as data.

Facts of the official object schemas of HSDS 3.1, with one member of our own: `organization.services`. Those schemas set no
`additionalProperties`, and the official example of an organization carries `services` too, so it is permitted.

A member is there in a version when the version's tables have the table and the column that ties it to its owner; what 3.1 added
falls away of itself in 3.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from schemas.hsds_tables import HsdsTable, hsds_tables


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A member that holds a list of objects.

    Args:
        name: Name of the member.
        table: Table whose rows are its objects.
        column: Column of that table with the id of the owner. The nesting says the same, so the objects do without it.
        entity: Column of that table with the name of the owner's table; None when the column can only mean one. Left out too.
    """

    name: str
    table: str
    column: str
    entity: str | None = None


@dataclass(frozen=True, kw_only=True)
class Single:
    """A member that holds one object.

    Args:
        name: Name of the member.
        table: Table of which it is a row.
        column: Column of the owner with its id. Left out where the object is there.
    """

    name: str
    table: str
    column: str


#: Member of ours that the official schema of organizations does not name.
OWN_MEMBER = ("organization", "services")

#: Owner -> members that hold lists.
_LISTS: Mapping[str, tuple[Listed, ...]] = {
    "organization": (
        Listed(name="additional_websites", table="url", column="organization_id"),
        Listed(name="contacts", table="contact", column="organization_id"),
        Listed(name="funding", table="funding", column="organization_id"),
        Listed(name="locations", table="location", column="organization_id"),
        Listed(name="organization_identifiers", table="organization_identifier", column="organization_id"),
        Listed(name="phones", table="phone", column="organization_id"),
        Listed(name="programs", table="program", column="organization_id"),
        Listed(name="services", table="service", column="organization_id"),
    ),
    "service": (
        Listed(name="additional_urls", table="url", column="service_id"),
        Listed(name="capacities", table="service_capacity", column="service_id"),
        Listed(name="contacts", table="contact", column="service_id"),
        Listed(name="cost_options", table="cost_option", column="service_id"),
        Listed(name="funding", table="funding", column="service_id"),
        Listed(name="languages", table="language", column="service_id"),
        Listed(name="phones", table="phone", column="service_id"),
        Listed(name="required_documents", table="required_document", column="service_id"),
        Listed(name="schedules", table="schedule", column="service_id"),
        Listed(name="service_areas", table="service_area", column="service_id"),
        Listed(name="service_at_locations", table="service_at_location", column="service_id"),
    ),
    "service_at_location": (
        Listed(name="contacts", table="contact", column="service_at_location_id"),
        Listed(name="phones", table="phone", column="service_at_location_id"),
        Listed(name="schedules", table="schedule", column="service_at_location_id"),
        Listed(name="service_areas", table="service_area", column="service_at_location_id"),
    ),
    "location": (
        Listed(name="accessibility", table="accessibility", column="location_id"),
        Listed(name="addresses", table="address", column="location_id"),
        Listed(name="contacts", table="contact", column="location_id"),
        Listed(name="languages", table="language", column="location_id"),
        Listed(name="phones", table="phone", column="location_id"),
        Listed(name="schedules", table="schedule", column="location_id"),
    ),
    "contact": (Listed(name="phones", table="phone", column="contact_id"),),
    "phone": (Listed(name="languages", table="language", column="phone_id"),),
}

#: Owner -> members that hold one object.
_SINGLES: Mapping[str, tuple[Single, ...]] = {
    "service": (
        Single(name="organization", table="organization", column="organization_id"),
        Single(name="program", table="program", column="program_id"),
    ),
    "service_at_location": (Single(name="location", table="location", column="location_id"),),
    "attribute": (Single(name="taxonomy_term", table="taxonomy_term", column="taxonomy_term_id"),),
    "taxonomy_term": (Single(name="taxonomy_detail", table="taxonomy", column="taxonomy_id"),),
    "service_capacity": (Single(name="unit", table="unit", column="unit_id"),),
}

_ATTRIBUTES = Listed(name="attributes", table="attribute", column="link_id", entity="link_entity")
_METADATA = Listed(name="metadata", table="metadata", column="resource_id", entity="resource_type")
#: Objects that hold no attributes of their own; the last one holds no metadata either.
_WITHOUT_ATTRIBUTES = ("attribute", "taxonomy", "taxonomy_term", "metadata")


@cache
def listed_members(owner: str, version: str) -> tuple[Listed, ...]:
    """Return the members of an object that hold lists, in a version of HSDS."""
    tables = hsds_tables(version)
    everywhere = (() if owner in _WITHOUT_ATTRIBUTES else (_ATTRIBUTES,)) + (
        () if owner == _METADATA.table else (_METADATA,)
    )
    return tuple(
        member for member in (*_LISTS.get(owner, ()), *everywhere) if _has(tables, member.table, member.column)
    )


@cache
def single_members(owner: str, version: str) -> tuple[Single, ...]:
    """Return the members of an object that hold one object, in a version of HSDS."""
    tables = hsds_tables(version)
    return tuple(member for member in _SINGLES.get(owner, ()) if _has(tables, owner, member.column))


def listed_member(owner: str, name: str, version: str) -> Listed:
    """Return one member that holds a list.

    Raises:
        KeyError: The version does not know it.
    """
    return {member.name: member for member in listed_members(owner, version)}[name]


def _has(tables: Mapping[str, HsdsTable], table: str, column: str) -> bool:
    return table in tables and column in tables[table].column_names()
