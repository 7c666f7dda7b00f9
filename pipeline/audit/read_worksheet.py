"""Judge a worksheet that came back: which answers are taken, and in plain words which are not and why.

Good rows are taken whatever is wrong with others, so that a half-finished sheet can be handed in and handed in again. Nothing is
guessed: an answer stands only under the record and question it was written for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pipeline.audit.assignment import Auditor
from pipeline.audit.draw import AuditDraw
from pipeline.audit.sheet_checks import row_check
from pipeline.audit.worksheet_columns import (
    ANSWER_COLUMN,
    COLUMNS,
    COMMENT_COLUMN,
    FIRST_SHEET,
    SHEET,
    SOURCE_COLUMN,
    WORKED_OUT,
)
from pipeline.audit.worksheet_file import SheetContent
from pipeline.workbook.remark import Remark
from pipeline.workbook.returned import SheetRow, column_letter
from schemas.errors import InputError
from schemas.scorecard import AUTOMATIC_ITEMS, ITEMS, QUESTIONS, REMARK_ID, AuditAnswer

Key = tuple[str, str]

_LONGEST = 2_000
_QUESTIONS = {question.item_id: question for question in QUESTIONS}
_SPOKEN = {
    **{str(one): one for one in AuditAnswer},
    "n/a": AuditAnswer.NOT_APPLICABLE,
    "na": AuditAnswer.NOT_APPLICABLE,
    "n.a.": AuditAnswer.NOT_APPLICABLE,
}
_HEADINGS = {
    place: f"{COLUMNS[place][0]} ({column_letter(place)})" for place in (ANSWER_COLUMN, COMMENT_COLUMN, SOURCE_COLUMN)
}
_NAMED_QUESTIONS = 4
_NO_QUESTION = "This row belongs to no question: it was added, or its hidden ids were deleted."
_ON_A_HEADING = "This is the heading of a record; write beside a question."
_WORKED_OUT = frozenset(item.text for item in AUTOMATIC_ITEMS)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """An answer that differs from what was recorded before.

    Attributes:
        row: Row number.
        record: Number or name of the record.
        item_id: Item.
        before, after: Answer and comment, as one text each.
    """

    row: int
    record: str
    item_id: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ReadWorksheet:
    """What a worksheet says.

    Attributes:
        auditor: Who filled it in.
        rows: New and changed answers for the decision log, each with its `role`.
        known: Answers that were recorded before, unchanged.
        refused: Rows that are not taken, and records that are not whole.
        warnings: Odd, but read.
        corrections: Recorded answers that these replace.
        done: Records with every question answered now, whenever it was answered.
        half_filled: Records with some questions open.
        untouched: Records without any answer.
    """

    auditor: str
    rows: tuple[Mapping[str, Any], ...]
    known: int
    refused: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    corrections: tuple[Correction, ...]
    done: int
    half_filled: int
    untouched: int


@dataclass(kw_only=True)
class _Reading:
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    known: int = 0

    def refuse(self, row: int, column: str, message: str) -> None:
        self.refused.append(Remark(sheet=SHEET, row=row, column=column, message=message))

    def warn(self, row: int, column: str, message: str) -> None:
        self.warnings.append(Remark(sheet=SHEET, row=row, column=column, message=message))


def read_worksheet(
    content: SheetContent,
    *,
    batch: AuditDraw,
    answers: pl.DataFrame,
    auditors: Sequence[Auditor] = (),
    curators: Mapping[Key, Sequence[str]] | None = None,
    by: str | None = None,
    saved_before: Mapping[str, str] | None = None,
    is_correction: bool = False,
) -> ReadWorksheet:
    """Return what a worksheet says, held against what was drawn, assigned and recorded.

    Args:
        content: The worksheet.
        batch: The batch it names.
        answers: `schemas.auditing.Answer` recorded so far; those of other batches are passed over.
        auditors: Known auditors with the curator names that are theirs.
        curators: Everybody who curates a part of a drawn record.
        by: Who filled it in, when the sheet does not say.
        saved_before: Who saved the file from which an auditor's answers were recorded last, by auditor.
        is_correction: Whether answers may be replaced that were recorded from a file that somebody else saved.

    Raises:
        InputError: The sheet belongs to another batch, or nobody knows whose it is. Nothing was taken.
    """
    auditor = _who(content, by=by)
    draw = batch.draw.row(0, named=True)
    if content.identity["batch_id"] != draw["batch_id"] or content.identity.get("frame_sha256") != draw["frame_sha256"]:
        raise InputError(
            f"{content.file} was written for the batch {content.identity['batch_id']} as it was drawn from another directory.",
            advice="Hand it in where it was written.",
        )
    items = {(row["center_id"], row["record_uid"]): row for row in batch.items.to_dicts()}
    person = next((one for one in auditors if one.name.casefold() == auditor.casefold()), Auditor(name=auditor))
    recorded = _recorded(answers, batch_id=draw["batch_id"])
    auditor = _as_known(auditor, items.values(), recorded.values())
    reading = _Reading()
    for name in content.other_sheets:
        reading.warnings.append(Remark(sheet=name, row=0, column="", message="The sheet is not read."))
    by_key = _by_key(content.rows, items=items, reading=reading)
    is_third = content.identity.get("purpose") == "third"
    roles: dict[Key, str] = {}
    for key in dict.fromkeys((center, uid) for center, uid, _ in by_key):
        role = _role(
            key,
            items[key],
            auditor=auditor,
            is_third=is_third,
            recorded=recorded,
            person=person,
            curators=curators or {},
        )
        if role in ("first", "second", "third"):
            roles[key] = role
        else:
            first = min(rows[0].number for (center, uid, _), rows in by_key.items() if (center, uid) == key)
            reading.refuse(first, "", role)
    answered: dict[Key, set[str]] = {}
    foreign = saved_before is not None and _is_other(content.saved_by, saved_before.get(auditor.casefold()))
    for (center, uid, item_id), rows in by_key.items():
        key = (center, uid)
        if key not in roles:
            continue
        if is_third and (settled := _settled_by(recorded, key, item_id, auditor=auditor)):
            reading.refuse(
                rows[0].number, "", f"{settled} has given the third opinion on this question already; one is enough."
            )
            continue
        said = _one_answer(rows, item_id=item_id, reading=reading)
        before = recorded.get((*key, item_id, auditor.casefold()))
        if said is None:
            continue
        if not any(said[name] for name in ("answer", "comment", "source_note")):
            if before is not None:
                answered.setdefault(key, set()).add(item_id)
            continue
        answered.setdefault(key, set()).add(item_id)
        _take(
            said,
            rows[0],
            key=key,
            item_id=item_id,
            role=roles[key],
            before=before,
            record=items[key],
            is_foreign=foreign and not is_correction,
            saved_by=content.saved_by,
            reading=reading,
        )
    # What somebody else has scored of a sheet for nobody is that person's.
    begun = {(center, uid) for center, uid, _, who in recorded if who != auditor.casefold()}
    expected = _expected(content, items, roles=roles, is_third=is_third, by_key=by_key, begun=begun)
    missing = _missing_lines(content, by_key, refused=reading.refused) if is_third else 0
    if missing:
        reading.refuse(
            0,
            "",
            f"{_count(missing, 'row')} of this sheet {'is' if missing == 1 else 'are'} gone: deleted, or not readable.",
        )
    counts = _completeness(expected, answered=answered, by_key=by_key, items=items, reading=reading, recorded=recorded,
                           auditor=auditor)  # fmt: skip
    return ReadWorksheet(
        auditor=auditor,
        rows=tuple(reading.rows),
        known=reading.known,
        refused=tuple(sorted(reading.refused, key=lambda one: (one.row == 0, one.row))),
        warnings=tuple(sorted(reading.warnings, key=lambda one: (one.row == 0, one.row))),
        corrections=tuple(reading.corrections),
        done=counts[0],
        half_filled=counts[1],
        untouched=counts[2],
    )


def _who(content: SheetContent, *, by: str | None) -> str:
    """Return the auditor: as assigned, as written on the sheet, or as said on the command line; they must agree."""
    assigned = content.identity.get("auditor", "")
    said = [" ".join(name.split()) for name in (assigned, content.name, by or "") if name.strip()]
    if not said:
        raise InputError(
            f"{content.file} does not say who filled it in (sheet {FIRST_SHEET}, the cell beside “Your name”).",
            advice="Write the name there, or give it with --by NAME.",
        )
    if len({name.casefold() for name in said}) > 1:
        raise InputError(
            f"{content.file} was written for {said[0]}, but {said[-1]} is named as the auditor (sheet {FIRST_SHEET}, “Your name”, "
            "or --by).",
            advice="Everybody fills in the own worksheet: resdir audit worksheet BATCH --auditor NAME.",
        )
    return said[0]


def _as_known(auditor: str, *known: Iterable[Mapping[str, Any]]) -> str:
    """Return the auditor's name in the letters in which it was assigned, or recorded first."""
    for row in (row for rows in known for row in rows):
        for name in (row.get("auditor"), row.get("second_rater")):
            if name and name.casefold() == auditor.casefold():
                return str(name)
    return auditor


