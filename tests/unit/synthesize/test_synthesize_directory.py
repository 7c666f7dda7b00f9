"""A clean invented directory."""

from __future__ import annotations

import re
from datetime import date

import pytest

from pipeline.synthesize.directory import invent_directory
from pipeline.synthesize.records import InventedDirectory
from schemas.enumerations import RecordKind, Status

CODE = re.compile(r"[A-Z](?:[A-Z](?:-[0-9]{4}(?:\.[0-9]{4})?)?)?")


@pytest.fixture(scope="module")
def directory() -> InventedDirectory:
    return invent_directory(agencies=150, seed="test", center_id="test211", as_of=date(2026, 11, 20))


def test_smaller_directory_is_the_beginning_of_a_larger_one(directory: InventedDirectory) -> None:
    """Raising --agencies would otherwise invalidate everything noted about the records seen so far."""
    small = invent_directory(agencies=40, seed="test", center_id="test211", as_of=date(2026, 11, 20))
    assert directory.records[: len(small.records)] == small.records


def test_another_seed_gives_another_directory(directory: InventedDirectory) -> None:
    """A seed without effect would make every benchmark run on one and the same directory."""
    other = invent_directory(agencies=20, seed="other", center_id="test211", as_of=date(2026, 11, 20))
    names = {record.name for record in directory.of_kind(RecordKind.AGENCY)}
    assert len(names & {record.name for record in other.of_kind(RecordKind.AGENCY)}) < 3


def test_bundles_keep_their_size_and_references(directory: InventedDirectory) -> None:
    """A dangling parent in clean data would be reported as a fault nobody planted."""
    by_id = {record.native_id: record for record in directory.records}
    assert len(by_id) == len(directory.records)
    for record in directory.records:
        if record.kind is not RecordKind.AGENCY:
            assert by_id[record.agency_id].kind is RecordKind.AGENCY
        if record.kind is RecordKind.SERVICE_AT_SITE:
            assert by_id[record.service_id].agency_id == by_id[record.site_id].agency_id == record.agency_id
    for agency in directory.of_kind(RecordKind.AGENCY):
        below = [record for record in directory.records if record.agency_id == agency.native_id]
        assert 1 <= sum(record.kind is RecordKind.SITE for record in below) <= 4
        assert 1 <= sum(record.kind is RecordKind.SERVICE for record in below) <= 8


def test_numbers_hosts_and_mail_boxes_belong_to_nobody(directory: InventedDirectory) -> None:
    """Somebody trying out the sample must not reach a real telephone, website, mail box or employer."""
    for record in directory.records:
        assert all(re.fullmatch(r"\d{3}-555-\d{4}", phone.number) for phone in record.phones)
        mails = [record.email, record.verified_by_email, *(contact.email for contact in record.contacts)]
        assert all(mail.endswith(".example") for mail in mails if mail)
        assert not record.url or re.fullmatch(r"https?://[a-z0-9.]+\.example(/home)?", record.url)
        assert not record.ein or record.ein.startswith("79-")


def test_names_and_numbers_are_shared_by_no_two_agencies(directory: InventedDirectory) -> None:
    """Accidental sharing would look like a duplicate that the truth does not know."""
    agencies = list(directory.of_kind(RecordKind.AGENCY))
    for values in (
        [agency.name.casefold() for agency in agencies],
        [agency.ein for agency in agencies],
        [agency.url.split("//")[1].split("/")[0].removeprefix("www.") for agency in agencies],
        [phone.number for agency in agencies for phone in agency.phones],
    ):
        assert len(values) == len(set(values))


def test_codes_fit_the_grammar_and_no_licensed_list(directory: InventedDirectory) -> None:
    """A code or name of the licensed taxonomy in invented data would breach its license."""
    codes = {code for record in directory.records for link in record.links for code in link.split(" * ")}
    assert codes <= set(directory.terms)
    assert all(CODE.fullmatch(code) for code in directory.terms)
    assert {code[0] for code in directory.terms} == set("ACEGKY")
    assert all(code.startswith("YX-9") for code in directory.terms if code[0] == "Y")


def test_dates_stand_in_order(directory: InventedDirectory) -> None:
    """Dates out of order in clean data would be findings nobody planted."""
    for record in directory.records:
        assert record.created_on is not None
        assert record.edited_on is not None
        assert record.created_on <= record.edited_on < directory.as_of
        if isinstance(record.verified_on, date):
            assert record.created_on < record.verified_on < directory.as_of


def test_most_active_agencies_were_verified_within_the_year(directory: InventedDirectory) -> None:
    """A directory where all or none is verified shows nothing of the annual update share."""
    active = [agency for agency in directory.of_kind(RecordKind.AGENCY) if agency.status == Status.ACTIVE.value]
    fresh = [
        agency for agency in active if isinstance(agency.verified_on, date) and agency.verified_on >= date(2025, 11, 20)
    ]
    assert 0.75 < len(fresh) / len(active) < 0.92


def test_confidential_places_are_marked_private(directory: InventedDirectory) -> None:
    """A shelter for survivors of violence with a public street in clean data would teach the wrong lesson."""
    shelters = {record.agency_id for record in directory.records if record.name == "Confidential shelter"}
    assert shelters
    for record in directory.records:
        if record.physical and (record.agency_id in shelters or record.native_id in shelters):
            assert record.physical.is_private
