"""What stands in the public package, and what does not."""

from __future__ import annotations

import uuid
from datetime import date, time

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.directory import Directory
from schemas.export_parameters import ExportParameters
from schemas.parameters import PrivacyParameters

TEST_AGENCY = "44a309e2-f3c1-55f3-814c-7fb602bc49b2"


def only(package, table, **where):
    """The one row of a table that matches."""
    frame = package.tables[table].filter(*(pl.col(column) == value for column, value in where.items()))
    assert frame.height == 1, frame
    return frame.row(0, named=True)


def reasons(package):
    """Reason of every withheld record by kind and id."""
    return {(row["kind"], row["record_uid"]): row["reason"] for row in package.withheld.to_dicts()}


def test_builders_keep_the_contract(small):
    """All other tests would speak of tables that no export can give."""
    directory = small.directory(small.rows())
    Directory.of(**directory.tables())


def test_everything_of_a_public_agency_is_written(small):
    """A receiver would miss records that the center meant to share."""
    package = small.export(small.rows())
    assert package.records() == {"organization": 1, "location": 2, "service": 2, "service_at_location": 2}
    assert package.withheld.is_empty()
    assert package.preflight.errors == ()
    heights = {name: frame.height for name, frame in package.tables.items() if frame.height}
    assert heights == {
        "organization": 1,
        "organization_identifier": 2,
        "service": 2,
        "service_at_location": 2,
        "location": 2,
        "address": 3,
        "phone": 4,
        "contact": 1,
        "schedule": 3,
        "service_area": 3,
        "language": 4,
        "accessibility": 1,
        "required_document": 1,
        "funding": 1,
        "taxonomy": 1,
        "taxonomy_term": 4,
        "attribute": 4,
        "resdir_records": 7,
    }


def test_organization_fields(small):
    """Names, numbers and addresses of an agency would stand in the wrong column."""
    row = only(small.export(small.rows()), "organization")
    assert row == {
        "id": TEST_AGENCY,
        "name": "Prairie Harbor Family Center",
        "alternate_name": "PHFC; Harbor Center",
        "description": "Family resource center. Open to all families of the county.",
        "email": "info@example.org",
        "website": "https://www.example.org",
        "tax_status": None,
        "tax_id": None,
        "year_incorporated": "1978",
        "legal_status": "Nonprofit - Incorporated",
        "logo": None,
        "uri": None,
        "parent_organization_id": None,
    }


def test_service_fields(small):
    """The verification date or the eligibility of a service would be lost on the way to the state."""
    row = only(small.export(small.rows()), "service", name="Parenting Classes")
    filled = {column: value for column, value in row.items() if value is not None}
    assert filled == {
        "id": small.uid("service", "20"),
        "organization_id": TEST_AGENCY,
        "name": "Parenting Classes",
        "description": "Weekly classes for parents. Child care is offered.",
        "status": "active",
        "application_process": "Call to register",
        "fees_description": "Free\nPayment: Cash",
        "eligibility_description": "Parents of children under 6",
        "minimum_age": "18",
        "assured_date": "2026-08-04",
        "alert": "Closed this week",
        "last_modified": "2026-06-09T00:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("status", "written"),
    [("active", "active"), ("active_do_not_refer", "active"), ("temporarily_closed", "temporarily closed")],
)
def test_status_words(small, status, written):
    """A receiver would refuse the whole package for a word outside its list."""
    package = small.export(small.changed("service", 0, status=status))
    assert only(package, "service", name="Parenting Classes")["status"] == written


@pytest.mark.parametrize("as_of", [date(2026, 11, 16), date(2026, 11, 22)])
def test_message_stands_on_its_first_and_last_day(small, as_of):
    """A closing notice would vanish a day too early."""
    package = small.export(small.rows(), as_of=as_of)
    assert only(package, "service", name="Parenting Classes")["alert"] == "Closed this week"


