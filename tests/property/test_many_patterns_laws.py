"""Law of the search for many patterns: by a few bytes first or all at once, what is found is the same."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from schemas import many_patterns
from schemas.many_patterns import Anchor, holds_any, patterns_in

LAWS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
#: Few characters, so that patterns stand in texts: with and without the sign of an anchor, of one, two, three and four bytes.
LETTERS = ("ab @", "abc 1@é", " ab", "a@€😀", "aé\x00")
ANCHORS = st.sampled_from(
    [
        Anchor(),
        Anchor(width=7),
        Anchor(width=5),
        Anchor(width=1),
        Anchor(sign="@", before=3),
        Anchor(sign="@", before=8),
        Anchor(sign="@", before=0, width=2),
        Anchor(sign=" "),
    ]
)


@st.composite
def searches(draw) -> tuple[pl.Series, pl.Series]:
    """Texts with nulls and empty ones, and patterns; either may be cut from a longer series or put together from pieces."""
    letters = draw(st.sampled_from(LETTERS))
    words = st.lists(st.text(letters, min_size=1, max_size=12), max_size=12, unique=True)
    patterns = draw(words)
    pieces = st.sampled_from(patterns) if patterns else st.just("")
    texts = st.lists(st.text(letters, max_size=6) | pieces, max_size=5).map("".join)
    held = draw(st.lists(st.none() | texts, max_size=20))
    return in_pieces(draw, held), in_pieces(draw, patterns)


def in_pieces(draw, values: list[str | None]) -> pl.Series:
    """The values as a series as they come from files: cut out of others, or in several pieces."""
    how = draw(st.sampled_from(["whole", "cut", "pieces"]))
    if how == "cut":
        wider = pl.Series("text", ["b@aaaaaaaaaab", None, *values, "aa", "b@"], dtype=pl.String)
        return wider.slice(2, len(values))
    series = pl.Series("text", values, dtype=pl.String)
    if how == "pieces":
        half = len(values) // 2
        return pl.concat([series.head(half), series.slice(half)], rechunk=False)
    return series


@pytest.fixture
def by_bytes_first(monkeypatch):
    """However few the patterns: never search for all at once."""
    monkeypatch.setattr(many_patterns, "_is_quick", lambda _, patterns, __: patterns.is_empty())


def all_at_once(texts: pl.Series, patterns: pl.Series) -> list[set[str]]:
    """What polars finds."""
    if texts.is_empty() or patterns.is_empty():
        return [set() for _ in texts]
    found = pl.col("text").str.extract_many(pl.lit(patterns).implode(), overlapping=True)
    return [set(some or ()) for some in texts.to_frame("text").select(found).to_series().to_list()]


@example((pl.Series([None, "", "ab"], dtype=pl.String), pl.Series(["ab"])), Anchor())
@example((pl.Series(["x@y"]), pl.Series([], dtype=pl.String)), Anchor(sign="@", before=3))
@example((pl.Series([], dtype=pl.String), pl.Series(["a"])), Anchor())
@example((pl.Series([None, None], dtype=pl.String), pl.Series(["a"])), Anchor())
@example((pl.Series(["@aaaaaaaaaa", "aaa@aaaa"]), pl.Series(["aaa@aaaa", "@a"])), Anchor(sign="@", before=3))
@given(searches(), ANCHORS)
@LAWS
def test_what_is_found_by_bytes_is_what_is_found_at_once(by_bytes_first, search, anchor):
    """A private value would leave because the quick way overlooked it, or a text would be held back for nothing."""
    texts, patterns = search
    expected = all_at_once(texts, patterns)
    held = holds_any(texts, patterns, anchor=anchor)
    assert held.dtype == pl.Boolean
    assert held.to_list() == [bool(some) for some in expected]
    found = patterns_in(texts, patterns, anchor=anchor)
    assert [set(some or ()) for some in found] == expected
    assert [len(some or ()) for some in found] == [len(some) for some in expected]


@given(searches(), ANCHORS)
@LAWS
def test_the_quick_way_finds_the_same(search, anchor):
    """A small center and a state would keep other values in."""
    texts, patterns = search
    expected = all_at_once(texts, patterns)
    assert holds_any(texts, patterns, anchor=anchor).to_list() == [bool(some) for some in expected]
    assert [set(some or ()) for some in patterns_in(texts, patterns, anchor=anchor)] == expected


def test_many_patterns_are_searched_for_by_bytes(monkeypatch):
    """The law would speak of a way that nobody goes."""
    taken = []
    pick = many_patterns._pick
    monkeypatch.setattr(many_patterns, "_pick", lambda *arguments: taken.append(1) or pick(*arguments))
    patterns = pl.Series([f"person{number}@example.org" for number in range(2_000)])
    texts = pl.Series(["write to person77@example.org or person778@example.org", None, "call"])
    anchor = Anchor(sign="@", before=3)
    assert holds_any(texts, patterns, anchor=anchor).to_list() == [True, False, False]
    found = patterns_in(texts, patterns, anchor=anchor)
    assert [sorted(some or ()) for some in found] == [["person778@example.org", "person77@example.org"], [], []]
    assert len(taken) == 2
