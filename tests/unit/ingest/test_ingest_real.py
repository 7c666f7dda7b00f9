"""Ingest on real exports and on the fixtures of encodings, against counts known beforehand."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from schemas.delivered import SOURCE_COLUMNS, Delivered
from schemas.errors import InputError
from tests.real_exports import read_once

pytestmark = pytest.mark.real_data
TABLES = ("record", "phone", "address", "contact", "taxonomy_link", "schedule")


def kinds(export: Delivered) -> dict[str, int]:
    return dict(export.record["kind"].value_counts().iter_rows())


def same_tables(one: Delivered, other: Delivered) -> None:
    for name in TABLES:
        assert getattr(one, name).drop(SOURCE_COLUMNS).equals(getattr(other, name).drop(SOURCE_COLUMNS)), name


@pytest.fixture(scope="module")
def dc211(shared: Path) -> Delivered:
    return read_once(shared / "data" / "dc211" / "dc211_export.csv", "dc211")


@pytest.fixture(scope="module")
def miami211(shared: Path) -> Delivered:
    return read_once(shared / "data" / "miami211", "miami211")


def test_dc211_counts(dc211: Delivered):
    """A real center's directory would be read with records, phones or links missing."""
    assert (dc211.format_name, dc211.rows_read, dc211.rows_rejected) == ("icarol", 2132, 0)
    assert kinds(dc211) == {"agency": 494, "service": 1637, "site": 1}
    assert dc211.phone.height == 5192
    assert dc211.taxonomy_link.height == 1517
    assert dc211.schedule.height == 119
    links = dc211.taxonomy_link["codes"].str.split(";").explode().str.strip_chars()
    assert links.filter(links != "").len() == 4574


def test_dc211_agrees_with_a_plain_reading_of_the_file(dc211: Delivered, shared: Path):
    """A cell would land in the wrong field of the wrong record."""
    path = shared / "data" / "dc211" / "dc211_export.csv"
    with path.open(encoding="utf-8", newline="") as file:
        plain = {row["ResourceAgencyNum"]: row for row in csv.DictReader(file)}
    pairs = {
        "name": "PublicName",
        "verified_on": "LastVerifiedOn",
        "edited_on": "UpdatedOn",
        "status": "AgencyStatus",
        "description": "AgencyDescription",
        "url": "WebsiteAddress",
        "exclude_from_website": "ExcludeFromWebsite",
        "area_served_units": "Coverage",
    }
    for record in dc211.record.iter_rows(named=True):
        for ours, theirs in pairs.items():
            assert record[ours] == plain[record["native_id"]][theirs]
    # 265 rows have a label there and 185 of them the usual one; four of the labels stand without a number.
    labels = dc211.phone.filter(pl.col("slot") == "Phone5Number")["label"].str.strip_chars()
    assert (len(labels), (labels == "TTY/TDD Number").sum()) == (261, 184)
    assert sum(bool(row["Phone5Description"].strip()) for row in plain.values()) == 265


def test_dc211_carries_no_privacy_flag(dc211: Delivered):
    """A missing flag would be read as a public address."""
    assert not any(name.endswith("is_private") for name in dc211.carried)
    assert "agency.verified_on" in dc211.carried


def test_dc211_shuffled_and_with_moved_columns_gives_the_same_tables(dc211: Delivered, shared: Path, tmp_path: Path):
    """The same export written in another order would look like a changed directory."""
    path = shared / "data" / "dc211" / "dc211_export.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    order = sorted(range(len(header)), key=lambda place: header[place][::-1])
    rows.sort(key=lambda row: row[1][::-1])
    moved = tmp_path / "moved.csv"
    with moved.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([row[place] for place in order] for row in [header, *rows])
    same_tables(dc211, read_export(moved, center_id="dc211"))


def raw_cells(export: Delivered) -> list[list[str]]:
    """Rows may be quoted and separated otherwise; what they say is the same."""
    separator = export.files[0].separator
    return [next(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) for text in export.raw_row["text"]]


@pytest.mark.parametrize(
    ("name", "encoding", "newline", "separator"),
    [
        ("icarol_169_utf8_bom_crlf.csv", "utf-8-sig", "CRLF", ","),
        ("icarol_169_cp1252.csv", "cp1252", "CRLF", ","),
        ("icarol_169_utf16le_tab.txt", "utf-16", "CRLF", "\t"),
        ("icarol_169_cr_only.csv", "utf-8", "CR", ","),
        ("icarol_169_stray_quote.csv", "utf-8", "LF", ","),
    ],
)
def test_five_ways_of_writing_give_the_same_rows(shared: Path, name: str, encoding: str, newline: str, separator: str):
    """A center that changes its export settings would get another directory."""
    folder = shared / "data" / "formats" / "icarol_invented"
    reference = read_export(folder / "icarol_169.csv", center_id="test")
    export = read_export(folder / name, center_id="test")
    assert (reference.rows_read, export.rows_read, export.rows_rejected) == (17, 17, 0)
    assert kinds(reference) == {"agency": 5, "site": 3, "service": 5, "service_at_site": 4}
    same_tables(reference, export)
    assert raw_cells(reference) == raw_cells(export)
    assert (export.files[0].encoding, export.files[0].newline, export.files[0].separator) == (
        encoding,
        newline,
        separator,
    )


