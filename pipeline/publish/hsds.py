"""The public package in HSDS 3.1 or 3.0: which records leave, as which rows, without any private value.

Order of work: make what may leave (`public_directory`), write its rows, leave out records that lack a required field (and
everything under them), check the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from pipeline.publish.export_package import ExportPackage, check_counts, withheld_records
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
from pipeline.publish.hsds_files import write_tables
from pipeline.publish.hsds_join import tell_part, used_terms
from pipeline.publish.hsds_metadata import metadata_rows
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
from pipeline.publish.hsds_text_check import check_texts
from pipeline.publish.preflight import Preflight
from pipeline.publish.public_directory import Load, PublicDirectory, make_public
from pipeline.publish.working_ahead import done_together
from schemas.directory import Directory
from schemas.enumerations import WithheldReason
from schemas.export_parameters import ExportParameters
from schemas.hsds_tables import SIDE_TABLE, hsds_tables, package_descriptor
from schemas.parameters import PrivacyParameters

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
class HsdsPackage(ExportPackage):
    """A package of HSDS tables.

    Args:
        tables: Rows as text by table name, sorted by id.
        descriptor: Content of `datapackage.json`.
    """

    tables: Mapping[str, pl.DataFrame]
    descriptor: Mapping[str, Any]


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
    history: pl.DataFrame | None = None,
    term_names: Mapping[str, str] | None = None,
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
        history: `schemas.history.FieldChange` of all nights, for the table `metadata`; None for none.
        term_names: Names of terms by code, from a licensed list.

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
    return package_hsds(
        public, parameters=parameters, run_id=run_id, withhold=withhold, term_names=term_names, history=history
    )


def package_hsds(
    public: PublicDirectory,
    *,
    parameters: ExportParameters,
    run_id: str,
    withhold: bool = True,
    term_names: Mapping[str, str] | None = None,
    history: pl.DataFrame | None = None,
    terms: pl.DataFrame | None = None,
) -> HsdsPackage:
    """Return the package of what may leave; see `export_hsds`.

    Args:
        public: What may leave.
        parameters: What the package holds.
        run_id: The run, named in the manifest.
        withhold: Whether records that lack a required field are left out and listed.
        term_names: Names of terms by code, from a licensed list; asked only when the parameters say that names may be written.
        history: `schemas.history.FieldChange` of all nights, for the table `metadata`; None for none.
        terms: When this is one block of a directory: the terms of all of it (`whole_terms`). The package then holds all of them, also
            those that it does not use, and writes no archive; `hsds_join` makes one whole of such packages.
    """
    is_part = terms is not None
    rows, built = _rows(public, parameters=parameters, term_names=term_names, terms=terms)
    removed = Counter(public.removed)
    removed.update(built)
    if history is not None:
        rows["metadata"], left_out = metadata_rows(history, public, parameters=parameters)
        removed.update(left_out)
    version = parameters.hsds_version
    # Rows are given up one by one as their table is made.
    tables = done_together(
        {
            name: partial(lambda name, table: as_table(rows.pop(name, _NO_ROWS), table), name, table)
            for name, table in hsds_tables(version).items()
        }
    )
    incomplete = _incomplete(tables) if withhold else {}
    tables = _without(tables, incomplete)
    tables = _drop_dangling(tables, removed, version=version)
    if not is_part:
        tables = _drop_unused_terms(tables)
    descriptor = package_descriptor(version)
    return check_counts(
        HsdsPackage(
            target="hsds",
            version=version,
            run_id=run_id,
            public=public,
            written=_written(tables),
            names=RECORD_TABLES,
            withheld=withheld_records(public.selection, later=_later(incomplete)),
            rows={name: frame.height for name, frame in tables.items()},
            removed_values={reason: count for reason, count in sorted(removed.items()) if count},
            preflight=_preflight(tables, public, version=version),
            settings=parameters.model_dump(mode="json"),
            write_files=partial(
                write_tables,
                tables=tables,
                descriptor=descriptor,
                version=version,
                parameters=parameters.model_copy(update={"archive": False}) if is_part else parameters,
            ),
            tables=tables,
            descriptor=descriptor,
            part=tell_part(tables) if is_part else {},
        )
    )


def _preflight(tables: Mapping[str, pl.DataFrame], public: PublicDirectory, *, version: str) -> Preflight:
    checked = check_package(tables, version=version)
    return Preflight(errors=checked.errors, warnings=(*checked.warnings, *check_texts(tables, public)))


def _written(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(
        [
            tables[table].select(pl.lit(kind).alias("kind"), pl.col("id").alias("record_uid"))
            for kind, table in RECORD_TABLES.items()
        ]
    )


def _later(incomplete: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """Return the records left out because a row cannot be written: `kind`, `record_uid`, `later`."""
    kinds = {table: kind for kind, table in RECORD_TABLES.items()}
    return pl.DataFrame(
        [(kinds[table], uid, reason) for table, ids in incomplete.items() for uid, reason in ids.items()],
        schema={"kind": pl.String, "record_uid": pl.String, "later": pl.String},
        orient="row",
    )


_NO_ROWS = pl.DataFrame(schema={"id": pl.String})


def _rows(
    public: PublicDirectory,
    *,
    parameters: ExportParameters,
    term_names: Mapping[str, str] | None,
    terms: pl.DataFrame | None,
) -> tuple[dict[str, pl.DataFrame], Counter[str]]:
    """Return the rows of all tables that have any, and what was left out of them."""
    owners, records = public.owners(), public.records()
    # These look at different frames and do not wait for each other.
    built = done_together(
        {
            "organization": lambda: organization_rows(public.agency, parameters=parameters),
            "location": lambda: location_rows(public.site),
            "service": lambda: service_rows(public.service),
            "service_at_location": lambda: service_at_location_rows(public.service_at_site),
            "schedule": lambda: (schedule_rows(public.schedule, owners, records, parameters=parameters), {}),
            "contact": lambda: contact_rows(public.contact),
            "address": lambda: address_rows(public.address),
            "organization_identifier": lambda: (identifier_rows(public.agency), {}),
            "service_area": lambda: _service_areas(public, version=parameters.hsds_version),
            "language": lambda: (language_rows(public.service, public.site), {}),
            "accessibility": lambda: (accessibility_rows(public.site), {}),
            "required_document": lambda: (required_document_rows(public.service), {}),
            "funding": lambda: (funding_rows(public.agency), {}),
            SIDE_TABLE: lambda: (side_rows(records, public.taxonomy_link), {}),
        }
    )
    built["phone"] = phone_rows(public.phone, built["contact"][0])
    rows = {name: frame for name, (frame, _) in built.items()}
    removed: Counter[str] = Counter()
    for _, counts in built.values():
        removed.update(counts)
    taxonomy, not_valid = taxonomy_tables(
        public.taxonomy_link, owners, parameters=parameters, term_names=term_names or {}, terms=terms
    )
    rows.update(taxonomy)
    removed.update(not_valid)
    return rows, removed


def _service_areas(public: PublicDirectory, *, version: str) -> tuple[pl.DataFrame, dict[str, int]]:
    areas = service_area_rows(public.service, public.service_at_site)
    if version != "3.0":
        return areas, {}
    of_services = areas.filter(pl.col("service_id").is_not_null())
    return of_services, {"service_area_of_link": areas.height - of_services.height}


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
        if not ids:
            continue
        left[table] = left[table].filter(~pl.col("id").is_in(list(ids)))
        is_gone = (pl.col("kind") == table) & pl.col("id").is_in(list(ids))
        left[SIDE_TABLE] = left[SIDE_TABLE].filter(~is_gone)
    return left


def _drop_dangling(
    tables: Mapping[str, pl.DataFrame], removed: Counter[str], *, version: str
) -> dict[str, pl.DataFrame]:
    """Return the tables without dependent rows whose owner or required text went away."""
    left = dict(tables)
    known = pl.col("parent_organization_id").is_in(left["organization"]["id"].implode())
    left["organization"] = left["organization"].with_columns(
        pl.when(known).then("parent_organization_id").alias("parent_organization_id")
    )
    for table in ("contact", "phone", "address", "organization_identifier", "schedule", "service_area", "language",
                  "accessibility", "required_document", "funding"):  # fmt: skip
        frame = left[table]
        for column in hsds_tables(version)[table].columns:
            if column.refers_to is not None and frame[column.name].count():
                named = frame[column.name]
                frame = _only(frame, named.is_null() | named.is_in(left[column.refers_to]["id"].implode()))
        required = [column.name for column in hsds_tables(version)[table].columns if column.required]
        complete = frame.drop_nulls(required) if any(frame[name].null_count() for name in required) else frame
        removed[f"{table}_emptied"] += frame.height - complete.height
        left[table] = complete
    left["attribute"] = _known_links(left, "attribute", "link_id", "link_entity")
    left["metadata"] = _known_links(left, "metadata", "resource_id", "resource_type")
    return left


def _drop_unused_terms(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    used = used_terms(tables["taxonomy_term"], tables["attribute"]["taxonomy_term_id"])
    vocabulary = tables["taxonomy"].filter(pl.col("id").is_in(used["taxonomy_id"].implode()))
    return {**tables, "taxonomy_term": used, "taxonomy": vocabulary}


def _only(frame: pl.DataFrame, wanted: pl.Series) -> pl.DataFrame:
    """Return the rows wanted. Mostly all are, and nothing is copied then."""
    return frame if wanted.all() else frame.filter(wanted)


def _known_links(tables: Mapping[str, pl.DataFrame], table: str, column: str, entity: str) -> pl.DataFrame:
    """Return the rows of a table whose owner, named by kind and id, is written."""
    known = pl.concat(
        [tables[name].select(pl.col("id").alias(column), pl.lit(name).alias(entity)) for name in RECORD_TABLES.values()]
    )
    return tables[table].join(known, on=[column, entity], how="semi", maintain_order="left")
