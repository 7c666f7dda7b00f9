"""What stands in an AIRS file, element by element."""

from __future__ import annotations

from datetime import date, time

import polars as pl
import pytest

from pipeline.publish.airs_losses import AIRS_LOSSES
from pipeline.publish.airs_lost import WITHOUT_PLACE, WITHOUT_PLACE_IN
from schemas.airs_parameters import AirsParameters
from schemas.errors import UsageError
from tests.airs_exports import airs_of, told, written


@pytest.fixture
def read(small, tmp_path):
    """Write a directory of rows and parse the file."""

    def build(rows, **settings):
        return written(airs_of(small.directory(rows), **settings), tmp_path)

    return build


def many_services(small, changes):
    """The small directory with one service more per set of changes: 30, 31 and so on, each with a code and no site."""
    rows = small.rows()
    agency = {"agency_uid": small.uid("agency", "1"), "agency_native_id": "1", "name": "Classes"}
    for number, values in enumerate(changes):
        rows["service"].append(small.record("service", f"3{number}", **agency, **values))
        link = {"code": "BD-1800", "link_written": "BD-1800", "is_repeated": False}
        rows["taxonomy_link"].append(small.owned("taxonomy_link", "service", f"3{number}", "1", **link))
    return rows


def many_agencies(small, changes):
    """Nothing but one agency per set of changes."""
    return {
        "agency": [small.record("agency", f"{number + 1}", name="A", **values) for number, values in enumerate(changes)]
    }


def service(root, key):
    """The first SiteService with a key."""
    return next(element for element in root.iter("SiteService") if element.findtext("Key") == key)


def site(root, key):
    """The Site with a key."""
    return next(element for element in root.iter("Site") if element.findtext("Key") == key)


def test_head_says_who_when_and_from_which_taxonomy(small, read):
    """A receiver could not tell whose file it is, or of which day."""
    root = read(small.rows())
    assert dict(root.attrib) == {
        "SourceEntity": "Test Center (TEST)",
        "SourceID": "test",
        "OriginTimestamp": "2026-11-20T00:00:00Z",
        "SoftwareVendor": "resdir",
        "SoftwareVersion": "1.0",
        "TaxonomyVersion": "2026-01-01T00:00:00Z",
        "SchemaVersion": "3.1",
    }
    named = read(small.rows(), source_entity='"A" & B', source_id="7", taxonomy_version="2026-02-03T04:05:06Z")
    assert (named.get("SourceEntity"), named.get("SourceID")) == ('"A" & B', "7")
    assert named.get("TaxonomyVersion") == "2026-02-03T04:05:06Z"


def test_without_an_edition_of_the_taxonomy_nothing_is_written(small):
    """An invented edition would make the receiver read codes by the wrong list."""
    with pytest.raises(UsageError, match="edition of the taxonomy") as fault:
        airs_of(small.directory(small.rows()), taxonomy_version="")
    assert "[export_airs]" in fault.value.advice
    assert "taxonomy_version" in fault.value.advice


@pytest.mark.parametrize("value", ["January", "2026-13-01", "2026-01-01 10:00", "2026-02-30T00:00:00Z"])
def test_edition_that_is_no_date_is_refused(value):
    """The schema would refuse the whole file for it."""
    with pytest.raises(ValueError, match="taxonomy_version"):
        AirsParameters(taxonomy_version=value)


def test_edition_may_be_a_date_of_the_settings_file():
    """TOML knows dates; who writes one without quotes means the same."""
    assert AirsParameters(taxonomy_version=date(2026, 1, 1)).taxonomy_version == "2026-01-01T00:00:00Z"


def test_agency_is_written_in_the_order_of_the_schema(small, read):
    """The schema refuses a file whose elements stand in another order."""
    agency = read(small.rows()).find("Agency")
    assert dict(agency.attrib) == {
        "RecordOwner": "TEST",
        "FEIN": "36-0000001",
        "YearInc": "1978",
        "Status": "active",
        "LegalStatus": "Nonprofit - Incorporated",
    }
    assert [element.tag for element in agency] == [
        "Key", "Name", "AgencyDescription", "AKA", "AKA", "Phone", "URL", "Email", "Contact", "Site", "Site", "ResourceInfo",
    ]  # fmt: skip
    assert told(agency.find("AKA")) == "<AKA><Name>PHFC</Name><Confidential>false</Confidential></AKA>"
    assert told(agency.find("Contact")) == (
        '<Contact Type="director"><Title>Director</Title><Name>Alex Fern</Name><Phone TollFree="false" Confidential="false">'
        "<PhoneNumber>217-555-0103</PhoneNumber></Phone></Contact>"
    )
    assert told(agency.find("ResourceInfo")) == (
        '<ResourceInfo DateLastVerified="2026-08-04" DateOfLastAction="2026-06-09"/>'
    )


