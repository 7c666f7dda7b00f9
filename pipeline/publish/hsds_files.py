"""The files of a package of HSDS tables: CSV with its descriptor, and on wish the same as Parquet and as one archive."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from schemas.export_parameters import ExportParameters
from schemas.hsds_tables import hsds_tables

DESCRIPTOR = "datapackage.json"
ARCHIVE = "hsds.zip"
PARQUET = "parquet"
#: Archives hold the time of their members: the earliest that the format knows, so that the same data gives the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_tables(
    folder: Path,
    *,
    tables: Mapping[str, pl.DataFrame],
    descriptor: Mapping[str, Any],
    version: str,
    parameters: ExportParameters,
) -> None:
    """Write the tables into an empty folder.

    Args:
        folder: The folder.
        tables: Rows as text by table name.
        descriptor: Content of `datapackage.json`.
        version: Version of HSDS.
        parameters: Whether Parquet and an archive are wanted too.
    """
    files = {table.name: table.file for table in hsds_tables(version).values()}
    for name, file in files.items():
        tables[name].write_csv(folder / file, line_terminator="\n")
    (folder / DESCRIPTOR).write_bytes((json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n").encode("utf-8"))
    if parameters.parquet:
        (folder / PARQUET).mkdir()
        for name, file in files.items():
            tables[name].write_parquet(folder / PARQUET / f"{Path(file).stem}.parquet")
    if parameters.archive:
        write_archive(folder / ARCHIVE, [folder / name for name in (*files.values(), DESCRIPTOR)])


def write_archive(path: Path, files: list[Path]) -> None:
    """Write files into one archive; the same files give the same bytes."""
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(file.name, date_time=_NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # As Unix writes it: readable by all. Windows would write another system's mark, and other bytes.
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            with file.open("rb") as source, archive.open(entry, "w") as target:
                while block := source.read(1 << 20):
                    target.write(block)
