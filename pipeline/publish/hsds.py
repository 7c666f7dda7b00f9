"""The public package in HSDS 3.1: which records leave, as which rows, without any private value.

Order of work: decide which records may leave, collect what is private, write the rows, take private values out of their texts,
leave out records that lack a required field (and everything under them), check the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from pipeline.publish.hsds_details import (
    accessibility_rows,
    address_rows,
    contact_rows,
    funding_rows,
    identifier_rows,
    language_rows,
    phone_rows,
    required_document_rows,
    schedule_rows,
    service_area_rows,
)
from pipeline.publish.hsds_preflight import check_package
from pipeline.publish.hsds_records import (
    location_rows,
    organization_rows,
    service_at_location_rows,
    service_rows,
    side_rows,
)
from pipeline.publish.hsds_rows import as_table
from pipeline.publish.hsds_taxonomy import taxonomy_tables
from pipeline.publish.preflight import Preflight
from pipeline.publish.public_directory import Load, PublicDirectory, make_public
from pipeline.publish.public_records import KEY, Selection
from schemas.directory import Directory
from schemas.enumerations import WithheldReason
from schemas.errors import ContractError
from schemas.hsds_tables import SIDE_TABLE, hsds_tables, hsds_version, package_descriptor
from schemas.parameters import ExportParameters, PrivacyParameters
from schemas.private_values import PrivateValues

#: Kind of record -> the table it becomes.
RECORD_TABLES: Mapping[str, str] = {
    "agency": "organization",
    "site": "location",
    "service": "service",
    "service_at_site": "service_at_location",
}
#: Columns without which a record cannot be written, beside its id and parents.
_REQUIRED = {
    "organization": ("name", "description"),
    "location": ("location_type",),
    "service": ("name", "status"),
    "service_at_location": (),
}


@dataclass(frozen=True, kw_only=True)
class HsdsPackage:
    """A package ready to be written.

    Args:
        run_id: The run it comes from.
        as_of: Day the data speaks of.
        version: Version of HSDS.
        center_ids: Centers in it, sorted.
        tables: Rows as text by table name, sorted by id.
        descriptor: Content of `datapackage.json`.
        withheld: One row per record left out: `center_id`, `record_uid`, `kind`, `reason`, `rule_id`. No values.
        removed_values: Values left out of written records, by reason.
        preflight: What the checks found.
        largest_drop_share: Share of organizations that may be fewer than in the package before without confirmation.
        private_values: What must not be found in the written files.
    """

    run_id: str
    as_of: date
    version: str
    center_ids: tuple[str, ...]
    tables: Mapping[str, pl.DataFrame]
    descriptor: Mapping[str, Any]
    withheld: pl.DataFrame
    removed_values: Mapping[str, int]
    preflight: Preflight
    largest_drop_share: float
    private_values: PrivateValues = field(repr=False)

    def records(self) -> dict[str, int]:
        """Return the number of records written, by table."""
        return {table: self.tables[table].height for table in RECORD_TABLES.values()}

    def withheld_by_reason(self) -> dict[str, int]:
        """Return the number of records left out, by reason."""
        return dict(self.withheld.group_by("reason").len().sort("reason").iter_rows())


def export_hsds(
    directory: Directory,
    *,
    findings: pl.DataFrame,
    as_of: date,
    parameters: ExportParameters,
    privacy: PrivacyParameters,
    run_id: str,
    center_ids: Sequence[str] | None = None,
    withhold: bool = True,
    load: Load | None = None,
) -> HsdsPackage:
    """Return the public package of a directory.

    Args:
        directory: The canonical tables of one or many centers.
        findings: Finding frame; findings with `is_held_back` keep their record out.
        as_of: Day the data speaks of; later dates are not written, temporary messages only while it lies in their dates.
        parameters: What the package holds.
        privacy: What of a private address may be told.
        run_id: The run, named in the manifest.
        center_ids: Centers to export; None for all.
        withhold: Whether records that lack a required field or their parent are left out and listed. Otherwise they are
            written, and the pre-flight has errors. Private records are left out always.
        load: What the directory was before agencies were merged: their private values are searched for too, and records that
            were taken up are listed as withheld, so that the counts of what was delivered add up.

    Returns:
        The package. Every record of the directory is in it or in its withheld list.

    Raises:
        ContractError: A record is in neither or in both: a bug of ours.
    """
    public = make_public(
        directory,
        findings=findings,
        as_of=as_of,
        parameters=parameters,
        privacy=privacy,
        center_ids=center_ids,
        withhold=withhold,
        load=load,
    )
    return package_hsds(public, parameters=parameters, run_id=run_id, withhold=withhold)


def package_hsds(
    public: PublicDirectory, *, parameters: ExportParameters, run_id: str, withhold: bool = True
) -> HsdsPackage:
    """Return the package of what may leave; see `export_hsds`."""
    rows, built = _rows(public, parameters=parameters)
    removed = Counter(public.removed)
    removed.update(built)
    tables = {name: as_table(rows[name], name) if name in rows else as_table(_NO_ROWS, name) for name in hsds_tables()}
    incomplete = _incomplete(tables) if withhold else {}
    tables = _without(tables, incomplete)
    tables = _drop_dangling(tables, removed)
    package = HsdsPackage(
        run_id=run_id,
        as_of=public.as_of,
        version=hsds_version(),
        center_ids=public.center_ids,
        tables=tables,
        descriptor=package_descriptor(),
        withheld=_withheld(public.selection, incomplete),
        removed_values={reason: count for reason, count in sorted(removed.items()) if count},
        preflight=check_package(tables),
        largest_drop_share=parameters.largest_agency_drop_share,
        private_values=public.private_values,
    )
    _assert_complete(package, public.selection)
    return package


_NO_ROWS = pl.DataFrame(schema={"id": pl.String})


def _rows(public: PublicDirectory, *, parameters: ExportParameters) -> tuple[dict[str, pl.DataFrame], Counter[str]]:
    """Return the rows of all tables that have any, and what was left out of them."""
    owners = public.owners()
    removed: Counter[str] = Counter()
    rows: dict[str, pl.DataFrame] = {}

    def keep(name: str, built: tuple[pl.DataFrame, dict[str, int]]) -> None:
        rows[name] = built[0]
        removed.update(built[1])

    keep("organization", organization_rows(public.agency, parameters=parameters))
    keep("location", location_rows(public.site))
    keep("service", service_rows(public.service))
    keep("service_at_location", service_at_location_rows(public.service_at_site))
    keep("contact", contact_rows(public.contact))
    keep("phone", phone_rows(public.phone, rows["contact"]))
    keep("address", address_rows(public.address))
    rows["organization_identifier"] = identifier_rows(public.agency)
    rows["schedule"] = schedule_rows(public.schedule, owners, public.records(), parameters=parameters)
    rows["service_area"] = service_area_rows(public.service, public.service_at_site)
    rows["language"] = language_rows(public.service, public.site)
    rows["accessibility"] = accessibility_rows(public.site)
    rows["required_document"] = required_document_rows(public.service)
    rows["funding"] = funding_rows(public.agency)
    taxonomy, not_valid = taxonomy_tables(public.taxonomy_link, owners, parameters=parameters)
    rows.update(taxonomy)
    removed.update(not_valid)
    rows[SIDE_TABLE] = side_rows(public.records(), public.taxonomy_link)
    return rows, removed


def _incomplete(tables: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, str]]:
    """Return by table the ids of records to leave out now that their rows are built, with the reason."""
    incomplete = {
        table: dict.fromkeys(
            tables[table].filter(
                pl.any_horizontal(pl.lit(value=False), *(pl.col(column).is_null() for column in columns))
            )["id"],
            str(WithheldReason.REQUIRED_FIELD_MISSING),
        )
        for table, columns in _REQUIRED.items()
    }
    for table, column, parent in (
        ("location", "organization_id", "organization"),
        ("service", "organization_id", "organization"),
        ("service_at_location", "service_id", "service"),
        ("service_at_location", "location_id", "location"),
    ):
        gone = tables[table].filter(pl.col(column).is_in(list(incomplete[parent])))["id"]
        incomplete[table] |= {
            record: str(WithheldReason.PARENT_WITHHELD) for record in gone if record not in incomplete[table]
        }
    return incomplete


def _without(
    tables: Mapping[str, pl.DataFrame], incomplete: Mapping[str, Mapping[str, str]]
) -> dict[str, pl.DataFrame]:
    """Return the tables without the named records and their lines in the side file."""
    left = dict(tables)
    for table, ids in incomplete.items():
        left[table] = left[table].filter(~pl.col("id").is_in(list(ids)))
        is_gone = (pl.col("kind") == table) & pl.col("id").is_in(list(ids))
        left[SIDE_TABLE] = left[SIDE_TABLE].filter(~is_gone)
    return left


def _drop_dangling(tables: Mapping[str, pl.DataFrame], removed: Counter[str]) -> dict[str, pl.DataFrame]:
    """Return the tables without dependent rows whose owner or required text went away."""
    left = dict(tables)
    known = pl.col("parent_organization_id").is_in(left["organization"]["id"].implode())
    left["organization"] = left["organization"].with_columns(
        pl.when(known).then("parent_organization_id").alias("parent_organization_id")
    )
    for table in ("contact", "phone", "address", "organization_identifier", "schedule", "service_area", "language",
                  "accessibility", "required_document", "funding"):  # fmt: skip
        frame = left[table]
        for column in hsds_tables()[table].columns:
            if column.refers_to is not None and frame[column.name].count():
                ids = left[column.refers_to]["id"].implode()
                frame = frame.filter(pl.col(column.name).is_null() | pl.col(column.name).is_in(ids))
        required = [column.name for column in hsds_tables()[table].columns if column.required]
        complete = frame.drop_nulls(required)
        removed[f"{table}_emptied"] += frame.height - complete.height
        left[table] = complete
    left["attribute"] = _known_links(left)
    used = left["attribute"]["taxonomy_term_id"].implode()
    terms = left["taxonomy_term"].filter(pl.col("id").is_in(used))
    left["taxonomy_term"] = terms.with_columns(
        pl.when(pl.col("parent_id").is_in(terms["id"].implode())).then("parent_id").alias("parent_id")
    )
    left["taxonomy"] = left["taxonomy"].filter(pl.col("id").is_in(terms["taxonomy_id"].implode()))
    return left


def _known_links(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    known = pl.concat(
        [
            tables[table].select(pl.col("id").alias("link_id"), pl.lit(table).alias("link_entity"))
            for table in RECORD_TABLES.values()
        ]
    )
    return tables["attribute"].join(known, on=["link_id", "link_entity"], how="semi", maintain_order="left")


def _withheld(selection: Selection, incomplete: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """Return one row per record left out, sorted."""
    kinds = {table: kind for kind, table in RECORD_TABLES.items()}
    later = pl.DataFrame(
        [(kinds[table], uid, reason) for table, ids in incomplete.items() for uid, reason in ids.items()],
        schema={"kind": pl.String, "record_uid": pl.String, "later": pl.String},
        orient="row",
    )
    # Among records of one id only one copy leaves, so that id and kind name it.
    open_records = selection.records.filter(pl.col("reason").is_null()).join(
        later, on=["kind", "record_uid"], how="inner"
    )
    return (
        pl.concat(
            [
                selection.records.filter(pl.col("reason").is_not_null()),
                open_records.with_columns(pl.col("later").alias("reason")).drop("later"),
            ]
        )
        .select(*KEY, "kind", "reason", "rule_id")
        .sort("center_id", "kind", "record_uid")
    )


def _assert_complete(package: HsdsPackage, selection: Selection) -> None:
    """Check that every record is either written or listed as withheld."""
    delivered = dict(selection.records.group_by("kind").len().iter_rows())
    withheld = dict(package.withheld.group_by("kind").len().iter_rows())
    for kind, table in RECORD_TABLES.items():
        written = package.tables[table].height
        if delivered.get(kind, 0) != written + withheld.get(kind, 0):
            raise ContractError(
                f"Of {delivered.get(kind, 0)} {kind} records {written} are in the package and {withheld.get(kind, 0)} are "
                "listed as withheld; the counts must add up."
            )
