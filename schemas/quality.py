"""Tables of the schema `quality`: what was noticed while normalizing, findings, and rules that could not be asked."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from schemas.contract import Table, optional, required


class FindingStatus(StrEnum):
    """States of a finding over the nights."""

    OPEN = "open"
    REAPPEARED = "reappeared"
    ACCEPTED = "accepted"
    FIXED = "fixed"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class FindingEventKind(StrEnum):
    """What can happen to a finding in a night."""

    OPENED = "opened"
    FIXED = "fixed"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    REAPPEARED = "reappeared"
    RETURNED = "returned"  # it had ended without being mended, and is shown again
    ACCEPTED = "accepted"
    EXPIRED = "expired"  # the last day of an exception has passed
    LAPSED = "lapsed"  # the value is no longer the one that was accepted
    TAKEN_BACK = "taken_back"  # a person reopened it


#: The columns in which reports count events: open from tonight on, back after it was fixed, fixed, ended without being mended.
MOVED_EVENTS: dict[str, tuple[FindingEventKind, ...]] = {
    "opened": (
        FindingEventKind.OPENED,
        FindingEventKind.RETURNED,
        FindingEventKind.EXPIRED,
        FindingEventKind.LAPSED,
        FindingEventKind.TAKEN_BACK,
    ),
    "reappeared": (FindingEventKind.REAPPEARED,),
    "fixed": (FindingEventKind.FIXED,),
    "other_ended": (FindingEventKind.REMOVED, FindingEventKind.WITHDRAWN),
}


class Note(Table):
    """One row per value that normalize could not read as delivered or had to clean. Validate turns notes into findings."""

    center_id: pl.String = required("Center that delivered the record.")
    record_uid: pl.String = required("Record the value belongs to (the owner, for a phone or an address).")
    kind: pl.String = required("Record kind of that record.")
    note_kind: pl.String = required("What was noticed: a NoteKind value.")
    field: pl.String = required("Field concerned, such as `verified_on` or `phone.number`.")
    value_written: pl.String = optional("The value as delivered.")
    is_private: pl.Boolean = required("Whether the value must not be shown.")


class Finding(Table):
    """One row per record, rule and field that is wrong tonight."""

    finding_id: pl.String = required(
        "First 16 hex digits of SHA-256 of center, record, rule and field: stable over nights."
    )
    center_id: pl.String = required("Center that delivered the record.")
    record_uid: pl.String = required("Record the finding belongs to; `load` for findings about the whole load.")
    kind: pl.String = required("Record kind, or `load`.")
    native_id: pl.String = optional("Identifier in the center's software.")
    record_name: pl.String = optional("Name of the record.")
    agency_uid: pl.String = optional("Owning agency.")
    curator: pl.String = optional("Curator of the record.")
    rule_id: pl.String = required("Rule that was broken.")
    severity: pl.String = required("`error`, `warning` or `info`.")
    is_held_back: pl.Boolean = required("Whether the record stays out of public exports until it is fixed.")
    field: pl.String = required("Field concerned; `record` when it is the record as a whole.")
    value: pl.String = optional("The value found, at most 200 characters; `withheld` when it is private.")
    expected: pl.String = required("What should stand there.")
    message: pl.String = required("What is wrong, one plain sentence.")
    how_to_fix: pl.String = required("What to do about it, one plain sentence.")


class TrackedFinding(Finding):
    """A finding with its life over the nights."""

    status: pl.String = required(
        "`open`; `reappeared` (open, after it had been fixed); `accepted` (shown, a person took the exception); `fixed` (the record "
        "is still there and no longer shows it); `removed` (the record left the export or no longer counts); `withdrawn` (the rule "
        "is no longer asked, or another took its place: overdue became stale)."
    )
    first_seen_on: pl.Date = required("as_of of the first night that showed it.")
    last_seen_on: pl.Date = required("as_of of the last night that showed it.")
    closed_on: pl.Date = optional("as_of of the night that no longer showed it; null while it is shown.")
    times_reappeared: pl.Int64 = required("How often it came back after it had been fixed.")
    accepted_until: pl.Date = optional("Last day of the exception; null when there is none.")
    accepted_by: pl.String = optional("Who took the exception.")
    accepted_reason: pl.String = optional("Why.")


class Acceptance(Table):
    """One row per finding with an exception in the decision log: the newest entry, if it was not taken back."""

    finding_id: pl.String = required("Finding.")
    accepted_until: pl.Date = required("Last day of the exception.")
    accepted_by: pl.String = required("Who took it.")
    accepted_reason: pl.String = required("Why.")
    accepted_at: pl.Datetime = required("Moment, UTC.")
    value_then: pl.String = optional("Value found at that time; when it changes, the exception lapses.")


class FindingEvent(Table):
    """One row per finding and night in which its state changed."""

    run_id: pl.String = required("Run that saw it.")
    as_of: pl.Date = required("Day that run speaks of.")
    finding_id: pl.String = required("Finding.")
    center_id: pl.String = required("Center.")
    rule_id: pl.String = required("Rule.")
    severity: pl.String = required("Severity at that time.")
    curator: pl.String = optional("Curator of the record at that time.")
    event: pl.String = required("FindingEventKind value.")
    days_open: pl.Int64 = required("Days since the finding was first seen.")


class FixRate(Table):
    """One row per curator, center, rule or severity: how findings fared in a period. Computed on demand, not stored."""

    by: pl.String = required("What the rows are about: `curator`, `center`, `rule` or `severity`.")
    value: pl.String = required("Which one; `(unknown)` for records without curator.")
    opened: pl.Int64 = required("Findings opened in the period.")
    fixed: pl.Int64 = required("Findings whose last change in the period was that they were fixed.")
    reappeared: pl.Int64 = required("Findings that came back in the period.")
    still_open: pl.Int64 = required("Findings open at the end.")
    total: pl.Int64 = required("Fixed and still open together: what could have been mended.")
    fix_rate: pl.Float64 = optional("Fixed / total; null when there was nothing to mend.")
    median_days_to_fix: pl.Float64 = optional("Median days from first seen to fixed; null when none was fixed.")
    median_days_open: pl.Float64 = optional("Median age in days of what is still open; null when nothing is.")
    in_time: pl.Int64 = required("Fixed findings that were mended within the days asked for.")
    late: pl.Int64 = required("Fixed later than that, or still open and older.")
    in_time_share: pl.Float64 = optional("In time / (in time + late); null when there was neither.")
    is_small: pl.Boolean = required("Whether the total is too small to say much.")


class NotApplicable(Table):
    """One row per rule that could not be asked of a center's export, instead of thousands of findings."""

    center_id: pl.String = required("Center.")
    rule_id: pl.String = required("Rule.")
    reason: pl.String = required("Why it could not be asked, one plain sentence.")
