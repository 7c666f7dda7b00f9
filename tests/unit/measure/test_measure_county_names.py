"""County names as people write them: alike when they mean one county, reported when they slip."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipeline.measure.county_names import fold_county, read_county_names
from schemas.network import State
from schemas.network_state import StateFile

_FILE = Path(__file__).resolve().parents[3] / "examples" / "illinois" / "illinois.toml"


@pytest.fixture(scope="module")
def illinois() -> State:
    return StateFile.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8"))).as_state()


def read(state: State, *names: str):
    return read_county_names(names, state=state, center_id="c", center_name="C")


@pytest.mark.parametrize(
    "alike",
    [
        ("De Witt", "DeWitt", "de witt county", "DEWITT CO.", "  De  Witt  County "),
        ("LaSalle", "La Salle", "la salle County"),
        ("DuPage", "Du Page", "dupage", "County of DuPage"),
        ("DeKalb", "De Kalb"),
        ("St. Clair", "Saint Clair", "St Clair County", "st.clair"),
        ("Jo Daviess", "JoDaviess County"),
    ],
)
def test_ways_to_write_one_county_are_one_without_a_remark(illinois: State, alike: tuple[str, ...]) -> None:
    told = [read(illinois, name) for name in alike]
    assert len({one.fips for one in told}) == 1
    assert len(told[0].fips) == 1
    assert all(one.remarks == () for one in told)


@pytest.mark.parametrize(
    ("written", "county", "fips"),
    [
        ("Carrol", "Carroll", "17015"),
        ("Jo Davies", "Jo Daviess", "17085"),
        ("Vermillion", "Vermilion", "17183"),
        ("Williams", "Williamson", "17199"),
    ],
)
def test_a_slip_is_read_and_reported(illinois: State, written: str, county: str, fips: str) -> None:
    told = read(illinois, written)
    assert told.fips == (fips,)
    assert [(one.written, one.read_as) for one in told.remarks] == [(written, county)]


@pytest.mark.parametrize("written", ["Quorland", "Lane", "Springfield", "Chicago", "St. Louis", "Lakes and Rivers"])
def test_a_name_that_is_near_to_none_or_to_several_counties_is_unknown(illinois: State, written: str) -> None:
    told = read(illinois, written)
    assert told.fips == ()
    assert [(one.written, one.read_as) for one in told.remarks] == [(written, None)]


def test_blank_names_and_repeats_add_nothing(illinois: State) -> None:
    told = read(illinois, "", "   ", "County", "Cook", "cook county", "Carrol", "Carrol")
    assert told.fips == ("17015", "17031")
    assert [one.written for one in told.remarks] == ["County", "Carrol"]


def test_counties_with_near_names_of_their_own_stay_apart(illinois: State) -> None:
    """Clark and Clay, Macon and Mason, Henry and McHenry, Will and Williamson are all real."""
    for county in illinois.counties:
        told = read(illinois, county.name)
        assert told.fips == (county.fips,)
        assert told.remarks == ()
    assert len({fold_county(county.name) for county in illinois.counties}) == 102