def test_site_tells_its_place_and_comes_with_its_services(small, read):
    """Nobody would find the office, or learn what is offered there."""
    place = site(read(small.rows()), "10")
    assert [element.tag for element in place] == [
        "Key", "AgencyKey", "Name", "PhysicalAddress", "MailingAddress", "Phone", "TimeOpen", "Languages", "DisabilitiesAccess",
        "BusServiceAccess", "SiteService", "SpatialLocation",
    ]  # fmt: skip
    assert place.findtext("AgencyKey") == "1"
    assert told(place.find("PhysicalAddress")) == (
        '<PhysicalAddress Confidential="false"><Line1>100 Harbor Street</Line1><City>Springfield</City><County>Sangamon</County>'
        "<State>IL</State><ZipCode>62701</ZipCode><Country>US</Country></PhysicalAddress>"
    )
    assert told(place.find("SpatialLocation")) == (
        "<SpatialLocation><Latitude>+39.801700</Latitude><Longitude>-89.643700</Longitude></SpatialLocation>"
    )
    assert told(place.find("TimeOpen")) == "<TimeOpen><Notes>Monday to Friday 9am-5pm</Notes></TimeOpen>"
    assert "Robin Quill" not in told(place)


def test_service_is_written_in_the_order_of_the_schema(small, read):
    """The schema refuses a file whose elements stand in another order."""
    element = service(read(small.rows()), "20")
    assert [part.tag for part in element] == [
        "Name", "Key", "Description", "Phone", "TimeOpen", "Taxonomy", "Languages", "Languages", "Languages",
        "GeographicAreaServed", "GeographicAreaServed", "ResourceInfo", "DocumentsRequired", "ApplicationProcess", "FeeStructure",
        "PaymentMethodAccepted", "GeneralEligibility", "AgeRequirements",
    ]  # fmt: skip
    assert told(element.find("Taxonomy")) == "<Taxonomy><Code>PH-6100</Code><Code>YZ-0001</Code></Taxonomy>"
    assert told(element.find("GeographicAreaServed")) == (
        "<GeographicAreaServed><County>Sangamon</County><State>IL</State></GeographicAreaServed>"
    )
    assert told(element.find("AgeRequirements")) == '<AgeRequirements MinimumAge="18"/>'
    assert [language.findtext("Name") for language in element.iter("Languages")] == ["English", "Spanish", "Klingon"]
    assert told(element.find("TimeOpen")).startswith(
        "<TimeOpen><Monday><From>09:00:00</From><To>17:00:00</To></Monday>"
    )
    assert told(element.find("DocumentsRequired")) == (
        "<DocumentsRequired><DocumentsRequired>None required.</DocumentsRequired></DocumentsRequired>"
    )
    assert told(element.find("ApplicationProcess")) == (
        "<ApplicationProcess><Step>Call to register</Step></ApplicationProcess>"
    )


def test_link_that_says_something_itself_goes_before_its_service(small, read):
    """Callers would be sent at the hours, and to the number, of another place."""
    rows = small.changed(
        "service_at_site",
        0,
        name="Classes downtown",
        fees="5 dollars",
        link_only=False,
        verified_on=date(2026, 9, 1),
        area_served_units=["62701"],
        minimum_age=16.0,
        hours="By appointment",
    )
    rows["phone"].append(
        small.owned("phone", "service_at_site", "20-10", "Phone1", number_written="217-555-0109", e164="+12175550109")
    )
    element = service(read(rows), "20")
    assert (element.findtext("Name"), element.findtext("FeeStructure")) == ("Classes downtown", "5 dollars")
    assert element.findtext("Description") == "Weekly classes for parents. Child care is offered."
    assert [number.text for number in element.iter("PhoneNumber")] == ["(217) 555-0109"]
    assert element.find("ResourceInfo").get("DateLastVerified") == "2026-09-01"
    assert [told(area) for area in element.iter("GeographicAreaServed")] == [
        "<GeographicAreaServed><ZipCode>62701</ZipCode></GeographicAreaServed>"
    ]
    assert element.find("AgeRequirements").get("MinimumAge") == "16"
    assert told(element.find("TimeOpen")) == "<TimeOpen><Notes>By appointment</Notes></TimeOpen>"


