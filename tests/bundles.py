"""A directory of plain rows: only what matters to the test is given, for many tables at once."""

from __future__ import annotations

from typing import Any

import polars as pl

from schemas.contract import schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory

_DEFAULTS: dict[str, Any] = {
    "center_id": "c1",
    "origin": "delivered",
    "status": "active",
    "is_counted": True,
    "is_confidential_place": False,
    "location_type": "physical",
    "is_address_private": False,
    "is_private": False,
    "link_only": False,
    "is_repeated": False,
    "address_kind": "physical",
    "role": "main",
    "slot": "1",
    "language_of_record": "es",
}


def _table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = schema_of(CORE_TABLES[name])
    lists: dict[str, Any] = {column: [] for column, dtype in schema.items() if isinstance(dtype, pl.List)}
    filled = []
    for row in rows:
        full = dict.fromkeys(schema) | lists | {"kind": name} | {k: v for k, v in _DEFAULTS.items() if k in schema}
        if name == "agency":
            full["agency_uid"] = row["record_uid"]
        if "owner_uid" in schema:
            full["record_uid"] = f"{row['owner_uid']}:{name}:{len(filled)}"
        if name == "taxonomy_link":
            full["link_written"] = row["code"]
        full |= row
        if "not_counted_reason" in schema and full["not_counted_reason"] is not None:
            full["is_counted"] = False
        filled.append({column: full[column] for column in schema})
    return pl.DataFrame(filled, schema=schema, orient="row")


def directory_of_rows(**tables: list[dict[str, Any]]) -> Directory:
    """Return a directory: one list of rows per table, each a dictionary of the columns that matter."""
    return Directory.of(**{name: _table(name, rows) for name, rows in tables.items()})
