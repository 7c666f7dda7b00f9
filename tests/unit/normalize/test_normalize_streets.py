"""Street and unit as the USPS writes them: written on the left, expected on the right, worked by hand from Publication 28."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalize.streets import read_streets

CASES: list[tuple[str | None, str | None, str | None, str | None]] = [
    ("100 N. Main Street, Suite 5", None, "100 N Main St", "Ste 5"),
    ("100 NORTH MAIN STREET", None, "100 N Main St", None),
    ("100 north main street", None, "100 N Main St", None),
    ("100 North Main St", "#5", "100 N Main St", "# 5"),
    ("100 Main Street", "Second Floor", "100 Main St", "Second Fl"),
    ("100 Main Street", "Apartment 3b", "100 Main St", "Apt 3B"),
    ("100 Main Street", "Harbor Hall", "100 Main St", None),
    ("Harbor Hall", "100 Main Street", "100 Main St", None),
    ("Harbor Hall, Room 12", "100 Main Street", "100 Main St", "Rm 12"),
    ("c/o Pat Doe", "100 Main Street", "100 Main St", None),
    (None, "100 Main Street", "100 Main St", None),
    (None, None, None, None),
    ("100 Main Street", "100 Main Street", "100 Main St", None),
    ("P.O. BOX 12", None, "PO Box 12", None),
    ("Post Office Box 77", None, "PO Box 77", None),
    ("P O Box #12", None, "PO Box 12", None),
    ("POB 9", None, "PO Box 9", None),
    ("PO Drawer 5", None, "PO Box 5", None),
    ("po box 12-A", None, "PO Box 12-A", None),
    ("100 Main Street", "P.O. Box 12", "100 Main St", None),
    ("Rural Route 2 Box 18", None, "RR 2 Box 18", None),
    ("R.R. #2, Box 18", None, "RR 2 Box 18", None),
    ("HC 1 Box 4", None, "HC 1 Box 4", None),
    ("123 North Avenue", None, "123 North Ave", None),
    ("123 North Avenue West", None, "123 North Ave W", None),
    ("100 South Street", None, "100 South St", None),
    ("12 West", None, "12 West", None),
    ("450 East West Highway", None, "450 East West Hwy", None),
    ("1200 K Street N.W.", None, "1200 K St NW", None),
    ("1200 K St. North West", None, "1200 K St NW", None),
    ("1200 K St NW Suite 200-B", None, "1200 K St NW", "Ste 200-B"),
    ("100 Northeast 5TH Street", None, "100 NE 5th St", None),
    ("5TH AVENUE NORTH", "2nd floor", "5th Ave N", "2nd Fl"),
    ("100 Broadway North", None, "100 Broadway N", None),
    ("1 broadway", None, "1 Broadway", None),
    ("5 Center Street", None, "5 Center St", None),
    ("100 Lake Shore Drive", None, "100 Lake Shore Dr", None),
    ("100 Fort Hill Road", None, "100 Fort Hill Rd", None),
    ("12 Saint Charles Street", None, "12 Saint Charles St", None),
    ("12 St. Charles St.", None, "12 St Charles St", None),
    ("100 Dr. King Drive", None, "100 Dr King Dr", None),
    ("77 Avenue A", None, "77 Avenue A", None),
    ("100 Court", None, "100 Court", None),
    ("One Market Plaza", None, "One Market Plaza", None),
    ("County Road 4", None, "County Road 4", None),
    ("US Highway 50 East", None, "US Highway 50 East", None),
    ("STATE ROUTE 5", None, "State Route 5", None),
    ("12-34 56TH STREET", None, "12-34 56th St", None),
    ("123 1/2 North Main St", None, "123 1/2 N Main St", None),
    ("W123 N456 Maple Road", None, "W123 N456 Maple Rd", None),
    ("100 12 Mile Road", None, "100 12 Mile Rd", None),
    ("12, Main Street", None, "12 Main St", None),
    ("100 Main Street, Springfield, IL 62701", None, "100 Main St", None),
    ("100 Main St (rear of building)", None, "100 Main St", None),
    ("100 Main St Rear", None, "100 Main St", "Rear"),
    ("100 Main St, Lower Level", None, "100 Main St", "Lower Level"),
    ("100 Main St., Bldg. 4, Ste. 200", None, "100 Main St", "Bldg 4 Ste 200"),
    ("400 Main St - Suite # 5", None, "400 Main St", "Ste 5"),
    ("100 Main St. Unit B", None, "100 Main St", "Unit B"),
    ("100 Main St Room 12 B", None, "100 Main St", "Rm 12 B"),
    ("100 Main St Fl 2", None, "100 Main St", "Fl 2"),
    ("Suite 5", None, None, "Ste 5"),
    ("200 Ste. Genevieve Street", None, "200 Ste Genevieve St", None),
    ("Miami FL 33101", None, "Miami FL 33101", None),
    ("Corner of Main, and Oak", None, "Corner of Main, and Oak", None),
    ("North Community Center", None, "North Community Center", None),
    ("100 O'NEIL AVE", None, "100 O'Neil Ave", None),
    ("100 MLK BLVD", None, "100 MLK Blvd", None),
    ("100 McDonald Boulevard", None, "100 McDonald Blvd", None),
]


@pytest.mark.parametrize(("line1", "line2", "street", "unit"), CASES)
def test_addresses_are_written_as_the_post_office_does(
    line1: str | None, line2: str | None, street: str | None, unit: str | None
) -> None:
    """If this fails, mail is sent to a street nobody named, or suites are lost."""
    lines = (pl.Series([line1], dtype=pl.String), pl.Series([line2], dtype=pl.String))
    assert read_streets(*lines).row(0) == (street, unit)


def test_a_column_gives_the_same_as_its_cells() -> None:
    """If this fails, an address depends on its neighbors in the export."""
    line1, line2, street, unit = zip(*CASES, strict=True)
    found = read_streets(pl.Series(line1, dtype=pl.String), pl.Series(line2, dtype=pl.String))
    assert found.rows() == list(zip(street, unit, strict=True))