@pytest.mark.parametrize("as_of", [date(2026, 11, 15), date(2026, 11, 23)])
def test_message_is_gone_outside_its_dates(small, as_of):
    """Callers would read last year's closing notice."""
    package = small.export(small.rows(), as_of=as_of)
    assert only(package, "service", name="Parenting Classes")["alert"] is None
    assert package.removed_values["alert_out_of_dates"] == 1


def test_dates_after_the_day_of_the_data_are_left_out(small):
    """A typing slip would make a service look verified next year."""
    package = small.export(small.changed("service", 0, verified_on=date(2026, 11, 21), edited_on=date(2027, 1, 1)))
    row = only(package, "service", name="Parenting Classes")
    assert (row["assured_date"], row["last_modified"]) == (None, None)
    assert package.removed_values["verification_in_future"] == 1
    assert package.removed_values["edit_in_future"] == 1


def test_verification_is_never_taken_from_the_agency(small):
    """An unverified service would be shown as verified."""
    package = small.export(small.changed("service", 0, verified_on=None))
    assert only(package, "service", name="Parenting Classes")["assured_date"] is None


def test_phone_is_written_as_people_write_it(small):
    """A number would be unreadable for callers, or lose its extension."""
    package = small.export(small.rows())
    main = only(package, "phone", organization_id=TEST_AGENCY)
    assert (main["number"], main["extension"], main["type"], main["description"]) == (
        "(217) 555-0101",
        "12",
        "voice",
        "Main",
    )
    tty = only(package, "phone", service_id=small.uid("service", "20"))
    assert (tty["number"], tty["extension"], tty["type"], tty["description"]) == (
        "(217) 555-0102",
        None,
        "textphone",
        "ext. 012",
    )
    assert only(package, "phone", location_id=small.uid("site", "10"))["number"] == "211"


def test_phone_of_a_public_contact_belongs_to_the_contact(small):
    """The director's number would look like the agency's."""
    package = small.export(small.rows())
    contact = only(package, "contact")
    assert only(package, "phone", contact_id=contact["id"])["number"] == "217-555-0103"


@pytest.mark.parametrize("written", ["same as intake", "ext. 223", "none"])
def test_text_without_a_number_is_no_phone(small, written):
    """Callers would be sent to a number that is none."""
    rows = small.changed("phone", 0, number_written=written, e164=None)
    package = small.export(rows)
    assert package.tables["phone"].filter(pl.col("organization_id") == TEST_AGENCY).is_empty()
    assert package.removed_values["unusable_phone"] == 1


def test_addresses_with_their_kind(small):
    """Letters would go to the street, visitors to the post box."""
    rows = (
        small.export(small.rows())
        .tables["address"]
        .sort("postal_code")
        .select("address_1", "region", "country", "address_type")
    )
    assert rows.rows() == [
        ("100 Harbor Street", "Sangamon", "US", "physical"),
        ("77 Quarry Lane", "Sangamon", "US", "physical"),
        ("PO Box 900", None, "US", "postal"),
    ]


@pytest.mark.parametrize("missing", ["city", "state", "postal_code"])
def test_incomplete_address_is_left_out_and_counted(small, missing):
    """One missing ZIP would make the whole package invalid."""
    package = small.export(small.changed("site", 1, **{missing: None}))
    assert package.tables["address"].height == 2
    assert package.removed_values["incomplete_address"] == 1
    assert package.records()["location"] == 2
    assert package.preflight.errors == ()


def test_opening_hours_are_grouped_by_time(small):
    """Strict readers refuse times without seconds and offset; people want one line for the same hours."""
    row = only(small.export(small.rows()), "schedule", byday="MO,TU,FR")
    assert (row["opens_at"], row["closes_at"]) == ("09:00:00-06:00", "17:00:00-06:00")
    assert (row["freq"], row["wkst"], row["interval"], row["timezone"]) == ("WEEKLY", "MO", "1", "-6")


