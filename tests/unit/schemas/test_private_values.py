"""How private values are found in free text."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.private_values import (
    PrivateValues,
    kinds_in,
    name_patterns,
    place_keys,
    street_patterns,
    suspect_cells,
    without_private,
)

VALUES = PrivateValues(
    phones=frozenset({"2175550199"}),
    vanity=frozenset({"800273talk"}),
    emails=frozenset({"jane@hidden.example.org"}),
    streets=street_patterns("4417 N. Thistledown Court, Apt 3") | street_patterns("P.O. Box 77"),
    names=name_patterns("Jane Q. Doe"),
)

FOUND = [
    ("Call 217-555-0199", {"phone"}),
    ("Call 1 (217) 555 – 0199", {"phone"}),
    ("tel:+12175550199", {"phone"}),
    ("Call 217\n555\n0199", {"phone"}),
    ("Ring 555-0199 locally", {"phone"}),
    ("Open since 2019. 555-0199 at night", {"phone"}),
    ("Call 312-555-0120, 555-0199", {"phone"}),
    ("Dial 1-800-273-TALK", {"phone"}),
    ("JANE@HIDDEN.EXAMPLE.ORG", {"email"}),
    ("at 4417 North Thistledown Ct.", {"address"}),
    ("at 4417 Thistledown", {"address"}),
    ("Mail: PO BOX 77, Cairo", {"address"}),
    ("ask for Doe, Jane Q", {"name"}),
    ("Jane Q Doe, 217.555.0199", {"name", "phone"}),
]
CLEAN = [
    "Call 217-555-0100",
    "Call 312-555-0199",
    "Call 1312 555 0199",
    "at 4418 Thistledown Court",
    "at 14417 Thistledown Court",
    "PO Box 771",
    "Janet Q Doe",
    "Jane Doerr-Quincy",
    "Mary Jane and Joe Doe",
    "",
    "Room 199",
]


@pytest.mark.parametrize(("text", "kinds"), FOUND)
def test_value_is_found_in_any_spelling(text, kinds):
    """A number written another way would leave."""
    assert kinds_in(text, VALUES) == kinds


@pytest.mark.parametrize("text", CLEAN)
def test_other_values_are_left_alone(text):
    """Public facts would be cut out of texts."""
    assert kinds_in(text, VALUES) == frozenset()


def test_the_quick_look_never_misses_what_the_close_look_finds():
    """A private value would slip through because the fast filter did not show the cell."""
    frame = pl.DataFrame({"text": [text for text, _ in FOUND] + [None]})
    assert frame.select(suspect_cells("text", VALUES).alias("x"))["x"].to_list() == [True] * len(FOUND) + [False]


def test_sentence_goes_and_the_rest_stays():
    """A whole text would go for one sentence."""
    text = "Open daily. Call 217-555-0199 at night. Bring papers."
    assert without_private(text, VALUES) == "Open daily. Bring papers."


def test_value_over_the_end_of_a_sentence_takes_the_text():
    """Splitting at full stops would hide a number written with them."""
    assert without_private("Call 217. 555. 0199 at night.", VALUES) is None


@pytest.mark.parametrize("street", ["Undisclosed", "Main Street", "Call for address", "", "12"])
def test_street_without_number_and_name_is_not_searched(street):
    """Every text with the word Undisclosed would be cut."""
    assert street_patterns(street) == frozenset()


def test_short_street_keeps_its_kind():
    """'Step 1 A' in a text would count as the street 1 A."""
    assert street_patterns("1 A St") == {" 1 a st ", " 1 * a st "}


def test_place_is_the_same_however_the_street_is_written():
    """A second record at the same house would give it away."""
    one = place_keys("100 North Main Street Suite 5", "SPRINGFIELD", "62701-1234")
    assert one == place_keys("100 N. Main St", "Springfield", "62701")
    assert not one & place_keys("100 N Main St", "Peoria", "61602")
    assert not place_keys("1200 K St NW", "Washington", "20005") & place_keys("1200 K St NE", "Washington", "20002")


def test_single_word_is_no_person():
    """Every text with the word Staff would be cut."""
    assert name_patterns("Staff") == frozenset()


def test_values_never_show_themselves():
    """A log line or a message could show private values."""
    assert "555" not in repr(VALUES)
