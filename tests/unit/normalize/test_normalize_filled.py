"""What normalize fills, moves and tells beside the cells: counties, cut texts, misplaced values, hours, types."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.normalize.address_counties import fill_counties
from pipeline.normalize.directory import normalize_delivery
from schemas.parameters import NormalizeParameters
from schemas.reference import References

ZIPS = pl.DataFrame(
    {
        "postal_code": ["62701", "62707", "62707", "42223", "42223"],
        "city": ["Springfield", "Springfield", "Athens", "Fort Campbell", "Fort Campbell"],
        "county": ["Sangamon", "Sangamon", "Menard", "Christian", "Montgomery"],
        "state": ["IL", "IL", "IL", "KY", "TN"],
        "latitude": [39.8] * 5,
        "longitude": [-89.6] * 5,
    }
)


def _address(**cells: str | None) -> dict:
    return {"owner_kind": "agency", "owner_native_id": "1", "slot": "physical", "address_kind": "physical"} | cells


@pytest.mark.parametrize(
    ("cells", "county", "origin"),
    [
        ({"state": "IL", "postal_code": "62701"}, "Sangamon", "zip"),
        ({"state": "Illinois", "postal_code": "62701-1234", "country": "USA"}, "Sangamon", "zip"),
        ({"state": "IL", "postal_code": "62701", "county": "-1"}, "Sangamon", "zip"),
        ({"state": "IL", "postal_code": "62701", "county": "Cook County"}, "Cook", "delivered"),
        ({"state": "IL", "postal_code": "62707"}, None, None),
        ({"state": "TN", "postal_code": "42223"}, "Montgomery", "zip"),
        ({"state": "MO", "postal_code": "62701"}, None, None),
        ({"state": None, "postal_code": "62701"}, None, None),
        ({"state": "IL", "postal_code": "2701"}, None, None),
        ({"state": "IL", "postal_code": "62701", "country": "Mexico"}, None, None),
    ],
)
def test_a_blank_county_comes_from_the_zip_only_when_it_is_sure(deliver, agency, cells, county, origin) -> None:
    """If this fails, records are counted in a county that nobody named."""
    delivered = deliver(agency(), address=[_address(line1="1 Main St", **cells)])
    found = normalize_delivery(delivered, parameters=NormalizeParameters(), references=References(zips=ZIPS))
    row = found.directory.address.row(0, named=True)
    assert (row["county"], row["county_origin"]) == (county, origin)
    assert found.directory.agency["county"].to_list() == [county]


def test_without_a_reference_nothing_is_filled(normalize, agency) -> None:
    """If this fails, a center that named no table gets counties all the same."""
    cells = {"line1": "1 Main St", "state": "IL", "postal_code": "62701"}
    assert normalize(agency(), address=[_address(**cells)]).directory.address["county"].to_list() == [None]
    assert fill_counties(ZIPS, zips=None) is ZIPS


def test_written_lines_stay_beside_the_normalized_ones(normalize, site, agency) -> None:
    """If this fails, curators no longer see what the agency wrote."""
    cells = _address(owner_kind="site", owner_native_id="21", line1="100 N. MAIN STREET", line2="Suite 5",
                     postal_code="62701-1234")  # fmt: skip
    tables = normalize(agency(), site(), address=[cells]).directory
    for table in (tables.address, tables.site):
        assert table.select(
            "line1", "line2", "street", "unit", "postal_code", "postal_code5", "postal_code4"
        ).rows() == [("100 N. MAIN STREET", "Suite 5", "100 N Main St", "Ste 5", "62701-1234", "62701", "1234")]


def test_a_word_in_place_of_the_street_is_no_street(normalize, agency) -> None:
    """If this fails, `Confidential` is printed as a street, or the address is no longer private."""
    row = normalize(agency(), address=[_address(line1="Confidential", line2="Suite 5")]).directory.address.row(
        0, named=True
    )
    assert (row["street"], row["unit"], row["is_private"]) == (None, None, True)


def test_texts_cut_at_one_length_are_told_per_record(normalize, agency) -> None:
    """If this fails, readers meet sentences without end and nobody is told."""
    texts = ["x" * 119 + str(number % 10) for number in range(20)]
    rows = [agency(str(number), description=text) for number, text in enumerate(texts)]
    notes = normalize(*rows, agency("99", description="short")).notes.filter(pl.col("note_kind") == "cut_text")
    assert notes.height == 20
    assert notes["field"].unique().to_list() == ["description"]
    fewer = normalize(*rows[:19], agency("99", description="short")).notes
    assert fewer.filter(pl.col("note_kind") == "cut_text").is_empty()


@pytest.mark.parametrize(
    ("cells", "url", "email", "noted"),
    [
        ({"url": "info@example.org"}, None, "info@example.org", ["url"]),
        ({"email": "www.example.org"}, "https://www.example.org", None, ["email"]),
        ({"url": "info@example.org", "email": "a@example.org"}, None, "a@example.org", []),
        ({"email": "http://example.org", "url": "example.com"}, "https://example.com", None, []),
        ({"email": "example.org"}, None, None, []),
        ({"url": "www.example.org", "email": "info@example.org"}, "https://www.example.org", "info@example.org", []),
        ({"url": "info@example.org", "email": "www.example.org"}, None, None, []),
    ],
)
def test_website_and_e_mail_in_each_others_cell_are_moved_once(normalize, agency, cells, url, email, noted) -> None:
    """If this fails, a mail address is opened as a website, or a filled cell is overwritten."""
    found = normalize(agency(**cells))
    row = found.directory.agency.row(0, named=True)
    assert (row["url"], row["email"]) == (url, email)
    assert (row["url_written"], row["email_written"]) == (cells.get("url"), cells.get("email"))
    assert found.notes.filter(pl.col("note_kind") == "misplaced_value")["field"].to_list() == noted


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Mon 8:00 - 16:00", False),
        ("Mon; Tue; Wed", True),
        ("Mon 8:00 - 5:00", True),
        ("by chance", True),
        ("Closed", False),
        ("Sat Closed; Sun Close - Close", False),
    ],
)
def test_hours_that_give_no_times_are_told(normalize, agency, text, is_told) -> None:
    """If this fails, opening hours vanish without a word."""
    row = {"owner_kind": "agency", "owner_native_id": "1", "slot": "hours", "text": text}
    notes = normalize(agency(), schedule=[row]).notes.filter(pl.col("note_kind") == "unreadable_hours")
    assert notes["value_written"].to_list() == ([text] if is_told else [])


@pytest.mark.parametrize(
    ("number", "written_type", "phone_type", "short_code"),
    [
        ("217-555-0120 (fax)", None, "fax", None),
        ("TTY/TDD: 711", None, "tty", "711"),
        ("Text HOME to 741741", None, "text", "741741"),
        ("217-555-0120 (fax)", "Main", "main", None),
        ("dial 2-1-1", None, None, "211"),
        ("217-555-0120", "Crisis Hotline", "hotline", None),
    ],
)
def test_words_beside_a_number_give_its_type(normalize, agency, number, written_type, phone_type, short_code) -> None:
    """If this fails, a fax is offered as a number to call."""
    phone = {"owner_kind": "agency", "owner_native_id": "1", "slot": "1", "number": number, "type": written_type}
    row = normalize(agency(), phone=[phone]).directory.phone.row(0, named=True)
    assert (row["type"], row["short_code"], row["number_written"]) == (phone_type, short_code, number)


def test_repeated_names_and_codes_are_told(normalize, agency, service) -> None:
    """If this fails, repeats vanish without a word."""
    links = {"owner_kind": "service", "owner_native_id": "11", "slot": "codes", "codes": "BD-1800; BD-1800"}
    notes = normalize(agency(aka="HH; Harbor; hh"), service(), taxonomy_link=[links]).notes
    told = notes.filter(pl.col("note_kind") == "repeated_value")["field"].to_list()
    assert sorted(told) == ["aka", "taxonomy_link.code"]


def test_notes_on_a_private_address_or_phone_stay_private(normalize, agency) -> None:
    """If this fails, a hidden street or number stands in a finding."""
    address = _address(line1="1 <b>Secret</b> St", is_private="Yes")
    phone = {
        "owner_kind": "agency",
        "owner_native_id": "1",
        "slot": "1",
        "number": "217-555-0120 x5",
        "is_private": "TRUE",
    }
    found = normalize(agency(), address=[address], phone=[phone])
    assert found.notes.height == 2
    assert found.notes["is_private"].all()
    assert found.directory.address["is_private"].all()


@pytest.mark.parametrize(
    ("written", "is_told"),
    [("2011-02-31 0:00:00", "unreadable_date"), ("1753-05-02 0:00:00", "placeholder_date"), ("0000-00-00 00:00:00", "placeholder_date"),
     ("9999-01-01 0:00:00", "placeholder_date"), ("1/1/00 0:00", "placeholder_date")],
)  # fmt: skip
def test_days_that_mean_nothing_are_null_and_told(normalize, agency, written, is_told) -> None:
    """If this fails, a record counts as verified on a day that never was."""
    found = normalize(agency(verified_on=written))
    assert found.directory.agency["verified_on"].to_list() == [None]
    assert found.notes["note_kind"].to_list() == [is_told]


def test_a_day_to_come_is_kept(normalize, agency) -> None:
    """If this fails, the rule about days to come has nothing to find."""
    kept = normalize(agency(verified_on="2075-01-01 0:00:00")).directory.agency["verified_on"].to_list()
    assert [day.year for day in kept] == [2075]


@pytest.mark.real_data
def test_counties_are_filled_in_a_real_directory(shared: Path) -> None:
    """If this fails, a real ZIP table does not fit real addresses."""
    from pipeline.ingest.read import read_export
    from pipeline.ingest.zip_reference import read_zip_reference
    from schemas.parameters import IngestParameters

    delivered = read_export(
        shared / "data" / "dc211", center_id="dc211", format_name="auto", parameters=IngestParameters()
    )
    zips = read_zip_reference(shared / "data" / "zips" / "us_zips.csv")
    found = normalize_delivery(delivered, parameters=NormalizeParameters(), references=References(zips=zips))
    origins = dict(found.directory.address["county_origin"].drop_nulls().value_counts().rows())
    assert origins["zip"] > 0
    assert found.directory.address.filter(pl.col("county_origin") == "zip")["postal_code5"].null_count() == 0
    cut = found.notes.filter((pl.col("note_kind") == "cut_text") & (pl.col("field") == "description"))
    assert cut.height == 931
