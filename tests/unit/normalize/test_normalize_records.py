"""Records: identity, repeats, parents, status, flags, lists, what counts."""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.contract import check
from schemas.core import CORE_TABLES
from schemas.delivered import Conventions
from schemas.identity import dependent_uid, record_uid
from schemas.parameters import NormalizeParameters, PrivacyParameters
from schemas.quality import Note


def noted(result, note_kind: str) -> list[tuple[str, str | None]]:
    notes = result.notes.filter(pl.col("note_kind") == note_kind)
    return notes.select("field", "value_written").rows()


def test_nothing_delivered_gives_empty_tables(normalize) -> None:
    """If this fails, the first night of a new center stops with a crash instead of an empty report."""
    result = normalize()
    assert all(table.is_empty() for table in result.directory.tables().values())
    assert result.notes.is_empty()


def test_every_table_keeps_its_contract(normalize, agency, service, site, link) -> None:
    """If this fails, the stages after this one meet columns they do not know."""
    result = normalize(
        agency(), service(), site(), link(),
        phone=[{"owner_kind": "agency", "owner_native_id": "1", "slot": "a", "number": "217-555-0101"}],
    )  # fmt: skip
    for name, table in result.directory.tables().items():
        check(table, CORE_TABLES[name])
    check(result.notes, Note)


def test_ids_are_those_of_the_identity_rule(normalize, agency, service) -> None:
    """If this fails, every record gets a new identity overnight and all decisions about it are lost."""
    known = "0F0E8F2A-6F3D-4B57-9E0B-2E6C0B7F1A11"
    result = normalize(
        agency("007"), agency(known), service("s 1", agency_native_id="007"),
        phone=[{"owner_kind": "agency", "owner_native_id": "007", "slot": "Phone1Number", "number": "217-555-0101"}],
    )  # fmt: skip
    assert set(result.directory.agency["record_uid"]) == {record_uid("demo", "agency", "007"), known.lower()}
    assert result.directory.service["record_uid"].to_list() == [record_uid("demo", "service", "s 1")]
    phone = result.directory.phone.row(0, named=True)
    assert phone["record_uid"] == dependent_uid("demo", "phone", "agency", "007", "Phone1Number")
    assert phone["owner_uid"] == record_uid("demo", "agency", "007")


def test_a_record_without_a_number_is_kept_and_noted(normalize, agency) -> None:
    """If this fails, records without a number vanish, or take a new identity every night."""
    first = normalize(agency(None, name="Nameless"), agency("2"))
    second = normalize(agency("2"), agency(None, name="Nameless"))
    rows = first.directory.agency.filter(pl.col("native_id").is_null())
    assert rows["name"].to_list() == ["Nameless"]
    assert noted(first, "missing_id") == [("native_id", None)]
    assert first.directory.agency["record_uid"].to_list() == second.directory.agency["record_uid"].to_list()


def test_rows_of_a_record_without_a_number_find_their_owner_by_line(normalize, agency) -> None:
    """If this fails, the phones of a record without number are lost."""
    phones = [
        {"owner_kind": "agency", "owner_native_id": "", "slot": "p", "number": "217-555-0101", "source_line": 2},
        {"owner_kind": "agency", "owner_native_id": "", "slot": "p", "number": "217-555-0102", "source_line": 99},
    ]
    result = normalize(agency(None), phone=phones)
    assert result.directory.phone["owner_uid"].to_list() == result.directory.agency["record_uid"].to_list()
    # The second names no owner at all: it cannot be placed, and that is said.
    assert noted(result, "parent_missing") == [("phone.owner_native_id", None)]


def test_the_same_record_twice_is_one_record(normalize, agency) -> None:
    """If this fails, an export that repeats its rows counts every record twice."""
    phones = [
        {"owner_kind": "agency", "owner_native_id": "1", "slot": "p", "number": "217-555-0101", "source_line": line}
        for line in (2, 3)
    ]
    result = normalize(agency(), agency(), phone=phones)
    assert result.directory.agency.height == 1
    assert result.directory.phone.height == 1
    assert noted(result, "repeated_id_same") == [("native_id", "1")]


