"""What the readers of the nested and of the flat versions of AIRS share: one delivery being read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from pipeline.ingest.airs_children import Child
from pipeline.ingest.airs_elements import Element, as_written, first_text, take_out
from pipeline.ingest.airs_rows import Collector, Place
from pipeline.ingest.airs_share import Offer, choose_main, compare

_WHOLE_NUMBER = re.compile(r"[0-9]+")


@dataclass(kw_only=True)
class Reading:
    """A delivery being read.

    Attributes:
        rows: Where the rows go.
        meant: Columns of a service at a site that mean something.
        file: Name of the XML file.
        declared: Namespace declarations of its root.
        is_ours: Whether it says that this program wrote it.
        tally: What was noticed, counted.
        examples: Numbers of records that show what was noticed.
    """

    rows: Collector
    meant: Collection[str]
    file: str = ""
    declared: re.Pattern[str] = field(default_factory=lambda: re.compile(r"(?!)"))
    is_ours: bool = False
    tally: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def notice(self, what: str, example: str) -> None:
        """Count something that is told at the end."""
        self.tally[what] += 1
        self.examples.setdefault(what, []).append(example)

    def key_of(self, record: Element, *names: str, kind: str, path: str, keys_are_numbers: bool) -> str:
        """Return the number of a record; its place in the file where it has none.

        Args:
            record: Its element.
            names: Names of the key.
            kind: What it is, for notices.
            path: Its place in the file, such as `agency 12/site 3`.
            keys_are_numbers: Whether this version wants whole numbers.
        """
        key = first_text(record, *names)
        if not key:
            self.notice(f"{kind} without key", path)
            return path
        if keys_are_numbers and not _WHOLE_NUMBER.fullmatch(key):
            self.notice(f"{kind} with a key that is no number", key)
        return key

    def write(
        self,
        table: str,
        record: Element,
        *,
        line: int,
        cells: dict[str, str],
        children: Sequence[Child] = (),
        text: str = "",
    ) -> Place:
        """Add a record and what belongs to it.

        Args:
            table: Table of the record.
            record: Its element; what belongs to it is taken out, so that raw holds every text once.
            line: Line on which it begins.
            cells: Its texts by column.
            children: What belongs to it.
            text: The record as written, when it is not to be taken from the element.
        """
        for child in children:
            take_out(child.element)
        written = text or as_written(record, declared=self.declared)
        place = self.rows.add(table, file=self.file, line=line, text=written, cells=cells)
        owner = {"=owner": cells.get("=key", ""), "=owner_kind": table}
        for child in children:
            self.rows.add(
                child.table, file=self.file, line=child.line, text=child.text, cells=child.cells | owner, of=place
            )
        return place

    def write_service(self, key: str, offers: Sequence[Offer], *, agency: str, own: Offer | None = None) -> None:
        """Add a service and where it is given.

        Args:
            key: Number of the service.
            offers: It at its places; at least one, unless it stands by itself.
            agency: Number of its agency.
            own: The service by itself, where the version has such an element. What it does not say its main place says.
        """
        main = choose_main(offers) if offers else None
        first = own or main
        if first is None:
            return
        cells, children = dict(first.cells), list(first.children)
        if own is not None and main is not None:
            said = {child.table for child in children}
            children += [child for child in main.children if child.table not in said]
            cells = main.content() | {name: text for name, text in cells.items() if text}
        about = {"=key": key, "=agency_key": agency}
        self.write("service", first.element, line=first.line, cells=cells | about, children=children)
        for offer in offers:
            short = f"<SiteService><Key>{escape(key)}</Key></SiteService>" if offer is first else ""
            self.write_link(offer, service=key, agency=agency, cells=cells, children=children, text=short)

    def write_link(
        self,
        offer: Offer,
        *,
        service: str,
        agency: str,
        cells: Mapping[str, str],
        children: Sequence[Child],
        text: str = "",
    ) -> None:
        """Add a service at a site, with what it says otherwise than the service; nothing where there is no site.

        Args:
            offer: The service at the place.
            service: Number of the service.
            agency: Number of the agency.
            cells: What the service says.
            children: What belongs to the service.
            text: As in `write`.
        """
        if offer.site is None:
            return
        override = compare(offer, cells=cells, children=children, meant=self.meant)
        self.tally["places with words of their own"] += bool(cells) and not override.is_link_only
        self.tally["values blank at a place"] += override.unsaid
        about = {
            "=key": offer.number or f"{service}:{offer.site}",
            "=service_key": service,
            "=site_key": offer.site,
            "=agency_key": agency,
            "=link_only": "true" if override.is_link_only else "false",
        }
        self.write(
            "service_at_site",
            offer.element,
            line=offer.line,
            cells=override.cells | about,
            children=override.children,
            text=text,
        )
