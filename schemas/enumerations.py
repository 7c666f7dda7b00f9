"""Small closed lists of our own vocabulary.

Imported vocabularies (HSDS, AIRS, vendors) are mapped to these at the borders only.
"""

from __future__ import annotations

from enum import StrEnum


class RecordKind(StrEnum):
    """The four kinds of record an export can hold."""

    AGENCY = "agency"
    SITE = "site"
    SERVICE = "service"
    SERVICE_AT_SITE = "service_at_site"


class Origin(StrEnum):
    """Whether a row was delivered by the center or derived by us. Derived rows are exported, never counted."""

    DELIVERED = "delivered"
    DERIVED = "derived"


class LeftOut(StrEnum):
    """Why a delivered record is no record of the directory."""

    REPEATED_SAME = "repeated_same"  # the record was read already and says the same
    REPEATED_DIFFERENT = "repeated_different"  # its number is taken by a record that says something else
    TRANSLATION = "translation"  # a further language version of a record


class Status(StrEnum):
    """Status of a record, after the crosswalk from the vendor's words."""

    ACTIVE = "active"
    ACTIVE_DO_NOT_REFER = "active_do_not_refer"
    TEMPORARILY_CLOSED = "temporarily_closed"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    DELETED = "deleted"
    DRAFT = "draft"
    UNKNOWN = "unknown"


#: Statuses whose records count in totals, shares, audits and effort.
COUNTED_STATUSES: tuple[Status, ...] = (Status.ACTIVE, Status.ACTIVE_DO_NOT_REFER, Status.TEMPORARILY_CLOSED)


class NotCountedReason(StrEnum):
    """Why a record is left out of totals, shares, audits and effort."""

    DERIVED = "derived"
    LINK_ONLY = "link_only"
    EDITED_SERVICE_AT_SITE = "edited_service_at_site"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    DELETED = "deleted"
    DRAFT = "draft"
    UNKNOWN_STATUS = "unknown_status"
    OTHER_OWNER = "other_owner"


class WithheldReason(StrEnum):
    """Why a record or a value stays out of public output."""

    EXCLUDED_FROM_WEBSITE = "excluded_from_website"
    EXCLUDED_FROM_DIRECTORY = "excluded_from_directory"
    NOT_AVAILABLE_FOR_DIRECTORY = "not_available_for_directory"
    NOT_AVAILABLE_FOR_REFERRAL = "not_available_for_referral"
    FLAG_UNCLEAR = "flag_unclear"
    FLAGGED_PRIVATE = "flagged_private"
    CONFIDENTIAL_PLACE = "confidential_place"
    PARENT_WITHHELD = "parent_withheld"
    PARENT_MISSING = "parent_missing"
    NOT_ACTIVE = "not_active"
    OTHER_OWNER = "other_owner"
    HELD_BACK_BY_RULE = "held_back_by_rule"
    REQUIRED_FIELD_MISSING = "required_field_missing"
    MERGED = "merged"
    UNCHANGED = "unchanged"


class AddressKind(StrEnum):
    """What an address is for."""

    PHYSICAL = "physical"
    MAILING = "mailing"
    OTHER = "other"


class PhoneType(StrEnum):
    """What a phone number is for."""

    MAIN = "main"
    VOICE = "voice"
    FAX = "fax"
    TTY = "tty"
    TOLL_FREE = "toll_free"
    HOTLINE = "hotline"
    BUSINESS = "business"
    OUT_OF_AREA = "out_of_area"
    AFTER_HOURS = "after_hours"
    CELL = "cell"
    TEXT = "text"
    OTHER = "other"


class Weekday(StrEnum):
    """Day of the week, as in RFC 5545."""

    MO = "MO"
    TU = "TU"
    WE = "WE"
    TH = "TH"
    FR = "FR"
    SA = "SA"
    SU = "SU"


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Band(StrEnum):
    """Freshness band of a record."""

    CURRENT = "current"
    DUE = "due"
    OVERDUE = "overdue"
    STALE = "stale"
    NEVER = "never"


class WindowKind(StrEnum):
    """From which day on a verification counts."""

    ROLLING = "rolling"  # twelve calendar months back from as_of: the headline
    FISCAL_YEAR = "fiscal_year"  # since the last start of the fiscal year
    CALENDAR_YEAR = "calendar_year"  # since the last 1 January


class SuspicionReason(StrEnum):
    """Why a verification that counts deserves a question."""

    MASS_STAMP = "mass_stamp"  # a large part of the directory has the same day
    BEFORE_CREATED = "before_created"  # it is older than the record
    NO_VERIFIER = "no_verifier"  # nobody is named who confirmed, and no method
    UNCHANGED_WHILE_BAD = (
        "unchanged_while_bad"  # nothing changed for years, and a phone, link or e-mail is known to be wrong
    )


class PairBand(StrEnum):
    """Where a scored pair of records stands."""

    DUPLICATE = "duplicate"
    POSSIBLE = "possible"
    RELATED = "related"
    BELOW = "below"


class Tier(StrEnum):
    """Complexity tier of an agency bundle."""

    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
