"""The public directory as NDP-shaped bundles (Query V2, *Export: Organization*): one agency with everything below it.

Provisional: only what the receiver answers is known, from second hand, and not what it accepts. Nobody has certified or accepted this.

Order of work: give every record its id, decide what a bundle can hold, then go through the bundles some at a time: make their tables,
check them, note what has no counterpart, and write them where a folder for that is given. Otherwise the files are made the same way when
they are written; in either case memory does not grow with the directory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.publish.export_package import ExportPackage, check_counts, withheld_records
from pipeline.publish.ndp_block import Remarks, Source, read_blocks
from pipeline.publish.ndp_bundles import bundle_lines
from pipeline.publish.ndp_checks import NdpChecks
from pipeline.publish.ndp_faults import NdpWarnings
from pipeline.publish.ndp_files import NdpContent, bundle_files, move_bundles, write_bundles, write_removed
from pipeline.publish.ndp_ids import record_ids, removed_ids
from pipeline.publish.ndp_overview import NdpOverview, overview_of
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
from schemas.errors import ContractError, StorageError
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
    overview: NdpOverview | None = None,
    write_into: Path | None = None,
) -> ExportPackage:
    """Return the package of bundles.

    Args:
        public: What may leave, of a whole directory or of a block of whole families of agencies; nothing else is read.
        parameters: Codes and names of owners, further words, whether every bundle has a file of its own.
        run_id: The run, named in the manifest.
        withhold: Whether agencies and services without a name are left out and listed. Otherwise they are written, and the pre-flight
            has errors. What has no bundle to stand in is left out and listed in either case.
        removed: Records that are gone since the last export (`kind`, `center_id`, `record_uid`, `native_id`), listed by id in
            `removed.jsonl`; None when that is not asked.
        term_names: Names of taxonomy terms by code, from a licensed list; None: only codes are written.
        overview: What is known of the whole when `public` is not all of it (a block, or the changes since an export): records then have
            the ids that they have in the whole. None: `public` is the whole. With `removed` it must have been asked for them too.
        write_into: An empty folder into which the files are written while the tables are checked, so that tables are made once;
            `write_files` then moves them from there, once. On the file system of the output moving costs nothing. Whoever gave the
            folder deletes it, also when this function raises or the pre-flight has errors. None: nothing is written before
            `write_files` is called.

    Returns:
        The package. Every record of the delivery is in it or in its withheld list. `part` holds what `ndp_join` wants to know:
        `record_ids` (UInt64, a hash of the id of every record written) and `words` (words without a counterpart and how often).

    Raises:
        UsageError: A center has no code that could stand before its numbers, or a word of the settings stands for one that the
            receiver does not have.
        ContractError: A record is neither written nor listed, or both, or the overview was not asked for what is gone: a bug of ours.
        StorageError: The disk refused the files in `write_into`.
    """
    if overview is None:
        overview = overview_of(public, parameters=parameters, removed=removed)
    prefixes = overview.prefixes
    gone = None if removed is None else removed_ids(removed, _in_use(overview), prefixes=prefixes)
    selection = select_bundles(public, record_ids(public, prefixes=prefixes, later=overview.later), withhold=withhold)
    context = NdpContext(
        words=ndp_words(parameters.words),
        owners=ndp_owners(overview, parameters=parameters, prefixes=prefixes),
        links=read_links(public.taxonomy_link, term_names),
    )
    rows: Counter[str] = Counter()
    left_out = Counter(public.removed)
    checks, warnings = NdpChecks(words=context.words), NdpWarnings()
    work = partial(_make, context=context, with_lines=write_into is not None)
    with _files(write_into, parameters=parameters, removed=gone) as write:
        for made in worked_ahead(work, read_blocks(public, selection)):
            write(made.ids, made.lines)
            checks.take(made.checks)
            warnings.take(made.remarks)
            left_out.update(made.remarks.removed)
            rows.update(made.rows)
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
            write_files=partial(move_bundles, written=write_into)
            if write_into is not None
            else partial(
                write_bundles,
                content=NdpContent(
                    public=public,
                    selection=selection,
                    context=context,
                    per_organization_files=parameters.per_organization_files,
                    removed=gone,
                ),
            ),
            notes={**NOTES, "owner_codes": prefixes},
            part={"record_ids": checks.hashes(), "words": warnings.shown()},
        )
    )


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What is kept of some bundles: `ids` of the organizations, their `lines` where they are wanted, and what was found."""

    ids: pl.Series
    lines: pl.Series
    rows: Mapping[str, int]
    checks: NdpChecks
    remarks: Remarks


def _make(source: Source, *, context: NdpContext, with_lines: bool) -> _Made:
    checks, remarks = NdpChecks(words=context.words), Remarks()
    tables = block_tables(source, context, remarks)
    checks.ask(tables)
    return _Made(
        ids=tables["organization"]["id"],
        lines=bundle_lines(tables) if with_lines else pl.Series(dtype=pl.String),
        rows={name: frame.height for name, frame in tables.items()},
        checks=checks,
        remarks=remarks,
    )


@contextmanager
def _files(
    folder: Path | None, *, parameters: NdpParameters, removed: pl.DataFrame | None
) -> Iterator[Callable[[pl.Series, pl.Series], None]]:
    """Give what writes some bundles into a folder; without a folder nothing is written."""
    if folder is None:
        yield lambda *_: None
        return
    try:
        if removed is not None:
            write_removed(folder, removed)
        with bundle_files(folder, per_organization_files=parameters.per_organization_files) as write:
            yield write
    except OSError as fault:
        raise StorageError(
            f"The bundles could not be written to {folder}: {fault.strerror or fault}.",
            advice="Check the free space and the rights of that folder; an earlier package is unchanged.",
        ) from fault


def _in_use(overview: NdpOverview) -> pl.DataFrame:
    if overview.taken is None:
        raise ContractError(
            "What is known of the whole directory was gathered without asking for the records that are gone."
        )
    return overview.taken


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
