"""Phones, addresses, contacts, links, hours, and the sites derived from addresses."""

from __future__ import annotations

import polars as pl

from schemas.identity import record_uid
from schemas.parameters import NormalizeParameters

DERIVING = NormalizeParameters(derive_sites_below_share=0.5)


def noted(result, note_kind: str) -> list[tuple[str, str | None, bool]]:
    notes = result.notes.filter(pl.col("note_kind") == note_kind)
    return notes.select("field", "value_written", "is_private").rows()


def phone(number: str, **changes: str | None) -> dict:
    return {"owner_kind": "agency", "owner_native_id": "1", "slot": "Phone1Number", "number": number} | changes


def address(**changes: str | None) -> dict:
    return {
        "owner_kind": "agency", "owner_native_id": "1", "slot": "Physical", "address_kind": "physical",
        "line1": "100 Harbor St", "city": "Springfield", "state": "IL", "postal_code": "62701", "country": "United States",
    } | changes  # fmt: skip


def test_a_cell_with_two_numbers_gives_two_phones(normalize, agency) -> None:
    """If this fails, the second number of a cell is lost, or nobody learns that there were two."""
    result = normalize(agency(), phone=[phone("217-555-0101 or 217-555-0102", type="Fax", label="Desk")])
    rows = result.directory.phone.select("slot", "number_written", "e164", "type", "label").rows()
    assert rows == [
        ("Phone1Number", "217-555-0101", "+12175550101", "fax", "Desk"),
        ("Phone1Number#2", "217-555-0102", "+12175550102", "fax", "Desk"),
    ]
    assert noted(result, "several_values") == [("phone.number", "217-555-0101 or 217-555-0102", False)]


def test_blank_numbers_make_no_row_and_siblings_keep_apart(normalize, agency) -> None:
    """If this fails, phones overwrite each other or empty ones are listed."""
    result = normalize(agency(), phone=[phone(" "), phone("217-555-0101"), phone("217-555-0102")])
    assert result.directory.phone["slot"].to_list() == ["Phone1Number", "Phone1Number~2"]
    assert result.directory.phone["record_uid"].n_unique() == 2


def test_extensions_from_the_number_or_their_own_column(normalize, agency) -> None:
    """If this fails, callers reach the switchboard instead of the desk."""
    result = normalize(
        agency(),
        phone=[
            phone("217-555-0101 x12", slot="a", is_private="TRUE"),
            phone("217-555-0102", slot="b", extension="034"),
        ],
    )
    assert result.directory.phone.select("slot", "extension").rows() == [("a", "12"), ("b", "034")]
    # The number is private, so the note about it is too.
    assert noted(result, "extension_in_number") == [("phone.number", "217-555-0101 x12", True)]


def test_unknown_is_private_when_there_is_a_flag(normalize, agency) -> None:
    """If this fails, numbers, streets or people are published whose flag nobody filled in."""
    expected = {"TRUE": True, "No": False, "": True, "?": True, None: False}
    slots = {f"s{number}": flag for number, flag in enumerate(expected)}
    owner = {"owner_kind": "agency", "owner_native_id": "1", "name": "Person 01", "role": "director"}
    result = normalize(
        agency(),
        phone=[phone("217-555-0101", slot=slot, is_private=flag) for slot, flag in slots.items()],
        address=[address(slot=slot, is_private=flag) for slot, flag in slots.items()],
        contact=[owner | {"slot": slot, "is_private": flag} for slot, flag in slots.items()],
    )
    tables = result.directory
    for table in (tables.phone, tables.address, tables.contact):
        assert dict(table.select("slot", "is_private").rows()) == {slot: expected[flag] for slot, flag in slots.items()}
    unclear = [(f"{name}.is_private", flag) for name in ("address", "contact", "phone") for flag in ("", "?")]
    assert sorted(note[:2] for note in noted(result, "unclear_flag")) == unclear


