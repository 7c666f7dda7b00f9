"""Which streets and coordinates of a load are private."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.publish.collect_kinds import Kind
from pipeline.publish.collect_owners import OWNER, confidential_owners, confidential_sites, private_owners
from pipeline.publish.public_records import KEY, Selection
from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.private_spots import spot_keys
from schemas.private_streets import place_keys, private_place_keys, street_patterns
from schemas.private_values import PrivateValues, suspect_cells

STREET = ("line1", "line2", "city", "postal_code")
#: Both lines of an address as one text: the street may stand on either, behind the name of a house.
LINES = pl.concat_str("line1", "line2", separator=", ", ignore_nulls=True)
HAS_LINE = pl.any_horizontal(pl.col("line1").is_not_null(), pl.col("line2").is_not_null())

_SPOT = ("latitude", "longitude")

#: Both lines, city and ZIP.
Address = tuple[str | None, str | None, str | None, str | None]


@dataclass(frozen=True, kw_only=True)
class FoundPlaces:
    """Where nobody must be led.

    Args:
        secret: Addresses of confidential places: private wherever they stand.
        flagged: Addresses that are private by a flag or with their record: private unless shown publicly.
        spots: Distinct coordinates of both: `latitude`, `longitude` (Float64, degrees).
    """

    secret: frozenset[Address]
    flagged: frozenset[Address]
    spots: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class AskedPlaces:
    """What is asked about: the places found, the spellings of their streets, and the keys of those that may be public too."""

    found: FoundPlaces
    streets: PrivateValues
    keys: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class SeenPlaces:
    """What of it is shown publicly: keys of places, and coordinates (`latitude`, `longitude`)."""

    keys: frozenset[str]
    spots: pl.DataFrame


def _find(directory: Directory, selection: Selection) -> FoundPlaces:
    secret, flagged = _hidden_rows(directory, selection)
    spots = pl.concat([rows.select(_SPOT) for rows in (*secret, *flagged)])
    return FoundPlaces(secret=_distinct(secret), flagged=_distinct(flagged), spots=spots.drop_nulls().unique())


def _settle(found: Sequence[FoundPlaces]) -> AskedPlaces:
    secret = frozenset[Address]().union(*(one.secret for one in found))
    flagged = frozenset[Address]().union(*(one.flagged for one in found))
    no_spots = pl.DataFrame(schema=dict.fromkeys(_SPOT, pl.Float64))
    spots = pl.concat([no_spots, *(one.spots for one in found)]).unique()
    return AskedPlaces(
        found=FoundPlaces(secret=secret, flagged=flagged, spots=spots),
        streets=PrivateValues(streets=_streets_of(secret | flagged)),
        keys=_places(place_keys, flagged) - _places(place_keys, secret),
    )


def _public(directory: Directory, selection: Selection) -> pl.DataFrame:
    """Return the addresses that records which leave give away themselves, those of sites with their coordinates."""
    secret, flagged = _hidden_rows(directory, selection)
    hidden = pl.concat([rows.select(KEY) for rows in (*secret, *flagged)]).unique()
    leaving = selection.leaving("site")
    sites = directory.site.select(*KEY, *STREET, *_SPOT).join(leaving, on=list(KEY), how="semi")
    addresses = (
        directory.address.filter(pl.col("owner_kind") == RecordKind.SITE)
        .select(*KEY, "owner_uid", *STREET, *(pl.lit(None, dtype=pl.Float64).alias(column) for column in _SPOT))
        .join(leaving.rename({"record_uid": "owner_uid"}), on=["center_id", "owner_uid"], how="semi")
        .drop("owner_uid")
    )
    return (
        pl.concat([sites, addresses])
        .filter(HAS_LINE)
        .join(hidden, on=list(KEY), how="anti")
        .select(*STREET, *_SPOT)
        .unique()
    )


def _ask(rows: pl.DataFrame, asked: AskedPlaces) -> SeenPlaces:
    spots = rows.select(_SPOT).join(asked.found.spots, on=list(_SPOT), how="semi").unique()
    if not asked.keys:
        return SeenPlaces(keys=frozenset(), spots=spots)
    alike = rows.filter(suspect_cells("line1", asked.streets, text=LINES))
    return SeenPlaces(keys=_places(place_keys, _distinct([alike])) & asked.keys, spots=spots)


def _tell(asked: AskedPlaces, seen: Sequence[SeenPlaces]) -> dict[str, frozenset[str]]:
    """Return the private places and the spellings of their streets, and the coordinates that no site shown with its street has."""
    public = frozenset[str]().union(*(one.keys for one in seen))
    hidden = asked.found.secret | {row for row in asked.found.flagged if not _places(place_keys, [row]) & public}
    spots = asked.found.spots
    if seen:
        spots = spots.join(pl.concat([one.spots for one in seen]), on=list(_SPOT), how="anti")
    return {
        "places": _places(private_place_keys, hidden),
        "streets": _streets_of(hidden),
        "spots": frozenset(key for latitude, longitude in spots.iter_rows() for key in spot_keys(latitude, longitude)),
    }


def _hidden_rows(directory: Directory, selection: Selection) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """Return the sites and addresses of confidential places, and those that are private by a flag or with their record."""
    sites = directory.site.select(*KEY, *STREET, *_SPOT, "is_address_private")
    addresses = directory.address.select(*KEY, *OWNER[1:], *STREET, *_SPOT, "is_private")
    private = private_owners(selection)
    private_sites = private.filter(pl.col("owner_kind") == RecordKind.SITE).rename({"owner_uid": "record_uid"})
    secret = [
        sites.join(confidential_sites(directory), on=list(KEY), how="semi"),
        addresses.join(confidential_owners(directory), on=OWNER, how="semi"),
    ]
    flagged = [
        sites.filter("is_address_private"),
        sites.join(private_sites, on=list(KEY), how="semi"),
        addresses.filter("is_private"),
        addresses.join(private, on=OWNER, how="semi"),
    ]
    return secret, flagged


def _distinct(rows: Sequence[pl.DataFrame]) -> frozenset[Address]:
    return frozenset(pl.concat([part.select(STREET) for part in rows]).filter(HAS_LINE).unique().rows())


def _places(
    keys: Callable[[str | None, str | None, str | None], frozenset[str]], rows: Iterable[Address]
) -> frozenset[str]:
    return frozenset(
        key for *lines, city, postal_code in rows for line in lines for key in keys(line, city, postal_code)
    )


def _streets_of(rows: Iterable[Address]) -> frozenset[str]:
    lines = {line for row in rows for line in row[:2] if line}
    return frozenset(pattern for line in lines for pattern in street_patterns(line))


#: Streets of confidential places wherever they stand, other private ones and coordinates unless a record that leaves shows them itself.
PLACES = Kind(find=_find, settle=_settle, public=_public, ask=_ask, tell=_tell)
