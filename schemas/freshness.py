"""Tables that stand beside the freshness figures: bands, levels, rows left out, and what cannot be known."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class FreshnessBand(Table):
    """One row per scope, measure, kind and band."""

    center_id: pl.String = optional("Center; null for all centers together.")
    measure: pl.String = required(
        "`complete_agency_update` (date of the bundle) or `verified_record` (date of the record)."
    )
    kind: pl.String = required("Record kind, or `all`.")
    band: pl.String = required("Band: current, due, overdue, stale or never.")
    record_count: pl.Int64 = optional("Counted records in the band; null when the export has no such date.")
    share: pl.Float64 = optional("record_count / all counted records of scope and kind, 0-1; null as above.")


class FreshnessLevel(Table):
    """One row per center and record kind that has counted records."""

    center_id: pl.String = required("Center.")
    kind: pl.String = required("Record kind.")
    counted: pl.Int64 = required("Counted records.")
    dated: pl.Int64 = required("Those with a verification day that is not in the future.")
    dated_share: pl.Float64 = required("dated / counted, 0-1.")
    is_tracked: pl.Boolean = required("Whether the level takes part in the date of the bundle.")


class NotCountedRows(Table):
    """One row per center, record kind and reason for which rows are left out of every share."""

    center_id: pl.String = required("Center.")
    kind: pl.String = required("Record kind.")
    not_counted_reason: pl.String = required("NotCountedReason value.")
    row_count: pl.Int64 = required("Rows left out.")


class Unknowable(Table):
    """One row per measure and center whose share cannot be known; its records are kept out of shares over several centers."""

    measure: pl.String = required("Measure.")
    center_id: pl.String = required("Center.")
    record_count: pl.Int64 = required("Counted records (agencies for the headline) kept out.")
    reason: pl.String = required("Why, one plain sentence.")


class FrequentDay(Table):
    """One row per scope and date column: the single day on which most counted records are stamped."""

    center_id: pl.String = optional("Center; null for all centers together.")
    field: pl.String = required("`verified_on` or `edited_on`.")
    day_on: pl.Date = required("The day; the earliest when several are equally frequent.")
    record_count: pl.Int64 = required("Counted records with that day.")
    share: pl.Float64 = required("record_count / all counted records of the scope, 0-1.")


class Suspicion(Table):
    """One row per counted verification and reason for which it deserves a question. Nobody is accused: dates alone prove nothing."""

    center_id: pl.String = required("Center.")
    kind: pl.String = required("Record kind.")
    record_uid: pl.String = required("Record.")
    agency_uid: pl.String = optional("Its agency; null when that is missing from the export.")
    verified_on: pl.Date = required("The verification day.")
    reason: pl.String = required(
        "`mass_stamp`, `before_created`, `no_verifier` or `unchanged_while_bad` (schemas.enumerations.SuspicionReason)."
    )


class TrendPoint(Table):
    """One row per day of a trend."""

    as_of: pl.Date = required("Day the figure speaks of.")
    origin: pl.String = required(
        "`night`: published that night; `reconstructed`: worked out later from the dates of the first nights, as a range."
    )
    run_id: pl.String = optional("Run of the night; null for a reconstructed day.")
    numerator: pl.Float64 = optional("Units updated; of a reconstructed day only those that were for certain.")
    denominator: pl.Float64 = optional(
        "Counted units; of a reconstructed day those of today that were entered by then."
    )
    unknown: pl.Float64 = optional(
        "Units without a day; of a reconstructed day those whose date of that time was overwritten since."
    )
    share: pl.Float64 = optional("numerator / denominator, 0-1; null for a reconstructed day that is not certain.")
    share_low: pl.Float64 = optional("Lower end, 0-1; the share itself for a night.")
    share_high: pl.Float64 = optional(
        "Upper end, 0-1: as if every overwritten date had counted; the share itself for a night."
    )
