"""Findings as a file for people."""

from __future__ import annotations

import csv
import json
from datetime import date

import openpyxl
import polars as pl
import pytest

from pipeline.publish.findings_file import write_findings
from schemas.errors import StorageError, UsageError


@pytest.fixture
def listed(finding):
    """Three findings, the lightest first, one with a formula in its value."""
    return pl.concat(
        [
            finding("agency", "1", severity="info", rule_id="STY-032", record_name="Ünïted", finding_id="c" * 16),
            finding("site", "007", severity="error", value="=HYPERLINK(1)", record_name="Annex", finding_id="a" * 16),
            finding("site", "8", severity="warning", value="+1 217 555 0100", finding_id="b" * 16),
        ]
    )


def test_csv_is_worst_first_and_never_a_formula(listed, tmp_path):
    """A spreadsheet would run what somebody typed into a record."""
    assert write_findings(listed, tmp_path / "f.csv") == 3
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Severity"] for row in rows] == ["error", "warning", "info"]
    assert [row["Found"] for row in rows] == ["'=HYPERLINK(1)", "'+1 217 555 0100", ""]
    assert [row["Record"] for row in rows] == ["007", "8", "1"]
    assert rows[2]["Name"] == "Ünïted"
    assert {row["Held back"] for row in rows} == {"yes"}


def test_xlsx_holds_text_as_text(listed, tmp_path):
    """Record 007 would become 7, and a value would become a formula."""
    write_findings(listed, tmp_path / "f.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    head = [cell.value for cell in sheet[1]]
    first = dict(zip(head, sheet[2], strict=True))
    assert first["Record"].value == "007"
    assert (first["Found"].value, first["Found"].data_type) == ("=HYPERLINK(1)", "s")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_json_holds_values_as_they_are(listed, tmp_path):
    """A program would get an apostrophe that nobody typed."""
    write_findings(listed, tmp_path / "f.json")
    rows = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert rows[0]["value"] == "=HYPERLINK(1)"
    assert rows[0]["is_held_back"] is True


def test_age_is_counted_from_the_first_night(listed, tmp_path):
    """Old findings could not be told from new ones."""
    tracked = listed.with_columns(pl.lit("open").alias("status"), pl.lit(date(2026, 11, 2)).alias("first_seen_on"))
    write_findings(tracked, tmp_path / "f.json", as_of=date(2026, 11, 20))
    rows = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert rows[0]["age_days"] == 18
    assert rows[0]["first_seen_on"] == "2026-11-02"


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json"])
def test_no_findings_give_a_file_with_its_head(listed, tmp_path, ending):
    """A clean night would leave yesterday's list lying there."""
    assert write_findings(listed.clear(), tmp_path / f"f{ending}") == 0
    assert (tmp_path / f"f{ending}").stat().st_size > 0


def test_other_endings_are_refused(listed, tmp_path):
    """A file nobody can open would be written."""
    with pytest.raises(UsageError, match=r"f\.pdf"):
        write_findings(listed, tmp_path / "f.pdf")


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json"])
def test_file_that_cannot_be_written_is_told_in_words(listed, tmp_path, ending):
    """A file that is open elsewhere would show a traceback."""
    (tmp_path / f"f{ending}").mkdir()
    with pytest.raises(StorageError, match="could not be written"):
        write_findings(listed, tmp_path / f"f{ending}")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("-", "-"),
        ("--", "--"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t=1+1"),
        ("＝1+1", "'＝1+1"),
        ("5-6 p.m.", "5-6 p.m."),
    ],
)
def test_csv_guards_only_what_a_spreadsheet_would_run(finding, tmp_path, value, written):
    """A dash would become an apostrophe and a dash; a formula behind a tab would run."""
    write_findings(finding("agency", "1", value=value), tmp_path / "f.csv")
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["Found"] == written


def test_the_second_sheet_counts_the_first(listed, tmp_path):
    """A coordinator would count rows by hand; and a curator's name must not become a formula there either."""
    write_findings(listed.with_columns(curator=pl.lit("=cmd()")), tmp_path / "f.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx")["Summary"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["By", "Which", "Errors", "Warnings", "Info", "Findings", "Records"]
    assert ["rule", "STY-032", 0, 0, 1, 1, 1] in rows
    assert ["curator", "=cmd()", 1, 1, 1, 3, 3] in rows
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n"}
    by_kind = [row for row in rows if row[0] == "kind"]
    assert by_kind == [["kind", "site", 1, 1, 0, 2, 2], ["kind", "agency", 0, 0, 1, 1, 1]]


def test_of_one_severity_the_oldest_come_first(listed, tmp_path):
    """What has been wrong for a year would stand behind what came last night."""
    days = pl.Series("first_seen_on", [date(2026, 1, 1), date(2026, 11, 2), date(2026, 3, 3)])
    write_findings(listed.with_columns(days, severity=pl.lit("error")), tmp_path / "f.json")
    rows = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert [row["first_seen_on"] for row in rows] == ["2026-01-01", "2026-03-03", "2026-11-02"]


def test_more_findings_than_a_sheet_has_rows_are_refused(listed, tmp_path, monkeypatch):
    """The last ones would be missing, and nobody would know."""
    monkeypatch.setattr("pipeline.publish.table_file._SHEET_ROWS", 3)
    with pytest.raises(UsageError, match="more than a sheet has rows"):
        write_findings(listed, tmp_path / "f.xlsx")
    assert not (tmp_path / "f.xlsx").exists()
