"""The order of rows and columns in an export decides nothing."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.read import read_export
from schemas.delivered import SOURCE_COLUMNS, Delivered

HEADER = (
    "ResourceAgencyNum",
    "PublicName",
    "TaxonomyLevelName",
    "ParentAgencyNum",
    "AgencyStatus",
    "UpdatedOn",
    "LastVerifiedOn",
    "Phone1Number",
    "PhysicalAddress1",
    "Own_Column",
)
ROWS = [
    (str(number), f'The "{number}" Ark, Inc.', kind, "1", "Active", "", "8/4/26", phone, f"{number} Main\nSuite 2", "x")
    for number, kind, phone in [
        (1, "Agency", "555-0101"),
        (2, "Site", ""),
        (3, "Program", "555-0102"),
        (4, "Program", ""),
    ]
]


def read(rows: list[tuple[str, ...]], columns: list[int]) -> Delivered:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([row[place] for place in columns] for row in [HEADER, *rows])
        return read_export(path, center_id="test")


@given(rows=st.permutations(ROWS), columns=st.permutations(range(len(HEADER))))
@settings(max_examples=25, deadline=None)
def test_shuffled_rows_and_columns_give_the_same_frames(rows: list[tuple[str, ...]], columns: list[int]):
    """The same export written in another order would look like a changed directory."""
    usual, other = read(ROWS, list(range(len(HEADER)))), read(rows, columns)
    for table in ("record", "phone", "address", "contact", "taxonomy_link", "schedule"):
        assert getattr(usual, table).drop(SOURCE_COLUMNS).equals(getattr(other, table).drop(SOURCE_COLUMNS)), table
    assert (usual.carried, usual.rows_read, usual.rows_rejected) == (other.carried, 4, 0)
