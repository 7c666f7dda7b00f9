"""The file of visitors, as a center writes it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.period_visitors import read_visitors
from pipeline.measure.visitors import visitors_by_month
from schemas.errors import InputError

QUARTER = {"first_on": date(2026, 10, 1), "last_on": date(2026, 12, 31)}


def given(tmp_path, text: str):
    path = tmp_path / "visitors.csv"
    path.write_text(text, encoding="utf-8")
    return read_visitors(path)


def months(rows: pl.DataFrame, center: str | None = None):
    return visitors_by_month(rows, **QUARTER, center_id=center)["visitors"].to_list()


def test_months_that_are_not_given_stay_unknown(tmp_path):
    """A month without a number is no month without visitors."""
    rows = given(tmp_path, 'month,visitors\n2026-09,7\n2026-10,"1,204"\n2026-12,\n').rows
    assert months(rows) == [1204, None, None]


def test_days_are_added_up_to_months(tmp_path):
    rows = given(tmp_path, "Date,Visitors\n2026-10-01,3\n2026-10-31,4\n2026-11-01,5\n").rows
    assert months(rows) == [7, 5, None]


def test_centers_add_up_unless_the_whole_is_given(tmp_path):
    """A visitor who saw two centers' pages is one visitor: what is given for all is taken."""
    text = "month,center,visitors\n2026-10,east,3\n2026-10,west,4\n2026-11,east,3\n2026-11,west,4\n2026-11,,6\n"
    rows = given(tmp_path, text).rows
    assert months(rows) == [7, 6, None]
    assert months(rows, "east") == [3, 3, None]
    assert months(rows, "south") == [None, None, None]


def test_no_file_is_no_fault():
    assert months(read_visitors(None).rows) == [None, None, None]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("month,visitors\n2026-10,5\n2026-11,many\n", "visitors.csv, line 3, column visitors: many"),
        ("month,visitors\n2026-13,5\n", "visitors.csv, line 2, column month: 2026-13"),
        ("date,visitors\n31.10.2026,5\n", "visitors.csv, line 2, column date: 31.10.2026"),
        ("month,visits\n2026-10,5\n", "no column visitors.*nearest: visits"),
        ("when,visitors\n2026-10,5\n", "no column month"),
        ("month,visitors\n2026-10,5\n2026-10,6\n", "line 3, column month: 2026-10 stands in line 2 already"),
        ("month,visitors\n2026-10,-5\n", "line 2, column visitors: -5"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_column(tmp_path, text, told):
    """The figure goes to the funder: it is never guessed."""
    with pytest.raises(InputError, match=told):
        given(tmp_path, text)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="no file"):
        read_visitors(tmp_path / "gone.csv")
