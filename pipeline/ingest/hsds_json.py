"""HSDS 3 in JSON, read into the tables that HSDS has for the same content, so that the layout of the tables serves it.

bytes ─ find_pieces ─► records ─ decode_record ─► objects ─ RowCollector ─► rows ─ merge_rows ─► tables
                            └────────────────────────────────────────────────► raw rows and rejects
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePosixPath
from typing import Any

import orjson

from pipeline.ingest.columns import Header, name_columns
from pipeline.ingest.decode import decode_file
from pipeline.ingest.delivery import DESCRIPTOR, Delivery, folder_of
from pipeline.ingest.hsds_json_kinds import JSON_ENDS, kind_of_file, kind_of_record
from pipeline.ingest.hsds_json_rows import RowCollector
from pipeline.ingest.hsds_json_shape import KINDS, RECORD_KINDS, Kind, part_of_kind
from pipeline.ingest.hsds_json_tables import MadeTables, make_tables
from pipeline.ingest.json_pieces import CONTENTS, find_pieces
from pipeline.ingest.json_raw import RawRecords
from pipeline.ingest.json_records import JsonFault, decode_record
from pipeline.ingest.load_layout import load_shipped_layout
from pipeline.ingest.other_formats import refuse_other_json
from pipeline.ingest.recognize import count_known_files
from pipeline.ingest.tables import Table
from schemas.errors import InputError
from schemas.hsds_tables import HSDS_VERSIONS, SIDE_TABLE
from schemas.layout import Layout
from schemas.parameters import IngestParameters

#: Name of the format, as given to `--format` and shown in results.
HSDS_JSON = "hsds-json"
#: Ends of names of files of other formats: tables, and documents that may be the export themselves.
_TABLE_ENDS = (".csv", ".tsv", ".tab")
_DOCUMENT_ENDS = (".xml", ".xlsx", ".xls")
#: Names listed in one notice; further ones are counted.
_SHOWN = 12
_UNTOLD = "it cannot be told whether it is an organization, a service, a location or a service at a location"


@dataclass(frozen=True, kw_only=True)
class JsonExport:
    """A delivery of HSDS in JSON.

    Attributes:
        tables: Tables of objects by file name of the table, case folded, with their part of the layout. Rows stand on the line of
            the record in which they were found.
        files: The files as delivered: raw rows, rejects and counts; they have no columns.
        headers: Columns by file name of the table, case folded, with those that have no value anywhere and with a table for each
            file of another name: what proves a version, or that it is another format.
        notices: What was accepted but is worth a sentence.
    """

    tables: dict[str, Table]
    files: tuple[Table, ...]
    headers: dict[str, Header]
    notices: tuple[str, ...]


@dataclass(kw_only=True)
class _Reading:
    """What has been read so far."""

    center_id: str
    layout: Layout
    parameters: IngestParameters
    rows: RowCollector = field(default_factory=RowCollector)
    files: list[Table] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    pages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    version: str = HSDS_VERSIONS[0]


def hsds_json_layout() -> Layout:
    """Return the layout of the HSDS tables under the name of this format."""
    return load_shipped_layout("hsds").model_copy(update={"name": HSDS_JSON})


def serves_json(layout: Layout) -> bool:
    """Tell whether a layout describes the HSDS tables, so that JSON can be read into them."""
    return not layout.is_flat and all(part_of_kind(KINDS[name], layout) for name in RECORD_KINDS)


def recognize_json_files(delivery: Delivery) -> tuple[str, ...]:
    """Return the JSON files of a delivery whose format nobody named; none when it is something else.

    Beside tables JSON says something about these, such as a manifest. Beside other documents it must tell by its name what it is.

    Raises:
        InputError: Several folders hold JSON.
    """
    layout = hsds_json_layout()
    if any(file.lower().endswith(_TABLE_ENDS) for file in delivery.files):
        return ()
    files = _find_files(delivery, layout=layout)
    is_told = any(kind_of_file(file, layout) is not None for file in files)
    has_others = any(file.lower().endswith(_DOCUMENT_ENDS) for file in delivery.files)
    return files if is_told or not has_others else ()


def named_json_files(delivery: Delivery, *, layout: Layout) -> tuple[str, ...]:
    """Return the JSON files of a delivery that the user says to be HSDS; none when it holds tables of the layout instead.

    Raises:
        InputError: Several folders hold JSON, or JSON is what was named and there is none.
    """
    if layout.name != HSDS_JSON:
        return () if count_known_files(delivery, layout=layout) else _find_files(delivery, layout=layout)
    files = tuple(delivery.files) if not delivery.is_package else _find_files(delivery, layout=layout)
    if not files:
        raise InputError(f"{delivery.name} holds no JSON file ({', '.join(JSON_ENDS)}).", advice=_HOW_TO_DELIVER)
    return files


def _find_files(delivery: Delivery, *, layout: Layout) -> tuple[str, ...]:
    """Return the JSON files of one folder: the one with files whose names tell what they hold."""
    files = [
        file
        for file in sorted(delivery.files)
        if file.lower().endswith(JSON_ENDS) and PurePosixPath(file).name.lower() != DESCRIPTOR
    ]
    counts: dict[str, int] = {}
    for file in files:
        counts[folder_of(file)] = counts.get(folder_of(file), 0) + (kind_of_file(file, layout) is not None)
    folders = sorted(folder for folder, count in counts.items() if count) or sorted(counts)
    if len(folders) > 1:
        raise InputError(
            f"{delivery.name} holds JSON in several folders: {', '.join(folder or 'the folder itself' for folder in folders)}.",
            advice="Give one of these folders.",
        )
    return tuple(file for file in files if folder_of(file) in folders)


def read_hsds_json(
    delivery: Delivery, files: Sequence[str], *, layout: Layout, center_id: str, parameters: IngestParameters
) -> JsonExport:
    """Return what the JSON files of a delivery hold, as tables.

    Args:
        delivery: The delivery.
        files: Paths of the files.
        layout: Layout of the HSDS tables.
        center_id: Center that delivered it.
        parameters: Limits.

    Raises:
        InputError: A file is not JSON as a whole, or there is no organization, service, location or service at a location.
    """
    reading = _Reading(center_id=center_id, layout=layout, parameters=parameters)
    told = {file: kind_of_file(file, layout) for file in files}
    for file in files:
        # Beside files whose names tell what they are, others may be anything, such as the manifest of a package.
        is_optional = told[file] is None and any(told.values())
        _read_file(delivery, file, told[file], reading, is_optional=is_optional)
    made = make_tables(
        reading.rows.finish(),
        reading.rows.kinds,
        layout=layout,
        center_id=center_id,
        whole_version=reading.version if SIDE_TABLE in reading.rows.roots else "",
    )
    tables = made.tables
    reading.notices += made.notices
    if not any(KINDS[name].file in tables for name in RECORD_KINDS):
        raise _no_records(delivery, reading)
    return JsonExport(
        tables=tables,
        files=tuple(reading.files),
        headers=_headers(made, files, reading),
        notices=_describe(reading, tables),
    )


def _read_file(delivery: Delivery, file: str, told: Kind | None, reading: _Reading, *, is_optional: bool) -> None:
    name = PurePosixPath(file).name
    data = delivery.files[file]()
    if delivery.is_package and told is not None and not data.strip():
        reading.notices.append(f"{name} is empty.")
        return
    decoded = decode_file(data, name=name, parameters=reading.parameters)
    if not is_optional:
        refuse_other_json(decoded.head, name=name)
    # The same bytes where they can be, so that a large file is not in memory twice.
    text = data if len(decoded.data) == len(data) and decoded.encoding == "utf-8" else bytes(decoded.data)
    try:
        pieces = find_pieces(text, name=name)
    except JsonFault as fault:
        if is_optional:
            reading.passed_over.append(name)
            return
        place = f"{name}, line {fault.line:,}, column {fault.column:,}" if fault.line else name
        raise InputError(
            f"{place}: this is not JSON that can be read: {fault.reason}.", advice=_HOW_TO_DELIVER
        ) from fault
    first = next(pieces.places, None)
    if is_optional:
        value = None if first is None else _peek(text[first[1] : first[2]])
        if _take_manifest(value, reading):
            return
        if not _may_be_hsds(value):
            reading.passed_over.append(name)
            return
    raw = RawRecords(text, center_id=reading.center_id, name=name)
    reading.rows.start_file(name)
    for line, start, end in chain(() if first is None else (first,), pieces.places):
        _read_record(text[start:end], (line, start, end), told, raw, reading)
    if pieces.page:
        reading.pages.append((name, pieces.page))
    reading.files.append(
        Table(
            name=name,
            header=name_columns(()),
            parsed=raw.parsed(newline=pieces.newline),
            sha256=hashlib.sha256(data).hexdigest(),
            bytes_count=len(data),
            encoding=decoded.encoding,
            broken_lines=decoded.broken_lines,
        )
    )


def _headers(made: MadeTables, files: Sequence[str], reading: _Reading) -> dict[str, Header]:
    headers = {f"{PurePosixPath(file).stem.casefold()}.csv": name_columns(()) for file in files}
    for name, table in made.tables.items():
        blank = reading.rows.blank_members.get(table.name, set()) - set(made.said[name])
        headers[name] = name_columns((*made.said[name], *sorted(blank)))
    return headers


def _peek(text: bytes) -> Any:  # noqa: ANN401 - any value of JSON
    try:
        return decode_record(text)
    except JsonFault:
        return None


def _take_manifest(value: Any, reading: _Reading) -> bool:  # noqa: ANN401 - any value of JSON
    """Tell whether this is the manifest of a package of ours, which says of which version it is."""
    if not isinstance(value, dict) or value.get("target") != HSDS_JSON or value.get("version") not in HSDS_VERSIONS:
        return False
    reading.version = value["version"]
    return True


def _may_be_hsds(value: Any) -> bool:  # noqa: ANN401 - any value of JSON
    records = _records_of(value)
    return bool(records) and isinstance(records[0], dict) and kind_of_record(records[0], None) is not None


def _records_of(value: Any) -> list[Any]:  # noqa: ANN401 - any value of JSON
    """Return the records of a page that stands on a line of its own, or the value itself."""
    if isinstance(value, dict) and isinstance(value.get(CONTENTS), list) and "id" not in value:
        return list(value[CONTENTS])
    return [value]


def _read_record(
    text: bytes, place: tuple[int, int, int], told: Kind | None, raw: RawRecords, reading: _Reading
) -> None:
    if not text:
        raw.blank_count += 1
        return
    try:
        value = decode_record(text)
    except JsonFault as fault:
        raw.reject(*place, reason=f"{_place_in_record(fault, place, raw)}{fault.reason}")
        return
    taken: list[tuple[dict[str, Any], Kind]] = []
    for record in _records_of(value):
        kind = kind_of_record(record, told) if isinstance(record, dict) and record else None
        if kind is None:
            raw.reject(*place, reason=_describe_stranger(record))
            return
        taken.append((record, kind))
    for record, kind in taken:
        reading.rows.take(record, kind, line=place[0])
    raw.take(*place)


def _place_in_record(fault: JsonFault, place: tuple[int, int, int], raw: RawRecords) -> str:
    line, start, _ = place
    if fault.line > 1:
        return f"line {line + fault.line - 1:,}, column {fault.column:,}: "
    return f"column {raw.column_of(start) + fault.column - 1:,}: " if fault.line else ""


def _describe_stranger(record: Any) -> str:  # noqa: ANN401 - any value of JSON
    if not isinstance(record, dict):
        return f"it is {_NAMES[type(record)]}, not an object"
    return _UNTOLD if record else "it is an object without members"


def _describe_pages(pages: Sequence[tuple[str, dict[str, Any]]]) -> list[str]:
    """Tell of pages without the others of their list, which alone would look like a small directory."""
    held: dict[int, int] = {}
    names: dict[int, list[str]] = {}
    for name, page in pages:
        total = str(page.get("total_items") or "")
        if total.isdecimal():
            held[int(total)] = held.get(int(total), 0) + page[CONTENTS]
            names.setdefault(int(total), []).append(name)
    return [
        f"Pages of a longer list: {_list(names[total])} hold {count:,} of {total:,} records; the others were not delivered."
        for total, count in held.items()
        if count < total
    ]


def _no_records(delivery: Delivery, reading: _Reading) -> InputError:
    rejects = [
        (table.name, table.parsed.rejects.row(0, named=True)) for table in reading.files if table.parsed.rejects.height
    ]
    name = reading.files[0].name if len(reading.files) == 1 else delivery.name
    found = ", ".join(sorted(reading.rows.roots))
    if rejects:
        file, first = rejects[0]
        told = f"None of its records could be read. The first, in {file} on line {first['source_line']:,}: {first['reason']}."
    elif found:
        told = f"It holds {found} only."
    else:
        told = "It holds no records."
    return InputError(
        f"{name} is JSON, not a table, and no HSDS with an organization, a service, a location or a service at a location. {told}",
        advice=_HOW_TO_DELIVER,
    )


def _describe(reading: _Reading, tables: dict[str, Table]) -> tuple[str, ...]:
    notices = [*reading.notices, *_describe_pages(reading.pages)]
    roots = reading.rows.roots
    if reading.passed_over:
        notices.append(
            "Files not read, because no objects of HSDS are in them: "
            f"{len(reading.passed_over):,} ({_list(reading.passed_over)})."
        )
    if "organization" not in roots:
        notices.append("No file holds organizations: those without a service are not in this delivery.")
    if KINDS["service"].file not in tables:
        notices.append("No file holds services.")
    for where, count in sorted(reading.rows.other_owners.items()):
        notices.append(
            f"{where}: objects that name another owner than the object around them: {count:,}; the object around them counts."
        )
    return tuple(notices)


def _list(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return f"{', '.join(names[:_SHOWN])}{f' and {more:,} more' if more > 0 else ''}"


_HOW_TO_DELIVER = (
    "Give HSDS 3 as JSON: one object, a list, pages of an API, or JSON Lines with one object on each line; "
    "or a folder or zip archive of such files."
)
_NAMES: dict[type, str] = {
    list: "a list",
    str: "a text",
    int: "a number",
    float: "a number",
    orjson.Fragment: "a number",
    bool: "true or false",
    type(None): "null",
}
