"""Canonical tables (schema `core`): what every stage after normalize works on.

The key of every table is (`center_id`, `record_uid`): two centers delivering the same UUID deliver copies of one record.
Columns ending in `_written` hold the text as delivered where the value beside them was changed or could not be read;
`_key` columns are comparison forms, never shown to people. Null means unknown or not delivered.
"""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required, texts


class Row(Table):
    """Columns of every canonical row."""

    center_id: pl.String = required("Center that delivered the row.")
    record_uid: pl.String = required("Our stable identifier of the row (UUIDv5; a delivered UUID is kept).")
    native_id: pl.String = optional("Identifier in the center's software; null when the export gives none.")
    origin: pl.String = required("`delivered`, or `derived` by us; derived rows are exported, never counted.")
    source_file: pl.String = optional("File of the delivery that holds the row.")
    source_line: pl.Int64 = optional("Line of that file on which the row starts.")


class Record(Row):
    """Columns that agencies, sites, services and services at sites share."""

    kind: pl.String = required("Record kind: agency, site, service or service_at_site.")
    agency_uid: pl.String = optional(
        "Owning agency (for an agency its own `record_uid`); null when the parent is missing from the export."
    )
    agency_native_id: pl.String = optional("Owning agency as written, kept even when it is missing from the export.")
    prior_native_id: pl.String = optional("Identifier in the system before this one.")
    language_of_record: pl.String = optional("Language of this version of the record.")
    name: pl.String = optional("Name, cleaned of HTML and surplus blanks.")
    name_written: pl.String = optional("Name as delivered.")
    name_key: pl.String = optional("Comparison form of the name.")
    aka: pl.List = texts("Also-known-as names, the official name among them when it differs; none twice.")
    description: pl.String = optional("Description as plain text.")
    description_written: pl.String = optional("Description as delivered.")
    status: pl.String = required("Status after the crosswalk; `unknown` when blank or not in the list.")
    status_written: pl.String = optional("Status as delivered.")
    is_counted: pl.Boolean = required("Whether the record counts in totals, shares, audits and effort.")
    not_counted_reason: pl.String = optional("Why it does not count (NotCountedReason); null when it counts.")
    record_owner: pl.String = optional("Code of the center that maintains the record.")
    curator: pl.String = optional("Curator who approved the last verification.")
    created_on: pl.Date = optional("Day the record was entered.")
    created_on_written: pl.String = optional("The same as delivered.")
    edited_on: pl.Date = optional("Day of the last edit. Never to be read as verification.")
    edited_on_written: pl.String = optional("The same as delivered.")
    verified_on: pl.Date = optional("Day of the last verification; future days are kept here and are findings.")
    verified_on_written: pl.String = optional("The same as delivered.")
    inactive_on: pl.Date = optional("Day the record was made inactive; only when it is not active.")
    verified_by: pl.String = optional("Person at the agency who confirmed. Internal.")
    verified_by_title: pl.String = optional("Title of that person. Internal.")
    verified_by_email: pl.String = optional("E-mail of that person. Internal.")
    verification_method: pl.String = optional("How it was confirmed: portal, call, e-mail.")
    withheld_reason: pl.String = optional(
        "Why the record stays out of public output by its own flags; null when it may leave."
    )
    is_confidential_place: pl.Boolean = required("Whether codes or words point to a place that must not be located.")
    exclude_from_website: pl.Boolean = optional("Flag as delivered; null when blank, unclear or not carried.")
    exclude_from_directory: pl.Boolean = optional("Flag as delivered; null when blank, unclear or not carried.")
    available_for_directory: pl.Boolean = optional("Flag as delivered; null when blank, unclear or not carried.")
    available_for_referral: pl.Boolean = optional("Flag as delivered; null when blank, unclear or not carried.")
    available_for_research: pl.Boolean = optional("Flag as delivered; null when blank, unclear or not carried.")
    url: pl.String = optional("Website with scheme, ready for display and export; null when it cannot be one.")
    url_written: pl.String = optional("Website as delivered.")
    url_domain_key: pl.String = optional("Host without `www.`, lower case, for comparison.")
    email: pl.String = optional("One e-mail address; null when it cannot be one.")
    email_written: pl.String = optional("E-mail cell as delivered.")
    county: pl.String = optional(
        "County of the record's own physical address, without the word County; an agency without one takes the county of most of "
        "its sites, a service its agency's."
    )
    hours: pl.String = optional("Days and hours as text.")
    languages: pl.List = texts("Languages offered.")
    accessibility: pl.String = optional("Access for people with disabilities, as text.")
    transportation: pl.String = optional("How to get there, as text.")
    accreditations: pl.String = optional("Licenses and accreditation, as text.")
    alert: pl.String = optional("Temporary message; null when only its dates were delivered.")
    alert_from_on: pl.Date = optional("First day of the temporary message.")
    alert_to_on: pl.Date = optional("Last day of the temporary message.")


