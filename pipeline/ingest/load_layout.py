"""Layout files: the shipped ones, and those that a center writes."""

from __future__ import annotations

import difflib
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.ingest.extend_layout import extend_layout
from schemas.delivered import Conventions
from schemas.errors import InputError
from schemas.fault_words import place_of, say_fault
from schemas.layout import (
    CHILD_TABLES,
    Cell,
    ChildRows,
    Collected,
    Condition,
    FileLayout,
    Layout,
    Lookup,
    Mark,
    Owner,
    RecordRows,
    VersionRule,
)

#: Shipped layouts, in the order in which they are named to the user.
SHIPPED: tuple[str, ...] = ("icarol", "hsds", "airs")
#: Name of a key and what its value is made of, to say which keys may stand there.
_PARTS: dict[str, type[BaseModel]] = {
    "conventions": Conventions,
    "versions": VersionRule,
    "when_any": Condition,
    "files": FileLayout,
    "records": RecordRows,
    "marks": Mark,
    **dict.fromkeys(CHILD_TABLES, ChildRows),
    "collected": Collected,
    "owners": Owner,
    "cells": Cell,
    "lookup": Lookup,
}


@cache
def load_shipped_layout(name: str) -> Layout:
    """Return one of the layouts that come with the program."""
    return Layout.model_validate(_shipped_content(name))


def _shipped_content(name: str) -> dict[str, Any]:
    text = resources.files("pipeline.ingest").joinpath("layouts", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def load_mapping(path: Path) -> Layout:
    """Return the layout of a center's own mapping file, which may extend a shipped layout (`extends = "icarol"`).

    Raises:
        InputError: The file cannot be read, is not TOML, or says something that no layout can say.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as fault:
        raise InputError(f"There is no mapping file {path}.", advice="Check the path given as format.") from fault
    except OSError as fault:
        raise InputError(f"The mapping file {path} cannot be read: {fault.strerror or fault}.") from fault
    except UnicodeDecodeError as fault:
        raise InputError(f"The mapping file {path} is not UTF-8.", advice="Save it as UTF-8.") from fault
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"The mapping file {path} is not TOML: {fault}.") from fault
    base = content.pop("extends", None)
    if base is not None:
        content = _extended(base, content, path=path)
    try:
        return Layout.model_validate(content)
    except ValidationError as fault:
        faults = "; ".join(
            f"{place_of(error['loc'])}: {say_fault(error, keys=_keys_at(error['loc'][:-1]))}"
            for error in fault.errors()
        )
        raise InputError(
            f"The mapping file {path.name} does not describe a layout: {faults}.",
            advice="docs/mapping.md shows a complete example and all keys.",
        ) from fault


def _extended(base: object, content: dict[str, Any], *, path: Path) -> dict[str, Any]:
    if base not in SHIPPED:
        near = difflib.get_close_matches(str(base), SHIPPED, n=1)
        raise InputError(
            f"The mapping file {path.name} extends {base!r}, which is no layout of resdir"
            f"{f' (nearest: {near[0]})' if near else ''}.",
            advice=f"Layouts that can be extended: {', '.join(SHIPPED)}.",
        )
    if "name" not in content:
        raise InputError(
            f"The mapping file {path.name} has no name.", advice='Give it one of its own, such as name = "mytown".'
        )
    # What is no table or list of tables is left to the check of the whole, which says where it stands.
    files = content.get("files", [])
    if not isinstance(files, list) or not all(isinstance(one, dict) for one in files):
        raise InputError(f"The mapping file {path.name}: files must be written as [[files]].")
    return extend_layout(_shipped_content(str(base)), content)


def _keys_at(parts: tuple[int | str, ...]) -> list[str]:
    """Return the keys that may stand in a part of the file, found by the last name on the way that is a part."""
    model: type[BaseModel] = Layout
    for part in parts:
        if isinstance(part, str):
            model = _PARTS.get(part, model)
    return [*(["extends"] if model is Layout else []), *model.model_fields]
