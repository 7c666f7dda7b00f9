"""Ingest: an export as the vendor wrote it becomes text frames under our names. No value is interpreted here.

path ─ open_delivery ─► files ─ read_table ─► tables of text ─ recognize ─► layout
                                                    │
    Delivered ◄─ take_sorted ◄─ finish_rows ◄─ build_rows, of a flat export part by part while it is read
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import polars as pl

from pipeline.ingest.airs import find_airs_files, read_airs, require_airs_files
from pipeline.ingest.build import Built, FlatBuilder, build_rows, finish_rows
from pipeline.ingest.cells import read_translation
from pipeline.ingest.columns import nearest, require_columns
from pipeline.ingest.delivery import Delivery, open_delivery
from pipeline.ingest.descriptor import choose_files, describe_descriptor, read_descriptor
from pipeline.ingest.hsds_json import (
    HSDS_JSON,
    hsds_json_layout,
    named_json_files,
    read_hsds_json,
    recognize_json_files,
    serves_json,
)
from pipeline.ingest.load_layout import SHIPPED, load_mapping, load_shipped_layout
from pipeline.ingest.notices import describe_header, describe_rows
from pipeline.ingest.other_formats import describe_other_files
from pipeline.ingest.recognize import (
    find_package_folder,
    find_text_files,
    find_version,
    recognize_flat,
    recognize_package,
)
from pipeline.ingest.rows import split_unknown_kinds
from pipeline.ingest.sort_rows import take_sorted
from pipeline.ingest.tables import Table, read_table, require_rows
from schemas.contract import check, empty_table
from schemas.delivered import Delivered
from schemas.errors import InputError, UsageError
from schemas.header_names import fold_name
from schemas.layout import Cell, FileLayout, Layout
from schemas.parameters import IngestParameters
from schemas.raw import RawHeader, RawReject, RawRow

#: Formats that are promised but not read yet.
NOT_YET: tuple[str, ...] = ("visionlink", "wellsky", "ohana")


def read_export(
    path: Path,
    *,
    center_id: str,
    format_name: str = "auto",
    parameters: IngestParameters | None = None,
) -> Delivered:
    """Read an export as text under our field names.

    Args:
        path: A CSV file, a folder or zip archive of CSV files, a `datapackage.json` beside them; or an AIRS file or HSDS in
            JSON, a folder or zip archive of such files.
        center_id: Center that delivered it.
        format_name: `auto`, `icarol`, `hsds`, `hsds-json`, `airs`, or the path of a mapping file ending in `.toml`. A named format
            overrides recognition, never the check for required columns.
        parameters: Limits; the defaults when not given.

    Returns:
        The delivery. Its frames are sorted by record, so that the order of rows and columns in the export does not matter.
        A field that the export does not carry is null, a blank cell is an empty text.

    Raises:
        InputError: The export cannot be read as what it should be, or was written to meanwhile; nothing was changed.
        UsageError: There is no format of that name.
    """
    limits = parameters or IngestParameters()
    layout = _named_layout(format_name)
    delivery = open_delivery(path, parameters=limits)
    try:
        source = _read_source(delivery, layout, center_id=center_id, parameters=limits)
    except InputError:
        # What looks like a fault of the export may be that it was not finished.
        delivery.refuse_changed()
        raise
    delivered = _deliver(source, center_id=center_id)
    delivery.refuse_changed()
    return delivered


@dataclass(frozen=True, kw_only=True)
class _Source:
    """Tables of a delivery with the layout that fits them; its hash, where that is not the hash of the tables.

    `files` are the files as delivered, where these are not the tables themselves.
    """

    layout: Layout
    version: str
    tables: dict[str, Table]
    built: Built
    notices: tuple[str, ...]
    input_sha256: str = ""
    files: tuple[Table, ...] = ()

    @property
    def delivered(self) -> tuple[Table, ...]:
        """The files as delivered, with their raw rows."""
        return self.files or tuple(self.tables.values())


def _named_layout(format_name: str) -> Layout | None:
    if format_name == "auto":
        return None
    if format_name in SHIPPED:
        return load_shipped_layout(format_name)
    if format_name == HSDS_JSON:
        return hsds_json_layout()
    if format_name.lower().endswith(".toml"):
        return load_mapping(Path(format_name))
    if format_name in NOT_YET:
        raise InputError(
            f"The format {format_name} is not supported yet.",
            advice=f"Read now: {', '.join((*SHIPPED, HSDS_JSON))}, and any CSV table with a mapping file (docs/mapping.md).",
        )
    raise UsageError(
        f"There is no format {format_name!r}.",
        advice=f"Formats: auto, {', '.join((*SHIPPED, HSDS_JSON, *NOT_YET))}, or the path of a mapping file ending in .toml.",
    )


def _read_source(delivery: Delivery, layout: Layout | None, *, center_id: str, parameters: IngestParameters) -> _Source:
    if layout is not None and layout.document:
        return _read_airs(delivery, require_airs_files(delivery), layout, center_id=center_id)
    if layout is None and delivery.is_package:
        found = recognize_package(delivery, layouts=_table_layouts())
        if found is not None:
            return _read_package(delivery, found[1], found[0], center_id=center_id, parameters=parameters)
    if layout is None and (documents := find_airs_files(delivery)):
        return _read_airs(delivery, documents, load_shipped_layout("airs"), center_id=center_id)
    if layout is None and (documents := recognize_json_files(delivery)):
        return _read_json(delivery, documents, hsds_json_layout(), center_id=center_id, parameters=parameters)
    if layout is not None and serves_json(layout) and (documents := named_json_files(delivery, layout=layout)):
        return _read_json(delivery, documents, layout, center_id=center_id, parameters=parameters)
    if layout is not None and not layout.is_flat:
        folder = find_package_folder(delivery, layout=layout)
        return _read_package(delivery, folder, layout, center_id=center_id, parameters=parameters)
    return _read_flat(delivery, layout, center_id=center_id, parameters=parameters)


def _table_layouts() -> list[Layout]:
    """Return the shipped layouts whose tables are files."""
    return [layout for name in SHIPPED if not (layout := load_shipped_layout(name)).document]


def _read_airs(delivery: Delivery, files: Sequence[str], layout: Layout, *, center_id: str) -> _Source:
    export = read_airs(delivery, files, layout=layout, center_id=center_id)
    return _Source(
        layout=layout,
        version=export.version,
        tables=export.tables,
        built=finish_rows(build_rows(export.placed), layout=layout),
        notices=export.notices,
        input_sha256=export.input_sha256,
    )


def _read_json(
    delivery: Delivery, files: Sequence[str], layout: Layout, *, center_id: str, parameters: IngestParameters
) -> _Source:
    export = read_hsds_json(delivery, files, layout=layout, center_id=center_id, parameters=parameters)
    tables = export.tables
    notices = tuple(notice for table in tables.values() for notice in _check_table(table, layout, tables=tables))
    return _Source(
        layout=layout,
        # Objects inside each other came with version 3; the tables of 1.x may be in JSON as well.
        version=find_version(layout, headers=export.headers, name=delivery.name) or "3.x",
        tables=tables,
        built=finish_rows(build_rows(tables), layout=layout),
        notices=(*export.notices, *notices),
        files=export.files,
    )


def _read_flat(delivery: Delivery, layout: Layout | None, *, center_id: str, parameters: IngestParameters) -> _Source:
    file = _only_file(delivery)
    name = PurePosixPath(file).name
    known = _table_layouts()
    builder = FlatBuilder(recognize=lambda header: layout or recognize_flat(header, layouts=known, name=name))
    table = read_table(
        delivery.files[file](),
        name=name,
        center_id=center_id,
        parameters=parameters,
        choose=builder.choose_columns,
        condense=builder.take_part,
    )
    found, table, built = builder.finish(table)
    tables = {name.casefold(): table}
    notices = _check_table(table, found, tables=tables)
    require_rows(table)
    return _Source(
        layout=found,
        version="",
        tables=tables,
        built=finish_rows(built, layout=found),
        notices=(*builder.notices, *notices),
    )


def _only_file(delivery: Delivery) -> str:
    if not delivery.is_package:
        return next(iter(delivery.files))
    files = find_text_files(delivery)
    others = describe_other_files(delivery.files)
    # Licences and notes are texts too; they are not meant when the folder holds exports of another kind.
    tables = [file for file in files if not (others and file.lower().endswith(".txt"))]
    if len(tables) == 1:
        return tables[0]
    found = f"{len(tables)} tables: {', '.join(tables[:12])}" if tables else "no CSV or text file"
    found += f" and {others}" if others else ""
    raise InputError(
        f"{delivery.name} holds {found}; no known layout has these files.",
        advice="Give the export file itself, a folder with HSDS tables, or a mapping file that names the files.",
    )


def _read_package(
    whole: Delivery, folder: str, layout: Layout, *, center_id: str, parameters: IngestParameters
) -> _Source:
    delivery = whole.folder(folder)
    parts = {name.casefold(): part for part in layout.files for name in part.names}
    known = [file for file in sorted(delivery.files) if file.casefold() in parts]
    _require_files(layout, known, delivery=delivery)
    _refuse_twins(known, delivery=delivery)
    descriptor = read_descriptor(whole, folder=folder)
    known, doubled = choose_files(known, layouts=layout.files, listed=descriptor.listed)
    tables = {
        file.casefold(): read_table(
            delivery.files[file](), name=file, center_id=center_id, parameters=parameters
        ).with_layout(parts[file.casefold()])
        for file in known
    }
    # A version is told by the usual names, under whichever name a table came.
    headers = {parts[name].names[0].casefold(): table.header for name, table in tables.items()}
    headers |= {name: table.header for name, table in tables.items()}
    version = find_version(layout, headers=headers, name=delivery.name)
    notices = tuple(notice for table in tables.values() for notice in _check_table(table, layout, tables=tables))
    if doubled:
        notices = (
            f"Files not read, because another file holds the same table: {len(doubled):,} ({', '.join(doubled)}).",
            *notices,
        )
    unknown = [file for file in find_text_files(delivery) if file not in known and file not in doubled]
    if unknown:
        notices = (
            f"Files not read, because {layout.title} has no such files: {len(unknown):,} ({', '.join(unknown)}).",
            *notices,
        )
    notices = (*describe_descriptor(descriptor, present=delivery.files, read=known), *notices)
    tables = {key: split_unknown_kinds(table) for key, table in tables.items()}
    for table in tables.values():
        if table.layout is not None and table.layout.required:
            require_rows(table)
    return _Source(
        layout=layout,
        version=version,
        tables=tables,
        built=finish_rows(build_rows(tables), layout=layout),
        notices=notices,
    )


def _require_files(layout: Layout, known: Sequence[str], *, delivery: Delivery) -> None:
    folded = {file.casefold() for file in known}
    for part in layout.files:
        if not part.required or any(name.casefold() in folded for name in part.names):
            continue
        near = nearest(part.names[0], [file for file in delivery.files if file not in known])
        raise InputError(
            f"{delivery.name} has no file {' or '.join(part.names)}"
            f"{f' (nearest file name: {near})' if near else ''}; {layout.title or layout.name} needs it.",
            advice="Export again with all tables.",
        )


def _refuse_twins(known: Sequence[str], *, delivery: Delivery) -> None:
    folded = [file.casefold() for file in known]
    twins = [file for file in known if folded.count(file.casefold()) > 1]
    if twins:
        raise InputError(
            f"{delivery.name} holds files whose names differ in case only: {', '.join(twins)}.",
            advice="Keep the one that is meant.",
        )


def _check_table(table: Table, layout: Layout, *, tables: dict[str, Table]) -> tuple[str, ...]:
    part = table.layout or FileLayout()
    title = layout.title or layout.name
    known = (*part.mapped_columns, *part.raw_only_columns)
    required = [*part.required_columns, *(rows.kind_column for rows in part.records if rows.kind_column)]
    if layout.every_column_required:
        required += _strictly_required(part, table)
    require_columns(
        table.header,
        columns=tuple(dict.fromkeys(required)),
        known=known,
        name=table.name,
        title=title,
        is_own=layout.name not in SHIPPED,
    )
    if layout.every_column_required:
        _require_lookups(part, tables=tables, title=title)
    return describe_header(table, known=known)


def _strictly_required(part: FileLayout, table: Table) -> list[str]:
    """Return mapped columns that must be there; of alternatives the first, when the file has none of them."""
    alternatives = {
        column
        for cell in _cells(part)
        if cell.take == "first_column" and any(table.header.find(name) is not None for name in cell.columns)
        for column in cell.columns
    }
    return [column for column in part.mapped_columns if column not in alternatives]


def _cells(part: FileLayout) -> list[Cell]:
    groups = [rows.cells for rows in part.records] + [rows.cells for _, rows in part.children()]
    return [cell for cells in groups for cell in cells.values()]


def _require_lookups(part: FileLayout, *, tables: dict[str, Table], title: str) -> None:
    for cell in _cells(part):
        if cell.lookup is not None and read_translation(cell.lookup, tables=tables) is None:
            raise InputError(
                f"{title} looks up {', '.join(cell.columns)} in {' or '.join(cell.lookup.files)} "
                f"(columns {cell.lookup.key} and {' or '.join(cell.lookup.value)}), which the export does not have.",
                advice="Deliver that file as well, or correct the lookup in your mapping file (docs/mapping.md).",
            )


def _deliver(source: _Source, *, center_id: str) -> Delivered:
    tables, built, files = source.tables, source.built, source.delivered
    carried = frozenset().union(*(rows.carried for rows in built.rows.values()))
    notices = (*source.notices, *_describe_rows(source))
    return Delivered(
        center_id=center_id,
        format_name=source.layout.name,
        format_version=source.version,
        input_sha256=source.input_sha256 or _hash_delivery(files),
        files=tuple(table.input_file() for table in files),
        raw_header=_raw_header(tables.values(), center_id=center_id),
        raw_row=check(pl.concat([empty_table(RawRow), *(table.parsed.rows for table in files)]), RawRow),
        raw_reject=check(pl.concat([empty_table(RawReject), *(table.parsed.rejects for table in files)]), RawReject),
        record=take_sorted(built.rows, "record"),
        phone=take_sorted(built.rows, "phone"),
        address=take_sorted(built.rows, "address"),
        contact=take_sorted(built.rows, "contact"),
        taxonomy_link=take_sorted(built.rows, "taxonomy_link"),
        schedule=take_sorted(built.rows, "schedule"),
        carried=carried,
        conventions=source.layout.conventions,
        unmapped_columns=_unmapped_columns(source),
        notices=notices,
    )


def _describe_rows(source: _Source) -> tuple[str, ...]:
    tables = source.tables | {table.name: table for table in source.files}
    return describe_rows(tables, source.built.texts, records=source.built.rows["record"].frame)


def _hash_delivery(tables: Iterable[Table]) -> str:
    files = sorted((table.name, table.sha256) for table in tables)
    if len(files) == 1:
        return files[0][1]
    return hashlib.sha256("".join(f"{name}:{sha256}\n" for name, sha256 in files).encode()).hexdigest()


def _raw_header(tables: Iterable[Table], *, center_id: str) -> pl.DataFrame:
    rows = [
        (center_id, table.name, position, name, written)
        for table in tables
        for position, (name, written) in enumerate(zip(table.header.names, table.header.written, strict=True), start=1)
    ]
    schema = empty_table(RawHeader).schema
    return check(pl.DataFrame(rows, schema=schema, orient="row"), RawHeader)


def _unmapped_columns(source: _Source) -> tuple[str, ...]:
    lookups = {
        (file.casefold(), fold_name(column))
        for part in source.layout.files
        for cell in _cells(part)
        if cell.lookup is not None
        for file in cell.lookup.files
        for column in (cell.lookup.key, *cell.lookup.value)
    }
    unmapped = []
    for key, table in source.tables.items():
        part = table.layout or FileLayout()
        mapped = {table.header.find(column) for column in part.mapped_columns}
        for place, name in enumerate(table.header.names):
            if place not in mapped and (key, fold_name(name)) not in lookups:
                unmapped.append(f"{table.name}:{name}")
    return tuple(unmapped)
