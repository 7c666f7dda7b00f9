"""Write an invented directory as the vendor's resource export: one flat file of 169 columns, one row per record.

The file keeps the vendor's habits that readers stumble over: an hour without leading zero in dates, 1900-01-01 for "empty",
Yes/No beside TRUE/FALSE in one row, a lower-case `Phone5name`, trailing separators, `None or unknown`, and bare link rows that
leave most cells blank.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterable
from datetime import date
from importlib import resources
from pathlib import Path

from pipeline.synthesize.records import Address, InventedDirectory, Record
from schemas.enumerations import RecordKind, Status

#: Columns of the export in the vendor's order.
ICAROL_COLUMNS: tuple[str, ...] = tuple(
    resources.files("pipeline.synthesize").joinpath("icarol_columns.txt").read_text(encoding="utf-8").splitlines()
)
_AT = {name: position for position, name in enumerate(ICAROL_COLUMNS)}
_LEVEL = {
    RecordKind.AGENCY: "Agency",
    RecordKind.SITE: "Site",
    RecordKind.SERVICE: "Program",
    RecordKind.SERVICE_AT_SITE: "ProgramAtSite",
}
_STATUS = {
    Status.ACTIVE.value: "Active",
    Status.ACTIVE_DO_NOT_REFER.value: "Active, but do not refer",
    Status.INACTIVE.value: "Inactive",
}
_PHONE_COLUMNS = {
    **{
        f"phone{slot}": (
            f"Phone{slot}Number",
            f"Phone{slot}IsPrivate",
            f"Phone{slot}Description",
            "Phone5name" if slot == 5 else f"Phone{slot}Name",
            f"Phone{slot}Type",
        )
        for slot in range(1, 6)
    },
    **{
        slot: (column, f"{column}IsPrivate", f"{column}Description", "", "")
        for slot, column in (
            ("fax", "PhoneFax"),
            ("tty", "PhoneTTY"),
            ("toll_free", "PhoneTollFree"),
            ("hotline", "PhoneNumberHotline"),
            ("business", "PhoneNumberBusinessLine"),
            ("out_of_area", "PhoneNumberOutOfArea"),
            ("after_hours", "PhoneNumberAfterHours"),
        )
    },
}
_CONTACT_COLUMNS = {"director": "SeniorWorker", "main": "MainContact"}
_DAYS = {"MO": "Mon", "TU": "Tue", "WE": "Wed", "TH": "Thu", "FR": "Fri", "SA": "Sat", "SU": "Sun"}
_ELIGIBILITY_WORDS = {
    "EligibilityAdult": r"\badult",
    "EligibilityChild": r"\bchild|\binfant",
    "EligibilityFamily": r"\bfamil|\bhousehold|\bparent",
    "EligibilityFemale": r"\bwomen|\bmother",
    "EligibilityMale": r"\bmen\b",
    "EligibilityTeen": r"\bteen|\byouth|young people",
}
_NO_DATE = "1900-01-01 0:00:00"


def write_icarol(directory: InventedDirectory, path: Path) -> None:
    """Write the directory as one CSV file: UTF-8, comma, LF.

    Args:
        directory: What to write.
        path: The file; its folder is made when missing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    names = {record.native_id: record.name for record in directory.records}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ICAROL_COLUMNS)
        writer.writerows(_rows(directory, names))


def _rows(directory: InventedDirectory, names: dict[str, str]) -> Iterable[list[str]]:
    blank = [""] * len(ICAROL_COLUMNS)
    full = _with_defaults(blank)
    for record in directory.records:
        cells = _Cells(blank if record.link_only else full)
        _write_identity(cells, record, names)
        if not record.link_only:
            _write_record(cells, record, directory.terms)
        yield cells.row


