"""Worksheets spoiled in every way that people and programs spoil them: told in plain words, and nothing good is lost."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from flows.audit_files import items_of
from pipeline.audit.answers import AnswerEntry, fold_answers
from pipeline.audit.assignment import Auditor
from pipeline.audit.draw import AuditDraw, DrawPlan, draw_sample
from pipeline.audit.frame import audit_frame
from pipeline.audit.read_worksheet import Correction, ReadWorksheet, Remark, read_worksheet
from pipeline.audit.worksheet import write_worksheet
from pipeline.audit.worksheet_columns import COLUMNS
from pipeline.audit.worksheet_file import open_worksheet
from schemas.auditing import Answer, AutomaticScore
from schemas.contract import empty_table, schema_of
from schemas.directory import Directory
from schemas.errors import InputError, UsageError
from schemas.private_values import PrivateValues
from schemas.scorecard import LAYOUT, QUESTIONS, REMARK_ID
from tests.bundles import directory_of_rows

AS_OF = date(2026, 11, 20)
DAY = date(2026, 11, 25)
ANN, BEN, CARA = "Ann Invented", "Ben Invented", "Cara Invented"
ITEMS = tuple(question.item_id for question in QUESTIONS)
PHONES, NAME, FEES, OPEN = "accuracy.phones", "accuracy.name", "accuracy.fees", "critical.open"
ANSWER, COMMENT, SOURCE = "Answer (F)", "Comment (G)", "Checked where and when (H)"

Item = tuple[str, str]
ALL: frozenset[Item] = frozenset((uid, item) for uid in ("A", "B", "C") for item in ITEMS)

MOVED = (
    "The number, the question, the value beside it or a hidden id was changed or moved after the worksheet was written "
    "(sorting some columns does that): nobody can tell what the answer is about."
)
NO_RECORD = "The hidden ids of this row name no record of the batch: one of them was changed."
NO_QUESTION = "This row belongs to no question: it was added, or its hidden ids were deleted."
FORMULA = "The cell holds a formula; type the text itself."


def plain_directory() -> Directory:
    """Three agencies; the third is curated by somebody who also audits, and says nothing of its fees."""
    return directory_of_rows(
        agency=[
            {"record_uid": "A", "native_id": "00101", "name": "Invented Food Pantry", "curator": "Person 1"},
            {"record_uid": "B", "native_id": "102", "name": "Invented Clinic", "curator": "Person 1"},
            {"record_uid": "C", "native_id": None, "name": "Invented School", "curator": "Person 2"},
        ],
        service=[
            {"record_uid": f"p{uid}", "agency_uid": uid, "name": f"Service {uid}", "fees": "No fee."} for uid in "AB"
        ],
        phone=[
            {"owner_kind": "agency", "owner_uid": uid, "e164": f"+1217555010{place}", "number_written": "x"}
            for place, uid in enumerate("ABC")
        ],
    )


def drawn(directory: Directory, *, auditor: str | None) -> AuditDraw:
    """Draw all three agencies in a fixed order of ids, all for one auditor, or for nobody."""
    draw = draw_sample(audit_frame(directory), DrawPlan(size=10, seed="2026Q4", as_of=AS_OF))
    automatic = pl.DataFrame(
        [(draw.batch_id, "c1", "A", "completeness.mandatory", 12, 13)], schema=schema_of(AutomaticScore), orient="row"
    )
    items = draw.items.sort("record_uid").with_columns(
        auditor=pl.lit(auditor, dtype=pl.String), rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    )
    return replace(draw, items=items, automatic=automatic)


def write(
    directory: Directory,
    batch: AuditDraw,
    path: Path,
    *,
    auditor: str | None = ANN,
    only: set[tuple[str, str, str]] | None = None,
) -> Path:
    write_worksheet(
        items_of(batch, auditor) if only is None else batch.items,
        directory,
        batch=batch.draw,
        path=path,
        findings=None,
        private=PrivateValues(),
        automatic=batch.automatic if only is None else None,
        auditor=auditor,
        only_items=only,
        purpose="audit" if only is None else "third",
    )
    return path


class Sheet:
    """A worksheet open in a spreadsheet program that knows no protection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book: Any = openpyxl.load_workbook(path)

    @property
    def page(self) -> Any:
        return self.book["Worksheet"]

    def lines(self) -> Iterator[tuple[int, str, str]]:
        """Return row, record and item of every question."""
        for row in range(2, self.page.max_row + 1):
            if item := self.page.cell(row, 11).value:
                yield row, self.page.cell(row, 9).value, item

    def row(self, uid: str, item: str) -> int:
        return next(row for row, *ids in self.lines() if ids == [uid, item])

    def row_of_automatic(self) -> int:
        return next(row for row in range(2, self.page.max_row + 1) if self.page.cell(row, 6).value == "worked out")

    def put(self, uid: str, item: str, **cells: Any) -> None:
        """Write cells by column letter."""
        row = self.row(uid, item)
        for letter, value in cells.items():
            self.page[f"{letter}{row}"] = value

    def answer_all(self, uids: Sequence[str] = ("A", "B", "C"), answer: str = "yes") -> None:
        for row, uid, item in self.lines():
            if uid in uids and item != REMARK_ID:
                self.page.cell(row, 6).value = answer

    def identify(self, name: str, value: str) -> None:
        """Change a line of the hidden sheet."""
        for cells in self.book["resdir"].iter_rows():
            if cells[0].value == name:
                cells[1].value = value

    def sign(self, name: str) -> None:
        """Write a name on the first sheet."""
        for cells in self.book["Instructions"].iter_rows():
            if cells[0].value == "Your name":
                cells[1].value = name

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path


@dataclass(frozen=True, kw_only=True)
class World:
    """A directory, two draws of it (all for Ann; for nobody) and the good worksheet of each, filled in."""

    directory: Directory
    assigned: AuditDraw
    open: AuditDraw
    filled: Path
    filled_open: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("sheets")
    directory = plain_directory()
    assigned, nobody = drawn(directory, auditor=ANN), drawn(directory, auditor=None)
    paths = []
    for batch, auditor, name in ((assigned, ANN, "ann.xlsx"), (nobody, None, "open.xlsx")):
        sheet = Sheet(write(directory, batch, folder / name, auditor=auditor))
        sheet.answer_all()
        sheet.put("A", PHONES, F="no", G="Rings at the bakery.", H="called, 2026-11-21")
        sheet.put("B", REMARK_ID, G="There is a second clinic.")
        if auditor is None:
            sheet.sign(ANN)
        paths.append(sheet.save())
    return World(directory=directory, assigned=assigned, open=nobody, filled=paths[0], filled_open=paths[1])


