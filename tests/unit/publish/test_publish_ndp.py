"""What stands in an NDP-shaped bundle, and what does not."""

from __future__ import annotations

from datetime import date, time

import pytest

from pipeline.publish.ndp_losses import NDP_LOSSES
from pipeline.publish.ndp_shape import LOCATION, ORGANIZATION, SERVICE, SERVICE_AT_LOCATION
from schemas.ndp_parameters import NdpParameters
from tests.ndp_bundles import OWNER, bundles_of, changed, only, package_of, public_of
from tests.unit.publish.conftest import as_directory, small_rows


@pytest.fixture
def bundle(small):
    """A builder of the one bundle of the small directory."""

    def build(rows, **options):
        (one,) = bundles_of(package_of(public_of(small.directory(rows)), **options))
        return one

    return build


@pytest.fixture(scope="module")
def package():
    """The package of the small directory, which nobody changes."""
    return package_of(public_of(as_directory(small_rows())))


@pytest.fixture(scope="module")
def plain(package):
    """The bundle of the small directory, which nobody changes."""
    (one,) = bundles_of(package)
    return one


def reasons(package):
    """Reason of every withheld record by kind and id."""
    return {(row["kind"], row["record_uid"]): row["reason"] for row in package.withheld.to_dicts()}


def warned(package, check):
    """Warnings of one kind by object and member."""
    return {(fault.table, fault.column): fault for fault in package.preflight.warnings if fault.check == check}


def test_everything_of_a_public_agency_is_in_its_bundle(package):
    """A receiver would miss records that the center meant to share."""
    assert (package.target, package.version) == ("ndp", "V2")
    assert package.records() == {"organization": 1, "location": 2, "service": 2, "serviceAtLocation": 2}
    assert package.withheld.is_empty()
    assert package.preflight.errors == ()
    assert package.rows == {
        "organization": 1,
        "location": 2,
        "service": 2,
        "serviceAtLocation": 2,
        "phone": 3,
        "contact": 1,
        "address": 3,
        "schedule": 3,
        "taxonomy": 3,
        "serviceArea": 3,
    }


def test_package_is_called_provisional(package):
    """Somebody would take the bundle for one that the receiver has accepted."""
    notes = package.notes
    assert notes["target_name"] == "ndp-v2-organization-bundle"
    assert notes["status"] == "provisional"


def test_keys_stand_in_the_order_of_the_receiver(plain):
    """A reader that goes by place, or a person, would find another member than expected."""
    assert list(plain) == list(ORGANIZATION)
    assert all(list(service) == list(SERVICE) for service in plain["services"])
    assert all(list(location) == list(LOCATION) for location in plain["locations"])
    assert all(list(link) == list(SERVICE_AT_LOCATION) for link in plain["servicesAtLocations"])


def test_organization_members(small, bundle):
    """Names, numbers and addresses of an agency would stand in the wrong member."""
    one = bundle(small.rows(), parameters=NdpParameters(owner_code="211test", owner_name="211 Test"))
    filled = {
        name: value for name, value in one.items() if value not in (None, []) and not isinstance(value, list | dict)
    }
    assert filled == {
        "id": "211test-1",
        "name": "Prairie Harbor Family Center",
        "description": "Family resource center. Open to all families of the county.",
        "url": "https://www.example.org",
        "email": "info@example.org",
        "yearIncorporated": 1978,
        "taxId": "36-0000001",
        "legalStatus": "non_profit",
        "funding": "County grant",
        "dataOwner": "TEST",
        "dataOwnerDisplayName": "211 Test",
        "dataSteward": "TEST",
        "dataStewardDisplayName": "211 Test",
    }
    assert one["alternateNames"] == ["PHFC", "Harbor Center"]
    assert one["programs"] == []


def test_service_members(plain):
    """The text of a service would be lost or stand under a wrong heading."""
    service = only(plain["services"], id="211test-20")
    assert service["idOrganization"] == "211test-1"
    assert service["applicationProcess"] == "Call to register"
    assert service["fees"] == {"type": "no_fee", "description": "Free\nPayment: Cash"}
    assert service["eligibility"] == {
        "description": "Parents of children under 6\nAges: 18 and over",
        "types": ["unknown"],
    }
    assert service["documents"] == {"description": "None required.", "types": []}
    assert service["languages"] == {"description": "Klingon", "codes": ["english", "spanish"]}
    assert (service["accreditations"], service["licenses"], service["waitTime"]) == ([], [], None)


