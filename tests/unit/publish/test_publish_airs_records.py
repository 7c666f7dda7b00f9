"""Which records an AIRS file holds, under which keys and where; what is withheld and why; records that are gone."""

from __future__ import annotations

import csv
import hashlib

import polars as pl
import pytest
from lxml import etree

from pipeline.publish.airs_words import NO_SITE_OF_SERVICES
from tests.airs_exports import airs_of, told, written


def outline(root):
    """Keys as a tree: agencies, their sites, their services, agencies inside."""

    def agency(element):
        sites = {
            site.findtext("Key"): [service.findtext("Key") for service in site.findall("SiteService")]
            for site in element.findall("Site")
        }
        return element.findtext("Key"), sites, [agency(child) for child in element.findall("Agency")]

    return [agency(element) for element in root]


def reasons(package):
    """Reason and rule of every withheld record by kind and native id."""
    numbers = {
        (kind, uid): number
        for kind, frame in package.public.records().items()
        for uid, number in frame.select("record_uid", "native_id").iter_rows()
    }
    return {
        f"{row['kind']} {numbers.get((row['kind'], row['record_uid']), '?')}": (row["reason"], row["rule_id"])
        for row in package.withheld.to_dicts()
    }


def keys_listed(folder):
    """Rows of the list of keys."""
    with (folder / "airs_keys.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hashed(text):
    """The key of a text, worked out another way."""
    return str(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 4)


def test_every_service_stands_at_each_of_its_sites_under_its_own_key(small, tmp_path):
    """A reader could not tell that the two places offer one service."""
    rows = small.added(
        "service_at_site",
        small.record(
            "service_at_site",
            "20-11",
            agency_uid=small.uid("agency", "1"),
            service_uid=small.uid("service", "20"),
            site_uid=small.uid("site", "11"),
        ),
    )
    package = airs_of(small.directory(rows))
    assert outline(written(package, tmp_path)) == [("1", {"10": ["20"], "11": ["20", "21"]}, [])]
    assert package.records() == {"Agency": 1, "Site": 2, "Service": 2, "SiteService": 3}
    assert package.rows == {"Agency": 1, "Site": 2, "SiteService": 3}
    assert package.withheld.is_empty()
    assert package.preflight.errors == ()
    assert keys_listed(tmp_path) == []


def test_service_without_a_site_stands_at_a_place_that_is_none(small, tmp_path):
    """It would be lost: in this format a service is always somewhere."""
    rows = small.rows()
    del rows["service_at_site"][1]
    package = airs_of(small.directory(rows))
    root = written(package, tmp_path)
    agency = small.uid("agency", "1")
    key = hashed(f"services_without_site:{agency}")
    assert outline(root) == [("1", {"10": ["20"], "11": [], key: ["21"]}, [])]
    place = next(site for site in root.iter("Site") if site.findtext("Key") == key)
    assert told(place.find("NoPhysicalAddress")) == (
        f"<NoPhysicalAddress><Explanation>{NO_SITE_OF_SERVICES}</Explanation></NoPhysicalAddress>"
    )
    assert keys_listed(tmp_path) == [
        {"kind": "services_without_site", "record_uid": agency, "native_id": "1", "key": key}
    ]
    assert package.records() == {"Agency": 1, "Site": 2, "Service": 2, "SiteService": 1}
    assert {(fault.check, fault.example) for fault in package.preflight.warnings} == {
        ("no_site", small.uid("service", "21"))
    }


def test_service_without_a_code_is_withheld_with_its_links(small):
    """An element without a code would be refused; a made-up code would mislead everybody."""
    rows = small.rows()
    rows["taxonomy_link"] = rows["taxonomy_link"][1:2]
    package = airs_of(small.directory(rows))
    assert reasons(package) == {
        "service 20": ("required_field_missing", "TAX-001"),
        "service_at_site 20-10": ("parent_withheld", None),
    }
    rows["taxonomy_link"].append(
        small.owned("taxonomy_link", "service", "20", "1", code="odd", link_written="odd", is_repeated=False)
    )
    assert reasons(airs_of(small.directory(rows)))["service 20"] == ("required_field_missing", "TAX-002")


def test_code_at_a_site_is_enough_for_the_service_there(small, tmp_path):
    """A service that is indexed at its sites would be thrown out."""
    rows = small.rows()
    rows["taxonomy_link"] = [
        small.owned("taxonomy_link", "service_at_site", "20-10", "1", code="BD", link_written="BD", is_repeated=False),
        rows["taxonomy_link"][1],
    ]
    rows["service_at_site"].append(
        small.record(
            "service_at_site",
            "20-11",
            agency_uid=small.uid("agency", "1"),
            service_uid=small.uid("service", "20"),
            site_uid=small.uid("site", "11"),
        )
    )
    package = airs_of(small.directory(rows))
    assert outline(written(package, tmp_path)) == [("1", {"10": ["20"], "11": ["21"]}, [])]
    assert reasons(package) == {"service_at_site 20-11": ("required_field_missing", "TAX-001")}


def test_site_without_an_agency_is_withheld(small):
    """In this format a site has no place but in its agency."""
    rows = small.changed("site", 0, agency_uid=None, agency_native_id=None)
    package = airs_of(small.directory(rows))
    assert reasons(package) == {
        "site 10": ("parent_missing", None),
        "service_at_site 20-10": ("parent_withheld", None),
    }


def test_agency_without_a_name_is_withheld_with_all_that_is_under_it(small):
    """The receiver requires a name."""
    package = airs_of(small.directory(small.changed("agency", 0, name=" \x01 ")))
    assert set(reasons(package).values()) == {("required_field_missing", None), ("parent_withheld", None)}
    assert package.withheld.height == 7
    assert [(fault.table, fault.check) for fault in package.preflight.errors] == [("Source", "required")]


def test_without_withholding_the_preflight_refuses(small):
    """The person who exports would not learn which records fail."""
    rows = small.changed("site", 0, agency_uid=None, agency_native_id=None)
    rows["taxonomy_link"] = rows["taxonomy_link"][1:]
    package = airs_of(small.directory(rows), withhold=False)
    assert package.withheld.is_empty()
    assert {(fault.table, fault.column, fault.check, fault.rule_id) for fault in package.preflight.errors} == {
        ("Site", "AgencyKey", "reference", None),
        ("SiteService", "Taxonomy", "required", "TAX-001"),
        ("SiteService", "Key", "reference", None),
    }


def test_keys_are_native_numbers_or_made_from_the_record(small, tmp_path):
    """The schema takes whole numbers only, and 007 would come back as 7."""
    rows = {
        "agency": [
            small.record("agency", number, name="A") for number in ("A-1", "007", "12", "0", "99999999999999999999")
        ]
    }
    package = airs_of(small.directory(rows))
    root = written(package, tmp_path)
    made = {number: hashed(small.uid("agency", number)) for number in ("A-1", "007")}
    assert [key for key, _, _ in outline(root)] == sorted(["12", "0", "99999999999999999999", *made.values()], key=int)
    assert {(row["kind"], row["record_uid"], row["native_id"], row["key"]) for row in keys_listed(tmp_path)} == {
        ("agency", small.uid("agency", number), number, key) for number, key in made.items()
    }


def test_number_that_two_centers_use_names_neither(small, tmp_path):
    """The receiver would take agency 1 of two centers for one agency."""
    rows = {"agency": [small.record("agency", "1", name="A", center_id=center) for center in ("north", "south")]}
    package = airs_of(small.directory(rows))
    keys = [key for key, _, _ in outline(written(package, tmp_path))]
    assert sorted(keys) == sorted(hashed(small.uid("agency", "1", center)) for center in ("north", "south"))
    assert package.preflight.errors == ()


def test_made_key_that_meets_a_number_stops_the_export(small):
    """Two agencies under one key: the receiver would keep one of them."""
    clash = hashed(small.uid("agency", "A-1"))
    rows = {"agency": [small.record("agency", number, name="A") for number in ("A-1", clash)]}
    (fault,) = airs_of(small.directory(rows)).preflight.errors
    assert (fault.table, fault.column, fault.check, fault.count) == ("Agency", "Key", "unique", 2)


def test_agencies_stand_inside_their_parents(small, tmp_path):
    """Who belongs to whom would be lost."""
    parents = {"1": None, "2": "1", "3": "2", "4": "1", "5": "6", "6": "5", "7": "404"}
    rows = {
        "agency": [
            small.record("agency", number, name="A", parent_uid=None if parent is None else small.uid("agency", parent))
            for number, parent in parents.items()
        ]
    }
    package = airs_of(small.directory(rows))
    root = written(package, tmp_path)
    alone = [("5", {}, []), ("6", {}, []), ("7", {}, [])]
    assert outline(root) == [("1", {}, [("2", {}, [("3", {}, [])]), ("4", {}, [])]), *alone]
    assert package.removed_values["parent_agency"] == 2
    flat = written(airs_of(small.directory(rows), child_agencies_inside=False), tmp_path)
    assert outline(flat) == [(number, {}, []) for number in parents]


def test_service_at_the_site_of_another_agency_stays_with_its_own(small, tmp_path):
    """The service would be read as one of the host."""
    rows = small.rows()
    host = small.uid("agency", "2")
    rows["agency"].append(small.record("agency", "2", name="Host"))
    rows["site"][1] |= {"agency_uid": host, "agency_native_id": "2"}
    package = airs_of(small.directory(rows))
    root = written(package, tmp_path)
    place = small.uid("site", "11")
    key = hashed(f"site_of_another_agency:{place} {small.uid('agency', '1')}")
    assert outline(root) == [("1", {"10": ["20"], key: ["21"]}, []), ("2", {"11": []}, [])]
    streets = [address.findtext("Line1") for address in root.iter("PhysicalAddress")]
    assert streets == ["100 Harbor Street", "77 Quarry Lane", "77 Quarry Lane"]
    assert [(row["kind"], row["record_uid"], row["key"]) for row in keys_listed(tmp_path)] == [
        ("site_of_another_agency", place, key)
    ]
    assert package.records()["Site"] == 2


def removed(*records):
    """Records that an earlier file had."""
    columns = ("kind", "record_uid", "native_id", "agency_uid", "service_uid", "site_uid")
    return pl.DataFrame(
        [dict.fromkeys(columns) | record for record in records], schema=dict.fromkeys(columns, pl.String)
    )


def test_removed_records_are_told_where_they_stood(small, tmp_path):
    """The receiver would keep showing what the center has taken out."""
    agency, site, service = (small.uid(kind, key) for kind, key in (("agency", "1"), ("site", "10"), ("service", "21")))
    gone = removed(
        {"kind": "agency", "record_uid": small.uid("agency", "9"), "native_id": "9"},
        {"kind": "site", "record_uid": "s", "native_id": "90", "agency_uid": agency},
        {"kind": "service", "record_uid": "v", "native_id": "91", "agency_uid": agency},
        {"kind": "service_at_site", "record_uid": "l", "agency_uid": agency, "service_uid": service, "site_uid": site},
        # What stood under a removed agency or site is ended with it.
        {"kind": "site", "record_uid": "t", "native_id": "92", "agency_uid": small.uid("agency", "9")},
        {"kind": "service_at_site", "record_uid": "m", "agency_uid": agency, "service_uid": service, "site_uid": "s"},
    )
    package = airs_of(small.directory(small.rows()), removed=gone)
    root = written(package, tmp_path)
    made = hashed(f"services_without_site:{agency}")
    assert outline(root) == [("1", {"10": ["20", "21"], "11": ["21"], "90": [], made: ["91"]}, []), ("9", {}, [])]
    mark = 'delete="true" deleteOccurredDate="2026-11-20T00:00:00Z"'
    assert sorted(told(element) for element in root.iter() if element.get("delete")) == [
        f"<Agency {mark}><Key>9</Key><Name/></Agency>",
        f"<Site {mark}><Key>90</Key></Site>",
        f"<SiteService {mark}><Key>21</Key><Taxonomy/></SiteService>",
        f"<SiteService {mark}><Key>91</Key><Taxonomy/></SiteService>",
    ]
    assert package.records() == {"Agency": 1, "Site": 2, "Service": 2, "SiteService": 2}
    assert package.preflight.errors == ()
    assert not any(reason.startswith("removal") for reason in package.removed_values)


def test_key_of_a_living_record_is_never_told_as_removed(small, tmp_path):
    """The receiver would remove the record that bears it now."""
    agency, site, service = (small.uid(kind, key) for kind, key in (("agency", "1"), ("site", "10"), ("service", "20")))
    gone = removed(
        {"kind": "agency", "record_uid": "a", "native_id": "1"},
        {"kind": "agency", "record_uid": agency, "native_id": "1"},
        {"kind": "site", "record_uid": "s", "native_id": "11", "agency_uid": agency},
        {"kind": "service_at_site", "record_uid": "l", "agency_uid": agency, "service_uid": service, "site_uid": site},
        {"kind": "site", "record_uid": "t", "native_id": "93", "agency_uid": "elsewhere"},
    )
    package = airs_of(small.directory(small.rows()), removed=gone)
    assert not [element for element in written(package, tmp_path).iter() if element.get("delete")]
    assert package.removed_values["removal_of_key_in_use"] == 3
    assert package.removed_values["removal_without_place"] == 1


@pytest.mark.parametrize("settings", [{"version": "3.0"}, {"tell_removed": False}])
def test_removed_records_are_not_told_where_the_format_or_the_center_does_not_want_it(small, tmp_path, settings):
    """3.0 knows no removed records; the schema would refuse them."""
    gone = removed({"kind": "agency", "record_uid": "a", "native_id": "9"})
    root = written(airs_of(small.directory(small.rows()), removed=gone, **settings), tmp_path)
    assert [key for key, _, _ in outline(root)] == ["1"]


def test_blocks_make_no_difference(small, tmp_path):
    """A large directory would come out otherwise than a small one."""
    rows = small.rows()
    for number in range(2, 8):
        parent = small.uid("agency", str(number - 1)) if number % 3 else None
        rows["agency"].append(small.record("agency", str(number), name=f"Agency {number}", parent_uid=parent))
        own = {"agency_uid": small.uid("agency", str(number)), "agency_native_id": str(number), "name": "N"}
        rows["site"].append(small.record("site", f"{number}00", **own))
        rows["service"].append(small.record("service", f"{number}01", **own))
        rows["taxonomy_link"].append(
            small.owned("taxonomy_link", "service", f"{number}01", "1", code="BD", link_written="BD", is_repeated=False)
        )
    files = []
    for size in (1, 5, 10_000):
        airs_of(small.directory(rows), block_size=size).write_files(tmp_path)
        files.append((tmp_path / "airs.xml").read_bytes())
    assert files[0] == files[1] == files[2]
    assert files[0].count(b"<SiteService") == 8


def test_3_0_has_what_it_requires_and_nothing_that_is_new(small, tmp_path):
    """A receiver of 3.0 refuses what it does not know and what it lacks."""
    rows = small.rows()
    rows["phone"] = []
    rows["contact"].append(small.owned("contact", "agency", "1", "office", role="office", title="Front desk"))
    rows["site"][1] |= {"name": None, "postal_code": None}
    rows["agency"].append(small.record("agency", "2", name="Without site", description="Something."))
    rows["agency"].append(small.record("agency", "3", name="Without description"))
    package = airs_of(small.directory(rows), version="3.0")
    root = written(package, tmp_path)
    assert etree.QName(etree.parse(str(tmp_path / "airs.xml")).getroot()).namespace is None
    assert (root.get("SchemaVersion"), root.get("SourceID")) == ("3.0", None)
    first, second = root.findall("Agency")
    assert [element.tag for element in first] == [
        "Key", "Name", "AgencyDescription", "AKA", "AKA", "AgencyLocation", "Phone", "URL", "Email", "Contact", "IRSStatus",
        "SourceOfFunds", "Site", "Site", "ResourceInfo",
    ]  # fmt: skip
    no_number = (
        '<Phone TollFree="false" Confidential="false"><ReasonWithheld>No number is given.</ReasonWithheld></Phone>'
    )
    assert told(first.find("Phone")) == no_number
    assert told(first.find("AgencyLocation")) == (
        "<AgencyLocation><Name>Prairie Harbor Family Center</Name><SiteDescription/><NoPhysicalAddress>"
        "<Explanation>No address is given.</Explanation></NoPhysicalAddress></AgencyLocation>"
    )
    office, annex = first.findall("Site")
    assert office.findtext("SiteDescription") == ""
    assert told(office.find("SpatialLocation")) == (
        "<SpatialLocation><Datum>WGS84</Datum><Latitude>+39.801700</Latitude><Longitude>-89.643700</Longitude></SpatialLocation>"
    )
    assert annex.findtext("Name") == "Prairie Harbor Family Center"
    assert annex.find("NoPhysicalAddress").findtext("Explanation") == "No complete address is given."
    assert second.find("Site").find("NoPhysicalAddress").findtext("Explanation") == (
        "No site of this agency is named in this file."
    )
    texts = {element.tag for element in root.iter()} | {name for element in root.iter() for name in element.attrib}
    assert not texts & {"Status", "AgencyKey", "InternetResource", "PaymentMethodAccepted", "GeneralEligibility"}
    assert root.find(".//OtherRequirements").text == "Parents of children under 6"
    assert told(root.find(".//Seasonal")) == (
        "<Seasonal><Description>Temporarily closed</Description><StartDate/><EndDate/></Seasonal>"
    )
    assert reasons(package) == {"agency 3": ("required_field_missing", None)}
    removed_values = {"contact_without_name": 1, "incomplete_address": 1, "no_place_for_service_payment_methods": 1}
    assert removed_values.items() <= package.removed_values.items()
    plain = written(airs_of(small.directory(rows), version="3.0", datum=""), tmp_path)
    assert plain.find(".//SpatialLocation") is None
