"""What tests of NDP-shaped bundles start from: the small directory as a package, and its bundles as a receiver reads them."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.publish.export_package import ExportPackage
from pipeline.publish.ndp import package_ndp
from pipeline.publish.public_directory import PublicDirectory, make_public
from pipeline.publish.public_records import Selection
from schemas.contract import empty_table
from schemas.directory import Directory
from schemas.export_parameters import ExportParameters
from schemas.ndp_parameters import NdpParameters
from schemas.parameters import PrivacyParameters
from schemas.quality import Finding

AS_OF = date(2026, 11, 20)
#: Code of the one center of the small directory.
OWNER = NdpParameters(owner_code="211test")


def public_of(directory: Directory, *, as_of: date = AS_OF, withhold: bool = True) -> PublicDirectory:
    """What may leave, with the settings a center starts from."""
    return make_public(
        directory,
        findings=empty_table(Finding),
        as_of=as_of,
        parameters=ExportParameters(),
        privacy=PrivacyParameters(),
        withhold=withhold,
    )


def package_of(public: PublicDirectory, *, parameters: NdpParameters = OWNER, **options: Any) -> ExportPackage:
    """The package of what may leave."""
    return package_ndp(public, parameters=parameters, run_id="run-1", **options)


def written(package: ExportPackage, name: str = "organizations.jsonl") -> bytes:
    """The bytes of one written file."""
    with tempfile.TemporaryDirectory() as folder:
        package.write_files(Path(folder))
        return (Path(folder) / name).read_bytes()


def bundles_of(package: ExportPackage) -> list[dict[str, Any]]:
    """The bundles as a receiver reads them."""
    return [json.loads(line) for line in written(package).splitlines()]


def only(items: list[dict[str, Any]], **where: Any) -> dict[str, Any]:
    """The one object with these members."""
    (found,) = [item for item in items if all(item[name] == value for name, value in where.items())]
    return found


def changed(public: PublicDirectory, table: str, **columns: Any) -> PublicDirectory:
    """What may leave with columns of one table replaced (a list: one value per row), for words that cannot come so far by themselves."""
    frame = getattr(public, table)
    values = {name: value if isinstance(value, list) else [value] * frame.height for name, value in columns.items()}
    replaced = frame.with_columns(pl.Series(name, given, dtype=frame.schema[name]) for name, given in values.items())
    return PublicDirectory(**{**vars(public), table: replaced})


def parted(public: PublicDirectory, count: int) -> list[PublicDirectory]:
    """What may leave in parts of whole families: agencies with all their records, and those tied to them by links or parents.

    What stays inside, and what was taken out of texts, is told with the first part.
    """
    home = {
        (kind, row["record_uid"]): row["agency_uid"] or row["record_uid"]
        for kind in ("agency", "site", "service")
        for row in getattr(public, kind).select("record_uid", "agency_uid").to_dicts()
    }
    head = {node: node for node in home.values()}

    def family(node: str) -> str:
        while head[node] != node:
            node = head[node]
        return node

    ties = [(row["agency_uid"], row["parent_uid"]) for row in public.agency.to_dicts() if row["parent_uid"]]
    for row in public.service_at_site.to_dicts():
        service, site = home["service", row["service_uid"]], home["site", row["site_uid"]]
        home["service_at_site", row["record_uid"]] = service
        ties.append((service, site))
    for one, other in ties:
        head[family(one)] = family(other)
    order = {node: place for place, node in enumerate(sorted({family(node) for node in head}))}
    part = {record: order[family(node)] % count for record, node in home.items()}
    return [_part(public, number, part) for number in range(count)]


def _part(public: PublicDirectory, number: int, part: dict[tuple[str, str], int]) -> PublicDirectory:
    def kept(frame: pl.DataFrame, kinds: list[str], uids: list[str], *, otherwise: int | None = None) -> pl.DataFrame:
        here = [part.get(record, otherwise) == number for record in zip(kinds, uids, strict=True)]
        return frame.filter(pl.Series(here, dtype=pl.Boolean))

    tables = {
        name: kept(frame, frame["owner_kind"].to_list(), frame["owner_uid"].to_list())
        if "owner_uid" in frame.columns
        else kept(frame, [name] * frame.height, frame["record_uid"].to_list())
        for name, frame in public.tables().items()
    }
    verdicts = public.selection.records
    records = kept(verdicts, verdicts["kind"].to_list(), verdicts["record_uid"].to_list(), otherwise=0)
    return PublicDirectory(
        **{
            **vars(public),
            **tables,
            "selection": Selection(records=records),
            "removed": public.removed if number == 0 else {},
            "center_ids": tuple(sorted(records["center_id"].unique())),
        }
    )
