"""Every row of a delivery is accounted for: kept, left out with its reason, or not a record."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from flows.night_rows import explain_rows
from pipeline.ingest.read import read_export
from pipeline.normalize.directory import normalize_delivery
from pipeline.publish.night_json import night_json
from schemas.parameters import NormalizeParameters
from tests.nights import MOMENT, night

HEADER = (
    "ResourceAgencyNum", "PublicName", "TaxonomyLevelName", "ParentAgencyNum", "AgencyStatus", "LastVerifiedOn", "UpdatedOn",
)  # fmt: skip


def agency(number: str, name: str) -> list[str]:
    return [number, name, "Agency", "0", "Active", "8/4/26 0:00", ""]


def write(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def explained(path: Path):
    delivered = read_export(path, center_id="east")
    normalized = normalize_delivery(delivered, parameters=NormalizeParameters())
    rows = explain_rows(delivered, left_out=normalized.left_out)
    blank = sum(file.rows_blank for file in delivered.files)
    assert sum(rows.counts.values()) == delivered.rows_read + delivered.rows_rejected + blank
    assert all(count >= 0 for count in rows.counts.values())
    records = normalized.directory.records()
    assert records.filter(records["origin"] == "delivered").height >= rows.counts["records"]
    return rows


def test_repeated_rows_are_counted_and_told(tmp_path: Path):
    """Six hundred doubled rows would vanish, and nobody could say why the totals differ."""
    rows = explained(
        write(
            tmp_path / "export.csv",
            agency("1", "Harbor Center"),
            *[agency("1", "Harbor Center")] * 600,
            agency("2", "Oak House"),
            agency("2", "Elm House"),
            [],
            ["", "", "", "", "", "", ""],
            ["3", "too few cells"],
        )
    )
    assert rows.counts == {
        "records": 2, "repeated_same": 600, "repeated_different": 1, "translations": 0, "no_record": 0,
        "other_tables": 0, "rejected": 1, "blank": 2,
    }  # fmt: skip
    different, same = rows.notices
    assert same.startswith("export.csv: rows that repeat an earlier agency record")
    assert "say the same: 600; one of each is kept" in same
    assert "say something else: 1; the first row of each number is kept" in different
    assert "ID-008" in different


def test_clean_export_has_no_notice(tmp_path: Path):
    """Words about nothing hide those that matter."""
    assert explained(write(tmp_path / "export.csv", agency("1", "Harbor Center"))).notices == ()


@pytest.mark.parametrize(
    "export", ["riverbend211", "prairie211/2026-11-19/resources.csv", "prairie211/2026-11-20/resources.csv"]
)
def test_sample_data_is_explained_to_the_row(sample_data: Path, export: str):
    """The sum is checked in `explained`; rows without a record would be a hole in the layout."""
    rows = explained(sample_data / export)
    assert rows.counts["no_record"] == 0
    assert rows.counts["records"] > 1000


@pytest.mark.real_data
@pytest.mark.parametrize("export", ["dc211/dc211_export.csv", "formats/icarol_invented"])
def test_real_exports_are_explained_to_the_row(shared: Path, export: str):
    """The same with rows nobody invented for the purpose."""
    path = shared / "data" / export
    # The one whose name says drift lacks a required column and is refused.
    for one in [file for file in sorted(path.glob("icarol*")) if "drift" not in file.name] if path.is_dir() else [path]:
        assert explained(one).counts["records"] > 0


def test_night_tells_it_in_notices_and_json(tmp_path: Path):
    """Whoever reads the answer by program must be able to add up."""
    export = write(tmp_path / "export.csv", *[agency("1", "Harbor Center")] * 3)
    facts = night(tmp_path / "workspace", ("east", export), as_of=MOMENT.date())
    center = night_json(facts)["centers"][0]
    assert center["rows_explained"]["repeated_same"] == 2
    assert sum(center["rows_explained"].values()) == center["rows_read"] == 3
    assert any("say the same: 2" in notice for notice in facts.centers[0].notices)
