"""Which values of a load are private, and which sites must not be located."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipeline.publish.collect_emails import EMAILS
from pipeline.publish.collect_kinds import ROWS_AT_ONCE, Kind, Parts, collect_kinds
from pipeline.publish.collect_names import NAMES
from pipeline.publish.collect_owners import confidential_owners, confidential_sites
from pipeline.publish.collect_phones import PHONES
from pipeline.publish.collect_places import HAS_LINE, LINES, PLACES, STREET
from pipeline.publish.public_records import KEY, Selection, select_public
from schemas.directory import Directory
from schemas.private_spots import spot_keys
from schemas.private_streets import index_places, is_same_place
from schemas.private_values import PrivateValues, suspect_cells

__all__ = [
    "Parts",
    "collect_from_parts",
    "collect_private_values",
    "confidential_owners",
    "hidden_sites",
    "load_private_values",
    "private_addresses",
]

#: The kinds of private values; the one that takes longest first, for two are worked on at a time.
_KINDS: dict[str, Kind[Any, Any, Any]] = {"names": NAMES, "places": PLACES, "phones": PHONES, "emails": EMAILS}


def collect_private_values(directory: Directory, selection: Selection) -> PrivateValues:
    """Return the values that must not be seen in anything that leaves.

    Args:
        directory: The whole load, with everything private in it.
        selection: The verdict on every record; records of other centers than the exported ones are not in it, and their
            values are not asked about.
    """
    return collect_from_parts(lambda: [(directory, selection)])


def collect_from_parts(parts: Parts, *, rows_at_once: int = ROWS_AT_ONCE) -> PrivateValues:
    """Return the values of a directory in parts that must not be seen in anything that leaves: those of the whole.

    Args:
        parts: Gives the parts of the load, each with the verdict on its records, as `collect_private_values` takes them. What refers
            to each other is in one part: an agency with its sites, services and links and all their rows. It is called twice and must
            give the same parts in the same order. A part is let go before the next one is asked for; who reads them from disk when
            they are asked for has one in memory.
        rows_at_once: Public rows of small parts that are compared with what is private together (number of distinct rows).
    """
    return PrivateValues(**collect_kinds(_KINDS, parts, rows_at_once=rows_at_once))


def load_private_values(directory: Directory, *, findings: pl.DataFrame) -> PrivateValues:
    """Return the values of all centers that must not be seen, for what is shown of a directory beside a package.

    Args:
        directory: The whole load, with everything private in it.
        findings: Finding frame; those of privacy rules that hold a record back make it private.
    """
    return collect_private_values(
        directory, select_public(directory, findings=findings, center_ids=None, withhold=True)
    )


def hidden_sites(directory: Directory, values: PrivateValues) -> pl.DataFrame:
    """Return the sites that must not be located: `center_id`, `record_uid`, `reason`.

    The reasons are `confidential_place` (its own mark, or that of its agency or of a service there), `private_address` (flag)
    and `same_place` (another site at a private address, or one without a street at the coordinates of a confidential place).
    """
    confidential = confidential_sites(directory).with_columns(pl.lit("confidential_place").alias("reason"))
    flagged = directory.site.filter("is_address_private").select(*KEY, pl.lit("private_address").alias("reason"))
    same = pl.concat(
        [_at_private_place(directory.site, values, key=KEY), _at_private_spot(directory.site, values)]
    ).with_columns(pl.lit("same_place").alias("reason"))
    return pl.concat([confidential, flagged, same]).unique(KEY, keep="first", maintain_order=True)


def private_addresses(directory: Directory, values: PrivateValues) -> pl.DataFrame:
    """Return the keys of address rows that must not leave: flagged, or at a private address."""
    flagged = directory.address.filter("is_private").select(KEY)
    return pl.concat([flagged, _at_private_place(directory.address, values, key=KEY)]).unique(maintain_order=True)


def _at_private_place(table: pl.DataFrame, values: PrivateValues, *, key: tuple[str, ...]) -> pl.DataFrame:
    rows = table.filter(suspect_cells("line1", PrivateValues(streets=values.streets), text=LINES))
    places = index_places(values.places)
    is_private = [
        is_same_place((line1, line2), city, postal_code, places=places)
        for line1, line2, city, postal_code in rows.select(STREET).iter_rows()
    ]
    return rows.filter(pl.Series(is_private, dtype=pl.Boolean)).select(key)


def _at_private_spot(sites: pl.DataFrame, values: PrivateValues) -> pl.DataFrame:
    """Return the keys of sites without a street whose coordinates are those of a place that must not be located.

    A site with a street of its own is a neighbor, or was located by its town only.
    """
    rows = sites.filter(
        pl.lit(bool(values.spots)) & ~HAS_LINE & pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()
    )
    is_there = [
        not spot_keys(latitude, longitude).isdisjoint(values.spots)
        for latitude, longitude in rows.select("latitude", "longitude").iter_rows()
    ]
    return rows.filter(pl.Series(is_there, dtype=pl.Boolean)).select(KEY)