def test_day_of_an_edit_is_never_told_as_verification(small, read):
    """The receiver would think that somebody has asked the agency."""
    rows = small.rows()
    rows["service"][0]["verified_on"] = None
    rows["service_at_site"][0]["verified_on"] = None
    rows["agency"][0] |= {"verified_on": None, "edited_on": None}
    root = read(rows)
    assert told(service(root, "20").find("ResourceInfo")) == '<ResourceInfo DateOfLastAction="2026-06-09"/>'
    assert root.find("Agency").find("ResourceInfo") is None


def test_do_not_refer_is_told_beside_the_status(small, read):
    """Callers would be sent to a service that takes none."""
    cases = [
        ({"status": "active_do_not_refer"}, "false"),
        ({"available_for_referral": False}, "false"),
        ({"available_for_referral": True}, "true"),
        ({}, None),
    ]
    root = read(many_services(small, [changes for changes, _ in cases]))
    for number, (_, said) in enumerate(cases):
        element = service(root, f"3{number}")
        assert element.get("Status") == "active"
        assert element.find("ResourceInfo").get("AvailableForReferral") == said


def test_temporarily_closed_is_told_with_the_reason(small, read):
    """A closed service would look open: the format has no such status."""
    rows = small.changed("service", 1, alert="Flood in the kitchen")
    rows["site"][0] |= {"status": "temporarily_closed"}
    root = read(rows)
    element = service(root, "21")
    assert element.get("Status") == "active"
    assert told(element.find("Seasonal")) == (
        "<Seasonal><Description>Temporarily closed: Flood in the kitchen</Description></Seasonal>"
    )
    assert site(root, "10").find("TimeOpen").findtext("Notes") == "Temporarily closed; Monday to Friday 9am-5pm"


def test_service_that_is_not_always_available_says_when(small, read):
    """A camp of the summer would be offered in winter."""
    element = service(read(small.changed("service", 0, availability="June to August")), "20")
    assert element.get("ServiceNotAlwaysAvailable") == "true"
    assert told(element.find("Seasonal")) == "<Seasonal><Description>June to August</Description></Seasonal>"


def test_private_values_are_told_as_withheld_without_the_value(small, read):
    """The flag alone would rely on the receiver to keep the secret."""
    rows = small.rows()
    rows["phone"][0] |= {"is_private": True}
    rows["site"][0] |= {"is_address_private": True}
    rows["site"][1] |= {"is_confidential_place": True}
    root = read(rows)
    assert told(root.find("Agency").find("Phone")) == (
        '<Phone TollFree="false" Confidential="true"><ReasonWithheld>Private number</ReasonWithheld><Type>Main</Type></Phone>'
    )
    places = {key: [told(part) for part in site(root, key).iter("PhysicalAddress")] for key in ("10", "11")}
    withheld = '<PhysicalAddress Confidential="true"><ReasonWithheld>{}</ReasonWithheld></PhysicalAddress>'
    assert places == {"10": [withheld.format("Private address")], "11": [withheld.format("Confidential place")]}
    assert root.find(".//SpatialLocation") is None
    for secret in ("555-0101", "Harbor Street", "Quarry Lane", "62701", "62703", "station"):
        assert secret not in told(root)


def test_phones_say_what_they_are_for(small, read):
    """A caller would reach the fax machine."""
    rows = small.rows()
    rows["phone"] = [
        small.owned("phone", "agency", "1", slot, number_written=number, e164=number, **values)
        for slot, number, values in (
            ("Phone2", "+18005550101", {"type": "hotline", "label": "Night line", "note": "After 8 pm"}),
            ("Phone10", "+12175550102", {"type": "out_of_area"}),
            ("Phone1", "+12175550103", {"type": "toll_free", "extension": "012"}),
            ("Phone3", "+12175550104", {}),
        )
    ]
    free, other = (f'<Phone TollFree="{flag}" Confidential="false">' for flag in ("true", "false"))
    content = [
        f"{free}<PhoneNumber>(217) 555-0103</PhoneNumber><Extension>012</Extension><Type>Toll Free</Type>",
        (
            f"{free}<PhoneNumber>(800) 555-0101</PhoneNumber><Description>After 8 pm</Description><Type>Hotline</Type>"
            "<Function>Night line</Function>"
        ),
        f"{other}<PhoneNumber>(217) 555-0104</PhoneNumber>",
        f"{other}<PhoneNumber>(217) 555-0102</PhoneNumber><Type>Out of area</Type>",
    ]
    phones = [told(phone) for phone in read(rows).find("Agency").findall("Phone")]
    assert phones == [f"{phone}</Phone>" for phone in content]


