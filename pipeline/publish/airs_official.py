"""What the official schema says of a written AIRS file, in memory that does not grow with the file.

Agencies are read one by one and handed to the schema some at a time, in a root with the attributes of the file's own. (Libxml2 can also
check while it reads, but then it knows no line of any fault.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from lxml import etree

from pipeline.publish.airs_words import NAMESPACES
from pipeline.publish.preflight import Fault
from schemas.errors import InputError, UsageError

#: Agencies that the schema is asked about at once (project choice: more is hardly faster).
_AT_ONCE = 100
_ROOT = "Source"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
#: Element, and attribute where there is one, that a message of the schema speaks of. Nothing else of a message is told: it may quote a
#: value.
_ELEMENT = re.compile(r"^Element '(?:\{[^}]*\})?([^']+)'(?:, attribute '(?:\{[^}]*\})?([^']+)')?:")
_ATTRIBUTE = re.compile(r"The attribute '(?:\{[^}]*\})?([^']+)' is (?:not allowed|required)")
#: Kind of fault in the words of libxml2 -> check and sentence.
_SENTENCES = {
    "SCHEMAV_CVC_ELT_1": ("root", "The root element is not that of this version."),
    "SCHEMAV_CVC_PATTERN_VALID": ("format", "A value does not fit the pattern of the schema."),
    "SCHEMAV_CVC_ENUMERATION_VALID": ("enum", "A value is not in the list of the schema."),
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": ("type", "A value is not of the type that the schema wants."),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": ("attribute", "The schema has no such attribute here."),
    "SCHEMAV_CVC_COMPLEX_TYPE_4": ("required", "A required attribute is missing."),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": ("content", "There is text where the schema has elements only."),
    "SCHEMAV_ELEMENT_CONTENT": ("content", "Elements are missing here, or one stands where the schema has none."),
}
_OTHER = ("schema", "The schema refuses this.")

#: Element, attribute or `*`, kind of fault.
_Place = tuple[str, str, str]


def check_official(path: Path, *, schema_dir: Path, version: str) -> list[Fault]:
    """Return what the official schema finds wrong with a file; empty when it is valid.

    Args:
        path: The file.
        schema_dir: Folder with the official schema: `airs_3_1.xsd` or `airs_3_0.xsd`, or any `.xsd` of that version.
        version: `3.1` or `3.0`.

    Returns:
        One fault per element, attribute and kind of fault, in the order of first appearance: how often, and in `example` the line of
        the first. No values.

    Raises:
        UsageError: There is no such version.
        InputError: The folder holds no schema of the version, or there is no file.
    """
    if version not in NAMESPACES:
        raise UsageError(f"There is no AIRS XML {version} to write.", advice="Versions are 3.1 and 3.0.")
    schema = _find_schema(schema_dir, version)
    if not path.is_file():
        raise InputError(f"The file {path} does not exist.")
    found: dict[_Place, tuple[int, int]] = {}
    try:
        for errors, is_first, root_line in _checked(path, schema):
            for error in errors:
                place = _place_of(error)
                if place[0] == _ROOT and not is_first:
                    continue
                line, count = found.get(place, (error.line or root_line, 0))
                found[place] = (line, count + 1)
    except etree.XMLSyntaxError as fault:
        line, column = fault.position
        return [
            *_faults(found),
            Fault(
                table="*",
                column="*",
                check="well_formed",
                message=f"This is not well-formed XML from line {line}, column {column} on; nothing behind it was checked.",
                count=1,
                example=f"line {line}",
            ),
        ]
    return _faults(found)


def _checked(path: Path, schema: etree.XMLSchema) -> Iterator[tuple[list[etree._LogEntry], bool, int]]:
    """Return the errors of some agencies at a time, whether they are the first, and the line of the root."""
    is_first = True
    waiting = 0
    live: etree._Element | None = None
    with path.open("rb") as head, path.open("rb") as file:
        root = _root_of(head)
        agencies = etree.iterparse(
            file, events=("end",), tag="{*}Agency", resolve_entities=False, no_network=True, huge_tree=True
        )
        for _, agency in agencies:
            live = agency.getparent()
            if live is None or live.getparent() is not None:
                continue
            waiting += 1
            if waiting == _AT_ONCE:
                yield _ask(schema, root, live, until=agency), is_first, _line_of(root)
                is_first, waiting = False, 0
        end = agencies.root
        if end is not None and (is_first or len(end)):
            yield _ask(schema, root, end, until=None), is_first, _line_of(root)


def _ask(
    schema: etree.XMLSchema, root: etree._Element, live: etree._Element, *, until: etree._Element | None
) -> list[etree._LogEntry]:
    """Move what was read completely into a root of its own and ask the schema about it."""
    namespaces = cast("dict[str, str]", root.nsmap)
    attributes = {str(name): str(value) for name, value in root.attrib.items()}
    shell = etree.Element(root.tag, attrib=attributes, nsmap=namespaces)
    shell.text = live.text
    live.text = None
    for child in list(live):
        shell.append(child)
        if child is until:
            break
    if schema.validate(shell):
        return []
    return list(cast("Iterable[etree._LogEntry]", schema.error_log))


def _root_of(file: BinaryIO) -> etree._Element:
    """Return the root element with its attributes, without reading on."""
    parsed = etree.iterparse(file, events=("start",), resolve_entities=False, no_network=True, huge_tree=True)
    _, root = next(iter(parsed))
    return cast("etree._Element", root)


def _line_of(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 0


def _place_of(error: etree._LogEntry) -> _Place:
    named = _ELEMENT.match(error.message)
    attribute = _ATTRIBUTE.search(error.message)
    element = named.group(1) if named else "*"
    column = (named.group(2) if named else None) or (attribute.group(1) if attribute else "*")
    return element, column, error.type_name


def _faults(found: dict[_Place, tuple[int, int]]) -> list[Fault]:
    faults = []
    for (element, column, kind), (line, count) in found.items():
        check, message = _SENTENCES.get(kind, _OTHER)
        faults.append(
            Fault(table=element, column=column, check=check, message=message, count=count, example=f"line {line}")
        )
    return faults


def _find_schema(folder: Path, version: str) -> etree.XMLSchema:
    if not folder.is_dir():
        raise InputError(f"The folder {folder} does not exist.", advice="Name the folder with the official schema.")
    usual = folder / f"airs_{version.replace('.', '_')}.xsd"
    others = sorted(path for path in folder.glob("*.xsd") if path != usual)
    for path in [usual, *others] if usual.is_file() else others:
        schema = _schema_of(path, version)
        if schema is not None:
            return schema
    raise InputError(
        f"{folder} holds no schema of AIRS XML {version}.",
        advice=f"Put the official {usual.name} there (airsalliance/airs-xml), or leave this check out.",
    )


def _schema_of(path: Path, version: str) -> etree.XMLSchema | None:
    """Return the schema in a file when it is one of the version: its namespace, and a root `Source` made of agencies."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        document = etree.parse(str(path), parser)
        root = document.getroot()
        fits = (
            root.tag == f"{_SCHEMA}schema"
            and root.get("targetNamespace") == NAMESPACES[version]
            and root.find(f"{_SCHEMA}element[@name='{_ROOT}']") is not None
            and root.find(f"{_SCHEMA}complexType[@name='tAgency']") is not None
        )
        return etree.XMLSchema(document) if fits else None
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError):
        return None
