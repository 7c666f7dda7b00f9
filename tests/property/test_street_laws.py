"""Laws of normalized addresses, whatever is written in them."""

from __future__ import annotations

import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.street_words import DIRECTION_FORMS, LONE_UNIT_FORMS, SUFFIX_FORMS, UNIT_FORMS
from pipeline.normalize.streets import read_streets

_WORDS = st.sampled_from(
    [
        "100", "12-34", "5", "1/2", "33101", "5TH", "2nd", "12B", "N", "N.", "North", "EAST", "n.w.", "South", "Main", "MAIN",
        "Oak", "Saint", "St.", "Street", "STREET", "Avenue", "ave.", "Road", "Center", "Plaza", "Hwy", "Park", "Place",
        "Suite", "STE", "#", "#5", "Apt.", "Room", "Floor", "floor", "second", "Bldg", "Unit", "A", "B", "Rear", "Lower",
        "Level", "P.O.", "PO", "Box", "BOX", "RR", "of", "and", "(rear)", "-", ",", ";", "c/o", "O'NEIL", "McDonald", "HC",
    ]
)  # fmt: skip
_LINES = st.none() | st.lists(_WORDS, min_size=1, max_size=8).map(" ".join)
_TABLE = {
    word
    for forms in (SUFFIX_FORMS, DIRECTION_FORMS, UNIT_FORMS, LONE_UNIT_FORMS)
    for form in forms.values()
    for word in form.lower().split()
} | {"po", "box", "rr", "hc", "ph"}


def _read(line1: str | None, line2: str | None) -> tuple[str | None, str | None]:
    found = read_streets(pl.Series([line1], dtype=pl.String), pl.Series([line2], dtype=pl.String)).row(0)
    return found[0], found[1]


@given(line1=_LINES, line2=_LINES)
def test_normalizing_twice_changes_nothing(line1: str | None, line2: str | None) -> None:
    """If this fails, an address changes every time it goes through the house."""
    once = _read(line1, line2)
    assert _read(*once) == once


@given(line1=_LINES, line2=_LINES)
def test_nothing_is_invented(line1: str | None, line2: str | None) -> None:
    """If this fails, a word or number stands in an address that nobody wrote."""
    written = set(re.findall(r"[a-z0-9']+", f"{line1 or ''} {line2 or ''}".lower().replace(".", "")))
    for text in _read(line1, line2):
        assert set(re.findall(r"[a-z0-9']+", (text or "").lower())) <= written | _TABLE


@given(number=st.integers(1, 99999), line=st.lists(_WORDS, min_size=1, max_size=5).map(" ".join))
def test_a_house_number_is_never_touched(number: int, line: str) -> None:
    """If this fails, people are sent to another house."""
    street, _ = _read(f"{number} Elm {line}", None)
    assert street is not None
    assert street.split()[0] == str(number)