class Agency(Record):
    """One row per organization that is legally or administratively responsible."""

    parent_uid: pl.String = optional("Parent agency; null when there is none, or when it is missing from the export.")
    parent_native_id: pl.String = optional("Parent agency as written; null when the export says there is none.")
    legal_status: pl.String = optional("Legal status.")
    tax_status: pl.String = optional("Tax status.")
    ein: pl.String = optional("Federal employer number as NN-NNNNNNN; null when it cannot be one.")
    ein_written: pl.String = optional("The same as delivered.")
    year_incorporated: pl.Int64 = optional("Year of incorporation; null when unreadable.")
    year_incorporated_written: pl.String = optional("The same as delivered.")
    funding: pl.String = optional("Source of funds, as text.")


class Site(Record):
    """One row per place (or virtual place) from which an agency works; its physical address stands here too."""

    location_type: pl.String = required("`physical`, `virtual` (no address at all) or `postal` (mailing address only).")
    line1: pl.String = optional("Street line of the physical address.")
    line2: pl.String = optional("Second line, such as a suite.")
    street: pl.String = optional(
        "Street or box as the USPS writes it (Publication 28), unit split off; null without one or where a word keeps it secret."
    )
    unit: pl.String = optional("Suite, apartment, floor, room or building, from either line, abbreviated the same way.")
    city: pl.String = optional("City.")
    state: pl.String = optional("Two-letter state code, capitals.")
    postal_code: pl.String = optional("ZIP as delivered, trimmed; never repaired.")
    postal_code5: pl.String = optional("First five digits of a ZIP code; null for anything else.")
    postal_code4: pl.String = optional("Last four digits of a nine-digit ZIP code.")
    country: pl.String = optional("ISO two-letter country code.")
    latitude: pl.Float64 = optional("Decimal degrees, north positive; null when blank, 0 or unreadable.")
    latitude_written: pl.String = optional("The same as delivered.")
    longitude: pl.Float64 = optional("Decimal degrees, east positive; null when blank, 0 or unreadable.")
    longitude_written: pl.String = optional("The same as delivered.")
    address_key: pl.String = optional("Comparison form of the physical address.")
    is_address_private: pl.Boolean = required("Whether street, coordinates and directions must not leave.")


class Service(Record):
    """One row per service (program): one activity offered to the public."""

    eligibility: pl.String = optional("Who may use it.")
    minimum_age: pl.Float64 = optional("Youngest age in years.")
    maximum_age: pl.Float64 = optional("Oldest age in years.")
    area_served: pl.String = optional("Area served as text.")
    area_served_units: pl.List = texts("Area served as units of a list, such as `IL - Sangamon County`.")
    fees: pl.String = optional("Fees as text.")
    payment_methods: pl.List = texts("Payment methods accepted.")
    documents: pl.String = optional("Documents required.")
    intake: pl.String = optional("Application and intake.")
    wait_time: pl.String = optional("Normal wait time.")
    availability: pl.String = optional("When the service is not always available.")
    capacity: pl.String = optional("Capacity as text.")


class ServiceAtSite(Service):
    """One row per service offered at a site. Empty fields mean: as the service says."""

    service_uid: pl.String = optional("The service; null when it is missing from the export.")
    service_native_id: pl.String = optional("The service as written.")
    site_uid: pl.String = optional("The site; null when it is missing from the export.")
    site_native_id: pl.String = optional("The site as written.")
    link_only: pl.Boolean = required("Whether the row carries nothing of its own.")


class Owned(Row):
    """Columns of rows that belong to a record."""

    owner_kind: pl.String = required("Record kind of the owner.")
    owner_uid: pl.String = required("Record the row belongs to.")
    slot: pl.String = required("Column name or ordinal that tells the row from its siblings.")


class Phone(Owned):
    """One row per phone number of a record."""

    number_written: pl.String = required("Number as delivered, never blank.")
    e164: pl.String = optional(
        "Number as +1NNNNNNNNNN, or with another country's code where the cell names it; null for short codes and the unreadable."
    )
    short_code: pl.String = optional("N11, 988 or a text short code, digits only.")
    extension: pl.String = optional("Extension, digits kept as text.")
    type: pl.String = optional("PhoneType value; null when the export gives none.")
    type_written: pl.String = optional("Type as delivered, where the column is carried.")
    label: pl.String = optional("Name of the number.")
    note: pl.String = optional("Remark on the number.")
    is_private: pl.Boolean = required("Whether number, label and note must not leave.")


