"""NDP-shaped bundles checked with a JSON Schema file, line by line, formats on.

The schema is a rendering of second-hand tables and describes what the receiver answers: a bundle without faults is NDP-shaped, not
accepted. The file is the center's own copy; none comes with the program.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from pipeline.publish.preflight import Fault
from schemas.errors import InputError

#: Name under which the schema is looked for first.
SCHEMA_FILE = "organization_bundle.schema.json"
_TITLE_WORDS = "organization bundle"
#: Members that hold objects -> name of the object in faults.
_OBJECTS = {
    "services": "service",
    "locations": "location",
    "servicesAtLocations": "serviceAtLocation",
    "programs": "program",
    "contacts": "contact",
    "phones": "phone",
    "addresses": "address",
    "schedules": "schedule",
    "taxonomy": "taxonomy",
    "serviceAreas": "serviceArea",
}


def check_official(path: Path, *, schema_dir: Path) -> list[Fault]:
    """Check written bundles with the schema file.

    Args:
        path: `organizations.jsonl`, or a `.json` file with an array of bundles, or a folder with the former.
        schema_dir: Folder with `organization_bundle.schema.json`, or another `*.json` that describes an array of organizations.

    Returns:
        One fault per object, member and kind of error, with the number of errors and the first bundle's id in sorted order. Empty when
        every bundle keeps the schema. No value is told.

    Raises:
        InputError: There is no such schema, it is not a JSON Schema, or a bundle is not JSON.
    """
    file = path / "organizations.jsonl" if path.is_dir() else path
    validator = _validator(schema_dir)
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    for bundle in _bundles(file):
        # The schema describes the answer of the receiver, an array of one.
        answer = [bundle]
        if validator.is_valid(answer):
            continue
        bundle_id = str(bundle.get("id")) if isinstance(bundle, dict) else ""
        for error in validator.iter_errors(answer):
            place = (*_place(error.instance_path), str(error.kind.name))
            counts[place] += 1
            examples[place] = min(examples.get(place, bundle_id), bundle_id)
    return [
        Fault(
            table=table,
            column=column,
            check=f"schema:{keyword}",
            message=f"The schema file does not take it ({keyword}).",
            count=count,
            example=examples[table, column, keyword] or None,
        )
        for (table, column, keyword), count in sorted(counts.items())
    ]


def _validator(schema_dir: Path) -> jsonschema_rs.Draft202012Validator:
    path, schema = _find_schema(schema_dir)
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as fault:
        raise InputError(
            f"{path} is not a JSON Schema that can be used.", advice="Use the schema as it was given."
        ) from fault


def _find_schema(schema_dir: Path) -> tuple[Path, dict[str, Any]]:
    named = schema_dir / SCHEMA_FILE
    candidates = [named] if named.is_file() else sorted(schema_dir.glob("*.json")) if schema_dir.is_dir() else []
    for path in candidates:
        try:
            schema = json.loads(path.read_text(encoding="utf-8-sig"))
        except ValueError:
            continue
        if isinstance(schema, dict) and _is_bundle_schema(schema):
            return path, schema
    raise InputError(
        f"{schema_dir} holds no schema of organization bundles ({SCHEMA_FILE}).",
        advice="Name the folder in which that file lies.",
    )


def _is_bundle_schema(schema: dict[str, Any]) -> bool:
    definitions = schema.get("$defs")
    describes = isinstance(definitions, dict) and "organization" in definitions
    return schema.get("type") == "array" and (describes or _TITLE_WORDS in str(schema.get("title", "")).lower())


def _bundles(path: Path) -> Iterator[Any]:
    try:
        if path.suffix.lower() == ".json":
            content = orjson.loads(path.read_bytes())
            yield from content if isinstance(content, list) else [content]
            return
        with path.open("rb") as file:
            for line in file:
                if line.strip():
                    yield orjson.loads(line)
    except FileNotFoundError as fault:
        raise InputError(f"There is no file {path}.", advice="Name the folder of a written package.") from fault
    except orjson.JSONDecodeError as fault:
        raise InputError(f"{path} holds a line that is not JSON.", advice="Write the package again.") from fault


def _place(path: list[str | int]) -> tuple[str, str]:
    """Return object and member of an error by its path, without the places in lists.

    >>> _place([0, "services", 3, "meta", "status"])
    ('service', 'meta.status')
    >>> _place([0, "services", 3])
    ('service', '*')
    """
    table = "organization"
    members: list[str] = []
    for step, following in zip(path, [*path[1:], None], strict=True):
        if not isinstance(step, str):
            continue
        if step in _OBJECTS and isinstance(following, int):
            table, members = _OBJECTS[step], []
        else:
            members.append(step)
    return table, ".".join(members) or "*"
