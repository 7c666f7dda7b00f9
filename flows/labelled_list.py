"""A labelled list of any origin: a CSV whose columns a person names, and its truth."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipeline.ingest.tables import read_table
from pipeline.match.listing import LIST_COLUMNS
from schemas.errors import InputError, UsageError
from schemas.parameters import IngestParameters


def read_text_table(path: Path) -> pl.DataFrame:
    """Return a CSV as text columns under the names of its header.

    Raises:
        InputError: It is missing, no table, or holds a row that cannot be read; a list that is to be judged must be whole.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", advice="Check the path.")
    table = read_table(path.read_bytes(), name=path.name, center_id="list", parameters=IngestParameters())
    rejects = table.parsed.rejects
    if not rejects.is_empty():
        line, reason = rejects.select("source_line", "reason").row(0)
        raise InputError(f"{path.name}, line {line}: {reason}", advice="Correct the row; a list must be read whole.")
    return pl.DataFrame(dict(zip(table.parsed.header, table.parsed.cells.get_columns(), strict=True)))


def parse_columns(text: str) -> dict[str, str]:
    """Read `name=Site name,address=Address` into a mapping of our column to theirs.

    >>> parse_columns("name=Site name,phone=Phone")
    {'name': 'Site name', 'phone': 'Phone'}

    Raises:
        UsageError: A part is not of that form, or names a column we do not compare.
    """
    mapping: dict[str, str] = {}
    for part in text.split(","):
        ours, equals, theirs = (piece.strip() for piece in part.partition("="))
        if not equals or not theirs or ours not in LIST_COLUMNS or ours == "id":
            known = ", ".join(column for column in LIST_COLUMNS if column != "id")
            raise UsageError(
                f"--columns: {part.strip()!r} is not of the form ours=theirs.", advice=f"Ours are: {known}."
            )
        mapping[ours] = theirs
    if "name" not in mapping:
        raise UsageError("--columns must say which column holds the name.", advice="Such as name=Agency.")
    return mapping


def labelled_records(
    table: pl.DataFrame, *, columns: Mapping[str, str], id_column: str | None, file: str
) -> pl.DataFrame:
    """Return the list under our column names, with an id per row: the named column, or the row number from 1.

    Raises:
        InputError: A named column is not in the file; the nearest is named.
    """
    wanted = dict(columns) | ({"id": id_column} if id_column else {})
    for theirs in wanted.values():
        require_column(table, theirs, file=file)
    records = table.select(pl.col(theirs).alias(ours) for ours, theirs in wanted.items())
    if id_column is None:
        records = records.with_columns(id=pl.int_range(1, pl.len() + 1).cast(pl.String))
    return records


def require_column(table: pl.DataFrame, name: str, *, file: str) -> None:
    """Stop when a column is not there.

    Raises:
        InputError: Names the nearest column found.
    """
    if name not in table.columns:
        near = difflib.get_close_matches(name, table.columns, n=1, cutoff=0.0)
        raise InputError(
            f"{file} has no column {name!r}.",
            advice=f"The nearest is {near[0]!r}; all: {', '.join(table.columns)}." if near else "It has no columns.",
        )