@pytest.fixture
def good(world: World, tmp_path: Path) -> Path:
    return Path(shutil.copy(world.filled, tmp_path / "good.xlsx"))


@pytest.fixture
def unassigned(world: World, tmp_path: Path) -> Path:
    return Path(shutil.copy(world.filled_open, tmp_path / "open.xlsx"))


def hand_in(path: Path, batch: AuditDraw, answers: pl.DataFrame | None = None, **options: Any) -> ReadWorksheet:
    recorded = empty_table(Answer) if answers is None else answers
    return read_worksheet(open_worksheet(path), batch=batch, answers=recorded, **options)


def recorded(batch: AuditDraw, *reads: ReadWorksheet) -> pl.DataFrame:
    """Return the answers as the log has them after these worksheets."""
    return fold_answers(
        AnswerEntry(
            sequence=number,
            handed_in_on=DAY,
            batch_id=batch.batch_id,
            payload={"auditor": read.auditor, "role": role, "rows": [row for row in read.rows if row["role"] == role]},
        )
        for number, (read, role) in enumerate(
            ((read, role) for read in reads for role in sorted({row["role"] for row in read.rows})), start=1
        )
    )


def taken(read: ReadWorksheet) -> frozenset[Item]:
    return frozenset((row["record_uid"], row["item_id"]) for row in read.rows if row["item_id"] != REMARK_ID)


def row_of(read: ReadWorksheet, uid: str, item: str) -> Mapping[str, Any]:
    return next(row for row in read.rows if (row["record_uid"], row["item_id"]) == (uid, item))


def told(remarks: Sequence[Remark]) -> list[tuple[int, str, str]]:
    assert {remark.sheet for remark in remarks} <= {"Worksheet"}
    return [(remark.row, remark.column, remark.message) for remark in remarks]


def gone(record: str, words: str, count: str = "1 question is") -> str:
    return f"Of the record {record} {count} not on the sheet or not readable: {words}."


# The file as a whole


def test_the_good_worksheet_is_taken_whole(world: World, good: Path) -> None:
    """All that follows says nothing if this does not hold."""
    read = hand_in(good, world.assigned)
    assert (read.auditor, read.refused, read.warnings, read.corrections, read.known) == (ANN, (), (), (), 0)
    assert taken(read) == ALL
    assert (read.done, read.half_filled, read.untouched) == (3, 0, 0)
    assert {row["role"] for row in read.rows} == {"first"}
    said = row_of(read, "A", PHONES)
    assert (said["answer"], said["comment"], said["source_note"]) == (
        "no",
        "Rings at the bakery.",
        "called, 2026-11-21",
    )
    remark = row_of(read, "B", REMARK_ID)
    assert (remark["answer"], remark["comment"]) == (None, "There is a second clinic.")


def missing(path: Path) -> Path:
    path.unlink()
    return path


def folder(path: Path) -> Path:
    path.unlink()
    path.mkdir()
    return path