def test_words_for_phones_are_read_back_as_the_same_types():
    """A file of ours, read again, would turn hotlines into other numbers."""
    from pipeline.normalize.phone_types import read_phone_types
    from pipeline.publish.airs_words import PHONE_WORDS

    words = pl.Series(list(PHONE_WORDS.values()))
    assert read_phone_types(words).to_list() == list(PHONE_WORDS)


def test_second_address_of_a_kind_says_what_it_is(small, read):
    """The schema has room for one mailing address; the second would be lost."""
    rows = small.added(
        "address",
        small.owned(
            "address",
            "site",
            "10",
            "mailing2",
            address_kind="mailing",
            line1="PO Box 901",
            city="Springfield",
            state="IL",
        ),
    )
    place = site(read(rows), "10")
    assert place.find("MailingAddress").findtext("Line1") == "PO Box 900"
    assert told(place.find("OtherAddress")).startswith(
        '<OtherAddress Confidential="false" Description="Mailing address">'
    )


def test_address_of_the_agency_itself_is_its_location(small, read):
    """The head office would vanish when no site has its address."""
    rows = small.added(
        "address",
        small.owned("address", "agency", "1", "physical", address_kind="physical", line1="5 Main St", city="Peru"),
    )
    location = read(rows).find("Agency").find("AgencyLocation")
    assert [part.tag for part in location] == ["Key", "AgencyKey", "PhysicalAddress"]
    assert location.find("PhysicalAddress").findtext("Line1") == "5 Main St"


def test_site_without_any_address_says_so(small, read):
    """A receiver would look for the address of a phone line."""
    virtual = dict.fromkeys(("line1", "city", "state", "postal_code", "county", "latitude", "longitude"))
    rows = small.changed("site", 1, location_type="virtual", **virtual)
    assert told(site(read(rows), "11").find("NoPhysicalAddress")) == (
        "<NoPhysicalAddress><Explanation>No address is given.</Explanation></NoPhysicalAddress>"
    )
    town = site(read(small.changed("site", 1, line1=None, latitude=None)), "11").find("PhysicalAddress")
    assert [part.tag for part in town] == ["City", "County", "State", "ZipCode"]


def test_email_must_fit_the_pattern_of_the_schema(small, tmp_path):
    """One address with a long ending would make the receiver refuse the whole file."""
    cases = {
        "info@example.org": True,
        "a+b@sub-host.example.org": True,
        "info@example.photography": False,
        "two@example.org,three@example.org": False,
        "no at.example.org": False,
    }
    package = airs_of(small.directory(many_agencies(small, [{"email": address} for address in cases])))
    found = [agency.findtext("Email/Address") for agency in written(package, tmp_path)]
    assert found == [address if is_written else None for address, is_written in cases.items()]
    assert package.removed_values["email_not_by_schema"] == 3
    assert not any(address in str(package.preflight) for address in cases)


def test_attributes_the_schema_would_refuse_are_left_out(small, tmp_path):
    """One odd code would make the receiver refuse the whole file."""
    cases = [
        ({"record_owner": "211"}, "RecordOwner", None),
        ({"record_owner": "ABCD1234"}, "RecordOwner", "ABCD1234"),
        ({"record_owner": "Abcd"}, "RecordOwner", None),
        ({"year_incorporated": 12345}, "YearInc", None),
        ({"year_incorporated": 850}, "YearInc", "0850"),
    ]
    package = airs_of(small.directory(many_agencies(small, [changes for changes, _, _ in cases])))
    root = written(package, tmp_path)
    for agency, (_, attribute, said) in zip(root, cases, strict=True):
        assert agency.get(attribute) == said
    assert {name: count for name, count in package.removed_values.items() if name.endswith("_not_by_schema")} == {
        "record_owner_not_by_schema": 2,
        "year_not_by_schema": 1,
    }
    (warning,) = [fault for fault in package.preflight.warnings if fault.column == "RecordOwner"]
    assert warning.values == ("211", "Abcd")
    assert root.get("SourceEntity") == "Test Center (ABCD1234)"


