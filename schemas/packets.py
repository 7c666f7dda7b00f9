"""Update forms: what an agency is asked to confirm, what comes back, and the work that follows from it.

The ids of fields and the words of answers are written into forms and into the decision log: they never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import polars as pl

from schemas.contract import Table, optional, required, texts

#: Version of the columns and lines of a form; a change is a new version.
LAYOUT: Final = "update-form/1"

#: Kinds of entries in the decision log.
WRITTEN: Final = "packet_written"
RETURNED: Final = "packet_returned"
SETTLED: Final = "packet_item_settled"

#: Stands in place of a private value; a form can be intercepted.
HIDDEN: Final = "on file, not shown here"
#: Stands where the directory says nothing.
NOTHING: Final = "(nothing on file)"


class LineAnswer(StrEnum):
    """What can be said of a line of the form."""

    RIGHT = "right"
    CHANGE = "change"
    REMOVE = "remove"
    UNSURE = "not sure"


class Represents(StrEnum):
    """On whose behalf a form is filled in."""

    AGENCY = "the agency"
    PARTNER = "a partner organization"


class ItemAction(StrEnum):
    """What a curator has to do."""

    CHANGE = "change"
    REMOVE = "remove"
    ADD = "add"
    ASK = "ask"
    CONFIRM = "confirm"


class ItemStatus(StrEnum):
    """Where a work item stands."""

    OPEN = "open"
    DONE = "done"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"  # a corrected copy of the form no longer asks for it


class ProfileLine(Table):
    """One line of a form: a value of a record, or that there is none."""

    center_id: pl.String = required("Center.")
    agency_uid: pl.String = required("Agency that is asked.")
    kind: pl.String = required("Record kind: agency, site, service or service_at_site.")
    record_uid: pl.String = required("Record.")
    native_id: pl.String = optional("Number of the record in the center's software.")
    part: pl.String = required("Heading of the record on the form.")
    place: pl.Int64 = required("Place of the line in the form, from 0.")
    field: pl.String = required("Field, see `pipeline.outreach.packet_fields`.")
    entry: pl.String = required("Which of several phones, addresses or persons; empty where there is one value.")
    what: pl.String = required("The field in words.")
    compare: pl.String = required("How values are compared: text, words, phone, email, url, address or person.")
    shown: pl.String = required("The present value as printed; empty when there is none.")
    is_hidden: pl.Boolean = required("Whether the value is kept private and `HIDDEN` stands in its place.")
    is_whole: pl.Boolean = required("Whether all of the value is shown; false when a private part was taken out.")
    keys: pl.List = texts("Comparison forms of the value; empty when it is hidden or there is none.")


@dataclass(frozen=True, kw_only=True)
class FormLine:
    """A line of a written form as the decision log keeps it: whose it is, never its value.

    Attributes:
        line_id: Id in the form, such as `r007`.
        kind: Record kind.
        record_uid: Record.
        native_id: Number of the record in the center's software; None without one.
        part: Heading of the record; empty when it must not be told.
        field: Field.
        entry: Which of several phones, addresses or persons.
        what: The field in words.
        compare: How values are compared.
        check: Hash of the line as printed.
        is_hidden: Whether the value is kept private.
        is_empty: Whether the directory said nothing.
    """

    line_id: str
    kind: str
    record_uid: str
    native_id: str | None
    part: str
    field: str
    entry: str
    what: str
    compare: str
    check: str
    is_hidden: bool
    is_empty: bool


@dataclass(frozen=True, kw_only=True)
class Packet:
    """A form that was written for an agency.

    Attributes:
        packet_id: Id, from everything that stands on the form.
        center_id, agency_uid, native_id, name: The agency.
        as_of: Day of the directory that it shows.
        written_on: Day it was written.
        reply_by: Day by which an answer is asked for.
        run_id: Night that it shows.
        lines: Its lines, those for missing records included.
    """

    packet_id: str
    center_id: str
    agency_uid: str
    native_id: str | None
    name: str
    as_of: date
    written_on: date
    reply_by: date
    run_id: str
    lines: tuple[FormLine, ...]


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Who filled in a form.

    Attributes:
        name: Name.
        title: Title or role; empty when it was not said.
        contact: E-mail or phone; empty when it was not said.
        represents: On whose behalf; empty when it was not said.
        verified_on: Day that was written beside the name.
    """

    name: str
    title: str
    contact: str
    represents: str
    verified_on: date


