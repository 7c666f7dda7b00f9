"""Which agencies get a form: named one by one, or in a list."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from schemas.directory import Directory
from schemas.enumerations import NotCountedReason, Origin
from schemas.errors import InputError, UsageError

_KEY = ("center_id", "record_uid")
#: Headings under which a list may have the numbers, and the center.
_RECORD_HEADINGS, _CENTER_HEADINGS = ("record", "native_id", "record number", "record_uid"), ("center", "center_id")
_STATUS_WORDS = {
    NotCountedReason.INACTIVE.value: "is inactive",
    NotCountedReason.DEFUNCT.value: "is closed for good",
    NotCountedReason.DELETED.value: "is deleted",
    NotCountedReason.DRAFT.value: "is a draft",
    NotCountedReason.UNKNOWN_STATUS.value: "has no known status",
}
_NAMED = 4


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An agency as it was asked for.

    Attributes:
        text: Number or record_uid.
        center: Center, when it was said.
        where: Place in a list, such as `list.csv, line 3`; empty on the command line.
    """

    text: str
    center: str | None = None
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Agencies that get a form, and those that do not.

    Attributes:
        agencies: `center_id`, `agency_uid`.
        skipped: What was asked for and why it gets none, a sentence each.
    """

    agencies: pl.DataFrame
    skipped: tuple[tuple[Asked, str], ...]


def read_list(path: Path) -> list[Asked]:
    """Return the agencies of a list: one number a line, or a table with a column `record` and perhaps one `center`.

    Args:
        path: Text or CSV file; empty lines and lines that begin with `#` are passed over.

    Raises:
        InputError: The file is missing, empty, no text, or a table without such a column.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", advice="Check the path given with --list.")
    content = path.read_bytes()
    if b"\0" in content[:4096]:
        raise InputError(f"{path.name} is no text file.", advice="Save the list as CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets on Windows call CSV.
        text = content.decode("cp1252", errors="replace")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if _is_said(line)]
    if not lines:
        raise InputError(f"{path.name} names no agency.", advice="Write one record number a line.")
    separator = next((sign for sign in ("\t", ";", ",") if sign in lines[0][1]), ",")
    rows = [
        (number, [cell.strip() for cell in cells])
        for number, line in lines
        for cells in csv.reader([line], delimiter=separator)
    ]
    headings = [cell.casefold() for cell in rows[0][1]]
    record = next((headings.index(name) for name in _RECORD_HEADINGS if name in headings), None)
    if record is None and len(headings) > 1:
        raise InputError(
            f"{path.name}, line {rows[0][0]}: there is no column record (there are {', '.join(rows[0][1])}).",
            advice="Head the column of the numbers `record`, or write one number a line.",
        )
    center = next((headings.index(name) for name in _CENTER_HEADINGS if name in headings), None)
    asked = []
    for number, cells in rows if record is None else rows[1:]:
        said = cells[record or 0] if len(cells) > (record or 0) else ""
        if said:
            named = cells[center] if center is not None and len(cells) > center else ""
            asked.append(Asked(text=said, center=named or None, where=f"{path.name}, line {number}"))
    if not asked:
        raise InputError(f"{path.name} names no agency.", advice="Write one record number a line.")
    return asked


def _is_said(line: str) -> bool:
    return bool(line.strip(" ,;\t")) and not line.lstrip().startswith("#")


def choose_agencies(asked: Sequence[Asked], directory: Directory) -> Chosen:
    """Return the agencies that are meant.

    Args:
        asked: What was asked for.
        directory: The directory.

    Raises:
        UsageError: Something names no agency, or several; the candidates are named.
    """
    agencies = directory.agency.filter(pl.col("origin") == Origin.DELIVERED.value).unique(
        _KEY, keep="first", maintain_order=True
    )
    keys: dict[tuple[str, str], None] = {}
    skipped = []
    for one in asked:
        row = _find(one, agencies, directory)
        reason = _why_not(row)
        if reason is None:
            keys[row["center_id"], row["record_uid"]] = None
        else:
            skipped.append((one, reason))
    frame = pl.DataFrame(sorted(keys), schema={"center_id": pl.String, "agency_uid": pl.String}, orient="row")
    return Chosen(agencies=frame, skipped=tuple(skipped))


def _find(one: Asked, agencies: pl.DataFrame, directory: Directory) -> dict[str, Any]:
    where = f"{one.where}: " if one.where else ""
    is_it = (pl.col("native_id") == one.text) | (pl.col("record_uid") == one.text.lower())
    found = agencies.filter(is_it & (pl.lit(value=True) if one.center is None else pl.col("center_id") == one.center))
    if found.height == 1:
        return found.row(0, named=True)
    if found.height > 1:
        named = "; ".join(
            f"{row['name'] or '(no name)'} of {row['center_id']}" for row in found.head(_NAMED).iter_rows(named=True)
        )
        raise UsageError(
            f"{where}the number {one.text} names {found.height} agencies: {named}.", advice="Add --center."
        )
    other = directory.records().filter(is_it & (pl.col("kind") != "agency")).head(1)
    if not other.is_empty():
        row = other.row(0, named=True)
        own = agencies.filter(
            (pl.col("center_id") == row["center_id"]) & (pl.col("record_uid") == row["agency_uid"])
        ).head(1)
        number = next(iter(own["native_id"].to_list()), None) or row["agency_uid"]
        raise UsageError(
            f"{where}{one.text} is a {row['kind'].replace('_', ' ')}, not an agency.", advice=f"Its agency is {number}."
        )
    known = agencies if one.center is None else agencies.filter(pl.col("center_id") == one.center)
    near = difflib.get_close_matches(one.text, known["native_id"].drop_nulls().unique().to_list(), n=_NAMED)
    within = f" in {one.center}" if one.center else ""
    raise UsageError(
        f"{where}there is no agency {one.text}{within}.",
        advice=f"Nearest: {', '.join(near)}."
        if near
        else "Name it by its number in the center's software, or its record_uid.",
    )


def _why_not(row: dict[str, Any]) -> str | None:
    reason = row["not_counted_reason"]
    name = f"{row['name'] or '(no name)'} ({row['native_id'] or row['record_uid']})"
    if reason == NotCountedReason.OTHER_OWNER.value:
        return f"{name} is maintained by {row['record_owner'] or 'another center'}, which verifies it."
    if reason is not None:
        return f"{name} {_STATUS_WORDS.get(reason, 'is not counted')}: there is nothing to confirm."
    return None
