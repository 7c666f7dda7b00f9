"""Rows of our delivered frames out of the tables of an export: records, and what belongs to them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from pipeline.ingest.cells import cell_expression, condition, exchange_words, fold_cell, is_filled, owner_expressions
from pipeline.ingest.tables import Table, Tables
from schemas.delivered import DELIVERED_COLUMNS, SOURCE_COLUMNS
from schemas.layout import KEEP_WHEN_FILLED, ChildRows, FileLayout, RecordRows

#: Identifier of the line a child row stands on, kept while texts of other files are gathered into it.
ROW_ID = "row_id"
#: Stands behind each cell in a hash, so that `ab|c` and `a|bc` differ.
_CELL_END = "\x1f"


#: Lines of a table, looked at or still to be looked at.
Lines = TypeVar("Lines", pl.DataFrame, pl.LazyFrame)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of one delivered table.

    Attributes:
        frame: The rows, with `DELIVERED_COLUMNS` and, for child rows, `row_id`.
        carried: Which `kind.field` or `table.field` the export carries.
    """

    frame: pl.DataFrame
    carried: frozenset[str] = frozenset()


def split_unknown_kinds(table: Table) -> Table:
    """Return the table without the rows whose kind is not among the layout's words; they become rejects.

    An unknown kind is never taken for a usual one: a new kind of record in an export must be seen by a person.
    """
    layout = table.layout
    if layout is None:
        return table
    for records in layout.records:
        if records.kind is None:
            table = _reject_unknown_kinds(table, records)
    return table


def _reject_unknown_kinds(table: Table, records: RecordRows) -> Table:
    column = table.column(records.kind_column)
    if column is None:
        return table
    words = [word.strip().lower() for word in records.kind_words]
    is_known = fold_cell(column).is_in(words)
    unknown = table.rows.filter(~is_known)
    if not unknown.height:
        return table
    name = table.header.names[table.header.find(records.kind_column) or 0]
    rejects = unknown.select(
        "center_id",
        "source_file",
        "source_line",
        pl.format("the record kind {} in the column {} is not known", _quote(column), pl.lit(name)).alias("reason"),
        "text",
    )
    return table.filter_rows(is_known, rejects=pl.concat([table.parsed.rejects, rejects]).sort("source_line"))


def _quote(column: pl.Expr) -> pl.Expr:
    return pl.format("'{}'", column.str.strip_chars())


def build_records(tables: Tables) -> Rows:
    """Return all records of the delivery, not sorted."""
    built = [
        _build_records(records, table=table, tables=tables)
        for table in tables.values()
        if table.layout is not None
        for records in table.layout.records
    ]
    return Rows(
        frame=pl.concat([rows.frame for rows in built]), carried=frozenset().union(*(rows.carried for rows in built))
    )


def _build_records(records: RecordRows, *, table: Table, tables: Tables) -> Rows:
    kind = _kind_of_line(records, table=table)
    fields: dict[str, pl.Expr] = {"kind": kind}
    carried: set[str] = set()
    for name, cell in records.cells.items():
        text = cell_expression(cell, table=table, tables=tables)
        if text is None:
            continue
        kinds = cell.kinds or records.kinds
        carried |= {f"{one}.{name}" for one in kinds if one in records.kinds}
        fields[name] = pl.when(kind.is_in([str(one) for one in kinds])).then(text) if cell.kinds else text
    frame = _select(table.rows.lazy(), "record", fields).collect()
    for mark in records.marks:
        frame = frame.with_columns(
            status=pl.when(pl.col(mark.field).str.starts_with(mark.start)).then(pl.lit(mark.status)).otherwise("status")
        )
    for name, separator in records.split.items():
        frame = _split_records(frame, name, separator)
    if table.layout is not None and records is not table.layout.records[0]:
        # A line always makes its first record; a further one only when the line gives it a number.
        frame = frame.filter(is_filled(pl.col("native_id")))
    return Rows(frame=frame, carried=frozenset(carried))


