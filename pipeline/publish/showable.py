"""Which records may be named in reports and lists that people pass on."""

from __future__ import annotations

import polars as pl

from pipeline.publish.collect_private import collect_private_values
from pipeline.publish.public_records import KEY, select_public
from schemas.directory import Directory
from schemas.enumerations import RecordKind
from schemas.private_values import find_kinds


def showable_records(directory: Directory, *, findings: pl.DataFrame) -> pl.DataFrame:
    """Return the records whose name may be told: `center_id`, `record_uid`, `kind`.

    Left out are records that are private by their own flags, by a privacy rule or through their agency, service or site,
    confidential places, and records whose name itself holds a private value, such as a street. Inactive records and those
    held back for other reasons may be named: curators must find them.

    Args:
        directory: The canonical tables.
        findings: Finding frame; those of privacy rules that hold a record back make it private.
    """
    selection = select_public(directory, findings=findings, center_ids=None, withhold=True)
    values = collect_private_values(directory, selection)
    records = directory.records().select(*KEY, "kind", "agency_uid", "name", "is_confidential_place")
    confidential = records.filter((pl.col("kind") == RecordKind.AGENCY) & pl.col("is_confidential_place")).select(
        "center_id", "agency_uid"
    )
    named = (
        records.filter(~pl.col("is_confidential_place"))
        .join(selection.private(), on=[*KEY, "kind"], how="anti")
        .join(confidential, on=["center_id", "agency_uid"], how="anti")
    )
    telling = list(find_kinds(named["name"], values))
    return named.filter(~pl.col("name").is_in(telling).fill_null(value=False)).select(*KEY, "kind").sort("kind", *KEY)
