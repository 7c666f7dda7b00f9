"""Private numbers and addresses: every one that stands in a hidden cell, unless the center shows it itself."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.validate.private_contact_points import private_emails, private_phones


def cells(*rows):
    schema = {"e164": pl.String, "written": pl.String, "hidden": pl.Boolean, "public": pl.Boolean}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def hidden(written, e164=None):
    return (e164, written, True, False)


def shown(written, e164=None):
    return (e164, written, False, True)


@pytest.mark.parametrize(
    ("rows", "digits"),
    [
        ([hidden("(217) 555-0101 or 217.555.0102", "+12175550101")], {"2175550101", "2175550102"}),
        ([hidden("217-555-0101 ext. 5")], {"2175550101"}),
        ([hidden("217-555-0101"), shown("(217) 555 0101", "+12175550101")], set()),
        ([hidden("217-555-0101"), shown("call 217 555 0101")], set()),
        ([hidden("217-555-0101"), shown("217-555-0101 or 217-555-0109")], {"2175550101"}),
        ([hidden("217-555-0101"), shown("217-555-0102", "+12175550102")], {"2175550101"}),
        ([hidden(None), shown(None)], set()),
    ],
)
def test_every_number_of_a_hidden_cell_is_private(rows, digits):
    """Only the first number of a cell was kept back; a description could have quoted the second."""
    assert private_phones(cells(*rows))[0] == digits


def test_numbers_with_letters_are_private_too():
    """People say them so, and write them so in descriptions."""
    assert private_phones(cells(hidden("1-217-555-HIDE"), shown("1-217-555-SHOW")))[1] == {"217555hide"}
    assert private_phones(cells(hidden("1-217-555-HIDE"), shown("217 555 HIDE")))[1] == set()


def test_a_cell_that_is_neither_hidden_nor_public_decides_nothing():
    """What belongs to a record that is not counted publishes no number."""
    assert private_phones(cells(hidden("217-555-0101"), (None, "217-555-0101", False, False)))[0] == {"2175550101"}


def test_every_address_of_a_hidden_cell_is_private_unless_it_is_shown():
    """Two addresses in a cell were taken for one that no text holds."""
    secret = pl.Series(["Jane <jane@hidden.example>; desk@hidden.example", None, "none"])
    assert private_emails(secret, public=pl.Series(["desk@hidden.example", None])) == {"jane@hidden.example"}
