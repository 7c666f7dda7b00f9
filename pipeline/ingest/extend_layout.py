"""A layout that extends a shipped one: the shipped text with the center's own said over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Lists that grow; every other list is replaced by the one of the extending layout.
_GROWING: frozenset[str] = frozenset(
    {"null_texts", "raw_only_columns", "required_columns", "expected_columns", "marks"}
)
#: Tables in which a field of the same name is replaced as a whole, because half of two rules is neither.
_WHOLE: frozenset[str] = frozenset({"cells", "where", "split"})
#: Keys by which entries of a list are the same entry, in the order in which they are looked for.
_IDENTITY: Mapping[str, tuple[str, ...]] = {
    "phones": ("slot",),
    "addresses": ("slot",),
    "contacts": ("slot",),
    "taxonomy_links": ("slot",),
    "schedules": ("slot",),
    "records": ("kind", "kind_column"),
    "files": ("names",),
}


def extend_layout(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a layout says that extends another.

    Args:
        base: Content of the extended layout.
        own: Content of the extending layout, without its `extends`.

    Returns:
        The content of the whole layout. Columns that the extension names for single fields are required in their file, so
        that a misspelt one is noticed although the extended layout may ask for little.
    """
    merged = _merge(dict(base), own)
    merged["title"] = own.get("title", f"{base.get('title', base['name'])} as {own.get('name', 'a center')} writes it")
    if not own.get("every_column_required", True):
        return merged
    for file in own.get("files", ()):
        place = _find("files", merged["files"], file)
        target = merged["files"][place]
        named = [*target.get("required_columns", ()), *_single_columns(file)]
        target["required_columns"] = list(dict.fromkeys(named))
    return merged


def _merge(base: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        before = merged.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            merged[key] = {**before, **value} if key in _WHOLE else _merge(before, value)
            if key == "null_texts_by_field":
                merged[key] = {name: [*before.get(name, ()), *texts] for name, texts in value.items()} | {
                    name: texts for name, texts in before.items() if name not in value
                }
        elif isinstance(value, list) and isinstance(before, list) and key in _GROWING:
            merged[key] = [*before, *(one for one in value if one not in before)]
        elif isinstance(value, list) and isinstance(before, list) and key in _IDENTITY:
            merged[key] = _merge_entries(key, before, value)
        else:
            merged[key] = value
    return merged


def _merge_entries(key: str, before: list[Any], own: list[Any]) -> list[Any]:
    entries = list(before)
    for one in own:
        place = _find(key, entries, one)
        if place is None:
            entries.append(one)
        else:
            entries[place] = _merge(entries[place], one)
    return entries


def _find(key: str, entries: list[Any], wanted: Any) -> Any:  # noqa: ANN401 - entries are whatever the file holds
    """Return the place of the entry that a further one speaks of; None when it is new."""
    if not isinstance(wanted, dict):
        return None
    if key == "files":
        names = {str(name).casefold() for name in wanted.get("names", ())}
        return next(
            (
                place
                for place, entry in enumerate(entries)
                if (names & {str(name).casefold() for name in entry.get("names", ())})
                or (not names and not entry.get("names"))
            ),
            None,
        )
    identity = _IDENTITY[key]
    if not any(name in wanted for name in identity):
        # With a single entry there is no doubt which one is meant.
        return 0 if key == "records" and len(entries) == 1 else None
    return next(
        (
            place
            for place, entry in enumerate(entries)
            if any(name in wanted and wanted[name] == entry.get(name) for name in identity)
        ),
        None,
    )


def _single_columns(part: Mapping[str, Any]) -> list[str]:
    """Return the columns of cells that name a single column."""
    found: list[str] = []
    for key, value in part.items():
        if key == "cells" and isinstance(value, dict):
            columns = [one.get("columns") if isinstance(one, dict) else one for one in value.values()]
            found += [column for column in columns if isinstance(column, str)]
        elif isinstance(value, list):
            for one in value:
                found += _single_columns(one) if isinstance(one, dict) else []
    return found
