"""A report as a workbook: numbers that can be summed, texts that stay texts, and nothing half-written."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pipeline.publish.document_workbook import sheet_names, write_document_workbook
from schemas.errors import StorageError, UsageError
from schemas.report_document import Column, ColumnKind, ReportDocument, ReportTable, Section
from tests.report_documents import AS_OF, NASTY, empty_document, full_document, nasty_document


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    write_document_workbook(full_document(), path)
    return openpyxl.load_workbook(path)


def head_row(sheet) -> int:
    """The row of the heading: the one that the filter begins with."""
    return int(re.findall(r"\d+", sheet.auto_filter.ref)[0])


_TEXT = (Column(key="a", heading="A"),)


def of_one_table(*cells, columns=_TEXT) -> ReportDocument:
    table = ReportTable(table_id="t", title="T", columns=columns, rows=tuple(cells))
    return ReportDocument(
        title="R", subtitle="", as_of=AS_OF, sections=(Section(section_id="s", heading="S", tables=(table,)),)
    )


def test_first_sheet_tells_the_report_in_its_order(book) -> None:
    said = [str(cell) for row in book["Report"].iter_rows(values_only=True) for cell in row if cell is not None]
    places = [
        next(place for place, text in enumerate(said) if wanted in text)
        for wanted in (
            "Quarterly report of the directory",
            "cut off; the figures",
            "Three of four agencies",
            "74.9 %",
            "Tables in this workbook",
            "How fresh the directory is",
            "Two exports in March are missing.",
            "The pace is the median",
            "2026-11-20-prairie211",
        )
    ]
    assert places == sorted(places)


def test_every_table_has_a_sheet_that_the_first_one_leads_to(book) -> None:
    document = full_document()
    assert book.sheetnames == ["Report", *(table.table_id for table in document.tables())]
    links = {cell.hyperlink.location for row in book["Report"].iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in book.sheetnames[1:]}
    assert all(any(cell.hyperlink for row in book[name].iter_rows() for cell in row) for name in book.sheetnames[1:])


def test_cells_hold_values_not_words(book) -> None:
    sheet = book["counties"]
    row = head_row(sheet) + 1
    cells = list(sheet[row])
    assert [cell.value for cell in cells[:4]] == ["Champaign", 20, 11, 0.41]
    assert cells[10].is_date
    assert cells[10].value.date() == date(2019, 1, 7)
    assert [cell.number_format for cell in (cells[1], cells[3], cells[4], cells[10])] == [
        "#,##0", "0.0\\ %", "#,##0.0", "yyyy-mm-dd",
    ]  # fmt: skip


def test_a_null_says_what_its_column_says_of_nulls(book) -> None:
    sheet = book["counties"]
    first = head_row(sheet) + 1
    assert sheet.cell(first + 4, 5).value == "new"
    assert sheet.cell(first + 6, 11).value == "never"
    assert sheet.cell(first + 2, 12).value == "nobody named"


def test_heading_stays_in_sight_filters_and_is_printed_on_every_page(book) -> None:
    for name in book.sheetnames[1:]:
        sheet = book[name]
        head = head_row(sheet)
        assert sheet.freeze_panes == f"B{head + 1}"
        assert sheet.print_title_rows == f"${head}:${head}"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        # A width that is not named is one page.
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert book["counties"].page_setup.orientation == "landscape"


def test_a_cut_table_says_so_above_its_heading(book) -> None:
    sheet = book["counties"]
    above = [sheet.cell(row, 1).value for row in range(1, head_row(sheet))]
    assert "The first 15 of 102. All of them: resdir freshness --by county --output counties.xlsx" in above


@pytest.mark.parametrize("made", [full_document, nasty_document, empty_document], ids=lambda one: one.__name__)
def test_nothing_is_a_formula_and_nothing_leads_out(made, tmp_path) -> None:
    """A name that begins with `=` must not be run by the spreadsheet of a funder."""
    path = tmp_path / "r.xlsx"
    write_document_workbook(made(), path)
    read = openpyxl.load_workbook(path)
    cells = [cell for sheet in read for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert not any(cell.hyperlink.target for cell in cells if cell.hyperlink)
    with zipfile.ZipFile(path) as parts:
        assert not any(b"TargetMode" in parts.read(name) or b"<f>" in parts.read(name) for name in parts.namelist())


def test_texts_come_back_as_they_were(tmp_path) -> None:
    path = tmp_path / "r.xlsx"
    texts = [text for text in NASTY if text and text.isprintable()]
    write_document_workbook(of_one_table(*((text,) for text in texts)), path)
    sheet = openpyxl.load_workbook(path)["t"]
    head = head_row(sheet)
    assert [sheet.cell(head + place, 1).value for place in range(1, len(texts) + 1)] == texts


def test_numbers_in_texts_stay_texts(tmp_path) -> None:
    path = tmp_path / "r.xlsx"
    write_document_workbook(of_one_table(("01002",), ("1e5",), ("2026-01-01",)), path)
    sheet = openpyxl.load_workbook(path)["t"]
    assert [row[0] for row in sheet.iter_rows(min_row=head_row(sheet) + 1, values_only=True)] == [
        "01002",
        "1e5",
        "2026-01-01",
    ]


@pytest.mark.parametrize("made", [full_document, nasty_document], ids=lambda one: one.__name__)
def test_the_same_report_gives_the_same_bytes(made, tmp_path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_document_workbook(made(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_names_of_sheets_are_valid_and_used_once() -> None:
    ids = ("report", "History", "a/b", "a?b", "A/B", "'quoted'", "x" * 40, "x" * 41, "")
    tables = tuple(ReportTable(table_id=one, title="T", columns=(), rows=()) for one in ids)
    document = ReportDocument(
        title="R", subtitle="", as_of=AS_OF, sections=(Section(section_id="s", heading="S", tables=tables),)
    )
    names = list(sheet_names(document).values())
    assert len({name.lower() for name in (*names, "Report", "History")}) == len(ids) + 2
    assert all(
        0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) and name.strip("'") == name for name in names
    )


def test_a_workbook_that_cannot_be_finished_leaves_the_old_one(tmp_path, monkeypatch) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"the old one")

    def full_disk(self: Path, target: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(StorageError, match="no space left"):
        write_document_workbook(full_document(), path)
    assert path.read_bytes() == b"the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["report.xlsx"]


def test_a_long_note_wraps_above_its_table(tmp_path) -> None:
    """Left to run on, it would be printed with the table shrunk to nothing."""
    path = tmp_path / "r.xlsx"
    table = ReportTable(table_id="t", title="T", columns=_TEXT, rows=(("x",),), notes=("word " * 100,))
    section = Section(section_id="s", heading="S", tables=(table,))
    write_document_workbook(ReportDocument(title="R", subtitle="", as_of=AS_OF, sections=(section,)), path)
    sheet = openpyxl.load_workbook(path)["t"]
    assert sheet["A2"].value.startswith("word")
    assert sheet["A2"].alignment.wrap_text
    assert any("A2" in merged for merged in sheet.merged_cells.ranges)
    assert sheet.row_dimensions[2].height > 5 * 15


def test_another_ending_is_refused(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"report\.xls"):
        write_document_workbook(full_document(), tmp_path / "report.xls")


def test_a_day_of_the_report_is_the_day_of_the_file(book) -> None:
    assert book.properties.created.date() == date(2026, 11, 20)
    assert book.properties.title == "Quarterly report of the directory"


def test_shares_of_whole_digits_have_no_point(tmp_path) -> None:
    path = tmp_path / "r.xlsx"
    columns = (Column(key="a", heading="A"), Column(key="b", heading="B", kind=ColumnKind.SHARE, decimals=0))
    write_document_workbook(of_one_table(("x", 0.5), columns=columns), path)
    sheet = openpyxl.load_workbook(path)["t"]
    assert sheet.cell(head_row(sheet) + 1, 2).number_format == "0\\ %"
