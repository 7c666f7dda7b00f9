"""Values are written alike in every form of a report."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.publish.cell_text import cell_text, clean_text
from schemas.report_document import Column, ColumnKind


def column(kind: ColumnKind, **more) -> Column:
    return Column(key="c", heading="C", kind=kind, **more)


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (1234567, ColumnKind.COUNT, "1,234,567"),
        (0, ColumnKind.COUNT, "0"),
        (-0.01, ColumnKind.NUMBER, "0.0"),
        (-1234.56, ColumnKind.NUMBER, "-1,234.6"),
        (0.925, ColumnKind.SHARE, "92.5 %"),
        (1, ColumnKind.SHARE, "100 %"),
        (0.0, ColumnKind.SHARE, "0 %"),
        (0.99999, ColumnKind.SHARE, "over 99.9 %"),
        (0.00001, ColumnKind.SHARE, "under 0.1 %"),
        (-0.031, ColumnKind.SHARE, "-3.1 %"),
        (date(2026, 11, 3), ColumnKind.DAY, "3 November 2026"),
        (True, ColumnKind.TEXT, "yes"),
        (False, ColumnKind.COUNT, "no"),
        (4021, ColumnKind.TEXT, "4021"),
        ("resdir", ColumnKind.COUNT, "resdir"),
        (None, ColumnKind.SHARE, "not known"),
        (float("nan"), ColumnKind.NUMBER, "not known"),
        (float("inf"), ColumnKind.SHARE, "not known"),
    ],
)
def test_values_are_written_by_their_kind(value, kind, written) -> None:
    assert cell_text(value, column(kind)) == written


def test_a_null_is_what_its_column_says() -> None:
    assert cell_text(None, column(ColumnKind.DAY, missing="never")) == "never"


def test_decimals_are_those_of_the_column() -> None:
    assert cell_text(2.5, column(ColumnKind.NUMBER, decimals=2)) == "2.50"
    assert cell_text(0.5, column(ColumnKind.SHARE, decimals=0)) == "50 %"
    assert cell_text(0.998, column(ColumnKind.SHARE, decimals=0)) == "over 99 %"


def test_signs_that_turn_the_writing_round_are_left_out() -> None:
    """A name with one could turn the words after it round; a telephone number copied from a phone has them by itself."""
    assert clean_text("\u202a+1 217 555 0142\u202c") == "+1 217 555 0142"
    assert clean_text("\u202egnp.exe שלום\u200f") == "gnp.exe שלום\u200f"