def wrong_ending(path: Path) -> Path:
    return path.rename(path.with_suffix(".csv"))


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def pdf(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n")
    return path


def web_page(path: Path) -> Path:
    path.write_bytes(b"<html><body>Please sign in</body></html>")
    return path


def cut_off(path: Path) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    return path


def locked_or_old(path: Path) -> Path:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    return path


def open_document(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office/>")
    return path


def other_archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return path


def declares_a_gigabyte(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    place = content.rfind(b"PK\x01\x02")  # last entry of the list of contents: its unpacked size stands 24 bytes on
    content[place + 24 : place + 28] = (1_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def rewritten(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """Change one file inside the workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = change(parts[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def half_of_the_cells(path: Path) -> Path:
    return rewritten(path, "xl/worksheets/sheet2.xml", lambda content: content[: len(content) // 2])


def no_list_of_sheets(path: Path) -> Path:
    return rewritten(path, "xl/workbook.xml", lambda content: content[:100])


def byte_by_byte(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("xl/worksheets/sheet2.xml").header_offset + 400
    content[start : start + 60] = bytes(255 - byte for byte in content[start : start + 60])
    path.write_bytes(content)
    return path


def grows_when_read(path: Path) -> Path:
    """Ten entities, each ten times the one before: ten thousand million letters."""
    entities = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))

    def change(content: bytes) -> bytes:
        head, _, rest = content.partition(b"?>")
        bomb = head + b"?><!DOCTYPE x [" + entities.encode() + b"]>" + rest
        return bomb.replace(b"<sheetData>", b'<sheetData><row r="1"><c t="inlineStr"><is><t>&e10;</t></is></c></row>')

    return rewritten(path, "xl/worksheets/sheet2.xml", change)


@pytest.mark.parametrize(
    ("damage", "error", "message", "advice"),
    [
        (missing, InputError, "There is no file", "Check the path."),
        (folder, InputError, "good.xlsx is a folder.", "Name the worksheet in it."),
        (wrong_ending, UsageError, "good.csv is no .xlsx file.", "Save the worksheet as Excel workbook (.xlsx)."),
        (empty, InputError, "good.xlsx is empty.", "Hand back the file that"),
        (pdf, InputError, "good.xlsx is no Excel workbook, whatever its name says.", "Hand back the file that"),
        (web_page, InputError, "good.xlsx is no Excel workbook, whatever its name says.", "Hand back the file that"),
        (cut_off, InputError, "good.xlsx is not whole: it was cut off, perhaps while it was copied.", "Copy it again."),
        (
            locked_or_old,
            InputError,
            "good.xlsx has a password, or is in the old .xls form.",
            "Remove the password and save it as Excel workbook (.xlsx).",
        ),
        (
            open_document,
            InputError,
            "good.xlsx is an OpenDocument file.",
            "Save it as Excel workbook (.xlsx).",
        ),
        (other_archive, InputError, "good.xlsx is damaged and cannot be opened.", "Hand back the file that"),
        (
            declares_a_gigabyte,
            InputError,
            "good.xlsx is far larger than a worksheet can be.",
            "Hand back the file that",
        ),
        (half_of_the_cells, InputError, "good.xlsx is damaged: its cells cannot be read.", "Hand back the file that"),
        (no_list_of_sheets, InputError, "good.xlsx is damaged and cannot be opened.", "Hand back the file that"),
        (byte_by_byte, InputError, "good.xlsx is damaged", "Hand back the file that"),
        (grows_when_read, InputError, "good.xlsx is damaged: its cells cannot be read.", "Hand back the file that"),
    ],
)
def test_a_file_that_is_no_worksheet_is_refused_in_one_sentence(
    damage: Callable[[Path], Path], error: type[Exception], message: str, advice: str, good: Path
) -> None:
    """The auditor must learn what to do, and not see a traceback."""
    path = damage(good)
    with pytest.raises(error) as caught:
        open_worksheet(path)
    assert message in caught.value.message
    assert advice in caught.value.advice


def renamed(sheet: Sheet) -> None:
    sheet.page.title = "Answers"


def without_hidden_sheet(sheet: Sheet) -> None:
    del sheet.book["resdir"]


def chart_in_its_place(sheet: Sheet) -> None:
    del sheet.book["Worksheet"]
    sheet.book.create_chartsheet("Worksheet")


def column_deleted(sheet: Sheet) -> None:
    sheet.page.delete_cols(2)


def hidden_column_deleted(sheet: Sheet) -> None:
    sheet.page.delete_cols(13)


def column_inserted(sheet: Sheet) -> None:
    sheet.page.insert_cols(5)


def heading_deleted(sheet: Sheet) -> None:
    sheet.page.delete_rows(1)


def row_above_the_heading(sheet: Sheet) -> None:
    sheet.page.insert_rows(1)


def other_layout(sheet: Sheet) -> None:
    sheet.identify("layout", "audit-worksheet/1")


def no_layout(sheet: Sheet) -> None:
    sheet.identify("layout", "")


def no_batch(sheet: Sheet) -> None:
    sheet.identify("batch_id", "")


def emptied(sheet: Sheet) -> None:
    sheet.page.delete_rows(1, sheet.page.max_row)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (renamed, "good.xlsx lacks the sheet Worksheet (it has Instructions, Answers, resdir)."),
        (without_hidden_sheet, "good.xlsx lacks the hidden sheet resdir (it has Instructions, Worksheet)."),
        (chart_in_its_place, "good.xlsx is damaged"),
        (
            column_deleted,
            (
                "good.xlsx, sheet Worksheet, row 1: column B is headed Criterion, not Record number: columns were moved, added "
                "or deleted, or the row of the headings."
            ),
        ),
        (hidden_column_deleted, "good.xlsx, sheet Worksheet, row 1: column M is headed (nothing), not check"),
        (
            column_inserted,
            "good.xlsx, sheet Worksheet, row 1: column E is headed (nothing), not In the directory now: columns were moved",
        ),
        (heading_deleted, "good.xlsx, sheet Worksheet, row 1: column A is headed 1.  Invented Food Pantry"),
        (row_above_the_heading, "good.xlsx, sheet Worksheet, row 1: column A is headed (nothing), not No."),
        (emptied, "good.xlsx, sheet Worksheet, row 1: column A is headed (nothing), not No."),
        (other_layout, f"good.xlsx has the layout audit-worksheet/1; this release reads {LAYOUT}."),
        (no_layout, f"good.xlsx has the layout (none); this release reads {LAYOUT}."),
        (no_batch, "good.xlsx does not say which batch it belongs to."),
    ],
)
def test_a_worksheet_that_lacks_a_part_is_refused_whole(
    damage: Callable[[Sheet], None], message: str, good: Path
) -> None:
    """Answers read from a wrong column would be worse than none."""
    sheet = Sheet(good)
    damage(sheet)
    with pytest.raises(InputError) as caught:
        open_worksheet(sheet.save())
    assert message in caught.value.message
    assert caught.value.advice


def other_batch(sheet: Sheet) -> None:
    sheet.identify("batch_id", "audit-20260101-00000000")


def other_frame(sheet: Sheet) -> None:
    sheet.identify("frame_sha256", "0" * 64)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            other_batch,
            "good.xlsx was written for the batch audit-20260101-00000000 as it was drawn from another directory.",
        ),
        (other_frame, "drawn from another directory."),
    ],
)
def test_a_worksheet_of_another_draw_is_refused(
    damage: Callable[[Sheet], None], message: str, world: World, good: Path
) -> None:
    """The answers would count for records that nobody drew."""
    sheet = Sheet(good)
    damage(sheet)
    with pytest.raises(InputError) as caught:
        hand_in(sheet.save(), world.assigned)
    assert message in caught.value.message
    assert caught.value.advice == "Hand it in where it was written."


def test_the_advice_for_a_renamed_sheet_is_its_old_name(good: Path) -> None:
    """To write the worksheet again would be a day's work for a slip of a second."""
    sheet = Sheet(good)
    sheet.page.title = "Answers"
    with pytest.raises(InputError) as caught:
        open_worksheet(sheet.save())
    assert caught.value.advice == "Give the sheet its name back."


# Who filled it in


def test_a_name_that_is_not_the_assigned_one_is_refused(world: World, good: Path) -> None:
    """The answers of two people would stand under one name."""
    sheet = Sheet(good)
    sheet.sign(BEN)
    with pytest.raises(InputError, match=f"was written for {ANN}, but {BEN} is named as the auditor") as caught:
        hand_in(sheet.save(), world.assigned)
    assert "resdir audit worksheet BATCH --auditor NAME" in caught.value.advice
    with pytest.raises(InputError, match=f"was written for {ANN}, but {BEN} is named"):
        hand_in(Path(shutil.copy(world.filled, good)), world.assigned, by=BEN)


def test_a_name_in_other_letters_is_the_same_person(world: World, good: Path) -> None:
    """Nobody types capitals the same way every time."""
    sheet = Sheet(good)
    sheet.sign("ann  invented".upper().replace("  ", " "))
    assert hand_in(sheet.save(), world.assigned).auditor == ANN


def test_nobody_answers_without_a_name(world: World, unassigned: Path) -> None:
    """An answer without a person can be neither asked about nor corrected."""
    sheet = Sheet(unassigned)
    sheet.sign("  ")
    path = sheet.save()
    with pytest.raises(InputError, match="does not say who filled it in") as caught:
        hand_in(path, world.open)
    assert caught.value.message.endswith("(sheet Instructions, the cell beside “Your name”).")
    assert caught.value.advice == "Write the name there, or give it with --by NAME."
    assert hand_in(path, world.open, by=BEN).auditor == BEN


def test_a_name_that_was_sorted_away_can_be_given(world: World, unassigned: Path) -> None:
    """The first sheet is no place for data, and is thrown away."""
    sheet = Sheet(unassigned)
    del sheet.book["Instructions"]
    assert hand_in(sheet.save(), world.open, by=ANN).refused == ()


# Single rows


@dataclass(frozen=True, kw_only=True)
class Damage:
    """One kind of damage to single rows of the good worksheet.

    Attributes:
        do: Damages the sheet; returns the rows that must be told, as (row, column, words).
        lost: Answers that must not be taken; all others must.
        counts: Records done, half-filled and untouched.
    """

    do: Callable[[Sheet], list[tuple[int, str, str]]]
    lost: frozenset[Item]
    counts: tuple[int, int, int] = (2, 1, 0)


def put(item: str, column: str, words: str, /, **cells: Any) -> Damage:
    """Write cells of one row of the record B; one remark is told."""

    def do(sheet: Sheet) -> list[tuple[int, str, str]]:
        row = sheet.row("B", item)
        sheet.put("B", item, **cells)
        return [(row, column, words)]

    is_remark = item == REMARK_ID
    return Damage(
        do=do, lost=frozenset() if is_remark else frozenset({("B", item)}), counts=(3, 0, 0) if is_remark else (2, 1, 0)
    )


def changed_id(column: str, told_column: str, words: str, value: str) -> Damage:
    def do(sheet: Sheet) -> list[tuple[int, str, str]]:
        row, first = sheet.row("B", FEES), sheet.row("B", NAME)
        sheet.put("B", FEES, **{column: value})
        return [(first, "", gone("102", "accuracy: the fees")), (row, told_column, words)]

    return Damage(do=do, lost=frozenset({("B", FEES)}))


def deleted_row(sheet: Sheet) -> list[tuple[int, str, str]]:
    sheet.page.delete_rows(sheet.row("B", FEES))
    return [(sheet.row("B", NAME), "", gone("102", "accuracy: the fees"))]


def deleted_record(sheet: Sheet) -> list[tuple[int, str, str]]:
    rows = [row for row, uid, _ in sheet.lines() if uid == "B"]
    sheet.page.delete_rows(rows[0] - 1, len(rows) + 1)
    return [(0, "", "The record 102 is not on the sheet: its rows were deleted, or none could be read.")]


def added_row(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.page.max_row + 2
    for column, value in ((4, "Is the parking free?"), (6, "no"), (7, "Two dollars.")):
        sheet.page.cell(row, column).value = value
    return [(row, "", NO_QUESTION)]


def ids_deleted(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.row("B", FEES)
    sheet.put("B", FEES, I=None, J=None, K=None, L=None, M=None)
    return [(sheet.row("B", NAME), "", gone("102", "accuracy: the fees")), (row, "", NO_QUESTION)]


def row_twice(answer: str) -> Callable[[Sheet], list[tuple[int, str, str]]]:
    def do(sheet: Sheet) -> list[tuple[int, str, str]]:
        row, new = sheet.row("B", FEES), sheet.page.max_row + 1
        for column in range(1, len(COLUMNS) + 1):
            sheet.page.cell(new, column).value = sheet.page.cell(row, column).value
        sheet.page.cell(new, 6).value = answer
        words = f"This question stands in the rows {row}, {new} with different answers."
        return [(row, "", words), (new, "", words)]

    return do


def worked_out_comment(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.row_of_automatic()
    sheet.page.cell(row, 7).value = "I count thirteen."
    return [(row, "", "This row is worked out by the program; write the comment beside a question.")]


def worked_out_answer(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.row_of_automatic()
    sheet.page.cell(row, 6).value = "yes"
    return [(row, "", "This row is worked out by the program")]


def text_in_a_heading(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.row("B", NAME) - 1
    sheet.page.cell(row, 7).value = "All of this is new."
    return [(row, "", "This is the heading of a record")]


def question_changed(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.row("B", FEES)
    sheet.put("B", FEES, D="Is it free?")
    return [(sheet.row("B", NAME), "", gone("102", "accuracy: the fees")), (row, "", MOVED)]


def shown_changed(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.row("B", FEES)
    sheet.put("B", FEES, E="No fee. Donations welcome.")
    return [(sheet.row("B", NAME), "", gone("102", "accuracy: the fees")), (row, "", MOVED)]


def formula_in_an_id(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.row("B", FEES)
    sheet.put("B", FEES, I='="B"')
    return [
        (sheet.row("B", NAME), "", gone("102", "accuracy: the fees")),
        (row, "record_uid (I), center_id (J)", NO_RECORD),
    ]


def two_questions_swapped(sheet: Sheet) -> list[tuple[int, str, str]]:
    """Sort three visible rows only: questions and answers move, hidden ids stay."""
    first, second = sheet.row("B", NAME), sheet.row("B", PHONES)
    for column in range(1, 9):
        cells = [sheet.page.cell(row, column) for row in (first, second)]
        cells[0].value, cells[1].value = cells[1].value, cells[0].value
    rest = sheet.row("B", "accuracy.address")
    return [
        (first, "", MOVED),
        (second, "", MOVED),
        (rest, "", gone("102", "accuracy: the name; accuracy: the phone numbers", "2 questions are")),
    ]


def half_filled(sheet: Sheet) -> list[tuple[int, str, str]]:
    for item in (NAME, OPEN):
        sheet.put("B", item, F=None)
    words = (
        "The record 102 is half-filled: 2 questions are unanswered (accuracy: the name; critical: a closed service shown as "
        "active). What is answered was taken; it counts as audited when all is answered."
    )
    return [(sheet.row("B", NAME), ANSWER, words)]


def merged_answers(sheet: Sheet) -> list[tuple[int, str, str]]:
    """Three answers merged into one: a spreadsheet keeps the first alone."""
    row = sheet.row("B", NAME)
    sheet.page.merge_cells(f"F{row}:F{row + 2}")
    words = "The record 102 is half-filled: 2 questions are unanswered (accuracy: the phone numbers; accuracy: the addresses)."
    return [(row + 1, ANSWER, words)]


def merged_ids(sheet: Sheet) -> list[tuple[int, str, str]]:
    row = sheet.row("B", FEES)
    sheet.page.merge_cells(f"H{row}:K{row}")
    return [(sheet.row("B", NAME), "", gone("102", "accuracy: the fees")), (row, "", NO_QUESTION)]


FEES_OF_B: frozenset[Item] = frozenset({("B", FEES)})

DAMAGES = {
    "record id changed to nonsense": changed_id("I", "record_uid (I), center_id (J)", NO_RECORD, "zzz"),
    "record id changed to that of another record": changed_id("I", "", MOVED, "A"),
    "item id changed to nonsense": changed_id(
        "K", "item_id (K)", "The hidden id of this row names no question: it was changed.", "accuracy.parking"
    ),
    "item id changed to that of another question": changed_id("K", "", MOVED, "accuracy.area"),
    "center id changed": changed_id(
        "J", "record_uid (I), center_id (J)", "The hidden ids of this row name no record of the batch", "c9"
    ),
    "hash of the values changed": changed_id("L", "", MOVED, "0" * 16),
    "check changed": changed_id("M", "", MOVED, "0" * 16),
    "row deleted": Damage(do=deleted_row, lost=FEES_OF_B),
    "all rows of a record deleted": Damage(
        do=deleted_record, lost=frozenset(("B", item) for item in ITEMS), counts=(2, 0, 1)
    ),
    "row added": Damage(do=added_row, lost=frozenset(), counts=(3, 0, 0)),
    "all hidden ids of a row deleted": Damage(do=ids_deleted, lost=FEES_OF_B),
    "row twice with different answers": Damage(do=row_twice("not applicable"), lost=FEES_OF_B),
    "answer outside the list": put(
        FEES, ANSWER, "“perhaps” is no answer. Choose yes, no, not applicable.", F="perhaps"
    ),
    "formula in the answer": put(FEES, ANSWER, FORMULA, F='=IF(1=1,"yes","no")'),
    "formula in the comment": put(FEES, COMMENT, FORMULA, F="no", G="=A1"),
    "formula in the source": put(FEES, SOURCE, FORMULA, H="=TODAY()"),
    "number in the answer": put(FEES, ANSWER, "“1” is no answer. Choose yes, no, not applicable.", F=1),
    "fraction in the answer": put(FEES, ANSWER, "“0.5” is no answer.", F=0.5),
    "date in the answer": put(FEES, ANSWER, "“2026-11-21” is no answer.", F=datetime(2026, 11, 21)),  # noqa: DTZ001
    "true in the answer": put(FEES, ANSWER, "“TRUE” is no answer.", F=True),
    "error value in the answer": put(
        FEES, ANSWER, "The cell holds the error value #REF!; type the text itself.", F="#REF!"
    ),
    "error value in the comment": put(
        FEES, COMMENT, "The cell holds the error value #N/A; type the text itself.", F="no", G="#N/A"
    ),
    "no without a comment": put(FEES, COMMENT, "A no needs a comment that says what is wrong.", F="no"),
    "no with a blank comment": put(FEES, COMMENT, "A no needs a comment that says what is wrong.", F="no", G=" \n "),
    "comment without an answer": put(FEES, ANSWER, "There is a comment but no answer.", F=None, G="Asks two dollars."),
    "source without an answer": put(FEES, ANSWER, "no answer", F=None, H="website"),
    "comment too long": put(FEES, COMMENT, "The text has 2,001 characters; 2,000 are the most.", F="no", G="x" * 2001),
    "source too long": put(FEES, SOURCE, "The text has 2,500 characters; 2,000 are the most.", H="x" * 2500),
    "remark with an answer": put(REMARK_ID, ANSWER, "A remark takes a comment and no answer.", F="yes"),
    "half-filled record": Damage(do=half_filled, lost=frozenset({("B", NAME), ("B", OPEN)})),
    "comment typed into a worked-out row": Damage(do=worked_out_comment, lost=frozenset(), counts=(3, 0, 0)),
    "answer typed into a worked-out row": Damage(do=worked_out_answer, lost=frozenset(), counts=(3, 0, 0)),
    "text typed into a heading": Damage(do=text_in_a_heading, lost=frozenset(), counts=(3, 0, 0)),
    "question changed": Damage(do=question_changed, lost=FEES_OF_B),
    "shown value changed": Damage(do=shown_changed, lost=FEES_OF_B),
    "formula in a hidden id": Damage(do=formula_in_an_id, lost=FEES_OF_B),
    "visible columns of two rows sorted": Damage(
        do=two_questions_swapped, lost=frozenset({("B", NAME), ("B", PHONES)})
    ),
    "answers merged": Damage(do=merged_answers, lost=frozenset({("B", PHONES), ("B", "accuracy.address")})),
    "hidden ids merged away": Damage(do=merged_ids, lost=FEES_OF_B),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_bad_row_is_told_and_every_good_one_taken(kind: str, world: World, good: Path) -> None:
    """One slip must cost neither the other answers nor put an answer on a wrong question."""
    damage, sheet = DAMAGES[kind], Sheet(good)
    expected = sorted(damage.do(sheet))
    read = hand_in(sheet.save(), world.assigned)
    found = sorted(told(read.refused))
    assert [(row, column) for row, column, _ in found] == [(row, column) for row, column, _ in expected], found
    for (_, _, message), (_, _, words) in zip(found, expected, strict=True):
        assert words in message
    assert taken(read) == ALL - damage.lost
    assert (read.done, read.half_filled, read.untouched) == damage.counts
    assert read.warnings == ()


def test_an_array_formula_is_a_formula(world: World, good: Path) -> None:
    """It is kept in another form inside the file, and computes an answer all the same."""
    sheet = Sheet(good)
    row = sheet.row("B", FEES)
    sheet.page[f"F{row}"] = ArrayFormula(f"F{row}", '=IF(1=1,"yes","no")')
    read = hand_in(sheet.save(), world.assigned)
    assert told(read.refused) == [(row, ANSWER, FORMULA)]
    assert taken(read) == ALL - FEES_OF_B


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("YES", "yes"),
        (" Yes ", "yes"),
        ("yes\u00a0", "yes"),
        ("Not  Applicable", "not applicable"),
        ("n/a", "not applicable"),
        ("N/A", "not applicable"),
        ("NA", "not applicable"),
    ],
)
def test_an_answer_in_other_letters_is_that_answer(typed: str, answer: str, world: World, good: Path) -> None:
    """Whoever types instead of choosing must not do it again for a capital."""
    sheet = Sheet(good)
    sheet.put("B", FEES, F=typed)
    read = hand_in(sheet.save(), world.assigned)
    assert (read.refused, taken(read)) == ((), ALL)
    assert row_of(read, "B", FEES)["answer"] == answer


def test_a_date_or_a_number_as_comment_or_source_is_text(world: World, good: Path) -> None:
    """A day is just what one types under `Checked where and when`, and a program makes a date of it."""
    sheet = Sheet(good)
    sheet.put("B", FEES, F="no", G=25, H=datetime(2026, 11, 21))  # noqa: DTZ001
    read = hand_in(sheet.save(), world.assigned)
    assert read.refused == ()
    said = row_of(read, "B", FEES)
    assert (said["comment"], said["source_note"]) == ("25", "2026-11-21")


def test_a_comment_of_two_thousand_characters_is_taken(world: World, good: Path) -> None:
    """The most that is allowed is allowed."""
    sheet = Sheet(good)
    sheet.put("B", FEES, F="no", G="x" * 2000)
    assert hand_in(sheet.save(), world.assigned).refused == ()


def test_a_source_note_beside_the_remark_is_not_lost(world: World, good: Path) -> None:
    """What somebody wrote is either taken or told."""
    sheet = Sheet(good)
    sheet.put("C", REMARK_ID, H="website, 2026-11-21")
    read = hand_in(sheet.save(), world.assigned)
    row = sheet.row("C", REMARK_ID)
    kept = [one for one in read.rows if (one["record_uid"], one["item_id"]) == ("C", REMARK_ID)]
    assert kept or [remark for remark in (*read.refused, *read.warnings) if remark.row == row]


def test_a_row_twice_with_the_same_answer_counts_once(world: World, good: Path) -> None:
    """Copied rows are odd, and no reason to refuse an answer."""
    sheet = Sheet(good)
    row = sheet.row("B", FEES)
    (*_, (last, _)) = row_twice("yes")(sheet), (sheet.page.max_row, "")
    read = hand_in(sheet.save(), world.assigned)
    assert read.refused == ()
    assert told(read.warnings) == [(last, "", f"This question stands in row {row} as well; it counts once.")]
    assert taken(read) == ALL
    assert len([one for one in read.rows if one["item_id"] == FEES]) == 3


def test_a_sheet_of_their_own_is_told_and_not_read(world: World, good: Path) -> None:
    """Notes on a sheet beside would be lost without a word."""
    sheet = Sheet(good)
    sheet.book.create_sheet("My notes")["A1"] = "Ask Ben."
    read = hand_in(sheet.save(), world.assigned)
    assert read.refused == ()
    assert read.warnings == (Remark(sheet="My notes", row=0, column="", message="The sheet is not read."),)
    assert taken(read) == ALL


@pytest.mark.parametrize("is_told_by_the_file", [True, False])
def test_formats_a_million_rows_below_change_nothing(is_told_by_the_file: bool, world: World, good: Path) -> None:
    """A colour given to whole columns makes a sheet of a million rows."""
    sheet = Sheet(good)
    sheet.page.cell(1_048_576, 6).number_format = "@"
    path = sheet.save()
    if not is_told_by_the_file:
        rewritten(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b'ref="A1:M1048576"', b'ref="A1:B2"', 1))
    read = hand_in(path, world.assigned)
    assert (read.refused, taken(read)) == ((), ALL)


def test_blank_rows_between_the_records_change_nothing(world: World, good: Path) -> None:
    """Whoever likes room between the records may have it."""
    sheet = Sheet(good)
    sheet.page.insert_rows(sheet.row("B", NAME) - 1, 2)
    read = hand_in(sheet.save(), world.assigned)
    assert (read.refused, taken(read)) == ((), ALL)


def test_records_in_another_order_with_all_their_columns_are_read(world: World, good: Path) -> None:
    """A sort that takes whole rows does no harm: the ids go with them."""
    sheet = Sheet(good)
    rows = [[cell.value for cell in row] for row in sheet.page.iter_rows(min_row=2)]
    for number, values in enumerate(sorted(rows, key=lambda row: str(row[3])), start=2):
        for column, value in enumerate(values, start=1):
            sheet.page.cell(number, column).value = value
    read = hand_in(sheet.save(), world.assigned)
    assert (read.refused, taken(read)) == ((), ALL)
    assert row_of(read, "A", PHONES)["answer"] == "no"


def test_visible_columns_sorted_by_question_put_no_answer_on_another_record(world: World, good: Path) -> None:
    """Questions and answers move away from the hidden ids: an answer of one agency would be recorded for another."""
    sheet = Sheet(good)
    for row, uid, item in list(sheet.lines()):
        if item != REMARK_ID:
            sheet.page.cell(row, 7).value = f"about {uid}"
    rows = [[cell.value for cell in row] for row in sheet.page.iter_rows(min_row=2, max_col=8)]
    for number, values in enumerate(sorted(rows, key=lambda row: str(row[3] or "~")), start=2):
        for column, value in enumerate(values, start=1):
            sheet.page.cell(number, column).value = value
    read = hand_in(sheet.save(), world.assigned)
    wrong = [(row["record_uid"], row["item_id"], row["comment"]) for row in read.rows]
    assert not [one for one in wrong if one[2] != f"about {one[0]}" and one[2] is not None]
    assert MOVED in {remark.message for remark in read.refused}


def test_records_that_changed_places_in_the_visible_columns_alone_are_refused(world: World, good: Path) -> None:
    """The record number on the row is that of one agency, the hidden id that of another: the answer is nobody's."""
    sheet = Sheet(good)
    first, second = ([row for row, uid, _ in sheet.lines() if uid == one] for one in "BC")
    for one, other in zip(first, second, strict=True):
        for column in range(1, 9):
            cells = [sheet.page.cell(row, column) for row in (one, other)]
            cells[0].value, cells[1].value = cells[1].value, cells[0].value
    read = hand_in(sheet.save(), world.assigned)
    assert {uid for uid, _ in taken(read)} == {"A"}
    assert {remark.row for remark in read.refused if remark.message == MOVED} >= {*first, *second}


# Whose record it is


def test_nobody_audits_a_record_of_their_own(world: World, unassigned: Path) -> None:
    """The curator's own yes says nothing."""
    sheet = Sheet(unassigned)
    sheet.sign("person 2")
    path = sheet.save()
    read = hand_in(path, world.open)
    row = sheet.row("C", NAME)
    words = "person 2 curates the record Invented School, or a part of it: nobody audits their own records."
    assert told(read.refused) == [(row, "", words)]
    assert taken(read) == {one for one in ALL if one[0] != "C"}
    assert (read.done, read.half_filled) == (2, 0)


def test_nobody_audits_a_record_of_their_own_under_another_name(world: World, good: Path) -> None:
    """The directory names curators by user name, the worksheet by name."""
    read = hand_in(good, world.assigned, auditors=[Auditor(name=ANN.upper(), curates=frozenset({"person 2"}))])
    assert [remark.row for remark in read.refused] == [Sheet(good).row("C", NAME)]
    assert f"{ANN} curates the record Invented School" in read.refused[0].message
    assert taken(read) == {one for one in ALL if one[0] != "C"}


def test_nobody_audits_an_agency_of_which_a_service_is_their_own(world: World, good: Path) -> None:
    """The agency is judged with all of its services."""
    read = hand_in(good, world.assigned, curators={("c1", "A"): ["Person 1", ANN]})
    assert [remark.row for remark in read.refused] == [Sheet(good).row("A", NAME)]
    assert "00101, or a part of it" in read.refused[0].message
    assert taken(read) == {one for one in ALL if one[0] != "A"}


def test_a_record_of_somebody_else_is_refused(world: World, good: Path) -> None:
    """Two would have scored one record, and nobody the other."""
    whose = pl.when(pl.col("record_uid") == "B").then(pl.lit(BEN)).otherwise("auditor")
    batch = replace(world.assigned, items=world.assigned.items.with_columns(auditor=whose))
    read = hand_in(good, batch)
    row = Sheet(good).row("B", NAME)
    assert told(read.refused) == [(row, "", f"The record 102 is assigned to {BEN}, not to {ANN}.")]
    assert taken(read) == {one for one in ALL if one[0] != "B"}
    assert (read.done, read.half_filled, read.untouched) == (2, 0, 0)


def test_a_second_auditor_is_known_by_the_draw(world: World, good: Path) -> None:
    """The sheet does not tell who comes second; the answers must."""
    second = pl.when(pl.col("record_uid") == "B").then(pl.lit(ANN))
    first = pl.when(pl.col("record_uid") == "B").then(pl.lit(BEN)).otherwise("auditor")
    batch = replace(world.assigned, items=world.assigned.items.with_columns(auditor=first, second_rater=second))
    read = hand_in(good, batch)
    assert (read.refused, taken(read)) == ((), ALL)
    assert {(row["record_uid"], row["role"]) for row in read.rows} == {("A", "first"), ("B", "second"), ("C", "first")}


def test_a_record_that_another_person_scored_is_refused(world: World, unassigned: Path) -> None:
    """Where nobody is assigned, two may take the same record."""
    sheet = Sheet(unassigned)
    for row, uid, _ in list(sheet.lines()):
        if uid != "A":
            sheet.page.cell(row, 6).value = None
            sheet.page.cell(row, 7).value = None
    before = recorded(world.open, hand_in(sheet.save(), world.open))
    other = Sheet(Path(shutil.copy(world.filled_open, unassigned)))
    other.sign(BEN)
    read = hand_in(other.save(), world.open, before)
    words = f"The record 00101 was scored by {ANN} already; a second opinion has to be assigned when drawing."
    assert told(read.refused) == [(other.row("A", NAME), "", words)]
    assert taken(read) == {one for one in ALL if one[0] != "A"}


def test_a_record_deleted_from_a_sheet_for_nobody_is_told(world: World, unassigned: Path) -> None:
    """Nobody would notice that a drawn record was never audited."""
    sheet = Sheet(unassigned)
    deleted_record(sheet)
    read = hand_in(sheet.save(), world.open)
    assert told(read.refused) == [
        (0, "", "The record 102 is not on the sheet: its rows were deleted, or none could be read.")
    ]
    assert (read.done, read.half_filled, read.untouched) == (2, 0, 1)


# The third opinion


def third_sheet(world: World, path: Path) -> Path:
    only = {("c1", "A", PHONES), ("c1", "B", FEES)}
    return write(world.directory, world.assigned, path, auditor=CARA, only=only)


def test_a_third_opinion_asks_and_takes_its_questions_alone(world: World, tmp_path: Path) -> None:
    """To settle two questions nobody answers twenty more."""
    sheet = Sheet(third_sheet(world, tmp_path / "third.xlsx"))
    sheet.put("A", PHONES, F="no", G="A bakery.")
    path = sheet.save()
    read = hand_in(path, world.assigned)
    assert [(row["record_uid"], row["item_id"], row["role"]) for row in read.rows] == [("A", PHONES, "third")]
    assert (read.done, read.half_filled, read.untouched) == (1, 0, 1)
    assert read.refused == ()


def test_a_third_opinion_comes_from_somebody_else(world: World, tmp_path: Path) -> None:
    """Whoever gave one of the two opinions would only repeat it."""
    sheet = Sheet(third_sheet(world, tmp_path / "third.xlsx"))
    sheet.put("A", PHONES, F="yes")
    sheet.identify("auditor", ANN)
    sheet.sign(ANN)
    read = hand_in(sheet.save(), world.assigned)
    words = [
        f"{ANN} has scored the record {name} already: a third opinion comes from somebody else."
        for name in ("00101", "102")
    ]
    assert [(column, message) for _, column, message in told(read.refused)] == [("", one) for one in words]
    assert read.rows == ()


def test_what_a_third_opinion_settled_is_not_settled_again(world: World, tmp_path: Path) -> None:
    """Two sheets for one question: the later of two deciders would silently overrule the earlier."""
    path = third_sheet(world, tmp_path / "third.xlsx")
    sheet = Sheet(path)
    sheet.put("A", PHONES, F="no", G="A bakery.")
    before = recorded(world.assigned, hand_in(sheet.save(), world.assigned))
    sheet.put("A", PHONES, F="yes", G=None)
    sheet.put("B", FEES, F="yes")
    sheet.identify("auditor", BEN)
    sheet.sign(BEN)
    read = hand_in(sheet.save(), world.assigned, before)
    assert ("A", PHONES) not in taken(read)
    assert ("B", FEES) in taken(read)
    assert [remark.row for remark in read.refused if CARA in remark.message] == [sheet.row("A", PHONES)]


# Handing in again


def test_the_same_file_twice_records_nothing_more(world: World, good: Path) -> None:
    """Whoever is not sure whether it arrived hands it in again."""
    first = hand_in(good, world.assigned)
    again = hand_in(good, world.assigned, recorded(world.assigned, first))
    assert again.rows == ()
    assert again.known == len(first.rows) == len(ALL) + 1
    assert (again.refused, again.warnings, again.corrections) == ((), (), ())
    assert (again.done, again.half_filled, again.untouched) == (3, 0, 0)


def test_a_corrected_file_tells_what_stood_before_and_stands_now(world: World, good: Path) -> None:
    """Nobody can check a correction that is told as a number."""
    first = hand_in(good, world.assigned)
    before = recorded(world.assigned, first)
    sheet = Sheet(good)
    sheet.put("B", FEES, F="no", G="Asks two dollars.")
    sheet.put("A", PHONES, G="Rings at the butcher's.")
    sheet.put("C", NAME, H="website")
    read = hand_in(sheet.save(), world.assigned, before)
    assert set(read.corrections) == {
        Correction(row=sheet.row("B", FEES), record="102", item_id=FEES, before="yes", after="no: Asks two dollars."),
        Correction(
            row=sheet.row("A", PHONES),
            record="00101",
            item_id=PHONES,
            before="no: Rings at the bakery.",
            after="no: Rings at the butcher's.",
        ),
        Correction(row=sheet.row("C", NAME), record="Invented School", item_id=NAME, before="yes", after="yes"),
    }
    assert taken(read) == {("B", FEES), ("A", PHONES), ("C", NAME)}
    assert read.known == len(ALL) + 1 - 3
    both = recorded(world.assigned, first, read)
    of_fees = both.filter((pl.col("record_uid") == "B") & (pl.col("item_id") == FEES)).sort("entry")
    assert of_fees.select("answer", "is_standing").rows() == [("yes", False), ("no", True)]


def test_a_blank_never_takes_an_answer_back(world: World, good: Path) -> None:
    """An empty worksheet handed in by mistake must not undo a week."""
    first = hand_in(good, world.assigned)
    before = recorded(world.assigned, first)
    sheet = Sheet(good)
    for row, *_ in list(sheet.lines()):
        for column in (6, 7, 8):
            sheet.page.cell(row, column).value = None
    read = hand_in(sheet.save(), world.assigned, before)
    assert (read.rows, read.corrections, read.refused) == ((), (), ())
    assert (read.done, read.half_filled, read.untouched) == (3, 0, 0)


def test_a_deleted_row_never_takes_an_answer_back(world: World, good: Path) -> None:
    """What is recorded stands, whatever the sheet still shows; and nothing is missing."""
    before = recorded(world.assigned, hand_in(good, world.assigned))
    sheet = Sheet(good)
    deleted_row(sheet)
    read = hand_in(sheet.save(), world.assigned, before)
    assert (read.rows, read.corrections, read.refused) == ((), (), ())
    assert read.done == 3


def test_a_sheet_in_parts_is_counted_right_and_completed_later(world: World, tmp_path: Path) -> None:
    """Who asks every Friday must see what is left."""
    sheet = Sheet(write(world.directory, world.assigned, tmp_path / "parts.xlsx"))
    sheet.answer_all(["A"])
    sheet.put("B", NAME, F="yes")
    first = hand_in(sheet.save(), world.assigned)
    assert taken(first) == {*((uid, item) for uid, item in ALL if uid == "A"), ("B", NAME)}
    assert (first.done, first.half_filled, first.untouched) == (1, 1, 1)
    (remark,) = first.refused
    assert (remark.row, remark.column) == (sheet.row("B", PHONES), ANSWER)
    assert remark.message.startswith(
        "The record 102 is half-filled: 21 questions are unanswered (accuracy: the phone numbers; accuracy: the addresses; "
        "accuracy: days and hours; accuracy: the eligibility and 17 more)."
    )
    # The rest comes on a fresh sheet.
    rest = Sheet(write(world.directory, world.assigned, tmp_path / "rest.xlsx"))
    for row, uid, item in list(rest.lines()):
        if uid == "C" or (uid == "B" and item != NAME):
            rest.page.cell(row, 6).value = None if item == REMARK_ID else "yes"
    second = hand_in(rest.save(), world.assigned, recorded(world.assigned, first))
    assert second.refused == ()
    assert (second.done, second.half_filled, second.untouched) == (3, 0, 0)
    assert taken(first) | taken(second) == ALL
    assert not taken(first) & taken(second)


def test_an_empty_worksheet_is_no_fault(world: World, tmp_path: Path) -> None:
    """Nothing was begun, and that is all there is to say."""
    read = hand_in(write(world.directory, world.assigned, tmp_path / "new.xlsx"), world.assigned)
    assert (read.rows, read.refused, read.warnings) == ((), (), ())
    assert (read.done, read.half_filled, read.untouched) == (0, 0, 3)


def two_people(good: Path) -> Sheet:
    """Change one answer, and save it as Ben."""
    sheet = Sheet(good)
    sheet.put("B", FEES, F="no", G="Asks two dollars.")
    sheet.book.properties.lastModifiedBy = BEN
    sheet.save()
    return sheet


def test_a_copy_that_somebody_else_filled_in_overwrites_nothing(world: World, good: Path) -> None:
    """Two people with a copy each: the later one would silently win."""
    before = recorded(world.assigned, hand_in(good, world.assigned))
    sheet = two_people(good)
    read = hand_in(good, world.assigned, before, saved_before={ANN.casefold(): ANN})
    words = (
        f"This differs from what was recorded before (yes), and another person saved this file ({BEN}): it looks as if two "
        "people had filled in a copy each. If it is a correction: --correct."
    )
    assert told(read.refused) == [(sheet.row("B", FEES), ANSWER, words)]
    assert (read.rows, read.corrections) == ((), ())
    assert read.known == len(ALL)
    assert read.done == 3


@pytest.mark.parametrize(
    "options",
    [
        {"saved_before": {ANN.casefold(): ANN}, "is_correction": True},
        {"saved_before": {ANN.casefold(): BEN.upper()}},
        {"saved_before": {}},
        {},
    ],
)
def test_a_correction_is_taken_when_it_is_meant_or_nobody_else_is_seen(
    options: dict[str, Any], world: World, good: Path
) -> None:
    """Who corrects on another machine says so; who saves under the same name need not."""
    before = recorded(world.assigned, hand_in(good, world.assigned))
    sheet = two_people(good)
    read = hand_in(good, world.assigned, before, **options)
    assert read.refused == ()
    (correction,) = read.corrections
    assert correction == Correction(
        row=sheet.row("B", FEES), record="102", item_id=FEES, before="yes", after="no: Asks two dollars."
    )
    assert taken(read) == {("B", FEES)}


def test_a_new_answer_in_a_file_saved_by_somebody_else_is_taken(world: World, tmp_path: Path) -> None:
    """Only what differs from the record is in doubt."""
    sheet = Sheet(write(world.directory, world.assigned, tmp_path / "w.xlsx"))
    sheet.answer_all(["A"])
    before = recorded(world.assigned, hand_in(sheet.save(), world.assigned))
    sheet.answer_all(["B"])
    sheet.book.properties.lastModifiedBy = BEN
    read = hand_in(sheet.save(), world.assigned, before, saved_before={ANN.casefold(): ANN})
    assert read.refused == ()
    assert {uid for uid, _ in taken(read)} == {"B"}


def test_a_name_in_other_letters_corrects_its_own_answers(world: World, unassigned: Path) -> None:
    """Ann and ANN are one person: of two answers to one question one stands."""
    first = hand_in(unassigned, world.open)
    sheet = Sheet(unassigned)
    sheet.sign(ANN.upper())
    sheet.put("B", FEES, F="no", G="Asks two dollars.")
    second = hand_in(sheet.save(), world.open, recorded(world.open, first))
    assert [one.item_id for one in second.corrections] == [FEES]
    answers = recorded(world.open, first, second)
    fees = answers.filter((pl.col("record_uid") == "B") & (pl.col("item_id") == FEES) & pl.col("is_standing"))
    assert fees["answer"].to_list() == ["no"]


def test_answers_of_another_batch_are_passed_over(world: World, good: Path) -> None:
    """The same agency may be drawn again next year."""
    before = recorded(world.assigned, hand_in(good, world.assigned)).with_columns(batch_id=pl.lit("audit-20250101-0"))
    assert taken(hand_in(good, world.assigned, before)) == ALL
