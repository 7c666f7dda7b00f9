"""Attacks on the privacy of a directory: what people type into cells that nobody thought of, and what must survive the search."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest

from pipeline.publish.public_directory import Load, PublicDirectory, make_public
from schemas.contract import empty_table
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding

HOUSE = {"city": "Springfield", "state": "IL", "postal_code": "62704"}


@pytest.fixture
def public_of(small):
    """What may leave of rows."""

    def build(rows) -> PublicDirectory:
        return make_public(
            small.directory(rows),
            findings=empty_table(Finding),
            as_of=date(2026, 11, 20),
            parameters=ExportParameters(),
            privacy=PrivacyParameters(),
        )

    return build


def said(public: PublicDirectory) -> str:
    """Everything that may leave, as one text."""
    return json.dumps(
        {name: frame.to_dicts() for name, frame in public.tables().items()}, default=str, ensure_ascii=False
    )


def with_hidden_site(small, **values):
    """The small directory with a site whose address is private."""
    site = small.record(
        "site", "12", agency_uid=small.uid("agency", "1"), agency_native_id="1", name="Refuge", is_address_private=True
    )
    return small.added("site", site | {"line1": "4417 N. Thistledown Court Apt 3", **HOUSE} | values)


def private_phone(small, written, **values):
    return small.owned("phone", "service", "21", "Secret", number_written=written, is_private=True, **values)


def private_contact(small, **values):
    return small.owned("contact", "service", "21", "Secret", role="main", is_private=True, **values)


@pytest.mark.parametrize(
    "other",
    [
        {"line1": "4417 Thistledown"},
        {"line1": "4417 North Thistledown Ct #3"},
        {"line1": "Willow House", "line2": "4417 Thistledown Ct"},
        {"line1": "Willow House, 4417 Thistledown Ct."},
        {"line1": "4417-4419 N Thistledown Ct", "postal_code": None},
        {"line1": "4417 Thistledown Ct", "city": None, "postal_code": None},
    ],
)
def test_same_house_in_another_spelling_is_not_told(small, public_of, other):
    """The office next door would give the house away: address rows are not searched as texts."""
    rows = with_hidden_site(small, is_confidential_place=True)
    place = HOUSE | other
    rows["site"].append(
        small.record("site", "13", agency_uid=small.uid("agency", "1"), agency_native_id="1", name="Office", **place)
    )
    rows["address"].append(small.owned("address", "agency", "1", "physical", address_kind="physical", **place))
    rows["address"].append(small.owned("address", "site", "10", "other", address_kind="other", **place))
    assert "histledown" not in said(public_of(rows))


def test_private_street_on_the_second_line_is_searched(small, public_of):
    """The first line often holds the name of a house."""
    rows = with_hidden_site(small, line1="Willow House", line2="4417 Thistledown Ct")
    rows["service"][0]["intake"] = "Come to 4417 Thistledown Court"
    assert "histledown" not in said(public_of(rows))


def test_private_address_without_town_hides_its_street_in_every_town(small, public_of):
    rows = with_hidden_site(small, city=None, postal_code=None)
    rows["site"][0] |= {"line1": "4417 Thistledown Ct"}
    assert "histledown" not in said(public_of(rows))


@pytest.mark.parametrize(
    "text", ["At 39.71234, -89.51288.", "https://example.org/@39.7123,-89.5129,17z", "?ll=39.71234%2C-89.51288"]
)
def test_coordinates_of_a_hidden_place_are_in_no_text(small, public_of, text):
    """A link to a map needs no street."""
    rows = with_hidden_site(small, latitude=39.71234, longitude=-89.51288)
    rows["agency"][0] |= {"url": text, "description": f"{text} Open to all."}
    rows["service"][0]["transportation"] = text
    assert "39.71" not in said(public_of(rows))


def test_site_without_street_at_the_same_coordinates_is_not_located(small, public_of):
    """A second record of the house, its street blank, would show it on the map."""
    rows = with_hidden_site(small, latitude=39.71234, longitude=-89.51288)
    at = {"latitude": 39.71234, "longitude": -89.51288}
    rows["site"].append(
        small.record("site", "13", agency_uid=small.uid("agency", "1"), agency_native_id="1", name="Office", **at)
    )
    public = public_of(rows)
    assert "39.71" not in said(public)
    assert public.removed["site_not_located_same_place"] == 1


def test_neighbor_with_a_street_of_its_own_keeps_its_place(small, public_of):
    """Sites that were located by their town share one point; one hidden among them would take all off the map."""
    rows = with_hidden_site(small, latitude=39.71234, longitude=-89.51288)
    rows["site"][0] |= {"latitude": 39.71234, "longitude": -89.51288}
    public = public_of(rows)
    assert public.site.filter(pl.col("native_id") == "10")["latitude"].to_list() == [39.71234]


def test_directions_go_with_the_address_of_any_record(small, public_of):
    """The way to a house is as good as its number."""
    rows = with_hidden_site(small, transportation="Behind the mill")
    rows["service_at_site"].append(
        small.record(
            "service_at_site", "21-12", agency_uid=small.uid("agency", "1"), service_uid=small.uid("service", "21"),
            service_native_id="21", site_uid=small.uid("site", "12"), site_native_id="12", transportation="Behind the mill",
            description="Ring twice. See https://maps.app.goo.gl/abc for the way. Open daily.",
        )
    )  # fmt: skip
    rows["agency"][0] |= {"transportation": "Behind the mill", "url": "https://g.co/maps/abc"}
    rows["address"].append(
        small.owned(
            "address", "agency", "1", "physical", address_kind="physical", line1="9 Elm Street", is_private=True
        )
    )
    public = public_of(rows)
    text = said(public)
    assert "mill" not in text
    assert "/abc" not in text
    assert "Ring twice. Open daily." in text
    assert (public.removed["private_directions"], public.removed["private_map_link"]) == (3, 2)


def test_directions_of_other_records_stay(small, public_of):
    assert public_of(small.rows()).site["transportation"].to_list() == ["Bus 5", "Behind the station"]


def test_every_number_of_a_private_cell_is_searched(small, public_of):
    """The second number, and the one of a contact with its extension, would leave."""
    rows = small.changed(
        "service", 0, description="Call 217.555.0198. Call 217.555.0199. Call 217.555.0142. Open daily."
    )
    rows["phone"].append(private_phone(small, "217-555-0198 or 217-555-0199"))
    rows["contact"].append(private_contact(small, name="Casey Marigold", phone="217-555-0142 ext. 7"))
    assert public_of(rows).service["description"][0] == "Open daily."


def test_number_of_seven_digits_is_searched_with_the_area_codes_of_its_center(small, public_of):
    """People leave out the area code where everybody has the same."""
    rows = small.changed("service", 0, description="Call 217-555-0199. Call 555-0199. Call (907) 555-0199. Open daily.")
    rows["phone"].append(private_phone(small, "555-0199"))
    assert public_of(rows).service["description"][0] == "Call (907) 555-0199. Open daily."


def test_private_extension_of_a_public_number_is_searched(small, public_of):
    """The switchboard is public, the director's line is not."""
    rows = small.changed("service", 0, description="Call 217-555-0101. Ask at 217-555-0101 ext. 77. Open daily.")
    rows["phone"].append(private_phone(small, "217-555-0101", e164="+12175550101", extension="77"))
    assert public_of(rows).service["description"][0] == "Call 217-555-0101. Open daily."


