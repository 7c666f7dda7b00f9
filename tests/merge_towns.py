"""Small directories with agencies that are one, for tests of merge plans."""

from __future__ import annotations

from datetime import time
from typing import Any

import polars as pl

from schemas.contract import conform, schema_of
from schemas.core import CORE_TABLES
from schemas.directory import Directory
from schemas.identity import dependent_uid, record_uid
from tests.builders import directory, row

OWNED: dict[str, dict[str, Any]] = {
    "phone": {"is_private": False},
    "address": {"is_private": False, "address_kind": "physical", "country": "US"},
    "contact": {"is_private": False},
    "taxonomy_link": {"is_repeated": False, "joined_codes": [], "link_written": "x"},
    "schedule": {},
}


def agency(number: str, **changes) -> pl.DataFrame:
    return row("agency", number, **({"name": f"Agency {number}", "name_key": f"agency {number}"} | changes))


def child(kind: str, number: str, owner: str, **changes) -> pl.DataFrame:
    name = changes.get("name", f"{kind.title()} {number}")
    return row(
        kind,
        number,
        **({"name": name, "name_key": name.lower(), "agency_uid": record_uid("test", "agency", owner)} | changes),
    )


def owned(table: str, owner: str, slot: str, *, kind: str = "agency", **changes) -> pl.DataFrame:
    values = {
        "center_id": "test",
        "record_uid": dependent_uid("test", table, kind, owner, slot),
        "origin": "delivered",
        "owner_kind": kind,
        "owner_uid": record_uid("test", kind, owner),
        "slot": slot,
        **OWNED[table],
        **changes,
    }
    schema = {name: dtype for name, dtype in schema_of(CORE_TABLES[table]).items() if name in values}
    return conform(pl.DataFrame([values], schema=schema), CORE_TABLES[table])


def confirmed(**groups: str) -> pl.DataFrame:
    """Groups of agencies by plan, `plan_1="12"` for the agencies 1 and 2."""
    return pl.DataFrame(
        [
            (name.replace("_", "-"), "test", record_uid("test", "agency", number))
            for name, numbers in groups.items()
            for number in numbers
        ],
        schema={"plan_id": pl.String, "center_id": pl.String, "record_uid": pl.String},
        orient="row",
    )


def town() -> Directory:
    """Six agencies with sites, services, links, phones, addresses and a child agency."""
    numbers = "123456"
    return directory(
        agency=[
            *(agency(number) for number in numbers),
            agency("7", parent_uid=record_uid("test", "agency", "2"), parent_native_id="2"),
        ],
        site=[child("site", f"1{number}", number) for number in numbers],
        service=[child("service", f"2{number}", number) for number in numbers],
        service_at_site=[
            child(
                "service_at_site", f"3{number}", number,
                service_uid=record_uid("test", "service", f"2{number}"), site_uid=record_uid("test", "site", f"1{number}"),
            )
            for number in numbers
        ],
        phone=[
            part
            for number in numbers
            for part in (
                owned("phone", number, "Phone1", e164="+12175550100", number_written="217-555-0100"),
                owned("phone", number, "Phone2", e164=f"+1217555020{number}", number_written=f"217-555-020{number}"),
            )
        ],
        address=[owned("address", number, "Physical", line1="1 Main", address_key="1 main", city="Paris") for number in numbers],
        taxonomy_link=[owned("taxonomy_link", number, "T1", code="BD-1800.2000") for number in numbers],
        schedule=[owned("schedule", number, "MO", weekday="MO", opens_at=time(9), closes_at=time(17)) for number in numbers],
    )  # fmt: skip
