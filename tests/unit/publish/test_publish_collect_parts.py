"""What is private in a directory that is looked at part by part: the same as in the whole."""

from __future__ import annotations

import weakref

import polars as pl
import pytest

from pipeline.publish.collect_private import collect_from_parts, collect_private_values
from pipeline.publish.public_records import select_public
from schemas.contract import empty_table
from schemas.private_values import PrivateValues
from schemas.quality import Finding

#: Whether the part that is private comes first or last.
either_order = pytest.mark.parametrize("private_first", [True, False])


def part_of(small, rows):
    """A block of the rows with the verdicts on its records."""
    directory = small.directory(rows)
    return directory, select_public(directory, findings=empty_table(Finding), center_ids=None, withhold=True)


def collected(small, *blocks, private_first=True, **options):
    """What is private in a directory of these blocks, the first of which is the one with something private."""
    parts = [part_of(small, rows) for rows in (blocks if private_first else reversed(blocks))]
    return collect_from_parts(lambda: parts, **options)


def family(small, number, *, agency=None, site=None, **tables):
    """An agency with one site, and rows that belong to the agency."""
    owner = small.uid("agency", number)
    return {
        "agency": [small.record("agency", number, **{"name": f"Agency {number}", **(agency or {})})],
        "site": [small.record("site", number, agency_uid=owner, agency_native_id=number, **(site or {}))],
        **{
            table: [small.owned(table, "agency", number, str(slot), **row) for slot, row in enumerate(rows)]
            for table, rows in tables.items()
        },
    }


def phone(written, **values):
    """One phone row; ten digits are read as a number."""
    digits = "".join(sign for sign in written if sign.isdigit())
    return {"number_written": written, "e164": f"+1{digits}" if len(digits) == 10 else None, **values}


OAK = {"line1": "4417 Thistledown Court", "city": "Springfield", "postal_code": "62704"}
SPOT = {"latitude": 39.71234, "longitude": -89.51234}


@either_order
def test_number_private_in_one_part_and_public_in_another_is_not_private(small, private_first):
    """A hotline would vanish from every text because one agency keeps it on a private line."""
    private = family(small, "1", phone=[phone("217-555-0199", is_private=True), phone("217-555-0198", is_private=True)])
    public = family(small, "2", phone=[phone("(217) 555-0199")])
    assert collected(small, private, public, private_first=private_first).phones == {"2175550198"}


@either_order
def test_private_extension_of_a_number_public_in_another_part_is_private(small, private_first):
    """The direct line of a night nurse would be found by whoever knows the switchboard."""
    private = family(
        small,
        "1",
        phone=[phone("217-555-0199", extension=extension, is_private=True) for extension in ("12", "13")],
    )
    public = family(small, "2", phone=[phone("217-555-0199"), phone("217-555-0199", extension="13")])
    values = collected(small, private, public, private_first=private_first)
    assert values.phones == frozenset()
    assert "2175550199x12" in values.vanity
    assert "2175550199x13" not in values.vanity


@either_order
def test_number_with_letters_private_in_one_part_and_public_in_another_is_not_private(small, private_first):
    """The number everybody knows by its word would be taken out of texts."""
    private = family(
        small,
        "1",
        phone=[phone("1-800-273-TALK", is_private=True), phone("1-800-555-HIDE", is_private=True)],
    )
    public = family(small, "2", phone=[phone("800-273-TALK")])
    values = collected(small, private, public, private_first=private_first)
    assert values.vanity == {"800555hide"}
    assert values.phones == {"8005554433"}


@either_order
def test_area_codes_are_counted_over_all_parts(small, private_first):
    """A private number without area code would be searched with the codes of its own block only."""
    twice = [phone(f"{code}-555-010{line}") for code in range(221, 241) for line in range(2)]
    own = family(small, "1", phone=[phone("555-0199", is_private=True), *twice, phone("309-555-0100")])
    others = family(small, "2", phone=[phone("309-555-0101"), phone("309-555-0102")])
    values = collected(small, own, others, private_first=private_first)
    # Twenty codes: the one that two parts write three times together, and nineteen of those written twice.
    assert values.phones == {"3095550199", *(f"{code}5550199" for code in range(221, 240))}


@either_order
def test_name_private_in_one_part_that_an_agency_of_another_bears_is_not_private(small, private_first):
    """A foundation would lose its name in every text because a contact of another agency is called the same."""
    private = family(
        small, "1", contact=[{"name": name, "is_private": True} for name in ("Casey Marigold", "Jane Doe")]
    )
    public = family(small, "2", agency={"name": "The Casey Marigold House"})
    names = collected(small, private, public, private_first=private_first).names
    assert names == {" doe jane ", " jane doe ", " marigold casey "}


@either_order
def test_name_private_in_one_part_of_a_public_contact_of_another_is_not_private(small, private_first):
    """A director would be hidden because she verified the record of another agency."""
    private = family(small, "1", agency={"verified_by": "Casey Marigold", "curator": "Jane Doe"})
    public = family(small, "2", contact=[{"name": "Ms. Casey Marigold"}])
    names = collected(small, private, public, private_first=private_first).names
    assert names == {" doe jane ", " jane doe "}


@either_order
def test_public_email_with_a_name_private_in_another_part_may_be_shown(small, private_first):
    """The address of an agency would be emptied because a person of that name is private elsewhere."""
    private = family(small, "1", contact=[{"name": "Casey Marigold", "is_private": True}])
    public = family(small, "2", agency={"email": "Casey.Marigold@desk.example.org"})
    values = collected(small, private, public, private_first=private_first)
    assert values.shown_emails == {"casey.marigold@desk.example.org"}
    # Only final names count: one that a record bears is no private name.
    public["site"][0] |= {"name": "Casey Marigold Center, formerly Marigold Casey Center"}
    assert collected(small, private, public, private_first=private_first).shown_emails == frozenset()


