"""All flat tables of a block of bundles."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.publish.ndp_areas import area_rows
from pipeline.publish.ndp_block import Remarks, Source
from pipeline.publish.ndp_details import address_rows, contact_rows, phone_rows, schedule_rows
from pipeline.publish.ndp_owners import NdpOwners
from pipeline.publish.ndp_records import (
    link_ids,
    location_rows,
    organization_rows,
    service_at_location_rows,
    service_rows,
    tidy_source,
)
from pipeline.publish.ndp_taxonomy import ReadLinks, taxonomy_rows
from pipeline.publish.ndp_words import NdpWords


@dataclass(frozen=True, kw_only=True)
class NdpContext:
    """What all blocks are made with.

    Args:
        words: Words of the receiver.
        owners: Codes and names of owners.
        links: What the different taxonomy links say.
    """

    words: NdpWords
    owners: NdpOwners
    links: ReadLinks


def block_tables(source: Source, context: NdpContext, remarks: Remarks) -> dict[str, pl.DataFrame]:
    """Return the objects of a block by name, without those below them.

    Names are those of the format (`organization`, `service`, `location`, `serviceAtLocation`, `phone`, `contact`, `address`,
    `schedule`, `taxonomy`, `serviceArea`). Rows of dependent objects bear `owner_id`.
    """
    words = context.words
    tidied = tidy_source(source, words)
    records = tidied.records
    ids = link_ids(records["service_at_site"])
    return {
        "organization": organization_rows(records["agency"], owners=context.owners, words=words, remarks=remarks),
        "service": _with_ends(
            service_rows(records["service"], words=words, remarks=remarks), ids["service"], "locationIds"
        ),
        "location": _with_ends(
            location_rows(records["site"], words=words, remarks=remarks), ids["location"], "serviceIds"
        ),
        "serviceAtLocation": service_at_location_rows(records["service_at_site"], remarks=remarks),
        "phone": phone_rows(tidied.owned["phone"], words=words),
        "contact": contact_rows(tidied.owned["contact"], remarks=remarks),
        "address": address_rows(tidied.owned["address"], records["site"], words=words, remarks=remarks),
        "schedule": schedule_rows(tidied, words=words, remarks=remarks),
        "taxonomy": taxonomy_rows(tidied.owned["taxonomy_link"], read=context.links, remarks=remarks),
        "serviceArea": area_rows(records["service"], words=words),
    }


def _with_ends(rows: pl.DataFrame, ids: pl.DataFrame, name: str) -> pl.DataFrame:
    joined = rows.join(ids.rename({"ids": name}), on="id", how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null(pl.lit([], dtype=pl.List(pl.String))))
