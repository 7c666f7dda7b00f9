"""Forms spoiled in every way that people, mail and programs spoil them: refused in plain words, and nothing good is lost."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.outreach.packet_dates import read_day
from pipeline.outreach.packet_file import open_form
from pipeline.outreach.packet_form import PrintedForm
from pipeline.outreach.packet_read import ReadForm, read_form
from schemas.errors import InputError
from schemas.packets import ReturnedLine
from schemas.private_values import PrivateValues
from tests.filled_forms import Form
from tests.packet_directory import form_of, packet_directory, workbook_of

TODAY = date(2026, 11, 28)
PRIVATE = PrivateValues(phones=frozenset({"2175550199"}), streets=frozenset({" 77 hidden "}))


@pytest.fixture(scope="module")
def form() -> PrintedForm:
    return form_of(packet_directory())


@pytest.fixture(scope="module")
def blank(form: PrintedForm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workbook_of(form, tmp_path_factory.mktemp("forms") / "blank.xlsx")


@pytest.fixture(scope="module")
def signed(blank: Path) -> Path:
    filled = Form(blank).sign()
    filled.say("E-mail", "change", "new@aid.example")
    return filled.say_right().save(blank.with_name("signed.xlsx"))


@pytest.fixture
def good(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(signed, tmp_path / "good.xlsx"))


@pytest.fixture
def empty(blank: Path, tmp_path: Path) -> Form:
    """A signed form without answers."""
    return Form(Path(shutil.copy(blank, tmp_path / "form.xlsx"))).sign()


def read(
    path: Path, form: PrintedForm, earlier: dict[str, dict[str, ReturnedLine]] | None = None, today: date = TODAY
) -> ReadForm:
    return read_form(
        open_form(path), packet=form.packet, earlier=earlier or {}, today=today, longest=400, private=PRIVATE
    )


def answers(read_back: ReadForm) -> dict[str, tuple[str, str, str]]:
    words = {line.line_id: f"{line.part.split(':')[0]}/{line.what}" for line in read_back.packet.lines}
    return {
        words[one.line_id]: (one.answer, one.proposed, one.remark) for one in read_back.lines if one.answer != "right"
    }


# The file as a whole


def test_the_good_form_is_taken_whole(good: Path, form: PrintedForm) -> None:
    """All that follows says nothing if this does not hold."""
    back = read(good, form)
    assert (back.refused, back.warnings, back.known, back.unanswered) == ((), (), 0, 0)
    assert back.is_complete
    assert answers(back) == {"Agency/E-mail": ("change", "new@aid.example", "")}
    assert (back.verifier.name, back.verifier.title, back.verifier.verified_on) == (
        "Rae Invented",
        "Director",
        date(2026, 11, 27),
    )


def missing(path: Path) -> Path:
    path.unlink()
    return path


def folder(path: Path) -> Path:
    path.unlink()
    path.mkdir()
    return path


def other_ending(path: Path) -> Path:
    return path.rename(path.with_suffix(".csv"))


def printed(path: Path) -> Path:
    return path.rename(path.with_suffix(".html"))


def no_bytes(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def letter(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n")
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
    return path


def text_document(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return path


def declares_a_gigabyte(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    place = content.rfind(b"PK\x01\x02")  # last entry of the list of contents: its unpacked size stands 24 bytes on
    content[place + 24 : place + 28] = (1_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def half_of_the_cells(path: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    listing = parts["xl/worksheets/sheet2.xml"]
    parts["xl/worksheets/sheet2.xml"] = listing[: len(listing) // 2]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("damage", "message", "advice"),
    [
        (missing, "There is no file", "Check the path."),
        (folder, "is a folder.", "Name the forms in it."),
        (other_ending, "good.csv is no .xlsx file.", "Save the form as Excel workbook"),
        (printed, "good.html is a form to print, not one that can be read back.", "Copy its answers into the .xlsx"),
        (no_bytes, "good.xlsx is empty.", "Ask for the file"),
        (letter, "good.xlsx is no Excel workbook, whatever its name says.", "Ask for the file"),
        (cut_off, "good.xlsx is not whole: it was cut off", "Copy it again."),
        (locked_or_old, "good.xlsx has a password, or is in the old .xls form.", "Remove the password"),
        (open_document, "good.xlsx is an OpenDocument file.", "Save it as Excel workbook"),
        (text_document, "good.xlsx is damaged and cannot be opened.", "Ask for the file"),
        (declares_a_gigabyte, "good.xlsx is far larger than a form can be.", "Ask for the file"),
        (half_of_the_cells, "good.xlsx is damaged: its cells cannot be read.", "Ask for the file"),
    ],
)
def test_a_file_that_is_no_form_is_refused_in_one_sentence(
    damage: Callable[[Path], Path], message: str, advice: str, good: Path
) -> None:
    """Whoever reads the mail must learn what to do, and not see a traceback."""
    with pytest.raises(InputError) as caught:
        open_form(damage(good))
    assert message in caught.value.message
    assert advice in caught.value.advice


def without_hidden_sheet(form: Form) -> None:
    del form.book["resdir"]


def without_first_sheet(form: Form) -> None:
    del form.book["Start here"]


def listing_renamed(form: Form) -> None:
    form.page.title = "Copy"


def column_deleted(form: Form) -> None:
    form.page.delete_cols(3)


def hidden_column_deleted(form: Form) -> None:
    form.page.delete_cols(7)


def column_inserted(form: Form) -> None:
    form.page.insert_cols(4)


def row_above(form: Form) -> None:
    form.page.insert_rows(1)


def other_layout(form: Form) -> None:
    form.identify("layout", "update-form/0")


def audit_worksheet(form: Form) -> None:
    form.identify("layout", "audit-worksheet/2")


def nameless(form: Form) -> None:
    form.identify("packet_id", "")


def other_agency(form: Form) -> None:
    form.identify("agency_uid", "O")


def other_day(form: Form) -> None:
    form.identify("as_of", "2026-11-01")


def other_check(form: Form) -> None:
    form.identify("line r003", "0" * 16)


def unsigned(form: Form) -> None:
    form.sign(name=None)


def signed_by_a_number(form: Form) -> None:
    form.sign(name=12)


def signed_by_a_formula(form: Form) -> None:
    form.sign(name="=A1")


def name_line_gone(form: Form) -> None:
    for cells in form.book["Start here"].iter_rows():
        if cells[0].value == "Your name":
            cells[0].value = None


def undated(form: Form) -> None:
    form.sign(date=None)


def date_of_two_meanings(form: Form) -> None:
    form.sign(date="3.4.2026")


def date_ahead(form: Form) -> None:
    form.sign(date="2026-11-29")


def date_too_early(form: Form) -> None:
    form.sign(date=datetime(2026, 11, 20))  # noqa: DTZ001 - a cell holds no zone


def very_long_name(form: Form) -> None:
    form.sign(name="Rae " * 200)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            without_hidden_sheet,
            "good.xlsx is no update form: it lacks the hidden sheet resdir (it has Start here, Your listing).",
        ),
        (without_first_sheet, "good.xlsx lacks the sheet Start here"),
        (listing_renamed, "good.xlsx lacks the sheet Your listing (it has Start here, Copy, resdir)."),
        (
            column_deleted,
            "good.xlsx, sheet Your listing, row 1: column C is headed Still right?, not In the directory now",
        ),
        (hidden_column_deleted, "row 1: column G is headed (nothing), not line"),
        (column_inserted, "row 1: column D is headed (nothing), not Still right?"),
        (row_above, "row 1: column A is headed (nothing), not Part"),
        (other_layout, "good.xlsx has the layout update-form/0; this release reads update-form/1."),
        (audit_worksheet, "good.xlsx is an audit worksheet, not an update form."),
        (nameless, "good.xlsx does not say which form it is."),
        (other_agency, "the hidden sheet resdir was changed (agency_uid is not as it was written)."),
        (other_day, "the hidden sheet resdir was changed (as_of is not as it was written)."),
        (other_check, "the hidden sheet resdir was changed (the list of lines is not as it was written)."),
        (unsigned, "good.xlsx, sheet Start here, row 10: nobody is named under “Your name”."),
        (signed_by_a_number, "nobody is named under “Your name”."),
        (signed_by_a_formula, "beside “Your name”: The cell holds a formula; type the text itself."),
        (name_line_gone, "sheet Start here: the line “Your name” is gone."),
        (undated, "row 13: no day stands under “Today's date”."),
        (date_of_two_meanings, "row 13: “3.4.2026” is not one certain day."),
        (date_ahead, "the day 2026-11-29 lies ahead (today is 2026-11-28)."),
        (date_too_early, "the day 2026-11-20 is before the form was written (2026-11-21)."),
        (very_long_name, "the text has 800 characters; at most 200 are read."),
    ],
)
def test_a_form_that_cannot_be_traced_is_refused_whole(
    damage: Callable[[Form], None], message: str, good: Path, form: PrintedForm
) -> None:
    """A correction of nobody, of no day or of another form must not become work."""
    sheet = Form(good)
    damage(sheet)
    with pytest.raises(InputError) as caught:
        read(sheet.save(), form)
    assert message in caught.value.message
    assert caught.value.advice


# One row


def change(value: Any, remark: Any = None) -> Callable[[Form], int]:
    return lambda form: form.say("E-mail", "change", value, remark)


def answer(word: Any, value: Any = None, what: str = "E-mail", remark: Any = None) -> Callable[[Form], int]:
    return lambda form: form.say(what, word, value, remark)


def in_cell(what: str, column: int, value: Any) -> Callable[[Form], int]:
    def put(form: Form) -> int:
        row = form.row(what)
        form.page.cell(row, column).value = value
        return row

    return put


def on_a_heading(form: Form) -> int:
    form.page.cell(2, 4).value = "right"
    return 2


def added_row(form: Form) -> int:
    row = form.page.max_row + 1
    form.page.cell(row, 2).value = "Fax"
    form.page.cell(row, 5).value = "217-555-0107"
    return row


def changed_id(form: Form) -> int:
    row = form.say("E-mail", "right")
    form.page.cell(row, 7).value = "r999"
    return row


def copied_with_another_answer(form: Form) -> int:
    first = form.say("E-mail", "right")
    row = form.page.max_row + 1
    for column in range(1, 8):
        form.page.cell(row, column).value = form.page.cell(first, column).value
    form.page.cell(row, 4).value = "remove"
    return row


def sorted_partly(form: Form) -> int:
    row = form.say("E-mail", "right")
    form.page.cell(row, 2).value = "Website"
    return row


EDITED = "What stands under “In the directory now” was changed. Leave it as it was and write the right value under “Correct value”."


@pytest.mark.parametrize(
    ("damage", "column", "message"),
    [
        (change(None), "Correct value (E)", "A change needs the correct value beside it; if it is to go, choose remove."),
        (change("=1+1"), "Correct value (E)", "The cell holds a formula; type the text itself."),
        (change("#REF!"), "Correct value (E)", "The cell holds the error value #REF!; type the text itself."),
        (change("x" * 401), "Correct value (E)", "The text has 401 characters; at most 400 are read. Shorten it."),
        (change("a@b.example", "y" * 500), "Remark (F)", "The text has 500 characters; at most 400 are read. Shorten it."),
        (answer("perhaps"), "Still right? (D)", "“perhaps” is none of the answers: right, change, remove, not sure."),
        (answer("=TRUE()"), "Still right? (D)", "The cell holds a formula; type the text itself."),
        (
            answer("right", "new@aid.example"),
            "Correct value (E)",
            "The answer is right, but a correct value stands beside it: choose change, or take the value out.",
        ),
        (
            answer("remove", "new@aid.example"),
            "Correct value (E)",
            "The answer is remove, but a correct value stands beside it: choose change, or take the value out.",
        ),
        (in_cell("E-mail", 3, "new@aid.example"), "In the directory now (C)", EDITED),
        (in_cell("E-mail", 3, "=A1"), "In the directory now (C)", EDITED),
        (in_cell("E-mail", 3, None), "In the directory now (C)", EDITED),
        (sorted_partly, "", "The part, the field or the hidden id of this row was changed or moved after the form was written"),
        (on_a_heading, "", "This is the heading of a record; write beside one of its lines."),
        (
            added_row,
            "",
            "This row belongs to no line of the form: it was added, or its hidden id was deleted. Use the last lines for what is missing.",
        ),
        (copied_with_another_answer, "", "are the same line with different answers: keep one."),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_is_told_and_the_others_are_kept(
    damage: Callable[[Form], int], column: str, message: str, empty: Form, form: PrintedForm
) -> None:
    """One slip must not cost an agency the rest of its work."""
    empty.say("Days and hours", "change", "Mon-Sat 9-5")
    row = damage(empty)
    back = read(empty.save(), form)
    assert [(one.sheet, one.row, one.column) for one in back.refused] == [("Your listing", row, column)]
    assert message in back.refused[0].message
    assert answers(back) == {"Agency/Days and hours": ("change", "Mon-Sat 9-5", "")}
    assert not back.is_complete


def test_a_changed_id_costs_that_line_alone(empty: Form, form: PrintedForm) -> None:
    """The row names no line, and the line is missed."""
    row = changed_id(empty)
    back = read(empty.save(), form)
    assert [(one.row, one.column) for one in back.refused] == [(row, "line (G)"), (0, "")]
    assert "names no line of the form" in back.refused[0].message
    assert "The line “E-mail” of “Agency: =Invented & <Aid>” is gone" in back.refused[1].message


def test_a_deleted_row_is_missed(empty: Form, form: PrintedForm) -> None:
    """Nobody said that the website is right."""
    empty.sign(all_right="yes")
    empty.page.delete_rows(empty.row("Website"))
    back = read(empty.save(), form)
    assert [one.message for one in back.refused] == [
        "The line “Website” of “Agency: =Invented & <Aid>” is gone: it was deleted. Nothing was said about it."
    ]
    assert not back.is_complete


def test_moved_rows_are_read_by_their_id_and_told(empty: Form, form: PrintedForm) -> None:
    """Sorting whole rows loses nothing."""
    first, last = empty.row("Other names in use"), empty.row("E-mail")
    for column in range(1, 8):
        one, other = empty.page.cell(first, column), empty.page.cell(last, column)
        one.value, other.value = other.value, one.value
    empty.page.cell(first, 4).value = "change"
    empty.page.cell(first, 5).value = "new@aid.example"
    back = read(empty.save(), form)
    assert back.refused == ()
    assert answers(back) == {"Agency/E-mail": ("change", "new@aid.example", "")}
    assert [one.row for one in back.warnings] == [first]


def test_a_row_copied_whole_is_read_once(empty: Form, form: PrintedForm) -> None:
    """A copy that says the same does no harm."""
    first = empty.say("E-mail", "remove")
    row = empty.page.max_row + 1
    for column in range(1, 8):
        empty.page.cell(row, column).value = empty.page.cell(first, column).value
    back = read(empty.save(), form)
    assert answers(back) == {"Agency/E-mail": ("remove", "", "")}
    assert [one.message for one in back.warnings] == [f"This row is a copy of row {first}; it was read once."]


def test_nothing_on_file_cannot_be_removed(empty: Form, form: PrintedForm) -> None:
    """There is no website of the site."""
    row = empty.say("Website", "remove", part="Site 1")
    back = read(empty.save(), form)
    assert [(one.row, one.message) for one in back.refused] == [
        (row, "There is nothing on file that could be removed: choose right.")
    ]


@pytest.mark.parametrize(
    ("say", "taken", "warning"),
    [
        (answer(None, "new@aid.example"), ("change", "new@aid.example", ""), "taken as change. Please confirm it."),
        (answer(None, None, remark="Ask Dee"), ("not sure", "", "Ask Dee"), "A remark without an answer"),
        (answer("change", None, remark="Ask Dee"), ("not sure", "", "Ask Dee"), "taken as a question, for its remark"),
        (answer(" CHANGE. ", "new@aid.example"), ("change", "new@aid.example", ""), None),
        (answer("Not  sure"), ("not sure", "", ""), None),
        (answer("change", "nonsense"), ("change", "nonsense", ""), "This is not one e-mail address"),
        (answer("change", "aid", "Website"), ("change", "aid", ""), "This is not one web address"),
        (answer("change", "555-0101", "Phone 1"), ("change", "555-0101", ""), "The number has 7 digits"),
        (answer("change", "1-800-GO-FOODS", "Phone 1"), ("change", "1-800-GO-FOODS", ""), "has letters in it"),
        (answer("change", 2175550103, "Phone 1"), ("change", "2175550103", ""), None),
        (answer("change", "(217) 555-0103 ext. 44 (desk 2)", "Phone 1"), ("change", "(217) 555-0103 ext. 44 (desk 2)", ""), None),
        (answer("change", "2 Main St", "Street address"), ("change", "2 Main St", ""), "The address has no ZIP code"),
        (answer("change", "PO Box 7, Springfield, IL 62701", "Street address"),
         ("change", "PO Box 7, Springfield, IL 62701", ""), "This is a post office box"),
        (answer("change", "+1 or =1", "Days and hours"), ("change", "+1 or =1", ""), None),
    ],
)  # fmt: skip
def test_what_is_odd_is_taken_and_told(
    say: Callable[[Form], int], taken: tuple[str, str, str], warning: str | None, empty: Form, form: PrintedForm
) -> None:
    """A curator decides; a program that refuses a good correction helps nobody."""
    row = say(empty)
    back = read(empty.save(), form)
    assert back.refused == ()
    assert list(answers(back).values()) == [taken]
    assert [one.row for one in back.warnings] == ([row] if warning else [])
    assert all(warning in one.message for one in back.warnings)


def test_a_correct_value_that_is_there_already_is_right(empty: Form, form: PrintedForm) -> None:
    """Some people write the old value once more."""
    empty.say("E-mail", "change", " info@aid.example ")
    back = read(empty.save(), form)
    assert answers(back) == {}
    assert [line.answer for line in back.lines] == ["right"]


def test_blank_lines_are_right_only_when_the_person_says_so(empty: Form, form: PrintedForm) -> None:
    """Silence is no verification."""
    empty.say("E-mail", "remove")
    back = read(empty.save(), form)
    assert (len(back.lines), back.is_complete) == (1, False)
    assert back.unanswered == len(form.lines) - 1
    empty.sign(all_right="Yes")
    back = read(empty.save(), form)
    assert (len(back.lines), back.is_complete, back.unanswered) == (len(form.lines), True, 0)
    empty.sign(all_right="mostly")
    back = read(empty.save(), form)
    assert [(one.sheet, one.column) for one in back.refused] == [
        ("Start here", "Are all lines that I left blank right? (B)")
    ]
    assert not back.is_complete


def test_not_sure_keeps_the_whole_from_being_verified(empty: Form, form: PrintedForm) -> None:
    """Verified means that everything was confirmed."""
    empty.say("E-mail", "not sure")
    back = read(empty.say_right().save(), form)
    assert (back.unanswered, back.is_complete) == (0, False)


def test_a_new_value_of_a_private_line_is_not_copied(empty: Form, form: PrintedForm) -> None:
    """The shelter's new address goes to the person who reads the file, and no further."""
    empty.say("Mailing address", "change", "9 Secret Way, Springfield, IL 62701", "now at 9 Secret Way")
    empty.say("Phone 2", "change", None, "please call me")
    empty.say("Description", "change", "Ask at 77 Hidden Lane.")
    back = read(empty.save(), form)
    assert "Secret" not in repr(back)
    assert "77 Hidden" not in repr(back)
    assert answers(back) == {
        "Agency/Mailing address": ("change", "", "on file, not shown here"),
        "Agency/Phone 2": ("change", "", "please call me"),
        "Agency/Description": ("change", "", ""),
    }
    assert [one.is_private for one in back.lines] == [True, True, False]
    assert all("look it up on the returned form" in one.message for one in back.warnings)


