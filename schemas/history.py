"""Tables of the schema `history`: what earlier nights showed, as far as tonight needs it."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class Verification(Table):
    """One row per record and verification date that any night has shown, with a fingerprint of what the record said then."""

    center_id: pl.String = required("Center.")
    kind: pl.String = required("Record kind.")
    record_uid: pl.String = required("Record.")
    verified_on: pl.Date = required("Verification date as shown that night.")
    content_key: pl.String = required(
        "Fingerprint of everything the record and what belongs to it said, dates of verification and edit left out."
    )
    first_seen_on: pl.Date = required("as_of of the first night that showed this date.")


class FieldChange(Table):
    """One row per added, removed or re-keyed record and per changed field, as a night found it."""

    run_id: pl.String = required("Run that found it.")
    as_of: pl.Date = required("Day that run speaks of.")
    center_id: pl.String = required("Center.")
    kind: pl.String = required("Record kind.")
    record_uid: pl.String = required("Record (the new one, when it was re-keyed).")
    native_id: pl.String = optional("Its number in the center's software.")
    name: pl.String = optional("Its name; of a removed record the last one.")
    change: pl.String = required("`added`, `removed`, `rekeyed` or `changed`.")
    field: pl.String = optional("Field that changed; null when the record as a whole is meant.")
    before: pl.String = optional("Earlier value as text; `withheld` when it is private.")
    now: pl.String = optional("Later value as text; `withheld` when it is private.")