def test_hours_over_midnight_become_two_days(small):
    """A night shelter would seem to close before it opens."""
    rows = small.rows()
    rows["schedule"] = [
        small.owned("schedule", "service", "20", "n", weekday="SU", opens_at=time(22), closes_at=time(6, 30))
    ]
    spans = small.export(rows).tables["schedule"].filter(pl.col("freq") == "WEEKLY").sort("opens_at")
    assert spans.select("byday", "opens_at", "closes_at").rows() == [
        ("MO", "00:00:00-06:00", "06:30:00-06:00"),
        ("SU", "22:00:00-06:00", "23:59:00-06:00"),
    ]


def test_offset_east_of_greenwich_and_with_half_hours(small):
    """A center elsewhere would publish hours of another time zone."""
    package = small.export(small.rows(), parameters=ExportParameters(utc_offset_hours=5.5))
    row = only(package, "schedule", byday="MO,TU,FR")
    assert (row["opens_at"], row["timezone"]) == ("09:00:00+05:30", "5.5")


def test_areas_come_as_units_or_as_text(small):
    """Searching by county would not find the service."""
    areas = small.export(small.rows()).tables["service_area"]
    assert sorted(areas["name"].drop_nulls()) == ["IL - Logan County", "IL - Sangamon County"]
    assert areas["description"].drop_nulls().to_list() == ["Springfield and nearby towns"]


def test_language_codes_only_where_known(small):
    """A made-up language would get a made-up code."""
    languages = small.export(small.rows()).tables["language"].filter(pl.col("service_id").is_not_null())
    assert dict(languages.select("name", "code").iter_rows()) == {"English": "en", "Spanish": "es", "Klingon": None}


def test_terms_bear_their_code_and_shared_ids(small):
    """Two centers' packages could not be joined by term, or licensed names would be published."""
    package = small.export(small.rows())
    term = only(package, "taxonomy_term", code="PH-6100")
    vocabulary = uuid.uuid5(uuid.NAMESPACE_URL, "urn:resdir:taxonomy:211hsis")
    assert term["id"] == str(uuid.uuid5(vocabulary, "PH-6100")) == "2c7f5043-57d8-56d8-840b-4324a4349e77"
    assert (term["name"], term["description"]) == ("PH-6100", "licensed term")
    assert only(package, "taxonomy")["id"] == str(vocabulary)
    broader = only(package, "taxonomy_term", code="BD")
    assert only(package, "taxonomy_term", code="BD-1800.2000")["parent_id"] == broader["id"]
    assert "Term" not in package.tables["taxonomy_term"]["name"].to_list()


def test_term_names_are_written_only_when_allowed(small):
    """A center with the right licence could not use it."""
    package = small.export(small.rows(), parameters=ExportParameters(write_term_names=True))
    assert only(package, "taxonomy_term", code="BD-1800.2000")["name"] == "Term"


@pytest.mark.parametrize("code", ["bd-1800", "BD-150", "BD1800", "BD–1800", "BD-1800\n", "BD-１８００", "B-1800"])
def test_code_that_breaks_the_grammar_stays_here(small, code):
    """A mistyped code would become a term of its own in the state's directory."""
    package = small.export(small.changed("taxonomy_link", 1, code=code))
    assert code not in package.tables["taxonomy_term"]["code"].to_list()
    assert package.removed_values["taxonomy_code_not_valid"] == 1


def test_target_and_service_term_are_told_apart_and_tied_in_the_side_file(small):
    """'Food for veterans' would become food, and veterans."""
    package = small.export(small.rows())
    links = package.tables["attribute"].filter(pl.col("link_id") == small.uid("service", "20"))
    assert sorted(links["link_type"]) == ["service_term", "target"]
    side = only(package, "resdir_records", id=small.uid("service", "20"))
    assert side["taxonomy_links"] == "PH-6100 * YZ-0001"


def test_repeated_code_is_written_once(small):
    """The same id twice makes the package invalid."""
    rows = small.rows()
    rows["taxonomy_link"].append(
        {**rows["taxonomy_link"][1], "slot": "9", "record_uid": str(uuid.uuid4()), "is_repeated": True}
    )
    package = small.export(rows)
    assert package.tables["attribute"].height == 4
    assert package.preflight.errors == ()


