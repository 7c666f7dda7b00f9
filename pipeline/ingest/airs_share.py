"""One service that stands under several sites: what all places say is the service's, what one place says otherwise is that place's.

AIRS writes a service anew wherever it is given, under one key. Which of the places says what is meant for all is written nowhere.
Taken is what most places say alike; of equally many the one whose site sorts first, so that the order of the file does not matter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.ingest.airs_children import Child
from pipeline.ingest.airs_elements import Element, says_yes

#: Cells that say which record it is and whether it is there; each place has its own.
_OF_PLACE: frozenset[str] = frozenset({"Key", "ID", "SiteID", "ServiceID", "AgencyID", "Status", "delete"})
#: Who checked it when: the work that was done at this place.
_WORK = "ResourceInfo"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A service at one place.

    Attributes:
        element: Its element.
        line: Line on which it begins.
        site: Number of the site; None where it has none.
        number: Number of the service at the site, where the file gives one.
        cells: Texts by column.
        children: What belongs to it.
    """

    element: Element
    line: int
    site: str | None
    number: str = ""
    cells: dict[str, str]
    children: list[Child] = field(default_factory=list)

    @property
    def is_deleted(self) -> bool:
        """Whether the service is told as removed from this place."""
        return says_yes(self.cells.get("delete", ""))

    def content(self) -> dict[str, str]:
        """Return the cells without those that say which record it is."""
        return {name: text for name, text in self.cells.items() if name not in _OF_PLACE}

    def rows(self, table: str) -> list[dict[str, str]]:
        """Return the cells of what belongs to it in one table."""
        return [child.cells for child in self.children if child.table == table]


@dataclass(frozen=True, kw_only=True)
class Override:
    """What one place says otherwise than the service.

    Attributes:
        cells: Texts by column; those that say the same are left out.
        children: Rows of the tables that are not the same.
        is_link_only: Whether the place says nothing of its own.
        unsaid: Cells that are filled for the service and blank here; a place cannot take back what its service says.
    """

    cells: dict[str, str]
    children: list[Child]
    is_link_only: bool
    unsaid: int


def choose_main(offers: Sequence[Offer]) -> Offer:
    """Return the place that speaks for the service."""
    if len(offers) == 1:
        return offers[0]
    said = [_said(offer) for offer in offers]
    ranks = [
        (offer.is_deleted, -said.count(said[place]), offer.site is None, offer.site or "", offer.number, said[place])
        for place, offer in enumerate(offers)
    ]
    return offers[ranks.index(min(ranks))]


def _said(offer: Offer) -> str:
    own = sorted((name, text) for name, text in offer.cells.items() if name not in _OF_PLACE and text)
    return repr((own, [(child.table, sorted(child.cells.items())) for child in offer.children]))


def compare(offer: Offer, *, cells: Mapping[str, str], children: Sequence[Child], meant: Collection[str]) -> Override:
    """Return what a place says otherwise than its service.

    Args:
        offer: The service at the place.
        cells: What the service says.
        children: What belongs to the service.
        meant: Cells that say something about a record; others stay in raw and make no difference.
    """
    own = {name: text for name, text in offer.cells.items() if name in meant and name not in _OF_PLACE}
    other = {name: text for name, text in own.items() if text and text != cells.get(name, "")}
    tables = dict.fromkeys(child.table for child in offer.children)
    said = {name: [child.cells for child in children if child.table == name] for name in tables}
    rows = [child for child in offer.children if offer.rows(child.table) != said[child.table]]
    is_link_only = not other and not rows
    if not is_link_only:
        # A place with words of its own was checked and edited by itself.
        other |= {name: text for name, text in own.items() if name.partition("/")[0] == _WORK and text}
    kept = {name: text for name, text in offer.cells.items() if name in _OF_PLACE}
    unsaid = 0 if offer.is_deleted else sum(bool(cells.get(name)) and not text for name, text in own.items())
    return Override(cells=kept | other, children=rows, is_link_only=is_link_only, unsaid=unsaid)
