"""Layout files: the shipped ones, and those that a center writes."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from schemas.errors import InputError
from schemas.layout import Layout

#: Shipped layouts, in the order in which they are named to the user.
SHIPPED: tuple[str, ...] = ("icarol", "hsds")


@cache
def load_shipped_layout(name: str) -> Layout:
    """Return one of the layouts that come with the program."""
    text = resources.files("pipeline.ingest").joinpath("layouts", f"{name}.toml").read_text(encoding="utf-8")
    return Layout.model_validate(tomllib.loads(text))


def load_mapping(path: Path) -> Layout:
    """Return the layout of a center's own mapping file.

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
    try:
        return Layout.model_validate(content)
    except ValidationError as fault:
        faults = "; ".join(f"{_place(error['loc'])}: {error['msg']}" for error in fault.errors())
        raise InputError(
            f"The mapping file {path.name} does not describe a layout: {faults}.",
            advice="docs/mapping.md shows a complete example and all keys.",
        ) from fault


def _place(parts: tuple[int | str, ...]) -> str:
    # People count tables from 1.
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in parts) or "the file"
