from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from pipeline.audit.questions import ANSWERS, LAYOUT, QUESTIONS

from pipeline.audit.draw import AuditDraw, audit_frame, draw_simple
from pipeline.audit.worksheet import write_worksheet
from pipeline.audit.worksheet_columns import COLUMNS
from schemas.contract import schema_of
from schemas.directory import Directory
from schemas.errors import StorageError, UsageError
from schemas.private_values import PrivateValues
from schemas.quality import Finding

NOTHING = PrivateValues()
AS_OF = date(2026, 11, 20)
Build = Callable[..., Directory]


@pytest.fixture
def directory(directory_of: Build) -> Directory:
    """Two agencies: one public with two services and a private number, one shelter."""
    return directory_of(
        agency=[
            {
                "record_uid": "A",
                "native_id": "00101",
                "name": "Invented Food Pantry",
                "aka": ["IFP"],
                "description": "Church that gives food.",
                "curator": "Person 1",
            },
            {"record_uid": "B", "native_id": "102", "name": "Invented Shelter", "is_confidential_place": True},
        ],
        site=[{"record_uid": "s", "agency_uid": "A", "name": "North Door"}],
        service=[
            {"record_uid": "p1", "agency_uid": "A", "name": "Pantry", "fees": "No fee.", "eligibility": "Open to all."},
            {"record_uid": "p2", "agency_uid": "A", "name": "Hot Meals", "fees": "No fee.", "hours": "=1+1"},
            {"record_uid": "p3", "agency_uid": "A", "name": "Closed Class", "not_counted_reason": "inactive"},
        ],
        phone=[
            {
                "owner_kind": "agency",
                "owner_uid": "A",
                "number_written": "2175550100",
                "e164": "+12175550100",
                "type": "main",
            },
            {
                "owner_kind": "site",
                "owner_uid": "s",
                "number_written": "217-555-0177",
                "e164": "+12175550177",
                "extension": "3",
            },
            {"owner_kind": "service", "owner_uid": "p1", "number_written": "217-555-0199", "is_private": True},
        ],
        address=[
            {
                "owner_kind": "site",
                "owner_uid": "s",
                "line1": "1 Elm St",
                "city": "Ourtown",
                "state": "IL",
                "postal_code": "01002",
            },
            {"owner_kind": "agency", "owner_uid": "B", "line1": "9 Hidden Way", "city": "Ourtown"},
            {"owner_kind": "agency", "owner_uid": "A", "line1": "7 Private Rd", "is_private": True},
        ],
        taxonomy_link=[{"owner_kind": "service", "owner_uid": "p1", "code": "ZZ-1000"}],
    )


@pytest.fixture
def findings() -> pl.DataFrame:
    """One finding on a service of the first agency."""
    row: dict[str, Any] = dict.fromkeys(schema_of(Finding), "x") | {
        "center_id": "c1",
        "record_uid": "p2",
        "rule_id": "CMP-P-ELIG",
        "message": "Eligibility is missing.",
        "is_held_back": False,
    }
    return pl.DataFrame([row], schema=schema_of(Finding))


def draw_all(directory: Directory, unit: str = "agency") -> AuditDraw:
    return draw_simple(audit_frame(directory, unit=unit), size=10, seed="2026Q4", as_of=AS_OF, unit=unit)


def written(
    directory: Directory,
    path: Path,
    findings: pl.DataFrame | None = None,
    unit: str = "agency",
    private: PrivateValues = NOTHING,
) -> Any:
    draw = draw_all(directory, unit)
    write_worksheet(draw.items, directory, batch=draw.draw, path=path, findings=findings, private=private)
    return openpyxl.load_workbook(path)


def present(workbook: Any, uid: str) -> dict[str, str | None]:
    """Return what stands in the column E by item id, for one record."""
    rows = workbook["Worksheet"].iter_rows(min_row=2, values_only=True)
    return {row[10]: row[4] for row in rows if row[8] == uid}


