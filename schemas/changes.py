"""What changed between two nights, record by record and field by field."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class RecordChange(Table):
    """One row per added, removed or re-keyed record, and per changed field of a record that stayed."""

    center_id: pl.String = required("Center.")
    kind: pl.String = required("Record kind.")
    record_uid: pl.String = required("Record (the new one, when it was re-keyed).")
    native_id: pl.String = optional("Its number in the center's software.")
    name: pl.String = optional("Its name; of a removed record the last one.")
    change: pl.String = required("`added`, `removed`, `rekeyed` or `changed`.")
    field: pl.String = optional("Field that changed; null when the record as a whole is meant.")
    before: pl.String = optional(
        "Value of the earlier night as text, or the earlier number; `withheld` when it is private."
    )
    now: pl.String = optional("Value of the later night as text, or the present number; `withheld` when it is private.")
