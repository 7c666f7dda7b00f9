"""The center's own licensed term list: read in the usual spellings, refused with the place that is wrong."""

from __future__ import annotations

import pytest

from pipeline.ingest.licensed_terms import read_licensed_terms
from schemas.errors import InputError


def write(folder, text):
    """Write a term list."""
    path = folder / "terms.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "header",
    [
        "code,name,status,successor,preferred",
        "Term Code,Term Name,Term Status,Replaced By,Is Preferred",
        "\ufeffTAXONOMY_CODE,Term,Active,New Code,Preferred Flag",
    ],
)
def test_the_usual_spellings_are_read(tmp_path, header):
    """If a center has to rename columns after every update of its list, the list will be out of date."""
    rows = "zz-1000,First invented term,active,,yes\nZZ-2000,Second,Inactive,ZZ-1000,\n\n"
    terms = read_licensed_terms(write(tmp_path, f"{header}\n{rows}"))
    assert terms.rows() == [
        ("ZZ-1000", "First invented term", "active", None, True),
        ("ZZ-2000", "Second", "retired", "ZZ-1000", False),
    ]


def test_codes_alone_are_a_list(tmp_path):
    """The smallest list still tells a code that nobody knows."""
    assert read_licensed_terms(write(tmp_path, "code\nZZ-1000\n")).rows() == [("ZZ-1000", None, "active", None, None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("code,name\n", "no term below its header"),
        ("name,status\nx,active\n", "line 1: no column of codes"),
        ("code,term code\nZZ-1000,ZZ-1000\n", "both say code"),
        ("code,name\nZZ-1000,a\nZZ-10,b\n", r"line 3, column 1 \(code\): 'ZZ-10'"),
        ("code,successor\nZZ-1000,soon\n", r"line 2, column 2 \(successor\)"),
        ("code,status\nZZ-1000,perhaps\n", r"line 2, column 2 \(status\)"),
        ("code,preferred\nZZ-1000,perhaps\n", r"line 2, column 2 \(is_preferred\)"),
        ("code,name\nZZ-1000,a\nzz-1000,b\n", "line 3, column code: ZZ-1000 stands already in line 2"),
        ('code,name\nZZ-1000,"a\n', "line"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, said):
    """A list that is half read would call good codes unknown."""
    with pytest.raises(InputError, match=said):
        read_licensed_terms(write(tmp_path, text))


def test_a_list_that_is_not_there_is_said(tmp_path):
    """A misspelt path must not switch four rules off in silence."""
    with pytest.raises(InputError, match="There is no term list"):
        read_licensed_terms(tmp_path / "no.csv")