@pytest.mark.parametrize(
    "email", ["a@b", "two@example.org; one@example.org", "info at example.org", ".x@example.org", "a..b@example.org"]
)
def test_unusable_email_is_left_out(small, email):
    """Strict readers refuse the whole package for one bad address."""
    package = small.export(small.changed("agency", 0, email=email))
    assert only(package, "organization")["email"] is None
    assert package.removed_values["unusable_email"] == 1


@pytest.mark.parametrize(
    "url", ["www.example.org", "http://", "https://exa mple.org", "ftp://example.org", "https://example.org/ü", "none"]
)
def test_unusable_website_is_left_out(small, url):
    """A link that leads nowhere would be published, or the package refused."""
    package = small.export(small.changed("agency", 0, url=url))
    assert only(package, "organization")["website"] is None
    assert package.removed_values["unusable_url"] == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "inactive"}, "not_active"),
        ({"status": "draft"}, "not_active"),
        ({"status": "unknown"}, "not_active"),
        ({"not_counted_reason": "other_owner", "is_counted": False}, "other_owner"),
        ({"withheld_reason": "excluded_from_website"}, "excluded_from_website"),
        ({"withheld_reason": "confidential_place"}, "confidential_place"),
        ({"name": None}, "required_field_missing"),
        ({"description": None}, "required_field_missing"),
    ],
)
def test_agency_that_may_not_leave_takes_everything_with_it(small, changes, reason):
    """Children of an excluded agency would stay in public."""
    package = small.export(small.changed("agency", 0, **changes))
    assert package.records() == {"organization": 0, "location": 0, "service": 0, "service_at_location": 0}
    expected = {("agency", TEST_AGENCY): reason}
    for kind, numbers in (("site", ("10", "11")), ("service", ("20", "21")), ("service_at_site", ("20-10", "21-11"))):
        expected |= {(kind, small.uid(kind, number)): "parent_withheld" for number in numbers}
    assert reasons(package) == expected
    assert all(frame.is_empty() for frame in package.tables.values())
    assert package.preflight.errors == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "inactive"}, "not_active"),
        ({"withheld_reason": "flag_unclear"}, "flag_unclear"),
        ({"name": "  "}, "required_field_missing"),
        ({"agency_uid": None}, "parent_missing"),
        ({"agency_uid": "00000000-0000-5000-8000-000000000000"}, "parent_missing"),
    ],
)
def test_service_that_may_not_leave_takes_only_its_links(small, changes, reason):
    """One bad service would empty the agency, or leave rows behind that point to nothing."""
    package = small.export(small.changed("service", 0, **changes))
    assert package.records() == {"organization": 1, "location": 2, "service": 1, "service_at_location": 1}
    assert reasons(package) == {
        ("service", small.uid("service", "20")): reason,
        ("service_at_site", small.uid("service_at_site", "20-10")): "parent_withheld",
    }
    assert package.preflight.errors == ()
    assert small.uid("service", "20") not in package.tables["resdir_records"]["id"].to_list()


def test_finding_that_holds_back_names_its_rule(small, finding):
    """A curator could not see why a record is missing in public."""
    package = small.export(small.rows(), findings=finding("service", "20"))
    row = package.withheld.filter(pl.col("kind") == "service").row(0, named=True)
    assert (row["reason"], row["rule_id"]) == ("held_back_by_rule", "ID-004")


def test_finding_that_does_not_hold_back_changes_nothing(small, finding):
    """A spelling note would take a service out of the directory."""
    package = small.export(small.rows(), findings=finding("service", "20", is_held_back=False))
    assert package.withheld.is_empty()


def test_fixed_finding_lets_the_record_go(small, finding):
    """A mended record would stay hidden for ever."""
    fixed = finding("service", "20").with_columns(pl.lit("fixed").alias("status"))
    assert small.export(small.rows(), findings=fixed).withheld.is_empty()


def test_description_can_fall_back_to_the_name(small):
    """A center that chose so would still lose its agencies without description."""
    rows = small.changed("agency", 0, description=None)
    package = small.export(rows, parameters=ExportParameters(description_falls_back_to_name=True))
    assert only(package, "organization")["description"] == "Prairie Harbor Family Center"


