"""The quick reader of cells takes rows only when it can account for every byte of them."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.ingest.quick_cells import read_cells
from pipeline.ingest.regular_rows import find_rows


def quickly(text: str, *, width: int = 3, places=(0, 1, 2), separator: str = ","):
    block = np.frombuffer(text.encode(), dtype=np.uint8)
    rows = find_rows(block, following=None, separator=ord(separator), longest_row_lines=100, longest_row=10_000)
    assert not rows.is_broken
    return read_cells(block, rows, separator=separator, width=width, places=places)


def test_cells_are_those_between_the_separators():
    """Blanks, empty cells, doubled quotes and line breaks inside quotes belong to the center and stay."""
    cells = quickly('1,"a ""b"" c", x \r\n,,""\n"two\r\nlines","p,q",""""\n')
    assert cells.rows() == [("1", 'a "b" c', " x "), ("", "", ""), ("two\r\nlines", "p,q", '"')]


def test_only_the_wanted_columns_are_returned():
    """A wide export has many columns that nobody asked for."""
    assert quickly("1,2,3\n4,5,6\n", places=(0, 2)).columns == ["cell 0", "cell 2"]


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3\n1,2\n1,2,3\n",
        "1,2\n1,2,3\n",
        "1,2,3\n1,2,3,4\n",
        "1,2,3\n1,2\n1,2,3,\n",
        "1,2,3\n\n1,2,3\n",
        '1,2,3\n1,"2,3"\n',
        "1,2,3\r4,5,6\r",
    ],
)
def test_rows_that_are_not_as_wide_as_the_header_are_left_to_the_careful_reader(text):
    """The quick reader would fill up a short row with empty cells, and a record would lose what it says."""
    assert quickly(text) is None


def test_a_single_column_is_left_to_the_careful_reader():
    """Nothing parts cells there, so nothing can be counted."""
    assert quickly("1\n2\n", width=1, places=(0,)) is None


def test_other_separators_are_read_as_well():
    """Some centers export with tabs."""
    assert quickly("1\t2, or 3\t\n", separator="\t").rows() == [("1", "2, or 3", "")]
