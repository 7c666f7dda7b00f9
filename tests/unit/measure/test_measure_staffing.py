from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
from pydantic import ValidationError

from pipeline.measure.sensitivity import vary_parameters
from pipeline.measure.staffing import BAND, Staffing, estimate_staffing
from pipeline.measure.what_if import WhatIf, estimate_what_if, parse_what_if
from schemas.complexity import Complexity
from schemas.contract import empty_table
from schemas.errors import UsageError
from schemas.staffing_parameters import Channel, StaffingParameters

CENTRAL = StaffingParameters()


def bundles(
    count: int,
    services: int,
    sites: int,
    *,
    edited: int = 0,
    terms: int | None = None,
    versions: int = 0,
    center: str = "c1",
) -> pl.DataFrame:
    """Return alike bundles; `versions` is (L - 1) x (V + S)."""
    return pl.DataFrame(
        {
            "center_id": [center] * count,
            "service_count": [services] * count,
            "site_count": [sites] * count,
            "service_at_site_count": [edited] * count,
            "service_term_count": [services if terms is None else terms] * count,
            "extra_version_count": [versions] * count,
            "tier": ["T1"] * count,
        }
    )


def fte(staffing: Staffing) -> list[float]:
    return [round(getattr(staffing.fte, name), 2) for name in BAND]


@pytest.mark.parametrize(
    ("frame", "minutes"),
    [
        (bundles(1, 1, 1), 32),
        (bundles(1, 5, 2), 68),
        (bundles(1, 6, 3, edited=4, terms=10), 90),
        (bundles(1, 2, 1, versions=3), 52),
        (bundles(1, 3, 0, terms=1), 44),
    ],
)
def test_minutes_of_a_bundle(frame: pl.DataFrame, minutes: float) -> None:
    """Every figure given to funders would be off."""
    workings = estimate_staffing(frame, parameters=CENTRAL).workings
    update_hours = workings.filter(pl.col("minutes_central").is_not_null()).get_column("hours_central").sum()
    assert update_hours * 60 == pytest.approx(minutes)


def test_metro_profile() -> None:
    """The cross-check printed in the documentation must be what the program says."""
    staffing = estimate_staffing(bundles(3200, 5, 2), parameters=CENTRAL)
    assert fte(staffing) == [2.34, 3.35, 4.59]
    assert staffing.hours.central == pytest.approx(4170.667, abs=0.001)
    assert (staffing.agencies, staffing.services, staffing.sites) == (3200, 16000, 6400)


def test_southern_profile() -> None:
    """The same for the larger profile."""
    staffing = estimate_staffing(bundles(5000, 5, 2), parameters=CENTRAL)
    assert fte(staffing) == [3.66, 5.24, 7.17]
    assert staffing.hours.central == pytest.approx(6516.667, abs=0.001)


@pytest.mark.parametrize(
    ("agencies", "sites", "central"), [(3200, 1, 3.16), (3200, 3, 3.55), (5000, 1, 4.93), (5000, 3, 5.55)]
)
def test_profiles_with_other_sites_per_agency(agencies: int, sites: int, central: float) -> None:
    """The stated effect of the unknown number of sites would be wrong."""
    assert fte(estimate_staffing(bundles(agencies, 5, sites), parameters=CENTRAL))[1] == central


@pytest.mark.parametrize(("agencies", "coverage", "central"), [(3200, 0.93, 3.12), (5000, 0.98, 5.14)])
def test_profiles_at_the_share_really_updated(agencies: int, coverage: float, central: float) -> None:
    """A center that updates less than everything would be compared with the wrong effort."""
    parameters = CENTRAL.model_copy(update={"target_coverage": coverage})
    assert fte(estimate_staffing(bundles(agencies, 5, 2), parameters=parameters))[1] == central


