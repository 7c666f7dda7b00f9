"""XML of a delivery as a stream of elements, safe to read whoever wrote it and never a whole tree in memory.

No document type, no entities of its own, no network: an AIRS file needs none of them, and each is a way to make a reader
open other files or fill the memory. One record at a time is a tree; it is let go before the next is asked for.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from schemas.errors import InputError

#: Local name of the root of every AIRS file, whatever its version.
ROOT = "Source"
#: Elements below the root that hold records; nested ones of the same names are left where they are.
RECORDS: tuple[str, ...] = ("Agency", "Site", "Service", "SiteService", "ServiceGroup")
#: Bytes in which the root must begin (project choice); comments before it are short.
_LOOKED_AT = 1_000_000
#: Bytes handed to the parser at once (measured: larger ones are not faster).
_PIECE_BYTES = 1_000_000
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEFORE_ROOT = re.compile(r"[\ufeff\s]+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_FIRST_NAME = re.compile(r"<(!DOCTYPE\s+)?(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)", re.IGNORECASE)
#: What the parser says beside what the fault is: the place, which is told apart, and a way round its limits, which are meant.
_ASIDE = re.compile(r"\s*,? line \d+, column \d+\s*$|,? (?:use|try) XML_PARSE_HUGE(?: option)?")
#: Old database tools end a file with it.
_END_MARK = b"\x1a"


@dataclass(frozen=True, kw_only=True)
class Prolog:
    """What stands at the beginning of a file.

    Attributes:
        text: The beginning as text, for messages about other formats.
        root: Local name of the root element; empty when the file is no XML.
        has_document_type: Whether a document type (DTD) is declared.
    """

    text: str
    root: str
    has_document_type: bool


def read_prolog(data: bytes) -> Prolog:
    """Return what a file begins with; only its first bytes are looked at and nothing is parsed.

    With a document type the root is the one that it names.
    """
    head = data[:_LOOKED_AT]
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
    text = head.decode(encoding, errors="replace")
    place = 0
    while (passed := _BEFORE_ROOT.match(text, place)) is not None:
        place = passed.end()
    found = _FIRST_NAME.match(text, place)
    if found is None:
        return Prolog(text=text, root="", has_document_type=False)
    return Prolog(text=text, root=found.group(2), has_document_type=found.group(1) is not None)


def read_elements(data: bytes, *, name: str) -> Iterator[etree._Element]:
    """Yield each child of the root when it is complete, in the order of the file.

    An element is gone when the next is asked for; whoever needs something of it copies that. Comments and processing
    instructions are passed over.

    Args:
        data: The whole file.
        name: File name for messages.

    Raises:
        InputError: The XML is broken (told with line and column), or declares a document type.
    """
    refuse_document_type(read_prolog(data), name=name)
    data = data.rstrip(_END_MARK)
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{record}" for record in RECORDS],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        for start in range(0, len(data), _PIECE_BYTES):
            parser.feed(data[start : start + _PIECE_BYTES])
            for _, element in cast("Iterator[tuple[str, etree._Element]]", parser.read_events()):
                parent = element.getparent()
                if parent is None or parent.getparent() is not None:
                    continue
                yield from _finished(parent, until=element, name=name)
        root = parser.close()
    except etree.XMLSyntaxError as fault:
        raise _broken(fault, parser.feed_error_log, data=data, name=name) from fault
    yield from _finished(root, until=None, name=name)


def _finished(root: etree._Element, *, until: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """Yield the children of the root that were not yielded yet, and let go of them one after the other.

    The last one stays, emptied, until more has been read: the parser may still be adding to what stands behind it.
    """
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type(name)
    for child in list(root):
        if child.get(_DONE) is None:
            yield child
            child.clear(keep_tail=True)  # type: ignore[call-arg]  # the stubs are older than the library
            child.set(_DONE, "")
        if child is until:
            break
    while len(root) and root[0] is not until and root[0].get(_DONE) is not None:
        del root[0]


#: Mark of an element that has been yielded; no XML name begins so, and it is set on emptied elements only.
_DONE = "resdir-done"


def refuse_document_type(prolog: Prolog, *, name: str) -> None:
    """Stop when a file declares a document type; web pages do, and are told by their root.

    Raises:
        InputError: It does.
    """
    if prolog.has_document_type and prolog.root.lower() != "html":
        raise _document_type(name)


def _document_type(name: str) -> InputError:
    return InputError(
        f"{name} declares a document type (DOCTYPE). AIRS has none, and with one a file can make its reader open other "
        "files or fill the memory; it is not read.",
        advice="Ask where the file comes from; if it is an export, let it be written without a DOCTYPE.",
    )


def _broken(fault: etree.XMLSyntaxError, log: etree._ListErrorLog, *, data: bytes, name: str) -> InputError:
    line, column, message = *fault.position, fault.msg or ""
    if not line and log:
        # Some faults are only noted on the way, and the parser then complains of having got nothing.
        line, column, message = log[0].line, log[0].column, log[0].message
    reason = _ASIDE.sub("", message).strip() or "it is no XML"
    advice = "Export again; a file that breaks at the same place again is a fault of the software that writes it."
    if "bytes" in reason or "encoding" in reason.lower():
        advice = "It is written in another encoding than its first line names; correct that line or export again."
    elif "limit" in reason or "depth" in reason:
        advice = "No directory has texts as long or elements as deep as that; ask where the file comes from."
    elif "Premature end" in reason or _is_at_end(data, line=line, column=column):
        advice = "The file ends too early: copy or export it again."
    return InputError(
        f"{name}, line {line:,}, column {column:,}: the XML cannot be read: {reason}.",
        advice=f"Nothing of it was read. {advice}",
    )


def _is_at_end(data: bytes, *, line: int, column: int) -> bool:
    return line > data.count(b"\n") and column >= len(data) - data.rfind(b"\n") - 1