def test_ages_stand_in_the_description(small, bundle):
    """Families would come with children who are too old."""
    lines = {
        (6.0, 12.0): "Ages: 6 to 12",
        (None, 5.0): "Ages: up to 5",
        (0.5, None): "Ages: 0.5 and over",
        (None, None): None,
    }
    rows = small.rows()
    for number, (youngest, oldest) in enumerate(lines):
        service = small.record(
            "service", f"9{number}", name="S", agency_uid=small.uid("agency", "1"), agency_native_id="1"
        )
        rows["service"].append(service | {"minimum_age": youngest, "maximum_age": oldest})
    services = bundle(rows)["services"]
    told = [only(services, id=f"211test-9{number}")["eligibility"]["description"] for number in range(len(lines))]
    assert told == list(lines.values())


def test_links_name_both_ends_within_the_bundle(plain):
    """A service could not be found at its place."""
    assert {service["id"]: service["locationIds"] for service in plain["services"]} == {
        "211test-20": ["211test-10"],
        "211test-21": ["211test-11"],
    }
    assert {location["id"]: location["serviceIds"] for location in plain["locations"]} == {
        "211test-10": ["211test-20"],
        "211test-11": ["211test-21"],
    }
    link = only(plain["servicesAtLocations"], id="211test-20-10")
    assert (link["idOrganization"], link["idService"], link["idLocation"]) == ("211test-1", "211test-20", "211test-10")
    assert (link["phones"], link["contacts"], link["schedules"]) == ([], [], [])


def test_dates_stand_on_every_record(small, bundle):
    """A record would look unverified at the receiver."""
    rows = small.rows()
    for name in ("agency", "site", "service", "service_at_site"):
        rows[name][0] |= {"created_on": date(2019, 9, 19), "verified_on": date(2026, 8, 4), "edited_on": None}
    one = bundle(rows)
    for meta in (one["meta"], *(one[name][0]["meta"] for name in ("services", "locations", "servicesAtLocations"))):
        assert (meta["created"], meta["lastVerified"], meta["lastUpdated"]) == ("2019-09-19", "2026-08-04", None)
    assert one["meta"]["idResource"] == "211test-1"


#: Status and alert of ours; status, reason and access of the receiver's.
STATUSES = [
    ("active", None, "active", None, "public"),
    ("active", "Closed this week", "active", None, "public"),
    ("active_do_not_refer", None, "active", None, "directory"),
    ("temporarily_closed", None, "inactive", "other", "public"),
    ("temporarily_closed", "Closed for repairs", "active", None, "public"),
    ("inactive", None, "inactive", "unknown", "public"),
    ("defunct", None, "deleted", "deleted", "public"),
    ("deleted", None, "deleted", "deleted", "public"),
    ("draft", None, "draft", None, "public"),
]


def test_status_words(small):
    """A closed service would be shown as open, or the other way round."""
    rows = small.rows()
    agency = small.uid("agency", "1")
    for number in range(len(STATUSES)):
        rows["service"].append(small.record("service", f"9{number}", agency_uid=agency, agency_native_id="1", name="S"))
    public = public_of(small.directory({**rows, "service": rows["service"][2:], "service_at_site": []}))
    given = {f"9{number}": case for number, case in enumerate(STATUSES)}
    numbers = public.service["native_id"].to_list()
    public = changed(
        public,
        "service",
        status=[given[number][0] for number in numbers],
        alert=[given[number][1] for number in numbers],
    )
    (one,) = bundles_of(package_of(public))
    for number, (_, alert, *expected) in given.items():
        meta = only(one["services"], id=f"211test-{number}")["meta"]
        assert [meta["status"], meta["reasonInactive"], meta["access"]] == expected, number
        assert (meta["temporaryMessage"] or {}).get("message") == alert


def test_a_row_without_status_has_its_parents(small):
    """Every link would look as if nobody knew whether it holds."""
    public = changed(public_of(small.directory(small.rows())), "service", status="temporarily_closed", alert=None)
    public = changed(changed(public, "service_at_site", status="unknown"), "site", status="unknown")
    (one,) = bundles_of(package_of(public))
    assert {link["meta"]["status"] for link in one["servicesAtLocations"]} == {"inactive"}
    assert {link["meta"]["reasonInactive"] for link in one["servicesAtLocations"]} == {"other"}
    assert {location["meta"]["status"] for location in one["locations"]} == {"active"}