def test_addresses_that_say_only_where_in_the_world_make_no_row(normalize, agency) -> None:
    """If this fails, every record of an export has an address made of `IL, United States`."""
    nothing = {"line1": "", "city": "", "postal_code": "", "county": "-1"}
    result = normalize(agency(), address=[address(**nothing), address(**nothing | {"postal_code": "7930"}, slot="m")])
    assert result.directory.address.select("slot", "postal_code", "state", "country").rows() == [
        ("m", "7930", "IL", "US")
    ]


def test_addresses_keep_what_was_written(normalize, agency) -> None:
    """If this fails, a wrong state or coordinate cannot be shown to the curator any more."""
    cells = {"state": "Illinoi", "county": "Sangamon County", "latitude": "0", "longitude": "west"}
    row = normalize(agency(), address=[address(**cells)]).directory.address.row(0, named=True)
    assert (row["state"], row["state_written"]) == (None, "Illinoi")
    assert (row["county"], row["county_written"]) == ("Sangamon", "Sangamon County")
    assert (row["latitude"], row["latitude_written"], row["longitude"]) == (None, "0", None)


def test_sites_take_their_physical_address(normalize, agency, site) -> None:
    """If this fails, sites have no street on the map and in exports."""
    of = {"owner_kind": "site"}
    result = normalize(
        agency(),
        site("21", latitude="39.8", longitude="0"),
        site("22"),
        site("23"),
        site("24", location_type="virtual"),
        address=[
            address(**of, owner_native_id="21", latitude="1.5", longitude="-89.6"),
            address(**of, owner_native_id="23", address_kind="mailing", slot="m"),
            address(**of, owner_native_id="24"),
        ],
    )
    rows = {row["native_id"]: row for row in result.directory.site.to_dicts()}
    assert rows["21"]["line1"] == "100 Harbor St"
    assert rows["21"]["address_key"] == "100 hbr st|springfield|62701"
    assert (rows["21"]["latitude"], rows["21"]["longitude"]) == (39.8, -89.6)
    assert [rows[number]["location_type"] for number in ("21", "22", "23", "24")] == [
        "physical", "virtual", "postal", "virtual",
    ]  # fmt: skip


def test_counties_come_from_the_record_and_else_from_its_agency(normalize, agency, service, site, link) -> None:
    """The figures by county would put services into no county or a wrong one."""
    result = normalize(
        agency(), service("11"), service("12"), site(), link(),
        address=[
            address(county="Cook"),
            address(owner_kind="service", owner_native_id="12", county="Kane County"),
            address(owner_kind="site", owner_native_id="21", county="Lake"),
        ],
    )  # fmt: skip
    tables = result.directory
    assert tables.agency["county"].to_list() == ["Cook"]
    assert dict(tables.service.select("native_id", "county").rows()) == {"11": "Cook", "12": "Kane"}
    assert tables.site["county"].to_list() == ["Lake"]
    assert tables.service_at_site["county"].to_list() == ["Lake"]


def test_an_agency_without_an_address_is_where_most_of_its_sites_are(normalize, agency, service, site) -> None:
    """HSDS gives organizations no address: every agency of such a center would be in no county."""
    result = normalize(
        agency(), service("11"), site("21"), site("22"), site("23"),
        address=[
            address(owner_kind="site", owner_native_id=number, county=county)
            for number, county in (("21", "Lake"), ("22", "Cook"), ("23", "Cook"))
        ],
    )  # fmt: skip
    assert result.directory.agency["county"].to_list() == ["Cook"]
    assert result.directory.service["county"].to_list() == ["Cook"]


