"""Looking for private values in the tables of a package that was written."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas.hsds_tables import HsdsColumn, hsds_tables
from schemas.private_values import PrivateValues, kinds_in, suspect_cells

#: Streets are not looked for in these columns: address rows are compared as places, street and city together.
_STREET_COLUMNS = frozenset({("address", "address_1"), ("address", "address_2")})


def find_private(tables: Mapping[str, pl.DataFrame], values: PrivateValues) -> dict[str, int]:
    """Return how many cells of each column hold a private value; empty when none does."""
    found = {}
    for name, frame in tables.items():
        for column in _suspected(name, frame, values):
            asked = _asked(name, column, values)
            suspects = frame.filter(suspect_cells(column.name, asked))[column.name]
            count = sum(1 for text in suspects.to_list() if kinds_in(text, asked))
            if count:
                found[f"{name}.{column.name}"] = count
    return found


def _searched(table: str) -> list[HsdsColumn]:
    return [
        column
        for column in hsds_tables()[table].columns
        if column.text is not None or column.format in ("email", "uri")
    ]


def _suspected(table: str, frame: pl.DataFrame, values: PrivateValues) -> list[HsdsColumn]:
    """Return the columns of a table in which some cell may hold a private value."""
    columns = _searched(table)
    if frame.is_empty() or not columns:
        return []
    looks = frame.select(
        suspect_cells(column.name, _asked(table, column, values)).any().alias(column.name) for column in columns
    ).row(0, named=True)
    return [column for column in columns if looks[column.name]]


def _asked(table: str, column: HsdsColumn, values: PrivateValues) -> PrivateValues:
    if (table, column.name) not in _STREET_COLUMNS:
        return values
    return PrivateValues(phones=values.phones, vanity=values.vanity, emails=values.emails, names=values.names)
