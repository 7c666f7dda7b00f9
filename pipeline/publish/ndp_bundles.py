"""Flat tables of a block put together to bundles."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipeline.publish.ndp_shape import (
    ADDRESS,
    CONTACT,
    LOCATION,
    ORGANIZATION,
    PHONE,
    PROGRAM,
    SCHEDULE,
    SERVICE,
    SERVICE_AREA,
    SERVICE_AT_LOCATION,
    TAXONOMY,
    Shape,
    list_of,
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


def bundles_of(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return one row per bundle, with the members of an organization as columns in their order, as typed in `ndp_shape`."""
    lists = {name: _grouped(tables[table], name, shape, by="owner_id") for name, (table, shape) in _LISTS.items()}
    below: dict[str, tuple[pl.DataFrame, pl.DataType]] = {
        "services": (_full(tables, "service", SERVICE, lists), list_of(SERVICE)),
        "locations": (_full(tables, "location", LOCATION, lists), list_of(LOCATION)),
        "servicesAtLocations": (
            _full(tables, "serviceAtLocation", SERVICE_AT_LOCATION, lists),
            list_of(SERVICE_AT_LOCATION),
        ),
    }
    shapes = {"services": SERVICE, "locations": LOCATION, "servicesAtLocations": SERVICE_AT_LOCATION}
    organizations = tables["organization"]
    for name, (rows, dtype) in below.items():
        grouped = _grouped(rows, name, shapes[name], by="idOrganization")
        organizations = _attach(organizations, grouped, name, dtype)
    organizations = organizations.with_columns(pl.lit([], dtype=list_of(PROGRAM)).alias("programs"))
    for name in ("contacts", "phones"):
        organizations = _attach(organizations, lists[name], name, ORGANIZATION[name])
    return _typed(organizations, ORGANIZATION)


def _full(
    tables: Mapping[str, pl.DataFrame], table: str, shape: Shape, lists: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    rows = tables[table]
    for name in shape:
        if name in lists:
            rows = _attach(rows, lists[name], name, shape[name])
        elif name in ("locationIds", "serviceIds"):
            ids = tables[name].select(pl.col("id").alias("owner_id"), pl.col("ids").alias(name))
            rows = _attach(rows, ids, name, shape[name])
    return _typed(rows, shape)


def _grouped(rows: pl.DataFrame, name: str, shape: Shape, *, by: str) -> pl.DataFrame:
    typed = rows.select(pl.col(by).alias("owner_id"), pl.struct(pl.col(member) for member in shape).alias(name))
    return typed.group_by("owner_id", maintain_order=True).agg(name)


def _attach(
    rows: pl.DataFrame, grouped: pl.DataFrame, name: str, dtype: pl.DataType | type[pl.DataType]
) -> pl.DataFrame:
    joined = rows.join(grouped, left_on="id", right_on="owner_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null(pl.lit([], dtype=dtype)))


def _typed(rows: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(dtype) for name, dtype in shape.items())
