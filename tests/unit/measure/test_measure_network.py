"""Totals of a network: sums of parts, with the number of centers that they are of."""

from __future__ import annotations

import pytest

from pipeline.measure.network import OTHER_DEFINITION, sum_network, sum_published
from schemas.network_parameters import PublishedCenter
from tests.network_summaries import DEFINITION, summary, summary_values, without_share


def shares(numerator: int, denominator: int) -> dict:
    head = {"numerator": numerator, "denominator": denominator, "unknown": 0, "reason": None}
    return {**summary_values()["shares"], "complete_agency_update": head}


def staffing(fte: float | None, share: float | None) -> dict:
    return {**summary_values()["staffing"], "curator_fte": fte, "certified_share": share}


def test_a_share_of_all_is_no_mean_of_shares():
    """10 of 10 and 0 of 30 are 25 %, not 50 %."""
    total = sum_network(
        [summary("a", shares=shares(10, 10)), summary("b", shares=shares(0, 30))], definition=DEFINITION
    )
    head = total.shares["complete_agency_update"]
    assert (head.numerator, head.denominator, head.share) == (10, 40, 0.25)


def test_an_unknown_share_is_in_no_sum_and_never_zero():
    total = sum_network(
        [summary("a", shares=shares(10, 20)), summary("b", shares=without_share())], definition=DEFINITION
    )
    head = total.shares["complete_agency_update"]
    assert (head.numerator, head.denominator, head.known, head.centers) == (10, 20, 1, 2)
    assert head.left_out == {"b": "The export has no verification date that counts."}
    assert total.counted["agency"] == 80
    none = sum_network([summary("b", shares=without_share())], definition=DEFINITION).shares["complete_agency_update"]
    assert (none.numerator, none.denominator, none.share) == (None, None, None)


def test_shares_under_another_definition_are_not_added():
    other = summary("b", definition={"window_months": 18, "tracked_share": 0.05, "require_verifier": False})
    head = sum_network([summary("a"), other], definition=DEFINITION).shares["complete_agency_update"]
    assert (head.denominator, head.left_out) == (40, {"b": OTHER_DEFINITION})


def test_records_per_curator_count_only_centers_whose_curators_are_known():
    total = sum_network(
        [summary("a", staffing=staffing(2.0, 0.5)), summary("b", staffing=staffing(None, None))], definition=DEFINITION
    )
    assert (total.curator_fte.value, total.curator_fte.known, total.curator_fte.centers) == (2.0, 1, 2)
    assert (total.agencies_per_fte, total.records_per_fte) == (20.0, 100.0)
    nobody = sum_network([summary("b", staffing=staffing(None, 0.5))], definition=DEFINITION)
    assert (nobody.curator_fte.value, nobody.agencies_per_fte, nobody.certified.share) == (None, None, None)


def test_the_band_of_all_is_the_sum_of_the_bands():
    total = sum_network([summary("a"), summary("b")], definition=DEFINITION)
    assert total.estimated_fte == pytest.approx((0.04, 0.06, 0.08))
    assert total.update_minutes == (2400.0, 3600.0, 4800.0)
    assert total.findings == {"error": 6, "warning": 40, "info": 100}
    assert total.duplicates == {"duplicate": 2, "possible": 4, "asked": 6}


def test_certified_curators_are_weighted_by_their_hours():
    """One certified curator of half a post beside nine others are 5 %, not 50 %."""
    total = sum_network(
        [summary("a", staffing=staffing(0.5, 1.0)), summary("b", staffing=staffing(9.5, 0.0))], definition=DEFINITION
    )
    assert total.certified.share == pytest.approx(0.05)


def test_published_curators_are_added_and_shares_updated_are_not():
    rows = [
        PublishedCenter(id=name, name=name, source="s", stated_for="2024", curator_fte=fte, updated_share=0.9)
        for name, fte in (("a", 1.5), ("b", None))
    ]
    total = sum_published(rows)
    assert (total.curator_fte.value, total.curator_fte.known, total.curator_fte.centers) == (1.5, 1, 2)
    assert total.certified.share is None
    assert not hasattr(total, "updated_share")
