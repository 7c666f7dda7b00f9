"""HSDS packages judged by the official schemas: JSON line by line, tables column by column. Nothing is taken from the network.

No message holds a value of a record; a fault names the member, what is wrong, how often, and the id of one record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from pipeline.publish.hsds_json import FILES
from pipeline.publish.hsds_profile import apply_profile
from pipeline.publish.official_hsds_schemas import read_object_schemas
from pipeline.publish.official_hsds_tables import check_official_tables
from pipeline.publish.preflight import Fault
from schemas.errors import InputError

__all__ = ["check_official_json", "check_official_tables"]

#: Kinds of objects with an official schema; a file may be missing only where none has to be written.
_KINDS = ("organization", "service", "location")
_OPTIONAL = ("location",)
#: Where a validator looks for a schema that is named by its bare file name.
_BASE = "json-schema:///"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MESSAGES: Mapping[str, str] = {
    "required": "A member that must be there is missing.",
    "format": "A value does not have the form that the schema asks for.",
    "type": "A value is of another type than the schema asks for.",
    "enum": "A value is not in the official list.",
    "contains": "A list holds no object of the kind that must be in it.",
}


@dataclass(kw_only=True)
class _Tally:
    """How often one kind of fault was found, and the smallest id of a record that has it."""

    count: int = 0
    example: str | None = None

    def add(self, example: str | None) -> None:
        self.count += 1
        if example is not None and (self.example is None or example < self.example):
            self.example = example


@dataclass(kw_only=True)
class _Tallies:
    """Faults of one kind of objects, by member and broken rule."""

    kind: str
    found: dict[tuple[str, str], _Tally] = field(default_factory=dict)

    def add(self, column: str, check: str, example: str | None) -> None:
        self.found.setdefault((column, check), _Tally()).add(example)

    def faults(self) -> Iterator[Fault]:
        for (column, check), tally in sorted(self.found.items()):
            message = _MESSAGES.get(check, "A rule of the schema is not kept.")
            if check == "json":
                message = "A line is not JSON."
            yield Fault(
                table=self.kind, column=column, check=check, message=message, count=tally.count, example=tally.example
            )


def check_official_json(folder: Path, *, schema_dir: Path, version: str, profile: bool = False) -> list[Fault]:
    """Check every line of the JSON files of a package against the official object schemas, formats included.

    `organizations.jsonl` against `organization.json`, `services.jsonl` against `service.json`, and `locations.jsonl`, when it is there,
    against `location.json`.

    Args:
        folder: Folder of the package.
        schema_dir: The folder that holds the official schemas, or one above it: with `schema`, `3.1/schema` or `hsds/3.1/schema`.
        version: Version of HSDS.
        profile: Whether the schemas are narrowed by the 211 profile first. What that finds beyond a check without it are
            warnings.

    Returns:
        One fault per kind of object, member (path without places in lists) and broken rule, sorted. `count` is the number of nested
        objects concerned, `example` the smallest id of a root object that has it, when that is a UUID.

    Raises:
        InputError: The schemas are not there, or a file of the package is missing.
    """
    schemas = read_object_schemas(schema_dir, version=version)
    if profile:
        schemas = apply_profile(schemas)
    registry = jsonschema_rs.Registry([(_BASE + name, schema) for name, schema in schemas.items()])
    faults: list[Fault] = []
    for kind in _KINDS:
        path = folder / FILES[kind]
        if not path.is_file():
            if kind in _OPTIONAL:
                continue
            raise InputError(f"{path.name} is not in {folder}.", advice="Name the folder of an HSDS JSON package.")
        validator = jsonschema_rs.Draft202012Validator(
            {"$ref": f"{kind}.json"}, registry=registry, validate_formats=True, offline=True
        )
        tallies = _Tallies(kind=kind)
        with path.open("rb") as lines:
            for line in lines:
                _check_line(line, validator, tallies)
        faults += tallies.faults()
    return faults


def _check_line(line: bytes, validator: jsonschema_rs.Draft202012Validator, tallies: _Tallies) -> None:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        tallies.add("*", "json", None)
        return
    # Most lines have no fault, and are done without a list of them.
    if validator.is_valid(record):
        return
    example = _example(record)
    for error in validator.iter_errors(record):
        tallies.add(_member(error), error.kind.name, example)


def _example(record: Any) -> str | None:  # noqa: ANN401 - any JSON value
    given = record.get("id") if isinstance(record, dict) else None
    return given if isinstance(given, str) and _UUID.fullmatch(given) else None


def _member(error: jsonschema_rs.ValidationError) -> str:
    """Return the path to a member without the places in lists; for one that is missing, with its name."""
    names = [part for part in error.instance_path if isinstance(part, str)]
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        names.append(error.kind.property)
    return ".".join(names) or "*"
