"""Judge a form that came back: what is taken, and in plain words what is not and why.

Good lines are taken whatever is wrong with others. Nothing is guessed: an answer stands only beside the value it was given for, and
nothing here touches a record - a curator gets it as work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from pipeline.outreach.packet_checks import doubts_about
from pipeline.outreach.packet_columns import (
    ALL_RIGHT_LABEL,
    ANSWER,
    FIRST_SHEET,
    HEADINGS,
    LINE,
    OPEN_COLUMNS,
    PART,
    PROPOSED,
    REMARK,
    SHEET,
    SHOWN,
    WHAT,
)
from pipeline.outreach.packet_file import FormContent
from pipeline.outreach.packet_form import line_check, lines_check
from pipeline.outreach.packet_keys import add_keys
from pipeline.outreach.packet_privacy import holds_private
from pipeline.outreach.packet_verifier import read_verifier
from pipeline.workbook.checksums import plain_text
from pipeline.workbook.remark import Remark
from pipeline.workbook.returned import SheetRow, column_letter
from schemas.errors import InputError
from schemas.packets import HIDDEN, MISSING_LINES, NOTHING, FormLine, LineAnswer, Packet, ReturnedLine, Verifier
from schemas.private_values import PrivateValues

_OPEN = tuple(HEADINGS[place] for place in OPEN_COLUMNS)
_COLUMN = {heading: f"{heading} ({column_letter(place)})" for place, heading in enumerate(HEADINGS)}
_SPOKEN = {
    **{str(answer): answer for answer in LineAnswer},
    "not-sure": LineAnswer.UNSURE,
    "unsure": LineAnswer.UNSURE,
}
_YES, _NO = ("yes", "y"), ("no", "n", "")
_AGAIN = "Nothing of it was taken. Write a new form with `resdir packet`, or enter the answers by hand."
#: Letters of a cell that a message quotes.
_SHORT = 40


@dataclass(frozen=True, kw_only=True)
class ReadForm:
    """What a form says.

    Attributes:
        packet: The form as it was written.
        verifier: Who filled it in, and when.
        lines: Answers that are new or differ from what the same person said before.
        known: Answers that were read before, unchanged.
        unanswered: Lines about which nothing was said.
        is_complete: Whether every line was said to be right, to be changed or to be removed.
        refused: Rows that are not taken.
        warnings: Odd, but read.
        superseded: Line and earlier answer of answers that these replace.
    """

    packet: Packet
    verifier: Verifier
    lines: tuple[ReturnedLine, ...]
    known: int
    unanswered: int
    is_complete: bool
    refused: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    superseded: tuple[tuple[FormLine, ReturnedLine], ...]


@dataclass(kw_only=True)
class _Reading:
    refused: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def refuse(self, row: int, column: str, message: str, *, sheet: str = SHEET) -> None:
        self.refused.append(Remark(sheet=sheet, row=row, column=column, message=message))

    def warn(self, row: int, column: str, message: str, *, sheet: str = SHEET) -> None:
        self.warnings.append(Remark(sheet=sheet, row=row, column=column, message=message))


def read_form(
    content: FormContent,
    *,
    packet: Packet,
    earlier: Mapping[str, Mapping[str, ReturnedLine]],
    today: date,
    longest: int,
    private: PrivateValues,
) -> ReadForm:
    """Return what a form says, held against what was written and what was read before.

    Args:
        content: The form.
        packet: The form as it was written.
        earlier: What was read of it before, by folded name of the person and line.
        today: Day of reading.
        longest: Characters from which an answer is refused.
        private: Values that must not be repeated.

    Raises:
        InputError: The hidden sheet was changed, or name or day are missing. Nothing was taken.
    """
    _require_unchanged(content, packet)
    reading = _Reading()
    verifier, oddities = read_verifier(content, written_on=packet.written_on, today=today)
    for number, column, message in oddities:
        reading.warn(number, column, message, sheet=FIRST_SHEET)
    for name in content.other_sheets:
        reading.warn(0, "", "The sheet is not read.", sheet=name)
    lines = {line.line_id: line for line in packet.lines}
    rows = _by_line(content.rows, lines=lines, reading=reading)
    _tell_moved(rows, packet, reading)
    said: dict[str, ReturnedLine] = {}
    unusable = {line_id for line_id in lines if line_id not in rows}
    blank: list[str] = []
    for line_id, row in rows.items():
        line = lines[line_id]
        if _is_blank(row):
            blank.append(line_id)
            continue
        judged = _judge(row, line, longest=longest, reading=reading)
        if judged is None:
            unusable.add(line_id)
        else:
            said[line_id] = judged
    before = earlier.get(verifier.name.casefold(), {})
    if _says_all_right(content, reading):
        for line_id in blank:
            if line_id not in _missing_ids(packet):
                said[line_id] = ReturnedLine(
                    line_id=line_id, answer=LineAnswer.RIGHT.value, shown=_shown(rows[line_id], lines[line_id]),
                    file_row=rows[line_id].number,
                )  # fmt: skip
    told = _with_keys(_without_private(list(said.values()), lines, private, reading), lines)
    new = tuple(one for one in told if one.line_id not in before or before[one.line_id].said() != one.said())
    asked = [line_id for line_id in lines if line_id not in _missing_ids(packet)]
    # What the same person said on an earlier copy counts where this one is blank.
    answers = {line_id: one.answer for line_id, one in before.items()} | {one.line_id: one.answer for one in told}
    unanswered = sum(line_id not in answers for line_id in asked)
    is_complete = not (unusable & set(asked)) and all(
        answers.get(line_id) not in (None, LineAnswer.UNSURE.value) for line_id in asked
    )
    return ReadForm(
        packet=packet,
        verifier=verifier,
        lines=new,
        known=len(told) - len(new),
        unanswered=unanswered,
        is_complete=is_complete,
        refused=tuple(sorted(reading.refused, key=_place)),
        warnings=tuple(sorted(reading.warnings, key=_place)),
        superseded=tuple((lines[one.line_id], before[one.line_id]) for one in new if one.line_id in before),
    )


def _place(remark: Remark) -> tuple[bool, str, int]:
    return (remark.row == 0, remark.sheet, remark.row)


def _require_unchanged(content: FormContent, packet: Packet) -> None:
    """Stop when the hidden sheet does not say what was written.

    Raises:
        InputError: Names the first fact that differs.
    """
    facts = {
        "center_id": packet.center_id,
        "agency_uid": packet.agency_uid,
        "as_of": packet.as_of.isoformat(),
        "written_on": packet.written_on.isoformat(),
        "run_id": packet.run_id,
        "lines": str(len(packet.lines)),
        "lines_sha256": lines_check(packet.lines),
    }
    wrong = next((name for name, text in facts.items() if content.identity.get(name) != text), None)
    if wrong is None and content.checks != {line.line_id: line.check for line in packet.lines}:
        wrong = "the list of lines"
    if wrong is not None:
        raise InputError(
            f"{content.file}: the hidden sheet resdir was changed ({wrong} is not as it was written).", advice=_AGAIN
        )


def _by_line(rows: Sequence[SheetRow], *, lines: Mapping[str, FormLine], reading: _Reading) -> dict[str, SheetRow]:
    """Return the rows by line, in the order of the file; rows that belong to none, or are not as written, are refused."""
    found: dict[str, list[SheetRow]] = {}
    for row in rows:
        line_id = row.text(LINE)
        if not line_id:
            if not _is_blank(row):
                reading.refuse(row.number, "", _stray(row))
            continue
        if line_id not in lines:
            reading.refuse(
                row.number, _COLUMN[LINE], "The hidden id of this row names no line of the form: it was changed."
            )
            continue
        found.setdefault(line_id, []).append(row)
    kept: dict[str, SheetRow] = {}
    for line_id, same in found.items():
        whole = [row for row in same if _is_as_written(row, lines[line_id], reading)]
        if not whole:
            continue
        if len({tuple((row.text(name), row.cells[name].fault) for name in _OPEN) for row in whole}) > 1:
            numbers = " and ".join(str(row.number) for row in whole)
            reading.refuse(
                whole[1].number, "", f"The rows {numbers} are the same line with different answers: keep one."
            )
            continue
        if len(whole) > 1:
            reading.warn(whole[1].number, "", f"This row is a copy of row {whole[0].number}; it was read once.")
        kept[line_id] = whole[0]
    for line_id, line in lines.items():
        if line_id not in found:
            reading.refuse(
                0, "", f"The line “{line.what}” of “{line.part}” is gone: it was deleted. Nothing was said about it."
            )
    return kept


def _stray(row: SheetRow) -> str:
    if row.text(PART) and not row.text(WHAT) and not row.text(SHOWN):
        return "This is the heading of a record; write beside one of its lines."
    return "This row belongs to no line of the form: it was added, or its hidden id was deleted. Use the last lines for what is missing."


def _is_as_written(row: SheetRow, line: FormLine, reading: _Reading) -> bool:
    part, what, shown = row.text(PART), row.text(WHAT), row.text(SHOWN)
    if line_check(line.line_id, part=part, what=what, shown=shown) == line.check and not any(
        row.cells[name].fault for name in (PART, WHAT, SHOWN)
    ):
        return True
    if plain_text(what) == plain_text(line.what) and plain_text(part) == plain_text(line.part):
        reading.refuse(
            row.number,
            _COLUMN[SHOWN],
            f"What stands under “{SHOWN}” was changed. Leave it as it was and write the right value under “{PROPOSED}”.",
        )
    else:
        reading.refuse(
            row.number,
            "",
            "The part, the field or the hidden id of this row was changed or moved after the form was written (sorting some columns "
            "does that): nobody can tell what the answer is about.",
        )
    return False


def _tell_moved(rows: Mapping[str, SheetRow], packet: Packet, reading: _Reading) -> None:
    order = [line.line_id for line in packet.lines if line.line_id in rows]
    moved = next((rows[found] for found, wanted in zip(rows, order, strict=True) if found != wanted), None)
    if moved is not None:
        reading.warn(
            moved.number, "", "Rows were moved. Each was read by its hidden id; please check the items made of them."
        )


def _is_blank(row: SheetRow) -> bool:
    return not any(row.text(name) or row.cells[name].fault for name in _OPEN)


def _judge(row: SheetRow, line: FormLine, *, longest: int, reading: _Reading) -> ReturnedLine | None:
    """Return what a row says, or None when it is refused; what is odd is told."""
    for name in _OPEN:
        cell = row.cells[name]
        if cell.fault is not None:
            reading.refuse(row.number, _COLUMN[name], cell.fault)
            return None
        if len(cell.text) > longest:
            reading.refuse(
                row.number,
                _COLUMN[name],
                f"The text has {len(cell.text):,} characters; at most {longest:,} are read. Shorten it.",
            )
            return None
    word, proposed, remark = (row.text(name) for name in _OPEN)
    made = ReturnedLine(
        line_id=line.line_id,
        answer="",
        shown=_shown(row, line),
        proposed=proposed,
        remark=remark,
        file_row=row.number,
    )
    if line.field in MISSING_LINES:
        return _judge_missing(made, reading)
    if not word:
        if proposed:
            message = "No answer beside the correct value: taken as change. Please confirm it."
            reading.warn(row.number, _COLUMN[ANSWER], message)
            return _judge_change(replace(made, doubt=message), line, reading)
        reading.warn(row.number, _COLUMN[ANSWER], "A remark without an answer: taken as a question.")
        return replace(made, answer=LineAnswer.UNSURE.value)
    answer = _SPOKEN.get(" ".join(word.casefold().strip(".!").split()))
    if answer is None:
        words = ", ".join(LineAnswer)
        reading.refuse(row.number, _COLUMN[ANSWER], f"“{word[:_SHORT]}” is none of the answers: {words}.")
        return None
    if answer is LineAnswer.CHANGE:
        return _judge_change(made, line, reading)
    if answer is LineAnswer.UNSURE:
        return replace(made, answer=answer.value)
    is_same = plain_text(proposed) == plain_text(made.shown)
    if proposed and not is_same:
        reading.refuse(
            row.number,
            _COLUMN[PROPOSED],
            f"The answer is {answer}, but a correct value stands beside it: choose change, or take the value out.",
        )
        return None
    if answer is LineAnswer.REMOVE and line.is_empty:
        reading.refuse(row.number, _COLUMN[ANSWER], "There is nothing on file that could be removed: choose right.")
        return None
    return replace(made, answer=answer.value, proposed="")


def _judge_missing(made: ReturnedLine, reading: _Reading) -> ReturnedLine | None:
    if not made.proposed and not made.remark:
        reading.refuse(made.file_row, _COLUMN[PROPOSED], "Write here what is missing; an answer alone says nothing.")
        return None
    return replace(made, answer=LineAnswer.CHANGE.value)


def _judge_change(made: ReturnedLine, line: FormLine, reading: _Reading) -> ReturnedLine | None:
    change = replace(made, answer=LineAnswer.CHANGE.value)
    if line.is_hidden:
        return change
    if not made.proposed:
        if made.remark:
            reading.warn(
                made.file_row,
                _COLUMN[PROPOSED],
                "A change without the correct value: taken as a question, for its remark.",
            )
            return replace(made, answer=LineAnswer.UNSURE.value)
        reading.refuse(
            made.file_row,
            _COLUMN[PROPOSED],
            "A change needs the correct value beside it; if it is to go, choose remove.",
        )
        return None
    if plain_text(made.proposed) in (plain_text(made.shown), NOTHING):
        reading.warn(
            made.file_row, _COLUMN[PROPOSED], "The correct value is what the directory says already: taken as right."
        )
        return replace(made, answer=LineAnswer.RIGHT.value, proposed="")
    doubt = doubts_about(line.field, line.compare, made.proposed)
    if doubt is not None:
        reading.warn(made.file_row, _COLUMN[PROPOSED], doubt)
        return replace(change, doubt=" ".join(part for part in (made.doubt, doubt) if part))
    return change


def _shown(row: SheetRow, line: FormLine) -> str:
    return "" if line.is_hidden or line.is_empty else row.text(SHOWN)


def _missing_ids(packet: Packet) -> frozenset[str]:
    return frozenset(line.line_id for line in packet.lines if line.field in MISSING_LINES)


def _says_all_right(content: FormContent, reading: _Reading) -> bool:
    row, cell = content.person.get(ALL_RIGHT_LABEL, (0, None))
    text = "" if cell is None else cell.text.strip().casefold().strip(".!")
    if cell is not None and (cell.fault is not None or text not in (*_YES, *_NO)):
        reading.refuse(
            row, f"{ALL_RIGHT_LABEL} (B)", "Neither yes nor no: blank lines were not taken as right.", sheet=FIRST_SHEET
        )
        return False
    return text in _YES


def _without_private(
    said: Sequence[ReturnedLine], lines: Mapping[str, FormLine], private: PrivateValues, reading: _Reading
) -> list[ReturnedLine]:
    """Return the answers without values that are kept private: these stay on the returned form alone."""
    texts = pl.Series([text for one in said for text in (one.proposed, one.remark)], dtype=pl.String)
    telling = holds_private(texts, private).to_list()
    kept = []
    for place, one in enumerate(said):
        is_hidden = lines[one.line_id].is_hidden
        tells_value, tells_remark = telling[2 * place], telling[2 * place + 1]
        # A new private value is not known yet: beside a hidden one, whatever could be a value is one.
        hides_remark = tells_remark or (is_hidden and any(sign.isdigit() or sign == "@" for sign in one.remark))
        hides_value = bool(one.proposed) and (is_hidden or tells_value)
        if hides_value or hides_remark:
            reading.warn(
                one.file_row,
                _COLUMN[PROPOSED if hides_value else REMARK],
                "This is or repeats something that is kept private: it is not copied; look it up on the returned form.",
            )
            one = replace(
                one,
                proposed="" if hides_value else one.proposed,
                remark=HIDDEN if hides_remark else one.remark,
                is_private=True,
            )
        kept.append(one)
    return kept


def _with_keys(said: Sequence[ReturnedLine], lines: Mapping[str, FormLine]) -> tuple[ReturnedLine, ...]:
    """Return the answers with the comparison form by which a change is known again in a later night."""
    frame = pl.DataFrame(
        {
            "compare": [lines[one.line_id].compare for one in said],
            "shown": [one.shown for one in said],
            "proposed": [one.proposed for one in said],
        },
        schema=dict.fromkeys(("compare", "shown", "proposed"), pl.String),
    )
    keyed = add_keys(add_keys(frame, text="shown", keys="of_shown"), text="proposed", keys="of_proposed")
    made = []
    for one, of_shown, of_proposed in zip(
        said, keyed["of_shown"].to_list(), keyed["of_proposed"].to_list(), strict=True
    ):
        # A change of spelling or of a label alone is known by the exact text only.
        wanted = of_proposed[-1:] if of_proposed and of_proposed[0] in of_shown else of_proposed[:1]
        is_missing = lines[one.line_id].field in MISSING_LINES
        made.append(replace(one, keys=() if is_missing else tuple(wanted), shown_keys=tuple(of_shown[:1])))
    return tuple(made)