def test_the_strictest_access_holds_for_a_link(small, bundle):
    """A service that must not be referred to would be shown to callers through its place."""
    rows = small.changed("service", 0, status="active_do_not_refer")
    one = bundle(rows)
    assert only(one["servicesAtLocations"], id="211test-20-10")["meta"]["access"] == "directory"
    assert only(one["servicesAtLocations"], id="211test-21-11")["meta"]["access"] == "public"


def test_a_derived_row_that_takes_no_referrals_is_for_the_directory(small):
    """Having no status of its own would make a record public."""
    public = changed(public_of(small.directory(small.rows())), "site", status="unknown", available_for_referral=False)
    (one,) = bundles_of(package_of(public))
    assert {location["meta"]["access"] for location in one["locations"]} == {"directory"}
    assert {link["meta"]["access"] for link in one["servicesAtLocations"]} == {"directory"}


def test_a_record_that_takes_no_referrals_is_for_the_directory(small):
    """Callers would be sent to a place that takes nobody."""
    public = changed(public_of(small.directory(small.rows())), "service", available_for_referral=False)
    (one,) = bundles_of(package_of(public))
    assert {service["meta"]["access"] for service in one["services"]} == {"directory"}


def test_message_has_the_dates_of_the_alert(plain):
    """Last year's closing notice would be shown for ever."""
    assert only(plain["services"], id="211test-20")["meta"]["temporaryMessage"] == {
        "message": "Closed this week",
        "validFrom": "2026-11-16T00:00:00Z",
        "validTo": "2026-11-22T00:00:00Z",
    }


def test_record_owner_comes_from_the_agency(small, bundle):
    """Changes would be sent to a center that does not maintain the record."""
    rows = small.changed("agency", 0, record_owner="ELSE")
    named = NdpParameters(owner_code="211test", owner_name="211 Test", owner_names={"ELSE": "211 Elsewhere"})
    one = bundle(rows, parameters=named)
    assert (one["dataOwner"], one["dataOwnerDisplayName"], one["id"]) == ("ELSE", "211 Elsewhere", "211test-1")
    rows = small.changed("agency", 0, record_owner=None)
    assert bundle(rows)["dataOwner"] == "211test"
    steward = NdpParameters(owner_code="211test", steward_code="state", steward_name="State office")
    one = bundle(rows, parameters=steward)
    assert (one["dataSteward"], one["dataStewardDisplayName"]) == ("state", "State office")


def test_unusable_web_address_is_left_out_and_counted(small):
    """One bad address would make the whole bundle invalid."""
    package = package_of(public_of(small.directory(small.changed("agency", 0, url="www.example.org", email="none"))))
    (one,) = bundles_of(package)
    assert (one["url"], one["email"]) == (None, None)
    assert (package.removed_values["unusable_url"], package.removed_values["unusable_email"]) == (1, 1)


def test_coordinates_and_directions_of_a_location(plain):
    """People would not find the place."""
    location = only(plain["locations"], id="211test-10")
    assert (location["longitude"], location["latitude"], location["transportation"]) == (-89.6437, 39.8017, "Bus 5")
    assert location["accessibility"] == {"description": "Ramp at the side door", "types": None}


def test_accessibility_is_one_word_or_none(small, bundle):
    """A place would be shown with one of two ways in, or with one that it does not have."""
    words = {
        "Elevator": "elevator",
        "Call in, elevator": "elevator",
        "Elevator, outside ramps": None,
        "Accessible": None,
        None: None,
    }
    rows = small.rows()
    for number, text in enumerate(words):
        site = small.record("site", f"9{number}", agency_uid=small.uid("agency", "1"), agency_native_id="1")
        rows["site"].append(site | {"accessibility": text})
    locations = bundle(rows)["locations"]
    told = [only(locations, id=f"211test-9{number}")["accessibility"] for number in range(len(words))]
    assert told == [{"description": text, "types": word} for text, word in words.items()]


def test_addresses_of_a_location(plain):
    """Letters would go to the street, visitors to the post box."""
    first, second = only(plain["locations"], id="211test-10")["addresses"]
    assert {name: first[name] for name in first if name != "id"} == {
        "type": "physical",
        "postalCode": "62701",
        "street": "100 Harbor Street",
        "city": "Springfield",
        "county": "Sangamon",
        "state": "IL",
        "country": "United States",
        "geocode": None,
        "description": None,
        "access": "public",
    }
    assert (second["type"], second["street"], second["county"]) == ("mailing", "PO Box 900", None)


