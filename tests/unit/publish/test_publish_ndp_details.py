"""Phones, contacts and areas served in an NDP-shaped bundle."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.publish.ndp_areas import area_rows
from pipeline.publish.ndp_block import Remarks
from pipeline.publish.ndp_details import contact_rows, phone_rows
from pipeline.publish.ndp_words import ndp_words

WORDS = ndp_words()
_PHONE = ("slot", "type", "number", "label", "note", "extension")
_CONTACT = ("slot", "role", "name", "title", "email", "phone")


def frame(columns, rows):
    """Rows of one owner, as far as named."""
    filled = [
        {
            "center_id": "c",
            "record_uid": f"u{place}",
            "owner_id": "x-1",
            **dict.fromkeys(columns),
            "slot": str(place),
            **row,
        }
        for place, row in enumerate(rows)
    ]
    return pl.DataFrame(filled, schema=dict.fromkeys(("center_id", "record_uid", "owner_id", *columns), pl.String))


def phones(*rows):
    """The phones of one record."""
    return phone_rows(frame(_PHONE, rows), words=WORDS).drop("owner_id", "id").to_dicts()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("hotline", "hotline"),
        ("after_hours", "after_hours"),
        ("toll_free", "toll_free"),
        ("fax", "fax"),
        ("tty", "tty"),
        ("business", "admin"),
        ("out_of_area", "alternate"),
        ("cell", "alternate"),
        ("text", "alternate"),
        ("other", "alternate"),
        ("voice", "alternate"),
        ("main", "alternate"),
        (None, "alternate"),
    ],
)
def test_phone_types(ours, theirs):
    """Callers would reach a fax."""
    first, second = phones({"type": "main", "number": "(217) 555-0101"}, {"type": ours, "number": "(217) 555-0102"})
    assert (first["type"], first["isMain"]) == ("main", True)
    assert (second["type"], second["isMain"]) == (theirs, False)


def test_the_first_number_that_could_be_main_is_main():
    """A record would have no number to call, or several main ones."""
    found = phones(
        {"slot": "Phone10", "type": None, "number": "211"},
        {"slot": "Phone2", "type": None, "number": "311"},
        {"slot": "Fax", "type": "fax", "number": "411"},
    )
    assert [(phone["number"], phone["type"]) for phone in found] == [
        ("411", "fax"),
        ("311", "main"),
        ("211", "alternate"),
    ]


def test_a_number_called_main_comes_before_the_first():
    """The center's own word would not count."""
    found = phones({"type": None, "number": "211"}, {"type": "main", "number": "311"})
    assert [phone["isMain"] for phone in found] == [False, True]


def test_members_of_a_phone():
    """Name, extension or remark would be lost."""
    (one,) = phones(
        {"number": "(217) 555-0101", "label": "Desk", "note": "Evenings", "extension": "012", "type": "tty"}
    )
    assert one == {
        "name": "Desk",
        "type": "tty",
        "number": "(217) 555-0101",
        "extension": "012",
        "description": "Evenings",
        "isMain": False,
        "access": "public",
    }


def test_contacts_and_their_phones():
    """The person to ask for would be unknown, or her number written in another way."""
    remarks = Remarks()
    rows = [
        {"role": "main", "name": "Alex Fern", "email": "alex@example.org", "phone": "217.555.0103"},
        {"role": "director", "title": "Director", "phone": "same as above", "email": "none"},
        {"role": "other", "phone": "ext. 5"},
        {"role": "other", "name": "Sam", "phone": "+44 20 7946 0000"},
    ]
    found = contact_rows(frame(_CONTACT, rows), remarks=remarks).to_dicts()
    assert [(row["name"], row["title"], row["email"], row["isMain"]) for row in found] == [
        ("Alex Fern", None, "alex@example.org", True),
        (None, "Director", None, False),
        ("Sam", None, None, False),
    ]
    assert '"type":"contact","number":"(217) 555-0103"' in found[0]["phones"]
    assert found[1]["phones"] is None
    assert '"number":"+44 20 7946 0000"' in found[2]["phones"]
    assert remarks.removed["unusable_phone"] == 2
    assert remarks.removed["unusable_email"] == 1


def areas(units, text=None):
    """The areas of one service."""
    services = pl.DataFrame(
        {"center_id": ["c"], "id": ["x-1"], "area_served_units": [units], "area_served": [text]},
        schema={
            "center_id": pl.String,
            "id": pl.String,
            "area_served_units": pl.List(pl.String),
            "area_served": pl.String,
        },
    )
    return area_rows(services, words=WORDS).to_dicts()


@pytest.mark.parametrize(
    ("unit", "kind", "value"),
    [
        ("IL - Sangamon County", "county", "Sangamon, Illinois, United States"),
        ("Illinois - Sangamon County", "county", "Sangamon, Illinois, United States"),
        ("Sangamon County, IL", "county", "Sangamon, Illinois, United States"),
        ("LA - Orleans Parish", "county", "Orleans Parish, Louisiana, United States"),
        ("IL - Sangamon County - Springfield", "locality", "Springfield, Sangamon, Illinois, United States"),
        ("IL - Springfield", "locality", "Springfield, Illinois, United States"),
        ("Springfield, Illinois", "locality", "Springfield, Illinois, United States"),
        ("IL", "state", "Illinois, United States"),
        ("State of Illinois", "state", "Illinois, United States"),
        ("DC", "state", "District of Columbia, United States"),
        ("62701", "postal_code", "62701"),
        ("62701-1234", "postal_code", "62701-1234"),
        ("IL - 62701", "postal_code", "62701"),
        ("ON", "state", "Ontario, Canada"),
        ("Nationwide", "country", "United States"),
        ("MD - 20020 County", "place", "MD - 20020 County"),
        ("Maryland, Virginia", "place", "Maryland, Virginia"),
        ("ZZ - Sangamon County", "place", "ZZ - Sangamon County"),
        ("Ward 6", "place", "Ward 6"),
    ],
)
def test_areas_served(unit, kind, value):
    """A service would be shown where it is not offered."""
    (area,) = areas([unit])
    assert (area["type"], area["value"], area["geoJson"]) == (kind, value, None)
    assert (area["geoComponents"] is None) == (kind == "place")


def test_a_county_has_one_component():
    """A search by county would not find the service."""
    (area,) = areas(["IL - Sangamon County"])
    assert area["geoComponents"] == (
        '{"postalCode":null,"locality":null,"county":"Sangamon","state":"Illinois","country":"United States"}'
    )


def test_text_is_a_place_where_there_are_no_units():
    """A service with a text only would look as if it served nobody."""
    assert [(area["type"], area["value"]) for area in areas([], "Springfield and nearby towns")] == [
        ("place", "Springfield and nearby towns")
    ]
    assert [area["type"] for area in areas(["IL", "IL", " "], "Springfield and nearby towns")] == ["state"]