def test_two_records_under_one_number_keep_the_first_line(normalize, agency) -> None:
    """If this fails, it depends on chance which of two contradicting records is published."""
    rows = [agency(name="First", source_line=7), agency(name="Second", source_line=9)]
    for order in (rows, rows[::-1]):
        result = normalize(*order)
        assert result.directory.agency["name"].to_list() == ["First"]
        assert noted(result, "repeated_id_different") == [("native_id", "1")]


def test_records_that_differ_only_in_a_phone_are_different(normalize, agency) -> None:
    """If this fails, a changed phone number under a repeated record number is thrown away without a word."""
    phones = [
        {"owner_kind": "agency", "owner_native_id": "1", "slot": "p", "number": number, "source_line": line}
        for line, number in ((2, "217-555-0101"), (3, "217-555-0102"))
    ]
    result = normalize(agency(), agency(), phone=phones)
    assert noted(result, "repeated_id_different") == [("native_id", "1")]
    assert result.directory.phone["e164"].to_list() == ["+12175550101"]


def test_another_language_is_a_translation_not_a_repeat(normalize, agency) -> None:
    """If this fails, every record of a bilingual center is reported as double."""
    result = normalize(
        agency("1", language_of_record="en", name="Harbor House"),
        agency("1", language_of_record="fr", name="Maison du Port", verified_on="2026-01-05 0:00:00"),
        agency("2", language_of_record="en"),
    )
    assert result.directory.agency["name"].to_list().count("Harbor House") == 2
    row = result.directory.translation.row(0, named=True)
    assert (row["language_of_record"], row["name"], row["verified_on"]) == ("fr", "Maison du Port", date(2026, 1, 5))
    assert result.notes.is_empty()


def test_english_is_primary_when_languages_are_even(normalize, agency) -> None:
    """If this fails, which version is published depends on the order of the file."""
    rows = [agency("1", language_of_record="fr", name="Maison"), agency("1", language_of_record="en", name="House")]
    for order in (rows, rows[::-1]):
        assert normalize(*order).directory.agency["name"].to_list() == ["House"]


def test_own_number_zero_and_blank_mean_no_parent(normalize, agency) -> None:
    """If this fails, every agency of common exports is its own parent."""
    parents = ["1", "0", "", " ", None]
    result = normalize(*(agency(str(number), parent_native_id=text) for number, text in enumerate(parents, start=1)))
    assert result.directory.agency.select("parent_uid", "parent_native_id").unique().rows() == [(None, None)]
    assert result.notes.is_empty()


def test_parents_are_found_wherever_they_stand(normalize, agency, service, site, link) -> None:
    """If this fails, children that come before their parents in the file are orphans."""
    result = normalize(link(), service(), site(), agency("2", parent_native_id="1"), agency("1"))
    tables = result.directory
    first = record_uid("demo", "agency", "1")
    assert tables.agency.filter(pl.col("native_id") == "2")["parent_uid"].to_list() == [first]
    joined = tables.service_at_site.row(0, named=True)
    assert joined["service_uid"] == record_uid("demo", "service", "11")
    assert joined["site_uid"] == record_uid("demo", "site", "21")
    assert joined["agency_uid"] == tables.service["agency_uid"][0] == tables.site["agency_uid"][0] == first
    assert result.notes.is_empty()


def test_missing_parents_are_noted_and_nothing_is_invented(normalize, agency, service, site, link) -> None:
    """If this fails, partial exports lose records or gain agencies that nobody delivered."""
    result = normalize(
        agency("1", parent_native_id="99"),
        service("11", agency_native_id="98"),
        site("21", agency_native_id=""),
        link("31", service_native_id="97", site_native_id="96"),
    )
    tables = result.directory
    assert tables.agency.height == tables.service.height == tables.site.height == tables.service_at_site.height == 1
    assert tables.agency["parent_uid"].to_list() == tables.service["agency_uid"].to_list() == [None]
    assert tables.agency["parent_native_id"].to_list() == ["99"]
    assert tables.service["agency_native_id"].to_list() == ["98"]
    assert sorted(noted(result, "parent_missing"), key=str) == [
        ("agency_native_id", "98"),
        ("agency_native_id", None),
        ("parent_native_id", "99"),
        ("service_native_id", "97"),
        ("site_native_id", "96"),
    ]