def test_lines_of_a_street_are_joined(small, bundle):
    """The suite would be lost."""
    location = only(bundle(small.changed("site", 0, line2="Suite 5"))["locations"], id="211test-10")
    assert location["addresses"][0]["street"] == "100 Harbor Street, Suite 5"


def test_a_place_that_is_not_told_has_its_region_only(small, bundle):
    """Somebody in hiding could be found, or callers would not know which town to ask for."""
    location = only(bundle(small.changed("site", 1, is_address_private=True))["locations"], id="211test-11")
    assert (location["longitude"], location["latitude"], location["transportation"]) == (None, None, None)
    (address,) = location["addresses"]
    assert (address["street"], address["postalCode"], address["city"], address["state"]) == (
        None,
        None,
        "Springfield",
        "IL",
    )


def test_addresses_of_agencies_have_no_place_and_are_counted(small):
    """Nobody would know that they were left out."""
    rows = small.added(
        "address", small.owned("address", "agency", "1", "main", address_kind="mailing", line1="PO Box 1")
    )
    assert package_of(public_of(small.directory(rows))).removed_values["address_without_place"] == 1


def test_schedule_has_spans_in_the_order_of_the_week(plain):
    """Callers would be sent to closed doors."""
    (schedule,) = only(plain["services"], id="211test-20")["schedules"]
    assert (schedule["type"], schedule["validFrom"], schedule["validTo"]) == ("regular", None, None)
    assert schedule["open"] == [
        {"day": day, "opensAt": "09:00:00", "closesAt": "17:00:00"} for day in ("mon", "tue", "fri")
    ]


def test_hours_as_text_stand_in_every_description(small, bundle):
    """What the spans cannot say would be lost."""
    rows = small.changed("service", 0, hours="Weekdays, closed on holidays")
    rows["schedule"][0]["note"] = "First Tuesday only"
    rows["schedule"].append(rows["schedule"][1] | {"slot": "again"})
    first, second = only(bundle(rows)["services"], id="211test-20")["schedules"]
    assert first["description"] == "Weekdays, closed on holidays"
    assert [span["day"] for span in first["open"]] == ["mon", "fri"]
    assert second["description"] == "Weekdays, closed on holidays\nFirst Tuesday only"
    assert [span["day"] for span in second["open"]] == ["tue"]
    (told,) = only(bundle(rows)["services"], id="211test-21")["schedules"]
    assert (told["open"], told["description"]) == ([], "Tuesday evenings")


def test_span_over_midnight_is_told_as_delivered(small, bundle):
    """A night shelter would look closed at night."""
    rows = small.rows()
    rows["schedule"] = [
        small.owned("schedule", "site", "10", "1", weekday="SA", opens_at=time(20), closes_at=time(7)),
    ]
    (schedule,) = only(bundle(rows)["locations"], id="211test-10")["schedules"]
    assert schedule["open"] == [{"day": "sat", "opensAt": "20:00:00", "closesAt": "07:00:00"}]
    assert schedule["description"] == "Monday to Friday 9am-5pm"


def test_hours_of_agencies_have_no_place_and_are_counted(small):
    """Nobody would know that they were left out."""
    package = package_of(public_of(small.directory(small.changed("agency", 0, hours="Daily"))))
    assert package.removed_values["hours_of_agency"] == 1


def test_taxonomy_has_targets_below_their_service_term(plain):
    """A service for veterans would be shown to everybody, or not at all."""
    (link,) = only(plain["services"], id="211test-20")["taxonomy"]
    assert (link["taxonomyCode"], link["targets"]) == ("PH-6100", [{"code": "YZ-0001", "term": None}])
    assert [row["taxonomyCode"] for row in only(plain["services"], id="211test-21")["taxonomy"]] == [
        "BD",
        "BD-1800.2000",
    ]


def test_names_of_terms_need_a_licensed_list(plain):
    """Licensed names would be published because an export delivered them."""
    for service in plain["services"]:
        for link in service["taxonomy"]:
            names = [value for name, value in link.items() if name.startswith("taxonomyTerm")]
            assert names == [None] * 7


