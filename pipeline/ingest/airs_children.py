"""What belongs to a record of an AIRS file: phones, addresses, contacts, taxonomy codes and hours, one row per element."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from pipeline.ingest.airs_elements import (
    SEPARATOR,
    Element,
    as_written,
    attribute,
    cells_of,
    first_text,
    is_nothing,
    line_of,
    named,
    says_yes,
    texts,
)
from schemas.taxonomy_code import CODE

DAYS: tuple[str, ...] = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
ADDRESSES: tuple[str, ...] = ("PhysicalAddress", "MailingAddress", "OtherAddress")
#: Paths below a record of which rows of their own are made.
TAKEN: tuple[str, ...] = (
    "Phone",
    *ADDRESSES,
    "Contact",
    "ResourceInfo/Contact",
    "Taxonomy",
    *(f"TimeOpen/{day}" for day in DAYS),
    "OpenHours",
)
#: Parts of a second say nothing about opening hours, and no clock shows them.
_PARTS_OF_SECOND = re.compile(r"(?<=:[0-9]{2})\.[0-9]+")


@dataclass(frozen=True, kw_only=True)
class Child:
    """A row that belongs to a record.

    Attributes:
        table: Its table.
        element: Its element.
        line: Line on which it begins.
        text: The element as written.
        cells: Texts by column.
    """

    table: str
    element: Element
    line: int
    text: str
    cells: dict[str, str]


def children_of(record: Element, *, declared: re.Pattern[str], tally: Counter[str]) -> list[Child]:
    """Return what belongs to a record, in the order of the file.

    Args:
        record: The element of the record.
        declared: Namespace declarations of the root, which no element repeats.
        tally: What was noticed is counted there.
    """
    found = [
        *_phones(record, tally=tally),
        *_addresses(record),
        *_contacts(record),
        *_links(record, tally=tally),
        *_hours(record),
    ]
    return [_as_child(*one, declared=declared) for one in found]


def addresses_of(place: Element, *, below: str, declared: re.Pattern[str]) -> list[Child]:
    """Return the addresses in an element inside a record, as those of the record.

    Args:
        place: The element.
        below: What stands before the slot.
        declared: As above.
    """
    found = _addresses(place)
    return [
        _as_child(table, element, cells | {"=slot": below + cells["=slot"]}, declared=declared)
        for table, element, cells in found
    ]


def _as_child(table: str, element: Element, cells: dict[str, str], *, declared: re.Pattern[str]) -> Child:
    text = as_written(element, declared=declared)
    return Child(table=table, element=element, line=line_of(element), text=text, cells=cells)


#: Table, element and cells of a row.
_Row = tuple[str, Element, dict[str, str]]


def _phones(record: Element, *, tally: Counter[str]) -> Iterator[_Row]:
    for slot, phone in _slots(named(record, "Phone"), "Phone"):
        cells = cells_of(phone)
        number = cells.get("PhoneNumber") or cells.get("Phone")
        tally["phones"] += 1
        tally["phones without number"] += not number
        tally["phones withheld"] += bool(cells.get("ReasonWithheld") and not number)
        if not cells:
            continue
        worked_out = {
            "=slot": slot,
            "=type": "toll_free" if says_yes(cells.get("TollFree", "")) else cells.get("Type", ""),
        }
        yield "phone", phone, cells | worked_out | _private(phone, cells)


def _addresses(record: Element) -> Iterator[_Row]:
    directions = _directions(record)
    for kind in ADDRESSES:
        for slot, address in _slots(named(record, kind), kind):
            if is_nothing(address):
                continue
            cells = cells_of(address)
            cells |= {"=kind": kind, "=slot": slot} | _private(address, cells)
            if kind == "PhysicalAddress" and directions:
                cells["=directions"] = directions
                directions = ""
            yield "address", address, cells


def _directions(record: Element) -> str:
    streets = " and ".join(texts(record, "CrossStreet"))
    said = [*texts(record, "PhysicalLocationDescription"), *texts(record, "Directions")]
    return SEPARATOR.join([*said, *([f"Cross streets: {streets}"] if streets else [])])


def _private(element: Element, cells: Mapping[str, str]) -> dict[str, str]:
    """Return what is said about privacy: yes where a reason is given for withholding, whatever the flag says.

    Nothing when nothing is said. In 4.0 the flag is an element, and reason and value may stand side by side: there the flag alone
    counts.
    """
    flag = cells.get("Confidential")
    if cells.get("ReasonWithheld") and (flag is None or attribute(element, "Confidential") is not None):
        return {"=private": "true"}
    return {} if flag is None else {"=private": flag}


def _contacts(record: Element) -> Iterator[_Row]:
    for slot, contact in _slots(named(record, "Contact"), "Contact"):
        yield from _contact(contact, slot=slot, role=first_text(contact, "Type", "ContactType"))
    updates = [contact for info in named(record, "ResourceInfo") for contact in named(info, "Contact")]
    for slot, contact in _slots(updates, "ResourceInfo/Contact"):
        # Whatever it is called: who is asked about the record.
        yield from _contact(contact, slot=slot, role="main")


def _contact(contact: Element, *, slot: str, role: str) -> Iterator[_Row]:
    if is_nothing(contact):
        return
    phones = [_callable_number(phone) for phone in named(contact, "Phone", "ContactPhone")]
    emails = [
        *texts(contact, "Email/Address"),
        *texts(contact, "ContactEmail"),
        *(text for text in texts(contact, "Email") if not texts(contact, "Email/Address")),
    ]
    worked_out = {
        "=slot": slot,
        "=role": role,
        "=phone": SEPARATOR.join(phone for phone in phones if phone),
        "=email": SEPARATOR.join(emails),
    }
    yield "contact", contact, cells_of(contact) | worked_out


def _callable_number(phone: Element) -> str:
    """Return the number of a contact with its extension; empty when it is confidential."""
    cells = cells_of(phone)
    number, extension = cells.get("PhoneNumber") or cells.get("Phone", ""), cells.get("Extension", "")
    if says_yes(_private(phone, cells).get("=private", "")):
        return ""
    if not number or not extension:
        return number
    return f"{number} {extension if extension[:1].lower() in 'ex' else f'ext. {extension}'}"


def _links(record: Element, *, tally: Counter[str]) -> Iterator[_Row]:
    for slot, link in _slots(named(record, "Taxonomy"), "Taxonomy"):
        written = [(child.text or "").strip() for child in named(link, "Code", "TaxonomyCode")]
        codes = [code for code in written if CODE.fullmatch(code)]
        tally["codes"] += len(written)
        tally["codes empty"] += written.count("")
        tally["codes of their own"] += len(written) - written.count("") - len(codes)
        if is_nothing(link):
            continue
        cells = cells_of(link) | {"=slot": slot, "=codes": " * ".join(codes)}
        terms = texts(link, "TaxonomyTerm")
        if terms:
            cells["=terms"] = " * ".join(terms) if codes else ""
        yield "taxonomy", link, cells


def _hours(record: Element) -> Iterator[_Row]:
    for slot, times in _slots(named(record, "TimeOpen"), "TimeOpen"):
        for day in DAYS:
            yield from _spans(named(times, day), day=day, slot=f"{slot}/{day}", opens="From", closes="To")
    for slot, times in _slots(named(record, "OpenHours"), "OpenHours"):
        day = first_text(times, "dayOpen", "DayOpen")
        yield from _spans([times], day=day, slot=slot, opens="TimeOpens", closes="TimeCloses")


def _spans(days: list[Element], *, day: str, slot: str, opens: str, closes: str) -> Iterator[_Row]:
    number = 0
    for element in days:
        for start, end in zip_longest(texts(element, opens), texts(element, closes), fillvalue=""):
            number += 1
            cells = {
                "=slot": f"{slot}[{number}]",
                "=weekday": day,
                "=opens": _PARTS_OF_SECOND.sub("", start),
                "=closes": _PARTS_OF_SECOND.sub("", end),
            }
            yield "schedule", element, cells


def _slots(elements: list[Element], name: str) -> Iterator[tuple[str, Element]]:
    """Yield the elements with what tells each from its siblings: its place among them, empty ones counted."""
    for number, element in enumerate(elements, start=1):
        yield f"{name}[{number}]", element