def _with_defaults(blank: list[str]) -> list[str]:
    cells = _Cells(blank)
    for _, flag, *_ in _PHONE_COLUMNS.values():
        cells[flag] = "FALSE"
    for column in (*_ELIGIBILITY_WORDS, "HighlightedResource"):
        cells[column] = "FALSE"
    for column in (
        "PhysicalAddressIsPrivate",
        "MailingAddressIsPrivate",
        "SeniorWorkerIsPrivate",
        "MainContactIsPrivate",
        "ExcludeFromWebsite",
        "ExcludeFromDirectory",
        "VolunteerOpportunities",
    ):
        cells[column] = "No"
    for column in ("TemporaryMessageAppears", "TemporaryMessageExpires", "MadeInactiveOn"):
        cells[column] = _NO_DATE
    for column in ("IRSStatus", "LegalStatus"):
        cells[column] = "None or unknown"
    return cells.row


class _Cells:
    """A row addressed by column name."""

    __slots__ = ("row",)

    def __init__(self, row: list[str]) -> None:
        self.row = row.copy()

    def __setitem__(self, column: str, text: str) -> None:
        self.row[_AT[column]] = text


def _write_identity(cells: _Cells, record: Record, names: dict[str, str]) -> None:
    is_agency = record.kind is RecordKind.AGENCY
    parent = record.agency_id or (record.native_id if is_agency else "")
    cells["ResourceAgencyNum"] = record.native_id
    cells["PublicName"] = record.name
    cells["TaxonomyLevelName"] = _LEVEL[record.kind]
    cells["ParentAgency"] = names.get(parent, "")
    cells["ParentAgencyNum"] = parent
    cells["UniqueIDPriorSystem"] = record.prior_id
    cells["AgencyStatus"] = _STATUS.get(record.status, record.status)
    cells["UpdatedOn"] = _moment(record)
    cells["LastVerificationApprovedBy"] = record.curator or "Unspecified Unspecified"
    cells["PreferredProvider"] = "FALSE"
    cells["LanguageOfRecord"] = "en"
    if record.kind is RecordKind.SERVICE_AT_SITE:
        cells["ConnectsToSiteNum"] = record.site_id
        cells["ConnectsToProgramNum"] = record.service_id
        cells["IsLinkOnly"] = "TRUE" if record.link_only else "FALSE"
        cells["ProgramAgencyNamePublic"] = names.get(record.service_id, "")
        cells["SiteAgencyNamePublic"] = names.get(record.site_id, "")


def _write_record(cells: _Cells, record: Record, terms: dict[str, str]) -> None:
    plain = {
        "OfficialName": record.official_name,
        "AlternateName": "; ".join(record.aka),
        "RecordOwner": record.record_owner,
        "AgencyDescription": record.description,
        "HoursOfOperation": record.hours,
        "Hours": _hours(record.spans),
        "EmailAddressMain": record.email,
        "WebsiteAddress": record.url,
        "Eligibility": record.eligibility,
        "LicenseAccreditation": record.accreditations,
        "FEIN": record.ein,
        "YearIncorporated": record.year_incorporated,
        "SourceOfFunds": record.funding,
        "DisabilitiesAccess": record.accessibility,
        "PhysicalLocationDescription": record.directions,
        "BusServiceAccess": record.transportation,
        "PaymentMethods": "; ".join(record.payment_methods),
        "FeeStructureSource": record.fees,
        "ApplicationProcess": record.intake,
        "DocumentsRequired": record.documents,
        "LanguagesOffered": "; ".join(record.languages),
        "NormalWaitTime": record.wait_time,
        "TemporaryMessage": record.alert,
        "EnteredOn": _day(record.created_on),
        "InternalNotes": record.internal_notes,
        "LastVerifiedOn": _day(record.verified_on),
        "LastVerifiedByName": record.verified_by,
        "LastVerifiedByTitle": record.verified_by_title,
        "LastVerifiedByEmailAddress": record.verified_by_email,
    }
    for column, text in plain.items():
        cells[column] = text
    if record.legal_status:
        cells["LegalStatus"] = record.legal_status
        cells["IRSStatus"] = record.tax_status
    if record.inactive_on:
        cells["MadeInactiveOn"] = _day(record.inactive_on)
    if record.alert_to_on:
        cells["TemporaryMessageAppears"] = _day(record.alert_from_on)
        cells["TemporaryMessageExpires"] = _day(record.alert_to_on)
    if record.exclude_from_website:
        cells["ExcludeFromWebsite"] = "Yes"
    if record.exclude_from_directory:
        cells["ExcludeFromDirectory"] = "Yes"
    if record.eligibility:
        for column, pattern in _ELIGIBILITY_WORDS.items():
            if re.search(pattern, record.eligibility, re.IGNORECASE):
                cells[column] = "TRUE"
    _write_places(cells, record)
    _write_people(cells, record)
    _write_codes(cells, record, terms)


