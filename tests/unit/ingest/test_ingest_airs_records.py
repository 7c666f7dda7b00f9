"""Records of AIRS files: who they are, who belongs to whom, and what counts for their status."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.airs_nested import NO_SITE
from pipeline.normalize.directory import normalize_delivery
from pipeline.publish.airs_words import NO_SITE_OF_AGENCY, NO_SITE_OF_SERVICES
from schemas.parameters import NormalizeParameters
from tests.airs_files import address, agency, delivered, kinds, one_record, phone, records, service, site, source


def numbers(export, kind):
    return [one["native_id"] for one in records(export, kind)]


def test_every_element_becomes_a_record_of_its_kind(tmp_path: Path):
    """One number for an agency, its site and its service would make one record of three."""
    export = delivered(tmp_path, source(agency(site(service(key="1"), key="1"), key="1")))
    assert (export.format_name, export.format_version) == ("airs", "3.1")
    assert kinds(export) == {"agency": 1, "service": 1, "service_at_site": 1, "site": 1}
    assert one_record(export, "site")["agency_native_id"] == "1"
    assert one_record(export, "service")["agency_native_id"] == "1"
    link = one_record(export, "service_at_site")
    assert (link["native_id"], link["service_native_id"], link["site_native_id"]) == ("1:1", "1", "1")
    assert link["link_only"] == "true"
    assert export.raw_row.height == 5


@pytest.mark.parametrize(
    ("head", "version"),
    [
        ("<Source>", "3.0"),
        ('<Source SchemaVersion="4.0.0">', "3.0"),
        ('<Source xmlns="http://www.airs.org/schema/3_1/AIRS.xsd" SchemaVersion="3.0">', "3.1"),
        ('<a:Source xmlns:a="http://www.airs.org/schema/3_1/AIRS.xsd">', "3.1"),
        ('<Source xmlns="urn:example:own">', "3.0"),
    ],
)
def test_version_is_told_by_namespace_and_children(tmp_path: Path, head: str, version: str):
    """What a file says of its version is free text, and often something else."""
    prefix = "a:" if head.startswith("<a:") else ""
    text = f"{head}<Agency><Key>1</Key><Name>Harbor</Name></Agency></{prefix}Source>"
    export = delivered(tmp_path, text)
    assert (export.format_version, one_record(export, "agency")["name"]) == (version, "Harbor")


def test_order_and_namespace_of_elements_do_not_matter(tmp_path: Path):
    """Another vendor's order of elements would lose what comes early."""
    usual = delivered(tmp_path, source(agency(site(service(), address(), phone("217-555-0101")))), name="a.xml")
    turned = (
        f"<Agency>\n<Site>{phone('217-555-0101')}{address()}\n<SiteService><Key>21</Key><Name>Pantry</Name></SiteService>"
        "<Name>Downtown</Name><Key>11</Key></Site><Name>Harbor Center</Name><Key>1</Key></Agency>"
    )
    other = delivered(tmp_path, source(turned, version="3.0"), name="b.xml")
    for name in ("record", "phone", "address"):
        assert getattr(usual, name).drop("source_line").equals(getattr(other, name).drop("source_line")), name


def test_a_key_that_is_no_number_is_kept_and_told(tmp_path: Path):
    """A record would be dropped for the form of its key."""
    export = delivered(tmp_path, source(agency(site(key="A-1"), key="word", name="")))
    assert (numbers(export, "agency"), numbers(export, "site")) == (["word"], ["A-1"])
    assert one_record(export, "agency")["name"] == ""
    assert any(
        "Agencies with a key that is no whole number, as AIRS wants it: 1 (word)" in one for one in export.notices
    )


def test_without_a_key_the_place_in_the_file_stands_for_it(tmp_path: Path):
    """Records without a number could not be told apart, and their services would belong to nobody."""
    bare = "<Agency><Name>A</Name><Site><Name>B</Name><SiteService><Name>C</Name></SiteService></Site></Agency>"
    keyed = "\n<Agency><Key>5</Key><Site><Name>D</Name></Site><Site><Name>E</Name></Site></Agency>"
    export = delivered(tmp_path, source(bare, keyed))
    assert numbers(export, "agency") == ["5", "agency 1"]
    assert numbers(export, "site") == ["agency 1/site 1", "agency 5/site 1", "agency 5/site 2"]
    assert numbers(export, "service") == ["agency 1/site 1/service 1"]
    assert one_record(export, "service")["agency_native_id"] == "agency 1"
    assert sum("not stable" in notice for notice in export.notices) == 3


