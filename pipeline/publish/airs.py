"""The target `airs`: AIRS XML 3.1, and 3.0 by option, that its official schema accepts.

Order of work: decide which records the format can hold, give every record its place and key, count what has no place, check; the
file itself is written block by block when it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version as version_of

import polars as pl

from pipeline.publish.airs_agencies import record_owner
from pipeline.publish.airs_characters import find_odd_texts
from pipeline.publish.airs_checks import check_airs
from pipeline.publish.airs_lost import count_losses
from pipeline.publish.airs_plan import AirsPlan, plan_airs, written_records
from pipeline.publish.airs_selection import not_writable
from pipeline.publish.airs_write import KEYS, AirsFile
from pipeline.publish.export_package import ExportPackage, check_counts, withheld_records
from pipeline.publish.manifest import PRODUCER
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
        planning = workers.submit(plan_airs, public, left_out=left_out, parameters=parameters, removed=removed)
        losing = workers.submit(count_losses, public, left_out, version=parameters.version)
        odd = workers.submit(find_odd_texts, public).result()
        plan, losses = planning.result(), losing.result()
    written = written_records(public, left_out)
    values = Counter(public.removed)
    for counts in (losses, plan.counts, {"character_not_allowed_in_xml": odd.cells}):
        values.update(counts)
    removed_values = {reason: count for reason, count in sorted(values.items()) if count}
    header = _header(public, written, parameters, center_names=center_names, software_version=software_version)
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
                public, plan, unwritable=unwritable.clear() if withhold else unwritable, removed_values=removed_values
            ),
            settings=parameters.model_dump(mode="json"),
            write_files=file.write,
            notes={"source": dict(header), "keys_made": plan.keys.height, "keys_listed_in": KEYS},
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


def _header(
    public: PublicDirectory,
    written: pl.DataFrame,
    parameters: AirsParameters,
    *,
    center_names: Mapping[str, str],
    software_version: str | None,
) -> dict[str, str]:
    names = ", ".join(center_names.get(center, "").strip() or center for center in public.center_ids)
    in_file = public.agency.join(written.filter(pl.col("kind") == "agency"), on="record_uid", how="semi")
    owners = in_file.select(record_owner()).to_series().drop_nulls().unique().sort().to_list()
    entity = names + (f" ({', '.join(owners)})" if owners else "")
    source_id = {"SourceID": parameters.source_id.strip() or " ".join(public.center_ids)}
    return {
        "SourceEntity": parameters.source_entity.strip() or entity,
        **(source_id if parameters.version != "3.0" else {}),
        # The day of the data, not of the writing: the same data gives the same bytes.
        "OriginTimestamp": f"{public.as_of.isoformat()}T00:00:00Z",
        "SoftwareVendor": PRODUCER,
        "SoftwareVersion": software_version or version_of(PRODUCER),
        "TaxonomyVersion": parameters.taxonomy_version,
        "SchemaVersion": parameters.version,
    }


def _rows(plan: AirsPlan) -> dict[str, int]:
    """Return the number of elements, those that stand for no record and those of removed ones included."""
    return {"Agency": plan.agencies.height, "Site": plan.sites.height, "SiteService": plan.links.height}
