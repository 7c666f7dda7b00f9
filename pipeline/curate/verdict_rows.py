"""Verdicts that come back in a table: every row is applied, skipped or refused with its reason; none is lost."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.decided import Key, Pair
from schemas.identity import pair_id
from schemas.verdicts import Verdict

#: Columns that a table of verdicts must have; others are looked at where they are there.
NEEDED: tuple[str, ...] = ("pair_id", "verdict")
_PAIR_ID = re.compile(r"[0-9a-f]{16}")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)
_OTHER_PAIR = "The pair id belongs to another pair than the record_uid cells name."
_WORDS = {str(one): one for one in Verdict}


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row of the table as it came.

    Attributes:
        row: Its number in the file, the heading being row 1.
        cells: Text by column; blank cells are empty texts.
        faults: What is wrong with single cells before they are read, by column: a formula, a row that has lost its cells.
        dates: Cells that a spreadsheet turned into dates, by column: what stood there is lost.
    """

    row: int
    cells: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something to be said about a row: why it was refused, or what was odd."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, kw_only=True)
class RowVerdict:
    """A verdict of a row that can be written down."""

    row: int
    pair: Pair
    verdict: Verdict
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReadVerdicts:
    """What a table of verdicts says.

    Attributes:
        verdicts: Rows that can be written down, in their order.
        refused: Rows that cannot, with the reason.
        warnings: What was odd about rows that can.
        blank: Rows without an answer.
        repeated: Rows that say once more what another row of the file says of the same pair in the name of the same person.
    """

    verdicts: tuple[RowVerdict, ...]
    refused: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    blank: int
    repeated: int


def read_verdict_rows(
    rows: Sequence[TableRow],
    *,
    pairs: Mapping[str, Pair],
    agencies: Mapping[str, Sequence[Key]],
    numbers: Mapping[Key, str | None],
    renumbered: Mapping[str, str],
    by: str | None,
    reason: str | None,
) -> ReadVerdicts:
    """Return what the rows say.

    A row names its pair by `pair_id`; a spreadsheet that turned the id into a number or a date leaves `record_uid_a` and
    `record_uid_b`, which nothing can be mistaken for. Rows of one file that contradict each other are all refused.

    Args:
        rows: The rows.
        pairs: Known pairs by their id.
        agencies: Keys of the agencies of the directory, by record uid.
        numbers: Their record numbers.
        renumbered: Record uids that were replaced: old to new.
        by: Who decides where a row does not say.
        reason: Why, where a row does not say.
    """
    read: list[RowVerdict] = []
    refused: list[Remark] = []
    warnings: list[Remark] = []
    blank = 0
    for one in rows:
        if not one.cells.get("verdict", "").strip() and not (one.faults.keys() | one.dates.keys()) & {"verdict"}:
            blank += 1
            continue
        try:
            pair, odd = _pair_of(one, pairs=pairs, agencies=agencies, renumbered=renumbered)
            verdict = RowVerdict(
                row=one.row,
                pair=pair,
                verdict=_verdict_of(one),
                by=_text_of(one, "decided_by", by),
                reason=_text_of(one, "reason", reason),
            )
        except _RefusedError as fault:
            refused.append(fault.remark)
            continue
        read.append(verdict)
        warnings += odd
        warnings += _odd_numbers(one, pair, numbers=numbers)
    agreed, contradicting = _without_contradictions(read)
    gone = {remark.row for remark in contradicting}
    return ReadVerdicts(
        verdicts=tuple(agreed),
        refused=tuple(sorted([*refused, *contradicting], key=lambda remark: remark.row)),
        warnings=tuple(remark for remark in warnings if remark.row not in gone),
        blank=blank,
        repeated=len(read) - len(agreed) - len(contradicting),
    )


class _RefusedError(Exception):
    def __init__(self, row: TableRow, column: str, message: str) -> None:
        super().__init__(message)
        self.remark = Remark(row=row.row, column=column, message=message)


def _cell(row: TableRow, column: str) -> str:
    if fault := row.faults.get(column) or row.dates.get(column):
        raise _RefusedError(row, column, fault)
    return row.cells.get(column, "").strip()


def _verdict_of(row: TableRow) -> Verdict:
    text = _cell(row, "verdict")
    said = _WORDS.get(text.casefold())
    if said is None:
        near = difflib.get_close_matches(text.casefold(), list(_WORDS), n=1)
        raise _RefusedError(
            row, "verdict", f"{text!r} is none of same, different and unsure{f' (nearest: {near[0]})' if near else ''}."
        )
    return said