def _by_key(
    rows: Iterable[SheetRow], *, items: Mapping[Key, Mapping[str, Any]], reading: _Reading
) -> dict[tuple[str, str, str], list[SheetRow]]:
    """Return the rows by record and item; rows that belong to none are refused."""
    by_key: dict[tuple[str, str, str], list[SheetRow]] = {}
    for row in rows:
        ids = (row.text("center_id"), row.text("record_uid"), row.text("item_id"))
        filled = any(
            row.text(COLUMNS[place][0]) or row.cells[COLUMNS[place][0]].fault
            for place in (ANSWER_COLUMN, COMMENT_COLUMN, SOURCE_COLUMN)
        )
        if not any(ids):
            # A heading, or a row of what was worked out; typed text on it belongs to no question.
            is_automatic = row.text("Question") in _WORKED_OUT
            if filled and not is_automatic:
                is_heading = bool(row.text("No.")) and not row.text("Question")
                reading.refuse(row.number, "", _ON_A_HEADING if is_heading else _NO_QUESTION)
            elif filled and (
                row.text(COLUMNS[ANSWER_COLUMN][0]) != WORKED_OUT
                or row.text(COLUMNS[COMMENT_COLUMN][0])
                or row.text(COLUMNS[SOURCE_COLUMN][0])
            ):
                reading.refuse(
                    row.number, "", "This row is worked out by the program; write the comment beside a question."
                )
            continue
        if (ids[0], ids[1]) not in items:
            reading.refuse(
                row.number,
                "record_uid (I), center_id (J)",
                "The hidden ids of this row name no record of the batch: one of them was changed.",
            )
        elif ids[2] not in _QUESTIONS and ids[2] != REMARK_ID:
            reading.refuse(row.number, "item_id (K)", "The hidden id of this row names no question: it was changed.")
        elif row.text("check") != row_check(
            ids[1],
            ids[0],
            ids[2],
            row.text("values"),
            place=row.text("No."),
            record=row.text("Record number"),
            question=row.text("Question"),
            shown=row.text("In the directory now"),
        ):
            reading.refuse(
                row.number,
                "",
                "The number, the question, the value beside it or a hidden id was changed or moved after the worksheet was "
                "written (sorting some columns does that): nobody can tell what the answer is about.",
            )
        else:
            by_key.setdefault(ids, []).append(row)
    return by_key


