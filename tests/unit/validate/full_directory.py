"""One agency, site and service with everything the rules ask for: a test changes one thing and looks at the findings.

Many such directories can be validated in one go, each as a center of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from zlib import crc32

import polars as pl

from pipeline.validate.records import Validation, validate_directory
from schemas.contract import Table, schema_of
from schemas.core import CORE_TABLES
from schemas.delivered import DELIVERED_COLUMNS
from schemas.directory import Directory
from schemas.history import Verification
from schemas.identity import dependent_uid, record_uid
from schemas.parameters import FreshnessRule, RuleOverride, ValidateParameters
from schemas.quality import Note
from schemas.reference import LicensedTerm, References, ZipPlace
from schemas.taxonomy_code import CODE

AS_OF = date(2026, 11, 20)

#: Every delivered field there is.
ALL_FIELDS = frozenset(
    [
        f"{kind}.{name}"
        for kind in ("agency", "site", "service", "service_at_site")
        for name in DELIVERED_COLUMNS["record"]
    ]
    + [f"{table}.{name}" for table in DELIVERED_COLUMNS if table != "record" for name in DELIVERED_COLUMNS[table]]
)

_RECORD: dict[str, Any] = {
    "center_id": "test",
    "origin": "delivered",
    "aka": ["Old Name"],
    "description": "Gives groceries to households in need.",
    "status": "active",
    "status_written": "Active",
    "is_counted": True,
    "is_confidential_place": False,
    "exclude_from_website": False,
    "exclude_from_directory": False,
    "curator": "R. Curator",
    "created_on": date(2015, 1, 5),
    "edited_on": date(2026, 8, 10),
    "verified_on": date(2026, 8, 10),
    "verified_by_title": "Program director",
    "url": "https://pantry.example.org",
    "url_written": "https://pantry.example.org",
    "url_domain_key": "pantry.example.org",
    "email": "office@pantry.example.org",
    "email_written": "office@pantry.example.org",
    "hours": "Mon-Fri 9 am - 5 pm",
    "languages": ["English"],
    "accessibility": "Ramp at the side entrance",
    "accreditations": "None",
}
_AGENCY: dict[str, Any] = {
    "name": "Prairie Food Pantry",
    "record_owner": "TEST",
    "legal_status": "Nonprofit",
    "ein": "12-3456789",
    "ein_written": "12-3456789",
    "year_incorporated": 1984,
    "year_incorporated_written": "1984",
}
_SITE: dict[str, Any] = {
    "name": "Main Office",
    "location_type": "physical",
    "is_address_private": False,
    "latitude": 39.8,
    "latitude_written": "39.8",
    "longitude": -89.64,
    "longitude_written": "-89.64",
}
_SERVICE: dict[str, Any] = {
    "name": "Groceries",
    "eligibility": "No restrictions",
    "area_served": "Sangamon County",
    "area_served_units": ["IL - Sangamon County"],
    "fees": "No fee",
    "payment_methods": [],
    "documents": "None",
    "intake": "Walk in or call.",
}
_SERVICE_AT_SITE: dict[str, Any] = {"area_served_units": [], "payment_methods": [], "link_only": False}
_OWN: dict[str, dict[str, Any]] = {
    "agency": _AGENCY,
    "site": _SITE,
    "service": _SERVICE,
    "service_at_site": _SERVICE_AT_SITE,
}


def make_parameters(**changes: Any) -> ValidateParameters:
    """Return parameters under which no rule is off for want of a setting."""
    override = {"TAX-012": RuleOverride(enabled=True)} | changes.pop("override", {})
    settings = {"phone_style": "(NNN) NNN-NNNN", "same_activity": (("PX-1000", "PX-2000"),)}
    return ValidateParameters(**{**settings, **changes, "override": override})


@dataclass
class Parts:
    """The rows of a directory as plain dictionaries, open to change."""

    center: str = "test"
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    carried: frozenset[str] = ALL_FIELDS
    parameters: ValidateParameters = field(default_factory=make_parameters)
    zips: list[dict[str, Any]] = field(default_factory=list)
    terms: list[dict[str, Any]] = field(default_factory=list)
    verifications: list[dict[str, Any]] = field(default_factory=list)

    def one(self, table: str) -> dict[str, Any]:
        """Return the first row of a table, to change it."""
        return self.tables[table][0]

    def owned(self, table: str, owner_kind: str) -> list[dict[str, Any]]:
        """Return the rows of a table that belong to records of a kind."""
        return [row for row in self.tables[table] if row["owner_kind"] == owner_kind]

    def drop_owned(self, table: str, owner_kind: str, **where: Any) -> None:
        """Remove the rows of a table that belong to records of a kind."""
        self.tables[table] = [
            row
            for row in self.tables[table]
            if row["owner_kind"] != owner_kind or any(row[name] != value for name, value in where.items())
        ]

    def add(self, kind: str, native_id: str, **changes: Any) -> dict[str, Any]:
        """Add a record with all that belongs to it, and return it."""
        record = make_record(kind, native_id, center=self.center, **changes)
        self.tables.setdefault(kind, []).append(record)
        if kind != "service_at_site":
            for table, rows in make_owned(kind, native_id, center=self.center).items():
                self.tables.setdefault(table, []).extend(rows)
        return record

    def link(self, code: str, *, owner_kind: str = "service", owner: str = "3", **changes: Any) -> None:
        """Add a taxonomy link."""
        self.tables["taxonomy_link"].append(
            owned_row("taxonomy_link", owner_kind, owner, code, center=self.center, code=code, **changes)
        )

    def note(
        self, note_kind: str, field_name: str, value: str | None = None, *, kind: str = "agency", **changes: Any
    ) -> None:
        """Add a note about the first record of a kind."""
        self.notes.append(
            {
                "center_id": self.center,
                "record_uid": self.one(kind)["record_uid"],
                "kind": kind,
                "note_kind": note_kind,
                "field": field_name,
                "value_written": value,
                "is_private": False,
                **changes,
            }
        )

    def validate(self, **options: Any) -> Validation:
        """Ask all rules."""
        return validate_parts([self], **options)

    def rules(self, **options: Any) -> list[str]:
        """Return the ids of the rules that are broken."""
        return self.validate(**options).findings.get_column("rule_id").unique().sort().to_list()


def full_parts(center: str = "test") -> Parts:
    """Return one agency with one site and one service at it, without any fault."""
    parts = Parts(center=center)
    parts.add("agency", "1")
    parts.add("site", "2")
    parts.add("service", "3")
    parts.add("service_at_site", "4")
    return parts


def join_parts(parts: Iterable[Parts]) -> Directory:
    """Return one directory of the rows of all centers."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for each in parts:
        for name, some in each.tables.items():
            rows.setdefault(name, []).extend(some)
    return Directory.of(**{name: frame_of(some, name) for name, some in rows.items() if some})


