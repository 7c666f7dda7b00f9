"""Reads a curators' time log: a CSV of days, curators, records and minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.ingest.columns import nearest
from pipeline.ingest.tables import read_table
from pipeline.measure.time_log import TIME_LOG_COLUMNS
from schemas.contract import conform
from schemas.errors import InputError
from schemas.parameters import IngestParameters
from schemas.time_log import TimeLogFault

#: Other headings under which software writes the same columns.
_ALSO = {
    "day": "date",
    "worked on": "date",
    "user": "curator",
    "staff": "curator",
    "name": "curator",
    "record id": "record",
    "resource": "record",
    "agency": "record",
    "time": "minutes",
    "min": "minutes",
    "duration": "minutes",
    "duration (minutes)": "minutes",
}


@dataclass(frozen=True, kw_only=True)
class TimeLogFile:
    """The lines of a time log as they stand.

    Attributes:
        name: Name of the file.
        sha256: Hash of its bytes.
        lines: `source_line` and the columns of `TIME_LOG_COLUMNS` as texts.
        faults: `schemas.time_log.TimeLogFault`: lines that are no rows of the table, such as those with too few cells.
    """

    name: str
    sha256: str
    lines: pl.DataFrame
    faults: pl.DataFrame


def read_time_log(path: Path) -> TimeLogFile:
    """Return the lines of a time log. Columns may stand in any order; further ones are left alone.

    Raises:
        InputError: There is no such file, it is no table, a column is missing or stands there twice, or lines cannot be read.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", advice="Check the path given with --calibrate.")
    content = path.read_bytes()
    table = read_table(content, name=path.name, center_id="time_log", parameters=IngestParameters())
    header = _meant(table.parsed.header)
    for name in TIME_LOG_COLUMNS:
        if header.count(name) > 1:
            raise InputError(f"{path.name} has the column {name} twice.", advice="Rename or remove one of them.")
    missing = [name for name in TIME_LOG_COLUMNS if name not in header]
    if missing:
        near = nearest(missing[0], header)
        raise InputError(
            f"{path.name} has no column {' and none '.join(missing)}{f' (nearest: {near})' if near else ''}.",
            advice=f"A time log has the columns {', '.join(TIME_LOG_COLUMNS)}; docs/staffing.md shows one.",
        )
    cells = table.parsed.cells
    lines = pl.DataFrame(
        {
            "source_line": table.parsed.rows["source_line"].cast(pl.Int64),
            **{name: cells.to_series(header.index(name)).cast(pl.String) for name in TIME_LOG_COLUMNS},
        }
    )
    faults = table.parsed.rejects.select(
        pl.col("source_line").cast(pl.Int64),
        "reason",
        column=pl.lit("(whole line)"),
        value=pl.lit(None, dtype=pl.String),
    )
    return TimeLogFile(
        name=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        lines=lines,
        faults=conform(faults, TimeLogFault),
    )


def _meant(headings: Sequence[str]) -> list[str]:
    """Return the headings without regard to case and blanks; other words for a column count only where its own is missing.

    A log may have a column `agency` with names beside the column `record` with numbers.
    """
    plain = [" ".join(name.replace("_", " ").split()).casefold() for name in headings]
    return [_ALSO[name] if name in _ALSO and _ALSO[name] not in plain else name for name in plain]
