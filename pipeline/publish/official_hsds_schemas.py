"""Where the official schemas of HSDS lie, and how they are read: object schemas for JSON, the descriptor for tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas.errors import InputError
from schemas.hsds_tables import HsdsColumn, HsdsTable

#: Points to web addresses and describes an interface, not an object.
_NO_OBJECT = "openapi.json"
_DESCRIPTOR = "datapackage.json"
_OBJECTS = ("organization.json", "service.json")


def read_object_schemas(schema_dir: Path, *, version: str) -> dict[str, Any]:
    """Return the official object schemas by file name.

    Args:
        schema_dir: The folder that holds them, or one above it: with `schema`, `3.1/schema` or `hsds/3.1/schema`.
        version: Version of HSDS.

    Raises:
        InputError: They are not there, or one is not JSON.
    """
    for folder in _folders(schema_dir, version, "schema"):
        if all((folder / name).is_file() for name in _OBJECTS):
            return {path.name: _read(path) for path in sorted(folder.glob("*.json")) if path.name != _NO_OBJECT}
    raise InputError(
        f"The official schemas of HSDS {version} are not in {schema_dir}.",
        advice=f"Name the folder with organization.json and service.json, or one that holds {version}/schema.",
    )


def read_descriptor(schema_dir: Path, *, version: str) -> dict[str, HsdsTable]:
    """Return the tables of the official descriptor `datapackage.json` by name, in its order.

    The published 3.1 descriptor names columns as keys that it does not have (tables `unit` and `service_capacity`). Such tables get
    the columns of their object schema, which has them all.

    Args:
        schema_dir: The folder that holds the descriptor or the object schemas, or one above it; see `read_object_schemas`.
        version: Version of HSDS.

    Raises:
        InputError: It is not there, or is not JSON.
    """
    for folder in (*_folders(schema_dir, version, "schema"), *_folders(schema_dir, version, "")):
        path = (folder.parent if folder.name == "schema" else folder) / _DESCRIPTOR
        if path.is_file():
            return {
                resource["name"]: _table(resource, schema_dir, version=version) for resource in _read(path)["resources"]
            }
    raise InputError(
        f"The official descriptor of HSDS {version} is not in {schema_dir}.",
        advice=f"Name the folder with datapackage.json, or one that holds {version}.",
    )


def _folders(schema_dir: Path, version: str, below: str) -> Iterator[Path]:
    yield schema_dir
    for above in ("", version, f"hsds/{version}"):
        yield schema_dir / above / below


def _read(path: Path) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise InputError(
            f"{path} cannot be read as JSON.", advice="Take a fresh copy of the official schemas."
        ) from fault


def _table(resource: Mapping[str, Any], schema_dir: Path, *, version: str) -> HsdsTable:
    schema = resource["schema"]
    refers = {key["fields"]: key["reference"]["resource"] for key in schema.get("foreignKeys", ())}
    fields = schema.get("fields", [])
    keys = {schema["primaryKey"], *refers}
    if not keys <= {field["name"] for field in fields}:
        fields = _fields(read_object_schemas(schema_dir, version=version)[f"{resource['name']}.json"])
    columns = tuple(
        HsdsColumn(
            name=field["name"],
            type=field["type"],
            format=field.get("format"),
            required=bool(field.get("constraints", {}).get("required")),
            unique=bool(field.get("constraints", {}).get("unique")) or field["name"] == schema["primaryKey"],
            enum=tuple(field.get("constraints", {}).get("enum", ())),
            refers_to=refers.get(field["name"]),
        )
        for field in fields
    )
    return HsdsTable(name=resource["name"], file=resource["path"], columns=columns)


def _fields(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the columns of a table from its object schema: the members that hold neither objects nor lists."""
    required = {*schema.get("required", ()), *schema.get("tabular_required", ())}
    fields = []
    for name, member in schema["properties"].items():
        if member.get("type") not in ("string", "number"):
            continue
        is_moment = member.get("format") == "date-time"
        fields.append(
            {
                "name": name,
                "type": member.get("datapackage_type", "datetime" if is_moment else member["type"]),
                **({"format": member["format"]} if "format" in member and not is_moment else {}),
                "constraints": {"required": name in required, **({"enum": member["enum"]} if "enum" in member else {})},
            }
        )
    return fields