def _role(
    key: Key,
    item: Mapping[str, Any],
    *,
    auditor: str,
    is_third: bool,
    recorded: Mapping[tuple[str, str, str, str], Mapping[str, Any]],
    person: Auditor,
    curators: Mapping[Key, Sequence[str]],
) -> str:
    """Return the role in which the auditor scores a record, or the sentence why it may not be scored."""
    name = item["native_id"] or item["name"] or item["record_uid"]
    own = [*([item["curator"]] if item["curator"] else []), *curators.get(key, ())]
    if person.owns(own):
        return f"{auditor} curates the record {name}, or a part of it: nobody audits their own records."
    assigned = {
        role: (item[column] or "").casefold() for role, column in (("first", "auditor"), ("second", "second_rater"))
    }
    if is_third:
        if auditor.casefold() in assigned.values():
            return f"{auditor} has scored the record {name} already: a third opinion comes from somebody else."
        return "third"
    for role, who in assigned.items():
        if who == auditor.casefold():
            return role
    if assigned["first"]:
        return f"The record {name} is assigned to {item['auditor']}, not to {auditor}."
    others = {who for (center, uid, _, who), row in recorded.items() if (center, uid) == key and row["role"] == "first"}
    if others - {auditor.casefold()}:
        first = next(
            row["auditor"] for (center, uid, _, who), row in recorded.items() if (center, uid) == key and who in others
        )
        return f"The record {name} was scored by {first} already; a second opinion has to be assigned when drawing."
    return "first"


def _settled_by(
    recorded: Mapping[tuple[str, str, str, str], Mapping[str, Any]], key: Key, item_id: str, *, auditor: str
) -> str | None:
    """Return who else has given a third opinion on a question, or None."""
    for (center, uid, item, who), row in recorded.items():
        if (center, uid) == key and item == item_id and row["role"] == "third" and who != auditor.casefold():
            return str(row["auditor"])
    return None


