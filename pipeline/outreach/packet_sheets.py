"""The form as a workbook to fill in: instructions and person, the listing line by line, and a hidden sheet that says which form it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.outreach.packet_columns import (
    ALL_RIGHT_LABEL,
    ANSWER,
    COLUMNS,
    CONTACT_LABEL,
    DATE_LABEL,
    FIRST_SHEET,
    HIDDEN_FROM,
    IDENTITY_SHEET,
    LINE_MARK,
    NAME_LABEL,
    OPEN_COLUMNS,
    REPRESENTS_LABEL,
    SHEET,
    TITLE_LABEL,
)
from pipeline.outreach.packet_form import PrintedForm, PrintedLine, lines_check
from pipeline.outreach.packet_words import day_words, ways_back
from schemas.packets import HIDDEN, LAYOUT, LineAnswer, Represents

_LINE_POINTS, _LARGEST_HEIGHT, _TITLE_HEIGHT, _HEAD_HEIGHT = 14.5, 409.0, 21.0, 24.0
_MARGIN_INCHES = 0.4
_LETTER_PAPER = 1
#: Letters of an instruction that fit on one line of its column, with room to spare.
_STEP_LETTERS = 100
# Cells stay exactly as written: no text becomes a link, a formula or a number.
_OPTIONS = {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
_INK, _PALE, _RULE, _OPEN = "#1F3A4D", "#E8EEF2", "#C5D0D8", "#FFFBE6"
_CELL_LENGTH = 32_767
_ANSWER_PLACE = 3

_STEPS = (
    f"Look at every line of the sheet “{SHEET}”. Choose in the column “{ANSWER}”: right, change, remove or not sure.",
    "With change, write the whole correct value beside it. With remove, the value (or the whole record) is no longer true.",
    "Everything right but a few lines? Answer these alone, and say yes to the question about blank lines above.",
    (
        f"“{HIDDEN}” stands for something private that this form must not carry, such as the address of a shelter. If it has "
        "changed, choose change, leave the value out and write “please call me” into the remark."
    ),
    "A site, service or phone number that we lack goes into the last lines.",
    "Write into the yellow cells only. Do not delete, move or add rows. The name of the file may be changed.",
    "Your answers go to a curator first. Nothing changes in the directory until that person has looked at them.",
)


def write_workbook(form: PrintedForm, path: Path) -> None:
    """Write a form as a workbook. The same form gives the same bytes: the clock is no input of it.

    Args:
        form: The form.
        path: File to write.
    """
    workbook = xlsxwriter.Workbook(str(path), _OPTIONS)
    created = datetime.combine(form.packet.written_on, datetime.min.time())
    workbook.set_properties({"title": f"Please check your listing: {form.title}"[:200], "created": created})
    formats = _formats(workbook)
    _write_start(workbook, formats, form)
    _write_lines(workbook, formats, form)
    _write_identity(workbook, form)
    workbook.close()


def _formats(workbook: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter ships no types
    font = {"font_name": "Calibri", "valign": "top"}
    cell = font | {"text_wrap": True, "font_size": 10.5, "border": 1, "border_color": _RULE}
    looks = {
        "head": cell | {"bold": True, "bg_color": _PALE, "valign": "vcenter"},
        "title": font | {"bold": True, "bg_color": _INK, "font_color": "#FFFFFF", "valign": "vcenter", "font_size": 12},
        "cell": cell,
        "what": cell | {"bold": True, "font_color": _INK},
        "quiet": cell | {"font_color": "#666666", "italic": True},
        "open": cell | {"locked": False, "bg_color": _OPEN, "num_format": "@"},
        "h1": font | {"bold": True, "font_size": 18, "font_color": _INK},
        "h2": font | {"bold": True, "font_size": 12, "font_color": _INK},
        "text": font | {"text_wrap": True, "font_size": 11},
        "fact": font | {"bold": True, "font_size": 11, "text_wrap": True},
    }
    return {name: workbook.add_format(look) for name, look in looks.items()}


def _write_start(workbook: Any, formats: dict[str, Any], form: PrintedForm) -> None:  # noqa: ANN401
    sheet = workbook.add_worksheet(FIRST_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 84)
    sheet.write_string(0, 0, "Please check what the 2-1-1 directory says about you", formats["h1"])
    row = 2
    for name, value in (
        ("Agency", form.title),
        ("From", form.sender.center_name or "your 2-1-1 center"),
        ("The directory as of", day_words(form.packet.as_of)),
        ("Please answer by", day_words(form.packet.reply_by)),
    ):
        row = _write_fact(sheet, formats, row, name, value)
    for text in ways_back(form.sender, workbook=True):
        row = _write_fact(sheet, formats, row, "How to send it back", text)
    if form.further_sentence:
        row = _write_fact(sheet, formats, row, "", form.further_sentence)
    row += 1
    sheet.write_string(row, 0, "Who fills it in", formats["h2"])
    row += 1
    for label, words in (
        (NAME_LABEL, ()),
        (TITLE_LABEL, ()),
        (CONTACT_LABEL, ()),
        (DATE_LABEL, ()),
        (REPRESENTS_LABEL, tuple(Represents)),
        (ALL_RIGHT_LABEL, ("yes", "no")),
    ):
        sheet.write_string(row, 0, label, formats["fact"])
        sheet.write_blank(row, 1, None, formats["open"])
        if words:
            _offer(sheet, row, row, 1, [str(word) for word in words])
        row += 1
    row += 1
    sheet.write_string(row, 0, "What to do", formats["h2"])
    row += 1
    for step, text in enumerate(_STEPS, start=1):
        row = _write_fact(sheet, formats, row, f"{step}.", text)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_portrait()
    sheet.set_paper(_LETTER_PAPER)
    sheet.fit_to_pages(1, 0)
    sheet.activate()


def _write_fact(sheet: Any, formats: dict[str, Any], row: int, name: str, value: str) -> int:  # noqa: ANN401
    # LibreOffice does not fit the height of a row to its text by itself.
    lines = sum(max(1, math.ceil(len(line) / _STEP_LETTERS)) for line in value.split("\n"))
    sheet.set_row(row, 15 * lines)
    sheet.write_string(row, 0, name, formats["fact"])
    sheet.write_string(row, 1, value, formats["text"])
    return row + 1


def _write_lines(workbook: Any, formats: dict[str, Any], form: PrintedForm) -> None:  # noqa: ANN401
    sheet = workbook.add_worksheet(SHEET)
    sheet.hide_gridlines(2)
    for column, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width, None, {"hidden": column >= HIDDEN_FROM})
        sheet.write_string(0, column, heading, formats["head"])
    sheet.set_row(0, _HEAD_HEIGHT)
    row = 1
    for part, lines in (*form.parts(), (form.missing[0].part, form.missing)):
        row = _write_part(sheet, formats, row, part, lines)
    sheet.freeze_panes(1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.set_landscape()
    sheet.set_paper(_LETTER_PAPER)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=_MARGIN_INCHES, right=_MARGIN_INCHES)
    sheet.set_footer(f"&L{form.packet.packet_id}&RPage &P of &N")


def _write_part(sheet: Any, formats: dict[str, Any], row: int, part: str, lines: Sequence[PrintedLine]) -> int:  # noqa: ANN401
    sheet.set_row(row, _TITLE_HEIGHT)
    sheet.write_string(row, 0, part[:_CELL_LENGTH], formats["title"])
    for column in range(1, HIDDEN_FROM):
        sheet.write_blank(row, column, None, formats["title"])
    first = row = row + 1
    for line in lines:
        is_said = not (line.line.is_empty or line.line.is_hidden)
        sheet.write_string(row, 0, part[:_CELL_LENGTH], formats["quiet"])
        sheet.write_string(row, 1, line.line.what, formats["what"])
        sheet.write_string(row, 2, line.shown[:_CELL_LENGTH], formats["cell" if is_said else "quiet"])
        for column in OPEN_COLUMNS:
            sheet.write_blank(row, column, None, formats["open"])
        sheet.write_string(row, HIDDEN_FROM, line.line.line_id, formats["cell"])
        sheet.set_row(row, _height((part, COLUMNS[0][1]), (line.line.what, COLUMNS[1][1]), (line.shown, COLUMNS[2][1])))
        row += 1
    is_missing = lines[0].line.line_id.startswith("m")
    _offer(sheet, first, row - 1, _ANSWER_PLACE, ["change"] if is_missing else [str(answer) for answer in LineAnswer])
    return row


def _offer(sheet: Any, first: int, last: int, column: int, words: Sequence[str]) -> None:  # noqa: ANN401
    sheet.data_validation(
        first,
        column,
        last,
        column,
        {
            "validate": "list",
            "source": list(words),
            "error_title": "Please choose",
            "error_message": f"Choose {', '.join(words)}, or leave the cell blank.",
        },
    )


def _height(*texts: tuple[str, int]) -> float:
    """Return the height that the longest text needs; spreadsheets do not work it out everywhere."""
    lines = max(sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n")) for text, width in texts)
    return min(_LARGEST_HEIGHT, lines * _LINE_POINTS + 3)


def _write_identity(workbook: Any, form: PrintedForm) -> None:  # noqa: ANN401
    """Write what tells the form when it comes back."""
    sheet = workbook.add_worksheet(IDENTITY_SHEET)
    sheet.very_hidden()
    sheet.protect()
    packet = form.packet
    facts = {
        "layout": LAYOUT,
        "packet_id": packet.packet_id,
        "center_id": packet.center_id,
        "agency_uid": packet.agency_uid,
        "as_of": packet.as_of.isoformat(),
        "written_on": packet.written_on.isoformat(),
        "run_id": packet.run_id,
        "lines": str(len(packet.lines)),
        "lines_sha256": lines_check(packet.lines),
        **{f"{LINE_MARK}{line.line_id}": line.check for line in packet.lines},
    }
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