def test_contact_without_role_gets_the_type_that_the_schema_requires(small, read):
    """The schema refuses a contact without a type."""
    rows = small.changed("contact", 0, role=None)
    rows["contact"].append(small.owned("contact", "agency", "1", "main", role="main", name="Kim Vale"))
    agency = read(rows).find("Agency")
    assert [contact.get("Type") for contact in agency.findall("Contact")] == ["contact"]
    assert [contact.get("Type") for contact in agency.find("ResourceInfo").findall("Contact")] == ["main"]


def test_text_is_escaped_and_free_of_characters_xml_forbids(small, tmp_path):
    """One stray control character, and no reader can open the file."""
    rows = small.changed(
        "agency",
        0,
        name='A & B <"C">',
        legal_status='Inc. "X"\nY',
        description="One\r\nTwo\x0bThree\x00 ]]> end",
        aka=["D&D", "E\x01", " "],
    )
    package = airs_of(small.directory(rows))
    agency = written(package, tmp_path).find("Agency")
    assert agency.findtext("Name") == 'A & B <"C">'
    assert agency.get("LegalStatus") == 'Inc. "X" Y'
    assert agency.findtext("AgencyDescription") == "One\nTwoThree ]]> end"
    assert [aka.findtext("Name") for aka in agency.findall("AKA")] == ["D&D", "E"]
    assert package.removed_values["character_not_allowed_in_xml"] == 2


def test_hours_over_midnight_stand_on_two_days_and_full_days_end_at_24(small, read):
    """A night shelter would be closed by morning, and a hotline have a gap of a minute."""
    rows = small.rows()
    rows["schedule"] = [
        small.owned("schedule", "service", "20", slot, weekday=day, opens_at=opens, closes_at=closes, note=note)
        for slot, day, opens, closes, note in (
            ("1", "SA", time(22), time(6), "Ring the bell"),
            ("2", "SU", time(8), time(12), None),
            ("3", "WE", time(0), time(23, 59), "Ring the bell"),
            ("4", "SU", time(13), time(17, 30), None),
            ("5", "SU", time(13), time(17, 30), None),
        )
    ]
    assert told(service(read(rows), "20").find("TimeOpen")) == (
        "<TimeOpen><Sunday><From>00:00:00</From><To>06:00:00</To><From>08:00:00</From><To>12:00:00</To>"
        "<From>13:00:00</From><To>17:30:00</To></Sunday><Wednesday><From>00:00:00</From><To>24:00:00</To></Wednesday>"
        "<Saturday><From>22:00:00</From><To>24:00:00</To></Saturday><Notes>Ring the bell</Notes></TimeOpen>"
    )


def test_area_served_is_a_place_where_it_can_be_read(small, tmp_path):
    """Nobody would find a service by county, or one told in words would be lost."""
    cases = [
        (
            ["IL - Sangamon County - Rochester"],
            None,
            ["<City>Rochester</City><County>Sangamon</County><State>IL</State>"],
        ),
        (["Cook County, Illinois"], None, ["<County>Cook</County><State>IL</State>"]),
        (["LA - Orleans Parish"], None, ["<County>Orleans Parish</County><State>LA</State>"]),
        (["Springfield, IL"], None, ["<City>Springfield</City><State>IL</State>"]),
        (["IL", "State of Ohio"], None, ["<State>IL</State>", "<State>OH</State>"]),
        (["62701-1234", "USA"], None, ["<ZipCode>62701-1234</ZipCode>", "<Country>US</Country>"]),
        (["MD - 20020 County"], None, ["<ZipCode>20020</ZipCode>"]),
        (["IL"], "And nearby & more", ["<State>IL</State><Description>And nearby &amp; more</Description>"]),
        (["IL", "The valley"], None, ["<State>IL</State><Description>The valley</Description>"]),
        (["XX - Sangamon County"], None, ["<Country/><Description>XX - Sangamon County</Description>"]),
        (["IL - Unknown County"], None, ["<Country/><Description>IL - Unknown County</Description>"]),
        ([], "Illinois", ["<State>IL</State>"]),
        ([], "Springfield, IL", ["<Country/><Description>Springfield, IL</Description>"]),
        ([], None, []),
    ]
    rows = many_services(small, [{"area_served_units": units, "area_served": text} for units, text, _ in cases])
    package = airs_of(small.directory(rows))
    root = written(package, tmp_path)
    for number, (_, _, said) in enumerate(cases):
        wrapped = [f"<GeographicAreaServed>{content}</GeographicAreaServed>" for content in said]
        assert [told(area) for area in service(root, f"3{number}").findall("GeographicAreaServed")] == wrapped
    (warning,) = [fault for fault in package.preflight.warnings if fault.table == "GeographicAreaServed"]
    assert (warning.check, warning.count) == ("enum", 3)
    assert warning.values == ("IL - Unknown County", "The valley", "XX - Sangamon County")


