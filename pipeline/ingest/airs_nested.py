"""AIRS 3.0 and 3.1: agencies with their sites inside, and in those the services given there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pipeline.ingest.airs_cells import record_cells
from pipeline.ingest.airs_children import ADDRESSES, Child, addresses_of, children_of
from pipeline.ingest.airs_elements import Element, first_text, is_nothing, line_of, named, take_out, texts
from pipeline.ingest.airs_reading import Reading
from pipeline.ingest.airs_share import Offer

#: How this program explains a site that is none: the format has no other place for services without one. Its own export writes
#: these sentences (`pipeline.publish.airs_words`; a test compares them).
NO_SITE: tuple[str, ...] = (
    "No place of these services is named in this file.",
    "No site of this agency is named in this file.",
)
#: Parts of an address by which two are the same place.
_COMPARED = ("Line1", "Line2", "City", "ZipCode")
#: Digits of the hash in the number of a site that has none; 64 bits keep a nation's sites apart.
_HASH_DIGITS = 16


def read_agency(agency: Element, *, path: str, parent: str, reading: Reading) -> None:
    """Add an agency with everything in it.

    Args:
        agency: Its element; it is taken apart.
        path: Its place in the file, such as `agency 12`.
        parent: Number of the agency in which it stands; empty at the top.
        reading: The delivery.
    """
    if is_nothing(agency):
        return
    line = line_of(agency)
    key = reading.key_of(agency, "Key", kind="agencies", path=path, keys_are_numbers=True)
    above = _above("agency", key, path=path)
    for number, child in enumerate(named(agency, "Agency"), start=1):
        read_agency(child, path=f"{above}/agency {number}", parent=key, reading=reading)
        take_out(child)
    sites = []
    for number, site in enumerate(named(agency, "Site"), start=1):
        if not is_nothing(site):
            own = f"{above}/site {number}"
            sites.append((site, reading.key_of(site, "Key", kind="sites", path=own, keys_are_numbers=True), own))
    offices = [office for office in named(agency, "AgencyLocation") if not is_nothing(office)]
    _Sites(agency_key=key, reading=reading).write(sites, offices=offices)
    children = children_of(agency, declared=reading.declared, tally=reading.tally)
    children += _addresses_of_offices(agency, reading=reading)
    cells = record_cells(agency, tally=reading.tally) | {"=key": key, "=parent_key": parent}
    reading.write("agency", agency, line=line, cells=cells, children=children)


def _above(kind: str, key: str, *, path: str) -> str:
    """Return how the place of a record without a number begins, inside another one."""
    return path if key == path else f"{kind} {key}"


def _addresses_of_offices(agency: Element, *, reading: Reading) -> list[Child]:
    """Return the addresses of the head office; where it has become a site it is no longer in the agency."""
    return [
        child
        for office in named(agency, "AgencyLocation")
        for child in addresses_of(office, below="AgencyLocation/", declared=reading.declared)
    ]


class _Sites:
    """The sites of one agency, and the services given at them."""

    def __init__(self, *, agency_key: str, reading: Reading) -> None:
        self._agency = agency_key
        self._reading = reading
        self._offers: dict[str, list[Offer]] = {}

    def write(self, sites: list[tuple[Element, str, str]], *, offices: list[Element]) -> None:
        """Add all sites and services.

        Args:
            sites: `Site` elements with their numbers and their places in the file.
            offices: `AgencyLocation` elements.
        """
        reading = self._reading
        places: list[tuple[Element, str | None, str]] = []
        for site, key, path in sites:
            said = first_text(site, "AgencyKey")
            if said and said != self._agency:
                reading.notice("sites with the key of another agency", key)
            is_none = first_text(site, "NoPhysicalAddress/Explanation") in NO_SITE
            places.append((site, None if is_none else key, ""))
            self._gather(site, site=None if is_none else key, above=_above("site", key, path=path))
        keys = [key for _, key, _ in sites]
        known = {address for site, _, _ in sites for address in _addresses(site, *ADDRESSES)}
        for office in offices:
            number, origin = self._number_of_office(office, known=known, keys=keys)
            if number is not None:
                places.append((office, number, origin))
                reading.notice("head offices that are sites", number)
            # Where it is no site of its own, its services are given at the site it stands for, if there is one.
            own = first_text(office, "Key")
            at = number or (own if own in keys else None)
            self._gather(office, site=at, above=f"agency {self._agency}/head office")
        for key, offers in self._offers.items():
            reading.write_service(key, offers, agency=self._agency)
        for place in (*(site for site, _, _ in sites), *offices):
            for service in named(place, "SiteService"):
                if not is_nothing(service):
                    take_out(service)
        for site, number, origin in places:
            self._write(site, key=number, origin=origin)

    def _number_of_office(self, office: Element, *, known: set[str], keys: Iterable[str]) -> tuple[str | None, str]:
        """Return the number and origin of the site that a head office is; None when it is none."""
        key = first_text(office, "Key")
        own = _addresses(office, "PhysicalAddress") or _addresses(office, *ADDRESSES)
        is_new = any(address not in known for address in own)
        # In our own files it holds the addresses of the agency, and nothing else.
        if key in keys or self._reading.is_ours or not is_new:
            return None, ""
        if key:
            return key, ""
        digest = hashlib.sha256("\x1f".join([self._agency, *own]).encode()).hexdigest()
        return f"derived:{digest[:_HASH_DIGITS]}", "derived"

    def _gather(self, place: Element, *, site: str | None, above: str) -> None:
        reading = self._reading
        for number, service in enumerate(named(place, "SiteService"), start=1):
            if is_nothing(service):
                continue
            path = f"{above}/service {number}"
            key = reading.key_of(service, "Key", kind="services", path=path, keys_are_numbers=True)
            offer = Offer(
                element=service,
                line=line_of(service),
                site=site,
                cells=record_cells(service, tally=reading.tally),
                children=children_of(service, declared=reading.declared, tally=reading.tally),
            )
            self._offers.setdefault(key, []).append(offer)

    def _write(self, site: Element, *, key: str | None, origin: str) -> None:
        reading = self._reading
        line = line_of(site)
        cells = record_cells(site, tally=reading.tally)
        if key is None:
            reading.write("no_site", site, line=line, cells=cells)
        else:
            children = children_of(site, declared=reading.declared, tally=reading.tally)
            about = {"=key": key, "=agency_key": self._agency} | ({"=origin": origin} if origin else {})
            reading.write("site", site, line=line, cells=cells | about, children=children)
        take_out(site)


def _addresses(place: Element, *kinds: str) -> list[str]:
    """Return the addresses with a street, in a form in which equal ones are equal."""
    return [
        "|".join(" ".join(" ".join(texts(address, part)).split()).casefold() for part in _COMPARED)
        for address in named(place, *kinds)
        if first_text(address, "Line1")
    ]