def test_further_sheets_are_told_and_not_read(empty: Form, form: PrintedForm) -> None:
    """Notes on a sheet of one's own would be lost without a word."""
    empty.book.create_sheet("My notes")
    back = read(empty.save(), form)
    assert [(one.sheet, one.message) for one in back.warnings] == [("My notes", "The sheet is not read.")]


def test_who_does_not_say_a_title_or_on_whose_behalf_is_asked(empty: Form, form: PrintedForm) -> None:
    """A verification wants a person who may speak for the agency."""
    empty.sign(title=None, contact=None, represents="myself")
    back = read(empty.save(), form)
    assert [one.column for one in back.warnings] == [
        "Your title or role (B)",
        "Your e-mail or phone (B)",
        "I represent (B)",
    ]
    assert back.verifier.represents == ""


def test_the_same_copy_again_is_known_and_a_corrected_one_replaces(good: Path, form: PrintedForm) -> None:
    """People send the same file twice, and notice slips afterwards."""
    first = read(good, form)
    known = {"rae invented": {line.line_id: line for line in first.lines}}
    again = read(good, form, known)
    assert (again.lines, again.known, again.is_complete) == ((), len(first.lines), True)
    sheet = Form(good)
    sheet.say("E-mail", "change", "other@aid.example")
    corrected = read(sheet.save(), form, known)
    assert [line.proposed for line in corrected.lines] == ["other@aid.example"]
    assert [(line.what, before.proposed) for line, before in corrected.superseded] == [("E-mail", "new@aid.example")]
    sheet.sign(name="Ben Invented")
    other = read(sheet.save(), form, known)
    assert len(other.lines) == len(first.lines)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-25", (2026, 11, 25)),
        ("2026/11/5", (2026, 11, 5)),
        ("2026-11-25 00:00:00", (2026, 11, 25)),
        ("11/25/2026", (2026, 11, 25)),
        ("11/05/26", (2026, 11, 5)),
        ("11-5-2026", (2026, 11, 5)),
        ("25/11/2026", (2026, 11, 25)),
        ("25.11.2026", (2026, 11, 25)),
        ("5.5.2026", (2026, 5, 5)),
        ("Nov 25, 2026", (2026, 11, 25)),
        ("november 25th 2026", (2026, 11, 25)),
        ("Wed., 25 Sept. 2026", (2026, 9, 25)),
        ("25-Nov-26", (2026, 11, 25)),
        ("the 5th", None),
        ("3.4.2026", None),
        ("13/13/2026", None),
        ("2026-02-30", None),
        ("Movember 3, 2026", None),
        ("46351", None),
        ("11/2026", None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: tuple[int, int, int] | None) -> None:
    """What could be two days is asked, never guessed."""
    assert read_day(text) == (None if day is None else date(*day))
