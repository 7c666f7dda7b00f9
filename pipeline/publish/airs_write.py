"""The file itself, block by block: at no time more than a few thousand services at sites are in memory as text."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import polars as pl

from pipeline.publish.airs_agencies import agency_elements
from pipeline.publish.airs_characters import OddTexts
from pipeline.publish.airs_header import END, FILE, KEYS, start_of
from pipeline.publish.airs_plan import OWNED, AirsPlan
from pipeline.publish.airs_services import site_services
from pipeline.publish.airs_sites import site_elements
from pipeline.publish.airs_xml import joined_by
from pipeline.publish.public_directory import PublicDirectory

#: Columns that no element is made from, or that the plan brings along: they are not copied into the blocks.
_OF_ROWS = ("center_id", "native_id", "origin", "owner_kind", "owner_uid")
_OF_RECORDS = ("center_id", "kind", "origin", "alert_from_on", "alert_to_on", "wait_time", "capacity")
_OF_SERVICES = (*_OF_RECORDS, "record_uid", "native_id", "agency_uid", "service_uid", "site_uid", "link_only", "aka", "email",
                "record_owner", "accessibility", "transportation", "accreditations")  # fmt: skip
_NOT_ASKED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(OWNED, _OF_ROWS),
    "schedule": (*_OF_ROWS, "record_uid", "slot"),
    **dict.fromkeys(("agency", "site"), _OF_RECORDS),
    **dict.fromkeys(("service", "service_at_site"), _OF_SERVICES),
}
#: Blocks that are made ready at the same time: one per core of a small machine (project choice).
_AT_ONCE = 2


@dataclass(frozen=True, kw_only=True)
class AirsFile:
    """What is written.

    Args:
        public: What may leave.
        plan: Where it stands.
        header: Attributes of `Source`, in order.
        odd: Columns that hold characters which XML forbids.
        version: Version of the format.
        datum: Datum of coordinates, for 3.0.
        block_size: Services at sites that are made ready at once.
    """

    public: PublicDirectory
    plan: AirsPlan
    header: Mapping[str, str]
    odd: OddTexts
    version: str
    datum: str
    block_size: int

    def write(self, folder: Path) -> None:
        """Write `airs.xml` and `airs_keys.csv` into a folder. The same data gives the same bytes."""
        with (folder / FILE).open("wb") as file:
            file.write(start_of(self.header, version=self.version))
            for block in self._blocks():
                file.write(block)
            file.write(END)
        self.plan.keys.write_csv(folder / KEYS, line_terminator="\n")

    def _blocks(self) -> Iterator[bytes]:
        """Return the blocks in order; the next one is made ready while one is written."""
        removal = f' delete="true" deleteOccurredDate="{self.public.as_of.isoformat()}T00:00:00Z"'
        ranges = self.plan.blocks(size=self.block_size)
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as workers:
            waiting: deque[Future[bytes]] = deque()
            for first, end in ranges:
                waiting.append(workers.submit(self._block, first, end, removal=removal))
                if len(waiting) > _AT_ONCE:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _block(self, first: int, end: int, *, removal: str) -> bytes:
        plan = self.plan
        tables = {
            name: cast("pl.DataFrame", getattr(self.public, name)).drop(columns, strict=False)
            for name, columns in _NOT_ASKED.items()
        }
        ranges = {"agency": (first, end)} | {
            kind: _within(frame, "position", first, end)
            for kind, frame in (("site", plan.sites), ("service", plan.services), ("service_at_site", plan.links))
        }
        owned = {
            (table, kind): self.odd.tidy(table, _rows(tables[table], plan.owned[table, kind], *ranges[kind]))
            for table, kinds in OWNED.items()
            for kind in kinds
        }
        agencies = plan.agencies[first:end]
        sites = _numbered(plan.sites, ranges["site"])
        links = _numbered(plan.links, ranges["service_at_site"])
        services = _numbered(plan.services, ranges["service"])
        records = {
            kind: self.odd.tidy(kind, tables[kind].select(pl.all().gather(frame["row"])))
            for kind, frame in (
                ("agency", agencies),
                ("site", sites),
                ("service", services),
                ("service_at_site", links),
            )
        }
        started = ranges["service"][0]
        at_sites = site_services(
            records["service"].with_columns(services["number"]),
            records["service_at_site"].with_columns(links["number"]),
            links.with_columns((pl.col("service_number").cast(pl.Int64) - started).alias("place")),
            owned=owned,
            areas=plan.areas,
            removal=removal,
            version=self.version,
        )
        of_agency = pl.DataFrame(
            {"position": agencies["position"], "agency_key": agencies["key"], "agency_name": records["agency"]["name"]}
        )
        in_agencies = site_elements(
            records["site"],
            sites.join(of_agency, on="position", how="left", maintain_order="left"),
            joined_by(at_sites, "site_number", "services"),
            owned=owned,
            removal=removal,
            version=self.version,
            datum=self.datum,
        )
        texts = agency_elements(
            records["agency"], agencies, in_agencies, owned=owned, removal=removal, version=self.version
        )
        return cast("bytes", texts.str.join("").cast(pl.Binary).item())


def _within(frame: pl.DataFrame, column: str, first: int, end: int) -> tuple[int, int]:
    """Return the range of rows whose value lies in a range; the frame is sorted by it."""
    values = frame[column]
    if values.is_empty():
        return 0, 0
    return int(values.search_sorted(first, side="left")), int(values.search_sorted(end, side="left"))


def _numbered(frame: pl.DataFrame, rows: tuple[int, int]) -> pl.DataFrame:
    start, end = rows
    return frame[start:end].with_columns(pl.int_range(start, end, dtype=pl.UInt32).alias("number"))


def _rows(table: pl.DataFrame, places: pl.DataFrame, first: int, end: int) -> pl.DataFrame:
    """Return the rows of a table that belong to elements of a range, with the number of the element as `owner`."""
    start, stop = _within(places, "number", first, end)
    these = places[start:stop]
    return table[these["row"]].with_columns(these["number"].alias("owner"))
