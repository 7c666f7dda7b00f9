"""Expressions that carry delivered cells over into our fields. No value is interpreted: texts are moved, never changed.

Only where a layout asks for it texts are joined, picked from several columns, looked up in another file, or a vendor's word
is exchanged for ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.ingest.tables import Table, Tables
from schemas.layout import Cell, Lookup, Owner

#: How exports write yes.
_YES: tuple[str, ...] = ("yes", "true", "1", "y", "t")


@dataclass(frozen=True, kw_only=True)
class Translation:
    """A lookup file turned into two columns: trimmed keys, none twice, and their texts."""

    keys: pl.Series
    texts: pl.Series


def is_filled(cell: pl.Expr) -> pl.Expr:
    """Return whether a cell holds anything but blanks; null counts as blank."""
    return cell.fill_null("").str.strip_chars().ne("")


def filled_text(cell: pl.Expr) -> pl.Expr:
    """Return the trimmed cell; null where it is blank."""
    text = cell.str.strip_chars()
    return pl.when(text != "").then(text)


def fold_cell(cell: pl.Expr) -> pl.Expr:
    """Return the form in which words of a layout are compared with cells: trimmed, lower case, never null."""
    return cell.fill_null("").str.strip_chars().str.to_lowercase()


def cell_expression(cell: Cell, *, table: Table, tables: Tables) -> pl.Expr | None:
    """Return what fills a field, as an expression over the rows of the table.

    Args:
        cell: What the layout says.
        table: The file whose rows are read.
        tables: All files of the delivery, for lookups.

    Returns:
        The expression, or None when the export does not carry the field.
    """
    if cell.constant is not None:
        return pl.lit(cell.constant, dtype=pl.String)
    if not table.header.holds(cell.only_with):
        return None
    found = [
        introduce(column, cell.before.get(name, ""))
        for name in cell.columns
        if (column := table.column(name)) is not None
    ]
    flags = flag_words(cell.flags, table=table)
    if not found and flags is None:
        return None
    text = _take(cell, found) if found else pl.lit("")
    if flags is not None:
        text = first_filled([text, flags])
    if cell.first_of:
        text = text.str.split(cell.first_of).list.first()
    if cell.words:
        text = exchange_words(text, cell.words, otherwise=pl.lit(cell.otherwise) if cell.otherwise else text)
    if cell.lookup is not None:
        return _look_up(text, cell.lookup, tables=tables)
    return text


def _take(cell: Cell, found: Sequence[pl.Expr]) -> pl.Expr:
    if cell.take == "first_column" or len(found) == 1:
        return found[0]
    if cell.take == "first_filled":
        return first_filled(found)
    return join_filled(found, separator=cell.separator)


def introduce(column: pl.Expr, before: str) -> pl.Expr:
    """Return the cells with words put before those that are not blank; unchanged cells without such words."""
    if not before:
        return column
    return (
        pl.when(is_filled(column)).then(pl.format("{}{}", pl.lit(before), column.str.strip_chars())).otherwise(column)
    )


def flag_words(flags: Mapping[str, str], *, table: Table) -> pl.Expr | None:
    """Return the words of the columns that say yes, joined by `; `; None when the file has none of the columns.

    Blank is unknown and gives no word, like no.
    """
    words = [
        pl.when(fold_cell(column).is_in(_YES)).then(pl.lit(word))
        for name, word in flags.items()
        if (column := table.column(name)) is not None
    ]
    return pl.concat_str(words, separator="; ", ignore_nulls=True) if words else None


def first_filled(columns: Sequence[pl.Expr]) -> pl.Expr:
    """Return row by row the first cell that is not blank; blank when all are."""
    return pl.coalesce([pl.when(is_filled(column)).then(column) for column in columns]).fill_null("")


def join_filled(columns: Sequence[pl.Expr], *, separator: str) -> pl.Expr:
    """Return the cells that are not blank, trimmed, each text once, joined in the order of the columns."""
    kept = [filled_text(column) for column in columns]
    # Compared two by two: lists of texts, one for each row, cost many times as much.
    once = [
        pl.when(pl.any_horizontal(text == before for before in kept[:place]).fill_null(value=False).not_()).then(text)
        if place
        else text
        for place, text in enumerate(kept)
    ]
    return pl.concat_str(once, separator=separator, ignore_nulls=True)


def exchange_words(text: pl.Expr, words: Mapping[str, str], *, otherwise: pl.Expr) -> pl.Expr:
    """Return our word for each delivered word (case and outer blanks ignored), `otherwise` for words not listed."""
    folded = {word.strip().lower(): ours for word, ours in words.items()}
    known = fold_cell(text).replace_strict(
        pl.Series(list(folded), dtype=pl.String),
        pl.Series(list(folded.values()), dtype=pl.String),
        default=None,
        return_dtype=pl.String,
    )
    return pl.coalesce(known, otherwise)


def _look_up(text: pl.Expr, lookup: Lookup, *, tables: Tables) -> pl.Expr | None:
    translation = read_translation(lookup, tables=tables)
    if translation is None:
        return text if lookup.or_key else None
    default = text if lookup.or_key else pl.lit("")
    found = text.str.strip_chars().replace_strict(
        translation.keys, translation.texts, default=None, return_dtype=pl.String
    )
    return pl.coalesce(found, default)


def read_translation(lookup: Lookup, *, tables: Tables) -> Translation | None:
    """Return the keys and texts of a lookup, or None when its file or columns were not delivered.

    A key that stands twice keeps the text that sorts first, so that the order of the rows does not matter.
    """
    for name in lookup.files:
        table = tables.get(name.casefold())
        if table is None:
            continue
        key = table.column(lookup.key)
        text = next((column for value in lookup.value if (column := table.column(value)) is not None), None)
        if key is None or text is None:
            continue
        pairs = (
            table.rows.select(key.str.strip_chars().alias("key"), text.alias("text"))
            .filter(is_filled(pl.col("key")) & is_filled(pl.col("text")))
            .sort("key", "text")
            .unique("key", keep="first", maintain_order=True)
        )
        return Translation(keys=pairs["key"], texts=pairs["text"])
    return None


def owner_expressions(owner: Owner, *, table: Table) -> tuple[pl.Expr, pl.Expr] | None:
    """Return kind and id of an owner, null where a row names none; None when the file lacks the columns."""
    column = table.column(owner.column)
    if column is None:
        return None
    named = pl.when(is_filled(column)).then(column.str.strip_chars())
    if owner.kind is not None:
        return pl.when(is_filled(column)).then(pl.lit(owner.kind.value)), named
    kind_column = table.column(owner.kind_column)
    if kind_column is None:
        return None
    kind = exchange_words(kind_column, owner.kind_words, otherwise=pl.lit(None, dtype=pl.String))
    return pl.when(is_filled(column)).then(kind), pl.when(kind.is_not_null()).then(named)


def condition(where: Mapping[str, tuple[str, ...]], *, table: Table) -> pl.Expr:
    """Return which rows a layout means; a column that the file does not have counts as blank."""
    meant = pl.lit(True)
    for name, words in where.items():
        column = table.column(name)
        text = pl.lit("") if column is None else fold_cell(column)
        meant = meant & text.is_in([word.strip().lower() for word in words])
    return meant
