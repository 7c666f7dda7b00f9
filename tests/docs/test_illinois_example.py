"""The example of the Illinois network against figures worked out by hand from the published guide, and its map against the land."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from flows.cli import run
from pipeline.publish.network_json import network_json
from schemas.network import State
from schemas.network_state import StateFile
from schemas.network_summary import CenterSummary
from tests.network_summaries import cross_duplicates, network, summary

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "illinois"

#: As the guide prints them: FTE, certified, updated, agencies, services, counties. None: NA, or not given.
PUBLISHED = {
    "211 DuPage": (1.5, 1.00, 0.93, None, None, 1),
    "211 Lake County": (None, None, None, None, None, 1),
    "211 Metro Chicago": (4.0, 0.80, 0.93, 3200, 16000, 1),
    "211 PATH": (5.0, 0.40, None, None, None, 53),
    "211 Peoria": (3.0, 0.00, 1.00, None, None, 7),
    "211 Southwestern Illinois": (4.0, 1.00, 0.98, 5000, 25000, 9),
}
#: Counties that no center names.
UNCOVERED = (
    "Adams, Bond, Boone, Brown, Bureau, Cass, Christian, Clay, Coles, Cumberland, Edwards, Effingham, Fayette, Hancock, Henderson, Henry, "
    "Jasper, Lawrence, Mason, McDonough, Mercer, Montgomery, Morgan, Pike, Richland, Rock Island, Schuyler, Scott, Wabash, Warren"
)
#: Counties that share a border.
NEIGHBORS = (
    "Cook-Lake, Cook-DuPage, Cook-Will, Lake-McHenry, McHenry-Boone, McHenry-Kane, Boone-Winnebago, Boone-DeKalb, Winnebago-Stephenson, "
    "Winnebago-Ogle, Stephenson-Jo Daviess, Jo Daviess-Carroll, Carroll-Whiteside, Ogle-Lee, Whiteside-Rock Island, Whiteside-Henry, "
    "Rock Island-Mercer, Mercer-Henderson, Henderson-Warren, Knox-Peoria, Peoria-Tazewell, Peoria-Woodford, Tazewell-McLean, "
    "Woodford-Livingston, Livingston-Ford, Ford-Iroquois, Iroquois-Kankakee, Kankakee-Will, Champaign-Vermilion, Vermilion-Edgar, "
    "Edgar-Clark, Clark-Crawford, Crawford-Lawrence, Lawrence-Wabash, Hancock-Adams, Adams-Pike, Pike-Calhoun, Calhoun-Jersey, "
    "Jersey-Madison, Madison-St. Clair, St. Clair-Monroe, Monroe-Randolph, Randolph-Jackson, Jackson-Williamson, Sangamon-Morgan, "
    "Sangamon-Christian, Macon-Piatt, Union-Alexander, Pulaski-Massac, Pope-Hardin, Hardin-Gallatin, Gallatin-White"
)
#: The first lies north of the second.
NORTH_OF = (
    "Lake-Cook, Cook-Will, Will-Kankakee, McHenry-Kane, Winnebago-Ogle, Ogle-Lee, Jo Daviess-Carroll, Carroll-Rock Island, "
    "Rock Island-Mercer, Knox-Fulton, Peoria-Sangamon, McLean-Macon, Champaign-Coles, Vermilion-Clark, Hancock-Adams, Adams-Calhoun, "
    "Sangamon-Macoupin, Macoupin-Madison, Madison-Monroe, Clark-Lawrence, Lawrence-White, Marion-Jefferson, Jefferson-Franklin, "
    "Jackson-Alexander, Saline-Massac, Livingston-Champaign"
)
#: The first lies west of the second.
WEST_OF = (
    "Jo Daviess-Stephenson, Stephenson-Winnebago, Winnebago-McHenry, McHenry-Lake, Kane-DuPage, DuPage-Cook, Whiteside-Lee, "
    "Rock Island-Bureau, Bureau-Grundy, Henderson-Knox, Peoria-McLean, McLean-Iroquois, Hancock-Fulton, Adams-Sangamon, Sangamon-Macon, "
    "Macon-Champaign, Champaign-Vermilion, Pike-Christian, Christian-Coles, Coles-Clark, Calhoun-Montgomery, Madison-Fayette, "
    "Fayette-Jasper, St. Clair-Marion, Marion-Wabash, Monroe-Jefferson, Randolph-Saline, Jackson-Gallatin, Alexander-Massac"
)


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict:
    """What the command tells of the example, without any night having been run."""
    path = tmp_path_factory.mktemp("illinois") / "network.json"
    workspace = path.parent / "workspace"
    words = ["network", "--config", str(FOLDER / "curation.toml"), "--workspace", str(workspace), "--output", str(path)]
    assert run(words) == 0
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def state() -> State:
    said = tomllib.loads((FOLDER / "illinois.toml").read_text(encoding="utf-8"))
    return StateFile.model_validate(said).as_state()


@pytest.fixture(scope="module")
def tiles(state) -> dict[str, tuple[int, int]]:
    return {county.name: (county.column, county.row) for county in state.counties}


def pairs(text: str) -> list[tuple[str, str]]:
    return [tuple(pair.split("-")) for pair in text.split(", ")]


def test_published_figures_are_those_of_the_guide_and_in_the_order_of_names(told):
    figures = {
        one["name"]: (
            one["curator_fte"], one["certified_share"], one["updated_share"], one["agencies_at_least"], one["services_at_least"],
            len(one["counties"]),
        )
        for one in told["published"]
    }  # fmt: skip
    assert figures == PUBLISHED
    assert list(figures) == sorted(figures)
    assert [one["accredited"] for one in told["published"]] == [False, True, False, True, False, True]
    assert all("Service Guide" in one["source"] and "2023-24" in one["stated_for"] for one in told["published"])


def test_curators_together_and_how_many_are_certified(told):
    total = told["published_total"]
    assert total["curator_fte"] == {"value": 17.5, "of_centers": 5}
    assert round(total["certified"]["certified_fte"], 6) == 10.7
    assert round(total["certified"]["share"], 2) == 0.61
    assert total["certified"]["is_approximate"] is True


def test_seventy_two_counties_none_twice_and_the_thirty_that_are_left(told):
    coverage = told["coverage"]
    assert (coverage["basis"], coverage["counties"]) == ("published", 102)
    assert len(coverage["covered"]) == 72
    assert coverage["several"] == []
    assert sorted(one["county"] for one in coverage["uncovered"]) == sorted(UNCOVERED.split(", "))
    assert {center: len(codes) for center, codes in coverage["by_center"].items()} == {
        "dupage": 1, "lake": 1, "metro_chicago": 1, "path": 53, "peoria": 7, "southwestern_illinois": 9,
    }  # fmt: skip


def test_spellings_of_the_guide_are_reported(told):
    assert [(one["center_id"], one["written"], one["read_as"]) for one in told["coverage"]["remarks"]] == [
        ("path", "Carrol", "Carroll"),
        ("path", "Jo Davies", "Jo Daviess"),
        ("path", "Vermillion", "Vermilion"),
        ("path", "Williams", "Williamson"),
    ]


def test_nothing_is_measured_and_nothing_is_summed_that_cannot_be(told):
    assert (told["centers"], told["total"], told["cross_center_duplicates"]) == ([], None, None)
    assert set(told["published_total"]) == {"curator_fte", "certified"}


def test_no_person_and_no_way_to_reach_one():
    text = (FOLDER / "curation.toml").read_text(encoding="utf-8")
    assert "@" not in text
    assert "http" not in text
    assert "phone" not in text.casefold()


def test_codes_are_odd_and_ascend_with_the_census_order_of_names(state):
    assert [int(county.fips) for county in state.counties] == list(range(17001, 17204, 2))
    codes = {county.name: county.fips for county in state.counties}
    known = {
        "Adams": "17001", "Cook": "17031", "DeKalb": "17037", "De Witt": "17039", "DuPage": "17043", "Kane": "17089", "Lake": "17097",
        "LaSalle": "17099", "Lawrence": "17101", "Lee": "17103", "McDonough": "17109", "McHenry": "17111", "McLean": "17113",
        "Macon": "17115", "Madison": "17119", "Peoria": "17143", "St. Clair": "17163", "Saline": "17165", "Sangamon": "17167",
        "Will": "17197", "Winnebago": "17201", "Woodford": "17203",
    }  # fmt: skip
    assert {name: codes[name] for name in known} == known


def test_every_tile_has_its_own_place_and_name(state, tiles):
    assert len(set(tiles.values())) == 102
    assert len({county.short for county in state.counties}) == 102


@pytest.mark.parametrize(("one", "other"), pairs(NEIGHBORS))
def test_neighbors_lie_near_to_each_other_on_the_map(tiles, one, other):
    (column, row), (next_column, next_row) = tiles[one], tiles[other]
    assert abs(column - next_column) <= 2
    assert abs(row - next_row) <= 2


@pytest.mark.parametrize(("north", "south"), pairs(NORTH_OF))
def test_north_is_above_south(tiles, north, south):
    assert tiles[north][1] < tiles[south][1]


@pytest.mark.parametrize(("west", "east"), pairs(WEST_OF))
def test_west_is_left_of_east(tiles, west, east):
    assert tiles[west][0] < tiles[east][0]


def test_every_key_of_the_answer_stands_in_the_documentation(told):
    """Scripts are written from it."""
    text = (FOLDER.parents[1] / "docs" / "network.md").read_text(encoding="utf-8")
    answer = network_json(network(summary("east"), cross=cross_duplicates()))
    keys = {*answer, *answer["centers"][0], *answer["total"], *answer["coverage"], *answer["cross_center_duplicates"]}
    assert set(told) == set(answer)
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []
    assert [key for key in CenterSummary.model_fields if f"`{key}`" not in text] == []