def test_levels_are_the_names_of_the_ancestors(small, bundle):
    """A term would stand under a heading that is not its own."""
    names = {
        "B": "Level one",
        "BD": "Level two",
        "BD-1800": "Level three",
        "BD-1800.2000": "Level four",
        "BD-1800.2000-340": "Level five",
        "BD-1800.2000-340.05-L": "Our own",
        "YZ-0001": "For some",
    }
    rows = small.changed("taxonomy_link", 0, code="BD-1800.2000-340", target_code="YZ-0001")
    rows["taxonomy_link"][1]["code"] = "BD-1800.2000-340.05-L"
    rows["taxonomy_link"][2]["code"] = "BD-9999"
    one = bundle(rows, term_names=names)
    (link,) = only(one["services"], id="211test-20")["taxonomy"]
    levels = [link[f"taxonomyTermLevel{level}"] for level in range(1, 7)]
    assert levels == ["Level one", "Level two", "Level three", "Level four", "Level five", None]
    assert (link["taxonomyTerm"], link["targets"]) == ("Level five", [{"code": "YZ-0001", "term": "For some"}])
    local, unknown = only(one["services"], id="211test-21")["taxonomy"]
    assert (local["taxonomyTerm"], local["taxonomyTermLevel5"], local["taxonomyTermLevel6"]) == (
        "Our own",
        "Level five",
        "Our own",
    )
    assert (unknown["taxonomyTerm"], unknown["taxonomyTermLevel2"], unknown["taxonomyTermLevel3"]) == (
        None,
        "Level two",
        None,
    )


def test_every_service_term_of_a_link_has_its_targets(small, bundle):
    """Half of a joined link would be lost."""
    rows = small.changed("taxonomy_link", 0, joined_codes=["BD", "YB-8000"], target_code="YZ-0001")
    found = only(bundle(rows)["services"], id="211test-20")["taxonomy"]
    targets = [{"code": "YB-8000", "term": None}, {"code": "YZ-0001", "term": None}]
    assert [(link["taxonomyCode"], link["targets"]) for link in found] == [("BD", targets), ("PH-6100", targets)]


def test_link_of_targets_only_is_left_out_and_told(small):
    """A target would stand alone at the receiver, without the service it belongs to."""
    rows = small.changed("taxonomy_link", 0, code="YZ-0001", target_code="YZ-0001")
    package = package_of(public_of(small.directory(rows)))
    (one,) = bundles_of(package)
    assert only(one["services"], id="211test-20")["taxonomy"] == []
    fault = warned(package, "target_only")["service", "taxonomy"]
    assert (fault.rule_id, fault.count, fault.example) == ("TAX-007", 1, "211test-20")
    assert package.removed_values["target_without_service_term"] == 1


def test_codes_that_break_the_grammar_and_links_of_others_are_counted(small):
    """Nobody would know that they were left out."""
    rows = small.changed("taxonomy_link", 0, code="bad code")
    rows["taxonomy_link"].append(
        small.owned("taxonomy_link", "agency", "1", "1", code="BD", link_written="BD", is_repeated=False)
    )
    package = package_of(public_of(small.directory(rows)))
    assert package.removed_values["taxonomy_code_not_valid"] == 1
    assert package.removed_values["taxonomy_of_other_record"] == 1


def test_text_of_a_service_at_a_site_is_counted(small):
    """Nobody would know that it was left out."""
    package = package_of(public_of(small.directory(small.changed("service_at_site", 0, eligibility="Adults"))))
    assert package.removed_values["text_of_service_at_location"] == 1


def test_difficult_texts_are_read_back_as_they_are(small, bundle):
    """One quotation mark in one record would spoil the whole file."""
    odd = 'Quote " backslash \\ comma, Ünïcödé \u2028 \U0001f600\nnext line\ttab'
    rows = small.changed("agency", 0, name=odd, description="old\r\nline\x07 end ", aka=['A "B"', "C\\D"], funding=" ")
    one = bundle(rows)
    assert (one["name"], one["description"], one["funding"]) == (odd, "old\nline end", None)
    assert one["alternateNames"] == ['A "B"', "C\\D"]


def test_agency_without_a_name_stays_with_everything_below_it(small):
    """A bundle without a name would be refused with all its services."""
    package = package_of(public_of(small.directory(small.changed("agency", 0, name=" "))))
    assert bundles_of(package) == []
    found = reasons(package)
    assert found["agency", small.uid("agency", "1")] == "required_field_missing"
    assert set(found.values()) == {"required_field_missing", "parent_withheld"}
    assert len(found) == 7