def _write_places(cells: _Cells, record: Record) -> None:
    if record.physical:
        _write_address(cells, "Physical", record.physical)
        cells["PhysicalCounty"] = record.physical.county
        cells["Latitude"] = record.physical.latitude
        cells["Longitude"] = record.physical.longitude
    if record.mailing:
        _write_address(cells, "Mailing", record.mailing)
    if record.is_statewide:
        cells["Coverage"] = "IL; "
        cells["CoverageArea"] = "Illinois"
        cells["CoverageAreaText"] = "Illinois"
    elif record.counties:
        cells["Coverage"] = "".join(f"IL - {county} County; " for county in record.counties)
        cells["CoverageArea"] = "; ".join(f"{county} County" for county in record.counties)


def _write_address(cells: _Cells, group: str, address: Address) -> None:
    cells[f"{group}Address1"] = address.line1
    cells[f"{group}Address2"] = address.line2
    cells[f"{group}City"] = address.city
    cells[f"{group}StateProvince"] = address.state
    cells[f"{group}PostalCode"] = address.postal_code
    cells[f"{group}Country"] = address.country
    cells[f"{group}AddressIsPrivate"] = "Yes" if address.is_private else "No"


def _write_people(cells: _Cells, record: Record) -> None:
    for phone in record.phones:
        number, flag, note, label, kind = _PHONE_COLUMNS[phone.slot]
        cells[number] = phone.number
        cells[flag] = "TRUE" if phone.is_private else "FALSE"
        cells[note] = phone.note
        if label:
            cells[label] = phone.label
            cells[kind] = phone.type
    for contact in record.contacts:
        group = _CONTACT_COLUMNS[contact.role]
        cells[f"{group}Name"] = contact.name
        cells[f"{group}Title"] = contact.title
        cells[f"{group}EmailAddress"] = contact.email
        cells[f"{group}PhoneNumber"] = contact.phone
        cells[f"{group}IsPrivate"] = "Yes" if contact.is_private else "No"


def _write_codes(cells: _Cells, record: Record, terms: dict[str, str]) -> None:
    if not record.links:
        return
    cells["TaxonomyCodes"] = "; ".join(record.links)
    named = [" * ".join(terms.get(code, "") for code in link.split(" * ")) for link in record.links]
    if all(named):
        cells["TaxonomyTerm"] = "".join(f"{name}; " for name in named).rstrip(" ")
        cells["TaxonomyTerms"] = "".join(
            f"{terms.get(link[:2], '')} - {name}; " for link, name in zip(record.links, named, strict=True)
        ).rstrip(" ")


def _hours(spans: str) -> str:
    """Return the structured hours, such as `Mon 08:00 - 16:00; `."""
    parts: list[str] = []
    for span in filter(None, spans.split("|")):
        days, times = span.split(" ")
        opens, closes = times.split("-")
        parts.extend(f"{_DAYS[day]} {opens} - {closes}; " for day in days.split(","))
    return "".join(parts)


def _day(day: date | str | None) -> str:
    if day is None or isinstance(day, str):
        return day or ""
    return f"{day.isoformat()} 0:00:00"


def _moment(record: Record) -> str:
    """Return the edit date with a time of day that follows from the record number."""
    if record.edited_on is None:
        return ""
    seconds = 8 * 3600 + zlib.crc32(record.native_id.encode()) % (9 * 3600)
    return f"{record.edited_on.isoformat()} {seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