def _one_answer(rows: Sequence[SheetRow], *, item_id: str, reading: _Reading) -> dict[str, Any] | None:
    """Return what the rows of one question say: None when it cannot be taken, an empty one when nothing was written."""
    said = [one for row in rows if (one := _answer_of(row, item_id=item_id, reading=reading)) is not None]
    if len(rows) == 1 or not said:
        return said[0] if said else None
    filled = [one for one in said if one["answer"] or one["comment"]]
    plain = {(one["answer"], one["comment"], one["source_note"]) for one in filled}
    if len(plain) > 1:
        numbers = ", ".join(str(row.number) for row in rows)
        for row in rows:
            reading.refuse(row.number, "", f"This question stands in the rows {numbers} with different answers.")
        return None
    reading.warn(rows[1].number, "", f"This question stands in row {rows[0].number} as well; it counts once.")
    return filled[0] if filled else said[0]


def _answer_of(row: SheetRow, *, item_id: str, reading: _Reading) -> dict[str, Any] | None:
    faulty = [
        (place, cell.fault)
        for place in (ANSWER_COLUMN, COMMENT_COLUMN, SOURCE_COLUMN)
        if (cell := row.cells[COLUMNS[place][0]]).fault
    ]
    for place, fault in faulty:
        reading.refuse(row.number, _HEADINGS[place], fault or "")
    if faulty:
        return None
    written, comment, source = (row.text(COLUMNS[place][0]) for place in (ANSWER_COLUMN, COMMENT_COLUMN, SOURCE_COLUMN))
    for place, text in ((COMMENT_COLUMN, comment), (SOURCE_COLUMN, source)):
        if len(text) > _LONGEST:
            reading.refuse(
                row.number, _HEADINGS[place], f"The text has {len(text):,} characters; {_LONGEST:,} are the most."
            )
            return None
    answer = _SPOKEN.get(" ".join(written.casefold().split()))
    if item_id == REMARK_ID:
        if written:
            reading.refuse(row.number, _HEADINGS[ANSWER_COLUMN], "A remark takes a comment and no answer.")
            return None
    elif written and answer is None:
        more = " Put the rest under Comment." if re.match(r"(yes|no)\b", written.casefold()) else ""
        reading.refuse(
            row.number,
            _HEADINGS[ANSWER_COLUMN],
            f"“{written[:40]}” is no answer. Choose {', '.join(AuditAnswer)}.{more}",
        )
        return None
    elif answer is AuditAnswer.NO and not comment:
        reading.refuse(row.number, _HEADINGS[COMMENT_COLUMN], "A no needs a comment that says what is wrong.")
        return None
    elif answer is None and (comment or source):
        what = "comment" if comment else "note"
        reading.refuse(row.number, _HEADINGS[ANSWER_COLUMN], f"There is a {what} but no answer.")
        return None
    return {
        "answer": None if answer is None else str(answer),
        "comment": comment or None,
        "source_note": source or None,
        "shown_sha256": row.text("values") or None,
    }


def _take(
    said: Mapping[str, Any],
    row: SheetRow,
    *,
    key: Key,
    item_id: str,
    role: str,
    before: Mapping[str, Any] | None,
    record: Mapping[str, Any],
    is_foreign: bool,
    saved_by: str,
    reading: _Reading,
) -> None:
    if before is not None:
        if all(before[name] == said[name] for name in ("answer", "comment", "source_note")):
            reading.known += 1
            return
        if is_foreign:
            reading.refuse(
                row.number,
                _HEADINGS[ANSWER_COLUMN],
                f"This differs from what was recorded before ({_told(before)}), and another person saved this file ({saved_by}): it "
                "looks as if two people had filled in a copy each. If it is a correction: --correct.",
            )
            return
        reading.corrections.append(
            Correction(
                row=row.number,
                record=record["native_id"] or record["name"] or record["record_uid"],
                item_id=item_id,
                before=_told(before),
                after=_told(said),
            )
        )
    reading.rows.append({"center_id": key[0], "record_uid": key[1], "item_id": item_id, "role": role, **said})


def _told(said: Mapping[str, Any]) -> str:
    return ": ".join(part for part in (said["answer"], said["comment"]) if part) or "(nothing)"


