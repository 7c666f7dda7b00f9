"""Laws of totals and of coverage: sums of parts, whatever the order of the centers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.measure.county_coverage import cover_counties
from pipeline.measure.county_names import fold_county, read_county_names
from pipeline.measure.network import READINGS, sum_network
from schemas.network_summary import KINDS, SEVERITIES, CenterSummary
from tests.network_summaries import DEFINITION, STATE, summary, without_share

_counts = st.integers(0, 500)


@st.composite
def centers(draw: st.DrawFn) -> list[CenterSummary]:
    """Some centers; of some the share, the curators or the counties are not known."""
    made = []
    for place in range(draw(st.integers(1, 5))):
        agencies, children = draw(st.integers(0, 60)), draw(_counts)
        updated = draw(st.integers(0, agencies))
        unknown = draw(st.integers(0, agencies - updated))
        head = {"numerator": updated, "denominator": agencies, "unknown": unknown, "reason": None}
        other = {"numerator": 0, "denominator": agencies, "unknown": 0, "reason": None}
        shares = {"complete_agency_update": head, "verified_record": other, "edited_record": other}
        found = [draw(_counts) for _ in SEVERITIES]
        fte = draw(st.none() | st.floats(0.1, 50))
        low = draw(st.floats(0, 10))
        band = {"low": low, "central": low * 1.5, "high": low * 2}
        counties = draw(st.none() | st.lists(st.sampled_from(["Cook", "carrol", "Du Page", "nowhere"]), max_size=4))
        made.append(
            summary(
                f"c{place}",
                counted={"agency": agencies, "site": children, "service": children, "service_at_site": 0},
                shares=draw(st.sampled_from([shares, {**shares, **_unknown_head()}])),
                findings=dict(zip(SEVERITIES, found, strict=True)),
                findings_by_rule=[
                    {"rule_id": "FMT-001", "severity": name, "count": count}
                    for name, count in zip(SEVERITIES, found, strict=True)
                ],
                staffing={
                    "curator_fte": fte,
                    "certified_share": draw(st.none() | st.floats(0, 1)),
                    "estimated_fte": band,
                    "update_minutes": band,
                },
                counties=counties,
                counties_from=None if counties is None else "settings",
            )
        )
    return made


def _unknown_head() -> dict:
    return {"complete_agency_update": without_share()["complete_agency_update"]}


@given(made=centers(), order=st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_centers_changes_nothing(made, order):
    other = list(made)
    order.shuffle(other)
    assert sum_network(other, definition=DEFINITION) == sum_network(made, definition=DEFINITION)
    told = [(one.center_id, one.center_name, one.counties) for one in made]
    shuffled = [(one.center_id, one.center_name, one.counties) for one in other]
    assert cover_counties(STATE, centers=shuffled, basis="measured") == cover_counties(
        STATE, centers=told, basis="measured"
    )


@given(made=centers())
@settings(max_examples=60)
def test_the_total_is_the_sum_of_its_parts(made):
    total = sum_network(made, definition=DEFINITION)
    alone = [sum_network([one], definition=DEFINITION) for one in made]
    for kind in KINDS:
        assert total.counted[kind] == sum(one.counted[kind] for one in alone)
    for name in SEVERITIES:
        assert total.findings[name] == sum(one.findings[name] for one in alone)
    for name in READINGS:
        parts = [one.shares[name] for one in alone if one.shares[name].numerator is not None]
        whole = total.shares[name]
        assert whole.known == len(parts)
        assert whole.known + len(whole.left_out) == whole.centers == len(made)
        assert (whole.numerator or 0) == sum(one.numerator for one in parts)
        assert (whole.denominator or 0) == sum(one.denominator for one in parts)
        assert whole.share is None or 0 <= whole.share <= 1
        known = [one.share for one in parts if one.share is not None]
        assert whole.share is None or min(known) - 1e-9 <= whole.share <= max(known) + 1e-9
    for place in range(3):
        assert total.estimated_fte[place] == pytest.approx(sum(one.estimated_fte[place] for one in alone))
    assert total.estimated_fte[0] <= total.estimated_fte[1] <= total.estimated_fte[2]
    assert total.curator_fte.known == sum(one.staffing.curator_fte is not None for one in made)
    assert total.certified.share is None or 0 <= total.certified.share <= 1 + 1e-9


@given(made=centers())
@settings(max_examples=60)
def test_every_county_is_served_or_not(made):
    told = cover_counties(
        STATE, centers=[(one.center_id, one.center_name, one.counties) for one in made], basis="measured"
    )
    assert len(told.covered()) + len(told.uncovered()) == len(STATE.counties)
    assert set(told.several()) <= set(told.covered())
    assert sum(len(one.center_ids) for one in told.counties) == sum(
        len(codes or ()) for codes in told.by_center.values()
    )


@given(st.text(max_size=30))
@settings(max_examples=150)
def test_any_name_is_read_or_reported(name):
    told = read_county_names([name], state=STATE, center_id="c", center_name="C")
    if not fold_county(name):
        assert (told.fips, told.remarks) == ((), ())
    else:
        is_own = fold_county(name) in {fold_county(one.name) for one in STATE.counties}
        assert bool(told.remarks) != is_own
