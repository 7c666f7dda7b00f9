"""Tables of a time log: what curators wrote down, and the updates that it shows."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class TimeEntry(Table):
    """One row per usable line of a time log."""

    source_line: pl.Int64 = required("Line of the file.")
    worked_on: pl.Date = required("Day of the work.")
    curator: pl.String = required("Who worked; `(not said)` when the cell is blank.")
    center_id: pl.String = required("Center of the record.")
    agency_uid: pl.String = required("Agency of the record's bundle.")
    minutes: pl.Float64 = required("Minutes of work, above 0.")


class TimeLogFault(Table):
    """One row per line of a time log that cannot be used, and why."""

    source_line: pl.Int64 = required("Line of the file.")
    column: pl.String = required("Column concerned.")
    value: pl.String = optional("What stands there; null when blank.")
    reason: pl.String = required("What is wrong, one sentence.")


class LoggedUpdate(Table):
    """One row per update of a bundle: entries that lie close together are one update."""

    center_id: pl.String = required("Center.")
    agency_uid: pl.String = required("Agency.")
    first_on: pl.Date = required("First day of the work.")
    curator: pl.String = required("Who spent most of the minutes on it.")
    minutes: pl.Float64 = required("Minutes of all its entries.")
    entry_count: pl.Int64 = required("Entries that it is made of.")