def test_the_address_of_a_confidential_place_is_private_wherever_it_stands(normalize, agency, service) -> None:
    """If this fails, the agency's own address gives away where its shelter is."""
    result = normalize(
        agency(), agency("2"), service("11", name="Domestic violence shelter"), service("12"),
        address=[
            address(line1="7 Hidden Lane"),
            address(owner_native_id="2", line1="7 Hidden Lane"),
            address(slot="m", address_kind="mailing", line1="PO Box 5"),
            address(owner_kind="service", owner_native_id="11", line1="7 Hidden Ln."),
            address(owner_kind="service", owner_native_id="12", line1="100 Harbor St"),
            address(owner_kind="service", owner_native_id="11", slot="m", address_kind="mailing", line1="PO Box 5"),
        ],
    )  # fmt: skip
    private = {
        (kind, native_id, slot): flag
        for kind, uid, slot, flag in result.directory.address.select(
            "owner_kind", "owner_uid", "slot", "is_private"
        ).rows()
        for native_id in ("1", "2", "11", "12")
        if uid == record_uid("demo", kind, native_id)
    }
    assert private == {
        ("agency", "1", "Physical"): True,
        ("agency", "1", "m"): False,
        ("agency", "2", "Physical"): False,
        ("service", "11", "Physical"): True,
        ("service", "11", "m"): True,
        ("service", "12", "Physical"): False,
    }


def test_an_address_that_says_confidential_is_private(normalize, agency) -> None:
    """If this fails, the city of a hidden place is shown beside the word Confidential as if it were open."""
    result = normalize(agency(), address=[address(line1="", line2="CONFIDENTIAL")])
    assert result.directory.address["is_private"].to_list() == [True]


def test_other_addresses_are_as_private_as_the_physical_one(normalize, agency) -> None:
    """If this fails, a hidden street is published from the column beside it, which has no flag."""
    result = normalize(
        agency(), address=[address(is_private="Yes"), address(slot="Other", address_kind="other", is_private=None)]
    )
    assert result.directory.address["is_private"].to_list() == [True, True]


def test_notes_about_hidden_addresses_are_hidden(normalize, service, agency) -> None:
    """If this fails, the list of findings shows the street that the record hides."""
    result = normalize(
        agency(), service(name="Domestic violence shelter"),
        address=[address(owner_kind="service", owner_native_id="11", line1="7 Hidden<br>Lane")],
    )  # fmt: skip
    assert noted(result, "html_removed") == [("address.line1", "7 Hidden<br>Lane", True)]


def test_links_repeat_per_record_not_per_cell(normalize, agency, service) -> None:
    """If this fails, the same term counts twice for one service."""
    of = {"owner_kind": "service", "owner_native_id": "11"}
    result = normalize(
        agency(), service(),
        taxonomy_link=[of | {"slot": "a", "codes": "BH-1800 * YJ-2050; PH-6100; PH-6100"}, of | {"slot": "b", "codes": "YJ-2050*BH-1800"}],
    )  # fmt: skip
    rows = result.directory.taxonomy_link.sort("source_line", "slot").select("slot", "is_repeated").rows()
    assert rows == [
        ("BH-1800 * YJ-2050", False), ("PH-6100", False), ("PH-6100~2", True), ("YJ-2050*BH-1800", True),
    ]  # fmt: skip
    assert len(noted(result, "repeated_value")) == 2


def test_rows_of_an_owner_that_is_not_there_are_kept_and_noted(normalize, agency) -> None:
    """If this fails, a partial export loses phone numbers without a word."""
    result = normalize(agency(), phone=[phone("217-555-0101", owner_native_id="99")])
    assert result.directory.phone["owner_uid"].to_list() == [record_uid("demo", "agency", "99")]
    assert noted(result, "parent_missing") == [("phone.owner_native_id", "99", False)]


def deriving(normalize, agency, service):
    of = {"owner_kind": "service"}
    return normalize(
        agency("1"), agency("2"), agency("3"), service("11"), service("12"), service("13"), service("14"),
        service("15", agency_native_id="2", status="Inactive"), service("16", agency_native_id="77"),
        address=[
            address(line1="1 Main Street", county="Cook"),
            address(owner_native_id="3", line1="9 Oak Rd"),
            address(**of, owner_native_id="11", line1="1 Main St"),
            address(**of, owner_native_id="12", line1="1 MAIN STREET", line2="Suite 5"),
            address(**of, owner_native_id="13", line1="1 Main St., Ste 5", is_private="Yes"),
            address(**of, owner_native_id="15", line1="2 Elm St"),
            address(**of, owner_native_id="16", line1="3 Elm St"),
        ],
        parameters=DERIVING,
    )  # fmt: skip