def test_private_number_beside_a_public_one_takes_the_row(small, public_of):
    """A public cell of two numbers, one of them private elsewhere, would be written as it stands."""
    rows = small.rows()
    rows["phone"][0] |= {"number_written": "217-555-0101 (nights 217-555-0199)", "e164": None}
    rows["phone"].append(private_phone(small, "217-555-0199", e164="+12175550199"))
    public = public_of(rows)
    assert "0199" not in said(public)
    assert public.phone.height == 2


def test_value_split_over_the_entries_of_a_list_is_not_written_side_by_side(small, public_of):
    rows = small.changed("agency", 0, aka=["Casey", "Marigold"])
    rows["service"][0]["payment_methods"] = ["217-555", "0199"]
    rows["contact"].append(private_contact(small, name="Casey Marigold"))
    rows["phone"].append(private_phone(small, "217-555-0199", e164="+12175550199"))
    public = public_of(rows)
    assert public.agency["aka"].to_list() == [[]]
    assert public.service["payment_methods"].to_list() == [[], []]


@pytest.mark.parametrize("column", ["city", "county", "postal_code"])
def test_private_value_in_a_cell_of_a_place_is_taken_out(small, public_of, column):
    """A curator types where there is room; then the whole package would be refused."""
    rows = small.changed("site", 0, **{column: "Casey Marigold"})
    rows["address"][0][column] = "Casey Marigold"
    rows["contact"].append(private_contact(small, name="Casey Marigold"))
    assert "Marigold" not in said(public_of(rows))


