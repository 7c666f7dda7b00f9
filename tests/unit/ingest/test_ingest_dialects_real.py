"""Every fixture of the two families, and of formats given by mistake: what must come out of each, in words."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from schemas.delivered import Delivered
from schemas.errors import InputError
from schemas.parameters import NormalizeParameters
from tests.real_exports import normalize_once, read_once

pytestmark = pytest.mark.real_data

ONE_OF_EACH = {"agency": 1, "service": 1, "service_at_site": 1, "site": 1}
ICAROL = {"agency": 5, "service": 5, "service_at_site": 4, "site": 3}
SAMPLE = {"agency": 10, "service": 13, "service_at_site": 13, "site": 10}


def counts(export: Delivered) -> dict[str, int]:
    return dict(sorted(export.record["kind"].value_counts().iter_rows()))


@pytest.mark.parametrize(
    ("place", "version", "kinds", "rejected", "expectation"),
    [
        ("icarol_invented/icarol_169.csv", "", ICAROL, 0, "the reference table is read whole"),
        ("icarol_invented/icarol_169_utf8_bom_crlf.csv", "", ICAROL, 0, "a byte order mark and CRLF change nothing"),
        ("icarol_invented/icarol_169_cp1252.csv", "", ICAROL, 0, "Windows-1252 changes nothing"),
        ("icarol_invented/icarol_169_utf16le_tab.txt", "", ICAROL, 0, "UTF-16 with tabs changes nothing"),
        ("icarol_invented/icarol_169_cr_only.csv", "", ICAROL, 0, "CR as line end changes nothing"),
        ("icarol_invented/icarol_169_stray_quote.csv", "", ICAROL, 0, "an inch mark without quotes changes nothing"),
        (
            "icarol_invented/icarol_169_truncated.csv",
            "",
            {**ICAROL, "agency": 4},
            1,
            "16 rows are read and the cut one is rejected",
        ),
        ("hsds_minimal_valid/3.0", "3.0", ONE_OF_EACH, 0, "the valid package of 3.0 is read whole"),
        ("hsds_minimal_valid/3.1", "3.1", ONE_OF_EACH, 0, "the valid package of 3.1 is read whole"),
        ("hsds31_tabular_repaired", "3.1", ONE_OF_EACH, 0, "broken references are findings, not errors of reading"),
        (
            "hsds_uk_profile/examples/csv",
            "3.0",
            ONE_OF_EACH,
            0,
            "a profile is read; blank rows are skipped and counted",
        ),
        ("hsds11_sample/all_resources", "1.x", SAMPLE, 0, "faults of the descriptor do not matter"),
        ("hsds11_sample/simple", "1.x", SAMPLE, 0, "six tables are enough"),
        (
            "hsds_transformer/base_transformer/expected",
            "1.x",
            {"agency": 5, "service": 19, "service_at_site": 19, "site": 19},
            0,
            "tables without ids are read, and the rows told apart",
        ),
        (
            "servicenet/healthleads/bad_matches",
            "1.x",
            {"agency": 3, "service": 6, "service_at_site": 7, "site": 3},
            0,
            "HSDS with columns of its own is read",
        ),
    ],
)
def test_fixture_is_read(
    shared: Path, place: str, version: str, kinds: dict[str, int], rejected: int, expectation: str
):
    """A center with such an export could not be served."""
    export = read_export(shared / "data" / "formats" / place, center_id="test")
    assert (counts(export), export.format_version, export.rows_rejected) == (kinds, version, rejected), expectation
    # What is read must also become tables.
    normalize_delivery(export, parameters=NormalizeParameters())


@pytest.mark.parametrize(
    ("place", "words", "expectation"),
    [
        (
            "icarol_invented/icarol_169_drift.csv",
            "LastVerifiedOn (nearest name in the header: 'Last Verified On')",
            "a renamed required column stops, with the new name offered",
        ),
        ("hsds_validator_package", "has no file services.csv", "three tables without services are no directory"),
        (
            "hsds_transformer/base_transformer/input",
            "that HSDS needs: id",
            "tables of another kind need a mapping file",
        ),
        ("ohana/sample_csv", "Ohana API, not HSDS", "Ohana is told from HSDS"),
        ("ohana/fixtures", "has no file organizations.csv", "single tables are no package"),
        ("servicenet/smcconnect/bad_matches", "Ohana API, not HSDS", "Ohana is told from HSDS"),
        ("servicenet/icarol", "the older iCarol Resource API", "the older iCarol API is not a table"),
        (
            "servicenet/anonymous/AnonymousData.csv",
            "has no known layout",
            "a list of its own kind needs a mapping file",
        ),
        ("servicenet", "several packages", "one of two packages is never chosen by chance"),
        ("hsds11_sample", "several packages", "one of two packages is never chosen by chance"),
        ("oruk_validator", "JSON in several folders", "one of four folders is never chosen by chance"),
        ("ndp_invented/organization_bundle.json", "National Data Platform", "a bundle of the data platform is named"),
        ("bc211_icarol_airs30/LICENSE.txt", "has no known layout", "a licence is no export"),
    ],
)
def test_fixture_is_refused_in_words(shared: Path, place: str, words: str, expectation: str):
    """Somebody who gave the wrong file would not learn what it was and what to give instead."""
    with pytest.raises(InputError) as caught:
        read_export(shared / "data" / "formats" / place, center_id="test")
    assert words in caught.value.message, expectation
    assert caught.value.exit_code == 3
    assert caught.value.advice


def test_profile_reads_the_files_that_its_descriptor_names(shared: Path):
    """Addresses would be taken from the file that is not part of the package."""
    export = read_export(shared / "data" / "formats" / "hsds_uk_profile" / "examples" / "csv", center_id="test")
    names = {file.name for file in export.files}
    assert {"address.csv", "attribute.csv", "schedule.csv", "taxonomies.csv"} <= names
    assert not {"addresses.csv", "schedules.csv"} & names
    assert sum(file.rows_blank for file in export.files if file.name in names) >= 34


def test_servicenet_sets_are_read_or_refused_without_a_crash(shared: Path):
    """A vendor's answer would end the night with a traceback."""
    for path in sorted((shared / "data" / "formats" / "servicenet").rglob("*")):
        if path.suffix in (".json", ".csv"):
            with contextlib.suppress(InputError):
                read_export(path, center_id="test")