def _expected(
    content: SheetContent,
    items: Mapping[Key, Mapping[str, Any]],
    *,
    roles: Mapping[Key, str],
    is_third: bool,
    by_key: Mapping[tuple[str, str, str], Sequence[SheetRow]],
    begun: Collection[Key],
) -> dict[Key, tuple[str, ...]]:
    """Return the questions that have to be on the sheet, by record."""
    if is_third:
        return {
            key: tuple(item for center, uid, item in by_key if (center, uid) == key and item != REMARK_ID)
            for key in roles
        }
    everything = tuple(question.item_id for question in QUESTIONS)
    auditor = content.identity.get("auditor", "").casefold()
    if not auditor:
        nobody = [
            key
            for key, item in items.items()
            if item["carried_from"] is None and item["auditor"] is None and key not in begun
        ]
        return dict.fromkeys([*roles, *(key for key in nobody if key not in roles)], everything)
    own = [
        key
        for key, item in items.items()
        if item["carried_from"] is None
        and auditor in ((item["auditor"] or "").casefold(), (item["second_rater"] or "").casefold())
    ]
    return dict.fromkeys(own, everything)


def _completeness(
    expected: Mapping[Key, tuple[str, ...]],
    *,
    answered: Mapping[Key, set[str]],
    by_key: Mapping[tuple[str, str, str], Sequence[SheetRow]],
    items: Mapping[Key, Mapping[str, Any]],
    reading: _Reading,
    recorded: Mapping[tuple[str, str, str, str], Mapping[str, Any]],
    auditor: str,
) -> tuple[int, int, int]:
    """Tell which records are not whole; return how many are done, half-filled and untouched."""
    done = half = untouched = 0
    refused_rows = {remark.row for remark in reading.refused}
    for key, item_ids in expected.items():
        item = items[key]
        name = item["native_id"] or item["name"] or item["record_uid"]
        rows = [row for item_id in item_ids for row in by_key.get((*key, item_id), ())]
        has = answered.get(key, set()) | {
            item_id for item_id in item_ids if (*key, item_id, auditor.casefold()) in recorded
        }
        gone = [item_id for item_id in item_ids if (*key, item_id) not in by_key and item_id not in has]
        open_ones = [item_id for item_id in item_ids if item_id not in has]
        first = min((row.number for row in rows), default=0)
        if gone and not rows:
            reading.refuse(
                0, "", f"The record {name} is not on the sheet: its rows were deleted, or none could be read."
            )
        elif gone:
            reading.refuse(
                first,
                "",
                f"Of the record {name} {_count(len(gone), 'question')} {'is' if len(gone) == 1 else 'are'} not on the sheet or not "
                f"readable: {_named(gone)}.",
            )
        if not open_ones:
            done += 1
        elif not has:
            untouched += 1
        else:
            half += 1
            blank = [
                item_id
                for item_id in open_ones
                if (*key, item_id) in by_key and by_key[(*key, item_id)][0].number not in refused_rows
            ]
            if blank:
                reading.refuse(
                    by_key[(*key, blank[0])][0].number,
                    _HEADINGS[ANSWER_COLUMN],
                    f"The record {name} is half-filled: {_count(len(blank), 'question')} {'is' if len(blank) == 1 else 'are'} "
                    f"unanswered ({_named(blank)}). What is answered was taken; it counts as audited when all is answered.",
                )
    return done, half, untouched


def _missing_lines(
    content: SheetContent, by_key: Mapping[tuple[str, str, str], Sequence[SheetRow]], *, refused: Sequence[Remark]
) -> int:
    """Return how many lines of a sheet that asks single questions are neither read nor refused."""
    lines = content.identity.get("lines", "")
    return max(0, int(lines) - len(by_key) - len({one.row for one in refused if one.row})) if lines.isdigit() else 0


def _named(item_ids: Sequence[str]) -> str:
    words = [f"{ITEMS[item_id].criterion}: {ITEMS[item_id].words}" for item_id in item_ids[:_NAMED_QUESTIONS]]
    more = len(item_ids) - len(words)
    return "; ".join(words) + (f" and {more} more" if more else "")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _recorded(answers: pl.DataFrame, *, batch_id: str) -> dict[tuple[str, str, str, str], Mapping[str, Any]]:
    rows = answers.filter((pl.col("batch_id") == batch_id) & pl.col("is_standing")).to_dicts()
    return {(row["center_id"], row["record_uid"], row["item_id"], row["auditor"].casefold()): row for row in rows}


def _is_other(saved_by: str, before: str | None) -> bool:
    return bool(saved_by) and bool(before) and saved_by.casefold() != (before or "").casefold()
