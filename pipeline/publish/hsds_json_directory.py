"""How organizations, services and locations hold each other; everything below them is nested by `hsds_json_objects`."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipeline.publish.hsds_json_links import ROW, Owned, all_rows
from pipeline.publish.hsds_json_members import Listed, Single, listed_member, single_members
from pipeline.publish.hsds_json_objects import Composer, with_single
from pipeline.publish.hsds_json_text import Objects

#: What the official schema asks of a location.
_REQUIRED_OF_LOCATION = ("id", "location_type")
#: Whose a location is. JSON has no such member; the tie is only followed.
_OWNER_OF_LOCATION = Single(name="organization", table="organization", column="organization_id")


class NestedDirectory:
    """The objects of a directory, for some organizations at a time.

    Args:
        composer: Composes everything that belongs to one of them.
    """

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        version = composer.version
        self._locations = listed_member("organization", "locations", version)
        self._services = listed_member("organization", "services", version)
        self._links = listed_member("service", "service_at_locations", version)
        self._organization = _single("service", "organization", version)
        self._location = _single("service_at_location", "location", version)
        self._owner_of_service = composer.links.targets("service", self._organization)
        self._owner_of_location = composer.links.targets("location", _OWNER_OF_LOCATION)

    def blocks(self, size: int) -> Iterator[pl.Series]:
        """Return row numbers of organizations, in order, so that each block has about `size` records."""
        organizations = all_rows(self._composer.tables["organization"])
        records = pl.repeat(1, len(organizations), dtype=pl.Int64, eager=True)
        for member in (self._locations, self._services):
            owned = self._composer.links.owned("organization", member)
            if owned is not None:
                records = records + owned.counts()
        # A block ends with the organization that fills it, so that a very large one does not draw others along.
        number = (records.cum_sum() - records) // size
        for block in pl.DataFrame({"row": organizations, "block": number}).partition_by("block", maintain_order=True):
            yield block["row"]

    def services_of_nobody(self) -> pl.Series:
        """Return row numbers of services whose organization is not there."""
        return self._owner_of_service.is_null().arg_true().cast(ROW)

    def locations_of_nobody(self) -> pl.Series:
        """Return row numbers of locations that belong to no organization."""
        return self._owner_of_location.is_null().arg_true().cast(ROW)

    def of_organizations(self, organizations: pl.Series) -> dict[str, pl.Series]:
        """Return the JSON texts of some organizations and of their services as root objects.

        Args:
            organizations: Row numbers, rising.
        """
        own = self._composer.objects("organization", organizations, without=(self._locations.name, self._services.name))
        locations = self._owned("organization", self._locations, organizations)
        services = self._owned("organization", self._services, organizations)
        whole = _Locations(self._composer, locations["row"], self._linked(services["row"]))
        roots, members = self._of_services(services["row"], whole)
        lines = own.having_list(self._locations.name, locations["place"], whole.owned(locations["row"])).having_list(
            self._services.name, services["place"], members.bodies()
        )
        roots = with_single(roots, self._organization, own.bodies().gather(services["place"]))
        return {"organization": lines.lines(), "service": roots.lines()}

    def of_services_of_nobody(self, services: pl.Series) -> pl.Series:
        """Return the JSON texts of services without organization as root objects."""
        none = services.clear()
        roots, _ = self._of_services(services, _Locations(self._composer, none, self._linked(services)))
        return roots.lines()

    def _of_services(self, services: pl.Series, whole: _Locations) -> tuple[Objects, Objects]:
        """Return services as root objects, still without their organization, and as members of it."""
        without = (self._organization.name, self._links.name)
        own = self._composer.objects("service", services, without=without)
        pairs = self._owned("service", self._links, services)
        links = self._composer.objects(
            self._links.table, pairs["row"], without=(self._links.column, self._location.name)
        )
        at = self._composer.links.targets(self._links.table, self._location).gather(pairs["row"])
        owners = self._owner_of_service.gather(services).gather(pairs["place"])
        is_theirs = self._owner_of_location.gather(at) == owners
        there = whole.bodies(at)
        named = pl.select(pl.when(is_theirs).then(whole.named(at)).otherwise(there)).to_series()
        roots, members = (
            own.having_list(self._links.name, pairs["place"], with_single(links, self._location, location).bodies())
            for location in (there, named)
        )
        return roots, members.without(self._services.column)

    def _linked(self, services: pl.Series) -> pl.Series:
        """Return the locations that services are linked to."""
        pairs = self._owned("service", self._links, services)
        return self._composer.links.targets(self._links.table, self._location).gather(pairs["row"])

    def _owned(self, owner: str, member: Listed, rows: pl.Series) -> pl.DataFrame:
        owned = self._composer.links.owned(owner, member)
        return (owned or _NOTHING).of(rows if owned else rows.clear())


class _Locations:
    """Bodies of the locations that a block names, each made once.

    Args:
        composer: Composes them.
        rows: Row numbers, in several lists; null stands for none.
    """

    def __init__(self, composer: Composer, *rows: pl.Series) -> None:
        self._rows = pl.concat([some.alias("row") for some in rows]).drop_nulls().unique().sort()
        self._objects = composer.objects("location", self._rows)
        self._bodies = self._objects.bodies()

    def bodies(self, rows: pl.Series) -> pl.Series:
        """Return whole locations."""
        return self._bodies.gather(self._places(rows))

    def named(self, rows: pl.Series) -> pl.Series:
        """Return what the official schema asks of a location: enough to find it in the same line."""
        return self._objects.only(*_REQUIRED_OF_LOCATION).bodies().gather(self._places(rows))

    def owned(self, rows: pl.Series) -> pl.Series:
        """Return whole locations as members of their organization."""
        return self._objects.without(_OWNER_OF_LOCATION.column).bodies().gather(self._places(rows))

    def _places(self, rows: pl.Series) -> pl.Series:
        places = self._rows.search_sorted(rows).cast(ROW)
        return pl.select(pl.when(rows.is_not_null()).then(places)).to_series()


_NOTHING = Owned(rows=pl.Series(dtype=ROW), starts=pl.Series([0], dtype=ROW))


def _single(owner: str, name: str, version: str) -> Single:
    return {member.name: member for member in single_members(owner, version)}[name]
