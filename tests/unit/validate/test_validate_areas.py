"""FMT-051: areas served whose county the state does not have."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.validate.areas import mark_unknown_areas
from schemas.contract import schema_of
from schemas.reference import ZipPlace
from tests.unit.validate.full_directory import full_parts, validate_parts

COUNTIES = [
    ("IL", "Sangamon"), ("IL", "DeKalb"), ("IL", "La Salle"), ("IL", "Saint Clair"), ("LA", "Orleans Parish"),
    ("MD", "Prince George's"), ("MD", "Baltimore City"), ("VA", "James City"), ("AK", "City and Borough of Juneau"),
    ("AK", "Kenai Peninsula Borough"), ("PR", "Añasco Municipio"), ("NJ", None), ("FL", "Miami-Dade"),
]  # fmt: skip


def unknown(*units: str, counties: list[tuple[str, str | None]] | None = None) -> list[str]:
    rows = [{"postal_code": "00000", "state": state, "county": county} for state, county in counties or COUNTIES]
    zips = pl.DataFrame(rows, schema_overrides=schema_of(ZipPlace))
    services = pl.DataFrame({"area_served_units": [list(units)]}, schema={"area_served_units": pl.List(pl.String)})
    return mark_unknown_areas(services, zips=zips)["unknown_areas"].to_list()[0]


@pytest.mark.parametrize(
    "unit",
    [
        "IL - Sangamon County", "il - SANGAMON county", "IL - De Kalb County", "IL - LaSalle County", "IL - St. Clair County",
        "IL - Sangamon County - Chatham", "LA - Orleans County", "LA - Orleans Parish", "MD - Prince Georges County",
        "MD - Baltimore County", "VA - James City County", "AK - Juneau City and Borough", "AK - Kenai Peninsula Borough",
        "PR - Anasco Municipio", "FL - Miami-Dade County",
    ],
)  # fmt: skip
def test_a_county_is_known_however_it_is_written(unit: str):
    """A curator would be sent to mend an area that is right."""
    assert unknown(unit) == []


@pytest.mark.parametrize(
    "unit",
    ["MD - Downtown County", "IL - Orleans Parish", "LA - Sangamon County", "AK - Sangamon Borough",
     "MD - Adams Morgan / Mount Pleasant County", "QQ - Sangamon County", "IL - Downtown County - Chatham"],
)  # fmt: skip
def test_a_county_that_the_state_lacks_is_unknown(unit: str):
    """Nobody who searches by place would find the service."""
    assert unknown("IL - Sangamon County", unit) == [unit]


@pytest.mark.parametrize(
    "unit",
    ["IL", "IL - Springfield", "Sangamon County, IL", "Downtown", "NJ - Bergen County", "NY - Kings County", "",
     "IL - Rosemont Borough"],
)  # fmt: skip
def test_what_names_no_county_or_a_state_beyond_the_table_is_not_judged(unit: str):
    """Towns are no counties, and a table of one state proves nothing about another."""
    assert unknown(unit) == []


def test_services_keep_their_order_and_blank_areas_stay_blank():
    """Findings would stand at the wrong service."""
    services = pl.DataFrame(
        {"area_served_units": [["IL - B County"], [], ["IL - Sangamon County"], ["IL - A County", "IL"]]}
    )
    zips = pl.DataFrame(
        [{"postal_code": "62701", "state": "IL", "county": "Sangamon"}], schema_overrides=schema_of(ZipPlace)
    )
    marked = mark_unknown_areas(services, zips=zips)
    assert marked["unknown_areas"].to_list() == [["IL - B County"], [], [], ["IL - A County"]]
    without = mark_unknown_areas(services, zips=None)
    assert without["unknown_areas"].to_list() == [[], [], [], []]


def test_one_finding_names_all_areas_of_a_service_that_cannot_be():
    """A service with forty wrong areas would fill the work list alone."""
    parts = full_parts()
    parts.one("service")["area_served_units"] = ["IL - X County", "IL - Sangamon County", "IL - A County"]
    found = parts.validate().findings
    assert found.select("rule_id", "field", "value", "severity").rows() == [
        ("FMT-051", "area_served_units", "IL - X County; IL - A County", "warning")
    ]


def test_an_inactive_service_is_nobodys_work():
    """Closed services are kept for reference."""
    parts = full_parts()
    parts.one("service").update(area_served_units=["IL - X County"], is_counted=False, status="inactive")
    assert "FMT-051" not in validate_parts([parts]).findings["rule_id"].to_list()
