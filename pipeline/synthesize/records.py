"""What an invented directory is made of, in the field's own terms and free of any file layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from schemas.enumerations import RecordKind, Status


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in a named slot.

    Attributes:
        slot: `phone1` to `phone5`, or the purpose where the layout has a column of its own: `fax`, `toll_free`, `hotline` ...
        number: As a curator types it.
        label: Name of the number.
        type: Purpose in words; blank when the curator gave none.
        note: Remark.
        extension: Digits of the extension; only layouts with a column for it can carry them.
        is_private: Whether the number must not be published.
    """

    slot: str
    number: str
    label: str = ""
    type: str = ""
    note: str = ""
    extension: str = ""
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """A physical or mailing address; coordinates are decimal degrees as text."""

    line1: str
    line2: str = ""
    city: str = ""
    county: str = ""
    state: str = "IL"
    postal_code: str = ""
    country: str = "United States"
    latitude: str = ""
    longitude: str = ""
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A named person in a role: `director` or `main`."""

    role: str
    name: str
    title: str
    email: str = ""
    phone: str = ""
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """An agency, site, service or service at a site.

    Blank text and None mean that the curator left the field empty. `status` is a value of `Status`; any other text stands for a
    word that no list knows. A verification date may be text where a fault wants an unreadable one.

    Attributes:
        native_id: Identifier in the center's software.
        agency_id: Owning agency; for an agency its parent agency, blank when it has none.
        service_id, site_id: What a service at a site joins.
        spans: Opening hours as `MO,TU 08:00-16:00|WE 10:00-12:00`.
        links: One text per taxonomy link, codes joined by ` * `.
        counties: Counties served; empty together with `is_statewide` False means not stated.
    """

    kind: RecordKind
    native_id: str
    name: str
    agency_id: str = ""
    service_id: str = ""
    site_id: str = ""
    link_only: bool = False
    prior_id: str = ""
    aka: tuple[str, ...] = ()
    official_name: str = ""
    description: str = ""
    status: str = Status.ACTIVE.value
    record_owner: str = ""
    curator: str = ""
    created_on: date | None = None
    edited_on: date | None = None
    verified_on: date | str | None = None
    inactive_on: date | None = None
    verified_by: str = ""
    verified_by_title: str = ""
    verified_by_email: str = ""
    exclude_from_website: bool = False
    exclude_from_directory: bool = False
    url: str = ""
    email: str = ""
    legal_status: str = ""
    tax_status: str = ""
    ein: str = ""
    year_incorporated: str = ""
    accreditations: str = ""
    funding: str = ""
    physical: Address | None = None
    mailing: Address | None = None
    directions: str = ""
    accessibility: str = ""
    transportation: str = ""
    hours: str = ""
    spans: str = ""
    eligibility: str = ""
    ages: tuple[int | None, int | None] = (None, None)
    counties: tuple[str, ...] = ()
    is_statewide: bool = False
    fees: str = ""
    payment_methods: tuple[str, ...] = ()
    documents: str = ""
    intake: str = ""
    languages: tuple[str, ...] = ()
    wait_time: str = ""
    alert: str = ""
    alert_from_on: date | None = None
    alert_to_on: date | None = None
    internal_notes: str = ""
    links: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class InventedDirectory:
    """The records of one invented center.

    Attributes:
        center_id: The center.
        as_of: Day on which the directory stands so.
        records: Agencies, each followed by its sites, services and services at sites.
        terms: Name of every taxonomy code that a clean record may carry.
    """

    center_id: str
    as_of: date
    records: tuple[Record, ...]
    terms: dict[str, str]

    def of_kind(self, kind: RecordKind) -> Iterator[Record]:
        """Yield the records of one kind in their order."""
        return (record for record in self.records if record.kind is kind)

    @property
    def agency_count(self) -> int:
        """Number of agency records, whatever their status."""
        return sum(1 for _ in self.of_kind(RecordKind.AGENCY))