def test_drift_stops_and_truncation_rejects_one_row(shared: Path):
    """A renamed verification column would make the whole directory overdue; a cut file would pass as whole."""
    folder = shared / "data" / "formats" / "icarol_invented"
    with pytest.raises(InputError, match=r"LastVerifiedOn.*'Last Verified On'") as caught:
        read_export(folder / "icarol_169_drift.csv", center_id="test")
    assert caught.value.exit_code == 3
    cut = read_export(folder / "icarol_169_truncated.csv", center_id="test")
    assert (cut.rows_read, cut.rows_rejected) == (16, 1)
    assert cut.raw_reject["reason"].to_list() == ["the row has 39 cells, the header has 169"]
    assert cut.raw_reject["source_line"].to_list() == [18]


def test_invented_export_carries_its_flags(shared: Path):
    """Privacy flags of a full export would be thought absent."""
    export = read_export(shared / "data" / "formats" / "icarol_invented" / "icarol_169.csv", center_id="test")
    assert {"phone.is_private", "address.is_private", "contact.is_private"} <= export.carried
    private = export.address.filter(pl.col("is_private") == "Yes")
    assert private.select("owner_native_id", "line1").rows() == [("910102", "7 Hidden Ln")]
    assert export.notices == ()


def test_miami211_counts(miami211: Delivered):
    """A real HSDS package would be read with tables missing."""
    assert (miami211.format_name, miami211.format_version, miami211.rows_rejected) == ("hsds", "1.x", 0)
    assert kinds(miami211) == {"agency": 1074, "service": 4089, "site": 4089, "service_at_site": 4089}
    assert miami211.phone.height == 4067
    assert miami211.taxonomy_link.height == 26_259
    assert miami211.schedule.height == 11_350
    assert len(miami211.files) == 13
    assert not any(name.endswith(("verified_on", "edited_on")) for name in miami211.carried)


def test_miami211_links_carry_codes_and_belong_to_services(miami211: Delivered):
    """Services would lose their classification."""
    links = miami211.taxonomy_link
    assert links["owner_kind"].unique().to_list() == ["service"]
    assert links["codes"].str.contains(r"^[A-Z]").all()
    assert miami211.record.filter(pl.col("kind") == "service_at_site")["link_only"].unique().to_list() == ["true"]


def test_miami211_keeps_rows_whose_organization_is_missing(miami211: Delivered):
    """Three quarters of the places would vanish."""
    known = set(miami211.record.filter(pl.col("kind") == "agency")["native_id"])
    for kind, count in (("site", 3015), ("service", 447)):
        owners = miami211.record.filter(pl.col("kind") == kind)["agency_native_id"]
        assert (~owners.is_in(list(known))).sum() == count


@pytest.mark.parametrize(
    ("package", "version", "counts"),
    [
        ("hsds11_sample/all_resources", "1.x", {"agency": 10, "service": 13, "site": 10, "service_at_site": 13}),
        ("hsds11_sample/simple", "1.x", {"agency": 10, "service": 13, "site": 10, "service_at_site": 13}),
        ("hsds_minimal_valid/3.0", "3.0", {"agency": 1, "service": 1, "site": 1, "service_at_site": 1}),
        ("hsds_minimal_valid/3.1", "3.1", {"agency": 1, "service": 1, "site": 1, "service_at_site": 1}),
        ("hsds31_tabular_repaired", "3.1", {"agency": 1, "service": 1, "site": 1, "service_at_site": 1}),
    ],
)
def test_packages_are_read_from_folder_archive_and_descriptor(
    shared: Path, tmp_path: Path, package: str, version: str, counts: dict[str, int]
):
    """A package would be read in one form and refused in another."""
    folder = shared / "data" / "formats" / package
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in folder.iterdir():
            packed.write(file, f"inner/{file.name}")
    export = read_export(folder, center_id="test")
    assert export.format_version == version
    assert kinds(export) == counts
    for other in (read_export(archive, center_id="test"), read_export(folder / "datapackage.json", center_id="test")):
        same_tables(export, other)
        assert export.raw_row.equals(other.raw_row)
        assert export.input_sha256 == other.input_sha256


def test_minimal_package_arrives_whole(shared: Path):
    """Eligibility, documents, areas or codes of a valid package would be lost."""
    export = read_export(shared / "data" / "formats" / "hsds_minimal_valid" / "3.0", center_id="test")
    service = export.record.filter(pl.col("kind") == "service").row(0, named=True)
    assert service["verified_on"] == "2026-08-04"
    assert service["edited_on"] == "2026-06-09T19:29:58.000Z"
    assert service["area_served_units"] == "Sangamon County, IL"
    assert (service["documents"], service["languages"], service["fees"]) == ("None required.", "English", "Free")
    assert sorted(export.taxonomy_link["codes"]) == ["PH-6100", "YZ-0001"]
    assert export.record.filter(pl.col("kind") == "agency")["ein"].to_list() == ["36-0000001"]
    assert export.notices == ()


def test_other_formats_are_refused_by_name(shared: Path):
    """An Ohana export would be read as something it is not."""
    formats = shared / "data" / "formats"
    with pytest.raises(InputError, match="Ohana"):
        read_export(formats / "ohana" / "sample_csv", center_id="test")
    with pytest.raises(InputError, match="several packages"):
        read_export(formats / "hsds11_sample", center_id="test")
