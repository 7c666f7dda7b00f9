"""The tables of HSDS 3.1 and 3.0 as data: what a package holds and what each column must hold.

Everything comes from `hsds_tables.toml`; the package descriptor, the rows and the pre-flight all follow it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

#: Name of our own table with what HSDS has no place for; listed as a further resource of the package.
SIDE_TABLE = "resdir_records"


@dataclass(frozen=True, kw_only=True)
class HsdsColumn:
    """One column: its name and what it must hold.

    Args:
        name: Official name.
        type: Frictionless type: string, number, date, datetime or time.
        format: uuid, email, uri or None.
        required: Whether a cell may not be empty.
        unique: Whether no two rows may hold the same value.
        enum: Allowed values; empty when any are.
        refers_to: Table whose `id` the column holds; None when it holds none.
        text: `prose`, `short` or None; see `hsds_tables.toml`.
        since: Version that brought it; empty when every version has it.
    """

    name: str
    type: str = "string"
    format: str | None = None
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    refers_to: str | None = None
    text: str | None = None
    since: str = ""


@dataclass(frozen=True, kw_only=True)
class HsdsTable:
    """One table: name, file and columns in official order."""

    name: str
    file: str
    columns: tuple[HsdsColumn, ...]

    def column_names(self) -> list[str]:
        """Return the column names in official order."""
        return [column.name for column in self.columns]


#: Versions that can be written, the newest first.
HSDS_VERSIONS: tuple[str, ...] = ("3.1", "3.0")


@cache
def hsds_tables(version: str = "3.1") -> dict[str, HsdsTable]:
    """Return the official tables of a version by name, in the order of the package, our side table last.

    Args:
        version: One of `HSDS_VERSIONS`.
    """
    if version not in HSDS_VERSIONS:
        raise ValueError(f"HSDS {version} is not written; versions: {', '.join(HSDS_VERSIONS)}")
    tables = {
        declared["name"]: _table(declared, version=version)
        for declared in _declared()["tables"]
        if declared.get("since", "") <= version
    }
    tables[SIDE_TABLE] = _SIDE
    return tables


def package_descriptor(
    version: str = "3.1",
    *,
    name: str = "human_services_data",
    title: str = "Human services directory",
    description: str = "Organizations, services and locations in the tables of the Human Services Data Specification.",
    with_side_table: bool = True,
) -> dict[str, Any]:
    """Return the content of `datapackage.json`: a tabular data package with one resource per table.

    Args:
        version: One of `HSDS_VERSIONS`.
        name: Short name of the package: small letters, digits, `-` and `_`.
        title: Title for people.
        description: One sentence for people.
        with_side_table: Whether our own side table is one of the resources.
    """
    return {
        "name": name,
        "title": title,
        "description": description,
        "profile": "tabular-data-package",
        "version": version,
        "homepage": "https://docs.openreferral.org",
        "resources": [
            _resource(table) for table in hsds_tables(version).values() if with_side_table or table.name != SIDE_TABLE
        ],
    }


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(resources.files("schemas").joinpath("hsds_tables.toml").read_text(encoding="utf-8"))


def _table(declared: dict[str, Any], *, version: str) -> HsdsTable:
    columns = tuple(
        HsdsColumn(**{**column, "enum": tuple(column.get("enum", ()))})
        for column in declared["columns"]
        if column.get("since", "") <= version
    )
    return HsdsTable(name=declared["name"], file=declared["file"], columns=columns)


def _resource(table: HsdsTable) -> dict[str, Any]:
    references = [
        {"fields": column.name, "reference": {"resource": column.refers_to, "fields": "id"}}
        for column in table.columns
        if column.refers_to is not None
    ]
    return {
        "name": table.name,
        "path": table.file,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "primaryKey": "id",
            **({"foreignKeys": references} if references else {}),
            "fields": [_field(column) for column in table.columns],
        },
    }


def _field(column: HsdsColumn) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": column.required, "unique": column.unique}
    if column.enum:
        constraints["enum"] = list(column.enum)
    return {
        "name": column.name,
        "type": column.type,
        **({"format": column.format} if column.format else {}),
        "constraints": constraints,
    }


_SIDE = HsdsTable(
    name=SIDE_TABLE,
    file="resdir_records.csv",
    columns=(
        HsdsColumn(name="id", format="uuid", required=True, unique=True),
        HsdsColumn(
            name="kind",
            required=True,
            enum=("organization", "location", "service", "service_at_location"),
        ),
        HsdsColumn(name="center_id", required=True),
        HsdsColumn(name="native_id"),
        HsdsColumn(name="record_owner"),
        HsdsColumn(name="origin", required=True, enum=("delivered", "derived")),
        HsdsColumn(name="link_only", enum=("true", "false")),
        HsdsColumn(name="verified_on", type="date"),
        HsdsColumn(name="edited_on", type="date"),
        HsdsColumn(name="taxonomy_links", text="short"),
    ),
)
