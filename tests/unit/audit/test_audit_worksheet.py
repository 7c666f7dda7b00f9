"""Worksheets as they go out: what stands in them, what can be filled in, and what they keep to themselves."""

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

from flows.audit_files import auditors_of, file_name, items_of, write_worksheets
from pipeline.audit.draw import AuditDraw, DrawPlan, draw_sample
from pipeline.audit.frame import audit_frame
from pipeline.audit.worksheet import write_worksheet
from pipeline.audit.worksheet_columns import COLUMNS
from schemas.auditing import AutomaticScore
from schemas.contract import empty_table, schema_of
from schemas.directory import Directory
from schemas.errors import StorageError, UsageError
from schemas.private_values import PrivateValues
from schemas.quality import Finding
from schemas.scorecard import LAYOUT, QUESTIONS, REMARK_ID, REMARK_TEXT, AuditAnswer

NOTHING = PrivateValues()
AS_OF = date(2026, 11, 20)
Build = Callable[..., Directory]
ITEMS = [question.item_id for question in QUESTIONS]
#: Everything on a sheet: the questions and the line for a remark.
LINES = [*ITEMS, REMARK_ID]
CRITICAL_RED = "FFA01818"


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


def finding(record_uid: str, rule_id: str, message: str) -> dict[str, Any]:
    return dict.fromkeys(schema_of(Finding), "x") | {
        "center_id": "c1",
        "record_uid": record_uid,
        "rule_id": rule_id,
        "message": message,
        "is_held_back": False,
    }


@pytest.fixture
def findings() -> pl.DataFrame:
    """Findings on a service, a site and the agency itself, and one that belongs beside no question."""
    rows = [
        finding("p2", "TAX-009", "A term has no service."),
        finding("A", "STY-022", "The sentence is long."),
        finding("s", "STY-022", "The sentence is long."),
        finding("p1", "STY-021", "The text is short."),
        finding("p1", "CMP-P-ELIG", "Eligibility is missing."),
    ]
    return pl.DataFrame(rows, schema=schema_of(Finding))


def draw_all(directory: Directory, unit: str = "agency") -> AuditDraw:
    return draw_sample(audit_frame(directory, unit=unit), DrawPlan(size=10, seed="2026Q4", as_of=AS_OF, unit=unit))


def assigned(directory: Directory, *, first: str | None, second: str | None) -> AuditDraw:
    """Draw both agencies; `first` has A first and B second, `second` the other way round."""
    draw = draw_all(directory)
    is_a = pl.col("record_uid") == "A"
    one, other = pl.lit(first, dtype=pl.String), pl.lit(second, dtype=pl.String)
    items = draw.items.with_columns(
        auditor=pl.when(is_a).then(one).otherwise(other), second_rater=pl.when(is_a).then(other).otherwise(one)
    )
    return replace(draw, items=items)


def scores(draw: AuditDraw, *rows: tuple[str, str, int, int]) -> pl.DataFrame:
    """Return what was worked out: record, item, points and possible ones."""
    full = [(draw.batch_id, "c1", *row) for row in rows]
    return pl.DataFrame(full, schema=schema_of(AutomaticScore), orient="row")


def written(
    directory: Directory,
    path: Path,
    findings: pl.DataFrame | None = None,
    unit: str = "agency",
    private: PrivateValues = NOTHING,
    **options: Any,
) -> Any:
    draw = draw_all(directory, unit)
    write_worksheet(draw.items, directory, batch=draw.draw, path=path, findings=findings, private=private, **options)
    return openpyxl.load_workbook(path)


def everything_in(path: Path) -> bytes:
    """Return all that is in the file, unpacked."""
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def question_cells(sheet: Any, uid: str, item: str) -> Any:
    """Return the cells of the row of a question."""
    return next(row for row in sheet.iter_rows(min_row=2) if (row[8].value, row[10].value) == (uid, item))


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
    assert len(rows) == 1 + 2 * (1 + len(LINES))
    assert [row[10] for row in items] == LINES * 2
    assert {row[8] for row in items} == {"A", "B"}
    assert {row[1] for row in items} == {"00101", "102"}
    assert {row[9] for row in items} == {"c1"}
    criteria = list(dict.fromkeys(row[2] or "" for row in items))
    assert criteria == ["Accuracy", "Indexing", "Readability", "Grammar and spelling", "Critical", ""]
    assert [row[3] for row in items[: len(LINES)]] == [*(question.text for question in QUESTIONS), REMARK_TEXT]