@pytest.mark.parametrize(
    ("channel", "hours", "central"),
    [(1.0, {"interim": 225.0, "workload": 1945.0}, 1.5645), (0.8, {"interim": 180.0, "workload": 1600.0}, 1.2870)],
)
def test_workload_with_new_agencies_audits_and_merges(channel: float, hours: dict[str, float], central: float) -> None:
    """The work beside the yearly update would be lost or multiplied by the channel."""
    parameters = StaffingParameters(channel_factor=channel, new_agencies=60, audits=120, merges=80)
    staffing = estimate_staffing(bundles(1000, 6, 3, edited=4, terms=10), parameters=parameters)
    part_hours = dict(staffing.workings.select("part", "hours_central").rows())
    assert part_hours["interim"] == pytest.approx(hours["interim"])
    assert (part_hours["new_agencies"], part_hours["audits"], part_hours["merges"]) == (120, 60, 40)
    assert staffing.hours.central == pytest.approx(hours["workload"])
    assert staffing.fte.central == pytest.approx(central, abs=0.00005)


def test_workings_add_up_to_the_hours() -> None:
    """A reader who adds up the parts must come to the printed sum."""
    staffing = estimate_staffing(
        bundles(7, 4, 2, edited=1, terms=9, versions=2), parameters=StaffingParameters(audits=3)
    )
    for name in BAND:
        assert staffing.workings.get_column(f"hours_{name}").sum() == pytest.approx(getattr(staffing.hours, name))


def test_one_at_a_time_sensitivity() -> None:
    """The table that tells which assumption matters would mislead."""
    table = vary_parameters(bundles(3200, 5, 2), parameters=CENTRAL)
    found = {row["parameter"]: (row["low_fte"], row["high_fte"]) for row in table.to_dicts()}
    for parameter, low, high in (
        ("service_minutes", 2.738, 4.095),
        ("channel_factor", 2.684, 4.361),
        ("direct_share", 2.763, 3.914),
        ("agency_minutes", 3.059, 3.749),
        ("interim_share", 3.063, 3.792),
        ("target_coverage", 2.852, 3.355),
        ("productive_hours", 3.355, 3.724),
        ("site_minutes", 3.256, 3.453),
    ):
        assert found[parameter] == pytest.approx((low, high), abs=0.0006), parameter
    assert table.get_column("parameter").to_list()[:2] == ["channel_factor", "service_minutes"]
    assert table.get_column("central_fte").round(2).unique().to_list() == [3.35]


def test_centers_have_bands_of_their_own() -> None:
    """A state's table would show one center's curators under another."""
    both = pl.concat([bundles(3200, 5, 2), bundles(5000, 5, 2, center="c2")])
    rows = estimate_staffing(both, parameters=CENTRAL).by_center.to_dicts()
    assert [(row["center_id"], round(row["fte_central"], 2)) for row in rows] == [("c1", 3.35), ("c2", 5.24)]
    assert [(round(row["fte_low"], 2), round(row["fte_high"], 2)) for row in rows] == [(2.34, 4.59), (3.66, 7.17)]


def test_figures_carry_low_and_high_with_every_central() -> None:
    """A stored central value without its range would be printed alone one day."""
    figures = estimate_staffing(bundles(10, 2, 1), parameters=CENTRAL).figures(as_of=date(2026, 11, 20))
    groups = figures.group_by("center_id", "measure").agg(pl.col("value").sort())
    assert groups.get_column("value").to_list() == [["central", "high", "low"]] * 4


def test_document_is_json_with_its_caveats() -> None:
    """Scripts read this document; the caveats must go wherever the figure goes."""
    document = json.loads(json.dumps(estimate_staffing(bundles(3200, 5, 2), parameters=CENTRAL).document()))
    assert [document[f"{name}_fte"] for name in BAND] == [2.3434, 3.3548, 4.5882]
    assert len(document["caveats"]) == 6
    assert document["parameters"]["service_minutes"] == [5.5, 8.0, 11.0]
    assert document["tiers"] == {"T1": 3200, "T2": 0, "T3": 0, "T4": 0}


def test_missing_sites_are_said() -> None:
    """An export without sites would give a small figure that looks like little work."""
    assert estimate_staffing(bundles(10, 2, 1), parameters=CENTRAL).notes == ()
    (note,) = estimate_staffing(bundles(1000, 2, 0), parameters=CENTRAL).notes
    assert note.startswith("Center c1 has only 0 sites that count for 1,000 agencies")


def test_no_bundles_need_nobody() -> None:
    """An empty directory must not fall over, and new agencies still take their hours."""
    parameters = StaffingParameters(new_agencies=10)
    staffing = estimate_staffing(empty_table(Complexity), parameters=parameters)
    assert (staffing.hours.low, staffing.hours.central, staffing.hours.high) == (20, 20, 20)
    assert staffing.by_center.is_empty()