def test_those_who_verified_and_curators_are_named_nowhere(small, public_of):
    rows = small.changed("service", 0, description="Confirmed by Robin Quill. Entered by Moss, Dana. Open daily.")
    rows["agency"][0]["curator"] = "Dana Moss"
    assert public_of(rows).service["description"][0] == "Open daily."


def test_public_address_may_hold_the_name_of_one_who_verified(small, public_of):
    """Half of all agencies have an address such as robin.quill@; they would lose it."""
    rows = small.changed("agency", 0, email="robin.quill@example.org", verified_by_email="rq@example.org")
    rows["agency"][0]["description"] = "Write to robin.quill@example.org. Ask for Robin Quill."
    agency = public_of(rows).agency.row(0, named=True)
    assert (agency["email"], agency["description"]) == ("robin.quill@example.org", "Write to robin.quill@example.org.")


def test_office_in_the_cell_of_a_name_is_no_secret(small, public_of):
    """Every public title Director would go because of a private contact called so."""
    rows = small.changed("service", 0, description="Ask for the Executive Director.")
    rows["contact"].append(private_contact(small, name="Executive Director"))
    assert public_of(rows).service["description"][0] == "Ask for the Executive Director."


def test_several_private_addresses_in_one_cell_are_searched(small, public_of):
    rows = small.changed(
        "service", 0, description="Write to desk(at)hidden.example. Write to casey@hidden.example. Open daily."
    )
    rows["contact"].append(
        private_contact(small, name="Casey", email="Casey <casey@hidden.example>; desk@hidden.example")
    )
    assert public_of(rows).service["description"][0] == "Open daily."


def test_contact_of_which_nothing_is_left_is_not_written(small, public_of):
    rows = small.rows()
    rows["contact"][0] |= {"name": "217-555-0199", "title": None, "phone": "217-555-0101 or 217-555-0199"}
    rows["phone"].append(private_phone(small, "217-555-0199", e164="+12175550199"))
    assert public_of(rows).contact.is_empty()


def test_what_was_private_before_merging_stays_private(small, public_of):
    """Agencies that people confirmed to be one are written as one; what the other kept private is not public for that."""
    before = small.rows()
    before["contact"].append(private_contact(small, name="Casey Marigold"))
    after = small.changed("service", 0, description="Ask for Casey Marigold. Open daily.")
    public = make_public(
        small.directory(after),
        findings=empty_table(Finding),
        as_of=date(2026, 11, 20),
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
        load=Load(directory=small.directory(before), findings=empty_table(Finding)),
    )
    assert public.service["description"][0] == "Open daily."


def test_private_value_in_the_cell_of_codes_takes_the_link(small, public_of):
    """Codes are not searched in the written files: by their digits they look like numbers."""
    rows = small.rows()
    rows["taxonomy_link"][0] |= {"code": "ask Casey Marigold"}
    rows["taxonomy_link"][1] |= {"joined_codes": ["217-555-0199"]}
    rows["contact"].append(private_contact(small, name="Casey Marigold"))
    rows["phone"].append(private_phone(small, "217-555-0199", e164="+12175550199"))
    public = public_of(rows)
    assert public.taxonomy_link["code"].to_list() == ["BD-1800.2000"]
    assert public.removed["private_value_for_code"] == 2


def test_private_value_in_the_cell_of_the_owner_is_taken_out(small, public_of):
    rows = small.changed("agency", 0, record_owner="Casey Marigold")
    rows["contact"].append(private_contact(small, name="Casey Marigold"))
    assert public_of(rows).agency["record_owner"].to_list() == [None]
