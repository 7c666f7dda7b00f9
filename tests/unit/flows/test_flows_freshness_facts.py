"""Forecast and queue as measures that the nights keep."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.export_center import ExportCenter

AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def measures(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    center = ExportCenter(tmp_path_factory.mktemp("facts"), agencies=25, seed="facts", as_of=AS_OF)
    center.night()
    return center.table("measure.measure")


def of(measures: pl.DataFrame, measure: str) -> pl.DataFrame:
    return measures.filter(pl.col("measure") == measure)


def test_every_night_keeps_its_forecast(measures: pl.DataFrame) -> None:
    """Next year somebody will ask how good the forecasts were."""
    rows = of(measures, "complete_agency_update_forecast").sort("share")
    assert rows["value"].to_list() == ["2026-12-31 low", "2026-12-31 central", "2026-12-31 high"]
    headline = of(measures, "complete_agency_update").filter(
        (pl.col("dimension") == "all") & pl.col("center_id").is_null()
    )
    assert rows["denominator"].unique().to_list() == headline["denominator"].to_list()
    needed = of(measures, "complete_agency_update_needed_per_week").row(0, named=True)
    assert needed["numerator"] > 0
    assert (needed["share"], needed["reason"]) == (None, "A number of agencies, no share.")


def test_every_night_keeps_how_much_is_queued(measures: pl.DataFrame) -> None:
    rows = of(measures, "queue_agencies_this_week")
    assert rows["dimension"].unique().to_list() == ["curator"]
    assert (rows["numerator"] <= rows["denominator"]).all()
    assert rows["denominator"].sum() > 0


def test_every_night_keeps_years_and_doubts(measures: pl.DataFrame) -> None:
    for window in ("fiscal_year", "calendar_year", "without_suspicious"):
        rows = of(measures, f"complete_agency_update_{window}").filter(pl.col("dimension") == "all")
        assert rows["center_id"].null_count() == 1
        assert rows.height == 2