def test_present_values_stand_beside_the_questions(directory: Directory, tmp_path: Path) -> None:
    """The auditor would have to open another program for every value."""
    values = present(written(directory, tmp_path / "w.xlsx"), "A")
    assert values["accuracy.name"] == "Invented Food Pantry\nalso: IFP\nNorth Door [site]"
    assert values["accuracy.fees"] == "No fee. [all 2 services]"
    assert values["accuracy.eligibility"] == "Open to all. [Pantry]"
    assert values["accuracy.address"] == "withheld\n1 Elm St, Ourtown, IL 01002 [North Door]"
    assert values["accuracy.intake"] == "(nothing entered)"
    assert values["indexing.needed"] == "Pantry\nHot Meals"
    assert values["indexing.terms"] == "ZZ-1000 [Pantry]"
    assert values["readability.length"] == "Church that gives food."


def test_private_values_are_withheld(directory: Directory, tmp_path: Path) -> None:
    """A shelter's address or a private number would lie on an auditor's desk."""
    path = tmp_path / "w.xlsx"
    workbook = written(directory, path)
    assert present(workbook, "B")["accuracy.address"] == "withheld"
    assert present(workbook, "A")["accuracy.phones"] == (
        "(217) 555-0100 (main)\n(217) 555-0177 ext. 3 [North Door]\nwithheld [Pantry]"
    )
    everything = everything_in(path)
    assert b"withheld" in everything
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
    shown = present(workbook, "A")
    assert shown["indexing.needed"] == "Pantry\nHot Meals\nHint: TAX-009: A term has no service. [Hot Meals]"
    assert shown["readability.sentences"] == "Hint: STY-022: The sentence is long."
    assert shown["readability.length"] == "Church that gives food.\nHint: STY-021: The text is short. [Pantry]"
    assert not [text for text in shown.values() if "CMP-P-ELIG" in str(text)]
    nothing = present(workbook, "B")
    assert nothing["readability.sentences"] == "(no hint)"
    assert nothing["readability.length"] == "(nothing entered)"
    without = present(written(directory, tmp_path / "v.xlsx"), "A")
    assert without["readability.sentences"] == "(findings were not looked up)"
    assert without["critical.open"] in ("", None)


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
    workbook = written(directory, tmp_path / "w.xlsx")
    sheet = workbook["Worksheet"]
    assert sheet.protection.sheet
    assert workbook["Instructions"].protection.sheet
    assert workbook["resdir"].protection.sheet
    for row in sheet.iter_rows(min_row=2):
        is_open = [cell.column_letter for cell in row if not cell.protection.locked]
        expected = {None: [], REMARK_ID: ["G", "H"]}
        assert is_open == expected.get(row[10].value, ["F", "G", "H"])
    assert all(cell.protection.locked for cell in sheet[1])


def test_ids_are_hidden_and_all_else_is_seen(directory: Directory, tmp_path: Path) -> None:
    """Auditors would read past long ids, or not find the answers."""
    sheet = written(directory, tmp_path / "w.xlsx")["Worksheet"]
    letters = "ABCDEFGHIJKLM"
    assert len(COLUMNS) == len(letters)
    # Columns that look alike are stored as one range.
    hidden = {
        letter
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for place, letter in enumerate(letters, start=1)
        if dimension.min <= place <= dimension.max
    }
    assert hidden == set("IJKLM")


def test_answers_are_chosen_from_a_list(directory: Directory, tmp_path: Path) -> None:
    """Free answers ("ok", "y", "n.a.") could not be counted."""
    sheet = written(directory, tmp_path / "w.xlsx")["Worksheet"]
    (validation,) = sheet.data_validations.dataValidation
    assert validation.formula1 == '"yes,no,not applicable"' == f'"{",".join(AuditAnswer)}"'
    assert validation.type == "list"
    assert validation.showErrorMessage
    assert validation.error == "Answer with one of: yes, no, not applicable."
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
    assert sheet.oddFooter.center.text == "Internal: not for publication"


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
    assert facts["questions"] == str(len(QUESTIONS))
    assert facts["frame_sha256"] == draw.draw["frame_sha256"].item()
    assert (facts["auditor"] or "", facts["purpose"]) == ("", "audit")


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
    assert "shortened" in str(values["readability.length"])
    assert all(len(value or "") < 2000 for value in values.values())