@either_order
def test_email_private_in_one_part_and_public_in_another_is_not_private(small, private_first):
    """The desk of an agency could not be written to because it stands on a private contact too."""
    private = family(
        small,
        "1",
        agency={"verified_by_email": "robin@desk.example.org"},
        contact=[{"email": "Desk@desk.example.org", "is_private": True}],
    )
    public = family(small, "2", contact=[{"email": "desk@desk.example.org"}])
    assert collected(small, private, public, private_first=private_first).emails == {"robin@desk.example.org"}


@either_order
def test_street_flagged_in_one_part_and_public_in_another_is_not_private(small, private_first):
    """A town hall would lose its street because one program there asked for privacy."""
    private = family(
        small,
        "1",
        site={**OAK, "is_address_private": True},
        address=[{"line1": "9 Quarry Lane", "city": "Springfield", "is_private": True}],
    )
    public = family(small, "2", site={**OAK, "line1": "4417 Thistledown Ct., Suite 3"})
    values = collected(small, private, public, private_first=private_first)
    assert values.streets
    assert all("quarry" in street for street in values.streets)
    assert {key.partition("|")[0] for key in values.places} == {"9 quarry ln"}


@either_order
def test_street_of_a_confidential_place_stays_private_though_public_in_another_part(small, private_first):
    """A shelter could be found through the agency next door."""
    private = family(small, "1", agency={"is_confidential_place": True}, site=OAK)
    public = family(small, "2", site=OAK)
    values = collected(small, private, public, private_first=private_first)
    assert "4417 thistledown ct|springfield" in values.places
    assert " 4417 thistledown " in values.streets
    assert values == collected(small, private)


@either_order
def test_street_flagged_in_one_part_and_of_a_confidential_place_in_another_stays_private(small, private_first):
    """A public neighbor would make the street of a shelter public, because somebody else only flagged it."""
    flagged = family(small, "1", site={**OAK, "is_address_private": True})
    public = family(small, "2", site=OAK)
    secret = family(small, "3", agency={"is_confidential_place": True}, site=OAK)
    assert "4417 thistledown ct|62704" in collected(small, flagged, public, secret, private_first=private_first).places
    assert collected(small, flagged, public, private_first=private_first).places == frozenset()


@either_order
def test_coordinates_of_a_site_shown_with_its_street_in_another_part_are_not_private(small, private_first):
    """A map of a public place would be taken out of a text."""
    private = family(small, "1", agency={"is_confidential_place": True}, site={**OAK, **SPOT})
    with_street = family(small, "2", site={"line1": "5 Mill Road", **SPOT})
    assert collected(small, private, with_street, private_first=private_first).spots == frozenset()


@either_order
def test_coordinates_of_a_site_without_street_in_another_part_stay_private(small, private_first):
    """A shelter would be shown on the map by another agency that sits there."""
    private = family(small, "1", agency={"is_confidential_place": True}, site={**OAK, **SPOT})
    without_street = family(small, "2", site=SPOT)
    assert "39.712 89.512" in collected(small, private, without_street, private_first=private_first).spots


def test_small_parts_are_asked_about_together_or_alone(small):
    """How many rows are compared at once would change what is private."""
    blocks = [
        small.rows(),
        family(small, "2", phone=[phone("217-555-0101", is_private=True), phone("217-555-0198", is_private=True)]),
        family(small, "3", contact=[{"name": "Alex Fern", "email": "info@example.org", "is_private": True}]),
        family(small, "4", phone=[phone("217-555-0198")]),
    ]
    together = collected(small, *blocks)
    assert collected(small, *blocks, rows_at_once=1) == together
    assert collected(small, *blocks, private_first=False, rows_at_once=3) == together
    assert together == collect_private_values(*whole_of(small, blocks))
    assert together != PrivateValues()


def test_part_is_let_go_before_the_next_one_is_read(small):
    """A nation's directory would be in memory as a whole."""
    blocks = [family(small, number, phone=[phone("217-555-0199", is_private=True)]) for number in "123"]
    calls = []

    def parts():
        seen = []
        for rows in blocks:
            assert all(one() is None for one in seen)
            directory, selection = part_of(small, rows)
            seen += [weakref.ref(directory), weakref.ref(directory.phone), weakref.ref(selection)]
            yield directory, selection
            del directory, selection
        calls.append(len(seen))

    assert collect_from_parts(parts).phones == {"2175550199"}
    assert calls == [9, 9]


def test_directory_without_parts_holds_nothing_private():
    """An empty first night would stop the export."""
    assert collect_from_parts(list) == PrivateValues()


def whole_of(small, blocks):
    """The blocks as one directory."""
    tables = sorted({table for rows in blocks for table in rows})
    return part_of(small, {table: [row for rows in blocks for row in rows.get(table, [])] for table in tables})


def test_verdicts_of_a_part_are_those_of_its_records(small):
    """Values of a center that is not exported would be asked about."""
    rows = family(small, "1", phone=[phone("217-555-0199")])
    private = family(small, "2", phone=[phone("217-555-0199", is_private=True)])
    directory, selection = part_of(small, rows)
    nothing = type(selection)(records=selection.records.filter(pl.lit(value=False)))
    parts = [(directory, nothing), part_of(small, private)]
    assert collect_from_parts(lambda: parts).phones == {"2175550199"}