def test_a_loop_of_parents_is_cut_and_noted(normalize, agency) -> None:
    """If this fails, walking up to the head agency never ends."""
    result = normalize(
        agency("1", parent_native_id="2"),
        agency("2", parent_native_id="3"),
        agency("3", parent_native_id="1"),
        agency("4", parent_native_id="1"),
    )
    parents = dict(result.directory.agency.select("native_id", "parent_uid").rows())
    assert parents == {"1": None, "2": None, "3": None, "4": record_uid("demo", "agency", "1")}
    assert len(noted(result, "parent_loop")) == 3


def test_a_link_without_agency_takes_that_of_its_service(normalize, agency, service, site, link) -> None:
    """If this fails, links of HSDS packages belong to no agency."""
    result = normalize(agency(), service(), site(), link(agency_native_id=None))
    assert result.directory.service_at_site["agency_uid"].to_list() == [record_uid("demo", "agency", "1")]


def test_status_words(normalize, agency) -> None:
    """If this fails, closed agencies count as open, or an unknown word is taken for open."""
    expected = [
        (" ACTIVE ", "active", None, False),
        ("Active,  but do not refer", "active_do_not_refer", None, False),
        ("Inactive", "inactive", "inactive", False),
        ("Archived", "unknown", "unknown_status", True),
        ("", "unknown", "unknown_status", True),
        (None, "active", None, False),
    ]
    result = normalize(*(agency(str(number), status=row[0]) for number, row in enumerate(expected)))
    read = result.directory.agency.sort("native_id").select("status", "is_counted", "not_counted_reason").rows()
    assert read == [(status, reason is None, reason) for _, status, reason, _ in expected]
    assert sorted(noted(result, "unknown_status")) == [("status", ""), ("status", "Archived")]


def test_a_center_may_say_what_a_blank_status_means(normalize, agency) -> None:
    """If this fails, a center whose software leaves the status blank has no counted records at all."""
    chosen = NormalizeParameters(blank_status="active", derive_sites_below_share=0)
    result = normalize(agency(status=""), parameters=chosen)
    assert result.directory.agency["is_counted"].to_list() == [True]
    assert noted(result, "unknown_status") == []


def test_records_of_other_owners_do_not_count(normalize, agency) -> None:
    """If this fails, two centers count the same agency."""
    chosen = NormalizeParameters(own_owner_codes=("DEMO",), derive_sites_below_share=0)
    rows = (agency("1", record_owner="demo"), agency("2", record_owner="OTHER"), agency("3", record_owner=""))
    result = normalize(*rows, parameters=chosen)
    found = dict(result.directory.agency.select("native_id", "not_counted_reason").rows())
    assert found == {"1": None, "2": "other_owner", "3": None}
    assert normalize(*rows).directory.agency["is_counted"].all()


def test_links_do_not_count(normalize, agency, service, site, link) -> None:
    """If this fails, the share of records up to date is halved by rows that are no records."""
    phones = [{"owner_kind": "service_at_site", "owner_native_id": "33", "slot": "p", "number": "217-555-0101"}]
    result = normalize(
        agency(), service(), site(),
        link("31", link_only="TRUE"), link("32", link_only="FALSE"), link("33"), link("34"), link("35", hours="Mon 9-5"),
        phone=phones,
    )  # fmt: skip
    found = {
        native: (only, why)
        for native, only, why in result.directory.service_at_site.select(
            "native_id", "link_only", "not_counted_reason"
        ).rows()
    }
    assert found == {
        "31": (True, "link_only"),
        "32": (False, "edited_service_at_site"),
        "33": (False, "edited_service_at_site"),
        "34": (True, "link_only"),
        "35": (False, "edited_service_at_site"),
    }