def test_same_batch_gives_the_same_bytes(directory: Directory, findings: pl.DataFrame, tmp_path: Path) -> None:
    """Nobody could tell whether a worksheet was changed after it was handed out."""
    draw = draw_all(directory)
    options = {"automatic": scores(draw, ("A", "completeness.mandatory", 12, 13)), "auditor": "Ann Invented"}
    for name in ("one.xlsx", "two.xlsx"):
        written(directory, tmp_path / name, findings, **options)
    written(directory, tmp_path / "three.xlsx", findings.reverse(), **options)
    written(directory, tmp_path / "other.xlsx", findings, **(options | {"auditor": "Ben Invented"}))
    one, two, three, other = ((tmp_path / f"{name}.xlsx").read_bytes() for name in ("one", "two", "three", "other"))
    assert one == two == three
    assert one != other


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


def test_a_critical_question_is_seen_at_once(directory: Directory, tmp_path: Path) -> None:
    """A no there makes the whole record fail: nobody may give it in passing."""
    workbook = written(directory, tmp_path / "w.xlsx")
    for row in workbook["Worksheet"].iter_rows(min_row=2):
        if row[10].value is None:
            continue
        is_marked = [row[place].font.color.rgb == CRITICAL_RED and row[place].font.bold for place in (2, 3)]
        is_critical = row[10].value.startswith("critical.")
        assert is_marked == [is_critical, is_critical]
        assert (row[2].value == "Critical") is is_critical
    steps = " ".join(str(row[1]) for row in workbook["Instructions"].iter_rows(values_only=True))
    assert "A no at a critical question (red) makes the whole record fail." in steps


def test_what_the_rules_know_is_shown_and_not_asked(directory: Directory, tmp_path: Path) -> None:
    """An auditor would count elements that the night has counted, or leave rows open that nobody asks."""
    worked_out = scores(
        draw_all(directory),
        ("A", "indexing.valid", 1, 2),
        ("A", "completeness.mandatory", 12, 13),
        ("A", "completeness.recommended", 1200, 1300),
        ("nobody", "completeness.mandatory", 1, 1),
    )
    sheet = written(directory, tmp_path / "w.xlsx", automatic=worked_out)["Worksheet"]
    rows = [row for row in sheet.iter_rows() if row[5].value == "worked out"]
    assert [tuple(cell.value for cell in row[1:6]) for row in rows] == [
        ("00101", "Completeness", "Mandatory elements present", "12 of 13 elements", "worked out"),
        ("00101", "Completeness", "Recommended elements present", "1,200 of 1,300 elements", "worked out"),
        (
            "00101",
            "Indexing",
            "Services whose codes are well formed, known and in use",
            "1 of 2 services",
            "worked out",
        ),
    ]
    for row in rows:
        assert all(cell.protection.locked for cell in row)
        assert not [cell.value for cell in row[6:] if cell.value]
    # They stand where their criterion stands, before what is asked.
    criteria = [row[2].value for row in sheet.iter_rows(min_row=rows[0][0].row, max_row=rows[2][0].row + 1)]
    assert criteria == ["Completeness", "Completeness", "Indexing", "Indexing"]
    # What does not apply is not shown at all.
    assert sheet.max_row == 1 + 2 * (1 + len(LINES)) + 3


def test_the_heading_says_who_must_not_audit_it(directory: Directory, tmp_path: Path) -> None:
    """A curator would learn only at the end that the record is the own one."""
    draw = draw_all(directory)
    path = tmp_path / "w.xlsx"
    named = draw.items.with_columns(auditor=pl.lit("Ann Invented"))
    write_worksheet(
        named, directory, batch=draw.draw, path=path, findings=None, private=NOTHING, auditor="Ann Invented"
    )
    workbook = openpyxl.load_workbook(path)
    rank = dict(draw.items.select("record_uid", "rank").iter_rows())
    titles = {row[0] for row in workbook["Worksheet"].iter_rows(min_row=2, values_only=True) if row[10] is None}
    parts = [
        "Invented Food Pantry",
        "record 00101",
        "sites: 1, services: 2",
        "curator: Person 1",
        "auditor: Ann Invented",
    ]
    assert f"{rank['A']}.  " + "   ·   ".join(parts) in titles


