"""What ingest hands to normalize: the delivered values under our names, still exactly as text.

Ingest knows files and layouts and interprets no value; normalize interprets values and knows no layout. They meet here: six
text frames with fixed columns, and the cell conventions that the layout states (what means empty, how dates are written).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import polars as pl
from pydantic import BaseModel, ConfigDict, field_validator

from schemas.enumerations import Status

#: Columns that every delivered frame starts with.
SOURCE_COLUMNS: tuple[str, ...] = ("source_file", "source_line")

#: Text columns per delivered frame, after the source columns. All of dtype String: a cell as written (`""` when blank), null
#: when the export does not carry the column. `source_line` is Int64.
DELIVERED_COLUMNS: dict[str, tuple[str, ...]] = {
    "record": (
        "kind",  # a RecordKind value, given by the layout
        "native_id",
        "origin",  # `derived` where an export of ours says that we made the record; else null or blank
        "prior_native_id",
        "parent_native_id",  # agency: parent agency
        "agency_native_id",  # site, service, service_at_site: owning agency
        "service_native_id",  # service_at_site
        "site_native_id",  # service_at_site
        "link_only",
        "language_of_record",
        "name",
        "aka",
        "official_name",
        "description",
        "status",
        "record_owner",
        "curator",
        "created_on",
        "edited_on",
        "verified_on",
        "inactive_on",
        "verified_by",
        "verified_by_title",
        "verified_by_email",
        "verification_method",
        "exclude_from_website",
        "exclude_from_directory",
        "available_for_directory",
        "available_for_referral",
        "available_for_research",
        "url",
        "email",
        "legal_status",
        "tax_status",
        "ein",
        "year_incorporated",
        "accreditations",
        "funding",
        "location_type",
        "latitude",
        "longitude",
        "accessibility",
        "transportation",
        "hours",
        "eligibility",
        "minimum_age",
        "maximum_age",
        "area_served",
        "area_served_units",
        "fees",
        "payment_methods",
        "documents",
        "intake",
        "languages",
        "wait_time",
        "availability",
        "capacity",
        "alert",
        "alert_from_on",
        "alert_to_on",
    ),
    "phone": ("owner_kind", "owner_native_id", "slot", "number", "extension", "type", "label", "note", "is_private"),
    "address": (
        "owner_kind",
        "owner_native_id",
        "slot",
        "address_kind",  # an AddressKind value, given by the layout
        "attention",
        "line1",
        "line2",
        "city",
        "county",
        "state",
        "postal_code",
        "country",
        "latitude",
        "longitude",
        "directions",
        "is_private",
        "withheld_reason",  # why the street is kept private, as the source words it
    ),
    "contact": ("owner_kind", "owner_native_id", "slot", "role", "name", "title", "email", "phone", "is_private"),
    # One row per cell. `codes` may hold several links (`;`) and joined codes (` * `); `terms` the names in the same order.
    "taxonomy_link": ("owner_kind", "owner_native_id", "slot", "codes", "terms"),
    # One row per cell (`text` as in iCarol `Hours`) or per day (weekday, opens_at, closes_at as in HSDS).
    "schedule": ("owner_kind", "owner_native_id", "slot", "text", "weekday", "opens_at", "closes_at", "note"),
}


class Conventions(BaseModel):
    """How cells are written in one layout. Part of the layout file, so that a dialect is data.

    Attributes:
        null_texts: Texts that mean "empty" in any column, compared after trimming and folding case.
        null_texts_by_field: The same for single fields, keyed `address.county` or `record.curator` (never global: `-1` in an
            age is a fault, `None` in documents is an answer).
        date_formats: `strptime` patterns in the order to try them. Two-digit years 00-68 become 20xx, 69-99 19xx.
        placeholder_dates: ISO days that stand for "empty" in exports (spreadsheet zero and the like).
        status_words: Vendor's word, folded, to a value of `Status`.
        list_separator: Separator inside cells with several values.
        aka_separator: Separator inside the cell of also-known-as names (a comma in a name is text).
        own_or_zero_parent: Whether an agency row's own number, `0` or blank as parent means "no parent".
        status_not_carried_means: Status given to records of a kind for which the layout has no status at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    null_texts: tuple[str, ...] = ()
    null_texts_by_field: dict[str, tuple[str, ...]] = {}
    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    placeholder_dates: tuple[str, ...] = ("1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "9999-12-31")
    status_words: dict[str, str] = {}
    list_separator: str = ";"
    aka_separator: str = ";"
    own_or_zero_parent: bool = True
    status_not_carried_means: str = "active"

    @field_validator("null_texts_by_field")
    @classmethod
    def _names_fields(cls, texts: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        known = {f"{table}.{name}" for table, names in DELIVERED_COLUMNS.items() for name in names}
        for field_name in texts:
            if field_name not in known:
                raise ValueError(f"there is no field {field_name}{_nearest(field_name, known)}")
        return texts

    @field_validator("status_words")
    @classmethod
    def _names_statuses(cls, words: dict[str, str]) -> dict[str, str]:
        for ours in words.values():
            _require_status(ours)
        return words

    @field_validator("status_not_carried_means")
    @classmethod
    def _names_a_status(cls, word: str) -> str:
        _require_status(word)
        return word

    @field_validator("date_formats")
    @classmethod
    def _names_days(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for text in formats:
            day = set(re.findall(r"%[A-Za-z]", text))
            if not (day & {"%Y", "%y"} and day & {"%m", "%b", "%B"} and "%d" in day):
                raise ValueError(f"{text!r} needs a year (%Y or %y), a month (%m, %b or %B) and a day (%d)")
        return formats


def _require_status(word: str) -> None:
    known = [str(status) for status in Status]
    if word not in known:
        raise ValueError(f"there is no status {word!r}{_nearest(word, known)}; there are {', '.join(known)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (nearest: {close[0]})" if close else ""


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """One file of a delivery and how it was read.

    Attributes:
        name: Name inside the delivery.
        sha256: Hash of the bytes as delivered.
        bytes_count: Size of the file.
        encoding: `utf-8`, `utf-8-sig`, `cp1252`, `utf-16`; `-` when not text.
        newline: `LF`, `CRLF`, `CR` or `mixed`.
        separator: Cell separator.
        rows_read: Record lines read, header not counted.
        rows_rejected: Record lines that could not be read.
        rows_blank: Wholly blank lines, skipped.
    """

    name: str
    sha256: str
    bytes_count: int
    encoding: str
    newline: str
    separator: str
    rows_read: int
    rows_rejected: int
    rows_blank: int


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A delivery read as text.

    Attributes:
        center_id: Center that delivered it.
        format_name: Layout name, such as `icarol` or `hsds`.
        format_version: Version or dialect found, such as `3.1`; empty when the layout knows none.
        input_sha256: Hash over the delivery (of the file, or of the sorted `name:sha256` lines of its files).
        files: How each file was read.
        raw_header, raw_row, raw_reject: Tables of the schema `raw`.
        record, phone, address, contact, taxonomy_link, schedule: Frames with `DELIVERED_COLUMNS`.
        carried: Which `kind.field` the export carries at all, such as `agency.verified_on` or `phone.is_private`.
        unmapped_columns: Columns of the export that the layout gives no target (`file:column`); kept in `raw`.
        conventions: How cells are written.
        notices: What was accepted but worth saying (header case changed, new column), one sentence each.
    """

    center_id: str
    format_name: str
    format_version: str
    input_sha256: str
    files: tuple[InputFile, ...]
    raw_header: pl.DataFrame
    raw_row: pl.DataFrame
    raw_reject: pl.DataFrame
    record: pl.DataFrame
    phone: pl.DataFrame
    address: pl.DataFrame
    contact: pl.DataFrame
    taxonomy_link: pl.DataFrame
    schedule: pl.DataFrame
    carried: frozenset[str]
    conventions: Conventions
    unmapped_columns: tuple[str, ...] = ()
    notices: tuple[str, ...] = field(default=())

    @property
    def rows_read(self) -> int:
        """Record lines read over all files, rejected ones not counted."""
        return sum(file.rows_read for file in self.files)

    @property
    def rows_rejected(self) -> int:
        """Record lines that could not be read over all files."""
        return sum(file.rows_rejected for file in self.files)

    def raw_only(self) -> Delivered:
        """Return the delivery without the frames that normalize has read; `raw`, counts and conventions stay."""
        return replace(
            self,
            record=empty_delivered("record"),
            phone=empty_delivered("phone"),
            address=empty_delivered("address"),
            contact=empty_delivered("contact"),
            taxonomy_link=empty_delivered("taxonomy_link"),
            schedule=empty_delivered("schedule"),
        )


def empty_delivered(table: str) -> pl.DataFrame:
    """Return a delivered frame without rows, with the right columns and dtypes."""
    schema: dict[str, pl.DataType] = {"source_file": pl.String(), "source_line": pl.Int64()}
    schema |= {name: pl.String() for name in DELIVERED_COLUMNS[table]}
    return pl.DataFrame(schema=schema)
