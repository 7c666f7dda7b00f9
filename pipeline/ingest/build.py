"""Rows of all delivered frames, built from a whole delivery or from one part of a large file after another.

The cells of a wide export take more room than the file. Built part by part, those of two parts are in memory at a time: while one is
built the next is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from pipeline.ingest.cells import is_filled
from pipeline.ingest.collect import Gathered, add_contact_texts, add_texts, gather_texts
from pipeline.ingest.columns import Header
from pipeline.ingest.notices import noticed_columns
from pipeline.ingest.rows import Rows, build_children, build_records, split_unknown_kinds, tell_slots_apart
from pipeline.ingest.second_header import drop_description_row
from pipeline.ingest.tables import Table, Tables
from schemas.layout import CHILD_TABLES, FileLayout, Layout


@dataclass(frozen=True, kw_only=True)
class Built:
    """Rows of the delivered frames, not sorted, and the texts that files hold for them.

    Attributes:
        rows: Rows by delivered table, child rows with `row_id`. Who sorts them takes them out, so that they are not kept twice.
        texts: Texts for records.
        contact_texts: Texts for contacts.
    """

    rows: dict[str, Rows]
    texts: list[Gathered]
    contact_texts: list[Gathered]


def build_rows(tables: Tables) -> Built:
    """Return the rows and texts that stand in some tables."""
    children = {name: build_children(name, tables=tables) for name in CHILD_TABLES.values()}
    return Built(
        rows={"record": build_records(tables)} | children,
        texts=gather_texts(tables),
        contact_texts=gather_texts(tables, for_contacts=True),
    )


def _join_built(parts: Sequence[Built]) -> Built:
    return Built(
        rows={name: _join_rows([part.rows[name] for part in parts]) for name in parts[0].rows},
        texts=[text for part in parts for text in part.texts],
        contact_texts=[text for part in parts for text in part.contact_texts],
    )


def _join_rows(parts: Sequence[Rows]) -> Rows:
    return Rows(
        frame=pl.concat([rows.frame for rows in parts]), carried=frozenset().union(*(rows.carried for rows in parts))
    )


def finish_rows(built: Built, *, layout: Layout) -> Built:
    """Return all rows of a delivery with the texts in them, slots that tell them apart, and `link_only` worked out."""
    rows = built.rows | {
        "record": add_texts(built.rows["record"], built.texts),
        "contact": add_contact_texts(built.rows["contact"], built.contact_texts),
    }
    if not layout.is_flat and not layout.document:
        # Rows that were read out of a document stand on the line of their record, and have slots of their own.
        rows |= {
            name: Rows(frame=tell_slots_apart(rows[name].frame), carried=rows[name].carried)
            for name in CHILD_TABLES.values()
        }
    rows["record"] = _mark_bare_links(rows, layout, texts=built.texts)
    return replace(built, rows=rows)


def _mark_bare_links(rows: Mapping[str, Rows], layout: Layout, *, texts: Sequence[Gathered]) -> Rows:
    """Return the records with `link_only` worked out, where the layout asks for it."""
    asked = {
        kind.value: part.link_only_when_blank
        for file in layout.files
        for part in file.records
        if part.link_only_when_blank
        for kind in part.kinds
    }
    records = rows["record"]
    if not asked:
        return records
    keys = ["owner_kind", "owner_native_id"]
    frame, carried = records.frame, set(records.carried)
    owned = pl.concat(
        [one.frame.select(keys).unique() for name, one in rows.items() if name != "record"]
        + [one.frame.select(keys).unique() for one in texts]
    ).unique()
    for kind, fields in asked.items():
        if not frame.filter(pl.col("kind") == kind).height:
            continue
        owners = owned.filter(pl.col("owner_kind") == kind)["owner_native_id"].str.strip_chars().unique()
        is_bare = ~pl.any_horizontal(is_filled(pl.col(name)) for name in fields)
        is_bare &= ~pl.col("native_id").str.strip_chars().is_in(owners.implode())
        text = pl.when(is_bare).then(pl.lit("true")).otherwise(pl.lit("false"))
        frame = frame.with_columns(link_only=pl.when(pl.col("kind") == kind).then(text).otherwise(pl.col("link_only")))
        carried.add(f"{kind}.link_only")
    return Rows(frame=frame, carried=frozenset(carried))


@dataclass(kw_only=True)
class FlatBuilder:
    """Builds the rows of a flat export while it is read.

    Attributes:
        recognize: Finds the layout by the header.
        parts: What was built, in the order of the file.
        notices: What was passed over.
    """

    recognize: Callable[[Header], Layout]
    _layout: Layout | None = None
    parts: list[Built] = field(default_factory=list)
    notices: tuple[str, ...] = ()

    def choose_columns(self, header: Header) -> tuple[str, ...]:
        """Return the columns that are built of; a wide export has many more, which stay in the raw text."""
        return self._found_layout(header).files[0].mapped_columns

    def take_part(self, part: Table) -> Table:
        """Build the rows of the next part of the file; return what is asked of it once more at the end."""
        layout = self._found_layout(part.header).files[0]
        if _needs_all_rows(layout):
            return part
        return self._build(part.with_layout(layout)).keep_cells(noticed_columns(layout))

    def finish(self, table: Table) -> tuple[Layout, Table, Built]:
        """Return the layout, the table that was read without rows that hold no record, and all that was built of it."""
        layout = self._found_layout(table.header)
        table = table.with_layout(layout.files[0])
        if not self.parts:
            table = self._build(table)
        return layout, table, _join_built(self.parts)

    def _found_layout(self, header: Header) -> Layout:
        if self._layout is None:
            self._layout = self.recognize(header)
        return self._layout

    def _build(self, table: Table) -> Table:
        if not self.parts:
            table, self.notices = drop_description_row(table)
        table = split_unknown_kinds(table)
        self.parts.append(build_rows({table.name.casefold(): table}))
        return table


def _needs_all_rows(layout: FileLayout) -> bool:
    """Tell whether a row cannot be built without the others: a lookup may ask for any of them."""
    groups = [rows.cells for rows in layout.records] + [rows.cells for _, rows in layout.children()]
    return any(cell.lookup for cells in groups for cell in cells.values())
