"""Which members of an HSDS JSON object hold other objects, and of which table these are rows.

Everything comes from `hsds_objects.toml`, which says whose facts these are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from schemas.hsds_tables import hsds_tables
from schemas.layout import FileLayout, Layout


@dataclass(frozen=True, kw_only=True)
class Nested:
    """A member that holds an object or a list of objects.

    Attributes:
        table: Table of which these are rows.
        column: Column that ties them: of the nested rows, with the id of the object around them; or, when `is_named`, of the object
            around them, with the id of the nested one.
        is_named: As said under `column`.
        entity: Column of the nested rows that gets the name of the outer object's table; empty when there is none.
    """

    table: str
    column: str
    is_named: bool = False
    entity: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Objects that are rows of one table.

    Attributes:
        name: Name of the table, such as `service`; of a table that no object of HSDS 3 has, its file without its ending.
        file: File under which the layout knows the table, such as `services.csv`.
        members: Members that hold other objects.
    """

    name: str
    file: str
    members: Mapping[str, Nested] = field(default_factory=dict)


@cache
def declared() -> dict[str, Any]:
    """Return what `hsds_objects.toml` says."""
    return tomllib.loads(resources.files("pipeline.ingest").joinpath("hsds_objects.toml").read_text(encoding="utf-8"))


def _nested(said: Mapping[str, Any]) -> Nested:
    column = said.get("owner") or said["names"]
    return Nested(table=said["table"], column=column, is_named="names" in said, entity=said.get("entity", ""))


def _members_of(table: str) -> dict[str, Nested]:
    everywhere = {name: said for name, said in declared()["everywhere"].items() if table not in said["without"]}
    return {name: _nested(said) for name, said in (declared()["members"].get(table, {}) | everywhere).items()}


#: The kinds of objects that HSDS 3 has, and the rows of our own side table, by the name of their table.
KINDS: Mapping[str, Kind] = {
    table.name: Kind(name=table.name, file=table.file, members=_members_of(table.name))
    for table in hsds_tables().values()
}
#: Objects that are records of ours.
RECORD_KINDS: tuple[str, ...] = tuple(dict.fromkeys(sign["table"] for sign in declared()["signs"]))


def kind_of_table(part: FileLayout) -> Kind:
    """Return the kind of the objects that are rows of a table of the layout."""
    for kind in KINDS.values():
        if kind.file in part.names:
            return kind
    return Kind(name=part.names[0].rsplit(".", 1)[0], file=part.names[0])


def part_of_kind(kind: Kind, layout: Layout) -> FileLayout | None:
    """Return what the layout says about the table of a kind; None when it does not know it."""
    return next((part for part in layout.files if kind.file in part.names), None)