def test_an_agency_inside_an_agency_is_its_child(tmp_path: Path):
    """A child agency's sites would be counted as those of its parent."""
    inner = agency(site(key="12"), agency(key="3", name="Third"), key="2", name="Second")
    export = delivered(tmp_path, source(agency(site(), inner)))
    assert [(one["native_id"], one["parent_native_id"]) for one in records(export, "agency")] == [
        ("1", ""),
        ("2", "1"),
        ("3", "2"),
    ]
    assert [(one["native_id"], one["agency_native_id"]) for one in records(export, "site")] == [
        ("11", "1"),
        ("12", "2"),
    ]


def test_the_enclosing_agency_is_meant_when_a_site_names_another(tmp_path: Path):
    """A site would go to an agency in whose element it does not stand."""
    export = delivered(
        tmp_path, source(agency(site("<AgencyKey>9</AgencyKey>"), site("<AgencyKey>1</AgencyKey>", key="12")))
    )
    assert {one["agency_native_id"] for one in records(export, "site")} == {"1"}
    assert any("AgencyKey is not that of the agency in which they stand: 1 (11)" in notice for notice in export.notices)


def test_a_service_at_several_sites_is_one_service(tmp_path: Path):
    """A service would be counted as often as it has places."""
    same = "<Description>Food</Description>" + phone("217-555-0101")
    text = source(agency(site(service(same)), site(service(same), key="12"), site(service(same), key="13")))
    export = delivered(tmp_path, text)
    assert numbers(export, "service") == ["21"]
    assert [(one["native_id"], one["link_only"], one["description"]) for one in records(export, "service_at_site")] == [
        ("21:11", "true", None),
        ("21:12", "true", None),
        ("21:13", "true", None),
    ]
    assert export.phone["owner_kind"].to_list() == ["service"]


def test_what_one_place_says_otherwise_is_that_places(tmp_path: Path):
    """The hours of one place would be told for all, or those of a place would be lost."""
    usual = service("<Description>Food</Description>", "<FeeStructure>Free</FeeStructure>", phone("217-555-0101"))
    other = service(
        "<Description>Food and clothes</Description>", "<FeeStructure>Free</FeeStructure>", phone("217-555-0199")
    )
    for order in ((usual, usual, other), (other, usual, usual)):
        sites = [site(one, key=str(11 + place)) for place, one in enumerate(order)]
        export = delivered(tmp_path, source(agency(*sites)), name=f"{order.index(other)}.xml")
        assert one_record(export, "service")["description"] == "Food"
        (own,) = [one for one in records(export, "service_at_site") if one["link_only"] == "false"]
        assert (own["description"], own["fees"]) == ("Food and clothes", None)
        assert own["site_native_id"] == str(11 + order.index(other))
        phones = export.phone.select("owner_kind", "owner_native_id", "number").rows()
        assert sorted(phones) == [
            ("service", "21", "217-555-0101"),
            ("service_at_site", str(own["native_id"]), "217-555-0199"),
        ]
        assert any("something else than the service at its other sites: 1" in notice for notice in export.notices)


def test_a_place_with_words_of_its_own_has_its_own_dates(tmp_path: Path):
    """A place that was checked by itself would count as never checked."""
    checked = '<ResourceInfo DateLastVerified="2026-05-04"/>'
    usual = site(service("<Description>Food</Description>", checked))
    other = site(service("<Description>Clothes</Description>", checked), key="12")
    links = records(delivered(tmp_path, source(agency(usual, other))), "service_at_site")
    assert [(one["link_only"], one["verified_on"]) for one in links] == [("true", ""), ("false", "2026-05-04")]


def test_a_value_that_is_blank_at_one_place_is_told(tmp_path: Path):
    """A center would not learn that its place cannot take back what the service says."""
    text = source(
        agency(site(service("<FeeStructure>Free</FeeStructure>")), site(service("<FeeStructure/>"), key="12"))
    )
    export = delivered(tmp_path, text)
    assert any("blank at one of its sites: 1" in notice for notice in export.notices)


def test_a_group_of_services_is_not_a_service(tmp_path: Path):
    """Two services of one program would become one."""
    groups = 'ServiceGroupKey="50"'
    text = source(agency(site(service(attributes=groups), service(key="22", attributes=groups))))
    export = delivered(tmp_path, text)
    assert numbers(export, "service") == ["21", "22"]
    assert {one["link_only"] for one in records(export, "service_at_site")} == {"true"}


