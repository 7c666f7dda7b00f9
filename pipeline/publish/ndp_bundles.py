"""Flat tables of a block put together to bundles, as JSON texts."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.ndp_json import joined_lists, json_objects
from pipeline.publish.ndp_shape import (
    ADDRESS,
    CONTACT,
    LOCATION,
    ORGANIZATION,
    PHONE,
    SCHEDULE,
    SERVICE,
    SERVICE_AREA,
    SERVICE_AT_LOCATION,
    TAXONOMY,
    Shape,
)

#: Member of an object -> the table below it, and its shape.
_LISTS: Mapping[str, tuple[str, Shape]] = {
    "contacts": ("contact", CONTACT),
    "phones": ("phone", PHONE),
    "schedules": ("schedule", SCHEDULE),
    "taxonomy": ("taxonomy", TAXONOMY),
    "serviceAreas": ("serviceArea", SERVICE_AREA),
    "addresses": ("address", ADDRESS),
}
#: Member of an organization -> the table of records below it, and its shape.
_RECORDS: Mapping[str, tuple[str, Shape]] = {
    "services": ("service", SERVICE),
    "locations": ("location", LOCATION),
    "servicesAtLocations": ("serviceAtLocation", SERVICE_AT_LOCATION),
}


def bundle_lines(tables: Mapping[str, pl.DataFrame]) -> pl.Series:
    """Return one JSON text per organization, in the order of the table `organization`.

    Args:
        tables: What `ndp_tables.block_tables` gave.
    """
    lists = {name: _texts(tables[table], shape, owner="owner_id", lists={}) for name, (table, shape) in _LISTS.items()}
    records = {
        name: _texts(tables[table], shape, owner="idOrganization", lists=lists)
        for name, (table, shape) in _RECORDS.items()
    }
    return _objects(tables["organization"], ORGANIZATION, lists | records | {"programs": _NOTHING})


_NOTHING = pl.DataFrame(schema={"owner_id": pl.String, "text": pl.String})


def _texts(rows: pl.DataFrame, shape: Shape, *, owner: str, lists: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the objects of a table joined by owner: `owner_id`, `text`."""
    return joined_lists(rows[owner], _objects(rows, shape, lists))


def _objects(rows: pl.DataFrame, shape: Shape, lists: Mapping[str, pl.DataFrame]) -> pl.Series:
    below = {
        name: rows.select(pl.col("id").alias("owner_id"))
        .join(lists[name], on="owner_id", how="left", maintain_order="left")["text"]
        .fill_null("")
        for name in shape
        if name in lists
    }
    own = {name: rows[name] for name in shape if name not in below}
    return json_objects(own, shape, lists=below, rows=rows.height)
