"""What two addresses say about two sites: the same, next door, half the same, or others."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.match.agencies import score_candidates
from pipeline.match.candidates import propose_candidates
from pipeline.match.compare_places import PARTLY_SAME_BITS
from pipeline.match.compared import prepare
from pipeline.match.listing import entities_of_list
from schemas.match_parameters import MatchParameters, ProfileParameters

PARAMETERS = MatchParameters()


def score(first: str, other: str, *, profile: ProfileParameters = PARAMETERS.site, **more: str) -> dict[str, Any]:
    """Two sites of one name and telephone at two addresses, scored."""
    records = pl.DataFrame(
        [
            {"id": "1", "name": "Lantern Amber Harbor", "phone": "217-555-0101", "address": first} | more,
            {"id": "2", "name": "Lantern Amber Harbor", "phone": "217-555-0101", "address": other} | more,
        ]
    )
    compared = prepare(entities_of_list(records, parameters=PARAMETERS), profile=profile, parameters=PARAMETERS)
    return score_candidates(propose_candidates(compared), compared, parameters=PARAMETERS).row(0, named=True)


@pytest.mark.parametrize(
    ("first", "other", "bits"),
    [
        ("1226 Elm St", "1226 Elm Street, Suite 4", PARAMETERS.site.address_same_bits),
        ("1226 Elm St", "Elm St", PARAMETERS.site.same_street_bits * PARAMETERS.site.damping),
        ("1226 Elm St", "1228 Elm St", PARAMETERS.site.neighbouring_house_bits),
        ("1226 Elm St", "1240 Elm St", PARTLY_SAME_BITS),
        ("1226 Elm St", "1226 Larch St", PARTLY_SAME_BITS),
        ("1226 Elm St", "1926 Elm St", PARAMETERS.site.address_differ_bits),
        ("12 Elm St", "12 Larch St", PARAMETERS.site.address_differ_bits),
        ("PO Box 120", "PO Box 170", PARAMETERS.site.address_differ_bits),
        ("1226 Elm St", "1340 Larch St", PARAMETERS.site.address_differ_bits),
        ("1226 W North Ave", "1226 W. Noth", PARAMETERS.site.address_same_bits),
        ("1226 N Elm", "1226 S Elm", PARTLY_SAME_BITS),
    ],
)
def test_every_way_to_differ_speaks_as_strongly_as_it_should(first: str, other: str, bits: float) -> None:
    """Otherwise a slip in a house number is taken for another site, or two boxes of one post office for one site."""
    assert score(first, other)["address_bits"] == bits
    assert score(other, first)["address_bits"] == bits


def test_half_an_address_is_enough_beside_name_and_telephone_only() -> None:
    """Otherwise a site is entered twice under a mistyped street, or two sites of one organization become one."""
    assert score("1226 Elm St", "1226 Larch St")["band"] == "duplicate"
    assert score("1226 Elm St", "1340 Larch St")["band"] == "below"


def test_an_agency_may_have_a_second_office_in_the_block() -> None:
    """Otherwise the finer reading of site addresses changes what agencies are asked about."""
    profile = PARAMETERS.agency
    for other in ("1240 Elm St", "1226 Larch St", "1340 Larch St"):
        scored = score("1226 Elm St", other, profile=profile)
        assert (scored["address_bits"], scored["nearness"]) == (profile.address_differ_bits, 0)