def test_without_a_status_a_record_is_active(tmp_path: Path):
    """A whole directory of 3.0 would count as unknown."""
    export = delivered(tmp_path, source(agency(site(service())), version="3.0"))
    assert "agency.status" not in export.carried
    directory = normalize_delivery(export, parameters=NormalizeParameters()).directory
    assert directory.service["status"].to_list() == ["active"]


def test_words_of_status_removal_and_referral(tmp_path: Path):
    """A removed record would count, and one that is not to be referred to would be offered to callers."""
    closed = '<ResourceInfo AvailableForReferral="false"/>'
    text = source(
        agency(
            site(
                service(attributes='Status="active"'),
                service(key="22", attributes='Status="inactive"'),
                service(closed, key="23", attributes='Status="active"'),
                service(closed, key="24", attributes='Status="defunct"'),
                service(
                    key="25", attributes='Status="active" delete="true" deleteOccurredDate="2026-05-04T18:13:51.0Z"'
                ),
                service(key="26", attributes='Status="active" delete="false"'),
                service(key="27"),
            ),
            attributes='delete="1"',
        )
    )
    export = delivered(tmp_path, text)
    assert {one["native_id"]: one["status"] for one in records(export, "service")} == {
        "21": "active",
        "22": "inactive",
        "23": "active_do_not_refer",
        "24": "defunct",
        "25": "deleted",
        "26": "active",
        "27": "",
    }
    assert one_record(export, "agency")["status"] == "deleted"
    links = {str(one["service_native_id"]): one["status"] for one in records(export, "service_at_site")}
    assert (links["22"], links["25"]) == ("inactive", "deleted")
    directory = normalize_delivery(export, parameters=NormalizeParameters()).directory
    service_25 = directory.service.filter(directory.service["native_id"] == "25").row(0, named=True)
    assert (service_25["status"], str(service_25["inactive_on"])) == ("deleted", "2026-05-04")


def test_removed_in_a_file_without_status_leaves_the_others_active(tmp_path: Path):
    """One removed record would make all others of the file unknown."""
    export = delivered(tmp_path, source(agency(attributes='delete="true"'), "\n" + agency(key="2"), version="3.0"))
    assert [one["status"] for one in records(export, "agency")] == ["deleted", "active"]


def test_a_service_that_is_removed_at_one_place_goes_on_at_the_other(tmp_path: Path):
    """A service would be gone because it left one of its places."""
    gone = '<SiteService delete="true"><Key>21</Key><Taxonomy/></SiteService>'
    text = source(
        agency(site(gone), site(service("<Description>Food</Description>", attributes='Status="active"'), key="12"))
    )
    export = delivered(tmp_path, text)
    found = one_record(export, "service")
    assert (found["name"], found["description"], found["status"]) == ("Pantry", "Food", "active")
    assert [(one["status"], one["link_only"]) for one in records(export, "service_at_site")] == [
        ("deleted", "true"),
        ("active", "true"),
    ]
    assert not any("blank at one of its sites" in notice for notice in export.notices)


def test_a_mark_in_the_description_means_deleted(tmp_path: Path):
    """Records that one center marks in the text would be counted."""
    export = delivered(tmp_path, source(agency("<AgencyDescription>DEL was closed</AgencyDescription>"), version="3.0"))
    assert one_record(export, "agency")["status"] == "deleted"


@pytest.mark.parametrize(
    ("office", "sites", "origins"),
    [
        (address(), [site(address())], [None]),
        (address(street="100  HARBOR st"), [site(address())], [None]),
        (address("MailingAddress"), [site(address())], [None]),
        (address() + address("MailingAddress", street="PO Box 5"), [site(address())], [None]),
        ("<PhysicalAddress Confidential='false'><City>Springfield</City></PhysicalAddress>", [site()], [None]),
        (address(street="7 Hill Rd"), [site(address())], ["", "derived"]),
        (f"<Key>99</Key>{address(street='7 Hill Rd')}", [site(address())], [None, None]),
        (f"<Key>11</Key>{address(street='7 Hill Rd')}", [site(address())], [None]),
        (address(), [], ["derived"]),
    ],
    ids=[
        "same",
        "spelled otherwise",
        "mailing",
        "box",
        "no street",
        "new",
        "new with key",
        "key of a site",
        "no sites",
    ],
)
def test_a_head_office_is_a_site_only_at_an_address_of_its_own(tmp_path: Path, office, sites, origins):
    """Every agency would have one site more than it has, or one that has no other would have none."""
    export = delivered(tmp_path, source(agency(f"\n<AgencyLocation>{office}</AgencyLocation>", *sites)))
    found = records(export, "site")
    assert sorted(str(one["origin"]) for one in found) == sorted(map(str, origins))
    assert len(found) == len(origins)
    derived = [one["native_id"] for one in found if one["origin"] == "derived"]
    assert all(str(number).startswith("derived:") for number in derived)


