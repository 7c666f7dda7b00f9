"""Write an invented directory as an HSDS 3.1 table package: 24 CSV files and a descriptor that table checkers accept.

HSDS has no mark for privacy, so this writer leaves out what is private, excluded or closed, as a publishing center does. The
places of confidential services are written without street and coordinates.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from pipeline.synthesize.records import Address, InventedDirectory, Phone, Record
from schemas.enumerations import RecordKind, Status
from schemas.hsds_tables import SIDE_TABLE, hsds_tables, package_descriptor
from schemas.identity import dependent_uid

_OWNER_TABLE = {
    RecordKind.AGENCY: "organization",
    RecordKind.SITE: "location",
    RecordKind.SERVICE: "service",
    RecordKind.SERVICE_AT_SITE: "service_at_location",
}
_STATUS = {Status.TEMPORARILY_CLOSED.value: "temporarily closed"}
_PHONE_TYPE = {"fax": "fax", "tty": "textphone"}
_PHONE_NOTE = {"toll_free": "Toll free", "hotline": "Hotline", "after_hours": "After hours"}
_LANGUAGE_CODE = {
    "English": "en",
    "Spanish": "es",
    "Polish": "pl",
    "French": "fr",
    "Arabic": "ar",
    "American Sign Language": "ase",
    "Mandarin": "cmn",
    "Tagalog": "tl",
    "Urdu": "ur",
}
_UTC_OFFSET = "-06:00"
_TAXONOMY = "Invented terms of the sample directories"
#: Monday from which weekly hours are said to repeat.
_FIRST_MONDAY = "2026-01-05"


def write_hsds(directory: InventedDirectory, folder: Path) -> None:
    """Write the directory as a folder of CSV files (UTF-8, comma, LF, rows sorted by id) and `datapackage.json`.

    Args:
        directory: What to write. Native ids must be UUIDs.
        folder: The folder; made when missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = _Tables(directory).rows()
    for table in hsds_tables().values():
        if table.name == SIDE_TABLE:
            continue
        columns = table.column_names()
        with (folder / table.file).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            rows = sorted(tables[table.name], key=lambda row: row["id"])
            writer.writerows([row.get(column, "") for column in columns] for row in rows)
    descriptor = package_descriptor(
        name=re.sub(r"[^a-z0-9]+", "-", directory.center_id.lower()),
        title="Invented directory in the tabular form of HSDS 3.1",
        description="Everything in it is invented.",
        with_side_table=False,
    )
    text = json.dumps(descriptor, indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8", newline="\n")


class _Tables:
    """Rows of all tables while the directory is walked through once."""

    def __init__(self, directory: InventedDirectory) -> None:
        self.directory = directory
        self.tables: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.codes: set[str] = set()

    def rows(self) -> dict[str, list[dict[str, str]]]:
        left_out = {
            record.native_id
            for record in self.directory.of_kind(RecordKind.AGENCY)
            if record.exclude_from_website or record.status != Status.ACTIVE.value
        }
        writers = {
            RecordKind.AGENCY: self._organization,
            RecordKind.SITE: self._location,
            RecordKind.SERVICE: self._service,
            RecordKind.SERVICE_AT_SITE: self._service_at_location,
        }
        for record in self.directory.records:
            if record.native_id in left_out or (record.kind is not RecordKind.AGENCY and record.agency_id in left_out):
                continue
            writers[record.kind](record)
            self._phones(record)
            self._contacts(record)
            self._schedules(record)
        self._taxonomy()
        return self.tables

    def _add(self, table: str, row: dict[str, str]) -> None:
        self.tables[table].append(row)

    def _add_part(self, table: str, owner: Record, slot: str, row: dict[str, str]) -> str:
        """Add a row that belongs to a record; its id follows from the record and the slot."""
        uid = dependent_uid(self.directory.center_id, table, owner.kind.value, owner.native_id, slot)
        self.tables[table].append({"id": uid, **row})
        return uid

    def _organization(self, agency: Record) -> None:
        self._add(
            "organization",
            {
                "id": agency.native_id,
                "name": agency.name,
                "alternate_name": "; ".join(agency.aka),
                "description": agency.description,
                "email": agency.email,
                "website": agency.url,
                "year_incorporated": agency.year_incorporated,
                "legal_status": agency.legal_status,
                "parent_organization_id": agency.agency_id,
            },
        )
        own = {"organization_id": agency.native_id}
        if agency.ein:
            identifier = {"identifier_scheme": "US-EIN", "identifier_type": "EIN", "identifier": agency.ein}
            self._add_part("organization_identifier", agency, "ein", own | identifier)
        for source in filter(None, agency.funding.split("; ")):
            self._add_part("funding", agency, source, own | {"source": source})
        self._verification(agency, "organization")

    def _location(self, site: Record) -> None:
        public = site.physical if site.physical and not site.physical.is_private else None
        location_type = "physical" if public else "postal" if site.mailing else "virtual"
        self._add(
            "location",
            {
                "id": site.native_id,
                "location_type": location_type,
                "url": site.url,
                "organization_id": site.agency_id,
                "name": site.name,
                "description": site.description,
                "transportation": site.transportation,
                "latitude": public.latitude if public else "",
                "longitude": public.longitude if public else "",
            },
        )
        for address, address_type in ((public, "physical"), (site.mailing, "postal")):
            # The package demands a street: what has none stays a location without address.
            if address and address.line1:
                self._address(site, address, address_type)
        if site.accessibility:
            row = {"location_id": site.native_id, "description": site.accessibility}
            self._add_part("accessibility", site, "access", row)
        self._verification(site, "location")

    def _address(self, site: Record, address: Address, address_type: str) -> None:
        row = {
            "location_id": site.native_id,
            "address_1": address.line1,
            "address_2": address.line2,
            "city": address.city,
            "region": address.county,
            "state_province": address.state,
            "postal_code": address.postal_code,
            "country": "US",
            "address_type": address_type,
        }
        self._add_part("address", site, address_type, row)

    def _service(self, service: Record) -> None:
        youngest, oldest = service.ages
        self._add(
            "service",
            {
                "id": service.native_id,
                "organization_id": service.agency_id,
                "name": service.name,
                "alternate_name": "; ".join(service.aka),
                "description": service.description,
                "url": service.url,
                "email": service.email,
                "status": _STATUS.get(service.status, service.status),
                "application_process": service.intake,
                "fees_description": service.fees,
                "accreditations": service.accreditations,
                "eligibility_description": service.eligibility,
                "minimum_age": "" if youngest is None else str(youngest),
                "maximum_age": "" if oldest is None else str(oldest),
                "assured_date": str(service.verified_on or ""),
                "alert": service.alert,
                "last_modified": f"{service.edited_on}T15:00:00.000Z" if service.edited_on else "",
            },
        )
        own = {"service_id": service.native_id}
        for language in service.languages:
            row = own | {"name": language, "code": _LANGUAGE_CODE[language]}
            self._add_part("language", service, language, row)
        if service.documents:
            self._add_part("required_document", service, "documents", own | {"document": service.documents})
        amount = re.search(r"\$(\d+)", service.fees)
        if amount:
            row = own | {"option": service.fees, "currency": "USD", "amount": amount[1]}
            self._add_part("cost_option", service, "fees", row)
        areas = ["Illinois"] if service.is_statewide else [f"{county} County, IL" for county in service.counties]
        for area in areas:
            self._add_part("service_area", service, area, own | {"name": area})
        self._links(service)
        self._capacity(service)

    def _links(self, service: Record) -> None:
        codes = dict.fromkeys(code for link in service.links for code in link.split(" * "))
        for code in codes:
            self.codes.add(code)
            row = {
                "link_id": service.native_id,
                "taxonomy_term_id": self._term_id(code),
                "link_type": "target" if code.startswith("Y") else "service_term",
                "link_entity": "service",
            }
            self._add_part("attribute", service, code, row)

    def _capacity(self, service: Record) -> None:
        if service.name != "Emergency beds":
            return
        center_id = self.directory.center_id
        unit_id = dependent_uid(center_id, "unit", "center", center_id, "bed")
        if not self.tables["unit"]:
            self._add("unit", {"id": unit_id, "name": "bed"})
        row = {
            "service_id": service.native_id,
            "unit_id": unit_id,
            "available": "2",
            "maximum": "24",
            "updated": f"{service.edited_on}T15:00:00.000Z",
        }
        self._add_part("service_capacity", service, "bed", row)

    def _service_at_location(self, join: Record) -> None:
        row = {"id": join.native_id, "service_id": join.service_id, "location_id": join.site_id}
        self._add("service_at_location", row)

    def _phones(self, record: Record) -> None:
        for phone in record.phones:
            if not phone.is_private:
                row = self._phone(phone) | {f"{_OWNER_TABLE[record.kind]}_id": record.native_id}
                self._add_part("phone", record, phone.slot, row)

    def _phone(self, phone: Phone) -> dict[str, str]:
        return {
            "number": phone.number,
            "extension": phone.extension,
            "type": _PHONE_TYPE.get(phone.slot, "voice") if phone.type else "",
            "description": _PHONE_NOTE.get(phone.slot, phone.label),
        }

    def _contacts(self, record: Record) -> None:
        for contact in record.contacts:
            if not contact.is_private:
                row = {"name": contact.name, "title": contact.title, "email": contact.email}
                row[f"{_OWNER_TABLE[record.kind]}_id"] = record.native_id
                self._add_part("contact", record, contact.role, row)

    def _schedules(self, record: Record) -> None:
        if record.kind is RecordKind.AGENCY:
            return
        for rank, span in enumerate(filter(None, record.spans.split("|"))):
            days, times = span.split(" ")
            opens, closes = times.split("-")
            row = {
                f"{_OWNER_TABLE[record.kind]}_id": record.native_id,
                "dtstart": _FIRST_MONDAY,
                "timezone": "-6",
                "wkst": "MO",
                "freq": "WEEKLY",
                "interval": "1",
                "byday": days,
                "description": record.hours,
                "opens_at": f"{opens}:00{_UTC_OFFSET}",
                "closes_at": f"{closes}:00{_UTC_OFFSET}",
            }
            self._add_part("schedule", record, str(rank), row)

    def _verification(self, record: Record, resource_type: str) -> None:
        """Log the last verification; organizations and locations have no column for it."""
        if record.verified_on is None or isinstance(record.verified_on, str):
            return
        row = {
            "resource_id": record.native_id,
            "resource_type": resource_type,
            "last_action_date": str(record.verified_on),
            "last_action_type": "verified",
            "field_name": "verified_on",
            "previous_value": str(record.verified_on - timedelta(days=364)),
            "replacement_value": str(record.verified_on),
            "updated_by": "resource desk",
        }
        self._add_part("metadata", record, "verified_on", row)

    def _term_id(self, code: str) -> str:
        center_id = self.directory.center_id
        return dependent_uid(center_id, "taxonomy_term", "center", center_id, code)

    def _taxonomy(self) -> None:
        center_id = self.directory.center_id
        taxonomy_id = dependent_uid(center_id, "taxonomy", "center", center_id, "invented")
        description = (
            "Invented codes and names; they follow the code grammar of the field and belong to no licensed list."
        )
        self._add("taxonomy", {"id": taxonomy_id, "name": _TAXONOMY, "description": description})
        for code in sorted(self.codes):
            name = self.directory.terms.get(code, f"Term {code}")
            self._add(
                "taxonomy_term",
                {
                    "id": self._term_id(code),
                    "code": code,
                    "name": name,
                    "description": f"{name} (invented).",
                    "taxonomy": _TAXONOMY,
                    "language": "en",
                    "taxonomy_id": taxonomy_id,
                },
            )