def test_without_withholding_the_preflight_names_the_fault(small):
    """The command could not refuse an incomplete export."""
    package = small.export(small.changed("agency", 0, description=None), withhold=False)
    assert package.withheld.is_empty()
    assert [(fault.table, fault.column, fault.check, fault.count) for fault in package.preflight.errors] == [
        ("organization", "description", "required", 1)
    ]


def test_derived_site_leaves_but_bears_no_number_of_the_center(small):
    """Our own number would look like the center's."""
    package = small.export(small.changed("site", 1, origin="derived", is_counted=False, not_counted_reason="derived"))
    row = only(package, "location", id=small.uid("site", "11"))
    assert (row["external_identifier"], row["external_identifier_type"]) == (None, None)
    assert only(package, "location", id=small.uid("site", "10"))["external_identifier"] == "10"


def test_derived_site_of_an_excluded_service_stays(small):
    """The address of an excluded service would leave under the name of a place that we made ourselves."""
    rows = small.changed("site", 1, origin="derived", is_counted=False, not_counted_reason="derived")
    rows["service"][1] |= {"withheld_reason": "excluded_from_website"}
    package = small.export(rows)
    assert reasons(package)[("site", small.uid("site", "11"))] == "parent_withheld"
    assert "Quarry" not in str(package.tables["address"].to_dicts())


def test_parent_agency_is_named_only_when_it_leaves(small):
    """An excluded head office would be named by its branch."""
    branch = small.record(
        "agency", "2", name="Branch", description="A branch.", parent_uid=TEST_AGENCY, parent_native_id="1"
    )
    both = small.export(small.added("agency", branch))
    assert only(both, "organization", name="Branch")["parent_organization_id"] == TEST_AGENCY
    rows = small.added("agency", branch)
    rows["agency"][0]["withheld_reason"] = "excluded_from_directory"
    alone = small.export(rows)
    assert only(alone, "organization")["parent_organization_id"] is None


def test_copy_of_a_record_in_two_centers_leaves_once(small):
    """The same id twice would make the statewide package invalid."""
    rows = small.rows()
    copy = {**rows["agency"][0], "center_id": "other", "verified_on": date(2026, 9, 1)}
    rows["agency"].append(copy)
    package = small.export(rows)
    assert package.records()["organization"] == 1
    assert package.withheld.filter(pl.col("kind") == "agency").select("center_id", "reason").rows() == [
        ("test", "other_owner")
    ]
    assert package.preflight.errors == ()


def test_one_center_can_be_exported_alone(small):
    """A center's package would hold its neighbor's records."""
    rows = small.rows()
    rows["agency"].append(small.record("agency", "5", center_id="other", name="Elsewhere", description="Far."))
    package = small.export(rows, center_ids=["test"])
    assert package.center_ids == ("test",)
    assert package.records()["organization"] == 1
    assert package.withheld.is_empty()


def test_empty_directory_gives_an_empty_package(small):
    """The first night of a center without records would crash."""
    package = small.export({})
    assert set(package.records().values()) == {0}
    assert package.preflight.errors == ()


def test_city_is_dropped_with_the_address_when_the_center_says_so(small):
    """A center that hides even the city would see it in the mailing address."""
    rows = small.changed("site", 0, is_address_private=True)
    kept = small.export(rows)
    assert kept.tables["address"]["address_type"].sort().to_list() == ["physical", "postal"]
    dropped = small.export(rows, privacy=PrivacyParameters(keep_city_of_private_address=False))
    assert dropped.tables["address"]["address_1"].to_list() == ["77 Quarry Lane"]


def test_order_of_rows_does_not_matter(small):
    """A reshuffled export would look changed to every receiver."""
    rows = small.rows()
    backwards = {name: list(reversed(listed)) for name, listed in rows.items()}
    first, second = small.export(rows), small.export(backwards)
    for name, frame in first.tables.items():
        assert_frame_equal(frame, second.tables[name])
