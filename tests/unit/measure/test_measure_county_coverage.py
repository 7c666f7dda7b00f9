"""Which counties a center serves, from the areas that its services name; and what several centers leave open."""

from __future__ import annotations

from pipeline.measure.county_coverage import counties_served, cover_counties
from tests.builders import directory, row
from tests.network_summaries import STATE


def served(*areas: list[str], least: int = 1, **changes):
    services = [
        row("service", str(place), center_id="c", area_served_units=list(units), **changes)
        for place, units in enumerate(areas)
    ]
    return counties_served(
        directory(service=services), center_id="c", center_name="C", state=STATE, least_services=least
    )


def test_counties_are_read_in_every_form_that_exports_use():
    told = served(
        ["IL - Cook County"], ["Illinois - De Witt County - Clinton", "Saint Clair County, IL"], ["IL - DuPage"]
    )
    assert told.names == ("Cook", "De Witt", "DuPage", "St. Clair")
    assert told.services == {"Cook": 1, "De Witt": 1, "DuPage": 1, "St. Clair": 1}
    assert told.remarks == ()


def test_other_states_and_whole_states_cover_no_county():
    told = served(
        ["MO - St. Clair County", "IL", "illinois", "United States"], ["IN - Carroll County"], ["IL - Cook County"]
    )
    assert told.names == ("Cook",)
    assert told.whole_state == 1


def test_a_county_without_a_state_beside_it_is_left_out_and_told():
    told = served(["Cook County", "62701"])
    assert (told.names, told.without_state) == (None, 1)


def test_without_any_county_nothing_is_known():
    """Null is not the same as serving nobody."""
    assert served([], ["IL"]).names is None


def test_records_that_do_not_count_and_other_centers_cover_nothing():
    assert served(["IL - Cook County"], is_counted=False, not_counted_reason="inactive").names is None
    other = directory(service=[row("service", center_id="d", area_served_units=["IL - Cook County"])])
    assert counties_served(other, center_id="c", center_name="C", state=STATE).names is None


def test_a_slip_is_reported_and_nothing_else_of_what_was_written_is_passed_on():
    told = served(["IL - Carrol County", "IL - Quorlandia County", "IL - Carrolls"])
    assert told.names == ("Carroll",)
    assert [(one.written, one.read_as) for one in told.remarks] == [("Carrol County", "Carroll")]
    assert told.unread == 1


def test_single_services_can_be_too_few():
    areas = (["IL - Cook County", "IL - DuPage County"], ["IL - Cook County"])
    assert served(*areas, least=2).names == ("Cook",)
    assert served(*areas, least=3).names == ()


def test_covered_once_by_several_and_by_none():
    told = cover_counties(
        STATE, centers=[("b", "Beta", ["Cook", "DuPage"]), ("a", "Alpha", ["cook county", "Carrol"]), ("z", "Zeta", None)], basis="measured"
    )  # fmt: skip
    assert [(one.county.name, one.center_ids) for one in told.covered()] == [
        ("Carroll", ("a",)),
        ("Cook", ("a", "b")),
        ("DuPage", ("b",)),
    ]
    assert [one.county.name for one in told.several()] == ["Cook"]
    assert [one.county.name for one in told.uncovered()] == ["De Witt", "St. Clair", "Williamson"]
    assert told.by_center == {"a": ("17015", "17031"), "b": ("17031", "17043"), "z": None}
    assert [one.written for one in told.remarks] == ["Carrol"]
