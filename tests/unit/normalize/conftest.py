"""Builders of small deliveries."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from pipeline.normalize.directory import Normalized, normalize_delivery
from schemas.delivered import Conventions, Delivered, empty_delivered
from schemas.parameters import NormalizeParameters

CONVENTIONS = Conventions(
    null_texts_by_field={"address.county": ("-1",), "record.curator": ("Unspecified Unspecified",)},
    date_formats=("%Y-%m-%d %H:%M:%S", "%m/%d/%y %H:%M"),
    status_words={
        "active": "active",
        "inactive": "inactive",
        "active, but do not refer": "active_do_not_refer",
    },
)


def _frame(table: str, rows: list[dict[str, str | None]]) -> pl.DataFrame:
    empty = empty_delivered(table)
    filled = [
        dict.fromkeys(empty.columns) | {"source_file": "export.csv", "source_line": line} | row
        for line, row in enumerate(rows, start=2)
    ]
    return pl.DataFrame(filled, schema=empty.schema) if filled else empty


def build_delivery(*records: dict, conventions: Conventions = CONVENTIONS, **dependents: list[dict]) -> Delivered:
    nothing = pl.DataFrame()
    frames = {
        table: _frame(table, dependents.get(table, []))
        for table in ("phone", "address", "contact", "taxonomy_link", "schedule")
    }
    return Delivered(
        center_id="demo",
        format_name="test",
        format_version="",
        input_sha256="0",
        files=(),
        raw_header=nothing,
        raw_row=nothing,
        raw_reject=nothing,
        record=_frame("record", list(records)),
        carried=frozenset(),
        conventions=conventions,
        **frames,
    )


@pytest.fixture
def deliver() -> Callable[..., Delivered]:
    """A delivery of the given records; keyword arguments are lists of dependent rows."""
    return build_delivery


@pytest.fixture
def normalize() -> Callable[..., Normalized]:
    """Normalize a delivery built from the given records. No sites are derived unless asked for."""

    def run(
        *records: dict,
        parameters: NormalizeParameters | None = None,
        conventions: Conventions = CONVENTIONS,
        **dependents: list[dict],
    ) -> Normalized:
        chosen = parameters or NormalizeParameters(derive_sites_below_share=0)
        return normalize_delivery(build_delivery(*records, conventions=conventions, **dependents), parameters=chosen)

    return run


@pytest.fixture
def agency() -> Callable[..., dict]:
    """One sound agency row; keywords change cells."""

    def row(native_id: str | None = "1", **changes: str | None) -> dict:
        return {"kind": "agency", "native_id": native_id, "name": "Harbor House", "status": "Active"} | changes

    return row


@pytest.fixture
def service() -> Callable[..., dict]:
    """One sound service row of agency 1; keywords change cells."""

    def row(native_id: str | None = "11", **changes: str | None) -> dict:
        return {
            "kind": "service",
            "native_id": native_id,
            "agency_native_id": "1",
            "name": "Food Pantry",
            "status": "Active",
        } | changes

    return row


@pytest.fixture
def site() -> Callable[..., dict]:
    """One sound site row of agency 1; keywords change cells."""

    def row(native_id: str | None = "21", **changes: str | None) -> dict:
        return {
            "kind": "site",
            "native_id": native_id,
            "agency_native_id": "1",
            "name": "Downtown",
            "status": "Active",
        } | changes

    return row


@pytest.fixture
def link() -> Callable[..., dict]:
    """One service-at-site row joining service 11 and site 21; keywords change cells."""

    def row(native_id: str | None = "31", **changes: str | None) -> dict:
        return {
            "kind": "service_at_site",
            "native_id": native_id,
            "agency_native_id": "1",
            "service_native_id": "11",
            "site_native_id": "21",
            "status": "Active",
        } | changes

    return row
