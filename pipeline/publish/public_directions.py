"""Directions and links to maps of records whose place must not be told: as private as the street itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import polars as pl

from pipeline.publish.collect_private import confidential_owners
from pipeline.publish.public_records import KEY
from schemas.directory import Directory
from schemas.enumerations import AddressKind, RecordKind
from schemas.private_values import sentences_of
from schemas.public_columns import PublicTable

#: Web pages that show a place on a map, in full and as short links.
MAPS = (
    r"(?i)(?:\bgoogle\.[a-z.]+/maps|\bmaps?\.[a-z]|\bgoo\.gl/maps|\bg\.co/maps|\bmapquest\.|\bmapq\.st/|\bbing\.com/maps|\bosm\.org/|"
    r"\bopenstreetmap\.|\bwaze\.com/|\bwhat3words\.|\bw3w\.co/|///[a-z]+\.[a-z]+\.[a-z]+|\bplus\.codes/|\bwego\.here\.com|\bhere\.com/|\bgeo:-?[0-9])"
)
_MAPS_PYTHON = re.compile(MAPS)


def placeless_records(
    directory: Directory, *, hidden_sites: pl.DataFrame, private_addresses: pl.DataFrame
) -> pl.DataFrame:
    """Return the records whose place must not be told: `kind`, `center_id`, `record_uid`.

    Those are sites that must not be located, services offered there alone, confidential records of every kind, and records with a
    physical address that is private.

    Args:
        directory: The whole load.
        hidden_sites: Sites that must not be located.
        private_addresses: Keys of addresses that must not leave.
    """
    sites = hidden_sites.select("center_id", pl.col("record_uid").alias("site_uid"))
    links = directory.service_at_site.join(sites, on=["center_id", "site_uid"], how="semi")
    elsewhere = directory.service_at_site.join(sites, on=["center_id", "site_uid"], how="anti")
    only_there = links.join(elsewhere, on=["center_id", "service_uid"], how="anti")
    addresses = directory.address.filter(pl.col("address_kind") == AddressKind.PHYSICAL).join(
        private_addresses, on=list(KEY), how="semi"
    )
    owners = pl.concat(
        [frame.select("center_id", "owner_uid", "owner_kind") for frame in (confidential_owners(directory), addresses)]
    )
    return pl.concat(
        [
            sites.select(_kind(RecordKind.SITE), "center_id", pl.col("site_uid").alias("record_uid")),
            links.select(_kind(RecordKind.SERVICE_AT_SITE), *KEY),
            only_there.select(_kind(RecordKind.SERVICE), "center_id", pl.col("service_uid").alias("record_uid")),
            owners.select(pl.col("owner_kind").alias("kind"), "center_id", pl.col("owner_uid").alias("record_uid")),
        ]
    ).unique()


def without_directions(
    frames: Mapping[str, pl.DataFrame], tables: Mapping[str, PublicTable], placeless: pl.DataFrame
) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    """Return records without directions and without links to maps, where their place must not be told, and how many went.

    Args:
        frames: Records by kind; other tables are left as they are.
        tables: Which columns are prose.
        placeless: Records as `placeless_records`.
    """
    counts: Counter[str] = Counter()
    changed = dict(frames)
    for kind in RecordKind:
        frame = frames[kind]
        marked = placeless.filter(pl.col("kind") == kind).select(*KEY, pl.lit(value=True).alias("is_placeless"))
        if marked.is_empty() or frame.is_empty():
            continue
        rows = frame.select(KEY).join(marked, on=list(KEY), how="left", maintain_order="left")
        places = rows["is_placeless"].is_not_null().arg_true()
        prose = [column for column in tables[kind].prose if column != "transportation"]
        has_map = {column: pl.col(column).str.contains(MAPS).fill_null(value=False) for column in ("url", *prose)}
        located = frame.select(pl.col("transportation", "url", *prose).gather(places))
        counted = located.select(
            pl.col("transportation").is_not_null().sum().alias("private_directions"),
            pl.sum_horizontal(mask.sum() for mask in has_map.values()).alias("private_map_link"),
        )
        counts.update(counted.row(0, named=True))
        unlocated = located.with_columns(
            pl.lit(None, dtype=pl.String).alias("transportation"),
            pl.when(~has_map["url"]).then("url").alias("url"),
            *(_without_maps(column) for column in prose),
        )
        # Only these few columns are made anew.
        changed[kind] = frame.with_columns(frame[cells.name].clone().scatter(places, cells) for cells in unlocated)
    return changed, dict(counts)


def _without_maps(column: str) -> pl.Expr:
    # Only texts with such a link are asked: few.
    return pl.col(column).map_elements(_sentences_without_maps, return_dtype=pl.String)


def _sentences_without_maps(text: str) -> str | None:
    if not _MAPS_PYTHON.search(text):
        return text
    return " ".join(part for part in sentences_of(text) if not _MAPS_PYTHON.search(part)) or None


def _kind(kind: RecordKind) -> pl.Expr:
    return pl.lit(str(kind)).alias("kind")