_MAPPING = """
name = "legal-aid"
title = "the legal aid portal"

[[files]]
names = ["organizations.csv"]
required = true

[[files.records]]
kind = "agency"

[files.records.cells]
native_id = "Organization ID"
name = "Title"
aka = "Alternate name"
description = "Body"
email = "Email"
url = "Website address"

[[files.phones]]
slot = "Phone number"
cells = { number = "Phone number" }

[[files.addresses]]
slot = "Mailing address"
cells.address_kind = { constant = "mailing" }
cells.line1 = "Mailing address"
cells.city = "Mailing address city"
cells.state = "Mailing address state"
cells.postal_code = "Mailing address zip"

[[files]]
names = ["locations.csv"]

[[files.records]]
kind = "site"
cells = { native_id = "Location_id", name = "Field 2", agency_native_id = "Organization ID" }

[[files.phones]]
slot = "Phone number"
cells = { number = "Phone number" }

[[files.schedules]]
slot = "Hours of operation"
cells.weekday = "Hours of operation day"
cells.opens_at = "Hours of operation open"
cells.closes_at = "Hours of operation close"

[[files]]
names = ["services.csv"]
required = true

[[files.records]]
kind = "service"

[files.records.cells]
native_id = "Services-ID"
agency_native_id = "Organization ID"
name = "Title"
description = "Service type"
fees = "Income eligibility and fees"
eligibility = "Income standard for eligibility"
url = "Website address"

[files.records.cells.intake]
columns = [
  "Application process",
  "Process for applying by email",
  "Process for applying by phone",
  "Process for applying online",
  "Process for walk-ins",
]
take = "join"

[[files.records]]
kind = "service_at_site"
cells = { native_id = "Services-ID", service_native_id = "Services-ID", site_native_id = "Location ID" }

[[files.phones]]
of = "service"
slot = "Phone number"
cells = { number = "Phone number" }
"""


def test_arbitrary_tables_are_read_with_a_mapping_file(shared: Path, tmp_path: Path):
    """A center with its own tables could not be served, or its walk-in hours be glued to the telephone."""
    folder = shared / "data" / "formats" / "hsds_transformer" / "base_transformer" / "input"
    mapping = tmp_path / "legal.toml"
    mapping.write_text(_MAPPING, encoding="utf-8")
    export = read_export(folder, center_id="legal", format_name=str(mapping))
    assert counts(export) == {"agency": 5, "service": 19, "service_at_site": 19, "site": 19}
    assert dict(sorted(export.phone["owner_kind"].value_counts().iter_rows())) == {
        "agency": 5,
        "service": 19,
        "site": 19,
    }
    assert (export.schedule.height, export.address.height) == (19, 5)
    assert export.record.filter(pl.col("kind") == "agency")["aka"].str.strip_chars().ne("").sum() > 0
    intake = export.record["intake"].drop_nulls()
    assert intake.str.contains("Telephone").any()
    assert not intake.str.contains("Walk-inAll").any()
    found = normalize_delivery(export, parameters=NormalizeParameters()).directory
    for table in (found.phone, found.schedule, found.service_at_site, found.address):
        assert table["record_uid"].null_count() == 0
        assert table["record_uid"].is_unique().all()
    assert found.service_at_site["service_uid"].null_count() == 0


def test_mapping_column_that_the_file_spells_otherwise_is_reported(shared: Path, tmp_path: Path):
    """No alternate name would arrive, and nobody be told."""
    folder = shared / "data" / "formats" / "hsds_transformer" / "base_transformer" / "input"
    mapping = tmp_path / "legal.toml"
    mapping.write_text(_MAPPING.replace("Alternate name", "Alternative name"), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape("Alternative name (nearest name in the header: 'Alternate name')")):
        read_export(folder, center_id="legal", format_name=str(mapping))


def test_dc211_days_lie_where_they_can(shared: Path):
    """A two-digit year read in the wrong century would make a record verified in 1911 or 2112."""
    found = normalize_once(shared / "data" / "dc211" / "dc211_export.csv", "dc211")
    for table in (found.directory.agency, found.directory.service):
        for name in ("created_on", "edited_on", "verified_on", "alert_from_on", "alert_to_on"):
            days = table[name].drop_nulls()
            assert days.dt.year().is_between(1990, 2055).all(), name
    entered = found.notes.filter((pl.col("field") == "created_on") & (pl.col("note_kind") == "placeholder_date"))
    assert entered.height == 6


def test_miami211_habits_are_seen(shared: Path):
    """Blank ids, an unknown verification and written line breaks of a large package would be read as something else."""
    export = read_once(shared / "data" / "miami211", "miami211")
    assert not any(name.endswith(".verified_on") for name in export.carried)
    descriptions = export.record.filter(pl.col("kind") == "service")["description"]
    assert descriptions.str.contains("\\n", literal=True).sum() == 2212
    services = normalize_once(shared / "data" / "miami211", "miami211").directory.service
    assert services["description"].str.contains("\\n", literal=True).sum() == 0
    assert services["verified_on"].null_count() == 4089