def test_ages_are_whole_years_or_words(small, read):
    """The schema takes whole numbers only; half a year would be cut to none."""
    cases = [
        ({"minimum_age": 0.0, "maximum_age": 17.0}, '<AgeRequirements MinimumAge="0" MaximumAge="17"/>'),
        (
            {"minimum_age": 0.5, "maximum_age": 3.0},
            '<AgeRequirements MaximumAge="3">Minimum age 0.5 years</AgeRequirements>',
        ),
        ({"minimum_age": -1.0, "maximum_age": 1e9}, None),
        ({"minimum_age": None, "maximum_age": None}, None),
    ]
    root = read(many_services(small, [changes for changes, _ in cases]))
    for number, (_, said) in enumerate(cases):
        found = service(root, f"3{number}").find("AgeRequirements")
        assert (None if found is None else told(found)) == said


def test_codes_that_are_not_well_formed_are_left_out(small, tmp_path):
    """The schema takes any text as a code; the receiver's list does not."""
    rows = small.rows()
    rows["taxonomy_link"] = [
        small.owned("taxonomy_link", "service", "20", slot, link_written="x", is_repeated=False, **values)
        for slot, values in (
            ("1", {"code": "PH-6100", "joined_codes": ["BD-1800", "bad"], "target_code": "yz"}),
            ("2", {"code": "bd-1800", "target_code": "YZ-0001"}),
            ("10", {"code": "BD"}),
            ("3", {"code": "BD-1800.2000"}),
            ("4", {"code": "BD-1800.2000"}),
        )
    ]
    rows["taxonomy_link"].append(
        small.owned("taxonomy_link", "service", "21", "1", code="BD", link_written="x", is_repeated=False)
    )
    package = airs_of(small.directory(rows))
    links = service(written(package, tmp_path), "20").findall("Taxonomy")
    assert [[code.text for code in link] for link in links] == [["PH-6100", "BD-1800"], ["BD-1800.2000"], ["BD"]]
    assert package.removed_values["taxonomy_code_not_valid"] == 3
    (warning,) = [fault for fault in package.preflight.warnings if fault.rule_id == "TAX-002"]
    assert warning.values == ("bad", "bd-1800", "yz")


def test_every_counted_loss_stands_in_the_table(small, tmp_path):
    """The page of losses would be silent about what the manifest counts."""
    named = [loss.reason for loss in AIRS_LOSSES if loss.reason]
    counted = [
        f"no_place_for_{kind}_{column}"
        for columns in (WITHOUT_PLACE, *WITHOUT_PLACE_IN.values())
        for kind, names in columns.items()
        for column in names
    ]
    counted += list(airs_of(small.directory(small.rows())).removed_values)
    for reason in counted:
        assert any(reason == name or (name.endswith("_") and reason.startswith(name)) for name in named), reason


def test_what_has_no_place_is_counted(small):
    """A center would believe that its funding and alerts had gone out."""
    rows = small.changed("service", 0, wait_time="2 weeks", email="a@example.org")
    rows["agency"][0]["hours"] = "9 to 5"
    removed = airs_of(small.directory(rows)).removed_values
    assert {reason: count for reason, count in removed.items() if reason.startswith("no_place")} == {
        "no_place_for_agency_funding": 1,
        "no_place_for_agency_hours": 1,
        "no_place_for_service_alert": 1,
        "no_place_for_service_email": 1,
        "no_place_for_service_wait_time": 1,
        "no_place_for_site_edited_on": 2,
        "no_place_for_site_verified_on": 2,
        "no_place_for_term_name": 1,
    }
