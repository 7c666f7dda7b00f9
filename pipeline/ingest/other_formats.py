"""What was given by mistake: formats that are known by sight but are not tables, each with what to do instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from schemas.errors import InputError

#: Characters of a text that are looked at; the names that tell a format stand at its beginning (project choice).
_LOOKED_AT = 200_000
_FIRST_CHARACTER = re.compile(r"[^\ufeff\s]")
#: The root element, after declarations and comments, with or without a namespace prefix.
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_READ_AS_JSON = "Say --format hsds-json, or give the file a name that ends in .json or .jsonl."
_GIVE_TABLES = "give the CSV export, an AIRS file (.xml), or a folder or zip archive of HSDS tables"


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A format told by names that stand in its text: all of `signs`, in quotes for JSON."""

    signs: tuple[str, ...]
    title: str
    advice: str
    is_hsds: bool = False


#: Asked in this order: what a bundle holds may itself look like a record.
_JSON: tuple[_Known, ...] = (
    _Known(
        signs=("servicesAtLocations", "dataOwner"),
        title="an organization bundle of the National Data Platform (JSON)",
        advice="That format is not read; give the export of the system from which the bundle was made.",
    ),
    _Known(
        signs=("serviceSites",),
        title="an answer of the older iCarol Resource API (JSON)",
        advice="It is not read; export the resources from iCarol as CSV.",
    ),
    _Known(
        signs=("names", "contactDetails"),
        title="an answer of the older iCarol Resource API (JSON)",
        advice="It is not read; export the resources from iCarol as CSV.",
    ),
    _Known(
        signs=("resources", "schema"),
        title="the descriptor of a package (JSON), not its tables",
        advice="Give the folder or zip archive that holds the tables; the descriptor must be named datapackage.json.",
    ),
    _Known(
        signs=("contents",),
        title="a page of an HSDS API (JSON)",
        advice=_READ_AS_JSON,
        is_hsds=True,
    ),
    *(
        _Known(signs=signs, title="HSDS (JSON)", advice=_READ_AS_JSON, is_hsds=True)
        for signs in (
            ("organization_identifiers",),
            ("service_at_locations",),
            ("locations",),
            ("programs",),
            ("id", "name", "status"),
            ("organization_id", "name"),
        )
    ),
)
#: Ends of names of files that people give instead of tables.
_OTHER_ENDS: dict[str, str] = {
    ".xml": "XML",
    ".json": "JSON",
    ".jsonl": "JSON",
    ".xlsx": "Excel",
    ".xls": "Excel",
    ".pdf": "PDF",
    ".docx": "Word",
}


def refuse_other_format(text: str, *, name: str) -> None:
    """Stop when a text is no table, by its first character and the names in it.

    Raises:
        InputError: Says what the file is, as far as that can be told, and what to give instead.
    """
    first = _FIRST_CHARACTER.search(text)
    if first is None or first.group() not in "<{[":
        return
    start = text[:_LOOKED_AT]
    if first.group() == "<":
        title, advice = _describe_xml(start)
    elif first.group() == "[" and not re.match(r"[\ufeff\s]*\[[\s]*[\[{\]\"0-9-]", start):
        return
    else:
        title, advice = _describe_json(start)
    raise InputError(f"{name} is {title}, not a table.", advice=advice)


def _describe_xml(start: str) -> tuple[str, str]:
    root = _ROOT.search(start)
    tag = root.group(1) if root is not None else ""
    if tag == "Source":
        return "AIRS XML", "AIRS XML is read when the name of the file ends in .xml, or with --format airs."
    if tag.lower() in ("html", "head", "body") or "<!doctype html" in start[:1000].lower():
        return (
            "a web page (HTML)",
            "Perhaps the download ended on a page that asks for a password; open it in a browser and export again.",
        )
    return (
        f"XML{f' with the root element {tag}' if tag else ''}",
        f"It is not a format that is known here; {_GIVE_TABLES}.",
    )


def refuse_other_json(text: str, *, name: str) -> None:
    """Stop when a text that should be HSDS in JSON is markup, or JSON of another format that is known by sight.

    Raises:
        InputError: Says what the file is, and what to give instead.
    """
    first = _FIRST_CHARACTER.search(text)
    if first is not None and first.group() == "<":
        refuse_other_format(text, name=name)
    known = _known_json(text[:_LOOKED_AT])
    if known is not None and not known.is_hsds:
        raise InputError(f"{name} is {known.title}, not a table.", advice=known.advice)


def _known_json(start: str) -> _Known | None:
    names = set(re.findall(r'"([A-Za-z_]+)"\s*:', start))
    return next((known for known in _JSON if names.issuperset(known.signs)), None)


def _describe_json(start: str) -> tuple[str, str]:
    known = _known_json(start)
    if known is not None:
        return known.title, known.advice
    return "JSON", f"It is not a format that is known here; {_GIVE_TABLES}."


def describe_other_files(files: Iterable[str]) -> str:
    """Return what files that cannot be tables a delivery holds, such as `8 XML files`; empty when there are none."""
    counts: dict[str, int] = {}
    for file in files:
        kind = _OTHER_ENDS.get(PurePosixPath(file).suffix.lower())
        if kind is not None and PurePosixPath(file).name.lower() != "datapackage.json":
            counts[kind] = counts.get(kind, 0) + 1
    return ", ".join(f"{count:,} {kind} file{'' if count == 1 else 's'}" for kind, count in sorted(counts.items()))
