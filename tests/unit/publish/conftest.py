"""A small public directory: one of everything, so that a test changes one thing and sees what leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import polars as pl
import pytest

from pipeline.publish.hsds import HsdsPackage, export_hsds
from schemas.contract import empty_table, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.export_parameters import ExportParameters
from schemas.identity import dependent_uid, record_uid
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding

Changes = dict[str, dict[str, Any]]
Rows = dict[str, list[dict[str, Any]]]

_RECORD: dict[str, Any] = {
    "center_id": "test",
    "origin": "delivered",
    "status": "active",
    "is_counted": True,
    "is_confidential_place": False,
    "verified_on": date(2026, 8, 4),
    "edited_on": date(2026, 6, 9),
}
SCHEMAS = {name: schema_of(model) for name, model in CORE_TABLES.items()}
_OWNED: dict[str, Any] = {"center_id": "test", "origin": "delivered", "is_private": False}


def uid(kind: str, native_id: str, center_id: str = "test") -> str:
    """The id of a record by its number."""
    return record_uid(center_id, kind, native_id)


def record(kind: str, native_id: str, **values: Any) -> dict[str, Any]:
    """One valid record as a row of values."""
    center_id = values.get("center_id", "test")
    row = {**_RECORD, "kind": kind, "native_id": native_id, "record_uid": record_uid(center_id, kind, native_id)}
    if kind == "agency":
        row["agency_uid"] = row["record_uid"]
    if kind == "site":
        row |= {"location_type": "physical", "is_address_private": False}
    if kind == "service_at_site":
        row |= {"link_only": True, "is_counted": False, "not_counted_reason": "link_only"}
    return row | values


def owned(table: str, owner_kind: str, owner: str, slot: str, **values: Any) -> dict[str, Any]:
    """One row that belongs to a record."""
    center_id = values.get("center_id", "test")
    row = {
        **_OWNED,
        "record_uid": dependent_uid(center_id, table, owner_kind, owner, slot),
        "owner_kind": owner_kind,
        "owner_uid": record_uid(center_id, owner_kind, owner),
        "slot": slot,
    }
    if table in ("taxonomy_link", "schedule"):
        del row["is_private"]
    return row | values


def small_rows() -> Rows:
    """One agency with two sites, two services and their links, and everything that can belong to them."""
    agency = uid("agency", "1")
    return {
        "agency": [
            record(
                "agency",
                "1",
                name="Prairie Harbor Family Center",
                aka=["PHFC", "Harbor Center"],
                description="Family resource center. Open to all families of the county.",
                url="https://www.example.org",
                email="info@example.org",
                ein="36-0000001",
                year_incorporated=1978,
                legal_status="Nonprofit - Incorporated",
                funding="County grant",
                record_owner="TEST",
                verified_by="Robin Quill",
                verified_by_email="robin.quill@example.org",
            )
        ],
        "site": [
            record(
                "site",
                "10",
                agency_uid=agency,
                agency_native_id="1",
                name="Downtown Office",
                line1="100 Harbor Street",
                city="Springfield",
                state="IL",
                postal_code="62701",
                county="Sangamon",
                latitude=39.8017,
                longitude=-89.6437,
                transportation="Bus 5",
                accessibility="Ramp at the side door",
                languages=["English"],
                hours="Monday to Friday 9am-5pm",
            ),
            record(
                "site",
                "11",
                agency_uid=agency,
                agency_native_id="1",
                name="Annex",
                line1="77 Quarry Lane",
                city="Springfield",
                state="IL",
                postal_code="62703",
                county="Sangamon",
                latitude=39.77,
                longitude=-89.6,
                transportation="Behind the station",
            ),
        ],
        "service": [
            record(
                "service",
                "20",
                agency_uid=agency,
                agency_native_id="1",
                name="Parenting Classes",
                description="Weekly classes for parents. Child care is offered.",
                eligibility="Parents of children under 6",
                minimum_age=18.0,
                area_served_units=["IL - Sangamon County", "IL - Logan County"],
                fees="Free",
                payment_methods=["Cash"],
                documents="None required.",
                intake="Call to register",
                languages=["English", "Spanish", "Klingon"],
                alert="Closed this week",
                alert_from_on=date(2026, 11, 16),
                alert_to_on=date(2026, 11, 22),
            ),
            record(
                "service",
                "21",
                agency_uid=agency,
                agency_native_id="1",
                name="Food Pantry",
                description="Groceries once a week.",
                area_served="Springfield and nearby towns",
                status="temporarily_closed",
                hours="Tuesday evenings",
            ),
        ],
        "service_at_site": [
            record(
                "service_at_site",
                f"{service}-{site}",
                agency_uid=agency,
                service_uid=uid("service", service),
                service_native_id=service,
                site_uid=uid("site", site),
                site_native_id=site,
            )
            for service, site in (("20", "10"), ("21", "11"))
        ],
        "phone": [
            owned(
                "phone",
                "agency",
                "1",
                "Phone1",
                number_written="217-555-0101",
                e164="+12175550101",
                type="main",
                extension="12",
            ),
            owned(
                "phone",
                "service",
                "20",
                "Phone1",
                number_written="217.555.0102",
                e164="+12175550102",
                type="tty",
                extension="012",
            ),
            owned("phone", "site", "10", "Phone1", number_written="211", short_code="211"),
        ],
        "address": [
            owned(
                "address",
                "site",
                "10",
                "mailing",
                address_kind="mailing",
                line1="PO Box 900",
                city="Springfield",
                state="IL",
                postal_code="62705",
                country="US",
                attention="Robin Quill",
            )
        ],
        "contact": [
            owned(
                "contact",
                "agency",
                "1",
                "director",
                role="director",
                name="Alex Fern",
                title="Director",
                phone="217-555-0103",
            )
        ],
        "taxonomy_link": [
            owned(
                "taxonomy_link",
                "service",
                "20",
                "1",
                code="PH-6100",
                target_code="YZ-0001",
                link_written="PH-6100 * YZ-0001",
                is_repeated=False,
            ),
            owned("taxonomy_link", "service", "21", "1", code="BD", link_written="BD", is_repeated=False),
            owned(
                "taxonomy_link",
                "service",
                "21",
                "2",
                code="BD-1800.2000",
                link_written="x",
                is_repeated=False,
                term="Term",
            ),
        ],
        "schedule": [
            owned("schedule", "service", "20", f"{day}", weekday=day, opens_at=time(9), closes_at=time(17))
            for day in ("TU", "MO", "FR")
        ],
    }


def as_directory(rows: Rows) -> Directory:
    """The rows as a directory; `test_builders_keep_the_contract` checks the contracts once for all tests."""
    tables = {}
    for name, schema in SCHEMAS.items():
        blank = {column: [] if isinstance(dtype, pl.List) else None for column, dtype in schema.items()}
        tables[name] = pl.DataFrame([{**blank, **row} for row in rows.get(name, [])], schema=schema)
    return Directory(**tables)


def export(
    rows: Rows, *, findings: pl.DataFrame | None = None, as_of: date = date(2026, 11, 20), **options: Any
) -> HsdsPackage:
    """The package of the rows, with the settings a center starts from."""
    return export_hsds(
        as_directory(rows),
        findings=empty_table(Finding) if findings is None else findings,
        as_of=as_of,
        parameters=options.pop("parameters", ExportParameters()),
        privacy=options.pop("privacy", PrivacyParameters()),
        run_id="run-1",
        **options,
    )


class Small:
    """What tests of publishing start from."""

    uid = staticmethod(uid)
    record = staticmethod(record)
    owned = staticmethod(owned)
    rows = staticmethod(small_rows)
    directory = staticmethod(as_directory)
    export = staticmethod(export)

    @staticmethod
    def changed(table: str, place: int, **values: Any) -> Rows:
        """The small directory with one row changed."""
        rows = small_rows()
        rows[table][place] |= values
        return rows

    @staticmethod
    def added(table: str, row: dict[str, Any]) -> Rows:
        """The small directory with one row more."""
        rows = small_rows()
        rows.setdefault(table, []).append(row)
        return rows


@pytest.fixture
def small() -> type[Small]:
    """Builders of the small directory."""
    return Small


@pytest.fixture
def finding() -> Callable[..., pl.DataFrame]:
    """A builder of one finding."""

    def build(kind: str, native_id: str, **values: Any) -> pl.DataFrame:
        row = {
            "finding_id": "0" * 16,
            "center_id": "test",
            "record_uid": uid(kind, native_id),
            "kind": kind,
            "native_id": native_id,
            "rule_id": "ID-004",
            "severity": "error",
            "is_held_back": True,
            "field": "status",
            "expected": "A status.",
            "message": "The status is missing.",
            "how_to_fix": "Choose a status.",
        } | values
        schema = schema_of(Finding)
        return pl.DataFrame([dict.fromkeys(schema) | row], schema=schema)

    return build