@dataclass(frozen=True, kw_only=True)
class ReturnedLine:
    """What somebody said of a line of a form.

    Attributes:
        line_id: Line.
        answer: `LineAnswer` value.
        shown: What the form showed; empty when it is private or nothing.
        proposed: What it should be; empty when nothing was written, or when the value is kept private.
        remark: Remark.
        keys: Comparison forms of what was proposed; the first is the one to look for. Empty when nothing can be looked for.
        shown_keys: Comparison forms of what was shown.
        is_private: Whether something was written that is not repeated here, because it is kept private.
        doubt: What looks wrong with what was proposed; empty when nothing does.
        file_row: Row of the file.
    """

    line_id: str
    answer: str
    shown: str = ""
    proposed: str = ""
    remark: str = ""
    keys: tuple[str, ...] = ()
    shown_keys: tuple[str, ...] = ()
    is_private: bool = False
    doubt: str = ""
    file_row: int = 0

    def said(self) -> tuple[str, str, str, bool]:
        """Return what makes one answer differ from another."""
        return (self.answer, self.proposed, self.remark, self.is_private)


#: Lines for what the form lacks: field and words.
MISSING_LINES: Final[Mapping[str, str]] = {
    "missing_site": "A site that is missing",
    "missing_site_2": "Another site that is missing",
    "missing_service": "A service that is missing",
    "missing_service_2": "Another service that is missing",
    "missing_phone": "A phone number that is missing, and what it is for",
    "anything_else": "Anything else we should know",
}


class WorkItem(Table):
    """One thing that a curator has to do because a form came back."""

    item_id: pl.String = required("Id, the same however often the file is read.")
    packet_id: pl.String = required("Form it comes from.")
    center_id: pl.String = required("Center.")
    curator: pl.String = optional("Curator of the record, or of its agency.")
    agency_uid: pl.String = required("Agency.")
    agency_name: pl.String = required("Its name; empty when it must not be told.")
    kind: pl.String = required("Record kind.")
    record_uid: pl.String = required("Record, under its present number.")
    native_id: pl.String = optional("Number of the record in the center's software.")
    record_name: pl.String = required("Heading of the record on the form.")
    field: pl.String = required("Field.")
    what: pl.String = required("The field in words.")
    action: pl.String = required("`change`, `remove`, `add`, `ask` or `confirm`.")
    shown: pl.String = required("Value that the form showed.")
    value_now: pl.String = required("Value in the directory now.")
    is_moved: pl.Boolean = required("Whether the directory no longer says what the form showed.")
    proposed: pl.String = required("Value that was written on the form.")
    remark: pl.String = required("Remark on the form, and what to look at before entering the value.")
    verifier: pl.String = required("Who filled in the form, with title and on whose behalf.")
    verified_on: pl.Date = required("Day written on the form.")
    read_on: pl.Date = required("Day the form was read back.")
    status: pl.String = required("`open`, `done`, `dismissed` or `withdrawn`.")
    closed_on: pl.Date = optional("Day of the night that showed it done, or of the decision; null while it is open.")
    closed_by: pl.String = optional("`the directory`, or who decided; null while it is open.")
    reason: pl.String = optional("Reason of the decision.")
    conflict: pl.String = optional("What another person said of the same line; null when nobody did, or the same.")
    earlier: pl.String = optional("What the same person had said before, oldest first; null without a correction.")
    file: pl.String = required("File it was read from, with the row.")


class PacketState(Table):
    """One row per form that was written."""

    packet_id: pl.String = required("Form.")
    center_id: pl.String = required("Center.")
    agency_uid: pl.String = required("Agency.")
    native_id: pl.String = optional("Number of the agency in the center's software.")
    agency_name: pl.String = required("Name of the agency; empty when it must not be told.")
    written_on: pl.Date = required("Day it was written.")
    sent_by: pl.String = required("Who wrote it; `resdir` when nobody is named.")
    reply_by: pl.Date = required("Day by which an answer was asked for.")
    returned_on: pl.Date = optional("Day the last answer was read back; null while it is out.")
    returned_by: pl.String = optional("Who filled it in last.")
    days: pl.Int64 = required("Days since it was written, up to the answer or to the day asked about.")
    state: pl.String = required("`out`, `late` (out after the day asked for) or `returned`.")


class ContactedDay(Table):
    """One row per agency that was ever sent a form."""

    center_id: pl.String = required("Center.")
    agency_uid: pl.String = required("Agency.")
    contacted_on: pl.Date = required("Day of the newest form.")
    returned_on: pl.Date = optional("Day an answer to that form was read back; null while none was.")
