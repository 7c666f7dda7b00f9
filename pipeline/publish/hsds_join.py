"""One HSDS package of the packages of several blocks: files one behind the other, and what no block can know by itself.

A block knows its own records only. The terms in use, and whether an id stands in two blocks, are settled when all blocks are made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from pipeline.publish.export_rules import RULE_OF_CHECK
from pipeline.publish.hsds_files import ARCHIVE, DESCRIPTOR, PARQUET, write_archive
from pipeline.publish.hsds_json import FILES
from pipeline.publish.hsds_profile import write_profile
from pipeline.publish.joined_files import join_files
from pipeline.publish.preflight import Fault
from schemas.export_parameters import ExportParameters
from schemas.hsds_tables import HsdsTable, hsds_tables

#: Tables whose rows are the same in every part: what the whole directory uses of them is written once.
_SHARED = ("taxonomy", "taxonomy_term")


def tell_part(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Return what the package of a block tells (`ExportPackage.part`).

    `ids`: by table, 64-bit numbers made from the ids of its rows, which hold within one run of Python; `used`: ids of the terms in use;
    `terms` and `taxonomy`: the tables of that name, which are the same in all parts.
    """
    return {
        "ids": {
            name: frame["id"].hash() for name, frame in tables.items() if name not in _SHARED and not frame.is_empty()
        },
        "used": tables["attribute"]["taxonomy_term_id"].unique(),
        "terms": tables["taxonomy_term"],
        "taxonomy": tables["taxonomy"],
    }


def used_terms(terms: pl.DataFrame, used: pl.Series) -> pl.DataFrame:
    """Return the terms in use; a broader term that is not among them is not named.

    Args:
        terms: Rows of `taxonomy_term`.
        used: Ids of terms that attributes name.
    """
    kept = terms.filter(pl.col("id").is_in(used.implode()))
    return kept.with_columns(
        pl.when(pl.col("parent_id").is_in(kept["id"].implode())).then("parent_id").alias("parent_id")
    )


def shared_tables(told: Sequence[Mapping[str, Any]]) -> dict[str, pl.DataFrame]:
    """Return `taxonomy` and `taxonomy_term` of the whole, from what all parts tell."""
    terms = used_terms(told[0]["terms"], pl.concat([one["used"] for one in told]).unique())
    vocabulary: pl.DataFrame = told[0]["taxonomy"]
    return {
        "taxonomy": vocabulary.filter(pl.col("id").is_in(terms["taxonomy_id"].implode())),
        "taxonomy_term": terms,
    }


def unnamed_parents(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the ids of broader terms that parts may name and the whole does not, because nothing that is written uses them; sorted."""
    used = shared_tables(told)["taxonomy_term"]["id"]
    named = told[0]["terms"].filter(pl.col("id").is_in(used.implode()))["parent_id"].drop_nulls().unique()
    return sorted(set(named.to_list()) - set(used.to_list()))


def repeated_ids(told: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Return one error per table of which an id stands in several parts.

    Rows whose id stands twice within one part are among that part's own errors: added up, the counts are those of the whole.
    """
    faults = []
    for name in sorted({name for one in told for name in one["ids"]}):
        of_parts = [one["ids"][name] for one in told if name in one["ids"]]
        within = sum(int(ids.is_duplicated().sum()) for ids in of_parts)
        across = int(pl.concat(of_parts).is_duplicated().sum()) - within
        if across:
            faults.append(
                Fault(
                    table=name,
                    column="id",
                    check="unique",
                    message="A value stands in two rows.",
                    count=across,
                    rule_id=RULE_OF_CHECK.get("unique"),
                )
            )
    return faults


def join_tables(
    folder: Path,
    parts: Sequence[Path],
    *,
    shared: Mapping[str, pl.DataFrame],
    version: str,
    parameters: ExportParameters,
) -> None:
    """Put the tables of all parts together in an empty folder; within a part rows are sorted by id.

    Args:
        folder: The folder.
        parts: Folders of the parts, in order; they are used up.
        shared: What `shared_tables` gave.
        version: Version of HSDS.
        parameters: Whether Parquet and an archive are wanted too.
    """
    tables = hsds_tables(version)
    for name, table in tables.items():
        if name in shared:
            shared[name].write_csv(folder / table.file, line_terminator="\n")
        else:
            join_files(folder / table.file, [part / table.file for part in parts], has_header=True)
    join_files(folder / DESCRIPTOR, [parts[0] / DESCRIPTOR])
    if parameters.parquet:
        (folder / PARQUET).mkdir()
        for name, table in tables.items():
            _join_parquet(folder, parts, table, shared.get(name))
    if parameters.archive:
        write_archive(
            folder / ARCHIVE, [folder / name for name in (*(one.file for one in tables.values()), DESCRIPTOR)]
        )


def _join_parquet(folder: Path, parts: Sequence[Path], table: HsdsTable, shared: pl.DataFrame | None) -> None:
    name = f"{PARQUET}/{Path(table.file).stem}.parquet"
    if shared is not None:
        shared.write_parquet(folder / name)
        return
    schema = pq.read_schema(parts[0] / name)
    with pq.ParquetWriter(folder / name, schema, compression="zstd") as writer:
        for part in parts:
            for batch in pq.ParquetFile(part / name).iter_batches():
                writer.write_batch(batch.cast(schema))


def join_json(
    folder: Path, parts: Sequence[Path], *, unnamed: Sequence[str], version: str, parameters: ExportParameters
) -> None:
    """Put the lines of all parts together in an empty folder.

    Args:
        folder: The folder.
        parts: Folders of the parts, in order; they are used up.
        unnamed: What `unnamed_parents` gave.
        version: Version of HSDS.
        parameters: Whether the profile is wanted too.
    """
    # Only a term has a member of this name, it is never the first one, and no id is that of anything else.
    without = [f',"parent_id":"{term}"'.encode() for term in unnamed]
    for file in FILES.values():
        join_files(folder / file, [part / file for part in parts], without=without)
    if parameters.profile:
        write_profile(folder, version=version)
