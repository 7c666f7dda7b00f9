"""Who filled in a form, and when: without a name and a day nothing on it can be traced to anybody."""

from __future__ import annotations

from datetime import date

from pipeline.outreach.packet_columns import (
    CONTACT_LABEL,
    DATE_LABEL,
    FIRST_SHEET,
    NAME_LABEL,
    REPRESENTS_LABEL,
    TITLE_LABEL,
)
from pipeline.outreach.packet_dates import read_day
from pipeline.outreach.packet_file import FormContent
from schemas.errors import InputError
from schemas.packets import Represents, Verifier

#: Characters of a name, a title or a contact.
_LONGEST = 200
#: Letters of a cell that a message quotes.
_SHORT = 40
_ASK = "Ask the person, write it into the file (column B), and read it again."


def read_verifier(
    content: FormContent, *, written_on: date, today: date
) -> tuple[Verifier, list[tuple[int, str, str]]]:
    """Return who filled in a form, and what is odd about it as row, column and message.

    Args:
        content: The form.
        written_on: Day the form was written.
        today: Day of reading.

    Raises:
        InputError: Name or day is missing, unreadable, or the day cannot be.
    """
    name = _text(content, NAME_LABEL)
    if not any(sign.isalpha() for sign in name):
        raise InputError(
            f"{content.file}, sheet {FIRST_SHEET}{_row(content, NAME_LABEL)}: nobody is named under “{NAME_LABEL}”.",
            advice=_ASK,
        )
    day = _day(content, written_on=written_on, today=today)
    title, contact, represents = (_text(content, label) for label in (TITLE_LABEL, CONTACT_LABEL, REPRESENTS_LABEL))
    oddities = []
    if not title:
        oddities.append(
            (_number(content, TITLE_LABEL), f"{TITLE_LABEL} (B)", "No title or role: a verification should have one.")
        )
    if not contact:
        oddities.append((_number(content, CONTACT_LABEL), f"{CONTACT_LABEL} (B)", "No way to ask back."))
    spoken = {str(one): one.value for one in Represents}
    said = spoken.get(" ".join(represents.casefold().split()), "")
    if not said:
        oddities.append(
            (
                _number(content, REPRESENTS_LABEL),
                f"{REPRESENTS_LABEL} (B)",
                f"Not said on whose behalf ({', '.join(spoken)}): ask before it counts as a verification.",
            )
        )
    verifier = Verifier(name=name, title=title, contact=contact, represents=said, verified_on=day)
    return verifier, oddities


def _day(content: FormContent, *, written_on: date, today: date) -> date:
    text = _text(content, DATE_LABEL)
    where = f"{content.file}, sheet {FIRST_SHEET}{_row(content, DATE_LABEL)}"
    if not text:
        raise InputError(f"{where}: no day stands under “{DATE_LABEL}”.", advice=_ASK)
    day = read_day(text)
    if day is None:
        raise InputError(
            f"{where}: “{text[:_SHORT]}” is not one certain day.",
            advice="Write it like 2026-11-25 or Nov 25, 2026, and read it again.",
        )
    if day > today:
        raise InputError(f"{where}: the day {day} lies ahead (today is {today}).", advice=_ASK)
    if day < written_on:
        raise InputError(f"{where}: the day {day} is before the form was written ({written_on}).", advice=_ASK)
    return day


def _text(content: FormContent, label: str) -> str:
    if label not in content.person:
        raise InputError(
            f"{content.file}, sheet {FIRST_SHEET}: the line “{label}” is gone.",
            advice="Write it back into column A, or ask for the form again.",
        )
    _, cell = content.person[label]
    where = f"{content.file}, sheet {FIRST_SHEET}{_row(content, label)}, beside “{label}”"
    if cell.fault is not None:
        raise InputError(f"{where}: {cell.fault}", advice=_ASK)
    if len(cell.text) > _LONGEST:
        raise InputError(
            f"{where}: the text has {len(cell.text):,} characters; at most {_LONGEST} are read.", advice=_ASK
        )
    return " ".join(cell.text.split())


def _number(content: FormContent, label: str) -> int:
    return content.person[label][0]


def _row(content: FormContent, label: str) -> str:
    return f", row {_number(content, label)}"