def test_addresses_of_a_head_office_belong_to_the_agency(tmp_path: Path):
    """An agency would have no address, and so no county."""
    export = delivered(tmp_path, source(agency(f"<AgencyLocation>{address()}</AgencyLocation>", site(address()))))
    assert export.address.select("owner_kind", "slot", "line1").rows() == [
        ("agency", "address:AgencyLocation/PhysicalAddress[1]", "100 Harbor St"),
        ("site", "address:PhysicalAddress[1]", "100 Harbor St"),
    ]


def test_services_of_a_head_office_are_not_lost(tmp_path: Path):
    """A service that stands under the head office would vanish with it."""
    office = f"<AgencyLocation><Key>11</Key>{address()}{service()}</AgencyLocation>"
    export = delivered(tmp_path, source(agency(office, site(address()))))
    assert one_record(export, "service_at_site")["native_id"] == "21:11"
    bare = delivered(tmp_path, source(agency(f"<AgencyLocation>{service()}</AgencyLocation>", site())), name="b.xml")
    assert kinds(bare) == {"agency": 1, "service": 1, "site": 1}


def test_the_head_office_of_our_own_files_is_no_site(tmp_path: Path):
    """A file of ours, read again, would have more sites than it was written from."""
    office = f"<AgencyLocation><Key>641558999370965519</Key><AgencyKey>1</AgencyKey>{address()}</AgencyLocation>"
    export = delivered(tmp_path, source(agency(office), vendor="resdir"))
    assert kinds(export) == {"agency": 1}
    assert export.address["owner_kind"].to_list() == ["agency"]


@pytest.mark.parametrize("sentence", NO_SITE)
def test_a_site_that_says_that_it_is_none_is_none(tmp_path: Path, sentence: str):
    """Services without a site would have one after a round through our own file."""
    none = f"<NoPhysicalAddress><Explanation>{sentence}</Explanation></NoPhysicalAddress>"
    export = delivered(tmp_path, source(agency(site(none, service()))))
    assert kinds(export) == {"agency": 1, "service": 1}
    assert export.raw_row.filter(export.raw_row["source_file"] == "no_site").height == 1


def test_reader_and_writer_use_the_same_sentences():
    """A word changed in one of them would bring sites into the world that are none."""
    assert set(NO_SITE) == {NO_SITE_OF_SERVICES, NO_SITE_OF_AGENCY}


@pytest.mark.parametrize(
    "nothing", ["<Site/>", "<Site><Key/><Name> </Name></Site>", "<SiteService/>", "<AgencyLocation/>"]
)
def test_empty_elements_are_nothing(tmp_path: Path, nothing: str):
    """Elements that are written for form's sake would become records without a name."""
    inside = site(nothing) if "Service" in nothing else site() + nothing
    assert kinds(delivered(tmp_path, source(agency(inside)))) == {"agency": 1, "site": 1}


def test_a_site_has_no_dates_and_takes_none_from_its_agency(tmp_path: Path):
    """Sites would count as verified when only their agency was."""
    info = '<ResourceInfo DateAdded="2020-01-02" DateLastVerified="2026-05-04" DateOfLastAction="2026-06-01" LastActionType="Edit"/>'
    text = source(agency(site(service(info.replace("2026-05-04", "2026-07-07"))), info))
    export = delivered(tmp_path, text)
    found = one_record(export, "agency")
    assert (found["created_on"], found["verified_on"], found["edited_on"]) == ("2020-01-02", "2026-05-04", "2026-06-01")
    assert one_record(export, "service")["verified_on"] == "2026-07-07"
    assert one_record(export, "site")["verified_on"] is None
    assert {"agency.verified_on", "service.verified_on"} <= export.carried
    assert "site.verified_on" not in export.carried
