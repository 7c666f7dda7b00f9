"""Tables of the schema `quality`: what was noticed while normalizing, findings, and rules that could not be asked."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


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

    status: pl.String = required("`open` or `fixed` (it was open and tonight's export no longer shows it).")
    first_seen_on: pl.Date = required("as_of of the first night that showed it.")
    last_seen_on: pl.Date = required("as_of of the last night that showed it.")
    closed_on: pl.Date = optional("as_of of the night that no longer showed it; null while open.")


class NotApplicable(Table):
    """One row per rule that could not be asked of a center's export, instead of thousands of findings."""

    center_id: pl.String = required("Center.")
    rule_id: pl.String = required("Rule.")
    reason: pl.String = required("Why it could not be asked, one plain sentence.")
