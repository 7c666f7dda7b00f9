"""AIRS XML 3.0, 3.1 and 4.0: the files of a delivery become tables, which the layout `airs` maps like those of any other export.

    bytes ─ read_elements ─► one record at a time ─ read_agency or FlatLists ─► Collector ─► tables

Read leniently: elements are found by their local names, in any namespace, order and number; what is not known stays in raw and
is counted. No file is refused because a schema would refuse it, only when it is no XML.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import PurePosixPath

from lxml import etree

from pipeline.ingest.airs_elements import (
    Element,
    as_written,
    cells_of,
    first_text,
    line_of,
    local,
    named,
    namespaces_of,
)
from pipeline.ingest.airs_flat import FlatLists
from pipeline.ingest.airs_nested import read_agency
from pipeline.ingest.airs_notices import describe_reading, describe_unknown
from pipeline.ingest.airs_reading import Reading
from pipeline.ingest.airs_rows import RECORD_TABLES, Collector, ReadFile
from pipeline.ingest.airs_xml import ROOT, read_elements, read_prolog, refuse_document_type
from pipeline.ingest.delivery import Delivery, folder_of
from pipeline.ingest.other_formats import refuse_other_format
from pipeline.ingest.tables import Table
from schemas.errors import InputError
from schemas.layout import Layout

_XML_END = ".xml"
#: Ends of names of tables; a folder with such files is not taken for AIRS unless that is said.
_TABLE_ENDS: tuple[str, ...] = (".csv", ".tsv", ".tab")
#: End of a namespace and the version it stands for.
_VERSIONS: dict[str, str] = {"/3_1/AIRS.xsd": "3.1", "/4_0_0/AIRS.xsd": "4.0"}
_FLAT = "4.0"
#: What this program calls itself in files that it writes.
_OWN_SOFTWARE = "resdir"
_GIVE_ONE = "Give an AIRS file (.xml), or a folder or zip archive that holds the files of one export and no other XML."


@dataclass(frozen=True, kw_only=True)
class AirsExport:
    """AIRS files read as tables.

    Attributes:
        version: `3.0`, `3.1` or `4.0`; of several files all that occur.
        tables: Tables for raw, by name, with their part of the layout.
        placed: Tables for building: the same, with what belongs to a record on its line.
        input_sha256: As in `Delivered`.
        notices: What is worth a sentence.
    """

    version: str
    tables: dict[str, Table]
    placed: dict[str, Table]
    input_sha256: str
    notices: tuple[str, ...]


def find_airs_files(delivery: Delivery) -> tuple[str, ...]:
    """Return the AIRS files of a delivery whose format nobody named; none when it is something else.

    Raises:
        InputError: Some of its XML files are AIRS and others are not, or one declares a document type.
    """
    files = [file for file in sorted(delivery.files) if file.lower().endswith(_XML_END)]
    if not files or any(file.lower().endswith(_TABLE_ENDS) for file in delivery.files):
        return ()
    others = []
    for file in files:
        prolog = read_prolog(delivery.files[file]())
        refuse_document_type(prolog, name=file)
        if prolog.root != ROOT:
            others.append(file)
    if len(others) == len(files):
        return ()
    if others:
        raise InputError(
            f"{delivery.name} holds {len(files):,} XML files, of which {len(others):,} are not AIRS: {', '.join(others[:12])}.",
            advice=_GIVE_ONE,
        )
    return tuple(files)


def require_airs_files(delivery: Delivery) -> tuple[str, ...]:
    """Return the AIRS files of a delivery that is said to be AIRS.

    Raises:
        InputError: It holds none, or XML of another kind beside them.
    """
    if not delivery.is_package:
        (file,) = delivery.files
        _require_root(delivery.files[file](), name=PurePosixPath(file).name)
        return (file,)
    found = [file for file in sorted(delivery.files) if file.lower().endswith(_XML_END)]
    if not found:
        raise InputError(f"{delivery.name} holds no XML file.", advice=_GIVE_ONE)
    for file in found:
        _require_root(delivery.files[file](), name=file)
    return tuple(found)


def _require_root(data: bytes, *, name: str) -> None:
    if not data.strip():
        raise InputError(f"{name} is empty.", advice="Check whether the export ended well, and run it again.")
    prolog = read_prolog(data)
    refuse_document_type(prolog, name=name)
    if prolog.root == ROOT:
        return
    if prolog.root:
        refuse_other_format(f"<{prolog.root}>", name=name)
    refuse_other_format(prolog.text, name=name)
    raise InputError(f"{name} is not XML.", advice=_GIVE_ONE)


def read_airs(delivery: Delivery, files: Sequence[str], *, layout: Layout, center_id: str) -> AirsExport:
    """Return AIRS files as tables.

    Several files are one delivery. A record that stands in more than one of them is kept once when they say the same of it;
    otherwise the first in the order of file names is kept, and rule ID-008 tells of it.

    Args:
        delivery: The delivery.
        files: Its AIRS files.
        layout: What the tables mean; its tables are there even without a row.
        center_id: Center that delivered them.

    Raises:
        InputError: A file is broken, is empty, declares a document type, or holds no record; or files of 4.0 stand beside others,
            or files stand in several folders.
    """
    folders = sorted({folder_of(file) for file in files})
    if len(folders) > 1:
        raise InputError(
            f"{delivery.name} holds AIRS files in several folders: {', '.join(folder or 'the folder itself' for folder in folders)}.",
            advice="Give one of these folders.",
        )
    names = {part.names[0]: part for part in layout.files}
    reading = Reading(rows=Collector(center_id=center_id, names=tuple(names)), meant=_meant(layout))
    read: list[_OneFile] = []
    for path in files:
        agencies = sum(one.agencies for one in read)
        read.append(_read_file(delivery.files[path](), file=PurePosixPath(path).name, reading=reading, before=agencies))
    versions = [one.version for one in read]
    _refuse_mixture(versions, files=files, name=delivery.name)
    said = [one.said for one in read]
    gathered = reading.rows.finish(said)
    tables = {name: table.with_layout(names.get(name)) for name, table in gathered.tables.items()}
    if not any(tables[name].parsed.rows.height for name in RECORD_TABLES):
        raise InputError(
            f"{delivery.name} holds no agency.",
            advice="The export ran without records; check its filter and export again.",
        )
    notices = [one.sentence for one in read if one.sentence]
    notices += describe_reading(reading, is_numbered=gathered.is_numbered, several=len(read) > 1)
    for table in tables.values():
        notices += describe_unknown(table)
    return AirsExport(
        version=", ".join(sorted(set(versions))),
        tables=tables,
        placed={name: table.with_layout(names.get(name)) for name, table in gathered.placed.items()},
        input_sha256=_hash_files(said),
        notices=tuple(notices),
    )


def _meant(layout: Layout) -> Collection[str]:
    parts = [part for part in layout.files if "service_at_site" in part.names]
    return frozenset(column for part in parts for column in part.mapped_columns)


@dataclass(frozen=True, kw_only=True)
class _OneFile:
    version: str
    agencies: int
    sentence: str
    said: ReadFile


def _read_file(data: bytes, *, file: str, reading: Reading, before: int) -> _OneFile:
    _require_root(data, name=file)
    root: Element | None = None
    agencies = 0
    version, sentence = "", ""
    lists = FlatLists(reading=reading)
    for element in read_elements(data, name=file):
        name = local(element.tag)
        if root is None:
            root = element.getparent()
            if root is None:
                continue
            reading.file = file
            reading.declared = namespaces_of(root)
            reading.is_ours = first_text(root, "SoftwareVendor").casefold() == _OWN_SOFTWARE
            version = _version_of(root, first=element)
            sentence = _describe_source(root, file=file, version=version)
            _write_source(root, reading=reading)
        if version == _FLAT and lists.take(element, name=name):
            continue
        if name == "Agency":
            agencies += 1
            read_agency(element, path=f"agency {before + agencies}", parent="", reading=reading)
            continue
        line = line_of(element)
        cells = cells_of(element) | {"=element": name}
        reading.rows.add(
            "other", file=file, line=line, text=as_written(element, declared=reading.declared), cells=cells
        )
        reading.notice("other elements", name)
    lists.finish()
    encoding = "utf-8" if root is None else (root.getroottree().docinfo.encoding or "utf-8").lower()
    said = _as_read(data, file=file, encoding=encoding)
    return _OneFile(version=version, agencies=agencies, sentence=sentence, said=said)


def _version_of(root: Element, *, first: Element) -> str:
    """Return the version, by namespace and children; what the file says of itself is free text and often something else."""
    namespace = etree.QName(root).namespace or ""
    for end, version in _VERSIONS.items():
        if namespace.endswith(end):
            return version
    is_flat = local(first.tag) != "Agency" or bool(named(first, "AgencyID"))
    return _FLAT if is_flat else "3.0"


def _write_source(root: Element, *, reading: Reading) -> None:
    # The root is still open; a copy of it without children is what it says itself.
    alone = copy(root)
    for child in list(alone):
        alone.remove(child)
    text = etree.tostring(alone, encoding="unicode")
    reading.rows.add("source", file=reading.file, line=line_of(root), text=text, cells=cells_of(alone))


def _describe_source(root: Element, *, file: str, version: str) -> str:
    stamp = first_text(root, "OriginTimestamp")
    software = " ".join(
        text for text in (first_text(root, "SoftwareVendor"), first_text(root, "SoftwareVersion")) if text
    )
    said = f"{file}: AIRS XML {version}"
    said += f", written {stamp[:10]}" if stamp else ", without the day on which it was written"
    return f"{said} by {software}." if software else f"{said}."


def _as_read(data: bytes, *, file: str, encoding: str) -> ReadFile:
    carriage, line = data.count(b"\r"), data.count(b"\n")
    newline = (
        "LF" if not carriage else "CR" if not line else "CRLF" if carriage == data.count(b"\r\n") == line else "mixed"
    )
    return ReadFile(
        name=file,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes_count=len(data),
        encoding=encoding,
        newline=newline,
    )


def _refuse_mixture(versions: Sequence[str], *, files: Sequence[str], name: str) -> None:
    flat = [file for file, version in zip(files, versions, strict=True) if version == _FLAT]
    if flat and len(flat) < len(files):
        raise InputError(
            f"{name} holds AIRS files of 4.0 ({', '.join(flat[:12])}) beside files of earlier versions; they number records "
            "differently and cannot be one export.",
            advice="Give the files of one version.",
        )


def _hash_files(files: Sequence[ReadFile]) -> str:
    if len(files) == 1:
        return files[0].sha256
    text = "".join(f"{file.name}:{file.sha256}\n" for file in sorted(files, key=lambda one: one.name))
    return hashlib.sha256(text.encode()).hexdigest()