def test_the_first_sheet_asks_for_a_name_only_where_it_is_not_known(directory: Directory, tmp_path: Path) -> None:
    """A name that is typed twice is typed differently."""
    cells = {}
    for auditor in (None, "Ann Invented"):
        page = written(directory, tmp_path / "w.xlsx", auditor=auditor)["Instructions"]
        ((_, cells[auditor]),) = [row for row in page.iter_rows(max_col=2) if row[0].value == "Your name"]
    assert (cells[None].value, cells[None].protection.locked) == (None, False)
    assert (cells["Ann Invented"].value, cells["Ann Invented"].protection.locked) == ("Ann Invented", True)


def test_the_first_sheet_says_how_the_records_were_drawn(directory: Directory, tmp_path: Path) -> None:
    """Nobody could tell in a year what the sheet was about."""
    workbook = written(directory, tmp_path / "w.xlsx")
    facts = dict(workbook["Instructions"].iter_rows(max_col=2, values_only=True))
    assert facts["Batch"] == draw_all(directory).batch_id
    assert facts["Records as of"] == "2026-11-20"
    assert facts["Center"] == "all centers"
    assert facts["Drawn"] == "2 of 2 agencies, each with its sites and services"
    assert facts["On this sheet"] == "2"
    assert facts["How drawn"] == "at random; each record had the same chance"


def uids_in(path: Path) -> list[str]:
    """Return the records of a worksheet, in its order."""
    rows = openpyxl.load_workbook(path)["Worksheet"].iter_rows(min_row=2, values_only=True)
    return list(dict.fromkeys(row[8] for row in rows if row[8]))


def test_one_file_per_auditor_with_all_that_is_theirs(directory: Directory, tmp_path: Path) -> None:
    """A record that nobody finds on a sheet is scored by nobody."""
    batch = assigned(directory, first="Ann Invented", second="Ben Invented")
    alone = batch.items.with_columns(
        second_rater=pl.when(pl.col("record_uid") == "A").then(pl.col("second_rater")).otherwise(None)
    )
    batch = replace(batch, items=alone)
    assert auditors_of(batch) == ["Ann Invented", "Ben Invented"]
    paths = write_worksheets(
        batch, directory=directory, findings=empty_table(Finding), folder=tmp_path / "out", stem="audit"
    )
    assert [path.name for path in paths] == ["audit-ann-invented.xlsx", "audit-ben-invented.xlsx"]
    order = batch.items["record_uid"].to_list()
    assert [uids_in(path) for path in paths] == [["A"], order]
    for path, name, other in zip(paths, ("Ann", "Ben"), ("Ben", "Ann"), strict=True):
        facts = dict(openpyxl.load_workbook(path)["resdir"].iter_rows(values_only=True))
        assert facts["auditor"] == f"{name} Invented"
        assert f"{other} Invented".encode() not in everything_in(path)


def test_nothing_on_a_sheet_tells_who_scores_first(directory: Directory, tmp_path: Path) -> None:
    """Whoever knows to be checked, or to be the check, scores differently: the second opinion would not be blind."""
    sheets = []
    for names in (("Ann Invented", "Ben Invented"), ("Ben Invented", "Ann Invented")):
        batch = assigned(directory, first=names[0], second=names[1])
        paths = write_worksheets(
            batch, directory=directory, findings=empty_table(Finding), folder=tmp_path / names[0], stem="audit"
        )
        sheets.append({path.name: path.read_bytes() for path in paths})
    assert len(sheets[0]) == 2
    assert sheets[0] == sheets[1]


