"""Towns of large invented centers, and their localities."""

from __future__ import annotations

from pipeline.synthesize.geography import AGENCIES_PER_PLACE, lay_places
from pipeline.synthesize.vocabulary import read_vocabulary

VOCABULARY = read_vocabulary()
REAL = VOCABULARY.regions["prairie"]


def _lay(agencies: int, seed: str = "towns") -> tuple[int, int]:
    geography = lay_places(region="prairie", agencies=agencies, seed=seed, vocabulary=VOCABULARY)
    return len(geography.places), len({place.postal_code for place in geography.places})


def test_a_small_center_has_the_real_places_alone() -> None:
    geography = lay_places(region="prairie", agencies=500, seed="towns", vocabulary=VOCABULARY)
    assert geography.places == REAL
    assert {name for place in REAL for name in geography.localities(place)} == set(VOCABULARY.words["localities"])


def test_a_large_center_has_a_place_for_every_few_agencies_until_zip_codes_run_out() -> None:
    assert _lay(20_000) == (20_000 // AGENCIES_PER_PLACE, 20_000 // AGENCIES_PER_PLACE)
    places, postal_codes = _lay(1_000_000)
    assert places == postal_codes
    assert places > 2_900


def test_towns_are_neighbours_of_real_places_and_share_no_name_with_anything() -> None:
    geography = lay_places(region="prairie", agencies=200_000, seed="towns", vocabulary=VOCABULARY)
    towns = geography.places[len(REAL) :]
    assert {(town.county, town.area_code) for town in towns} == {(place.county, place.area_code) for place in REAL}
    assert all(town.postal_code[:2] in {"60", "61", "62"} for town in towns)
    words = VOCABULARY.words
    families = {start + end for start in words["name_starts"] for end in words["name_ends"]}
    listed = {place.city for places in VOCABULARY.regions.values() for place in places} | set(words["localities"])
    localities = {name for town in towns for name in geography.localities(town)}
    cities = {town.city for town in towns}
    assert len(cities) == len(towns)
    assert not cities & (families | listed | localities)
    assert not localities & (families | listed)


def test_near_places_come_nearest_first_and_never_hold_the_place_itself() -> None:
    geography = lay_places(region="prairie", agencies=500, seed="towns", vocabulary=VOCABULARY)
    urbana = next(place for place in REAL if place.city == "Urbana")
    assert [place.city for place in geography.near(urbana)] == ["Champaign", "Monticello", "Tuscola", "Danville"]


def test_the_seed_moves_the_towns() -> None:
    one, same, other = (
        lay_places(region="prairie", agencies=5_000, seed=seed, vocabulary=VOCABULARY).places
        for seed in ("a", "a", "b")
    )
    assert one == same
    assert one != other
