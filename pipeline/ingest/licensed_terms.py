"""A center's own licensed taxonomy list: a CSV file in the usual spellings of its columns.

The list is licensed and never part of the program; the center points to its own file in the settings.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from schemas.contract import conform, schema_of
from schemas.errors import InputError
from schemas.reference import LicensedTerm
from schemas.taxonomy_code import CODE

#: Spellings of the columns, compared in lower case without blanks, hyphens and underscores.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "code": ("code", "termcode", "taxonomycode", "fullcode"),
    "name": ("name", "term", "termname", "taxonomyterm", "preferredterm"),
    "status": ("status", "termstatus", "active"),
    "successor": ("successor", "replacedby", "newcode", "successorcode", "replacementcode", "usecode"),
    "is_preferred": ("preferred", "ispreferred", "preferredflag"),
}

_ACTIVE = frozenset({"", "active", "current", "a", "yes", "y", "true", "1", "in use", "new"})
_RETIRED = frozenset(
    {"retired", "inactive", "deleted", "obsolete", "deprecated", "i", "no", "n", "false", "0", "former"}
)
_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"", "no", "n", "false", "0"})

_ADVICE = "Correct the file, or take term_list out of the settings."


def read_licensed_terms(path: Path) -> pl.DataFrame:
    """Return the terms of a licensed list.

    Args:
        path: CSV file in UTF-8 with a header. `code` is needed; `name`, `status` (active when blank or not there), `successor` and
            `preferred` may be there; other columns are left alone.

    Returns:
        Rows of `schemas.reference.LicensedTerm` in the order of the file; codes in capitals. `is_preferred` is null when the
        list has no such column.

    Raises:
        InputError: The file cannot be read, lacks the column of codes, or a cell does not fit; file, line and column are named.
    """
    lines = _read_lines(path)
    if not lines:
        raise InputError(f"The term list {path} is empty.", advice=_ADVICE)
    _, header = lines[0]
    places = _find_columns(path, header)
    rows: list[dict[str, str | bool | None]] = []
    line_of: dict[str | bool | None, int] = {}
    for line, cells in lines[1:]:
        row = _read_row(path, line, cells, places)
        if row["code"] in line_of:
            raise InputError(
                f"{path}, line {line}, column {header[places['code']]}: {row['code']} stands already in line {line_of[row['code']]}.",
                advice=_ADVICE,
            )
        line_of[row["code"]] = line
        rows.append(row)
    if not rows:
        raise InputError(f"The term list {path} holds no term below its header.", advice=_ADVICE)
    return conform(pl.DataFrame(rows, schema=schema_of(LicensedTerm)), LicensedTerm)


def _read_lines(path: Path) -> list[tuple[int, list[str]]]:
    """Return the lines that say anything, each with the number on which it ends."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
            except csv.Error as fault:
                raise InputError(f"{path}, line {reader.line_num}: {fault}.", advice=_ADVICE) from fault
    except FileNotFoundError as fault:
        raise InputError(f"There is no term list {path}.", advice="Check term_list in the settings.") from fault
    except UnicodeDecodeError as fault:
        raise InputError(f"The term list {path} is not UTF-8.", advice="Save it as CSV UTF-8.") from fault
    except OSError as fault:
        raise InputError(f"The term list {path} cannot be read: {fault.strerror or fault}.") from fault


def _find_columns(path: Path, header: Sequence[str]) -> dict[str, int]:
    folded = ["".join(letter for letter in name.lower() if letter.isalnum()) for name in header]
    places: dict[str, int] = {}
    for ours, spellings in _SPELLINGS.items():
        found = [place for place, name in enumerate(folded) if name in spellings]
        if len(found) > 1:
            names = " and ".join(header[place] for place in found)
            raise InputError(f"{path}, line 1: the columns {names} both say {ours}.", advice=_ADVICE)
        if found:
            places[ours] = found[0]
    if "code" not in places:
        raise InputError(f"{path}, line 1: no column of codes; found: {', '.join(header)}.", advice="Name it `code`.")
    return places


def _read_row(path: Path, line: int, cells: Sequence[str], places: dict[str, int]) -> dict[str, str | bool | None]:
    def cell(name: str) -> str:
        place = places.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def refuse(name: str, what: str) -> InputError:
        return InputError(f"{path}, line {line}, column {places[name] + 1} ({name}): {what}.", advice=_ADVICE)

    status = cell("status").lower()
    preferred = cell("is_preferred").lower()
    for name in ("code", "successor"):
        if (name == "code" or cell(name)) and not CODE.fullmatch(cell(name).upper()):
            raise refuse(name, f"{cell(name)!r} is not a well-formed taxonomy code")
    if status not in _ACTIVE | _RETIRED:
        raise refuse("status", f"{cell('status')!r} says neither active nor retired")
    if preferred not in _YES | _NO:
        raise refuse("is_preferred", f"{cell('is_preferred')!r} says neither yes nor no")
    return {
        "code": cell("code").upper(),
        "name": cell("name") or None,
        "status": "retired" if status in _RETIRED else "active",
        "successor": cell("successor").upper() or None,
        "is_preferred": preferred in _YES if "is_preferred" in places else None,
    }