def test_flags_keep_records_in_the_house(normalize, agency) -> None:
    """If this fails, a record that the center keeps off its website is published."""
    expected = [
        ({}, None, False),
        ({"exclude_from_website": "No", "exclude_from_directory": "FALSE"}, None, False),
        ({"exclude_from_website": "Yes", "exclude_from_directory": "Yes"}, "excluded_from_website", False),
        ({"exclude_from_website": "No", "exclude_from_directory": "true"}, "excluded_from_directory", False),
        ({"available_for_directory": "No"}, "not_available_for_directory", False),
        ({"available_for_referral": "FALSE"}, "not_available_for_referral", False),
        ({"available_for_directory": "", "available_for_referral": ""}, None, False),
        ({"exclude_from_website": "perhaps"}, "flag_unclear", True),
        ({"available_for_referral": "perhaps"}, "flag_unclear", True),
        ({"exclude_from_website": " "}, "flag_unclear", True),
    ]
    result = normalize(*(agency(str(number), **flags) for number, (flags, _, _) in enumerate(expected)))
    read = dict(result.directory.agency.select("native_id", "withheld_reason").rows())
    assert read == {str(number): reason for number, (_, reason, _) in enumerate(expected)}
    unclear = result.notes.filter(pl.col("note_kind") == "unclear_flag")["record_uid"]
    assert set(unclear) == {
        record_uid("demo", "agency", str(number)) for number, (_, _, is_noted) in enumerate(expected) if is_noted
    }


def test_blank_flags_of_bare_links_say_nothing(normalize, agency, service, site, link) -> None:
    """If this fails, every bare link of an export is withheld and reported."""
    result = normalize(
        agency(), service(), site(), link(link_only="TRUE", exclude_from_website="", exclude_from_directory="")
    )
    assert result.directory.service_at_site["withheld_reason"].to_list() == [None]
    assert noted(result, "unclear_flag") == []


def test_dates_of_closing_and_of_messages_need_their_reason(normalize, agency) -> None:
    """If this fails, open agencies carry a day of closing, and messages appear that have no text."""
    cells = {
        "inactive_on": "2025-01-02 0:00:00",
        "alert_from_on": "2025-01-03 0:00:00",
        "alert_to_on": "1900-01-01 0:00:00",
    }
    result = normalize(agency("1", **cells), agency("2", status="Inactive", alert="Closed.", **cells))
    rows = {row["native_id"]: row for row in result.directory.agency.to_dicts()}
    assert (rows["1"]["inactive_on"], rows["1"]["alert"], rows["1"]["alert_from_on"]) == (None, None, None)
    assert (rows["2"]["inactive_on"], rows["2"]["alert_from_on"]) == (date(2025, 1, 2), date(2025, 1, 3))
    # A placeholder there is the export's way to leave the cell blank; nobody needs to hear of it.
    assert noted(result, "placeholder_date") == []


def test_future_days_are_kept_and_unreadable_ones_told(normalize, agency) -> None:
    """If this fails, a date of next year disappears before anybody can correct it."""
    result = normalize(agency(verified_on="2099-01-01 0:00:00", edited_on="soon"))
    row = result.directory.agency.row(0, named=True)
    assert (row["verified_on"], row["edited_on"], row["edited_on_written"]) == (date(2099, 1, 1), None, "soon")
    assert noted(result, "unreadable_date") == [("edited_on", "soon")]


def test_other_names_hold_the_official_one_and_none_twice(normalize, agency) -> None:
    """If this fails, search misses the official name, or lists show a name twice."""
    result = normalize(
        agency("1", aka="HH; Hospital, Garrett; h.h.; ", official_name="Harbor House Incorporated of Springfield"),
        agency("2", aka="HH", official_name="HARBOR HOUSE, INC."),
        agency("3", aka="Official Name", official_name="official name"),
    )
    names = dict(result.directory.agency.select("native_id", "aka").rows())
    assert names["1"] == ["HH", "Hospital, Garrett", "Harbor House Incorporated of Springfield"]
    assert names["2"] == ["HH"]
    assert names["3"] == ["Official Name"]
    assert noted(result, "repeated_value") == [("aka", "HH; Hospital, Garrett; h.h.;")]


