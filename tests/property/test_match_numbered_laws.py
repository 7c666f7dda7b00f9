"""Laws of finding rows by their number: it must find what a join would."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.match.numbered import Marks, Spans, first_best, in_rows, repeated, shared_numbers_of
from pipeline.match.side_by_side import side_by_side

_COUNT = 5
_ENTITIES = st.lists(st.integers(0, _COUNT - 1), max_size=12)
_VALUES = st.one_of(st.none(), st.sampled_from(("12 main", "9 elm", "4 oak")))
_SIDE = st.integers(0, _COUNT - 1)
_PAIRS = st.lists(st.tuples(_SIDE, _SIDE), max_size=8)


def sides(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """The first and the second of every pair."""
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@settings(max_examples=50, deadline=None)
@given(_ENTITIES, _PAIRS, st.integers(1, 6))
def test_every_row_of_one_side_meets_every_row_of_the_other(
    entities: list[int], pairs: list[tuple[int, int]], at_once: int
) -> None:
    """Otherwise the best address or name of a pair may be one that was never looked at."""
    rows = sorted(entities)
    spans = Spans.of(pl.Series(rows, dtype=pl.UInt32), count=_COUNT)
    of = {entity: [place for place, one in enumerate(rows) if one == entity] for entity in range(_COUNT)}
    wanted = [(pair, *met) for pair, (a, b) in enumerate(pairs) for met in product(of[a], of[b])]
    a, b = sides(pairs)
    assert list(zip(*(found.tolist() for found in spans.crossed(a, b)), strict=True)) == wanted
    parts = spans.parts(a, b, at_once=at_once)
    assert [place for part in parts for place in range(len(pairs))[part]] == list(range(len(pairs)))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=15))
def test_first_of_the_greatest_is_found(rows: list[tuple[int, int, bool]]) -> None:
    """Otherwise which of two equal addresses is told depends on chance."""
    rows = sorted(rows, key=lambda row: row[0])
    group, measure, flag = (
        np.array([row[place] for row in rows], dtype=kind) for place, kind in enumerate((int, float, bool))
    )
    wanted = [
        max(members, key=lambda place: (rows[place][1:], -place))
        for _, members in (
            (key, list(found)) for key, found in groupby(range(len(rows)), key=lambda place: rows[place][0])
        )
    ]
    assert first_best(group, measure, flag).tolist() == wanted


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(_SIDE, _VALUES), max_size=12), _PAIRS)
def test_shared_values_are_found(rows: list[tuple[int, str | None]], pairs: list[tuple[int, int]]) -> None:
    """Otherwise two agencies of one ZIP are said to have none in common."""
    marks = Marks.of(
        pl.Series([entity for entity, _ in rows], dtype=pl.UInt32),
        pl.Series([value for _, value in rows], dtype=pl.String),
        count=_COUNT,
    )
    of = {entity: {value for one, value in rows if one == entity and value} for entity in range(_COUNT)}
    wanted = [bool(of[a] & of[b]) if of[a] and of[b] else None for a, b in pairs]
    assert marks.are_shared(*sides(pairs)).to_list() == wanted


@settings(max_examples=50, deadline=None)
@given(st.lists(_VALUES, max_size=12))
def test_values_of_several_rows_are_told_from_others(values: list[str | None]) -> None:
    """Otherwise a shared phone is taken for one that only one agency has."""
    column = pl.Series("value", values, dtype=pl.String)
    rows = repeated(column.to_frame(), by=["value"])["row"].to_list()
    assert {place for place, value in enumerate(values) if values.count(value) > 1} <= set(rows)
    numbers = shared_numbers_of(column)
    for (one, first), (other, second) in product(zip(values, numbers, strict=True), repeat=2):
        if one is not None and values.count(one) > 1:
            assert (first == second) == (one == other)
        else:
            assert first == -1


def test_rows_not_found_are_null() -> None:
    """Otherwise a pair without a shared phone gets that of another."""
    found = pl.DataFrame({"row": [3, 1], "worth": [0.5, 1.0]})
    assert in_rows(found, count=4)["worth"].to_list() == [None, 1.0, None, 0.5]
    assert in_rows(found.clear(), count=2)["worth"].to_list() == [None, None]


def test_both_steps_return_what_they_find_and_raise_what_they_raise() -> None:
    """Otherwise an error in one of two steps passes unseen."""
    assert side_by_side(lambda: 1, lambda: "two") == (1, "two")
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda: 1, lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda: 1 // 0, lambda: 1)
