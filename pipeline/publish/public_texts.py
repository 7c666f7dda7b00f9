"""Taking private values out of the free text of frames that may leave."""

from __future__ import annotations

from collections import Counter

import polars as pl

from schemas.private_values import PrivateValues, kinds_in, suspect_cells, without_private
from schemas.public_columns import PublicTable

#: Streets are not looked for in these columns: addresses are compared as places, street and city together.
_STREET_COLUMNS = frozenset({("site", "line1"), ("site", "line2"), ("address", "line1"), ("address", "line2")})


def scrub_frame(frame: pl.DataFrame, table: PublicTable, values: PrivateValues) -> tuple[pl.DataFrame, dict[str, int]]:
    """Take private values out of every column that a person may have typed into.

    From prose the sentence goes; a name, a line or a web address goes as a whole; of a list, the entry.

    Args:
        frame: Rows of the table, with its public columns.
        table: Which columns are searched, and how.
        values: What must not be seen.

    Returns:
        The frame, and how many cells lost something, by kind of value (`private_phone_in_text` and so on).
    """
    removed: Counter[str] = Counter()
    columns = [*table.short, *table.prose]
    if frame.is_empty() or not columns:
        return frame, {}
    looks = frame.select(
        suspect_cells(column, _asked(table.name, column, values)).any().alias(column)
        if frame.schema[column] == pl.String
        else _joined(column, _asked(table.name, column, values)).any().alias(column)
        for column in columns
    ).row(0, named=True)
    for column in columns:
        if not looks[column]:
            continue
        asked = _asked(table.name, column, values)
        if frame.schema[column] == pl.String:
            frame = _scrub_texts(frame, column, asked, removed, is_prose=column in table.prose)
        else:
            frame = _scrub_lists(frame, column, asked, removed)
    return frame, {f"private_{kind}_in_text": count for kind, count in sorted(removed.items())}


def _asked(table: str, column: str, values: PrivateValues) -> PrivateValues:
    if (table, column) not in _STREET_COLUMNS:
        return values
    return PrivateValues(phones=values.phones, vanity=values.vanity, emails=values.emails, names=values.names)


def _joined(column: str, values: PrivateValues) -> pl.Expr:
    """Return whether a list may hold a private value. Entries are told apart by a sign that no value has."""
    return suspect_cells(column, values, text=pl.col(column).list.join(" \u241e "))


def _scrub_texts(
    frame: pl.DataFrame, column: str, values: PrivateValues, removed: Counter[str], *, is_prose: bool
) -> pl.DataFrame:
    suspects = frame.filter(suspect_cells(column, values))[column]
    kinds = {text: found for text in suspects.unique().to_list() if (found := kinds_in(text, values))}
    if not kinds:
        return frame
    for text in suspects.to_list():
        removed.update(kinds.get(text, ()))
    better = {text: without_private(text, values) if is_prose else None for text in sorted(kinds)}
    replaced = pl.DataFrame(
        {column: list(better), "better": list(better.values())},
        schema={column: pl.String, "better": pl.String},
    ).with_columns(pl.lit(value=True).alias("is_private"))
    return (
        frame.join(replaced, on=column, how="left", maintain_order="left")
        .with_columns(pl.when("is_private").then("better").otherwise(column).alias(column))
        .drop("better", "is_private")
    )


def _scrub_lists(frame: pl.DataFrame, column: str, values: PrivateValues, removed: Counter[str]) -> pl.DataFrame:
    entries = frame.filter(_joined(column, values)).select(pl.col(column).explode())[column].drop_nulls()
    kinds = {text: found for text in entries.unique().to_list() if (found := kinds_in(text, values))}
    if not kinds:
        return frame
    for text in entries.to_list():
        removed.update(kinds.get(text, ()))
    private = sorted(kinds)
    return frame.with_columns(pl.col(column).list.eval(pl.element().filter(~pl.element().is_in(private))).alias(column))
