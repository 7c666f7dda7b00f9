"""Table of the schema `measure`: one long table of figures, each with its numerator and denominator."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, optional, required


class Measure(Table):
    """One row per measure, dimension and value. A share that cannot be known is null with a reason, never 0."""

    as_of: pl.Date = required("Day the figure speaks of.")
    center_id: pl.String = optional("Center; null for all centers together.")
    measure: pl.String = required(
        "Such as `complete_agency_update`, `verified_record`, `edited_record`, `staffing_fte`."
    )
    dimension: pl.String = required(
        "`all`, `center`, `county`, `curator`, `kind`, `tier`, `branch`, `language`, `band`, `day` or `reason`."
    )
    value: pl.String = required("Value of the dimension; `all` for the whole, `(unknown)` when the record has none.")
    numerator: pl.Float64 = optional("Counted records that meet the measure.")
    denominator: pl.Float64 = optional("Counted records.")
    unknown: pl.Float64 = optional("Counted records without the date; they stay in the denominator.")
    share: pl.Float64 = optional("numerator / denominator, 0-1; null when it cannot be known.")
    reason: pl.String = optional("Why the share is null.")


class StoredMeasure(Measure):
    """A measure with the run that made it; one run's rows stay when the next is added, so that trends can be drawn."""

    run_id: pl.String = required("Run.")
