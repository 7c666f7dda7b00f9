"""The target `airs`: AIRS XML 3.1, and 3.0 by option, that its official schema accepts.

Order of work: decide which records the format can hold, give every record its place and key, count what has no place, check; the
file itself is written block by block when it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl

from pipeline.publish.airs_agencies import record_owner
from pipeline.publish.airs_characters import find_odd_texts
from pipeline.publish.airs_checks import check_airs, keyed_elements
from pipeline.publish.airs_header import airs_header, airs_notes
from pipeline.publish.airs_join import keys_of_part
from pipeline.publish.airs_lost import count_losses
from pipeline.publish.airs_plan import AirsPlan, plan_airs, written_records
from pipeline.publish.airs_selection import not_writable
from pipeline.publish.airs_write import AirsFile
from pipeline.publish.export_package import ExportPackage, check_counts, withheld_records
from pipeline.publish.public_directory import PublicDirectory
from schemas.airs_parameters import AirsParameters
from schemas.errors import UsageError

#: Kind of record -> name under which it is counted. A service has no element of its own: its SiteService elements share its key.
NAMES: Mapping[str, str] = {
    "agency": "Agency",
    "site": "Site",
    "service": "Service",
    "service_at_site": "SiteService",
}


def package_airs(
    public: PublicDirectory,
    *,
    parameters: AirsParameters,
    center_names: Mapping[str, str],
    run_id: str,
    withhold: bool = True,
    removed: pl.DataFrame | None = None,
    software_version: str | None = None,
    shared: Mapping[str, pl.Series] | None = None,
    is_part: bool = False,
) -> ExportPackage:
    """Return the package of what may leave as AIRS XML.

    Args:
        public: What may leave.
        parameters: Version, header and layout.
        center_names: Center id -> its name for people; the id is used where there is none.
        run_id: The run, named in the manifest.
        withhold: Whether records that cannot be written are left out and listed. Otherwise the pre-flight has errors.
        removed: Records that an earlier file had: `kind`, `record_uid`, and where they are known `native_id`, `agency_uid`, `site_uid`,
            `service_uid`, `service_native_id`. Told as removed in 3.1.
        software_version: Version of this program in the header; that of the installed package when not given.
        shared: Kind -> native ids that several records of the whole directory share (`shared_numbers`), when `public` holds some of its
            records only: parts of it, or changes. Every record then has the key that it has in the file of the whole.
        is_part: Whether the file is joined with those of other parts (`join_airs`). It may then hold no agency, and `part` tells
            `owners` (codes of the record owners of its agencies), `agencies` (how many it holds) and `keys` (`keys_of_part`).

    Returns:
        The package. It writes `airs.xml` and `airs_keys.csv`.

    Raises:
        UsageError: Nobody has said which edition of the taxonomy the codes are from.
        ContractError: A record is neither written nor listed: a bug of ours.
    """
    if not parameters.taxonomy_version:
        raise UsageError(
            "An AIRS file must say from which edition of the taxonomy its codes are, and no setting tells.",
            advice='Fill taxonomy_version under [export_airs] in curation.toml, such as taxonomy_version = "2026-01-01".',
        )
    unwritable = not_writable(public, version=parameters.version)
    left_out = unwritable if withhold else unwritable.clear()
    # These look at the same frames and do not wait for each other: two cores do them in half the time.
    with ThreadPoolExecutor(max_workers=2) as workers:
        planning = workers.submit(
            plan_airs, public, left_out=left_out, parameters=parameters, removed=removed, shared=shared
        )
        losing = workers.submit(count_losses, public, left_out, version=parameters.version)
        odd = workers.submit(find_odd_texts, public).result()
        plan, losses = planning.result(), losing.result()
    written = written_records(public, left_out)
    values = Counter(public.removed)
    for counts in (losses, plan.counts, {"character_not_allowed_in_xml": odd.cells}):
        values.update(counts)
    removed_values = {reason: count for reason, count in sorted(values.items()) if count}
    owners = _owners(public, written)
    header = airs_header(
        as_of=public.as_of,
        center_ids=public.center_ids,
        owners=owners,
        parameters=parameters,
        center_names=center_names,
        software_version=software_version,
    )
    file = AirsFile(
        public=public,
        plan=plan,
        header=header,
        odd=odd,
        version=parameters.version,
        datum=parameters.datum,
        block_size=parameters.block_size,
    )
    return check_counts(
        ExportPackage(
            target="airs",
            version=parameters.version,
            run_id=run_id,
            public=public,
            written=written,
            names=NAMES,
            withheld=_withheld(public, left_out),
            rows=_rows(plan),
            removed_values=removed_values,
            preflight=check_airs(
                public,
                plan,
                unwritable=unwritable.clear() if withhold else unwritable,
                removed_values=removed_values,
                is_part=is_part,
            ),
            settings=parameters.model_dump(mode="json"),
            write_files=file.write,
            notes=airs_notes(header, keys_made=plan.keys.height),
            part=_part(plan, owners) if is_part else {},
        )
    )


def _withheld(public: PublicDirectory, left_out: pl.DataFrame) -> pl.DataFrame:
    """Return the list of what is left out, with the rule that says what is missing."""
    listed = withheld_records(public.selection, later=left_out.select("kind", "record_uid", "later"))
    rules = left_out.select("kind", "record_uid", pl.col("later").alias("reason"), pl.col("rule_id").alias("by_format"))
    return (
        listed.join(rules, on=["kind", "record_uid", "reason"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("rule_id", "by_format").alias("rule_id"))
        .drop("by_format")
    )


def _owners(public: PublicDirectory, written: pl.DataFrame) -> tuple[str, ...]:
    """Return the codes of the record owners of the agencies in the file, sorted."""
    in_file = public.agency.join(written.filter(pl.col("kind") == "agency"), on="record_uid", how="semi")
    return tuple(in_file.select(record_owner()).to_series().drop_nulls().unique().sort())


def _part(plan: AirsPlan, owners: tuple[str, ...]) -> dict[str, Any]:
    """Return what the joining of parts asks: `owners`, the number of `agencies`, and `keys` by element."""
    keys = keys_of_part({table: frame["key"] for table, frame in keyed_elements(plan).items()})
    return {"owners": owners, "agencies": plan.agencies.height, "keys": keys}


def _rows(plan: AirsPlan) -> dict[str, int]:
    """Return the number of elements, those that stand for no record and those of removed ones included."""
    return {"Agency": plan.agencies.height, "Site": plan.sites.height, "SiteService": plan.links.height}
