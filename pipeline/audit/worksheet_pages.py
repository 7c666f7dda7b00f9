"""How a worksheet looks: its sheets, line by line, written with xlsxwriter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.audit.present_values import WITHHELD
from pipeline.audit.sheet_checks import row_check, values_sha256
from pipeline.audit.worksheet_columns import (
    ANSWER_COLUMN,
    COLUMNS,
    COMMENT_COLUMN,
    FIRST_SHEET,
    HIDDEN_FROM,
    IDENTITY_SHEET,
    NAME_LABEL,
    SHEET,
    SOURCE_COLUMN,
    WORKED_OUT,
)
from schemas.scorecard import (
    AUTOMATIC_ITEMS,
    CRITERION_WORDS,
    LAYOUT,
    QUESTIONS,
    REMARK_ID,
    REMARK_TEXT,
    AuditAnswer,
    AutomaticItem,
    Criterion,
    Question,
)

#: The last line of every block: a comment alone.
_REMARK = Question(item_id=REMARK_ID, text=REMARK_TEXT, words="anything else", rule_id="")

_SHOWN_COLUMN = 4
_QUESTION_COLUMN = 3
_LINE_HEIGHT, _LARGEST_HEIGHT, _TITLE_HEIGHT, _HEAD_HEIGHT = 14.5, 409.0, 21.0, 24.0
_MARGIN_INCHES = 0.4
_LETTER_PAPER = 1
# Cells stay exactly as written: no text becomes a link, a formula or a number.
_OPTIONS = {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
_INK, _PALE, _RULE = "#1F3A4D", "#E8EEF2", "#C5D0D8"
_OPEN, _GOOD, _BAD = "#FFFBE6", "#E3F1E3", "#F8DEDC"
_ALARM, _GREY = "#A01818", "#F3F3F3"

_STEPS = (
    "Do not audit records that you curate yourself; the heading of each record names its curator. Pass such a record on.",
    "Compare the column “In the directory now” with the agency's website or, better, by a call. Note where you checked, and when.",
    "Answer every question: yes = it is right; no = something is wrong or missing; not applicable = it cannot be asked here.",
    "Every no needs a comment that says what is wrong. A no at a critical question (red) makes the whole record fail.",
    "Grey rows were worked out from the nightly rules and need no answer.",
    "What the rules noticed stands beside some questions as a hint. Judge for yourself: a hint can be mistaken.",
    "An agency is judged with all of its sites and services: one wrong value is a no, and the comment says which one.",
    "Write into the yellow cells only. Do not delete, move or add rows; leave what you could not check unanswered.",
    f"“{WITHHELD}” stands for a value that is private. Look it up in your own software if you have to judge it.",
    "A record that turns out to be closed, double or out of scope is scored like any other. It is not replaced.",
    "An audit renews no verification date. Tell the curator what has to be corrected.",
    "Save the file and hand it back as it is. Its name may be changed.",
)

_HOW_DRAWN = {
    "simple": "at random; each record had the same chance",
    "stratified": "at random within groups",
    "risk": "at random, records at risk with a greater chance",
}

_NOTHING_ENTERED, _NO_HINT, _NOT_LOOKED_UP = "(nothing entered)", "(no hint)", "(findings were not looked up)"
_NOTHING_BESIDE = ("", _NOTHING_ENTERED, _NO_HINT, _NOT_LOOKED_UP)

#: Letters of a step that fit on one line of its column, with room to spare; points of one line.
_STEP_LETTERS = 118
_LINE_HEIGHT = 15

_CRITERIA = (
    ("Accuracy", "What is written agrees with the agency today."),
    ("Completeness", "Nothing is missing that the standard asks for. Worked out from the nightly rules."),
    ("Indexing", "The terms lead to the service, and to nothing else."),
    ("Readability", "Short, plain, factual; understood at the first reading."),
    ("Grammar and spelling", "Correct writing."),
    ("Critical", "A no here makes the whole record fail, whatever the other answers are."),
)


def write_workbook(
    path: Path,
    *,
    draw: Mapping[str, Any],
    blocks: list[dict[str, Any]],
    identity: Mapping[str, str],
    has_findings: bool,
) -> None:
    """Write the sheets of a worksheet.

    Args:
        path: File to write.
        draw: The row of `schemas.auditing.Draw`.
        blocks: One per record: its row of `schemas.auditing.DrawItem` with `heading`, `shown` (short texts by kind of value or item),
            `whole` (whole texts), `automatic` (points and possible by item) and `only` (items to ask; None for all).
        identity: `auditor` and `purpose`, for the hidden sheet.
        has_findings: Whether findings were looked up.
    """
    workbook = xlsxwriter.Workbook(str(path), _OPTIONS)
    # The clock is no input of a worksheet: the same batch gives the same file.
    workbook.set_properties({"title": f"Audit {draw['batch_id']}", "created": _midnight(draw)})
    formats = _formats(workbook)
    _write_instructions(workbook, formats, draw=draw, count=len(blocks), identity=identity)
    _write_questions(workbook, formats, draw=draw, blocks=blocks, has_findings=has_findings)
    lines = sum(isinstance(line, Question) for block in blocks for line in _lines(block))
    _write_identity(workbook, draw=draw, count=len(blocks), lines=lines, identity=identity)
    workbook.close()


def _midnight(draw: Mapping[str, Any]) -> datetime:
    return datetime.combine(draw["as_of"], datetime.min.time())


def _formats(workbook: Any) -> dict[str, Any]:  # noqa: ANN401 - xlsxwriter ships no types
    cell = {"text_wrap": True, "valign": "top", "font_name": "Calibri", "font_size": 10.5, "border": 1} | {
        "border_color": _RULE
    }
    title = {"bold": True, "bg_color": _INK, "font_color": "#FFFFFF", "valign": "vcenter", "font_name": "Calibri"}
    looks = {
        "head": cell | {"bold": True, "bg_color": _PALE, "valign": "vcenter"},
        "title": title | {"font_size": 12},
        "cell": cell,
        "criterion": cell | {"bold": True, "font_color": _INK},
        "shown": cell | {"font_color": "#333333"},
        "quiet": cell | {"font_color": "#777777", "italic": True},
        "critical": cell | {"bold": True, "font_color": _ALARM},
        "automatic": cell | {"font_color": "#555555", "bg_color": _GREY},
        "open": cell | {"locked": False, "bg_color": _OPEN, "num_format": "@"},
        "good": {"bg_color": _GOOD},
        "bad": {"bg_color": _BAD},
        "h1": {"bold": True, "font_size": 18, "font_color": _INK, "font_name": "Calibri"},
        "h2": {"bold": True, "font_size": 12, "font_color": _INK, "font_name": "Calibri"},
        "text": {"text_wrap": True, "valign": "top", "font_name": "Calibri", "font_size": 11},
        "fact": {"bold": True, "valign": "top", "font_name": "Calibri", "font_size": 11},
    }
    return {name: workbook.add_format(look) for name, look in looks.items()}


def _write_instructions(
    workbook: Any,  # noqa: ANN401
    formats: Mapping[str, Any],
    *,
    draw: Mapping[str, Any],
    count: int,
    identity: Mapping[str, str],
) -> None:
    sheet = workbook.add_worksheet(FIRST_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 92)
    sheet.write_string(0, 0, "Audit of the resource directory", formats["h1"])
    noun = "agencies, each with its sites and services" if draw["unit"] == "agency" else "services"
    row = 2
    for name, value in (
        ("Batch", draw["batch_id"]),
        ("Records as of", f"{draw['as_of']:%Y-%m-%d}"),
        ("Center", draw["center_id"] or "all centers"),
        ("Drawn", f"{draw['size']:,} of {draw['frame_size']:,} {noun}"),
        ("On this sheet", f"{count:,}" + (", for a third opinion" if identity["purpose"] == "third" else "")),
        ("How drawn", _HOW_DRAWN[draw["method"]]),
    ):
        sheet.write_string(row, 0, name, formats["fact"])
        sheet.write_string(row, 1, value, formats["text"])
        row += 1
    sheet.write_string(row, 0, NAME_LABEL, formats["fact"])
    if identity["auditor"]:
        sheet.write_string(row, 1, identity["auditor"], formats["text"])
    else:
        sheet.write_blank(row, 1, None, formats["open"])
    row += 2
    sheet.write_string(row, 0, "What to do", formats["h2"])
    row += 1
    for step, text in enumerate(_STEPS, start=1):
        # LibreOffice does not fit the height of a row to its text by itself.
        sheet.set_row(row, _LINE_HEIGHT * math.ceil(len(text) / _STEP_LETTERS))
        sheet.write_string(row, 0, f"{step}.", formats["fact"])
        sheet.write_string(row, 1, text, formats["text"])
        row += 1
    row += 1
    sheet.write_string(row, 0, "The criteria", formats["h2"])
    row += 1
    for name, text in _CRITERIA:
        sheet.write_string(row, 0, name, formats["fact"])
        sheet.write_string(row, 1, text, formats["text"])
        row += 1
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_portrait()
    sheet.set_paper(_LETTER_PAPER)
    sheet.fit_to_pages(1, 0)


def _write_questions(
    workbook: Any,  # noqa: ANN401
    formats: Mapping[str, Any],
    *,
    draw: Mapping[str, Any],
    blocks: list[dict[str, Any]],
    has_findings: bool,
) -> None:
    sheet = workbook.add_worksheet(SHEET)
    sheet.hide_gridlines(2)
    for column, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width, None, {"hidden": column >= HIDDEN_FROM})
        sheet.write_string(0, column, heading, formats["head"])
    sheet.set_row(0, _HEAD_HEIGHT)
    row = 1
    for block in blocks:
        row = _write_block(sheet, formats, block=block, row=row, has_findings=has_findings)
    if blocks:
        _add_answers(sheet, formats, last_row=row - 1)
    sheet.freeze_panes(1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.set_landscape()
    sheet.set_paper(_LETTER_PAPER)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=_MARGIN_INCHES, right=_MARGIN_INCHES)
    sheet.set_footer(f"&L{draw['batch_id']}&CInternal: not for publication&RPage &P of &N")
    sheet.activate()


def _write_block(
    sheet: Any,  # noqa: ANN401
    formats: Mapping[str, Any],
    *,
    block: Mapping[str, Any],
    row: int,
    has_findings: bool,
) -> int:
    """Write the heading and the lines of one record; return the next free row."""
    sheet.set_row(row, _TITLE_HEIGHT)
    sheet.write_string(row, 0, _title(block, block["heading"]), formats["title"])
    for column in range(1, HIDDEN_FROM):
        sheet.write_blank(row, column, None, formats["title"])
    row += 1
    for item in _lines(block):
        if isinstance(item, AutomaticItem):
            _write_automatic(sheet, formats, block=block, item=item, row=row)
        else:
            _write_question(sheet, formats, block=block, question=item, row=row, has_findings=has_findings)
        row += 1
    return row


def _lines(block: Mapping[str, Any]) -> list[Question | AutomaticItem]:
    """Return the lines of a block by criterion, those worked out before those to be answered; the remark comes last."""
    only = block["only"]
    if only is not None:
        return [question for question in QUESTIONS if question.item_id in only]
    lines: list[Question | AutomaticItem] = []
    for criterion in Criterion:
        lines += [
            item for item in AUTOMATIC_ITEMS if item.criterion is criterion and item.item_id in block["automatic"]
        ]
        lines += [question for question in QUESTIONS if question.criterion is criterion]
    return [*lines, _REMARK]


def _write_automatic(
    sheet: Any,  # noqa: ANN401
    formats: Mapping[str, Any],
    *,
    block: Mapping[str, Any],
    item: AutomaticItem,
    row: int,
) -> None:
    points, possible = block["automatic"][item.item_id]
    look = formats["automatic"]
    text = f"{points:,} of {possible:,} {item.parts}"
    sheet.write_number(row, 0, block["rank"], look)
    for column, value in enumerate(
        (block["native_id"] or "", CRITERION_WORDS[item.criterion], item.text, text, WORKED_OUT), start=1
    ):
        sheet.write_string(row, column, value, look)
    for column in (COMMENT_COLUMN, SOURCE_COLUMN):
        sheet.write_blank(row, column, None, look)
    sheet.set_row(row, _height(item.text, text))


def _write_question(
    sheet: Any,  # noqa: ANN401
    formats: Mapping[str, Any],
    *,
    block: Mapping[str, Any],
    question: Question,
    row: int,
    has_findings: bool,
) -> None:
    text = _beside(question, block["shown"], has_findings=has_findings)
    look = "quiet" if text in _NOTHING_BESIDE else "shown"
    criterion = CRITERION_WORDS.get(question.item_id.partition(".")[0], "")
    sheet.write_number(row, 0, block["rank"], formats["cell"])
    sheet.write_string(row, 1, block["native_id"] or "", formats["cell"])
    is_critical = criterion == CRITERION_WORDS[Criterion.CRITICAL]
    sheet.write_string(row, 2, criterion, formats["critical" if is_critical else "criterion"])
    sheet.write_string(row, _QUESTION_COLUMN, question.text, formats["critical" if is_critical else "cell"])
    sheet.write_string(row, _SHOWN_COLUMN, text, formats[look])
    for column in (ANSWER_COLUMN, COMMENT_COLUMN, SOURCE_COLUMN):
        sheet.write_blank(row, column, None, formats["open"])
    if question.item_id == REMARK_ID:
        sheet.write_string(row, ANSWER_COLUMN, "", formats["quiet"])
    ids = (block["record_uid"], block["center_id"], question.item_id)
    values = values_sha256(block["whole"], question)
    check = row_check(
        *ids,
        values,
        place=str(block["rank"]),
        record=block["native_id"] or "",
        question=question.text,
        shown=text,
    )
    for column, value in enumerate((*ids, values, check), start=HIDDEN_FROM):
        sheet.write_string(row, column, value, formats["cell"])
    sheet.set_row(row, _height(question.text, text))


def _title(block: Mapping[str, Any], heading: Mapping[str, Any]) -> str:
    """Return the heading of a block: who it is, how much there is, and who must not audit it."""
    parts = [f"{block['rank']}.  {block['name'] or '(no name)'}"]
    if heading.get("agency_name") and heading.get("agency_uid") != block["record_uid"]:
        parts.append(f"of {heading['agency_name']}")
    if block["native_id"]:
        parts.append(f"record {block['native_id']}")
    if heading.get("agency_uid") == block["record_uid"]:
        parts.append(f"sites: {heading['sites']}, services: {heading['services']}")
    if heading.get("curator"):
        parts.append(f"curator: {heading['curator']}")
    if heading.get("withheld_reason"):
        parts.append("not public")
    if block["auditor"]:
        parts.append(f"auditor: {block['auditor']}")
    return "   ·   ".join(parts)


def _beside(question: Question, shown: Mapping[str, str], *, has_findings: bool) -> str:
    """Return what stands beside a question: the present values, and what the rules noticed as a hint."""
    values, hint = shown.get(question.shows), shown.get(question.item_id)
    parts = []
    if question.shows:
        parts.append(values or _NOTHING_ENTERED)
    if hint:
        parts.append(f"Hint: {hint}")
    elif question.finding_prefixes and not question.shows:
        parts.append(_NO_HINT if has_findings else _NOT_LOOKED_UP)
    return "\n".join(parts)


def _height(*texts: str) -> float:
    """Return the height that the longest of question and shown text needs; spreadsheets do not work it out everywhere."""
    widths = (COLUMNS[_QUESTION_COLUMN][1], COLUMNS[_SHOWN_COLUMN][1])
    lines = max(
        sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    return min(_LARGEST_HEIGHT, lines * _LINE_HEIGHT + 3)


def _add_answers(sheet: Any, formats: Mapping[str, Any], *, last_row: int) -> None:  # noqa: ANN401
    sheet.data_validation(
        1,
        ANSWER_COLUMN,
        last_row,
        ANSWER_COLUMN,
        {
            "validate": "list",
            "source": list(AuditAnswer),
            "error_title": "Please choose",
            "error_message": f"Answer with one of: {', '.join(AuditAnswer)}.",
        },
    )
    for answer, look in ((AuditAnswer.YES, "good"), (AuditAnswer.NO, "bad")):
        sheet.conditional_format(
            1,
            ANSWER_COLUMN,
            last_row,
            ANSWER_COLUMN,
            {"type": "cell", "criteria": "==", "value": f'"{answer}"', "format": formats[look]},
        )


def _write_identity(
    workbook: Any,  # noqa: ANN401
    *,
    draw: Mapping[str, Any],
    count: int,
    lines: int,
    identity: Mapping[str, str],
) -> None:
    """Write what tells the batch when the file comes back."""
    sheet = workbook.add_worksheet(IDENTITY_SHEET)
    sheet.very_hidden()
    sheet.protect()
    facts = {
        "layout": LAYOUT,
        "batch_id": draw["batch_id"],
        "as_of": f"{draw['as_of']:%Y-%m-%d}",
        "unit": draw["unit"],
        "center_id": draw["center_id"] or "",
        "frame_sha256": draw["frame_sha256"],
        "records": str(count),
        "questions": str(len(QUESTIONS)),
        "lines": str(lines),
        **identity,
    }
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
