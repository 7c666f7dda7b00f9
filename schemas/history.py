"""Tables of the schema `history`: what earlier nights showed, as far as tonight needs it."""

from __future__ import annotations

import polars as pl

from schemas.changes import RecordChange, RekeyedRecord, Signal
from schemas.contract import Table, required


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


class FieldChange(RecordChange):
    """One row per added, removed or re-keyed record and per changed field, as a night found it.

    Nothing is kept of a center's first night, on which every record is new.
    """

    run_id: pl.String = required("Run that found it.")
    as_of: pl.Date = required("Day that run speaks of.")


class RekeyedInRun(RekeyedRecord):
    """One row per re-keyed record and night: the bridge from old decisions to new records."""

    run_id: pl.String = required("Run that found it.")
    as_of: pl.Date = required("Day that run speaks of.")


class SignalInRun(Signal):
    """One row per signal and night."""

    run_id: pl.String = required("Run that found it.")
    as_of: pl.Date = required("Day that run speaks of.")
