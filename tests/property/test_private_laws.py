"""Laws of the search for private values: the fast and the close look agree, for any text."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.private_emails import email_text, email_texts
from schemas.private_names import name_patterns
from schemas.private_spots import spot_keys
from schemas.private_streets import street_patterns
from schemas.private_values import PrivateValues, find_kinds, kinds_in, suspected_texts, without_private
from schemas.searched_texts import (
    condensed_text,
    condensed_texts,
    person_text,
    person_texts,
    plain_text,
    plain_texts,
    word_text,
    word_texts,
)
from schemas.street_words import street_text, street_texts

LAWS = settings(max_examples=60, deadline=None)
VALUES = PrivateValues(
    phones=frozenset({"2175550199", "3125558876"}),
    vanity=frozenset({"800273talk", "2175550101ext7"}),
    emails=frozenset({"jane@hidden.example"}),
    streets=street_patterns("4417 N. Thistledown Court") | street_patterns("1 A St") | street_patterns("PO Box 77"),
    names=name_patterns("Jané Q. Doe"),
    spots=spot_keys(39.71234, -89.51288),
)

pieces = st.sampled_from(
    [
        "217", "555", "0199", "(217)", "312-", "555-TURN", "1-800-273-TALK", "2175550101 ext 7", "4417", "N.", "North",
        "Thistledown", "Ct", "court", "-A", "1", "A", "St", "street", "P.O.", "Box", "77", "Jane", "Jané", "Jane\u0301",
        "Q.", "Doe", "doe,", "O’", "jane@", "jane", "hidden", "hidden.example", "@", "(at)", "at", "dot", "example",
        "39.712", "-89.513", "39.71234,-89.51288", "&nbsp;", "%20", "&#45;", "<b>", "½", "٠١٩٩", "\u200b", "Open.",
        "One", "first", "county road", "u s", "highway", "5-7", "İ", "ß", "Σ",
    ]
)  # fmt: skip
texts = st.lists(
    st.tuples(pieces, st.sampled_from([" ", "", "\n", ". ", "-", ", ", "  ", "–", "/", "; "])), max_size=9
).map(lambda parts: "".join(f"{piece}{between}" for piece, between in parts))
anything = st.text(max_size=30) | texts


@LAWS
@given(st.lists(texts, min_size=1, max_size=5))
def test_a_column_is_read_as_its_texts_are(found):
    """What the fast look sees otherwise than the close one would slip through between them."""
    column = pl.Series(found, dtype=pl.String)
    plain = [plain_text(text) for text in found]
    words = [word_text(text) for text in plain]
    assert [letters(text) for text in plain_texts(column)] == [letters(text) for text in plain]
    known = pl.Series(plain, dtype=pl.String)
    for fast, close in ((condensed_texts, condensed_text), (word_texts, word_text), (email_texts, email_text)):
        assert [letters(text) for text in fast(known)] == [letters(close(text)) for text in plain]
    known = pl.Series(words, dtype=pl.String)
    for fast, close in ((person_texts, person_text), (street_texts, street_text)):
        assert [letters(text) for text in fast(known)] == [letters(close(text)) for text in words]


def letters(text: str) -> str:
    """The words of a text; of the signs between them only those matter that part two forms of it."""
    return " ".join("".join(sign if sign.isalnum() or sign in "|*@" else " " for sign in text).split())


@LAWS
@given(st.lists(anything, min_size=1, max_size=5))
def test_the_fast_look_misses_nothing(found):
    suspected = suspected_texts(pl.Series(found, dtype=pl.String), VALUES).to_list()
    holding = [bool(kinds_in(text, VALUES)) for text in found]
    assert [text for text, is_seen, holds in zip(found, suspected, holding, strict=True) if holds and not is_seen] == []
    assert set(find_kinds(pl.Series(found, dtype=pl.String), VALUES)) == {
        text for text, holds in zip(found, holding, strict=True) if holds
    }


@LAWS
@given(texts)
def test_what_is_left_of_a_text_holds_nothing_private(text):
    left = without_private(text, VALUES)
    assert left is None or not kinds_in(left, VALUES)
