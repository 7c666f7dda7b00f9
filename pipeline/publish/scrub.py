"""Taking private values out of the free text of a package, and looking for them in what was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import polars as pl

from schemas.hsds_tables import HsdsColumn, hsds_tables
from schemas.private_values import PrivateValues, kinds_in, suspect_cells, without_private

#: Streets are not looked for in these columns: address rows are compared as places, street and city together.
_STREET_COLUMNS = frozenset({("address", "address_1"), ("address", "address_2")})


def scrub_tables(
    tables: Mapping[str, pl.DataFrame], values: PrivateValues
) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    """Take private values out of every column that a person may have typed into.

    From prose the sentence goes; a name, a line or a web address goes as a whole.

    Returns:
        The tables, and how many cells lost something, by kind of value (`private_phone_in_text` and so on).
    """
    removed: Counter[str] = Counter()
    scrubbed = dict(tables)
    for name, frame in tables.items():
        for column in _suspected(name, frame, values):
            scrubbed[name] = _scrub_column(scrubbed[name], name, column, values, removed)
    return scrubbed, {f"private_{kind}_in_text": count for kind, count in sorted(removed.items())}


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


def _scrub_column(
    frame: pl.DataFrame, table: str, column: HsdsColumn, values: PrivateValues, removed: Counter[str]
) -> pl.DataFrame:
    asked = _asked(table, column, values)
    suspects = frame.filter(suspect_cells(column.name, asked))[column.name]
    if suspects.is_empty():
        return frame
    kinds = {text: found for text in suspects.unique().to_list() if (found := kinds_in(text, asked))}
    for text in suspects.to_list():
        removed.update(kinds.get(text, ()))
    clean: Callable[[str], str | None] = (
        (lambda text: without_private(text, asked)) if column.text == "prose" else (lambda _: None)
    )
    better = {text: clean(text) for text in sorted(kinds)}
    replaced = pl.DataFrame(
        {column.name: list(better), "better": list(better.values())},
        schema={column.name: pl.String, "better": pl.String},
    ).with_columns(pl.lit(value=True).alias("is_private"))
    return (
        frame.join(replaced, on=column.name, how="left", maintain_order="left")
        .with_columns(pl.when("is_private").then("better").otherwise(column.name).alias(column.name))
        .drop("better", "is_private")
    )