def test_lists_are_split_and_languages_also_at_commas(normalize, agency, service) -> None:
    """If this fails, `English, Spanish` counts as one language."""
    result = normalize(
        agency(),
        service(
            languages="English, Spanish; French", payment_methods="Cash; Check; ", area_served_units="IL - Cook; IL; "
        ),
    )
    row = result.directory.service.row(0, named=True)
    assert row["languages"] == ["English", "Spanish", "French"]
    assert row["payment_methods"] == ["Cash", "Check"]
    assert row["area_served_units"] == ["IL - Cook", "IL"]


def test_what_was_written_stays_beside_what_was_read(normalize, agency) -> None:
    """If this fails, a curator cannot see what the export said."""
    result = normalize(
        agency(name=" <b>Harbor</b>  House ", url="www.example.org", email="a@example.org; b@example.org", ein="nr. 5",
               year_incorporated="c. 1978", curator="Unspecified Unspecified"),
    )  # fmt: skip
    row = result.directory.agency.row(0, named=True)
    assert (row["name"], row["name_written"], row["name_key"]) == (
        "Harbor House", " <b>Harbor</b>  House ", "harbor house",
    )  # fmt: skip
    assert (row["url"], row["url_written"]) == ("https://www.example.org", "www.example.org")
    assert (row["email"], row["email_written"]) == ("a@example.org", "a@example.org; b@example.org")
    assert (row["ein"], row["ein_written"]) == (None, "nr. 5")
    assert (row["year_incorporated"], row["year_incorporated_written"]) == (None, "c. 1978")
    assert row["curator"] is None
    assert noted(result, "several_values") == [("email", "a@example.org; b@example.org")]
    assert noted(result, "html_removed") == [("name", "<b>Harbor</b>  House")]


def test_confidential_places_by_name_term_and_code(normalize, agency, service, site, link) -> None:
    """If this fails, the street address of a shelter for victims of violence may be published."""
    chosen = NormalizeParameters(
        derive_sites_below_share=0, privacy=PrivacyParameters(confidential_place_codes=("XA-1000",))
    )
    result = normalize(
        agency(),
        service("11", name="Domestic Violence Shelter"),
        service("12", name="Night Stay"),
        service("13", name="Counseling", description="Counseling for survivors of domestic violence."),
        service("14", name="Hotline", description="Referrals to domestic violence shelters and an address confidentiality program."),
        service("15", name="Family Help", description="Operates an emergency domestic violence shelter."),
        site("21"), site("22"), site("23"), site("24"),
        link("31"), link("32", service_native_id="12", site_native_id="22"),
        link("33", service_native_id="13", site_native_id="23"), link("34", service_native_id="15", site_native_id="24"),
        taxonomy_link=[{"owner_kind": "service", "owner_native_id": "12", "slot": "t", "codes": "XA-1000.1500"}],
        parameters=chosen,
    )  # fmt: skip
    services = dict(result.directory.service.select("native_id", "is_confidential_place").rows())
    assert services == {"11": True, "12": True, "13": False, "14": False, "15": True}
    # What a name or a code says reaches the site; a sentence in a description does not.
    sites = dict(result.directory.site.select("native_id", "is_confidential_place").rows())
    assert sites == {"21": True, "22": True, "23": False, "24": False}
    links = dict(result.directory.service_at_site.select("native_id", "is_confidential_place").rows())
    assert links == {"31": True, "32": True, "33": False, "34": True}


def test_conventions_decide_whether_zero_is_a_parent(normalize, agency) -> None:
    """If this fails, a layout cannot say that 0 is a real record number."""
    result = normalize(
        agency("0"), agency("1", parent_native_id="0"), conventions=Conventions(own_or_zero_parent=False)
    )
    parents = dict(result.directory.agency.select("native_id", "parent_uid").rows())
    assert parents == {"0": None, "1": record_uid("demo", "agency", "0")}