def _split_records(frame: pl.DataFrame, name: str, separator: str) -> pl.DataFrame:
    """Return one record for each part of a cell; where there are several, the part is added to the number."""
    has_several = pl.col(name).str.contains(separator, literal=True).fill_null(value=False)
    several = frame.filter(has_several)
    if not several.height:
        return frame
    parts = (
        several.with_columns(pl.col(name).str.split(separator))
        .explode(name)
        .with_columns(pl.col(name).str.strip_chars())
        .filter(pl.col(name) != "")
        .with_columns(
            native_id=pl.when(is_filled(pl.col("native_id")))
            .then(pl.format("{}:{}", "native_id", name))
            .otherwise("native_id")
        )
    )
    return pl.concat([frame.filter(~has_several), parts])


def _kind_of_line(records: RecordRows, *, table: Table) -> pl.Expr:
    if records.kind is not None:
        return pl.lit(records.kind.value)
    column = table.column(records.kind_column)
    # Checked before: the column is required by every layout that names it, and other words have been rejected.
    words = {word: kind.value for word, kind in records.kind_words.items()}
    return exchange_words(pl.lit("") if column is None else column, words, otherwise=pl.lit(None, dtype=pl.String))


def _select(rows: pl.LazyFrame, table: str, fields: dict[str, pl.Expr], *more: str) -> pl.LazyFrame:
    columns = [
        fields.get(name, pl.lit(None)).cast(pl.String).alias(name) for name in (*DELIVERED_COLUMNS[table], *more)
    ]
    return rows.select(*SOURCE_COLUMNS, *columns)


def build_children(child_table: str, *, tables: Tables) -> Rows:
    """Return all rows of one child table, with `row_id`; not sorted.

    Args:
        child_table: `phone`, `address`, `contact`, `taxonomy_link` or `schedule`.
        tables: The files of the delivery.
    """
    built = [
        _build_child(child_table, rows, table=table, tables=tables)
        for table in tables.values()
        if table.layout is not None
        for name, rows in table.layout.children()
        if name == child_table
    ]
    empty = pl.DataFrame(
        schema={"source_file": pl.String, "source_line": pl.Int64}
        | dict.fromkeys((*DELIVERED_COLUMNS[child_table], ROW_ID), pl.String)
    )
    frame = pl.concat([empty, *(rows.frame for rows in built)])
    carried: frozenset[str] = frozenset().union(*(rows.carried for rows in built))
    return Rows(frame=frame, carried=carried)


def _build_child(child_table: str, child: ChildRows, *, table: Table, tables: Tables) -> Rows:
    fields = {
        name: text
        for name, cell in child.cells.items()
        if (text := cell_expression(cell, table=table, tables=tables)) is not None
    }
    deciding = [name for name in KEEP_WHEN_FILLED[child_table] if name in fields]
    if not deciding:
        return Rows(frame=_select(table.rows.head(0).lazy(), child_table, {}, ROW_ID).collect())
    # Asked for as a whole: of the many columns of an export only those that this table needs are looked at.
    lines = table.rows.lazy().filter(condition(child.where, table=table))
    lines = (
        _with_owners(lines, child, table=table)
        if child.owners
        else _with_line_owner(lines, child, table=table, tables=tables)
    )
    fields |= {
        "owner_kind": pl.col("owner_kind"),
        "owner_native_id": pl.col("owner_native_id"),
        "slot": pl.lit(child.slot) if child.slot else _row_id(table),
        ROW_ID: _row_id(table),
    }
    chosen = _select(lines, child_table, fields, ROW_ID)
    frame = chosen.filter(pl.any_horizontal(is_filled(pl.col(name)) for name in deciding)).collect()
    if not child.slot:
        frame = _name_slots(
            frame, stem=table.name.rsplit(".", 1)[0], cells=[name for name in child.cells if name in fields]
        )
    for name, separator in child.split.items():
        frame = _split_rows(frame, name, separator)
    # A constant is the layout's word, not something that the export carries.
    carried = {f"{child_table}.{name}" for name in fields if name in child.cells and child.cells[name].constant is None}
    return Rows(frame=frame, carried=frozenset(carried))