def join_notes(parts: Iterable[Parts]) -> pl.DataFrame:
    """Return the notes of all centers."""
    return pl.DataFrame([note for each in parts for note in each.notes], schema=schema_of(Note))


def join_references(parts: Iterable[Parts]) -> References:
    """Return a ZIP table with the place that all records have, and a term list that holds every well-formed code in use.

    What a test adds stands before it and wins.
    """
    zips = [{"postal_code": "62701", "city": "Springfield", "county": "Sangamon", "state": "IL"}]
    zips += [row for each in parts for row in each.zips]
    terms = {row["code"]: row for each in parts for row in each.terms}
    for each in parts:
        for link in each.tables.get("taxonomy_link", []):
            for code in (link["code"], link.get("target_code") or "", *(link["joined_codes"] or [])):
                if CODE.fullmatch(code.upper()):
                    terms.setdefault(code.upper(), {"code": code.upper(), "status": "active", "is_preferred": False})
    # A preferred term in a branch that nobody uses.
    terms.setdefault("QQ-1000", {"code": "QQ-1000", "status": "active", "is_preferred": True})
    return References(
        zips=_frame(zips, ZipPlace),
        terms=_frame([row for row in terms.values() if not row.get("is_missing")], LicensedTerm),
    )


def join_verifications(parts: Iterable[Parts]) -> pl.DataFrame:
    """Return what earlier nights showed: every center is kept for years, with the records that a test adds."""
    rows = []
    for each in parts:
        long_ago = verification(each, date(2019, 5, 1), record="gone")
        rows += [long_ago, *each.verifications]
    return pl.DataFrame(rows, schema=schema_of(Verification))


def _frame(rows: list[dict[str, Any]], table: type[Table]) -> pl.DataFrame:
    schema = schema_of(table)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def verification(parts: Parts, day: date, *, record: str = "1", content: str = "same") -> dict[str, Any]:
    """Return a verification of an agency as a night showed it."""
    uid = record_uid(parts.center, "agency", record)
    row = {"center_id": parts.center, "kind": "agency", "record_uid": uid}
    return row | {"verified_on": day, "content_key": content, "first_seen_on": day}