def test_sites_are_derived_from_addresses(normalize, agency, service) -> None:
    """If this fails, exports of centers without site rows have services at no place at all."""
    tables = deriving(normalize, agency, service).directory
    sites = tables.site.sort("address_key", "is_address_private", "line2")
    assert sites.select("address_key", "agency_native_id", "status", "is_address_private").rows() == [
        ("1 main st|springfield|62701", "1", "active", False),
        ("1 main st|springfield|62701", "1", "active", True),
        ("2 elm st|springfield|62701", "2", "inactive", False),
        ("9 oak rd|springfield|62701", "3", "active", False),
    ]
    assert set(sites["origin"]) == {"derived"}
    assert set(sites["not_counted_reason"]) == {"derived"}
    assert sites["native_id"].str.starts_with("derived:").all()


def test_every_service_is_linked_to_its_derived_site(normalize, agency, service) -> None:
    """If this fails, services of centers without site rows cannot be found by place."""
    tables = deriving(normalize, agency, service).directory
    links = tables.service_at_site
    assert sorted(links["service_native_id"]) == ["11", "12", "13", "14", "15"]
    assert links["link_only"].all()
    assert not links["is_counted"].any()
    assert set(links["site_uid"]) <= set(tables.site["record_uid"])
    place = dict(links.select("service_native_id", "site_uid").rows())
    # 12 and 13 share the suite; 14 has no address of its own and is found at its agency's.
    assert place["12"] == place["13"]
    assert place["14"] == place["11"]


def test_derived_sites_do_not_depend_on_the_order_of_rows(normalize, agency, service, deliver) -> None:
    """If this fails, derived sites change their identity from night to night."""
    of = {"owner_kind": "service"}
    records = [agency("1"), service("11"), service("12")]
    addresses = [
        address(**of, owner_native_id="11", line1="1 Main St", source_line=3),
        address(**of, owner_native_id="12", line1="1 Main Street", source_line=4),
    ]
    one = normalize(*records, address=addresses, parameters=DERIVING).directory
    other = normalize(*records[::-1], address=addresses[::-1], parameters=DERIVING).directory
    assert one.site.equals(other.site)
    assert one.service_at_site.equals(other.service_at_site)


def test_a_delivered_site_is_used_before_one_is_derived(normalize, agency, service, site) -> None:
    """If this fails, a place stands in the directory twice, once delivered and once derived."""
    of = {"owner_kind": "service", "owner_native_id": "11"}
    tables = normalize(
        agency(), service(), site(), service("12"),
        address=[address(**of), address(owner_kind="site", owner_native_id="21")],
        parameters=DERIVING,
    ).directory  # fmt: skip
    assert tables.site["native_id"].to_list() == ["21"]
    assert tables.service_at_site["site_native_id"].to_list() == ["21"]


def test_no_sites_are_derived_where_there_are_some(normalize, agency, service, site) -> None:
    """If this fails, centers that keep sites get a second, invented set of them."""
    tables = normalize(
        agency(), service(), site(), address=[address()], parameters=NormalizeParameters(derive_sites_below_share=0.3)
    ).directory
    assert tables.site.height == 1
    assert tables.service_at_site.is_empty()


def test_a_place_named_by_withheld_records_only_is_withheld(normalize, agency, service) -> None:
    """If this fails, the address of an excluded service is published through the site made from it."""
    of = {"owner_kind": "service"}
    tables = normalize(
        agency(), service("11", exclude_from_website="Yes"), service("12", exclude_from_website="Yes"),
        service("13", exclude_from_website="No"),
        address=[
            address(**of, owner_native_id="11", line1="1 Elm St"),
            address(**of, owner_native_id="12", line1="2 Elm St"),
            address(**of, owner_native_id="13", line1="2 Elm St"),
        ],
        parameters=DERIVING,
    ).directory  # fmt: skip
    assert dict(tables.site.select("line1", "withheld_reason").rows()) == {
        "1 Elm St": "excluded_from_website",
        "2 Elm St": None,
    }
