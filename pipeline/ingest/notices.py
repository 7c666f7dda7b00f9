"""Notices: what was accepted in an export but is worth a sentence, so that nothing happens in silence."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

import polars as pl

from pipeline.ingest.cells import fold_cell, is_filled, owner_expressions
from pipeline.ingest.collect import Gathered
from pipeline.ingest.tables import Table, Tables
from schemas.header_names import fold_name
from schemas.layout import ChildRows, FileLayout

#: Names or lines listed in one notice; further ones are counted.
_SHOWN = 12


def describe_header(table: Table, *, known: Sequence[str]) -> tuple[str, ...]:
    """Return the notices about a file's column names.

    Args:
        table: The file.
        known: Columns that the layout knows.
    """
    header = table.header
    notices = []
    spelled = [
        f"{header.names[place]} ({column})"
        for column in known
        if (place := header.find(column)) is not None and header.names[place] != column
    ]
    if spelled:
        notices.append(
            f"{table.name}: column names are spelled otherwise and were accepted: {len(spelled):,} ({_list(spelled)})."
        )
    # Compared as written, so that `name` beside `Name` is seen as well as two columns `Name`.
    repeated = [
        header.names[place]
        for place, written in enumerate(header.written)
        if fold_name(written) and header.find(written) != place
    ]
    if repeated:
        notices.append(
            f"{table.name}: column names stand more than once, the first is used: {len(repeated):,} ({_list(repeated)})."
        )
    if table.layout is not None and not table.layout.raw_only:
        folded = {fold_name(column) for column in known}
        new = [name for name in header.names if fold_name(name) not in folded and name not in repeated]
        own = [name for name in new if _is_expected(name, table.layout)]
        new = [name for name in new if name not in own]
        if own:
            notices.append(
                f"{table.name}: columns of the center's own stay in raw, as expected: {len(own):,} ({_list(own)})."
            )
        if new:
            notices.append(
                f"{table.name}: columns that the layout does not know stay in raw: {len(new):,} ({_list(new)})."
            )
    return tuple(notices)


def _is_expected(name: str, layout: FileLayout) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in layout.expected_columns)


def noticed_columns(layout: FileLayout) -> tuple[str, ...]:
    """Return the columns of a file with records whose cells `describe_rows` looks at; none twice."""
    groups = [rows.cells for rows in layout.records] + [rows.cells for _, rows in layout.children()]
    asked = [cell for cells in groups for cell in cells.values() if (cell.words and cell.otherwise) or cell.first_of]
    for rows in layout.records:
        asked += [
            rows.cells[name] for name in (*rows.split, *(mark.field for mark in rows.marks)) if name in rows.cells
        ]
    return tuple(dict.fromkeys(name for cell in asked for name in cell.columns))


def describe_rows(tables: Tables, texts: Sequence[Gathered], *, records: pl.DataFrame) -> tuple[str, ...]:
    """Return the notices about the rows of a delivery.

    Args:
        tables: The files.
        texts: Texts that were gathered into records.
        records: Needs `kind`, `native_id`.
    """
    notices: list[str] = []
    for table in tables.values():
        notices += _describe_quotes(table)
        notices += _describe_broken(table)
        if table.layout is not None:
            notices += _describe_words(table, table.layout)
            notices += _describe_owners(table, table.layout)
            notices += _describe_firsts(table, table.layout)
            notices += _describe_marks(table, table.layout)
    return (*notices, *_describe_unplaced(texts, records=records))


def _describe_quotes(table: Table) -> list[str]:
    lines = table.parsed.loose_quotes
    if not lines:
        return []
    shown = _list([f"{line:,}" for line in lines])
    return [
        f"{table.name}: a quote inside a quoted cell is not doubled and may be lost, in {len(lines):,} rows, on line {shown}."
    ]


def _describe_broken(table: Table) -> list[str]:
    if not table.broken_lines:
        return []
    lines = table.broken_lines
    shown = _list([f"{line:,}" for line in lines])
    return [
        f"{table.name}: characters that were broken before the export (such as Ã© for é) stand in {len(lines):,} lines: {shown}."
    ]


def _describe_words(table: Table, layout: FileLayout) -> list[str]:
    groups = [rows.cells for rows in layout.records] + [rows.cells for _, rows in layout.children()]
    notices = []
    for cell in (cell for cells in groups for cell in cells.values() if cell.words and cell.otherwise):
        for name in cell.columns:
            column = table.column(name)
            if column is None:
                continue
            known = [word.strip().lower() for word in cell.words]
            unknown = table.rows.select(fold_cell(column).alias("word")).filter(~pl.col("word").is_in(known))
            if unknown.height:
                words = [f"'{word}'" for word in unknown["word"].unique().sort()]
                notices.append(
                    f"{table.name}: cells of {name} without a known word: {unknown.height:,} ({_list(words)}); "
                    f"taken as {cell.otherwise}."
                )
    return notices


def _describe_firsts(table: Table, layout: FileLayout) -> list[str]:
    """Tell of cells with several records of which only the first is meant, or for each of which a record was made."""
    notices = []
    for rows in layout.records:
        for field, cell in rows.cells.items():
            separator = cell.first_of or rows.split.get(field, "")
            if not separator or cell.lookup is not None:
                continue
            for name in cell.columns:
                column = table.column(name)
                if column is None:
                    continue
                several = table.rows.filter(
                    column.str.strip_chars(f" {separator}").str.contains(separator, literal=True)
                )
                if several.height:
                    what = "the first is meant" if cell.first_of else "there is one record for each"
                    notices.append(
                        f"{table.name}: cells of {name} that name several records: {several.height:,}; {what}."
                    )
    return notices


def _describe_marks(table: Table, layout: FileLayout) -> list[str]:
    notices = []
    for rows in layout.records:
        for mark in rows.marks:
            cell = rows.cells.get(mark.field)
            column = next(
                (found for name in (cell.columns if cell else ()) if (found := table.column(name)) is not None), None
            )
            if column is None:
                continue
            marked = table.rows.filter(column.str.starts_with(mark.start))
            if marked.height:
                lines = [f"{line:,}" for line in marked["source_line"]]
                notices.append(
                    f"{table.name}: records whose {mark.field} starts with '{mark.start.strip()}' are taken as {mark.status}: "
                    f"{marked.height:,}, on line {_list(lines)}."
                )
    return notices


def _describe_owners(table: Table, layout: FileLayout) -> list[str]:
    if layout.records:
        return []
    notices = []
    without = _count_without_owner(table, layout)
    if without:
        notices.append(f"{table.name}: rows that name no record: {without:,}; they stay in raw only.")
    for _, child in layout.children():
        notices += _describe_several_owners(table, child)
        break
    column = table.column(layout.id_column) if layout.id_column else None
    blank = 0 if column is None or not layout.children() else table.rows.filter(~is_filled(column)).height
    if blank:
        notices.append(
            f"{table.name}: rows without {layout.id_column}: {blank:,}; they are told apart by their content."
        )
    if layout.owner_separator:
        several = _count_split_cells(table, layout)
        if several:
            notices.append(f"{table.name}: cells that name several records at once: {several:,}; they were split.")
    return notices


def _count_without_owner(table: Table, layout: FileLayout) -> int:
    owners = [owner for _, child in layout.children() for owner in child.owners]
    owners += [owner for part in layout.collected for owner in part.owners]
    pairs = [pair for owner in owners if (pair := owner_expressions(owner, table=table)) is not None]
    if not owners:
        return 0
    if not pairs:
        return table.rows.height
    return table.rows.filter(~pl.any_horizontal(native.is_not_null() for _, native in pairs)).height


def _describe_several_owners(table: Table, child: ChildRows) -> list[str]:
    named = [(owner, pair) for owner in child.owners if (pair := owner_expressions(owner, table=table)) is not None]
    if len(named) < 2:
        return []
    count = pl.sum_horizontal(native.is_not_null().cast(pl.Int64) for _, (_, native) in named)
    several = table.rows.filter(count > 1).height
    if not several:
        return []
    order = ", ".join(owner.column for owner, _ in named)
    return [f"{table.name}: rows that name several records: {several:,}; each belongs to the first of {order}."]


def _count_split_cells(table: Table, layout: FileLayout) -> int:
    owners = [owner for _, child in layout.children() for owner in child.owners]
    owners += [owner for part in layout.collected for owner in part.owners]
    names = dict.fromkeys(owner.column for owner in owners)
    columns = [column for name in names if (column := table.column(name)) is not None]
    return sum(
        table.rows.filter(column.str.contains(layout.owner_separator, literal=True)).height for column in columns
    )


def _describe_unplaced(texts: Sequence[Gathered], *, records: pl.DataFrame) -> list[str]:
    if not texts:
        return []
    known = records.select(owner_kind="kind", owner_native_id=pl.col("native_id").str.strip_chars()).unique()
    notices = []
    for field in dict.fromkeys(one.part.into for one in texts):
        frames = [one.frame.with_columns(file=pl.lit(one.file)) for one in texts if one.part.into == field]
        unplaced = pl.concat(frames).join(known, on=["owner_kind", "owner_native_id"], how="anti")
        for file, count in unplaced.group_by("file").len().sort("file").iter_rows():
            notices.append(
                f"{file}: texts of {field} for records that are not in the export: {count:,}; they stay in raw only."
            )
    return notices


def _list(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return f"{', '.join(names[:_SHOWN])}{f' and {more:,} more' if more > 0 else ''}"