def validate_parts(parts: list[Parts], *, as_of: date = AS_OF, freshness: FreshnessRule | None = None) -> Validation:
    """Ask all rules of all centers, with the parameters of the first."""
    return validate_directory(
        join_parts(parts),
        notes=join_notes(parts),
        carried={each.center: each.carried for each in parts},
        as_of=as_of,
        parameters=parts[0].parameters,
        freshness=freshness or FreshnessRule(),
        references=join_references(parts),
        verifications=join_verifications(parts),
    )


def make_record(kind: str, native_id: str, *, center: str = "test", **changes: Any) -> dict[str, Any]:
    """Return a record of agency 1, site 2, service 3 as a dictionary; `number` changes what the software would number."""
    uid = record_uid(center, kind, native_id)
    number = changes.pop("number", native_id)
    record = {**_RECORD, **_OWN[kind], "center_id": center, "kind": kind, "native_id": number, "record_uid": uid}
    if kind == "agency":
        # Centers share no federal number and no domain unless a test says so.
        ein, domain = f"12-{crc32(center.encode()) % 10_000_000:07}", f"{center}.example.org"
        record |= {"agency_uid": uid, "ein": ein, "ein_written": ein, "url_domain_key": domain}
    else:
        record |= {"agency_uid": record_uid(center, "agency", "1"), "agency_native_id": "1"}
    if kind == "service_at_site":
        record |= {"is_counted": False, "not_counted_reason": "edited_service_at_site"}
        record |= {"service_uid": record_uid(center, "service", "3"), "service_native_id": "3"}
        record |= {"site_uid": record_uid(center, "site", "2"), "site_native_id": "2"}
    return {**record, **changes}


def make_owned(kind: str, native_id: str, *, center: str = "test") -> dict[str, list[dict[str, Any]]]:
    """Return all that belongs to a valid record, by table."""
    street = {
        "line1": "12 Mill Street",
        "city": "Springfield",
        "state": "IL",
        "state_written": "IL",
        "postal_code": "62701",
    }

    def row(table: str, slot: str, **values: Any) -> dict[str, Any]:
        return owned_row(table, kind, native_id, slot, center=center, **values)

    return {
        "phone": [
            row(
                "phone",
                "Phone1Number",
                number_written="(217) 555-0120",
                e164=f"+1217{crc32(center.encode()) % 10_000_000:07}",
                type="main",
            )
        ],
        "address": [
            row("address", "Physical", address_kind="physical", **street),
            row("address", "Mailing", address_kind="mailing", **street),
        ],
        "contact": [
            row("contact", "SeniorWorker", role="director", name="Ada Example", title="Director"),
            row("contact", "MainContact", role="main", name="Bo Sample", email="bo@pantry.example.org"),
        ],
        "taxonomy_link": [row("taxonomy_link", "BD-1800.2000", code="BD-1800.2000")],
        "schedule": [row("schedule", "MO", weekday="MO", opens_at=time(9), closes_at=time(17))],
    }


_ROW_DEFAULTS: dict[str, dict[str, Any]] = {
    "phone": {"is_private": False},
    "address": {"is_private": False, "country": "US"},
    "contact": {"is_private": False},
    "taxonomy_link": {"is_repeated": False, "joined_codes": []},
    "schedule": {},
}


def owned_row(
    table: str, owner_kind: str, owner: str, slot: str, *, center: str = "test", **values: Any
) -> dict[str, Any]:
    """Return a row that belongs to a record."""
    if table == "taxonomy_link":
        values.setdefault("link_written", values["code"])
    return {
        "center_id": center,
        "record_uid": dependent_uid(center, table, owner_kind, owner, slot),
        "origin": "delivered",
        "owner_kind": owner_kind,
        "owner_uid": record_uid(center, owner_kind, owner),
        "slot": slot,
        **_ROW_DEFAULTS[table],
        **values,
    }


def frame_of(rows: list[dict[str, Any]], table: str) -> pl.DataFrame:
    """Return the rows as the canonical table."""
    model = CORE_TABLES[table]
    names = {name for each in rows for name in each}
    schema = {name: dtype for name, dtype in schema_of(model).items() if name in names}
    return pl.DataFrame([{name: each.get(name) for name in schema} for each in rows], schema=schema)