def _text_of(row: TableRow, column: str, otherwise: str | None) -> str:
    text = _cell(row, column) or (otherwise or "").strip()
    if not text:
        option = {"decided_by": "--by", "reason": "--reason"}[column]
        raise _RefusedError(row, column, f"The cell is blank; fill it in, or give {option} for all rows.")
    return text


def _pair_of(
    row: TableRow,
    *,
    pairs: Mapping[str, Pair],
    agencies: Mapping[str, Sequence[Key]],
    renumbered: Mapping[str, str],
) -> tuple[Pair, list[Remark]]:
    """Return the pair a row means, and what was odd about how it says so."""
    # An id that was spoiled is no reason to lose the answer, as long as the records can be told.
    is_date = "pair_id" in row.dates
    written = "" if is_date else _cell(row, "pair_id").casefold()
    named = [_cell(row, f"record_uid_{side}").casefold() for side in ("a", "b")]
    known = pairs.get(written) if _PAIR_ID.fullmatch(written) else None
    if not all(named):
        if known is not None:
            for side, uid in zip("ab", named, strict=True):
                if uid and _key_of(row, f"record_uid_{side}", uid, agencies, renumbered) not in known:
                    raise _RefusedError(row, "pair_id", _OTHER_PAIR)
            return known, []
        spoiled = _NUMBER.fullmatch(written) or is_date
        how = (
            " looks changed by a spreadsheet, and" if spoiled else " is not known, and" if written else " is blank, and"
        )
        raise _RefusedError(
            row, "pair_id", f"The pair id {written}{how} record_uid_a and record_uid_b are not both given."
        )
    if named[0] == named[1]:
        raise _RefusedError(row, "record_uid_b", "Both records are the same one.")
    keys = [
        _key_of(row, f"record_uid_{side}", uid, agencies, renumbered) for side, uid in zip("ab", named, strict=True)
    ]
    first, second = sorted(keys)
    if first == second:
        raise _RefusedError(row, "record_uid_b", "Both records are the same one by now.")
    own = pair_id(*first, *second)
    if known is not None and known != (first, second):
        raise _RefusedError(row, "pair_id", _OTHER_PAIR)
    odd = []
    if known is None and written != own and not any(uid in renumbered for uid in named):
        odd.append(
            Remark(
                row=row.row, column="pair_id", message="The pair id was changed; the two record_uid cells were used."
            )
        )
    return (first, second), odd


def _key_of(
    row: TableRow, column: str, uid: str, agencies: Mapping[str, Sequence[Key]], renumbered: Mapping[str, str]
) -> Key:
    seen: set[str] = set()
    while uid not in agencies and uid in renumbered and uid not in seen:
        seen.add(uid)
        uid = renumbered[uid]
    found = agencies.get(uid, ())
    if not found:
        raise _RefusedError(row, column, f"There is no agency {uid} in the directory.")
    center = _cell(row, f"center_{column[-1]}")
    fitting = [key for key in found if not center or key[0] == center] or list(found)
    if len(fitting) > 1:
        raise _RefusedError(
            row, column, f"The agency {uid} stands in several centers; say which in center_{column[-1]}."
        )
    return fitting[0]


def _odd_numbers(row: TableRow, pair: Pair, *, numbers: Mapping[Key, str | None]) -> list[Remark]:
    """Tell of record numbers that a spreadsheet turned into dates or other numbers; the pair is known without them."""
    known = {numbers.get(key) or "" for key in pair}
    odd = []
    for side in ("a", "b"):
        column = f"number_{side}"
        text = row.cells.get(column, "").strip().removeprefix("'")
        if column in row.faults or column in row.dates or (text and text not in known):
            odd.append(
                Remark(
                    row=row.row,
                    column=column,
                    message=f"The record number {text or 'in the cell'} is not the one in the directory, perhaps changed by a "
                    "spreadsheet; the pair was told by its id.",
                )
            )
    return odd


def _without_contradictions(read: Sequence[RowVerdict]) -> tuple[list[RowVerdict], list[Remark]]:
    """Return the rows that no other row of the file contradicts, each answer of a person once; and the refused ones."""
    by_pair: dict[Pair, list[RowVerdict]] = {}
    for one in read:
        by_pair.setdefault(one.pair, []).append(one)
    agreed: list[RowVerdict] = []
    refused: list[Remark] = []
    for group in by_pair.values():
        said = {one.verdict for one in group}
        if len(said) == 1:
            agreed += {one.by.casefold(): one for one in reversed(group)}.values()
            continue
        for one in group:
            others = ", ".join(
                f"row {other.row} says {other.verdict}" for other in group if other.verdict != one.verdict
            )
            refused.append(
                Remark(row=one.row, column="verdict", message=f"The file contradicts itself about this pair: {others}.")
            )
    return sorted(agreed, key=lambda one: one.row), refused
