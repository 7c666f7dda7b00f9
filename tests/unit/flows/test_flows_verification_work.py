"""The forecast of a directory: which centers are in it, and why the others are not."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from flows.settings import Settings
from flows.verification_work import forecast_directory
from pipeline.measure.forecast import Forecast
from schemas.contract import empty_table
from schemas.history import Verification
from tests.bundles import directory_of_rows

AS_OF = date(2026, 11, 20)
UNDATED = {"record_uid": "B", "center_id": "undated"}


def forecast(*agencies: dict[str, Any], verifications: pl.DataFrame | None = None) -> Forecast:
    return forecast_directory(
        directory_of_rows(agency=list(agencies)),
        verifications=empty_table(Verification) if verifications is None else verifications,
        as_of=AS_OF,
        target_on=date(2026, 12, 31),
        target_share=0.95,
        settings=Settings(),
    )


def test_agencies_without_dates_are_not_said_to_be_missing() -> None:
    """ "There is no counted agency" stood beside a thousand agencies of which only the dates are missing."""
    assert forecast(UNDATED).reason == "The export has no verification date that counts."


def test_a_center_that_is_left_out_is_named() -> None:
    """Otherwise the forecast seems to speak of all centers."""
    told = forecast({"record_uid": "A", "verified_on": date(2026, 10, 1)}, UNDATED)
    assert told.units == 1
    assert told.basis[-1] == "Center undated is left out. The export has no verification date that counts."
    assert not [
        said for said in forecast({"record_uid": "A", "verified_on": date(2026, 10, 1)}).basis if "left out." in said
    ]


def test_one_verification_is_told_in_the_singular() -> None:
    told = forecast({"record_uid": "A", "verified_on": date(2026, 10, 1)})
    assert told.basis[0].startswith("The pace is told from 1 verification in the ")