class Address(Owned):
    """One row per delivered address of a record that holds anything besides state and country."""

    address_kind: pl.String = required("`physical`, `mailing` or `other`.")
    attention: pl.String = optional("Person or office the mail goes to. Internal unless public by flag.")
    line1: pl.String = optional("Street line, blanks tidied.")
    line2: pl.String = optional("Second line, such as a suite.")
    street: pl.String = optional(
        "Street or box as the USPS writes it (Publication 28), unit split off; null without one or where a word keeps it secret."
    )
    unit: pl.String = optional("Suite, apartment, floor, room or building, from either line, abbreviated the same way.")
    city: pl.String = optional("City.")
    county: pl.String = optional("County without the word County; filled from the ZIP code where it was blank.")
    county_written: pl.String = optional("County as delivered.")
    county_origin: pl.String = optional(
        "`delivered`, or `zip` when filled from the ZIP reference; null without a county."
    )
    state: pl.String = optional("Two-letter state code, capitals; null when it is none.")
    state_written: pl.String = optional("State as delivered.")
    postal_code: pl.String = optional("ZIP as delivered, trimmed; never repaired.")
    postal_code5: pl.String = optional("First five digits of a ZIP code; null for anything else.")
    postal_code4: pl.String = optional("Last four digits of a nine-digit ZIP code.")
    country: pl.String = optional("ISO two-letter country code.")
    latitude: pl.Float64 = optional("Decimal degrees; null when blank, 0 or unreadable.")
    latitude_written: pl.String = optional("The same as delivered.")
    longitude: pl.Float64 = optional("Decimal degrees; null when blank, 0 or unreadable.")
    longitude_written: pl.String = optional("The same as delivered.")
    directions: pl.String = optional("Cross streets and directions; as private as the street.")
    address_key: pl.String = optional("Comparison form: street words alike, unit split off, with city and ZIP.")
    house_number_key: pl.String = optional("House number, for comparison.")
    is_private: pl.Boolean = required("Whether street, coordinates and directions must not leave.")
    is_flagged_private: pl.Boolean = optional(
        "Whether the source itself keeps it private, by its flag or by a word in place of the street; null when there is no flag."
    )
    withheld_reason: pl.String = optional("Why the street is kept private, as delivered. Internal.")


class Contact(Owned):
    """One row per named person or office of a record."""

    role: pl.String = required("`director`, `main` or as delivered.")
    name: pl.String = optional("Name of the person.")
    title: pl.String = optional("Title or position.")
    email: pl.String = optional("E-mail of the person.")
    phone: pl.String = optional("Phone of the person, as delivered.")
    is_private: pl.Boolean = required("Whether the contact must not leave.")


class TaxonomyLink(Owned):
    """One row per taxonomy link of a record, in the order of the cell."""

    code: pl.String = required("First service code of the link, or the target code when there is no other. Case kept.")
    target_code: pl.String = optional("Target (Y) code joined to the service code.")
    joined_codes: pl.List = texts("Further codes of the same link, in order.")
    link_written: pl.String = required("The link as delivered, trimmed.")
    term: pl.String = optional("Term name as delivered; null when names and codes cannot be paired.")
    is_repeated: pl.Boolean = required("Whether an earlier link of the same record has the same codes.")


class Schedule(Owned):
    """One row per weekday and time span, where the export gives structured hours."""

    weekday: pl.String = required("MO, TU, WE, TH, FR, SA or SU.")
    opens_at: pl.Time = required("Opening time, local.")
    closes_at: pl.Time = required("Closing time, local; 23:59 for the end of the day.")
    note: pl.String = optional("Remark or original text.")


class Translation(Row):
    """One row per further language version of a record; its dates count for the annual update, its text does not."""

    kind: pl.String = required("Record kind.")
    language_of_record: pl.String = required("Language of this version.")
    name: pl.String = optional("Name in that language.")
    description: pl.String = optional("Description in that language.")
    status: pl.String = required("Status after the crosswalk.")
    edited_on: pl.Date = optional("Day of the last edit.")
    verified_on: pl.Date = optional("Day of the last verification.")


#: The canonical tables by name, in the order in which they refer to each other.
CORE_TABLES: dict[str, type[Table]] = {
    "agency": Agency,
    "site": Site,
    "service": Service,
    "service_at_site": ServiceAtSite,
    "phone": Phone,
    "address": Address,
    "contact": Contact,
    "taxonomy_link": TaxonomyLink,
    "schedule": Schedule,
    "translation": Translation,
}
