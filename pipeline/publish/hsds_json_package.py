"""The target `hsds-json`: the records and values of the HSDS tables, nested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.publish.export_package import ExportPackage
from pipeline.publish.hsds import package_hsds
from pipeline.publish.hsds_json import write_hsds_json
from pipeline.publish.hsds_profile import check_profile, write_profile
from pipeline.publish.public_directory import PublicDirectory
from schemas.export_parameters import ExportParameters


def package_hsds_json(
    public: PublicDirectory,
    *,
    parameters: ExportParameters,
    run_id: str,
    withhold: bool = True,
    term_names: Mapping[str, str] | None = None,
    history: pl.DataFrame | None = None,
    terms: pl.DataFrame | None = None,
) -> ExportPackage:
    """Return the package of what may leave as nested JSON; the arguments are those of `package_hsds`.

    With `parameters.profile` what does not keep the 211 profile is among the warnings.
    """
    tables = package_hsds(
        public,
        parameters=parameters,
        run_id=run_id,
        withhold=withhold,
        term_names=term_names,
        history=history,
        terms=terms,
    )
    preflight = tables.preflight
    if parameters.profile:
        preflight = replace(preflight, warnings=(*preflight.warnings, *check_profile(tables.tables)))
    return ExportPackage(
        target="hsds-json",
        version=tables.version,
        run_id=tables.run_id,
        public=tables.public,
        written=tables.written,
        names=tables.names,
        withheld=tables.withheld,
        rows=tables.rows,
        removed_values=tables.removed_values,
        preflight=preflight,
        settings=tables.settings,
        write_files=partial(_write, tables=tables.tables, version=tables.version, profile=parameters.profile),
        part=tables.part,
    )


def _write(folder: Path, *, tables: Mapping[str, pl.DataFrame], version: str, profile: bool) -> None:
    write_hsds_json(tables, folder, version=version)
    if profile:
        write_profile(folder, version=version)
