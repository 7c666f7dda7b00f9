"""Elements of AIRS files, found by their local names: texts, flags, cells by path, and an element as it was written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import cast

from lxml import etree

Element = etree._Element
#: What stands between several texts of one cell.
SEPARATOR = "; "
#: Attributes of this namespace speak to XML software, not about a record.
_FOR_SOFTWARE = "{http://www.w3.org/2001/XMLSchema-instance}"
YES_WORDS = ("true", "1", "yes", "y", "t")
NO_WORDS = ("false", "0", "no", "n", "f")


@lru_cache(maxsize=4_096)
def local(tag: str) -> str:
    """Return a name without its namespace.

    >>> local("{http://www.airs.org/schema/3_1/AIRS.xsd}Agency"), local("Agency")
    ('Agency', 'Agency')
    """
    return tag.rpartition("}")[2]


def line_of(element: Element) -> int:
    """Return the line on which an element begins; 1 where the parser does not know it.

    Behind line 65,535 the parser knows only where the first text inside begins, which may be a line later.
    """
    return cast("int | None", element.sourceline) or 1


def named(element: Element, *names: str) -> list[Element]:
    """Return the children with one of the local names, in the order of the file."""
    return list(element.iterchildren(*map(_anywhere, names)))


@lru_cache(maxsize=4_096)
def _anywhere(name: str) -> str:
    """Return how the parser is asked for a name in any namespace or none."""
    return f"{{*}}{name}"


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute, without or with a namespace; None when it is not there."""
    value = element.get(name)
    if value is not None or not element.attrib:
        return value
    return next((text for key, text in attributes(element) if local(key) == name), None)


def attributes(element: Element) -> list[tuple[str, str]]:
    """Return names and texts of all attributes."""
    return cast("list[tuple[str, str]]", element.attrib.items())


def text_of(element: Element) -> str:
    """Return all text of an element without outer blanks."""
    return "".join(cast("Iterator[str]", element.itertext())).strip() if len(element) else (element.text or "").strip()


def texts(element: Element, path: str) -> list[str]:
    """Return the texts at a path such as `AKA/Name` that are not blank; the last step may be an attribute.

    Args:
        element: Where the path begins.
        path: Local names.
    """
    first, _, rest = path.partition("/")
    if rest:
        return [text for child in named(element, first) for text in texts(child, rest)]
    found = [(attribute(element, first) or "").strip()]
    found += map(text_of, element.iterchildren(_anywhere(first)))
    return [text for text in found if text]


def first_text(element: Element, *paths: str) -> str:
    """Return the first text that is not blank, path after path; empty when there is none."""
    return next((text for path in paths for text in texts(element, path)), "")


def holds(element: Element, *names: str) -> bool:
    """Tell whether an element has a child or attribute of one of the names, blank or not."""
    return next(element.iterchildren(*map(_anywhere, names)), None) is not None or any(
        attribute(element, name) is not None for name in names
    )


def says_yes(text: str) -> bool:
    """Tell whether a flag says yes."""
    return text.strip().lower() in YES_WORDS


def says_no(text: str) -> bool:
    """Tell whether a flag says no."""
    return text.strip().lower() in NO_WORDS


def is_nothing(element: Element) -> bool:
    """Tell whether neither the element nor anything in it says something; such elements are written for form's sake."""
    return not text_of(element) and not any(value.strip() for part in element.iter() for _, value in attributes(part))


def cells_of(element: Element, *, without: Collection[str] = ()) -> dict[str, str]:
    """Return the texts of an element by path, such as `ResourceInfo/DateAdded`.

    Elements and attributes share one name, because versions differ in which of the two they use. Several texts at one path
    are joined by `; `; a path that is there and blank has an empty text.

    Args:
        element: The element; its own text stands under its bare name.
        without: Paths that are left out with everything below them.
    """
    found: dict[str, list[str]] = {}
    _collect(element, "", found, frozenset(without))
    return {path: SEPARATOR.join(parts) for path, parts in found.items()}


def _collect(element: Element, path: str, found: dict[str, list[str]], without: frozenset[str]) -> None:
    for name, value in attributes(element):
        key = path + local(name)
        if key not in without and not name.startswith(_FOR_SOFTWARE):
            _add(found, key, value)
    for child in element:
        key = path + local(child.tag)
        if key in without:
            continue
        if len(child) == 0 or _is_mixed(child):
            _add(found, key, text_of(child))
            if child.attrib:
                _collect_attributes(child, f"{key}/", found)
        else:
            _collect(child, f"{key}/", found, without)


def _collect_attributes(element: Element, path: str, found: dict[str, list[str]]) -> None:
    for name, value in attributes(element):
        if not name.startswith(_FOR_SOFTWARE):
            _add(found, path + local(name), value)


def _add(found: dict[str, list[str]], key: str, text: str) -> None:
    parts = found.setdefault(key, [])
    if text.strip():
        parts.append(text.strip())


def _is_mixed(element: Element) -> bool:
    """Tell whether text stands between the children: markup inside a text, which is one text."""
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def namespaces_of(root: Element) -> re.Pattern[str]:
    """Return what the declarations look like that every element would repeat when it is written alone."""
    names = "|".join(re.escape(uri) for uri in root.nsmap.values()) or r"(?!)"
    return re.compile(rf' xmlns(?::[\w.-]+)?="(?:{names})"')


def as_written(element: Element, *, declared: re.Pattern[str]) -> str:
    """Return an element as XML text, without the declarations of the root and without what stands behind it."""
    written = etree.tostring(element, encoding="unicode", with_tail=False)
    end = written.find(">")
    return declared.sub("", written[:end]) + written[end:]


def take_out(element: Element) -> None:
    """Remove an element from its parent; a text that stands behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    behind = element.tail or ""
    if behind.strip():
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + behind
        else:
            before.tail = (before.tail or "") + behind
    element.tail = None
    parent.remove(element)
