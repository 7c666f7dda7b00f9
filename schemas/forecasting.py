"""Table of the forecast: the share updated on days to come."""

from __future__ import annotations

import polars as pl

from schemas.contract import Table, required


class ForecastPoint(Table):
    """One row per day: the day of the forecast, every seventh day after it, and the target day."""

    day: pl.Date = required("Day the share speaks of.")
    share_low: pl.Float64 = required("Lower end of the range, 0-1.")
    share_central: pl.Float64 = required("Middle of the simulated futures, 0-1.")
    share_high: pl.Float64 = required("Upper end of the range, 0-1.")
    share_without_work: pl.Float64 = required("Share if nobody verified from now on: certain, 0-1.")