def test_minutes_must_rise() -> None:
    """A mistyped setting would give a band that does not hold its central value."""
    with pytest.raises(ValidationError, match="service_minutes must rise"):
        StaffingParameters(service_minutes=(9, 8, 11))


def test_what_if_of_the_worked_example() -> None:
    """Whoever asks for money for a new community would ask for the wrong sum."""
    what_if = parse_what_if("+500 agencies, 3 services, 1.5 sites")
    estimate = estimate_what_if(empty_table(Complexity), what_if=what_if, parameters=CENTRAL)
    assert estimate.minutes_per_agency.central == 50
    assert estimate.later_year_hours.central == pytest.approx(479.17, abs=0.01)
    assert estimate.first_year_hours.central == pytest.approx(1479.17, abs=0.01)
    assert round(estimate.later_year_fte.central, 2) == 0.39
    assert round(estimate.first_year_fte.central, 2) == 1.19


def test_what_if_takes_the_means_of_the_directory() -> None:
    """New agencies like the present ones must cost what the present ones cost."""
    frame = pl.concat([bundles(1, 6, 3, edited=4, terms=10), bundles(1, 5, 2)])
    estimate = estimate_what_if(frame, what_if=WhatIf(agencies=1), parameters=CENTRAL)
    assert estimate.minutes_per_agency.central == pytest.approx((90 + 68) / 2)
    stated = estimate_what_if(frame, what_if=WhatIf(agencies=1, services_per_agency=1), parameters=CENTRAL)
    assert stated.minutes_per_agency.central == pytest.approx(20 + 8 + 2.5 * 4)


def test_what_if_without_any_mean_says_what_to_do() -> None:
    """A new center would meet a traceback."""
    with pytest.raises(UsageError, match="State them"):
        estimate_what_if(empty_table(Complexity), what_if=WhatIf(agencies=1), parameters=CENTRAL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+500 agencies", WhatIf(agencies=500)),
        ("1 agency", WhatIf(agencies=1)),
        (
            "+1,200 agencies with 3 services and 1.5 sites each",
            WhatIf(agencies=1200, services_per_agency=3, sites_per_agency=1.5),
        ),
        ("+20 Agencies, 2 sites per agency", WhatIf(agencies=20, sites_per_agency=2)),
        ("+1,200 agencies,target 98%", WhatIf(agencies=1200, changes={"target_coverage": 0.98})),
        (
            "2 verifications per year, 40 new agencies a year",
            WhatIf(changes={"verifications_per_year": 2, "new_agencies": 40}),
        ),
        ("portal for 40 % and calling for 60 %", WhatIf(channels={Channel.PORTAL: 0.4, Channel.CALLING: 0.6})),
    ],
)
def test_questions_that_can_be_read(text: str, expected: WhatIf) -> None:
    """A question in plain words would be refused, or read wrongly."""
    assert parse_what_if(text) == expected


@pytest.mark.parametrize(
    "text", ["", "500", "+500 services and more", "+500 agencies, 3", "target", "portal", "target of 98", "5 agencys"]
)
def test_questions_that_cannot_be_read(text: str) -> None:
    """A misread question would answer something that nobody asked."""
    with pytest.raises(UsageError, match="cannot be read"):
        parse_what_if(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("+5 agencies, 2 sites, 3 sites", "says sites twice"),
        ("target 98 %, target 99 %", "says the target twice"),
        ("target 0 %", "out of range"),
        ("target 130 %", "out of range"),
        ("portal for 0 %", "out of range"),
        ("portal for 40 %, Portal for 25 %", "says portal twice"),
        ("portal for 60 %, calling for 50 %", "moves more than all agencies"),
        ("+0 agencies", "out of range"),
        ("3 services", "nobody adds"),
        ("-20 agencies, 3 services", "nobody adds"),
    ],
)
def test_questions_that_make_no_sense(text: str, told: str) -> None:
    """A question half answered would be taken for one that was answered whole."""
    with pytest.raises(UsageError, match=told):
        parse_what_if(text)


