"""Builders of small directories and audit frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

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
    "slot": "1",
}


def _table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = schema_of(CORE_TABLES[name])
    lists: dict[str, Any] = {column: [] for column, dtype in schema.items() if isinstance(dtype, pl.List)}
    filled = []
    for row in rows:
        full = dict.fromkeys(schema) | lists | {"kind": name} | {k: v for k, v in _DEFAULTS.items() if k in schema}
        full["record_uid"] = f"{name}{len(filled)}"
        if name == "agency":
            full["agency_uid"] = row["record_uid"]
        if name == "taxonomy_link":
            full["link_written"] = row["code"]
        full |= row
        if "not_counted_reason" in schema and full["not_counted_reason"] is not None:
            full["is_counted"] = False
        filled.append({column: full[column] for column in schema})
    return pl.DataFrame(filled, schema=schema, orient="row")


@pytest.fixture(scope="session")
def directory_of() -> Callable[..., Directory]:
    """Return a function that builds a directory: one list of rows per table, only what matters to the test given."""

    def build(**tables: list[dict[str, Any]]) -> Directory:
        return Directory.of(**{name: _table(name, rows) for name, rows in tables.items()})

    return build


@pytest.fixture(scope="session")
def frame_of() -> Callable[..., pl.DataFrame]:
    """Return a function that builds an audit frame of the ids given."""

    def build(ids: list[str], center_id: str = "c1") -> pl.DataFrame:
        return pl.DataFrame(
            {
                "center_id": [center_id] * len(ids),
                "record_uid": ids,
                "native_id": [f"n{uid}" for uid in ids],
                "name": [f"Agency {uid}" for uid in ids],
            },
            schema=dict.fromkeys(("center_id", "record_uid", "native_id", "name"), pl.String),
        )

    return build
