"""Header names: unique, found however they are spelled, and missed with a hint."""

from __future__ import annotations

import pytest

from pipeline.ingest.columns import name_columns, require_columns
from schemas.errors import InputError


def test_repeated_and_nameless_columns_get_names_of_their_own():
    """Two columns of one name would overwrite each other."""
    assert name_columns(["id", "", "id", "id#2", " id "]).names == ("id", "column_2", "id#2", "id#2#2", "id#3")


@pytest.mark.parametrize("written", ["PublicName", "\ufeffPublicName", " publicname ", "PUBLIC_NAME", "public_name"])
def test_names_are_found_however_they_are_spelled(written: str):
    """An export that went through a database would have no column the layout knows."""
    assert name_columns(["id", written]).find("PublicName") == 1


def test_blanks_inside_a_name_make_another_name():
    """A renamed verification column would be taken for the real one without anybody confirming it."""
    assert name_columns(["Checked On"]).find("CheckedOn") is None


def test_missing_columns_are_named_with_the_nearest_header_name():
    """The coordinator would have to compare 169 column names by eye."""
    header = name_columns(["Id", "Checked On", "Name"])
    with pytest.raises(InputError) as caught:
        require_columns(
            header,
            columns=["Id", "CheckedOn", "Zebra"],
            known=["Id", "CheckedOn", "Name", "Zebra"],
            name="export.csv",
            title="the layout",
        )
    assert "export.csv, line 1" in caught.value.message
    assert "2 columns that the layout needs" in caught.value.message
    assert "CheckedOn (nearest name in the header: 'Checked On'), Zebra" in caught.value.message
    assert caught.value.exit_code == 3
