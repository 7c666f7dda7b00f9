"""Cells of AIRS records: texts by path, and beside them what has to be worked out from several elements of a record.

Names of worked-out cells begin with `=`, so that raw shows which texts are the file's own words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.ingest.airs_areas import units_of
from pipeline.ingest.airs_children import TAKEN
from pipeline.ingest.airs_elements import (
    SEPARATOR,
    Element,
    cells_of,
    first_text,
    holds,
    named,
    says_no,
    says_yes,
    texts,
)

#: Elements in which other records stand.
_NESTED: tuple[str, ...] = ("Agency", "Site", "SiteService", "AgencyLocation")
AREAS: tuple[str, ...] = ("GeographicAreaServed", "ServiceArea")


def record_cells(record: Element, *, tally: Counter[str]) -> dict[str, str]:
    """Return the cells of an agency, site or service.

    Args:
        record: Its element, of any version.
        tally: What was noticed is counted there.
    """
    cells = cells_of(record, without=(*TAKEN, *_NESTED))
    _set(cells, "=url", record, ("URL", "InternetResource"), _websites(record)[:1])
    _set(cells, "=email", record, ("Email",), _emails(record)[:1])
    _set(cells, "=aka", record, ("AKA", "AlternateName"), _other_names(record, tally=tally))
    _set(
        cells,
        "=accreditations",
        record,
        ("LicenseAccreditation",),
        _pairs(record, "LicenseAccreditation", "License", "LicensedBy"),
    )
    _set(
        cells,
        "=documents",
        record,
        ("DocumentsRequired",),
        _pairs(record, "DocumentsRequired", "DocumentsRequired", "Title", "Description"),
    )
    _set(
        cells,
        "=intake",
        record,
        ("ApplicationProcess",),
        _pairs(record, "ApplicationProcess", "Step", "Title", "Description"),
    )
    _set(cells, "=season", record, ("Seasonal",), _seasons(record))
    _set(cells, "=special_hours", record, ("SpecialHours",), _special_hours(record))
    areas = named(record, *AREAS)
    _set(cells, "=areas", record, AREAS, list(dict.fromkeys(unit for area in areas for unit in units_of(area))))
    names = ("Description", "CustomAreaLabel", "Name")
    _set(
        cells,
        "=area_text",
        record,
        AREAS,
        [text for area in areas for name in names for text in texts(area, name)][:_MOST],
    )
    return cells | _place(record) | _ages(record)


#: Texts of areas are joined once each; a service with more than this many elements of one is no service (project choice).
_MOST = 1_000


def _set(cells: dict[str, str], name: str, record: Element, elements: Iterable[str], found: list[str]) -> None:
    """Fill a cell where the record has one of the elements, be they blank: what is there and blank is not the same as not there."""
    if holds(record, *elements):
        cells[name] = SEPARATOR.join(dict.fromkeys(found))


def _websites(record: Element) -> list[str]:
    return [
        *texts(record, "URL/Address"),
        *texts(record, "InternetResource/URL"),
        *texts(record, "InternetResource/Url"),
        *(
            text
            for element in named(record, "URL")
            if not len(element)
            for text in [(element.text or "").strip()]
            if text
        ),
    ]


def _emails(record: Element) -> list[str]:
    plain = [(element.text or "").strip() for element in named(record, "Email") if not len(element)]
    return [*texts(record, "Email/Address"), *(text for text in plain if text)]


def _other_names(record: Element, *, tally: Counter[str]) -> list[str]:
    """Return the other names; one that is marked as confidential stays in raw."""
    found = []
    for element in named(record, "AKA", "AlternateName"):
        name = first_text(element, "Name", "AlternateName")
        flag = first_text(element, "Confidential")
        if name and flag and not says_no(flag):
            tally["names kept inside"] += 1
        elif name:
            found.append(name)
    return found


def _pairs(record: Element, name: str, *parts: str) -> list[str]:
    """Return one text per element: the last part explains the first that is there, as in `Proof of income: pay stub`."""
    found = []
    for element in named(record, name):
        head, explained = first_text(element, *parts[:-1]), first_text(element, parts[-1])
        if not len(element):
            head = (element.text or "").strip()
        found.append(": ".join(dict.fromkeys(text for text in (head, explained) if text)))
    return [text for text in found if text]


def _seasons(record: Element) -> list[str]:
    found = []
    for element in named(record, "Seasonal"):
        own = (element.text or "").strip()
        days = " to ".join(
            text
            for text in (
                first_text(element, "StartDate", "SpecialHoursStartDate"),
                first_text(element, "EndDate", "SpecialHoursEndDate"),
            )
            if text
        )
        found.append(", ".join(text for text in (own, first_text(element, "Description"), days) if text))
    return [text for text in found if text]


def _special_hours(record: Element) -> list[str]:
    found = []
    for element in named(record, "SpecialHours"):
        days = " to ".join(text for name in ("Start", "End") for text in texts(element, f"SpecialHours{name}Date"))
        times = " - ".join(text for name in ("Open", "Close") for text in texts(element, f"Special{name}Time"))
        if days or times:
            found.append("Special hours: " + ", ".join(text for text in (days, times) if text))
    return found


def _place(record: Element) -> dict[str, str]:
    """Return where a record is: the first point that has both figures, and whether it has a place at all."""
    found: dict[str, str] = {}
    if holds(record, "SpatialLocation"):
        points = (
            (first_text(point, "Latitude"), first_text(point, "Longitude"))
            for point in named(record, "SpatialLocation")
        )
        latitude, longitude = next((point for point in points if all(point)), ("", ""))
        found |= {"=latitude": latitude, "=longitude": longitude}
    said = named(record, "NoPhysicalAddress")
    has_none = any(
        first_text(one, "Description", "Explanation") and not says_no(first_text(one, "NoPhysicalAddress"))
        for one in said
    )
    has_none = has_none or any(says_yes(first_text(one, "NoPhysicalAddress")) for one in said)
    is_withheld = bool(texts(record, "PhysicalAddress/ReasonWithheld"))
    if has_none or is_withheld:
        # A place that is kept secret is a place all the same.
        found["=location_type"] = "physical" if is_withheld else "virtual"
    return found


def _ages(record: Element) -> dict[str, str]:
    """Return the ages of all requirements together: who fits one of them may come."""
    elements = named(record, "AgeRequirements", "AgeRequirement")
    if not elements:
        return {}
    return {
        "=minimum_age": _widest([first_text(one, "MinimumAge") for one in elements], least=True),
        "=maximum_age": _widest([first_text(one, "MaximumAge") for one in elements], least=False),
    }


def _widest(ages: list[str], *, least: bool) -> str:
    if len(set(ages)) == 1:
        return ages[0]
    figures = {float(age): age for age in ages if age.replace(".", "", 1).isdecimal()}
    if len(figures) < len(set(ages)):
        # One of them has no limit, or one that is no figure: together they have none.
        return ""
    return figures[min(figures) if least else max(figures)]
