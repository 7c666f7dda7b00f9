"""The many ways in which one private value is written, and what only looks like it."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.private_emails import emails_in
from schemas.private_names import name_patterns
from schemas.private_numbers import phones_in
from schemas.private_spots import spot_keys
from schemas.private_streets import index_places, is_same_place, private_place_keys, street_patterns
from schemas.private_values import PrivateValues, find_kinds, kinds_in, without_private

PHONES = PrivateValues(phones=frozenset({"2175550199", "2175558876"}))
EMAILS = PrivateValues(emails=frozenset({"casey.marigold@hidden.example", "smith@hidden.example"}))
STREET = PrivateValues(streets=street_patterns("1407 North Thistle Avenue"))
NAMES = PrivateValues(names=name_patterns("Dr. André Núñez") | name_patterns("Pat O'Brien") | name_patterns("Bo Li"))
SPOTS = PrivateValues(spots=spot_keys(39.71234, -89.51288))

FOUND = [
    *(
        (text, PHONES)
        for text in (
            "217–555–0199", "(217) 555 • 0199", "217/555/0199", "217&#45;555&#45;0199", "217%2D555%2D0199", "２１７ ５５５ ０１９９",
            "٢١٧ ٥٥٥ ٠١٩٩", "217\u200b555\u200b0199", "555 • 0199", "555\n0199", "Dial 911. 555-0199", "Room 305. 555-0199",
            "Room 105 555-0199", "5 5 5 0 1 9 9", "217-555-TURN", "1 217 555 TURN", "1-217-555-turn", "555-TURN",
        )
    ),
    *(
        (text, EMAILS)
        for text in (
            "Casey.Marigold @ Hidden.Example", "casey.marigold (at) hidden.example", "casey.marigold at hidden dot example",
            "casey.marigold[at]hidden[dot]example. Open daily.", "casey.marigold%40hidden.example", "casey.marigold&#64;hidden.example",
            "<casey.marigold@hidden.example>", "mailto:casey.marigold@hidden.example", "Write to casey.\nmarigold@hidden.example.",
            "casey.marigold@hidden .example", "at casey.marigold at hidden.example", "www.casey.marigold@hidden.example",
        )
    ),
    *(
        (text, STREET)
        for text in (
            "1407 N. Thistle Ave.", "1407 Thistle", "1407-A N. Thistle", "1407A Thistle Ave", "1407-1409 North Thistle", "1407 N.\nThistle",
            "1407&nbsp;N&nbsp;Thistle", "https://example.org/?q=1407+N+Thistle", "https://example.org/1407%20Thistle", "1407 1/2 N Thistle",
            "1407½ North Thistle", "1407 NORTH THISTLE AV",
        )
    ),
    *(
        (text, NAMES)
        for text in (
            "Andre Nunez", "ANDRÉ NÚÑEZ", "Nunez, Andre", "Andre\u0301 Nu\u0301n\u0303ez", "André Q. Núñez",
            "Andr&eacute; N&uacute;&ntilde;ez",
            "<b>André</b> Núñez", "https://example.org/staff/andre-nunez", "Mr. Pat OBrien", "Pat O’Brien's office", "ask Bo Li",
            "André\nNúñez", "André Núñez-led",
        )
    ),
    *(
        (text, SPOTS)
        for text in (
            "39.71234, -89.51288", "https://www.google.com/maps/@39.7123,-89.5129,17z", "q=39.71234%2C-89.51288", "39.712 N / 89.513 W",
            "?ll=-89.51288,39.71234", "?lat=39.71234&lon=-89.51288",
        )
    ),
]  # fmt: skip
OTHER = [
    *((text, PHONES) for text in ("312-555-0199", "(312) 555 – 0199", "1-312-555-TURN", "5550199333", "36-5550199", "1234555-0199")),
    *(
        (text, EMAILS)
        for text in ("jsmith@hidden.example", "smith@hidden.example.org", "j.smith@hidden.example",
            "meet at hidden.example", "smith at desk",
        )
    ),
    *((text, STREET) for text in ("1407 S. Thistle Ave", "1408 N Thistle", "14071 Thistle", "1407 N. Thistleton Ave", "1 North Thistle")),
    *((text, NAMES) for text in ("Andrea Nunez", "Andre, Nunezville", "Bo Lima", "Patricia O'Brien", "Li Bonner")),
    *((text, SPOTS) for text in ("39.71234", "39.71234, -88.51288", "from 39.712 to 89.51")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values"), FOUND)
def test_value_is_found_however_it_is_written(text, values):
    """A curator writes as people write, and a web editor as it likes."""
    assert kinds_in(text, values)
    assert find_kinds(pl.Series([None, text, "Open daily."]), values) == {text: kinds_in(text, values)}


@pytest.mark.parametrize(("text", "values"), OTHER)
def test_what_only_looks_like_it_stays(text, values):
    """Public values would be cut out of public texts."""
    assert find_kinds(pl.Series([text]), values) == {}


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("217-555-0199 or 217-555-0142 x3", {"2175550199", "2175550142"}),
        ("(217) 555-0199 ext. 12", {"2175550199"}),
        ("1-800-273-TALK", {"8002738255"}),
        ("555-0199", {"5550199"}),
        ("+44 20 7946 0958", {"442079460958"}),
        ("911", set()),
        ("call the office", set()),
    ],
)
def test_every_number_of_a_cell_is_read(cell, numbers):
    """The second number of a private cell would leave."""
    assert phones_in(cell) == numbers


def test_every_address_of_a_cell_is_read():
    """The second address of a private cell would leave."""
    assert emails_in("Jane <Jane@hidden.example>, desk@hidden.example; x") == {
        "jane@hidden.example",
        "desk@hidden.example",
    }


@pytest.mark.parametrize(
    "name",
    ["Front Desk", "Executive Director", "To be hired", "Staff", "N/A", "", "Program Manager / Intake Worker", "Office of the Director"],
)  # fmt: skip
def test_office_is_no_person(name):
    """Every text with the words Executive Director would be cut because somebody wrote them for a name."""
    assert name_patterns(name) == frozenset()


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Doe, Jane", " jane doe "), ("Jane Doe, LCSW", " jane doe "), ("Dr Jane Q Doe Jr", " jane doe "),
        ("Jane and John Doe", " jane doe "),
        ("Jane Doe / John Roe", " john roe "), ("Jane Doe (Director)", " jane doe "), ("Jane Doe, Director", " jane doe "),
        ("Mary-Jane Smith-Jones", " mary jane smith jones "), ("Jane Doe 217-555-0199", " jane doe "), ("Person 0520", " person 0520 "),
    ],
)  # fmt: skip
def test_person_is_read_from_what_stands_for_a_name(written, found):
    assert found in name_patterns(written)


def test_parts_of_two_surnames_are_no_name():
    """Mary Jones would be taken for Mary-Jane Smith-Jones."""
    assert " mary jones " not in name_patterns("Mary-Jane Smith-Jones")


PLACES = index_places(
    private_place_keys("4417 N. Thistledown Court, Apt 3", "Springfield", "62704") | private_place_keys("88 Fern Rd", None, None)
)  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "city", "postal_code"),
    [
        (("4417 Thistledown", None), "Springfield", None),
        (("4417 North Thistledown Ct #3", None), None, "62704-1234"),
        (("4417 Thistledown Ct, 2nd floor", None), "SPRINGFIELD", None),
        (("Willow House", "4417 N Thistledown Ct"), "Springfield", "62704"),
        (("Willow House 4417 N Thistledown Ct", None), "Springfield", "62704"),
        (("4417-4419 N. Thistledown", None), "Springfield", "62704"),
        (("4417 Thistledown Ct Springfield", None), "Springfield", None),
        (("4417 Thistledown Ct", None), None, None),
        (("4417 Thistledown Ct", None), "https://example.org", "call first"),
        (("P.O. Box 7, 4417 Thistledown Ct", None), "Springfield", None),
        (("88 Fern Road", None), "Anywhere", "60601"),
    ],
)
def test_address_at_a_private_place_is_known(lines, city, postal_code):
    """The shelter would be found through the office that shares its house."""
    assert is_same_place(lines, city, postal_code, places=PLACES)


@pytest.mark.parametrize(
    ("lines", "city", "postal_code"),
    [
        (("4417 Thistledown Ct", None), "Peoria", "61602"),
        (("4417 S. Thistledown Ct", None), "Springfield", "62704"),
        (("4417 Thistledown Avenue", None), "Springfield", "62704"),
        (("4418 Thistledown Ct", None), "Springfield", "62704"),
        (("Apt 3", "Suite 4417"), "Springfield", "62704"),
        ((None, None), "Springfield", "62704"),
    ],
)
def test_other_address_is_another_place(lines, city, postal_code):
    """Every Thistledown Court in the state would vanish."""
    assert not is_same_place(lines, city, postal_code, places=PLACES)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Open daily. Come to 1407 N. Thistle Ave. Bring papers.", "Open daily. Bring papers."),
        ("Open daily.\n1407 N.\nThistle\nBring papers.", "Open daily. Bring papers."),
        ("1407 N. Thistle", None),
    ],
)
def test_only_the_sentences_over_which_a_value_runs_go(text, left):
    """A whole description would be lost for the full stop behind a direction."""
    assert without_private(text, STREET) == left


def test_number_parted_from_its_area_code_leaves_nothing_behind():
    assert without_private("Open daily. Call (217)\n555-0199 at night.", PHONES) == "Open daily."