def test_service_without_a_name_stays_with_its_links(small):
    """One service would spoil the bundle of its agency."""
    package = package_of(public_of(small.directory(small.changed("service", 0, name=None))))
    assert reasons(package) == {
        ("service", small.uid("service", "20")): "required_field_missing",
        ("service_at_site", small.uid("service_at_site", "20-10")): "parent_withheld",
    }
    (one,) = bundles_of(package)
    assert only(one["locations"], id="211test-10")["serviceIds"] == []


def test_site_without_an_agency_has_no_bundle_to_stand_in(small):
    """It would be lost without anybody seeing it."""
    rows = small.added("site", small.record("site", "12", name="Alone"))
    package = package_of(public_of(small.directory(rows)))
    assert reasons(package) == {("site", small.uid("site", "12")): "parent_missing"}
    assert package.records()["location"] == 2


def test_service_at_a_site_of_another_agency_cannot_be_named(small):
    """A bundle would name a place that is not in it."""
    rows = small.rows()
    rows["agency"].append(small.record("agency", "2", name="Neighbour"))
    rows["site"][1] |= {"agency_uid": small.uid("agency", "2"), "agency_native_id": "2"}
    package = package_of(public_of(small.directory(rows)))
    assert reasons(package) == {("service_at_site", small.uid("service_at_site", "21-11")): "parent_missing"}
    fault = warned(package, "other_bundle")["serviceAtLocation", "idLocation"]
    assert (fault.count, fault.example) == (1, "211test-21-11")
    first, second = bundles_of(package)
    assert [location["id"] for location in first["locations"]] == ["211test-10"]
    assert [location["id"] for location in second["locations"]] == ["211test-11"]
    assert only(first["services"], id="211test-21")["locationIds"] == []


def test_nothing_withheld_means_errors_in_the_preflight(small):
    """A center that wants to see all faults would be told that there are none."""
    rows = small.changed("agency", 0, name=None)
    rows["service"][0]["name"] = None
    rows["site"].append(small.record("site", "12", name="Alone"))
    package = package_of(public_of(small.directory(rows), withhold=False), withhold=False)
    faults = {(fault.table, fault.column, fault.check): fault for fault in package.preflight.errors}
    assert set(faults) == {
        ("organization", "name", "required"),
        ("service", "name", "required"),
        ("location", "idOrganization", "parent"),
    }
    assert faults["service", "name", "required"].example == "211test-20"
    assert package.records()["service"] == 2
    assert reasons(package) == {("site", small.uid("site", "12")): "parent_missing"}


def test_counts_add_up_for_every_kind(small):
    """Records would vanish between the center and the receiver."""
    rows = small.changed("service", 0, status="inactive")
    rows["site"].append(small.record("site", "12", name="Alone"))
    counts = package_of(public_of(small.directory(rows))).counts()
    assert counts["site"] == {"delivered": 3, "written": 2, "withheld": {"parent_missing": 1}}
    assert counts["service"] == {"delivered": 2, "written": 1, "withheld": {"not_active": 1}}


def test_empty_directory_gives_an_empty_file(small):
    """A center whose records are all withheld could send nothing."""
    package = package_of(public_of(small.directory({})), parameters=NdpParameters())
    assert bundles_of(package) == []
    assert package.preflight.errors == ()


def test_every_counted_loss_names_a_reason_that_is_counted(small):
    """The table of losses would point to a number that no manifest has."""
    counted = {loss.reason for loss in NDP_LOSSES if loss.reason is not None}
    rows = small.changed("agency", 0, hours="Daily", url="none", email="none")
    rows["site"][1]["is_address_private"] = True
    rows["service_at_site"][0]["description"] = "Own text"
    rows["address"].append(small.owned("address", "agency", "1", "m", address_kind="mailing", line1="PO Box 1"))
    for owner_kind, owner, code in (("agency", "1", "BD"), ("service", "20", "bad"), ("service", "20", "YZ")):
        rows["taxonomy_link"].append(
            small.owned("taxonomy_link", owner_kind, owner, code, code=code, link_written=code, is_repeated=False)
        )
    removed = package_of(public_of(small.directory(rows))).removed_values
    for reason in counted:
        assert any(name == reason or (reason.endswith("_") and name.startswith(reason)) for name in removed), reason


def test_settings_are_told(package):
    """Nobody could say with which settings a package was made."""
    assert package.settings == OWNER.model_dump(mode="json")