def test_records_of_nobody_and_of_an_earlier_batch(directory: Directory, tmp_path: Path) -> None:
    """What nobody is named for lies in a file for all; what was handed out before is not handed out again."""
    batch = assigned(directory, first="Ann Invented", second=None)
    is_a = pl.col("record_uid") == "A"
    batch = replace(batch, items=batch.items.with_columns(second_rater=pl.lit(None, dtype=pl.String)))
    place = {"directory": directory, "findings": empty_table(Finding), "folder": tmp_path, "stem": "audit"}
    paths = write_worksheets(batch, **place)
    assert [path.name for path in paths] == ["audit-ann-invented.xlsx", "audit.xlsx"]
    assert [uids_in(path) for path in paths] == [["A"], ["B"]]
    before = batch.items.with_columns(
        carried_from=pl.when(is_a).then(pl.lit("audit-20260901-00000000", dtype=pl.String))
    )
    later = replace(batch, items=before)
    assert auditors_of(later) == []
    assert items_of(later, "Ann Invented").is_empty()
    assert [path.name for path in write_worksheets(later, **place, keep=False)] == ["audit.xlsx"]


def test_a_file_that_is_being_filled_in_is_kept(directory: Directory, tmp_path: Path) -> None:
    """The next night would write a blank worksheet over a day's work."""
    batch = assigned(directory, first="Ann Invented", second="Ben Invented")
    place = {"directory": directory, "findings": empty_table(Finding), "folder": tmp_path, "stem": "audit"}
    (tmp_path / "audit-ann-invented.xlsx").write_bytes(b"half-filled")
    paths = write_worksheets(batch, **place)
    assert [path.name for path in paths] == ["audit-ann-invented.xlsx", "audit-ben-invented.xlsx"]
    assert paths[0].read_bytes() == b"half-filled"
    write_worksheets(batch, **place, keep=False)
    assert uids_in(paths[0]) == batch.items["record_uid"].to_list()


def test_names_of_people_become_names_of_files() -> None:
    """A slash in a name would make a folder; two blanks no other person."""
    assert file_name("Éva  O'Invented/Jr.") == "éva-o-invented-jr"
    with pytest.raises(UsageError, match="no name of a person"):
        file_name("?!")


def test_two_people_whose_names_look_alike_get_a_file_each(directory: Directory, tmp_path: Path) -> None:
    """One file for both would leave the records of one of them to nobody."""
    batch = assigned(directory, first="J. Invented", second="J Invented")
    batch = replace(batch, items=batch.items.with_columns(second_rater=pl.lit(None, dtype=pl.String)))
    paths = write_worksheets(
        batch, directory=directory, findings=empty_table(Finding), folder=tmp_path, stem="audit", keep=True
    )
    assert sorted(uid for path in set(paths) for uid in uids_in(path)) == ["A", "B"]


def test_a_third_opinion_is_asked_for_what_differs_alone(
    directory: Directory, findings: pl.DataFrame, tmp_path: Path
) -> None:
    """Two questions are to be settled; forty would be answered in passing."""
    only = {("c1", "A", "critical.open"), ("c1", "A", "accuracy.fees"), ("c1", "B", "accuracy.name")}
    workbook = written(
        directory, tmp_path / "w.xlsx", findings, auditor="Cara Invented", only_items=only, purpose="third"
    )
    rows = list(workbook["Worksheet"].iter_rows(min_row=2, values_only=True))
    asked = [(row[8], row[10]) for row in rows if row[10]]
    of_a, of_b = [("A", "accuracy.fees"), ("A", "critical.open")], [("B", "accuracy.name")]
    assert asked in (of_a + of_b, of_b + of_a)
    assert len(rows) == len(asked) + 2
    facts = dict(workbook["resdir"].iter_rows(values_only=True))
    assert (facts["purpose"], facts["auditor"]) == ("third", "Cara Invented")
    told = dict(workbook["Instructions"].iter_rows(max_col=2, values_only=True))
    assert told["On this sheet"] == "2, for a third opinion"


def test_every_row_is_high_enough_for_its_text(directory: Directory, findings: pl.DataFrame, tmp_path: Path) -> None:
    """A hint that is cut off in the middle is read as something else."""
    sheet = written(directory, tmp_path / "w.xlsx", findings)["Worksheet"]
    for uid, item, lines in (("A", "accuracy.name", 3), ("A", "indexing.needed", 3), ("B", "critical.open", 1)):
        row = question_cells(sheet, uid, item)
        assert sheet.row_dimensions[row[0].row].height >= lines * 14
