"""Which columns of the canonical tables may leave the house, and what kind of text each holds. Everything else is denied."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_KINDS = ("keys", "facts", "short", "prose")
_INTERNAL = "internal"


@dataclass(frozen=True, kw_only=True)
class PublicTable:
    """The columns of one canonical table that an export may read.

    Args:
        name: Name of the table.
        columns: All of them, keys first.
        short: Those of `columns` whose text stays or goes as a whole.
        prose: Those of `columns` of whose text single sentences can go.
    """

    name: str
    columns: tuple[str, ...]
    short: tuple[str, ...]
    prose: tuple[str, ...]


@cache
def public_tables() -> Mapping[str, PublicTable]:
    """Return the tables of which anything may leave, by name."""
    declared = _declared()
    return {
        name: PublicTable(
            name=name,
            columns=tuple(column for kind in _KINDS for column in entry[kind]),
            short=tuple(entry["short"]),
            prose=tuple(entry["prose"]),
        )
        for name, entry in declared.items()
        if name != _INTERNAL
    }


@cache
def internal_columns() -> Mapping[str, tuple[str, ...]]:
    """Return the columns about which it was decided that they stay, by table; `record` and `owned` are shared by several."""
    return {name: tuple(columns) for name, columns in _declared()[_INTERNAL].items()}


def _declared() -> dict[str, dict[str, list[str]]]:
    text = resources.files("schemas").joinpath("public_columns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