def test_one_block_with_every_question_per_record(directory: Directory, tmp_path: Path) -> None:
    """An auditor could not score a criterion, or the answers could not be read back."""
    sheet = written(directory, tmp_path / "w.xlsx")["Worksheet"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(name for name, _ in COLUMNS)
    items = [row for row in rows[1:] if row[10]]
    assert len(rows) == 1 + 2 * (1 + len(QUESTIONS))
    assert [row[10] for row in items] == [question.item_id for question in QUESTIONS] * 2
    assert {row[8] for row in items} == {"A", "B"}
    assert {row[1] for row in items} == {"00101", "102"}
    criteria = {row[2] for row in items}
    assert criteria >= {"Accuracy", "Completeness", "Indexing", "Readability", "Grammar and spelling"}


def test_present_values_stand_beside_the_questions(directory: Directory, tmp_path: Path) -> None:
    """The auditor would have to open another program for every value."""
    values = present(written(directory, tmp_path / "w.xlsx"), "A")
    assert values["accuracy.name"] == "Invented Food Pantry\nalso: IFP\nNorth Door [site]"
    assert values["accuracy.fees"] == "No fee. [all 2 services]"
    assert values["accuracy.eligibility"] == "Open to all. [Pantry]"
    assert values["accuracy.address"] == "withheld\n1 Elm St, Ourtown, IL 01002 [North Door]"
    assert values["accuracy.intake"] == "(nothing entered)"
    assert values["completeness.services"] == "Pantry\nHot Meals"
    assert values["indexing.terms"] == "ZZ-1000 [Pantry]"
    assert values["readability.plain"] == "Church that gives food."


def test_private_values_are_withheld(directory: Directory, tmp_path: Path) -> None:
    """A shelter's address or a private number would lie on an auditor's desk."""
    path = tmp_path / "w.xlsx"
    workbook = written(directory, path)
    assert present(workbook, "B")["accuracy.address"] == "withheld"
    assert present(workbook, "A")["accuracy.phones"] == (
        "(217) 555-0100 (main)\n(217) 555-0177 ext. 3 [North Door]\nwithheld [Pantry]"
    )
    with zipfile.ZipFile(path) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    for secret in (b"Hidden Way", b"Private Rd", b"555-0199"):
        assert secret not in everything


def test_hidden_address_does_not_show_under_another_record(directory_of: Build, tmp_path: Path) -> None:
    """The shelter's address would stand beside the agency that runs it."""
    place = {"line1": "9 Hidden Way", "address_key": "9 hidden way"}
    directory = directory_of(
        agency=[{"record_uid": "A", "name": "Agency"}, {"record_uid": "B", "name": "Other"}],
        service=[{"record_uid": "p", "agency_uid": "A", "name": "Shelter", "is_confidential_place": True}],
        address=[
            {"owner_kind": "agency", "owner_uid": "A", **place},
            {"owner_kind": "service", "owner_uid": "p", **place},
            {"owner_kind": "agency", "owner_uid": "B", "line1": "1 Open Rd", "address_key": None},
        ],
    )
    workbook = written(directory, tmp_path / "w.xlsx")
    assert present(workbook, "A")["accuracy.address"] == "withheld"
    assert present(workbook, "B")["accuracy.address"] == "1 Open Rd"


def test_record_kept_from_the_public_shows_no_contact(directory_of: Build, tmp_path: Path) -> None:
    """A record excluded from all publications would get out through a worksheet."""
    directory = directory_of(
        agency=[{"record_uid": "A", "name": "Unlisted", "withheld_reason": "excluded_from_website"}],
        phone=[{"owner_kind": "agency", "owner_uid": "A", "number_written": "217-555-0100"}],
    )
    workbook = written(directory, tmp_path / "w.xlsx")
    assert present(workbook, "A")["accuracy.phones"] == "withheld"
    assert "not public" in workbook["Worksheet"]["A2"].value


def test_findings_stand_beside_the_question_they_concern(
    directory: Directory, findings: pl.DataFrame, tmp_path: Path
) -> None:
    """The auditor would search again for what the night has already found."""
    workbook = written(directory, tmp_path / "w.xlsx", findings)
    assert present(workbook, "A")["completeness.elements"] == "CMP-P-ELIG: Eligibility is missing. [Hot Meals]"
    assert present(workbook, "B")["completeness.elements"] == "(no finding)"
    without = written(directory, tmp_path / "v.xlsx")
    assert "not looked up" in str(present(without, "A")["completeness.elements"])


def test_nothing_becomes_a_formula_a_link_or_a_number(directory: Directory, tmp_path: Path) -> None:
    """A cell beginning with = would be run by the spreadsheet, and record 00101 would become 101."""
    sheet = written(directory, tmp_path / "w.xlsx")["Worksheet"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]
    assert present(openpyxl.load_workbook(tmp_path / "w.xlsx"), "A")["accuracy.hours"] == "=1+1 [Hot Meals]"
    assert "00101" in [cell.value for cell in cells]


def test_only_answers_can_be_filled_in(directory: Directory, tmp_path: Path) -> None:
    """An id changed by a slip would put the answers on another record."""
    sheet = written(directory, tmp_path / "w.xlsx")["Worksheet"]
    assert sheet.protection.sheet
    open_columns = {
        cell.column_letter for row in sheet.iter_rows(min_row=2) for cell in row if not cell.protection.locked
    }
    assert open_columns == {"F", "G", "H"}
    assert all(cell.protection.locked for cell in sheet[1])
    assert all(cell.protection.locked for cell in sheet[2])
    assert all(sheet.column_dimensions[letter].hidden for letter in "IJK")


def test_answers_are_chosen_from_a_list(directory: Directory, tmp_path: Path) -> None:
    """Free answers ("ok", "y", "n.a.") could not be counted."""
    sheet = written(directory, tmp_path / "w.xlsx")["Worksheet"]
    (validation,) = sheet.data_validations.dataValidation
    assert validation.formula1 == '"' + ",".join(ANSWERS) + '"'
    assert str(validation.sqref) == f"F2:F{sheet.max_row}"
    assert validation.errorStyle in (None, "stop")


def test_prints_and_scrolls_well(directory: Directory, tmp_path: Path) -> None:
    """On paper the columns would fall apart over several sheets."""
    sheet = written(directory, tmp_path / "w.xlsx")["Worksheet"]
    assert sheet.freeze_panes == "A2"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # 1 is what a blank means
    assert sheet.print_title_rows == "$1:$1"


def test_workbook_knows_its_batch(directory: Directory, tmp_path: Path) -> None:
    """A renamed file could not be matched to its draw."""
    workbook = written(directory, tmp_path / "w.xlsx")
    assert workbook.sheetnames == ["Instructions", "Worksheet", "resdir"]
    assert workbook["resdir"].sheet_state == "veryHidden"
    facts = dict(workbook["resdir"].iter_rows(values_only=True))
    draw = draw_all(directory)
    assert facts["batch_id"] == draw.batch_id
    assert facts["layout"] == LAYOUT
    assert facts["records"] == "2"


def test_services_can_be_audited(directory: Directory, tmp_path: Path) -> None:
    """A draw of services would give an empty worksheet."""
    workbook = written(directory, tmp_path / "w.xlsx", unit="service")
    assert present(workbook, "p1")["accuracy.name"] == "Pantry"
    assert present(workbook, "p1")["accuracy.fees"] == "No fee."
    titles = [row[0] for row in workbook["Worksheet"].iter_rows(min_row=2, values_only=True) if row[10] is None]
    assert sorted(title.split("   ·   ")[1] for title in titles) == ["of Invented Food Pantry"] * 2


def test_long_bundles_are_shortened(directory_of: Build, tmp_path: Path) -> None:
    """An agency with a hundred services would fill pages with one cell."""
    directory = directory_of(
        agency=[{"record_uid": "A", "name": "Large", "description": "word " * 2000}],
        service=[
            {
                "record_uid": f"p{n:03}",
                "agency_uid": "A",
                "name": f"Service {n:03}",
                "fees": "Free",
                "intake": f"Door {n}",
                "hours": "Daily" if n else None,
            }
            for n in range(100)
        ],
    )
    values = present(written(directory, tmp_path / "w.xlsx"), "A")
    assert values["accuracy.fees"] == "Free [all 100 services]"
    assert str(values["accuracy.hours"]).endswith(", Service 004 and 95 more]")
    assert str(values["accuracy.intake"]).endswith("… and 92 more")
    assert "shortened" in str(values["readability.plain"])
    assert all(len(value or "") < 2000 for value in values.values())


def test_same_batch_gives_the_same_bytes(directory: Directory, tmp_path: Path) -> None:
    """Nobody could tell whether a worksheet was changed after it was handed out."""
    written(directory, tmp_path / "one.xlsx")
    written(directory, tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_empty_draw_gives_an_empty_worksheet(directory_of: Build, tmp_path: Path) -> None:
    """The first night of a new center must not fall over."""
    assert written(directory_of(), tmp_path / "w.xlsx")["Worksheet"].max_row == 1


def test_failure_leaves_the_old_file_and_no_remains(directory: Directory, tmp_path: Path) -> None:
    """A half-written worksheet would be handed to an auditor."""
    draw = draw_all(directory)
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        write_worksheet(
            draw.items, directory, batch=draw.draw, path=tmp_path / "folder.xlsx", findings=None, private=NOTHING
        )
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder.xlsx"]
    with pytest.raises(UsageError, match=r"\.xlsx"):
        write_worksheet(draw.items, directory, batch=draw.draw, path=tmp_path / "w.csv", findings=None, private=NOTHING)


def test_a_text_that_repeats_a_private_value_loses_that_sentence(directory: Directory, tmp_path: Path) -> None:
    """The flag of the number hides the number; the same number in the description must not bring it out."""
    agency = directory.agency.with_columns(
        description=pl.when(pl.col("record_uid") == "A")
        .then(pl.lit("Gives food. Staff line 217.555.7391 at night. Open to all."))
        .otherwise("description")
    )
    service = directory.service.with_columns(intake=pl.lit("Ring 555-7391."))
    private = PrivateValues(phones=frozenset({"2175557391"}))
    workbook = written(replace(directory, agency=agency, service=service), tmp_path / "w.xlsx", private=private)
    shown = present(workbook, "A")
    texts = " ".join(text for text in shown.values() if text)
    assert "7391" not in texts
    assert "Gives food. Open to all. [withheld]" in texts
    assert "withheld [all 2 services]" in texts
