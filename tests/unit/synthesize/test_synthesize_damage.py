"""How second entries differ from the first."""

from __future__ import annotations

import pytest

from pipeline.synthesize.damage import abbreviate, abbreviate_street, initials, misspell, respell_phone
from pipeline.synthesize.draws import Draws
from pipeline.synthesize.records import Address


@pytest.mark.parametrize("key", range(25))
def test_misspelled_name_is_one_slip_away(key: int) -> None:
    """A name damaged beyond recognition would count as missed by a search that did nothing wrong."""
    name = "Brackenford Food Pantry"
    wrong = misspell(name, Draws(key))
    assert wrong != name
    assert len(wrong) in (len(name), len(name) - 1)
    assert wrong[0] == name[0]
    assert wrong.endswith(" Food Pantry")


def test_shortened_forms() -> None:
    """Copies that are not shortened would test nothing of a search's word list."""
    assert abbreviate("Amber Community Center") == "Amber Comm. Ctr"
    assert initials("Quarrymead Legal Aid of the Valley") == "QLAV"
    assert respell_phone("217-555-0142") == "(217) 555-0142"
    address = abbreviate_street(Address("210 North Aster Street", line2="Suite B"))
    assert (address.line1, address.line2) == ("210 N. Aster St, Ste B", "")
