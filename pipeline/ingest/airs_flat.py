"""AIRS 4.0: agencies, sites, services, and services at sites as flat lists, joined by their ids."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

from pipeline.ingest.airs_cells import record_cells
from pipeline.ingest.airs_children import children_of
from pipeline.ingest.airs_elements import Element, first_text, is_nothing, line_of
from pipeline.ingest.airs_reading import Reading
from pipeline.ingest.airs_share import Offer


@dataclass(kw_only=True)
class FlatLists:
    """The lists of one file; services wait for their places until all of it was read."""

    reading: Reading
    _services: dict[str, list[tuple[str, Offer]]] = field(default_factory=dict)
    _offers: dict[str, list[tuple[str, Offer]]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def take(self, element: Element, *, name: str) -> bool:
        """Add an element of one of the lists; tell whether it was one.

        Args:
            element: A child of the root.
            name: Its local name.
        """
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        if is_nothing(element):
            return True
        if name == "Agency":
            key = self._key(element, "AgencyID", kind="agencies", path=f"agency {number}")
            self._write("agency", element, key=key)
        elif name == "Site":
            key = self._key(element, "ID", kind="sites", path=f"site {number}")
            self._write("site", element, key=key)
        elif name == "Service":
            key = self._key(element, "ID", kind="services", path=f"service {number}")
            self._services.setdefault(key, []).append(
                (first_text(element, "AgencyID"), self._offer(element, number=""))
            )
        elif name == "SiteService":
            key = self._key(element, "ID", kind="services at sites", path=f"service at site {number}")
            pair = (first_text(element, "AgencyID"), self._offer(element, number=key))
            self._offers.setdefault(first_text(element, "ServiceID"), []).append(pair)
        else:
            return False
        return True

    def finish(self) -> None:
        """Add the services with their places."""
        for key, found in self._services.items():
            places = [offer for _, offer in self._offers.pop(key, [])]
            for agency, own in found:
                self.reading.write_service(key, places, agency=agency, own=own)
                # A second service of the same number has no places of its own.
                places = []
        for service, offers in self._offers.items():
            # Their service is not in the file: all that is known stands with the place.
            for agency, offer in offers:
                self.reading.write_link(offer, service=service, agency=agency, cells={}, children=[])

    def _key(self, element: Element, name: str, *, kind: str, path: str) -> str:
        return self.reading.key_of(element, name, kind=kind, path=path, keys_are_numbers=False)

    def _write(self, table: str, element: Element, *, key: str) -> None:
        reading = self.reading
        line = line_of(element)
        cells = record_cells(element, tally=reading.tally) | {"=key": key}
        if table == "site":
            cells["=agency_key"] = first_text(element, "AgencyID")
        children = children_of(element, declared=reading.declared, tally=reading.tally)
        reading.write(table, element, line=line, cells=cells, children=children)

    def _offer(self, element: Element, *, number: str) -> Offer:
        reading = self.reading
        line = line_of(element)
        # The stream lets go of its elements; this one has to wait for the end of the file.
        element = deepcopy(element)
        return Offer(
            element=element,
            line=line,
            site=first_text(element, "SiteID"),
            number=number,
            cells=record_cells(element, tally=reading.tally),
            children=children_of(element, declared=reading.declared, tally=reading.tally),
        )