def _with_line_owner(lines: pl.LazyFrame, child: ChildRows, *, table: Table, tables: Tables) -> pl.LazyFrame:
    layout = table.layout or FileLayout()
    records = next(rows for rows in layout.records if child.of is None or child.of in rows.kinds)
    kind = _kind_of_line(records, table=table)
    native_id = cell_expression(records.cells["native_id"], table=table, tables=tables)
    owned = lines.with_columns(
        owner_kind=kind, owner_native_id=pl.lit(None, dtype=pl.String) if native_id is None else native_id
    )
    if child.of is not None:
        owned = owned.filter(pl.col("owner_kind") == child.of.value)
    return owned if records is layout.records[0] else owned.filter(is_filled(pl.col("owner_native_id")))


def _with_owners(lines: pl.LazyFrame, child: ChildRows, *, table: Table) -> pl.LazyFrame:
    found = [pair for owner in child.owners if (pair := owner_expressions(owner, table=table)) is not None]
    if not found:
        return lines.head(0).with_columns(
            owner_kind=pl.lit(None, dtype=pl.String), owner_native_id=pl.lit(None, dtype=pl.String)
        )
    owned = lines.with_columns(
        owner_kind=pl.coalesce([kind for kind, _ in found]),
        owner_native_id=pl.coalesce([native for _, native in found]),
    ).filter(pl.col("owner_native_id").is_not_null())
    return split_owners(owned, separator=table.layout.owner_separator if table.layout is not None else "")


def split_owners(owned: Lines, *, separator: str) -> Lines:
    """Return one row for each owner where a cell names several, such as `30101,29631`."""
    if not separator:
        return owned
    return (
        owned.with_columns(pl.col("owner_native_id").str.split(separator))
        .explode("owner_native_id")
        .with_columns(pl.col("owner_native_id").str.strip_chars())
        .filter(is_filled(pl.col("owner_native_id")))
    )


def _row_id(table: Table) -> pl.Expr:
    column = table.column(table.layout.id_column) if table.layout is not None and table.layout.id_column else None
    return pl.lit(None, dtype=pl.String) if column is None else column.str.strip_chars()


def _name_slots(frame: pl.DataFrame, *, stem: str, cells: list[str]) -> pl.DataFrame:
    """Return the rows with slots made of file and identifier; where that is blank, of a hash of the mapped cells.

    The file stands first because several files may feed one table with the same numbers. The hash is taken over mapped
    cells only, so that neither a new nor a moved column of the export changes it.
    """
    is_named = is_filled(pl.col("slot"))
    nameless = frame.filter(~is_named)
    frame = frame.with_columns(slot=pl.format("{}:{}", pl.lit(stem), pl.col("slot")))
    if not nameless.height:
        return frame
    hashes = [_hash_cells(row) for row in nameless.select(cells).iter_rows()]
    named = nameless.with_columns(slot=pl.lit(f"{stem}:") + pl.Series(hashes, dtype=pl.String))
    return pl.concat([frame.filter(is_filled(pl.col(ROW_ID))), named])


def _hash_cells(cells: tuple[str | None, ...]) -> str:
    text = "".join(f"{cell or ''}{_CELL_END}" for cell in cells)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _split_rows(frame: pl.DataFrame, name: str, separator: str) -> pl.DataFrame:
    parts = (
        frame.with_columns(pl.col(name).str.split(separator)).explode(name).with_columns(pl.col(name).str.strip_chars())
    )
    filled = is_filled(pl.col(name))
    return parts.with_columns(slot=pl.when(filled).then(pl.format("{}:{}", "slot", name)).otherwise("slot"))


def tell_slots_apart(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of other files' child tables with slots that no two rows of one owner share.

    An export may give one identifier to several rows. They get `#2`, `#3` in the order of their content, so that the order
    of the lines does not matter.
    """
    keys = ["owner_kind", "owner_native_id", "slot"]
    is_shared = frame.select(keys).is_duplicated()
    if not is_shared.any():
        return frame
    # Few rows share a slot: only those are put in order.
    shared = frame.filter(is_shared)
    content = [name for name in frame.columns if name not in (*keys, *SOURCE_COLUMNS)]
    place = pl.int_range(pl.len()).over(keys) + 1
    told_apart = shared.sort([*keys, *content, *SOURCE_COLUMNS], nulls_last=True).with_columns(
        slot=pl.when(place > 1).then(pl.format("{}#{}", "slot", place)).otherwise("slot")
    )
    return pl.concat([frame.filter(~is_shared), told_apart])
