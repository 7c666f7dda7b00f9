"""Builders of valid rows: a test names only what matters to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from schemas.contract import conform, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.identity import record_uid

_RECORD: dict[str, Any] = {
    "center_id": "test",
    "origin": "delivered",
    "aka": [],
    "status": "active",
    "status_written": "Active",
    "is_counted": True,
    "is_confidential_place": False,
    "languages": [],
    "verified_on": date(2026, 8, 1),
    "edited_on": date(2026, 8, 2),
    "created_on": date(2015, 1, 5),
}

_KIND: dict[str, dict[str, Any]] = {
    "agency": {"name": "Prairie Food Pantry", "record_owner": "TEST"},
    "site": {"name": "Main Office", "location_type": "physical", "is_address_private": False},
    "service": {"name": "Groceries", "area_served_units": [], "payment_methods": []},
    "service_at_site": {"area_served_units": [], "payment_methods": [], "link_only": False},
}


def row(kind: str, native_id: str = "1", **changes: Any) -> pl.DataFrame:
    """Return one valid row of an agency, site, service or service at site, with changes."""
    center = changes.get("center_id", "test")
    values = {
        **_RECORD,
        **_KIND[kind],
        "kind": kind,
        "native_id": native_id,
        "record_uid": record_uid(center, kind, native_id),
        **changes,
    }
    if kind == "agency":
        values.setdefault("agency_uid", values["record_uid"])
    model = CORE_TABLES[kind]
    return conform(
        pl.DataFrame([values], schema_overrides={k: v for k, v in schema_of(model).items() if k in values}), model
    )


def directory(**tables: list[pl.DataFrame]) -> Directory:
    """Return a directory of the given rows."""
    return Directory.of(**{name: pl.concat(rows) for name, rows in tables.items() if rows})
