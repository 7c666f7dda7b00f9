"""Sentences, words, syllables and the reading grade."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.validate.style_sentences import count_syllables, count_words, estimate_grade, split_sentences

TEXT = st.one_of(st.text(max_size=80), st.text(alphabet="aB. \n!?•-1\x1e\x1f’)", max_size=60))


def sentences(text: str) -> list[str]:
    return pl.select(split_sentences(pl.lit(text))).item().to_list()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Gives food. Pays rent! Who may come? All.", 4),
        ("St. Mary's and Dr. Ross of Mill House, Inc. Chicago give food.", 1),
        ("Open 9 a.m. to 5 p.m. Monday to Friday.", 1),
        ("Open until 5 p.m. Call first.", 2),
        ("Paid by the U.S. Department of Health, e.g. Medicaid.", 1),
        ("Fees are 2.50 per visit. Bring proof.", 2),
        ("Ages 6 to 12. Provides tutoring.", 2),
        ("Gives:\n- food\n- rent\n- heat", 4),
        ("• food • rent", 2),
        ("1. Call first\n2. Come in", 2),
        ("A line that goes\non in the next.", 1),
        ("First paragraph\n\nSecond paragraph", 2),
        ("Ask for Room No. 5 on the left.", 1),
        ('He said "come in." Then he left.', 2),
        ("...", 0),
        ("", 0),
    ],
)
def test_sentences_are_counted_as_a_reader_counts(text, count):
    """A wrong split makes a long sentence of two short ones, or reports a description that is fine."""
    assert len(sentences(text)) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("food", 1),
        ("families", 3),
        ("service", 2),
        ("table", 2),
        ("homeless", 2),
        ("helped", 1),
        ("needed", 2),
        ("HIV", 1),
    ],
)
def test_syllables_of_usual_words(word, count):
    """The grade rests on them; it is an estimate, not a guess."""
    assert pl.select(count_syllables(pl.lit(word))).item() == count


def test_the_grade_is_the_published_formula():
    """0.39 x 10 + 11.8 x 1.4 - 15.59, by hand 4.83."""
    grade = pl.select(estimate_grade(words=pl.lit(20), sentences=pl.lit(2), syllables=pl.lit(28))).item()
    assert grade == pytest.approx(4.83)
    assert pl.select(estimate_grade(words=pl.lit(0), sentences=pl.lit(0), syllables=pl.lit(0))).item() is None


@settings(max_examples=60)
@given(texts=st.lists(st.one_of(st.none(), TEXT), min_size=1, max_size=6))
def test_any_text_is_split_and_graded_the_same_way_twice(texts: list[str | None]):
    """One odd text must not stop a night, and two nights must agree."""
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    text = pl.col("text")
    measured = frame.select(
        split=split_sentences(text), words=count_words(text), syllables=count_syllables(text)
    ).with_columns(sentences=pl.col("split").list.len())
    graded = measured.with_columns(
        grade=estimate_grade(words=pl.col("words"), sentences=pl.col("sentences"), syllables=pl.col("syllables"))
    )
    assert graded.height == len(texts)
    assert graded["grade"].drop_nulls().is_finite().all()
    assert (graded["syllables"].drop_nulls() >= 0).all()
    # A text reads the same alone as among others.
    for position, one in enumerate(texts):
        if one is not None:
            assert sentences(one) == measured["split"][position].to_list()
            assert all(piece and piece[0] not in " \n" for piece in sentences(one))
