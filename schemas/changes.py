"""What changed between two nights, record by record and field by field."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from schemas.contract import Table, optional, required


class RekeyedBy(StrEnum):
    """How a record that came back under another number was recognized, the strongest proof first."""

    PRIOR_NUMBER = "prior_number"
    OTHER_KIND = "same_number_other_kind"
    SAME_CONTENT = "same_content"
    SAME_NAME_AND_PLACE = "same_name_and_place"


class SignalKind(StrEnum):
    """What a night can show about how the directory is kept, besides the changes themselves."""

    VERIFIED_UNCHANGED = "verified_unchanged"
    BULK_STAMPED = "bulk_stamped"
    EDITED_UNVERIFIED = "edited_unverified"
    SILENT_EDIT = "silent_edit"


class RecordChange(Table):
    """One row per added, removed or re-keyed record, and per changed field of a record that stayed."""

    center_id: pl.String = required("Center.")
    kind: pl.String = required("Record kind.")
    record_uid: pl.String = required("Record (the new one, when it was re-keyed).")
    native_id: pl.String = optional("Its number in the center's software.")
    name: pl.String = optional("Its name; of a removed record the last one.")
    curator: pl.String = optional("Its curator; of a removed record the last one.")
    change: pl.String = required("`added`, `removed`, `rekeyed` or `changed`.")
    field: pl.String = optional(
        "Field that changed, such as `hours`, `phone.Phone1Number` or `taxonomy_link`; null when the record as a whole is meant."
    )
    before: pl.String = optional(
        "Value of the earlier night as text, or the earlier number; `withheld` when it is private."
    )
    now: pl.String = optional("Value of the later night as text, or the present number; `withheld` when it is private.")
    rekeyed_by: pl.String = optional("How a re-keyed record was recognized (RekeyedBy); null otherwise.")


class RekeyedRecord(Table):
    """One row per record that came back under another number, or as another kind of record under its number."""

    center_id: pl.String = required("Center.")
    kind: pl.String = required("Record kind now.")
    old_kind: pl.String = required("Record kind before.")
    new_record_uid: pl.String = required("Record now.")
    old_record_uid: pl.String = required("Record before.")
    new_native_id: pl.String = optional("Number now.")
    old_native_id: pl.String = optional("Number before.")
    new_prior_id: pl.String = optional("Number that the new record says it had before.")
    rekeyed_by: pl.String = required("How it was recognized (RekeyedBy).")


class Signal(Table):
    """One row per record, or per day and curator, that shows how the directory is kept. A question to a person, no fault."""

    center_id: pl.String = required("Center.")
    signal: pl.String = required("SignalKind value.")
    kind: pl.String = optional("Record kind; null when many records are meant.")
    record_uid: pl.String = optional("Record; null when many are meant.")
    native_id: pl.String = optional("Its number in the center's software.")
    name: pl.String = optional("Its name.")
    curator: pl.String = optional("Curator of the record or of all the records meant.")
    on: pl.Date = optional("Verification date concerned.")
    since: pl.Date = optional("`verified_unchanged`: first verification since which not a word differs.")
    record_count: pl.Int64 = required("Records meant; 1 for a single one.")
    share: pl.Float64 = optional("`bulk_stamped`: share of the center's counted records.")
    message: pl.String = required("What was seen, one plain sentence.")
