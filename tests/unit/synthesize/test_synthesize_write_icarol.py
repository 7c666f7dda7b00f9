"""The iCarol file."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from pipeline.synthesize.directory import invent_directory
from pipeline.synthesize.records import Address, InventedDirectory, Phone, Record
from pipeline.synthesize.write_icarol import ICAROL_COLUMNS, write_icarol
from schemas.enumerations import RecordKind


def written(directory: InventedDirectory, folder: Path) -> list[dict[str, str]]:
    path = folder / "resources.csv"
    write_icarol(directory, path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def one_agency(**changes: object) -> InventedDirectory:
    agency = Record(
        kind=RecordKind.AGENCY,
        native_id="7",
        name="Amber Pantry",
        created_on=date(2020, 2, 3),
        edited_on=date(2026, 6, 9),
        verified_on=date(2026, 8, 4),
        **changes,  # type: ignore[arg-type]
    )
    return InventedDirectory(
        center_id="t", as_of=date(2026, 11, 20), records=(agency,), terms={"AB-1100.1500": "Groceries"}
    )


def test_columns_are_the_vendors() -> None:
    """A reader finds columns by name; one missing or misspelled column would make the sample unreadable."""
    assert len(ICAROL_COLUMNS) == len(set(ICAROL_COLUMNS)) == 169
    assert ICAROL_COLUMNS[0] == "ResourceAgencyNum"
    assert ICAROL_COLUMNS[56] == "Phone5name"
    assert ICAROL_COLUMNS[143] == "LastVerifiedOn"
    assert ICAROL_COLUMNS[-1] == "Hours"


def test_vendor_habits(tmp_path: Path) -> None:
    """Without the vendor's habits the sample would not show that real files can be read."""
    directory = one_agency(
        physical=Address("9 Aster Street", city="Peoria", county="Peoria", postal_code="61602", is_private=True),
        phones=(Phone("phone5", "309-555-0001", label="Desk", type="Voice", is_private=True),),
        spans="MO,TU 08:00-16:00",
        counties=("Peoria",),
        links=("AB-1100.1500",),
    )
    (row,) = written(directory, tmp_path)
    assert row["LastVerifiedOn"] == "2026-08-04 0:00:00"
    assert row["MadeInactiveOn"] == "1900-01-01 0:00:00"
    assert row["ParentAgencyNum"] == "7"
    assert (row["PhysicalAddressIsPrivate"], row["MailingAddressIsPrivate"]) == ("Yes", "No")
    assert (row["Phone5name"], row["Phone5IsPrivate"], row["Phone1IsPrivate"]) == ("Desk", "TRUE", "FALSE")
    assert row["Hours"] == "Mon 08:00 - 16:00; Tue 08:00 - 16:00; "
    assert row["Coverage"] == "IL - Peoria County; "
    assert (row["TaxonomyCodes"], row["TaxonomyTerm"]) == ("AB-1100.1500", "Groceries;")


def test_link_rows_are_bare(tmp_path: Path) -> None:
    """Link rows must not look like records, or they would be counted."""
    directory = invent_directory(agencies=20, seed="t", center_id="t", as_of=date(2026, 11, 20))
    links = [row for row in written(directory, tmp_path) if row["IsLinkOnly"] == "TRUE"]
    assert links
    for row in links:
        assert row["ConnectsToSiteNum"]
        assert row["ConnectsToProgramNum"]
        assert not row["LastVerifiedOn"]
        assert not row["PhysicalAddressIsPrivate"]


def test_line_ends_are_the_same_everywhere(tmp_path: Path) -> None:
    """A file written on Windows would differ from the same file written elsewhere."""
    path = tmp_path / "resources.csv"
    write_icarol(one_agency(), path)
    assert b"\r" not in path.read_bytes()
