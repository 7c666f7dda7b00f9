"""Whole real exports: figures stated about them, counted from the files by other means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.normalize.directory import Normalized, normalize_delivery
from schemas.delivered import Delivered
from schemas.parameters import NormalizeParameters
from tests.real_exports import normalize_once, read_once

pytestmark = pytest.mark.real_data


def run(path: Path, center_id: str) -> tuple[Delivered, Normalized]:
    return read_once(path, center_id), normalize_once(path, center_id)


@pytest.fixture(scope="module")
def dc(shared: Path) -> tuple[Delivered, Normalized]:
    return run(shared / "data" / "dc211" / "dc211_export.csv", "dc211")


@pytest.fixture(scope="module")
def miami(shared: Path) -> tuple[Delivered, Normalized]:
    return run(shared / "data" / "miami211", "miami211")


@pytest.fixture(scope="module")
def invented(shared: Path) -> tuple[Delivered, Normalized]:
    return run(shared / "data" / "formats" / "icarol_invented" / "icarol_169.csv", "test")


def notes_of(result: Normalized, note_kind: str) -> pl.DataFrame:
    return result.notes.filter(pl.col("note_kind") == note_kind)


def of(table: pl.DataFrame, native_id: str) -> dict:
    return table.filter(pl.col("native_id") == native_id).row(0, named=True)


def test_dc_counts(dc) -> None:
    """If this fails, the totals of every report on this center are wrong."""
    tables = dc[1].directory
    assert (tables.agency.height, tables.service.height) == (494, 1637)
    delivered_sites = tables.site.filter(pl.col("origin") == "delivered")
    assert delivered_sites.height == 1
    statuses = pl.concat([table["status"] for table in (tables.agency, tables.service, delivered_sites)])
    assert dict(statuses.value_counts().rows()) == {
        "active": 1750, "inactive": 361, "active_do_not_refer": 13, "unknown": 8,
    }  # fmt: skip
    assert notes_of(dc[1], "unknown_status").height == 8
    assert notes_of(dc[1], "parent_missing").is_empty()
    assert tables.service["agency_uid"].null_count() == 0
    assert tables.agency["parent_uid"].null_count() == 494


def test_dc_identity(dc) -> None:
    """If this fails, records of this center lose their history."""
    tables = dc[1].directory
    assert of(tables.agency, "371855")["record_uid"] == "b96c0eb7-209b-5d90-b459-deef5a4e1513"
    unnamed = of(tables.service, "373463")
    assert unnamed["record_uid"] == "58b54640-ef57-5a09-a386-a237aa172155"
    assert (unnamed["name"], unnamed["status"]) == (None, "inactive")


def test_dc_taxonomy(dc) -> None:
    """If this fails, terms are lost or counted twice."""
    links = dc[1].directory.taxonomy_link
    assert links.height == 4574
    code_count = links.height + links["target_code"].count() + int(links["joined_codes"].list.len().sum())
    assert code_count == 4618
    assert links.filter("is_repeated")["owner_uid"].n_unique() == 12


def test_dc_phones(dc) -> None:
    """If this fails, numbers are lost on the way, or broken ones are taken for good."""
    delivered, result = dc
    phones = result.directory.phone
    assert delivered.phone.filter(pl.col("number").str.strip_chars() != "").height == 5192
    # One cell holds two numbers.
    assert phones.height == 5193
    assert notes_of(result, "several_values").filter(pl.col("field") == "phone.number").height == 1
    # Cells written `211`, `311`, `711`, `911`, and six more in an empty mask: `(   ) 711-`.
    assert phones["short_code"].count() == 63
    assert phones.filter(pl.col("number_written").str.contains("^[0-9]{3}$"))["short_code"].count() == 57
    unread = phones.filter(pl.col("e164").is_null() & pl.col("short_code").is_null())
    assert unread.height == 11
    assert phones["e164"].drop_nulls().str.contains(r"^\+1[2-9][0-9]{2}[2-9][0-9]{6}$").all()


def test_dc_dates(dc) -> None:
    """If this fails, the share of records up to date of this center is wrong."""
    tables = dc[1].directory
    records = pl.concat([tables.agency, tables.service], how="diagonal")
    delivered = pl.concat([records, tables.site.filter(pl.col("origin") == "delivered")], how="diagonal")
    days = ("created_on", "edited_on", "verified_on", "inactive_on", "alert_from_on", "alert_to_on")
    for name in days:
        known = delivered[name].drop_nulls()
        assert known.is_empty() or (known.min() >= date(1990, 1, 1) and known.max() <= date(2055, 12, 31))
    assert notes_of(dc[1], "unreadable_date").is_empty()
    zero = delivered.filter(pl.col("created_on_written").str.starts_with("1899-12-30"))
    assert zero.height == 6
    assert zero["created_on"].null_count() == 6
    assert delivered["verified_on"].null_count() == 0
    assert (delivered["verified_on"].min(), delivered["verified_on"].max()) == (date(2000, 8, 6), date(2014, 4, 9))
    assert delivered["edited_on"].count() == 2037
    assert delivered["edited_on"].max() == date(2012, 7, 24)


def test_dc_flags(dc) -> None:
    """If this fails, 153 records that the center keeps off its website are published."""
    records = dc[1].directory.records("agency", "service")
    reasons = dict(records["withheld_reason"].value_counts().rows())
    # 153 flags say so; the one record excluded from the directory is excluded from the website too.
    assert reasons["excluded_from_website"] == 153
    assert reasons["flag_unclear"] == 1
    assert records.filter(pl.col("withheld_reason") == "excluded_from_website")["status"].to_list().count("active") == 1


def test_dc_text(dc) -> None:
    """If this fails, people read tags in the descriptions of this center."""
    tables = dc[1].directory
    descriptions = pl.concat([tables.agency["description"], tables.service["description"]]).drop_nulls()
    assert not descriptions.str.contains(r"</?(?:p|br|b|strong|span|font|a)\b").any()
    assert not descriptions.str.contains("&(?:nbsp|amp|lt|gt|quot);").any()
    # Eight more cells were cut inside their only tag.
    tags = notes_of(dc[1], "html_removed")["value_written"].str.contains("</?[a-zA-Z][^<>]*>")
    assert tags.sum() == 657


def test_dc_derived_sites(dc) -> None:
    """If this fails, services of this center cannot be found by place."""
    tables = dc[1].directory
    derived = tables.site.filter(pl.col("origin") == "derived")
    assert not derived["is_counted"].any()
    assert derived["address_key"].null_count() == 0
    links = tables.service_at_site
    assert links["service_uid"].n_unique() == links.height
    assert set(links["site_uid"]) <= set(tables.site["record_uid"])
    # 1,622 services have a street of their own; nearly all the others are found at their agency's.
    assert 1622 <= links.height <= 1637
    assert not links["is_counted"].any()


def test_dc_counties_lose_their_placeholder(dc) -> None:
    """If this fails, a county called -1 leads the report by county."""
    tables = dc[1].directory
    assert "-1" not in set(tables.address["county"].drop_nulls()) | set(tables.service["county"].drop_nulls())


def test_dc_does_not_depend_on_row_order(dc) -> None:
    """If this fails, the same export sorted otherwise looks like a changed directory."""
    delivered, result = dc
    shuffled = Delivered(
        **{
            name: value.sample(fraction=1, shuffle=True, seed=7)
            if name in ("record", "phone", "address", "contact", "taxonomy_link", "schedule")
            else value
            for name, value in vars(delivered).items()
        }
    )
    again = normalize_delivery(shuffled, parameters=NormalizeParameters())
    for name, table in result.directory.tables().items():
        assert table.equals(again.directory.tables()[name]), name
    assert result.notes.equals(again.notes)


def test_miami_counts(miami) -> None:
    """If this fails, rows of a partial HSDS package vanish, or agencies are invented for them."""
    _, result = miami
    tables = result.directory
    assert (tables.agency.height, tables.site.height, tables.service.height) == (1074, 4089, 4089)
    assert tables.site["agency_uid"].null_count() == 3015
    assert tables.service["agency_uid"].null_count() == 447
    missing = notes_of(result, "parent_missing").group_by("kind").len()
    assert dict(missing.rows()) == {"site": 3015, "service": 447}
    assert set(tables.service["status"]) == {"unknown"}
    assert set(tables.agency["status"]) == {"active"}


def test_miami_text(miami) -> None:
    r"""If this fails, people read the two characters `\n` inside descriptions."""
    tables = miami[1].directory
    assert tables.service["description_written"].str.contains("\\n", literal=True).sum() == 2212
    assert not tables.service["description"].str.contains("\\n", literal=True).any()
    assert tables.service["description"].str.contains("###").sum() == 982


def test_miami_hours(miami) -> None:
    """If this fails, opening hours of HSDS 1.1 packages are lost."""
    delivered, result = miami
    times = delivered.schedule.filter(
        pl.col("opens_at").str.contains(r"^[0-9]{1,2}:[0-9]{2}[ap]m$")
        & pl.col("closes_at").str.contains(r"^[0-9]{1,2}:[0-9]{2}[ap]m$")
        & (pl.col("opens_at") != pl.col("closes_at"))
    )
    kept = result.directory.schedule.select("source_file", "source_line").unique()
    assert times.join(kept, on=["source_file", "source_line"], how="anti").is_empty()


def test_invented_records(invented) -> None:
    """If this fails, a fault planted in the invented export is not seen."""
    _, result = invented
    tables = result.directory
    assert [table.height for table in (tables.agency, tables.site, tables.service, tables.service_at_site)] == [
        4,
        3,
        5,
        4,
    ]
    assert tables.agency["parent_uid"].null_count() == 4
    assert notes_of(result, "repeated_id_different").select("kind", "value_written").rows() == [("agency", "910004")]
    missing = notes_of(result, "parent_missing").select("kind", "field", "value_written").sort("kind").rows()
    assert missing == [("service", "agency_native_id", "919999"), ("service_at_site", "site_native_id", "919998")]
    links = dict(tables.service_at_site.select("native_id", "not_counted_reason").rows())
    assert links == {
        "910301": "edited_service_at_site", "910302": "link_only", "910303": "link_only", "910304": "link_only",
    }  # fmt: skip
    kept = of(tables.agency, "910004")
    assert (kept["description"], kept["verified_on"]) == ("Name with an en dash and an accent.", date(2026, 11, 30))
    assert kept["name_key"] == "maple crossing cafe and pantry"


def test_invented_values(invented) -> None:
    """If this fails, a value planted in the invented export is read wrongly."""
    tables = invented[1].directory
    main = of(tables.agency, "910001")
    assert main["description"] == "Family resource center.\n\nTwo sites."
    assert (main["aka"], main["url"]) == (["PHFC", "Prairie Harbor"], "https://www.example.org")
    assert (main["created_on"], main["inactive_on"], main["alert_from_on"]) == (date(2019, 9, 19), None, None)
    network = of(tables.agency, "910003")
    assert (network["status"], network["withheld_reason"]) == ("active_do_not_refer", "excluded_from_website")
    # Its own county cell says -1; its site is in Peoria.
    assert (network["county"], network["created_on"], network["verified_on"]) == ("Peoria", None, date(2026, 8, 4))
    phone = tables.phone.filter(pl.col("owner_uid") == network["record_uid"]).row(0, named=True)
    assert (phone["number_written"], phone["e164"]) == ("(217) 555- 0120", "+12175550120")
    shelter = of(tables.service, "910202")
    assert (shelter["alert"], shelter["alert_to_on"]) == ("Closed for repairs.", date(2026, 2, 1))
    links = tables.taxonomy_link.filter(pl.col("owner_uid") == shelter["record_uid"]).select("code", "target_code")
    assert links.rows() == [("BH-1800", "YJ-2050"), ("bh-1800", None)]
    hours = tables.schedule.filter(pl.col("owner_uid") == shelter["record_uid"])
    assert hours["weekday"].n_unique() == 7
    assert set(hours["opens_at"].cast(pl.String)) == {"00:00:00"}
    assert set(hours["closes_at"].cast(pl.String)) == {"23:59:00"}
    warehouse = of(tables.site, "910103")
    assert (warehouse["latitude"], warehouse["postal_code"]) == (None, "61602")
    mailing = tables.address.filter(
        (pl.col("owner_uid") == warehouse["record_uid"]) & (pl.col("address_kind") == "mailing")
    )
    assert mailing["postal_code"].to_list() == ["7930"]
    assert of(tables.service, "910204")["curator"] is None


def test_invented_privacy(invented) -> None:
    """If this fails, the private street, phone or director of the invented export would leave."""
    tables = invented[1].directory
    hidden = of(tables.site, "910102")
    assert hidden["is_address_private"] is True
    assert [of(tables.site, number)["is_address_private"] for number in ("910101", "910103")] == [False, False]
    phones = tables.phone.filter(pl.col("owner_uid") == hidden["record_uid"]).select("slot", "is_private").rows()
    assert dict(phones) == {"Phone1Number": True, "PhoneNumberHotline": False}
    assert tables.contact.select("role", "is_private").rows() == [("director", True)]
    office = of(tables.agency, "910001")["record_uid"]
    mailing = tables.address.filter((pl.col("owner_uid") == office) & (pl.col("address_kind") == "mailing"))
    assert mailing["is_private"].to_list() == [False]


@pytest.mark.parametrize(
    "name",
    ["icarol_169_utf8_bom_crlf.csv", "icarol_169_cp1252.csv", "icarol_169_utf16le_tab.txt", "icarol_169_cr_only.csv"],
)
def test_encodings_give_the_same_directory(shared: Path, invented, name: str) -> None:
    """If this fails, the same records look changed because somebody saved the file differently."""
    _, other = run(shared / "data" / "formats" / "icarol_invented" / name, "test")
    for table, rows in invented[1].directory.tables().items():
        expected = rows.drop("source_file", "source_line")
        assert expected.equals(other.directory.tables()[table].drop("source_file", "source_line")), table