def then(text: str, frame: pl.DataFrame, parameters: StaffingParameters = CENTRAL) -> float:
    """The central FTE after a change."""
    return estimate_what_if(frame, what_if=parse_what_if(text), parameters=parameters).then_fte.central


METRO = bundles(3200, 5, 2)


@pytest.mark.parametrize(
    ("text", "fte"),
    [
        ("target 93 %", 3.12),
        ("portal for 100 %", 2.68),
        ("calling for 100 %", 4.36),
        ("direct 85 %", 2.76),
        ("direct 60 %", 3.91),
        ("interim 5 %", 3.06),
        ("interim 30 %", 3.79),
        ("target 85 %", 2.85),
    ],
)
def test_what_if_of_a_published_size(text: str, fte: float) -> None:
    """The printed figures of the sensitivity table, asked as questions."""
    assert round(then(text, METRO), 2) == fte


def test_a_part_that_moves_to_the_portal_saves_its_part() -> None:
    plain = estimate_staffing(METRO, parameters=CENTRAL).fte.central
    assert then("portal for 40 %", METRO) == pytest.approx(plain * (0.4 * 0.8 + 0.6))
    mixed = StaffingParameters(channel_shares={"calling": 0.5, "mixed": 0.5})
    before = estimate_staffing(METRO, parameters=mixed).fte.central
    assert before == pytest.approx(plain * 1.15)
    assert then("portal for 40 %", METRO, mixed) == pytest.approx(plain * (0.4 * 0.8 + 0.6 * 1.15))


def test_two_channels_at_once_leave_the_rest_as_it_is() -> None:
    plain = estimate_staffing(METRO, parameters=CENTRAL).fte.central
    question = "portal for 40 %, calling for 25 %"
    assert then(question, METRO) == pytest.approx(plain * (0.4 * 0.8 + 0.25 * 1.3 + 0.35))
    mixed = StaffingParameters(channel_shares={"calling": 0.5, "mixed": 0.5})
    assert then(question, METRO, mixed) == pytest.approx(plain * (0.4 * 0.8 + 0.25 * 1.3 + 0.35 * 1.15))


def test_a_saving_is_a_band_from_the_largest_to_the_smallest() -> None:
    answer = estimate_what_if(METRO, what_if=parse_what_if("portal for 100 %"), parameters=CENTRAL)
    saved = answer.difference_fte
    assert saved.low == pytest.approx(answer.then_fte.high - answer.today_fte.high)
    assert saved.low < saved.central < saved.high < 0


def test_several_changes_at_once_are_one_change() -> None:
    answer = estimate_what_if(
        METRO, what_if=parse_what_if("target 93 %, 120 audits and 60 new agencies; 80 merges"), parameters=CENTRAL
    )
    hours = 3200 * 68 / 60 * 0.93 * 1.15 + 120 * 0.5 + 60 * 2 + 80 * 0.5
    assert answer.then_hours.central == pytest.approx(hours)
    assert answer.difference_hours.central == pytest.approx(hours - answer.today_hours.central)
    assert answer.first_year_hours is None


def test_agencies_that_go_take_their_work_with_them() -> None:
    assert then("-1,600 agencies", METRO) == pytest.approx(estimate_staffing(METRO, parameters=CENTRAL).fte.central / 2)
    with pytest.raises(UsageError, match="4,000 agencies cannot go: the directory counts 3,200"):
        then("-4,000 agencies", METRO)


def test_added_agencies_are_judged_after_the_change() -> None:
    answer = estimate_what_if(
        METRO, what_if=parse_what_if("+500 agencies, 3 services, 1.5 sites, target 50 %"), parameters=CENTRAL
    )
    assert answer.later_year_hours is not None
    assert answer.later_year_hours.central == pytest.approx(500 * 50 / 60 * 1.15 * 0.5)
    assert answer.then_hours.central == pytest.approx((3200 * 68 + 500 * 50) / 60 * 1.15 * 0.5)


def test_the_answer_is_a_document() -> None:
    answer = estimate_what_if(METRO, what_if=parse_what_if("portal for 40 %"), parameters=CENTRAL)
    document = json.loads(json.dumps(answer.document()))
    assert document["what_if"]["channels"] == {"portal": 0.4}
    assert document["then_fte"]["low"] <= document["then_fte"]["central"] <= document["then_fte"]["high"]
