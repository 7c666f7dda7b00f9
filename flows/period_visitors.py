"""Reads how many people visited the online directory, from a table that the center writes itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.ingest.columns import nearest
from pipeline.ingest.tables import read_table
from schemas.errors import InputError
from schemas.parameters import IngestParameters

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_COLUMNS = ("month", "date", "visitors", "center")
_ADVICE = "It needs the columns month (2026-11) or date (2026-11-20), visitors, and may have center."
_SCHEMA = {"day": pl.Date, "center_id": pl.String, "visitors": pl.Int64}


@dataclass(frozen=True, kw_only=True)
class GivenVisitors:
    """What a center supplies about its visitors.

    Attributes:
        source: Name of the file; None when none is named.
        rows: `day: Date`, `center_id: String` (null: of all together), `visitors: Int64`.
    """

    source: str | None
    rows: pl.DataFrame


def read_visitors(path: Path | None) -> GivenVisitors:
    """Return the visitors by month or day.

    Args:
        path: A .csv file with the columns `month` or `date`, `visitors`, and `center` where there are several; None: nothing is given.

    Raises:
        InputError: The file or a column is missing, a month is given twice, or a cell cannot be read; file, line and column are named.
    """
    if path is None:
        return GivenVisitors(source=None, rows=pl.DataFrame(schema=_SCHEMA))
    if not path.is_file():
        raise InputError(f"There is no file {path}.", advice="Check [report] visitors in the settings.")
    table = read_table(path.read_bytes(), name=path.name, center_id="visitors", parameters=IngestParameters())
    header = [name.strip().casefold() for name in table.parsed.header]
    when = next((name for name in ("month", "date") if name in header), None)
    for name in ("visitors", *(() if when else ("month",))):
        if name not in header:
            near = nearest(name, [one for one in header if one not in _COLUMNS])
            raise InputError(
                f"{path.name} has no column {name}{f' (nearest: {near})' if near else ''}.", advice=_ADVICE
            )
    if table.parsed.rejects.height:
        first = table.parsed.rejects.row(0, named=True)
        raise InputError(f"{path.name}, line {first['source_line']}: {first['reason']}.", advice=_ADVICE)
    rows: list[tuple[date, str | None, int]] = []
    seen: dict[tuple[date, str | None], int] = {}
    lines = table.parsed.rows["source_line"].to_list()
    for line, cells in zip(lines, table.parsed.cells.iter_rows(), strict=True):
        said = dict(zip(header, ((cell or "").strip() for cell in cells), strict=True))
        assert when is not None
        day = _day(said[when])
        if day is None:
            raise InputError(
                f"{path.name}, line {line}, column {when}: {said[when] or '(blank)'} is no {when}.", advice=_ADVICE
            )
        if not said["visitors"]:
            continue  # a month that is not known yet
        if not _COUNT.fullmatch(said["visitors"]):
            raise InputError(
                f"{path.name}, line {line}, column visitors: {said['visitors']} is no whole number.",
                advice="Write how many there were, such as 1234; leave the cell empty where it is not known.",
            )
        key = (day, said.get("center") or None)
        if key in seen:
            raise InputError(
                f"{path.name}, line {line}, column {when}: {said[when]} stands in line {seen[key]} already.",
                advice="Keep one of the two lines, or say in a column center whose visitors they are.",
            )
        seen[key] = line
        rows.append((*key, int(said["visitors"].replace(",", ""))))
    return GivenVisitors(source=path.name, rows=pl.DataFrame(rows, schema=_SCHEMA, orient="row"))


def _day(text: str) -> date | None:
    found = _MONTH.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), 1) if found else date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
