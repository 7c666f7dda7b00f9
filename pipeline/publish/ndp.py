"""The public directory as NDP-shaped bundles (Query V2, *Export: Organization*): one agency with everything below it.

Provisional: only what the receiver answers is known, from second hand, and not what it accepts. Nobody has certified or accepted this.

Order of work: give every record its id, decide what a bundle can hold, then go through the bundles some at a time: make their tables,
check them, note what has no counterpart. The files are made the same way when they are written, so that memory does not grow with the
directory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial

import polars as pl

from pipeline.publish.export_package import ExportPackage, check_counts, withheld_records
from pipeline.publish.ndp_block import Remarks, Source, read_blocks
from pipeline.publish.ndp_checks import NdpChecks
from pipeline.publish.ndp_faults import NdpWarnings
from pipeline.publish.ndp_files import NdpContent, write_bundles
from pipeline.publish.ndp_ids import owner_prefixes, record_ids, removed_ids
from pipeline.publish.ndp_owners import ndp_owners
from pipeline.publish.ndp_selection import NdpSelection, select_bundles
from pipeline.publish.ndp_shape import RECORD_OBJECTS
from pipeline.publish.ndp_tables import NdpContext, block_tables
from pipeline.publish.ndp_taxonomy import read_links
from pipeline.publish.ndp_words import ndp_words
from pipeline.publish.preflight import Fault, Preflight
from pipeline.publish.public_directory import PublicDirectory
from pipeline.publish.working_ahead import worked_ahead
from schemas.enumerations import WithheldReason
from schemas.ndp_parameters import NdpParameters

VERSION = "V2"
#: What the manifest says of the target, beside its name on the command line.
NOTES: Mapping[str, str] = {"target_name": "ndp-v2-organization-bundle", "status": "provisional"}


def package_ndp(
    public: PublicDirectory,
    *,
    parameters: NdpParameters,
    run_id: str,
    withhold: bool = True,
    removed: pl.DataFrame | None = None,
    term_names: Mapping[str, str] | None = None,
) -> ExportPackage:
    """Return the package of bundles.

    Args:
        public: What may leave; nothing else is read.
        parameters: Codes and names of owners, further words, whether every bundle has a file of its own.
        run_id: The run, named in the manifest.
        withhold: Whether agencies and services without a name are left out and listed. Otherwise they are written, and the pre-flight
            has errors. What has no bundle to stand in is left out and listed in either case.
        removed: Records that are gone since the last export (`kind`, `center_id`, `record_uid`, `native_id`), listed by id in
            `removed.jsonl`; None when that is not asked.
        term_names: Names of taxonomy terms by code, from a licensed list; None: only codes are written.

    Returns:
        The package. Every record of the delivery is in it or in its withheld list.

    Raises:
        UsageError: A center has no code that could stand before its numbers, or a word of the settings stands for one that the
            receiver does not have.
        ContractError: A record is neither written nor listed, or both: a bug of ours.
    """
    gone = [] if removed is None else sorted(removed["center_id"].unique())
    prefixes = owner_prefixes(public, parameters=parameters, further_centers=gone)
    ids = record_ids(public, prefixes=prefixes)
    selection = select_bundles(public, ids, withhold=withhold)
    context = NdpContext(
        words=ndp_words(parameters.words),
        owners=ndp_owners(public, parameters=parameters, prefixes=prefixes),
        links=read_links(public.taxonomy_link, term_names),
    )
    rows: Counter[str] = Counter()
    left_out = Counter(public.removed)
    checks, warnings = NdpChecks(words=context.words), NdpWarnings()

    def work(source: Source) -> tuple[dict[str, pl.DataFrame], Remarks]:
        remarks = Remarks()
        return block_tables(source, context, remarks), remarks

    for tables, remarks in worked_ahead(work, read_blocks(public, selection)):
        checks.ask(tables)
        warnings.take(remarks)
        left_out.update(remarks.removed)
        rows.update({name: frame.height for name, frame in tables.items()})
    errors = (*checks.faults(), *(() if withhold else _homeless(selection)))
    return check_counts(
        ExportPackage(
            target="ndp",
            version=VERSION,
            run_id=run_id,
            public=public,
            written=_written(public, selection),
            names=RECORD_OBJECTS,
            withheld=withheld_records(public.selection, later=selection.later.drop("id")),
            rows=dict(sorted(rows.items())),
            removed_values={reason: count for reason, count in sorted(left_out.items()) if count},
            preflight=Preflight(errors=errors, warnings=warnings.faults(selection)),
            settings=parameters.model_dump(mode="json"),
            write_files=partial(
                write_bundles,
                content=NdpContent(
                    public=public,
                    selection=selection,
                    context=context,
                    per_organization_files=parameters.per_organization_files,
                    removed=None if removed is None else removed_ids(removed, ids, prefixes=prefixes),
                ),
            ),
            notes={**NOTES, "owner_codes": prefixes},
        )
    )


def _written(public: PublicDirectory, selection: NdpSelection) -> pl.DataFrame:
    frames = public.records()
    return pl.concat(
        [
            pl.DataFrame({"record_uid": frames[kind]["record_uid"][keys["row"]]}).select(
                pl.lit(kind).alias("kind"), "record_uid"
            )
            for kind, keys in selection.records.items()
        ]
    )


def _homeless(selection: NdpSelection) -> tuple[Fault, ...]:
    """Return one error per kind of record that has no bundle to stand in, for those who want to withhold nothing."""
    missing = selection.later.filter(pl.col("later") == WithheldReason.PARENT_MISSING)
    found = missing.group_by("kind").agg(pl.len(), pl.col("id").min()).sort("kind")
    return tuple(
        Fault(
            table=RECORD_OBJECTS[kind],
            column="idOrganization",
            check="parent",
            message="A record has no agency in the export, or a link names a record of another agency: no bundle can hold it.",
            count=count,
            example=example,
        )
        for kind, count, example in found.iter_rows()
    )
